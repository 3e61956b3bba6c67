"""The drawdown guard of an account on the phone: seen, set, and begun anew, each after a card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.change_step import Asked, ChangeStep, yes_no
from tgtp.chat.commands.guards.guards_view import SHOW, GuardFrame, drawdown_ask
from tgtp.chat.commands.guards.parse import is_reset, read_drawdown_words
from tgtp.chat.commands.handlers import Context, HandlerGroup, button
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.vocabulary import DRAWDOWN_WORDS, RESET_WORDS
from tgtp.chat.events.drawdown_lines import in_words
from tgtp.chat.formatting.leg_state import drawdown_rows
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.account_tags import with_account
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.state.account_overview import outlook_of
from tgtp.chat.texts import Html
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.engine.accounts import Account


class Question(NamedTuple):
    """What a card asked: other rules for an account, as it was shown, or (``after`` is None) to begin anew.

    ``fired_at`` is when its guard had acted then; None where it had not.
    """

    account: Account
    before: DrawdownRules
    after: DrawdownRules | None
    fired_at: dt.datetime | None = None


class DrawdownCommands(HandlerGroup):
    """Answers what /guards says of accounts. Open questions are in memory: after a restart they are gone, and say so."""

    def __init__(self, session: Session, codes: TotpQuestions) -> None:
        self._session = session
        self._confirm = ChangeStep(session, codes, self, "guards", back=("button.guards", SHOW), code="lift.code")

    def is_meant(self, words: Sequence[str]) -> bool:
        """Return whether words are about the guard of an account."""
        return any(word.lower() in (*DRAWDOWN_WORDS, *RESET_WORDS) for word in words)

    def asking(self, update: Update, words: Sequence[str]) -> Message:
        """Ask before the guard of the account that is named, else of main, is changed or begun anew. Raises Unclear."""
        reader, accounts = self._session.reader(update), self._session.accounts
        named = accounts.of(words[0]) if accounts.several else None
        account, rest = named or accounts.main, words[1:] if named is not None else words
        guard, after = account.checker.drawdown, None
        before = guard.rules
        if not is_reset(reader, rest):
            after = read_drawdown_words(reader, rest, before)
            if after == before:
                return Message(
                    reader.say("guards.same", what=self._name(reader, account), value=in_words(reader.language, before))
                )
        elif not before.is_on:
            return Message(reader.say("guards.drawdown.off", what=self._name(reader, account)))
        return self._card(reader, Question(account, before, after, guard.fired_at), user_id(update))

    def rows(self, reader: Reader) -> list[Html]:
        """Say what the guard of each account is set to, and how it stands."""
        found: list[Html] = []
        accounts = [account.name for account in self._session.accounts]
        for account in self._session.accounts:
            value = in_words(reader.language, account.checker.drawdown.rules)
            found.append(reader.say("guards.row", what=self._name(reader, account), value=value))
            seen = outlook_of(account.checker, self._session.clock.now())
            stands = drawdown_rows(reader.language, seen) if seen is not None else []
            found += [Html(with_account(row, account.name, accounts)) for row in stands]
        return found

    @button("gd")
    async def _press_answer(self, update: Update, context: Context, rest: str) -> None:
        """Confirm or cancel what a card asked."""
        await self._confirm.press(update, context, rest)

    def closes(self, _: Update, question: Question) -> bool:
        """Return whether it lets an account trade again that its guard has stopped."""
        return question.after is None

    def card(self, update: Update, question: Question) -> Message:
        """Ask again, as the guard stands now."""
        guard = question.account.checker.drawdown
        now = question._replace(before=guard.rules, fired_at=guard.fired_at)
        return self._card(self._session.reader(update), now, user_id(update))

    async def carry_out(self, update: Update, question: Question) -> Message | Html:
        """Change it or begin anew, unless it is not as it was shown. Raises LedgerWriteFailed."""
        account, before, after, fired_at = question
        reader, by = self._session.reader(update), user_id(update)
        what, show = self._name(reader, account), ((Button(reader.plain("button.guards"), SHOW),),)
        if after is None:
            done, words = await account.actions.reset_drawdown(by, fired_at), reader.say("guards.drawdown.reset", what=what)
        else:
            was, now = in_words(reader.language, before), in_words(reader.language, after)
            done = await account.actions.change_drawdown(before, after, by)
            words = reader.say("guards.done", what=what, before=was, after=now)
        return Message(words, show) if done else reader.say("ladders.meanwhile")

    def _card(self, reader: Reader, question: Question, by: int) -> Message:
        nonce, what = self._confirm.ask(Asked(question, question.after is None), by), self._name(reader, question.account)
        frame = GuardFrame(*yes_no("gd", nonce), VALID)
        besides = self._ended_by_it(reader, question.account) if question.after is None else self._notes(reader, question)
        return drawdown_ask(reader, what, question.before, question.after, frame, besides=besides)

    def _ended_by_it(self, reader: Reader, account: Account) -> list[Html]:
        """Say what beginning anew ends besides: its pause, and closes that are under way."""
        watch, pauses = account.checker.drawdown.watch, account.checker.journal.ledger.pauses()
        firing = watch.firing if watch is not None else None
        is_pausing = any(pause.cause == "guard" for pause in pauses.entries)
        parts = [reader.say("guards.drawdown.reset.pause")] if is_pausing else []
        parts += [reader.say("guards.drawdown.reset.left")] if firing is not None and not firing.is_over else []
        return parts

    def _notes(self, reader: Reader, question: Question) -> list[Html]:
        """Say what a guard that is set now begins with; with little USDT beside other coins, a little loss is a great fall."""
        seen = question.account.checker.last_good
        parts = [reader.say("guards.drawdown.peak" if question.fired_at is None else "guards.drawdown.disarmed")]
        if seen is not None and seen.usdt is not None:
            parts.append(reader.say("guards.drawdown.equity", equity=seen.usdt.equity))
        return parts

    def _name(self, reader: Reader, account: Account) -> str:
        what = reader.plain("what.drawdown")
        return reader.plain("guards.drawdown.of", account=account.name, what=what) if self._session.accounts.several else what
