"""``tgtp sweep``: walks every piece that is not done, and prints what came of all of them."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import joblib
from filelock import FileLock, Timeout

from tgtp.backtest.bars import Bars
from tgtp.backtest.command import job_of
from tgtp.backtest.history.reading import MILLISECOND, read_bars
from tgtp.backtest.job import BacktestJob
from tgtp.backtest.sweep.book import ScoreBook
from tgtp.backtest.sweep.grid import Case, Combination, Grid, read_grid
from tgtp.backtest.sweep.pieces import Piece, piece_of
from tgtp.backtest.sweep.report import Trial, Trials, print_case
from tgtp.backtest.sweep.windows import Window, windows
from tgtp.backtest.sweep.workers import by_dask, by_joblib
from tgtp.backtest.tables import progress, terminal
from tgtp.backtest.walk.factors import LEAD
from tgtp.backtest.words import add_words, read_dials
from tgtp.chat.console.usage import CommandLine
from tgtp.chat.texts import Language, plain
from tgtp.domain.model import EPOCH
from tgtp.domain.plan import Rules
from tgtp.errors import CannotStart, Problem
from tgtp.typed import program

LEAD_MS = LEAD // MILLISECOND


class _Planned(NamedTuple):
    """The keys of a case's pieces: for each combination, in each window, in sample and out of it."""

    case: Case
    keys: dict[Combination, list[tuple[str, str]]]


def sweep(given: argparse.Namespace, rules: Rules, language: Language) -> int:
    """Do what the words say; return the exit code. Raises CannotStart."""

    def read_words(words: list[str]) -> argparse.Namespace:
        parser = CommandLine(language, words, prog=f"{program()} backtest")
        add_words(parser, lambda key, **values: plain(language, f"usage.{key}", **values))
        return parser.parse_args(words)

    grid = read_grid(given.grid, read_words)
    path: Path = given.grid.with_suffix(".scores")
    try:
        with FileLock(f"{path}.lock", timeout=0):
            return _sweep(given, grid, rules, language, ScoreBook(path))
    except Timeout as exc:
        raise CannotStart(Problem("sweep.busy", path=given.grid)) from exc


def _sweep(given: argparse.Namespace, grid: Grid, rules: Rules, language: Language, book: ScoreBook) -> int:
    def say(key: str, **values: object) -> str:
        return plain(language, f"sweep.{key}", **values)

    console = terminal()
    planned: list[_Planned] = []
    pieces = {piece.key: piece for piece in _pieces(grid, rules, planned)}
    left = [piece for key, piece in pieces.items() if key not in book.scores]
    console.print(say("head", count=len(pieces), done=len(pieces) - len(left), cases=len(grid.cases)), markup=False)
    died = 0
    with progress(str(given.grid), max(2, len(left))) as heard:
        scored = by_dask(left, given.scheduler or "") if given.backend == "dask" else by_joblib(left, joblib.cpu_count())
        for number, (key, score) in enumerate(scored, 1):
            if score is None:
                died += 1
            else:
                book.keep(key, score)
            heard(number, len(left))
    found = [(one.case, _trials(one, book)) for one in planned]
    for case, trials in found:
        print_case(console, case, trials, grid.windows, say)
    console.print(say("unit"), markup=False)
    if died:
        console.print(say("died", count=died), markup=False)
    if given.png is not None:
        # Imported only where somebody wants it: it brings matplotlib.
        from tgtp.backtest.sweep.heat_map import write_heat_map  # noqa: PLC0415

        write_heat_map(given.png, found, language)
    return 1 if died else 0


def _pieces(grid: Grid, rules: Rules, planned: list[_Planned]) -> Iterator[Piece]:
    """Return all pieces, and note which are whose."""
    for case in grid.cases:
        bars, source = _bars_of(case)
        case_windows = _windows_of(grid, case, bars)
        keys: dict[Combination, list[tuple[str, str]]] = {}
        for combination, words in case.words.items():
            job = job_of(words, read_dials(words), rules)._replace(only=("scaled" if combination.scaling else "ladder",))
            both = [
                (_piece(job, bars, source, each.begins, each.turns), _piece(job, bars, source, each.turns, each.ends))
                for each in case_windows
            ]
            keys[combination] = [(inside.key, outside.key) for inside, outside in both]
            for pair in both:
                yield from pair
        planned.append(_Planned(case, keys))


def _piece(job: BacktestJob, bars: Bars, source: str, begins: int, ends: int) -> Piece:
    return piece_of(job._replace(begins_ms=begins), bars.between(begins - LEAD_MS, ends), source)


def _bars_of(case: Case) -> tuple[Bars, str]:
    words = next(iter(case.words.values()))
    dials = read_dials(words)
    start = dials.start - LEAD if dials.start is not None else None
    bars = read_bars(case.file, start, dials.end, allow_gaps=words.allow_gaps)
    with case.file.open("rb") as file:
        return bars, hashlib.file_digest(file, "sha256").hexdigest()


def _windows_of(grid: Grid, case: Case, bars: Bars) -> Sequence[Window]:
    start = read_dials(next(iter(case.words.values()))).start
    begins = int(bars.opened_ms[0]) if start is None else max(int(bars.opened_ms[0]), (start - EPOCH) // MILLISECOND)
    ends = int(bars.opened_ms[-1]) + bars.step_ms
    found = windows(begins, ends, grid.windows, grid.share, bars.step_ms)
    if any(not len(bars.between(*each).opened_ms) for window in found for each in (window[:2], window[1:])):
        raise CannotStart(Problem("sweep.short", path=case.file, count=grid.windows))
    return found


def _trials(planned: _Planned, book: ScoreBook) -> Trials:
    return {
        combination: [Trial(book.scores.get(inside), book.scores.get(outside)) for inside, outside in keys]
        for combination, keys in planned.keys.items()
    }
