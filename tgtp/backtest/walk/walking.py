"""One walk: from an entry to the last bar, from one price that decides something to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal
from functools import partial
from typing import NamedTuple

from tgtp.backtest.job import Alternative
from tgtp.backtest.walk.account import Terms, WalkedAccount
from tgtp.backtest.walk.bar_search import BarSearch
from tgtp.backtest.walk.decisions import Decisions, Next, Touch
from tgtp.backtest.walk.factors import Factors
from tgtp.backtest.walk.readings import Readings
from tgtp.backtest.walk.track import Track
from tgtp.backtest.walk.worth import Worth
from tgtp.domain.guards.best_roi import AGREE_AFTER
from tgtp.domain.model import EPOCH, LegKey, MarginMode, PositionSide


class Event(NamedTuple):
    """What comes next, at a moment (ms) of a bar: a touch, a look of the engine, a reading, or that something was settled."""

    bar: int
    at: Decimal
    price: Decimal
    touch: Touch | None = None
    is_look: bool = False
    is_reading: bool = False

    @property
    def follows_corner(self) -> bool:
        """Return whether the worth of a corner is taken before it: what is liquidated or settled there is in that."""
        return self.is_look or self.is_reading or (self.touch is not None and not self.touch.legs)


class Place(NamedTuple):
    """How far a walk has come: to a moment (ms) of a bar, where ``looked`` says that the look of that moment is over."""

    bar: int
    at: Decimal = Decimal(0)
    looked: bool = False


class Turn(NamedTuple):
    """What the trader does when a bar begins: legs end, each at a price, and others begin."""

    bar: int
    ends: Sequence[tuple[LegKey, Decimal]]
    begins: Sequence[tuple[PositionSide, MarginMode, Terms]]


class Walk:
    """One account on one path, from the bar ``first`` on."""

    def __init__(
        self,
        account: WalkedAccount,
        track: Track,
        search: BarSearch,
        first: int,
        *,
        factors: Factors | None = None,
        decides: bool = True,
        skips: bool = True,
    ) -> None:
        """Unless it ``decides``, what is held is held to the end; unless it ``skips``, every look is a look of the engine."""
        self._account, self._track, self._search, self._first = account, track, search, first
        self._factors, self._decides, self._skips = factors, decides, skips
        self._job = account.job
        self._entry_price = account.entry_price
        self._step, self._interval = track.bars.step_ms, self._job.interval_ms
        self._worth = Worth(track, self._job.instrument.contract_size, first, account.legs)
        guards = account.rules.guards.of(self._job.instrument.instrument_id)
        # They may hang on what was paid by then.
        self._settles = self._job.funding is not None and (
            bool(guards.break_even) or (self._job.equity is not None and account.is_cross)
        )
        self._readings = Readings() if decides and guards.is_on else None
        # So many looks before one may have agreed with it.
        self._agreeing = -(-AGREE_AFTER * 1000 // self._interval)
        # When the last reading was, and the last look of the engine: unix ms.
        self._read_at = self._looked_at = Decimal(0)
        self._settled = Decimal(0)

    async def run(self, name: str, turns: Iterable[Turn] = ()) -> Alternative:
        """Walk to the end, and return what came of it; the ``turns`` come in the order of their bars."""
        # What is settled just then is settled before anything else happens.
        self._worth.go_to(self._first, 0, corner=False)
        place = Place(self._first)
        for turn in turns:
            await self._walk_to(turn.bar, place)
            self._take(turn)
            place = Place(turn.bar)
        await self._walk_to(self._search.count, place)
        return self._ended(name)

    def _take(self, turn: Turn) -> None:
        """Let legs end and begin, after all that happens in the bars before."""
        account, fills, at = self._account, self._account.exchange.fills, self._moment(turn.bar - 1, self._step)
        self._worth.go_to(turn.bar - 1, self._step)
        known = len(fills)
        for key, price in turn.ends:
            held = account.exchange.leg(key)
            if held is not None:
                account.exchange.end(held, at, price)
        for fill in fills[known:]:
            self._worth.fill(fill, self._track.bars.exact(turn.bar - 1)[3])
        for side, mode, terms in turn.begins:
            self._worth.opened(account.open(side, mode, terms, self._moment(turn.bar, 0)))

    async def _walk_to(self, end: int, place: Place) -> None:
        """Walk from a place to the begin of a bar."""
        known = self._decisions()
        while self._account.legs and (event := self._next_event(known, place, end)) is not None:
            self._worth.go_to(event.bar, event.at, corner=event.follows_corner)
            place = Place(event.bar, event.at, looked=event.is_look or event.is_reading)
            if await self._happens(event):
                known = self._decisions()
            elif event.touch is not None:
                # Nothing was due there after all: it is tried again a look later.
                place = self._after(place)

    def _decisions(self) -> Decisions:
        return Decisions(
            self._account, self._worth.funding, self._factors, self._readings, decides=self._decides, skips=self._skips
        )

    def _next_event(self, known: Decisions, place: Place, end: int) -> Event | None:
        """Return what comes first from a place on and before a bar; None where nothing comes any more."""
        if place.bar >= end:
            return None
        found = self._in_bar(known.of(place.bar), place)
        bar: int | None = place.bar
        while found is None and bar is not None:
            bar = known.next_bar(self._search, bar + 1, end)
            found = self._in_bar(known.of(bar), Place(bar)) if bar is not None else None
        settled = self._track.next_settlement(place.bar, place.at) if self._settles else None
        if settled is not None and settled[0] < end and (found is None or settled <= (found.bar, found.at)):
            return Event(settled[0], Decimal(settled[1]), Decimal(0))
        return self._led_up(found, place) if found is not None and found.is_look and self._readings is not None else found

    def _led_up(self, look: Event, place: Place) -> Event:
        """Return a look of just before, from a place on: where a guard is reached, two have to agree.

        What was too small to be closed at the first may be large enough at the second.
        """
        for _ in range(self._agreeing):
            before = self._grid_before(look.bar, look.at)
            if before is None or (before.bar, before.at, True) <= place:
                break
            price = self._track.lines(before.bar).price(int(before.at))
            look = Event(before.bar, before.at, price, is_look=True)
        return look

    def _in_bar(self, coming: Next, place: Place) -> Event | None:
        """Return what comes first in the rest of a bar: at one moment liquidations, then tiers that rest, then the look."""
        lines = self._track.lines(place.bar)
        first: Event | None = None
        for touch in coming.touches:
            reached = lines.reaches(touch.price, falls=touch.falls, since=place.at)
            if reached is not None and (first is None or reached.at < first.at):
                first = Event(place.bar, reached.at, reached.price, touch)
        if not coming.looks and not coming.readings:
            return first
        looks = self._looks(place)
        look = lines.first_look(looks, coming.looks)
        if look is not None and (first is None or look < first.at):
            first = Event(place.bar, Decimal(look), lines.price(look), is_look=True)
        look = lines.first_look(looks, coming.readings)
        if look is not None and (first is None or look < first.at):
            price = lines.price(look)
            is_look = any(region.holds(price) for region in coming.reached)
            first = Event(place.bar, Decimal(look), price, is_look=is_look, is_reading=not is_look)
        return first

    def _looks(self, place: Place) -> range:
        """Return the moments of a bar, from a place on, at which the engine may look."""
        begins, since = 0, int(place.at.to_integral_value(ROUND_CEILING)) + place.looked
        if self._step < self._interval:
            opened = self._track.bars.opened_ms
            begins = int(opened[self._first] - opened[place.bar]) % self._interval
        if since > begins:
            begins += -((begins - since) // self._interval) * self._interval
        return range(begins, self._step, self._interval)

    async def _happens(self, event: Event) -> bool:
        """Let an event happen; return whether what may come next has changed by it."""
        account, fills = self._account, self._account.exchange.fills
        known, changed = len(fills), self._settle(event)
        at = self._moment(event.bar, event.at)
        if event.touch is not None and event.touch.legs:
            account.liquidate(event.touch.legs, at, event.touch.price)
        elif event.is_reading:
            changed |= self._read(event)
        elif event.is_look or event.touch is not None:
            changed |= await self._look(event, at)
        for fill in fills[known:]:
            self._worth.fill(fill, event.price)
        return changed or len(fills) > known

    async def _look(self, event: Event, at: dt.datetime) -> bool:
        """Let the engine look; return whether a best ROI has changed by that."""
        look = partial(
            self._account.look,
            at,
            event.price,
            # What rests is the ladder's alone, and fills at its own price.
            ladder=event.touch is not None or self._job.execution == "polled",
            hedge=event.touch is None,
            slips=event.touch is None,
            volatility=self._factors.at(at) if self._factors is not None else None,
        )
        if self._readings is None:
            await look()
            return False
        if self._read_at < self._look_before(event):
            self._readings.pass_over()
        await look(best=self._readings.best, reached=self._looked_at >= self._look_before(event))
        self._looked_at = self._unix(event)
        return self._read(event)

    def _read(self, event: Event) -> bool:
        """Take in a reading; return whether a best ROI has changed by that."""
        if self._readings is None:
            return False
        if self._read_at < self._look_before(event):
            self._readings.pass_over()
        self._read_at = self._unix(event)
        return self._readings.read(self._account.legs, event.price, float(self._read_at) / 1000)

    def _look_before(self, event: Event) -> int:
        """Return when the last moment to look before an event was, in unix ms; 0 where there was none."""
        before = self._grid_before(event.bar, event.at)
        return int(self._track.bars.opened_ms[before.bar] + int(before.at)) if before is not None else 0

    def _grid_before(self, bar: int, at: Decimal) -> Place | None:
        """Return the last moment to look before a moment; None where there was none."""
        while bar >= self._first:
            looks = self._looks(Place(bar))
            number = min((int(at.to_integral_value(ROUND_CEILING)) - 1 - looks.start) // looks.step, len(looks) - 1)
            if number >= 0:
                return Place(bar, Decimal(looks[number]))
            bar, at = bar - 1, Decimal(self._step)
        return None

    def _settle(self, event: Event) -> bool:
        """Let the legs have paid what was settled by an event; return whether anything was."""
        if not self._settles:
            return False
        paid = self._track.paid(event.bar, event.at)
        if paid != self._settled:
            self._account.settle(paid - self._settled)
            self._settled = paid
            return True
        return False

    def _unix(self, event: Event) -> Decimal:
        return int(self._track.bars.opened_ms[event.bar]) + event.at

    def _after(self, place: Place) -> Place:
        at = place.at + self._interval
        return Place(place.bar, at) if at < self._step else Place(place.bar + 1)

    def _moment(self, bar: int, at: Decimal | int) -> dt.datetime:
        return EPOCH + dt.timedelta(microseconds=int((int(self._track.bars.opened_ms[bar]) + at) * 1000))

    def _ended(self, name: str) -> Alternative:
        bars, worth = self._track.bars, self._worth
        last = len(bars.opened_ms) - 1
        worth.go_to(last, self._step)
        fills = tuple(self._account.exchange.fills)
        return Alternative(
            name=name,
            path=self._track.order,
            entry_at=self._moment(self._first, 0),
            entry_price=self._entry_price,
            fills=fills,
            realised=worth.realised,
            unrealised=worth.unrealised(bars.exact(last)[3]),
            fees=worth.fees,
            funding=worth.funding,
            max_drawdown=worth.max_drawdown,
            opening_fee=self._account.opening_fee * len(self._job.legs),
            slippage=self._account.exchange.lost_by_slipping,
            best=worth.best,
            worst=worth.worst,
            held_until=self._moment(last, self._step) if self._account.legs or not fills else fills[-1].at,
        )

    @property
    def looks_skipped(self) -> int:
        """How many looks of the grid nobody took."""
        opened = self._track.bars.opened_ms[self._first :]
        if self._step >= self._interval:
            looks = len(opened) * -(-self._step // self._interval)
        else:
            looks = int(((opened[0] - opened) % self._interval < self._step).sum())
        return max(looks - self._account.looks, 0) if self._decides else 0
