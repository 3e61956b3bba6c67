"""The rules over candles, checked by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bench.protections import RULES, Bar, Market, Walk
from tgtp.__main__ import main

D = Decimal
HEAD = "timestamp_ms,open,high,low,close,volume\n"
FIRST = 1651363200000


def candles(folder: Path, *rows: str) -> str:
    file = folder / "ETH-USDT-SWAP-5m.csv"
    file.write_text(HEAD + "".join(f"{FIRST + 300_000 * number},{row},1\n" for number, row in enumerate(rows)))
    return str(file)


def test_a_long_climbs_its_ladder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 2.6 %, 3.6 % and 5.1 % at 10x: each tier in the check that first sees it.
    file = candles(tmp_path, "1000,1026,1000,1026", "1036,1036,1036,1036", "1051,1051,1051,1051")
    assert main(["replay", file, "--contracts", "100", "--lot", "0.1", "--contract-size", "1", "--short-entry", "none"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if " tier " in line and "2022" in line]
    assert [row[8:11] for row in rows] == [["100", "30.0", "70.0"], ["70.0", "35.0", "35.0"], ["35.0", "17.5", "17.5"]]
    assert [Decimal(row[11]) for row in rows] == [Decimal(30) * 26, Decimal(35) * 36, Decimal("17.5") * 51]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "lacks columns"),
        (HEAD + "1651363200000,1,x,1,1,1\n", "line 2: that is not a candle"),
        (HEAD, "no candle in the days asked for"),
    ],
)
def test_a_file_that_is_none_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    file = tmp_path / "X-USDT-SWAP-5m.csv"
    file.write_text(content)
    assert main(["replay", str(file)]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1


def test_real_prices_of_may_2022(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every row is checked against the rules from its own numbers."""
    file = shared / "data" / "okx_perp" / "ETH-USDT-SWAP-5m.csv.gz"
    words = ["replay", str(file), "--start", "2022-05-08", "--days", "5", "--long-entry", "2600", "--short-entry", "2700"]
    assert main(words) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("2022")]
    shares = iter([Decimal("0.3"), Decimal("0.5"), Decimal("0.5")])
    thresholds = iter([35, 45, 55])
    for row in rows:
        entry, mark, roi, held, closed, left, pnl = map(Decimal, row[-7:])
        sign = 1 if row[2] == "long" else -1
        assert abs(sign * (mark - entry) / entry * 10 * 100 - roi) < Decimal("0.01")
        assert held - closed == left
        assert abs(sign * (mark - entry) * closed * Decimal("0.1") - pnl) < Decimal("0.01")
        if "hedge" in row:
            assert roi < 0
            # The base carries at least 1 U at 10x, and not a lot more than that.
            assert left * mark * Decimal("0.1") / 10 >= 1 > (left - Decimal("0.01")) * mark * Decimal("0.1") / 10
        else:
            assert roi >= next(thresholds)
            assert closed == held * next(shares)
    assert [("hedge" in row) for row in rows].count(True) == 1
    assert len(rows) == 4


@pytest.mark.parametrize(("name", "roi"), [("as delivered", "0"), ("give-back 40", "0.216"), ("break-even 1", "0.012")])
def test_a_walk_through_the_plan_closes_where_each_rule_is_reached(name: str, roi: str) -> None:
    """Up to +36 %, past two tiers, and back to the entry: what is left of the leg is closed at the price of its guard."""
    prices = [("100", "103.6", "100", "103.6"), ("103.6", "103.6", "100", "100"), ("100", "100", "100", "100")]
    bars: list[Bar] = [(300 * at, *map(D, bar)) for at, bar in enumerate(prices)]  # type: ignore[misc] # five of them
    rules, _ = RULES[name]
    walk = Walk(Market("ETH-USDT-SWAP", bars, {}), "long", 0, rules, scales=False)
    won, fees = D("0.3") * D("0.25") + D("0.35") * D("0.35") + D("0.35") * D(roi), D("0.01")
    # The base stays.
    assert abs(walk.result - won + fees) < D("0.004")
