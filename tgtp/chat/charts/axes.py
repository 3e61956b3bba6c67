"""What the axes of a picture show: round values and moments, and where labels go so that none covers another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from babel.dates import format_skeleton

from tgtp.chat.texts import Language

# Coarser than a day: whole days.
HOURS = (1, 2, 3, 4, 6, 12)
MINUTES = (1, 2, 5, 10, 15, 30)
DAYS = (1, 2, 3, 5, 7, 10, 14, 15, 30, 60, 90)
# The smallest range of a picture, as a part of the price; and how many times the range of the curve all of it may be.
FLATTEST = 0.005
SQUASHED = 3.0
LOCALES = {"en": "en", "zh": "zh_Hans_CN"}


class Tick(NamedTuple):
    """A place on an axis and what is written there."""

    at: float
    label: str


def values(low: float, high: float, most: int, *, grouped: bool = False) -> list[Tick]:
    """Return round values within a range, in full digits, as many as fit; money has its thousands ``grouped``.

    >>> [tick.label for tick in values(0.0000119, 0.0000131, 3)]
    ['0.0000120', '0.0000125', '0.0000130']
    >>> [tick.label for tick in values(98_000, 104_000, 4)]
    ['98000', '100000', '102000', '104000']
    """
    # Imported here: canvas turns its warnings off first.
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    air = (high - low) * 1e-9
    places = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    shown = [float(at) for at in places if low - air <= at <= high + air]
    step = Decimal(f"{shown[1] - shown[0]:.2g}").normalize()
    decimals = max(0, -int(step.as_tuple().exponent))
    return [Tick(at, f"{at:z{',' if grouped else ''}.{decimals}f}") for at in shown]


def moments(first: float, last: float, zone: dt.tzinfo, language: Language, most: int) -> list[Tick]:
    """Return round local times between two moments (seconds since 1970), as many as fit; a midnight is written as its date."""
    least = dt.timedelta(seconds=max(last - first, 60.0) / most)
    steps = [
        *(dt.timedelta(minutes=count) for count in MINUTES),
        *(dt.timedelta(hours=count) for count in HOURS),
        *(dt.timedelta(days=count) for count in DAYS),
    ]
    step = next((step for step in steps if step >= least), least)
    # Counted on the wall clock from a midnight, so that a changed hour moves no label off the round times.
    begun = dt.datetime.fromtimestamp(first, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step > dt.timedelta(days=1):
        begun = dt.datetime.fromtimestamp(last, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        begun -= step * most
    found = []
    local = begun
    while (at := local.replace(tzinfo=zone).timestamp()) <= last:
        if at >= first:
            whole_day = local.time() == dt.time()
            found.append(Tick(at, date(local.date(), language) if whole_day else f"{local:%H:%M}"))
        local += step
    return found


def date(day: dt.date, language: Language) -> str:
    """Write a day as people do, without its year.

    >>> date(dt.date(2026, 11, 4), "en"), date(dt.date(2026, 11, 4), "zh")
    ('Nov 4', '11月4日')
    """
    return format_skeleton("MMMd", dt.datetime.combine(day, dt.time()), locale=LOCALES[language])


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places (ascending) as little as needed so that each is ``gap`` above the one before, all within a range.

    More than fit stand closer together instead.

    >>> spread([10, 11, 50], 4, 0, 100)
    [8.5, 12.5, 50.0]
    >>> spread([99, 100], 4, 0, 100)
    [96.0, 100.0]
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    # Neighbours that would touch become a block, which stands where its members want to be on average.
    blocks: list[tuple[float, int]] = []
    for place in wanted:
        blocks.append((_held(place, 1, gap, low, high), 1))
        while len(blocks) > 1 and _end(blocks[-2], gap) + gap > blocks[-1][0] + 1e-9:
            together = blocks.pop()[1] + blocks.pop()[1]
            begun = sum(count for _, count in blocks)
            members = wanted[begun : begun + together]
            centred = sum(member - number * gap for number, member in enumerate(members)) / len(members)
            blocks.append((_held(centred, len(members), gap, low, high), len(members)))
    return [start + number * gap for start, count in blocks for number in range(count)]


def _held(start: float, count: int, gap: float, low: float, high: float) -> float:
    return float(max(low, min(start, high - (count - 1) * gap)))


def _end(block: tuple[float, int], gap: float) -> float:
    return block[0] + (block[1] - 1) * gap


def reach(low: float, high: float, levels: Sequence[float]) -> tuple[float, float]:
    """Return the range of a picture: the prices seen, and the levels so near that the curve keeps a third of its height.

    >>> [round(end, 2) for end in reach(99, 101, [102, 97.5, 150])]
    [97.14, 102.36]
    >>> [round(end, 2) for end in reach(100, 100, [])]
    [99.71, 100.29]
    """
    # A price that stood still must not become a cliff.
    least = abs(high) * FLATTEST or 1.0
    air = max(0.0, least - (high - low)) / 2
    low, high = low - air, high + air
    most = (high - low) * SQUASHED
    for level in sorted(levels, key=lambda level: max(low - level, level - high)):
        if max(high, level) - min(low, level) <= most:
            low, high = min(low, level), max(high, level)
    air = (high - low) * 0.08
    return low - air, high + air


def outline(numbers: Sequence[float], most: int) -> list[int]:
    """Return the places of at most so many numbers that draw as all of them do: of every stretch the lowest and the highest.

    >>> outline([1, 9, 2, 3, 4, 0], 4), outline([1, 9, 2], 4)
    ([0, 1, 4, 5], [0, 1, 2])
    """
    if len(numbers) <= most:
        return list(range(len(numbers)))
    long = -(-2 * len(numbers) // most)
    kept: set[int] = {0, len(numbers) - 1}
    for begin in range(0, len(numbers), long):
        stretch = range(begin, min(begin + long, len(numbers)))
        kept |= {min(stretch, key=numbers.__getitem__), max(stretch, key=numbers.__getitem__)}
    return sorted(kept)
