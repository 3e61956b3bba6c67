"""Asking what became of a tier's order that the exchange has forgotten."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.handlers import Context, HandlerGroup, button
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.commands.tiers.at_once import ladders_close
from tgtp.chat.commands.upkeep.totp_command import ask_code_below
from tgtp.chat.events.forgotten_order import FILLED, NOT_FILLED
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.engine.manual.actions import ManualActions


class ForgottenOrders(HandlerGroup):
    """Takes the answer below the alert; the order's name binds it."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._codes = codes

    @button(FILLED)
    async def _press_filled(self, update: Update, _: Context, rest: str) -> None:
        await self._decide(update, rest, filled=True)

    @button(NOT_FILLED, raises_risk=("",))
    async def _press_not_filled(self, update: Update, _: Context, rest: str) -> None:
        """Let the tier fire again; after a code where it would do that at once."""
        query, reader = query_of(update), self._session.reader(update)
        intent = next((one for one in self._ledger.open_intents() if one.client_order_id == rest), None)
        life = self._ledger.lives().get(intent.leg) if intent is not None else None

        async def go() -> None:
            await self._decide(update, rest, filled=False)

        if life is not None and self._codes.is_needed and ladders_close(self._session, reader, {life.key: life}):
            await ask_code_below(self._session, self._codes, query, reader.language, go, "ladders.code")
        else:
            await go()

    async def _decide(self, update: Update, name: str, *, filled: bool) -> None:
        reader = self._session.reader(update)
        query, language = query_of(update), reader.language
        intent = await self._actions.decide_order(name, filled=filled, by=query.from_user.id)
        if intent is None:
            await answer(query, reader.plain("forgotten.old"))
            return
        await answer(query)
        key = "forgotten.filled" if filled else "forgotten.not_filled"
        words = reader.say(key, leg=leg_name(language, intent.leg), tier=intent.tier)
        await self._session.change(query, Message(words))
