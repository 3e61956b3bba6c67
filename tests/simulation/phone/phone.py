"""A person's phone beside a whole house: the real Application over a Telegram in this process."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from telegram import Update
from telegram.ext import ContextTypes, TypeHandler
from telegram.request import RequestData

from tests.fixtures.engine import House
from tests.fixtures.fakes import RecordingListener
from tests.fixtures.several_accounts import Street
from tests.fixtures.waiting import until
from tests.simulation.phone.telegram import SimulatedTelegram
from tgtp.adapters.clock import SystemClock
from tgtp.chat.access.gate import Gate
from tgtp.chat.access.leaked_secrets import LeakedSecrets
from tgtp.chat.access.owners import Owners, Pairing, Prepared
from tgtp.chat.access.rejected_users import RejectedUsers
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.access.users import UserPreferences
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.polling import Polls
from tgtp.chat.bot.router import Router
from tgtp.chat.bot.runner import TelegramSide
from tgtp.chat.commands.history.drill_commands import Channel, Channels
from tgtp.chat.commands.history.health_view import Running
from tgtp.chat.commands.history.in_force import Shown
from tgtp.chat.commands.speech.stops import is_stop
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.account_tags import parted
from tgtp.chat.outbox.delivery import Outbox
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import Language
from tgtp.engine.accounts import Accounts
from tgtp.engine.ports import Backtests, FallbackNotifier
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.transport import LocalRequest

ME = 1
OUR_TOKEN = "1:local"
OUR_KEYS = ("k3y", "0urSecret!", "pa$$ w0rd")
SHOWS = ("sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageCaption", "editMessageMedia")
# How the data of the buttons begins that alerts of legs have for whoever wants to do something about them.
OF_ALERTS = ("cl:", "ll:", "ap:", "wy:")
ALERT = re.compile(r"#\d+( .*)?")

Json = dict[str, Any]


class WakingListener(RecordingListener):
    """A listener that wakes the outbox too."""

    def __init__(self, wake: Callable[[], None]) -> None:
        super().__init__()
        self._wake = wake

    def wake(self) -> None:
        super().wake()
        self._wake()


class Wire(LocalRequest):
    """The wire to the local Telegram, and what has gone over it: accepted calls, and every message as it stands."""

    def __init__(self, telegram: LocalTelegram) -> None:
        super().__init__(telegram)
        self.calls: list[tuple[str, Json]] = []
        self.posts: dict[int, Json] = {}
        # Calls of these names hang until their event is set.
        self.held: dict[str, asyncio.Event] = {}
        self._then: tuple[int, Callable[[], None]] | None = None

    def after(self, messages: int, then: Callable[[], None]) -> None:
        """Do something when so many messages have been accepted."""
        self._then = (len(self.posts) + messages, then)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *times: Any, **more: Any
    ) -> tuple[int, bytes]:
        # A real call lets others run, before and after.
        await asyncio.sleep(0)
        if (held := self.held.get(url.rsplit("/", 1)[-1])) is not None:
            await held.wait()
        status, payload = await super().do_request(url, method, request_data, *times, **more)
        if status == 200:
            name = url.rsplit("/", 1)[-1]
            self.calls.append((name, dict(request_data.parameters) if request_data else {}))
            if name in SHOWS:
                post = json.loads(payload)["result"]
                self.posts[post["message_id"]] = post
                if self._then is not None and len(self.posts) >= self._then[0]:
                    self._then[1]()
                    self._then = None
        return status, payload

    def of(self, *names: str) -> list[Json]:
        return [parameters for name, parameters in self.calls if name in names]


class Phone:
    """Says, presses, and reads. What the bot shows is compared before and after, so silence is seen too."""

    def __init__(
        self,
        house: House,
        *,
        language: str = "en",
        allowed: Collection[int] = (ME,),
        default: Language | None = None,
        pairing: bool = False,
        fallback: FallbackNotifier | None = None,
        totp: str | None = None,
        channels: Sequence[Channel] = (),
        settings: Sequence[Shown] = (),
        backtests: Backtests | None = None,
        page: str = "",
    ) -> None:
        self.house = house
        self.tg = SimulatedTelegram(user_id=ME, language_code=language)
        self.toast: str | None = None
        # A pairing code of another process.
        self.prepared: Prepared | None = None
        self._allowed = frozenset(allowed)
        self._default = default
        self._pairing = pairing
        self._fallback = fallback
        self._totp = totp
        self._channels = channels
        self._settings = settings
        self._page = page
        self._backtests = backtests
        self.news = asyncio.Event()
        house.listener = WakingListener(self._wake)
        house.restart()
        self._build()

    def _wake(self) -> None:
        self.news.set()

    def _build(self) -> None:
        house = self.house
        self.news = asyncio.Event()
        self.people = UserPreferences(house.ledger, self._default)
        self.owners = Owners(self._allowed, house.ledger)
        self.pairing = Pairing(house.clock, "en", lambda: self.prepared) if self._pairing else None
        self.code = self.pairing.announce() if self.pairing is not None else ""
        on_alarm: list[Callable[[str, What], None]] = []
        self.polls = Polls(SystemClock(), "en", on_alarm)
        self.gate = Gate(
            self.owners,
            house.clock,
            pairing=self.pairing,
            adopt=house.actions.adopt_owner,
            language=self.people.language,
            console_language="en",
            is_stop=is_stop,
            rejected=RejectedUsers(house.checker.journal, self.owners.ids),
            pasted=LeakedSecrets(OUR_TOKEN, OUR_KEYS),
        )
        self.cards = cards = PendingResults()
        accounts = house.accounts if isinstance(house, Street) else Accounts.of_one(house.checker, house.actions)
        self.commands = Router(
            accounts,
            self.people,
            house.clock,
            running=Running(lambda: None, {}, settings=self._settings, page=self._page),
            pending=cards,
            codes=TotpQuestions(self._totp, house.checker.journal),
            channels=Channels(self.owners.ids, self._channels),
            waited=self.polls.waited,
            announce=self.pairing.announce if self.pairing is not None else None,
            backtests=self._backtests,
        )
        self.outbox = Outbox(
            house.checker.journal,
            self.owners.ids,
            self.reader,
            self.news,
            fallback=self._fallback,
            pending=cards,
            beside=[account.checker.journal.ledger for account in accounts],
        )
        self.wire = Wire(self.tg)
        self.app = build_application("1:local", "", self.wire, polls=self.polls)
        self.app.add_handler(TypeHandler(Update, self._count), group=-1000)
        self._spoken = self._seen = 0
        self.side = TelegramSide(self.app, self.gate, self.commands, self.outbox, house.checker.journal, "en")
        on_alarm.append(self.side.send_urgent)

    def reader(self, user_id: int) -> Reader:
        return self.commands.session.setting_of(user_id)

    async def _count(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        self._seen += 1

    async def start(self) -> None:
        self.side.start()
        await until(lambda: len(self.wire.of("setMyDescription")) == 2)

    async def stop(self) -> None:
        await self.side.stop()
        self.house.ledger.close()

    async def restart(self) -> None:
        """End and begin anew from disk; the chat on the phone stays as it is."""
        await self.side.stop()
        self.house.restart()
        self._build()
        await self.house.check()
        await self.start()

    async def restart_with(self, act: Callable[[], object]) -> None:
        """Do the same, and let a person act once while nobody listens."""
        await self.side.stop()
        act()
        self.house.restart()
        self._build()
        self._spoken = 1
        await self.house.check()
        await self.start()

    async def settle(self) -> None:
        """Wait until every update has been dealt with to its end."""
        await until(lambda: self._seen >= self._spoken)
        await self.app.update_queue.join()
        tasks = self.app._Application__create_task_tasks  # type: ignore[attr-defined] # the handlers that do not block
        await until(lambda: all(task.done() for task in tasks))

    async def until(self, condition: Callable[[], Any]) -> None:
        await until(condition)

    async def says(self, text: str, *, user_id: int | None = None, late: float = 0, **how: Any) -> str:
        """Say something; gives what was answered, "" for silence, "👌" for a receipt. Alerts do not count as answers."""
        before, reacted = self._everything(), len(self.wire.of("setMessageReaction"))
        self._spoken += 1
        date = int(self.house.clock.now().timestamp() - late)
        self.tg.user_text(text, user_id=user_id, date=date, **how)
        await self.settle()
        receipts = [call["reaction"][0]["emoji"] for call in self.wire.of("setMessageReaction")[reacted:]]
        return "\n\n".join([*receipts, *filter(None, [self._since(before)])])

    async def press(
        self, what: str, *, user_id: int | None = None, on: int | None = None, wait: bool = True, reads: float = 2
    ) -> str:
        """Press the newest button with this label or data; gives what the chat shows anew. The toast is kept.

        ``reads`` is how many seconds the person looks before pressing.

        ``on`` names a message: then ``what`` is the data, whether the message still has that button or not.
        """
        before, answered = self._everything(), len(self.wire.of("answerCallbackQuery"))
        message_id, data = self._find(what) if on is None else (on, what)
        if parted(data)[1].startswith(("cf:", "uy:")):
            self.house.clock.forward(reads)
        self._spoken += 1
        self.tg.user_press(message_id, data, user_id=user_id)
        if wait:
            await self.settle()
        toasts = self.wire.of("answerCallbackQuery")[answered:]
        self.toast = toasts[-1].get("text", "") if toasts else None
        return self._since(before)

    def messages(self) -> list[Json]:
        """The bot's messages in my chat, oldest first."""
        return [message for message in self.tg.messages() if message["from"]["is_bot"]]

    def texts(self) -> list[str]:
        return [words_of(message) for message in self.messages()]

    def alerts(self) -> list[str]:
        return [text for text in self.texts() if is_alert(text)]

    def buttons(self) -> list[list[str]]:
        """The labels under the newest message, row by row."""
        return [[button["text"] for button in row] for row in _rows(self.newest())]

    def data(self) -> list[str]:
        """The callback data under the newest message, in order."""
        return [button["callback_data"] for row in _rows(self.newest()) for button in row]

    def newest(self) -> Json:
        """The newest message, without the alerts that only tell."""
        return next(message for message in reversed(self.messages()) if _asks(message) or not is_alert(words_of(message)))

    def said(self) -> int:
        """How many messages, changes and toasts have gone out, to anybody."""
        return len(self.wire.of(*SHOWS, "answerCallbackQuery"))

    def _find(self, what: str) -> tuple[int, str]:
        for message in reversed(self.messages()):
            for row in _rows(message):
                for button in row:
                    if what == button["callback_data"] or what in button["text"]:
                        return message["message_id"], button["callback_data"]
        raise LookupError(f"no button {what!r}")

    def _everything(self) -> dict[int, tuple[str, str]]:
        return {number: (words_of(post), str(_rows(post))) for number, post in self.wire.posts.items()}

    def _since(self, before: dict[int, tuple[str, str]]) -> str:
        fresh = [post[0] for number, post in self._everything().items() if before.get(number) != post]
        return "\n\n".join(text for text in fresh if not is_alert(text))


def words_of(message: Json) -> str:
    """What stands in a message, or below its picture."""
    return str(message.get("text") or message.get("caption") or "")


def is_alert(text: str) -> bool:
    """Alerts end with their number, or with a line that begins with it where many are listed."""
    return ALERT.fullmatch(text.rsplit("\n", 1)[-1]) is not None


def _asks(message: Json) -> bool:
    """Say whether there is a button besides those that every alert of a leg has."""
    return any(button["callback_data"].removeprefix("@main:")[:3] not in OF_ALERTS for row in _rows(message) for button in row)


def _rows(message: Json) -> list[list[Json]]:
    """The buttons that wait for an answer."""
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    asked = [[button for button in row if "callback_data" in button] for row in rows]
    return [row for row in asked if row]
