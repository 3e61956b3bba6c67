"""A pause of a part, in the middle of what it is a part of; and a leg whose side turns between two looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tgtp.engine.manual.actions import ManualActions

ORDER = "POST /trade/order"
NAME = "CRV-USDT-SWAP"
CRV, CRV_SHORT = leg_key(NAME), leg_key(NAME, "short")
ME = 1


def won() -> Account:
    account = Account(position_mode="net_mode")
    account.open_leg(NAME, "long", "100", "5")
    account.set_roi(NAME, "long", 0)
    return account


@pytest.mark.parametrize("scope", ["* tier", f"{NAME} tier", f"{NAME} long", f"{NAME} long tier"])
async def test_a_pause_of_what_a_half_filled_tier_is_of_keeps_its_rest_until_it_ends(tmp_path: Path, scope: str) -> None:
    async with OkxHouse(tmp_path, won()) as house:
        await house.check()
        house.account.set_roi(NAME, "long", 26)
        house.server.fault(ORDER, "partial_fill", share="0.4")
        await house.check()
        actions = ManualActions(house.checker)
        actions.pause(scope, ME)
        await house.check(3)
        assert house.closed(CRV) == [12]
        await house.restart()
        await house.check(3)
        assert house.closed(CRV) == [12]
        ManualActions(house.checker).resume(scope, ME)
        await house.check(3)
        assert house.closed(CRV) == [12, 18]
        assert house.fired(CRV) == [1]


@pytest.mark.parametrize("scope", ["* hedge", f"{NAME} short", "* correction", f"{NAME} long hedge", "STX-USDT-SWAP tier"])
async def test_a_pause_of_another_part_does_not(tmp_path: Path, scope: str) -> None:
    async with OkxHouse(tmp_path, won()) as house:
        await house.check()
        house.account.set_roi(NAME, "long", 26)
        house.server.fault(ORDER, "partial_fill", share="0.4")
        await house.check()
        ManualActions(house.checker).pause(scope, ME)
        await house.check(3)
        assert house.closed(CRV) == [12, 18]


async def test_a_side_that_turns_between_two_looks_is_another_leg(tmp_path: Path) -> None:
    """In net mode one order of a hand may close a long and open a short: nothing of the long's life passes over."""
    async with OkxHouse(tmp_path, won()) as house:
        await house.check()
        house.account.set_roi(NAME, "long", 26)
        await house.check(2)
        assert house.fired(CRV) == [1]
        mark = house.account.instruments[NAME].mark
        house.account.close_leg(NAME, "long")
        house.account.open_leg(NAME, "short", "70", mark)
        await house.check()
        assert house.account.legs[NAME, "short", "cross"].contracts == 70
        house.account.set_roi(NAME, "short", 36)
        await house.check(3)
        assert house.closed(CRV_SHORT) == [21]
        assert house.fired(CRV_SHORT) == [1]
        assert house.grown() == []
        # And back again, before the end of the first life was believed.
        house.account.close_leg(NAME, "short")
        house.account.open_leg(NAME, "long", "100", house.account.instruments[NAME].mark)
        await house.check()
        assert house.fired(CRV) == []
        house.account.set_roi(NAME, "long", 26)
        await house.check(2)
        assert house.closed(CRV) == [30, 30]
        assert house.fired(CRV) == [1]


async def test_a_side_that_turns_while_a_tier_is_half_filled_ends_it(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, won()) as house:
        await house.check()
        house.account.set_roi(NAME, "long", 26)
        house.server.fault(ORDER, "partial_fill", share="0.4")
        await house.check()
        house.account.close_leg(NAME, "long")
        house.account.open_leg(NAME, "short", "18", house.account.instruments[NAME].mark)
        await house.check(4)
        assert house.account.legs[NAME, "short", "cross"].contracts == 18
        assert len(house.orders_asked()) == 1
