"""Re-arming on the phone: /rearm lets the fired tiers of a leg fire again, after a card that shows what that does.

An alert may ask the same, with buttons of its own.
"""

from __future__ import annotations

from telegram import CallbackQuery, Update

from tgtp.bounded_dict import BoundedDict
from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands import arguments
from tgtp.chat.commands.change_step import Asked, ChangeStep, yes_no
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.commands.tiers.at_once import ladders_close
from tgtp.chat.commands.tiers.rearm_view import rearm_card, rearm_picker
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.commands.upkeep.totp_command import ask_code_below
from tgtp.chat.formatting.callback_ids import mark_of, marked, rearm_mark
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import Html
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.engine.manual.actions import ManualActions
from tgtp.errors import LedgerWriteFailed

MOST_ANSWERED = 1000


class RearmCommands(HandlerGroup):
    """Keeps the open questions; each is bound to the life of the leg, and to what had fired in it."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._codes = codes
        self._confirm = ChangeStep(session, codes, self)
        # Questions of alerts that a person has answered, by user and message.
        self._answered: BoundedDict[tuple[int, int], None] = BoundedDict(MOST_ANSWERED)

    @command("rearm", topic="tiers", place=2)
    async def rearm(self, update: Update, context: Context) -> None:
        """Ask before the ladder of a leg is emptied; pick a leg where none is named. Raises Unclear."""
        reader, words = self._session.reader(update), context.args or []
        outlook = self._session.seen(reader)
        if not words:
            message = rearm_picker(reader, outlook.snapshot, outlook.snapshot.legs, self._ledger.lives())
        else:
            legs, rest = arguments.named_legs(reader, words, outlook.snapshot, "rearm")
            if rest:
                raise arguments.Unclear(reader.say("ladders.rearm.words"))
            if len(legs) == 1 and len(words) > 1:
                message = self._asking(reader, outlook, legs[0], user_id(update))
            else:
                message = rearm_picker(reader, outlook.snapshot, legs, self._ledger.lives())
        await self._session.reply(update, context, message)

    @button("lr")
    async def press(self, update: Update, context: Context, rest: str) -> None:
        """Ask about a leg, below the card that was pressed; or take the answer. Raises Unclear."""
        reader, outlook = self._session.reader(update), self._session.outlook()
        if ":" in rest:
            await self._confirm.press(update, context, rest)
            return
        legs = outlook.snapshot.legs if outlook is not None else ()
        leg = marked(legs, rest)
        if outlook is None or leg is None:
            await answer(query_of(update), reader.plain("button.old", command="rearm"))
            return
        try:
            message = self._asking(reader, outlook, leg, user_id(update))
        except arguments.Unclear as exc:
            message = Message(exc.text)
        await self._session.reply(update, context, message, anew=True)

    @button("rk")
    @button("ra", raises_risk=("",))
    async def _press_rearm(self, update: Update, _: Context, rest: str) -> None:
        query = query_of(update)
        await self._answer(query, self._session.reader(update), (query.data or "").partition(":")[0], rest)

    async def _answer(self, query: CallbackQuery, reader: Reader, kind: str, mark: str, *, has_code: bool = False) -> None:
        life, asked = self._life(mark), query.message.message_id if query.message is not None else 0
        if life is None or (query.from_user.id, asked) in self._answered:
            # A second tap crosses the first one's answer; the message shows that one and must keep it.
            await answer(query, reader.plain("rearm.old"))
            return
        closes = kind == "ra" and ladders_close(self._session, reader, {life.key: life.rearmed()})
        if closes and self._codes.is_needed and not has_code:

            async def go() -> None:
                await self._answer(query, reader, kind, mark, has_code=True)

            await ask_code_below(self._session, self._codes, query, reader.language, go, "ladders.code")
            return
        self._answered[query.from_user.id, asked] = None
        await answer(query)
        key = "rearm.kept"
        if kind == "ra":
            try:
                key = "rearm.done" if await self._actions.rearm(life, query.from_user.id) else "rearm.late"
            except LedgerWriteFailed:
                # Not done: the buttons must work again.
                del self._answered[query.from_user.id, asked]
                raise
        words = reader.say(key, leg=leg_name(reader.language, life.key))
        await self._session.change(query, Message(words))

    def closes(self, update: Update, life: Life) -> bool:
        """Return whether the ladder would close something of the leg at once, or may."""
        return ladders_close(self._session, self._session.reader(update), {life.key: life.rearmed()})

    def card(self, update: Update, life: Life) -> Message | None:
        """Ask anew where there is still something to ask."""
        outlook = self._session.outlook()
        leg = outlook.snapshot.by_key.get(life.key) if outlook is not None else None
        if outlook is None or leg is None:
            return None
        try:
            return self._asking(self._session.reader(update), outlook, leg, user_id(update))
        except arguments.Unclear:
            return None

    async def carry_out(self, update: Update, life: Life) -> Message | Html:
        """Empty the ladder, unless the leg is not as it was shown. Raises LedgerWriteFailed."""
        reader, now = self._session.reader(update), self._ledger.lives().get(life.key)
        name = leg_name(reader.language, life.key)
        # More has fired since, and it is another question.
        same = now is not None and (now.fired_numbers, now.unfinished) == (life.fired_numbers, life.unfinished)
        if same and await self._actions.rearm(life, user_id(update)):
            return Message(reader.say("rearm.done", leg=name))
        return reader.say("rearm.late", leg=name)

    def _asking(self, reader: Reader, outlook: Outlook, leg: Leg, by: int) -> Message:
        """Ask before a leg's ladder is emptied. Raises Unclear when nothing of it has fired."""
        life = self._ledger.lives().get(leg.key)
        if life is None or not life.is_of(leg) or not (life.fired or life.unfinished):
            raise arguments.Unclear(reader.say("ladders.rearm.none", leg=leg_name(reader.language, leg.key)))
        closes = ladders_close(self._session, reader, {leg.key: life.rearmed()})
        data = yes_no("lr", self._confirm.ask(Asked(life, closes), by), f"lr:{mark_of(leg)}")
        return rearm_card(reader, leg, life, outlook, CardFrame(*data, VALID))

    def _life(self, mark: str) -> Life | None:
        # Bound to what had fired when the question was asked: more has fired since, and it is another question.
        lives = self._ledger.lives().values()
        return next(
            (life for life in lives if rearm_mark(life.key, life.opened_at, life.generation, life.fired_numbers) == mark), None
        )
