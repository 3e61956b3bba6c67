"""The other composition: candles → paper exchange → the same engine → a table that a person can check by hand."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import tempfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.events import Event, HedgeFilled, TierFilled
from tgtp.domain.model import Candle, Instrument, MarginMode, PositionSide
from tgtp.domain.plan import Rules
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock, Listener
from tgtp.errors import CannotStart, Problem, TgtpError

FIRST_LINE = ("timestamp_ms", "open", "high", "low", "close")


class HeldClock(Clock):
    """Time that stands still until it is moved."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def move_to(self, now: dt.datetime) -> None:
        """Let it be this late."""
        self._now = now

    def now(self) -> dt.datetime:
        """Return the held time."""
        return self._now

    def monotonic(self) -> float:
        """Return the held time in seconds."""
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Pass over a pause at once."""
        self._now += dt.timedelta(seconds=seconds)


class Replay(NamedTuple):
    """What to replay: one coin, with a leg for every side in ``entries``; an entry of None is the first price."""

    candles: Path
    instrument: Instrument
    entries: dict[PositionSide, Decimal | None]
    contracts: Decimal
    leverage: Decimal
    start: dt.datetime | None
    days: int

    @classmethod
    def of(cls, given: argparse.Namespace) -> Replay:
        """Read the command line. Raises CannotStart."""
        name = given.instrument or given.candles.name.split(".")[0].rsplit("-", 1)[0]
        try:
            instrument = Instrument(
                instrument_id=name,
                contract_size=Decimal(given.contract_size),
                lot_size=Decimal(given.lot),
                min_contracts=Decimal(given.lot),
                tick_size=Decimal("0.01"),
            )
            contracts, leverage = Decimal(given.contracts), Decimal(given.leverage)
            entries = {
                side: Decimal(price) if price else None
                for side, price in ((PositionSide.LONG, given.long_entry), (PositionSide.SHORT, given.short_entry))
                if price != "none"
            }
        except (InvalidOperation, ValueError) as exc:
            raise CannotStart(Problem("replay.numbers")) from exc
        if any(entry is not None and entry <= 0 for entry in entries.values()):
            raise CannotStart(Problem("replay.entry"))
        if contracts <= 0 or leverage <= 0 or given.days <= 0:
            raise CannotStart(Problem("replay.leg"))
        start = dt.datetime.combine(given.start, dt.time(), dt.UTC) if given.start else None
        return cls(given.candles, instrument, entries, contracts, leverage, start, given.days)


class ReplayOrder(NamedTuple):
    """One order of a replay, with all that its check by hand needs."""

    at: dt.datetime
    side: str
    what: str
    entry: Decimal
    mark: Decimal
    roi: Decimal
    before: Decimal
    closed: Decimal
    left: Decimal
    pnl: Decimal


class _Listener(Listener):
    def __init__(self) -> None:
        self.rows: list[ReplayOrder] = []
        self.failed: list[TgtpError] = []

    def checked(self, report: CheckReport) -> None:
        if report.error is not None:
            self.failed.append(report.error)

    def happened(self, number: int, event: Event) -> None:  # noqa: ARG002 - the port's shape
        if isinstance(event, (TierFilled, HedgeFilled)):
            intent = event.intent
            self.rows.append(
                ReplayOrder(
                    at=event.at,
                    side=intent.leg.position_side.value,
                    what=f"tier {intent.tier}" if intent.tier else "hedge",
                    entry=intent.basis.entry_price or Decimal(0),
                    mark=intent.basis.mark_price or Decimal(0),
                    roi=intent.basis.roi or Decimal(0),
                    before=intent.basis.contracts,
                    closed=event.order.filled_contracts,
                    left=event.contracts_left,
                    pnl=event.order.realised_pnl,
                )
            )


async def replay(job: Replay, rules: Rules) -> tuple[list[ReplayOrder], int]:
    """Run the rules over the candles' four prices, in the order open, low, high, close when the bar rose, else high first.

    Gives the orders and the number of checks. Raises CannotStart when the file makes no sense.
    """
    listener, checks = _Listener(), 0
    with tempfile.TemporaryDirectory() as folder:
        ledger = TinyLedger(Path(folder))
        try:
            checker: Checker | None = None
            for at, mark in _marks(job):
                if checker is None:
                    clock = HeldClock(at)
                    prices = FixedPrices([job.instrument], {job.instrument.instrument_id: mark})
                    account = PaperAccount(genesis=at, legs=tuple(_legs(job, mark, at)))
                    checker = Checker(PaperExchange(prices, clock, account), ledger, listener, clock, rules)
                clock.move_to(at)
                prices.marks[job.instrument.instrument_id] = mark
                await checker.check()
                checks += 1
        finally:
            ledger.close()
    if not checks:
        raise CannotStart(Problem("replay.empty", path=job.candles))
    if listener.failed:
        raise CannotStart(Problem("replay.failed", count=len(listener.failed), why=listener.failed[0].problem))
    return listener.rows, checks


async def print_replay(job: Replay, rules: Rules) -> int:
    """Print the table; return the exit code."""
    rows, checks = await replay(job, rules)
    legs = " and ".join(side.value for side in job.entries)
    print(f"{job.instrument.instrument_id}: {checks} checks, {legs} of {job.contracts} contracts at {job.leverage}x")
    print(f"tiers: long {rules.long}, short {rules.short}; ROI = sign x (mark - entry) / entry x leverage")
    head = ("time (UTC)", "leg", "rule", "entry", "mark", "ROI %", "held", "closed", "left", "P&L U")
    table = [head, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for cells in table:
        print("  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))
    print(f"{len(rows)} orders, {sum((row.pnl for row in rows), Decimal(0)):+.2f} U before fees")
    return 0


def read_candles(path: Path) -> Iterator[Candle]:
    """Read a CSV of candles, packed or not. Raises CannotStart."""
    try:
        with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
            reader = csv.DictReader(file)
            if not set(FIRST_LINE) <= set(reader.fieldnames or ()):
                raise CannotStart(Problem("replay.columns", path=path, names=", ".join(FIRST_LINE)))
            for row in reader:
                yield _candle(path, reader.line_num, row)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as exc:
        raise CannotStart(Problem("setting.unreadable", path=path, why=getattr(exc, "strerror", None) or exc)) from exc


def _candle(path: Path, line: int, row: dict[str, Any]) -> Candle:
    try:
        return Candle(
            opened_at=dt.datetime.fromtimestamp(int(row["timestamp_ms"]) // 1000, dt.UTC),
            open=row["open"],
            high=row["high"],
            low=row["low"],
            close=row["close"],
        )
    except (ValueError, TypeError, OverflowError) as exc:
        raise CannotStart(Problem("replay.candle", path=path, line=line)) from exc


def _marks(job: Replay) -> Iterator[tuple[dt.datetime, Decimal]]:
    """Return the moments and prices of the days asked for: four a candle, spread over its length."""
    begin, length = job.start, dt.timedelta(minutes=5)
    previous: Candle | None = None
    for candle in read_candles(job.candles):
        begin = begin or candle.opened_at
        if candle.opened_at < begin:
            continue
        if candle.opened_at >= begin + dt.timedelta(days=job.days):
            return
        if previous is not None:
            length = candle.opened_at - previous.opened_at
        previous = candle
        rose = candle.close >= candle.open
        inner = (candle.low, candle.high) if rose else (candle.high, candle.low)
        for number, mark in enumerate((candle.open, *inner, candle.close)):
            yield candle.opened_at + length * number / 4, mark


def _legs(job: Replay, mark: Decimal, at: dt.datetime) -> Iterator[PaperLeg]:
    for side, entry in job.entries.items():
        yield PaperLeg(
            instrument_id=job.instrument.instrument_id,
            position_side=side,
            margin_mode=MarginMode.CROSS,
            contracts=job.contracts,
            entry_price=entry or mark,
            leverage=job.leverage,
            opened_at=at,
            adjusted_at=at,
        )


def _cells(row: ReplayOrder) -> tuple[str, ...]:
    return (
        f"{row.at:%Y-%m-%d %H:%M:%S}",
        row.side,
        row.what,
        f"{row.entry:f}",
        f"{row.mark:f}",
        f"{row.roi * 100:+.2f}",
        f"{row.before:f}",
        f"{row.closed:f}",
        f"{row.left:f}",
        f"{row.pnl:+.2f}",
    )
