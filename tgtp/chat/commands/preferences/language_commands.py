"""/lang: each person's own language, and the command menu in it."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.error import TelegramError

from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.menu import publish_menu
from tgtp.chat.commands.preferences import language_view
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.commands.vocabulary import keys_of
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import LANGUAGES, plain
from tgtp.engine.manual.actions import ManualActions

log = logging.getLogger(__name__)


class LanguageCommands(HandlerGroup):
    """Asks for a language, or takes the one that is named."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._actions = actions

    @command("lang", topic="bot", place=4)
    async def lang(self, update: Update, context: Context) -> None:
        """Choose a language."""
        word = context.args[0].lower() if context.args else ""
        chosen = {"中文": "zh", "english": "en"}.get(word, word)
        if chosen not in LANGUAGES:
            await self._session.reply(update, context, language_view.language_choice(self._session.reader(update).language))
            return
        await self._choose_language(update, context, chosen)

    @button("lg")
    async def _press_language(self, update: Update, context: Context, rest: str) -> None:
        if rest in LANGUAGES:
            await self._choose_language(update, context, rest)
        else:
            await answer(query_of(update), plain(self._session.reader(update).language, "button.old", command="lang"))

    async def _choose_language(self, update: Update, context: Context, language: str) -> None:
        self._actions.choose_language(language, user_id(update))
        reader = self._session.reader(update)
        await self._session.reply(update, context, Message(reader.say("lang.chosen")))
        if self._session.people.has_keys(user_id(update)):
            # A message that is changed in its place cannot change them.
            words = Message(reader.say("keyboard.language"), keys=keys_of(reader.language))
            await self._session.reply(update, context, words, anew=True)
        if update.effective_chat is not None:
            try:
                several = self._session.accounts.several
                await publish_menu(context.bot, language, chat_id=update.effective_chat.id, several=several)
            except TelegramError as exc:
                log.warning("the command menu could not be changed: %s", exc)
