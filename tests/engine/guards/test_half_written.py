"""The drawdown guard where a write fails, and all of it is on disk nevertheless."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.guards.test_drawdown import CRV, DONE, FIRED, STX, armed, house_of, lose
from tests.fixtures.sick_disk import SickDisk
from tgtp.engine.manual.actions import ManualActions
from tgtp.errors import LedgerWriteFailed


async def test_it_acts_once_it_is_on_disk_that_it_has_fired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 21)
        disk = SickDisk(FIRED.encode(), "fsync", monkeypatch)
        while not disk.struck:
            await house.check()
        assert house.orders_asked() == []
        # The phone has been told: it acts, whatever the account does now.
        lose(house, 12)
        await house.check(4)
        assert (house.closed(CRV), house.closed(STX)) == ([Decimal(1000)], [Decimal(40)])
        assert (len(house.told(FIRED)), len(house.told(DONE))) == (1, 1)


async def test_it_guards_again_once_it_is_on_disk_that_its_pause_is_lifted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 21)
        await house.check(5)
        (pause,) = house.ledger.pauses().entries
        SickDisk(b"drawdown_reset", "fsync", monkeypatch)
        with pytest.raises(LedgerWriteFailed):
            ManualActions(house.checker).lift(pause, by=7)
        lose(house, 0)
        house.account.open_leg("CRV-USDT-SWAP", "long", "1000", "0.4")
        house.account.open_leg("STX-USDT-SWAP", "short", "40", "1")
        await house.check(6)
        lose(house, 30)
        await house.check(8)
        assert (house.closed(CRV), house.closed(STX)) == ([Decimal(1000)] * 2, [Decimal(40)] * 2)
