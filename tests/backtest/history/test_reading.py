"""Files of bars: what is read is exact, and what cannot be believed is refused with its row."""

from __future__ import annotations

import datetime as dt
import gzip
import pickle
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from tests.fixtures.sentences import raises
from tgtp.backtest.bars import BadBars, Bars
from tgtp.backtest.history.npz_file import write_cache
from tgtp.backtest.history.pieces import EQUAL_HOLES, Piece
from tgtp.backtest.history.reading import read_bars
from tgtp.chat.formatting.error_text import sentence

D = Decimal
HEAD = "timestamp_ms,open,high,low,close,volume\n"
FIRST = 1651363200000
STEP = 300_000
AT = dt.datetime(2022, 5, 1, tzinfo=dt.UTC)
FIVE = dt.timedelta(minutes=5)


def row(number: int, prices: str = "10,12,9,11") -> str:
    return f"{FIRST + STEP * number},{prices},1\n"


def written(folder: Path, content: str, name: str = "ETH.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


def all_of(bars: Bars) -> list[tuple[int, tuple[Decimal, ...]]]:
    return [(at, bars.exact(number)) for number, at in enumerate(bars.opened_ms.tolist())]


def test_a_csv_is_read_exactly(tmp_path: Path) -> None:
    bars = read_bars(written(tmp_path, HEAD + row(0, "2519.53,2520.10,0.1,2519.0") + row(1, "1e3,1000.5,0.00000123,7")))
    assert bars.step_ms == STEP
    assert bars.gaps == ()
    assert all_of(bars) == [
        (FIRST, (D("2519.53"), D("2520.1"), D("0.1"), D(2519))),
        (FIRST + STEP, (D(1000), D("1000.5"), D("0.00000123"), D(7))),
    ]
    assert bars.exact(-1) == bars.exact(1)
    assert bars.low.tolist() == [0.1, 0.00000123]
    assert pickle.loads(pickle.dumps(bars)).exact(1) == bars.exact(1)


LONG = "0.12345678901234567890"


def test_more_digits_than_a_float_has_are_kept(tmp_path: Path) -> None:
    # It comes in a later piece than the others.
    short = "".join(row(number, "0.1,0.3,0.1,0.2") for number in range(4096))
    bars = read_bars(written(tmp_path, HEAD + short + row(4096, ",".join([LONG] * 4))))
    assert bars.exact(4095) == (D("0.1"), D("0.3"), D("0.1"), D("0.2"))
    assert bars.exact(4096) == (D(LONG),) * 4


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n\n"])
@pytest.mark.parametrize("head", [HEAD, "\ufeff" + HEAD, "close,low,high, Open ,Timestamp_MS\n"])
def test_line_endings_and_marks_of_other_systems_are_read(tmp_path: Path, head: str, ending: str) -> None:
    named = head.strip("\ufeff\n").split(",")
    first = "11,9,12,10," + str(FIRST) if named[0] == "close" else f"{FIRST},10,12,9,11"
    second = "11,9,12,10," + str(FIRST + STEP) if named[0] == "close" else f"{FIRST + STEP},10,12,9,11"
    body = (head + first + "\n" + second).replace("\n", ending if ending == "\r\n" else "\n") + ending
    bars = read_bars(written(tmp_path, body))
    assert [prices for _, prices in all_of(bars)] == [(D(10), D(12), D(9), D(11))] * 2


def test_packed_feather_and_cache_hold_the_same(tmp_path: Path) -> None:
    plain = written(tmp_path, HEAD + "".join(row(number, f"10.{number},12,9,11") for number in range(5)))
    packed = tmp_path / "ETH.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    wanted = read_bars(plain)
    times = [FIRST + STEP * number for number in range(5)]
    columns = {
        name: [float(wanted.exact(number)[place]) for number in range(5)]
        for place, name in enumerate(("open", "high", "low", "close"))
    }
    ours, freqtrade, narrow = (tmp_path / f"{name}.feather" for name in ("ours", "freqtrade", "narrow"))
    feather.write_feather(pa.table({"timestamp_ms": times, **columns}), ours)
    dates = pa.array([at * 1_000_000 for at in times], pa.timestamp("ns", "UTC"))
    feather.write_feather(pa.table({"date": dates, **columns, "volume": [1.0] * 5}), freqtrade, compression="lz4")
    singles = {name: pa.array(column, pa.float32()) for name, column in columns.items()}
    feather.write_feather(pa.table({"timestamp_ms": times, **singles}), narrow)
    cache = tmp_path / "ETH.npz"
    for _ in range(2):
        before = cache.read_bytes() if cache.exists() else None
        with cache.open("wb") as file:
            write_cache(file, Piece(wanted.opened_ms, [wanted.open, wanted.high, wanted.low, wanted.close], None))
        assert before in {None, cache.read_bytes()}
    for path in (packed, ours, freqtrade, narrow, cache):
        assert all_of(read_bars(path)) == all_of(wanted), path.name


def test_a_cache_keeps_long_prices(tmp_path: Path) -> None:
    path = tmp_path / "ETH.npz"
    with path.open("wb") as file:
        write_cache(
            file, Piece(np.array([FIRST, FIRST + STEP]), [np.array([float(LONG), 1.0])] * 4, np.array([[LONG, "1"]] * 4, "S"))
        )
    assert read_bars(path).exact(0) == (D(LONG),) * 4


def test_only_the_time_that_is_asked_for_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "".join(row(number, f"1{number},19,9,11") for number in range(6)))
    bars = read_bars(path, AT + FIVE, AT + 3 * FIVE)
    assert bars.opened_ms.tolist() == [FIRST + STEP, FIRST + 2 * STEP]
    assert [bars.exact(number)[0] for number in range(2)] == [D(11), D(12)]
    assert read_bars(path, AT + 4 * FIVE).opened_ms.tolist() == [FIRST + 4 * STEP, FIRST + 5 * STEP]
    with raises(BadBars, "has no bar in the time asked for"):
        read_bars(path, AT + 9 * FIVE)


def test_holes_are_kept_apart_where_they_are_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "".join(row(number) for number in (0, 1, 3, 4, 5, 9)))
    with raises(BadBars, r"row 3 \(line 4\): bars are missing before it \(1\)"):
        read_bars(path)
    assert read_bars(path, allow_gaps=True).gaps == (2, 5)
    # A hole before the first bar that is walked is none.
    assert read_bars(path, AT + 2 * FIVE, allow_gaps=True).gaps == (3,)


BAD = [
    (row(0) + row(2) + row(1), r"row 3 \(line 4\): it is earlier"),
    (row(0) + row(1) + row(1), r"row 3 \(line 4\): it has the same time"),
    (row(0) + row(1, "10,12,nan,11"), r"row 2 \(line 3\): low is “nan”"),
    (row(0) + row(1, "10,12,,11"), r"row 2 \(line 3\): low is “”"),
    (row(0) + row(1, "10,inf,9,11"), r"row 2 \(line 3\): high is “inf”"),
    (row(0) + row(1, "10,1e999,9,11"), r"row 2 .*: high is "),
    (row(0) + row(1, "10,1" + "0" * 5000 + ",9,11"), r"row 2 .*: high is “1000"),
    (row(0, "0,12,9,11") + row(1), r"row 1 \(line 2\): open is “0”"),
    (row(0) + row(1, "10,12,-9,11"), r"row 2 \(line 3\): low is “-9”"),
    (row(0) + row(1, "10,10.9,9,11"), r"row 2 \(line 3\): the high 10.9 is below"),
    (row(0) + row(1, "10,12,10.5,11"), r"row 2 \(line 3\): the low 10.5 is above"),
    (row(0) + row(1) + f"{FIRST + STEP + 60_000},10,12,9,11,1\n", r"row 3 \(line 4\): it comes 60 s"),
    (
        "".join(row(number) for number in [*range(9), *range(10, 10 + 2 * EQUAL_HOLES, 2)]),
        r"row 10 \(line 11\): it comes 600 s",
    ),
    (row(0) + row(1)[:19] + "\n", r"row 2 \(line 3\): it has too few cells \(3\)"),
    (row(0) + "\n" + row(1), r"row 2 \(line 3\): it has too few cells \(0\)"),
    (row(0) + row(1).replace("1651", "x651"), r"row 2 \(line 3\): “x651363500000” is not a time"),
    (row(0) + row(1).replace("1651", "9" * 30), r"row 2 \(line 3\): “9+363500000” is not a time"),
    (row(0) + row(1).replace("1651", "9991651"), r"row 2 \(line 3\): “9991651363500000” is not a time"),
    (row(0) + row(0).replace("1651", "-1651"), r"row 2 \(line 3\): “-1651363200000” is not a time"),
    (f"{FIRST // 1000},10,12,9,11\n{FIRST // 1000 + 300},10,12,9,11\n", r"row 2 \(line 3\): it comes 300 ms .*seconds"),
    (row(0), "one bar alone"),
    # The first fault is told, also where a later one cannot be read at all.
    (row(1) + row(0) + row(2, "x,x,x,x"), r"row 2 \(line 3\): it is earlier"),
]


@pytest.mark.parametrize(("rows", "words"), BAD, ids=[words[:40] for _, words in BAD])
@pytest.mark.parametrize("allow_gaps", [False, True])
def test_a_row_that_cannot_be_believed_is_named(tmp_path: Path, rows: str, words: str, allow_gaps: bool) -> None:
    with raises(BadBars, words) as caught:
        read_bars(written(tmp_path, HEAD + rows), allow_gaps=allow_gaps)
    for language in ("en", "zh"):
        assert len(sentence(language, caught.value.problem)) < 400


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "lacks columns"),
        (HEAD, "holds no bars"),
        (HEAD + "\n\n", "holds no bars"),
        ("a,b\n1,2\n", "lacks columns"),
        ("\x00\x00\n\x00", "lacks columns"),
        (HEAD + '"' + "1" * 200_000, "cannot be read: field larger"),
    ],
)
def test_a_file_without_bars_is_refused(tmp_path: Path, content: str, words: str) -> None:
    with raises(BadBars, words):
        read_bars(written(tmp_path, content))


def test_files_that_are_damaged_or_missing_are_refused(tmp_path: Path) -> None:
    packed = gzip.compress((HEAD + "".join(map(row, range(3000)))).encode())
    (tmp_path / "cut.csv.gz").write_bytes(packed[:-100])
    (tmp_path / "turned.csv.gz").write_bytes(packed[:200] + bytes(100) + packed[300:])
    (tmp_path / "plain.csv.gz").write_text(HEAD)
    (tmp_path / "latin.csv").write_bytes(b"timestamp_ms,\xff\n")
    for name in ("none.npz", "none.feather", "none.csv"):
        (tmp_path / f"empty-{name}").write_bytes(b"")
        with raises(BadBars, "cannot be read|is no cache|lacks columns"):
            read_bars(tmp_path / f"empty-{name}")
        with raises(BadBars, "cannot be read: No such file"):
            read_bars(tmp_path / name)
    np.savez(tmp_path / "other.npz", opened_ms=np.zeros(3), floats=np.zeros((4, 3)))
    np.savez(tmp_path / "objects.npz", opened_ms=np.array([None]), floats=np.zeros((4, 1)))
    feather.write_feather(
        pa.table({"date": [1], "open": ["x"], "high": ["x"], "low": ["x"], "close": ["x"]}), tmp_path / "x.feather"
    )
    feather.write_feather(pa.table({"date": [1]}), tmp_path / "y.feather")
    for name, words in {
        "cut.csv.gz": "ends in the middle",
        "turned.csv.gz": "cannot be read|line",
        "plain.csv.gz": "cannot be read: Not a gzipped file",
        "latin.csv": "cannot be read",
        "other.npz": "is no cache",
        "objects.npz": "is no cache",
        "x.feather": "cannot be read",
        "y.feather": "lacks columns",
    }.items():
        with raises(BadBars, words):
            read_bars(tmp_path / name)


def test_holes_in_a_feather_file_and_a_cache_are_named_by_row(tmp_path: Path) -> None:
    times = [FIRST, FIRST + STEP, FIRST + 2 * STEP]
    broken = {name: pa.array([1.0, None, 1.0]) for name in ("open", "high", "low", "close")}
    feather.write_feather(pa.table({"timestamp_ms": times, **broken}), tmp_path / "x.feather")
    with raises(BadBars, r"x.feather, row 2: open is “nan”"):
        read_bars(tmp_path / "x.feather")


def test_pyarrow_is_asked_for_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with raises(BadBars, r"pip install 'tgtp\[feather\]'"):
        read_bars(tmp_path / "x.feather")
