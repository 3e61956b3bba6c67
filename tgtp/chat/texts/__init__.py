"""Every sentence that people read, in English and Chinese. ``say`` fills one for a chat (HTML), ``plain`` for the console.

Each module here holds the sentences of one noun under ``TEXTS``; a key stands in one of them only.
"""

from __future__ import annotations

import html
import itertools
from typing import Any, Final

from tgtp.chat.texts import (
    access,
    accounts,
    alerts,
    answers,
    close,
    console,
    operation,
    panel,
    positions,
    preferences,
    reports,
    tiers,
    upkeep,
    words,
)
from tgtp.chat.texts import help as help_texts
from tgtp.chat.texts.problems import checks, memory, settings, wants
from tgtp.chat.texts.sentence import LANGUAGES, Language, Names, Text, listed, visible

__all__ = ["LANGUAGES", "MODULES", "TEXTS", "Html", "Language", "Names", "Text", "language_of", "plain", "say", "visible"]

MODULES: Final = (
    access,
    accounts,
    alerts,
    answers,
    positions,
    close,
    console,
    operation,
    help_texts,
    tiers,
    preferences,
    panel,
    reports,
    upkeep,
    words,
    checks,
    memory,
    settings,
    wants,
)
TEXTS: Final[dict[str, Text]] = dict(itertools.chain.from_iterable(module.TEXTS.items() for module in MODULES))


class Html(str):
    """Text that is markup already and must not be escaped again."""

    __slots__ = ()


def say(language: Language, key: str, **values: Any) -> Html:
    """Fill a sentence for a chat; values are escaped unless they are ``Html``, and show what could not be seen of them."""
    safe = {
        name: value if isinstance(value, Html) else html.escape(visible(str(listed(language, value))), quote=False)
        for name, value in values.items()
    }
    return Html(getattr(TEXTS[key], language).format(**safe))


def plain(language: Language, key: str, **values: Any) -> str:
    """Fill a sentence for the console."""
    text: str = getattr(TEXTS[key], language)
    return text.format(**{name: listed(language, value) for name, value in values.items()})


def language_of(code: str | None) -> Language:
    """Give the language that a Telegram language code (``zh-hans``, ``en-GB``, None) stands for."""
    return "zh" if (code or "").lower().startswith("zh") else "en"
