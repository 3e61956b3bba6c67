"""An account that judges every order the moment it is accepted, from nothing but its own record.

It knows the rules, not the program: what a tier closes of what is held, what the hedge must leave standing. An order is told by
its name, which is a function of the life of the leg, the rule and the attempt.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any, NamedTuple

from tests.simulation.exchange.account import ONE, ZERO, Account, Fill, Leg, LegKey, LegSide, MarginMode, Number, Order
from tests.simulation.oracle.held_back import holds_back, rule_of
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH, PositionSide
from tgtp.domain.model import LegKey as OurKey
from tgtp.domain.model import MarginMode as OurMode
from tgtp.domain.order import client_order_id

LADDERS = {"long": Ladder.parse("25:30,35:50,50:50"), "short": Ladder.parse("35:30,45:50,55:50")}
GATE = Decimal(1)
# Seconds between the look that an order was decided on and its arrival: a stop of 20 s, a slow reply and a slow way.
WINDOW = 60.0
MOST_ATTEMPTS = 100
TAGS = ("tier1", "tier2", "tier3", "hedge", "resting1", "resting2", "resting3")
# An order may have left just before the answer to the pause did.
PAUSE_GRACE = 1.0


class Standing(NamedTuple):
    """A pause: in force since then, and until then where it ends by itself (monotonic seconds).

    ``may_rest``: the answer has said that orders still rest, and may fire.
    """

    since: float
    until: float | None = None
    may_rest: bool = False


@dataclass
class Progress:
    """How far a tier of one life has come. ``cut``: somebody made the leg smaller meanwhile, and the rest with it."""

    target: Decimal
    closed: Decimal = ZERO
    cut: bool = False

    @property
    def rest(self) -> Decimal:
        """Contracts still to close."""
        return self.target - self.closed


LifeName = tuple[LegKey, int]


@dataclass
class WitnessedAccount(Account):
    """The account and its verdicts.

    ``violations`` are sentences; ``raced`` counts orders that arrived after a hand had put a new life in place of theirs,
    which no client can prevent; ``held_back`` are the pauses that stand for certain, by the name of what is paused.
    """

    violations: list[str] = field(default_factory=list)
    tiers: dict[tuple[LifeName, int], Progress] = field(default_factory=dict)
    raced: int = 0
    doubled: int = 0
    held_back: dict[str, Standing] = field(default_factory=dict)
    rules_of: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._marks: dict[str, deque[tuple[float, Decimal]]] = {}
        self._held: dict[LifeName, list[tuple[float, Decimal]]] = {}
        self._by_hand: dict[LifeName, float] = {}
        self._names: dict[str, tuple[LifeName, str]] = {}
        self._named_lives: set[LifeName] = set()

    # -- a person's hands ------------------------------------------------------------------------------------------

    def set_mark(self, inst_id: str, price: Number) -> None:
        """Move the mark price, and remember where it was."""
        super().set_mark(inst_id, price)
        now = time.monotonic()
        past = self._marks.setdefault(inst_id, deque())
        past.append((now, self.instruments[inst_id].mark))
        while len(past) > 1 and past[1][0] < now - WINDOW:
            past.popleft()

    def open_leg(self, inst_id: str, side: LegSide, contracts: Number, entry_price: Number, **more: Any) -> Leg:
        """Open a leg by hand, or by ``reopen``."""
        leg = super().open_leg(inst_id, side, contracts, entry_price, **more)
        self._remember(leg)
        return leg

    def grow_leg(self, *args: Any, **more: Any) -> Leg:
        """Add to a leg by hand."""
        leg = super().grow_leg(*args, **more)
        self._by_hand[life_of(leg)] = time.monotonic()
        self._remember(leg)
        return leg

    def shrink_leg(self, inst_id: str, side: LegSide, contracts: Number, *args: Any, **more: Any) -> Leg:
        """Close part of a leg by hand."""
        leg = super().shrink_leg(inst_id, side, contracts, *args, **more)
        self._by_hand[life_of(leg)] = time.monotonic()
        self._cut(leg, Decimal(contracts))
        self._remember(leg)
        return leg

    # -- orders ----------------------------------------------------------------------------------------------------

    def arrived(self, body: Mapping[str, Any]) -> None:
        """Take note that an order has reached the exchange, whatever becomes of it."""
        key = key_of(body)
        named = self.named(str(body.get("clOrdId")), key)
        # Of an order that no decision names, only what is paused as a whole says something.
        rules = [rule_of(named[1])] if named is not None else ["tier", "hedge"]
        for name, paused in self._in_force():
            if all(rule is not None and holds_back([name], key, rule) for rule in rules):
                late = time.monotonic() - paused.since
                self._violate(f"an order of {rules} for {say(key)} came {late:.1f} s after {name} was paused")

    def _in_force(self) -> list[tuple[str, Standing]]:
        now = time.monotonic()
        return [
            (name, paused)
            for name, paused in self.held_back.items()
            if now > paused.since + PAUSE_GRACE and (paused.until is None or now < paused.until)
        ]

    def place(self, body: Mapping[str, Any], *, share: Decimal = ONE, live: bool = False) -> Order:
        """Accept an order, or raise Refused; judge what was accepted."""
        key = key_of(body)
        leg = self.legs.get(key)
        before = leg.contracts if leg is not None else ZERO
        in_flight = [order for order in self.live_orders() if order.closes and _leg_of(order) == key]
        names = {order.client_order_id for order in self.orders}
        seen = len(self.fills)
        order = super().place(body, share=share, live=live)
        if order.client_order_id in names:
            self._double(f"two orders were accepted under the name {order.client_order_id} for {say(key)}")
        if in_flight:
            self._violate(f"an order for {say(key)} came while {in_flight[0].client_order_id} was still open")
        if leg is not None:
            self._judge(order, key, leg, before)
        self._take_in(seen)
        return order

    def fill_live(self, client_order_id: str | None = None, *, order_id: str | None = None, share: Number = 1) -> list[Order]:
        """Fill what rests, and take it in."""
        seen = len(self.fills)
        touched = super().fill_live(client_order_id, order_id=order_id, share=share)
        self._take_in(seen)
        return touched

    def named(self, name: str, key: LegKey) -> tuple[LifeName, str] | None:
        """Tell which life of which leg, and which rule, an order's name stands for."""
        for leg in reversed(self.lives):
            life = life_of(leg)
            if life[0] == key and life not in self._named_lives:
                self._named_lives.add(life)
                self._name(life)
        return self._names.get(name)

    # -- what is still to do ---------------------------------------------------------------------------------------

    def due(self) -> list[str]:
        """Name what the rules would have done by now on this account, were nothing in their way."""
        return [word for leg in self.legs.values() if leg.instrument.settle == "USDT" for word in self._due(leg)]

    def worn(self, leg: Leg) -> bool:
        """Say whether a leg has nothing more to give: all its tiers are done, or it is at the gate."""
        done = all(self._done(leg, tier.number) for tier in LADDERS[leg.side].tiers)
        return done or leg.initial_margin < GATE * Decimal("1.5")

    def _due(self, leg: Leg) -> list[str]:
        if leg.initial_margin <= GATE:
            return []
        found = []
        for tier in LADDERS[leg.side].tiers:
            progress = self.tiers.get((life_of(leg), tier.number))
            if progress is not None:
                if leg.roi > 0 and not self._done(leg, tier.number):
                    found.append(f"the rest of tier {tier.number} of {say(life_of(leg)[0])}")
            elif leg.roi >= tier.threshold and lots(leg, leg.contracts * tier.share) >= leg.instrument.min_contracts:
                found.append(f"tier {tier.number} of {say(life_of(leg)[0])}")
        others = [other for other in self.legs.values() if other.instrument is leg.instrument and other.side != leg.side]
        if leg.roi < 0 and any(other.roi > 0 for other in others) and self._above_base(leg, leg.contracts, leg.instrument.mark):
            found.append(f"the hedge of {say(life_of(leg)[0])}")
        return found

    def _done(self, leg: Leg, number: int) -> bool:
        progress = self.tiers.get((life_of(leg), number))
        if progress is None:
            return False
        # Where the rest was cut in several steps, a lot may be lost to rounding.
        slack = leg.instrument.lot_size if progress.cut else ZERO
        return progress.rest - slack < leg.instrument.min_contracts

    # -- judging ---------------------------------------------------------------------------------------------------

    def _judge(self, order: Order, key: LegKey, leg: Leg, before: Decimal) -> None:
        named = self.named(order.client_order_id, key)
        if named is None:
            self._violate(f"an order for {say(key)} has a name that no decision gives: {order.client_order_id}")
            return
        life, tag = named
        self.rules_of[tag] += 1
        if life != life_of(leg):
            self.raced += 1
            self._by_hand[life_of(leg)] = time.monotonic()
        elif tag == "hedge":
            marks = self._marks_of(key[0])
            sizes = {self._above_base(leg, held, mark) for held in self._helds(life, before) for mark in marks}
            if order.asked not in sizes:
                self._violate(f"the hedge closes {order.asked} of {before} {say(key)}; it may close {listed(sizes)}")
        else:
            self._judge_tier(order, leg, before, int(tag.removeprefix("tier")))

    def _judge_tier(self, order: Order, leg: Leg, before: Decimal, number: int) -> None:
        life = life_of(leg)
        ladder = LADDERS[leg.side]
        tier = ladder.tiers[number - 1]
        progress = self.tiers.get((life, number))
        what = f"tier {number} of {say(life[0])}"
        # Of an order that ended with nothing filled the next is decided anew, on what the leg is then.
        if progress is not None and progress.closed:
            self._pool(life, number, progress)
            slack = 2 * leg.instrument.lot_size if progress.cut else ZERO
            if order.asked > progress.rest + slack:
                self._double(f"{what} closes {order.asked}, of its {progress.target} only {progress.rest} were left")
            elif order.asked < progress.rest - slack:
                self._violate(f"{what} closes {order.asked} of the {progress.rest} that are left of it")
            return
        sizes = {lots(leg, held * tier.share) for held in self._helds(life, before)}
        if order.asked not in sizes:
            self._violate(f"{what} closes {order.asked} of {before}; its share is {listed(sizes)}")
        self.tiers[life, number] = Progress(target=order.asked)
        if self._is_touched(life):
            return
        sign = 1 if leg.side == "long" else -1
        best = max(sign * (mark - leg.entry_price) * leg.leverage / leg.entry_price for mark in self._marks_of(life[0][0]))
        if best < tier.threshold:
            self._violate(f"{what} fired at {best:.4f}, below its threshold of {tier.threshold}")
        for lower in ladder.tiers[: number - 1]:
            is_dust = lots(leg, before * lower.share) < leg.instrument.min_contracts
            if not is_dust and not self._done(leg, lower.number):
                self._violate(f"{what} fired before tier {lower.number} had")

    def _pool(self, life: LifeName, number: int, progress: Progress) -> None:
        """The rest of a tier is closed, and whatever comes with it."""

    def _take_in(self, seen: int) -> None:
        for fill in self.fills[seen:]:
            key: LegKey = (fill.inst_id, fill.pos_side, fill.margin_mode)
            if fill.increased:
                self._violate(f"{say(key)} was made larger by {fill.contracts}, order {fill.client_order_id}")
                continue
            leg = next(leg for leg in reversed(self.lives) if life_of(leg)[0] == key)
            named = self.named(self._name_of(fill), key)
            number = tier_number(named[1]) if named is not None and named[0] == life_of(leg) else None
            self._filled(leg, number, fill)
            self._remember(leg)

    def _name_of(self, fill: Fill) -> str:
        return fill.client_order_id

    def _filled(self, leg: Leg, number: int | None, fill: Fill) -> None:
        progress = self.tiers.get((life_of(leg), number)) if number is not None else None
        if progress is None:
            self._cut(leg, fill.contracts)
            return
        progress.closed += fill.contracts
        slack = 2 * leg.instrument.lot_size if progress.cut else ZERO
        if progress.closed > progress.target + slack:
            self._double(
                f"tier {number} of {say(life_of(leg)[0])} has closed {progress.closed}, its share was {progress.target}"
            )

    def _cut(self, leg: Leg, contracts: Decimal) -> None:
        """A leg became smaller in another way: what is left of an unfinished tier becomes smaller with it."""
        for tier in LADDERS[leg.side].tiers:
            progress = self.tiers.get((life_of(leg), tier.number))
            if progress is not None and progress.rest > 0:
                rest = lots(leg, progress.rest * leg.contracts / (leg.contracts + contracts))
                progress.target, progress.cut = progress.closed + rest, True

    def _above_base(self, leg: Leg, held: Decimal, mark: Decimal) -> Decimal:
        """Give what the hedge may close; 0 when that is too small an order."""
        lot = leg.instrument.lot_size
        base = GATE * leg.leverage / (mark * leg.instrument.contract_size)
        above = held - (base / lot).to_integral_value(ROUND_CEILING) * lot
        return above if above >= leg.instrument.min_contracts else ZERO

    def _marks_of(self, inst_id: str) -> list[Decimal]:
        return [mark for _, mark in self._marks.get(inst_id, ())] or [self.instruments[inst_id].mark]

    def _helds(self, life: LifeName, before: Decimal) -> set[Decimal]:
        """What an order may have been decided on: what is held, or what was before a hand has lately changed it."""
        if not self._is_touched(life):
            return {before}
        since = time.monotonic() - WINDOW
        past = self._held.get(life, [])
        first = max((index for index, (at, _) in enumerate(past) if at < since), default=0)
        return {before, *(contracts for _, contracts in past[first:])}

    def _is_touched(self, life: LifeName) -> bool:
        return time.monotonic() - self._by_hand.get(life, -WINDOW) < WINDOW

    def _remember(self, leg: Leg) -> None:
        self._held.setdefault(life_of(leg), []).append((time.monotonic(), leg.contracts))

    def _name(self, life: LifeName) -> None:
        (inst_id, side, mode), opened_ms = life
        key = OurKey(instrument_id=inst_id, position_side=PositionSide(side), margin_mode=OurMode(mode))
        opened_at = EPOCH.fromtimestamp(opened_ms // 1000, EPOCH.tzinfo).replace(microsecond=opened_ms % 1000 * 1000)
        for tag in TAGS:
            for attempt in range(MOST_ATTEMPTS):
                self._names[client_order_id("main", key, opened_at, 0, tag, attempt)] = (life, tag)

    def _violate(self, what: str) -> None:
        self.violations.append(f"{time.strftime('%H:%M:%S')} {what}")

    def _double(self, what: str) -> None:
        self.doubled += 1
        self._violate(f"DOUBLED: {what}")


def life_of(leg: Leg) -> LifeName:
    """Name the life of a leg."""
    return (leg.instrument.inst_id, leg.side, leg.margin_mode), leg.opened_at_ms


def _leg_of(order: Order) -> LegKey:
    return order.instrument.inst_id, "long" if order.side == "sell" else "short", order.margin_mode


def lots(leg: Leg, contracts: Decimal) -> Decimal:
    """Round contracts down to a lot."""
    return contracts // leg.instrument.lot_size * leg.instrument.lot_size


def tier_number(tag: str) -> int | None:
    """Return the number of the tier whose order has this tag, wherever it waited; None of another rule's."""
    return int(tag[-1]) if tag.startswith(("tier", "resting")) else None


def say(key: LegKey) -> str:
    """Name a leg."""
    return " ".join(key)


def listed(sizes: set[Decimal]) -> str:
    """Name the sizes that an order might have."""
    return " or ".join(map(str, sorted(sizes)[:5])) or "nothing"


def key_of(body: Mapping[str, Any]) -> LegKey:
    """Tell which leg an order closes."""
    side: LegSide = "long" if body.get("side") == "sell" else "short"
    mode: MarginMode = "cross" if body.get("tdMode") == "cross" else "isolated"
    return str(body.get("instId")), side, mode
