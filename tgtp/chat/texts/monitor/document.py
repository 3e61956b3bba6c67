"""Words that the engine's side of the monitoring page writes into what it sends."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "monitor.unreadable": Text("cannot be read, not guarded", "无法读取，未监控"),
    # the numbers behind what is done with a leg
    "monitor.roi": Text("ROI", "收益率"),
    "monitor.roi.of": Text(
        "{roi:+%}: entry {entry}, mark {mark}, {times}x", "{roi:+%}：开仓均价 {entry}，标记价 {mark}，{times}x"
    ),
    "monitor.margin": Text("Margin", "保证金"),
    "monitor.margin.above": Text("{held} U, above the gate of {gate} U", "{held} U，高于门槛 {gate} U"),
    "monitor.margin.below": Text("{held} U, not above the gate of {gate} U", "{held} U，不高于门槛 {gate} U"),
    "monitor.size": Text("Held", "持仓"),
    "monitor.size.of": Text("{contracts:# contract|# contracts} ({coins} {coin})", "{contracts} 张（{coins} {coin}）"),
    "monitor.lot": Text("Orders", "下单"),
    "monitor.lot.of": Text("in steps of {lot}, {least} at least", "最小变动 {lot} 张，最小下单 {least} 张"),
    "monitor.next": Text("Tier {tier}, next", "第 {tier} 档（下一档）"),
    "monitor.next.of": Text("{threshold} at {price} ({away} away)", "{threshold} @ {price}（距离 {away}）"),
    "monitor.next.late": Text(
        "{threshold} at {price}; the margin is above the gate from {fires_at} on ({away} away)",
        "{threshold} @ {price}；价格到 {fires_at}（距离 {away}）时保证金才高于门槛",
    ),
    "monitor.next.closes": Text("{words}: closes {closes} of {held}", "{words}：平 {closes} 张，共 {held} 张"),
    "monitor.stream": Text(
        "Stream {state}. Tiers fire at checks alone, every {interval} s.",
        "实时推送{state}。档位只由检查触发，每 {interval} 秒。",
    ),
    "monitor.stream.some": Text(
        "Stream {state}. Their tiers fire at checks alone, every {interval} s.",
        "实时推送{state}。这些币种的档位只由检查触发，每 {interval} 秒。",
    ),
    "monitor.hedge": Text("Hedge rule", "对冲规则"),
    "monitor.guards": Text("Guard", "保护"),
}
