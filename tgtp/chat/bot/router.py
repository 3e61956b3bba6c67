"""The way in: each command and button finds the method that answers it, and the account that it is meant for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from telegram import CallbackQuery, Update
from telegram import Message as TelegramMessage
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.access.users import UserPreferences
from tgtp.chat.commands import arguments
from tgtp.chat.commands.backtest.backtest_commands import BacktestCommands
from tgtp.chat.commands.backtest.running import BacktestRun
from tgtp.chat.commands.backtest.what_if_commands import WhatIfCommands
from tgtp.chat.commands.close.close_commands import CloseCommands
from tgtp.chat.commands.dynamic.dynamic_commands import DynamicCommands
from tgtp.chat.commands.guards.drawdown_commands import DrawdownCommands
from tgtp.chat.commands.guards.guard_commands import GuardCommands
from tgtp.chat.commands.handlers import Context, Handler, HandlerGroup, button, command, risky_buttons, table, topics_of
from tgtp.chat.commands.help import HelpCommand
from tgtp.chat.commands.history.drill_commands import Channels, DrillCommands
from tgtp.chat.commands.history.health_view import Running
from tgtp.chat.commands.history.history_commands import AccountHistoryCommands, HistoryCommands
from tgtp.chat.commands.history.program_commands import ProgramCommands
from tgtp.chat.commands.history.report_commands import ReportCommands
from tgtp.chat.commands.overview.accounts_commands import AccountsCommands
from tgtp.chat.commands.overview.confirm_account import ConfirmAccount
from tgtp.chat.commands.overview.panel_commands import PanelCommands
from tgtp.chat.commands.overview.panel_keeper import PanelKeeper
from tgtp.chat.commands.pause.lift_buttons import LiftButtons
from tgtp.chat.commands.pause.pause_buttons import PauseButtons
from tgtp.chat.commands.pause.pause_commands import AccountPauseCommands, PauseCommands
from tgtp.chat.commands.positions.chart_commands import ChartCommands
from tgtp.chat.commands.positions.leg_commands import LegCommands
from tgtp.chat.commands.positions.status_command import StatusCommand
from tgtp.chat.commands.preferences.keyboard import KeyboardCommand
from tgtp.chat.commands.preferences.language_commands import LanguageCommands
from tgtp.chat.commands.preferences.notify_commands import NotifyCommands
from tgtp.chat.commands.preferences.theme import ThemeCommand
from tgtp.chat.commands.resting.resting_commands import RestingCommands
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.commands.speech.spoken import Spoken
from tgtp.chat.commands.speech.stops import COMMAND, glued
from tgtp.chat.commands.tiers.forgotten_orders import ForgottenOrders
from tgtp.chat.commands.tiers.rearm_commands import RearmCommands
from tgtp.chat.commands.tiers.tiers_commands import TiersCommands
from tgtp.chat.commands.unpair import UnpairCommand
from tgtp.chat.commands.upkeep.totp_command import TotpCommand
from tgtp.chat.commands.upkeep.upkeep_commands import UpkeepCommands
from tgtp.chat.commands.vocabulary import keys_of
from tgtp.chat.commands.which import WHICH, AccountPicker
from tgtp.chat.formatting.error_text import reasons
from tgtp.chat.formatting.half_width import half_width
from tgtp.chat.messages.account_tags import parted, without_address
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer, send
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.texts import Html, plain
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ports import Backtests, Clock
from tgtp.errors import LedgerWriteFailed, PauseUnwritten

log = logging.getLogger(__name__)


class Router(HandlerGroup):
    """Answers commands and buttons of the people that the gate lets pass.

    A command whose first word is the name of an account goes to that account's handlers; without one it goes to the group that
    speaks for all accounts, or else to the main account's.
    """

    def __init__(
        self,
        accounts: Accounts,
        people: UserPreferences,
        clock: Clock,
        running: Running | None = None,
        pending: PendingResults | None = None,
        codes: TotpQuestions | None = None,
        channels: Channels | None = None,
        waited: Callable[[int], bool] = lambda _: False,
        announce: Callable[[], object] | None = None,
        backtests: Backtests | None = None,
    ) -> None:
        """``waited`` says of an update if nobody listened.

        ``announce`` shows a pairing code on the console; None where no code makes an owner.
        Without ``backtests`` there are no prices of the past.
        """
        self._accounts = accounts
        self._waited = waited
        self._ledger = accounts.main.checker.journal.ledger
        running, pending = running or Running(lambda: None, {}), pending or PendingResults()
        codes, channels = codes or TotpQuestions(None, accounts.main.checker.journal), channels or Channels()
        actions = accounts.main.actions
        self.session = Session(accounts, people, clock, pending=pending)
        self.reader = self.session.reader
        self._which = AccountPicker(self.session)
        self._left_out = {one.name: one.why for one in running.left_out}
        self._sessions = {account.name: Session(accounts, people, clock, account, pending=pending) for account in accounts}
        subs = tuple(account.name for account in accounts if account.role == "sub")
        self.backtests = BacktestRun(backtests)
        self._own = {
            account.name: table(
                *self._own_groups(account, running, codes, pending),
                UpkeepCommands(self._sessions[account.name], codes, pending, subs),
            )
            for account in accounts
        }
        self._codes = TotpCommand(self.session, codes)
        self._spoken = Spoken(self.session, COMMANDS, self._route)
        main = self._sessions[accounts.main.name]
        self.panels = PanelKeeper(self.session, actions)
        drawdown = DrawdownCommands(self.session, codes)
        self._shared = table(
            self,
            BacktestCommands(self.session, self.backtests),
            self._codes,
            self._spoken,
            HelpCommand(self.session, COMMANDS),
            AccountsCommands(self.session, running.left_out),
            PanelCommands(self.session, self.panels, StatusCommand(main, running.left_out, running.page)),
            TiersCommands(self.session, actions, codes),
            GuardCommands(self.session, actions, codes, drawdown),
            drawdown,
            ThemeCommand(self.session, actions),
            ReportCommands(self.session, [account.checker for account in accounts]),
            NotifyCommands(self.session, actions),
            HistoryCommands(self.session, running, channels),
            ProgramCommands(self.session, running),
            DrillCommands(self.session, channels),
            LanguageCommands(self.session, actions),
            KeyboardCommand(self.session),
            UnpairCommand(self.session, actions, announce),
            *(self._pauses_of_all(main, pending) if accounts.several else []),
        )

    def _pauses_of_all(self, main: Session, pending: PendingResults) -> list[HandlerGroup]:
        """Build what pauses all accounts at once."""
        below = Session(self._accounts, self.session.people, self.session.clock, below=True, pending=pending)
        here, there = (
            PauseCommands(session, AccountPauseCommands(main, self._accounts.main.actions)) for session in (self.session, below)
        )
        return [here, PauseButtons(self.session, here, there)]

    def _own_groups(
        self, account: Account, running: Running, codes: TotpQuestions, pending: PendingResults
    ) -> list[HandlerGroup]:
        """Build what shows one account or acts on it."""
        session, actions = self._sessions[account.name], account.actions
        pauses = AccountPauseCommands(session, actions)
        below = Session(self._accounts, session.people, session.clock, account, below=True, pending=pending)
        groups: list[HandlerGroup] = [
            StatusCommand(session, running.left_out, running.page),
            pauses,
            PauseButtons(session, pauses, AccountPauseCommands(below, actions)),
            LiftButtons(session, actions, codes),
            CloseCommands(session, actions, pending),
            ConfirmAccount(session, actions, codes),
            LegCommands(session, actions),
            RearmCommands(session, actions, codes),
            DynamicCommands(session, actions, codes),
            RestingCommands(session, actions, codes),
            ForgottenOrders(session, actions, codes),
            ChartCommands(session),
            AccountHistoryCommands(session, running),
            WhatIfCommands(session, self.backtests),
        ]
        if self._accounts.several:
            groups.append(ReportCommands(session, [account.checker]))
        return groups

    def register(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Add every handler; the gate must stand before them."""
        for name in self._shared.commands | self._own[self._accounts.main.name].commands:
            app.add_handler(CommandHandler(name, _begun(self._routed(name)), filters=filters.UpdateType.MESSAGE))
        app.add_handler(CallbackQueryHandler(_begun(self.press)))
        # "You pinned a message" and the like are nothing to answer.
        words = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
        app.add_handler(MessageHandler(words, _begun(self._guarded(self.other, self.session))))

    def _routed(self, name: str) -> Handler:
        """Return what finds the account that a command is meant for, and has it answered there."""

        async def routed(update: Update, context: Context) -> None:
            words = context.args or []
            if name != COMMAND and (message := update.message) is not None and message.text and message.entities:
                # "/resume,CRV" must not resume everything. Of a pause more than was meant is the lesser evil.
                words = [*glued(message.text, message.entities[0].length), *words]
            await self._route(name, words, update, context)

        return routed

    async def _route(self, name: str, typed: Sequence[str], update: Update, context: Context) -> None:
        """Have a command answered with the words behind it; this is the one road, however it was said."""
        # A Chinese keyboard writes ＣＲＶ and ２５：３０.
        words = [half_width(word) for word in typed]
        phrase, slips = self._spoken.as_typed(name, words)
        if slips:
            await self.session.reply(update, context, self._spoken.did_you_mean(self.reader(update), slips, " ".join(words)))
            return
        if phrase is not None:
            # An account is named in the answer as it was typed.
            kept = words[:1] if words and phrase.words and words[0].lower() == phrase.words[0].lower() else phrase.words[:1]
            words = [*kept, *phrase.words[1:]]
        context.args = words
        account = self._accounts.of(words[0]) if words else None
        reading = "coin"
        if account is not None and name in self._own[account.name].commands:
            reading = self._which.reading(name, account, words)
        elif words and (why := self._left_out.get(words[0].lower())) and not self._which.is_held(words[0]):
            reader = self.reader(update)
            language = reader.language
            said = reader.say("account.left_out", name=words[0].lower(), why=reasons(language, why))
            await self.session.reply(update, context, Message(said))
            return
        if account is not None and reading == "both":
            named = account

            async def ask(update: Update, context: Context) -> None:
                await self._which.answer(name, named, words[0], update, context)

            await self._guarded(ask, self.session)(update, context)
            return
        await self._run(name, account if reading == "account" else None, update, context)

    async def _run(self, name: str, account: Account | None, update: Update, context: Context) -> None:
        """Have a command answered in the account that its first word names, or where it is answered without a name."""
        if account is not None:
            context.args = (context.args or [])[1:]
        elif name not in self._shared.commands:
            account = self._accounts.main
        commands = self._own[account.name].commands if account is not None else self._shared.commands
        session = self._sessions[account.name] if account is not None else self.session
        await self._guarded(commands[name], session)(update, context)

    @button(WHICH, raises_risk=("a:resume:", "c:resume:"))
    async def _press_which(self, update: Update, context: Context, rest: str) -> None:
        """Go on with a command whose first word was an account and a coin: ``a`` or ``c``, the command, the word."""
        how, _, more = rest.partition(":")
        name, _, said = more.partition(":")
        word, _, behind = said.partition(":")
        account = self._accounts.of(word)
        if account is None or name not in self._own[account.name].commands:
            await answer(query_of(update), plain(self.reader(update).language, "button.old", command="status"))
            return
        context.args = [word, *behind.split()]
        await self._run(name, account if how == "a" else None, update, context)

    def _guarded(self, handler: Handler, session: Session) -> Handler:
        async def guarded(update: Update, context: Context) -> None:
            try:
                await handler(update, context)
            except arguments.NoAnswer as exc:
                await session.reply(update, context, Message(exc.text), anew=exc.anew)
            except LedgerWriteFailed as exc:
                log.error("a command could not be written down: %s", exc)
                if update.callback_query is not None:
                    await answer(update.callback_query)
                if update.effective_chat is not None:
                    # Below the question, whose buttons may be pressed again.
                    key = "pause.unwritten" if isinstance(exc, PauseUnwritten) else "not_written"
                    words = self.reader(update).say(key, what=exc.problem)
                    await send(context.bot, update.effective_chat.id, Message(words))

        return guarded

    @command("start", topic="bot", place=6)
    async def start(self, update: Update, context: Context) -> None:
        """Say hello; the gate has already made the bringer of a pairing code the owner."""
        reader, user = self.reader(update), update.effective_user
        paired = bool(context.args) and user is not None and user.id == self._ledger.note("owner")
        key = "start.paired" if paired else "start.hello"
        words, keys, people = reader.say(key, interval=reader.interval, id=user.id if user else ""), None, self.session.people
        if user is not None:
            try:
                people.offer_keys(user.id)
            except LedgerWriteFailed as exc:
                words = Html(f"{words}\n{reader.say('not_kept', what=exc.problem)}")
            keys = keys_of(reader.language) if people.has_keys(user.id) else None
        await self.session.reply(update, context, Message(words, keys=keys))

    async def other(self, update: Update, context: Context) -> None:
        """Answer what is no command of Telegram's."""
        message = update.effective_message
        text = (message.text or message.caption or "") if message else ""
        if self._codes.is_meant(update, text):
            await self._codes.take(update, context, text)
            return
        await self._spoken.take(update, context, text)

    async def press(self, update: Update, context: Context) -> None:
        """Answer a button: the group that made it does, or it is told to be old."""
        query = update.callback_query
        if query is None:
            return
        name, data = parted(query.data or "")
        if data.startswith(RAISES_RISK) and self._waited(update.update_id):
            await self._ask_again(update, context, query)
            return
        kind, _, rest = data.partition(":")
        account, session = self._accounts.of(name) if name else self._accounts.main, self.session
        # Also of one that is no longer among the accounts: its button acts on no other.
        own = self._own[account.name].buttons if account is not None else {}
        shared = self._shared.buttons if account is not None else {}
        pressed = own.get(kind) or shared.get(kind) if name else shared.get(kind) or own.get(kind)
        if name:
            session = self._sessions[account.name] if account is not None else session
            update = without_address(update, query, data)
        if pressed is None:
            await answer(query, plain(self.reader(update).language, "button.old", command="status"))
            return
        await self._guarded(lambda update, context: pressed(update, context, rest), session)(update, context)

    async def _ask_again(self, update: Update, context: Context, query: CallbackQuery) -> None:
        """Put a button of before below, for another press."""
        reader = self.reader(update)
        # A panel that was left alone has no buttons any more.
        unlabelled = "panel.button.resume" if (query.data or "").startswith("pb:") else "press.late.again"
        label = _label(query) or reader.plain(unlabelled)
        again = Message(reader.say("press.late", label=label), ((Button(label, query.data or ""),),))
        await self.session.reply(update, context, again, anew=True)


def _begun(handler: Handler) -> Handler:
    """Return what carries an update out up to its first wait, and the rest beside all others.

    What a person asks for is so done in the order in which it was asked, and a stop waits for nobody's answer.
    """

    async def begun(update: Update, context: Context) -> None:
        context.application.create_task(handler(update, context), update)
        # The task takes its first step before the next update meets the gate.
        await asyncio.sleep(0)

    return begun


def _label(query: CallbackQuery) -> str:
    shown = query.message.reply_markup if isinstance(query.message, TelegramMessage) else None
    rows = shown.inline_keyboard if shown is not None else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), "")


GROUPS: Final = (
    Router,
    StatusCommand,
    AccountPauseCommands,
    PauseButtons,
    LiftButtons,
    CloseCommands,
    ConfirmAccount,
    LegCommands,
    AccountsCommands,
    PanelCommands,
    HelpCommand,
    TiersCommands,
    GuardCommands,
    DrawdownCommands,
    RearmCommands,
    DynamicCommands,
    RestingCommands,
    ThemeCommand,
    ReportCommands,
    NotifyCommands,
    AccountHistoryCommands,
    HistoryCommands,
    ProgramCommands,
    DrillCommands,
    LanguageCommands,
    KeyboardCommand,
    UnpairCommand,
    UpkeepCommands,
    TotpCommand,
    ChartCommands,
    ForgottenOrders,
    PauseCommands,
    Spoken,
    BacktestCommands,
    WhatIfCommands,
)
# The topic of every command; and how the data of buttons begins that let the program trade more.
COMMANDS: Final = topics_of(GROUPS)
RAISES_RISK: Final = risky_buttons(GROUPS)
