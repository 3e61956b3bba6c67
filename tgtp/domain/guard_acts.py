"""What guards and rules have closed in a span, from the events of then and since, and how the legs have ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from tgtp.domain.event_totals import FilledEvent
from tgtp.domain.events import (
    DrawdownFired,
    DrawdownReset,
    Event,
    GuardFilled,
    HedgeFilled,
    LegForceClosed,
    LegGone,
    LegOpened,
    Resumed,
    TierFilled,
    WouldHaveClosed,
)
from tgtp.domain.model import LegKey
from tgtp.domain.report import GuardAct, GuardedLeg, Span, Worth

SaleEvent = TierFilled | HedgeFilled

# An account and a firing of its guard, or a life of a leg and its guard.
Name = tuple[object, ...]


def is_of_guards(event: Event) -> bool:
    """Return whether an event may say what a guard has done, or what became of it."""
    if isinstance(event, FilledEvent):
        return isinstance(event, GuardFilled) or not event.contracts_left
    return isinstance(event, DrawdownFired | DrawdownReset | Resumed | WouldHaveClosed | LegForceClosed | LegGone | LegOpened)


def is_of_sales(event: Event) -> bool:
    """Return whether an event may say what tiers and hedges have closed, or what became of the leg."""
    return isinstance(event, SaleEvent) or is_of_guards(event)


def guard_acts(events: Iterable[Event], span: Span) -> tuple[GuardAct, ...]:
    """Return what guards have done within a span; ``events`` oldest first, from before its beginning until now.

    A firing of the drawdown guard belongs to the span in which it fired, with all of its closes. Prices are missing yet, but
    those at which lives have ended.
    """
    book = _Book(span)
    for event in events:
        if isinstance(event, DrawdownFired):
            book.fired(event)
        elif isinstance(event, GuardFilled):
            book.closed(event)
        elif isinstance(event, DrawdownReset) or (isinstance(event, Resumed) and event.cause == "guard"):
            book.pausing.pop(event.account, None)
        elif isinstance(event, WouldHaveClosed):
            book.held_back(event)
        book.take_end(event)
    return tuple(sorted(book.acts.values(), key=lambda act: act.at))


def sales(events: Iterable[Event], span: Span) -> tuple[GuardAct, ...]:
    """Return what tiers and hedges have closed within a span, by leg; ``events`` as for ``guard_acts``.

    A leg is measured until something else has ended it: had nothing been sold, a last tier would not have ended it either.
    """
    book = _Book(span)
    for event in events:
        if isinstance(event, SaleEvent):
            book.closed(event)
        else:
            book.take_end(event)
    return tuple(sorted(book.acts.values(), key=lambda act: act.at))


def worth(sold: Iterable[GuardAct]) -> Worth:
    """Return what sales have brought against holding: above 0 they were worth that. Each leg needs its price by now."""
    sums, unknown = {"tier": Decimal(0), "hedge": Decimal(0)}, 0
    for act in sold:
        for leg in act.legs:
            if leg.forgone is None:
                unknown += 1
            else:
                sums[act.rule] -= leg.forgone
    return Worth(**sums, unknown=unknown)


class _Book:
    """The acts of a span as they are found, by their names; ``pausing`` is the firing whose pause stands, by account."""

    def __init__(self, span: Span) -> None:
        self.acts: dict[Name, GuardAct] = {}
        self.pausing: dict[str, Name] = {}
        self._span = span
        self._fired_elsewhere: set[Name] = set()
        # Those that the guard has closed wholly: nothing ends them any more.
        self._wholly: set[tuple[Name, LegKey, dt.datetime]] = set()

    def fired(self, event: DrawdownFired) -> None:
        """Begin an act, or remember that it is of another span."""
        firing, name = event.firing, (event.account, event.firing.tag)
        self.pausing[event.account] = name
        if not self._is_inside(event):
            self._fired_elsewhere.add(name)
            return
        self.acts[name] = GuardAct(
            rule="drawdown", at=event.at, account=event.account, action=firing.action, fall=firing.fall.fraction
        )

    def closed(self, event: GuardFilled | SaleEvent) -> None:
        """Add what was closed to its act."""
        intent = event.intent
        if intent.rule == "drawdown":
            name: Name = (event.account, intent.tag)
            wanted = name in self.acts or (name not in self._fired_elsewhere and self._is_inside(event))
        else:
            name, wanted = (event.account, intent.rule, intent.leg, intent.opened_at), self._is_inside(event)
        if not wanted:
            return
        act = self.acts.get(name) or GuardAct(rule=intent.rule, at=event.at, account=event.account)
        fresh = _leg_of(event)
        before = next((leg for leg in act.legs if _is_same(leg, fresh)), None)
        others = tuple(leg for leg in act.legs if leg is not before)
        self.acts[name] = act.replaced(legs=(*others, _sum(before, fresh) if before is not None else fresh))
        if not event.contracts_left:
            self._wholly.add((name, intent.leg, intent.opened_at))

    def held_back(self, event: WouldHaveClosed) -> None:
        """Count an order that was not sent while the pause of a firing stood."""
        name = self.pausing.get(event.account)
        act = self.acts.get(name) if name is not None else None
        if name is not None and act is not None:
            rule = event.intent.rule
            self.acts[name] = act.replaced(held_back={**act.held_back, rule: act.held_back.get(rule, 0) + 1})

    def take_end(self, event: Event) -> None:
        """Note where the lives of legs that guards have closed a part of have ended."""
        if isinstance(event, FilledEvent) and not event.contracts_left:
            self._end(event, event.intent.leg, event.order.average_price, event.intent.opened_at)
        elif isinstance(event, LegForceClosed) and not event.contracts:
            self._end(event, event.leg, event.mark_price)
        elif (isinstance(event, LegGone) and not event.by_us) or (isinstance(event, LegOpened) and not event.reopened):
            self._end(event, event.leg, None)

    def _end(self, event: Event, key: LegKey, price: Decimal | None, opened_at: dt.datetime | None = None) -> None:
        for name, act in list(self.acts.items()):
            if act.account != event.account:
                continue
            legs = tuple(
                leg.replaced(price=price, ended_at=event.at) if self._ends(name, leg, key, opened_at) else leg
                for leg in act.legs
            )
            self.acts[name] = act if legs == act.legs else act.replaced(legs=legs)

    def _ends(self, name: Name, leg: GuardedLeg, key: LegKey, opened_at: dt.datetime | None) -> bool:
        is_open = leg.ended_at is None and (name, leg.leg, leg.opened_at) not in self._wholly
        return is_open and leg.leg == key and opened_at in (None, leg.opened_at)

    def _is_inside(self, event: Event) -> bool:
        return self._span.since <= event.at < self._span.until


def _leg_of(event: GuardFilled | SaleEvent) -> GuardedLeg:
    intent, order = event.intent, event.order
    size, price = intent.basis.contract_size, order.average_price
    coins = order.filled_contracts * size if size is not None and price is not None else None
    return GuardedLeg(
        leg=intent.leg,
        opened_at=intent.opened_at,
        contracts=order.filled_contracts,
        coins=coins,
        proceeds=coins * price if coins is not None and price is not None else None,
    )


def _is_same(one: GuardedLeg, other: GuardedLeg) -> bool:
    return (one.leg, one.opened_at) == (other.leg, other.opened_at)


def _sum(one: GuardedLeg, more: GuardedLeg) -> GuardedLeg:
    def both(before: Decimal | None, after: Decimal | None) -> Decimal | None:
        return before + after if before is not None and after is not None else None

    return one.replaced(
        contracts=one.contracts + more.contracts,
        coins=both(one.coins, more.coins),
        proceeds=both(one.proceeds, more.proceeds),
    )
