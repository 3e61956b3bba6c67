"""A person on the account, at any moment: opens, closes, adds, takes away, opens anew; changes leverage and position mode."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from tests.simulation.exchange.account import Account, Leg, LegSide, MarginMode, Refused
from tests.simulation.exchange.account import LegKey as Where

COINS = (
    "CRV-USDT-SWAP",
    "UNI-USDT-SWAP",
    "STX-USDT-SWAP",
    "LINK-USDT-SWAP",
    "BCH-USDT-SWAP",
    "NEAR-USDT-SWAP",
    "CFX-USDT-SWAP",
    "ETH-USDT-SWAP",
)
SIDES: tuple[LegSide, ...] = ("long", "short")
ACTIONS = ("open", "close", "grow", "shrink", "reopen", "lever", "liquidate", "deleverage")
# The words of the program for what the exchange closes by force: the whole of a leg, a part.
LIQUIDATED = ("liquidation", "partial_liquidation")
DELEVERAGED = ("adl", "partial_adl")

MOST_LEGS = 10
FEWEST_LEGS = 5


class Hands:
    """Acts on the account by chance. ``touched`` hears which leg it was, and whether the ladder may be armed anew by it."""

    def __init__(
        self,
        account: Account,
        chance: random.Random,
        touched: Callable[[Where, bool], None],
        *,
        legs: tuple[int, int] = (FEWEST_LEGS, MOST_LEGS),
    ) -> None:
        """``legs`` are the fewest and the most that are held open."""
        self.account = account
        # Hears of what the exchange closes by force.
        self.forced: Callable[[Leg, str], None] = lambda *_: None
        self._fewest, self._most = legs
        self.done: Counter[str] = Counter()
        self._chance = chance
        self._touched = touched

    def furnish(self, legs: int) -> None:
        """Open some legs."""
        for _ in range(legs):
            self.open()

    def act(self, action: str | None = None) -> None:
        """Do something, or the thing named."""
        legs = list(self.account.legs.values())
        if action is None:
            if len(legs) < self._fewest:
                action = "open"
            else:
                weights = (6 if len(legs) < self._most else 0, 4, 6, 6, 6, 2, 1, 1)
                (action,) = self._chance.choices(ACTIONS, weights)
        if action == "open":
            self.open()
        elif legs:
            getattr(self, action)(self._chance.choice(legs))

    def open(self) -> None:
        """Open a leg where none is."""
        inst_id = self._chance.choice(COINS)
        side = self._chance.choice(SIDES)
        mode: MarginMode = self._chance.choice(("cross", "isolated"))
        held = {(key[0], key[1]) for key in self.account.legs}
        if (inst_id, side) in held and self._chance.random() < 0.8:
            return
        if (inst_id, side, mode) in self.account.legs:
            return
        if self.account.position_mode == "net_mode" and any(key[0] == inst_id for key in self.account.legs):
            return
        self.open_at(inst_id, side, mode)

    def open_at(self, inst_id: str, side: LegSide, mode: MarginMode = "cross") -> None:
        """Open a leg of some 5 to 300 USDT of margin, near the mark."""
        instrument = self.account.instruments[inst_id]
        leverage = self._chance.choice((5, 10, 10, 10, 20))
        # Both sides of a pair share the leverage, in cross margin at OKX.
        for key, leg in self.account.legs.items():
            if key[0] == inst_id and key[2] == mode:
                leverage = int(leg.leverage)
        margin = Decimal(self._chance.choice((2, 5, 20, 100, 300)))
        contracts = margin * leverage / (instrument.mark * instrument.contract_size)
        contracts = max(contracts // instrument.lot_size * instrument.lot_size, instrument.lot_size)
        entry = instrument.mark * (1 + Decimal(self._chance.randint(-10, 10)) / 1000)
        entry = max(entry // instrument.tick_size * instrument.tick_size, instrument.tick_size)
        leg = self.account.open_leg(inst_id, side, contracts, entry, leverage=leverage, margin_mode=mode)
        self._was("open", leg)

    def close(self, leg: Leg) -> None:
        """Close a leg."""
        self.account.close_leg(*_name(leg))
        self._was("close", leg)

    def grow(self, leg: Leg) -> None:
        """Add to a leg."""
        self.account.grow_leg(leg.instrument.inst_id, leg.side, self._part(leg, (0.1, 0.5, 1, 2)), margin_mode=leg.margin_mode)
        self._was("grow", leg, may_rearm=True)

    def shrink(self, leg: Leg) -> None:
        """Take away from a leg, but not all."""
        part = self._part(leg, (0.05, 0.3, 0.5, 0.9))
        if part < leg.contracts:
            self.account.shrink_leg(leg.instrument.inst_id, leg.side, part, margin_mode=leg.margin_mode)
            self._was("shrink", leg)

    def reopen(self, leg: Leg) -> None:
        """Close a leg and open it again at once."""
        self.account.reopen(leg.instrument.inst_id, leg.side, margin_mode=leg.margin_mode)
        self._was("reopen", leg)

    def lever(self, leg: Leg) -> None:
        """Change the leverage of an instrument."""
        leverage = self._chance.choice((5, 10, 20))
        try:
            self.account.set_leverage(leg.instrument.inst_id, leg.margin_mode, leverage)
        except Refused:
            # Something rests.
            self.done["lever refused"] += 1
            return
        for other in list(self.account.legs.values()):
            if other.instrument is leg.instrument:
                self._was("lever", other)

    def liquidate(self, leg: Leg) -> None:
        """Let the exchange liquidate a leg, or a part of it."""
        part = self._share_of(leg)
        penalty = leg.instrument.worth(leg.contracts if part is None else part, leg.instrument.mark) / 200
        self.account.liquidate_leg(*_name(leg)[:2], part, penalty=penalty, margin_mode=leg.margin_mode)
        self.done["liquidate"] += 1
        self.forced(leg, LIQUIDATED[part is not None])

    def deleverage(self, leg: Leg) -> None:
        """Let the exchange close a leg, or a part of it, against somebody's loss."""
        part = self._share_of(leg)
        self.account.deleverage_leg(*_name(leg)[:2], part, margin_mode=leg.margin_mode)
        self.done["deleverage"] += 1
        self.forced(leg, DELEVERAGED[part is not None])

    def _share_of(self, leg: Leg) -> Decimal | None:
        part = self._part(leg, (0.2, 0.5))
        return part if part < leg.contracts and self._chance.random() < 0.5 else None

    def flip(self) -> bool:
        """Change the position mode; as at OKX, not while a pair is open or an order rests."""
        instruments = [key[0] for key in self.account.legs]
        if len(set(instruments)) != len(instruments) or self.account.live_orders():
            return False
        net = self.account.position_mode == "net_mode"
        self.account.position_mode = "long_short_mode" if net else "net_mode"
        self.done["flip"] += 1
        return True

    def _part(self, leg: Leg, shares: tuple[float, ...]) -> Decimal:
        lot = leg.instrument.lot_size
        return max(leg.contracts * Decimal(str(self._chance.choice(shares))) // lot * lot, lot)

    def _was(self, action: str, leg: Leg, *, may_rearm: bool = False) -> None:
        self.done[action] += 1
        self._touched((leg.instrument.inst_id, leg.side, leg.margin_mode), may_rearm)


def _name(leg: Leg) -> tuple[str, LegSide, MarginMode]:
    return leg.instrument.inst_id, leg.side, leg.margin_mode
