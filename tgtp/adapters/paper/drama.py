"""Drama on a paper account: every eight minutes a leg wins and gives it back, and then the account loses what a guard acts on.

What guards are for is seen within minutes, and again and again: each of them can be tried, begun anew, and tried another way.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.adapters.paper.demonstration import WORN_DOWN, Demonstration
from tgtp.adapters.paper.simulated_market import Coin, SeedLeg, SimulatedMarket, opened

ACT: Final = dt.timedelta(minutes=8)
# An act begins calm: a guard that has just been set sees its peak, and the legs of the act are opened.
CALM: Final = dt.timedelta(seconds=45)


class Turn(NamedTuple):
    """So many ``seconds`` after an act has begun, a price is this far ``away`` from its start (a fraction of it)."""

    seconds: float
    away: float


# Between two turns the price goes straight. At 10x, +3.2 % is past the first tier and not yet at the second.
GIVES_BACK: Final = (Turn(0, 0), Turn(45, 0), Turn(105, 0.032), Turn(135, 0.032), Turn(195, -0.015), Turn(330, -0.015))
FALLS: Final = (Turn(0, 0), Turn(165, 0), Turn(255, -0.08), Turn(345, -0.08))
END: Final = (Turn(450, 0), Turn(480, 0))
PLOT: Final = {"SOL-USDT-SWAP": GIVES_BACK + END, "ETH-USDT-SWAP": FALLS + END}
# The second one is half as large again as the account that begins with 1000 U: its fall takes 12 % of that.
LEGS: Final = (
    SeedLeg("SOL-USDT-SWAP", "long", "1.50", "0"),
    SeedLeg("ETH-USDT-SWAP", "long", "5.00", "0", leverage=Decimal(3)),
)


class DramaticMarket(SimulatedMarket):
    """The simulated market, in which two coins follow a plot since ``genesis``. It is as pure in time."""

    def _away(self, name: str, coin: Coin, seconds: float) -> float:
        turns = PLOT.get(name)
        if turns is None or seconds < 0:
            return super()._away(name, coin, seconds)
        return _at(turns, seconds % ACT.total_seconds())


class Drama(Demonstration):
    """A demonstration whose trader opens the legs of the plot, too: at the beginning of each act, where they are worn down."""

    _act_begun = -1

    async def _act(self) -> bool:
        return await super()._act() | await self._begin_act()

    async def _begin_act(self) -> bool:
        """Open what is missing for an act that has begun; return whether anything was."""
        now = self._clock.now()
        number, since = divmod(now - self._genesis, ACT)
        if number == self._act_begun or since >= CALM:
            return False
        self._act_begun = number
        instruments, marks = await self._prices.instruments(), await self._prices.mark_prices()
        wanted = opened(LEGS, marks, instruments, now)
        worn = [leg for leg in wanted if (held := self.leg(leg.key)) is None or held.contracts <= leg.contracts * WORN_DOWN]
        for leg in worn:
            self._open(leg, instruments, marks)
        return bool(worn)


def _at(turns: Sequence[Turn], seconds: float) -> float:
    """Return how far a price is away, between the turns before and after a moment."""
    for before, after in itertools.pairwise(turns):
        if seconds < after.seconds:
            return before.away + (after.away - before.away) * (seconds - before.seconds) / (after.seconds - before.seconds)
    return turns[-1].away
