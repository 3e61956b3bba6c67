"""``tgtp backtest``: reads the words and the bars, walks, prints, and writes what programs read."""

from __future__ import annotations

import argparse
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from tgtp.backtest.history.funding_file import read_funding
from tgtp.backtest.history.reading import read_bars
from tgtp.backtest.job import BacktestJob
from tgtp.backtest.json_file import write_result
from tgtp.backtest.printing import print_result
from tgtp.backtest.run import run
from tgtp.backtest.tables import progress, terminal
from tgtp.backtest.walk.factors import LEAD
from tgtp.backtest.words import Dials, read_dials
from tgtp.chat.texts import Language
from tgtp.domain.model import EPOCH, Instrument, MarginMode, PositionSide
from tgtp.domain.plan import Rules
from tgtp.errors import CannotStart, Problem

SIDES: Final = {
    "long": (PositionSide.LONG,),
    "short": (PositionSide.SHORT,),
    "pair": (PositionSide.LONG, PositionSide.SHORT),
}


def backtest(given: argparse.Namespace, rules: Rules, language: Language) -> int:
    """Do what the words say; return the exit code. Raises CannotStart, and BadBars with the row."""
    dials = read_dials(given)
    job = job_of(given, dials, rules)
    start = dials.start
    bars = read_bars(given.file, start - LEAD if start is not None else None, dials.end, allow_gaps=given.allow_gaps)
    with progress(given.instrument, 1) as heard:
        result = run(job, bars, lambda done: heard(done, 1))
    print_result(terminal(), job, bars, result, language)
    if given.json is not None:
        write_result(given.json, result)
    if given.png is not None:
        # Imported only where somebody wants it: it brings matplotlib.
        from tgtp.backtest.picture import write_picture  # noqa: PLC0415

        write_picture(given.png, job, bars, result, language)
    return 0


def job_of(given: argparse.Namespace, dials: Dials, rules: Rules) -> BacktestJob:
    """Return the job of some words. Raises CannotStart."""
    try:
        instrument = Instrument(
            instrument_id=given.instrument,
            contract_size=dials.contract_size,
            lot_size=dials.lot,
            min_contracts=dials.min_contracts,
            tick_size=dials.tick,
        )
    except ValidationError as exc:
        raise CannotStart(Problem("backtest.instrument", text=given.instrument)) from exc
    return BacktestJob(
        instrument=instrument,
        sides=SIDES[given.side],
        rules=rules,
        contracts=dials.contracts,
        leverage=dials.leverage,
        margin_mode=MarginMode(given.margin_mode),
        equity=dials.equity,
        begins_ms=(dials.start - EPOCH) // dt.timedelta(milliseconds=1) if dials.start is not None else None,
        entry_price=dials.entry,
        every_ms=dials.every_ms,
        ladders=dials.ladders,
        execution=given.execution,
        interval_ms=dials.interval_ms,
        path=given.path,
        taker_fee=dials.taker_fee,
        slippage=dials.slippage,
        funding=_funding(dials.funding, given.instrument),
        maintenance_rate=dials.mmr,
    )


def _funding(given: Decimal | Path | None, instrument_id: str) -> Decimal | tuple[tuple[int, Decimal], ...] | None:
    return read_funding(given, instrument_id) if isinstance(given, Path) else given
