"""What went wrong, in the reader's language: a problem's own sentence, and the words of others as they are."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.chat.texts import TEXTS, Language, plain
from tgtp.chat.texts.formats.filler import Filler
from tgtp.chat.texts.formats.numbers import LONGEST_PROBLEM, brief
from tgtp.errors import Problem


def problem(language: Language, what: Problem | None, longest: int = LONGEST_PROBLEM) -> str:
    """Write a problem, cut to what a chat can hold; nothing where there is none.

    >>> problem("zh", Problem("problem.slow")), problem("zh", Problem("problem.says", code=50011, words="Too Many Requests"))
    ('OKX 未及时响应', 'OKX 返回 50011：Too Many Requests')
    >>> problem("en", Problem("problem.slow")), problem("zh", Problem.of_words("words of somebody else's"))
    ('OKX did not answer in time', "words of somebody else's")
    """
    return brief(sentence(language, what), longest) if what is not None else ""


def reasons(language: Language, what: Iterable[Problem]) -> str:
    """Write why an account is not started."""
    return plain(language, "account.left_out.and").join(problem(language, each) for each in what)


def sentence(language: Language, what: Problem) -> str:
    """Write a problem whole.

    >>> sentence("zh", Problem("problem.through", why=Problem("problem.slow"), proxy="http://10.0.0.1:80", setting="ALL_PROXY"))
    'OKX 未及时响应（经由 ALL_PROXY 的代理 http://10.0.0.1:80）'
    """
    return Filler(TEXTS, language, markup=False).sentence(what)
