"""What went wrong, in the reader's language: the program's own sentences are known, the exchange's words stay as they are."""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from tgtp.chat.formatting.numbers import LONGEST_PROBLEM, brief
from tgtp.chat.texts import TEXTS, Language, plain

FAMILY = "problem."
# What of a sentence is a sentence of its own.
INNER = frozenset({"why", "said", "wants"})
# Why settings are refused.
REFUSALS = "setting."
# How such a reason is put together, as it stands in the ledger: in English.
PLACED = ("start.place", "start.full_width", REFUSALS, "start.wants", "start.wrong", "start.invalid")


def problem(language: Language, what: object, longest: int = LONGEST_PROBLEM) -> str:
    """Say a problem, cut to what a chat can hold.

    >>> problem("zh", "OKX did not answer in time"), problem("zh", "OKX says 50011: Too Many Requests")
    ('OKX 未及时响应', 'OKX 返回 50011：Too Many Requests')
    >>> problem("en", "OKX did not answer in time"), problem("zh", "words of somebody else's")
    ('OKX did not answer in time', "words of somebody else's")
    """
    return brief(translated(language, " ".join(str(what).split()), FAMILY, REFUSALS), longest)


def reasons(language: Language, what: str) -> str:
    """Say why an account is not started; ``what`` has a line for each reason.

    >>> reasons("zh", "ALPHA_LADDER='x' is not valid; it wants on or off (.env, line 3)\\nALPHA_TIERS is odd")
    "ALPHA_LADDER='x' 无效；应为 on 或 off（.env 第 3 行）；ALPHA_TIERS is odd"
    """
    said = [brief(translated(language, line, *PLACED), LONGEST_PROBLEM) for line in what.splitlines()]
    return plain(language, "account.left_out.and").join(said)


def translated(language: Language, sentence: str, *families: str) -> str:
    """Say a sentence of the program's own in a language; one that no family of texts has stays as it is."""
    for family in families:
        for key, pattern in _patterns(family):
            if found := pattern.fullmatch(sentence):
                words = found.groupdict()
                for name in INNER & words.keys():
                    words[name] = translated(language, words[name], *families)
                return plain(language, key, **words)
    return sentence


@cache
def _patterns(family: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give what each sentence of a family looks like when it is filled; a code is one word."""

    def pattern(text: str) -> re.Pattern[str]:
        parts = Formatter().parse(text)
        hole = {"code": r"\w+"}
        return re.compile(
            "".join(re.escape(words) + (f"(?P<{name}>{hole.get(name, '.+')})" if name else "") for words, name, _, _ in parts)
        )

    return tuple((key, pattern(text.en)) for key, text in TEXTS.items() if key.startswith(family))
