"""Delivers what the ledger's outbox holds: in order, each once, whenever Telegram is there.

Trading never waits for this. A message is struck only when it was taken by Telegram for every owner; what an outage or a crash
leaves is delivered later. Telegram has no way to send a message exactly once when a reply is lost: a message may then come
twice, recognisable by its number. A burst is folded into one message; all that it lists are struck in one step.
How loud a message comes, and whether at all, is each person's wish; what they have switched off counts as delivered.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from telegram import Bot
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from tgtp.chat.formatting.notification_levels import wish_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.backoff import Backoff
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import change, flood_wait, send
from tgtp.chat.outbox.batching import Batch
from tgtp.chat.outbox.catching import caught
from tgtp.chat.outbox.fallback_channel import FallbackChannel
from tgtp.chat.outbox.progress import ProgressMessages
from tgtp.chat.outbox.reply_threads import ReplyThreads
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.outbox.urgent import UrgentMessages, What
from tgtp.chat.outbox.writing import Writing
from tgtp.chat.texts import say
from tgtp.domain.notifications.levels import NotificationPreferences
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.engine.journal import Journal
from tgtp.engine.ports import DROPPED, FallbackNotifier, Ledger, Listener
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# Seconds: news is taken for whole when nothing has followed it for so long, and waits for more no longer than that.
QUIET = 0.2
LONGEST_GATHERING = 0.6
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
# A person who has never written to the bot, or has blocked it, may do so later.
DEAF_PAUSE = 60.0
# So many are read at once; after a long outage there may be any number.
MOST_AT_ONCE = 100


class Handed(NamedTuple):
    """How long to leave a person alone because a message was not taken, or else the message that stands in their chat."""

    wait: float = 0
    message_id: int = 0


class Waker(Listener):
    """Sets ``news`` when the outbox holds something new."""

    def __init__(self, news: asyncio.Event) -> None:
        self._news = news

    def wake(self) -> None:
        """Wake whoever waits for news."""
        self._news.set()


class Outbox:
    """One task that sends; set ``news`` when there is something new."""

    def __init__(
        self,
        journal: Journal,
        owners: Callable[[], frozenset[int]],
        reader: Callable[[int], Reader],
        news: asyncio.Event,
        now: Callable[[], float] = time.monotonic,
        fallback: FallbackNotifier | None = None,
        pending: PendingResults | None = None,
        beside: Iterable[Ledger] = (),
    ) -> None:
        """``beside`` are the ledgers of the accounts besides that of ``journal``, whose outbox is that of all."""
        self._journal = journal
        self._ledger = journal.ledger
        self._owners = owners
        self._reader = reader
        self._news = news
        self._pending = pending or PendingResults()
        self._sent: set[tuple[int, int]] = set()
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        self._backoffs: dict[int, Backoff] = {}
        # Before these moments nothing is sent to a person, whatever happens meanwhile.
        self._not_before: dict[int, float] = {}
        self._told_deaf: set[int] = set()
        # Up to these numbers a delay was explained to a person.
        self._explained: dict[int, int] = {}
        self._writing = Writing(journal)
        self._urgent = UrgentMessages(journal, owners, reader)
        self._fallback = FallbackChannel(fallback, journal, owners, reader, now, self._writing)
        self._threads = ReplyThreads(self._ledger, beside)
        self._progress = ProgressMessages(self._ledger)

    def send_urgent(self, key: str, what: What) -> None:
        """Send a text to every owner before all else, though it cannot be written down."""
        self._urgent.add(key, what)
        self._news.set()

    async def run(self, bot: Bot) -> None:
        """Deliver until cancelled."""
        try:
            while True:
                await self._gather()
                pause: float | None = LONGEST_PAUSE
                with caught("the outbox stumbled; it tries again"):
                    pause = await self.deliver(bot)
                await self._hear(pause)
        finally:
            self._fallback.stop()

    async def _gather(self) -> None:
        """Wait a moment for more: the orders of one check fill side by side, and shall come as one message."""
        time_is = asyncio.get_running_loop().time
        end = time_is() + LONGEST_GATHERING
        while self._news.is_set() and (left := end - time_is()) > 0:
            self._news.clear()
            await self._hear(min(QUIET, left))
        self._news.clear()

    async def _hear(self, seconds: float | None) -> None:
        # Not ``wait_for``: on Python 3.11 it swallows a cancellation that comes together with news, as at every goodbye.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    async def deliver(self, bot: Bot) -> float | None:
        """Send what can be sent now; return the seconds to wait before the next try, None when nothing is left."""
        # Two deliveries at once would send everything twice.
        async with self._one_at_a_time:
            waits: list[float] = []
            self._sent |= self._pending.take_read()
            for user_id in sorted(self._owners()):
                wait = self._not_before.get(user_id, 0) - self._now()
                if wait <= 0:
                    wait = LONGEST_PAUSE
                    with caught("what waits for user %s could not be sent; it is tried again", user_id):
                        wait = await self._deliver_to(bot, user_id)
                if wait:
                    waits.append(wait)
            if not self._strike_delivered():
                waits.append(LONGEST_PAUSE)
            taken = {number for number, _ in self._sent}
            waiting = [told for told in self._ledger.outbox() if told.number not in taken]
            look_again = self._fallback.mind(waiting, self._urgent.all())
            if look_again is not None:
                waits.append(look_again)
            return min(waits) if waits else None

    async def _deliver_to(self, bot: Bot, user_id: int) -> float:
        """Send one person what waits for them, in order; return the seconds to wait, 0 when nothing is left."""
        while True:
            for urgent in self._urgent.all():
                if user_id not in urgent.taken_by:
                    if wait := (await self._hand_over(bot, user_id, self._urgent.message(urgent, user_id))).wait:
                        return wait
                    urgent.taken_by.add(user_id)
            if wait := await self._tell_dropped(bot, user_id):
                return wait
            wish, time_is = wish_of(self._ledger, user_id), self._time_of_day(user_id)
            waiting = self._wanted(user_id, wish, time_is)
            if not waiting:
                return 0
            delay = self._writing.delay(waiting, self._explained.get(user_id, 0))
            numbers = [told.number for told in waiting[:MOST_AT_ONCE]]
            for batch in self._writing.batches(self._reader(user_id), numbers, delay):
                # One that rings makes the whole list ring, and so does one that cannot be told.
                silent = not batch.unwritten and all(wish.loudness(event, user_id, time_is) != "on" for event in batch.events)
                handed = await self._hand_over_batch(bot, user_id, batch, silent=silent)
                if handed.wait:
                    return handed.wait
                self._explained[user_id] = max(self._explained.get(user_id, 0), delay.upto if delay else 0)
                self._mark(batch, user_id, handed.message_id)

    def _time_of_day(self, user_id: int) -> dt.time:
        return self._journal.now().astimezone(self._reader(user_id).clock_zone).time()

    def _wanted(self, user_id: int, wish: NotificationPreferences, time_is: dt.time) -> list[OutboxEntry]:
        """Return what still waits for a person; what they have switched off is left out, and counts as delivered."""
        # At the last moment: it may have been read while others were written to.
        self._sent |= self._pending.take_read()
        wanted = []
        for told in self._ledger.outbox():
            if self._has(user_id, told):
                continue
            found = self._writing.event(told.number) if wish.may_leave_out(told.kind) else None
            if found is not None and wish.loudness(found[1], user_id, time_is) == "off":
                self._sent.add((told.number, user_id))
            else:
                wanted.append(told)
        return wanted

    async def _tell_dropped(self, bot: Bot, user_id: int) -> float:
        """Send word of which messages were not kept, before those that were."""
        dropped = self._ledger.note(DROPPED)
        if not dropped or user_id in dropped["told"]:
            return 0
        key = "alert.dropped" if dropped["count"] > 1 else "alert.dropped.one"
        values = {name: dropped[name] for name in ("count", "first", "last")}
        words = say(self._reader(user_id).language, key, **values)
        if wait := (await self._hand_over(bot, user_id, Message(words))).wait:
            return wait
        told = [*dropped["told"], user_id]
        try:
            with self._journal.step():
                self._ledger.keep_note(DROPPED, None if self._owners() <= set(told) else {**dropped, "told": told})
        except LedgerWriteFailed as exc:
            log.error("it could not be written that a person knows of dropped messages: %s", exc)
        return 0

    def _has(self, user_id: int, told: OutboxEntry) -> bool:
        if told.on_card == user_id and self._pending.is_working(user_id):
            return True
        return user_id in told.delivered_to or (told.number, user_id) in self._sent

    async def _hand_over_batch(self, bot: Bot, user_id: int, batch: Batch, *, silent: bool) -> Handed:
        """Send what tells of events, where it belongs in the chat; where that breaks, its words alone."""
        with caught("messages %s could not be sent as they are; their words go alone", batch.numbers):
            reply_to, standing = self._threads.before(user_id, batch.events), self._progress.of(user_id, batch.events)
            return await self._hand_over(bot, user_id, batch.message, silent=silent, reply_to=reply_to, standing=standing)
        return await self._hand_over(bot, user_id, Message(batch.message.text), silent=silent)

    async def _hand_over(
        self,
        bot: Bot,
        user_id: int,
        message: Message,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        standing: int | None = None,
    ) -> Handed:
        """Send one message, or change the ``standing`` one; not taken, it says how many seconds to leave this person alone."""
        try:
            if standing is not None and await _change(bot, user_id, message, standing):
                message_id = standing
            else:
                message_id = (await _send(bot, user_id, message, silent=silent, reply_to=reply_to)).message_id
        except RetryAfter as exc:
            return Handed(self._leave_alone(user_id, flood_wait(exc)))
        except (Forbidden, BadRequest) as exc:
            if user_id not in self._told_deaf:
                self._told_deaf.add(user_id)
                log.warning("user %s cannot be reached (%s): has this person started the bot, or blocked it?", user_id, exc)
            return Handed(self._leave_alone(user_id, DEAF_PAUSE))
        except InvalidToken:
            return Handed(self._leave_alone(user_id, LONGEST_PAUSE))
        except TelegramError as exc:
            pause = self._backoffs.setdefault(user_id, Backoff(FIRST_PAUSE, LONGEST_PAUSE)).failed()
            log.debug("a message waits: %s", exc)
            # News may try sooner: the outage may be over. But not with every one of a burst.
            self._leave_alone(user_id, FIRST_PAUSE)
            return Handed(pause)
        self._backoffs.pop(user_id, None)
        self._told_deaf.discard(user_id)
        self._fallback.heard()
        return Handed(message_id=message_id)

    def _leave_alone(self, user_id: int, seconds: float) -> float:
        self._not_before[user_id] = self._now() + seconds
        return seconds

    def _mark(self, batch: Batch, user_id: int, message_id: int) -> None:
        # Remembered in memory first: with a full disk a message must not be sent again and again.
        sent = {(number, user_id) for number in batch.numbers}
        self._sent |= sent
        self._threads.go_on(user_id, batch.events, message_id)
        self._progress.go_on(user_id, batch.events, message_id)
        try:
            with self._journal.step():
                for number, _ in sent:
                    self._write_down(number)
                self._threads.keep(user_id)
                self._progress.keep(user_id)
        except LedgerWriteFailed as exc:
            log.error("a message was sent, but that could not be written: %s", exc)
            return
        self._sent -= sent

    def _write_down(self, number: int) -> None:
        told = next((told for told in self._ledger.outbox() if told.number == number), None)
        if told is None:
            return
        delivered = {*told.delivered_to, *(user_id for sent, user_id in self._sent if sent == number)}
        if self._owners() <= delivered:
            self._ledger.strike_told(number)
        else:
            self._ledger.keep_told(told.replaced(delivered_to=tuple(sorted(delivered))))

    def _strike_delivered(self) -> bool:
        """Strike what nobody waits for: its only reader wrote it, the others own no more, or it could not be struck before.

        False when that cannot be written now.
        """
        owners = self._owners()
        if not owners:
            return True
        late = {number for number, _ in self._sent}
        done = [told.number for told in self._ledger.outbox() if told.number in late or owners <= set(told.delivered_to)]
        try:
            if done:
                with self._journal.step():
                    for number in done:
                        self._write_down(number)
        except LedgerWriteFailed as exc:
            log.error("delivered messages could not be struck: %s", exc)
            return False
        self._sent.clear()
        return True


async def _change(bot: Bot, user_id: int, message: Message, standing: int) -> bool:
    """Change a message that stands in the chat; False where that cannot be, and it must be sent. Raises TelegramError."""
    try:
        # It may be changed already, by a call whose answer was lost.
        await change(bot, user_id, standing, message)
    except BadRequest:
        return False
    return True


async def _send(bot: Bot, user_id: int, message: Message, *, silent: bool, reply_to: int | None) -> TelegramMessage:
    """Send, in its thread where that can be: an alert must not be lost because it cannot answer. Raises TelegramError."""
    if reply_to is not None:
        try:
            return await send(bot, user_id, message, silent=silent, reply_to=reply_to)
        except BadRequest as exc:
            log.warning("an alert cannot answer the one before it (%s); it goes without", exc)
    return await send(bot, user_id, message, silent=silent)
