"""Conditional orders of the OKX stand-in (take-profits and stops), less friendly than OKX.

https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-post-place-algo-order
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tests.simulation.exchange.account import Instrument, Leg, LegSide, MarginMode, Order, Refused

if TYPE_CHECKING:
    from tests.simulation.exchange.account import Account, Number

State = Literal["live", "pause", "partially_effective", "effective", "canceled", "order_failed", "partially_failed"]
WAITS = frozenset({"live", "pause"})
TYPES = frozenset({"last", "index", "mark"})
KINDS = frozenset({"conditional", "oco"})
ZERO = Decimal(0)


@dataclass(eq=False)
class AlgoOrder:
    """A take-profit, a stop, or (oco) both. ``contracts`` is None where it closes a ``fraction`` of the leg.

    ``ends_with_leg``: it is cancelled when the leg is closed whole. ``orders`` are those that it became.
    """

    algo_id: str
    name: str
    instrument: Instrument
    side: str
    pos_side: str
    margin_mode: MarginMode
    kind: str
    contracts: Decimal | None
    fraction: str
    take_profit: Decimal | None
    take_profit_type: str
    stop: Decimal | None
    stop_type: str
    reduce_only: bool
    ends_with_leg: bool
    tag: str
    created_at_ms: int
    updated_at_ms: int
    state: State = "live"
    fail_code: str = "0"
    triggered_at_ms: int | None = None
    ended_by: str = ""
    orders: tuple[Order, ...] = ()
    # It as it was before, and until when, the oldest first.
    before: list[tuple[int, AlgoOrder]] = field(default_factory=list)
    # When a cancel that was acknowledged takes effect.
    cancels_at_ms: int | None = None

    @property
    def closes(self) -> LegSide:
        """The side of the leg that it makes smaller."""
        return "long" if self.side == "sell" else "short"

    @property
    def waits(self) -> bool:
        """Whether it may still be triggered."""
        return self.state in WAITS

    def is_of(self, leg: Leg) -> bool:
        """Whether it is about this leg's side of the instrument."""
        mine = (self.instrument.inst_id, self.closes, self.margin_mode)
        return mine == (leg.instrument.inst_id, leg.side, leg.margin_mode)


@dataclass(eq=False)
class AlgoBook:
    """The conditional orders of an account. Public attributes may be set by a test at any time.

    What has happened may be seen only later, each in its own time, in seconds. ``look_lag``: an order that is asked for by
    name or id shows what it was so long ago; ``list_lag``: the same of the lists; ``ids_lag``: which orders it became is
    not said until so long after it was triggered. Orders, trades and position rows have lags of their own in the account.

    ``refuses_end_with_leg``: the code that ``cxlOnClosePos`` is refused with. ``most``: so many may wait for an instrument.
    ``too_many``: the code of one more. ``past_code``: what an order beyond the price is refused with instead of the code of
    the mark price: 51279 and 51277 are of the last price. ``refuses_margin_moves``: 59302 while one waits.
    ``keeps_ended``: ended orders can be asked for by name; without it only the history has them.
    ``trims_waiting``: one that waits for more than its leg is made as small as that; without it only when it is triggered.
    ``ignores_amends`` so many of those to come: acknowledged, and nothing is done. ``cancel_delay``: seconds from the
    acknowledgement of a cancel to its effect; until then it can be triggered.
    ``share``: what a triggered order fills, the rest is cancelled. ``pieces``: as so many orders it goes to the market.
    ``failing``: the code that they are refused with, all but the first ``failing_after`` of them.
    """

    account: Account
    look_lag: float = 0.0
    list_lag: float = 0.0
    ids_lag: float = 0.0
    refuses_end_with_leg: str = ""
    most: int = 100
    too_many: str = "51261"
    past_code: str = ""
    refuses_margin_moves: bool = False
    keeps_ended: bool = True
    trims_waiting: bool = False
    ignores_amends: int = 0
    cancel_delay: float = 0.0
    share: Decimal = Decimal(1)
    pieces: int = 1
    failing: str = ""
    failing_after: int = 0
    orders: list[AlgoOrder] = field(default_factory=list)

    # -- a person's hands ------------------------------------------------------------------------------------------

    def rest(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number,
        trigger: Number,
        *,
        margin_mode: MarginMode = "cross",
        **more: object,
    ) -> AlgoOrder:
        """Let a person place a take-profit for a leg, by the last price and without a name, unless told otherwise."""
        net = self.account.position_mode == "net_mode"
        body = {
            "instId": inst_id,
            "tdMode": margin_mode,
            "side": "sell" if side == "long" else "buy",
            "ordType": "conditional",
            "sz": str(contracts),
            "tpTriggerPx": str(trigger),
            "tpOrdPx": "-1",
            **({"reduceOnly": True} if net else {"posSide": side}),
        }
        return self.place(body | more)

    def named(self, name: str) -> AlgoOrder:
        """Return the order of a name. KeyError if there is none."""
        for order in self.orders:
            if order.name == name:
                return order
        raise KeyError(name)

    def waiting(self, leg: Leg | None = None) -> list[AlgoOrder]:
        """Return what waits, of one leg or of all."""
        return [order for order in self.orders if order.waits and (leg is None or order.is_of(leg))]

    def end(self, order: AlgoOrder, state: State = "canceled", code: str = "0") -> None:
        """Let an order end, whatever brings it about."""
        self._change(order)
        order.state, order.fail_code, order.cancels_at_ms = state, code, None

    # -- what a request does ---------------------------------------------------------------------------------------

    def place(self, body: Mapping[str, Any]) -> AlgoOrder:
        """Take an order or raise Refused."""
        account = self.account
        instrument = account.instruments.get(str(body.get("instId")))
        if instrument is None:
            raise Refused("51001")
        if body.get("ordType") == "trigger" and account.position_mode == "net_mode":
            raise Refused("51298")
        net = account.position_mode == "net_mode"
        pos_side = str(body.get("posSide") or ("net" if net else ""))
        sides = {"net"} if net else {"long", "short"}
        for name, good in (
            ("tdMode", body.get("tdMode") in {"cross", "isolated"}),
            ("side", body.get("side") in {"buy", "sell"}),
            ("ordType", body.get("ordType") in KINDS),
            ("posSide", pos_side in sides),
        ):
            if not good:
                raise Refused("51000", f"Parameter {name} error")
        if instrument.state != "live":
            raise Refused("51022")
        name = str(body.get("algoClOrdId") or "")
        if name and not re.fullmatch(r"[A-Za-z0-9]{1,32}", name):
            raise Refused("51000", "Parameter algoClOrdId error")
        # Of all that ever were, ended ones too.
        if name and any(order.name == name for order in self.orders):
            raise Refused("51065")
        reduce_only = body.get("reduceOnly") in {True, "true"}
        ends_with_leg = body.get("cxlOnClosePos") in {True, "true"}
        if ends_with_leg and self.refuses_end_with_leg:
            raise Refused(self.refuses_end_with_leg, "Parameter cxlOnClosePos error")
        if ends_with_leg and not reduce_only:
            raise Refused("51000", "Parameter reduceOnly error")
        contracts = None if body.get("closeFraction") else self._size(instrument, body.get("sz"))
        take_profit = self._price(instrument, body, "tpTriggerPx")
        stop = self._price(instrument, body, "slTriggerPx")
        if take_profit is None and stop is None:
            raise Refused("50014", "Parameter tpTriggerPx can not be empty.")
        if sum(order.instrument is instrument for order in self.waiting()) >= self.most:
            raise Refused(self.too_many)
        now = account.now_ms()
        order = AlgoOrder(
            algo_id=account.new_id(),
            name=name,
            instrument=instrument,
            side=str(body["side"]),
            pos_side=pos_side,
            margin_mode="cross" if body["tdMode"] == "cross" else "isolated",
            kind=str(body["ordType"]),
            contracts=contracts,
            fraction=str(body.get("closeFraction") or ""),
            take_profit=take_profit,
            take_profit_type=self._type(body, "tpTriggerPxType"),
            stop=stop,
            stop_type=self._type(body, "slTriggerPxType"),
            reduce_only=reduce_only,
            ends_with_leg=ends_with_leg,
            tag=str(body.get("tag") or ""),
            created_at_ms=now,
            updated_at_ms=now,
        )
        self._check_price(order)
        # Without a leg it would wait for the next one.
        if ends_with_leg and self._leg_of(order) is None:
            raise Refused("51169")
        self.orders.append(order)
        self.look()
        return order

    def amend(self, body: Mapping[str, Any]) -> AlgoOrder:
        """Change an order or raise Refused; the type of its trigger is the last price again, unless it is said."""
        order = self._asked_for(body)
        if order is None or not order.waits or order.cancels_at_ms is not None:
            raise Refused("51503")
        changed = copy.copy(order)
        if body.get("newSz"):
            changed.contracts = self._size(order.instrument, body["newSz"])
        if body.get("newTpTriggerPx"):
            changed.take_profit = self._price(order.instrument, body, "newTpTriggerPx")
            changed.take_profit_type = self._type(body, "newTpTriggerPxType")
        if body.get("newSlTriggerPx"):
            changed.stop = self._price(order.instrument, body, "newSlTriggerPx")
            changed.stop_type = self._type(body, "newSlTriggerPxType")
        self._check_price(changed)
        if self.ignores_amends:
            self.ignores_amends -= 1
            return order
        self._change(order)
        for name in ("contracts", "take_profit", "take_profit_type", "stop", "stop_type"):
            setattr(order, name, getattr(changed, name))
        self.look()
        return order

    def cancel(self, body: Mapping[str, Any]) -> AlgoOrder:
        """Begin an order's end or raise Refused."""
        order = self._asked_for(body)
        if order is None or order.state == "canceled":
            raise Refused("51400")
        if not order.waits:
            # By the kind of order; which of them an order of ours gets is not known.
            raise Refused("51412" if int(order.algo_id) % 2 else "51416")
        if order.cancels_at_ms is not None:
            raise Refused("51410")
        if self.cancel_delay:
            order.cancels_at_ms = self.account.clock_ms() + int(self.cancel_delay * 1000)
        else:
            self.end(order)
        return order

    def check_leverage(self, inst_id: str, margin_mode: MarginMode) -> None:
        """Refuse another leverage while something waits."""
        if any((one.instrument.inst_id, one.margin_mode) == (inst_id, margin_mode) for one in self.waiting()):
            raise Refused("59668" if margin_mode == "cross" else "59669")

    def check_margin_move(self, leg: Leg) -> None:
        """Refuse a move of margin while something waits, where OKX does."""
        if self.refuses_margin_moves and self.waiting(leg):
            raise Refused("59302")

    def check_reversing(self, leg: Leg | None, contracts: Decimal) -> None:
        """Refuse an order that would turn a leg of net mode round while a close of it waits."""
        if leg is not None and contracts > leg.contracts and any(one.reduce_only for one in self.waiting(leg)):
            raise Refused("51206")

    # -- what happens by itself ------------------------------------------------------------------------------------

    def look(self) -> None:
        """Let what is due happen, by the prices and the time of now."""
        for order in self.waiting():
            if order.cancels_at_ms is not None and order.cancels_at_ms <= self.account.clock_ms():
                self.end(order)
        # The nearest first, as a price that moves would meet them.
        due = sorted((order for order in self.waiting() if self._is_due(order)), key=self._nearness)
        for order in due:
            # An earlier one may have closed the leg.
            if order.waits:
                self._fire(order)

    def leg_shrank(self, leg: Leg) -> None:
        """Take that a leg has become smaller, or has ended."""
        for order in self.waiting(leg):
            if not leg.contracts and order.ends_with_leg:
                self.end(order)
            elif leg.contracts and self.trims_waiting and order.contracts is not None and order.contracts > leg.contracts:
                self._change(order)
                order.contracts = leg.contracts

    # -- what is shown ---------------------------------------------------------------------------------------------

    def shown(self, lag: float) -> Iterator[AlgoOrder]:
        """The orders as they were so many seconds ago, newest first; those of later are not there."""
        for order in reversed(self.orders):
            if self.account.has_lagged(order.created_at_ms, lag):
                yield next((then for until, then in order.before if not self.account.has_lagged(until, lag)), order)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _change(self, order: AlgoOrder) -> None:
        now = self.account.now_ms()
        then = copy.copy(order)
        then.before = []
        order.before.append((now, then))
        order.updated_at_ms = now

    def _asked_for(self, body: Mapping[str, Any]) -> AlgoOrder | None:
        algo_id, name = str(body.get("algoId") or ""), str(body.get("algoClOrdId") or "")
        if not (algo_id or name):
            raise Refused("50015", "Either parameter algoId or algoClOrdId is required.")
        for order in self.orders:
            known = order.algo_id == algo_id if algo_id else order.name == name
            if known and order.instrument.inst_id == body.get("instId"):
                return order
        return None

    def _size(self, instrument: Instrument, raw: object) -> Decimal:
        # It will be an order at the market.
        return self.account.order_size(instrument, {"sz": raw, "ordType": "market"})

    def _price(self, instrument: Instrument, body: Mapping[str, Any], name: str) -> Decimal | None:
        raw = str(body.get(name) or "")
        if not raw:
            return None
        if not re.fullmatch(r"\d+(\.\d+)?", raw) or not (price := Decimal(raw)) or price % instrument.tick_size:
            raise Refused("51000", f"Parameter {name} error")
        return price

    @staticmethod
    def _type(body: Mapping[str, Any], name: str) -> str:
        kind = str(body.get(name) or "last")
        if kind not in TYPES:
            raise Refused("51000", f"Parameter {name} error")
        return kind

    @staticmethod
    def _seen(order: AlgoOrder, kind: str) -> Decimal:
        instrument = order.instrument
        return instrument.last if kind == "last" and instrument.last is not None else instrument.mark

    def _check_price(self, order: AlgoOrder) -> None:
        """A take-profit must lie ahead of the price that triggers it."""
        if order.take_profit is None:
            return
        price, sells = self._seen(order, order.take_profit_type), order.side == "sell"
        if order.take_profit < price if sells else order.take_profit > price:
            by_last = order.take_profit_type == "last"
            code = ("51279" if sells else "51277") if by_last else ("51303" if sells else "51300")
            raise Refused(self.past_code or code)

    def _is_due(self, order: AlgoOrder) -> bool:
        sells = order.side == "sell"
        if order.take_profit is not None:
            price = self._seen(order, order.take_profit_type)
            if price >= order.take_profit if sells else price <= order.take_profit:
                return True
        if order.stop is not None:
            price = self._seen(order, order.stop_type)
            return price <= order.stop if sells else price >= order.stop
        return False

    @staticmethod
    def _nearness(order: AlgoOrder) -> tuple[Decimal, int]:
        price = order.take_profit if order.take_profit is not None else order.stop
        assert price is not None
        return price if order.side == "sell" else -price, order.created_at_ms

    def _leg_of(self, order: AlgoOrder) -> Leg | None:
        return self.account.legs.get((order.instrument.inst_id, order.closes, order.margin_mode))

    def _fire(self, order: AlgoOrder) -> None:
        """Send an order that was triggered to the market: never more than its leg has."""
        self._change(order)
        order.state, order.triggered_at_ms, order.cancels_at_ms = "effective", order.updated_at_ms, None
        leg = self._leg_of(order)
        if leg is None:
            order.state, order.fail_code = "order_failed", "51169"
            return
        wanted = leg.contracts if order.contracts is None else min(order.contracts, leg.contracts)
        done = 0
        for piece in self._pieces(order.instrument, wanted):
            if self.failing and done >= self.failing_after:
                break
            order.orders += (self.account.fill_triggered(order, piece, self.share),)
            done += 1
        if self.failing:
            order.state, order.fail_code = ("partially_failed" if done else "order_failed"), self.failing
        # A person's own limit closes make way for what is left.
        self.account.trim_closes(leg)

    def _pieces(self, instrument: Instrument, contracts: Decimal) -> list[Decimal]:
        lots = contracts // instrument.lot_size
        count = int(min(Decimal(max(self.pieces, 1)), lots)) or 1
        each = (lots // count) * instrument.lot_size
        return [each] * (count - 1) + [contracts - each * (count - 1)]
