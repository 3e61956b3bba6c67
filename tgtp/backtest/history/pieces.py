"""Rows of a file of bars, piece by piece, and what must be true of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tgtp.backtest.bars import BadBars, Bars, FloatPrices, TextPrices
from tgtp.errors import Problem

NAMES: Final = ("open", "high", "low", "close")
TIME: Final = "timestamp_ms"
# Nothing costs more, or less.
PRICES: Final = (1e-15, 1e15)
LONGEST_WORD: Final = 40
# Of so many digits the nearest float still says all.
EXACT_AS_FLOAT: Final = 15
# Year 2200: what is later was not written in milliseconds.
LATEST_MS: Final = 7_258_118_400_000
# Two holes of one size may follow each other; where more do, the bars have another length.
EQUAL_HOLES: Final = 3

Where = Callable[[int], Problem]


class Piece(NamedTuple):
    """Rows that follow each other: when each bar opened, and its four prices, an array for each of them.

    ``words`` are the prices as they were written; None where the floats say them exactly.
    """

    opened_ms: npt.NDArray[np.int64]
    floats: Sequence[npt.NDArray[np.float64]]
    words: npt.NDArray[np.bytes_] | None


class Span(NamedTuple):
    """The time asked for, in unix milliseconds, the end excluded."""

    start_ms: int
    end_ms: int


def by_row(index: int) -> Problem:
    """Name a row by its number, counted from 1."""
    return Problem("bars.row", row=index + 1)


def by_line(index: int) -> Problem:
    """Name a row and the line of the file in which it stands, below a line of names."""
    return Problem("bars.line", row=index + 1, line=index + 2)


def refused(path: Path, where: Problem, why: Problem) -> BadBars:
    """Return the refusal of a row."""
    return BadBars(Problem("bars.refused", path=path, where=where, why=why))


def bars_of(
    path: Path, pieces: Iterable[Piece], where: Where, span: Span, *, allow_gaps: bool, step_ms: int | None = None
) -> Bars:
    """Return the bars within the time asked for, after a check of every row; ``step_ms``: the length of a bar, if it is known.

    Raises BadBars for the first row of a piece that cannot be believed, and for a file without bars in that time.
    """
    times, columns = array("q"), [array("d") for _ in NAMES]
    words: list[npt.NDArray[np.bytes_]] | None = None
    for piece in _checked(path, pieces, where):
        times.frombytes(piece.opened_ms.tobytes())
        inside = slice(*np.searchsorted(piece.opened_ms, (span.start_ms, span.end_ms)))
        if piece.words is not None and words is None:
            words = [written(_arrays(columns))]
        if words is not None:
            words.append((written(piece.floats) if piece.words is None else piece.words)[:, inside])
        for column, prices in zip(columns, piece.floats, strict=True):
            column.frombytes(prices[inside].tobytes())
    opened = np.frombuffer(times, np.int64)
    if not len(opened):
        raise BadBars(Problem("bars.empty", path=path))
    if step_ms is None:
        step, holes = _step(path, opened, where, allow_gaps=allow_gaps)
    else:
        step, holes = step_ms, np.flatnonzero(np.diff(opened) != step_ms) + 1
    first, last = (int(place) for place in np.searchsorted(opened, (span.start_ms, span.end_ms)))
    if first == last:
        raise BadBars(Problem("bars.outside", path=path))
    kept = FloatPrices(*_arrays(columns))
    exact: FloatPrices | TextPrices = kept
    if words is not None:
        exact = TextPrices(np.concatenate(words, axis=1))
    gaps = tuple(int(hole) - first for hole in holes if first < hole < last)
    return Bars(step, opened[first:last], kept.open, kept.high, kept.low, kept.close, exact, gaps)


def written(columns: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.bytes_]:
    """Return prices as words, each the shortest that is read as it."""
    return np.array([list(map(repr, column.tolist())) for column in columns], dtype=f"S{LONGEST_WORD}")


def _arrays(columns: Sequence[array[float]]) -> list[npt.NDArray[np.float64]]:
    return [np.frombuffer(column, np.float64) for column in columns]


def _checked(path: Path, pieces: Iterable[Piece], where: Where) -> Iterator[Piece]:
    begins, before = 0, -1
    for piece in pieces:
        for row, why in sorted(_faults(piece, before), key=lambda fault: fault[0])[:1]:
            raise refused(path, where(begins + row), why)
        if len(piece.opened_ms):
            before = int(piece.opened_ms[-1])
            begins += len(piece.opened_ms)
            yield piece


def _faults(piece: Piece, before: int) -> Iterator[tuple[int, Problem]]:
    """Return the first row with each fault that is found."""
    times, prices = piece.opened_ms, piece.floats
    for row in _first((times < 0) | (times > LATEST_MS)):
        yield row, Problem("bars.time", cell=int(times[row]))
    earlier = np.concatenate(([before], times[:-1]))
    for row in _first(times <= earlier):
        key = Problem("bars.doubled") if times[row] == earlier[row] else Problem("bars.unsorted")
        yield row, key
    for number, name in enumerate(NAMES):
        # NaN is neither.
        for row in _first(~((prices[number] >= PRICES[0]) & (prices[number] <= PRICES[1]))):
            yield row, Problem("bars.price", name=name, cell=_cell(piece, number, row))
    opened, high, low, close = prices
    for row in _first(high < np.maximum(opened, close)):
        yield row, Problem("bars.high", high=_cell(piece, 1, row))
    for row in _first(low > np.minimum(opened, close)):
        yield row, Problem("bars.low", low=_cell(piece, 2, row))


def _first(wrong: npt.NDArray[np.bool_]) -> list[int]:
    return [int(np.argmax(wrong))] if wrong.any() else []


def _cell(piece: Piece, number: int, row: int) -> str:
    if piece.words is None:
        return f"{piece.floats[number][row]:.15g}"
    return bytes(piece.words[number, row]).decode("ascii").strip()


def _step(path: Path, opened: npt.NDArray[np.int64], where: Where, *, allow_gaps: bool) -> tuple[int, npt.NDArray[np.int64]]:
    """Return the length of a bar in milliseconds, and the bars before which others are missing."""
    if len(opened) == 1:
        raise refused(path, where(0), Problem("bars.one"))
    apart = np.diff(opened)
    lengths, counts = np.unique(apart, return_counts=True)
    most = lengths[counts == counts.max()]
    step = int(apart[0] if apart[0] in most else most[0])
    if step % 1000:
        raise refused(path, where(1), Problem("bars.seconds", step=step))
    holes = np.flatnonzero(apart != step)
    found = apart[holes]
    changed = (found < step) | (found % step != 0)
    for begin in range(len(holes) - EQUAL_HOLES + 1):
        run = slice(begin, begin + EQUAL_HOLES)
        if holes[run][-1] - holes[begin] == EQUAL_HOLES - 1 and (found[run] == found[begin]).all():
            changed[run] = True
    for number in range(len(holes)):
        row, length = int(holes[number]) + 1, int(found[number])
        if changed[number]:
            raise refused(path, where(row), Problem("bars.step", found=length // 1000, step=step // 1000))
        if not allow_gaps:
            raise refused(path, where(row), Problem("bars.hole", count=length // step - 1))
    return step, holes + 1
