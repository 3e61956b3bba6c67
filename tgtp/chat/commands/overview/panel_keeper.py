"""The pinned panel: one message per owner, kept fresh beside everything else.

The task that keeps it goes by a timer of its own: what it says of the age of the data is right while checks hang or fail. One
person's trouble with Telegram holds up nobody else's panel, and never a check or the outbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from tgtp.chat.commands.overview import panel_view
from tgtp.chat.commands.session import Session
from tgtp.chat.messages.backoff import Backoff
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import change, flood_wait, send
from tgtp.chat.state.account_overview import seen_now
from tgtp.chat.state.today_totals import TodayTotals
from tgtp.chat.texts import say
from tgtp.engine.accounts import Account
from tgtp.engine.manual.actions import ManualActions
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# Seconds. Edits count as messages for Telegram's limits: after a flood they come more seldom, up to the longest.
EVERY = 10.0
LONGEST_EVERY = 300.0
LOOK = 1.0
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 30.0
# A person who has blocked the bot, or a message that Telegram does not take.
DEAF_PAUSE = 60.0

# How Telegram says that a message is not there, or is none of the bot's.
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(slots=True)
class Place:
    """Where one person's panel stands, and how Telegram takes it. ``gone`` are messages that are to be taken away."""

    message_id: int | None = None
    pinned: bool = False
    gone: list[int] = field(default_factory=list)
    shown: Message | None = None
    every: float = EVERY
    backoff: Backoff = field(default_factory=lambda: Backoff(FIRST_PAUSE, LONGEST_PAUSE))
    # By the clock that never jumps: before these moments no edit, nothing by itself, nothing at all.
    due_at: float = 0.0
    not_before: float = 0.0
    flooded_until: float = 0.0
    told: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_left(self) -> bool:
        """Return whether there is something to take away once the panel is off."""
        return self.message_id is not None or bool(self.gone)

    @property
    def kept(self) -> dict[str, object]:
        """What is remembered over a restart."""
        return {"message": self.message_id, "pinned": self.pinned, "gone": list(self.gone)}


class PanelKeeper:
    """Makes what stands in the chats agree with what people wish for and with how things stand."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._actions = actions
        self._checker = session.checker
        self._ledger = session.checker.journal.ledger
        self._clock = session.clock
        self._todays = {account.name: TodayTotals(account.checker, session.people.zone) for account in session.accounts}
        self._places: dict[int, Place] = {}
        # What people wish for, where it could not be written down.
        self._unkept: dict[int, bool] = {}
        self._working: dict[int, asyncio.Task[None]] = {}
        self._ended = False
        self._begun_at = session.clock.monotonic()
        # The newest look at each account, and when it was first seen here: a clock that is put back makes nothing younger.
        self._newest: dict[str, tuple[object, float]] = {}

    def is_on(self, user_id: int) -> bool:
        """Return whether a person wishes for a panel."""
        return self._unkept.get(user_id, bool(self._ledger.note(f"panel:{user_id}") == "on"))

    def wish(self, user_id: int, *, on: bool) -> None:
        """Keep up a person's panel from now on, or no more. Raises LedgerWriteFailed when that ends with the program."""
        if self.is_on(user_id) != on or user_id in self._unkept:
            self._unkept[user_id] = on
            self._actions.keep_wish("panel", f"panel:{user_id}", "on" if on else "off", user_id)
            del self._unkept[user_id]

    def take_away(self, user_id: int, message_id: int | None = None) -> None:
        """Let a message go, by default the panel itself; that is done when its owner is next attended to."""
        place = self._place(user_id)
        message_id = message_id or place.message_id
        if message_id is not None and message_id not in place.gone:
            place.gone.append(message_id)
        if message_id == place.message_id:
            place.message_id, place.pinned, place.shown = None, False, None
        self._keep(user_id, place)

    def is_panel(self, user_id: int, message_id: int) -> bool:
        """Return whether this message is the person's panel."""
        return self._place(user_id).message_id == message_id

    async def run(self, bot: Bot, owners: Callable[[], Collection[int]]) -> None:
        """Keep the panels of all owners until cancelled."""
        try:
            while True:
                self._attend(bot, owners())
                await asyncio.sleep(LOOK)
        finally:
            for task in self._working.values():
                task.cancel()
            await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def tick(self, bot: Bot, owners: Collection[int]) -> None:
        """Attend to these people once."""
        self._attend(bot, owners)
        await asyncio.gather(*(self._working[user_id] for user_id in owners if user_id in self._working))

    async def refresh(self, bot: Bot, user_id: int, *, at_once: bool = False) -> None:
        """Attend to one person, if it is time; ``at_once`` where they have just asked for it."""
        place = self._place(user_id)
        async with place.lock:
            now = self._clock.monotonic()
            missing = self.is_on(user_id) and not (place.message_id and place.pinned)
            due = at_once or (now >= place.not_before and (now >= place.due_at or missing or bool(place.gone)))
            # At a start the first check is about to say more than "starting".
            starting = now < self._begun_at + EVERY and self._session.outlook() is None and self._checker.last_report is None
            waits = starting and place.message_id is not None and not at_once
            if self._ended or now < place.flooded_until or not due or waits:
                return
            try:
                await self._bring(bot, user_id, place)
            except RetryAfter as exc:
                place.every = min(place.every * 2, LONGEST_EVERY)
                place.flooded_until = now + max(flood_wait(exc), place.every)
            except (Forbidden, BadRequest, InvalidToken) as exc:
                if not place.told:
                    place.told = True
                    log.warning("the panel of user %s cannot be kept up: %s", user_id, exc)
                place.not_before = now + DEAF_PAUSE
            except TelegramError as exc:
                log.debug("the panel of user %s waits: %s", user_id, exc)
                place.not_before = now + place.backoff.failed()

    async def farewell(self, bot: Bot, owners: Callable[[], Collection[int]]) -> None:
        """Let no panel look alive that nobody keeps any more."""
        self._ended = True
        words = [self._say_stopped(bot, user_id) for user_id in owners() if self.is_on(user_id)]
        for outcome in await asyncio.gather(*words, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("a panel could not be told of the end", exc_info=outcome)

    async def _say_stopped(self, bot: Bot, user_id: int) -> None:
        place = self._place(user_id)
        async with place.lock:
            if place.message_id is not None:
                message = panel_view.stopped(self._session.setting_of(user_id).language, self._clock.now())
                with contextlib.suppress(TelegramError):
                    await change(bot, user_id, place.message_id, message)

    def _attend(self, bot: Bot, owners: Collection[int]) -> None:
        for user_id in owners:
            busy = user_id in self._working and not self._working[user_id].done()
            if not busy and (self.is_on(user_id) or self._place(user_id).is_left):
                task = asyncio.create_task(self.refresh(bot, user_id), name=f"panel of {user_id}")
                task.add_done_callback(lambda done, user_id=user_id: self._ended_how(done, user_id))  # type: ignore[misc]
                self._working[user_id] = task

    def _ended_how(self, task: asyncio.Task[None], user_id: int) -> None:
        if not task.cancelled() and (exc := task.exception()) is not None:
            log.error("the panel of user %s broke; it is tried again in a minute", user_id, exc_info=exc)
            self._place(user_id).not_before = self._clock.monotonic() + DEAF_PAUSE

    async def _bring(self, bot: Bot, user_id: int, place: Place) -> None:
        """Do what is left to do for a person. Raises TelegramError."""
        if not self.is_on(user_id):
            self.take_away(user_id)
        else:
            message = await self._message(user_id)
            if place.message_id is not None and message != place.shown and await self._edited(bot, user_id, place, message):
                self._taken(place, message)
            if place.message_id is None:
                sent = await send(bot, user_id, message, silent=True)
                place.message_id, place.pinned = sent.message_id, False
                self._taken(place, message)
                self._keep(user_id, place)
            if not place.pinned:
                # A panel that cannot be pinned is a panel all the same.
                with contextlib.suppress(BadRequest):
                    await bot.pin_chat_message(user_id, place.message_id, disable_notification=True)
                place.pinned = True
                self._keep(user_id, place)
        while place.gone:
            await self._remove(bot, user_id, place.gone[0])
            place.gone.pop(0)
            self._keep(user_id, place)

    async def _edited(self, bot: Bot, user_id: int, place: Place, message: Message) -> bool:
        """Change the panel; False, with the panel forgotten, where it is no longer there. Raises TelegramError."""
        try:
            await change(bot, user_id, place.message_id or 0, message)
        except BadRequest as exc:
            if any(gone in exc.message.lower() for gone in GONE):
                place.message_id, place.pinned, place.shown = None, False, None
                return False
            raise
        return True

    def _taken(self, place: Place, message: Message) -> None:
        place.shown, place.due_at = message, self._clock.monotonic() + place.every
        place.every, place.told = max(place.every / 2, EVERY), False
        place.backoff.worked()

    async def _remove(self, bot: Bot, user_id: int, message_id: int) -> None:
        with contextlib.suppress(BadRequest):
            await bot.unpin_chat_message(user_id, message_id)
        try:
            await bot.delete_message(user_id, message_id)
        except BadRequest:
            # Gone already, or older than the two days in which Telegram lets a bot delete.
            words = say(self._session.setting_of(user_id).language, "panel.moved")
            with contextlib.suppress(BadRequest):
                await change(bot, user_id, message_id, Message(words))

    async def _message(self, user_id: int) -> Message:
        reader, accounts = self._session.setting_of(user_id), self._session.accounts
        # Read from disk once a day; what is shown is what stood when that was done.
        todays = [await self._todays[account.name].reading(self._clock.now()) for account in accounts]
        now = self._session.clock.now()
        seen = [seen_now(one, now, self._old(one), today) for one, today in zip(accounts, todays, strict=True)]
        return panel_view.panel(reader, seen, self._checker.exchange_name)

    def _old(self, account: Account) -> float:
        """Return the age (seconds) of the newest look at an account, 0 before there was one."""
        seen, now = account.checker.last_good, self._clock.monotonic()
        if seen is None:
            return 0.0
        known, since = self._newest.get(account.name, (None, now))
        if known != seen.taken_at:
            since = now
            self._newest[account.name] = seen.taken_at, now
        return max((self._clock.now() - seen.taken_at).total_seconds(), now - since)

    def _place(self, user_id: int) -> Place:
        if user_id not in self._places:
            kept = self._ledger.note(f"panel_message:{user_id}") or {}
            place = Place(kept.get("message"), bool(kept.get("pinned")), list(kept.get("gone", ())))
            self._places[user_id] = place
        return self._places[user_id]

    def _keep(self, user_id: int, place: Place) -> None:
        name, kept = f"panel_message:{user_id}", place.kept
        if self._ledger.note(name) == kept:
            return
        try:
            with self._checker.journal.step():
                self._ledger.keep_note(name, kept)
        except LedgerWriteFailed as exc:
            # Remembered here all the same; after a restart there may be a second one.
            log.warning("where a panel stands could not be remembered: %s", exc)
