"""/whatif on the phone: the trader's own legs of the last days, under the ladder in force and under others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.backtest.parse import read_ladder
from tgtp.chat.commands.backtest.running import BacktestRun
from tgtp.chat.commands.backtest.what_if_view import what_if_title, what_if_view
from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.session import Session, whole_number
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.domain.ladder import Ladder
from tgtp.engine.ports import Backtests, Progress, WhatIfRequest
from tgtp.engine.reports.past_legs import past_legs
from tgtp.engine.reports.reporter import READING_FAILS
from tgtp.errors import Problem, TemporarilyDown, TgtpError

USUAL_DAYS: Final = 30
# OKX keeps the history of positions for three months.
MOST_DAYS: Final = 90


class PastWish(NamedTuple):
    """Legs of how many days are to be walked, and another ladder, if one is given."""

    days: int
    ladder: Ladder | None


def read_past_wish(reader: Reader, words: Sequence[str]) -> PastWish:
    """Read ``30 25:30,50:50``, in any order; without days the last 30. Raises Unclear."""
    days, ladder = None, None
    for word in words:
        if ":" in word and ladder is None:
            ladder = read_ladder(reader, word)
            continue
        number = whole_number(word.lower().removesuffix("d").removesuffix("天"))
        if number is None or days is not None:
            raise Unclear(reader.say("what_if.form", word=word[:40], most=MOST_DAYS))
        if not 1 <= number <= MOST_DAYS:
            raise Unclear(reader.say("what_if.days", days=number, most=MOST_DAYS))
        days = number
    return PastWish(days or USUAL_DAYS, ladder)


class WhatIfCommands(HandlerGroup):
    """Walks the legs of one account again."""

    def __init__(self, session: Session, run: BacktestRun) -> None:
        self._session = session
        self._run = run

    @command("whatif", topic="reports", place=7)
    async def what_if(self, update: Update, context: Context) -> None:
        """Begin, or say that a backtest is under way. Raises Unclear."""
        reader = self._session.reader(update)
        wish = read_past_wish(reader, context.args or ())
        other = str(wish.ladder) if wish.ladder is not None else ""
        title = partial(what_if_title, days=wish.days, other=other, account=self._session.named)
        await self._run.begin(update, context, self._session, title, partial(self._walked, reader, wish.days, other))

    async def _walked(
        self, reader: Reader, days: int, other: str, backtests: Backtests, heard: Callable[[Progress], None]
    ) -> Message:
        checker, now = self._session.checker, self._session.clock.now()
        head = what_if_title(reader, days=days, other=other, account=self._session.named)
        try:
            past = await past_legs(checker, now - dt.timedelta(days=days), now)
        except TgtpError:
            raise
        except READING_FAILS as exc:
            raise TemporarilyDown(Problem.of_words(getattr(exc, "strerror", None) or exc)) from exc
        simulated = checker.exchange_name.startswith("paper")
        if not past.legs:
            return what_if_view(reader, head, None, past.without_terms, simulated=simulated)
        request = WhatIfRequest(
            legs=past.legs,
            rules=reader.rules,
            other=other,
            interval=reader.interval,
            hedges=checker.upkeep_scheduler.switches.hedge,
        )
        outcome = await backtests.what_if(request, heard)
        return what_if_view(reader, head, outcome, past.without_terms, simulated=simulated)
