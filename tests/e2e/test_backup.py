"""A bot that trades is backed up while it runs, killed, and goes on from the backup in another home."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.e2e.process import Program, sooner
from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import until
from tgtp.adapters.storage.ledger import TinyLedger

SETTINGS: dict[str, Any] = {
    "CHECK_INTERVAL": 1,
    "LONG_TIERS": "1:20,2:20,3:20,4:20,5:20",
    "SHORT_TIERS": "1:20,2:20,3:20,4:20,5:20",
}


async def done(home: Path, *words: str) -> tuple[int, str]:
    """Run a job of tgtp in a home; return its exit code and what it printed."""
    job = Program(home, DATA_DIR="data", TGTP_HOME=home, **SETTINGS)
    await job.start("-m", "tgtp", *words)
    return await job.ended(), "\n".join(job.lines)


def orders_of(folder: Path) -> Counter[str]:
    """How often each order filled, by what it was for: a tier of a life has one name."""
    ledger = TinyLedger(folder)
    events = [event for _, event in ledger.history(10**6)]
    ledger.close()
    return Counter(event.intent.client_order_id for event in events if event.kind in ("tier_filled", "hedge_filled"))


def fired(folder: Path) -> dict[tuple[str, Any], set[str]]:
    positions = json.loads((folder / "ledger.json").read_bytes())["positions"]
    return {(name, row["opened_at"]): {tier["threshold"] for tier in row.get("fired", ())} for name, row in positions.items()}


def placed(folder: Path) -> list[str]:
    return [order["client_order_id"] for order in json.loads((folder / "paper.json").read_bytes())["orders"]]


async def test_what_was_backed_up_at_work_goes_on_elsewhere(tmp_path: Path) -> None:
    home, new, backup = tmp_path / "home", tmp_path / "new", tmp_path / "b.tar.gz"
    home.mkdir()
    new.mkdir()
    folder, there = (each / "data" / "paper" for each in (home, new))
    async with Program(home, DATA_DIR="data", TGTP_HOME=home, **SETTINGS) as program:
        await until(lambda: (folder / "paper.json").exists() and len(placed(folder)) > 2)
        code, said = await done(home, "export", "--backup", str(backup))
        assert code == 0, said
        assert "keys and token are not in it" in said
        code, said = await done(home, "restore", str(backup))
        assert code == 2
        assert "running" in said
        program.kill()
        await program.ended()
    code, said = await done(new, "restore", str(backup))
    assert code == 0, said
    before = fired(there)
    assert any(before.values())
    code, said = await done(new, "doctor")
    assert code in (0, 1), said
    async with Program(new, DATA_DIR="data", TGTP_HOME=new, **SETTINGS) as again:
        await again.said("check 3:")
        assert not any("Traceback" in line for line in again.lines)
    check(there, before)
    code, said = await done(new, "restore", str(backup))
    assert code == 2
    assert "not empty" in said


def check(folder: Path, before: dict[tuple[str, Any], set[str]]) -> None:
    """What had fired has fired, and nothing was sent twice."""
    now = fired(folder)
    for life, tiers in before.items():
        assert now.get(life, tiers) >= tiers
    assert set(orders_of(folder).values()) <= {1}
    assert len(placed(folder)) == len(set(placed(folder)))


async def test_the_very_first_ledger_goes_on_today(tmp_path: Path) -> None:
    there = tmp_path / "data" / "paper"
    there.mkdir(parents=True)
    with tarfile.open(ROOT / "tests" / "fixtures" / "ledgers" / "b7b83295.tar.xz") as tar:
        tar.extractall(there, filter="data")
    before = fired(there)
    pending = set(json.loads((there / "ledger.json").read_bytes())["orders"])
    assert pending
    assert any(before.values())
    async with Program(tmp_path, sooner(LOOK_UP_LAG=2), **SETTINGS) as program:
        await program.said("check 3:")
        await until(lambda: not pending & set(json.loads((there / "ledger.json").read_bytes()).get("orders", {})))
        assert not any("Traceback" in line for line in program.lines)
    check(there, before)
