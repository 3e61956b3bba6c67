"""Maintenance and correction, as values: the table of the rules, and what the ancestor got wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.snapshots import NOW
from tgtp.domain.examples import OPENED_AT, leg
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.upkeep.correction import InBand, Move, Pending, Stuck, Trim, correction_step, has_moved
from tgtp.domain.upkeep.maintenance import (
    REST,
    End,
    Maintenance,
    MaintenanceDraft,
    MaintenanceOrder,
    MaintenanceRefusal,
    Turn,
    draft,
    maintenance_step,
)
from tgtp.domain.upkeep.rules import MaintenancePlan, UpkeepRules, excess_contracts, least_margin

D = Decimal
RULES = UpkeepRules()
RICH = D(10_000)


def losing(**changes: Any) -> Leg:
    fields: dict[str, Any] = {"contracts": 20, "mark_price": "5", "roi": -12, "margin_mode": "isolated", "initial_margin": "10"}
    return leg(**{**fields, **changes})


def drafted(held: Leg, count: int = 0, available: Decimal = RICH) -> MaintenanceDraft:
    found = draft(held, RULES, count, None, available, NOW)
    assert isinstance(found, MaintenanceDraft), found
    return found


def refused(
    held: Leg, count: int = 0, available: Decimal | None = RICH, maintained_at: dt.datetime | None = None
) -> MaintenanceRefusal:
    found = draft(held, RULES, count, maintained_at, available, NOW)
    assert isinstance(found, MaintenanceRefusal), found
    return found


# The table


@pytest.mark.parametrize(("count", "buy", "keep", "left"), [(0, 100, 10, 100), (1, 100, 10, 100), (2, 200, 20, 200)])
def test_the_table(count: int, buy: int, keep: int, left: int) -> None:
    held = losing()
    plan = drafted(held, count)
    worth = held.instrument.contract_size * held.mark_price
    assert plan.buy == buy
    assert plan.keep == keep
    assert plan.buy_contracts * worth == buy * 10  # at 10x
    assert plan.contracts_left * worth == left


def test_after_the_third_it_is_refused() -> None:
    assert refused(losing(), 3).why == "used_up"


@pytest.mark.parametrize(
    ("count", "margin", "notional"), [(0, 10, 100), (1, 10, 100), (2, 20, 200), (3, 20, 200), (9, 20, 200)]
)
def test_the_targets(count: int, margin: int, notional: int) -> None:
    target = RULES.target(count)
    assert target.margin == margin
    assert target.notional == notional
    assert (target.lowest, target.highest) == (D(margin) * D("0.95"), D(margin) * D("1.05"))


# What the ancestor got wrong about sizes


@pytest.mark.parametrize(
    ("contract_size", "lot", "mark", "buys"),
    [
        ("10", "1", "0.1", 1000),  # CRO, CFX, STX: "100 U" asked for 1000 U of margin
        ("0.1", "1", "500", 20),  # BCH, FIL, AAVE
        ("1", "0.1", "3", "333.3"),
        ("100", "1", "0.4", 25),
    ],
)
def test_a_contract_is_worth_its_size(contract_size: str, lot: str, mark: str, buys: Any) -> None:
    held = losing(contract_size=contract_size, lot_size=lot, mark_price=mark, contracts=D(lot) * 10)
    plan = drafted(held)
    assert plan.buy_contracts == D(buys)
    worth = D(contract_size) * D(mark)
    assert 100 <= plan.contracts_left * worth <= 100 + 2 * D(lot) * worth


def test_the_bch_leg_of_119_5_u_is_no_leg_of_1195() -> None:
    held = losing(contracts=2, contract_size="0.1", mark_price="597.5", initial_margin="11.95", lot_size="1")
    assert held.notional == D("119.5")
    # One contract is 59.75 U: one more than the target takes, and closing it would leave too little.
    assert excess_contracts(held, RULES.target(0)) == 0
    assert correction_step(held, RULES.target(0), RICH) == Stuck("unreachable", least=least_margin(held))


def test_it_buys_at_the_leverage_of_the_leg_and_keeps_the_notional_of_the_table() -> None:
    plan = drafted(losing(leverage=20))
    assert plan.buy_contracts * 5 == 2000
    assert plan.contracts_left * 5 == 100


# Feasibility


def test_what_is_missing_is_named() -> None:
    plan = drafted(losing())
    found = refused(losing(), available=plan.needed - D("3.25"))
    assert (found.why, found.missing, found.needed) == ("poor", D("3.25"), plan.needed)
    assert 100 < plan.needed < 105
    assert isinstance(draft(losing(), RULES, 0, None, plan.needed, NOW), MaintenanceDraft)
    assert refused(losing(), available=None).why == "unknown_funds"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"roi": 3}, "winning"),
        ({"roi": 0}, "winning"),
        ({"min_contracts": 1000}, "small"),
        ({"max_market_contracts": 10}, "huge"),
    ],
)
def test_what_cannot_be_done_is_refused(changes: dict[str, Any], why: str) -> None:
    assert refused(losing(**changes)).why == why


def test_it_rests_for_a_quarter_of_an_hour() -> None:
    found = refused(losing(), maintained_at=NOW - REST + dt.timedelta(seconds=1))
    assert (found.why, found.again_at) == ("resting", NOW + dt.timedelta(seconds=1))
    assert isinstance(draft(losing(), RULES, 0, NOW - REST, RICH, NOW), MaintenanceDraft)
    # A time that lies ahead was written by a clock that has been put back since: a little does not end the rest.
    assert refused(losing(), maintained_at=NOW + dt.timedelta(seconds=45)).why == "resting"
    assert isinstance(draft(losing(), RULES, 0, NOW + dt.timedelta(days=1), RICH, NOW), MaintenanceDraft)


def test_the_average_and_the_cost_are_those_that_come() -> None:
    plan = drafted(losing(entry_price="6", roi=0))
    assert plan.average_price == (D(20) * 6 + D(200) * 5) / 220
    assert plan.realised_loss == 200 * (plan.average_price - 5)
    assert plan.fees == (D(200) + 200) * 5 * D("0.0005")
    short = drafted(losing(side="short", entry_price="4", roi=0))
    assert short.realised_loss == 200 * (5 - short.average_price) > 0


# Its steps


def work(held: Leg, **changes: Any) -> Maintenance:
    return Maintenance(draft=drafted(held), begun_at=NOW, entry_price=held.entry_price).replaced(**changes)


def test_it_buys_then_cuts_then_counts() -> None:
    held = losing()
    at = work(held)
    assert maintenance_step(at, held, NOW, is_gone=False) == MaintenanceOrder("buy", D(200))
    at = at.after_fill(grows=True, contracts=D(200), fee=D("0.5"), realised=D(0))
    big = held.replaced(contracts=220)
    step = maintenance_step(at, big, NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert step.to.stage == "bought"
    assert maintenance_step(step.to, big, NOW, is_gone=False) == MaintenanceOrder("cut", D(200))
    at = step.to.after_fill(grows=False, contracts=D(200), fee=D("0.5"), realised=D(-9))
    step = maintenance_step(at, held, NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert step.to.stage == "cut"
    assert maintenance_step(step.to, held, NOW, is_gone=False) == End(counted=True)
    assert step.to.fees == 1
    assert step.to.realised == -9


def test_a_maintenance_of_an_earlier_ledger_is_read_without_what_it_kept_besides() -> None:
    """A ledger with one was refused whole."""
    plan = drafted(losing())
    assert MaintenanceDraft(**{**plan.model_dump(), "keep": "10"}) == plan


@pytest.mark.parametrize("margin", ["100.3", "1.003"])
def test_a_margin_that_does_not_fit_the_size_is_not_done(margin: str) -> None:
    held = losing()
    at = work(held, bought=D(200), cut=D(200), stage="cut")
    shown = held.replaced(mark_price=D("5.015"), initial_margin=D(margin))
    assert maintenance_step(at, shown, NOW, is_gone=False) == End(counted=True, why="unverified")
    # Given up already, that is the reason which is told.
    half = at.replaced(bought=D(150), broken="slow")
    assert maintenance_step(half, shown, NOW, is_gone=False) == End(counted=False, why="slow")


def test_what_has_filled_partly_goes_on_for_its_rest() -> None:
    held = losing()
    at = work(held, bought=D(150))
    assert maintenance_step(at, held.replaced(contracts=170), NOW, is_gone=False) == MaintenanceOrder("buy", D(50))
    late = NOW + dt.timedelta(minutes=2)
    step = maintenance_step(at, held.replaced(contracts=170), late, is_gone=False)
    assert isinstance(step, Turn)
    assert step.to.broken == "slow"
    step = maintenance_step(step.to, held.replaced(contracts=170), late, is_gone=False)
    assert isinstance(step, Turn)
    assert maintenance_step(step.to, held.replaced(contracts=170), late, is_gone=False) == MaintenanceOrder("cut", D(150))


def test_a_refused_buy_ends_it_and_what_was_bought_before_is_cut() -> None:
    held = losing()
    assert maintenance_step(work(held, broken="51008"), held, NOW, is_gone=False) == End(counted=False, why="51008")
    step = maintenance_step(work(held, broken="51008", bought=D(50)), held.replaced(contracts=70), NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert maintenance_step(step.to, held.replaced(contracts=70), NOW, is_gone=False) == MaintenanceOrder("cut", D(50))
    assert maintenance_step(step.to.replaced(stage="cut"), held, NOW, is_gone=False) == End(counted=False, why="51008")


def test_nothing_is_bought_while_the_leverage_is_not_known() -> None:
    held = losing()
    blind = held.replaced(leverage_known=False, exchange_roi=D("-0.2"))
    assert maintenance_step(work(held), held, NOW, is_gone=False) == MaintenanceOrder("buy", D(200))
    assert maintenance_step(work(held), blind, NOW, is_gone=False) is None
    # What was bought is cut back all the same.
    large = blind.replaced(contracts=70)
    step = maintenance_step(work(held, bought=D(50)), large, NOW + dt.timedelta(minutes=2), is_gone=False)
    assert isinstance(step, Turn)
    step = maintenance_step(step.to, large, NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert maintenance_step(step.to, large, NOW, is_gone=False) == MaintenanceOrder("cut", D(50))


def test_what_exceeds_the_largest_order_goes_in_parts() -> None:
    held = losing(max_market_contracts=60)
    assert maintenance_step(work(held), held, NOW, is_gone=False) == MaintenanceOrder("buy", D(60))
    big = held.replaced(contracts=220)
    assert maintenance_step(work(held, bought=D(200), stage="bought"), big, NOW, is_gone=False) == MaintenanceOrder(
        "cut", D(60)
    )


def test_a_leg_that_is_missing_is_waited_for_and_one_that_is_gone_ends_it() -> None:
    held = losing()
    assert maintenance_step(work(held), None, NOW, is_gone=False) is None
    assert maintenance_step(work(held), None, NOW, is_gone=True) == End(counted=False, why="gone")


def bought(at: Maintenance, contracts: int, when: dt.datetime = NOW) -> Maintenance:
    return at.after_fill(grows=True, contracts=D(contracts), fee=D(0), realised=D(0), at=when)


def test_closed_by_hand_in_the_middle_what_was_bought_after_that_is_closed() -> None:
    held = losing()
    late = NOW + dt.timedelta(seconds=1)
    anew = held.replaced(opened_at=late, adjusted_at=late, contracts=200)
    step = maintenance_step(bought(work(held), 200, late), anew, NOW, is_gone=False)
    assert isinstance(step, Turn)
    strayed = step.to
    assert (strayed.draft.opened_at, strayed.strayed, strayed.bought) == (late, True, D(200))
    assert maintenance_step(strayed, anew, NOW, is_gone=False) == MaintenanceOrder("cut", D(200))
    # Of a larger one only what is ours.
    larger = anew.replaced(contracts=350)
    assert maintenance_step(strayed, larger, NOW, is_gone=False) == MaintenanceOrder("cut", D(200))
    done = strayed.after_fill(grows=False, contracts=D(200), fee=D(0), realised=D(0))
    assert maintenance_step(done, anew.replaced(contracts=150), NOW, is_gone=False) == End(counted=False, why="gone")


def test_a_leg_opened_anew_just_after_the_buy_is_not_what_was_bought() -> None:
    held = losing()
    anew = held.replaced(opened_at=NOW + dt.timedelta(seconds=0.3), contracts=220)
    assert maintenance_step(bought(work(held), 200), anew, NOW, is_gone=False) == End(counted=False, why="gone")
    # The two clocks may differ by so much: a leg that the buy has opened holds what it bought.
    assert isinstance(maintenance_step(bought(work(held), 200), anew.replaced(contracts=200), NOW, is_gone=False), Turn)


def test_a_row_of_the_new_leg_from_before_the_buy_hides_what_is_ours() -> None:
    held = losing()
    opened, late = NOW - dt.timedelta(seconds=20), NOW - dt.timedelta(seconds=1)
    anew = held.replaced(opened_at=opened, adjusted_at=opened, contracts=20)
    at_work = bought(work(held), 200, late)
    assert at_work.is_hidden_by(anew, NOW)
    assert not at_work.is_hidden_by(anew.replaced(adjusted_at=late, contracts=220), NOW)
    # Of its own life the buy is known, and a time that never agrees holds nothing up for good.
    assert not at_work.is_hidden_by(held, NOW)
    assert not at_work.is_hidden_by(anew, NOW + dt.timedelta(minutes=2))
    # By one clock: ours may be minutes ahead of the exchange's.
    assert at_work.replaced(bought_seen_at=NOW + dt.timedelta(minutes=2)).is_hidden_by(anew, NOW + dt.timedelta(minutes=2.5))
    assert not work(held).is_hidden_by(anew, NOW)
    # A row may go back in time after another has shown where the buy went.
    strayed = at_work.in_life_of(anew.replaced(adjusted_at=late, contracts=220))
    assert strayed is not None
    assert strayed.is_hidden_by(anew, NOW)
    assert not strayed.is_hidden_by(anew.replaced(adjusted_at=late), NOW)


def test_only_the_last_part_can_have_come_after_the_close() -> None:
    held = losing()
    late = NOW + dt.timedelta(minutes=1)
    parts = bought(bought(work(held), 60, NOW), 40, late)
    step = maintenance_step(parts, held.replaced(opened_at=late, adjusted_at=late, contracts=40), NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert step.to.bought == 40


def test_what_was_bought_in_one_life_is_not_looked_for_in_another() -> None:
    held = losing()
    gone = End(counted=False, why="gone")
    later = held.replaced(opened_at=NOW + dt.timedelta(hours=1), contracts=150)
    assert maintenance_step(bought(work(held), 200), later, NOW, is_gone=False) == gone
    assert maintenance_step(work(held), later, NOW, is_gone=False) == gone
    # Nor in an earlier one, nor by a record of before it said when.
    earlier = held.replaced(opened_at=held.opened_at - dt.timedelta(days=1), contracts=150)
    assert maintenance_step(bought(work(held), 200), earlier, NOW, is_gone=False) == gone
    soon = held.replaced(opened_at=NOW + dt.timedelta(seconds=1), contracts=150)
    assert maintenance_step(work(held, bought=D(200)), soon, NOW, is_gone=False) == gone


@pytest.mark.parametrize("why", ["paused", "forbidden", "stopped"])
def test_what_stops_a_buy_has_it_cut_back(why: str) -> None:
    held = losing()
    step = maintenance_step(work(held, bought=D(50)), held.replaced(contracts=70), NOW, is_gone=False, interruption=why)
    assert isinstance(step, Turn)
    assert step.to.broken == why
    step = maintenance_step(step.to, held.replaced(contracts=70), NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert maintenance_step(step.to, held.replaced(contracts=70), NOW, is_gone=False) == MaintenanceOrder("cut", D(50))
    over = step.to.replaced(cut=D(50), stage="cut")
    assert maintenance_step(over, held, NOW, is_gone=False) == End(counted=False, why=why)


def test_once_all_is_bought_there_is_nothing_to_stop_and_it_counts() -> None:
    held = losing()
    whole = work(held, bought=D(200), stage="bought")
    assert whole.interrupted("stopped") == whole
    big = held.replaced(contracts=220)
    assert maintenance_step(whole, big, NOW, is_gone=False, interruption="paused") == MaintenanceOrder("cut", D(200))
    # Stopped while the last part was under way.
    raced = bought(work(held, bought=D(150)).interrupted("stopped"), 50).replaced(stage="cut", cut=D(200))
    assert maintenance_step(raced, held, NOW, is_gone=False) == End(counted=True, why="stopped")


def test_a_leg_that_is_smaller_than_its_orders_made_it_was_cut_by_a_hand() -> None:
    held = losing()
    whole = work(held, bought=D(200), stage="bought")
    step = maintenance_step(whole, held.replaced(contracts=219), NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert step.to.broken == "hand"
    assert maintenance_step(step.to, held.replaced(contracts=219), NOW, is_gone=False) == MaintenanceOrder("cut", D(199))
    over = step.to.replaced(cut=D(199), stage="cut")
    assert maintenance_step(over, held, NOW, is_gone=False) == End(counted=False, why="hand")
    # Made larger it is cut as any other.
    assert maintenance_step(whole, held.replaced(contracts=230), NOW, is_gone=False) == MaintenanceOrder("cut", D(210))


def test_a_leg_that_comes_back_brings_its_maintenance_back() -> None:
    held = losing()
    gone = work(held, bought=D(200), stage="bought", gone_at=NOW)
    step = maintenance_step(gone, held.replaced(contracts=220), NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert maintenance_step(step.to, held.replaced(contracts=220), NOW, is_gone=False) == MaintenanceOrder("cut", D(200))
    step = maintenance_step(work(held, bought=D(50), gone_at=NOW), held.replaced(contracts=70), NOW, is_gone=False)
    assert isinstance(step, Turn)
    assert step.to.broken == "missing"


def test_while_the_price_moves_it_need_not_be_cut_to_the_last_lot() -> None:
    held = losing(lot_size="0.01", contracts=D("20.5"))
    at = work(held, bought=D(200), cut=D(199), stage="cut")
    assert excess_contracts(held, at.draft.target) > 0
    assert maintenance_step(at, held, NOW, is_gone=False) == End(counted=True)
    assert isinstance(maintenance_step(at, held.replaced(contracts=D("22")), NOW, is_gone=False), MaintenanceOrder)


# Correction


def held_on(margin: str, **changes: Any) -> Leg:
    return leg(**{"contracts": 20, "mark_price": 5, "margin_mode": "isolated", "initial_margin": margin, **changes})


TEN = RULES.target(0)


def test_two_steps_of_five_and_then_it_is_in_band() -> None:
    margin, steps = D("20.29"), []
    while isinstance(step := correction_step(held_on(str(margin)), TEN, RICH), Move):
        steps.append(step.amount)
        margin += step.amount
    assert steps == [D(-5), D(-5)]
    assert margin == D("10.29")
    assert step == InBand()


@pytest.mark.parametrize(("margin", "step"), [("9.5", InBand()), ("10.5", InBand()), ("10.51", Move(D("-0.51")))])
def test_the_band_holds_at_both_ends(margin: str, step: object) -> None:
    assert correction_step(held_on(margin), TEN, RICH) == step


def test_what_is_missing_comes_at_once() -> None:
    assert correction_step(held_on("2.5"), TEN, RICH) == Move(D("7.5"))
    assert correction_step(held_on("2.5"), TEN, D(5)) == Stuck("poor", missing=D("2.5"))
    assert correction_step(held_on("2.5"), TEN, D(-5)) == Stuck("poor", missing=D("7.5"))
    assert correction_step(held_on("2.5"), TEN, None) == Stuck("unknown_funds")


def test_what_is_within_five_percent_is_not_trimmed() -> None:
    fine = {"lot_size": "0.01"}
    assert correction_step(held_on("10", contracts=21, **fine), TEN, RICH) == InBand()
    assert correction_step(held_on("10", contracts=D("21.01"), **fine), TEN, RICH) == Trim(D("1.01"))


def test_what_is_above_is_closed_first() -> None:
    assert correction_step(held_on("20.29", contracts=26), TEN, RICH) == Trim(D(6))
    assert correction_step(held_on("10", contracts=21), TEN, RICH) == InBand()
    assert correction_step(held_on("10", contracts=40, max_market_contracts=5), TEN, RICH) == Trim(D(5))


def test_size_is_never_added() -> None:
    assert correction_step(held_on("10", contracts=5), TEN, RICH) == InBand()


def test_the_margin_of_a_cross_leg_cannot_be_moved() -> None:
    assert correction_step(held_on("20", margin_mode="cross"), TEN, RICH) == Stuck("cross")
    assert correction_step(held_on("10", margin_mode="cross"), TEN, RICH) == InBand()


def test_nothing_is_moved_below_what_the_size_and_the_loss_need() -> None:
    # 119.5 U at 10x need 11.95 U, which is above the band: said, not tried.
    bch = held_on("20", contracts=2, contract_size="0.1", mark_price="597.5")
    assert correction_step(bch, TEN, RICH) == Stuck("unreachable", least=D("11.95"))
    losing_leg = held_on("20", unrealised_pnl="-1.2")
    assert correction_step(losing_leg, TEN, RICH) == Move(D(-5))
    losing_leg = held_on("15", unrealised_pnl="-1.2")
    assert correction_step(losing_leg, TEN, RICH) == Move(D("-3.8"))
    # What it has lost stays in it.
    losing_leg = held_on("11.2", unrealised_pnl="-1.2")
    assert correction_step(losing_leg, TEN, RICH) == Stuck("losing", least=D("11.2"))
    # At 5x the same notional needs 20 U.
    assert correction_step(held_on("20", leverage=5), TEN, RICH) == Stuck("unreachable", least=D("20.00"))
    # Just within reach: to the floor, and no further.
    assert correction_step(held_on("12", unrealised_pnl="-0.3"), TEN, RICH) == Move(D("-1.70"))


@given(
    margin=st.decimals("0.01", 60, places=2),
    contracts=st.integers(1, 60),
    pnl=st.decimals(-5, 5, places=2),
    leverage=st.sampled_from([5, 10, 20]),
    mode=st.sampled_from(list(MarginMode)),
    available=st.one_of(st.none(), st.decimals(-5, 100, places=2)),
    count=st.integers(0, 4),
)
def test_a_correction_ends_in_band_or_with_a_reason(
    margin: Decimal,
    contracts: int,
    pnl: Decimal,
    leverage: int,
    mode: MarginMode,
    available: Decimal | None,
    count: int,
) -> None:
    target = RULES.target(count)
    held = leg(
        contracts=contracts,
        mark_price=5,
        leverage=leverage,
        margin_mode=mode,
        initial_margin=margin,
        unrealised_pnl=pnl,
    )
    for _ in range(40):
        step = correction_step(held, target, available)
        if isinstance(step, Trim):
            assert 0 < step.contracts < held.contracts
            left = held.contracts - step.contracts
            held = held.replaced(contracts=left, initial_margin=held.initial_margin * left / held.contracts)
        elif isinstance(step, Move):
            assert mode is MarginMode.ISOLATED
            assert step.amount >= -5
            if step.amount < 0:
                assert held.initial_margin + step.amount >= min(least_margin(held), held.initial_margin)
            else:
                assert available is not None
                assert step.amount <= available
            held = held.replaced(initial_margin=held.initial_margin + step.amount)
        else:
            break
    else:
        pytest.fail("it never came to an end")
    assert held.notional <= target.notional + 2 * 5 or held.contracts == contracts
    if isinstance(step, InBand):
        assert target.lowest <= held.initial_margin <= target.highest


# What became of a move


@pytest.mark.parametrize(
    ("amount", "shows", "moved"),
    [
        ("-5", "15.29", True),
        ("-5", "20.29", False),
        ("-5", "20.1", False),
        ("-5", "15.4", True),
        ("6", "26.29", True),
        ("6", "20", False),
    ],
)
def test_the_leg_says_whether_margin_has_moved(amount: str, shows: str, moved: bool) -> None:
    pending = Pending(amount=amount, margin="20.29", contracts=20, asked_at=OPENED_AT)
    assert has_moved(pending, held_on(shows)) is moved


def test_margin_that_went_with_a_close_has_not_been_moved() -> None:
    pending = Pending(amount="-5", margin="20", contracts=20, asked_at=OPENED_AT)
    assert not has_moved(pending, held_on("14", contracts=14))
    assert has_moved(pending, held_on("9.5", contracts=14))


def test_a_plan_reads_as_it_is_written() -> None:
    assert str(MaintenancePlan.parse(" 100 : 10,50.5:5 ")) == "100:10,50.5:5"
    for text in ("", "100", "100:10:5", "100:-5", "0:5", "1e3:5", "100:10,", "x:y"):
        with pytest.raises(ValueError, match=r"setting\.round|greater"):
            MaintenancePlan.parse(text)
