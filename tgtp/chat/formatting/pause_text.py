"""Pauses in words: what, why, who and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.model import coin_of_instrument
from tgtp.domain.pauses import Pause, Scope

MOST_NAMED = 5

# How a moment is written.
At = Callable[[dt.datetime], Html]


def cause(language: Language, pause: Pause) -> Html:
    """Write in a few words why something is paused."""
    return say(language, f"pause.cause.{pause.cause}", until=pause.until)


def scope(language: Language, pause: Pause) -> str:
    """Name what is paused."""
    return scope_name(language, pause.scope)


def scope_name(language: Language, name: str) -> str:
    """Name a scope, in the words that /pause takes for it.

    >>> scope_name("en", "STX-USDT-SWAP long hedge"), scope_name("zh", "* tier"), scope_name("en", "* short")
    ('STX long hedge', '止盈', 'all short')
    """
    of = Scope.of(name)
    coin = coin_of_instrument(of.instrument_id) if of.instrument_id else ""
    side = plain(language, f"side.{of.position_side.value}") if of.position_side else ""
    if side and not coin:
        side = plain(language, "pause.scope.side", side=side)
    rule = plain(language, f"pause.rule.{of.rule}") if of.rule else ""
    return " ".join(part for part in (coin, side, rule) if part) or plain(language, "all")


def until_text(reader: Reader, until: dt.datetime, now: dt.datetime) -> Html:
    """Write when a pause ends, by the clock of the reader's zone, which is named; the day only where it is another one."""
    there, here = until.astimezone(reader.clock_zone), now.astimezone(reader.clock_zone)
    time = f"{there:%H:%M}" if there.date() == here.date() else f"{there:%m-%d %H:%M}"
    return reader.say("pause.until", time=time, zone=reader.clock_zone)


def given(language: Language, pause: Pause, at: At | None = None) -> Html:
    """Write who paused and since when; "" where neither is known. ``at`` writes that moment, by default in full."""
    if pause.since is None:
        return say(language, "pause.given.by", pause=pause) if pause.by is not None else Html("")
    since = at(pause.since) if at is not None else pause.since
    if pause.by is None:
        return say(language, "pause.given.since", since=since)
    return say(language, "pause.given", pause=pause, since=since)


def row(language: Language, pause: Pause, account: str = "", at: At | None = None) -> Html:
    """Write all of it in a line, with the account where there are several; ``at`` as above."""
    of = plain(language, "pause.of", account=account) if account else ""
    return say(language, "pause.row", of=of, name=scope(language, pause), how=_how(language, pause, at))


def row_of_all(language: Language, pause: Pause, at: At | None = None) -> Html:
    """Write in a line what is paused in all accounts; ``at`` as above."""
    every = plain(language, "accounts.every")
    if not pause.reach.is_whole:
        return row(language, pause, every, at)
    return say(language, "pause.row", of="", name=every, how=_how(language, pause, at))


def _how(language: Language, pause: Pause, at: At | None) -> Html:
    by = given(language, pause, at)
    parts = [by] if pause.cause == "person" else [cause(language, pause), by]
    return Html(plain(language, "pause.comma").join(part for part in parts if part) or cause(language, pause))


def rows(language: Language, pauses: Sequence[Pause], at: At | None = None) -> Html:
    """Write of each pause what it is, and of no more than a few; ``at`` as above."""
    return rows_of(language, [("", pause) for pause in pauses], at)


def rows_of(language: Language, pauses: Sequence[tuple[str, Pause]], at: At | None = None) -> Html:
    """Do the same for several accounts, by name."""
    named = [row(language, pause, account, at) for account, pause in pauses[:MOST_NAMED]]
    if len(pauses) > MOST_NAMED:
        named.append(Html(f"+{len(pauses) - MOST_NAMED}"))
    return Html(plain(language, "pause.semicolon").join(named))
