"""Ledgers of every earlier version, made by its own code (scripts/old_ledgers.py), are taken over with all that they hold."""

from __future__ import annotations

import json
import tarfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scripts.old_ledgers import VERSIONS
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.folders import ROOT
from tgtp.adapters.paper.account_file import read_paper_account
from tgtp.adapters.storage.data_folder import FORMAT
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH, LegKey
from tgtp.engine.rulebook import RuleBook

LEDGERS = ROOT / "tests" / "fixtures" / "ledgers"


def opened(version: str, folder: Path) -> dict[str, Any]:
    """Unpack the ledger of a version; give its tables as they stand there."""
    with tarfile.open(LEDGERS / f"{version}.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    tables: dict[str, Any] = json.loads((folder / "ledger.json").read_bytes())
    return tables


def names_of(pauses: Any) -> set[str]:
    """Pauses were names alone, before they had causes."""
    return {each if isinstance(each, str) else each["scope"] for each in pauses}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ledger_of_before_keeps_all_that_it_holds(version: str, tmp_path: Path) -> None:
    tables = opened(version, tmp_path)
    for _ in range(2):
        ledger = TinyLedger(tmp_path)
        lives = ledger.lives()
        assert {str(key) for key in lives} == set(tables["positions"])
        for name, row in tables["positions"].items():
            life = lives[LegKey.parse(name)]
            assert [tier.threshold * 100 for tier in life.fired] == [Decimal(str(level)) for level in row["triggered_levels"]]
            assert life.contracts == Decimal(row["contracts"])
            assert life.attempts == row.get("attempts", {})
        orders = {intent.client_order_id: intent for intent in ledger.open_intents()}
        assert set(orders) == set(tables["orders"])
        assert {name: str(orders[name].contracts) for name in orders} == {
            name: row["contracts"] for name, row in tables["orders"].items()
        }
        assert ledger.pauses().scopes == names_of(tables["notes"]["paused"]["value"])
        assert [told.number for told in ledger.outbox()] == sorted(map(int, tables["outbox"]))
        newest = tables["notes"]["next_event"]["value"] - 1
        assert [number for number, _ in ledger.back_to(EPOCH)] == list(range(newest, 0, -1))
        by_hand = tables["notes"].get("ladders", {}).get("value", {})
        own = RuleBook(ledger, SEED_RULES).in_force.own
        assert own == {name: Ladder.parse(text) for name, text in by_hand.items()}
        ledger.close()
    assert json.loads((tmp_path / "tgtp.json").read_bytes())["format"] == FORMAT
    for path in tmp_path.glob("paper*.json"):
        assert read_paper_account(path, EPOCH).legs


def test_the_old_ledgers_hold_what_must_not_be_lost(tmp_path: Path) -> None:
    found = []
    for version in VERSIONS:
        (tmp_path / version).mkdir()
        tables = opened(version, tmp_path / version)
        fired = any(row["triggered_levels"] for row in tables["positions"].values())
        found.append((fired, bool(tables["orders"]), bool(tables["notes"]["paused"]["value"]), bool(tables["outbox"])))
        if version != "b7b83295":
            assert tables["notes"]["ladders"]["value"], version
    assert set(found) == {(True, True, True, True)}
    assert {path.name.removesuffix(".tar.xz") for path in LEDGERS.iterdir()} == set(VERSIONS)
