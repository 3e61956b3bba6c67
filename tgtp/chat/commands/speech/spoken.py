"""Plain text on its way to the command that it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from telegram import Update

from tgtp.chat.commands.arguments import known_legs
from tgtp.chat.commands.handlers import Context, HandlerGroup, button
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.commands.speech import hints
from tgtp.chat.commands.speech.grammar import TAKES, Phrase, asks_of_entries, coin_not_held, near, read
from tgtp.chat.commands.speech.partly import heard, offers
from tgtp.chat.commands.speech.stops import first_command, slashed
from tgtp.chat.commands.speech.words import READINGS, Known
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer

# Has a command answered with these words behind it, as if it had been typed so.
Route = Callable[[str, list[str], Update, Context], Awaitable[None]]


class Spoken(HandlerGroup):
    """Answers text without a command of Telegram's: as the command that it asks for, or with buttons."""

    def __init__(self, session: Session, names: Mapping[str, str], route: Route) -> None:
        """``names`` are the commands that there are, and the topic of each."""
        self._session = session
        self._names = names
        self._route = route

    async def take(self, update: Update, context: Context, text: str) -> None:
        """Do what a text asks for, where all of it is understood."""
        if asks_of_entries(slashed(text) or text):
            await self._session.reply(update, context, Message(self._session.reader(update).say("speech.entry")))
        elif (behind := slashed(text)) is not None:
            await self._take_slashed(update, context, behind)
        else:
            await self._take_plain(update, context, text)

    async def _take_plain(self, update: Update, context: Context, text: str) -> None:
        known, reader = self.known(), self._session.reader(update)
        if phrase := read(text, known):
            await self._route(phrase.command, list(phrase.words), update, context)
        elif phrases := near(text, known):
            await self._session.reply(update, context, self.did_you_mean(reader, phrases, text))
        else:
            await self._reply_unclear(update, context, text)

    async def _reply_unclear(self, update: Update, context: Context, text: str) -> None:
        known, reader = self.known(), self._session.reader(update)
        hint = hints.not_understood(reader, heard(text, known), offers(text, known))
        seen = self._session.checker.last_good
        held = known_legs(reader, seen) if seen is not None else ""
        if held and (coin := coin_not_held(text, known)) is not None:
            hint = hint._replace(text=reader.say("no.such.coin", word=coin, known=held))
        await self._session.reply(update, context, hint)

    async def _take_slashed(self, update: Update, context: Context, behind: str) -> None:
        """Read what Telegram took for no command: Chinese, a slash of a Chinese keyboard, or a word of another bot."""
        word, *rest = behind.split() or [""]
        if word.lower() in self._names:
            await self._route(word.lower(), rest, update, context)
        elif phrase := read(behind, self.known()):
            await self._route(phrase.command, list(phrase.words), update, context)
        elif found := first_command(behind):
            # The command's own parser says what is wrong with the rest.
            command, *fixed = found[0].split()
            await self._route(command, [*fixed, *found[1].split()], update, context)
        elif word.isascii() and word:
            reader = self._session.reader(update)
            await self._session.reply(update, context, hints.unknown_command(reader, f"/{word}", self._names))
        else:
            await self._reply_unclear(update, context, behind)

    def as_typed(self, command: str, words: list[str]) -> tuple[Phrase | None, list[Phrase]]:
        """Read the words behind a command by the same grammar: what they say, or else what they say but for a slip."""
        if command not in TAKES or not words:
            return None, []
        text, known = " ".join((command, *words)), self.known()
        if words[0].lower() in known.accounts and words[0].lower() in READINGS:
            # Behind a command the first word is the account.
            return None, []
        if (phrase := read(text, known)) is not None:
            return (phrase if phrase.command == command else None), []
        return None, [phrase for phrase in near(text, known) if phrase.command == command]

    def did_you_mean(self, reader: Reader, phrases: Sequence[Phrase], text: str) -> Message:
        """Ask whether a text is one of these, but for a slip."""
        return hints.did_you_mean(reader, phrases, heard(text, self.known()).unknown)

    def known(self) -> Known:
        """Return what names may stand for now, in all accounts."""
        accounts = self._session.accounts
        names = frozenset(name.lower() for name in accounts.names) if accounts.several else frozenset()
        if accounts.main.checker.last_good is None:
            return Known(None, names)
        held: set[str] = set()
        for account in accounts:
            held |= account.checker.journal.ledger.pauses().instruments
            if (seen := account.checker.last_good) is not None:
                held |= seen.instrument_ids
        return Known(frozenset(held), names)

    @button(hints.SAY, raises_risk=("resume:",))
    async def press(self, update: Update, context: Context, rest: str) -> None:
        """Do what the button of a hint says, as if it had been typed."""
        command, _, words = rest.partition(":")
        if command not in TAKES and command != "help":
            old = self._session.reader(update).plain("button.old", command="help")
            await answer(query_of(update), old)
            return
        await self._route(command, words.split(), update, context)
