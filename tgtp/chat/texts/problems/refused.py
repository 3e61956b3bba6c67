"""Why OKX refuses what concerns conditional orders. The code stands before it."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "problem.refused.name": Text(
        "an order of this name has been placed before, and a name is taken only once",
        "这个名称的委托已经下过，名称不能重复使用",
    ),
    "problem.refused.words": Text("OKX's words: {words}", "OKX 原文：{words}"),
    "problem.refused.size": Text(
        "its size is below the smallest order, or no multiple of a lot", "数量低于最小下单量，或不是最小变动的整数倍"
    ),
    "problem.refused.funds": Text("the balance of the account is not enough for it", "账户可用余额不足"),
    "problem.refused.not_traded": Text("OKX does not trade this contract now", "该合约目前不可交易"),
    "problem.refused.nothing": Text("nothing is held on this side any more", "该方向已没有持仓"),
    "problem.refused.held": Text(
        "it is more than can be closed; orders that wait hold the rest", "超过可平数量，其余被未成交委托占用"
    ),
    "problem.refused.large": Text("it is larger than OKX takes as one market order", "超过单笔市价委托的上限"),
    "problem.refused.past_mark": Text("the mark price is already beyond the trigger price", "标记价已越过触发价"),
    "problem.refused.past_last": Text("the last price is already beyond the trigger price", "最新成交价已越过触发价"),
    "problem.refused.too_many": Text(
        "OKX takes no more orders of this kind for this coin; cancel some that wait", "该币种此类委托数量已达上限，请先撤销一些"
    ),
    "problem.refused.triggered": Text("it has been triggered already and can no longer be cancelled", "委托已触发，无法撤销"),
    "problem.refused.gone": Text("it has been filled, was cancelled, or does not exist", "委托已成交、已撤销或不存在"),
    "problem.refused.cancelling": Text("it is being cancelled already", "委托正在撤销中"),
    "problem.refused.amended_late": Text(
        "it has been triggered or has ended, and can no longer be changed", "委托已触发或已结束，无法修改"
    ),
    "problem.refused.leverage_bound_cross": Text(
        "the leverage cannot change while a take-profit, stop or bot waits on this coin in cross margin; cancel those first",
        "该币种全仓仍有止盈止损、计划委托或策略未结束，不能调整杠杆；请先撤销",
    ),
    "problem.refused.leverage_bound_isolated": Text(
        "the leverage cannot change while a take-profit, stop or bot waits on this coin in isolated margin; cancel those first",
        "该币种逐仓仍有止盈止损、计划委托或策略未结束，不能调整杠杆；请先撤销",
    ),
    "problem.refused.margin_bound": Text(
        "the margin cannot change while an order waits that would close this position; cancel that order first",
        "该仓位仍有未成交的平仓委托，不能调整保证金；请先撤销该委托",
    ),
    "problem.refused.reverses": Text(
        "it would turn the position round while a reduce-only order waits; close less, or cancel that order first",
        "仓位有只减仓委托未成交，此单会造成反向开仓；请减少数量或先撤销该委托",
    ),
    "problem.refused.net_mode": Text("trigger orders are not available in net mode", "买卖模式不支持计划委托"),
}
