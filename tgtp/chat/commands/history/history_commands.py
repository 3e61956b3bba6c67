"""What is on record: what happened, why, and how the program itself is doing, in all accounts or in one."""

from __future__ import annotations

import asyncio
import itertools

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.context import Reception, outlook_of, query_of, user_id, whole_number
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.history import history_view
from tgtp.chat.commands.history.drill_commands import Channels, reminder
from tgtp.chat.commands.history.health_view import Depths, Running, health, health_row
from tgtp.chat.commands.reaction import receipt
from tgtp.chat.events import key_risk
from tgtp.chat.events.explanation import why
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.formatting.unguarded import unguarded_now
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html, say
from tgtp.domain.model import EPOCH

MOST_HISTORY = 100


def _count(setting: Setting, context: Context) -> int:
    """Read how many events are asked for. Raises Unclear."""
    word = " ".join(context.args or ["10"])
    count = whole_number(word)
    if count is None or not 1 <= count <= MOST_HISTORY:
        raise arguments.Unclear(say(setting.language, "bad.number", word=word[:40], most=MOST_HISTORY))
    return count


def _health(reception: Reception, setting: Setting, running: Running) -> Message:
    checker, ledger = reception.checker, reception.checker.journal.ledger
    depths = Depths(len(ledger.outbox()), len(ledger.open_intents()))
    reading, skew = checker.health.reading(), checker.lookout.skew()
    message = health(setting, reading, depths, skew, running, reception.clock.now())
    outlook = reception.outlook()
    lines = unguarded_now(setting.language, outlook.snapshot, outlook.account_mode) if outlook is not None else []
    return message._replace(text=Html("\n".join([*lines, message.text])))


class Records(HandlerGroup):
    """Answers from the record of all accounts, and from what the program knows of itself."""

    def __init__(self, reception: Reception, running: Running, channels: Channels) -> None:
        self._channels = channels
        self._reception = reception
        self._ledger = reception.checker.journal.ledger
        self._running = running

    @command("history", topic="reports", place=2)
    async def history(self, update: Update, context: Context) -> None:
        """List what happened."""
        setting = self._reception.setting(update)
        count = _count(setting, context)
        for message in history_view.history(setting, await asyncio.to_thread(self._ledger.history, count)):
            await self._reception.reply(update, context, message)

    @command("why", topic="reports", place=3)
    async def why(self, update: Update, context: Context) -> None:
        """Give the numbers behind an event."""
        setting = self._reception.setting(update)
        newest = next((number for number, _ in self._ledger.history(1)), 0)
        word = context.args[0] if context.args else ""
        number = whole_number(word.lstrip("#"))
        if number is None:
            raise arguments.Unclear(say(setting.language, "why.which", word=word[:40], example=newest or 1))
        found = await asyncio.to_thread(self._ledger.event, number)
        if found is None:
            words = say(setting.language, "why.none", number=str(number)[:20], newest=newest)
        else:
            words = why(setting, *found)
        await self._reception.reply(update, context, Message(words))

    @command("health", topic="bot", place=1)
    async def health(self, update: Update, context: Context) -> None:
        """Say how the program itself is doing."""
        setting = self._reception.setting(update)
        message, now = _health(self._reception, setting, self._running), self._reception.clock.now()
        _, *others = self._reception.accounts
        rows: list[Html] = []
        for account in others:
            rows.append(health_row(setting, account.name, account.checker.health.reading(), now))
            outlook = outlook_of(account.checker, now)
            rows += unguarded_now(setting.language, outlook.snapshot, outlook.account_mode) if outlook is not None else []
        rows.append(reminder(setting, self._ledger, self._channels))
        await self._reception.reply(update, context, message._replace(text=Html("\n".join([message.text, *rows]))))


class AccountRecords(HandlerGroup):
    """Answers from the record of one account, and for its key."""

    def __init__(self, reception: Reception, running: Running) -> None:
        self._reception = reception
        self._checker = reception.checker
        self._running = running

    @command("history")
    async def history(self, update: Update, context: Context) -> None:
        """List what happened in this account."""
        setting, ledger = self._reception.setting(update), self._checker.journal.ledger
        count = _count(setting, context)
        found = await asyncio.to_thread(lambda: list(itertools.islice(ledger.back_to(EPOCH), count)))
        for message in history_view.history(setting, found):
            await self._reception.reply(update, context, message)

    @command("health")
    async def health(self, update: Update, context: Context) -> None:
        """Say how the checks of this account are doing."""
        setting = self._reception.setting(update)
        await self._reception.reply(update, context, _health(self._reception, setting, self._running))

    @command("ack", topic="notify", place=3)
    async def ack(self, update: Update, context: Context) -> None:
        """Repeat no more what was told of the key's risks."""
        risks = self._checker.keys.acknowledge(user_id(update))
        words = Message(key_risk.outcome(self._reception.setting(update).language, risks))
        if risks:
            await receipt(update, context, words)
        else:
            await self._reception.reply(update, context, words)

    @button("ak")
    async def _press_ack(self, update: Update, _: Context, rest: str) -> None:
        await key_risk.press(query_of(update), self._reception.setting(update).language, self._checker.keys, rest)
