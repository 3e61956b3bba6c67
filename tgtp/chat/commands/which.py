"""A first word that is the name of an account, and a coin of the main one or a rule: a pause holds for both, all else asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from telegram import Update

from tgtp.chat.commands.arguments import NoAnswer, Unclear, instrument_named, is_named
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.pause.parse import read_pause
from tgtp.chat.commands.pause.pause_view import paused
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.vocabulary import ALL_WORDS, MODES, RULES, SIDES
from tgtp.chat.messages.account_tags import with_account
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.engine.accounts import Account

WHICH = "wh"
# Commands whose first word may be a coin.
# Of these, those whose words are read as of a pause.
PAUSES = ("pause", "resume")
# Telegram takes no longer data.
LONGEST_DATA = 64
OF_COINS = frozenset({"status", "pause", "resume", "close", "leg", "pair", "chart", "rearm"})

Reading = Literal["account", "coin", "both"]


class AccountPicker:
    """Reads the first word of a command where there are several accounts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts = session.accounts

    def reading(self, command: str, account: Account, words: Sequence[str]) -> Reading:
        """Say how ``words``, whose first names this account, can be meant."""
        if command not in OF_COINS or not self._accounts.several:
            return "account"
        if command in PAUSES and words[0].lower() in RULES:
            return self._reading_of_rule(words)
        if not self._is_coin(command, words[0]):
            return "account"
        if command == "pause" and account is self._accounts.main:
            # What is paused in main is paused of its coin, too.
            return "account"
        if len(words) == 1:
            return "both"
        if command in PAUSES:
            return self._reading_of_pause(account, words)
        return "account" if _makes_sense_in(account, words[1].lower()) else "coin"

    def _reading_of_pause(self, account: Account, words: Sequence[str]) -> Reading:
        """Return how the words of a pause can be meant: those that name no other coin narrow down either."""
        seen = account.checker.last_good
        try:
            wish = read_pause(
                self._session.setting_of(0),
                words[1:],
                None,
                self._session.clock.now(),
                also=seen.instrument_ids if seen is not None else (),
            )
        except NoAnswer:
            # Said where the pauses of main are read.
            return "coin"
        return "both" if wish.scope.instrument_id is None else "account"

    def _reading_of_rule(self, words: Sequence[str]) -> Reading:
        """Return how the words of a pause can be meant whose first is an account and a rule."""
        try:
            scope = read_pause(self._session.setting_of(0), words[1:], None, self._session.clock.now()).scope
        except NoAnswer:
            # Said where the pauses of the account are read.
            return "account"
        # Behind a rule no coin stands, and no other rule.
        return "both" if scope.instrument_id is None and scope.rule is None else "account"

    async def answer(self, command: str, account: Account, word: str, update: Update, context: Context) -> None:
        """Pause both, or ask which one is meant. Raises Unclear."""
        reader, rest = self._session.reader(update), list(context.args or ())[1:]
        rule = RULES.get(word.lower()) if command in PAUSES else None
        named = reader.plain(f"pause.rule.{rule}") if rule is not None else word.upper()
        if command == "pause":
            # Whoever stops something must not be asked what: too much is stopped rather than too little.
            now = self._session.clock.now()
            wish = read_pause(reader, rest, None, now)
            if rule is not None:
                beside = [(one, wish.scope._replace(rule=rule)) for one in self._accounts]
            else:
                beside = [(self._accounts.main, wish.scope._replace(instrument_id=self._instrument(word)))]
            scopes = [(account, wish.scope.name), *((one, scope.name) for one, scope in beside)]
            text = reader.say("pause.both.rule" if rule else "pause.both", account=account.name)
            if rest:
                how = with_account(paused(reader, wish, now, []), account.name, self._accounts.names)
                text = Html(f"{text}\n{how}")
            by, told = user_id(update), Message(text)
            await self._session.do_and_answer(
                by,
                lambda: self._accounts.pause_in(scopes, by, wish.until),
                lambda _: self._session.reply(update, context, told),
            )
            return
        said = f"{command}:{account.name}" + (f":{' '.join(rest)}" if rest else "")
        if len(f"{WHICH}:a:{said}".encode()) > LONGEST_DATA:
            raise Unclear(reader.say("resume.forms", word=" ".join(rest)[:40]))
        rows = (
            (Button(reader.plain("button.which.account", account=account.name), f"{WHICH}:a:{said}"),),
            (Button(reader.plain("button.which.rule" if rule else "button.which.coin", coin=named), f"{WHICH}:c:{said}"),),
        )
        await self._session.reply(update, context, Message(reader.say("which.rule" if rule else "which", word=word), rows))

    def is_held(self, word: str) -> bool:
        """Return whether the main account holds a coin of this name, or has it paused."""
        checker = self._accounts.main.checker
        seen = checker.last_good
        held = seen.instrument_ids if seen is not None else frozenset[str]()
        names = held | checker.journal.ledger.pauses().instruments
        return any(is_named(word, name) for name in names)

    def _is_coin(self, command: str, word: str) -> bool:
        # Before anything was seen nobody knows: a stop holds for both then.
        unseen = self._accounts.main.checker.last_good is None
        return self.is_held(word) or (unseen and command == "pause")

    def _instrument(self, word: str) -> str:
        seen = self._accounts.main.checker.last_good
        held = sorted(seen.instrument_ids) if seen is not None else []
        return next((name for name in held if is_named(word, name)), instrument_named(word))


def _makes_sense_in(account: Account, word: str) -> bool:
    """Return whether a second word names something in an account; one that is not seen yet may hold anything."""
    if word in SIDES or word in MODES:
        return False
    seen = account.checker.last_good
    if word in ALL_WORDS or seen is None:
        return True
    return any(is_named(word, name) for name in seen.instrument_ids)
