"""Ladders on the phone: seen, changed, put back."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.text import Text

TEXTS: Final[dict[str, Text]] = {}
