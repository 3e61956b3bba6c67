"""Accounts that were not started, in words: no view may read as if all were guarded."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.chat.formatting.error_text import reasons
from tgtp.chat.texts import Html, Language, say
from tgtp.domain.events import LeftOut


def left_out_rows(language: Language, left_out: Iterable[LeftOut]) -> list[Html]:
    """Write for each that nobody guards it, and what to write."""
    return [say(language, "account.left_out.stands", name=one.name, why=reasons(language, one.why)) for one in left_out]


def below_left_out(language: Language, text: Html, left_out: Iterable[LeftOut]) -> Html:
    """Write it above a text."""
    return Html("\n".join([*left_out_rows(language, left_out), text]))
