"""A receipt in place of an answer: a sign on the person's own message."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.constants import ReactionEmoji
from telegram.error import TelegramError

from tgtp.chat.commands.handlers import Context
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import promptly, send

log = logging.getLogger(__name__)

DONE = ReactionEmoji.OK_HAND_SIGN


async def receipt(update: Update, context: Context, otherwise: Message) -> None:
    """Put 👌 on the command that was done; where that cannot be, say it in words."""
    chat = update.effective_chat
    if chat is None:
        return
    if update.message is not None:
        try:
            await context.bot.set_message_reaction(chat.id, update.message.message_id, DONE)
            return
        except TelegramError as exc:
            log.debug("a receipt could not be given: %s", exc)
    await promptly(context.application, lambda: send(context.bot, chat.id, otherwise))
