"""Maintenance and correction against an OKX-shaped server over HTTP, and what can go wrong on the way."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account, LegSide
from tgtp.domain.model import LegKey, PositionSide
from tgtp.domain.plan import Switches
from tgtp.domain.upkeep.maintenance import MaintenanceDraft
from tgtp.engine.manual.upkeep import ManualUpkeep
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import Problem

D = Decimal
ME = 7
SUB = Upkeep(is_sub=True)
MOVES = "/account/position/margin-balance"

# Contract sizes 10, 1 and 0.1, with an entry price and 100 U of notional at it.
COINS: dict[str, tuple[str, int | str]] = {
    "CRO-USDT-SWAP": ("0.1", 100),
    "CRV-USDT-SWAP": ("0.5", 200),
    "BCH-USDT-SWAP": ("500", "2"),
}


class Sub:
    """A sub-account at OKX with one isolated leg."""

    def __init__(self, home: OkxHouse, key: LegKey) -> None:
        self.home, self.key = home, key
        self.actions = ManualUpkeep(home.checker)

    @property
    def leg(self) -> Any:
        side: LegSide = "long" if self.key.position_side is PositionSide.LONG else "short"
        return self.home.account.leg(self.key.instrument_id, side, "isolated")

    @property
    def notional(self) -> Decimal:
        leg = self.leg
        return leg.instrument.worth(leg.contracts, leg.instrument.mark)  # type: ignore[no-any-return]

    @property
    def count(self) -> int:
        return self.home.ledger.lives()[self.key].maintenances

    @property
    def moves(self) -> list[Any]:
        return [record.body for record in self.home.server.requests_to(MOVES)]

    async def losing(self) -> MaintenanceDraft:
        self.home.account.set_roi(self.key.instrument_id, self.key.position_side.value, -12, "isolated")
        await self.home.check()
        good = self.home.checker.last_good
        assert good is not None
        found = self.home.checker.upkeep_scheduler.maintenance_runner.draft(
            good.by_key[self.key], good.available, self.home.clock.now()
        )
        assert isinstance(found, MaintenanceDraft), found
        return found

    async def correct(self) -> None:
        await self.home.check()
        good = self.home.checker.last_good
        assert good is not None
        await self.actions.correct([good.by_key[self.key]], ME)


def sub(
    folder: Path, name: str = "CRV-USDT-SWAP", side: Any = "long", mode: Any = "long_short_mode", added: Any = 0
) -> OkxHouse:
    account = Account(cash=D(5000), position_mode=mode)
    price, contracts = COINS[name]
    account.open_leg(name, side, contracts, price, margin_mode="isolated", added_margin=added)
    return OkxHouse(folder, account, upkeep=SUB)


@pytest.mark.parametrize("mode", ["long_short_mode", "net_mode"])
@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("name", COINS)
async def test_a_maintenance_in_every_mode_and_contract_size(tmp_path: Path, name: str, side: str, mode: str) -> None:
    async with sub(tmp_path, name, side, mode) as home:
        account = Sub(home, leg_key(name, side, "isolated"))
        plan = await account.losing()
        done = await account.actions.maintain(plan, ME)
        assert done.outcome is not None
        assert done.outcome[1].kind == "maintenance_done"
        buy, cut = home.server.orders_sent()
        assert {order["tdMode"] for order in (buy, cut)} == {"isolated"}
        assert "reduceOnly" not in buy
        assert cut.get("reduceOnly") is (True if mode == "net_mode" else None)
        assert [order.get("posSide") for order in (buy, cut)] == [None if mode == "net_mode" else side] * 2
        assert [order["side"] for order in (buy, cut)] == (["buy", "sell"] if side == "long" else ["sell", "buy"])
        lot = account.leg.instrument.worth(account.leg.instrument.lot_size, account.leg.instrument.mark)
        assert 100 <= account.notional <= 105 + lot
        assert account.count == 1
        await home.check(3)
        assert len(home.server.orders_sent()) == 2
        assert home.told("leg_grew") == home.told("leg_shrank") == []


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("drop", {}),
    ("http_500", {}),
    ("html_200", {}),
    ("code", {"code": "50004"}),
    ("code", {"code": "51149"}),
    ("json", {"body": {"x": 1}, "status": 502}),
    ("cut_json", {}),
]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("kind", "options"), FAULTS)
async def test_a_lost_reply_to_either_order(
    tmp_path: Path, number: int, after: bool, kind: str, options: dict[str, Any]
) -> None:
    async with sub(tmp_path) as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        plan = await account.losing()
        home.server.fault("POST /trade/order", kind, after_effect=after, skip=number, **options)
        await account.actions.maintain(plan, ME)
        await home.check(12)
        assert home.checker.upkeep_scheduler.book.maintenances == {}
        assert 100 <= account.notional <= 105
        assert account.count == 1
        assert len(home.server.orders_sent()) == 2


@pytest.mark.parametrize("number", [0, 1])
async def test_an_order_that_fills_half(tmp_path: Path, number: int) -> None:
    async with sub(tmp_path) as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        plan = await account.losing()
        home.server.fault("POST /trade/order", "partial_fill", skip=number, share="0.5")
        await account.actions.maintain(plan, ME)
        await home.check(3)
        assert 100 <= account.notional <= 105
        assert account.count == 1
        assert len(home.server.orders_sent()) == 3


async def test_the_second_order_is_refused_for_a_while(tmp_path: Path) -> None:
    async with sub(tmp_path) as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        plan = await account.losing()
        home.server.fault("POST /trade/order", "code", times=3, skip=1, code="51022")
        await account.actions.maintain(plan, ME)
        assert account.notional > 1000
        await home.restart()
        await home.check(15)
        assert 100 <= account.notional <= 105
        assert account.count == 1
        assert len(home.told("order_rejected")) == 1


async def test_closed_by_hand_in_the_middle(tmp_path: Path) -> None:
    async with sub(tmp_path) as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        plan = await account.losing()

        async def close(record: Any) -> None:
            if record.is_order:
                home.server.on_request = None
                home.account.close_leg("CRV-USDT-SWAP", "long", "isolated")

        home.server.on_request = close
        await account.actions.maintain(plan, ME)
        await home.check(4)
        assert home.account.legs == {}
        assert home.checker.upkeep_scheduler.book.maintenances == {}
        assert [event.why for event in home.listener.of("maintenance_broken")] == ["gone"]


# Correction


@pytest.mark.parametrize("mode", ["long_short_mode", "net_mode"])
@pytest.mark.parametrize("side", ["long", "short"])
async def test_two_steps_of_five(tmp_path: Path, side: str, mode: str) -> None:
    async with sub(tmp_path, side=side, mode=mode, added="10.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", side, "isolated"))
        await account.correct()
        await home.check(3)
        assert account.leg.margin == D("10.29")
        place = {"instId": "CRV-USDT-SWAP", "posSide": "net" if mode == "net_mode" else side}
        assert account.moves == [place | {"type": "reduce", "amt": "5.00"}] * 2
        assert len(home.told("corrected")) == 1


async def test_what_is_missing_is_added(tmp_path: Path) -> None:
    async with sub(tmp_path, added="-6") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        await account.correct()
        await home.check()
        assert account.leg.margin == 10
        assert [move["type"] for move in account.moves] == ["add"]


async def test_nothing_is_moved_on_a_margin_that_the_row_does_not_say(tmp_path: Path) -> None:
    """Notional / leverage would be 5 of the 10 U that it has: what was added is not in it."""
    upkeep = Upkeep(is_sub=True, switches=Switches(correction=True))
    account = Account(cash=D(5000))
    account.open_leg("CRV-USDT-SWAP", "long", 100, "0.5", margin_mode="isolated", added_margin="5")
    async with OkxHouse(tmp_path, account, upkeep=upkeep) as home:
        await home.check()
        fault = home.server.fault("/account/positions", "empty_row_field", field="margin", times=None)
        await home.check(40)
        home.server.lift(fault)
        await home.check(40)
        assert home.server.requests_to(MOVES) == []
        assert home.told("margin_changed") == home.told("corrected") == home.told("correction_stuck") == []
        assert len(home.told("leg_unreadable")) == len(home.told("leg_readable")) == 1


async def test_a_move_waits_for_a_row_that_says_the_margin(tmp_path: Path) -> None:
    async with sub(tmp_path, added="10.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        await account.correct()
        home.server.fault("/account/positions", "empty_row_field", field="margin", times=3)
        await home.check(8)
        assert account.leg.margin == D("10.29")
        assert len(account.moves) == 2
        assert [event.margin_before for event in home.told("corrected")] == [D("20.29")]
        assert home.told("margin_changed") == []


@pytest.mark.parametrize("after", [False, True])
async def test_a_move_that_is_shown_late_is_waited_for(tmp_path: Path, after: bool) -> None:
    async with sub(tmp_path, added="5.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        await home.check()
        home.account.row_lag = 60
        if after:
            home.server.fault(MOVES, "drop", after_effect=True)
        await account.correct()
        await home.check(3)
        await account.correct()
        await home.check(8)
        assert account.leg.margin == D("10.29")
        assert len(account.moves) == len(home.told("corrected")) == 1
        assert home.told("correction_stuck") == home.told("margin_changed") == []


async def test_a_row_from_before_a_move_moves_nothing_again(tmp_path: Path) -> None:
    async with sub(tmp_path, added="5.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        await home.check()
        # So short that the next look is past it; from it on, what the rows showed before is kept.
        home.account.row_lag = 1e-3
        await account.correct()
        await home.check()
        assert len(home.told("corrected")) == 1
        # Now the rows go back in time.
        home.account.row_lag = 60
        await account.correct()
        await home.check(12)
        assert account.leg.margin == D("10.29")
        assert len(account.moves) == 1
        assert home.told("margin_changed") == []


# A reply can be spoiled only where there is one.
SPOILED = ("cut_json", "empty_list")
LOST = [(kind, options, True) for kind, options in (*FAULTS, ("empty_list", {}))]
LOST += [(kind, options, False) for kind, options in FAULTS if kind not in SPOILED]


@pytest.mark.parametrize(("kind", "options", "after"), LOST)
async def test_a_lost_reply_to_a_margin_move(tmp_path: Path, after: bool, kind: str, options: dict[str, Any]) -> None:
    async with sub(tmp_path, added="5.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        home.server.fault(MOVES, kind, after_effect=after, **options)
        await account.correct()
        await home.check(10)
        assert len(account.moves) == 1
        assert account.leg.margin == (D("10.29") if after else D("15.29"))
        assert len(home.told("corrected")) == after
        assert [event.why for event in home.told("correction_stuck")] == ([] if after else ["lost"])


@pytest.mark.parametrize("code", ["59301", "59300", "51008"])
async def test_a_refused_margin_move(tmp_path: Path, code: str) -> None:
    async with sub(tmp_path, added="10.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        home.server.fault(MOVES, "code", code=code, outer=True)
        await account.correct()
        await home.check(5)
        assert len(account.moves) == 1
        assert [(event.why, event.code) for event in home.told("correction_stuck")] == [("refused", code)]


async def test_a_margin_move_while_something_rests_is_refused_with_a_reason(tmp_path: Path) -> None:
    async with sub(tmp_path, added="10.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        book = home.account.algo
        book.refuses_margin_moves = True
        mark = home.account.instruments["CRV-USDT-SWAP"].mark
        waits = book.rest("CRV-USDT-SWAP", "long", 1, mark * 2, margin_mode="isolated")
        await account.correct()
        await home.check(5)
        (event,) = home.told("correction_stuck")
        assert (event.code, event.reason) == ("59302", Problem("problem.refused.margin_bound"))
        book.end(waits)
        await account.correct()
        await home.check(10)
        assert len(home.told("corrected")) == 1


async def test_refused_keys_move_nothing_and_the_correction_goes_on_when_they_hold(tmp_path: Path) -> None:
    async with sub(tmp_path, added="5.29") as home:
        account = Sub(home, leg_key("CRV-USDT-SWAP", mode="isolated"))
        home.server.fault(MOVES, "unauthorized")
        await account.correct()
        assert account.leg.margin == D("15.29")
        await home.check(3)
        assert account.leg.margin == D("10.29")
        assert len(account.moves) == 2
