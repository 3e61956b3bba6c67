"""/backtest on the phone, and /cancel: one at a time, in a process of its own, with a message that says how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from decimal import Decimal
from typing import Final, NamedTuple

from telegram import Bot, Update
from telegram.error import TelegramError

from tgtp.chat.commands.backtest.backtest_view import outcome_view, title, under_way
from tgtp.chat.commands.backtest.parse import Wish, read_wish
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer, change, send, surely
from tgtp.domain.model import LegKey, MarginMode, PositionSide
from tgtp.engine.ports import BacktestRequest, Backtests, Progress
from tgtp.errors import TgtpError

log = logging.getLogger(__name__)

# USDT of margin that a leg begins with.
MARGIN: Final = Decimal(100)
# Telegram takes no more than about one change of a message every three seconds.
TOLD_EVERY: Final = 3.0
BEGINS: Final = Progress("history", 0.0)


class _Place(NamedTuple):
    """Where the message of a backtest stands."""

    bot: Bot
    chat_id: int
    message_id: int

    async def show(self, message: Message) -> None:
        await change(self.bot, self.chat_id, self.message_id, message)


class BacktestCommands(HandlerGroup):
    """Runs one backtest at a time, for whoever asked."""

    def __init__(self, session: Session, backtests: Backtests | None) -> None:
        """``backtests`` is None where there are no prices of the past."""
        self._session = session
        self._backtests = backtests
        self._wish: Wish | None = None
        self._progress = BEGINS
        self._running: asyncio.Task[None] | None = None
        self._ending = False

    @command("backtest", topic="reports", place=6)
    async def backtest(self, update: Update, context: Context) -> None:
        """Begin a backtest, or say that one is under way. Raises Unclear."""
        reader, chat = self._session.reader(update), update.effective_chat
        wish = read_wish(reader, context.args or (), self._session.clock.now().date())
        if chat is None or self._backtests is None:
            await self._session.reply(update, context, Message(reader.say("backtests.nowhere")))
            return
        if self._wish is not None:
            text = reader.say(
                "backtests.busy", title=title(reader, self._wish), done=Decimal(str(round(self._progress.done, 2)))
            )
            await self._session.reply(update, context, Message(text))
            return
        self._wish, self._progress = wish, BEGINS
        try:
            shown = await send(context.bot, chat.id, under_way(reader, wish, BEGINS))
        except BaseException:
            self._wish = None
            raise
        place = _Place(context.bot, chat.id, shown.message_id)
        self._running = asyncio.create_task(self._walk(reader, wish, place, self._backtests), name="backtest")

    async def end(self) -> None:
        """End the one under way, with the program: its message stays as it is."""
        self._ending = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    @command("cancel", topic="reports", place=7)
    async def cancel(self, update: Update, context: Context) -> None:
        """End the backtest that is under way."""
        reader = self._session.reader(update)
        if self._running is None:
            await self._session.reply(update, context, Message(reader.say("backtests.none")))
            return
        self._running.cancel()

    @button("bt")
    async def _press_cancel(self, update: Update, context: Context, _: str) -> None:
        if update.callback_query is not None:
            await answer(update.callback_query)
        await self.cancel(update, context)

    async def _walk(self, reader: Reader, wish: Wish, place: _Place, backtests: Backtests) -> None:
        """Run it, keep its message up to date, and put what came of it in its place."""
        telling = asyncio.create_task(self._tell(reader, wish, place))
        try:
            last = outcome_view(reader, wish, await backtests.run(_request(reader, wish), self._heard))
        except TgtpError as exc:
            problem = getattr(exc, "problem", None)
            log.info("a backtest came to nothing: %s", exc)
            last = Message(reader.say("backtests.failed", title=title(reader, wish), what=problem))
        except asyncio.CancelledError:
            if self._ending:
                raise
            last = Message(reader.say("backtests.cancelled", title=title(reader, wish)))
        finally:
            telling.cancel()
            self._wish = self._running = None
        with contextlib.suppress(TelegramError):
            await surely(lambda: place.show(last))

    async def _tell(self, reader: Reader, wish: Wish, place: _Place) -> None:
        told = BEGINS
        while True:
            await asyncio.sleep(TOLD_EVERY)
            if self._progress != told:
                told = self._progress
                with contextlib.suppress(TelegramError):
                    await place.show(under_way(reader, wish, told))

    def _heard(self, progress: Progress) -> None:
        self._progress = progress


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
