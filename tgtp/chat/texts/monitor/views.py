"""Pairs, accounts, money, events and health: what these views show by themselves (``page.…``, filled by the page)."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts.sentence import Text

TEXTS: Final[dict[str, Text]] = {}
