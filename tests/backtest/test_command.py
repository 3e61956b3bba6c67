"""``tgtp backtest`` as people and their scripts use it."""

from __future__ import annotations

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.backtest.plain import Bar, Plain, PlainLeg
from tgtp.__main__ import main
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import PositionSide
from tgtp.engine.rulebook import RuleBook, Whose
from tgtp.settings.environment import read_settings

D = Decimal
HEAD = "timestamp_ms,open,high,low,close,volume\n"
FIRST = 1651363200000
SEED = [(D("0.25"), D("0.3")), (D("0.35"), D("0.5")), (D("0.5"), D("0.5"))]


def bars(folder: Path, *rows: str) -> str:
    file = folder / "ETH.csv"
    file.write_text(HEAD + "".join(f"{FIRST + 300_000 * number},{row},1\n" for number, row in enumerate(rows)))
    return str(file)


def walked(folder: Path, file: str, *words: str, side: str = "long") -> dict[str, Any]:
    out = folder / "out.json"
    assert main(["backtest", file, "--instrument", "ETH-USDT-SWAP", "--side", side, *words, "--json", str(out)]) == 0
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def of(found: dict[str, Any], name: str, path: str = "low-first") -> dict[str, Any]:
    one: dict[str, Any] = next(one for one in found["alternatives"] if (one["name"], one["path"]) == (name, path))
    return one


def test_a_long_climbs_its_ladder(tmp_path: Path) -> None:
    # It opens at 1000, and the price stands at 2.6, 3.6 and 5.1 % more: each tier in the first look that sees it.
    file = bars(tmp_path, "1000,1026,1000,1026", "1036,1036,1036,1036", "1051,1051,1051,1051")
    found = walked(tmp_path, file)
    assert list(found) == ["bars", "looks_skipped", "seconds", "alternatives"]
    assert [one["name"] for one in found["alternatives"]] == ["ladder", "hold", "single-25", "single-35", "single-50", "scaled"]
    ladder = of(found, "ladder")
    assert ladder["entry_at"] == "2022-05-01T00:00:00+00:00"
    fills = [
        (fill["at"][11:19], fill["tier"], *(D(fill[name]) for name in ("price", "contracts", "pnl", "fee")))
        for fill in ladder["fills"]
    ]
    assert fills == [
        # Up to the high from 100 s to 200 s: 1000 + 26 x 0.97 is 2.5 % more at 197 s, and is looked at at 200 s.
        ("00:03:20", 1, 1026, 30, 78, D("1.539")),
        ("00:05:00", 2, 1036, 35, 126, D("1.813")),
        ("00:10:00", 3, 1051, D("17.5"), D("89.25"), D("0.919625")),
    ]
    assert (D(ladder["realised"]), D(ladder["unrealised"])) == (D("293.25"), D("89.25"))
    assert D(ladder["fees"]) == D("4.271625")


@pytest.mark.parametrize(
    "words", [(), ("--execution", "resting"), ("--slippage-bps", "5", "--funding", "0.0003", "--path", "worst")]
)
@pytest.mark.parametrize("side", ["long", "short", "pair"])
def test_sums_close(tmp_path: Path, side: str, words: tuple[str, ...]) -> None:
    file = bars(tmp_path, "1000,1030,980,1026", "1026,1060,1020,1055", "1055,1056,940,950", "950,960,930,935")
    size, entry = D("0.1"), D(1000)
    for one in walked(tmp_path, file, *words, side=side)["alternatives"]:
        left = {"long": D(100), "short": D(100)} if side == "pair" else {side: D(100)}
        for fill in one["fills"]:
            left[fill["position_side"]] -= D(fill["contracts"])
            assert left[fill["position_side"]] == D(fill["contracts_left"])
        assert sum(D(fill["pnl"]) for fill in one["fills"]) == D(one["realised"])
        assert sum(D(fill["fee"]) for fill in one["fills"]) == D(one["fees"])
        held = sum((1 if leg == "long" else -1) * count for leg, count in left.items()) * size
        assert held * (D(935) - entry) == D(one["unrealised"])


def test_a_liquidation_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bars(tmp_path, "1000,1000,1000,1000", "1000,1001,900,1000")
    ladder = of(walked(tmp_path, file, "--leverage", "20", "--ladder", "25:30"), "ladder")
    (fill,) = ladder["fills"]
    # 10 coins at 1000 on a margin of 500: (10,000 - 500) / (10 x 0.9955).
    assert (fill["rule"], fill["contracts_left"]) == ("liquidation", "0")
    assert D(ladder["realised"]) == -500
    assert abs(D(fill["price"]) - D("954.2943")) < D("0.0001")
    # 45.7057 of 100 down, over 100 s.
    assert fill["at"].startswith("2022-05-01T00:05:45.7")
    assert "liquidation" in capsys.readouterr().out


def test_a_price_that_jumps_is_believed_at_its_first_look(tmp_path: Path) -> None:
    """The engine doubts a mark that is a fifth away from the one before: the file's prices are no doubtful rows."""
    file = bars(tmp_path, "1000,1030,1000,1000", "1500,1500,1500,1500", "900,900,900,900")
    ladder = of(walked(tmp_path, file, "--leverage", "2", "--ladder", "5:30,90:50", "--margin-mode", "cross"), "ladder")
    assert [(fill["at"][11:19], D(fill["price"])) for fill in ladder["fills"]] == [("00:03:10", D(1027)), ("00:05:00", D(1500))]


def test_a_bar_that_opens_beyond_the_margin_costs_no_more_than_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bars(tmp_path, "1000,1005,1000,1000", "700,800,650,800")
    hold = of(walked(tmp_path, file, "--ladder", "25:30"), "hold")
    # 10 coins on a margin of 1,000, after 50 won.
    assert (D(hold["realised"]), D(hold["unrealised"]), D(hold["max_drawdown"])) == (D(-1000), D(0), D(1050))
    assert "-3000" not in capsys.readouterr().out


def test_may_2022_is_what_a_hand_reckons(tmp_path: Path, shared: Path) -> None:
    file = shared / "data" / "okx_perp" / "ETH-USDT-SWAP-5m.csv.gz"
    begins = 1651968000000
    with gzip.open(file, "rt") as rows:
        found: list[Bar] = [
            (int(row["timestamp_ms"]), *(D(row[name]) for name in ("open", "high", "low", "close")))  # type: ignore[misc]
            for row in csv.DictReader(rows)
            if begins <= int(row["timestamp_ms"]) < begins + 86_400_000
        ]
    words = ("--start", "2022-05-08", "--end", "2022-05-09", "--funding", "0.0001", "--path", "worst")
    out = walked(tmp_path, str(file), *words, "--ladder", "25:30,35:50,50:50", side="short")
    assert out["bars"] == 288
    fixed: dict[str, Decimal | bool | int | str] = {"leverage": D(10), "isolated": True, "hedges": False, "interval": 10_000}
    fixed |= {"size": D("0.1"), "lot": D("0.01"), "least": D("0.01"), "tick": D("0.01"), "execution": "polled"}
    fixed |= {"fee": D("0.0005"), "slippage": D(0), "rate": D("0.0001"), "mmr": D("0.004"), "equity": D(0)}
    for path in ("low-first", "high-first"):
        plain = Plain(found, 300_000, [PlainLeg("short", D(100), found[0][1], SEED)], path=path, **fixed)
        ladder = of(out, "ladder", path)
        assert len(plain.fills) == 3
        assert [D(fill["price"]) for fill in ladder["fills"]] == [fill.price for fill in plain.fills]
        assert (D(ladder["realised"]), D(ladder["funding"])) == (plain.realised, plain.funding)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--leverage", "0"), "--leverage takes a number above 0"),
        (("--contracts", "nan"), "--contracts takes a number above 0"),
        (("--every", "6"), "--every takes a whole number"),
        (("--start", "soon"), "--start takes a day"),
        (("--start", "2022-05-08", "--end", "2022-05-08"), "must come after"),
        (("--start", "2031-01-01"), "no bar in the time"),
        (("--ladder", "35:50,25:30"), "--ladder 35:50,25:30"),
        (("--funding", "1.5"), "--funding takes"),
        (("--funding", "missing.csv"), "missing.csv"),
        (("--interval", "0.0001"), "--interval takes"),
        (("--mmr", "-1"), "--mmr takes"),
        (("--ladder", "-5:30"), "--ladder -5:30"),
        (("--path", "up"), "--path takes one of low-first, high-first, worst, not “up”"),
        (("--execution", "slow"), "--execution takes one of polled, resting, not “slow”"),
        (("--side", "up"), "--side takes one of long, short, pair, not “up”"),
        (("--equity", "500"), "--equity 500 bears cross positions only"),
        (("--contracts", "10.005"), "--contracts 10.005 cannot be held: it is no multiple of --lot 0.01"),
        (("--contracts", "1e18", "--lot", "3e-18"), "it is no multiple"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    file = bars(tmp_path, "1000,1026,1000,1026", "1026,1026,1026,1026")
    assert main(["backtest", file, "--instrument", "ETH-USDT-SWAP", "--side", "long", *words]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1


def test_bad_bars_are_refused_with_their_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bars(tmp_path, "1000,1026,1000,1026", "1000,990,1000,1000")
    assert main(["backtest", file, "--instrument", "ETH-USDT-SWAP", "--side", "long"]) == 2
    assert "row 2" in capsys.readouterr().err


@pytest.mark.parametrize(("settled", "paid"), [(FIRST, "-0.6"), (FIRST + 300_000, "-0.6"), (FIRST + 900_000, None)])
def test_measured_rates_are_paid_when_they_were_settled(tmp_path: Path, settled: int, paid: str | None) -> None:
    file = bars(tmp_path, *["1000,1000,1000,1000"] * 3)
    rates = tmp_path / "rates.csv"
    rates.write_text(f"funding_time,funding_rate\n{settled},0.00006\n")
    words = ["backtest", file, "--instrument", "ETH-USDT-SWAP", "--side", "long", "--funding", str(rates)]
    if paid is None:
        # Of another time altogether.
        assert main(words) == 2
    else:
        assert D(of(walked(tmp_path, file, "--funding", str(rates)), "hold")["funding"]) == D(paid)


@pytest.mark.parametrize("words", [[], ["x.csv", "--days", "5"]])
def test_replay_says_what_took_its_place(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["replay", *words]) == 2
    assert "backtest" in capsys.readouterr().err


def test_entries_come_as_often_as_asked(tmp_path: Path) -> None:
    file = bars(tmp_path, *["1000,1026,1000,1000"] * 7)
    found = walked(tmp_path, file, "--every", "10m")
    entries = [one["entry_at"][11:16] for one in found["alternatives"] if one["name"] == "ladder"]
    assert entries == ["00:00", "00:10", "00:20", "00:30"]


@pytest.mark.parametrize("words", [(), ("--every", "5m", "--path", "worst")])
def test_a_picture_is_drawn(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = bars(tmp_path, "1000,1030,980,1026", "1026,1060,1020,1055", "1055,1056,850,950")
    walked(tmp_path, file, *words, "--png", str(tmp_path / "out.png"), side="pair")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_pipe_gets_each_row_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bars(tmp_path, "1000,1026,1000,1026", "1036,1036,1036,1036", "1051,1051,1051,1051")
    walked(tmp_path, file, "--path", "worst")
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    sums = {(row[0], row[1]): row for row in rows if row[1:2] in (["low-first"], ["high-first"])}
    assert sums["ladder", "low-first"][2:7] == ["+293.25", "+89.25", "-4.27", "+0.00", "+378.23"]
    assert len(sums) == 12
    fills = [row for row in rows if row[:1] == ["2022-05-01"]]
    assert [row[3:5] for row in fills] == [["tier", "1"], ["tier", "2"], ["tier", "3"]] * 2


def test_without_a_ladder_each_side_walks_its_own_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    ledger = TinyLedger(settings.folder)
    with ledger.step():
        RuleBook(ledger, settings.rules).change({Whose("", PositionSide.SHORT): Ladder.parse("12:40")})
    # It is in use meanwhile.
    file = bars(tmp_path, "1000,1030,980,1026", "1026,1060,940,950")
    found = walked(tmp_path, file, side="pair")
    ledger.close()
    names = ["ladder", "hold", "single-12", "single-25", "single-35", "single-50", "scaled"]
    assert [one["name"] for one in found["alternatives"]] == names
    given = walked(tmp_path, file, "--ladder", "20:50", "--ladder", "30:10", side="pair")
    assert [one["name"] for one in given["alternatives"]] == ["ladder", "hold", "single-20", "scaled", "ladder-2"]
