"""How far the equity has fallen from its highest point so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.model import EquitySample

# A fall of less than this fraction is shown as 0.00 %.
LEAST_SHOWN = Decimal("0.00005")


class Drawdown(NamedTuple):
    """A fall from the peak so far, as a ``fraction`` of that peak: 0 at the peak, positive below it."""

    at: dt.datetime
    fraction: Decimal


def drawdowns(samples: Sequence[EquitySample]) -> list[Decimal]:
    """Return the drawdown at every sample (fractions), oldest first; 0 as long as there was nothing to lose.

    What lies between two samples counts with the later one, the lowest of it before the highest.

    >>> start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> worth = [EquitySample(at=start, equity=equity) for equity in ("100", "120", "90", "150")]
    >>> [f"{fraction:f}" for fraction in drawdowns(worth)]
    ['0', '0', '0.25', '0']

    Between two samples it fell by a tenth, and rose again:

    >>> between = EquitySample(at=start, equity=100, lowest=90)
    >>> [f"{fraction:f}" for fraction in drawdowns([worth[0], between])]
    ['0', '0.1']
    """
    peak = Decimal(0)
    found = []
    for sample in samples:
        fall = _fall(peak, sample.equity if sample.lowest is None else sample.lowest)
        peak = max(peak, sample.equity if sample.highest is None else sample.highest)
        found.append(max(fall, _fall(peak, sample.equity)))
    return found


def _fall(peak: Decimal, equity: Decimal) -> Decimal:
    return (peak - equity) / peak if peak > 0 and equity < peak else Decimal(0)


def deepest_drawdown(samples: Sequence[EquitySample]) -> Drawdown:
    """Return the largest drawdown, the first of equals. ``samples`` oldest first, at least one."""
    found = drawdowns(samples)
    fraction = max(found)
    return Drawdown(samples[found.index(fraction)].at, fraction)
