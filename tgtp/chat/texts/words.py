"""Words that many sentences are made of: sides, modes, durations, ways."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # words
    "side.long": Text("long", "多单"),
    "side.short": Text("short", "空单"),
    "mode.isolated": Text("isolated", "逐仓"),
    "mode.cross": Text("cross", "全仓"),
    "named": Text("{name} ({what})", "{name}（{what}）"),
    "exchange.paper": Text("a paper account", "模拟盘"),
    "exchange.paper_live": Text("a paper account at live OKX prices", "模拟盘（OKX 实时价格）"),
    "exchange.okx": Text("OKX", "OKX 实盘"),
    "exchange.okx_demo": Text("OKX demo", "OKX 模拟交易"),
    "position_mode.long_short": Text("long and short side by side", "开平仓模式"),
    "position_mode.net": Text("net", "买卖模式"),
    "unknown": Text("unknown", "未知"),
    "all": Text("everything", "全部"),
    "someone": Text("user {id}", "用户 {id}"),
    # by which way a side goes
    "route.okx": Text("OKX {way}", "OKX {way}"),
    "route.telegram": Text("Telegram {way}", "Telegram {way}"),
    "way.direct": Text("directly", "直连"),
    "way.direct.said": Text("directly ({setting})", "直连（{setting}）"),
    "way.proxy": Text("by {proxy} ({setting})", "经代理 {proxy}（{setting}）"),
    # durations
    "age.seconds": Text("{n} s", "{n} 秒"),
    "age.minutes": Text("{n} min", "{n} 分钟"),
    "age.hours": Text("{n} h", "{n} 小时"),
    "age.days": Text("{n} d", "{n} 天"),
}
