"""The way in: each command and button finds the room that answers it, and the account that it is meant for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telegram import CallbackQuery, Update
from telegram import Message as TelegramMessage
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from tgtp.chat.access.stops import COMMAND, glued, is_stop
from tgtp.chat.access.totp import Codes
from tgtp.chat.access.users import People
from tgtp.chat.commands import arguments
from tgtp.chat.commands.context import Context, Handler, Press, Reception, Room, query_of
from tgtp.chat.commands.help import Guide, nearest_command
from tgtp.chat.commands.history.drill_commands import Channels, DrillRoom
from tgtp.chat.commands.history.health_view import Running
from tgtp.chat.commands.history.history_commands import AccountRecords, Records
from tgtp.chat.commands.history.report_commands import Reports
from tgtp.chat.commands.overview.accounts_commands import AccountsRoom
from tgtp.chat.commands.overview.panel_commands import PanelRoom
from tgtp.chat.commands.overview.panel_keeper import PanelKeeper
from tgtp.chat.commands.pause import Switch
from tgtp.chat.commands.positions.chart_commands import Pictures
from tgtp.chat.commands.positions.leg_commands import Legs
from tgtp.chat.commands.positions.status_command import AtHand
from tgtp.chat.commands.preferences.language_commands import Languages
from tgtp.chat.commands.preferences.notify_commands import Noise
from tgtp.chat.commands.preferences.theme import Themes
from tgtp.chat.commands.tiers.forgotten_orders import ForgottenOrders
from tgtp.chat.commands.tiers.rearm_commands import Rearming
from tgtp.chat.commands.tiers.tiers_commands import Ladders
from tgtp.chat.commands.unpair import Unpairing
from tgtp.chat.commands.upkeep.totp_command import CodeRoom
from tgtp.chat.commands.upkeep.upkeep_commands import UpkeepRoom
from tgtp.chat.commands.which import WHICH, Which
from tgtp.chat.events import account_lines, forgotten_order, pause_lines
from tgtp.chat.formatting.error_text import problem, reasons
from tgtp.chat.formatting.half_width import half_width
from tgtp.chat.messages.account_tags import parted, without_address
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer, send
from tgtp.chat.outbox.shown_elsewhere import Cards
from tgtp.chat.texts import plain, say
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ports import Clock
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

COMMANDS = (
    *("start", "help", "status", "accounts", "pause", "resume", "close", "panel", "leg", "pair", "pairs", "tiers", "rearm"),
    *("maintain", "correct", "code", "chart", "pnl", "equity", "theme", "report", "export", "notify", "quiet", "history"),
    *("why", "health", "drill", "ack", "lang", "unpair"),
)
# Buttons that let the program trade more, and work in a message of any age; what asks for a confirmation dies with its minute.
RAISES_RISK = (
    *("pb:", "lz:r:", "ra:", f"{pause_lines.LIFT}:", f"{account_lines.CONFIRM}:"),
    # The tier whose order is said not to have filled fires again.
    f"{forgotten_order.NOT_FILLED}:",
    *(f"{WHICH}:{reading}:resume:" for reading in "ac"),
)


class Commands:
    """Answers commands and buttons of the people that the gate lets pass.

    A command whose first word is the name of an account goes to that account's rooms; without one it goes to the room that
    speaks for all accounts, or else to the main account's.
    """

    def __init__(
        self,
        accounts: Accounts,
        people: People,
        clock: Clock,
        running: Running | None = None,
        cards: Cards | None = None,
        codes: Codes | None = None,
        channels: Channels | None = None,
        waited: Callable[[int], bool] = lambda _: False,
        announce: Callable[[], object] | None = None,
    ) -> None:
        """``waited`` says of an update if nobody listened.

        ``announce`` shows a pairing code on the console; None where no code makes an owner.
        """
        self._accounts = accounts
        self._waited = waited
        self._ledger = accounts.main.checker.journal.ledger
        running, cards = running or Running(lambda: None, {}), cards or Cards()
        codes, channels = codes or Codes(None, accounts.main.checker.journal), channels or Channels()
        desk = accounts.main.desk
        self.reception = Reception(accounts, people, clock)
        self.setting = self.reception.setting
        self._which = Which(self.reception)
        self._left_out = {one.name: one.why for one in running.left_out}
        # What answers each command: for all accounts, and in each of them.
        self._handlers: dict[str, tuple[Handler | None, Mapping[str, Handler | None]]] = {}
        self._receptions = {account.name: Reception(accounts, people, clock, account) for account in accounts}
        self._at_hand = {
            account.name: AtHand(self._receptions[account.name], account.desk, cards, codes, running.left_out)
            for account in accounts
        }
        subs = tuple(account.name for account in accounts if account.role == "sub")
        self._own = {
            account.name: [
                *self._own_rooms(account, running, codes),
                UpkeepRoom(self._receptions[account.name], codes, cards, subs),
            ]
            for account in accounts
        }
        self._codes = CodeRoom(self.reception, codes)
        main = self._at_hand[accounts.main.name]
        self.panels = PanelKeeper(self.reception)
        self._shared: list[Room] = [
            self,
            self._codes,
            Guide(self.reception, COMMANDS),
            AccountsRoom(self.reception, running.left_out),
            PanelRoom(self.reception, desk, self.panels, main),
            Ladders(self.reception, desk, codes),
            Themes(self.reception, desk),
            Reports(self.reception, [account.checker for account in accounts]),
            Noise(self.reception, desk),
            Records(self.reception, running, channels),
            DrillRoom(self.reception, channels),
            Languages(self.reception, desk),
            Unpairing(self.reception, desk, announce),
        ]
        if accounts.several:
            self._shared.append(Switch(self.reception, main))

    def _own_rooms(self, account: Account, running: Running, codes: Codes) -> list[Room]:
        """Build the rooms that show one account or act on it."""
        reception = self._receptions[account.name]
        rooms: list[Room] = [
            self._at_hand[account.name],
            Legs(reception, account.desk),
            Rearming(reception, account.desk, codes),
            ForgottenOrders(reception, account.desk, codes),
            Pictures(reception),
            AccountRecords(reception, running),
        ]
        if self._accounts.several:
            rooms.append(Reports(reception, [account.checker]))
        return rooms

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {"start": self.start}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {WHICH: self._press_which}

    def register(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Add every handler; the gate must stand before them."""
        rooms = [*self._shared, *self._own[self._accounts.main.name]]
        for name in dict.fromkeys(name for room in rooms for name in room.commands()):
            app.add_handler(CommandHandler(name, _begun(self._routed(name)), filters=filters.UpdateType.MESSAGE))
        app.add_handler(CallbackQueryHandler(_begun(self.press)))
        # "You pinned a message" and the like are nothing to answer.
        words = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
        app.add_handler(MessageHandler(words, _begun(self._guarded(self.other, self.reception))))

    def _routed(self, name: str) -> Handler:
        """Give what finds the account that a command is meant for, and has it answered there."""
        shared = next((room.commands()[name] for room in self._shared if name in room.commands()), None)
        own = {
            account: next((room.commands()[name] for room in rooms if name in room.commands()), None)
            for account, rooms in self._own.items()
        }

        self._handlers[name] = (shared, own)

        async def routed(update: Update, context: Context) -> None:
            if name != COMMAND and (message := update.message) is not None and message.text and message.entities:
                # "/resume,CRV" must not resume everything. Of a pause more than was meant is the lesser evil.
                context.args = [*glued(message.text, message.entities[0].length), *(context.args or [])]
            # A Chinese keyboard writes ＣＲＶ and ２５：３０.
            words = context.args = [half_width(word) for word in context.args or ()]
            account = self._accounts.of(words[0]) if words else None
            reading = "coin"
            if account is not None and own.get(account.name) is not None:
                reading = self._which.reading(name, account, words)
            elif words and (why := self._left_out.get(words[0].lower())) and not self._which.is_held(words[0]):
                language = self.setting(update).language
                said = say(language, "account.left_out", name=words[0].lower(), why=reasons(language, why))
                await self.reception.reply(update, context, Message(said))
                return
            if account is not None and reading == "both":

                async def ask(update: Update, context: Context) -> None:
                    await self._which.answer(name, account, words[0], update, context)

                await self._guarded(ask, self.reception)(update, context)
                return
            await self._run(name, account if reading == "account" else None, update, context)

        return routed

    async def _run(self, name: str, account: Account | None, update: Update, context: Context) -> None:
        """Have a command answered in the account that its first word names, or where it is answered without a name."""
        shared, own = self._handlers[name]
        if account is not None:
            context.args = (context.args or [])[1:]
            handler = own[account.name]
        elif shared is not None:
            handler = shared
        else:
            account = self._accounts.main
            handler = own[account.name]
        if handler is not None:
            reception = self._receptions[account.name] if account is not None else self.reception
            await self._guarded(handler, reception)(update, context)

    async def _press_which(self, update: Update, context: Context, rest: str) -> None:
        """Go on with a command whose first word was an account and a coin: ``a`` or ``c``, the command, the word."""
        how, _, more = rest.partition(":")
        command, _, word = more.partition(":")
        account = self._accounts.of(word)
        if account is None or command not in self._handlers or self._handlers[command][1].get(account.name) is None:
            await answer(query_of(update), plain(self.setting(update).language, "button.old", command="status"))
            return
        context.args = [word]
        await self._run(command, account if how == "a" else None, update, context)

    def _guarded(self, handler: Handler, reception: Reception) -> Handler:
        async def guarded(update: Update, context: Context) -> None:
            try:
                await handler(update, context)
            except arguments.Unclear as exc:
                await reception.reply(update, context, Message(exc.text))
            except LedgerWriteFailed as exc:
                log.error("a command could not be written down: %s", exc)
                if update.callback_query is not None:
                    await answer(update.callback_query)
                if update.effective_chat is not None:
                    # Below the question, whose buttons may be pressed again.
                    language = self.setting(update).language
                    words = say(language, "not_written", what=problem(language, exc))
                    await send(context.bot, update.effective_chat.id, Message(words))

        return guarded

    async def start(self, update: Update, context: Context) -> None:
        """Say hello; the gate has already made the bringer of a pairing code the owner."""
        setting, user = self.setting(update), update.effective_user
        paired = bool(context.args) and user is not None and user.id == self._ledger.note("owner")
        key = "start.paired" if paired else "start.hello"
        words = say(setting.language, key, interval=setting.interval, id=user.id if user else "")
        await self.reception.reply(update, context, Message(words))

    async def other(self, update: Update, context: Context) -> None:
        """Answer what is no command."""
        setting = self.setting(update)
        message = update.effective_message
        text = (message.text or message.caption or "") if message else ""
        if self._codes.is_meant(update, text):
            await self._codes.take(update, context, text)
            return
        if is_stop(text):
            context.args = text.split()[1:]
            await self._routed("pause")(update, context)
            return
        if not text.startswith("/"):
            await self.reception.reply(update, context, Message(say(setting.language, "unknown.text")))
            return
        word = text.split()[0]
        words = say(setting.language, "unknown.command", word=word[:40], nearest=f"/{nearest_command(word, COMMANDS)}")
        await self.reception.reply(update, context, Message(words))

    async def press(self, update: Update, context: Context) -> None:
        """Answer a button: the room that made it does, or it is told to be old."""
        query = update.callback_query
        if query is None:
            return
        name, data = parted(query.data or "")
        if data.startswith(RAISES_RISK) and self._waited(update.update_id):
            await self._ask_again(update, context, query)
            return
        rooms: Sequence[Room] = [*self._shared, *self._own[self._accounts.main.name]]
        reception = self.reception
        if name:
            # Also of one that is no longer among the accounts: its button acts on no other.
            account = self._accounts.of(name)
            rooms = [*self._own[account.name], *self._shared] if account is not None else []
            reception = self._receptions[account.name] if account is not None else reception
            update = without_address(update, query, data)
        kind, _, rest = data.partition(":")
        for room in rooms:
            if (pressed := room.presses().get(kind)) is not None:

                async def handler(update: Update, context: Context, pressed: Press = pressed) -> None:
                    await pressed(update, context, rest)

                await self._guarded(handler, reception)(update, context)
                return
        await answer(query, plain(self.setting(update).language, "button.old", command="status"))

    async def _ask_again(self, update: Update, context: Context, query: CallbackQuery) -> None:
        """Put a button of before below, for another press."""
        language = self.setting(update).language
        # A panel that was left alone has no buttons any more.
        unlabelled = "panel.button.resume" if (query.data or "").startswith("pb:") else "press.late.again"
        label = _label(query) or plain(language, unlabelled)
        again = Message(say(language, "press.late", label=label), ((Button(label, query.data or ""),),))
        await self.reception.reply(update, context, again, anew=True)


def _begun(handler: Handler) -> Handler:
    """Give what carries an update out up to its first wait, and the rest beside all others.

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
