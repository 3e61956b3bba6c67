"""Pauses in words: what, why, who and since when."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL

MOST_NAMED = 5


def cause(language: Language, pause: Pause) -> Html:
    """Write in a few words why something is paused."""
    return say(language, f"pause.cause.{pause.cause}", until=pause.until)


def scope(language: Language, pause: Pause) -> str:
    """Name what is paused."""
    return plain(language, "all") if pause.scope == ALL else pause.scope.split("-", maxsplit=1)[0]


def given(language: Language, pause: Pause) -> Html:
    """Write who paused and since when; "" where neither is known."""
    if pause.since is None:
        return say(language, "pause.given.by", pause=pause) if pause.by is not None else Html("")
    if pause.by is None:
        return say(language, "pause.given.since", pause=pause)
    return say(language, "pause.given", pause=pause)


def row(language: Language, pause: Pause, account: str = "") -> Html:
    """Write all of it in a line, with the account where there are several."""
    parts = [given(language, pause)] if pause.cause == "person" else [cause(language, pause), given(language, pause)]
    of = plain(language, "pause.of", account=account) if account else ""
    how = Html(plain(language, "pause.comma").join(part for part in parts if part) or cause(language, pause))
    return say(language, "pause.row", of=of, name=scope(language, pause), how=how)


def rows(language: Language, pauses: Sequence[Pause]) -> Html:
    """Write of each pause what it is, and of no more than a few."""
    named = [row(language, pause) for pause in pauses[:MOST_NAMED]]
    if len(pauses) > MOST_NAMED:
        named.append(Html(f"+{len(pauses) - MOST_NAMED}"))
    return Html("; ".join(named))


def coins(language: Language, pauses: Sequence[Pause]) -> Html:
    """Name the coins that are paused, each with who paused it; no more than a few."""
    shown = []
    for pause in pauses[:MOST_NAMED]:
        name, told = html.escape(pause.scope), given(language, pause)
        shown.append(str(say(language, "pause.coin", name=Html(name), how=told)) if told else name)
    more = [f"+{len(pauses) - MOST_NAMED}"] if len(pauses) > MOST_NAMED else []
    return Html(plain(language, "pause.and").join([*shown, *more]))
