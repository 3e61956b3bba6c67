"""Legs that cannot be read are open legs: never taken for nothing, told once, closed by a hand, guarded again in time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.fixtures.okx_engine import OkxHouse, QuickClock, leg_key
from tests.simulation.exchange.account import Account, PositionMode
from tests.simulation.exchange.rows import position_rows
from tgtp.domain.model import AccountMode, LegKey
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder, CloseResult

CRV, CRV_SHORT, UNI = leg_key("CRV-USDT-SWAP"), leg_key("CRV-USDT-SWAP", "short"), leg_key("UNI-USDT-SWAP")
ME = 7


def portfolio(no_lever: Literal["", "0"] = "", mode: PositionMode = "long_short_mode") -> Account:
    """An account in portfolio margin, with both sides of one coin where its mode lets it."""
    held = Account(position_mode=mode, level="4", no_lever=no_lever)
    held.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    if mode == "long_short_mode":
        held.open_leg("CRV-USDT-SWAP", "short", "40", "0.4")
    held.set_mark("CRV-USDT-SWAP", "0.43")
    return held


def usual() -> Account:
    held = Account()
    held.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    held.open_leg("UNI-USDT-SWAP", "long", "50", "6")
    return held


async def close(house: OkxHouse, key: LegKey, contracts: Any) -> CloseResult:
    shown = (await house.okx.snapshot()).held(key)
    assert shown is not None
    return await ManualActions(house.checker).close([CloseOrder(shown, Decimal(contracts))], ME, f"n{contracts}")


# -- portfolio margin ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("no_lever", ["", "0"])
async def test_in_portfolio_margin_every_leg_is_open_and_told_once_and_none_is_sold(
    tmp_path: Path, no_lever: Literal["", "0"]
) -> None:
    async with OkxHouse(tmp_path, portfolio(no_lever)) as house:
        report = await house.check(4)
        assert report.error is None
        assert report.snapshot is not None
        assert report.snapshot.legs == ()
        assert {(leg.key, leg.why, leg.closable) for leg in report.snapshot.unreadable} == {
            (CRV, "portfolio_margin", True),
            (CRV_SHORT, "portfolio_margin", True),
        }
        # Each of them, though both are of one name, and not again after a restart.
        assert sorted(str(event.leg) for event in house.told("leg_unreadable")) == [str(CRV), str(CRV_SHORT)]
        await house.restart()
        await house.check(3)
        assert len(house.told("leg_unreadable")) == 2
        assert len(house.listener.of("leg_unreadable")) == 2
        assert house.orders_asked() == []
        assert house.told("leg_gone") == []
        assert house.told("not_watched") == []


async def test_the_start_says_what_the_account_mode_means(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, portfolio()) as house:
        await house.check()
        (started,) = house.told("started")
        assert started.profile.account_mode is AccountMode.PORTFOLIO_MARGIN
        assert (started.legs, {leg.key for leg in started.unreadable}) == (0, {CRV, CRV_SHORT})


@pytest.mark.parametrize(
    ("level", "mode"),
    [("1", "spot"), ("2", "futures"), ("3", "multi_currency"), ("4", "portfolio_margin"), ("", None), ("9", None)],
)
async def test_account_modes(tmp_path: Path, level: str, mode: str | None) -> None:
    async with OkxHouse(tmp_path, Account(level=level)) as house:
        found = (await house.okx.profile()).account_mode
        assert (found.value if found else None) == mode


async def test_an_isolated_leg_in_portfolio_margin_has_its_leverage_and_is_guarded(tmp_path: Path) -> None:
    account = portfolio()
    account.open_leg("UNI-USDT-SWAP", "long", "50", "6", margin_mode="isolated")
    isolated = leg_key("UNI-USDT-SWAP", "long", "isolated")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.set_roi("UNI-USDT-SWAP", "long", 26)
        await house.check()
        assert house.closed(isolated) == [15]
        assert house.closed(CRV) == []


async def test_a_cross_leg_in_portfolio_margin_is_not_guarded_whatever_leverage_its_row_has(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, portfolio()) as house:
        house.server.fault("/account/positions", "wrong_types", field="lever", value="10", times=None)
        report = await house.check(2)
        assert report.snapshot is not None
        assert {leg.why for leg in report.snapshot.unreadable} == {"portfolio_margin"}
        assert house.orders_asked() == []


@pytest.mark.parametrize("mode", ["long_short_mode", "net_mode"])
async def test_a_hand_closes_what_cannot_be_read(tmp_path: Path, mode: PositionMode) -> None:
    async with OkxHouse(tmp_path, portfolio(mode=mode)) as house:
        await house.check()
        result = await close(house, CRV, 40)
        assert (result.problem, result.unresolved, len(result.sent)) == (None, (), 1)
        assert house.closed(CRV) == [40]
        assert house.ledger.lives()[CRV].contracts == 60
        basis = result.sent[0].basis
        assert (basis.roi, basis.leverage, basis.initial_margin) == (None, None, None)
        assert basis.contracts == 100
        # It is no change by hand, and after the rest nothing is left that a hand could have closed.
        await house.check(2)
        assert (house.told("leg_shrank"), house.told("leg_grew")) == ([], [])
        await close(house, CRV, 60)
        await house.check(3)
        assert house.closed(CRV) == [40, 60]
        assert house.told("leg_gone") == []
        assert house.ledger.lives()[CRV].gone_at is not None
        assert house.grown() == []
        # What lies on disk is read again.
        await house.restart()
        assert house.ledger.lives()[CRV].contracts == 0


async def test_a_leg_that_has_changed_since_it_was_shown_is_not_closed(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, portfolio()) as house:
        await house.check()
        shown = (await house.okx.snapshot()).held(CRV)
        assert shown is not None
        house.account.grow_leg("CRV-USDT-SWAP", "long", 5)
        result = await ManualActions(house.checker).close([CloseOrder(shown, Decimal(100))], ME, "abc")
        assert (result.changed, house.orders_asked()) == ((CRV,), [])
        # Changes by hand are told of it as of any leg; and then it can be closed whole.
        await house.check()
        assert [(event.before, event.contracts) for event in house.told("leg_grew")] == [(100, 105)]
        await close(house, CRV, 105)
        assert house.closed(CRV) == [105]


async def test_a_leg_that_a_hand_closes_at_okx_is_told_as_gone(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, portfolio()) as house:
        await house.check()
        house.account.close_leg("CRV-USDT-SWAP", "long")
        await house.check(3)
        assert [event.leg for event in house.told("leg_gone")] == [CRV]


async def test_an_instrument_that_is_not_listed_is_closed_whole(tmp_path: Path) -> None:
    account = usual()
    account.add_instrument("NEW-USDT-SWAP", "1000", "1", mark="0.01", listed=False)
    account.open_leg("NEW-USDT-SWAP", "long", "3", "0.01")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        new = leg_key("NEW-USDT-SWAP")
        assert [(event.leg, event.why) for event in house.told("leg_unreadable")] == [(new, "unknown_instrument")]
        await close(house, new, 3)
        assert house.closed(new) == [3]


@pytest.mark.parametrize("field", ["cTime", "uTime", "avgPx", "markPx"])
async def test_size_side_and_margin_mode_suffice_to_close(tmp_path: Path, field: str) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        house.server.fault("/account/positions", "wrong_types", field=field, value="?", row="CRV-USDT-SWAP", times=None)
        await house.check()
        await close(house, CRV, 100)
        assert house.closed(CRV) == [100]
        await house.check(3)
        assert house.told("leg_gone") == []


# -- it can be read again --------------------------------------------------------------------------------------------------


async def test_a_leg_that_can_be_read_again_is_told_and_sold_only_by_the_check_after(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, portfolio()) as house:
        house.account.close_leg("CRV-USDT-SWAP", "short")
        house.account.set_roi("CRV-USDT-SWAP", "long", 60)
        await house.check(2)
        house.account.level = "2"
        await house.check()
        assert [event.leg for event in house.told("leg_readable")] == [CRV]
        # It was there all the time.
        assert house.told("leg_opened") == []
        assert house.closed(CRV) == []
        await house.check()
        assert house.closed(CRV) == [30]
        assert len(house.told("leg_readable")) == 1


@pytest.mark.parametrize("field", ["avgPx", "cTime", "pos"])
async def test_a_leg_that_was_guarded_before_keeps_what_it_had_fired(tmp_path: Path, field: str) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check()
        assert house.fired(CRV) == [1]
        house.server.fault("/account/positions", "wrong_types", field=field, value="?", row="CRV-USDT-SWAP", times=None)
        house.account.set_roi("CRV-USDT-SWAP", "long", 36)
        await house.check(3)
        house.server.clear_faults()
        await house.check()
        assert house.closed(CRV) == [30]
        assert house.fired(CRV) == [1]
        await house.check()
        assert house.closed(CRV) == [30, 35]
        assert house.fired(CRV) == [1, 2]
        for kind in ("leg_opened", "leg_grew", "leg_shrank", "leg_gone"):
            assert house.told(kind) == [], kind


@pytest.mark.parametrize("field", ["cTime", "pos"])
async def test_a_leg_that_was_never_read_begins_with_its_first_row(tmp_path: Path, field: str) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        house.server.fault("/account/positions", "wrong_types", field=field, value="?", row="CRV-USDT-SWAP", times=None)
        await house.check(3)
        house.server.clear_faults()
        await house.check(2)
        assert len(house.told("leg_readable")) == 1
        for kind in ("leg_opened", "leg_grew", "leg_shrank", "leg_gone"):
            assert house.told(kind) == [], kind
        leg = house.account.leg("CRV-USDT-SWAP", "long")
        life = house.ledger.lives()[CRV]
        assert life.contracts == 100
        assert int(life.opened_at.timestamp() * 1000) == leg.opened_at_ms


async def test_one_that_comes_and_goes_is_told_once_an_hour_and_never_sold_in_between(tmp_path: Path) -> None:
    clock = QuickClock()
    async with OkxHouse(tmp_path, usual(), clock=clock) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 60)
        for _ in range(5):
            house.server.fault("/account/positions", "wrong_types", field="avgPx", value="?", row="CRV-USDT-SWAP", times=None)
            await house.check()
            house.server.clear_faults()
            await house.check()
        assert (len(house.told("leg_unreadable")), len(house.told("leg_readable"))) == (1, 1)
        assert house.closed(CRV) == []
        clock.ahead += 3600
        house.server.fault("/account/positions", "wrong_types", field="avgPx", value="?", row="CRV-USDT-SWAP", times=None)
        await house.check(2)
        assert len(house.told("leg_unreadable")) == 2


# -- rows without sense --------------------------------------------------------------------------------------------------


async def test_one_leg_twice_leaves_the_account_guarded(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        await house.check()
        rows = [row for row in position_rows(house.account) if row["instId"] == "CRV-USDT-SWAP"]
        house.account.extra_rows += rows
        for name in ("CRV-USDT-SWAP", "UNI-USDT-SWAP"):
            house.account.set_roi(name, "long", 26)
        report = await house.check(3)
        assert report.error is None
        assert house.closed(CRV) == []
        assert house.closed(UNI) == [15]
        assert [(event.leg, event.why) for event in house.told("leg_unreadable")] == [(CRV, "twice")]
        house.account.extra_rows.clear()
        await house.check(2)
        assert house.closed(CRV) == [30]


@pytest.mark.parametrize("row", [{}, {"instType": "SWAP", "pos": "5"}])
async def test_a_row_that_names_nothing_leaves_the_others_guarded_and_nothing_gone(tmp_path: Path, row: Any) -> None:
    clock = QuickClock()
    async with OkxHouse(tmp_path, usual(), clock=clock) as house:
        await house.check()
        crv = house.account.legs.pop(("CRV-USDT-SWAP", "long", "cross"))
        house.account.lives.remove(crv)
        house.account.extra_rows.append(row)
        house.account.set_roi("UNI-USDT-SWAP", "long", 26)
        report = await house.check(6)
        assert report.error is None
        assert house.closed(UNI) == [15]
        # It may be just this leg: it is shown as open, told, and not taken for gone.
        assert report.snapshot is not None
        assert [(leg.key, leg.why) for leg in report.snapshot.unreadable] == [(CRV, "unnamed")]
        assert house.told("leg_gone") == []
        assert [event.leg for event in house.told("leg_unreadable")] == [None, CRV]
        clock.ahead += 86400
        await house.check(2)
        assert [event.leg for event in house.told("leg_unreadable")] == [None, CRV, None]
        house.account.extra_rows.clear()
        await house.check(3)
        assert [event.leg for event in house.told("leg_gone")] == [CRV]


async def test_a_row_that_names_nothing_for_a_moment_is_asked_for_again(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        await house.check()
        house.server.fault("/account/positions", "json", body={"code": "0", "data": [{}], "msg": ""})
        report = await house.check()
        assert report.error is None
        assert report.snapshot is not None
        assert len(report.snapshot.legs) == 2
        assert house.told("leg_unreadable") == []


async def test_an_order_of_a_leg_that_may_be_there_is_not_given_up(tmp_path: Path) -> None:
    """Whose leg is closed has ended without a fill; where a row names nothing, no leg is known to be closed."""
    async with OkxHouse(tmp_path, usual()) as house:
        await house.check()
        house.account.order_lag = 3600
        house.account.fill_lag = 3600
        house.account.row_lag = 3600
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check()
        assert len(house.ledger.open_intents()) == 1
        house.server.fault("/account/positions", "json", body={"code": "0", "data": [{}], "msg": ""}, times=None)
        await house.check(12)
        assert len(house.ledger.open_intents()) == 1


# -- no leverage, and another mode than portfolio margin -----------------------------------------------------------------


async def test_a_leg_without_leverage_takes_its_roi_from_okx_for_the_ladder_alone(tmp_path: Path) -> None:
    account = usual()
    account.open_leg("CRV-USDT-SWAP", "short", "100", "0.4")
    account.leg("CRV-USDT-SWAP", "long").gives_leverage = False
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(2)
        # The hedge rule would have closed the short, which loses against it.
        assert house.closed(CRV) == [30]
        assert house.closed(CRV_SHORT) == []
        account.leg("CRV-USDT-SWAP", "long").gives_leverage = True
        await house.check(2)
        assert house.closed(CRV_SHORT) != []


@pytest.mark.parametrize("spoiled", ["uplRatio", "imr"])
async def test_without_leverage_roi_or_margin_it_cannot_be_read(tmp_path: Path, spoiled: str) -> None:
    account = usual()
    account.leg("CRV-USDT-SWAP", "long").gives_leverage = False
    async with OkxHouse(tmp_path, account) as house:
        house.server.fault("/account/positions", "empty_row_field", field=spoiled, times=None)
        report = await house.check()
        assert report.snapshot is not None
        assert [leg.key for leg in report.snapshot.unreadable] == [CRV]


async def test_while_the_account_mode_cannot_be_read_a_leg_without_leverage_is_left_alone(tmp_path: Path) -> None:
    account = usual()
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.leg("CRV-USDT-SWAP", "long").gives_leverage = False
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        house.server.fault("/account/config", "http_500", times=None)
        await house.check(3)
        assert house.closed(CRV) == []
        assert [event.why for event in house.told("leg_unreadable")] == ["no_leverage"]


async def test_an_account_that_goes_over_to_portfolio_margin_is_not_guarded_by_what_was_known_before(tmp_path: Path) -> None:
    account = usual()
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.level = "4"
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(3)
        assert house.orders_asked() == []
        assert {event.why for event in house.told("leg_unreadable")} == {"portfolio_margin"}


# -- no margin ------------------------------------------------------------------------------------------------------------


async def test_an_isolated_leg_whose_margin_is_not_said_waits_told_and_fires_when_it_is(tmp_path: Path) -> None:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4", margin_mode="isolated")
    account.open_leg("UNI-USDT-SWAP", "long", "50", "6")
    key = leg_key("CRV-USDT-SWAP", mode="isolated")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        fault = house.server.fault("/account/positions", "empty_row_field", field="margin", row="CRV-USDT-SWAP", times=None)
        account.set_roi("CRV-USDT-SWAP", "long", 26, "isolated")
        account.set_roi("UNI-USDT-SWAP", "long", 26)
        await house.check(4)
        assert house.closed(key) == []
        assert house.closed(UNI) == [15]
        (told,) = house.told("leg_unreadable")
        assert (told.leg, told.detail) == (key, "margin is missing")
        house.server.lift(fault)
        await house.check(2)
        assert house.closed(key) == [30]
        assert len(house.told("leg_readable")) == 1


# -- leverage and margin, by hand ------------------------------------------------------------------------------------------


async def test_leverage_changed_by_hand_is_told_and_a_tier_that_fires_by_it_says_so(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 20)
        await house.check()
        house.account.set_leverage("CRV-USDT-SWAP", "cross", 15)
        await house.check(2)
        assert [(event.before, event.after, event.roi) for event in house.told("leverage_changed")] == [
            (10, 15, Decimal("0.3"))
        ]
        (filled,) = house.told("tier_filled")
        assert filled.intent.basis.lower_leverage == 10
        # At 10x it would be reached by now: this one is not because of it.
        house.account.set_roi("CRV-USDT-SWAP", "long", 54)
        await house.check()
        assert [event.intent.basis.lower_leverage for event in house.told("tier_filled")] == [10, None]


async def test_leverage_taken_back_raises_nothing(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, usual()) as house:
        await house.check()
        for leverage in (20, 50, 10):
            house.account.set_leverage("CRV-USDT-SWAP", "cross", leverage)
            await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check()
        (filled,) = house.told("tier_filled")
        assert filled.intent.basis.lower_leverage is None
        assert len(house.told("leverage_changed")) == 3


async def test_margin_moved_by_hand_is_told_and_funding_and_our_own_closes_are_not(tmp_path: Path) -> None:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4", margin_mode="isolated")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.fund_leg("CRV-USDT-SWAP", "long", "-0.31")
        await house.check(2)
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(3)
        assert len(house.told("tier_filled")) == 1
        account.fund_leg("CRV-USDT-SWAP", "long", "0.12")
        await house.check()
        assert house.told("margin_changed") == []
        account.move_margin("CRV-USDT-SWAP", "long", "2")
        await house.check(2)
        account.move_margin("CRV-USDT-SWAP", "long", "-1.5")
        await house.check(2)
        assert [event.amount for event in house.told("margin_changed")] == [2, Decimal("-1.5")]
        assert house.told("leverage_changed") == []
        # Without the funding it is not known what was moved.
        house.server.fault("/account/positions", "empty_row_field", field="fundingFee", times=2)
        await house.check(4)
        assert len(house.told("margin_changed")) == 2
        # A lower leverage takes more margin: that is one change, not two.
        account.set_leverage("CRV-USDT-SWAP", "isolated", 5)
        await house.check(2)
        assert (len(house.told("margin_changed")), len(house.told("leverage_changed"))) == (2, 1)


async def test_a_tier_names_the_margin_mode_where_the_coin_is_held_in_both(tmp_path: Path) -> None:
    account = usual()
    account.open_leg("CRV-USDT-SWAP", "long", "1", "0.4", margin_mode="isolated")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.set_roi("CRV-USDT-SWAP", "long", 26, "cross")
        account.set_roi("UNI-USDT-SWAP", "long", 26)
        await house.check()
        both = {event.intent.leg.instrument_id: event.both_modes for event in house.told("tier_filled")}
        assert both == {"CRV-USDT-SWAP": True, "UNI-USDT-SWAP": False}
