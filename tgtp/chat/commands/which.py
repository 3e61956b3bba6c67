"""A first word that is the name of an account and a coin of the main one: a pause holds for both, all else asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from telegram import Update

from tgtp.chat.commands.arguments import instrument_named, is_named
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.vocabulary import ALL_WORDS, MODES, SIDES
from tgtp.chat.messages.message import Button, Message
from tgtp.domain.plan import ALL
from tgtp.engine.accounts import Account

WHICH = "wh"
# Commands whose first word may be a coin.
OF_COINS = frozenset({"status", "pause", "resume", "close", "leg", "pair", "chart", "rearm"})

Reading = Literal["account", "coin", "both"]


class AccountPicker:
    """Reads the first word of a command where there are several accounts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts = session.accounts

    def reading(self, command: str, account: Account, words: Sequence[str]) -> Reading:
        """Say how ``words``, whose first names this account, can be meant."""
        if command not in OF_COINS or not self._accounts.several or not self._is_coin(command, words[0]):
            return "account"
        if len(words) == 1:
            return "both"
        return "account" if _makes_sense_in(account, words[1].lower()) else "coin"

    async def answer(self, command: str, account: Account, word: str, update: Update, context: Context) -> None:
        """Pause both, or ask which one is meant."""
        reader = self._session.reader(update)
        if command == "pause":
            # Whoever stops something must not be asked what: too much is stopped rather than too little.
            scopes = [(account, ALL), (self._accounts.main, self._instrument(word))]
            self._accounts.pause_in(scopes, user_id(update))
            await self._session.reply(update, context, Message(reader.say("pause.both", account=account.name)))
            return
        rows = (
            (Button(reader.plain("button.which.account", account=account.name), f"{WHICH}:a:{command}:{account.name}"),),
            (Button(reader.plain("button.which.coin", coin=word.upper()), f"{WHICH}:c:{command}:{account.name}"),),
        )
        await self._session.reply(update, context, Message(reader.say("which", word=word), rows))

    def is_held(self, word: str) -> bool:
        """Say whether the main account holds a coin of this name, or has it paused."""
        checker = self._accounts.main.checker
        seen = checker.last_good
        held = {*seen.by_key, *seen.unreadable_keys} if seen is not None else set()
        names = {key.instrument_id for key in held} | checker.journal.ledger.pauses().instruments
        return any(is_named(word, name) for name in names)

    def _is_coin(self, command: str, word: str) -> bool:
        # Before anything was seen nobody knows: a stop holds for both then.
        unseen = self._accounts.main.checker.last_good is None
        return self.is_held(word) or (unseen and command == "pause")

    def _instrument(self, word: str) -> str:
        seen = self._accounts.main.checker.last_good
        held = sorted(key.instrument_id for key in (*seen.by_key, *seen.unreadable_keys)) if seen is not None else []
        return next((name for name in held if is_named(word, name)), instrument_named(word))


def _makes_sense_in(account: Account, word: str) -> bool:
    """Say whether a second word names something in an account; one that is not seen yet may hold anything."""
    if word in SIDES or word in MODES:
        return False
    seen = account.checker.last_good
    if word in ALL_WORDS or seen is None:
        return True
    return any(is_named(word, key.instrument_id) for key in (*seen.by_key, *seen.unreadable_keys))
