"""Days drawn from a seed, as values: what happens at which second. They are lived by the beat alone, or with checks between."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.snapshots import blind
from tgtp.domain.examples import instrument
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.errors import AccessRefused, NotSent, OrderRefused, OutcomeUnknown, TemporarilyDown

LONG, SHORT, UNI = key(), key(side="short"), key("UNI-USDT-SWAP")
LEGS = (LONG, SHORT, UNI)
BEAT = 10
# Each stage is long enough for the beat alone to come to its end: three tiers, a lost order, a pause after three refusals.
STAGE = 180
STAGES = 4
# Seconds that a trouble lasts. One that ends between two beats is seen by one of them alone.
LASTS = (5, 15, 25, 45)
ROIS = (-12, 5, 20, 26, 37, 52)
RULES = SEED_RULES.replaced(guards=GuardRules(give_back=Decimal("0.4")))

# What an order, or a read, comes to while a trouble lasts.
AT_ORDERS: dict[str, Callable[[], Exception]] = {
    "refused": lambda: OrderRefused("51000", "no"),
    "not sent": lambda: NotSent("no route"),
    "key": lambda: AccessRefused("50120: no permission"),
    "lost": lambda: OutcomeUnknown("no answer"),
}
TROUBLES = (*AT_ORDERS, "down", "hidden", "all hidden", "unreadable", "roi", "mark", "none", "none")
HANDS = ("grow", "shrink", "anew", "restart", "pause", "nothing", "nothing")


class Stage(NamedTuple):
    """What a stage begins with, all at once: prices, a hand, and a trouble of one leg that lasts for some seconds."""

    rois: dict[str, int]
    hand: str
    trouble: str
    lasts: int
    leg: LegKey


def day(seed: int) -> list[Stage]:
    """Draw a day."""
    chance = random.Random(seed)
    return [_drawn(chance) for _ in range(STAGES)]


def _drawn(chance: random.Random) -> Stage:
    rois = {name: chance.choice(ROIS) for name in ("CRV-USDT-SWAP", "UNI-USDT-SWAP")}
    hand, trouble, lasts, leg = chance.choice(HANDS), chance.choice(TROUBLES), chance.choice(LASTS), chance.choice(LEGS)
    if trouble == "mark":
        # A price that stands is the price, and so is the first one of a life: then as many tiers fire as there are checks.
        hand, lasts = "nothing" if hand == "anew" else hand, LASTS[0]
    return Stage(rois, hand, trouble, lasts, leg)


async def live(folder: Path, stages: list[Stage], wakes: random.Random | None) -> dict[str, Any]:
    """Live a day, with checks between those of the beat where ``wakes`` chooses their moments; give what came of it."""
    home = House(
        folder,
        paper_leg(contracts=100),
        paper_leg(side="short", contracts=80),
        paper_leg("UNI-USDT-SWAP", contracts=50),
        rules=RULES,
        instruments=[instrument(lot_size="0.1")],
    )
    await home.check(2)
    for stage in stages:
        await _stage(home, stage, wakes)
    came_of_it = outcome(home)
    home.ledger.close()
    return came_of_it


async def _stage(home: House, stage: Stage, wakes: random.Random | None) -> None:
    begun = home.clock.monotonic()
    _move(home, stage)
    _begin(home, stage)
    is_over = False
    for at, is_beat in moments(wakes):
        if not is_over and at >= stage.lasts:
            _forward(home, begun + stage.lasts)
            _end(home)
            is_over = True
        _forward(home, begun + at)
        if is_beat or home.clock.monotonic() < begun + STAGE:
            await home.checker.check()
    _forward(home, begun + STAGE)


def moments(wakes: random.Random | None) -> Iterator[tuple[float, bool]]:
    """The seconds of a stage at which there is a check, and whether it is one of the beat."""
    for beat in range(0, STAGE, BEAT):
        yield beat, True
        between: list[float] = []
        if wakes is not None:
            at = float(beat)
            for _ in range(wakes.choice((0, 1, 2, 6))):
                at += wakes.choice((0.001, 0.05, 0.05, 0.4, 2.2, 5.1))
                between.append(at)
        yield from ((at, False) for at in between if at < beat + BEAT)


def outcome(home: House) -> dict[str, Any]:
    """What a person and the exchange know of a day: orders, events and messages, each in the order of its leg; what is left."""
    events: dict[str, list[Any]] = defaultdict(list)
    for _, event in home.listener.events:
        what = facts(event)
        # A try that nobody is told of is repeated by time, and the time of the first one may differ.
        if event.kind not in ("order_rejected", "order_not_arrived") or what not in events[of(event)]:
            events[of(event)].append(what)
    told: dict[str, list[Any]] = defaultdict(list)
    for entry in home.ledger.outbox():
        numbered = home.ledger.event(entry.number)
        assert numbered is not None
        told[of(numbered[1])].append(facts(numbered[1]))
    orders: dict[str, list[Any]] = defaultdict(list)
    for intent in home.exchange.submitted:
        order = home.paper.orders.get(intent.client_order_id)
        sent = (intent.rule, intent.tag, intent.contracts)
        if order is not None and order.filled_contracts and sent not in orders[str(intent.leg)]:
            orders[str(intent.leg)].append(sent)
    lives = home.ledger.lives()
    return {
        "orders": dict(orders),
        "events": dict(events),
        "told": dict(told),
        "held": {str(leg): home.held(leg) for leg in LEGS},
        "fired": {str(leg): sorted(lives[leg].fired_numbers) for leg in LEGS if leg in lives},
        "open": len(home.ledger.open_intents()),
        "alarms": home.listener.alarms,
    }


def of(event: Any) -> str:
    """The leg of an event; "" for those of the account."""
    return str(event.intent.leg if hasattr(event, "intent") else getattr(event, "leg", ""))


def facts(event: Any) -> tuple[Any, ...]:
    """What an event says, without the moments and what hangs on them."""
    names = ("before", "contracts", "contracts_left", "finished", "fired", "cause", "why", "code", "reopened", "anew", "tier")
    found = {name: getattr(event, name) for name in names if hasattr(event, name)}
    if hasattr(event, "doubt"):
        found["doubt"] = event.doubt.cause
    if hasattr(event, "intent"):
        found["intent"] = event.intent.rule, event.intent.tag, event.intent.contracts
    return event.kind, *found.items()


def _forward(home: House, ticks: float) -> None:
    home.clock.forward(max(0.0, ticks - home.clock.monotonic()))


def _move(home: House, stage: Stage) -> None:
    for name, roi in stage.rois.items():
        home.prices.marks[name] = Decimal(5) * (1 + Decimal(roi) / 1000)
    now, leg = home.clock.now(), home.paper.leg(stage.leg)
    if stage.hand == "restart":
        home.restart()
    elif stage.hand == "pause":
        home.actions.pause("*", 7)
    elif leg is not None and stage.hand in ("grow", "shrink"):
        contracts = leg.contracts + 20 if stage.hand == "grow" else (leg.contracts / 2).quantize(Decimal(1)) or leg.contracts
        home.paper.put_leg(leg.replaced(contracts=contracts, adjusted_at=now))
    elif leg is not None and stage.hand == "anew":
        home.paper.drop_leg(stage.leg)
        home.paper.put_leg(leg.replaced(contracts=Decimal(60), opened_at=now, adjusted_at=now))


def _begin(home: House, stage: Stage) -> None:
    trouble, leg = stage.trouble, stage.leg
    if trouble in AT_ORDERS:
        failure = AT_ORDERS[trouble]
        home.exchange.before = lambda name: failure() if name == "submit" else None
    elif trouble == "down":
        home.exchange.before = lambda name: TemporarilyDown("no answer") if name == "snapshot" else None
    elif trouble in ("hidden", "all hidden", "unreadable"):
        home.exchange.view = lambda snapshot: _without(snapshot, leg, trouble)
    elif trouble in ("roi", "mark"):
        home.exchange.view = lambda snapshot: snapshot.replaced(
            legs=tuple(_spoiled(row, trouble) if row.key == leg else row for row in snapshot.legs)
        )


def _without(snapshot: Snapshot, leg: LegKey, trouble: str) -> Snapshot:
    legs = tuple(row for row in snapshot.legs if row.key != leg and trouble != "all hidden")
    is_there = leg in snapshot.by_key
    return snapshot.replaced(legs=legs, unreadable=(blind(leg),) if trouble == "unreadable" and is_there else ())


def _spoiled(leg: Leg, trouble: str) -> Leg:
    if trouble == "roi":
        return leg.replaced(exchange_roi=leg.roi + 1)
    mark = leg.mark_price * Decimal("1.3")
    return leg.replaced(
        mark_price=mark,
        unrealised_pnl=(mark - leg.entry_price) * leg.contracts * leg.instrument.contract_size * leg.position_side.sign,
        initial_margin=leg.initial_margin * Decimal("1.3"),
    )


def _end(home: House) -> None:
    home.exchange.before = lambda _: None
    home.exchange.view = lambda snapshot: snapshot
    home.actions.resume("*", 7)
