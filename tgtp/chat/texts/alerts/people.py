"""What people did: tiers, pauses, closing by hand."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.ladder_changed": Text(
        "🪜 {by:user} changed the tiers of {whose}: {before} → {after}", "🪜 {by:user} 修改档位：{whose}，{before} → {after}"
    ),
    "line.ladder_changed.default": Text(
        "🪜 {by:user} put the tiers of {whose} back to the default: {before} → {after}",
        "🪜 {by:user} 把 {whose} 的档位恢复为默认：{before} → {after}",
    ),
    "line.dynamic_changed": Text(
        "🌡 {by:user} let the thresholds of {whose} follow the volatility",
        "🌡 {by:user} 开启波动率调整：{whose}，止盈阈值随波动率变化",
    ),
    "line.dynamic_changed.off": Text(
        "🌡 {by:user}: the thresholds of {whose} act as they are written", "🌡 {by:user} 关闭波动率调整：{whose}，按原阈值止盈"
    ),
    "dynamic.everywhere": Text("all coins", "所有币种"),
    "line.thresholds_scaled": Text("🌡 Thresholds follow the volatility now: {coins}", "🌡 止盈阈值已按波动率调整：{coins}"),
    "line.thresholds_unscaled.young": Text(
        "🌡 {coins}: too young for the volatility of a month; the thresholds act as they are written",
        "🌡 {coins}：上市不足一个月，无法计算波动率，按原阈值止盈",
    ),
    "line.thresholds_unscaled.gaps": Text(
        "🌡 {coins}: too many hours are missing in the price's record; the thresholds act as they are written",
        "🌡 {coins}：K 线缺失太多，无法计算波动率，按原阈值止盈",
    ),
    "line.thresholds_unscaled.still": Text(
        "🌡 {coins}: the price has stood still; the thresholds act as they are written",
        "🌡 {coins}：价格长时间没有波动，按原阈值止盈",
    ),
    "line.thresholds_unscaled.stale": Text(
        "🌡 {coins}: no finished hour of the last three could be read; the thresholds act as they are written until one is",
        "🌡 {coins}：超过三小时读不到新的小时 K 线，暂按原阈值止盈，恢复后另行通知",
    ),
    "line.guard_changed": Text(
        "🛡 {by:user} changed the {whose}{what}: {before} → {after}", "🛡 {by:user} 修改：{whose}{what}，{before} → {after}"
    ),
    "line.guard_changed.default": Text(
        "🛡 {by:user} put the {whose}{what} back to the default: {before} → {after}",
        "🛡 {by:user} 恢复默认：{whose}{what}，{before} → {after}",
    ),
    "line.leg_rearmed": Text("🔁 {leg}: tiers re-armed by {by:user}", "🔁 {leg}：{by:user} 重置了档位"),
    "line.paused": Text("⏸ {name} paused by {by:user}", "⏸ {by:user} 暂停：{name}"),
    "line.paused.until": Text(
        "⏸ {name} paused by {by:user} until {until}; then it goes on by itself", "⏸ {by:user} 暂停：{name}，至 {until} 自动恢复"
    ),
    "line.resumed": Text("🟢 {name}: {by:user} lifted the pause", "🟢 {by:user} 解除了暂停：{name}"),
    "line.paused.cause": Text("⏸ {name} paused: {cause:pause.cause.}", "⏸ {name} 已暂停：{cause:pause.cause.}"),
    "line.resumed.cause": Text(
        "🟢 {name}: {by:user} lifted the pause ({cause:pause.cause.})",
        "🟢 {by:user} 解除了 {name} 的暂停（{cause:pause.cause.}）",
    ),
    "line.paused.watch": Text(
        "👁 {name}: from now on I only watch (GUARD_MODE=watch in .env)", "👁 {name}：从现在起仅观察（.env 中 GUARD_MODE=watch）"
    ),
    "line.resumed.watch": Text(
        "🟢 {name}: I no longer only watch (GUARD_MODE=guard in .env)", "🟢 {name}：不再只是观察（.env 中 GUARD_MODE=guard）"
    ),
    "line.resumed.over": Text(
        "🟢 {name}: running again, the time of the pause is over (until {until})", "🟢 {name} 恢复：暂停时间已到（至 {until}）"
    ),
    "line.resumed.over.stays": Text(
        "⏸ {name}: the time of the pause is over (until {until}), but another one holds it still: /status",
        "⏸ {name}：限时暂停已到（至 {until}），但仍有其他暂停在生效：/status",
    ),
    "line.close_asked": Text("✋ {by:user} confirmed: close {legs}", "✋ {by:user} 确认平仓：{legs}"),
}
