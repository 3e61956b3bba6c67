"""Thresholds that follow the volatility, on the phone: /dynamic shows what is in force, and switches it after a card."""

from __future__ import annotations

import logging
from typing import NamedTuple

from telegram import CallbackQuery, Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.confirm_step import ConfirmStep
from tgtp.chat.commands.dynamic.dynamic_view import InForce, Switched, dynamic_card, switch_card, whose_name
from tgtp.chat.commands.dynamic.parse import Turn, read_dynamic_words
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.commands.tiers.yes_no import confirmed, yes_no
from tgtp.chat.commands.upkeep.totp_command import ask_code
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.domain.volatility.factor import LOWEST
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.volatility.scaled_rules import Switches
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)


class Question(NamedTuple):
    """What a card asked, and the switches as they stood; ``closes``: it said that something would be closed at once."""

    turn: Turn
    before: Switches
    closes: bool


class DynamicCommands(HandlerGroup):
    """Keeps the open questions of one account."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._checker = session.checker
        self._actions = actions
        self._codes = codes
        self._confirm: ConfirmStep[Question] = ConfirmStep(session, "ladders", "changed")

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
        reader = self._session.reader(update)
        question = await confirmed(self._confirm, reader, update, context, rest)
        if question is not None:
            async with self._confirm.under_way(update, if_checking=True):
                await self._confirmed(query_of(update), reader, question)

    async def _confirmed(self, query: CallbackQuery, reader: Reader, question: Question) -> None:
        """Carry out what was confirmed; after a code where it may close something at once. What is confirmed was shown."""
        by = query.from_user.id

        async def go() -> None:
            await self._session.change(query, await self._carried_out(reader, question, by))

        outlook = self._session.outlook()
        card, closes = self._card(reader, outlook, question.turn, by) if outlook is not None else (None, True)
        if card is not None and closes and not question.closes:
            head = reader.say("ladders.now.closes")
            await self._session.change(query, card._replace(text=Html(f"{head}\n\n{card.text}")))
        elif closes and self._codes.is_needed:
            await self._session.change(query, ask_code(self._codes, reader.language, by, go, "ladders.code"))
        else:
            await go()

    async def _carried_out(self, reader: Reader, question: Question, by: int) -> Message:
        """Switch it, or ask again where it is not as it was shown."""
        turn = question.turn
        try:
            done = await self._actions.change_dynamic(question.before, turn.instrument_id, on=turn.on, by=by)
            head = reader.say("ladders.meanwhile")
        except LedgerWriteFailed as exc:
            log.error("the switch of the volatility could not be written down: %s", exc)
            done, head = False, reader.say("not_written", what=exc.problem)
        if done:
            key = "dynamic.done.on" if turn.on else "dynamic.done.off"
            back = ((Button(reader.plain("button.dynamic.show"), "dy:"),),)
            return Message(reader.say(key, whose=whose_name(reader, turn.instrument_id)), back)
        outlook = self._session.outlook()
        if outlook is None:
            return Message(head)
        card = self._asking(reader, outlook, turn, by)
        return card._replace(text=Html(f"{head}\n\n{card.text}"))

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
        return self._card(reader, outlook, turn, by)[0]

    def _card(self, reader: Reader, outlook: Outlook, turn: Turn, by: int) -> tuple[Message, bool]:
        """Remember a question and return its card, with whether something is due at once, or may be."""
        before = self._checker.scaling.switches
        switched = self._switched(outlook, before, before.changed(turn.instrument_id, turn.on))
        again = f"dq:{'on' if turn.on else 'off'}:{turn.instrument_id}"

        def card(nonce: str) -> tuple[Message, bool]:
            frame = CardFrame(*yes_no("dc", nonce, again), VALID)
            return switch_card(reader, outlook, turn, self._checker.rules, switched, frame)

        closes = card("")[1]
        return card(self._confirm.ask(Question(turn, before, closes), by))

    def _switched(self, outlook: Outlook, before: Switches, after: Switches) -> Switched:
        """Return the rules with other switches; coins that nobody has read yet with the lowest factor, which closes soonest."""
        scaling, now = self._checker.scaling, self._checker.exchange_now()
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
