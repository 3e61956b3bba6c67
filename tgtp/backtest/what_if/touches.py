"""How many touches of a tier a look every few seconds would have missed: an estimate by OKX's one-second bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from tgtp.adapters.okx.archive.pages import MILLISECOND, OkxArchive, PastBar
from tgtp.backtest.what_if.minutes import MINUTE_MS
from tgtp.backtest.what_if.walking import Come, Held
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH
from tgtp.domain.plan import Rules
from tgtp.domain.sizing import is_orderable, price_of_roi, whole_lots
from tgtp.engine.ports import MissedTouches

MOST_MINUTES: Final = 500
# A page holds five minutes of seconds.
A_PAGE: Final = 5
SECOND_MS: Final = 1000


class Watched(NamedTuple):
    """A tier's price, and the minutes (unix ms) that touch it while the tier has not fired; it fires ``until_ms``."""

    instrument_id: str
    price: Decimal
    falls: bool
    minutes: tuple[int, ...]
    until_ms: int


def watched(held: Held, rules: Rules, come: Come) -> Iterator[Watched]:
    """Return what of a leg was touched, as the walk under the ladder in force has it."""
    leg, instrument = held.leg, held.instrument
    ladder: Ladder = rules.ladder_of(leg.leg)
    fired = {fill.tier: (fill.at - EPOCH) // MILLISECOND for fill in come.fills if fill.rule == "tier"}
    left = come.fills[-1].contracts_left if come.fills else leg.contracts
    opened = held.bars.opened_ms
    gone_ms = int(opened[-1]) + MINUTE_MS
    if not left:
        gone_ms = (come.fills[-1].at - EPOCH) // MILLISECOND
    for tier in ladder.tiers:
        can_fire = is_orderable(whole_lots(left * tier.share, instrument.lot_size), instrument)
        can_fire &= left * instrument.contract_size * leg.entry_price / leg.leverage > rules.min_margin
        price = price_of_roi(leg.entry_price, leg.leverage, leg.leg.position_side, tier.threshold)
        if price is None or not (tier.number in fired or can_fire):
            continue
        until_ms = fired.get(tier.number, gone_ms)
        level = float(price)
        touches = (held.bars.low <= level) & (held.bars.high >= level) & (opened <= until_ms)
        minutes = tuple(int(at) for at in opened[np.flatnonzero(touches)])
        if minutes:
            yield Watched(instrument.instrument_id, price, leg.leg.position_side.sign < 0, minutes, until_ms)


async def estimate(
    archive: OkxArchive, found: Sequence[Watched], interval: int, heard: Callable[[float], None]
) -> MissedTouches:
    """Look at the newest of the minutes again, second by second. Raises TemporarilyDown, AccessRefused."""
    all_of_them = {(minute, one.instrument_id) for one in found for minute in one.minutes}
    chosen = sorted(all_of_them, reverse=True)[:MOST_MINUTES]
    minutes = touches = missed = done = 0
    for name in sorted({name for _, name in chosen}):
        of_coin = [one for one in found if one.instrument_id == name]
        for stretch in stretches(sorted(minute for minute, other in chosen if other == name)):
            rows = await archive.seconds(name, stretch[0], stretch[-1] + MINUTE_MS)
            seconds = by_second(rows)
            seen = {second - second % MINUTE_MS for second in seconds}
            minutes += len(seen)
            for one in of_coin:
                for run in stretches([minute for minute in stretch if minute in seen and minute in one.minutes]):
                    end_ms = min(run[-1] + MINUTE_MS, one.until_ms + interval * SECOND_MS)
                    counted, unseen = count(seconds, range(run[0], end_ms, SECOND_MS), one, interval)
                    touches, missed = touches + counted, missed + unseen
            done += len(stretch)
            heard(done / len(chosen))
    return MissedTouches(minutes=minutes, of=len(all_of_them), touches=touches, missed=missed)


def stretches(minutes: Sequence[int]) -> Iterator[list[int]]:
    """Return minutes in groups that follow each other, none larger than a page.

    >>> [[minute // MINUTE_MS for minute in one] for one in stretches([0, 60_000, 180_000])]
    [[0, 1], [3]]
    """
    group = list[int]()
    for minute in minutes:
        if group and (minute != group[-1] + MINUTE_MS or len(group) == A_PAGE):
            yield group
            group = []
        group.append(minute)
    if group:
        yield group


class Second(NamedTuple):
    """The first price of a second, and the furthest ones."""

    first: Decimal
    high: Decimal
    low: Decimal


def by_second(rows: Iterable[PastBar]) -> Mapping[int, Second]:
    """Return what was traded in each second; where nothing was, the price stayed as it was."""
    bars = list(rows)
    found = dict[int, Second]()
    for bar, after in pairwise([*bars, None]):
        if bar is None:
            break
        first, high, low, close = map(Decimal, bar.words)
        found[bar.opened_ms] = Second(first, high, low)
        # Not over a hole that is no quiet while, but minutes that nobody asked for.
        until_ms = bar.opened_ms - bar.opened_ms % MINUTE_MS + MINUTE_MS
        still = range(bar.opened_ms + SECOND_MS, min(after.opened_ms if after is not None else until_ms, until_ms), SECOND_MS)
        found.update((at, Second(close, close, close)) for at in still)
    return found


def count(seconds: Mapping[int, Second], span: range, tier: Watched, interval: int) -> tuple[int, int]:
    """Return how often the price came to a tier in some seconds, and how often no look of the grid would have seen it there."""
    touches = missed = 0
    inside = seen = False
    for at in (*span, span.stop):
        second = seconds.get(at) if at in span else None
        reached = second is not None and (second.low <= tier.price if tier.falls else second.high >= tier.price)
        if inside and not reached:
            missed += not seen
        if reached and not inside:
            touches, seen = touches + 1, False
        if second is not None and reached and at % (interval * SECOND_MS) == 0:
            seen |= second.first <= tier.price if tier.falls else second.first >= tier.price
        inside = reached
    return touches, missed
