"""Walks all alternatives of a job, on each path, from each entry."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator

from tgtp.backtest.alternatives import Wanted, alternatives
from tgtp.backtest.bars import Bars
from tgtp.backtest.job import Alternative, BacktestJob, BacktestResult
from tgtp.backtest.walk.account import WalkedAccount
from tgtp.backtest.walk.bar_search import BarSearch
from tgtp.backtest.walk.factors import Factors
from tgtp.backtest.walk.track import Track
from tgtp.backtest.walk.walking import Walk
from tgtp.domain.model import EPOCH
from tgtp.engine.volatility.scaled_rules import VolatilityBook
from tgtp.errors import CannotStart, Problem, TgtpError


def run(job: BacktestJob, bars: Bars, heard: Callable[[float], None] = lambda _: None) -> BacktestResult:
    """Walk everything that a job asks for; ``heard`` is told how much is done, from 0 to 1, after each walk.

    Raises CannotStart where its time holds no bars, or the engine fails.
    """
    try:
        return asyncio.run(walk_all(job, bars, heard=heard))
    except CannotStart:
        raise
    except TgtpError as exc:
        raise CannotStart(Problem("backtest.failed", why=exc.problem)) from exc


async def walk_all(
    job: BacktestJob,
    bars: Bars,
    *,
    skips: bool = True,
    heard: Callable[[float], None] = lambda _: None,
    factors: Factors | None = None,
) -> BacktestResult:
    """Do it, in a loop that runs; unless it ``skips``, the engine looks at every moment of the grid.

    ``factors`` are those of the bars, unless others are given.
    """
    begun = time.perf_counter()
    begins = int(bars.opened_ms.searchsorted(job.begins_ms)) if job.begins_ms is not None else 0
    if begins == len(bars.opened_ms):
        raise CannotStart(Problem("backtest.empty"))
    _check_funding(job, int(bars.opened_ms[begins]), int(bars.opened_ms[-1]) + bars.step_ms)
    search = BarSearch(bars.high, bars.low)
    tracks = [Track(bars, order, job.funding) for order in job.orders]
    wanted = alternatives(job)
    if factors is None and any(rules.scales for rules in wanted):
        factors = Factors(bars)
    found, skipped = list[Alternative](), 0
    opened = tuple(entries(job, bars, begins))
    walks = len(opened) * len(wanted) * len(tracks)
    for entry in opened:
        for rules in wanted:
            for track in tracks:
                walk = Walk(
                    _account(job, bars, rules, entry),
                    track,
                    search,
                    entry,
                    factors=factors if rules.scales else None,
                    decides=rules.decides,
                    skips=skips,
                )
                found.append(await walk.run(rules.name))
                skipped += walk.looks_skipped
                heard(len(found) / walks)
    return BacktestResult(len(bars.opened_ms) - begins, skipped, time.perf_counter() - begun, tuple(found))


def _check_funding(job: BacktestJob, begins_ms: int, ends_ms: int) -> None:
    """Refuse rates of quite another time: nothing of what was measured would be in it. Raises CannotStart."""
    if isinstance(job.funding, tuple) and (job.funding[-1][0] < begins_ms or job.funding[0][0] >= ends_ms):
        first, last = (EPOCH + dt.timedelta(milliseconds=at) for at, _ in (job.funding[0], job.funding[-1]))
        raise CannotStart(Problem("backtest.funding.outside", first=f"{first:%Y-%m-%d}", last=f"{last:%Y-%m-%d}"))


def entries(job: BacktestJob, bars: Bars, begins: int) -> Iterator[int]:
    """Return the bars at whose open a leg is opened; one that begins in a gap is left out."""
    if job.every_ms is None:
        yield begins
        return
    opened, last = bars.opened_ms, -1
    for moment in range(int(opened[begins]), int(opened[-1]) + 1, job.every_ms):
        bar = int(opened.searchsorted(moment))
        if bar > last and int(opened[bar]) - moment < bars.step_ms:
            last = bar
            yield bar


def _account(job: BacktestJob, bars: Bars, wanted: Wanted, entry: int) -> WalkedAccount:
    opened_at = EPOCH + dt.timedelta(milliseconds=int(bars.opened_ms[entry]))
    return WalkedAccount(
        job,
        wanted.rules,
        opened_at,
        job.entry_price if job.entry_price is not None else bars.exact(entry)[0],
        hedges=wanted.decides,
        volatility=VolatilityBook() if wanted.scales else None,
    )
