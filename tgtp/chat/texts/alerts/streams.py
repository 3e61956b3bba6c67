"""OKX's stream: what is wrong with it, and what it has done."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.stream_troubled.down": Text(
        "⚠️ OKX's stream of prices is down: {trouble.why}. Until it is back, tiers fire at checks alone, every {interval} s; a shorter wick may be missed.",
        "⚠️ OKX 实时行情推送已断开：{trouble.why}。恢复前只由检查触发档位（每 {interval} 秒），更短的插针可能捕捉不到。",
    ),
    "line.stream_troubled.silent": Text(
        "⚠️ OKX's stream sends no mark price of {names}. Until it does, their tiers fire at checks alone, every {interval} s; a shorter wick may be missed.",
        "⚠️ OKX 实时推送没有 {names} 的标记价。恢复前它们的档位只由检查触发（每 {interval} 秒），更短的插针可能捕捉不到。",
    ),
    "line.stream_troubled.late": Text(
        "⚠️ Stream late: its mark prices are {trouble.median_age} s old when they arrive (half of them older; at most {trouble.limit} s is let decide). "
        "It only wakes checks now, and those decide.",
        "⚠️ 实时推送延迟：标记价到达时已过 {trouble.median_age} 秒（中位数，上限 {trouble.limit} 秒）。目前推送只唤醒检查，由检查触发档位。",
    ),
    "line.stream_troubled.lying": Text(
        "⚠️ OKX's stream and two checks differ by more than 0.5 % in the mark price of {names}. Checks alone decide there, and I connect anew.",
        "⚠️ OKX 实时推送的 {names} 标记价与连续两次检查相差超过 0.5%。这些币种只由检查触发，并已重新连接。",
    ),
    "line.stream_troubled.account": Text(
        "⚠️ OKX's stream of the account is down: {trouble.why}. Until it is back, tiers fire at checks alone, every {interval} s; a shorter wick may be missed.",
        "⚠️ OKX 账户推送已断开：{trouble.why}。恢复前只由检查触发档位（每 {interval} 秒），更短的插针可能捕捉不到。",
    ),
    "line.stream_troubled.broken": Text(
        "⚠️ An error in tgtp while it decided by a pushed price of {names}: {trouble.why}. Checks alone decide there for ten minutes, every {interval} s; "
        "all else goes on. The log has the details.",
        "⚠️ 按 {names} 的推送价触发时，tgtp 内部出错：{trouble.why}。这些币种在 10 分钟内只由检查触发（每 {interval} 秒），其余照常运行；详情见日志。",
    ),
    "line.stream_recovered": Text(
        "🟢 OKX's stream is in order again, after {lasted:age}: tiers fire between checks too.",
        "🟢 OKX 实时推送在 {lasted:age}后恢复正常，档位在两次检查之间也会触发。",
    ),
    "kind.stream_troubled": Text("Stream in trouble", "实时推送异常"),
    "kind.stream_recovered": Text("Stream in order again", "实时推送恢复"),
    # panel
    "panel.stream": Text(
        "⚠️ Stream {state}: only checks decide, every {interval} s", "⚠️ 实时推送{state}：只由检查触发，每 {interval} 秒"
    ),
    "stream.state.down": Text("down", "已断开"),
    "stream.state.silent": Text("silent ({names})", "无数据（{names}）"),
    "stream.state.late": Text("late", "延迟"),
    "stream.state.lying": Text("contradicted by checks ({names})", "与检查不符（{names}）"),
    "stream.state.account": Text("of the account down", "（账户）已断开"),
    "stream.state.broken": Text("with an error in tgtp ({names})", "内部出错（{names}）"),
    # health
    "health.stream": Text(
        "<b>Stream</b>: {state} · {prices} · {fired:# order|# orders} by it",
        "<b>实时推送</b>：{state} · {prices} · 触发订单 {fired} 笔",
    ),
    "health.stream.prices": Text(
        "prices {age} old when they arrive, {limit} at most decide", "标记价到达时已过 {age}（超过 {limit} 不用于触发）"
    ),
    "health.stream.mute": Text("no prices come", "没有收到标记价"),
    "health.stream.order": Text("in order", "正常"),
    "health.stream.why": Text("{state}: {why}", "{state}：{why}"),
    "health.stream.missed": Text(
        "⚠️ {missed:# threshold was|# thresholds were} touched between checks, and not any more when it was looked{late}",
        "⚠️ 两次检查之间有 {missed} 次触及阈值，检查时价格已退回{late}",
    ),
    "health.stream.missed.late": Text("; the prices of the last were old: {ages}", "；最近几次的标记价延迟：{ages}"),
    "health.stream.left": Text("Touched and left to a check: {obstacles}", "触及后交由检查处理：{obstacles}"),
    "health.stream.obstacle.old_look": Text("the last check was too long ago: {count}", "距上次检查过久：{count} 次"),
    "health.stream.obstacle.unheard": Text("news of the account did not come: {count}", "账户推送中断：{count} 次"),
    "health.stream.obstacle.changed": Text(
        "the leg had changed since the last check: {count}", "上次检查后仓位有变动：{count} 次"
    ),
    "health.stream.obstacle.late": Text("prices came too late: {count}", "价格到达过迟：{count} 次"),
    "health.stream.obstacle.lying": Text("a check saw another price: {count}", "与检查看到的价格不符：{count} 次"),
    "health.stream.obstacle.old_mark": Text("the price was too old: {count}", "标记价过旧：{count} 次"),
    "health.stream.obstacle.gone": Text("the price had gone back at once: {count}", "价格立即退回：{count} 次"),
    "health.stream.obstacle.far": Text(
        "the price had moved too far since the last check: {count}", "与上次检查相比价格偏离过大：{count} 次"
    ),
}
