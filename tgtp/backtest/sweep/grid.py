"""``grid.toml``: the coins, what is combined, and the windows. What one backtest takes is read as its command line is."""

from __future__ import annotations

import argparse
import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from tgtp.backtest.sweep.windows import LEAST_WINDOWS
from tgtp.errors import CannotStart, Problem

# What is combined, and what is compared beside each other without choosing between them.
CHOSEN: Final = ("ladder", "scaling", "execution")
COMPARED: Final = ("side", "every")
MOST_WALKS: Final = 1_000_000

# Reads the words of ``tgtp backtest``.
ReadWords = Callable[[list[str]], argparse.Namespace]


class Combination(NamedTuple):
    """Rules that are tried."""

    ladder: str
    scaling: bool
    execution: str


class Case(NamedTuple):
    """Where they are tried; ``words`` gives those of its backtest with each combination."""

    file: Path
    instrument: str
    side: str
    every: str
    words: Mapping[Combination, argparse.Namespace]


class Grid(NamedTuple):
    """All of it. ``share`` of each window is in sample."""

    cases: tuple[Case, ...]
    windows: int
    share: float


def read_grid(path: Path, read_words: ReadWords) -> Grid:
    """Read the file. Raises CannotStart; ``read_words`` ends the program where a word does not fit."""
    try:
        # Numbers stay as they were written.
        table = tomllib.loads(path.read_text("utf-8"), parse_float=str)
    except OSError as exc:
        raise CannotStart(Problem("setting.unreadable", path=path, why=exc.strerror or exc)) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise CannotStart(Problem("sweep.toml", path=path, why=exc)) from exc
    try:
        return _grid(path, table, read_words)
    except (AttributeError, TypeError, ValueError, KeyError) as exc:
        raise CannotStart(Problem("sweep.toml", path=path, why=exc)) from exc


def _grid(path: Path, table: dict[str, Any], read_words: ReadWords) -> Grid:
    for name in table.keys() - {"backtest", "coin", "grid", "windows"}:
        raise CannotStart(Problem("sweep.unknown", path=path, name=name))
    axes, within = dict(table.get("grid", {})), dict(table.get("windows", {}))
    for name in (axes.keys() - {*CHOSEN, *COMPARED}) | (within.keys() - {"count", "in-sample"}):
        raise CannotStart(Problem("sweep.unknown", path=path, name=name))
    count, share = int(within.get("count", LEAST_WINDOWS)), float(within.get("in-sample", 0.75))
    if count < LEAST_WINDOWS or not 0.1 <= share <= 0.95:
        raise CannotStart(Problem("sweep.windows", least=LEAST_WINDOWS))
    coins = [dict(coin) for coin in table.get("coin", [])]
    ladders = [str(ladder) for ladder in axes.get("ladder", [])]
    if not coins or not ladders:
        raise CannotStart(Problem("sweep.empty", path=path))
    chosen = [
        Combination(ladder, bool(scaling), str(execution))
        for ladder, scaling, execution in product(ladders, axes.get("scaling", [False]), axes.get("execution", ["polled"]))
    ]
    cases = []
    for coin, side, every in product(coins, axes.get("side", ["long"]), axes.get("every", ["1d"])):
        file = path.parent / str(coin["file"])
        about = {**table.get("backtest", {}), **{name: value for name, value in coin.items() if name != "file"}}
        words = {one: read_words([str(file), *_words({**about, "side": side, "every": every, **_of(one)})]) for one in chosen}
        cases.append(Case(file, str(coin["instrument"]), str(side), str(every), words))
    return Grid(tuple(cases), count, share)


def _of(one: Combination) -> dict[str, str]:
    return {"ladder": one.ladder, "execution": one.execution}


def _words(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if value is True:
            yield f"--{name}"
        elif value is not False:
            yield f"--{name}"
            yield value.isoformat() if isinstance(value, dt.date) else str(value)
