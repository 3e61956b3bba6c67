"""Bars on disk: whole or not at all, readable, and never a reason for anything to fail."""

from __future__ import annotations

import datetime as dt
import logging
import random
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.hour_bars import course
from tgtp.adapters.storage.bar_files import BarFiles
from tgtp.domain.volatility.factor import Volatility, volatility

STX = "STX-USDT-SWAP"
BARS = course(random.Random(7))


def found() -> Volatility:
    known = volatility(BARS)
    assert isinstance(known, Volatility)
    return known


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    store = BarFiles(tmp_path / "volatility")
    assert (store.bars(STX), store.volatilities()) == ((), {})
    store.keep_bars(STX, BARS)
    store.keep_volatilities({STX: found()})
    again = BarFiles(tmp_path / "volatility")
    assert again.bars(STX) == BARS
    assert again.volatilities() == {STX: found()}
    assert volatility(again.bars(STX)) == found()
    assert sorted(path.name for path in (tmp_path / "volatility").iterdir()) == [f"{STX}.csv", "now.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "volatility").iterdir()} == {0o600}


def test_it_can_be_read_by_a_person(tmp_path: Path) -> None:
    BarFiles(tmp_path).keep_bars(STX, BARS)
    head, first, *_ = (tmp_path / f"{STX}.csv").read_text("ascii").splitlines()
    assert head == "opened_at,open,high,low,close"
    assert first.startswith(f"{BARS[0].opened_at:%Y-%m-%dT%H:%MZ},{BARS[0].open},")


def test_a_price_of_many_places_stays_what_it_is(tmp_path: Path) -> None:
    tiny = Decimal("0.000000012345678901234567")
    bar = BARS[0].replaced(open=tiny, high=tiny, low=tiny, close=tiny)
    BarFiles(tmp_path).keep_bars(STX, [bar])
    assert BarFiles(tmp_path).bars(STX) == (bar,)
    assert "E-" not in (tmp_path / f"{STX}.csv").read_text("ascii")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"opened_at,open\n",
        b"\x00\xff",
        "eröffnet".encode(),
        b"opened_at,open,high,low,close\n2026-01-01T00:00Z,1,2\n",
        b"opened_at,open,high,low,close\n2026-01-01T00:00,1,2,1,2\n",
        b"opened_at,open,high,low,close\n2026-01-01T00:00Z,1,2,1,3\n",
        b"opened_at,open,high,low,close\n2026-01-01T00:00Z,NaN,2,1,2\n",
        b"opened_at,open,high,low,close\n2026-01-01T01:00Z,1,2,1,2\n2026-01-01T00:00Z,1,2,1,2\n",
        b"opened_at,open,high,low,close\n2026-01-01T00:00Z,1,2,1,2\n2026-01-01T00:30Z,1,2,1,2\n",
        b"opened_at,open,high,low,close\n2026-01-01T00:30Z,1,2,1,2\n2026-01-01T01:30Z,1,2,1,2\n",
    ],
)
def test_broken_bars_count_as_not_there(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / f"{STX}.csv").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert BarFiles(tmp_path).bars(STX) == ()
    assert "makes no sense" in caplog.text
    BarFiles(tmp_path).keep_bars(STX, BARS)
    assert BarFiles(tmp_path).bars(STX) == BARS


def test_a_file_that_is_cut_gives_no_bar_that_was_not_written(tmp_path: Path) -> None:
    BarFiles(tmp_path).keep_bars(STX, BARS[:3])
    path = tmp_path / f"{STX}.csv"
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        kept = BarFiles(tmp_path).bars(STX)
        assert kept == BARS[: len(kept)]


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"STX-USDT-SWAP": 1}', b'{"STX-USDT-SWAP": {"factor": "1"}}', b"{"])
def test_a_broken_summary_counts_as_not_there(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "now.json").write_bytes(content)
    assert BarFiles(tmp_path).volatilities() == {}


@pytest.mark.parametrize("factor", ["0.5", "9", "0", "-1"])
def test_a_factor_beyond_the_limits_is_not_taken_from_the_disk(tmp_path: Path, factor: str) -> None:
    store = BarFiles(tmp_path)
    store.keep_volatilities({STX: found()})
    path = tmp_path / "now.json"
    path.write_text(path.read_text("ascii").replace(f'"factor": "{found().factor}"', f'"factor": "{factor}"'), "ascii")
    assert BarFiles(tmp_path).volatilities() == {}


def test_a_disk_that_takes_nothing_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "volatility").write_text("a file where the folder should be", "ascii")
    store = BarFiles(tmp_path / "volatility")
    with caplog.at_level(logging.WARNING):
        store.keep_bars(STX, BARS)
        store.keep_volatilities({STX: found()})
    assert len(caplog.records) == 1


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    store = BarFiles(tmp_path / "volatility")
    for name in ("../ledger", "a/b", "", "now.json", "ä"):
        store.keep_bars(name, BARS)
        assert store.bars(name) == ()
    assert list(tmp_path.iterdir()) == []


def test_hours_are_those_of_utc_wherever_they_were_made(tmp_path: Path) -> None:
    east = dt.timezone(dt.timedelta(hours=8))
    moved = [bar.replaced(opened_at=bar.opened_at.astimezone(east)) for bar in BARS[:3]]
    BarFiles(tmp_path).keep_bars(STX, moved)
    assert BarFiles(tmp_path).bars(STX) == BARS[:3]
