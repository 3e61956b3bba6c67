"""The best ROI of a life that can be relied on: two readings have seen it, a while apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

# Seconds between two readings that agree.
AGREE_AFTER: Final = 8


class Seen(Protocol):
    """What is read of a leg."""

    @property
    def opened_at(self) -> dt.datetime:
        """When its life began."""

    @property
    def entry_price(self) -> Decimal:
        """What its ROI is counted on."""

    @property
    def leverage(self) -> Decimal:
        """What its ROI is multiplied by."""

    @property
    def roi(self) -> Decimal:
        """Its ROI now, a fraction."""


class BestRoi(NamedTuple):
    """``roi`` (a fraction) is the best of a life; None until two readings agree.

    It is counted on an entry price and a leverage. Who adds to a leg begins it anew: its ROI falls by that, and nothing was
    given back. Another leverage moves both alike. ``above`` is the least ROI of all readings since ``since`` (ticks of the
    clock that never jumps), where all of them were better than ``roi``.
    """

    opened_at: dt.datetime
    entry_price: Decimal
    leverage: Decimal
    roi: Decimal | None = None
    above: Decimal | None = None
    since: float = 0

    @classmethod
    def begun(cls, leg: Seen, ticks: float) -> BestRoi:
        """Begin with what a leg shows."""
        return cls(leg.opened_at, leg.entry_price, leg.leverage, None, leg.roi, ticks)

    def followed_by(self, leg: Seen, ticks: float) -> BestRoi:
        """Take in what a leg shows; itself where that is nothing new.

        One reading that nobody confirms does not count:

        >>> from tgtp.domain.examples import leg
        >>> best = BestRoi.begun(leg(entry_price=1, mark_price="1.02"), 0)
        >>> for ticks, mark in ((10, "1.03"), (20, "1.9"), (30, "1.025"), (40, "1.04"), (50, "1.05"), (60, "1.01")):
        ...     best = best.followed_by(leg(entry_price=1, mark_price=mark), ticks)
        ...     print(best.roi)
        0.20
        0.30
        0.30
        0.30
        0.40
        0.40
        """
        if (self.opened_at, self.entry_price) != (leg.opened_at, leg.entry_price):
            return BestRoi.begun(leg, ticks)
        if self.leverage != leg.leverage:
            return self._at_leverage(leg.leverage).followed_by(leg, ticks)
        if self.roi is not None and leg.roi <= self.roi:
            return self if self.above is None else self._replace(above=None)
        if self.above is None:
            return self._replace(above=leg.roi, since=ticks)
        least = min(self.above, leg.roi)
        if ticks - self.since >= AGREE_AFTER:
            return self._replace(roi=least, above=leg.roi if leg.roi > least else None, since=ticks)
        return self if least == self.above else self._replace(above=least)

    def raised_to(self, roi: Decimal) -> BestRoi:
        """Take in a ROI that was held for long enough between two readings."""
        if self.roi is not None and roi <= self.roi:
            return self
        return self._replace(roi=roi, above=None if self.above is None or self.above <= roi else self.above)

    def _at_leverage(self, leverage: Decimal) -> BestRoi:
        def times(roi: Decimal | None) -> Decimal | None:
            return None if roi is None else roi * leverage / self.leverage

        return self._replace(leverage=leverage, roi=times(self.roi), above=times(self.above))
