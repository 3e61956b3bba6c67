"""Full and half width: what a Chinese keyboard writes, as commands know it, and how wide a phone draws words."""

from __future__ import annotations

import unicodedata
from typing import Final

# The signs of ASCII stand there in the same order; the blank elsewhere.
_HALF: Final[dict[int, int | str]] = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: " "}


def half_width(text: str) -> str:
    """Write signs of full width as those of ASCII, and leave all others.

    >>> half_width("／ＣＲＶ　２５：３０％，多²")
    '/CRV 25:30%,多²'
    """
    return text.translate(_HALF)


def width_of(words: str) -> int:
    """Count how wide a phone draws words: a Chinese character is as wide as two letters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)
