"""Bars in a CSV of people's own, packed or not: ``timestamp_ms,open,high,low,close`` and whatever else."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Final

import numpy as np

from tgtp.backtest.bars import BadBars
from tgtp.backtest.history.pieces import EXACT_AS_FLOAT, LONGEST_WORD, NAMES, TIME, Piece, by_line, refused
from tgtp.errors import Problem

# A year is read a piece at a time: its words, as objects, would take 40 MB.
ROWS_A_PIECE: Final = 4096
UNREADABLE: Final = (OSError, UnicodeDecodeError, csv.Error, zlib.error)


def csv_pieces(path: Path) -> Iterator[Piece]:
    """Read the rows of a CSV. Raises BadBars."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig", newline="") as file
        ):
            reader = csv.reader(file)
            names = [name.strip().lower() for name in next(reader, [])]
            wanted = (TIME, *NAMES)
            if not set(wanted) <= set(names):
                raise BadBars(Problem("bars.columns", path=path, names=",".join(wanted)))
            places = [names.index(name) for name in wanted]
            begins = 0
            while rows := list(islice(reader, ROWS_A_PIECE)):
                while rows and not rows[-1] and len(rows) < ROWS_A_PIECE:
                    # Empty lines at the end.
                    rows.pop()
                yield from _pieces(path, rows, places, begins)
                begins += len(rows)
    except EOFError as exc:
        raise BadBars(Problem("bars.cut", path=path)) from exc
    except UNREADABLE as exc:
        raise BadBars(Problem("setting.unreadable", path=path, why=getattr(exc, "strerror", None) or exc)) from exc


def _pieces(path: Path, rows: list[list[str]], places: Sequence[int], begins: int) -> Iterator[Piece]:
    try:
        piece = _piece(rows, places)
    except (ValueError, IndexError, OverflowError):
        number, why = next((number, why) for number, row in enumerate(rows) if (why := _fault(row, places)) is not None)
        # What is wrong above it is told first.
        if number:
            yield _piece(rows[:number], places)
        raise refused(path, by_line(begins + number), why) from None
    yield piece


def _piece(rows: list[list[str]], places: Sequence[int]) -> Piece:
    if not rows:
        return Piece(np.empty(0, np.int64), [np.empty(0)] * 4, None)
    times, *prices = zip(*map(itemgetter(*places), rows), strict=True)
    longest = max(max(map(len, column)) for column in prices)
    if longest > LONGEST_WORD:
        raise ValueError
    floats = [np.array(list(map(float, column))) for column in prices]
    words = np.array(prices, dtype="S") if longest > EXACT_AS_FLOAT else None
    return Piece(np.array(list(map(int, times)), dtype=np.int64), floats, words)


def _fault(row: list[str], places: Sequence[int]) -> Problem | None:
    """Return why a row cannot be read; None where it can."""
    if len(row) <= max(places):
        return Problem("bars.short", count=len(row))
    time, *prices = (row[place] for place in places)
    try:
        np.int64(int(time))
    except (ValueError, OverflowError):
        return Problem("bars.time", cell=time[:LONGEST_WORD])
    for name, word in zip(NAMES, prices, strict=True):
        try:
            float(word)
            readable = len(word) <= LONGEST_WORD and (word.isascii() or len(word) <= EXACT_AS_FLOAT)
        except ValueError:
            readable = False
        if not readable:
            return Problem("bars.price", name=name, cell=word[:LONGEST_WORD])
    return None
