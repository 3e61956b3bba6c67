"""An account that judges its conditional orders too: what they are placed for, what they fire, and who touches them.

A tier fires once, however it was brought about; while its order waits nobody else may fire it; and nobody touches the orders of
another.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.simulation.exchange.account import Fill, Leg, LegKey, Number, Order
from tests.simulation.exchange.resting.book import AlgoOrder
from tests.simulation.oracle.held_back import holds_back
from tests.simulation.oracle.witness import (
    GATE,
    LADDERS,
    LifeName,
    Progress,
    WitnessedAccount,
    key_of,
    life_of,
    listed,
    lots,
    say,
    tier_number,
)
from tgtp.domain.order import OURS

# Seconds for which an order may wait with the size of before: the program is dead, or the exchange away.
RESIZED_WITHIN = 300.0


@dataclass
class RestingWitness(WitnessedAccount):
    """The account and its verdicts. ``asked`` counts what was asked of conditional orders, ``fired`` those of ours that have.

    ``fired_while_paused`` are those that the answer to the pause has named as resting still.
    """

    asked: Counter[str] = field(default_factory=Counter)
    fired: int = 0
    fired_while_paused: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._algo_of: dict[str, AlgoOrder] = {}
        self._at_rest: set[LifeName] = set()

    # -- what the stream says --------------------------------------------------------------------------------------

    def pushed(self, inst_id: str, price: Number) -> None:
        """Take note of a mark price that was pushed and is not the account's: an order may be decided on it."""
        self._marks[inst_id].append((time.monotonic(), Decimal(price)))

    # -- what is asked ---------------------------------------------------------------------------------------------

    def algo_arrived(self, act: str, body: Mapping[str, Any]) -> None:
        """Take note that a conditional order is to be placed, amended or cancelled (the end of the path)."""
        self.asked[act] += 1
        if act == "order-algo":
            self._placing(body)
            return
        known = next((order for order in self.algo.orders if order.algo_id == str(body.get("algoId"))), None)
        if known is None or not known.name.startswith(OURS):
            self._violate(f"{act} of an order that is not ours: {body}")
        elif act == "amend-algos":
            self._paused_meanwhile(f"{act} of {known.name}", self._key(known))

    def _placing(self, body: Mapping[str, Any]) -> None:
        key = key_of(body)
        named = self.named(str(body.get("algoClOrdId")), key)
        if named is None or not named[1].startswith("resting"):
            self._violate(f"a conditional order for {say(key)} has a name that no tier gives: {body.get('algoClOrdId')}")
            return
        self._paused_meanwhile(f"{named[1]} placed", key)
        beside = [one.name for one in self.algo.waiting() if one.name != body.get("algoClOrdId")]
        if named in [self.named(name, key) for name in beside]:
            self._violate(f"{named[1]} of {say(key)} is asked for while another order of it waits")

    def _paused_meanwhile(self, what: str, key: LegKey) -> None:
        for name, paused in self._in_force():
            if holds_back([name], key, "tier"):
                late = time.monotonic() - paused.since
                self._violate(f"{what} for {say(key)} came {late:.1f} s after {name} was paused")

    # -- what happens ----------------------------------------------------------------------------------------------

    def place(self, body: Mapping[str, Any], **more: Any) -> Order:
        """Accept an order, or raise Refused; nobody else may fire a tier whose order waits."""
        key = key_of(body)
        named = self.named(str(body.get("clOrdId")), key)
        number = tier_number(named[1]) if named is not None else None
        for one in self.algo.waiting():
            mine = self.named(one.name, key)
            if named is not None and number is not None and mine == (named[0], f"resting{number}"):
                self._violate(f"tier {number} of {say(key)} is fired by {body.get('clOrdId')} while its order {one.name} waits")
        return super().place(body, **more)

    def fill_triggered(self, algo: AlgoOrder, contracts: Decimal, share: Decimal) -> Order:
        """Trade what a conditional order becomes, and judge it where it is ours."""
        key, seen = self._key(algo), len(self.fills)
        leg = self.legs[key]
        if not algo.orders:
            if algo.name.startswith(OURS):
                self._judge_fired(algo, key, leg)
            else:
                self._by_hand[life_of(leg)] = time.monotonic()
        order = super().fill_triggered(algo, contracts, share)
        self._algo_of[order.order_id] = algo
        self._take_in(seen)
        return order

    def _judge_fired(self, algo: AlgoOrder, key: LegKey, leg: Leg) -> None:
        named = self.named(algo.name, key)
        number = tier_number(named[1]) if named is not None else None
        if named is None or number is None:
            self._violate(f"an order for {say(key)} has a name that no tier gives: {algo.name}")
            return
        life, what = named[0], f"tier {number} of {say(key)}, at rest,"
        self.fired += 1
        self.rules_of[named[1]] += 1
        if life != life_of(leg) and algo.created_at_ms > leg.opened_at_ms:
            self.raced += 1
            self._by_hand[life_of(leg)] = time.monotonic()
            return
        if life != life_of(leg):
            self._violate(f"{what} has outlived its leg, and fired on the next")
            return
        for name, paused in self._in_force():
            if holds_back([name], key, "tier"):
                self.fired_while_paused += 1
                if not paused.may_rest:
                    self._violate(f"{what} fired while {name} was paused, and nothing was said to rest")
        asked = min(algo.contracts or leg.contracts, leg.contracts)
        progress = self.tiers.get((life, number))
        if progress is not None:
            slack = 2 * leg.instrument.lot_size if progress.cut else Decimal(0)
            if asked > progress.rest + slack:
                self._double(f"{what} closes {asked}, of its {progress.target} only {progress.rest} were left")
            return
        sizes = self._sizes(life, leg, number)
        if algo.contracts not in sizes and asked != leg.contracts:
            self._violate(f"{what} closes {algo.contracts} of {leg.contracts}; its share is {listed(sizes)}")
        self.tiers[life, number] = Progress(target=asked)
        self._at_rest.add(life)
        sign = 1 if leg.side == "long" else -1
        # The price that has triggered it is remembered only after it.
        marks = [*self._marks_of(key[0]), leg.instrument.mark]
        best = max(sign * (mark - leg.entry_price) * leg.leverage / leg.entry_price for mark in marks)
        if best < LADDERS[leg.side].tiers[number - 1].threshold and not self._was_touched(life):
            self._violate(f"{what} fired at {best:.4f}, below its threshold")

    def _pool(self, life: LifeName, number: int, progress: Progress) -> None:
        """What is left of those that fired at rest is closed together, as the rest of one of them."""
        for other in range(1, 4) if life in self._at_rest else ():
            beside = self.tiers.get((life, other))
            if other != number and beside is not None and beside.rest > 0:
                progress.target, progress.cut = progress.target + beside.rest, True
                beside.target = beside.closed

    def _sizes(self, life: LifeName, leg: Leg, number: int) -> set[Decimal]:
        """What the order of a tier may close: its share of what those below it leave, which have fired or have not."""
        ladder, found = LADDERS[leg.side].tiers, set()
        now = time.monotonic()
        helds = {leg.contracts, *(held for at, held in self._held.get(life, []) if now - at < RESIZED_WITHIN)}
        # Those below had fired when it was placed, had not, or had in part.
        for held, below in itertools.product(helds, itertools.product(("fired", "not", "partly"), repeat=number - 1)):
            left = held
            for tier, state in zip(ladder, below, strict=False):
                progress = self.tiers.get((life, tier.number))
                if state == "partly" and progress is not None:
                    left -= progress.rest
                elif state == "not":
                    share = lots(leg, left * tier.share)
                    left -= share if share >= leg.instrument.min_contracts else Decimal(0)
            found.add(lots(leg, left * ladder[number - 1].share))
        return found

    def _was_touched(self, life: LifeName) -> bool:
        return time.monotonic() - self._by_hand.get(life, -RESIZED_WITHIN) < RESIZED_WITHIN

    def _name_of(self, fill: Fill) -> str:
        algo = self._algo_of.get(fill.order_id)
        return algo.name if algo is not None else super()._name_of(fill)

    @staticmethod
    def _key(algo: AlgoOrder) -> LegKey:
        return algo.instrument.inst_id, algo.closes, algo.margin_mode

    # -- at the end ------------------------------------------------------------------------------------------------

    def wrongly_resting(self) -> list[str]:
        """Name what of ours waits and must not: its leg is gone or another, paused, at the gate, or its tier has fired."""
        found = []
        for algo in self.algo.waiting():
            key = self._key(algo)
            if not algo.name.startswith(OURS):
                continue
            leg, named = self.legs.get(key), self.named(algo.name, key)
            number = tier_number(named[1]) if named is not None else None
            what = f"{algo.name}, {named[1] if named is not None else 'of no tier'} of {say(key)}, at rest"
            if leg is None or named is None or number is None or named[0] != life_of(leg):
                found.append(f"{what}, though that leg is gone")
            elif self._done(leg, number):
                found.append(f"{what}, though the tier has fired")
            elif leg.initial_margin * self._price_at(algo, leg) <= GATE and leg.margin_mode == "cross":
                found.append(f"{what}, under the gate")
            elif any(holds_back([name], key, "tier") for name, _ in self._in_force()):
                found.append(f"{what}, though it is paused")
            elif algo.take_profit_type != "mark":
                found.append(f"{what}, by the {algo.take_profit_type} price")
        return found

    @staticmethod
    def _price_at(algo: AlgoOrder, leg: Leg) -> Decimal:
        assert algo.take_profit is not None
        return algo.take_profit / leg.instrument.mark
