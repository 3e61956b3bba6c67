"""``tgtp sweep``: every piece once, whatever dies in between, and an honest word about what was only fitted."""

from __future__ import annotations

import math
import os
import signal
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from tests.backtest.made import instrument
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.sentences import raises
from tests.fixtures.thoroughness import FULL
from tgtp.__main__ import main
from tgtp.backtest.bars import Bars
from tgtp.backtest.history.reading import read_bars
from tgtp.backtest.job import BacktestJob
from tgtp.backtest.sweep.book import ScoreBook
from tgtp.backtest.sweep.grid import Combination
from tgtp.backtest.sweep.pieces import Piece, Score, piece_of, score_of
from tgtp.backtest.sweep.report import Chosen, Trial, chosen_in, is_only_fitted
from tgtp.backtest.sweep.windows import windows
from tgtp.backtest.sweep.workers import by_dask, by_joblib
from tgtp.domain.model import PositionSide
from tgtp.errors import CannotStart

D = Decimal
HOUR = 3_600_000
FIRST = 1651363200000
GRID = """
[backtest]
leverage = 10
interval = 60

[[coin]]
file = "ETH.csv"
instrument = "ETH-USDT-SWAP"

[grid]
every = ["12h"]
ladder = ["10:50", "25:30,35:50"]
execution = ["polled", "resting"]

[windows]
count = 3
"""


def wave(folder: Path, hours: int = 240) -> Path:
    """Bars of a price that goes up and down by a tenth, twice a day."""
    lines = ["timestamp_ms,open,high,low,close"]
    prices = [1000 + 100 * math.sin(number * math.pi / 6) for number in range(hours + 1)]
    for number in range(hours):
        first, last = round(prices[number], 2), round(prices[number + 1], 2)
        lines.append(f"{FIRST + number * HOUR},{first},{max(first, last)},{min(first, last)},{last}")
    path = folder / "ETH.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def swept(folder: Path, *words: str, grid: str = GRID) -> int:
    (folder / "grid.toml").write_text(grid)
    return main(["sweep", str(folder / "grid.toml"), *words])


def pieces_of(bars: Bars, count: int = 6) -> list[Piece]:
    jobs = [
        BacktestJob(instrument(), (PositionSide.LONG,), SEED_RULES, contracts=D(number + 1), only=("ladder",))
        for number in range(count)
    ]
    return [piece_of(job, bars, "made up") for job in jobs]


def test_a_sweep_is_walked_told_and_not_walked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wave(tmp_path)
    assert swept(tmp_path, "--png", str(tmp_path / "heat.png")) == 0
    first = capsys.readouterr().out
    assert "24 backtests, of which 0 are done; cases: 1" in first
    assert "Best of 4 combinations" in first
    rows = [line.split() for line in first.splitlines()]
    assert sum(row[:2] == ["25:30,35:50", "resting"] for row in rows) >= 2
    assert (tmp_path / "heat.png").read_bytes().startswith(b"\x89PNG")
    # As if it had been killed while it wrote.
    scores = tmp_path / "grid.scores"
    kept = scores.read_bytes().splitlines(keepends=True)
    scores.write_bytes(b"".join(kept[:10]) + kept[10][:30])
    assert swept(tmp_path) == 0
    again = capsys.readouterr().out
    assert "24 backtests, of which 10 are done" in again
    assert sorted(scores.read_bytes().splitlines(keepends=True)) == sorted(kept)
    assert again.splitlines()[1:] == first.splitlines()[1:]
    # Other bars are other backtests.
    wave(tmp_path, 241)
    assert swept(tmp_path) == 0
    assert "24 backtests, of which 0 are done" in capsys.readouterr().out


def dies(key: str, marker: Path, piece: Piece) -> Score:
    """Walk a piece; at one of them the process is killed: once, or where there is no marker to leave every time."""
    if piece.key == key and not (marker.parent.is_dir() and marker.exists()):
        if marker.parent.is_dir():
            marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return score_of(piece)


@pytest.mark.parametrize("always", [True, False] if FULL else [True])
def test_a_worker_that_dies_costs_its_own_piece_only(tmp_path: Path, always: bool) -> None:
    pieces = pieces_of(read_bars(wave(tmp_path, 24)))
    wanted = {piece.key: score_of(piece) for piece in pieces}
    marker = tmp_path / ("nowhere/marker" if always else "marker")
    found = dict(by_joblib(pieces, 2, partial(dies, pieces[2].key, marker)))
    if always:
        wanted[pieces[2].key] = None  # type: ignore[assignment]
    assert found == wanted


def test_a_cluster_of_two_workers_comes_to_the_same(tmp_path: Path) -> None:
    from distributed import LocalCluster

    pieces = pieces_of(read_bars(wave(tmp_path, 24)))
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0", silence_logs=50
    )
    with cluster:
        found = dict(by_dask(pieces, cluster.scheduler_address))
    assert found == {piece.key: score_of(piece) for piece in pieces}


@pytest.mark.parametrize("scheduler", ["tcp://10.0.0.5:8786", "tcp://example.com:8786", "ws://127.0.0.1:8786", ""])
def test_a_scheduler_in_the_open_is_not_used(scheduler: str) -> None:
    with raises(CannotStart, "must be tcp:// on this machine, or tls://"):
        list(by_dask([], scheduler))


def test_what_was_chosen_is_judged_by_other_bars() -> None:
    def score(result: str) -> Score:
        return Score(D(result), D(1), 1, D(result), 0)

    good, fitted = Combination("a", False, "polled"), Combination("b", False, "polled")
    trials = {good: [Trial(score("2"), score("1.5"))], fitted: [Trial(score("9"), score("-1"))]}
    assert chosen_in(trials, 0) == Chosen(fitted, D(9), D(-1))
    assert [
        is_only_fitted(D(inside), D(outside))
        for inside, outside in [("9", "-1"), ("9", "4"), ("9", "5"), ("-1", "1"), ("-4", "-1")]
    ] == [True, True, False, True, False]


def test_times_out_of_sample_follow_each_other_to_the_end() -> None:
    found = windows(0, 1_000_000, 4, 0.8, 1000)
    assert [one.ends for one in found[:-1]] == [one.turns for one in found[1:]]
    assert found[-1].ends == 1_000_000
    assert {(one.turns - one.begins) // (one.ends - one.turns) for one in found} <= {3, 4}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[backtest]", "[backtest", "cannot be understood"),
        ("[grid]", "[grids]", "there is no “grids”"),
        ("execution =", "speed =", "there is no “speed”"),
        ("count = 3", "count = 2", "at least 3"),
        ("count = 3", "count = 900", "too short for 900 windows"),
        ('ladder = ["10:50", "25:30,35:50"]', "", "names no coin or no ladder"),
        ("10:50", "50", "--ladder 50"),
        ("ETH.csv", "BTC.csv", "No such file"),
        ("interval = 60", "interval = [1]", "--interval"),
        ("leverage = 10", "levrage = 10", "does not fit"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, why: str
) -> None:
    wave(tmp_path, 48)
    # Where a word does not fit, the command line ends the program.
    with pytest.raises(SystemExit, match="2"):
        sys.exit(swept(tmp_path, grid=GRID.replace(old, new)))
    assert why in capsys.readouterr().err


def test_a_damaged_line_of_scores_is_walked_again(tmp_path: Path) -> None:
    path = tmp_path / "grid.scores"
    book = ScoreBook(path)
    score = Score(D("1.5"), D(2), 3, D("-4"), 0)
    book.keep("a", score)
    path.write_bytes(path.read_bytes() + b'["b", "x", "1", 1, "1", 0]\nnonsense\n["c", ')
    assert ScoreBook(path).scores == {"a": score}
    assert path.read_bytes().endswith(b"nonsense\n")
