"""/code: the code of an authenticator that a maintenance waits for."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Update

from tgtp.chat.access.totp import Codes
from tgtp.chat.commands.context import Context, Handler, Press, Reception, user_id
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import say


class CodeRoom:
    """Takes the codes that people send, with /code or as they are, and goes on with what they were asked for."""

    slow: frozenset[str] = frozenset()

    def __init__(self, reception: Reception, codes: Codes) -> None:
        self._reception = reception
        self._codes = codes

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command."""
        return {"code": self.code}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button."""
        return {}

    def is_meant(self, update: Update, text: str) -> bool:
        """Say whether a text is the code that this person was asked for."""
        digits_only = text.replace(" ", "").isdecimal()
        return digits_only and update.effective_user is not None and self._codes.is_asked(update.effective_user.id)

    async def code(self, update: Update, context: Context) -> None:
        """Take a code that was sent with the command."""
        await self.take(update, context, "".join(context.args or ()))

    async def take(self, update: Update, context: Context, text: str) -> None:
        """Take a code; the right one is answered where it was asked for."""
        language, user = self._reception.setting(update).language, user_id(update)
        taken, go = self._codes.take(user, text)
        left = self._codes.tries_left(user)
        await self._reception.reply(update, context, Message(say(language, f"code.{taken.value}", left=left)))
        if go is not None:
            # It takes as long as the exchange does: a /pause must not queue behind it.
            context.application.create_task(go(), update)
