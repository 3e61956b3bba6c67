"""Funding rates of a file: OKX's monthly ones, ours, and people's own."""

from __future__ import annotations

import gzip
import itertools
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.sentences import raises
from tgtp.backtest.bars import BadBars
from tgtp.backtest.history.funding_file import read_funding

D = Decimal
ETH = "ETH-USDT-SWAP"
HEAD = "instrument_name,funding_rate,funding_time\r\n"
FIRST, LATER = 1656633600000, 1656662400000
ROWS = f"BTC-USDT-SWAP,0.0003,{FIRST}\r\nETH-USDT-SWAP,-0.00012345678901234567,{LATER}\r\nETH-USDT-SWAP,0.0001,{FIRST}\r\n"
WANTED = ((FIRST, D("0.0001")), (LATER, D("-0.00012345678901234567")))


def test_a_monthly_file_of_okx_is_read_exactly_and_in_order(tmp_path: Path) -> None:
    plain, packed, zipped = (tmp_path / f"allswap-fundingrates-2022-07.{kind}" for kind in ("csv", "csv.gz", "zip"))
    plain.write_text("\ufeff" + HEAD + ROWS, encoding="utf-8", newline="")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("allswap-fundingrates-2022-07.csv", HEAD + ROWS)
    for path in (plain, packed, zipped):
        assert read_funding(path, ETH) == WANTED, path.name


@pytest.mark.parametrize("head", ["timestamp_ms,open,high,low,close", "funding_time,rate", "timestamp_ms,funding_rate"])
def test_a_file_of_people_s_own_is_read(tmp_path: Path, head: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(f"{head}\n{FIRST},0.0001,0,0,0\n{FIRST},0.0001,0,0,0\n")
    assert read_funding(path, ETH) == ((FIRST, D("0.0001")),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "lacks columns"),
        (HEAD, "holds no funding rate of ETH-USDT-SWAP"),
        (HEAD + f"BTC-USDT-SWAP,0.0003,{FIRST}\n", "holds no funding rate of ETH-USDT-SWAP"),
        (HEAD + f"ETH-USDT-SWAP,nan,{FIRST}\n", r"row 1 \(line 2\)"),
        (HEAD + f"ETH-USDT-SWAP,1,{FIRST}\n", r"row 1 \(line 2\)"),
        (HEAD + f"ETH-USDT-SWAP,0.1,{FIRST}0000\n", r"row 1 \(line 2\)"),
        (HEAD + "ETH-USDT-SWAP\n", r"row 1 \(line 2\)"),
        (HEAD + f"ETH-USDT-SWAP,0.1,{FIRST}\nETH-USDT-SWAP,0.2,{FIRST}\n", r"row 2 \(line 3\): it gives a time of before"),
    ],
)
def test_a_row_that_is_no_rate_is_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(content)
    with raises(BadBars, words):
        read_funding(path, ETH)


def test_files_that_are_damaged_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"PK nothing")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress((HEAD + ROWS * 100).encode())[:-20])
    for name, words in {
        "no.zip": "cannot be read",
        "two.zip": "holds 2 CSV",
        "cut.csv.gz": "ends in",
        "none.csv": "No such",
    }.items():
        with raises(BadBars, words):
            read_funding(tmp_path / name, ETH)


def test_the_recorded_rates_of_eth_are_read(shared: Path) -> None:
    rates = read_funding(shared / "data" / "okx_perp" / "ETH-USDT-SWAP-funding.csv.gz", ETH)
    assert len(rates) > 250
    assert {later[0] - first[0] for first, later in itertools.pairwise(rates)} == {8 * 3600 * 1000}
