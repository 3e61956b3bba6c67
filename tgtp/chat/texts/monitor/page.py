"""The page's frame, its overview and its legs: what it shows by itself (``page.…``, filled by the page)."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "page.title": Text("tgtp monitor", "tgtp 监控"),
    # views
    "page.view.overview": Text("Overview", "总览"),
    "page.view.legs": Text("Legs", "仓位"),
    "page.view.leg": Text("Leg", "仓位详情"),
    "page.view.pairs": Text("Pairs", "双向持仓"),
    "page.view.accounts": Text("Accounts", "账户"),
    "page.view.money": Text("Money", "资金"),
    "page.view.events": Text("Events", "事件"),
    "page.view.health": Text("Health", "运行状况"),
    # columns and figures that several views show
    "page.instrument": Text("Instrument", "合约"),
    "page.account": Text("Account", "账户"),
    "page.side": Text("Side", "方向"),
    "page.side.long": Text("long", "多单"),
    "page.side.short": Text("short", "空单"),
    "page.mode": Text("Mode", "保证金模式"),
    "page.mode.cross": Text("cross", "全仓"),
    "page.mode.isolated": Text("isolated", "逐仓"),
    "page.contracts": Text("Contracts", "张数"),
    "page.coins": Text("Coins", "币数"),
    "page.entry": Text("Entry", "开仓均价"),
    "page.mark": Text("Mark", "标记价"),
    "page.leverage": Text("Leverage", "杠杆"),
    "page.margin": Text("Margin", "保证金"),
    "page.notional": Text("Notional", "名义价值"),
    "page.roi": Text("ROI", "收益率"),
    "page.unrealised": Text("Unrealised", "未实现盈亏"),
    "page.realised": Text("Realised", "已实现盈亏"),
    "page.fees": Text("Fees", "手续费"),
    "page.funding": Text("Funding", "资金费"),
    "page.liquidation": Text("Liquidation", "强平价"),
    "page.distance": Text("Distance", "距离"),
    "page.break_even": Text("Break-even", "盈亏平衡价"),
    "page.tiers": Text("Tiers", "档位"),
    "page.state": Text("State", "状态"),
    "page.equity": Text("Equity", "权益"),
    "page.available": Text("Available", "可用"),
    "page.drawdown": Text("Drawdown", "回撤"),
    "page.today": Text("Today", "今日"),
    "page.time": Text("Time", "时间"),
    "page.unknown": Text("unknown", "未知"),
    # what a tier is
    "page.tier.fired": Text("fired", "已触发"),
    "page.tier.resting": Text("resting at the exchange", "已在交易所挂单"),
    "page.tier.next": Text("next", "下一档"),
    "page.tier.waiting": Text("waiting", "等待中"),
    "page.tier.dust": Text("too small to order", "不足最小下单量"),
    "page.tier.off": Text("switched off", "未开启"),
}
