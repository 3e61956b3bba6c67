"""The backtest written down once more by the words of its contract alone: no engine, no skipping, every look walked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

EIGHT_HOURS = 8 * 3_600_000
# When it opened (ms), open, high, low, close.
Bar = tuple[int, Decimal, Decimal, Decimal, Decimal]


class PlainFill(NamedTuple):
    side: str
    rule: str
    tier: int | None
    price: Decimal
    contracts: Decimal
    left: Decimal
    pnl: Decimal
    fee: Decimal


class PlainLeg:
    def __init__(self, side: str, contracts: Decimal, entry: Decimal, ladder: Sequence[tuple[Decimal, Decimal]]) -> None:
        self.side, self.sign = side, 1 if side == "long" else -1
        self.contracts, self.entry, self.ladder, self.fired = contracts, entry, ladder, set[int]()


class Plain:
    """One path of one entry; thresholds, shares and rates are fractions, ``interval`` is in ms."""

    def __init__(self, bars: Sequence[Bar], step: int, legs: Sequence[PlainLeg], **dials: Decimal | bool | int | str) -> None:
        self.legs, self.dials = list(legs), dials
        self.fills: list[PlainFill] = []
        self.realised = self.fees = self.funding = self.drawdown = Decimal(0)
        self.peak: Decimal | None = None
        self.price = bars[0][1]
        for bar in bars:
            self._bar(bar, step, bars[0][0])

    def __getattr__(self, name: str) -> Decimal:
        return self.dials[name]  # type: ignore[return-value] # whoever writes them down knows what they are

    @property
    def unrealised(self) -> Decimal:
        return sum((self._pnl(leg, self.price) for leg in self.legs), Decimal(0))

    def _bar(self, bar: Bar, step: int, first: int) -> None:
        opened, start, high, low, close = bar
        inner = (low, high) if self.path == "low-first" else (high, low)
        corners = (start, *inner, close)
        # Three a millisecond: a third of a bar is a whole number of them.
        looks = (
            range(0, step, int(self.interval)) if step >= self.interval else range((first - opened) % int(self.interval), step)
        )
        looks_at = {3 * at for at in looks if step >= self.interval or (opened + at - first) % int(self.interval) == 0}
        paid_at = {3 * at for at in range(-opened % EIGHT_HOURS, step, EIGHT_HOURS)}
        for at in sorted({0, step, 2 * step, 3 * step} | looks_at | paid_at):
            line = min(at // step, 2)
            price = corners[line] + (corners[line + 1] - corners[line]) * (at - line * step) / step
            if at:
                self._touch_between(price)
            self.price = price
            if at in paid_at and at < 3 * step:
                self.funding -= sum((leg.sign * self._coins(leg) * price * self.rate for leg in self.legs), Decimal(0))
            # Nobody loses more than what bears a leg, however far beyond it a bar opens.
            self._touch_here(tiers=False)
            if at % step == 0:
                self._track()
            self._touch_here()
            if at in looks_at:
                self._look()

    def _touch_between(self, price: Decimal) -> None:
        """Let happen what a straight line touches on its way to a price, but not there."""
        here = self.price
        while True:
            found = [
                (abs(at - here), number, at)
                for number, (at, _, _) in enumerate(self._waiting())
                if at != price and min(here, price) <= at <= max(here, price)
            ]
            if not found:
                return
            _, number, at = min(found)
            _, leg, tier = self._waiting()[number]
            here = self.price = at
            self._happen(leg, tier, at)

    def _touch_here(self, *, tiers: bool = True) -> None:
        """Let happen what is touched where the price is, or was jumped over: liquidations, and ``tiers`` that rest."""
        while True:
            waiting = [one for one in self._waiting() if tiers or one[2] <= 0]
            beyond = [(leg, tier, at) for at, leg, tier in waiting if (self.price - at) * _way(leg, tier) >= 0]
            if not beyond:
                return
            leg, tier, at = beyond[0]
            self._happen(leg, tier, self.price if tier > 0 else at)

    def _waiting(self) -> list[tuple[Decimal, PlainLeg, int]]:
        """Return the prices that do something by themselves: liquidations, then tiers that rest.

        Tier 0 is that of one leg, -1 of all legs when the price falls, -2 when it rises.
        """
        found = []
        rate = self.mmr + self.fee
        for leg in self.legs if self.isolated else ():
            coins = self._coins(leg)
            margin = coins * leg.entry / self.leverage
            found.append(((leg.entry * coins - leg.sign * margin) / (coins * (1 - leg.sign * rate)), leg, 0))
        net = sum((self._coins(leg) * (leg.sign - rate) for leg in self.legs), Decimal(0))
        if self.equity and not self.isolated and net:
            # Equity - net cost + net coins x price = rate x coins x price: one way up or down for all legs together.
            cost = sum((leg.sign * self._coins(leg) * leg.entry for leg in self.legs), Decimal(0))
            at = (cost - self.equity - self.realised + self.fees - self.funding) / net
            if net < 0 or at > 0:
                found.append((max(at, Decimal(0)), self.legs[0], -1 if net > 0 else -2))
        for leg in self.legs if self.execution == "resting" else ():
            if tier := self._next_tier(leg):
                exact = leg.entry * (self.leverage + leg.sign * leg.ladder[tier - 1][0]) / self.leverage
                ticks = (exact / self.tick).to_integral_value(ROUND_CEILING if leg.sign > 0 else ROUND_FLOOR)
                if self._margin(leg, ticks * self.tick) > 1 and ticks > 0:
                    found.append((ticks * self.tick, leg, tier))
        return found

    def _happen(self, leg: PlainLeg, tier: int, price: Decimal) -> None:
        if tier > 0:
            self._close(leg, "tier", tier, self._share(leg, tier), price, slips=False)
            return
        for gone in [leg] if tier == 0 else list(self.legs):
            self.legs.remove(gone)
            coins = self._coins(gone)
            loss = -coins * gone.entry / self.leverage
            if tier < 0:
                loss = coins * (gone.sign * (price - gone.entry) - price * (self.mmr + self.fee))
            self._note(PlainFill(gone.side, "liquidation", None, price, gone.contracts, Decimal(0), loss, Decimal(0)))

    def _look(self) -> None:
        touched = list(self.legs)
        for leg in touched if self.execution == "polled" else ():
            tier = self._next_tier(leg)
            if tier and self._roi(leg) >= leg.ladder[tier - 1][0] and self._margin(leg, self.price) > 1:
                self._close(leg, "tier", tier, self._share(leg, tier), self.price)
        rois = {leg.side: self._roi(leg) for leg in self.legs}
        for leg in list(self.legs) if self.hedges else ():
            other = rois.get("short" if leg.side == "long" else "long", Decimal(0))
            if self._roi(leg) < 0 < other and self._margin(leg, self.price) > 1:
                base = self._lots(self.leverage / (self.price * self.size), ROUND_CEILING)
                if (above := self._lots(leg.contracts - base, ROUND_FLOOR)) >= self.least and above > 0:
                    self._close(leg, "hedge", None, above, self.price)

    def _next_tier(self, leg: PlainLeg) -> int:
        """Return the lowest tier that has not fired and is no dust; 0 where there is none."""
        for number in range(1, len(leg.ladder) + 1):
            if number not in leg.fired and (share := self._share(leg, number)) > 0 and share >= self.least:
                return number
        return 0

    def _share(self, leg: PlainLeg, tier: int) -> Decimal:
        return self._lots(leg.contracts * leg.ladder[tier - 1][1], ROUND_FLOOR)

    def _lots(self, contracts: Decimal, rounding: str) -> Decimal:
        return (contracts / self.lot).to_integral_value(rounding) * self.lot

    def _close(
        self, leg: PlainLeg, rule: str, tier: int | None, contracts: Decimal, price: Decimal, *, slips: bool = True
    ) -> None:
        at = price * (1 - leg.sign * self.slippage) if slips else price
        coins = contracts * self.size
        leg.contracts -= contracts
        if tier:
            leg.fired.add(tier)
        if not leg.contracts:
            self.legs.remove(leg)
        pnl, fee = leg.sign * (at - leg.entry) * coins, coins * at * self.fee
        self._note(PlainFill(leg.side, rule, tier, at, contracts, leg.contracts, pnl, fee))

    def _note(self, fill: PlainFill) -> None:
        self.fills.append(fill)
        self.realised, self.fees = self.realised + fill.pnl, self.fees + fill.fee
        self._track()

    def _track(self) -> None:
        worth = self.realised + self.unrealised - self.fees + self.funding
        self.peak = worth if self.peak is None else max(self.peak, worth)
        self.drawdown = max(self.drawdown, self.peak - worth)

    def _coins(self, leg: PlainLeg) -> Decimal:
        return leg.contracts * self.size

    def _pnl(self, leg: PlainLeg, price: Decimal) -> Decimal:
        return leg.sign * (price - leg.entry) * self._coins(leg)

    def _roi(self, leg: PlainLeg) -> Decimal:
        return leg.sign * (self.price - leg.entry) * self.leverage / leg.entry

    def _margin(self, leg: PlainLeg, price: Decimal) -> Decimal:
        return self._coins(leg) * (leg.entry if self.isolated else price) / self.leverage


def _way(leg: PlainLeg, tier: int) -> int:
    """Return whether it is reached from below (1) or from above (-1)."""
    return leg.sign if tier > 0 else -leg.sign if tier == 0 else -1 if tier == -1 else 1
