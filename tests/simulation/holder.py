"""One account of the world: what the exchange keeps of it, the hands on it, and what is held against all that is done there."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from tests.simulation.exchange.account import Instrument, Leg
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.exchange.trader import Hands
from tests.simulation.oracle.audit import Audit
from tests.simulation.oracle.guards.drawdown import DrawdownAudit, Set
from tests.simulation.oracle.guards.leg_guards import Settings
from tests.simulation.oracle.guards.scaling import Factors, Scaling
from tests.simulation.oracle.lags import Lags
from tests.simulation.oracle.resting.audit import FiringAccount
from tests.simulation.oracle.tier_book import TierOf
from tests.simulation.process import Held, Part
from tests.simulation.setup import GuardSetup
from tgtp.domain.model import MAIN
from tgtp.domain.plan import Rules


class Holder:
    """Whose account it is, ``held``, and everything in the world that is of this account alone."""

    def __init__(
        self,
        held: Held,
        account: FiringAccount,
        rules: Rules,
        found: list[str],
        chance: random.Random,
        now: Callable[[], float],
        *,
        legs: tuple[int, int],
        interval: float,
    ) -> None:
        """A hand keeps from ``legs[0]`` to ``legs[1]`` legs open; the program looks every ``interval`` seconds."""
        self.held = held
        self.account = account
        self.audit = Audit(account, rules, found, held.name, held.switches)
        self.audit.forced.interval = self.audit.upkeep.interval = interval
        self.hands = Hands(account, chance, self._touched, legs=legs)
        self.hands.forced = self._forced
        # Told of every leg that a hand was on.
        self.on_touch: Callable[[Where], None] = lambda _: None
        # Since when nothing is in the way of the program; None while something is.
        self.calm_since: float | None = 0.0
        self.lags = Lags(account)
        self.slowest_order = 0.0
        self._now = now
        self._due_since: dict[TierOf, float] = {}

    def guard(self, guards: GuardSetup, factors: Factors) -> None:
        """Judge the guards, as they are set at first."""
        audit, held = self.audit, self.held
        audit.is_guarded = True
        audit.drawdown = DrawdownAudit(self.account, audit.found, held.name, Set(held.drawdown.limit, held.drawdown.action))
        audit.scaling = Scaling(factors, on=held.dynamic)
        audit.guards.settings = Settings(guards.legs.give_back, guards.legs.break_even)

    def transfer(self, amount: Decimal) -> None:
        """Move USDT into the account, or out of it when negative."""
        self.audit.drawdown.moves(amount)
        self.account.transfer(amount)
        self.hands.done["transfer"] += 1

    def fund(self, instrument: Instrument) -> None:
        """Settle an instrument's funding: it moves the time of a leg, and the margin of an isolated one."""
        rate = self.audit.settled_at[instrument.inst_id] = instrument.funding_rate
        for leg in [leg for leg in self.account.legs.values() if leg.instrument is instrument]:
            received = round(instrument.worth(leg.contracts, instrument.mark) * rate, 8) * (-1 if leg.side == "long" else 1)
            self.account.fund_leg(instrument.inst_id, leg.side, received, leg.margin_mode)
            self.hands.done["funding"] += 1

    def troubled(self) -> None:
        """A trouble has begun: what is due may wait."""
        self._due_since = {}
        self.calm_since = None
        self.audit.forced.spoil()

    def died(self) -> None:
        """The process was killed."""
        self.audit.forget_process()
        self.audit.forced.spoil()
        self.calm_since = None if self.calm_since is None else self._now()

    def calmed(self, part: Part | None) -> None:
        """The last trouble is over: from now on it is measured how long what is due takes."""
        self.calm_since = self._now()
        if part is None:
            return
        self._due_since = dict.fromkeys(self._due(part), self._now())

    def look(self, part: Part) -> None:
        """Look at everything after a check."""
        now = self._now()
        self.audit.after_check(part.ledger.lives(), now, self.calm_since)
        for place, since in list(self._due_since.items()):
            if self.audit.has_filled(place):
                self.slowest_order = max(self.slowest_order, now - since)
            elif not self.audit.touched_since(place[0], since) and place in self._due(part):
                continue
            del self._due_since[place]

    def close_by_force(self) -> None:
        """Let the exchange liquidate one leg and deleverage another, where nothing hides it."""
        for leg, force in zip(list(self.account.legs.values()), (self.hands.liquidate, self.hands.deleverage), strict=False):
            force(leg)

    def left(self, part: Part) -> list[str]:
        """Name what is due, open or unfinished although nothing is in the way, and no pause holds it back."""
        lives, paused = part.ledger.lives(), part.ledger.paused()
        left = list(self._due(part).values())
        others = {one.scope for one in part.ledger.pauses().entries if one.cause != "guard"}
        if what := self.audit.drawdown.due(others):
            left.append(f"{self.held.name}: {what}")
        left += [
            f"{intent.client_order_id} is still unresolved although nothing is in the way"
            for intent in part.ledger.open_intents()
        ]
        return left + ([] if paused else self.audit.unkept(lives)) + self._resting(part)

    def _resting(self, part: Part) -> list[str]:
        """Name what rests and must not, and what does not rest and should."""
        resting, rules = self.audit.resting, part.checker.resting.rules
        if resting is None:
            return []
        lives, paused = part.ledger.lives(), part.ledger.paused()

        def is_on(inst_id: str) -> bool:
            return rules.mode_of(inst_id) == "all"

        # A leg of a sub-account may be at work, and nothing of it rests meanwhile.
        missing = resting.missing(lives, paused, is_on) if self.held.name == MAIN else []
        return resting.wrong(lives, paused, is_on) + missing

    def _due(self, part: Part) -> dict[TierOf, str]:
        return self.audit.due(part.ledger.lives(), part.ledger.paused(), self._now())

    def _touched(self, where: Where, may_rearm: bool) -> None:
        self.audit.touch(where, self._now(), may_rearm=may_rearm)
        self.on_touch(where)

    def _forced(self, leg: Leg, how: str) -> None:
        self.audit.force_closed(leg, how, self._now(), undisturbed=self.calm_since is not None)
