"""One sentence in both languages, and the languages there are."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


class Text(NamedTuple):
    """One sentence in both languages; the placeholders are the same in both."""

    en: str
    zh: str
