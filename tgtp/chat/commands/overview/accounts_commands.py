"""All accounts at once: /accounts lists them, and /pause and /resume without a name stop and start them all."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Update

from tgtp.chat.commands.close.close_view import ALL_WORDS, Unclear
from tgtp.chat.commands.context import Context, Handler, Press, Reception, outlook_of, user_id
from tgtp.chat.commands.overview import accounts_view
from tgtp.chat.commands.overview.today_totals import SoFar
from tgtp.chat.commands.positions.status_command import AtHand
from tgtp.chat.formatting.numbers import names
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import say
from tgtp.domain.plan import ALL
from tgtp.engine.accounts import Account


class AccountsRoom:
    """Answers /accounts."""

    slow: frozenset[str] = frozenset()

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {"accounts": self.accounts}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {"ac": self._press}

    async def accounts(self, update: Update, context: Context) -> None:
        """List the accounts. Raises Unclear."""
        setting, accounts = self._reception.setting(update), self._reception.accounts
        if context.args:
            known = ", ".join(accounts.names)
            raise Unclear(say(setting.language, "accounts.words", word=" ".join(context.args)[:40], names=known))
        await self._reply(update, context)

    async def _press(self, update: Update, context: Context, _: str) -> None:
        await self._reply(update, context)

    async def _reply(self, update: Update, context: Context) -> None:
        reception, now = self._reception, self._reception.clock.now()
        seen = [seen_now(reception, account) for account in reception.accounts]
        exchange = reception.checker.exchange_name
        await reception.reply(update, context, accounts_view.accounts(reception.setting(update), seen, exchange, now))


class Switch:
    """Answers /pause and /resume without the name of an account, where there are several: all of them, or a coin of main."""

    slow: frozenset[str] = frozenset()

    def __init__(self, reception: Reception, main: AtHand) -> None:
        self._reception = reception
        self._main = main

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {"pause": self.pause, "resume": self.resume}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {}

    async def pause(self, update: Update, context: Context) -> None:
        """Stop closing, in all accounts at once."""
        if not _all_meant(context):
            await self._main.pause(update, context)
            return
        done = self._reception.accounts.pause_all(user_id(update))
        await self._tell(update, context, "accounts.paused" if done else "accounts.paused.already")

    async def resume(self, update: Update, context: Context) -> None:
        """Go on, in all accounts at once."""
        if not _all_meant(context):
            await self._main.resume(update, context)
            return
        done = self._reception.accounts.resume_all(user_id(update))
        await self._tell(update, context, "accounts.resumed" if done else "accounts.resumed.already")

    async def _tell(self, update: Update, context: Context, key: str) -> None:
        language, of = self._reception.setting(update).language, names(list(self._reception.accounts.names))
        await self._reception.reply(update, context, Message(say(language, key, names=of)))


def seen_now(
    reception: Reception, account: Account, old: float | None = None, today: SoFar | None = None
) -> accounts_view.Seen:
    """Give an account as it was seen last; ``old`` where the age of that is known better than from the wall clock."""
    checker, now = account.checker, reception.clock.now()
    outlook, report = outlook_of(checker, now), checker.last_report
    if outlook is not None and old is None:
        old = (now - outlook.snapshot.taken_at).total_seconds()
    return accounts_view.Seen(
        account=account.name,
        outlook=outlook,
        old=old or 0.0,
        paused=checker.journal.ledger.paused(),
        tried_at=report.started_at if report is not None else None,
        why=str(report.error or "") if report is not None else "",
        refused=checker.refused,
        today=today,
    )


def _all_meant(context: Context) -> bool:
    words = [word.lower() for word in context.args or ()]
    return not words or (len(words) == 1 and words[0] in (*ALL_WORDS, ALL))
