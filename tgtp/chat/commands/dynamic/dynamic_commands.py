"""Thresholds that follow the volatility, on the phone: /dynamic shows what is in force, and switches it after a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.change_step import Asked, ChangeStep, yes_no
from tgtp.chat.commands.dynamic.dynamic_view import InForce, Switched, dynamic_card, switch_card, whose_name
from tgtp.chat.commands.dynamic.parse import Turn, read_dynamic_words
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import LegKey
from tgtp.domain.volatility.factor import LOWEST
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.volatility.scaled_rules import Switches


class Question(NamedTuple):
    """What a card asked, the switches as they stood, and the ladder that it showed of each leg as it would act."""

    turn: Turn
    before: Switches
    shown: Mapping[LegKey, Ladder]


class DynamicCommands(HandlerGroup):
    """Keeps the open questions of one account."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._checker = session.checker
        self._actions = actions
        self._confirm = ChangeStep(session, codes, self)

    @command("dynamic", topic="tiers", place=4)
    async def dynamic(self, update: Update, context: Context) -> None:
        """Show what is in force, or ask before it is switched. Raises Unclear."""
        reader, words = self._session.reader(update), context.args or []
        outlook = self._session.seen(reader)
        turn = read_dynamic_words(reader, words, outlook.snapshot, self._checker.scaling.switches.own)
        message = self._shown(reader, outlook) if turn is None else self._asking(reader, outlook, turn, user_id(update))
        await self._session.reply(update, context, message)

    @button("dy")
    async def _press_show(self, update: Update, context: Context, _: str) -> None:
        reader = self._session.reader(update)
        await self._session.reply(update, context, self._shown(reader, self._session.seen(reader)))

    @button("dq")
    async def _press_ask(self, update: Update, context: Context, rest: str) -> None:
        word, _, instrument_id = rest.partition(":")
        reader = self._session.reader(update)
        turn = Turn(instrument_id, word == "on")
        card = self._asking(reader, self._session.seen(reader), turn, user_id(update))
        await self._session.reply(update, context, card)

    @button("dc")
    async def _press_answer(self, update: Update, context: Context, rest: str) -> None:
        """Confirm or cancel what a card asked."""
        await self._confirm.press(update, context, rest)

    def closes(self, update: Update, question: Question) -> bool:
        """Return whether something is due at once, or may be; by another switch meanwhile nothing is: it is asked again."""
        if self._checker.scaling.switches != question.before:
            return False
        outlook = self._session.outlook()
        return outlook is None or self._card(self._session.reader(update), outlook, question.turn, "")[1]

    def card(self, update: Update, question: Question) -> Message | None:
        """Ask before a switch; say so where nothing would change."""
        outlook = self._session.outlook()
        if outlook is None:
            return None
        return self._asking(self._session.reader(update), outlook, question.turn, user_id(update))

    async def carry_out(self, update: Update, question: Question) -> Message | Html:
        """Switch it, unless switches or thresholds are not as they were shown. Raises LedgerWriteFailed."""
        reader, (turn, before, shown) = self._session.reader(update), question
        if await self._actions.change_dynamic(before, turn.instrument_id, shown, on=turn.on, by=user_id(update)):
            key = "dynamic.done.on" if turn.on else "dynamic.done.off"
            back = ((Button(reader.plain("button.dynamic.show"), "dy:"),),)
            return Message(reader.say(key, whose=whose_name(reader, turn.instrument_id)), back)
        return reader.say("dynamic.moved" if self._checker.scaling.switches == before else "ladders.meanwhile")

    def _shown(self, reader: Reader, outlook: Outlook) -> Message:
        scaling = self._checker.scaling
        here = InForce(scaling.switches, scaling.book.known, self._checker.exchange_now())
        return dynamic_card(reader, sorted(outlook.snapshot.instrument_ids), here)

    def _asking(self, reader: Reader, outlook: Outlook, turn: Turn, by: int) -> Message:
        """Ask before a switch; say so where nothing would change."""
        switches = self._checker.scaling.switches
        if switches.changed(turn.instrument_id, turn.on) == switches:
            key = "dynamic.same.on" if turn.on else "dynamic.same.off"
            return Message(reader.say(key, whose=whose_name(reader, turn.instrument_id)))
        switched, closes = self._switched(outlook, turn), self._card(reader, outlook, turn, "")[1]
        nonce = self._confirm.ask(Asked(Question(turn, switches, switched.shown(outlook.snapshot)), closes), by)
        return self._card(reader, outlook, turn, nonce)[0]

    def _card(self, reader: Reader, outlook: Outlook, turn: Turn, nonce: str) -> tuple[Message, bool]:
        """Return the card of a question, with whether something is due at once, or may be."""
        frame = CardFrame(*yes_no("dc", nonce, f"dq:{'on' if turn.on else 'off'}:{turn.instrument_id}"), VALID)
        return switch_card(reader, outlook, turn, self._checker.rules, self._switched(outlook, turn), frame)

    def _switched(self, outlook: Outlook, turn: Turn) -> Switched:
        """Return the rules with other switches; coins that nobody has read yet with the lowest factor, which closes soonest."""
        scaling, now = self._checker.scaling, self._checker.exchange_now()
        before = scaling.switches
        after = before.changed(turn.instrument_id, turn.on)
        fresh = scaling.factors(after, now)
        unread = tuple(
            name
            for name in sorted(outlook.snapshot.instrument_ids)
            if after.is_on(name)
            and not before.is_on(name)
            and name not in fresh
            # Of the others it is known that there is no factor.
            and not isinstance(scaling.book.known.get(name), str)
        )
        return Switched(scaling.as_if(after, now, dict.fromkeys(unread, LOWEST)), unread)
