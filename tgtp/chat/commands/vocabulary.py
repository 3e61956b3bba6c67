"""The words behind a command that mean one thing everywhere, in both languages; in lower case and half width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tgtp.chat.formatting.reader import Theme
from tgtp.domain.model import MarginMode, PositionSide
from tgtp.domain.plan import ALL

ON_WORDS: Final = ("on", "开", "打开", "开启", "開", "打開", "開啟")
OFF_WORDS: Final = ("off", "关", "关闭", "关掉", "關", "關閉")
ALL_WORDS: Final = ("all", "全部", "所有", ALL)
# A close down to the base.
KEEP_WORDS: Final = ("keep", "base", "底仓", "保留", "留底仓", "平到底仓")
# A ladder as the settings have it.
DEFAULT_WORDS: Final = ("default", "defaults", "reset", "默认", "恢复默认", "恢复")
SIDES: Final[Mapping[str, PositionSide]] = {
    **dict.fromkeys(("long", "多", "多单", "多头", "做多"), PositionSide.LONG),
    **dict.fromkeys(("short", "空", "空单", "空头", "做空"), PositionSide.SHORT),
}
MODES: Final[Mapping[str, MarginMode]] = {
    **dict.fromkeys(("cross", "全仓"), MarginMode.CROSS),
    **dict.fromkeys(("isolated", "逐仓"), MarginMode.ISOLATED),
}
THEMES: Final[Mapping[str, Theme]] = {
    **dict.fromkeys(("light", "浅色", "亮色"), "light"),
    **dict.fromkeys(("dark", "深色", "暗色"), "dark"),
}
