"""Stand-ins that are honest implementations of the ports, held by the test instead of the world."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from tgtp.adapters.paper.account import PaperAccount, PaperLeg
from tgtp.adapters.paper.exchange import FixedPrices, PaperExchange
from tgtp.domain.events import Event
from tgtp.domain.examples import OPENED_AT, instrument
from tgtp.domain.model import Candle, Instrument, Intent, LegKey, MarginMode, MarginMove, Order, PositionSide, Profile, Snapshot
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Clock, Exchange, Notifier, Siren

NOW = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)


class FakeClock(Clock):
    """Time that moves when the test, or a sleep, moves it."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self._now = now

    def now(self) -> dt.datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)
        await asyncio.sleep(0)

    def forward(self, seconds: float) -> None:
        self._now += dt.timedelta(seconds=seconds)


class Ears(Notifier):
    """Remembers what the engine said."""

    def __init__(self) -> None:
        self.events: list[tuple[int, Event]] = []
        self.reports: list[CheckReport] = []
        self.woken = 0
        self.alarms: list[str] = []

    def wake(self) -> None:
        self.woken += 1

    def alarm(self, what: str) -> None:
        self.alarms.append(what)

    def sending(self, intents: Iterable[Intent]) -> None:
        pass

    def checked(self, report: CheckReport) -> None:
        self.reports.append(report)

    def happened(self, number: int, event: Event) -> None:
        self.events.append((number, event))

    def kinds(self) -> list[str]:
        return [event.kind for _, event in self.events]

    def of(self, kind: str) -> list[Any]:
        return [event for _, event in self.events if event.kind == kind]


Fault = Callable[[], BaseException | None]


class FaultyExchange(Exchange):
    """Passes everything on to another exchange, and fails where the test wants it.

    ``before`` and ``after`` are asked at every call, by method name, before and after the effect; what they return is raised.
    ``calls`` lists the calls in order; ``views`` may change what a snapshot shows.
    """

    def __init__(self, inner: Exchange) -> None:
        self.inner = inner
        self.calls: list[str] = []
        self.submitted: list[Intent] = []
        self.moves: list[MarginMove] = []
        self.before: Callable[[str], BaseException | None] = lambda _: None
        self.after: Callable[[str], BaseException | None] = lambda _: None
        self.view: Callable[[Snapshot], Snapshot] = lambda snapshot: snapshot
        self.order_view: Callable[[Order | None], Order | None] = lambda order: order
        self.profile_view: Callable[[Profile], Profile] = lambda profile: profile
        self.skewed: dt.timedelta | None = None

    async def profile(self) -> Profile:
        return self.profile_view(await self._call("profile", self.inner.profile))

    async def snapshot(self) -> Snapshot:
        return self.view(await self._call("snapshot", self.inner.snapshot))

    async def submit(self, intent: Intent) -> None:
        self.submitted.append(intent)
        await self._call("submit", lambda: self.inner.submit(intent))

    async def move_margin(self, move: MarginMove) -> None:
        self.moves.append(move)
        await self._call("move_margin", lambda: self.inner.move_margin(move))

    async def find_order(self, intent: Intent) -> Order | None:
        return self.order_view(await self._call("find_order", lambda: self.inner.find_order(intent)))

    async def closed_by_others(self, intent: Intent) -> Decimal | None:
        return await self._call("closed_by_others", lambda: self.inner.closed_by_others(intent))  # type: ignore[no-any-return]

    def skew(self) -> dt.timedelta | None:
        return self.skewed or self.inner.skew()

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        return await self._call("mark_candles", lambda: self.inner.mark_candles(instrument_id, since))  # type: ignore[no-any-return]

    async def funding_since(self, since: dt.datetime) -> Decimal | None:
        return await self._call("funding_since", lambda: self.inner.funding_since(since))  # type: ignore[no-any-return]

    async def close(self) -> None:
        await self.inner.close()

    async def _call(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls.append(name)
        await asyncio.sleep(0)
        if (exc := self.before(name)) is not None:
            raise exc
        result = await call()
        if (exc := self.after(name)) is not None:
            raise exc
        return result


def fail(method: str, exc: BaseException, *, times: int = 1) -> Callable[[str], BaseException | None]:
    """A ``before`` or ``after`` that fails a method so many times."""
    left = times

    def decide(name: str) -> BaseException | None:
        nonlocal left
        if name != method or left == 0:
            return None
        left -= 1
        return exc

    return decide


def key(name: str = "CRV-USDT-SWAP", side: str = "long", mode: str = "cross") -> LegKey:
    return LegKey(instrument_id=name, position_side=PositionSide(side), margin_mode=MarginMode(mode))


def paper_leg(
    name: str = "CRV-USDT-SWAP",
    side: str = "long",
    *,
    contracts: Any = 100,
    entry_price: Any = "5",
    leverage: Any = 10,
    mode: str = "cross",
    opened_at: dt.datetime = OPENED_AT,
) -> PaperLeg:
    return PaperLeg(
        instrument_id=name,
        position_side=PositionSide(side),
        margin_mode=MarginMode(mode),
        contracts=Decimal(contracts),
        entry_price=Decimal(entry_price),
        leverage=Decimal(leverage),
        opened_at=opened_at,
        adjusted_at=opened_at,
    )


def paper_exchange(
    clock: Clock,
    *legs: PaperLeg,
    instruments: list[Instrument] | None = None,
    marks: dict[str, Any] | None = None,
) -> tuple[PaperExchange, FixedPrices]:
    """A paper account with these legs, at marks that start at each leg's entry."""
    known = {spec.instrument_id: spec for spec in instruments or []}
    for leg in legs:
        known.setdefault(leg.instrument_id, instrument(leg.instrument_id))
    prices = FixedPrices(known.values(), {leg.instrument_id: leg.entry_price for leg in legs})
    prices.marks.update({name: Decimal(mark) for name, mark in (marks or {}).items()})
    return PaperExchange(prices, clock, PaperAccount(genesis=clock.now(), legs=legs)), prices


def mark_at(entry_price: Any, roi: Any, side: str = "long", leverage: Any = 10) -> Decimal:
    """The mark price at which a leg of this entry shows this ROI (in percent)."""
    sign = PositionSide(side).sign
    return Decimal(entry_price) * (1 + sign * Decimal(roi) / 100 / Decimal(leverage))


class FakeSiren(Siren):
    """Remembers what it sounded; fails while ``broken``, and takes its time while ``held``."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.tried = 0
        self.broken = False
        self.held: asyncio.Event | None = None

    async def sound(self, text: str) -> bool:
        self.tried += 1
        if self.held is not None:
            await self.held.wait()
        if self.broken:
            return False
        self.texts.append(text)
        return True
