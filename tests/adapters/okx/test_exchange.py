"""The adapter over HTTP: what it asks, what it makes of the answers. Its refusals are in ``test_errors``."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.fakes import FakeClock
from tests.fixtures.okx_engine import QuickClock, client_of, intent_for, leg_key, okx_on
from tests.fixtures.waiting import DEADLINE
from tests.simulation.exchange.account import Account, LegSide, MarginMode, PositionMode, Row
from tests.simulation.exchange.rows import instrument_rows, position_rows
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.errors import SIZE_CODES
from tgtp.adapters.okx.exchange import Okx, okx_client
from tgtp.adapters.okx.market_data import OkxPrices
from tgtp.adapters.okx.rows.instruments import instrument_of
from tgtp.adapters.okx.rows.legs import leg_or_reason
from tgtp.domain import model
from tgtp.domain.doubts.prices import LastMark, doubt_of, standstill_of
from tgtp.domain.doubts.sizes import differs_by_rounding, size_doubt
from tgtp.domain.model import Instrument, Leg, UnreadableLeg, Unwatched
from tgtp.domain.order import ORDER_LIFETIME, OrderStatus
from tgtp.errors import AccessRefused, OrderRefused, TemporarilyDown

STX, CRV, BTC_USD = "STX-USDT-SWAP", "CRV-USDT-SWAP", "BTC-USD-SWAP"
ORDER = "POST /trade/order"
POSITIONS = "/account/positions"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        yield running


@pytest.fixture
def clock() -> QuickClock:
    return QuickClock()


@pytest.fixture
async def okx(server: OkxServer, clock: QuickClock) -> AsyncIterator[Okx]:
    async with okx_on(server, clock=clock) as adapter:
        yield adapter


def listed() -> dict[str, Instrument]:
    """The instruments of the stand-in, as the adapter knows them."""
    found = [instrument_of(row) for row in instrument_rows(Account())]
    return {one.instrument_id: one for one in found if one is not None}


def test_only_what_is_settled_in_usdt_is_an_instrument() -> None:
    names = {row["instId"] for row in instrument_rows(Account())}
    assert {"BTC-USD-SWAP", "BTC-USDC-SWAP"} <= names
    assert listed().keys() == {name for name in names if name.endswith("-USDT-SWAP")}
    (row,) = [row for row in instrument_rows(Account()) if row["instId"] == STX]
    for spoiled in ({"settleCcy": "USDC"}, {"ctType": "inverse"}, {"instType": "FUTURES"}):
        assert instrument_of(row | spoiled) is None


# -- the account's configuration ---------------------------------------------------------------------------------------


class TestProfile:
    @pytest.mark.parametrize(
        ("okx_mode", "mode"),
        [("long_short_mode", model.PositionMode.LONG_SHORT), ("net_mode", model.PositionMode.NET)],
    )
    async def test_position_mode(self, server: OkxServer, okx: Okx, okx_mode: PositionMode, mode: model.PositionMode) -> None:
        server.account.position_mode = okx_mode
        profile = await okx.profile()
        assert (profile.position_mode, profile.uid) == (mode, server.account.uid)

    @pytest.mark.parametrize(
        ("permissions", "can_trade", "can_withdraw"),
        [
            ("read_only", False, False),
            ("read_only,trade", True, False),
            ("read_only,withdraw,trade", True, True),
            ("", False, False),
        ],
    )
    async def test_permissions(
        self, server: OkxServer, okx: Okx, permissions: str, can_trade: bool, can_withdraw: bool
    ) -> None:
        server.account.permissions = permissions
        profile = await okx.profile()
        assert (profile.can_trade, profile.can_withdraw) == (can_trade, can_withdraw)

    @pytest.mark.parametrize(("ip", "bound"), [("", False), ("1.2.3.4,5.6.7.8", True)])
    async def test_address_and_label(self, server: OkxServer, okx: Okx, ip: str, bound: bool) -> None:
        server.account.ip = ip
        profile = await okx.profile()
        assert (profile.ip_bound, profile.label) == (bound, "tests")

    async def test_not_said_is_not_unbound(self, server: OkxServer, okx: Okx) -> None:
        row = {"posMode": "net_mode", "perm": "trade", "uid": "1"}
        server.fault("/account/config", "json", body={"code": "0", "data": [row], "msg": ""})
        profile = await okx.profile()
        assert (profile.ip_bound, profile.can_trade, profile.label) == (None, True, "")

    @pytest.mark.parametrize("value", ["", "both_mode"])
    async def test_an_unknown_mode_is_not_guessed(self, server: OkxServer, okx: Okx, value: str) -> None:
        server.fault("/account/config", "wrong_types", field="posMode", value=value)
        with pytest.raises(TemporarilyDown):
            await okx.profile()

    async def test_nothing_in_it(self, server: OkxServer, okx: Okx) -> None:
        server.fault("/account/config", "empty_list")
        with pytest.raises(TemporarilyDown):
            await okx.profile()

    async def test_without_its_id_nobody_knows_whose_account_it_is(self, server: OkxServer, okx: Okx) -> None:
        """Swapped keys would have traded by what is remembered of the other account."""
        server.account.uid = ""
        with pytest.raises(TemporarilyDown):
            await okx.profile()


# -- the account as it is ----------------------------------------------------------------------------------------------


class TestSnapshot:
    async def test_the_accounts_mode_is_asked_for_only_where_it_decides(self, server: OkxServer, okx: Okx) -> None:
        leg = server.account.open_leg(STX, "long", "2.5", "0.3")
        await okx.snapshot()
        assert server.requests_to("/account/config") == []
        leg.gives_leverage = False
        await okx.snapshot()
        assert len(server.requests_to("/account/config")) == 1

    @pytest.mark.parametrize(("margin_mode", "field"), [("cross", "imr"), ("isolated", "margin")])
    async def test_a_leg_with_neither_leverage_nor_margin(
        self, server: OkxServer, okx: Okx, margin_mode: MarginMode, field: str
    ) -> None:
        server.account.open_leg(STX, "long", "2.5", "0.3", margin_mode=margin_mode).gives_leverage = False
        server.fault("/account/positions", "wrong_types", field=field, value="0")
        (leg,) = (await okx.snapshot()).unreadable
        assert (leg.why, leg.detail) == ("nonsense", "neither leverage nor margin")

    @pytest.mark.parametrize("mode", ["long_short_mode", "net_mode"])
    @pytest.mark.parametrize("margin_mode", ["cross", "isolated"])
    @pytest.mark.parametrize("side", ["long", "short"])
    async def test_a_leg(self, server: OkxServer, okx: Okx, mode: PositionMode, margin_mode: MarginMode, side: Any) -> None:
        server.account.position_mode = mode
        held = server.account.open_leg(
            STX, side, "2.5", "0.3", leverage=5, margin_mode=margin_mode, added_margin="1", opened_at_ms=1767225600123
        )
        held.closing_orders = 1
        server.account.set_roi(STX, side, "-12.5")
        server.account.equity = "1234.5"
        snapshot = await okx.snapshot()
        (leg,) = snapshot.legs
        assert leg.key == leg_key(STX, side, margin_mode)
        assert leg.position_mode is model.PositionMode({"net_mode": "net"}.get(mode, "long_short"))
        assert (leg.contracts, leg.instrument.contract_size, leg.instrument.lot_size) == tuple(
            map(Decimal, ("2.5", "10", "0.1"))
        )
        assert (leg.entry_price, leg.leverage) == (Decimal("0.3"), Decimal(5))
        assert leg.roi == pytest.approx(Decimal("-0.125"), abs=Decimal("1e-12"))
        assert leg.exchange_roi == pytest.approx(leg.roi, abs=Decimal("1e-9"))
        assert leg.initial_margin == pytest.approx(held.initial_margin, abs=Decimal("1e-9"))
        assert leg.notional == pytest.approx(25 * leg.mark_price)
        assert leg.unrealised_pnl == pytest.approx(held.upl, abs=Decimal("1e-9"))
        assert leg.opened_at == dt.datetime(2026, 1, 1, microsecond=123000, tzinfo=dt.UTC)
        assert leg.adjusted_at == leg.opened_at
        assert leg.closing_orders == 1
        assert snapshot.equity == Decimal("1234.5")
        assert (snapshot.unwatched, snapshot.unreadable) == ((), ())

    @pytest.mark.parametrize(("fraction", "count"), [("1", 2), ("0.5", 0), ("", 2)])
    async def test_only_resting_orders_for_the_whole_leg_count(
        self, server: OkxServer, okx: Okx, fraction: str, count: int
    ) -> None:
        held = server.account.open_leg(STX, "long", "2", "0.3")
        held.closing_orders, held.closing_fraction = 2, fraction
        (leg,) = (await okx.snapshot()).legs
        assert leg.closing_orders == count

    async def test_cross_and_isolated_of_one_side_are_two_legs(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.open_leg(STX, "long", "3", "0.3", margin_mode="isolated")
        server.account.open_leg(STX, "short", "4", "0.3")
        sizes = {str(leg.key): leg.contracts for leg in (await okx.snapshot()).legs}
        assert sizes == {f"{STX}_long": 2, f"{STX}_long_isolated": 3, f"{STX}_short": 4}

    @pytest.mark.parametrize("inst_id", ["STX-USDT-SWAP", "BCH-USDT-SWAP", "TAO-USDT-SWAP", "XLM-USDT-SWAP", "ETH-USDT-SWAP"])
    @pytest.mark.parametrize("roi", ["25", "35.000001", "-83.3", "0"])
    async def test_roi_is_okx_ratio(self, server: OkxServer, okx: Okx, inst_id: str, roi: str) -> None:
        instrument = server.account.instruments[inst_id]
        server.account.open_leg(
            inst_id, "short", 7 * instrument.lot_size, instrument.mark, leverage=7, margin_mode="isolated", added_margin=9
        )
        server.account.set_roi(inst_id, "short", roi)
        (leg,) = (await okx.snapshot()).legs
        assert leg.exchange_roi is not None
        assert abs(leg.roi - leg.exchange_roi) < Decimal("1e-6")
        assert abs(leg.roi * 100 - Decimal(roi)) < Decimal("1e-6")
        assert leg.instrument.contract_size == instrument.contract_size

    async def test_no_legs(self, okx: Okx) -> None:
        snapshot = await okx.snapshot()
        assert (snapshot.legs, snapshot.unwatched, snapshot.unreadable) == ((), (), ())

    async def test_what_is_not_ours_is_named_and_breaks_nothing(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(BTC_USD, "long", "1", "90000")
        server.account.open_leg("BTC-USDC-SWAP", "short", "100", "90000")
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.extra_rows += [
            {
                "instType": "MARGIN",
                "instId": "BTC-USDT",
                "mgnMode": "cross",
                "posSide": "net",
                "pos": "0.1",
                "liab": "-5",
                "imr": "",
            },
            {"instType": "OPTION", "instId": "BTC-USD-260626-90000-C", "pos": "-3", "optVal": "0.01"},
            {"instType": "FUTURES", "instId": "BTC-USDT-260626", "pos": "1", "avgPx": "?", "lever": 3},
            {"instType": "MARGIN", "instId": "ETH-USDT", "pos": ""},
            {"instType": "FUTURES", "instId": "ETH-USDT-260626", "pos": "0"},
        ]
        snapshot = await okx.snapshot()
        assert [leg.key for leg in snapshot.legs] == [leg_key(STX)]
        assert {(one.name, one.reason) for one in snapshot.unwatched} == {
            (BTC_USD, "not_usdt"),
            ("BTC-USDC-SWAP", "not_usdt"),
            ("BTC-USDT", "not_swap"),
            ("BTC-USD-260626-90000-C", "not_swap"),
            ("BTC-USDT-260626", "not_swap"),
        }
        assert snapshot.unreadable == ()

    async def test_rows_of_size_zero_are_no_legs(self, server: OkxServer, okx: Okx) -> None:
        server.account.extra_rows += [
            {"instType": "SWAP", "instId": STX, "mgnMode": "cross", "posSide": side, "pos": size, "avgPx": ""}
            for side, size in (("net", "0"), ("long", "0"), ("short", "0.00"), ("", "0"))
        ]
        snapshot = await okx.snapshot()
        assert (snapshot.legs, snapshot.unwatched, snapshot.unreadable) == ((), (), ())

    async def test_a_newly_listed_instrument_is_read_at_once(self, server: OkxServer, okx: Okx) -> None:
        await okx.snapshot()
        server.account.add_instrument("NEW-USDT-SWAP", "1000", "0.1", mark="0.01")
        server.account.open_leg("NEW-USDT-SWAP", "long", "3", "0.01")
        (leg,) = (await okx.snapshot()).legs
        assert (leg.instrument.contract_size, leg.contracts) == (Decimal(1000), Decimal(3))
        assert len(server.requests_to("/public/instruments")) == 2

    async def test_an_unknown_instrument_is_neither_a_leg_nor_gone(
        self, server: OkxServer, okx: Okx, clock: QuickClock
    ) -> None:
        server.account.add_instrument("NEW-USDT-SWAP", "1000", "0.1", mark="0.01", listed=False)
        server.account.open_leg("NEW-USDT-SWAP", "long", "3", "0.01")
        server.account.open_leg(STX, "long", "2", "0.3")
        for _ in range(5):
            snapshot = await okx.snapshot()
        assert [leg.key for leg in snapshot.legs] == [leg_key(STX)]
        (blind,) = snapshot.unreadable
        assert (blind.why, blind.closable, snapshot.unwatched) == ("unknown_instrument", True, ())
        assert blind.contracts == 3
        assert snapshot.unreadable_keys == {leg_key("NEW-USDT-SWAP")}
        # Asked again once a minute, not at every look.
        assert len(server.requests_to("/public/instruments")) == 2
        server.account.instruments["NEW-USDT-SWAP"].listed = True
        clock.ahead += 61
        assert len((await okx.snapshot()).legs) == 2

    async def test_instruments_that_a_later_list_leaves_out_are_still_known(
        self, server: OkxServer, okx: Okx, clock: QuickClock
    ) -> None:
        server.account.open_leg("BTC-USDT-SWAP", "long", "2", "90000")
        server.account.open_leg("TAO-USDT-SWAP", "long", "2", "240")
        await okx.snapshot()
        clock.ahead += 3601
        server.fault("/public/instruments", "half_list", times=None)
        assert len((await okx.snapshot()).legs) == 2

    async def test_the_list_is_read_again_every_hour(self, server: OkxServer, okx: Okx, clock: QuickClock) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        await okx.snapshot()
        server.account.instruments[STX].lot_size = Decimal("0.5")
        assert (await okx.snapshot()).legs[0].instrument.lot_size == Decimal("0.1")
        clock.ahead += 3601
        assert (await okx.snapshot()).legs[0].instrument.lot_size == Decimal("0.5")

    async def test_the_multiplier_counts(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.fault("/public/instruments", "wrong_types", field="ctMult", value="3")
        assert (await okx.snapshot()).legs[0].instrument.contract_size == 30

    async def test_without_instruments_nothing_is_seen(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.fault("/public/instruments", "empty_list")
        with pytest.raises(TemporarilyDown):
            await okx.snapshot()
        assert len((await okx.snapshot()).legs) == 1

    async def test_an_instrument_that_makes_no_sense_is_passed_over(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.open_leg(CRV, "long", "2", "0.4")
        server.fault("/public/instruments", "wrong_types", field="ctVal", value="0", row=STX, times=None)
        snapshot = await okx.snapshot()
        assert [leg.key for leg in snapshot.legs] == [leg_key(CRV)]
        assert snapshot.unreadable_keys == {leg_key(STX)}

    @pytest.mark.parametrize("field", ["maxMktSz", "ctMult"])
    async def test_an_instrument_may_leave_these_empty(self, server: OkxServer, okx: Okx, field: str) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        for value in ("", "0") if field == "maxMktSz" else ("",):
            server.fault("/public/instruments", "wrong_types", field=field, value=value)
            (leg,) = (await okx.snapshot()).legs
            assert leg.instrument.contract_size == 10
            if field == "maxMktSz":
                assert leg.instrument.max_market_contracts is None

    @pytest.mark.parametrize("margin_mode", ["cross", "isolated"])
    @pytest.mark.parametrize(
        "field",
        ["upl", "uplRatio", "liqPx", "realizedPnl", "imr", "margin", "mgnRatio", "notionalUsd", "availPos", "last", "uTime"],
    )
    async def test_empty_text_where_a_number_may_be(
        self, server: OkxServer, okx: Okx, margin_mode: MarginMode, field: str
    ) -> None:
        server.account.open_leg(STX, "long", "2", "0.3", margin_mode=margin_mode)
        server.fault(POSITIONS, "empty_row_field", field=field)
        if (margin_mode, field) == ("isolated", "margin"):
            # What was added to it, or taken out, is in no other number.
            assert (await okx.snapshot()).unreadable_keys == {leg_key(STX, mode="isolated")}
            return
        (leg,) = (await okx.snapshot()).legs
        # 2 contracts of 10 coins at 0.3, 10x: also where OKX leaves out what a cross leg's size needs.
        assert leg.initial_margin == Decimal("0.6")
        if field in ("upl", "realizedPnl"):
            assert (leg.unrealised_pnl if field == "upl" else leg.realised_pnl) == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("liqPx", "-0.004"),
            ("liqPx", "--"),
            ("upl", "n/a"),
            ("uplRatio", "?"),
            ("realizedPnl", None),
            ("closeOrderAlgo", ""),
        ],
    )
    async def test_nonsense_that_is_only_shown_leaves_no_leg_unguarded(
        self, server: OkxServer, okx: Okx, field: str, value: object
    ) -> None:
        server.account.open_leg(STX, "long", "2", "0.3", margin_mode="isolated")
        server.fault(POSITIONS, "wrong_types", field=field, value=value)
        (leg,) = (await okx.snapshot()).legs
        assert leg.contracts == 2
        if field == "liqPx":
            assert leg.liquidation_price is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("avgPx", ""),
            ("avgPx", "0"),
            ("avgPx", "-1"),
            ("avgPx", "NaN"),
            ("avgPx", "Infinity"),
            ("avgPx", "1e999999"),
            ("avgPx", 0.3),
            ("avgPx", None),
            ("avgPx", ["0.3"]),
            ("markPx", ""),
            ("markPx", "free"),
            ("lever", "-3"),
            ("lever", "many"),
            ("lever", None),
            ("imr", "-1"),
            ("imr", "x"),
            ("cTime", ""),
            ("cTime", "0"),
            ("cTime", "99999999999999999"),
            ("cTime", 1767225600000),
            ("uTime", "soon"),
            ("pos", ""),
            ("pos", "two"),
            ("pos", 2),
            ("pos", None),
        ],
    )
    async def test_a_row_whose_numbers_make_no_sense_is_unreadable_and_others_go_on(
        self, server: OkxServer, okx: Okx, field: str, value: object
    ) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.open_leg(STX, "short", "2", "0.3")
        server.account.open_leg(CRV, "long", "2", "0.4")
        server.fault(POSITIONS, "wrong_types", field=field, value=value, row=STX, pos_side="long")
        snapshot = await okx.snapshot()
        assert {leg.key for leg in snapshot.legs} == {leg_key(STX, "short"), leg_key(CRV)}
        assert snapshot.unreadable_keys == {leg_key(STX)}
        (blind,) = snapshot.unreadable
        assert (blind.why, blind.detail != "", snapshot.unwatched) == ("nonsense", True, ())
        # What the row says is enough to close it by hand.
        assert blind.contracts == (None if field == "pos" else 2)
        assert blind.closable == (field != "pos")

    @pytest.mark.parametrize(
        ("spoiled", "left"),
        [
            ({"posSide": ""}, {"long", "short"}),
            ({"mgnMode": "?"}, {"long", "long_isolated"}),
            ({"posSide": None, "mgnMode": None}, {"long", "short", "long_isolated", "short_isolated"}),
            ({"posSide": "net", "pos": "?"}, {"long", "short"}),
        ],
    )
    async def test_a_row_that_may_be_several_legs_keeps_all_of_them(
        self, server: OkxServer, okx: Okx, spoiled: Row, left: set[str]
    ) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        (row,) = position_rows(server.account)
        server.account.legs.clear()
        server.account.lives.clear()
        server.account.extra_rows.append(row | spoiled)
        snapshot = await okx.snapshot()
        assert snapshot.legs == ()
        assert {str(key).removeprefix(f"{STX}_") for key in snapshot.unreadable_keys} == left
        assert [leg.closable for leg in snapshot.unreadable] == [False]

    @pytest.mark.parametrize(
        "row", [{}, {"instType": "SWAP"}, {"instType": "SWAP", "instId": ""}, {"instType": 1, "instId": 2}, {"pos": "?"}]
    )
    async def test_a_row_without_an_instrument_may_be_any_leg_and_spoils_no_other(
        self, server: OkxServer, okx: Okx, row: Row
    ) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.extra_rows.append(row)
        snapshot = await okx.snapshot()
        assert [leg.key for leg in snapshot.legs] == [leg_key(STX)]
        assert (snapshot.nameless, snapshot.unreadable) == (1, ())

    async def test_a_row_of_an_instrument_alone_may_be_any_of_its_legs(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.extra_rows.append({"instId": STX})
        snapshot = await okx.snapshot()
        assert [leg.key for leg in snapshot.legs] == [leg_key(STX)]
        assert snapshot.unreadable_keys == {
            leg_key(STX, "short"),
            leg_key(STX, "long", "isolated"),
            leg_key(STX, "short", "isolated"),
        }
        assert not snapshot.unreadable[0].certain

    async def test_a_row_of_nothing_and_one_of_another_kind_are_no_leg(self, server: OkxServer, okx: Okx) -> None:
        server.account.extra_rows += [{"instType": "SWAP", "pos": "0"}, {"instType": "OPTION", "pos": "-1"}]
        snapshot = await okx.snapshot()
        assert (snapshot.nameless, snapshot.unreadable) == (0, ())
        assert snapshot.unwatched == (Unwatched(name="OPTION", reason="not_swap"),)

    @pytest.mark.parametrize("kind", ["MARGIN", "FUTURES", "OPTION", "SWAP"])
    @pytest.mark.parametrize("size", ["0.0", "0", "", "-0.00"])
    async def test_rows_of_other_types_of_size_zero_are_not_listed(
        self, server: OkxServer, okx: Okx, kind: str, size: str
    ) -> None:
        server.account.extra_rows.append({"instType": kind, "instId": BTC_USD if kind == "SWAP" else "BTC-USDT", "pos": size})
        assert (await okx.snapshot()).unwatched == ()

    @pytest.mark.parametrize(
        ("spoiled", "least"),
        [({}, 2), ({"avgPx": "?"}, 2), ({"pos": "?"}, 2), ({"cTime": "1767225600000"}, 2), ({"pos": "1"}, 1)],
    )
    async def test_one_leg_twice_is_unreadable_and_others_go_on(
        self, server: OkxServer, okx: Okx, spoiled: Row, least: int
    ) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.account.extra_rows.append(position_rows(server.account)[0] | spoiled)
        server.account.open_leg(CRV, "long", "2", "0.4")
        snapshot = await okx.snapshot()
        assert [leg.key for leg in snapshot.legs] == [leg_key(CRV)]
        (blind,) = snapshot.unreadable
        assert (blind.key, blind.why, blind.closable) == (leg_key(STX), "twice", True)
        assert blind.contracts == least
        server.account.extra_rows *= 2
        assert [leg.contracts for leg in (await okx.snapshot()).unreadable] == [least]

    async def test_a_row_of_an_unknown_side_beside_both_sides_spoils_neither(self, server: OkxServer, okx: Okx) -> None:
        sides: tuple[LegSide, ...] = ("long", "short")
        modes: tuple[MarginMode, ...] = ("cross", "isolated")
        for side, mode in itertools.product(sides, modes):
            server.account.open_leg(STX, side, "2", "0.3", margin_mode=mode)
        server.account.extra_rows.append(position_rows(server.account)[0] | {"posSide": ""})
        snapshot = await okx.snapshot()
        assert (len(snapshot.legs), snapshot.unreadable, snapshot.nameless) == (4, (), 1)

    async def test_an_hour_with_a_hanging_balance_costs_a_second_a_look(self, server: OkxServer) -> None:
        server.account.open_leg(STX, "long", "2", "0.3")
        server.fault("/account/balance", "hang")
        # Nothing but its own patience ends the wait.
        async with okx_on(server, timeout=3600) as okx, asyncio.timeout(DEADLINE):
            snapshot = await okx.snapshot()
        assert (len(snapshot.legs), snapshot.equity) == (1, None)

    async def test_a_failed_look_leaves_nothing_running(self, server: OkxServer, okx: Okx) -> None:
        await okx.snapshot()
        server.fault("/account/balance", "hang")
        server.fault(POSITIONS, "http_500")
        before = asyncio.all_tasks()
        with pytest.raises(TemporarilyDown):
            await okx.snapshot()
        assert {task for task in asyncio.all_tasks() - before if "_equity" in repr(task)} == set()

    @pytest.mark.parametrize("value", ["", "much", 5])
    async def test_equity_that_cannot_be_read_is_unknown(self, server: OkxServer, okx: Okx, value: object) -> None:
        server.fault("/account/balance", "wrong_types", field="totalEq", value=value)
        assert (await okx.snapshot()).equity is None


# The contract size of each recorded USDT swap, as it was on that day: BTC on a demo account, LTC before it was changed.
RECORDED = {
    "okx_positions/bigtime_isolated_net_long": "10",
    "okx_positions/ltc_cross_hedge_long": "0.001",
    "okx_rows/ada_isolated_net_short": "100",
    "okx_rows/btc_isolated_hedge_long_funded": "0.001",
    "okx_rows/eth_cross_net_long_20x": "0.1",
    "okx_rows/trb_cross_net_long": "0.1",
}


def recorded(shared: Path) -> list[Path]:
    return sorted(file for folder in ("okx_positions", "okx_rows") for file in (shared / "data" / folder).glob("*.json"))


def recorded_row(shared: Path, file: str) -> Row:
    """A row that OKX once sent, or a test that is passed over."""
    path = shared / "data/okx_rows" / f"{file}.json"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the recorded data")
    (row,) = json.loads(path.read_text())["data"]
    found: Row = row
    return found


class TestRecordedReplies:
    """What OKX once sent to somebody."""

    @pytest.mark.parametrize(
        ("file", "roi", "margin", "contracts", "position_mode", "margin_mode"),
        [
            ("bigtime_isolated_net_long", "-0.0061302681992341", "9.9995625", 613, "net", "isolated"),
            ("ltc_cross_hedge_long", "2.256425763531902", "0.020266", 2, "long_short", "cross"),
        ],
    )
    def test_legs(
        self, shared: Path, file: str, roi: str, margin: str, contracts: int, position_mode: str, margin_mode: str
    ) -> None:
        (row,) = json.loads((shared / "data/okx_positions" / f"{file}.json").read_text())["data"]
        # Contract sizes of their day: 10 BIGTIME; an LTC contract was 0.001 of what it is on this stand-in.
        size = abs(Decimal(row["notionalUsd"]) / Decimal(row["pos"]) / Decimal(row["markPx"]))
        instrument = listed()["LTC-USDT-SWAP"].replaced(
            instrument_id=row["instId"], contract_size=Decimal(f"{float(size):.1g}")
        )
        leg = leg_or_reason(row, {row["instId"]: instrument})
        assert isinstance(leg, Leg)
        assert abs(leg.roi - Decimal(roi)) < Decimal("1e-6")
        assert leg.exchange_roi == Decimal(roi)
        assert leg.initial_margin == Decimal(margin)
        assert leg.contracts == contracts
        assert (leg.position_mode.value, leg.margin_mode.value) == (position_mode, margin_mode)
        # The margin as OKX shows it is what the sizes come to, too.
        price = leg.mark_price if margin_mode == "cross" else leg.entry_price
        computed = leg.contracts * leg.instrument.contract_size * price / leg.leverage
        assert computed == pytest.approx(leg.initial_margin, rel=Decimal("1e-3"))

    @pytest.mark.parametrize(("name", "size"), RECORDED.items())
    def test_no_recorded_row_is_doubted(self, shared: Path, name: str, size: str) -> None:
        (row,) = json.loads((shared / "data" / f"{name}.json").read_text())["data"]
        instrument = listed()[STX].replaced(instrument_id=row["instId"], contract_size=Decimal(size))
        leg = leg_or_reason(row, {row["instId"]: instrument}, public_mark=Decimal(row["markPx"]))
        assert isinstance(leg, Leg)
        assert abs(leg.roi - Decimal(row["uplRatio"])) < Decimal("1e-6")
        now = leg.adjusted_at + dt.timedelta(minutes=1)
        last = LastMark(leg.mark_price, leg.adjusted_at)
        assert (size_doubt(leg), doubt_of(leg, last.price, now), standstill_of(leg, last, now)) == (None, None, None)
        assert not differs_by_rounding(leg)
        # With a contract size that is wrong by a factor each of them is.
        for wrong in (leg.instrument.contract_size * 10, leg.instrument.contract_size / 2):
            doubt = size_doubt(leg.replaced(instrument=instrument.replaced(contract_size=wrong)))
            assert doubt is not None
            assert doubt.witness == "notional"

    def test_every_recorded_swap_is_among_them(self, shared: Path) -> None:
        rows = {f"{file.parent.name}/{file.stem}": json.loads(file.read_text())["data"][0] for file in recorded(shared)}
        swaps = {name for name, row in rows.items() if row["instType"] == "SWAP" and row["instId"].endswith("-USDT-SWAP")}
        assert swaps == RECORDED.keys()
        assert all(isinstance(leg_or_reason(row, {}), Unwatched) for name, row in rows.items() if name not in swaps)

    @pytest.mark.parametrize(
        ("file", "name", "reason"),
        [
            ("expiry_future_portfolio_margin_lever_0", "BTC-USD-220617", "not_swap"),
            ("option_net_short", "BTC-USD-240830-55000-C", "not_swap"),
        ],
    )
    def test_rows_of_other_kinds(self, shared: Path, file: str, name: str, reason: Any) -> None:
        row = recorded_row(shared, file)
        assert leg_or_reason(row, listed()) == Unwatched(name=name, reason=reason)

    @pytest.mark.parametrize("no_lever", ["", "0"])
    @pytest.mark.parametrize(
        "file", ["ada_isolated_net_short", "btc_isolated_hedge_long_funded", "eth_cross_net_long_20x", "trb_cross_net_long"]
    )
    def test_swaps_with_and_without_their_leverage(self, shared: Path, file: str, no_lever: str) -> None:
        row = recorded_row(shared, file)
        size = abs(Decimal(row["notionalUsd"]) / Decimal(row["pos"]) / Decimal(row["markPx"]))
        of = {row["instId"]: listed()["LTC-USDT-SWAP"].replaced(instrument_id=row["instId"], contract_size=round(size, 3))}
        leg = leg_or_reason(row, of)
        assert isinstance(leg, Leg)
        assert abs(leg.roi - Decimal(row["uplRatio"])) < Decimal("1e-6")
        bare = leg_or_reason(row | {"lever": no_lever}, of, account_mode=model.AccountMode.FUTURES)
        assert isinstance(bare, Leg)
        assert (bare.roi, bare.leverage_known) == (Decimal(row["uplRatio"]), False)
        # What the margin comes to is near the leverage that OKX gave.
        assert bare.leverage == pytest.approx(leg.leverage, rel=Decimal("0.01"))
        there = leg_or_reason(row | {"lever": no_lever}, of, account_mode=model.AccountMode.PORTFOLIO_MARGIN)
        assert isinstance(there, UnreadableLeg)
        assert (there.why, there.contracts) == ("portfolio_margin", leg.contracts)
        unknown = leg_or_reason(row | {"lever": no_lever}, of)
        assert isinstance(unknown, UnreadableLeg)
        assert unknown.why == "no_leverage"

    def test_coin_margined(self, shared: Path) -> None:
        (row,) = json.loads((shared / "data/okx_positions/btcusd_cross_hedge_long.json").read_text())["data"]
        assert leg_or_reason(row, listed()) == Unwatched(name=BTC_USD, reason="not_usdt")

    async def test_over_http(self, shared: Path, server: OkxServer, okx: Okx) -> None:
        for file in sorted((shared / "data/okx_positions").glob("*.json")):
            server.account.extra_rows += json.loads(file.read_text())["data"]
        server.account.add_instrument("BIGTIME-USDT-SWAP", "10")
        snapshot = await okx.snapshot()
        assert {leg.instrument.coin: leg.initial_margin for leg in snapshot.legs} == {
            "BIGTIME": Decimal("9.9995625"),
            "LTC": Decimal("0.020266"),
        }
        assert [one.name for one in snapshot.unwatched] == [BTC_USD]


# -- orders --------------------------------------------------------------------------------------------------------------


class TestSubmit:
    @pytest.mark.parametrize("mode", ["long_short_mode", "net_mode"])
    @pytest.mark.parametrize("margin_mode", ["cross", "isolated"])
    @pytest.mark.parametrize(("side", "order_side"), [("long", "sell"), ("short", "buy")])
    async def test_the_body_is_what_okx_wants(
        self, server: OkxServer, okx: Okx, mode: PositionMode, margin_mode: MarginMode, side: Any, order_side: str
    ) -> None:
        server.account.position_mode = mode
        server.account.open_leg(STX, side, "2.5", "0.3", margin_mode=margin_mode)
        (leg,) = (await okx.snapshot()).legs
        await okx.submit(intent_for(leg, "0.70", "tgabc123"))
        (record,) = server.requests_to(ORDER)
        expected = {
            "instId": STX,
            "tdMode": margin_mode,
            "side": order_side,
            "ordType": "market",
            "sz": "0.70",
            "clOrdId": "tgabc123",
        }
        extra: Row = {"reduceOnly": True} if mode == "net_mode" else {"posSide": side}
        assert record.body == expected | extra
        assert record.headers["content-type"] == "application/json"
        # A signature that did not fit, or a tag of somebody else's, would have been refused or seen here.
        assert server.account.leg(STX, side, margin_mode).contracts == Decimal("1.8")
        assert server.account.orders[0].tag == ""

    @pytest.mark.parametrize("contracts", ["1E+2", "100.0"])
    async def test_sizes_are_plain_digits(self, server: OkxServer, okx: Okx, contracts: str) -> None:
        server.account.open_leg(CRV, "long", "500", "0.4")
        (leg,) = (await okx.snapshot()).legs
        await okx.submit(intent_for(leg, contracts))
        assert server.requests_to(ORDER)[0].body["sz"] in {"100", "100.0"}

    @pytest.mark.parametrize("ahead", [0, 20])
    async def test_it_is_void_when_it_arrives_late(self, server: OkxServer, ahead: int) -> None:
        server.account.open_leg(CRV, "long", "500", "0.4")
        clock = FakeClock()
        async with okx_on(server, clock=clock) as okx:
            server.clock_offset = ahead
            (leg,) = (await okx.snapshot()).legs
            await okx.submit(intent_for(leg, "1"))
        (record,) = server.requests_to(ORDER)
        # By OKX's own clock, which may be ahead of ours.
        assert int(record.headers["exptime"]) == (clock.now().timestamp() + ahead + ORDER_LIFETIME) * 1000

    async def test_reads_never_become_void(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(CRV, "long", "500", "0.4")
        (leg,) = (await okx.snapshot()).legs
        intent = intent_for(leg, "1")
        await okx.submit(intent)
        await okx.find_order(intent)
        await okx.snapshot()
        assert [record for record in server.requests if record.method == "GET" and "exptime" in record.headers] == []

    @pytest.mark.parametrize("code", sorted(SIZE_CODES))
    async def test_a_size_that_is_refused_has_the_list_read_again_at_most_once_a_minute(
        self, server: OkxServer, okx: Okx, clock: QuickClock, code: str
    ) -> None:
        server.account.open_leg(CRV, "long", "500", "0.4")
        (leg,) = (await okx.snapshot()).legs
        server.account.instruments[CRV].max_market_contracts = Decimal(10)
        server.fault(ORDER, "code", code=code, times=None)
        for seconds, reads in ((0, 2), (30, 2), (29, 2), (2, 3)):
            clock.ahead += seconds
            with pytest.raises(OrderRefused, match=code):
                await okx.submit(intent_for(leg, "15"))
            assert (await okx.snapshot()).legs[0].instrument.max_market_contracts == 10
            assert len(server.requests_to("/public/instruments")) == reads

    async def test_the_largest_market_order_has_become_smaller(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(CRV, "long", "500", "0.4")
        (leg,) = (await okx.snapshot()).legs
        server.account.instruments[CRV].max_market_contracts = Decimal(10)
        with pytest.raises(OrderRefused, match="51202"):
            await okx.submit(intent_for(leg, "15"))
        assert (await okx.snapshot()).legs[0].instrument.max_market_contracts == 10

    async def test_a_lot_that_has_changed_is_read_again(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(CRV, "long", "500", "0.4")
        (leg,) = (await okx.snapshot()).legs
        server.account.instruments[CRV].lot_size = Decimal(10)
        with pytest.raises(OrderRefused) as caught:
            await okx.submit(intent_for(leg, "15"))
        assert caught.value.code == "51121"
        assert (await okx.snapshot()).legs[0].instrument.lot_size == 10


class TestFindOrder:
    async def test_filled(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "10", "0.3")
        server.account.set_mark(STX, "0.33")
        (leg,) = (await okx.snapshot()).legs
        intent = intent_for(leg, "3")
        await okx.submit(intent)
        order = await okx.find_order(intent)
        assert order is not None
        assert (order.status, order.filled_contracts, order.average_price) == (OrderStatus.FILLED, Decimal(3), Decimal("0.33"))
        assert order.order_id == server.account.orders[0].order_id
        # 3 x 10 coins x 0.33 x 0.05 %, paid: OKX shows it negative.
        assert (order.fee, order.realised_pnl) == (Decimal("0.00495"), Decimal("0.9"))
        assert order.client_order_id == intent.client_order_id
        filled_at = server.account.orders[0].filled_at_ms
        assert filled_at is not None
        assert order.updated_at == dt.datetime.fromtimestamp(filled_at / 1000, dt.UTC)
        # OKX shows the leg as adjusted no earlier than the fill: the row is not taken for stale.
        assert (await okx.snapshot()).legs[0].adjusted_at >= order.updated_at

    async def test_a_rebate_is_a_negative_fee(self, server: OkxServer, okx: Okx) -> None:
        server.account.fee_rate = Decimal("-0.0001")
        server.account.open_leg(STX, "long", "10", "0.3")
        (leg,) = (await okx.snapshot()).legs
        intent = intent_for(leg, "3")
        await okx.submit(intent)
        order = await okx.find_order(intent)
        assert order is not None
        assert order.fee == Decimal("-0.0009")

    async def test_canceled_with_a_part_filled(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "10", "0.3")
        (leg,) = (await okx.snapshot()).legs
        server.fault(ORDER, "partial_fill", share="0.5")
        intent = intent_for(leg, "3")
        await okx.submit(intent)
        order = await okx.find_order(intent)
        assert order is not None
        assert (order.status, order.filled_contracts) == (OrderStatus.CANCELED, Decimal("1.5"))

    async def test_live_then_part_then_canceled(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "10", "0.3")
        (leg,) = (await okx.snapshot()).legs
        server.fault(ORDER, "fill_later")
        intent = intent_for(leg, "3")
        await okx.submit(intent)
        seen = []
        for happens in (lambda: None, lambda: server.account.fill_live(share="0.5"), server.account.cancel_live):
            happens()
            order = await okx.find_order(intent)
            assert order is not None
            seen.append((order.status, order.filled_contracts, order.average_price))
        price = Decimal("0.3")
        assert seen == [
            (OrderStatus.LIVE, Decimal(0), None),
            (OrderStatus.LIVE, Decimal("1.5"), price),
            (OrderStatus.CANCELED, Decimal("1.5"), price),
        ]

    async def test_unknown(self, server: OkxServer, okx: Okx) -> None:
        server.account.open_leg(STX, "long", "10", "0.3")
        (leg,) = (await okx.snapshot()).legs
        assert await okx.find_order(intent_for(leg, "3")) is None


# -- the way there -------------------------------------------------------------------------------------------------------


class TestClient:
    @pytest.mark.parametrize("demo", [False, True])
    async def test_demo_trading_is_asked_for_in_every_request(self, server: OkxServer, demo: bool) -> None:
        server.demo = demo
        server.account.open_leg(STX, "long", "10", "0.3")
        async with okx_on(server, demo=demo) as okx:
            await okx.profile()
            (leg,) = (await okx.snapshot()).legs
            intent = intent_for(leg, "3")
            await okx.submit(intent)
            assert await okx.find_order(intent) is not None
        assert {record.simulated for record in server.requests} == {demo}

    async def test_the_wrong_world_is_refused(self, server: OkxServer) -> None:
        server.demo = True
        async with okx_on(server) as okx:
            with pytest.raises(AccessRefused, match="50101"):
                await okx.profile()

    @pytest.mark.parametrize("keys", [("other", "secret", "pass"), ("key", "other", "pass"), ("key", "secret", "other")])
    async def test_wrong_keys(self, server: OkxServer, keys: tuple[str, str, str]) -> None:
        async with okx_on(server, keys=keys) as okx:
            with pytest.raises(AccessRefused):
                await okx.profile()
            with pytest.raises(AccessRefused):
                await okx.snapshot()

    @pytest.mark.parametrize("offset", [100, -100])
    async def test_a_clock_that_is_off_from_the_start(self, server: OkxServer, offset: float) -> None:
        server.clock_offset = offset
        server.account.open_leg(STX, "long", "10", "0.3")
        async with okx_on(server) as okx:
            await okx.profile()
            (leg,) = (await okx.snapshot()).legs
            await okx.submit(intent_for(leg, "3"))
        assert server.account.leg(STX, "long").contracts == 7

    @pytest.mark.parametrize("offset", [100, -100, 20, -20])
    async def test_a_clock_that_jumps(self, server: OkxServer, okx: Okx, offset: float) -> None:
        server.account.open_leg(STX, "long", "10", "0.3")
        await okx.profile()
        await okx.snapshot()
        server.clock_offset = offset
        (leg,) = (await okx.snapshot()).legs
        try:
            await okx.submit(intent_for(leg, "3"))
        except OrderRefused as exc:
            # Between the two looks a signature is still good while the order's lifetime is not: measured again.
            assert exc.code == "50036"  # noqa: PT017
            await okx.snapshot()
            await okx.submit(intent_for(leg, "3"))
        assert server.account.leg(STX, "long").contracts == 7

    async def test_a_clock_that_cannot_be_measured_is_no_endless_loop(self, server: OkxServer, okx: Okx) -> None:
        server.fault("", "code", code="50102", times=None)
        with pytest.raises(TemporarilyDown, match="50102"):
            await okx.profile()
        assert len(server.requests) < 10

    async def test_the_clock_is_measured_every_hour(self, server: OkxServer, okx: Okx, clock: QuickClock) -> None:
        for _ in range(3):
            await okx.profile()
            await okx.snapshot()
        assert len(server.requests_to("/public/time")) == 1
        clock.ahead += 3601
        await okx.snapshot()
        assert len(server.requests_to("/public/time")) == 2

    async def test_time_that_cannot_be_read_is_asked_for_again_soon_and_once_it_was_known_in_a_minute(
        self, server: OkxServer, okx: Okx, clock: QuickClock
    ) -> None:
        asked = 0
        server.fault("/public/time", "html_200", times=2)
        server.fault("/public/time", "html_200", times=None, skip=1)
        for passed, times in ((0, 1), (0, 0), (6, 1), (6, 1), (60, 0), (3601, 1), (6, 0), (61, 1)):
            clock.ahead += passed
            await okx.snapshot()
            asked += times
            assert len(server.requests_to("/public/time")) == asked, passed

    async def test_no_secret_in_the_log(self, server: OkxServer, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, logger="tgtp")
        keys = ("key", "secret", "passphrase-of-mine")
        server.passphrase = keys[2]
        server.account.open_leg(STX, "long", "10", "0.3")
        async with okx_on(server, keys=keys) as okx:
            (leg,) = (await okx.snapshot()).legs
            server.fault("", "http_500", times=None)
            with pytest.raises(TemporarilyDown) as caught:
                await okx.snapshot()
            server.clear_faults()
            await okx.submit(intent_for(leg, "3"))
        ours = [record.getMessage() for record in caplog.records if record.name.startswith("tgtp")]
        assert not any(keys[2] in line for line in [*ours, str(caught.value), repr(caught.value.__cause__)])

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:1/"])
    def test_addresses(self, url: str) -> None:
        for demo in (False, True):
            client = okx_client(url=url, ws_url="ws://127.0.0.1:2/ws/v5/", demo=demo)
            assert client.urls["api"]["rest"] == "http://127.0.0.1:1"
            assert client.urls["api"]["ws"] == "ws://127.0.0.1:2/ws/v5"
            assert client.sign("public/time", ["public"])["url"] == "http://127.0.0.1:1/api/v5/public/time"

    def test_the_default_address_is_okx(self) -> None:
        for demo in (False, True):
            client = okx_client(url="", ws_url="", demo=demo)
            assert client.sign("public/time", ["public"])["url"] == "https://www.okx.com/api/v5/public/time"
            assert client.timeout == 5000


class TestPrices:
    async def test_the_list_is_read_again_every_hour_and_an_old_one_is_better_than_none(self, server: OkxServer) -> None:
        clock = QuickClock()
        prices = OkxPrices(client_of(server, keys=None), clock)
        try:
            await prices.instruments()
            server.account.redenominate(STX, 1)
            assert (await prices.instruments())[STX].contract_size == 10
            clock.ahead += 3601
            server.fault("/public/instruments", "http_500")
            assert (await prices.instruments())[STX].contract_size == 10
            clock.ahead += 3601
            assert (await prices.instruments())[STX].contract_size == 1
        finally:
            await prices.close()

    async def test_instruments_and_marks_need_no_key(self, server: OkxServer) -> None:
        prices = OkxPrices(client_of(server, keys=None), QuickClock())
        try:
            instruments, marks = await prices.instruments(), await prices.mark_prices()
        finally:
            await prices.close()
        assert instruments[STX].contract_size == 10
        assert BTC_USD not in instruments
        assert marks[STX] == Decimal("0.3")
        assert all("ok-access-key" not in record.headers for record in server.requests)

    async def test_a_mark_that_makes_no_sense_is_left_out(self, server: OkxServer) -> None:
        server.fault("/public/mark-price", "wrong_types", field="markPx", value="", row=STX)
        prices = OkxPrices(client_of(server, keys=None), QuickClock())
        try:
            marks = await prices.mark_prices()
        finally:
            await prices.close()
        assert STX not in marks
        assert marks[CRV] == Decimal("0.4")

    @pytest.mark.parametrize("kind", ["html_200", "http_500", "cut_json", "drop"])
    async def test_down(self, server: OkxServer, kind: str) -> None:
        server.fault("", kind, times=None)
        prices = OkxPrices(client_of(server, keys=None), QuickClock())
        try:
            with pytest.raises(TemporarilyDown):
                await prices.instruments()
            with pytest.raises(TemporarilyDown):
                await prices.mark_prices()
        finally:
            await prices.close()
