"""The drill: every way by which an alarm may come is tried once, and what has not arrived is named."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from telegram import Bot, Update
from telegram.error import TelegramError

from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import send
from tgtp.chat.texts import Html, say
from tgtp.chat.texts.formats.numbers import names, when
from tgtp.engine.ports import Notes

log = logging.getLogger(__name__)

NOTE = "drill"
TELEGRAM = "Telegram"


class Channel(NamedTuple):
    """A way besides Telegram; ``send`` tries it with a text: True when that was taken, False when not, None when unclear."""

    name: str
    send: Callable[[str], Awaitable[bool | None]]


class Channels(NamedTuple):
    """All ways to people: Telegram, to each of the ``owners``, and ``others``."""

    owners: Callable[[], frozenset[int]] = frozenset
    others: Sequence[Channel] = ()

    @property
    def names(self) -> list[str]:
        """Name all of them, without a secret."""
        return [*map(self.named, sorted(self.owners())), *(channel.name for channel in self.others)]

    def named(self, owner: int) -> str:
        """Name Telegram, with whose where there are several owners."""
        return TELEGRAM if len(self.owners()) < 2 else f"{TELEGRAM} {owner}"


class DrillCommands(HandlerGroup):
    """Answers /drill."""

    def __init__(self, session: Session, channels: Channels) -> None:
        self._session = session
        self._journal = session.checker.journal
        self._channels = channels
        self._running = False

    @command("drill", topic="bot", place=2)
    async def drill(self, update: Update, context: Context) -> None:
        """Try every way once, at the same time, and say which arrived."""
        reader = self._session.reader(update)
        if self._running:
            await self._session.reply(update, context, Message(reader.say("drill.running")))
            return
        self._running = True
        try:
            await self._drill(update, context, reader)
        finally:
            self._running = False

    async def _drill(self, update: Update, context: Context, reader: Reader) -> None:
        asker, channels = user_id(update), self._channels
        begins = reader.say("drill.begins", names=names(channels.names))
        await self._session.reply(update, context, Message(begins))
        others = sorted(channels.owners() - {asker})
        text = reader.plain("drill.text")
        attempts = [*(self._message(context.bot, owner) for owner in others), *(each.send(text) for each in channels.others)]
        found = await asyncio.gather(*attempts, return_exceptions=True)
        tried = [*map(channels.named, others), *(channel.name for channel in channels.others)]
        arrived: dict[str, bool | None] = {channels.named(asker): True}
        for name, outcome in zip(tried, found, strict=True):
            if isinstance(outcome, BaseException):
                # Only what kind of failure it was: its text may quote an address.
                log.warning("the drill of %s failed: %s", name, type(outcome).__name__)
            arrived[name] = False if isinstance(outcome, BaseException) else outcome
        with self._journal.step():
            self._journal.ledger.keep_note(NOTE, {"at": self._journal.now().isoformat(), "arrived": arrived})
        await self._session.reply(update, context, Message(outcome_of(reader, arrived)), anew=True)

    async def _message(self, bot: Bot, owner: int) -> bool:
        try:
            await send(bot, owner, Message(say(self._session.setting_of(owner).language, "drill.text")))
        except TelegramError:
            return False
        return True


def outcome_of(reader: Reader, arrived: Mapping[str, bool | None]) -> Html:
    """Say of each way whether the drill arrived."""
    keys = {True: "drill.arrived", False: "drill.failed", None: "drill.unclear"}
    rows = [reader.say(keys[taken], name=name) for name, taken in arrived.items()]
    foot = "drill.all" if all(arrived.values()) else "drill.some"
    return Html("\n".join([reader.say("drill.head"), *rows, reader.say(foot)]))


def reminder(reader: Reader, notes: Notes, channels: Channels) -> Html:
    """Say which ways were never tried, or did not arrive, or when all of them did."""
    note: Mapping[str, Any] = notes.note(NOTE) or {}
    arrived: Mapping[str, bool | None] = note.get("arrived", {})
    never = [name for name in channels.names if name not in arrived]
    if never:
        return reader.say("drill.never", names=names(never))
    at = when(dt.datetime.fromisoformat(note["at"])) if note else ""
    missed = [name for name in channels.names if not arrived[name]]
    if missed:
        return reader.say("drill.missed", names=names(missed), when=at)
    return reader.say("drill.last", when=at)
