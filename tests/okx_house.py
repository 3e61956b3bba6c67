"""A whole engine on an OKX account over HTTP, as the tests of bad days use it."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fakes import Ears
from tests.house import SEED_RULES
from tests.okx_account import Account, Fill
from tests.okx_server import OkxServer, Record
from tgtp.adapters.okx.exchange import Okx, okx_client
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.model import Intent, Leg, LegKey, MarginMode, PositionSide
from tgtp.domain.plan import basis_of
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock
from tgtp.engine.upkeep.scheduler import Upkeep

KEYS = ("key", "secret", "pass")
# Seconds; a test of what hangs takes less.
TIMEOUT = 3.0


class QuickClock(Clock):
    """Real time, and whatever was slept or skipped on top of it, at once."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += seconds
        await asyncio.sleep(0)


def client_of(
    server: OkxServer, *, keys: tuple[str, str, str] | None = KEYS, demo: bool = False, timeout: float = TIMEOUT
) -> Any:
    """The client that the program builds, pointed at this server."""
    client = okx_client(url=server.url, ws_url="", demo=demo, keys=keys, timeout=timeout)
    # ccxt lingers a quarter of a second for TLS to say goodbye; there is none here.
    client.timeout_on_exit = 0
    # Nor do its certificates need to be read, 30 ms each time.
    client.ssl_context = False
    return client


def on_one_clock(clock: Clock, client: Any, account: Account) -> None:
    """Let ccxt's signatures and the exchange go by the clock that the engine goes by."""
    client.milliseconds = lambda: int(clock.now().timestamp() * 1000)
    account.time = lambda: clock.now().timestamp()


@asynccontextmanager
async def okx_on(
    server: OkxServer,
    *,
    keys: tuple[str, str, str] = KEYS,
    demo: bool = False,
    timeout: float = TIMEOUT,
    clock: Clock | None = None,
) -> AsyncIterator[Okx]:
    """The adapter, talking to this server."""
    held = clock or QuickClock()
    client = client_of(server, keys=keys, demo=demo, timeout=timeout)
    on_one_clock(held, client, server.account)
    okx = Okx(client, held)
    try:
        yield okx
    finally:
        await okx.close()


_names = itertools.count(1)


def intent_for(leg: Leg, contracts: Any, name: str = "") -> Intent:
    """An order that somebody means to send."""
    return Intent(
        client_order_id=name or f"tgtest{next(_names):06d}",
        leg=leg.key,
        opened_at=leg.opened_at,
        position_mode=leg.position_mode,
        rule="tier",
        tag="tier1",
        tier=1,
        contracts=Decimal(contracts),
        basis=basis_of(leg, Decimal(contracts)),
        meant_at=leg.opened_at,
    )


def leg_key(inst_id: str, side: str = "long", mode: str = "cross") -> LegKey:
    return LegKey(instrument_id=inst_id, position_side=PositionSide(side), margin_mode=MarginMode(mode))


class OkxHouse:
    """Server, adapter, ledger on disk, engine. Use ``async with``."""

    def __init__(
        self,
        folder: Path,
        account: Account | None = None,
        *,
        clock: Clock | None = None,
        timeout: float = TIMEOUT,
        upkeep: Upkeep | None = None,
    ) -> None:
        self.folder = folder
        self.upkeep = upkeep
        self.server = OkxServer(account)
        self.account = self.server.account
        self.clock = clock or QuickClock()
        self.timeout = timeout
        self.ears = Ears()

    async def __aenter__(self) -> OkxHouse:
        await self.server.start()
        self._open()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.okx.close()
        self.ledger.close()
        await self.server.stop()

    def _open(self) -> None:
        client = client_of(self.server, timeout=self.timeout)
        on_one_clock(self.clock, client, self.account)
        self.okx = Okx(client, self.clock)
        self.ledger = TinyLedger(self.folder)
        self.checker = Checker(
            self.okx, self.ledger, self.ears, self.clock, SEED_RULES, exchange_name="okx", upkeep=self.upkeep
        )

    async def restart(self) -> None:
        """Ledger, adapter and engine anew from disk, as a new process would."""
        await self.okx.close()
        self.ledger.close()
        self._open()

    async def check(self, times: int = 1, *, every: float = 10) -> CheckReport:
        """Run checks, ten seconds apart."""
        for _ in range(times):
            report = await self.checker.check()
            if isinstance(self.clock, QuickClock):
                self.clock.ahead += every
        return report

    def told(self, kind: str) -> list[Any]:
        """The events of this kind that are meant for the phone."""
        found = []
        for message in self.ledger.outbox():
            numbered = self.ledger.event(message.number)
            if numbered is not None and numbered[1].kind == kind:
                found.append(numbered[1])
        return found

    def fired(self, key: LegKey) -> list[int]:
        return sorted(self.ledger.lives()[key].fired_numbers)

    def closed(self, key: LegKey) -> list[Decimal]:
        """What every trade closed of this leg, from the exchange's own record."""
        return [fill.contracts for fill in self._fills() if (fill.inst_id, fill.pos_side, fill.margin_mode) == _named(key)]

    def grown(self) -> list[Fill]:
        """Trades that made a leg larger: there must be none."""
        return [fill for fill in self.account.fills if fill.increased]

    def orders_asked(self) -> list[Record]:
        """Order requests that reached the exchange, taken or not."""
        return [record for record in self.server.requests if record.is_order]

    def _fills(self) -> list[Fill]:
        return [fill for fill in self.account.fills if not fill.increased]


def _named(key: LegKey) -> tuple[str, str, str]:
    return key.instrument_id, key.position_side.value, key.margin_mode.value
