"""/pause and /resume: in one account, or in all at once."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.vocabulary import ALL_WORDS
from tgtp.chat.events import standing_pauses
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.plan import ALL
from tgtp.engine.manual.actions import ManualActions


class AccountPauseCommands(HandlerGroup):
    """Answers /pause and /resume in one account."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._actions = actions

    @command("pause", topic="rules", place=1)
    async def pause(self, update: Update, context: Context) -> None:
        """Stop closing: everything, or one coin."""
        reader = self._session.reader(update)
        name = self._instrument(reader, context, "pause")
        coin = _coin(reader, name)
        done = self._actions.pause(name, user_id(update))
        key = "pause.already" if not done else self._whole("pause") if name == ALL else "pause.one"
        resume = standing_pauses.resume_button(reader.language, name)
        text = reader.say(key, coin=coin, account=self._session.named)
        await self._session.reply(update, context, Message(text, ((resume,),)))

    @command("resume", topic="rules", place=2)
    async def resume(self, update: Update, context: Context) -> None:
        """Go on: everything, or one coin."""
        reader = self._session.reader(update)
        name = self._instrument(reader, context, "resume", paused_too=True)
        done, language = self._actions.resume(name, user_id(update)), reader.language
        stands = standing_pauses.standing(language, self._ledger.pauses().asked_for_by(name))
        key = "resume.already" if not done else self._whole("resume") if name == ALL else "resume.one"
        if stands.text:
            key = "resume.but" if done else ""
        elif name != ALL and ALL in self._ledger.paused():
            key = "resume.one.but" if done else "resume.all.only"
        head = reader.say(key, coin=_coin(reader, name), account=self._session.named) if key else Html("")
        await self._session.reply(update, context, standing_pauses.below(Message(head), stands))

    def _whole(self, command: str) -> str:
        """Name the text for a whole account, which is not everything where there are several."""
        return f"{command}.all" if self._session.named is None else f"{command}.account"

    def _instrument(self, reader: Reader, context: Context, command: str, *, paused_too: bool = False) -> str:
        """Read the instrument of /pause and /resume; all when none is named. Raises Unclear."""
        words = context.args or []
        arguments.at_most_one(reader, words, command)
        if not words or words[0].lower() in ALL_WORDS:
            return ALL
        for paused in sorted(self._ledger.paused()) if paused_too else ():
            if paused != ALL and arguments.is_named(words[0], paused):
                return paused
        outlook = self._session.outlook()
        if outlook is None:
            # A stop must work before anything was seen: the name is taken as it is.
            return arguments.instrument_named(words[0])
        return arguments.held_of(reader, words[0], outlook.snapshot)[0].key.instrument_id


class PauseCommands(HandlerGroup):
    """Answers /pause and /resume without the name of an account, where there are several: all of them, or a coin of main."""

    def __init__(self, session: Session, main: AccountPauseCommands) -> None:
        self._session = session
        self._main = main

    @command("pause")
    async def pause(self, update: Update, context: Context) -> None:
        """Stop closing, in all accounts at once."""
        if not _all_meant(context):
            await self._main.pause(update, context)
            return
        done = self._session.accounts.pause_all(user_id(update))
        button = standing_pauses.resume_button(self._session.reader(update).language, ALL)
        stands = Message(Html(""), ((button,),))
        await self._tell(update, context, "accounts.paused" if done else "accounts.paused.already", stands)

    @command("resume")
    async def resume(self, update: Update, context: Context) -> None:
        """Go on, in all accounts at once."""
        if not _all_meant(context):
            await self._main.resume(update, context)
            return
        done = self._session.accounts.resume_all(user_id(update))
        reader = self._session.reader(update)
        language = reader.language
        stands = standing_pauses.standing_anywhere(language, self._session.accounts.stay_paused())
        await self._tell(update, context, "accounts.resumed" if done else "accounts.resumed.already", stands)

    async def _tell(self, update: Update, context: Context, key: str, stands: Message | None = None) -> None:
        reader, of = self._session.reader(update), names(list(self._session.accounts.names))
        if stands is None or not stands.text:
            message = Message(reader.say(key, names=of), stands.buttons if stands is not None else ())
        elif key == "accounts.resumed":
            message = standing_pauses.below(Message(reader.say("resume.but", coin=of)), stands)
        else:
            message = stands
        await self._session.reply(update, context, message)


def _all_meant(context: Context) -> bool:
    words = [word.lower() for word in context.args or ()]
    return not words or (len(words) == 1 and words[0] in ALL_WORDS)


def _coin(reader: Reader, name: str) -> Html | str:
    return reader.plain("all") if name == ALL else name.split("-", maxsplit=1)[0]
