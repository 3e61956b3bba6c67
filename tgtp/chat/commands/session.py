"""What every command needs: who asks and how they want to be answered, what was seen last, and the way an answer goes out."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from telegram import CallbackQuery, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError

from tgtp.chat.access.users import UserPreferences
from tgtp.chat.commands.arguments import NoAnswer
from tgtp.chat.commands.handlers import Context
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.account_tags import addressed, headed
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer, edit, promptly, send, surely
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.state.account_overview import outlook_of
from tgtp.chat.texts import Html
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ports import Clock

# Buttons that lead to other accounts.
PER_ROW: Final = 4

Done = TypeVar("Done")


class Session:
    """What a handler needs to answer: one for what concerns all accounts or none, and one for each account.

    Where there are several accounts, whatever goes out from that of one names it, and its buttons come back there.
    """

    def __init__(
        self,
        accounts: Accounts,
        people: UserPreferences,
        clock: Clock,
        account: Account | None = None,
        *,
        below: bool = False,
        pending: PendingResults | None = None,
    ) -> None:
        """``below``: what is pressed stays as it is, and the answer comes below it.

        ``pending`` knows whose answer is the telling, so that the outbox leaves its alert out.
        """
        self.accounts = accounts
        self.checker = (account or accounts.main).checker
        self.people = people
        self.clock = clock
        self._below = below
        self._pending = pending or PendingResults()
        # The name that messages begin with; None where there is nothing to tell apart.
        self.named = account.name if account is not None and accounts.several else None

    @property
    def beside(self) -> tuple[str, ...]:
        """The other accounts, for buttons that lead to them."""
        return self.accounts.beside(self.named) if self.named is not None else ()

    def holding(self, coin: str) -> tuple[str, ...]:
        """The other accounts that hold a coin, as they were seen last."""
        looks = [(name, self.accounts.of(name)) for name in self.beside]
        seen = [(name, account.checker.last_good) for name, account in looks if account is not None]
        return tuple(name for name, look in seen if look is not None and any(key.coin == coin for key in look.leg_keys))

    def with_others(self, message: Message, data: str, names: Sequence[str] | None = None) -> Message:
        """Put buttons below that show the same of the other accounts, or of these."""
        others = [Button(name, f"@{name}:{data}") for name in (self.beside if names is None else names)]
        return message._replace(buttons=(*message.buttons, *grid(others, PER_ROW)))

    def reader(self, update: Update) -> Reader:
        """Return how the asking person wants to be answered, and the rules in force."""
        user = update.effective_user
        return self.setting_of(user.id, user.language_code) if user is not None else self.setting_of(0)

    def setting_of(self, user_id: int, code: str | None = None) -> Reader:
        """Return how a person wants to be told; ``code`` is the language of their Telegram, with an update."""
        people = self.people
        language = people.language(user_id, code)
        return Reader(
            language,
            self.checker.rules,
            self.checker.interval,
            people.zone,
            people.theme(user_id),
            # What an account's own session shows is named as a whole.
            tagged=self.accounts.several and self.named is None,
            rounds=len(self.checker.upkeep_scheduler.rules.plan.rounds),
            own_zone=people.own_zone(user_id),
        )

    def outlook(self) -> leg_state.Outlook | None:
        """Return what was seen last, or None before anything was."""
        return outlook_of(self.checker, self.clock.now())

    def seen(self, reader: Reader, *, anew: bool = False) -> leg_state.Outlook:
        """Return what was seen last. Raises NoAnswer before anything was, and says why."""
        outlook = self.outlook()
        if outlook is None:
            raise NoAnswer(self.unseen(reader).text, anew=anew)
        return outlook

    def unseen(self, reader: Reader) -> Message:
        """Say why there is nothing to show yet."""
        report = self.checker.last_report
        if report is None or report.error is None:
            return Message(reader.say("not.yet"))
        text = reader.say("nothing.seen", why=report.error.problem, interval=reader.interval)
        if self.checker.permission.refused:
            text = Html(f"{text}\n{reader.say('status.refused.do')}")
        return Message(text)

    async def do_and_answer(self, user: int, do: Callable[[], Done], answered: Callable[[Done], Awaitable[bool]]) -> None:
        """Do what people are alerted of, and answer: the alert is left out for the giver whose answer is in the chat.

        Where the answer was not taken, now or because this process ends, the outbox tells them. Raises what the two raise.
        """
        journal = self.checker.journal
        with self._pending.working(user):
            before = {told.number for told in journal.ledger.outbox()}
            done = do()
            fresh = [told for told in journal.ledger.outbox() if told.number not in before]
            try:
                if await answered(done):
                    self._pending.read((told.number for told in fresh if told.on_card == user), user)
            finally:
                journal.wake()

    async def reply(self, update: Update, context: Context, message: Message, *, anew: bool = False) -> bool:
        """Answer a command, or a press: in the place of the message that was pressed, unless it is to stay (``anew``).

        False where Telegram did not take it, and it is tried again beside.
        """
        query = update.callback_query
        if query is not None:
            await answer(query)
        if query is not None and not (anew or self._below):
            await self.change(query, message)
            return True
        if update.effective_chat is not None:
            chat_id, dressed = update.effective_chat.id, self._dressed(message)
            return await promptly(context.application, lambda: send(context.bot, chat_id, dressed))
        return False

    async def change(self, query: CallbackQuery, message: Message) -> None:
        """Put a message in the place of the one that was pressed, whose press is answered already. Raises TelegramError."""
        dressed = self._dressed(message)
        await surely(lambda: edit(query, dressed))

    async def change_now(self, query: CallbackQuery, message: Message) -> None:
        """Do the same with one try. Raises TelegramError."""
        await edit(query, self._dressed(message))

    async def below(self, query: CallbackQuery, message: Message) -> None:
        """Send a message below the one that was pressed, whose press is answered already. Raises TelegramError."""
        dressed = self._dressed(message)
        await surely(lambda: send(query.get_bot(), query.from_user.id, dressed))

    def _dressed(self, message: Message) -> Message:
        return message if self.named is None else headed(addressed(message, self.named), self.named, self.accounts.names)

    async def work(self, update: Update, context: Context) -> None:
        """Show that a picture is being made; that this fails is no error."""
        query, chat = update.callback_query, update.effective_chat
        if query is not None:
            await answer(query)
        elif chat is not None:
            with contextlib.suppress(TelegramError):
                await context.bot.send_chat_action(chat.id, ChatAction.UPLOAD_PHOTO)


def user_id(update: Update) -> int:
    """Return who asks."""
    if update.effective_user is None:
        raise ValueError("the gate lets nobody pass without a user")
    return update.effective_user.id


def query_of(update: Update) -> CallbackQuery:
    """Return the press."""
    if update.callback_query is None:
        raise ValueError("only a press comes here")
    return update.callback_query


def whole_number(word: str) -> int | None:
    """Read a whole number; ``isdigit`` would take ``²`` too, which is none."""
    return int(word) if word.isdecimal() else None
