"""One sentence in both languages, and the languages there are."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


class Text(NamedTuple):
    """One sentence in both languages; placeholders and their specs are the same in both, but for plurals (``formats/filler.py``)."""

    en: str
    zh: str


class Html(str):
    """Text that is markup already and must not be escaped again."""

    __slots__ = ()


class Names(str):
    """Names in a row, with ``, `` between them; a Chinese sentence separates them with 、."""

    __slots__ = ()


def listed(language: Language, value: object) -> object:
    """Return a value as a sentence of this language writes it.

    >>> listed("zh", Names("CRV, STX")), listed("en", Names("CRV, STX")), listed("zh", "a, b")
    ('CRV、STX', 'CRV, STX', 'a, b')
    """
    return value.replace(", ", "、") if language == "zh" and isinstance(value, Names) else value


# Control characters but for tab and line break, and marks that nobody sees: they turn text round, or hide what it says.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Write what cannot be seen, and would change how the rest is read, as its number.

    >>> visible("STX\u202eXTS\x1b[2J")
    'STX\\u202eXTS\\x1b[2J'
    """
    return _UNSEEN.sub(lambda found: found[0].encode("unicode-escape").decode(), text)
