"""Why OKX cancelled an order of ours."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "problem.canceled.system": Text("OKX's system cancelled it and gives no reason", "被 OKX 系统撤销，未说明原因"),
    "problem.canceled.unsaid": Text("no reason is given", "未说明原因"),
    "problem.canceled.user": Text(
        "it was cancelled from the account, by hand or by another program", "该账户内有人手动或有其他程序撤销了它"
    ),
    "problem.canceled.margin": Text(
        "the margin of the position was not enough for an order of this kind", "仓位保证金不足，只减仓委托被撤销"
    ),
    "problem.canceled.risk": Text(
        "OKX cancels orders of this account because it is close to liquidation: its margin is too low",
        "维持保证金不足，账户有强平风险，OKX 撤销了委托",
    ),
    "problem.canceled.adl": Text(
        "OKX cancels orders because of auto-deleveraging (ADL): the margin is low",
        "触发自动减仓（ADL），OKX 撤销了委托：保证金率过低",
    ),
    "problem.canceled.cap": Text("OKX's limit for borrowing is reached", "币种借币已达平台上限"),
    "problem.canceled.delivery": Text("the contract has been delivered or taken off the list", "合约已交割或下架"),
    "problem.canceled.funding": Text("the balance was too low after the funding fee", "扣除资金费后余额不足"),
    "problem.canceled.incomplete": Text("nobody in the order book took it at once", "盘口没有可立即成交的对手单"),
    "problem.canceled.price": Text("its price was beyond OKX's price limit", "委托价格超出 OKX 的限价范围"),
    "problem.canceled.closed": Text("the position was already closed", "仓位已经平掉"),
    "problem.canceled.countdown": Text(
        "another program's countdown (cancel all after) cancelled all orders", "其他程序设置的倒计时全部撤单已触发"
    ),
    "problem.canceled.reduce_only": Text(
        "it would not have made the position smaller: the position had changed meanwhile",
        "只减仓委托无法减少当前仓位：仓位在此期间已变化",
    ),
    "problem.canceled.spread": Text(
        "the best prices of the two sides were more than 5 % apart", "买卖双方价差超过 5%，限价校验未通过"
    ),
    "problem.canceled.self_trade": Text(
        "it would have traded with an order of the same account (self-trade prevention)",
        "会与本账户自己的挂单成交（自成交保护）",
    ),
    "problem.canceled.matches": Text("it would have met more orders at once than OKX allows", "单笔委托吃单笔数超过 OKX 上限"),
    "problem.canceled.checked": Text("OKX's check of its price failed", "OKX 的价格校验未通过"),
    "problem.canceled.code": Text("OKX's reason has the number {code}", "OKX 的撤单原因代码为 {code}"),
    "problem.canceled.says": Text("OKX's reason has the number {code}: {words}", "OKX 的撤单原因代码为 {code}：{words}"),
}
