"""One backtest of a sweep, as it is sent to a worker, and what of it comes back."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import NamedTuple

from tgtp import __version__
from tgtp.backtest.bars import Bars
from tgtp.backtest.history.reading import MILLISECOND
from tgtp.backtest.job import Alternative, BacktestJob
from tgtp.backtest.run import run
from tgtp.domain.model import EPOCH

DAY_MS = Decimal(86_400_000)


class Piece(NamedTuple):
    """A backtest; ``key`` names it by all that decides its outcome."""

    key: str
    job: BacktestJob
    bars: Bars


class Score(NamedTuple):
    """What a piece came to: the sum of its entries' results (USDT), and of the days from each entry to the end."""

    result: Decimal
    days: Decimal
    entries: int
    lowest: Decimal
    liquidations: int

    @property
    def a_day(self) -> Decimal:
        """The result of a day for which a leg was looked after (USDT); its times may be of any length."""
        return self.result / self.days if self.days else Decimal(0)


def piece_of(job: BacktestJob, bars: Bars, source: str) -> Piece:
    """Make a piece; ``source`` tells the file of its bars from every other."""
    within = (int(bars.opened_ms[0]), int(bars.opened_ms[-1])) if len(bars.opened_ms) else ()
    told = f"{__version__}\n{source}\n{within}\n{job._asdict()}"
    return Piece(hashlib.sha256(told.encode()).hexdigest(), job, bars)


def score_of(piece: Piece) -> Score:
    """Walk it; of two paths the worse one counts. Raises CannotStart where its time holds no bars."""
    alternatives = run(piece.job, piece.bars).alternatives
    ends_ms = int(piece.bars.opened_ms[-1]) + piece.bars.step_ms
    worse: dict[dt.datetime, Alternative] = {}
    for one in alternatives:
        if one.entry_at not in worse or one.result < worse[one.entry_at].result:
            worse[one.entry_at] = one
    return Score(
        sum((one.result for one in worse.values()), Decimal(0)),
        sum((ends_ms - (at - EPOCH) // MILLISECOND for at in worse), Decimal(0)) / DAY_MS,
        len(worse),
        min(one.result for one in worse.values()),
        sum(any(fill.rule == "liquidation" for fill in one.fills) for one in worse.values()),
    )
