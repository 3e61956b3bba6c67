"""The cycle on a paper account: what it decides, in what order, and what it remembers."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import fail, key, paper_leg
from tgtp.domain.examples import OPENED_AT, instrument
from tgtp.domain.life import LONGEST_BEHIND
from tgtp.domain.model import Snapshot
from tgtp.domain.order import Order, OrderStatus
from tgtp.engine import cycle
from tgtp.errors import AccessRefused, LedgerWriteFailed, OrderRefused, OutcomeUnknown, Problem, TemporarilyDown

CRV = key()
CRV_SHORT = key(side="short")


async def test_a_jump_fires_the_tiers_one_by_one(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(lot_size="0.1")])
    house.set_roi(CRV, 60)
    await house.check(5)
    assert [report.number for report in house.listener.reports] == [1, 2, 3, 4, 5]
    assert house.closed() == [Decimal(30), Decimal(35), Decimal("17.5")]
    assert house.held(CRV) == Decimal("17.5")
    assert house.fired(CRV) == [1, 2, 3]


async def test_the_whole_lot_of_the_seed_leaves_eighteen(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 60)
    await house.check(4)
    assert house.closed() == [Decimal(30), Decimal(35), Decimal(17)]


async def test_a_tier_alert_holds_the_numbers(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    await house.check()
    (event,) = house.listener.of("tier_filled")
    assert event.intent.tier == 1
    assert event.intent.basis.contracts == 100
    assert event.order.filled_contracts == 30
    assert event.contracts_left == 70
    assert event.fired == (1,)
    assert event.next_threshold == Decimal("0.35")
    assert event.order.order_id.startswith("paper")


async def test_margin_of_exactly_one_is_left_alone(tmp_path: Path) -> None:
    # 2 contracts at a mark of 5, 10x: exactly 1 U.
    house = House(tmp_path, paper_leg(contracts=2, entry_price="4"))
    house.prices.marks["CRV-USDT-SWAP"] = Decimal(5)
    await house.check(2)
    assert house.closed() == []


async def test_the_loser_of_a_pair_is_closed_to_the_base_once(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        paper_leg(side="short", contracts=100, entry_price="1.15"),
        paper_leg(side="long", contracts=50, entry_price="1.2"),
        instruments=[instrument(lot_size="0.1")],
    )
    house.prices.marks["CRV-USDT-SWAP"] = Decimal("1.1")
    await house.check(3)
    assert house.held(CRV) == Decimal("9.1")
    assert Decimal("40.9") in house.closed()
    assert len(house.listener.of("hedge_filled")) == 1
    # 9.1 contracts at 1.1 are 1.001 U of margin: over the gate, at base all the same.
    assert house.checker.last_report is not None
    assert [note.why for note in house.checker.last_report.hedge_notes] == ["at_base"]


async def test_the_hedge_sees_what_the_ladder_has_just_closed(tmp_path: Path) -> None:
    # The ladder closes all of the winner, so there is no pair left for the hedge to judge.
    rules = SEED_RULES.replaced(short=SEED_RULES.short.parse("35:100"))
    house = House(
        tmp_path,
        paper_leg(side="short", contracts=100, entry_price="5.2"),
        paper_leg(side="long", contracts=50, entry_price="5.2"),
        rules=rules,
    )
    house.prices.marks["CRV-USDT-SWAP"] = Decimal(5)
    await house.check()
    assert house.held(CRV_SHORT) == 0
    assert house.held(CRV) == 50


async def test_the_hedge_rests_on_what_a_hand_did_while_the_ladder_sent(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        paper_leg(side="short", contracts=100, entry_price="5.2"),
        paper_leg(side="long", contracts=50, entry_price="5.2"),
    )
    await house.check()
    house.prices.marks["CRV-USDT-SWAP"] = Decimal(5)

    def grown(name: str) -> None:
        if name == "submit" and len(house.exchange.submitted) == 1:
            house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(80), adjusted_at=house.clock.now()))

    house.exchange.after = grown
    await house.check()
    assert [intent.rule for intent in house.exchange.submitted] == ["tier", "hedge"]
    assert house.held(CRV) == 2
    assert [event.contracts for event in house.listener.of("leg_grew")] == [80]


async def test_closed_and_opened_again_between_two_checks_is_a_new_life(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    await house.check()
    house.paper.drop_leg(CRV)
    house.paper.put_leg(paper_leg(contracts=100, opened_at=house.clock.now()))
    # Its price is believed from the second look on.
    await house.check(2)
    assert house.closed() == [Decimal(30), Decimal(30)]
    assert "leg_opened" in house.listener.kinds()


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    await house.check()
    house.restart()
    await house.check(3)
    assert house.closed() == [Decimal(30)]


@pytest.mark.parametrize("gone", ["empty", "half"])
async def test_one_reply_without_a_leg_says_nothing_two_do(tmp_path: Path, gone: str) -> None:
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP"))
    house.set_roi(CRV, 26)
    await house.check()
    keep = 0 if gone == "empty" else 1
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != CRV)[:keep])
    await house.check()
    assert house.ledger.lives()[CRV].gone_at is None
    house.exchange.view = lambda snapshot: snapshot
    await house.check(2)
    assert house.closed() == [Decimal(30)]
    assert "leg_gone" not in house.listener.kinds()


async def test_a_look_inside_a_check_counts_towards_a_leg_being_gone_as_any_other(tmp_path: Path) -> None:
    uni = key("UNI-USDT-SWAP")
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=50))
    await house.check()
    house.set_roi(CRV, 26)

    def without_uni(snapshot: Snapshot) -> Snapshot:
        # From the look after the order on.
        hidden = uni if house.exchange.submitted else None
        return snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != hidden))

    house.exchange.view = without_uni
    await house.check(every=7)
    await house.check(every=1)
    assert house.exchange.calls.count("snapshot") == 4
    assert house.listener.of("leg_gone") == []
    await house.check()
    assert [event.leg for event in house.listener.of("leg_gone")] == [uni]


async def test_a_leg_that_a_look_between_two_misses_shows_was_not_missing_twice(tmp_path: Path) -> None:
    """Hidden from the first look of each of two checks, shown by the look after an order: it was told as gone."""
    uni = key("UNI-USDT-SWAP")
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=50))
    await house.check()
    house.set_roi(CRV, 26)
    looks = itertools.count()

    def without_uni_at_first(snapshot: Snapshot) -> Snapshot:
        hidden = uni if next(looks) in (0, 2) else None
        return snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != hidden))

    house.exchange.view = without_uni_at_first
    await house.check()
    assert house.closed() == [Decimal(30)]
    await house.check()
    assert (next(looks), house.listener.of("leg_gone")) == (3, [])
    await house.check(2)
    assert house.ledger.lives()[uni].gone_at is None


async def test_a_leg_that_comes_back_in_the_same_life_does_not_fire_again(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    await house.check()
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=())
    await house.check(3)
    assert "leg_gone" in house.listener.kinds()
    house.exchange.view = lambda snapshot: snapshot
    await house.check(3)
    assert house.closed() == [Decimal(30)]
    assert house.listener.of("leg_opened")[0].reopened


async def test_failed_reads_are_told_once_a_day_and_their_end_once(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
    await house.check(5)
    assert house.listener.kinds().count("exchange_lost") == 1
    # A day later it is said again: nothing is guarded, and the alert of yesterday is forgotten.
    house.clock.forward(24 * 3600)
    await house.check(5)
    assert house.listener.kinds().count("exchange_lost") == 2
    house.exchange.before = lambda _: None
    await house.check(2)
    assert house.listener.kinds().count("exchange_found") == 1


async def test_refused_keys_stop_orders_and_resume_by_themselves(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    house.set_roi(CRV, 26)
    refuse = AccessRefused("50111: invalid key")
    house.exchange.before = lambda _: refuse
    await house.check(4)
    assert house.exchange.submitted == []
    house.exchange.before = lambda _: None
    await house.check(2)
    assert house.closed() == [Decimal(30)]
    assert [event.cause for event in house.listener.of("exchange_lost")] == ["refused"]
    assert [event.cause for event in house.listener.of("exchange_found")] == ["refused"]


async def test_an_order_that_the_keys_were_refused_for_is_not_looked_up(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", AccessRefused("50111: invalid key"))
    await house.check()
    assert house.ledger.open_intents() == []
    assert "find_order" not in house.exchange.calls


async def test_orders_that_are_refused_while_reads_succeed_are_told_a_bounded_number_of_times(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", AccessRefused("50120: no permission"), times=-1)
    await house.check(60)
    assert house.listener.kinds().count("exchange_lost") <= 2
    assert len(house.exchange.submitted) < 10
    house.exchange.before = lambda _: None
    await house.check(60)
    assert house.closed() == [Decimal(30)]


async def test_a_key_that_cannot_trade_sends_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.profile_view = lambda profile: profile.replaced(can_trade=False)
    await house.check(10)
    assert house.exchange.submitted == []
    assert house.listener.kinds().count("trading_forbidden") == 1
    house.exchange.profile_view = lambda profile: profile
    await house.check(10)
    assert house.closed() == [Decimal(30)]
    assert house.listener.kinds().count("trading_allowed") == 1


async def test_a_rejection_is_told_once_and_retried_with_a_growing_pause(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", OrderRefused("51121", "lot size"), times=-1)
    await house.check(60)
    assert 5 <= len(house.exchange.submitted) <= 8
    told = [told.number for told in house.ledger.outbox()]
    rejections = [number for number, event in house.listener.events if event.kind == "order_rejected"]
    assert len(rejections) == len(house.exchange.submitted)
    assert [number for number in rejections if number in told] == rejections[:1]
    assert house.fired(CRV) == []
    names = [intent.client_order_id for intent in house.exchange.submitted]
    assert len(set(names)) == len(names)
    house.exchange.before = lambda _: None
    await house.check(31)
    assert house.closed() == [Decimal(30)]


@pytest.mark.parametrize("place", ["before", "after"])
async def test_an_unknown_outcome_is_looked_up_and_never_doubled(tmp_path: Path, place: str) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    setattr(house.exchange, place, fail("submit", OutcomeUnknown("timed out")))
    await house.check(9)
    assert house.closed() == [Decimal(30)]
    assert house.fired(CRV) == [1]
    assert len(house.listener.of("tier_filled")) == 1
    if place == "before":
        # Sent a second time, under the same name.
        assert len({intent.client_order_id for intent in house.exchange.submitted}) == 1
        assert len(house.exchange.submitted) == 2


async def test_a_leg_with_an_unknown_outcome_is_left_alone(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 60)
    house.exchange.after = fail("submit", OutcomeUnknown("timed out"))
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=-1)
    await house.check(5)
    assert len(house.exchange.submitted) == 1
    assert house.listener.kinds().count("order_unresolved") == 1
    house.exchange.before = lambda _: None
    await house.check(3)
    assert house.closed() == [Decimal(30), Decimal(35), Decimal(17)]


async def test_a_part_fill_is_finished_by_the_next_check_and_is_never_a_second_share(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="20")])
    house.set_roi(CRV, 26)
    await house.check()
    assert house.closed() == [Decimal(20)]
    assert house.fired(CRV) == []
    await house.check()
    assert house.closed() == [Decimal(20), Decimal(10)]
    assert house.fired(CRV) == [1]
    assert [event.finished for event in house.listener.of("tier_filled")] == [False, True]
    await house.check(3)
    assert sum(house.closed()) == 30


async def test_an_order_canceled_halfway_counts_for_what_it_filled(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    real_submit = house.paper.submit

    async def half(intent):  # type: ignore[no-untyped-def]
        order_id = await real_submit(intent.replaced(contracts=Decimal(12)))
        order = house.paper.orders[intent.client_order_id]
        house.paper._orders[intent.client_order_id] = order.replaced(status=OrderStatus.CANCELED)
        house.paper.submit = real_submit  # type: ignore[method-assign]
        return order_id

    house.paper.submit = half  # type: ignore[method-assign]
    await house.check()
    assert house.held(CRV) == 88
    assert house.ledger.lives()[CRV].unfinished is not None
    await house.check(3)
    assert house.closed() == [Decimal(12), Decimal(18)]
    assert house.fired(CRV) == [1]


async def test_an_accepted_order_that_fills_later_marks_its_tier_only_then(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)

    def live(order: Order | None) -> Order | None:
        return order and order.replaced(status=OrderStatus.LIVE, filled_contracts=Decimal(0))

    house.exchange.order_view = live
    await house.check(3)
    assert house.fired(CRV) == []
    assert len(house.exchange.submitted) == 1
    house.exchange.order_view = lambda order: order
    await house.check()
    assert house.fired(CRV) == [1]


async def test_an_order_that_fills_a_moment_later_is_settled_by_the_same_check(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    looks: list[Order | None] = []

    def rests(order: Order | None) -> Order | None:
        looks.append(order)
        assert order is not None
        return order.replaced(status=OrderStatus.LIVE, filled_contracts=Decimal(0)) if len(looks) < 4 else order

    house.exchange.order_view = rests
    await house.check()
    assert (house.fired(CRV), house.ledger.open_intents()) == ([1], [])


async def test_dust_is_told_once_and_the_next_tier_counts(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=4, entry_price="50"))
    house.set_roi(CRV, 26)
    house.exchange.view = lambda snapshot: snapshot
    two = House(tmp_path / "two", paper_leg(contracts=2, entry_price="50"))
    two.set_roi(CRV, 26)
    await two.check(3)
    assert two.closed() == []
    assert two.listener.kinds().count("tier_is_dust") == 1
    two.set_roi(CRV, 36)
    await two.check(3)
    assert two.closed() == [Decimal(1)]
    assert two.fired(CRV) == [2]


async def test_growth_by_hand_is_noticed_and_does_not_rearm(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    await house.check()
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200)))
    await house.check(2)
    (event,) = house.listener.of("leg_grew")
    assert (event.before, event.contracts, event.fired, event.rearmed) == (70, 200, (1,), False)
    assert house.closed() == [Decimal(30)]


async def test_rearm_on_add(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), rules=SEED_RULES.replaced(rearm="on_add"))
    house.set_roi(CRV, 26)
    await house.check()
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200)))
    await house.check(2)
    assert house.closed() == [Decimal(30), Decimal(60)]


async def test_a_pause_sends_nothing_tells_once_and_survives(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.actions.pause("*", by=7)
    await house.check(3)
    house.restart()
    await house.check(3)
    assert house.exchange.submitted == []
    (event,) = house.listener.of("would_have_closed")
    assert event.intent.contracts == 30
    house.actions.resume("*", by=7)
    await house.check()
    assert house.closed() == [Decimal(30)]


async def test_one_instrument_paused_leaves_the_others_running(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=50))
    house.set_roi(CRV, 26)
    house.set_roi(key("UNI-USDT-SWAP"), 26)
    house.actions.pause("CRV-USDT-SWAP", by=7)
    await house.check()
    assert house.closed() == [Decimal(15)]


async def test_a_stale_row_after_a_fill_is_not_acted_on(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    before = (await house.paper.snapshot()).legs[0]
    house.set_roi(CRV, 60)
    await house.check()
    # The exchange shows the leg once more as it was before our fill.
    house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=(snapshot.legs[0].replaced(contracts=before.contracts, adjusted_at=before.adjusted_at),)
    )
    await house.check()
    assert house.closed() == [Decimal(30)]
    assert "leg_grew" not in house.listener.kinds()
    house.exchange.view = lambda snapshot: snapshot
    await house.check()
    assert house.closed() == [Decimal(30), Decimal(35)]


@pytest.mark.parametrize(("rearm", "lag", "jump"), [("on_close", 20, 0), ("on_add", 20, 0), ("on_close", 2, 60)])
async def test_a_row_from_before_our_fill_is_never_acted_on_however_late_it_comes(
    tmp_path: Path, rearm: Literal["on_close", "on_add"], lag: int, jump: int
) -> None:
    house = House(tmp_path, paper_leg(contracts=100), rules=SEED_RULES.replaced(rearm=rearm))
    await house.check()
    before = (await house.paper.snapshot()).legs[0]
    house.set_roi(CRV, 40)
    house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=(snapshot.legs[0].replaced(contracts=before.contracts, adjusted_at=before.adjusted_at),)
    )
    await house.check()
    house.clock.forward(jump)
    await house.check(lag)
    assert house.closed() == [Decimal(30)]
    assert "leg_grew" not in house.listener.kinds()
    # Left alone, but not in silence.
    assert [event.doubt.cause for event in house.listener.of("leg_doubted")] == ["behind"]
    house.exchange.view = lambda snapshot: snapshot
    await house.check(3)
    assert house.closed() == [Decimal(30), Decimal(35)]


async def test_one_leg_whose_numbers_cannot_be_worked_with_stops_nobody_else(tmp_path: Path) -> None:
    uni = key("UNI-USDT-SWAP")
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=100))
    await house.check()
    house.set_roi(CRV, 26)
    house.set_roi(uni, 26)
    # A value that the model takes, and that no counting of lots can follow.
    lots = Decimal("1E-200")
    house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(
            leg.replaced(instrument=leg.instrument.replaced(lot_size=lots)) if leg.key == CRV else leg for leg in snapshot.legs
        )
    )
    await house.check(4)
    assert house.checker.outage.failed_in_a_row == 0
    assert house.closed() == [Decimal(30)]
    assert house.held(uni) == 70
    assert [event.leg for event in house.listener.of("leg_unreadable")] == [CRV]
    house.exchange.view = lambda snapshot: snapshot
    await house.check()
    assert house.held(CRV) == 70


async def test_failures_after_a_good_look_do_not_ring_at_every_check(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=1000))
    await house.check()
    house.set_roi(CRV, 60)
    # The look that follows each order fails.
    house.exchange.before = lambda name: (
        TemporarilyDown("no answer") if name == "snapshot" and house.exchange.calls[-2] == "find_order" else None
    )
    await house.check(3)
    house.exchange.before = lambda name: TemporarilyDown("no answer") if house.exchange.calls[-2:] != ["snapshot"] else None
    await house.check(10)
    assert house.listener.kinds().count("exchange_lost") == 1
    assert house.listener.kinds().count("exchange_found") == 0
    house.exchange.before = lambda _: None
    await house.check(3)
    assert house.listener.kinds().count("exchange_found") == 1
    assert house.fired(CRV) == [1, 2, 3]


async def test_a_failed_check_or_two_are_nothing_to_tell(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    for _ in range(5):
        house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
        await house.check(2)
        house.exchange.before = lambda _: None
        await house.check()
    assert "exchange_lost" not in house.listener.kinds()


async def test_failing_for_a_minute_is_told_however_seldom_it_looks(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
    await house.check(2, every=300)
    assert house.listener.kinds().count("exchange_lost") == 1


async def test_a_lost_order_on_a_leg_that_the_exchange_shows_as_older_does_not_lock_it(tmp_path: Path) -> None:
    """On paper, or by a row with a wrong time: the clock was put back and the leg opened anew while an order was open."""
    house = House(tmp_path, paper_leg(contracts=100, opened_at=OPENED_AT + dt.timedelta(hours=2)))
    await house.check()
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", OutcomeUnknown("timed out"))
    await house.check()
    house.paper.put_leg(paper_leg(contracts=100, opened_at=OPENED_AT + dt.timedelta(hours=1)))
    await house.check(11)
    assert house.ledger.open_intents() == []
    # For as long as a late reply may show it, it is the life of before, whose tiers have fired.
    assert house.closed() == []
    house.clock.forward(LONGEST_BEHIND.total_seconds())
    await house.check(2)
    assert house.closed() == [Decimal(30)]


async def test_a_broken_check_is_told_and_the_next_one_starts_anew(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()

    def broken(_: object) -> object:
        raise ZeroDivisionError

    house.exchange.view = broken  # type: ignore[assignment]
    await house.check(3)
    assert [event.cause for event in house.listener.of("exchange_lost")] == ["broken"]
    house.exchange.view = lambda snapshot: snapshot
    house.set_roi(CRV, 26)
    await house.check()
    assert house.closed() == [Decimal(30)]


async def test_both_margin_modes_of_one_side_are_two_legs(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        paper_leg(contracts=100),
        paper_leg(contracts=50, mode="isolated"),
    )
    house.set_roi(CRV, 26)
    await house.check(2)
    assert sorted(house.closed()) == [Decimal(15), Decimal(30)]
    assert {intent.leg.margin_mode.value for intent in house.exchange.submitted} == {"cross", "isolated"}


async def test_the_start_is_told_with_what_is_watched(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=1))
    await house.check(3)
    (event,) = house.listener.of("started")
    assert (event.legs, event.small_legs) == (2, 1)
    assert "leg_opened" not in house.listener.kinds()


async def test_legs_opened_later_are_told(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    house.prices._instruments["UNI-USDT-SWAP"] = instrument("UNI-USDT-SWAP")
    house.prices.marks["UNI-USDT-SWAP"] = Decimal(5)
    house.paper.put_leg(paper_leg("UNI-USDT-SWAP", opened_at=house.clock.now() + dt.timedelta(seconds=1)))
    await house.check()
    assert [event.leg.instrument_id for event in house.listener.of("leg_opened")] == ["UNI-USDT-SWAP"]


async def test_an_order_that_arrives_seconds_late_is_not_sent_a_second_time(tmp_path: Path) -> None:
    """A check every second looks often; "not found" is believed only five seconds after the first look."""
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", OutcomeUnknown("timed out"))
    await house.check(every=1)
    await house.check(2, every=1)
    # Here it arrives after all.
    await house.paper.submit(house.exchange.submitted[0])
    await house.check(10, every=1)
    assert len(house.exchange.submitted) == 1
    assert house.held(CRV) == 70
    assert house.fired(CRV) == [1]


@pytest.mark.parametrize("broken", [0, 1, 2])
@pytest.mark.parametrize("exc", [OSError("Input/output error"), LedgerWriteFailed("the disk is full")])
async def test_what_breaks_at_the_end_of_a_check_is_told_once_and_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: int, exc: Exception
) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    checker, ran = house.checker, [0, 0, 0]
    await house.check()
    with monkeypatch.context() as patch:

        def run(part: int) -> None:
            ran[part] += 1
            if part == broken:
                raise exc

        async def run_beside(part: int) -> None:
            run(part)

        patch.setattr(checker.closes, "tell", partial(run_beside, 0))
        patch.setattr(checker.orders, "look_again", partial(run_beside, 1))
        patch.setattr(checker.executor.outcomes.fills, "tell_waiting", partial(run, 2))
        house.set_roi(CRV, 26)
        report = await house.check(8)
    assert report.error is not None
    assert ran == [8, 8, 8]
    assert house.closed() == [Decimal(30)]
    assert len(house.listener.reports) == 9
    assert checker.health.reading().failed_checks == 8
    assert [event.cause for event in house.listener.of("exchange_lost")] == ["broken"]
    assert len(house.listener.alarms) == isinstance(exc, LedgerWriteFailed)
    assert house.listener.of("exchange_found") == []
    await house.check()
    assert [event.cause for event in house.listener.of("exchange_found")] == ["broken"]


async def test_a_check_that_takes_for_ever_is_given_up_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    with monkeypatch.context() as patch:
        patch.setattr(cycle, "LONGEST_CHECK", 0.01)
        patch.setattr(house.exchange, "snapshot", asyncio.Event().wait)
        report = await house.check(3)
    assert report.error is not None
    assert report.error.problem == Problem("problem.long", seconds=0.01)
    assert [event.cause for event in house.listener.of("exchange_lost")] == ["down"]
    assert not house.checker.is_busy
    house.set_roi(CRV, 26)
    await house.check()
    assert house.closed() == [Decimal(30)]


async def test_a_cached_row_after_a_change_by_hand_re_arms_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), rules=SEED_RULES.replaced(rearm="on_add"))
    house.set_roi(CRV, 26)
    await house.check(2)
    before = (await house.paper.snapshot()).legs[0]
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(40), adjusted_at=house.clock.now()))
    await house.check()
    house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=(snapshot.legs[0].replaced(contracts=before.contracts, adjusted_at=before.adjusted_at),)
    )
    await house.check(3)
    house.exchange.view = lambda snapshot: snapshot
    await house.check(3)
    assert house.listener.kinds().count("leg_shrank") == 1
    assert "leg_grew" not in house.listener.kinds()
    assert house.fired(CRV) == [1]
    assert house.closed() == [Decimal(30)]


async def test_a_repetition_that_arrives_seconds_late_is_not_sent_again_either(tmp_path: Path) -> None:
    """The second order under one name has its own five seconds: what was not found before says nothing of it."""
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", OutcomeUnknown("timed out"), times=2)
    while len(house.exchange.submitted) < 2:
        await house.check(every=1)
    await house.check(3, every=1)
    await house.paper.submit(house.exchange.submitted[1])
    await house.check(30, every=1)
    assert len(house.exchange.submitted) == 2
    assert house.held(CRV) == 70
    assert house.fired(CRV) == [1]
    assert "leg_shrank" not in house.listener.kinds()
