"""What counts as a touch of a tier, and which of them looks would have missed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tgtp.adapters.okx.archive.pages import PastBar
from tgtp.backtest.what_if.minutes import MINUTE_MS
from tgtp.backtest.what_if.touches import Watched, by_second, count, stretches

TEN = Decimal(10)


def seconds(prices: str) -> list[PastBar]:
    """One bar a second, flat: ``.`` below the tier, ``^`` at it, and nothing was traded at a blank."""
    price = {".": "9", "^": "10"}
    return [PastBar(1000 * at, (price[sign],) * 4) for at, sign in enumerate(prices) if sign != " "]


@pytest.mark.parametrize(
    ("prices", "touches", "missed"),
    [
        ("...............", 0, 0),
        (".^^^...........", 1, 1),
        ("........^^^^...", 1, 0),
        ("^..............", 1, 0),
        (".^.^.^.........", 3, 3),
        # Without a trade the price stays: it is there still at the look.
        (".^^          ..", 1, 0),
        (".............^^", 1, 1),
        # Nobody knows of the time before the first trade.
        ("            ^.", 1, 1),
    ],
)
@pytest.mark.parametrize("falls", [False, True])
def test_touches_are_counted_by_the_second(prices: str, touches: int, missed: int, *, falls: bool) -> None:
    tier = Watched("X", TEN if not falls else Decimal(9), falls, (0,), 60_000)
    written = prices.translate(str.maketrans(".^", "^.")) if falls else prices
    found = by_second(seconds(written))
    assert count(found, range(0, 1000 * len(prices), 1000), tier, 10) == (touches, missed)


def test_minutes_that_follow_each_other_are_read_together_up_to_a_page() -> None:
    minutes = [0, 1, 2, 3, 4, 5, 7]
    assert [len(one) for one in stretches([minute * MINUTE_MS for minute in minutes])] == [5, 1, 1]
