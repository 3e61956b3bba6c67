"""What people write behind /backtest: a coin, a side, a leverage, two days, and a ladder of their own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.chat.commands.arguments import Unclear, instrument_named
from tgtp.chat.commands.vocabulary import BOTH_WORDS, COINS, SIDES
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.ladder import Ladder
from tgtp.errors import Invalid

Side = Literal["long", "short", "pair"]

USUAL_LEVERAGE = Decimal(10)
HIGHEST_LEVERAGE = 125
USUAL_DAYS = 30
MOST_DAYS = 366
DAY = dt.timedelta(days=1)
PAIR_WORDS = ("pair", "双向", *BOTH_WORDS)
LEVERAGE = re.compile(r"(\d{1,3}(?:\.\d)?)[x×倍]", re.IGNORECASE)


class Wish(NamedTuple):
    """What is to be walked: whole days in UTC, ``until`` not among them."""

    instrument_id: str
    side: Side
    leverage: Decimal
    since: dt.date
    until: dt.date
    ladder: Ladder | None


def read_wish(reader: Reader, words: Sequence[str], today: dt.date) -> Wish:
    """Read ``ETH long 10x 2022-05-01 2022-06-01 25:30,50:50``: the coin first, the rest in any order. Raises Unclear.

    Without a side it is the long one, without days the last 30; one day alone is the first of 30.
    """
    if not words:
        raise Unclear(reader.say("backtests.form"))
    coin, *rest = words
    side: Side = "long"
    leverage, days, ladder = USUAL_LEVERAGE, list[dt.date](), None
    for word in rest:
        low = word.lower()
        if low in SIDES:
            side = "long" if SIDES[low].sign > 0 else "short"
        elif low in PAIR_WORDS:
            side = "pair"
        elif found := LEVERAGE.fullmatch(low):
            leverage = Decimal(found[1])
        elif ":" in word:
            ladder = read_ladder(reader, word)
        else:
            days.append(_day(reader, word))
    if len(days) > 2:
        raise Unclear(reader.say("backtests.form"))
    if not 1 <= leverage <= HIGHEST_LEVERAGE:
        raise Unclear(reader.say("backtests.leverage", most=HIGHEST_LEVERAGE))
    since = days[0] if days else today - USUAL_DAYS * DAY
    until = days[1] if len(days) > 1 else min(since + USUAL_DAYS * DAY, today)
    if not since < until <= today or (until - since).days > MOST_DAYS:
        raise Unclear(reader.say("backtests.days", since=str(since), until=str(until), most=MOST_DAYS, today=str(today)))
    return Wish(instrument_named(COINS.get(coin.lower(), coin)), side, leverage, since, until, ladder)


def read_ladder(reader: Reader, word: str) -> Ladder:
    """Read a ladder as people write it. Raises Unclear."""
    try:
        return Ladder.parse(word)
    except Invalid as exc:
        raise Unclear(reader.say("backtests.ladder", what=exc.problem)) from exc


def _day(reader: Reader, word: str) -> dt.date:
    try:
        return dt.date.fromisoformat(word)
    except ValueError as exc:
        raise Unclear(reader.say("backtests.word", word=word[:40])) from exc
