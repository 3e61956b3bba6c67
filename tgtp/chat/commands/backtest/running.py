"""The one backtest that may be under way: its message, which says how far it is, and what becomes of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final, NamedTuple

from telegram import Bot, Update
from telegram.error import TelegramError

from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import change, send, surely
from tgtp.chat.texts import Html
from tgtp.engine.ports import Backtests, Clock, Progress
from tgtp.errors import TgtpError

log = logging.getLogger(__name__)

# Telegram takes no more than about one change of a message every three seconds.
TOLD_EVERY: Final = 3.0
# What took longer (seconds) comes as a message of its own: the first one may be far above by then, and a change rings nowhere.
LATE: Final = 15.0
BEGINS: Final = Progress("history", 0.0)
CANCEL: Final = "bt:cancel"

# Names what is walked, to whoever reads it.
Title = Callable[[Reader], Html]
# Does it, saying how far it is, and gives what is said in the end.
Work = Callable[[Backtests, Callable[[Progress], None]], Awaitable[Message]]


class _Place(NamedTuple):
    """Where the message of a backtest stands."""

    bot: Bot
    chat_id: int
    message_id: int

    async def show(self, message: Message) -> None:
        await change(self.bot, self.chat_id, self.message_id, message)

    async def send(self, message: Message) -> None:
        await send(self.bot, self.chat_id, message, reply_to=self.message_id)


class BacktestRun:
    """Runs one backtest at a time, for whoever asked first."""

    def __init__(self, backtests: Backtests | None) -> None:
        """``backtests`` is None where there are no prices of the past."""
        self._backtests = backtests
        self._title: Title | None = None
        self._progress = BEGINS
        self._running: asyncio.Task[None] | None = None
        self._ending = False

    async def begin(self, update: Update, context: Context, session: Session, title: Title, work: Work) -> None:
        """Begin one, or say that one is under way."""
        reader, chat = session.reader(update), update.effective_chat
        if chat is None or self._backtests is None:
            await session.reply(update, context, Message(reader.say("backtests.nowhere")))
            return
        if self._title is not None:
            text = reader.say("backtests.busy", title=self._title(reader), done=_share(self._progress))
            await session.reply(update, context, Message(text))
            return
        self._title, self._progress = title, BEGINS
        try:
            shown = await send(context.bot, chat.id, _under_way(reader, title, BEGINS))
        except BaseException:
            self._title = None
            raise
        place, backtests = _Place(context.bot, chat.id, shown.message_id), self._backtests
        done = self._run(reader, title, place, session.clock, lambda: work(backtests, self._heard))
        self._running = asyncio.create_task(done, name="backtest")

    def cancel(self) -> bool:
        """End the one under way; return whether there is one."""
        if self._running is None:
            return False
        self._running.cancel()
        return True

    async def end(self) -> None:
        """End the one under way, with the program: its message stays as it is."""
        self._ending = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(
        self, reader: Reader, title: Title, place: _Place, clock: Clock, work: Callable[[], Awaitable[Message]]
    ) -> None:
        """Do it, keep its message up to date, and put what came of it in its place, or below where that took a while."""
        late_at = clock.monotonic() + LATE
        telling = asyncio.create_task(self._tell(reader, title, place))
        try:
            last = await work()
        except TgtpError as exc:
            problem = getattr(exc, "problem", None)
            log.info("a backtest came to nothing: %s", exc)
            last = Message(reader.say("backtests.failed", title=title(reader), what=problem))
        except asyncio.CancelledError:
            if self._ending:
                raise
            last, late_at = Message(reader.say("backtests.cancelled", title=title(reader))), math.inf
        finally:
            telling.cancel()
            self._title = self._running = None
        with contextlib.suppress(TelegramError):
            if clock.monotonic() >= late_at:
                await surely(lambda: place.send(last))
                last = Message(reader.say("backtests.below", title=title(reader)))
            await surely(lambda: place.show(last))

    async def _tell(self, reader: Reader, title: Title, place: _Place) -> None:
        told = BEGINS
        while True:
            await asyncio.sleep(TOLD_EVERY)
            if self._progress != told:
                told = self._progress
                with contextlib.suppress(TelegramError):
                    await place.show(_under_way(reader, title, told))

    def _heard(self, progress: Progress) -> None:
        self._progress = progress


def _under_way(reader: Reader, title: Title, progress: Progress) -> Message:
    """Say how far it is, with a button that ends it."""
    text = reader.say(f"backtests.{progress.stage}", title=title(reader), done=_share(progress))
    return Message(text, ((Button(reader.plain("backtests.button.cancel"), CANCEL),),))


def _share(progress: Progress) -> Decimal:
    return Decimal(str(round(progress.done, 2)))
