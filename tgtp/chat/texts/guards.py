"""Guards of legs: seen and set."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {
    # what one is set to
    "guards.off": Text("off", "关闭"),
    "guards.give_back": Text("{fraction:%}", "{fraction:%}"),
    "guards.break_even": Text("after tier {tier}", "第 {tier} 档之后"),
}
