"""Finds out what closed a leg, or a part of it, that we did not: somebody's order, a liquidation, auto-deleveraging (ADL)."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from tgtp.domain.events import Event, LegForceClosed, LegGone, LegOpened, LegShrank
from tgtp.domain.life import Life
from tgtp.domain.model import CloseRecord, Leg, LegKey, Moment, NotNegative, Number, Snapshot, Value
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange

log = logging.getLogger(__name__)

NOTE = "unexplained_closes"
# Seconds that a check waits for the history at its end, and between two reads of it.
PATIENCE = 2
AGAIN_AFTER = 5
# So long after it was told as not known, the history may still explain it.
KEPT = dt.timedelta(minutes=5)
# By so much the history's time of a close and that of the row which shows it may differ.
APART = dt.timedelta(seconds=1)


class Unexplained(Value):
    """A close that is not ours, as it would be told without the history. ``told``: it has been, and the history may follow.

    ``before`` contracts were held by the life that began at ``opened_at``. Its row of before was adjusted at ``since``, by the
    exchange's clock, and showed ``realised`` USDT; None where that row is not known. ``until`` is when the smaller row was
    adjusted; None where there is no row any more.
    """

    event: LegShrank | LegGone | LegOpened
    opened_at: Moment
    since: Moment
    until: Moment | None = None
    before: NotNegative
    realised: Number | None = None
    told: bool = False

    @property
    def life(self) -> tuple[LegKey, dt.datetime]:
        """Name the life of the leg."""
        return self.event.leg, self.opened_at

    def record_among(self, closes: Iterable[CloseRecord]) -> CloseRecord | None:
        """Return what the history says of it; None while it shows nothing newer than the row of before."""
        return next((one for one in closes if (one.leg, one.opened_at) == self.life and one.at > self.since), None)

    def is_explained_by(self, record: CloseRecord) -> bool:
        """Return whether the history still shows this close, and not one that came after it and that no row has shown yet."""
        return self.until is None or record.at <= self.until + APART

    def explained(self, record: CloseRecord, now: dt.datetime) -> list[Event]:
        """Return what is to be told now that its history is known."""
        if record.how == "order":
            if self.told:
                return []
            return [self.event if isinstance(self.event, LegOpened) else self.event.replaced(how="order")]
        forced = LegForceClosed(
            at=now,
            leg=self.event.leg,
            how=record.how,
            before=self.before,
            contracts=_left(self.event),
            life_realised=record.realised_pnl,
            realised=None if self.realised is None else record.realised_pnl - self.realised,
            mark_price=record.mark_price,
        )
        # A leg that was opened anew is news of its own.
        return [forced, self.event] if isinstance(self.event, LegOpened) and not self.told else [forced]


def _left(event: LegShrank | LegGone | LegOpened) -> Decimal:
    return event.contracts if isinstance(event, LegShrank) else Decimal(0)


class CloseWatch:
    """Keeps back what became smaller without us until its history was read, once; what waits is on disk.

    The read runs beside the check and holds none of its orders up. It begins before they leave: the history shows the latest
    close only, and that must not be ours.
    """

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock) -> None:
        self._exchange = exchange
        self._journal = journal
        self._clock = clock
        # The rows of the newest look, and those of the look before.
        self._rows: dict[LegKey, Leg] = {}
        self._earlier: dict[LegKey, Leg] = {}
        self._reading: asyncio.Task[tuple[CloseRecord, ...]] | None = None
        self._not_before = clock.monotonic()

    def keeps_back(self, event: Event, lives: Mapping[LegKey, Life]) -> bool:
        """Take in what happened to one of the ``lives`` of before, inside a step; False for what needs no explaining."""
        if isinstance(event, LegOpened) and event.reopened:
            return self._takes_back(event)
        if not (isinstance(event, LegShrank | LegGone) or (isinstance(event, LegOpened) and event.anew)):
            return False
        life = lives.get(event.leg)
        if life is None or not life.contracts:
            return False
        row = self._earlier.get(life.key)
        if row is not None and row.opened_at != life.opened_at:
            row = None
        smaller = self._rows.get(life.key)
        waiting = Unexplained(
            event=event,
            opened_at=life.opened_at,
            since=row.adjusted_at if row is not None else life.row_at or life.opened_at,
            until=smaller.adjusted_at if smaller is not None and smaller.contracts == _left(event) else None,
            before=event.before if isinstance(event, LegShrank) else life.contracts,
            realised=row.realised_pnl if row is not None else None,
        )
        self._keep([*self._waiting(), waiting])
        self._not_before = self._clock.monotonic()
        return True

    def _takes_back(self, event: LegOpened) -> bool:
        """Let nothing be told of a leg that was missed only until now; False where its end was told already."""
        waiting = self._waiting()
        missed = [one for one in waiting if one.event.leg == event.leg and isinstance(one.event, LegGone)]
        self._keep([one for one in waiting if one not in missed])
        return any(not one.told for one in missed)

    def see(self, snapshot: Snapshot, unexplained: Collection[LegKey] = ()) -> None:
        """Remember the rows of a look, before it is said what happened since the one before.

        Rows of ``unexplained`` legs are not taken in yet: what is said of them later is said since the row before.
        """
        self._earlier = dict(self._rows)
        for leg in snapshot.legs:
            before = self._rows.get(leg.key)
            if before is None or (leg.adjusted_at >= before.adjusted_at and leg.key not in unexplained):
                self._rows[leg.key] = leg

    def begin(self) -> None:
        """Begin to read the history, where something waits for it."""
        waiting = self._waiting()
        if self._reading is None and waiting and self._clock.monotonic() >= self._not_before:
            since = min(one.since for one in waiting)
            self._reading = asyncio.create_task(self._exchange.closes_since(since), name="closes")
            # A check that is cut short leaves it behind: it only reads, and nobody waits for it.
            self._reading.add_done_callback(lambda read: read.cancelled() or read.exception())

    async def tell(self) -> None:
        """Tell what the history says; what it does not say in time is told as not known, and may be explained later.

        Raises LedgerWriteFailed: all of it is told at the next check.
        """
        self.begin()
        if self._reading is None:
            return
        try:
            await asyncio.wait({self._reading}, timeout=PATIENCE)
            self._write(self._read())
            self._not_before = self._clock.monotonic() + AGAIN_AFTER
        finally:
            self._reading.cancel()
            self._reading = None

    def _read(self) -> tuple[CloseRecord, ...]:
        if self._reading is None or not self._reading.done():
            log.warning("the positions' history did not come in time")
            return ()
        if (problem := self._reading.exception()) is not None:
            log.warning("the positions' history could not be read: %s", problem)
            return ()
        return self._reading.result()

    def _write(self, closes: tuple[CloseRecord, ...]) -> None:
        now = self._journal.now()
        left: list[Unexplained] = []
        waiting = self._waiting()
        # The history shows the latest close of a life only: what it was before that cannot be known any more.
        latest = {one.life: one for one in waiting if one.record_among(closes) is not None}
        with self._journal.step():
            for one in waiting:
                record = one.record_among(closes)
                if record is not None and latest[one.life] is one and one.is_explained_by(record):
                    events = one.explained(record, now)
                else:
                    events = [] if one.told else [one.event]
                for event in events:
                    self._journal.record(event)
                if record is not None and record.whole:
                    self._end(record)
                if record is None and abs(now - one.event.at) < KEPT:
                    left.append(one.replaced(told=True))
            self._keep(left)

    def _end(self, record: CloseRecord) -> None:
        """Remember when a life has ended: a row from before that, however late it comes, does not bring it back."""
        life = self._journal.ledger.lives().get(record.leg)
        if life is not None and life.opened_at == record.opened_at and life.gone_at is not None:
            self._journal.ledger.keep_life(life.replaced(ended_at=record.at))

    def _waiting(self) -> list[Unexplained]:
        return [Unexplained(**one) for one in self._journal.ledger.note(NOTE) or ()]

    def _keep(self, waiting: list[Unexplained]) -> None:
        self._journal.ledger.keep_note(NOTE, [one.model_dump(mode="json") for one in waiting] or None)
