"""The page's frame, its overview and its legs: what it shows by itself (``page.…``, filled by the page)."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    "page.title": Text("tgtp monitor", "tgtp 监控"),
    # the frame
    "page.skip": Text("Skip to the content", "跳到正文"),
    "page.home": Text("tgtp, overview", "tgtp，总览"),
    "page.nav": Text("Views", "页面"),
    "page.nav.more": Text("More", "更多"),
    "page.chat": Text("Open the chat", "打开聊天页"),
    "page.language": Text("Language", "语言"),
    "page.theme.auto": Text("Theme: as the system", "主题：跟随系统"),
    "page.theme.light": Text("Theme: light", "主题：浅色"),
    "page.theme.dark": Text("Theme: dark", "主题：深色"),
    "page.broken": Text("This part of the page could not be loaded. Load the page again.", "此部分无法加载，请刷新页面。"),
    # how fresh the figures are
    "page.fresh.connecting": Text("Connecting…", "连接中……"),
    "page.fresh.live": Text("Live · {age} ago", "实时 · {age}前"),
    "page.fresh.stale": Text("Old · {age} ago", "已过时 · {age}前"),
    "page.fresh.again": Text("Connected again.", "已重新连接。"),
    "page.fresh.lost": Text(
        "Connection lost at {at}. These figures are {age} old. Trying again by itself.",
        "连接于 {at} 断开，以下是 {age}前的数据，正在自动重连。",
    ),
    "page.fresh.lost.short": Text("Connection lost", "连接已断开"),
    "page.fresh.old": Text(
        "These figures are {age} old: no check has finished since. Positions may not be guarded.",
        "以下是 {age}前的数据：此后没有完成过检查，仓位可能无人监控。",
    ),
    "page.fresh.account": Text("{account}: the figures are {age} old.", "{account}：数据是 {age}前的。"),
    # who may come in
    "page.enter.title": Text("Who is there?", "验证身份"),
    "page.enter.none": Text(
        "Open the address that the program printed when it started, or give the password.",
        "请打开程序启动时输出的地址，或输入密码。",
    ),
    "page.enter.refused": Text(
        "This address no longer opens the page: the program was started anew, or something else answers here. Open the new "
        "address, or give the password.",
        "此地址已失效：程序已重新启动，或此处由其他程序应答。请打开新的地址，或输入密码。",
    ),
    "page.enter.ended": Text(
        "You were here, but the program was started anew, or it has been long. Give the password again.",
        "程序已重新启动，或会话已过期，请重新输入密码。",
    ),
    "page.enter.password": Text("Password", "密码"),
    "page.enter.button": Text("Open", "进入"),
    "page.enter.wrong": Text("That is not the password.", "密码不正确。"),
    "page.enter.often": Text("Too many tries. Try again in {seconds} s.", "尝试次数过多，请 {seconds} 秒后再试。"),
    "page.enter.absent": Text(
        "No password is set (MONITOR_PASSWORD). Open the address that the program printed.",
        "未设置密码（MONITOR_PASSWORD），请打开程序启动时输出的地址。",
    ),
    "page.enter.unreachable": Text("The program does not answer.", "程序没有应答。"),
    # how long ago
    "page.age.s": Text("{count} s", "{count} 秒"),
    "page.age.m": Text("{count} min", "{count} 分钟"),
    "page.age.h": Text("{count} h", "{count} 小时"),
    "page.age.d": Text("{count} d", "{count} 天"),
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
