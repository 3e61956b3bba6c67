"""The Telegram side of the program: the job queue runs the checks whether Telegram is there or not; it connects when it can."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ContextTypes
from telegram.request import HTTPXRequest

from tgtp.chat.access.gate import Gate
from tgtp.chat.bot.application import AnyApplication
from tgtp.chat.bot.check_jobs import CheckJob, late_text
from tgtp.chat.bot.connection import ConnectionMonitor
from tgtp.chat.bot.router import Router
from tgtp.chat.bot.side_tasks import begin_beside
from tgtp.chat.commands.menu import publish_menu
from tgtp.chat.messages.backoff import Backoff
from tgtp.chat.messages.send import flood_wait
from tgtp.chat.outbox.delivery import Outbox
from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import Language, plain, say
from tgtp.domain.events import TelegramConflict
from tgtp.engine.journal import Journal
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger("tgtp.telegram")
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
FIRST_MENU_WAIT = 1.0
LONGEST_MENU_WAIT = 3600.0
REFUSED_WAIT = 60.0
# Seconds for the goodbye, and as many for the farewell to Telegram.
LAST_WORDS = 0.8
# Seconds for what is cancelled to end.
LAST_STEPS = 0.3
ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY)


class TelegramSide:
    """Connects when it can, stays connected, and delivers; never in the way of a check."""

    def __init__(
        self,
        app: AnyApplication,
        gate: Gate,
        commands: Router,
        outbox: Outbox,
        journal: Journal,
        console: Language,
        contact: ConnectionMonitor | None = None,
    ) -> None:
        self._app = app
        self._contact = contact or ConnectionMonitor(console, lambda: 0)
        self._outbox = outbox
        self._journal = journal
        self._console = console
        self._reader = commands.reader
        self._rejected = gate.rejected
        self._owners = gate.owners
        self._panels = commands.panels
        self._backtests = commands.backtests
        self._several = commands.session.accounts.several
        self._conflict_told = False
        self._tasks: list[asyncio.Task[None]] = []
        self._beats: list[CheckJob] = []
        app.add_handler(gate.handler(), group=-100)
        commands.register(app)
        app.add_error_handler(self._failed)

    async def start_checks(
        self, check: Callable[[], Awaitable[object]], interval: int, account: str = ""
    ) -> Callable[[], None]:
        """Run the checks of an account on the job queue from now on, before and without Telegram, and beside all others.

        Return what wakes one more, at once or right after the one in hand: the beat of the job queue goes on as it was.
        """
        beat = CheckJob(account, interval, check)

        async def job(_: ContextTypes.DEFAULT_TYPE) -> None:
            beat.wake()

        queue = self._app.job_queue
        if queue is None:
            raise RuntimeError("the Application was built without a job queue")
        options = {
            # By default a check that starts a second late would be dropped without a word.
            "misfire_grace_time": None,
            "coalesce": True,
            "max_instances": 1,
            # ``first=0`` is past already when the scheduler looks at it, and a whole interval would go by.
            "next_run_time": dt.datetime.now(dt.UTC),
        }
        await queue.start()
        beat.job = queue.run_repeating(job, interval, name=f"check {account}".strip(), job_kwargs=options)
        self._beats.append(beat)
        self._begin("late", partial(self._keep_checking, beat))
        return beat.wake

    def start(self) -> None:
        """Begin to connect and to deliver."""
        self._begin("connect", self._connect)
        self._begin("outbox", partial(self._outbox.run, self._app.bot))
        self._begin("panels", partial(self._panels.run, self._app.bot, self._owners))

    def send_urgent(self, key: str, what: What) -> None:
        """Send a text to every owner, past the ledger: for what cannot be written down."""
        self._outbox.send_urgent(key, what)

    def _begin(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(begin_beside(name, run, self.send_urgent))

    async def _keep_checking(self, beat: CheckJob) -> None:
        """Pull the next check in when none has begun for too long.

        The job queue goes by the wall clock: put back by hours, it would wait for as long, and nobody would hear of it.
        """
        while True:
            await asyncio.sleep(beat.interval)
            if self._rejected is not None and beat is self._beats[0]:
                self._rejected.tell()
            idle = beat.late
            if idle is not None:
                what = partial(late_text, seconds=idle, account=beat.account)
                log.critical(plain(self._console, "alarm.late", what=what(self._console)))
                beat.begun_at = time.monotonic()
                beat.job.job.modify(next_run_time=dt.datetime.now(dt.UTC))
                self.send_urgent("alarm.late", what)

    async def stop(self) -> None:
        """Say goodbye to Telegram: what is in the outbox gets a moment, the rest waits on disk.

        A check that is still running has had its time: what it was about is on disk, and the next start goes on from there.
        """
        if self._rejected is not None:
            self._rejected.save()
        bot = self._app.bot
        await _within(LAST_WORDS, self._outbox.deliver(bot), self._panels.farewell(bot, self._owners))
        checks = [check for beat in self._beats if (check := beat.end()) is not None]
        running: list[asyncio.Future[Any]] = [*self._tasks, *checks]
        for task in running:
            task.cancel()
        await _within(LAST_STEPS, self._backtests.end(), *running)
        await _within(LAST_WORDS, self._let_go())

    async def _let_go(self) -> None:
        with contextlib.suppress(RuntimeError):
            if self._app.updater is not None and self._app.updater.running:
                await self._app.updater.stop()
            if self._app.running:
                await self._app.stop()
            elif self._app.job_queue is not None:
                await self._app.job_queue.stop(wait=False)
            await self._app.shutdown()

    async def _connect(self) -> None:
        backoff, told = Backoff(FIRST_WAIT, LONGEST_WAIT), False
        while True:
            try:
                await self._app.initialize()
                await self._poll()
                break
            except InvalidToken:
                # The token may be put right at BotFather, or a proxy may have answered in Telegram's place.
                log.error(plain(self._console, "log.telegram.refused"))
                wait = backoff.failed(at_least=REFUSED_WAIT)
            except TelegramError as exc:
                if not told:
                    self._tell_down(exc)
                    told = True
                wait = backoff.failed(at_least=flood_wait(exc) if isinstance(exc, RetryAfter) else 0.0)
            await asyncio.sleep(wait)
        if isinstance(self._app.bot.request, HTTPXRequest):
            log.info(plain(self._console, "log.telegram.up", name=self._app.bot.username))
        if not self._app.running:
            await self._app.start()
        await self._publish()

    def _tell_down(self, exc: TelegramError) -> None:
        log.warning(plain(self._console, "log.telegram.down", why=self._contact.why(self._console, exc)))
        if self._contact.is_through_a_proxy:
            # Rarely an outage: what is written about the proxy is wrong, or it does not run. Nobody hears of it by Telegram.
            self.send_urgent("alarm.proxy", partial(self._contact.why, why=exc))

    async def _poll(self) -> None:
        if self._app.updater is None:
            raise RuntimeError("the Application was built without an updater")
        if self._app.updater.running:
            return
        # What has waited is looked at before it is taken: the first long poll brings what is new, too.
        with contextlib.suppress(TelegramError):
            await self._app.bot.get_updates(timeout=0, allowed_updates=ALLOWED)
        await self._app.updater.start_polling(
            timeout=25,
            bootstrap_retries=-1,
            allowed_updates=ALLOWED,
            error_callback=self._polling_failed,
        )

    async def _publish(self) -> None:
        """Publish menu and descriptions; a refusal is told and tried again, ever more seldom."""
        bot, backoff, told = self._app.bot, Backoff(FIRST_MENU_WAIT, LONGEST_MENU_WAIT), False
        while True:
            try:
                await publish_menu(bot, "en", several=self._several)
                await bot.set_my_short_description(plain("en", "bot.about"))
                await bot.set_my_short_description(plain("zh", "bot.about"), language_code="zh")
                await bot.set_my_description(plain("en", "bot.description"))
                await bot.set_my_description(plain("zh", "bot.description"), language_code="zh")
                return
            except RetryAfter as exc:
                pause = backoff.failed(at_least=flood_wait(exc))
            except TelegramError as exc:
                if not told:
                    log.warning("the command menu could not be published: %s", exc)
                    told = True
                pause = backoff.failed()
            await asyncio.sleep(pause)

    def _polling_failed(self, exc: TelegramError) -> None:
        if isinstance(exc, Conflict) and not self._conflict_told:
            self._conflict_told = True
            try:
                with self._journal.step():
                    self._journal.record(TelegramConflict(at=self._journal.now()))
            except LedgerWriteFailed as failure:
                log.error("%s", failure)
        log.debug("polling: %s", exc)

    async def _failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer what a handler let fall: the person hears that it went wrong, the log has the details."""
        exc = context.error
        if isinstance(exc, TelegramError):
            log.warning("an answer could not be sent: %s", exc)
            return
        log.error("a handler broke", exc_info=exc)
        if isinstance(update, Update) and update.effective_chat is not None:
            words = say(self._reader(update).language, "failed", what=type(exc).__name__)
            with contextlib.suppress(TelegramError):
                await context.bot.send_message(update.effective_chat.id, words)


async def _within(seconds: float, *works: Awaitable[object]) -> None:
    """Wait for these, so long at most: the library swallows a cancellation, and what it does then nobody waits for."""
    parts = [asyncio.ensure_future(work) for work in works]
    done, late = await asyncio.wait(parts, timeout=seconds)
    for part in late:
        part.cancel()
    for part in done:
        exc = None if part.cancelled() else part.exception()
        if exc is not None and not isinstance(exc, TelegramError):
            log.error("the end broke off, and goes on without this", exc_info=exc)
