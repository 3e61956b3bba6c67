"""What a Chinese keyboard writes in full width, as commands know it."""

from __future__ import annotations

from typing import Final

# The signs of ASCII stand there in the same order; the blank elsewhere.
_HALF: Final[dict[int, int | str]] = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: " "}


def half_width(text: str) -> str:
    """Write signs of full width as those of ASCII, and leave all others.

    >>> half_width("／ＣＲＶ　２５：３０％，多²")
    '/CRV 25:30%,多²'
    """
    return text.translate(_HALF)
