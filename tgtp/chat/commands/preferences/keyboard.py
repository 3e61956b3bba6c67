"""/keyboard: the keys below the chat, on or off, for each person. There are none in groups: the gate lets no group in."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.vocabulary import OFF_WORDS, ON_WORDS, keys_of
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html
from tgtp.errors import LedgerWriteFailed


class KeyboardCommand(HandlerGroup):
    """Answers /keyboard."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @command("keyboard", topic="notify", place=4)
    async def keyboard(self, update: Update, context: Context) -> None:
        """Put the keys below the chat, or take them away; without a word, put them as they are wanted. Raises Unclear."""
        reader, words, by = self._session.reader(update), [word.lower() for word in context.args or ()], user_id(update)
        if words and (len(words) > 1 or words[0] not in (*ON_WORDS, *OFF_WORDS)):
            raise arguments.Unclear(reader.say("keyboard.form"))
        people, unkept = self._session.people, None
        if words:
            try:
                people.keep_keys(by, on=words[0] in ON_WORDS)
            except LedgerWriteFailed as exc:
                unkept = exc.problem
        has = people.has_keys(by)
        text = reader.say("keyboard.on" if has else "keyboard.off")
        if unkept is not None:
            text = Html(f"{text}\n{reader.say('not_kept', what=unkept)}")
        await self._session.reply(update, context, Message(text, keys=keys_of(reader.language) if has else ()))
