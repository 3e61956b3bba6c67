"""One process of the program, from its start to its end or its death: the same parts that ``tgtp.app`` puts together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.wire import wired
from tests.simulation.faults.disk import Killer
from tests.simulation.oracle.audit import Audit
from tests.simulation.phone.deliveries import Mail, PhoneWire
from tests.simulation.virtual_time import HeldClock
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.bot.application import build_application
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.outbox.delivery import Outbox
from tgtp.domain.events import Event
from tgtp.domain.order import Intent
from tgtp.domain.plan import Rules
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import Desk
from tgtp.engine.ports import Notifier

ME = 1


class Watch:
    """Hears of every step that is on disk, from the ledger itself; knows each event once, over all processes."""

    def __init__(self, audit: Audit, mail: Mail) -> None:
        self.audit = audit
        self.mail = mail
        self.meant_orders = 0
        self.known: set[int] = set()
        self.kinds: dict[str, int] = {}

    def written(self, number: int, event: Event, *, tell: bool) -> None:
        """An event is on disk."""
        if tell:
            self.mail.meant.add(number)
        if number not in self.known:
            self.known.add(number)
            self.kinds[event.kind] = self.kinds.get(event.kind, 0) + 1
            self.audit.written(event)

    def catch_up(self, ledger: TinyLedger) -> None:
        """Take in what reached the disk although its writer never heard of it: a kill, or a failed fsync of the folder."""
        waiting = {told.number for told in ledger.outbox() if ME not in told.delivered_to}
        for number, event in reversed(ledger.history(100)):
            if number not in self.known:
                self.written(number, event, tell=number in waiting)
        self.mail.meant |= waiting


class WatchedLedger(TinyLedger):
    """The program's ledger, which tells the watch what it has written."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self._watch = watch
        self._fresh: list[tuple[int, Event, bool]] = []
        self._meant = 0
        super().__init__(folder)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Pass on what was written, when it was."""
        self._fresh, self._meant = [], 0
        with super().step():
            yield
        for number, event, tell in self._fresh:
            self._watch.written(number, event, tell=tell)
        self._watch.meant_orders += self._meant

    def keep_intent(self, intent: Intent) -> None:
        """Count what is meant anew."""
        self._meant += all(one.client_order_id != intent.client_order_id for one in self.open_intents())
        super().keep_intent(intent)

    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:
        """Note what will have been written when the step ends."""
        number = super().record(event, tell=tell, except_for=except_for, on_card=on_card)
        self._fresh.append((number, event, tell and except_for != ME))
        return number


class _Bell(Notifier):
    def __init__(self, news: asyncio.Event) -> None:
        self.alarms: list[str] = []
        self._news = news

    def wake(self) -> None:
        self._news.set()

    def sending(self, intents: Iterable[Intent]) -> None:
        pass

    def alarm(self, what: str) -> None:
        self.alarms.append(what)

    def checked(self, report: CheckReport) -> None:
        pass

    def happened(self, number: int, event: Event) -> None:
        pass


class Process:
    """Everything that dies together."""

    def __init__(
        self, folder: Path, server: OkxServer, clock: HeldClock, phone: PhoneWire, watch: Watch, rules: Rules, interval: int
    ) -> None:
        news = asyncio.Event()
        self.bell = _Bell(news)
        self.client, self.wire = wired(server, clock.milliseconds)
        self.ledger = WatchedLedger(folder, watch)
        watch.catch_up(self.ledger)
        okx = Okx(self.client, clock)
        self.checker = Checker(okx, self.ledger, self.bell, clock, rules, exchange_name="okx", interval=interval)
        self.desk = Desk(self.checker)
        setting = Setting("en", rules, interval)
        self.outbox = Outbox(
            self.checker.journal, lambda: frozenset({ME}), lambda _: setting, news, asyncio.get_running_loop().time
        )
        self.bot = build_application("1:local", "", phone).bot
        self._delivering: asyncio.Task[None] | None = None

    def start_delivering(self) -> None:
        """Deliver from now on, as the program does."""
        self._delivering = asyncio.ensure_future(self.outbox.run(self.bot))

    async def end(self, killer: Killer | None = None) -> None:
        """Let go of everything; with a killer, wait until nothing of the dead process runs any more."""
        if self._delivering is not None:
            self._delivering.cancel()
            await asyncio.wait({self._delivering})
            if not self._delivering.cancelled():
                self._delivering.exception()
        await self.client.close()
        self.ledger.close()


def waiting_numbers(ledger: TinyLedger) -> Iterable[int]:
    """Give the numbers of what is still to be delivered."""
    return (told.number for told in ledger.outbox() if ME not in told.delivered_to)
