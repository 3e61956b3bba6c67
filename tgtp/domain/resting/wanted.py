"""Which tiers of a leg are to rest: where each is triggered, and what it closes when those below it have fired."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.domain.ladder import MOST_TIERS, Ladder, LadderVerdict, Ready, Tier
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.domain.model.repriced import repriced
from tgtp.domain.order import Intent
from tgtp.domain.plan import Situation
from tgtp.domain.plan.intents import tier_intent
from tgtp.domain.resting.conditional import Conditional, RestingTier, resting_name, tag_of
from tgtp.domain.sizing import closed_in_orders, first_tick, is_orderable, one_order, price_at_roi, share_of, whole_lots

# A price is reckoned with some digits only: so many ticks may lie between it and the first that is beyond the threshold.
MOST_TICKS: Final = 3
# Names that are tried for an order of ours that is not remembered: so many placings of each tier.
MOST_PLACINGS: Final = 20


class Wanted(NamedTuple):
    """A tier that is to rest. ``leg`` is as it will be at the trigger; there the tier closes ``target`` contracts in all."""

    order: RestingTier
    tier: Tier
    target: Decimal
    leg: Leg

    def intent(self, life: Life, situation: Situation) -> Intent:
        """Return the decision that the order stands for, with the numbers of its trigger."""
        verdict = LadderVerdict(ready=Ready.DUE, tier=self.tier, contracts=self.order.contracts, target=self.target)
        intent = tier_intent(self.leg, life, verdict, f"tier{self.tier.number}", situation)
        basis = intent.basis.replaced(rested=True)
        return intent.replaced(client_order_id=self.order.name, limit_price=None, basis=basis)


def is_beyond(order: RestingTier, mark_price: Decimal) -> bool:
    """Return whether a mark price has triggered an order, by rights."""
    return order.leg.position_side.reaches(order.trigger_price, mark_price)


def trigger_price(leg: Leg, threshold: Decimal) -> Decimal | None:
    """Return the first mark price, in whole ticks, at which a leg's ROI is not below a threshold; None where no price is.

    >>> from tgtp.domain.examples import leg
    >>> [trigger_price(leg(side=side, entry_price="0.25"), Decimal("0.251")) for side in ("long", "short")]
    [Decimal('0.2563'), Decimal('0.2437')]
    >>> trigger_price(leg(side="short", entry_price="0.25", leverage=1), Decimal(1)) is None
    True
    """
    exact = price_at_roi(leg, threshold)
    if exact is None or not leg.leverage_known:
        return None
    tick, sign = leg.instrument.tick_size, leg.position_side.sign
    price = first_tick(exact, tick, leg.position_side)
    for _ in range(MOST_TICKS):
        if price <= 0:
            return None
        if leg.replaced(mark_price=price).roi < threshold:
            price += sign * tick
        elif price - sign * tick > 0 and leg.replaced(mark_price=price - sign * tick).roi >= threshold:
            price -= sign * tick
        else:
            return price
    return None


def wanted(leg: Leg, life: Life, ladder: Ladder, min_margin: Decimal, account: str) -> tuple[Wanted, ...]:
    """Return the tiers of a leg that are to rest, the lowest first; ``account`` is the name that its orders are named by.

    A tier rests whose margin at its own trigger is above the gate, and which comes to an order there. Of one that is more than
    a single order takes, one order rests.

    >>> from tgtp.domain.examples import leg
    >>> held, seed = leg(contracts=100, entry_price="5", lot_size="0.1"), Ladder.parse("25:30,35:50,50:50")
    >>> found = wanted(held, Life.begun(held), seed, Decimal(1), "main")
    >>> [(each.order.tier, f"{each.order.contracts:f}", f"{each.order.trigger_price:f}") for each in found]
    [(1, '30.0', '5.1250'), (2, '35.0', '5.1750'), (3, '17.5', '5.2500')]
    """
    found: list[Wanted] = []
    spec = leg.instrument
    if life.unfinished is not None:
        # The check closes the rest of what was begun.
        rest = min(whole_lots(life.unfinished.rest, spec.lot_size), leg.contracts)
        left = leg.contracts - (rest if is_orderable(rest, spec) else Decimal(0))
    else:
        left = leg.contracts
    taken = life.fired_numbers | ({life.unfinished.tier} if life.unfinished else set())
    for tier in ladder.tiers:
        if tier.number in taken:
            continue
        price = trigger_price(leg, tier.threshold)
        if price is None or left <= 0:
            break
        then = repriced(_holding(leg, left), price)
        if then.initial_margin <= min_margin:
            break
        target = share_of(then, tier.share)
        if not is_orderable(target, spec):
            continue
        order = RestingTier(
            name=name_of(account, life, tier.number),
            leg=leg.key,
            opened_at=leg.opened_at,
            position_mode=leg.position_mode,
            tier=tier.number,
            contracts=one_order(target, spec),
            trigger_price=price,
        )
        found.append(Wanted(order, tier, target, then))
        left -= closed_in_orders(target, spec)
    return tuple(found)


def left_by_all(leg: Leg, life: Life, situation: Situation) -> Decimal:
    """Return the contracts that are left of a leg when all its tiers that are to rest have fired."""
    tiers = wanted(leg, life, situation.rules.ladder_of(leg.key), situation.rules.min_margin, situation.account)
    return leg.contracts - sum((closed_in_orders(each.target, leg.instrument) for each in tiers), Decimal(0))


def name_of(account: str, life: Life, tier: int) -> str:
    """Name the next order of a tier that rests; the same until that order has come to an end."""
    placing = life.attempts.get(tag_of(tier), 0)
    return resting_name(account, life.key, life.opened_at, life.generation, tier, placing)


def _holding(leg: Leg, contracts: Decimal) -> Leg:
    """Return a leg with fewer contracts, and the part of its margin that belongs to them."""
    if contracts == leg.contracts:
        return leg
    margin = leg.initial_margin * contracts / leg.contracts
    return leg.replaced(contracts=contracts, initial_margin=margin, exchange_notional=None)


class Placing(NamedTuple):
    """Which order of a life a name stands for: of a ``tier``, the one of that number (``placing``).

    ``is_used``: it is known to have ended, whatever a list shows that lags.
    """

    tier: int
    placing: int
    is_used: bool = False


def identify(name: str, account: str, life: Life) -> Placing | None:
    """Return which order of a life has a name; None where none has, or so many were placed that it is not found.

    >>> from tgtp.domain.examples import leg
    >>> life = Life.begun(leg())
    >>> identify(name_of("main", life.replaced(attempts={"resting2": 7}), 2), "main", life), identify("tg0", "main", life)
    (Placing(tier=2, placing=7, is_used=False), None)
    """
    for generation in range(life.generation, -1, -1):
        for tier in range(1, MOST_TIERS + 1):
            first = life.attempts.get(tag_of(tier), 0) if generation == life.generation else 0
            for placing in range(max(first - MOST_PLACINGS, 0), first + MOST_PLACINGS):
                if name == resting_name(account, life.key, life.opened_at, generation, tier, placing):
                    return Placing(tier, placing, generation == life.generation and placing < first)
    return None


def recovered(found: Conditional, number: int, leg: Leg, life: Life, situation: Situation) -> Wanted:
    """Return a tier's order that is not remembered as it was wanted, as far as that can be known. Raises ValueError."""
    if found.trigger_price is None:
        raise ValueError("what is triggered by no price is no tier")
    order = RestingTier(
        name=found.name,
        leg=leg.key,
        opened_at=leg.opened_at,
        position_mode=leg.position_mode,
        tier=number,
        contracts=found.contracts,
        trigger_price=found.trigger_price,
    )
    then = repriced(_holding(leg, max(life.contracts, found.contracts)), found.trigger_price)
    tiers = situation.rules.ladder_of(leg.key).tiers
    tier = next((tier for tier in tiers if tier.number == number), None)
    return Wanted(order, tier or Tier(number=number, threshold=then.roi, share=Decimal(1)), found.contracts, then)
