"""The commands. Each is short: read the words, ask the desk or the views, answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from tgtp.chat import closing, views
from tgtp.chat.alerts import rearm_mark
from tgtp.chat.cards import Cards
from tgtp.chat.closehand import CloseHand
from tgtp.chat.figures import leg_name
from tgtp.chat.guide import Guide, nearest_command
from tgtp.chat.health import Running
from tgtp.chat.ladders import Ladders
from tgtp.chat.languages import Languages
from tgtp.chat.legs import Legs
from tgtp.chat.lines import Setting
from tgtp.chat.message import Message, answer, edit, send, surely
from tgtp.chat.noise import Noise
from tgtp.chat.panel import PanelKeeper, PanelRoom
from tgtp.chat.people import People
from tgtp.chat.pictures import Pictures
from tgtp.chat.problems import problem
from tgtp.chat.rearming import Rearming
from tgtp.chat.reception import Context, Handler, Press, Reception, Room, query_of, user_id, whole_number
from tgtp.chat.records import Records
from tgtp.chat.reports import Reports
from tgtp.chat.texts import Html, plain, say
from tgtp.domain.life import Life
from tgtp.domain.plan import ALL
from tgtp.engine.cycle import Checker
from tgtp.engine.desk import Desk
from tgtp.engine.ports import Clock
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

COMMANDS = (
    *("start", "help", "status", "pause", "resume", "close", "panel", "leg", "pair", "pairs", "tiers", "rearm"),
    *("chart", "pnl", "equity", "theme", "report", "export", "notify", "quiet", "history", "why", "health", "ack", "lang"),
)
MOST_ANSWERED = 1000


class Commands:
    """Answers commands and buttons of the people that the gate lets pass."""

    slow: frozenset[str] = frozenset()

    def __init__(
        self,
        checker: Checker,
        desk: Desk,
        people: People,
        clock: Clock,
        running: Running | None = None,
        cards: Cards | None = None,
    ) -> None:
        self._checker = checker
        self._ledger = checker.journal.ledger
        self._desk = desk
        self._close_hand = CloseHand(checker, desk, clock, cards or Cards(), checker.journal.wake)
        # Questions of re-arming that a person has answered, by user and message.
        self._answered: dict[tuple[int, int], None] = {}
        self.reception = Reception(checker, people, clock)
        self.setting = self.reception.setting
        self.panels = PanelKeeper(self.reception)
        self._rooms: list[Room] = [
            self,
            Guide(self.reception, COMMANDS),
            PanelRoom(self.reception, desk, self.panels),
            Legs(self.reception, desk),
            Ladders(self.reception, desk),
            Rearming(self.reception, desk),
            Pictures(self.reception, desk),
            Reports(self.reception),
            Noise(self.reception, desk),
            Records(self.reception, running or Running(lambda: None, {})),
            Languages(self.reception, desk),
        ]

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {name: getattr(self, name) for name in ("start", "status", "pause", "resume", "close")}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {
            **dict.fromkeys(("cl", "cf", "cx"), self._press_close),
            **dict.fromkeys(("ra", "rk"), self._press_rearm),
            "st": self._press_status,
        }

    def register(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Add every handler; the gate must stand before them."""
        for room in self._rooms:
            for name, handler in room.commands().items():
                # What takes long, or fetches a picture, must not hold up a /pause that comes after it.
                quick = name not in room.slow
                only = filters.UpdateType.MESSAGE
                app.add_handler(CommandHandler(name, self._answering(handler), filters=only, block=quick))
        # Closing takes as long as the exchange does; other commands must not queue behind it.
        app.add_handler(CallbackQueryHandler(self._answering(self.press), block=False))
        # "You pinned a message" and the like are nothing to answer.
        words = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
        app.add_handler(MessageHandler(words, self._answering(self.other)))

    def _answering(self, handler: Handler) -> Handler:
        async def guarded(update: Update, context: Context) -> None:
            try:
                await handler(update, context)
            except closing.Unclear as exc:
                await self._reply(update, context, Message(exc.text))
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
        await self._reply(update, context, Message(words))

    async def status(self, update: Update, context: Context) -> None:
        """Show the legs, of one coin if it is named."""
        self._one_word(update, context, "status")
        coin = None
        if context.args and (outlook := self.reception.outlook()):
            coin = closing.legs_of(self.setting(update), context.args[0], outlook.snapshot)[0].instrument.coin
        await self._reply(update, context, self._status(self.setting(update), 1, coin))

    async def pause(self, update: Update, context: Context) -> None:
        """Stop closing: everything, or one coin."""
        self._one_word(update, context, "pause")
        setting, name = self.setting(update), self._instrument(update, context)
        coin = _coin(setting, name)
        done = self._desk.pause(name, user_id(update))
        key = "pause.already" if not done else "pause.all" if name == ALL else "pause.one"
        await self._reply(update, context, Message(say(setting.language, key, coin=coin)))

    async def resume(self, update: Update, context: Context) -> None:
        """Go on: everything, or one coin."""
        self._one_word(update, context, "resume")
        setting, name = self.setting(update), self._instrument(update, context, paused_too=True)
        done = self._desk.resume(name, user_id(update))
        key = "resume.already" if not done else "resume.all" if name == ALL else "resume.one"
        if name != ALL and ALL in self._ledger.paused():
            key = "resume.one.but" if done else "resume.all.only"
        await self._reply(update, context, Message(say(setting.language, key, coin=_coin(setting, name))))

    async def close(self, update: Update, context: Context) -> None:
        """Ask what to close, or show the card of what was asked for."""
        setting = self.setting(update)
        outlook = self.reception.outlook()
        if outlook is None:
            await self._reply(update, context, self.reception.unseen(setting))
            return
        words = " ".join(context.args or ()).replace(" %", "%").split()
        if not words or (len(words) == 1 and words[0].lower() not in closing.ALL_WORDS):
            snapshot = outlook.snapshot
            if words:
                legs = closing.legs_of(setting, words[0], snapshot)
                snapshot = snapshot.replaced(legs=tuple(legs))
            await self._reply(update, context, closing.picker(setting, snapshot, self._close_hand.marks(snapshot)))
            return
        wish = closing.read_wish(setting, words, outlook.snapshot)
        await self._reply(update, context, self._close_hand.card(setting, wish, outlook.snapshot, user_id(update)))

    async def other(self, update: Update, context: Context) -> None:
        """Answer what is no command."""
        setting = self.setting(update)
        message = update.effective_message
        text = (message.text or "") if message else ""
        if not text.startswith("/"):
            await self._reply(update, context, Message(say(setting.language, "unknown.text")))
            return
        word = text.split()[0]
        words = say(setting.language, "unknown.command", word=word[:40], nearest=f"/{nearest_command(word, COMMANDS)}")
        await self._reply(update, context, Message(words))

    async def press(self, update: Update, context: Context) -> None:
        """Answer a button: the room that made it does, or it is told to be old."""
        query = update.callback_query
        if query is None:
            return
        kind, _, rest = (query.data or "").partition(":")
        for room in self._rooms:
            if (pressed := room.presses().get(kind)) is not None:
                await pressed(update, context, rest)
                return
        await answer(query, plain(self.setting(update).language, "button.old", command="status"))

    async def _press_close(self, update: Update, _: Context, rest: str) -> None:
        query = query_of(update)
        kind = (query.data or "").partition(":")[0]
        await self._close_hand.press(query, self.setting(update), kind, rest, self._checker.last_good)

    async def _press_status(self, update: Update, context: Context, rest: str) -> None:
        page, _, where = rest.partition(":")
        coin = None if where in (ALL, "") else where
        await self._reply(update, context, self._status(self.setting(update), whole_number(page) or 1, coin))

    async def _press_rearm(self, update: Update, _: Context, rest: str) -> None:
        query = query_of(update)
        await self._rearm(query, self.setting(update), (query.data or "").partition(":")[0], rest)

    async def _rearm(self, query: CallbackQuery, setting: Setting, kind: str, mark: str) -> None:
        life, asked = self._life(mark), query.message.message_id if query.message is not None else 0
        if life is None or (query.from_user.id, asked) in self._answered:
            # A second tap crosses the first one's answer; the message shows that one and must keep it.
            await answer(query, plain(setting.language, "rearm.old"))
            return
        self._answered[query.from_user.id, asked] = None
        while len(self._answered) > MOST_ANSWERED:
            del self._answered[next(iter(self._answered))]
        await answer(query)
        key = "rearm.kept"
        if kind == "ra":
            try:
                key = "rearm.done" if await self._desk.rearm(life, query.from_user.id) else "rearm.late"
            except LedgerWriteFailed:
                # Not done: the buttons must work again.
                del self._answered[query.from_user.id, asked]
                raise
        words = say(setting.language, key, leg=leg_name(setting.language, life.key))
        await surely(lambda: edit(query, Message(words)))

    def _life(self, mark: str) -> Life | None:
        # Bound to what had fired when the question was asked: more has fired since, and it is another question.
        lives = self._ledger.lives().values()
        return next(
            (life for life in lives if rearm_mark(life.key, life.opened_at, life.generation, life.fired_numbers) == mark), None
        )

    def _instrument(self, update: Update, context: Context, *, paused_too: bool = False) -> str:
        """Read the instrument of /pause and /resume; all when none is named. Raises Unclear."""
        words = context.args or []
        if not words or words[0].lower() in (*closing.ALL_WORDS, ALL):
            return ALL
        name = words[0].upper()
        for paused in self._ledger.paused() if paused_too else ():
            if name in (paused, paused.split("-")[0]):
                return paused
        outlook = self.reception.outlook()
        if outlook is None:
            # A stop must work before anything was seen: the name is taken as it is.
            return name if "-" in name else f"{name}-USDT-SWAP"
        return closing.legs_of(self.setting(update), name, outlook.snapshot)[0].instrument.instrument_id

    def _one_word(self, update: Update, context: Context, command: str) -> None:
        if len(context.args or ()) > 1:
            raise closing.Unclear(say(self.setting(update).language, "one.coin", command=command))

    def _status(self, setting: Setting, page: int, coin: str | None) -> Message:
        outlook = self.reception.outlook()
        return views.status(setting, outlook, page, coin) if outlook else self.reception.unseen(setting)

    async def _reply(self, update: Update, context: Context, message: Message) -> None:
        await self.reception.reply(update, context, message)


def _coin(setting: Setting, name: str) -> Html | str:
    return plain(setting.language, "all") if name == ALL else name.split("-", maxsplit=1)[0]
