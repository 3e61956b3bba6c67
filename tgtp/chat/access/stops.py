"""What counts as a stop, however it is spelled and however late it comes."""

from __future__ import annotations

import re
from typing import Final

from tgtp.chat.formatting.half_width import half_width

COMMAND: Final = "pause"
# Words for it, with or without a slash; Telegram knows no commands in Chinese.
WORDS: Final = (COMMAND, "stop", "停止", "暂停", "暫停", "停")
# What a Chinese keyboard gives for a slash is among them.
SIGNS: Final = "/、,.;:!?。~…"
FIRST_WORD: Final = re.compile(rf"[\s{SIGNS}]*([^\s{SIGNS}@]*)")


def is_stop(text: str) -> bool:
    """Return whether a message asks for a pause.

    >>> [is_stop(text) for text in ("/pause", "/PAUSE CRV", "/Pause@bot alpha", "/pause,CRV", "停止！", "／ｐａｕｓｅ", "停")]
    [True, True, True, True, True, True, True]
    >>> [is_stop(text) for text in ("/paused", "unpause", "/resume", "!", "", "不要停")]
    [False, False, False, False, False, False]
    """
    # Full-width letters and signs are the usual ones then.
    found = FIRST_WORD.match(half_width(text))
    return found is not None and found[1].lower() in WORDS


def glued(text: str, length: int) -> list[str]:
    """Return the word that stands behind a command of so many characters without a blank, if there is one.

    >>> glued("/resume，CRV long", 7), glued("/resume CRV", 7), glued("/resume！", 7)
    (['CRV'], [], [])
    """
    behind = half_width(text.split(maxsplit=1)[0][length:]).strip(f"{SIGNS}-=")
    return [behind] if behind else []
