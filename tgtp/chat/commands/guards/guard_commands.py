"""Guards on the phone: /guards shows them, and changes one after a card that shows what that does."""

from __future__ import annotations

from typing import NamedTuple

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.change_step import Asked, ChangeStep, yes_no
from tgtp.chat.commands.guards.drawdown_commands import DrawdownCommands
from tgtp.chat.commands.guards.guards_view import SHOW, Everywhere, GuardFrame, closing, guard_ask, guards_card, values_of
from tgtp.chat.commands.guards.parse import GiveGuard, guard_name, read_guard_words
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.state.account_overview import outlook_of
from tgtp.chat.texts import Html
from tgtp.engine.guards.guard_notes import GuardChange, GuardName
from tgtp.engine.manual.actions import ManualActions


class Question(NamedTuple):
    """What a card asked: a change as it was shown."""

    give: GiveGuard
    change: GuardChange


class GuardCommands(HandlerGroup):
    """Keeps open questions in memory: after a restart they are gone, and say so."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions, drawdown: DrawdownCommands) -> None:
        self._session = session
        self._rulebook = session.checker.rulebook
        self._actions = actions
        self._drawdown = drawdown
        self._confirm = ChangeStep(session, codes, self, "guards", back=("button.guards", SHOW))

    @command("guards", topic="tiers", place=3)
    async def guards(self, update: Update, context: Context) -> None:
        """Show the guards, or ask before one is changed. Raises Unclear."""
        reader, words = self._session.reader(update), context.args or []
        if self._drawdown.is_meant(words):
            await self._session.reply(update, context, self._drawdown.asking(update, words))
            return
        if len(words) == 1 and self._session.accounts.of(words[0]) is not None:
            # They are one for all accounts: the legs of each stand there.
            words = []
        give = read_guard_words(reader, words, self._known())
        message = self._shown(reader) if give is None else self._asking(reader, give, user_id(update))
        await self._session.reply(update, context, message)

    @button("gs")
    async def _press_show(self, update: Update, context: Context, _: str) -> None:
        await self._session.reply(update, context, self._shown(self._session.reader(update)))

    @button("gc")
    async def _press_answer(self, update: Update, context: Context, rest: str) -> None:
        """Confirm or cancel what a card asked."""
        await self._confirm.press(update, context, rest)

    def closes(self, update: Update, question: Question) -> bool:
        """Return whether a change would close something at once, or may."""
        return self._closes(self._session.reader(update), question.change)

    def card(self, update: Update, question: Question) -> Message:
        """Ask before a guard is changed; say so where nothing would change."""
        return self._asking(self._session.reader(update), question.give, user_id(update))

    async def carry_out(self, update: Update, question: Question) -> Message | Html:
        """Change a guard, unless it is not as it was shown. Raises LedgerWriteFailed."""
        reader = self._session.reader(update)
        if not await self._actions.change_guards(question.change, user_id(update)):
            return reader.say("ladders.meanwhile")
        before, after = values_of(reader, question.give, question.change)
        what = guard_name(reader, question.give.of)
        show = ((Button(reader.plain("button.guards"), SHOW),),)
        return Message(reader.say("guards.done", what=what, before=before, after=after), show)

    def _asking(self, reader: Reader, give: GiveGuard, by: int) -> Message:
        change = self._rulebook.with_guards({give.of: give.text})
        if change.before == change.after:
            value = values_of(reader, give, change)[1]
            return Message(reader.say("guards.same", what=guard_name(reader, give.of), value=value))
        nonce = self._confirm.ask(Asked(Question(give, change), self._closes(reader, change)), by)
        return guard_ask(reader, give, change, self._everywhere(), GuardFrame(*yes_no("gc", nonce), VALID))

    def _closes(self, reader: Reader, change: GuardChange) -> bool:
        everywhere = self._everywhere()
        return None in everywhere.values() or bool(closing(change, reader.rules, everywhere))

    def _shown(self, reader: Reader) -> Message:
        return guards_card(reader, self._changed(), self._everywhere(), self._drawdown.rows(reader))

    def _everywhere(self) -> Everywhere:
        now = self._session.clock.now()
        return {account.name: outlook_of(account.checker, now) for account in self._session.accounts}

    def _known(self) -> set[str]:
        """Return the instruments that may have guards of their own: open ones, and those that have some."""
        seen = [one for one in self._everywhere().values() if one is not None]
        held = {leg.instrument.instrument_id for one in seen for leg in one.snapshot.legs}
        blind = {key.instrument_id for one in seen for key in one.snapshot.unreadable_keys}
        return held | blind | {of.instrument_id for of in self._changed() if of.instrument_id}

    def _changed(self) -> list[GuardName]:
        return [GuardName.parse(name) for name in self._rulebook.changed_guards]
