"""What may come next in a walk, and in which bar."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.backtest.walk.account import WalkedAccount
from tgtp.backtest.walk.bar_search import BLOCK, BarSearch
from tgtp.backtest.walk.decision_prices import (
    guard_regions,
    hedge_regions,
    ladder_regions,
    least_price,
    next_tier,
    trigger_price,
)
from tgtp.backtest.walk.factors import Factors
from tgtp.backtest.walk.readings import Readings
from tgtp.backtest.walk.region import ANY, EVERYWHERE, Region
from tgtp.domain.plan import Rules
from tgtp.domain.volatility.factor import LOWEST
from tgtp.domain.volatility.scaling import UNSCALED


class Touch(NamedTuple):
    """A price that does something by itself: it liquidates ``legs``, or, where there are none, a tier rests there."""

    price: Decimal
    falls: bool
    legs: tuple[PaperLeg, ...] = ()

    @property
    def region(self) -> Region:
        """All prices at which it has happened."""
        return Region(Decimal(0), self.price) if self.falls else Region(self.price, ANY)


class Next(NamedTuple):
    """What may come next: prices that do something by themselves, prices at which a look may, or is only a better reading.

    Where a guard is ``reached`` a reading is not enough: the look after it has to agree with one of the engine.
    """

    touches: Sequence[Touch]
    looks: Sequence[Region]
    readings: Sequence[Region] = ()
    reached: Sequence[Region] = ()

    @property
    def regions(self) -> tuple[Region, ...]:
        """All prices at which anything may happen."""
        return (*(touch.region for touch in self.touches), *self.looks, *self.readings)


class Decisions:
    """What may come next while the legs stay as they are; by the factor of a bar where thresholds follow the volatility."""

    def __init__(
        self,
        account: WalkedAccount,
        funding: Decimal,
        factors: Factors | None,
        readings: Readings | None,
        *,
        decides: bool,
        skips: bool,
    ) -> None:
        self._account, self._factors, self._decides, self._skips = account, factors, decides, skips
        self._readings = readings
        liquidations = account.liquidations(funding)
        self._liquidations = [Touch(found.price, found.falls, legs) for legs, found in liquidations]
        self._known: dict[Decimal, Next] = {}

    def of(self, bar: int) -> Next:
        """Return what may come next in a bar."""
        return self._with(UNSCALED if self._factors is None else self._factors.of(bar))

    def next_bar(self, search: BarSearch, first: int, end: int) -> int | None:
        """Return the first bar from ``first`` on and before ``end`` in which anything may happen."""
        if self._factors is None:
            return search.next_bar(first, self._with(UNSCALED).regions, end)
        while (bar := search.next_bar(first, self._with(LOWEST).regions, end)) is not None:
            # At the lowest factor everything is reached first: whether it is at the bars' own is looked up a block at a time.
            first = min(bar + BLOCK, end)
            for factor, bars in self._factors.runs(bar, first):
                found = search.next_bar(bars.start, self._with(factor).regions, bars.stop)
                if found is not None:
                    return found
        return None

    def _with(self, factor: Decimal) -> Next:
        found = self._known.get(factor)
        if found is None:
            found = self._known[factor] = self._found(factor)
        return found

    def _found(self, factor: Decimal) -> Next:
        account, job = self._account, self._account.job
        if not self._decides:
            return Next(self._liquidations, ())
        rules: Rules = account.rules
        if factor != UNSCALED:
            rules = rules.scaled_by({job.instrument.instrument_id: factor})
        touches, looks = list(self._liquidations), list[Region]()
        if not self._skips:
            looks.append(EVERYWHERE)
        reached = list[Region]()
        better = self._guards(rules, looks, reached) if self._readings is not None and self._skips else []
        if account.hedges:
            looks += hedge_regions(account.legs, job.instrument, rules)
        for leg in account.legs:
            tier = next_tier(leg, job.instrument, rules.ladder_of(leg.key), account.fired(leg.key))
            if tier is None:
                continue
            if job.execution == "polled":
                looks += ladder_regions(leg, job.instrument, tier, rules.min_margin)
            elif (price := trigger_price(leg, job.instrument, tier, rules.min_margin)) is not None:
                touches.append(Touch(price, falls=leg.position_side.sign < 0))
        return Next(touches, looks, better, reached)

    def _guards(self, rules: Rules, looks: list[Region], reached: list[Region]) -> list[Region]:
        """Add where guards close, and where they are reached; return where a ROI is better than the best."""
        better, readings = list[Region](), self._readings or Readings()
        for leg in self._account.legs:
            best, life = readings.best.get(leg.key), self._account.life(leg.key)
            if life is not None:
                best_roi = best.roi if best is not None else None
                looks += guard_regions(leg, self._account.job.instrument, life, best_roi, rules)
                reached += guard_regions(leg, self._account.job.instrument, life, best_roi, rules, closes=False)
            is_closable = least_price(leg, self._account.job.instrument, rules) is not None
            if is_closable and (unread := readings.better(leg)) is not None:
                better.append(unread)
        return better
