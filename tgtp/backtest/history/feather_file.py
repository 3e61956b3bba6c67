"""Bars in a Feather file, ours or freqtrade's. pyarrow is asked for only here: the extra ``feather``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tgtp.backtest.bars import BadBars
from tgtp.backtest.history.pieces import LONGEST_WORD, NAMES, TIME, Piece
from tgtp.errors import Problem

# What freqtrade calls the time at which a bar opened.
DATE = "date"


def feather_pieces(path: Path) -> Iterator[Piece]:
    """Read the rows of a Feather file. Raises BadBars, also where pyarrow is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
    except ImportError as exc:
        raise BadBars(Problem("bars.pyarrow", path=path)) from exc
    try:
        with path.open("rb") as file, pa.ipc.open_file(file) as reader:
            time = TIME if TIME in reader.schema.names else DATE
            if not {time, *NAMES} <= set(reader.schema.names):
                raise BadBars(Problem("bars.columns", path=path, names=",".join((DATE, *NAMES))))
            for number in range(reader.num_record_batches):
                yield _piece(pa, reader.get_batch(number), time)
    except (OSError, pa.ArrowException, ValueError) as exc:
        raise BadBars(Problem("setting.unreadable", path=path, why=getattr(exc, "strerror", None) or exc)) from exc


def _piece(pa: Any, batch: Any, time: str) -> Piece:
    times = batch.column(time)
    if pa.types.is_timestamp(times.type):
        times = times.cast(pa.timestamp("ms", times.type.tz))
    opened = times.cast(pa.int64()).to_numpy(zero_copy_only=False)
    columns = [batch.column(name) for name in NAMES]
    if all(pa.types.is_float64(column.type) for column in columns):
        return Piece(opened, [column.to_numpy(zero_copy_only=False) for column in columns], None)
    # What is not a double is exact as it is written out.
    words = np.array([column.cast(pa.string()).fill_null("nan").to_pylist() for column in columns], dtype="S")
    if words.dtype.itemsize > LONGEST_WORD:
        raise ValueError(words.dtype)
    return Piece(opened, [*words.astype(np.float64)], words)
