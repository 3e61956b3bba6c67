"""Asking what became of a tier's order that the exchange has forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Update

from tgtp.chat.commands.context import Context, Handler, Press, Reception, query_of
from tgtp.chat.events.forgotten_order import FILLED, NOT_FILLED
from tgtp.chat.formatting.numbers import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import plain, say
from tgtp.engine.manual.actions import Desk


class ForgottenOrders:
    """Takes the answer below the alert; the order's name binds it."""

    def __init__(self, reception: Reception, desk: Desk) -> None:
        self._reception = reception
        self._desk = desk

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {FILLED: self._press_filled, NOT_FILLED: self._press_not_filled}

    async def _press_filled(self, update: Update, _: Context, rest: str) -> None:
        await self._decide(update, rest, filled=True)

    async def _press_not_filled(self, update: Update, _: Context, rest: str) -> None:
        await self._decide(update, rest, filled=False)

    async def _decide(self, update: Update, name: str, *, filled: bool) -> None:
        query, language = query_of(update), self._reception.setting(update).language
        intent = await self._desk.decide_order(name, filled=filled, by=query.from_user.id)
        if intent is None:
            await answer(query, plain(language, "forgotten.old"))
            return
        await answer(query)
        key = "forgotten.filled" if filled else "forgotten.not_filled"
        words = say(language, key, leg=leg_name(language, intent.leg), tier=intent.tier)
        await self._reception.change(query, Message(words))
