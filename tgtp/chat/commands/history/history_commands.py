"""What is on record: what happened, why, and how the program itself is doing, in all accounts or in one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.history import history_view
from tgtp.chat.commands.history.drill_commands import Channels, reminder
from tgtp.chat.commands.history.health_view import Depths, Running, health, health_row, version
from tgtp.chat.commands.reaction import receipt
from tgtp.chat.commands.session import Session, query_of, user_id, whole_number
from tgtp.chat.events import key_risk
from tgtp.chat.events.alert_buttons import WHY
from tgtp.chat.events.explanation import why
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import stream_row
from tgtp.chat.formatting.unguarded import unguarded_now
from tgtp.chat.messages.message import Message
from tgtp.chat.state.account_overview import outlook_of
from tgtp.chat.texts import Html
from tgtp.domain.events import Event
from tgtp.domain.model import EPOCH

MOST_HISTORY = 100


async def _tell_history(
    session: Session, update: Update, context: Context, read: Callable[[int], Sequence[tuple[int, Event]]]
) -> None:
    """List as many of the newest events as are asked for. Raises Unclear."""
    reader, word = session.reader(update), " ".join(context.args or ["10"])
    count = whole_number(word)
    if count is None or not 1 <= count <= MOST_HISTORY:
        raise arguments.Unclear(reader.say("bad.number", word=word[:40], most=MOST_HISTORY))
    for message in history_view.history(reader, await asyncio.to_thread(read, count)):
        await session.reply(update, context, message)


def _health(session: Session, reader: Reader, running: Running) -> Message:
    checker, ledger = session.checker, session.checker.journal.ledger
    depths = Depths(len(ledger.outbox()), len(ledger.open_intents()))
    reading, skew = checker.health.reading(), checker.observer.skew()
    message = health(reader, reading, depths, skew, running, session.clock.now(), checker.stream_state())
    outlook = session.outlook()
    lines = unguarded_now(reader.language, outlook.snapshot, outlook.account_mode) if outlook is not None else []
    return message._replace(text=Html("\n".join([*lines, message.text])))


class HistoryCommands(HandlerGroup):
    """Answers from the record of all accounts, and from what the program knows of itself."""

    def __init__(self, session: Session, running: Running, channels: Channels) -> None:
        self._channels = channels
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._running = running

    @command("history", topic="reports", place=2)
    async def history(self, update: Update, context: Context) -> None:
        """List what happened."""
        await _tell_history(self._session, update, context, self._ledger.history)

    @command("why", topic="reports", place=3)
    async def why(self, update: Update, context: Context) -> None:
        """Return the numbers behind an event."""
        reader = self._session.reader(update)
        newest = next((number for number, _ in self._ledger.history(1)), 0)
        word = context.args[0] if context.args else ""
        number = whole_number(word.lstrip("#"))
        if number is None:
            raise arguments.Unclear(reader.say("why.which", word=word[:40], example=newest or 1))
        await self._session.reply(update, context, await self._why(reader, number, newest))

    @button(WHY)
    async def _press_why(self, update: Update, context: Context, rest: str) -> None:
        """Show them below the alert."""
        newest = next((number for number, _ in self._ledger.history(1)), 0)
        message = await self._why(self._session.reader(update), whole_number(rest) or 0, newest)
        await self._session.reply(update, context, message, anew=True)

    async def _why(self, reader: Reader, number: int, newest: int) -> Message:
        found = await asyncio.to_thread(self._ledger.event, number)
        if found is None:
            return Message(reader.say("why.none", number=str(number)[:20], newest=newest))
        return Message(why(reader, *found))

    @command("health", topic="bot", place=1)
    async def health(self, update: Update, context: Context) -> None:
        """Say how the program itself is doing."""
        reader = self._session.reader(update)
        message, now = _health(self._session, reader, self._running), self._session.clock.now()
        _, *others = self._session.accounts
        rows: list[Html] = []
        for account in others:
            rows.append(health_row(reader, account.name, account.checker.health.reading(), now))
            outlook = outlook_of(account.checker, now)
            rows += unguarded_now(reader.language, outlook.snapshot, outlook.account_mode) if outlook is not None else []
            rows += stream_row(reader.language, account.checker.stream_state(), reader.interval)
        rows.append(reminder(reader, self._ledger, self._channels))
        await self._session.reply(update, context, message._replace(text=Html("\n".join([message.text, *rows]))))

    @command("version", topic="bot", place=3)
    async def version(self, update: Update, context: Context) -> None:
        """Say what is running."""
        await self._session.reply(update, context, version(self._session.reader(update), self._running))


class AccountHistoryCommands(HandlerGroup):
    """Answers from the record of one account, and for its key."""

    def __init__(self, session: Session, running: Running) -> None:
        self._session = session
        self._checker = session.checker
        self._running = running

    @command("history")
    async def history(self, update: Update, context: Context) -> None:
        """List what happened in this account."""
        ledger = self._checker.journal.ledger
        await _tell_history(self._session, update, context, lambda count: list(islice(ledger.back_to(EPOCH), count)))

    @command("health")
    async def health(self, update: Update, context: Context) -> None:
        """Say how the checks of this account are doing."""
        reader = self._session.reader(update)
        await self._session.reply(update, context, _health(self._session, reader, self._running))

    @command("ack", topic="notify", place=3)
    async def ack(self, update: Update, context: Context) -> None:
        """Repeat no more what was told of the key's risks."""
        risks = self._checker.keys.acknowledge(user_id(update))
        words = Message(key_risk.outcome(self._session.reader(update).language, risks))
        if risks:
            await receipt(update, context, words)
        else:
            await self._session.reply(update, context, words)

    @button("ak")
    async def _press_ack(self, update: Update, _: Context, rest: str) -> None:
        await key_risk.press(query_of(update), self._session.reader(update).language, self._checker.keys, rest)
