"""What is on record: what happened, why, and how the program itself is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from telegram import Update

from tgtp.chat import closing, keyrisk, views
from tgtp.chat.health import Depths, Running, health
from tgtp.chat.message import Message
from tgtp.chat.receipt import receipt
from tgtp.chat.reception import Context, Handler, Press, Reception, query_of, user_id, whole_number
from tgtp.chat.texts import say
from tgtp.chat.why import why

MOST_HISTORY = 100


class Records:
    """Answers from the ledger, and from what the program knows of itself."""

    slow: frozenset[str] = frozenset({"history", "why"})

    def __init__(self, reception: Reception, running: Running) -> None:
        self._reception = reception
        self._checker = reception.checker
        self._ledger = reception.checker.journal.ledger
        self._running = running

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command."""
        return {"history": self.history, "why": self.why, "health": self.health, "ack": self.ack}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button."""
        return {"ak": self._press_ack}

    async def history(self, update: Update, context: Context) -> None:
        """List what happened."""
        setting = self._reception.setting(update)
        word = " ".join(context.args or ["10"])
        count = whole_number(word)
        if count is None or not 1 <= count <= MOST_HISTORY:
            raise closing.Unclear(say(setting.language, "bad.number", word=word[:40], most=MOST_HISTORY))
        for message in views.history(setting, await asyncio.to_thread(self._ledger.history, count)):
            await self._reception.reply(update, context, message)

    async def why(self, update: Update, context: Context) -> None:
        """Give the numbers behind an event."""
        setting = self._reception.setting(update)
        newest = next((number for number, _ in self._ledger.history(1)), 0)
        word = context.args[0] if context.args else ""
        number = whole_number(word.lstrip("#"))
        if number is None:
            raise closing.Unclear(say(setting.language, "why.which", word=word[:40], example=newest or 1))
        found = await asyncio.to_thread(self._ledger.event, number)
        if found is None:
            words = say(setting.language, "why.none", number=str(number)[:20], newest=newest)
        else:
            words = why(setting, *found)
        await self._reception.reply(update, context, Message(words))

    async def health(self, update: Update, context: Context) -> None:
        """Say how the program itself is doing."""
        checker, ledger = self._checker, self._ledger
        depths = Depths(len(ledger.outbox()), len(ledger.open_intents()))
        reading, skew = checker.health.reading(), checker.lookout.skew()
        message = health(self._reception.setting(update), reading, depths, skew, self._running, self._reception.clock.now())
        await self._reception.reply(update, context, message)

    async def ack(self, update: Update, context: Context) -> None:
        """Repeat no more what was told of the key's risks."""
        risks = self._checker.keys.acknowledge(user_id(update))
        words = Message(keyrisk.outcome(self._reception.setting(update).language, risks))
        if risks:
            await receipt(update, context, words)
        else:
            await self._reception.reply(update, context, words)

    async def _press_ack(self, update: Update, _: Context, rest: str) -> None:
        await keyrisk.press(query_of(update), self._reception.setting(update).language, self._checker.keys, rest)
