"""Every sentence that people read, in English and Chinese. ``say`` fills one for a chat (HTML), ``plain`` for the console.

A text also says how its values look: ``formats/filler.py`` has the specs.

Each module here holds the sentences of one noun under ``TEXTS``; a key stands in one of them only.
"""

from __future__ import annotations

import itertools
from typing import Any, Final

from tgtp.chat.texts import (
    access,
    accounts,
    answers,
    close,
    console,
    guards,
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
from tgtp.chat.texts.alerts import delivery, doubts, drawdown, legs, orders, people, program, resting, streams
from tgtp.chat.texts.formats.filler import Filler
from tgtp.chat.texts.monitor import document, page, views
from tgtp.chat.texts.problems import backtest as backtest_problems
from tgtp.chat.texts.problems import bars, canceled, checks, memory, refused, settings, stream, wants
from tgtp.chat.texts.sentence import LANGUAGES, Html, Language, Names, Text, visible
from tgtp.chat.texts.spreadsheet import kinds
from tgtp.chat.texts.terminal import backtest, export, history, legacy, setup, sweep, usage

__all__ = [
    "LANGUAGES",
    "MODULES",
    "TEXTS",
    "Html",
    "Language",
    "Names",
    "Text",
    "filler",
    "language_of",
    "plain",
    "say",
    "visible",
    "written",
]

MODULES: Final = (
    access,
    accounts,
    delivery,
    orders,
    legs,
    doubts,
    drawdown,
    people,
    program,
    resting,
    streams,
    answers,
    positions,
    close,
    console,
    guards,
    operation,
    help_texts,
    tiers,
    preferences,
    panel,
    reports,
    upkeep,
    words,
    backtest_problems,
    bars,
    canceled,
    checks,
    memory,
    refused,
    settings,
    stream,
    wants,
    document,
    page,
    views,
    kinds,
    backtest,
    export,
    history,
    legacy,
    setup,
    sweep,
    usage,
)
TEXTS: Final[dict[str, Text]] = dict(itertools.chain.from_iterable(module.TEXTS.items() for module in MODULES))


def filler(language: Language, *, markup: bool, whole: bool = False) -> Filler:
    """Return what fills the sentences of a language; ``whole``: legs go by the whole name of their instrument."""
    return Filler(TEXTS, language, markup=markup, whole=whole)


def say(language: Language, key: str, /, **values: Any) -> Html:
    """Fill a sentence for a chat; values are escaped unless they are ``Html``, and show what could not be seen of them."""
    return Html(filler(language, markup=True).fill(key, values))


def plain(language: Language, key: str, /, **values: Any) -> str:
    """Fill a sentence for the console."""
    return filler(language, markup=False).fill(key, values)


def written(language: Language, value: Any, spec: str = "") -> str:
    """Write a value by itself as the sentences write it; ``spec`` as behind its name in a text.

    >>> written("en", 7200, "age"), written("zh", 1, "# leg|# legs")
    ('2 h', '1 leg')
    """
    return filler(language, markup=False).written(value, spec)


def language_of(code: str | None) -> Language:
    """Return the language that a Telegram language code (``zh-hans``, ``en-GB``, None) stands for."""
    return "zh" if (code or "").lower().startswith("zh") else "en"
