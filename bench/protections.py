"""Whether scaling, give-back and break-even would have helped in 2022: ``python -m bench.protections FOLDER``.

Bars of five minutes walk through the plan itself: a leg of 100 U of margin at 10x, long and short, from every day on, held for
a week at most. A rule closes at its own price, 0.05 % goes for each fee, funding is not counted, and at -100 % a leg is lost.
A bar that rises goes from its open to its low, its high and its close; one that falls to its high first.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import statistics
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tests.fixtures.engine import SEED_RULES
from tgtp.domain import examples
from tgtp.domain.guards.leg_guards import guard_lines
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Tier
from tgtp.domain.life import Life
from tgtp.domain.model import EPOCH, Candle, Leg, Snapshot
from tgtp.domain.order import GUARDS, Intent, Order, OrderStatus
from tgtp.domain.plan import GuardReadings, Rules, Situation, guard_plan, ladder_plan
from tgtp.domain.sizing import TAKER_FEE
from tgtp.domain.volatility.factor import BARS_NEEDED, HOUR, Volatility, volatility

COINS = ("ETH", "XRP", "LINK")
MARGIN, LEVERAGE = Decimal(100), Decimal(10)
WEEK, HOUR_OF_BARS = 7 * 288, 12
LOT = Decimal("0.0001")
# So little beyond a price that it is reached for certain.
BEYOND = Decimal("1e-12")
SAME = Decimal("1e-6")
RULES: dict[str, tuple[Rules, bool]] = {
    "as delivered": (SEED_RULES, False),
    "scaled": (SEED_RULES, True),
    "give-back 40": (SEED_RULES.replaced(guards=GuardRules(give_back="0.4")), False),
    "break-even 1": (SEED_RULES.replaced(guards=GuardRules(break_even=1)), False),
}
Bar = tuple[int, Decimal, Decimal, Decimal, Decimal]


class Market(NamedTuple):
    """Bars of one coin, and its factor in each hour of them, where there is one."""

    name: str
    bars: Sequence[Bar]
    factors: Mapping[int, Decimal]

    @classmethod
    def read(cls, folder: Path, coin: str) -> Market:
        name = f"{coin}-USDT-SWAP"
        with gzip.open(folder / f"{name}-5m.csv.gz", "rt") as file:
            rows = list(csv.reader(file))[1:]
        bars: list[Bar] = [(int(row[0]) // 1000, *map(Decimal, row[1:5])) for row in rows]  # type: ignore[misc] # five of them
        hours: dict[int, list[Bar]] = {}
        for bar in bars:
            hours.setdefault(bar[0] // 3600, []).append(bar)
        candles = [_hour(number, each) for number, each in hours.items()]
        found = {end: volatility(candles[end - BARS_NEEDED : end]) for end in range(BARS_NEEDED, len(candles))}
        wild = {candles[end - 1].opened_at + HOUR: one.factor for end, one in found.items() if isinstance(one, Volatility)}
        return cls(name, bars, {(ends - EPOCH) // HOUR: factor for ends, factor in wild.items()})


def _hour(number: int, bars: Sequence[Bar]) -> Candle:
    high, low = max(bar[2] for bar in bars), min(bar[3] for bar in bars)
    return Candle(opened_at=EPOCH + number * HOUR, open=bars[0][1], high=high, low=low, close=bars[-1][4])


class Walk:
    """One leg on its way under some rules; ``result`` is what it has come to, in U of each U of margin."""

    def __init__(self, market: Market, side: str, begins: int, rules: Rules, *, scales: bool) -> None:
        self._market, self._plain, self._rules, self._scales = market, rules, rules, scales
        self._at, self._mark = EPOCH + dt.timedelta(seconds=market.bars[begins][0]), market.bars[begins][1]
        size = (MARGIN * LEVERAGE / self._mark).quantize(LOT)
        self._leg = examples.leg(
            market.name, side=side, contracts=size, mark_price=self._mark, lot_size=LOT, opened_at=self._at, fees=0
        )
        self._sign, self._entry = self._leg.position_side.sign, self._leg.entry_price
        self._life, self._best, self._over = Life.begun(self._leg), Decimal(0), False
        self._paid, self._margin = size * self._entry * TAKER_FEE, size * self._entry / LEVERAGE
        self._realised = -self._paid
        for bar in market.bars[begins : begins + WEEK]:
            if not self._over:
                self._pass(bar)

    @property
    def result(self) -> Decimal:
        left = self._leg.contracts
        return (self._realised + left * (self._sign * (self._mark - self._entry) - self._mark * TAKER_FEE)) / self._margin

    def _pass(self, bar: Bar) -> None:
        begins, opened, high, low, close = bar
        self._at = EPOCH + dt.timedelta(seconds=begins)
        if self._scales and begins % 3600 == 0:
            factor = self._market.factors.get(begins // 3600)
            self._rules = self._plain.scaled_by({self._market.name: factor} if factor is not None else {})
        best, worst = (self._roi(price) for price in ((high, low) if self._sign > 0 else (low, high)))
        tier = self._tier()
        if worst > -1 and (tier is None or best < tier.threshold) and not self._is_guarded():
            # Nothing can be due in it.
            self._mark, self._best = close, max(self._best, best)
            return
        for price in (opened, *((low, high) if close >= opened else (high, low)), close):
            self._go(price)

    def _go(self, price: Decimal) -> None:
        """Go straight to a price, and let each rule act where it is reached."""
        while not self._over and (at := self._next(price)) is not None:
            self._mark = at
            if not self._act():
                break
        self._mark, roi = price, self._roi(price)
        self._best = max(self._best, roi)
        if roi <= -1 and not self._over:
            self._mark, self._over = self._entry * (1 - self._sign / LEVERAGE), True

    def _next(self, price: Decimal) -> Decimal | None:
        """Return the price at which the next rule is due on the way to another; None where none is."""
        roi, now, tier = self._roi(price), self._roi(self._mark), self._tier()
        if tier is not None and max(roi, now) >= tier.threshold:
            return self._mark if now >= tier.threshold else self._price(tier.threshold) * (1 + self._sign * BEYOND)
        if roi >= now or not self._is_guarded():
            return None
        lines = guard_lines(self._seen(), self._life, self._best, self._rules.guards)
        reached = [line.roi for line in lines if line.is_armed and line.is_behind and line.roi is not None and roi < line.roi]
        return self._price(min(max(reached), now)) * (1 - self._sign * BEYOND) if reached else None

    def _tier(self) -> Tier | None:
        fired = self._life.fired_numbers
        return next((one for one in self._rules.ladder_of(self._leg.key).tiers if one.number not in fired), None)

    def _is_guarded(self) -> bool:
        """Return whether a guard may act before another tier fires."""
        work, fired = self._life.guarded, len(self._life.fired)
        return self._rules.guards.is_on and fired > (work.tiers if work is not None else 0)

    def _act(self) -> bool:
        """Let the plan decide at this price, and fill what it wants."""
        leg = self._leg = self._seen()
        snapshot, readings = Snapshot(taken_at=self._at, legs=(leg,)), GuardReadings({leg.key: self._best}, {leg.key: GUARDS})
        situation = Situation("main", self._rules, {leg.key: self._life}, (), (), self._at, may_trade=True, guards=readings)
        for intent in (intents := ladder_plan(snapshot, situation).intents or guard_plan(snapshot, situation).intents):
            self._fill(intent)
        return bool(intents)

    def _fill(self, intent: Intent) -> None:
        self._at += dt.timedelta(seconds=1)
        closed, price = intent.contracts, self._mark
        fee, won = closed * price * TAKER_FEE, closed * self._sign * (price - self._entry)
        self._realised, self._paid = self._realised + won - fee, self._paid + fee
        about = {"client_order_id": "1", "order_id": "1", "status": OrderStatus.FILLED, "updated_at": self._at}
        order = Order(**about, filled_contracts=closed, average_price=price, fee=fee, realised_pnl=won)
        self._life = self._life.after_order(intent, order, LOT, LOT)
        self._leg = self._leg.replaced(contracts=self._leg.contracts - closed, adjusted_at=self._at)

    def _seen(self) -> Leg:
        margin = self._leg.contracts * self._mark / LEVERAGE
        return self._leg.replaced(mark_price=self._mark, initial_margin=margin, fees=self._paid)

    def _roi(self, price: Decimal) -> Decimal:
        return self._sign * (price - self._entry) * LEVERAGE / self._entry

    def _price(self, roi: Decimal) -> Decimal:
        return self._entry * (1 + self._sign * roi / LEVERAGE)


def row(market: Market, every: int) -> str:
    """Return what 100 U of margin came to under each of the rules; how many legs fared better and worse by that; the error.

    The error is one standard deviation of the mean of what a rule changed, as if legs knew nothing of each other.
    """
    begins = range((BARS_NEEDED + 1) * HOUR_OF_BARS, len(market.bars) - WEEK, every * HOUR_OF_BARS)
    legs = [(side, begin) for begin in begins for side in ("long", "short")]
    cells, first = "", list[Decimal]()
    for rules, scales in RULES.values():
        results = [Walk(market, side, begin, rules, scales=scales).result for side, begin in legs]
        first = first or results
        changes = [one - was for one, was in zip(results, first, strict=True)]
        better, worse = (sum(sign * change > SAME for change in changes) for sign in (1, -1))
        error = statistics.stdev(changes) / Decimal(len(changes)).sqrt()
        cells += f"{sum(results) / len(results) * 100:>+14.2f} ± {error * 100:.2f} ({better:>3}/{worse:>3})"
    return f"{market.name.split('-')[0]:6}{len(legs):>6}{cells}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.protections", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=24, help="hours between two entries")
    given = parser.parse_args()
    print(f"{'':6}{'legs':>6}" + "".join(f"{name:>28}" for name in RULES))
    for coin in COINS:
        print(row(Market.read(given.folder, coin), given.every), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
