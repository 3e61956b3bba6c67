"""The conditional orders of a paper account: they refuse, trigger and end as OKX's do, at the mark prices that are seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg, PaperResting
from tgtp.adapters.paper.sizes import check_size
from tgtp.adapters.refusals import refused
from tgtp.domain.model import Instrument, LegKey, PositionMode, PositionSide
from tgtp.domain.order import Order
from tgtp.domain.resting.conditional import Conditional, RestingTier
from tgtp.engine.ports import Clock, ConditionalOrders
from tgtp.errors import OutcomeUnknown, Problem, TemporarilyDown

# So many may wait for one instrument, and so many are remembered in all.
MOST_WAITING = 100
RESTING_KEPT = 500


class Holder(ABC):
    """The account that the orders are of."""

    position_mode: PositionMode

    @abstractmethod
    async def market(self) -> tuple[Mapping[str, Instrument], Mapping[str, Decimal]]:
        """Read the instruments and the mark prices, and let happen what they bring about. Raises TemporarilyDown."""

    @abstractmethod
    def leg(self, key: LegKey) -> PaperLeg | None:
        """Return a leg as it is kept."""

    @abstractmethod
    def close_at(self, held: PaperLeg, contracts: Decimal, instrument: Instrument, mark: Decimal, name: str) -> Order:
        """Close so much of a leg at a price, by an order of this name."""

    @abstractmethod
    def save(self) -> None:
        """Write the account down. Raises TemporarilyDown."""


class PaperConditional(ConditionalOrders):
    """Orders that wait for a mark price. Each ends with the life of its leg, and closes no more than is held."""

    def __init__(self, account: PaperAccount, holder: Holder, clock: Clock) -> None:
        self._holder = holder
        self._clock = clock
        self._orders = {order.shown.algo_id: order for order in account.resting}
        self._placed = account.resting_placed

    @property
    def kept(self) -> dict[str, Any]:
        """What the account's file keeps of them."""
        return {"resting": tuple(self._orders.values()), "resting_placed": self._placed}

    async def place(self, tier: RestingTier) -> str:
        """Have a tier rest."""
        instruments, marks = await self._market()
        instrument, held = instruments.get(tier.leg.instrument_id), self._holder.leg(tier.leg)
        if any(order.shown.name == tier.name for order in self._orders.values()):
            raise refused("51065", "algoClOrdId already exists")
        if instrument is None or tier.leg.instrument_id not in marks:
            raise refused("51001", "Instrument ID does not exist")
        self._check(tier, instrument, marks[tier.leg.instrument_id])
        if held is None:
            raise refused("51169", "You don't have any positions in this direction to reduce")
        waiting = [order for order in self._waiting() if order.shown.instrument_id == tier.leg.instrument_id]
        if len(waiting) >= MOST_WAITING:
            raise refused("51261", "You've reached the maximum limit of pending orders of this type")
        self._placed += 1
        now = self._clock.now()
        shown = Conditional(
            algo_id=f"paperalgo{self._placed:06d}",
            name=tier.name,
            instrument_id=tier.leg.instrument_id,
            position_side=None if self._holder.position_mode is PositionMode.NET else tier.leg.position_side,
            side=tier.side,
            margin_mode=tier.leg.margin_mode,
            contracts=tier.contracts,
            trigger_price=tier.trigger_price,
            trigger_type="mark",
            status="live",
            created_at=now,
            updated_at=now,
        )
        self._keep(PaperResting(shown=shown, opened_at=held.opened_at, contract_size=instrument.contract_size))
        self.look(instruments, marks)
        self._save()
        return shown.algo_id

    async def amend(self, algo_id: str, tier: RestingTier) -> None:
        """Give one another size and another trigger."""
        instruments, marks = await self._market()
        order = self._orders.get(algo_id)
        if order is None or not order.waits or tier.leg.instrument_id not in instruments.keys() & marks.keys():
            raise refused("51503", "Order modification failed as the order does not exist")
        self._check(tier, instruments[tier.leg.instrument_id], marks[tier.leg.instrument_id])
        self._change(order, contracts=tier.contracts, trigger_price=tier.trigger_price)
        self.look(instruments, marks)
        self._save()

    async def cancel(self, instrument_id: str, algo_id: str) -> None:
        """End one."""
        await self._market()
        order = self._orders.get(algo_id)
        if order is None or order.shown.instrument_id != instrument_id or order.shown.status == "canceled":
            raise refused("51400", "Cancellation failed as the order has been filled, canceled or does not exist")
        if not order.waits:
            raise refused("51412", "Cancellation failed as the order has been triggered")
        self._change(order, status="canceled")
        self._save()

    async def live(self) -> tuple[Conditional, ...]:
        """Return what waits."""
        await self._holder.market()
        return tuple(order.shown for order in self._waiting())

    async def find(self, name: str) -> Conditional | None:
        """Look one up by its name."""
        await self._holder.market()
        return next((order.shown for order in self._orders.values() if order.shown.name == name), None)

    async def fills(self, conditional: Conditional) -> Order | None:
        """Return the order that it became."""
        order = self._orders.get(conditional.algo_id)
        return order.order if order is not None else None

    def look(self, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> bool:
        """Let those fire whose price is there, the nearest first, and end with their leg; return whether any did.

        A price that was passed while nobody looked fires them at the first one that is seen.
        """
        due = []
        changed = False
        for order in self._waiting():
            name, held = order.shown.instrument_id, self._holder.leg(order.shown.leg)
            instrument, mark = instruments.get(name), marks.get(name)
            is_over = held is None or held.opened_at != order.opened_at
            # In contracts of another size it would close something else.
            if is_over or (instrument is not None and instrument.contract_size != order.contract_size):
                self._change(order, status="canceled")
                changed = True
            elif instrument is not None and mark is not None and order.is_due(mark):
                due.append((order, instrument, mark))
        for order, instrument, mark in sorted(due, key=lambda one: one[0].nearness):
            held = self._holder.leg(order.shown.leg)
            if held is None:
                # An earlier one has closed the rest.
                self._change(order, status="canceled")
            else:
                made = self._holder.close_at(
                    held, min(order.shown.contracts, held.contracts), instrument, mark, order.shown.name
                )
                self._change(order, status="effective", order_ids=(made.order_id,), made=made)
        return changed or bool(due)

    async def _market(self) -> tuple[Mapping[str, Instrument], Mapping[str, Decimal]]:
        try:
            return await self._holder.market()
        except TemporarilyDown as exc:
            raise OutcomeUnknown(Problem("problem.no_prices", why=exc.problem)) from exc

    def _check(self, tier: RestingTier, instrument: Instrument, mark: Decimal) -> None:
        """Refuse what OKX refuses. Raises OrderRefused."""
        check_size(tier.contracts, instrument)
        if tier.trigger_price % instrument.tick_size:
            raise refused("51000", "Parameter tpTriggerPx error")
        if tier.leg.position_side is PositionSide.LONG and tier.trigger_price < mark:
            raise refused("51303", "TP trigger price cannot be lower than the mark price")
        if tier.leg.position_side is PositionSide.SHORT and tier.trigger_price > mark:
            raise refused("51300", "TP trigger price cannot be higher than the mark price")

    def _waiting(self) -> list[PaperResting]:
        return [order for order in self._orders.values() if order.waits]

    def _change(self, order: PaperResting, *, made: Order | None = None, **changes: object) -> None:
        shown = order.shown.replaced(**changes, updated_at=self._clock.now())
        self._keep(order.replaced(shown=shown, order=made))

    def _keep(self, order: PaperResting) -> None:
        self._orders[order.shown.algo_id] = order
        ended = [algo_id for algo_id, one in self._orders.items() if not one.waits]
        for algo_id in ended[: max(len(self._orders) - RESTING_KEPT, 0)]:
            del self._orders[algo_id]

    def _save(self) -> None:
        try:
            self._holder.save()
        except TemporarilyDown as exc:
            raise OutcomeUnknown(exc.problem) from exc
