"""/chart and /equity."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from telegram import Update

from tgtp.chat.charts.model import EquityChart, PriceChart
from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.positions.price_chart import gather
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import money, percent, when
from tgtp.domain.drawdown import LEAST_SHOWN, deepest_drawdown
from tgtp.domain.model import EquitySample, Leg
from tgtp.domain.report import DAY

USUAL_DAYS = 30
MOST_DAYS = 365


def chart_view(reader: Reader, legs: Sequence[Leg], picture: PriceChart | None) -> Message:
    """Show the picture of these legs, with how they stand; without one, say so."""
    if picture is None:
        return Message(reader.say("chart.none", coin=legs[0].instrument.coin))
    rows = [reader.say("chart.row", leg=leg) for leg in legs]
    return Message(Html("\n".join(rows)), picture=picture)


def equity_view(reader: Reader, days: int, samples: Sequence[EquitySample]) -> Message:
    """Show the equity of so many days. ``samples`` oldest first; with fewer than two there is nothing to draw."""
    span = reader.plain("equity.day") if days == 1 else reader.plain("equity.days", days=days)
    if len(samples) < 2:
        return Message(reader.say("equity.none", span=span))
    first, last, deepest = samples[0].equity, samples[-1].equity, deepest_drawdown(samples)
    change = money(last - first, signed=True)
    if first > 0:
        change = reader.plain("named", name=change, what=percent((last - first) / first, signed=True))
    since = when(samples[0].at)
    rows = [reader.say("equity.view", equity=last, since=since, change=change)]
    if deepest.fraction >= LEAST_SHOWN:
        rows.append(reader.say("equity.deepest", fraction=-deepest.fraction, when=deepest.at))
    return Message(
        Html("\n".join(rows)), picture=EquityChart(reader.plain("equity.title", span=span), tuple(samples), reader.look)
    )


class ChartCommands(HandlerGroup):
    """Answers /chart and /equity in one account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @command("chart", topic="pictures", place=1)
    async def chart(self, update: Update, context: Context) -> None:
        """Draw the price of a coin, with what hangs on it. Raises Unclear."""
        session = self._session
        reader = session.reader(update)
        outlook = session.seen(reader)
        words = context.args or []
        if not words:
            raise arguments.Unclear(reader.say("chart.which"))
        legs, rest = arguments.named_legs(reader, words, outlook.snapshot, "chart")
        if rest:
            raise arguments.Unclear(reader.say("chart.which"))
        await session.work(update, context)
        picture = await gather(session, reader, legs)
        await session.reply(update, context, chart_view(reader, legs, picture))

    @command("equity", topic="pictures", place=3)
    async def equity(self, update: Update, context: Context) -> None:
        """Draw the equity of the last days."""
        session = self._session
        reader, outlook = session.reader(update), session.outlook()
        word = " ".join(context.args or [str(USUAL_DAYS)])
        days = int(word) if word.isdecimal() and len(word) <= len(str(MOST_DAYS)) else 0
        if not 1 <= days <= MOST_DAYS:
            raise arguments.Unclear(reader.say("equity.form", word=word[:40], most=MOST_DAYS))
        await session.work(update, context)
        samples = await asyncio.to_thread(session.checker.equity_history.since, session.clock.now() - days * DAY)
        # Equity is sampled every few minutes; what was seen since then is the newest.
        seen = session.checker.books.sample(outlook.snapshot) if outlook is not None else None
        if seen is not None and (not samples or seen.at > samples[-1].at):
            samples = [*samples, seen]
        # A year of samples takes a while to go through.
        message = await asyncio.to_thread(equity_view, reader, days, samples)
        await session.reply(update, context, message)
