"""The one table of words that people type, for commands and plain text, in both languages; in lower case and half width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tgtp.chat.formatting.reader import Theme
from tgtp.chat.texts import Language, plain
from tgtp.domain.guards.drawdown import Action
from tgtp.domain.model import MarginMode, PositionSide
from tgtp.domain.order import GuardRule
from tgtp.domain.pauses import PausableRule
from tgtp.domain.plan import ALL

ON_WORDS: Final = ("on", "开", "打开", "开启", "開", "打開", "開啟")
OFF_WORDS: Final = ("off", "关", "关闭", "关掉", "關", "關閉")
ALL_WORDS: Final = ("all", "全部", "所有", ALL)
# A close down to the base.
KEEP_WORDS: Final = (
    *("keep", "base", "to base", "to the base", "down to base", "down to the base", "the base"),
    *("底仓", "到底仓", "至底仓", "保留", "留底仓", "保留底仓", "只留底仓", "平到底仓"),
)
# A ladder as the settings have it.
DEFAULT_WORDS: Final = ("default", "defaults", "reset", "默认", "恢复默认", "恢复")
SIDES: Final[Mapping[str, PositionSide]] = {
    **dict.fromkeys(("long", "longs", "多", "多单", "多头", "做多"), PositionSide.LONG),
    **dict.fromkeys(("short", "shorts", "空", "空单", "空头", "做空"), PositionSide.SHORT),
}
MODES: Final[Mapping[str, MarginMode]] = {
    **dict.fromkeys(("cross", "全仓"), MarginMode.CROSS),
    **dict.fromkeys(("isolated", "逐仓"), MarginMode.ISOLATED),
}
# The keys below the chat, row by row: the commands that they stand for. A stop stands alone, where nothing else is hit.
KEY_ROWS: Final = (("status", "panel"), ("pairs", "close"), ("pause",))
# What a pause can stop for itself.
RULES: Final[Mapping[str, PausableRule]] = {
    **dict.fromkeys(("tier", "tiers", "tp", "ladder", "止盈", "档位", "止盈档位"), "tier"),
    **dict.fromkeys(("hedge", "hedges", "hedging", "对冲"), "hedge"),
    **dict.fromkeys(("guard", "guards", "保护"), "guard"),
    **dict.fromkeys(("maintenance", "maintain", "维护"), "maintenance"),
    **dict.fromkeys(("correction", "corrections", "纠错", "纠正"), "correction"),
}
# The guards of a leg.
GUARD_WORDS: Final[Mapping[str, GuardRule]] = {
    **dict.fromkeys(("giveback", "give-back", "give_back", "回吐"), "give_back"),
    **dict.fromkeys(("breakeven", "break-even", "break_even", "保本"), "break_even"),
}
# The guard of an account, what it does, and how it is begun anew.
DRAWDOWN_WORDS: Final = ("drawdown", "账户回撤", "回撤", "账户")
DRAWDOWN_ACTIONS: Final[Mapping[str, Action]] = {
    **dict.fromkeys(("pause", "暂停"), "pause"),
    **dict.fromkeys(("base", "keep", "底仓"), "base"),
    **dict.fromkeys(("close", "平仓"), "close"),
}
WARN_WORDS: Final = ("warn", "提醒")
RESET_WORDS: Final = ("reset", "重置")
UNTIL_WORDS: Final = ("until", "till", "til", "to", "到", "至", "直到", "直至", "一直到")
THEMES: Final[Mapping[str, Theme]] = {
    **dict.fromkeys(("light", "浅色", "亮色"), "light"),
    **dict.fromkeys(("dark", "深色", "暗色"), "dark"),
}

# Plain words, without a slash or behind one that Telegram does not know. Traditional characters are read as simplified ones.
TRADITIONAL: Final[Mapping[int, int]] = str.maketrans(
    "暫復繼續倉狀態虧幫單報歷請開關啟頭對沖衝檔階週戶帳賬設說個們還幣誌圖勢從錄當顯權導淨該餘額時點鐘雙兩運嗎麼賺減現資無進",
    "暂复继续仓状态亏帮单报历请开关启头对冲冲档阶周户账账设说个们还币志图势从录当显权导净该余额时点钟双两运吗么赚减现资无进",
)
# What may stand beside words and says nothing. A sign that is not here is not understood: 🚫 and 🙅 mean the contrary.
ORNAMENTS: Final = frozenset("📋📊📈📉📌🧭🔔⚖✂🔻🔄💰💬🙏👌👍👋❗‼❕😭😱😡😤🆘🔥💥🚨⚠✅🟢🔴\ufe0f\u200d\u200b\u200e\u200f")
QUESTIONS: Final = ("?", "吗", "么", "嘛", "呢")
# Words that leave the meaning as it is.
POLITE: Final = (
    *("please", "pls", "plz", "the", "my", "show", "immediately", "asap", "now", "thanks", "ok", "okay"),
    *(
        "请",
        "帮我",
        "帮忙",
        "给我",
        "麻烦",
        "一下",
        "吧",
        "谢谢",
        "啊",
        "呀",
        "哦",
        "的",
        "把",
        "将",
        "我",
        "我的",
        "现在",
        "当前",
    ),
    *("看", "看看", "看下", "看一下", "查", "查看", "查一下", "显示", "马上", "立刻", "立即", "赶紧", "快", "快点", "先"),
)
# And those that do beside a pause only.
HASTE: Final = ("it", "trading", "bot", "for now", "交易", "自动", "机器人", "程序", "操作")
# Before a time, or behind a rule; they say nothing of a pause either.
BESIDE_PAUSE: Final = ("for", "of", "rule", "rules", "规则")
# Who says one of these wants nothing done.
NEGATIONS: Final = frozenset(
    (
        *("not", "no", "never", "nope", "without", "unless", "dont", "don't", "doesnt", "doesn't", "didnt", "didn't", "cant"),
        *("can't", "cannot", "wont", "won't", "isnt", "isn't", "shouldnt", "shouldn't", "wouldnt", "wouldn't", "mustnt", "dnt"),
        *("别", "别再", "先别", "不", "不要", "不用", "不想", "不许", "不能", "没", "没有", "还没", "勿", "莫", "无需", "禁止"),
    )
)
# No coin stands for these unless it is held, also before anything was seen: "stop loss" is an order of another kind, and
# "when stop" is none. With its quote or a sign it is one: NOT-USDT, $NOT.
NO_COINS: Final = frozenset(
    (
        *(
            "loss",
            "losses",
            "limit",
            "order",
            "orders",
            "market",
            "entry",
            "entries",
            "out",
            "price",
            "sl",
            "tp",
            "buy",
            "sell",
        ),
        *("yes", "in", "after", "before", "at", "by", "from", "until", "till", "til", "to", "and", "or", "but", "then", "with"),
        *("do", "does", "did", "is", "are", "was", "were", "be", "been", "has", "have", "had", "can", "could", "will", "would"),
        *("shall", "should", "may", "might", "must", "why", "when", "where", "who", "what", "how", "if", "whether", "a", "an"),
        *("just", "only", "also", "still", "again", "already", "later", "soon", "maybe", "perhaps", "i", "you", "we", "they"),
        *("u", "this", "that", "these", "those", "some", "any", "today", "tomorrow", "tonight", "un"),
        *(word for word in NEGATIONS if word.isascii()),
    )
)
BOTH_WORDS: Final = ("both", "两边", "双边", "两侧")
COINS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("比特币", "大饼", "bitcoin"), "BTC"),
    **dict.fromkeys(("以太坊", "以太", "姨太", "二饼", "ethereum"), "ETH"),
    **dict.fromkeys(("狗狗币", "狗狗"), "DOGE"),
}
_TENTHS: Final = "一二三四五六七八九"
# How much of a leg, in percent.
SHARES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("half", "a half", "一半", "半仓", "半", "1/2", "二分之一"), "50%"),
    **dict.fromkeys(("quarter", "a quarter", "1/4", "四分之一"), "25%"),
    **dict.fromkeys(("3/4", "四分之三"), "75%"),
    **dict.fromkeys(("1/5", "五分之一"), "20%"),
    **dict.fromkeys(("third", "a third", "1/3", "三分之一"), "33.33%"),
    **dict.fromkeys(("2/3", "三分之二"), "66.67%"),
    **{f"{sign}成": f"{number}0%" for number, sign in enumerate(_TENTHS, 1)},
    **{f"百分之{sign}十": f"{number}0%" for number, sign in enumerate(_TENTHS, 1)},
    "两成": "20%",
}
PERIODS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("today", "day", "今天", "今日"), "day"),
    **dict.fromkeys(("yesterday", "昨天", "昨日"), "yesterday"),
    **dict.fromkeys(("this week", "week", "本周", "这周"), "week"),
    **dict.fromkeys(("this month", "month", "本月", "这个月"), "month"),
    **dict.fromkeys(("last week", "上周"), "week last"),
    **dict.fromkeys(("last month", "上月", "上个月"), "month last"),
}
# Which command a word asks for, with the words behind it, if there are any.
COMMANDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("pause", "stop", "停", "停止", "暂停", "停下", "停下来", "停掉", "停一停", "halt", "⏸", "🛑", "✋"), "pause"
    ),
    **dict.fromkeys(
        (
            "resume",
            "continue",
            "go on",
            "恢复",
            "继续",
            "恢复运行",
            "继续运行",
            "恢复交易",
            "继续交易",
            "继续跑",
            "取消暂停",
            "解除暂停",
            "▶",
        ),
        "resume",
    ),
    **dict.fromkeys(("close", "exit", "market close", "市价平仓", "市价平", "平仓", "平", "平掉", "平了"), "close"),
    **dict.fromkeys(("close all", "全平", "清仓", "一键平仓", "全部平仓"), "close all"),
    **dict.fromkeys(
        (
            "status",
            "positions",
            "position",
            "legs",
            "pos",
            "balance",
            "状态",
            "持仓",
            "仓位",
            "余额",
            "情况",
            "怎么样",
            "怎么样了",
            "如何",
        ),
        "status",
    ),
    **dict.fromkeys(("panel", "dashboard", "面板"), "panel"),
    **dict.fromkeys(("leg", "details", "详情"), "leg"),
    **dict.fromkeys(("pair",), "pair"),
    **dict.fromkeys(("pairs", "双向", "双向持仓", "多空", "对冲"), "pairs"),
    **dict.fromkeys(("accounts", "account", "账户", "子账户"), "accounts"),
    **dict.fromkeys(("pnl", "profit", "盈亏", "收益", "赚了多少", "赚多少", "亏了多少", "亏多少"), "pnl"),
    **dict.fromkeys(("equity", "权益"), "equity"),
    **dict.fromkeys(("report", "报告", "报表", "日报"), "report"),
    **dict.fromkeys(("today", "今天", "今日"), "report day"),
    **dict.fromkeys(("yesterday", "昨天", "昨日"), "report yesterday"),
    **dict.fromkeys(("weekly", "周报", "本周", "这周"), "report week"),
    **dict.fromkeys(("monthly", "月报", "本月", "这个月", "performance"), "report month"),
    **dict.fromkeys(("上周", "last week"), "report week last"),
    **dict.fromkeys(("上月", "上个月", "last month"), "report month last"),
    **dict.fromkeys(("daily",), "pnl"),
    **dict.fromkeys(("history", "历史", "记录"), "history"),
    **dict.fromkeys(("why", "为什么", "为何"), "why"),
    **dict.fromkeys(("chart", "走势", "走势图", "图", "图表"), "chart"),
    **dict.fromkeys(("tiers", "tier", "ladder", "档位", "止盈"), "tiers"),
    **dict.fromkeys(("rearm", "重置"), "rearm"),
    **dict.fromkeys(("dynamic", "volatility", "动态", "波动", "波动率", "波动率调整"), "dynamic"),
    **dict.fromkeys(
        (
            "dynamic on",
            "动态开",
            "开动态",
            "开启动态",
            "波动开",
            "开启波动",
            "波动率开",
            "开启波动率",
            "打开波动率",
            "开启波动率调整",
        ),
        "dynamic on",
    ),
    **dict.fromkeys(
        (
            "dynamic off",
            "动态关",
            "关动态",
            "关闭动态",
            "波动关",
            "关闭波动",
            "波动率关",
            "关闭波动率",
            "关掉波动率",
            "关闭波动率调整",
        ),
        "dynamic off",
    ),
    **dict.fromkeys(("resting", "挂单", "挂单止盈"), "resting"),
    **dict.fromkeys(("backtest", "回测"), "backtest"),
    **dict.fromkeys(("whatif", "what if", "复盘"), "whatif"),
    **dict.fromkeys(("guards", "guard", "保护"), "guards"),
    **dict.fromkeys(("health", "健康"), "health"),
    **dict.fromkeys(("version", "版本"), "version"),
    **dict.fromkeys(("logs", "log", "日志"), "logs"),
    **dict.fromkeys(("config", "settings", "show config", "设置", "配置", "参数"), "show_config"),
    **dict.fromkeys(("help", "commands", "帮助", "说明", "怎么用", "命令"), "help"),
    **dict.fromkeys(("english",), "lang en"),
    **dict.fromkeys(("中文", "chinese"), "lang zh"),
}
# How users of other bots call them, behind a slash only.
ALIASES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("forceexit", "forcesell", "fx", "sell", "exit"), "close"),
}
# Asked by users of other bots, and answered in words.
ENTRY_WORDS: Final = ("stopentry", "stopbuy", "stop entry", "停止开仓", "暂停开仓")


def keys_of(language: Language) -> tuple[tuple[str, ...], ...]:
    """Return what the keys below the chat say, row by row."""
    return tuple(tuple(plain(language, f"key.{name}") for name in row) for row in KEY_ROWS)
