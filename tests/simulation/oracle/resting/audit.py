"""Invariants of tiers at rest: each fires once, for its own life and at its price, and nobody else's order is touched."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.exchange.account import Account, Leg, Order
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.exchange.resting.book import AlgoOrder
from tests.simulation.exchange.server import Record
from tests.simulation.oracle.held_back import holds_back
from tests.simulation.oracle.order_names import Meaning, key_of
from tests.simulation.oracle.tier_book import TierBook, TierOf
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey
from tgtp.domain.order import OURS

if TYPE_CHECKING:
    from tests.simulation.oracle.audit import Audit

# Seconds for which an order may wait with the size and the price of before: the program is dead, or the exchange away.
RESIZED_WITHIN = 1800.0
# A trigger follows a scaled threshold by whole points of ROI.
POINT = Decimal("0.01")
# Seconds from a pause to the end of what rests within its scope, where nothing is in the way, besides two checks.
LIFTED_WITHIN = 60.0
RESTING = "resting"


def name_of(order: Order) -> str:
    """Return the name that an order of ours is known by, also where it waited at the exchange; of another's, its id."""
    if order.algo is None:
        return order.client_order_id
    return order.algo.name if is_ours(order.algo) else f"by hand {order.order_id}"


def is_ours(algo: AlgoOrder) -> bool:
    """Return whether a conditional order has a name as the program gives them."""
    return algo.name.startswith(OURS)


def where_of_algo(algo: AlgoOrder) -> Where:
    """Return the leg that a conditional order would make smaller."""
    return algo.instrument.inst_id, algo.closes, algo.margin_mode


@dataclass
class FiringAccount(Account):
    """An account that tells of its conditional orders: just before one fires, and of each order that it has become."""

    fires: Callable[[AlgoOrder], None] = field(default=lambda _: None, repr=False)
    fired: Callable[[AlgoOrder, Order], None] = field(default=lambda *_: None, repr=False)

    def fill_triggered(self, algo: AlgoOrder, contracts: Decimal, share: Decimal) -> Order:
        """Trade what a conditional order becomes."""
        if not algo.orders:
            self.fires(algo)
        order = super().fill_triggered(algo, contracts, share)
        self.fired(algo, order)
        return order


class RestingAudit:
    """Watches the conditional orders of one account. ``done`` counts what was asked, and what has fired.

    ``generation_of`` says how often a leg was armed anew, ``paused_for`` for how many seconds a pause has covered its tiers
    with nothing in the way.
    """

    def __init__(self, audit: Audit, now: Callable[[], float]) -> None:
        self.done: Counter[str] = Counter()
        self.generation_of: Callable[[Where], int] = lambda _: 0
        self.paused_for: Callable[[Where], float | None] = lambda _: None
        self.on_touch: Callable[[Where], None] = lambda _: None
        self.interval = 10.0
        self._audit = audit
        self._account = audit.account
        self._now = now
        self._helds: dict[tuple[Where, int], list[tuple[float, Decimal]]] = {}
        self._touched: dict[Where, float] = {}

    # -- what is asked ---------------------------------------------------------------------------------------------

    def sent(self, record: Record, paused: Collection[str]) -> None:
        """A request about conditional orders leaves the program."""
        act = record.path.rpartition("/")[2]
        for body in record.bodies:
            self.done[act] += 1
            if act == "order-algo":
                self._placing(body, paused)
            else:
                self._changing(act, body, paused)

    def _placing(self, body: Mapping[str, Any], paused: Collection[str]) -> None:
        where: Where = (
            str(body["instId"]),
            "long" if body["side"] == "sell" else "short",
            "cross" if body["tdMode"] == "cross" else "isolated",
        )
        name = str(body.get("algoClOrdId"))
        meaning = self._audit.meaning(where, name)
        if meaning is None or not meaning.tag.startswith(RESTING):
            self._say(where, f"{name} is to rest, and is the name of no tier")
        elif holds_back(paused, where, "tier"):
            self._say(where, f"{name} is to rest in spite of a pause")

    def _changing(self, act: str, body: Mapping[str, Any], paused: Collection[str]) -> None:
        algo = next((one for one in self._account.algo.orders if one.algo_id == str(body.get("algoId"))), None)
        if algo is None or not is_ours(algo):
            self._audit.found.append(f"{act} is asked for an order that is not ours: {body.get('algoId')}")
        elif act == "amend-algos" and holds_back(paused, where_of_algo(algo), "tier"):
            self._say(where_of_algo(algo), f"{algo.name} is amended in spite of a pause")

    def look(self) -> None:
        """Look at what waits after a request was done: of each tier of a life one order."""
        rests = Counter(place for place in map(self._place_of, self._ours()) if place is not None)
        for place, count in rests.items():
            if count > 1:
                self._say(place[0], f"{count} orders of {place[3]} wait at once")

    def beside(self, where: Where, meaning: Meaning, name: str) -> None:
        """The program has fired a tier by itself: nothing of that tier may wait."""
        for algo in self._ours():
            place = self._place_of(algo)
            if place is not None and (place[0], place[1], place[3]) == (where, meaning.leg.opened_at_ms, meaning.tag):
                self._say(where, f"{meaning.tag} is fired by {name} while its order {algo.name} waits")

    # -- what happens ----------------------------------------------------------------------------------------------

    def touch(self, where: Where) -> None:
        """A leg was changed by something else than its tiers."""
        self._touched[where] = self._now()

    def fires(self, algo: AlgoOrder) -> None:
        """A conditional order was triggered."""
        where = where_of_algo(algo)
        leg = self._account.legs[where]
        if not is_ours(algo):
            self.done["fired of others"] += 1
            return
        self.done["fired"] += 1
        meaning = self._audit.meaning(where, algo.name)
        if meaning is None or not meaning.tag.startswith(RESTING):
            self._say(where, f"{algo.name} has fired, and is the name of no tier")
            return
        if meaning.leg.opened_at_ms != leg.opened_at_ms and algo.created_at_ms > leg.opened_at_ms:
            # It came after a hand had put a new life in place of its own, which no client can prevent.
            self.done["raced"] += 1
            self.touch(where)
            # The life that it was meant for may not be known to be over.
            asked = min(algo.contracts or leg.contracts, leg.contracts)
            self._audit.tiers.setdefault(self._place(where, meaning.leg, meaning.tag), TierBook(asked, asked, loose=True))
            return
        if meaning.leg.opened_at_ms != leg.opened_at_ms:
            self._say(where, f"{meaning.tag} has outlived its leg, and fired on the next")
            return
        stood = self.paused_for(where)
        if stood is not None:
            self.done["fired while paused"] += 1
            if stood > LIFTED_WITHIN + 2 * self.interval:
                self._say(where, f"{meaning.tag} has fired {stood:.0f} s after its pause")
        self._judge(algo, where, leg, self._place(where, leg, meaning.tag))

    def _judge(self, algo: AlgoOrder, where: Where, leg: Leg, place: TierOf) -> None:
        tag, asked = place[3], min(algo.contracts or leg.contracts, leg.contracts)
        book = self._audit.tiers.get(place)
        if book is not None and book.closed:
            if asked > book.target - book.closed:
                self._say(where, f"{tag} fires once more at rest: {asked}, of its {book.target} {book.closed} were closed")
            return
        # Decided on what the leg was before somebody's hand was on it: nobody can say on what.
        is_loose = self._is_touched(where)
        shares, most = self._shares(where, leg, int(tag[-1])), leg.instrument.max_market_contracts
        fitting = [share for share in shares if min(share, most) == algo.contracts]
        if not is_loose and not fitting and asked != leg.contracts:
            self._say(where, f"{tag} closes {algo.contracts} of {leg.contracts} at rest; its share is {sorted(shares)}")
        # What is left of the tiers below is closed with it.
        behind = sum((self._take_rest(place, number) for number in range(1, int(tag[-1]))), Decimal(0))
        # Of more than an order takes the check closes the rest.
        target = max(fitting, default=asked) if asked == most else asked
        self._audit.tiers[place] = TierBook(target + behind, leg.contracts, loose=is_loose or bool(behind))
        tier = self._ladder(where)[int(tag[-1]) - 1]
        # It may fire before the check that would have amended it.
        lowest = min(self._audit.scaling.thresholds(where[0], tier.threshold, self._now(), 2 * self.interval))
        if not is_loose and leg.roi < lowest - (POINT if lowest != tier.threshold else 0):
            self._say(where, f"{tag} has fired at rest at {leg.roi * 100:.2f} %")

    def pool(self, place: TierOf) -> None:
        """The rest of a tier is closed: with it comes what is left of the others that fired at rest, in whatever order."""
        if (place[0], place[1]) not in self._helds:
            return
        others = [number for number in range(1, 4) if place[3] != f"tier{number}"]
        book, leg = self._audit.tiers[place], self._account.legs.get(place[0])
        book.target += sum((self._take_rest(place, number) for number in others), Decimal(0))
        if leg is not None:
            # Those have made the leg smaller, too.
            book.shown, book.closed_then = leg.contracts, book.closed

    def _take_rest(self, place: TierOf, number: int) -> Decimal:
        """Take what is left of a tier out of its book."""
        book = self._audit.tiers.get((*place[:3], f"tier{number}"))
        rest = book.target - book.closed if book is not None else Decimal(0)
        if book is not None:
            book.target, book.loose = book.closed, True
        return rest if rest >= self._account.instruments[place[0][0]].min_contracts else Decimal(0)

    def fired(self, algo: AlgoOrder, order: Order) -> None:
        """It has become this order, which has ended."""
        where, now = where_of_algo(algo), self._now()
        if is_ours(algo):
            meaning = self._audit.meaning(where, algo.name)
            place = self._place_of(algo)
            book = self._audit.tiers.get(place) if place is not None and meaning is not None else None
            if book is not None:
                book.closed += order.filled
                if book.closed > book.target:
                    self._say(where, f"{book.closed} were closed at rest, the share was {book.target}")
            self._audit.changed_at_rest(where, now, place)
            leg = self._account.legs.get(where)
            if leg is not None:
                # Those above it were placed for what was held until now, whether it had fired by then or not.
                helds = self._helds.setdefault((where, leg.opened_at_ms), [])
                helds += [(now, leg.contracts + order.filled), (now, leg.contracts)]
        else:
            self.touch(where)
            self._audit.changed_at_rest(where, now, None)
        self.on_touch(where)

    # -- at the end ------------------------------------------------------------------------------------------------

    def wrong(self, lives: Mapping[LegKey, Life], paused: Collection[str], is_on: Callable[[str], bool]) -> list[str]:
        """Name what of ours waits though nothing is in the way of its end."""
        found = []
        for algo in self._ours():
            where = where_of_algo(algo)
            leg, place, life = self._account.legs.get(where), self._place_of(algo), lives.get(key_of(where))
            what = self._audit.text(where) + f": {algo.name} waits"
            if place is None or leg is None or place[1] != leg.opened_at_ms:
                found.append(f"{what} though its leg is gone")
            elif not is_on(where[0]):
                found.append(f"{what} though it was switched off")
            elif holds_back(paused, where, "tier"):
                found.append(f"{what} though it is paused")
            elif life is not None and int(place[3][-1]) in life.fired_numbers:
                found.append(f"{what} though {place[3]} has fired")
            elif algo.take_profit_type != "mark":
                found.append(f"{what} for the {algo.take_profit_type} price")
            elif where[2] == "cross" and algo.take_profit is not None:
                margin = leg.initial_margin * algo.take_profit / leg.instrument.mark
                found += [f"{what} under the gate"] if margin <= self._audit.rules.min_margin else []
        return found

    def missing(self, lives: Mapping[LegKey, Life], paused: Collection[str], is_on: Callable[[str], bool]) -> list[str]:
        """Name what should rest by the exchange's own numbers and does not, where the thresholds are those of the rules."""
        found = []
        waits = {(*place[:2], place[3]): algo for algo in self._ours() if (place := self._place_of(algo)) is not None}
        for where, leg in self._account.legs.items():
            life = lives.get(key_of(where))
            is_free = is_on(where[0]) and not holds_back(paused, where, "tier") and self._audit.switches.ladder
            if life is None or not is_free or leg.initial_margin <= self._audit.rules.min_margin:
                continue
            if life.guarded is not None and not life.guarded.finished:
                continue
            for tag, contracts, price in self._wanted(where, leg, life):
                algo = waits.get((where, leg.opened_at_ms, tag))
                if algo is None:
                    found.append(f"{self._audit.text(where)}: {tag} does not rest, though nothing is in the way")
                elif (algo.contracts, algo.take_profit) != (contracts, price):
                    rests = f"{algo.contracts} at {algo.take_profit}"
                    found.append(f"{self._audit.text(where)}: {tag} rests as {rests}, it should be {contracts} at {price}")
        return found

    def _wanted(self, where: Where, leg: Leg, life: Life) -> Iterable[tuple[str, Decimal, Decimal]]:
        instrument, sign = leg.instrument, 1 if where[1] == "long" else -1
        rest = life.unfinished.rest if life.unfinished is not None else Decimal(0)
        left = leg.contracts - (rest if rest >= instrument.min_contracts else Decimal(0))
        taken = life.fired_numbers | ({life.unfinished.tier} if life.unfinished is not None else set())
        for tier in self._ladder(where):
            if tier.number in taken:
                continue
            factors = self._audit.scaling.thresholds(where[0], tier.threshold, self._now())
            exact = leg.entry_price * (1 + sign * tier.threshold / leg.leverage)
            ticks = (exact / instrument.tick_size).to_integral_value(ROUND_CEILING if sign > 0 else ROUND_FLOOR)
            price = ticks * instrument.tick_size
            margin = leg.initial_margin * left / leg.contracts * (price / instrument.mark if where[2] == "cross" else 1)
            if set(factors) != {tier.threshold} or price <= 0 or left <= 0 or margin <= self._audit.rules.min_margin:
                return
            share = left * tier.share // instrument.lot_size * instrument.lot_size
            if share < instrument.min_contracts:
                continue
            if share > instrument.max_market_contracts:
                return
            left -= share
            if (price - instrument.mark) * sign > 0:
                yield f"tier{tier.number}", share, price

    # -- inside ----------------------------------------------------------------------------------------------------

    def _ours(self) -> list[AlgoOrder]:
        return [algo for algo in self._account.algo.waiting() if is_ours(algo)]

    def _place_of(self, algo: AlgoOrder) -> TierOf | None:
        where = where_of_algo(algo)
        meaning = self._audit.meaning(where, algo.name)
        if meaning is None or not meaning.tag.startswith(RESTING):
            return None
        return self._place(where, meaning.leg, meaning.tag)

    def _place(self, where: Where, leg: Leg, tag: str) -> TierOf:
        return where, leg.opened_at_ms, self.generation_of(where), f"tier{tag[-1]}"

    def _ladder(self, where: Where) -> tuple[Any, ...]:
        return (self._audit.rules.long if where[1] == "long" else self._audit.rules.short).tiers

    def _shares(self, where: Where, leg: Leg, number: int) -> set[Decimal]:
        """What a tier may close in all: its share of what those below it leave, which have fired or have not."""
        ladder, found, now = self._ladder(where), set(), self._now()
        past = self._helds.get((where, leg.opened_at_ms), ())
        helds = {leg.contracts, *(held for at, held in past if now - at < RESIZED_WITHIN)}
        # Those below had fired when it was placed, had not, or had in part.
        for held, below in itertools.product(helds, itertools.product(("fired", "not", "partly"), repeat=number - 1)):
            left = held
            for tier, state in zip(ladder, below, strict=False):
                book = self._audit.tiers.get(self._place(where, leg, f"{RESTING}{tier.number}"))
                if state == "partly" and book is not None:
                    left -= book.target - book.closed
                elif state == "not":
                    share = left * tier.share // leg.instrument.lot_size * leg.instrument.lot_size
                    left -= share if share >= leg.instrument.min_contracts else Decimal(0)
            found.add(left * ladder[number - 1].share // leg.instrument.lot_size * leg.instrument.lot_size)
        return found

    def _is_touched(self, where: Where) -> bool:
        return self._now() - self._touched.get(where, -RESIZED_WITHIN) < RESIZED_WITHIN

    def _say(self, where: Where, what: str) -> None:
        self._audit.found.append(f"{self._audit.text(where)}: {what}")
