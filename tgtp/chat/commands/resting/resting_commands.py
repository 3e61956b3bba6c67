"""Tiers that rest at the exchange, on the phone: /resting shows them, and has tiers rest or not after a card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.change_step import Asked, ChangeStep, yes_no
from tgtp.chat.commands.dynamic.dynamic_view import whose_name
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.resting.parse import Turn, read_resting_words
from tgtp.chat.commands.resting.rest_rows import place_of
from tgtp.chat.commands.resting.resting_view import SHOW, closes_rows, resting_ask, resting_card
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.events.alert_buttons import CANCEL
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.domain.model import PositionMode
from tgtp.domain.order import Resting
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.manual.actions import ManualActions

EVERYTHING_OFF = Turn("", "off")


class Question(NamedTuple):
    """What a card asked, and the dials as they stood."""

    turn: Turn
    before: RestingRules


class RestingCommands(HandlerGroup):
    """Keeps the open questions of one account."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._checker = session.checker
        self._actions = actions
        self._confirm = ChangeStep(session, codes, self, back=("button.resting.show", SHOW))
        # What people's own orders were when a card was last asked for.
        self._closes: Sequence[Resting] | None = None

    @command("resting", topic="tiers", place=5)
    async def resting(self, update: Update, context: Context) -> None:
        """Show what rests, or ask before that is changed. Raises Unclear."""
        reader, words = self._session.reader(update), context.args or []
        snapshot = self._session.seen(reader).snapshot
        turn = read_resting_words(reader, words, snapshot, self._checker.resting.rules.own)
        message = self._shown(reader) if turn is None else await self._read_and_ask(reader, turn, user_id(update))
        await self._session.reply(update, context, message)

    @button("rt")
    async def _press_show(self, update: Update, context: Context, _: str) -> None:
        await self._session.reply(update, context, self._shown(self._session.reader(update)))

    @button("rq")
    async def _press_ask(self, update: Update, context: Context, rest: str) -> None:
        word, _, instrument_id = rest.partition(":")
        turn = Turn(instrument_id, "all" if word == "all" else "off")
        card = await self._read_and_ask(self._session.reader(update), turn, user_id(update))
        await self._session.reply(update, context, card)

    @button(CANCEL)
    async def _press_cancel(self, update: Update, context: Context, _: str) -> None:
        """Ask below an alert whether what rests there is to be cancelled."""
        card = self._asking(self._session.reader(update), EVERYTHING_OFF, user_id(update))
        await self._session.reply(update, context, card, anew=True)

    @button("rc")
    async def _press_answer(self, update: Update, context: Context, rest: str) -> None:
        """Confirm or cancel what a card asked."""
        await self._confirm.press(update, context, rest)

    def closes(self, _: Update, __: Question) -> bool:
        """Return that nothing is closed at once: what is due is due whether it rests or not."""
        return False

    def card(self, update: Update, question: Question) -> Message:
        """Ask before it is switched; say so where nothing would change."""
        return self._asking(self._session.reader(update), question.turn, user_id(update))

    async def carry_out(self, update: Update, question: Question) -> Message | Html:
        """Switch it, unless it is not as it was shown. Raises LedgerWriteFailed."""
        reader, (turn, before) = self._session.reader(update), question
        if turn == EVERYTHING_OFF and not before.is_on and self._checker.resting.rules == before:
            # It is off already, and what was found at the exchange is to go.
            self._checker.resting.cancel_all()
        elif not await self._actions.change_resting(before, turn.instrument_id, turn.mode, user_id(update)):
            return reader.say("ladders.meanwhile")
        back = ((Button(reader.plain("button.resting.show"), SHOW),),)
        key = "resting.done.on" if turn.mode == "all" else "resting.done.off"
        place = place_of(reader, self._session.seen(reader))
        return Message(reader.say(key, whose=whose_name(reader, turn.instrument_id), place=place), back)

    def _shown(self, reader: Reader) -> Message:
        resting = self._checker.resting
        if not resting.is_possible:
            return Message(reader.say("resting.impossible"))
        return resting_card(reader, resting.rules, self._session.seen(reader))

    async def _read_and_ask(self, reader: Reader, turn: Turn, by: int) -> Message:
        if turn.mode == "all" and self._checker.resting.is_possible:
            self._closes = await self._checker.records.limit_closes()
        return self._asking(reader, turn, by)

    def _asking(self, reader: Reader, turn: Turn, by: int) -> Message:
        """Ask before it is switched; say so where nothing would change, or nothing can rest."""
        resting, profile = self._checker.resting, self._checker.profile
        if not resting.is_possible:
            return Message(reader.say("resting.impossible"))
        stands = turn == EVERYTHING_OFF and not resting.rules.is_on and resting.at_rest
        if resting.rules.changed(turn.instrument_id, turn.mode) == resting.rules and not stands:
            key = "resting.same.on" if turn.mode == "all" else "resting.same.off"
            return Message(reader.say(key, whose=whose_name(reader, turn.instrument_id)))
        nonce = self._confirm.ask(Asked(Question(turn, resting.rules), closes=False), by)
        frame = CardFrame(*yes_no("rc", nonce, f"rq:{turn.mode}:{turn.instrument_id}"), VALID)
        is_net = profile is not None and profile.position_mode is PositionMode.NET
        outlook = self._session.seen(reader)
        return resting_ask(reader, turn, outlook, closes_rows(reader, turn, outlook, self._closes), frame, is_net=is_net)
