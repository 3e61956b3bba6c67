"""Bars of a file, whatever its kind: all of it is checked, and what cannot be believed is refused with its row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tgtp.backtest.bars import Bars
from tgtp.backtest.history.csv_file import csv_pieces
from tgtp.backtest.history.feather_file import feather_pieces
from tgtp.backtest.history.npz_file import cache_pieces
from tgtp.backtest.history.pieces import LATEST_MS, Span, bars_of, by_line, by_row
from tgtp.domain.model import EPOCH

MILLISECOND = dt.timedelta(milliseconds=1)


def read_bars(
    path: Path,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    *,
    allow_gaps: bool = False,
    step_ms: int | None = None,
) -> Bars:
    """Read the bars that open from ``start`` on and before ``end``: a CSV (``.gz`` too), Feather, or the cache (``.npz``).

    Holes are refused unless ``allow_gaps``. Where ``step_ms`` says how long a bar is, the rows need not tell it, and holes are
    taken as they are. Raises BadBars, a CannotStart, with the row.
    """
    span = Span(
        0 if start is None else (start - EPOCH) // MILLISECOND, LATEST_MS + 1 if end is None else (end - EPOCH) // MILLISECOND
    )
    if path.suffix == ".npz":
        return bars_of(path, cache_pieces(path), by_row, span, allow_gaps=allow_gaps, step_ms=step_ms)
    if path.suffix in {".feather", ".ftr", ".arrow"}:
        return bars_of(path, feather_pieces(path), by_row, span, allow_gaps=allow_gaps, step_ms=step_ms)
    return bars_of(path, csv_pieces(path), by_line, span, allow_gaps=allow_gaps, step_ms=step_ms)
