"""The button that takes the key of another account for what is wanted here."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.handlers import Context, HandlerGroup, button
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.commands.tiers.at_once import rules_close
from tgtp.chat.commands.upkeep.totp_command import ask_code_below
from tgtp.chat.events import account_lines
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.engine.manual.actions import ManualActions


class ConfirmAccount(HandlerGroup):
    """Answers the question whether a changed key was meant."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._checker = session.checker
        self._actions = actions
        self._codes = codes

    @button(account_lines.CONFIRM, raises_risk=("",))
    async def _press_confirm(self, update: Update, _: Context, rest: str) -> None:
        """Take another account's key for what is wanted here, if it is the key that was asked about."""
        reader = self._session.reader(update)
        query, language, profile = query_of(update), reader.language, self._checker.profile
        asked = profile is not None and account_lines.mark(profile.uid) == rest
        if asked and self._codes.is_needed and rules_close(self._session, anew=True):

            async def go() -> None:
                now = self._checker.profile
                same = now is not None and account_lines.mark(now.uid) == rest
                done = same and self._actions.confirm_account(query.from_user.id)
                words = reader.say("confirm.account.done" if done else "confirm.account.old")
                await self._session.below(query, Message(words))

            await ask_code_below(self._session, self._codes, query, language, go, "confirm.account.code")
            return
        done = asked and self._actions.confirm_account(query.from_user.id)
        await answer(query, reader.plain("confirm.account.done" if done else "confirm.account.old"))
