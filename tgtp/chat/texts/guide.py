"""Help by topic."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.text import Text

TEXTS: Final[dict[str, Text]] = {}
