"""Legs whose numbers are not believed."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "line.leg_doubted.jump": Text(
        "⚠️ {leg}: the mark price jumped from {doubt.last_mark:price} to {doubt.mark_price:price} between two checks. I skip the leg for one check; if the price "
        "stays, I go on. Told once a day.",
        "⚠️ {leg}：标记价在两次检查之间从 {doubt.last_mark:price} 跳到 {doubt.mark_price:price}。本次不处理；若价格保持，下次继续。每天只提醒一次。",
    ),
    "line.leg_doubted.old": Text(
        "⚠️ {leg}: OKX's mark price is {doubt.age} s old. I skip the leg until it is fresh. Told once a day.",
        "⚠️ {leg}：OKX 的标记价已是 {doubt.age} 秒前的。恢复之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.roi": Text(
        "⚠️ {leg}: from its prices the ROI is {doubt.roi:+%}, but OKX says {doubt.exchange_roi:+%}. I skip the leg until they agree. Told once a "
        "day.",
        "⚠️ {leg}：按价格计算收益率为 {doubt.roi:+%}，OKX 却显示 {doubt.exchange_roi:+%}。一致之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.size": Text(
        "⚠️ {leg}: from its contracts its {doubt.witness:witness.} is {doubt.worked_out:U} U, but OKX says {doubt.shown:U} U. Perhaps OKX changed the contract size: I "
        "read the instruments again, and skip the leg until the two agree. Told once a day.",
        "⚠️ {leg}：按张数计算{doubt.witness:witness.}为 {doubt.worked_out:U} U，OKX 却显示 {doubt.shown:U} U。可能是合约面值变了：我正重新读取合约信息，两者一致之前"
        "不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.size.count": Text(
        "⚠️ {leg}: OKX changed the contract size, but still shows as many contracts as before. I skip the leg until it is clear "
        "how many they are. Told once a day.",
        "⚠️ {leg}：合约面值变了，但 OKX 显示的张数仍与之前相同。弄清实际张数之前不处理。每天只提醒一次。",
    ),
    "line.leg_doubted.frozen": Text(
        "⚠️ {leg}: its mark price has stood at {doubt.mark_price:price} for {doubt.age} s, while OKX's public mark price is {doubt.public_mark:price}. I skip the leg until it "
        "moves. Told once a day.",
        "⚠️ {leg}：仓位的标记价停在 {doubt.mark_price:price} 已 {doubt.age} 秒，而 OKX 公布的是 {doubt.public_mark:price}。更新之前不处理。每天只提醒一次。",
    ),
    "line.leg_unguarded": Text(
        "🚨 {leg}: its data has not been consistent for {seconds:age} ({doubt.cause:doubt.}), so no rule acts on it: it is not guarded. Look at it at OKX; "
        "closing it by hand works here too.",
        "🚨 {leg}：其数据已有 {seconds:age}互相矛盾（{doubt.cause:doubt.}），所有规则都不处理它：它无人监控。请到 OKX 查看；在这里手动平仓仍然可用。",
    ),
    "doubt.jump": Text("the mark price jumps", "标记价跳动"),
    "doubt.old": Text("the mark price is old", "标记价过旧"),
    "doubt.roi": Text("OKX shows another ROI", "OKX 显示的收益率不同"),
    "doubt.behind": Text("OKX shows it as it was before", "OKX 显示的是旧数据"),
    "doubt.size": Text("OKX values it differently: its contract size is in doubt", "OKX 的估值不同：合约面值存疑"),
    "doubt.frozen": Text("its mark price does not move", "标记价停滞"),
    "witness.notional": Text("notional", "名义价值"),
    "witness.pnl": Text("unrealised P&L", "未实现盈亏"),
    "witness.margin": Text("margin", "保证金"),
    "line.leg_doubted.behind": Text(
        "⚠️ {leg}: for {doubt.age} s OKX has shown old data of it, from before an order or a change by hand. I skip "
        "the leg until OKX shows it as it is now. Told once a day.",
        "⚠️ {leg}：{doubt.age} 秒以来 OKX 显示的仍是旧数据（在我们下单或手动改动之前）。更新之前不处理。每天只提醒一次。",
    ),
}
