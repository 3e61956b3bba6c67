"""The drawdown guard, held against what the account was really worth when it was read.

As a fund has it: who moves money in buys units, who takes it out gives some back, and the price of one falls by losses alone.
What a reply said of the equity is never believed here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.oracle.held_back import holds_back
from tests.simulation.oracle.order_names import where_of
from tests.simulation.oracle.shown_legs import Shown, ShownLeg
from tgtp.domain.events import DrawdownChanged, DrawdownDone, DrawdownFired, DrawdownReset, DrawdownUnexplained, Event

DRAWDOWN = "drawdown"
AGREE_AFTER = 8.0
# Readings that are kept, and those that an act may rest on (seconds).
MOST_READINGS = 400
# Of the equity: what rounding and a transfer between two readings may make of a fall, and what leaves no doubt.
ROUNDING, CLEARLY = Decimal("0.003"), Decimal("0.005")
# Seconds without a trouble after which nothing may be unexplained.
CALM = 1200.0


class Set(NamedTuple):
    """The fall (a fraction) to act at, None for never, and what is done then."""

    limit: Decimal | None = None
    action: str = "pause"


class DrawdownAudit:
    """Judges what the drawdown guard of one account does."""

    def __init__(self, account: Account, found: list[str], name: str, settings: Set) -> None:
        self._account, self._found, self._name = account, found, name
        self._set = settings
        self._units = Decimal(1)
        self._peak = self._steady = Decimal(0)
        # When it was read, and how far it had fallen then at most.
        self._readings: deque[tuple[float, Decimal]] = deque(maxlen=MOST_READINGS)
        # The cash of the two newest looks, and of now: a guard begins where it stands still, too.
        self._cash: deque[Decimal] = deque(maxlen=2)
        self._fired: DrawdownFired | None = None
        self._is_over = False
        self._times: dict[str, Decimal] = {}
        self.acts = 0

    # -- what happens ----------------------------------------------------------------------------------------------

    def moves(self, amount: Decimal) -> None:
        """So many USDT are about to be moved in, or out."""
        worth = self._worth
        if worth > 0 and worth + amount > 0:
            self._units *= (worth + amount) / worth

    def looked(self, at: float) -> None:
        """The program reads the account's money now."""
        self._cash.append(self._account.cash)
        price = self._worth / self._units
        self._peak = max(self._peak, price)
        self._readings.append((at, 1 - price / self._peak if self._peak > 0 else Decimal(0)))

    def redenominated(self, inst_id: str, times: Decimal) -> None:
        """The exchange counts an instrument in other contracts."""
        self._times[inst_id] = self._times.get(inst_id, Decimal(1)) * times

    def written(self, event: Event, others: Iterable[str], shown: Shown | None, at: float, calm_since: float | None) -> None:
        """An event of this account is on disk; ``others`` are the pauses that no guard has set."""
        if isinstance(event, DrawdownChanged):
            self._set = Set(event.after.limit, event.after.action)
            if not self._fired:
                self._begin()
            elif not event.after.is_on:
                # Whoever switches it off wants nothing more of it.
                self._is_over = True
        elif isinstance(event, DrawdownReset):
            if event.by is not None:
                self._fired = None
                self._begin()
            else:
                # What was before is not known any more: the peak that it must remember is a later one.
                self._steady = Decimal(0)
        elif isinstance(event, DrawdownFired):
            self._fires(event, list(others), shown, at)
        elif isinstance(event, DrawdownDone):
            self._is_over = True
        elif isinstance(event, DrawdownUnexplained) and calm_since is not None and at - calm_since > CALM:
            self._found.append(f"{self._name}: {event.amount} of the equity are told as unexplained, all is in the book")

    def accepted(self, where: Where, opened_at_ms: int, contracts: Decimal, shown: ShownLeg) -> str | None:
        """Say what is wrong with an order of it that was accepted."""
        target = self._targets.get(where)
        if self._fired is None or target is None or target[0] != opened_at_ms:
            return "a drawdown order for a leg that it did not aim at"
        left = shown.contracts - target[1]
        if target[1]:
            left -= left % shown.instrument.lot_size
        exact = min(left, shown.instrument.max_market_contracts)
        return None if contracts == exact else f"a drawdown order was to close {exact}, {contracts} was asked for"

    # -- what must hold --------------------------------------------------------------------------------------------

    def stand_still(self) -> None:
        """Prices have stood for many checks: whoever looks has seen the account as it is, unless it trades on."""
        if len({*self._cash, self._account.cash}) > 1:
            return
        self._steady = max(self._steady, self._worth / self._units)

    def due(self, others: Iterable[str]) -> str | None:
        """Say what it should have done beyond doubt, where none of these pauses is in the way; None for nothing."""
        others = list(others)
        if self._fired is not None:
            held = any(holds_back(others, where, "guard") for where in self._targets)
            return None if self._is_over or held or not self._targets else "the drawdown guard has fired, and has not ended"
        if self._set.limit is None or not self._steady or {"*", "* guard"} & set(others):
            return None
        fall = 1 - self._worth / self._units / self._steady
        if fall < self._set.limit + CLEARLY:
            return None
        return f"the account has fallen by {fall:.2%}, the limit is {self._set.limit:.2%}: the guard has not acted"

    # -- inside ----------------------------------------------------------------------------------------------------

    @property
    def _worth(self) -> Decimal:
        return self._account.cash + self._account.upl

    @property
    def _targets(self) -> Mapping[Where, tuple[int, Decimal]]:
        """What it aims at: the life of each leg, and the contracts of now that are kept of it."""
        targets = self._fired.firing.targets if self._fired is not None else ()
        return {
            where_of(one.leg): (
                round(one.opened_at.timestamp() * 1000),
                one.keeps * self._times.get(one.leg.instrument_id, Decimal(1)),
            )
            for one in targets
            if one.keeps != one.held
        }

    def _begin(self) -> None:
        self._readings.clear()
        self._peak = self._steady = Decimal(0)

    def _fires(self, event: DrawdownFired, others: list[str], shown: Shown | None, at: float) -> None:
        firing, limit = event.firing, self._set.limit
        if self._fired is not None:
            self._say("has acted again, and nobody has reset it")
        self._fired, self._is_over, self._times = event, firing.is_over, {}
        self.acts += 1
        if limit is None or (firing.limit, firing.action) != (limit, self._set.action):
            self._say(f"has acted by {firing.action} at {firing.limit}, set are {self._set}")
            return
        if {"*", "* guard"} & set(others):
            self._say(f"has acted in spite of {others}")
        deep = [read_at for read_at, fall in self._readings if fall >= limit - ROUNDING]
        if not deep or self._readings[-1][0] != deep[-1]:
            last = self._readings[-1][1] if self._readings else 0
            self._say(f"has acted at a fall of {last:.2%}, the limit is {limit:.2%}")
        elif len(deep) < 2 or at - deep[0] < AGREE_AFTER:
            self._say("has acted on one reading")
        if shown is not None:
            self._check_targets(event, shown)

    def _check_targets(self, event: DrawdownFired, shown: Shown) -> None:
        firing, targets = event.firing, {where_of(one.leg): one for one in event.firing.targets}
        for where, leg in shown.legs(self._account).items():
            target = targets.get(where)
            if target is None or not leg.leverage or round(target.opened_at.timestamp() * 1000) != leg.opened_at_ms:
                # What an old row cannot be read in, or shows of another life, is looked at by the order.
                continue
            keeps = min(leg.base(), leg.contracts) if firing.action == "base" else Decimal(0)
            if (target.held, target.keeps) != (leg.contracts, keeps):
                self._say(f"aims at {target.keeps} of {target.held} {where}, it is {keeps} of {leg.contracts}")
        missing = shown.legs(self._account).keys() - targets.keys()
        if firing.action != "pause" and missing:
            self._say(f"leaves {missing} out")
        if firing.action == "pause" and targets:
            self._say("closes, and is to pause")

    def _say(self, what: str) -> None:
        self._found.append(f"{self._name}: the drawdown guard {what}")
