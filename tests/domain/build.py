"""Snapshots, lives and a perfect exchange, as the tests of the rules use them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

from tgtp.domain.examples import OPENED_AT
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Intent, Leg, LegKey, Order, OrderStatus, Snapshot
from tgtp.domain.plan import Rules, Situation, hedge_plan, ladder_plan

NOW = OPENED_AT + dt.timedelta(days=1)
LONG = Ladder.parse("25:30,35:50,50:50")
SHORT = Ladder.parse("35:30,45:50,55:50")
SEED = Rules(long=LONG, short=SHORT)

D = Decimal


def snapshot(*legs: Leg, at: dt.datetime = NOW, unreadable: Iterable[LegKey] = ()) -> Snapshot:
    return Snapshot(taken_at=at, legs=legs, unreadable=frozenset(unreadable))


def lives_of(*legs: Leg) -> dict[LegKey, Life]:
    return {leg.key: Life.begun(leg) for leg in legs}


def situation(
    lives: Mapping[LegKey, Life],
    *,
    rules: Rules = SEED,
    unresolved: Collection[LegKey] = (),
    paused: Collection[str] = (),
    now: dt.datetime = NOW,
    may_trade: bool = True,
) -> Situation:
    return Situation("main", rules, lives, unresolved, paused, now, may_trade)


def filled(intent: Intent, contracts: Decimal | None = None, *, at: dt.datetime = NOW) -> Order:
    """The order of an intent, filled wholly unless told otherwise."""
    return Order(
        client_order_id=intent.client_order_id,
        order_id="1",
        status=OrderStatus.FILLED,
        filled_contracts=intent.contracts if contracts is None else contracts,
        average_price=intent.basis.mark_price,
        updated_at=at,
    )


def with_contracts(leg: Leg, contracts: Decimal, *, at: dt.datetime | None = None) -> Leg:
    """The leg after its size changed; cross margin changes with it."""
    margin = leg.initial_margin * contracts / leg.contracts
    return leg.replaced(contracts=contracts, initial_margin=margin, adjusted_at=at or leg.adjusted_at)


class PerfectExchange:
    """Runs checks in which every order fills, by default wholly; remembers the intents in order."""

    def __init__(self, *legs: Leg, rules: Rules = SEED) -> None:
        self.rules = rules
        self.legs = {leg.key: leg for leg in legs}
        self.lives = lives_of(*legs)
        self.intents: list[Intent] = []
        self.now = NOW

    def check(self, part: Callable[[Intent], Decimal] = lambda intent: intent.contracts) -> list[Intent]:
        """One check: ladder, then hedge on fresh numbers. Gives what it sent."""
        sent: list[Intent] = []
        for plan in (ladder_plan, hedge_plan):
            shot = snapshot(*self.legs.values(), at=self.now)
            for intent in plan(shot, situation(self.lives, rules=self.rules, now=self.now)).intents:
                sent.append(intent)
                self._fill(intent, part(intent))
        self.now += dt.timedelta(seconds=10)
        self.intents += sent
        return sent

    def until_quiet(self, checks: int = 60) -> None:
        for _ in range(checks):
            if not self.check():
                return
        raise AssertionError("the plan never became empty")

    def _fill(self, intent: Intent, contracts: Decimal) -> None:
        leg, life = self.legs[intent.leg], self.lives[intent.leg]
        assert 0 < contracts <= leg.contracts
        self.lives[intent.leg] = life.after_order(
            intent, filled(intent, contracts, at=self.now), leg.instrument.min_contracts, leg.instrument.lot_size
        )
        left = leg.contracts - contracts
        if left > 0:
            self.legs[intent.leg] = with_contracts(leg, left, at=self.now)
        else:
            del self.legs[intent.leg]
