"""/backtest on the phone, and /cancel: one at a time, in a process of its own, with a message that says how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final

from telegram import Update

from tgtp.chat.commands.backtest.backtest_view import outcome_view, title
from tgtp.chat.commands.backtest.parse import Wish, read_wish
from tgtp.chat.commands.backtest.running import BacktestRun
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.reaction import receipt
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.domain.model import LegKey, MarginMode, PositionSide
from tgtp.engine.ports import BacktestRequest, Backtests, Progress

# USDT of margin that a leg begins with.
MARGIN: Final = Decimal(100)


class BacktestCommands(HandlerGroup):
    """Begins backtests, and ends what is under way."""

    def __init__(self, session: Session, run: BacktestRun) -> None:
        self._session = session
        self._run = run

    @command("backtest", topic="reports", place=6)
    async def backtest(self, update: Update, context: Context) -> None:
        """Begin a backtest, or say that one is under way. Raises Unclear."""
        reader = self._session.reader(update)
        wish = read_wish(reader, context.args or (), self._session.clock.now().date())
        await self._run.begin(update, context, self._session, partial(title, wish=wish), partial(_walked, reader, wish))

    @command("cancel", topic="reports", place=8)
    async def cancel(self, update: Update, context: Context) -> None:
        """End the backtest that is under way."""
        reader = self._session.reader(update)
        if not self._run.cancel():
            await self._session.reply(update, context, Message(reader.say("backtests.none")))
        elif update.callback_query is None:
            # Its message may be far above.
            await receipt(update, context, Message(reader.say("backtests.ended")))

    @button("bt")
    async def _press_cancel(self, update: Update, context: Context, _: str) -> None:
        if update.callback_query is not None:
            await answer(update.callback_query)
        await self.cancel(update, context)


async def _walked(reader: Reader, wish: Wish, backtests: Backtests, heard: Callable[[Progress], None]) -> Message:
    return outcome_view(reader, wish, await backtests.run(_request(reader, wish), heard))


def _request(reader: Reader, wish: Wish) -> BacktestRequest:
    rules = reader.rules

    def written(side: PositionSide) -> str:
        key = LegKey(instrument_id=wish.instrument_id, position_side=side, margin_mode=MarginMode.ISOLATED)
        return str(rules.base_ladder_of(key))

    return BacktestRequest(
        instrument_id=wish.instrument_id,
        side=wish.side,
        leverage=wish.leverage,
        since=dt.datetime.combine(wish.since, dt.time(), dt.UTC),
        until=dt.datetime.combine(wish.until, dt.time(), dt.UTC),
        long=written(PositionSide.LONG),
        short=written(PositionSide.SHORT),
        other=str(wish.ladder) if wish.ladder is not None else "",
        margin=MARGIN,
        min_margin=rules.min_margin,
        keep_margin=rules.keep_margin,
    )
