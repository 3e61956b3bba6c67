"""What concerns the running of the program: a start that is refused, alarms tried out, what is known ahead."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "refusal": Text(
        "🛑 tgtp cannot start on {host}, so nothing is guarded there.\n\n{why}",
        "🛑 tgtp 无法在 {host} 上启动，那里的仓位没有监控。\n\n{why}",
    ),
    "line.downtime_ahead": Text(
        "🛠 OKX will be in maintenance from {since} to {until}. I cannot guard then: no tier, no hedge, no close by hand. "
        "OKX calls it: {title}",
        "🛠 OKX 将于 {since} 至 {until} 维护，期间无法监控：止盈、对冲和手动平仓都不能执行。OKX 公告：{title}",
    ),
    "line.downtime_ahead.open": Text(
        "🛠 OKX will be in maintenance from {since} on and does not say until when. I cannot guard then: no tier, no hedge, "
        "no close by hand. OKX calls it: {title}",
        "🛠 OKX 将于 {since} 开始维护，未公布结束时间，期间无法监控：止盈、对冲和手动平仓都不能执行。OKX 公告：{title}",
    ),
    "line.instrument_ends": Text(
        "🏁 OKX takes {instrument} from the market at {when} and settles what is still open: {legs}. I cannot guard then; "
        "close before if you want another price",
        "🏁 OKX 将于 {when} 下架 {instrument}，并结算仍持有的仓位：{legs}。届时无法监控；如需其他价格请提前平仓",
    ),
    "line.instrument_ends.suspended": Text(
        "⛔ OKX has suspended {instrument}: orders are not taken. I cannot guard {legs} until it trades again",
        "⛔ OKX 已暂停 {instrument} 交易，不接受订单。恢复前无法监控 {legs}",
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
