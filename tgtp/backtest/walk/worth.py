"""What a walk has come to, in U: money, and the greatest fall from its peak."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.backtest.job import Fill
from tgtp.backtest.walk.track import Track

# Extremes are found among floats.
DIGITS: Final = 8
# Milliseconds.
SAME: Final = Decimal("1e-9")


class Worth:
    """Realised + unrealised - fees + funding, as the price goes on; ``size`` is coins a contract."""

    def __init__(self, track: Track, size: Decimal, bar: int, legs: Iterable[PaperLeg]) -> None:
        self.realised = self.fees = self.funding = Decimal(0)
        self._track, self._size = track, size
        # Up to which corner everything was seen, and what a long of one coin had paid by the last moment.
        self._corner = 4 * bar
        self._paid = track.paid(bar, -1)
        self._peak = float("-inf")
        self._least = float("inf")
        self._fall = 0.0
        self._coins = self._cost = Decimal(0)
        for leg in legs:
            self.opened(leg)

    def go_to(self, bar: int, at: Decimal | int, *, corner: bool = True) -> None:
        """Pass all corners and settlements up to a moment of a bar, those just then counted in, a ``corner`` if it is asked."""
        step = self._track.bars.step_ms
        # A third of a bar may be no finite number: a moment is a corner that is all but there.
        thirds = 3 * at + (SAME if corner else -SAME)
        self._pass_corners(4 * bar + min(int((thirds + step) // step), 4))
        paid = self._track.paid(bar, at)
        self.funding -= self._coins * (paid - self._paid)
        self._paid = paid

    def opened(self, leg: PaperLeg) -> None:
        """Take in a leg that opens later than the others."""
        coins = leg.position_side.sign * leg.contracts * self._size
        self._coins, self._cost = self._coins + coins, self._cost + coins * leg.entry_price

    def fill(self, fill: Fill, price: Decimal) -> None:
        """Take in an order, while the price stood here."""
        self.realised += fill.pnl
        self.fees += fill.fee
        closed = fill.position_side.sign * fill.contracts * self._size
        self._coins, self._cost = self._coins - closed, self._cost - closed * fill.entry_price
        now = float(self.realised - self.fees + self.funding + self.unrealised(price))
        self._see(now, now, 0.0)

    def unrealised(self, price: Decimal) -> Decimal:
        """Return what is still open, at a price."""
        return self._coins * price - self._cost

    @property
    def max_drawdown(self) -> Decimal:
        """The greatest fall from the highest before it."""
        return _plain(self._fall)

    @property
    def best(self) -> Decimal:
        """The highest."""
        return _plain(self._peak)

    @property
    def worst(self) -> Decimal:
        """The lowest."""
        return _plain(self._least)

    def _pass_corners(self, end: int) -> None:
        swing = self._track.curve.swing(self._corner, end)
        self._corner = max(self._corner, end)
        if swing is None:
            return
        # Funding is in the curve: what was paid by the last moment is in both.
        base = float(self.realised - self.fees + self.funding + self._coins * self._paid - self._cost)
        coins = float(self._coins)
        if coins >= 0:
            highest, lowest, fall = base + coins * swing.highest, base + coins * swing.lowest, coins * swing.fall
        else:
            highest, lowest, fall = base + coins * swing.lowest, base + coins * swing.highest, -coins * swing.rise
        self._see(highest, lowest, fall)

    def _see(self, highest: float, lowest: float, fall: float) -> None:
        """Take in a stretch that fell by so much in itself."""
        self._fall = max(self._fall, fall, self._peak - lowest)
        self._peak, self._least = max(self._peak, highest), min(self._least, lowest)


def _plain(amount: float) -> Decimal:
    return Decimal(repr(round(amount, DIGITS) + 0.0))
