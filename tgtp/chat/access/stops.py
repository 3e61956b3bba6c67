"""What counts as a stop, however it is spelled and however late it comes."""

from __future__ import annotations

from typing import Final

COMMAND: Final = "pause"
# Words for it, with or without a slash; Telegram knows no commands in Chinese.
WORDS: Final = ("stop", "停止", "暂停")


def is_stop(text: str) -> bool:
    """Say whether a message asks for a pause.

    >>> [is_stop(text) for text in ("/pause", "/PAUSE CRV", "/Pause@my_bot alpha", "/暂停", "停止", "/paused", "pause it", "")]
    [True, True, True, True, True, False, False, False]
    """
    first = text.split(maxsplit=1)[:1]
    word = first[0].split("@")[0].lower() if first else ""
    return word == f"/{COMMAND}" or word.removeprefix("/") in WORDS
