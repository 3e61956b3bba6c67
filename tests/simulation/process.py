"""One process of the program, from its start to its end or its death: the same parts that ``tgtp.app`` puts together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.wire import Wire, wired
from tests.simulation.faults.disk import Killer
from tests.simulation.phone.deliveries import Mail, PhoneWire
from tests.simulation.virtual_time import HeldClock
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.ledger_file import LedgerFile
from tgtp.chat.bot.application import build_application
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.outbox.delivery import Outbox
from tgtp.domain.events import Event
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.model import MAIN
from tgtp.domain.order import Intent
from tgtp.domain.plan import Rules, Switches
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ahead.funding import FundingWatch
from tgtp.engine.cycle import Checker
from tgtp.engine.identity import Identities
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.upkeep import ManualUpkeep
from tgtp.engine.ports import Ledger, Listener
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.engine.volatility.scaled_rules import VolatilityBook
from tgtp.errors import Problem

ME = 1
# A fraction: a rate in between is told of, another is not.
FUNDING_WARN = Decimal("0.0005")
BY_ITSELF = Switches()
UNGUARDED = DrawdownRules()


class Watch:
    """Hears of every step that is on disk, from the ledger itself; knows each event once, over all processes."""

    def __init__(self, heard: Callable[[Event], None], mail: Mail) -> None:
        """``heard`` takes each event in, of whatever account."""
        self.mail = mail
        self.meant_orders = 0
        self.known: set[int] = set()
        self.kinds: dict[str, int] = {}
        self._heard = heard

    def written(self, number: int, event: Event, *, tell: bool) -> None:
        """An event is on disk."""
        if tell:
            self.mail.meant.add(number)
        if number not in self.known:
            self.known.add(number)
            self.kinds[event.kind] = self.kinds.get(event.kind, 0) + 1
            self._heard(event)

    def catch_up(self, ledger: TinyLedger) -> None:
        """Take in what reached the disk although its writer never heard of it: a kill, or a failed fsync of the folder."""
        waiting = {told.number for told in ledger.outbox() if ME not in told.delivered_to}
        for number, event in reversed(ledger.history(100)):
            if number not in self.known:
                self.written(number, event, tell=number in waiting)
        self.mail.meant |= waiting


class _Pen:
    """What the step in hand has written so far, in the ledgers of all accounts: they share a file."""

    def __init__(self) -> None:
        self.fresh: list[tuple[int, Event, bool]] = []
        self.meant = 0


class WatchedLedger(TinyLedger):
    """The program's ledger, which tells the watch what it has written."""

    def __init__(self, folder: Path | LedgerFile, watch: Watch, account: str = MAIN, pen: _Pen | None = None) -> None:
        self._watch = watch
        self._pen = pen or _Pen()
        super().__init__(folder, account)

    def of(self, account: str) -> Self:
        """Give the ledger of another account, in the same file."""
        return type(self)(self._file, self._watch, account, self._pen)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Pass on what was written, when it was."""
        pen = self._pen
        pen.fresh, pen.meant = [], 0
        with super().step():
            yield
        for number, event, tell in pen.fresh:
            self._watch.written(number, event, tell=tell)
        self._watch.meant_orders += pen.meant

    def keep_intent(self, intent: Intent) -> None:
        """Count what is meant anew."""
        self._pen.meant += all(one.client_order_id != intent.client_order_id for one in self.open_intents())
        super().keep_intent(intent)

    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:
        """Note what will have been written when the step ends."""
        number = super().record(event, tell=tell, except_for=except_for, on_card=on_card)
        self._pen.fresh.append((number, event, tell and except_for != ME))
        return number


class _Waker(Listener):
    def __init__(self, news: asyncio.Event) -> None:
        self.alarms: list[Problem] = []
        self._news = news

    def wake(self) -> None:
        self._news.set()

    def alarm(self, what: Problem) -> None:
        self.alarms.append(what)


@dataclass(frozen=True)
class Held:
    """One account in the program: its name, the key that it asks with, and what is kept up there by itself."""

    name: str = MAIN
    key: str = ""
    switches: Switches = BY_ITSELF
    drawdown: DrawdownRules = UNGUARDED
    dynamic: bool = False
    rests: bool = False


class Part:
    """What the program has for one account."""

    def __init__(self, name: str, client: Any, wire: Wire, checker: Checker, actions: ManualActions) -> None:
        self.name, self.client, self.wire, self.checker, self.actions = name, client, wire, checker, actions
        self.upkeep = ManualUpkeep(checker)

    @property
    def ledger(self) -> Ledger:
        """Its ledger."""
        return self.checker.journal.ledger


class Process:
    """Everything that dies together: the accounts side by side, the main one first, and the outbox for all of them."""

    def __init__(
        self,
        folder: Path,
        server: OkxServer,
        clock: HeldClock,
        phone: PhoneWire,
        watch: Watch,
        rules: Rules,
        interval: int,
        held: Sequence[Held] = (Held(),),
        volatility: VolatilityBook | None = None,
    ) -> None:
        news = asyncio.Event()
        self.waker = _Waker(news)
        self.ledger = WatchedLedger(folder, watch)
        watch.catch_up(self.ledger)
        ledgers = [self.ledger if one.name == MAIN else self.ledger.of(one.name) for one in held]
        identities, rulebook = Identities(ledgers, clock), RuleBook(self.ledger, rules)
        public: OkxPublic | None = None
        self.parts: list[Part] = []
        for one, ledger in zip(held, ledgers, strict=True):
            client, wire = wired(server, clock.milliseconds, key=one.key)
            public = public or OkxPublic(client, clock)
            is_main = one.name == MAIN
            exchange = Okx(client, clock, public)
            if is_main:
                self.exchange = exchange
            checker = Checker(
                exchange,
                ledger,
                self.waker,
                clock,
                rules,
                exchange_name="okx",
                interval=interval,
                rulebook=rulebook,
                upkeep=Upkeep(switches=one.switches, is_sub=not is_main),
                identities=identities,
                volatility=volatility,
                dynamic=one.dynamic,
                drawdown=one.drawdown,
                resting=RestingRules(mode="all") if one.rests else None,
            )
            beside = [other for other in ledgers if other is not ledger] if is_main else []
            self.parts.append(Part(one.name, client, wire, checker, ManualActions(checker, beside)))
        main = self.parts[0]
        self.checker, self.actions, self.wire = main.checker, main.actions, main.wire
        self.accounts = Accounts(
            Account(one.name, "main" if one is main else "sub", one.checker, one.actions) for one in self.parts
        )
        # As in the program it shares the main account's way to the exchange.
        self.funding = FundingWatch([part.checker for part in self.parts], self.exchange, clock, FUNDING_WARN)
        reader = Reader("en", rules, interval)
        self.outbox = Outbox(
            self.checker.journal,
            lambda: frozenset({ME}),
            lambda _: reader,
            news,
            asyncio.get_running_loop().time,
            beside=ledgers,
        )
        self.bot = build_application("1:local", "", phone).bot
        self._beside: list[asyncio.Task[None]] = []

    def start_delivering(self) -> None:
        """Deliver from now on, and watch the funding, as the program does beside its checks."""
        self._beside = [asyncio.ensure_future(work) for work in (self.outbox.run(self.bot), self.funding.run())]

    async def end(self, killer: Killer | None = None) -> None:
        """Let go of everything; with a killer, wait until nothing of the dead process runs any more."""
        for task in self._beside:
            task.cancel()
        for task in self._beside:
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()
        for part in self.parts:
            await part.client.close()
        self.ledger.close()


def waiting_numbers(ledger: TinyLedger) -> Iterable[int]:
    """Give the numbers of what is still to be delivered."""
    return (told.number for told in ledger.outbox() if ME not in told.delivered_to)
