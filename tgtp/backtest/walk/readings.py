"""The readings that guards rest on: every look counts for the best ROI, though the engine takes few of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.backtest.walk.region import ANY, EVERYWHERE, WIDER, Region
from tgtp.domain.guards.best_roi import BestRoi
from tgtp.domain.model import LegKey
from tgtp.domain.sizing import price_of_roi


class Reading(NamedTuple):
    """What is read of a leg at a look."""

    opened_at: dt.datetime
    entry_price: Decimal
    leverage: Decimal
    roi: Decimal


class Readings:
    """The best ROI of each leg, as the engine would have it. Looks at a ROI that is no better may be left out."""

    def __init__(self) -> None:
        self.best: dict[LegKey, BestRoi] = {}

    def pass_over(self) -> None:
        """Note that looks were left out: no ROI that was read before them is confirmed after them."""
        self.best = {key: one if one.roi is None else one._replace(above=None) for key, one in self.best.items()}

    def read(self, legs: Iterable[PaperLeg], price: Decimal, ticks: float) -> bool:
        """Take in a look (``ticks`` in seconds); return whether any best ROI is another one now."""
        before = [one.roi for one in self.best.values()]
        for leg in legs:
            roi = leg.position_side.sign * (price - leg.entry_price) * leg.leverage / leg.entry_price
            seen, known = Reading(leg.opened_at, leg.entry_price, leg.leverage, roi), self.best.get(leg.key)
            self.best[leg.key] = BestRoi.begun(seen, ticks) if known is None else known.followed_by(seen, ticks)
        return before != [one.roi for one in self.best.values()]

    def better(self, leg: PaperLeg) -> Region | None:
        """Return the prices that may not be left out; None where there are none."""
        best = self.best.get(leg.key)
        if best is None or best.roi is None:
            return EVERYWHERE
        price = price_of_roi(leg.entry_price, leg.leverage, leg.position_side, best.roi)
        if leg.position_side.sign > 0:
            return Region((price or Decimal(0)) * (1 + WIDER), ANY)
        return Region(Decimal(0), price * (1 - WIDER)) if price is not None else None
