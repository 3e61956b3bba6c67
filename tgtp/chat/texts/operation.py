"""What concerns the running of the program: a start that is refused, alarms tried out, what is known ahead."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "refusal": Text(
        "🚨 tgtp cannot start on {host}, so nothing is guarded there.\n\n{why}",
        "🚨 tgtp 无法在 {host} 上启动，那里的仓位没有监控。\n\n{why}",
    ),
    "drill.text": Text(
        "🔔 This is a drill of tgtp: an alarm would reach you like this. There is nothing to do.",
        "🔔 这是 tgtp 的报警演练：真正的报警会这样送达。无需处理。",
    ),
    "drill.begins": Text("🔔 Drill: I am trying {names}, once each …", "🔔 演练：正在各试一次 {names} …"),
    "drill.running": Text("A drill is under way; its outcome comes in a moment.", "演练正在进行，结果稍后给出。"),
    "drill.head": Text("<b>Drill</b>", "<b>报警演练</b>"),
    "drill.arrived": Text("🟢 {name}: taken", "✅ {name}：已接收"),
    "drill.failed": Text("🔴 {name}: <b>not taken</b>", "🔴 {name}：<b>未接收</b>"),
    "drill.unclear": Text("⚠️ {name}: no answer; it may have been taken", "⚠️ {name}：没有回应，可能已接收"),
    "drill.all": Text(
        "Every way has taken it. Look whether it rang where it should.", "全部已接收。请确认该响的设备确实响了。"
    ),
    "drill.some": Text(
        "Put right what was not taken (ALERT_URLS, HEARTBEAT_URL in .env; each owner must have started the bot), then /drill again.",
        "请修正未接收的方式（.env 里的 ALERT_URLS、HEARTBEAT_URL；每位所有者都要先启动机器人），再发送 /drill。",
    ),
    "drill.never": Text(
        "⚠️ Never tried whether an alarm arrives by {names}: /drill rings each once",
        "⚠️ 从未试过报警能否送达：{names}。发送 /drill 各试一次",
    ),
    "drill.missed": Text(
        "⚠️ The drill of {when} did not surely arrive by {names}: put that right and /drill again",
        "⚠️ {when} 的演练未确认送达：{names}。请修正后再发送 /drill",
    ),
    "drill.last": Text("<b>Drill</b> {when}: every way has taken it", "<b>演练</b> {when}：全部已接收"),
    "line.downtime_ahead": Text(
        "⚠️ OKX will be in maintenance from {since} to {until}. I cannot guard then: no tier, no hedge, no close by hand. "
        "OKX calls it: {title}",
        "⚠️ OKX 将于 {since} 至 {until} 维护，期间无法监控：止盈、对冲和手动平仓都不能执行。OKX 公告：{title}",
    ),
    "line.downtime_ahead.open": Text(
        "⚠️ OKX will be in maintenance from {since} on and does not say until when. I cannot guard then: no tier, no hedge, "
        "no close by hand. OKX calls it: {title}",
        "⚠️ OKX 将于 {since} 开始维护，未公布结束时间，期间无法监控：止盈、对冲和手动平仓都不能执行。OKX 公告：{title}",
    ),
    "line.instrument_ends": Text(
        "⚠️ OKX takes {instrument} from the market at {when} and settles what is still open: {legs}. I cannot guard then; "
        "close before if you want another price",
        "⚠️ OKX 将于 {when} 下架 {instrument}，并结算仍持有的仓位：{legs}。届时无法监控；如需其他价格请提前平仓",
    ),
    "line.instrument_ends.suspended": Text(
        "🚨 OKX has suspended {instrument}: orders are not taken. I cannot guard {legs} until it trades again",
        "🚨 OKX 已暂停 {instrument} 交易，不接受订单。恢复前无法监控 {legs}",
    ),
    "tell.done": Text("Told by {by}.", "已通过 {by} 通知。"),
    "tell.lately": Text(
        "The same was told within the last hour; it is not repeated.", "一小时内已通知过同样的内容，不再重复。"
    ),
    "tell.failed": Text(
        "Nobody could be told: neither Telegram nor ALERT_URLS has taken it.",
        "未能通知任何人：Telegram 和 ALERT_URLS 都没有接收。",
    ),
    "tell.nobody": Text(
        "Nobody is told of this: neither a bot with an owner nor ALERT_URLS can be read from the settings.",
        "没有人会收到通知：设置中既读不到机器人及其所有者，也读不到 ALERT_URLS。",
    ),
    "tell.no_memory": Text(
        "Nobody is told of this, because it cannot be noted that it was told ({why}); it would be repeated at every start.",
        "未发送通知：无法记录已通知（{why}），否则每次启动都会重复发送。",
    ),
}
