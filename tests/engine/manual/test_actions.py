"""What people do by hand, at the engine."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.engine import House, occupied
from tests.fixtures.fakes import fail, key, paper_leg
from tgtp.domain.examples import instrument
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.orders.execute import LOOKS
from tgtp.errors import AccessRefused, OrderRefused, OutcomeUnknown, TemporarilyDown

CRV, UNI = key(), key("UNI-USDT-SWAP")


async def opened(folder: Path) -> House:
    house = House(folder, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=50))
    await house.check()
    return house


def orders(house: House, **contracts: int) -> list[CloseOrder]:
    assert house.checker.last_good is not None
    legs = {leg.instrument.coin: leg for leg in house.checker.last_good.legs}
    return [CloseOrder(legs[coin], Decimal(count)) for coin, count in contracts.items()]


async def test_a_close_by_hand_is_exact_recorded_and_told(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    result = await house.actions.close(orders(house, CRV=40), 7, "nonce")
    assert [intent.contracts for intent in result.sent] == [40]
    assert house.held(CRV) == 60
    assert house.listener.of("close_asked")[0].by == 7
    assert house.listener.of("hand_filled")[0].intent.by == 7
    await house.check(2)
    # Our own order is no change made by somebody else.
    assert "leg_shrank" not in house.listener.kinds()


async def test_who_reads_its_outcome_on_the_card_is_not_told_beside_it(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    await house.actions.close(orders(house, CRV=40), 7, "one")
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=len(LOOKS))
    await house.actions.close(orders(house, UNI=10), 7, "two")
    # The card of this one has said that it is looked up; what became of it comes as a message.
    await house.check()
    told = [(told.on_card, told.kind) for told in house.ledger.outbox() if told.kind == "hand_filled"]
    assert told == [(7, "hand_filled"), (None, "hand_filled")]


async def test_it_works_while_paused(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.actions.pause("*", by=7)
    await house.actions.close(orders(house, CRV=100), 7, "nonce")
    assert house.held(CRV) == 0


async def test_a_leg_that_changed_since_sends_nothing_at_all(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=40, UNI=10)
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(99)))
    result = await house.actions.close(asked, 7, "nonce")
    assert result.changed == (CRV,)
    assert house.closed() == []


async def test_a_leg_with_an_unknown_order_is_busy(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.exchange.after = fail("submit", OutcomeUnknown("timed out"))
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=-1)
    first = await house.actions.close(orders(house, CRV=40), 7, "one")
    assert first.unresolved == (CRV,)
    second = await house.actions.close(orders(house, CRV=40), 7, "two")
    assert second.busy == (CRV,)
    house.exchange.before = lambda _: None
    await house.check(2)
    assert house.closed() == [Decimal(40)]


async def test_a_leg_that_is_still_shown_as_before_our_last_order_is_busy(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=50)
    before = asked[0].leg
    house.set_roi(CRV, 26)
    await house.check()
    house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(
            leg.replaced(contracts=before.contracts, adjusted_at=before.adjusted_at) if leg.key == CRV else leg
            for leg in snapshot.legs
        )
    )
    result = await house.actions.close(asked, 7, "nonce")
    assert (result.busy, result.sent) == ((CRV,), ())
    assert house.closed() == [Decimal(30)]


async def test_keys_refused_halfway_are_said_beside_what_went_out(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=40, UNI=10)
    sent = 0

    def second_is_refused(name: str) -> BaseException | None:
        nonlocal sent
        sent += name == "submit"
        return AccessRefused("50111: invalid key") if name == "submit" and sent == 2 else None

    house.exchange.before = second_is_refused
    result = await house.actions.close(asked, 7, "nonce")
    assert house.closed() == [Decimal(40)]
    assert "50111" in str(result.problem)
    assert len(house.listener.of("hand_filled")) == 1


async def test_an_account_that_cannot_be_seen_raises_and_sends_nothing(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
    with pytest.raises(TemporarilyDown):
        await house.actions.close(orders(house, CRV=40), 7, "nonce")
    assert house.exchange.submitted == []


async def test_its_looks_do_not_make_a_leg_gone_within_eight_seconds(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=40)
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != UNI))
    await house.actions.close(asked, 7, "nonce")
    await house.check(3, every=2.5)
    assert house.listener.of("leg_gone") == []
    await house.check(every=0.5)
    assert house.listener.of("leg_gone") == []
    await house.check()
    assert [event.leg for event in house.listener.of("leg_gone")] == [UNI]


async def test_what_is_meant_when_the_end_comes_is_not_sent(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=40)
    house.checker.stopping = True
    result = await house.actions.close(asked, 7, "nonce")
    assert (house.exchange.submitted, result.unresolved, house.ledger.open_intents()) == ([], (), [])


async def test_a_leg_opened_anew_since_it_was_shown_is_not_closed(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=40)
    anew = house.clock.now()
    house.paper.put_leg(house.leg(CRV).replaced(opened_at=anew, adjusted_at=anew))
    result = await house.actions.close(asked, 7, "nonce")
    assert (result.changed, house.closed()) == ((CRV,), [])


async def test_more_than_one_order_may_be_goes_in_parts(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts=60)])
    await house.check()
    result = await house.actions.close(orders(house, CRV=100), 7, "nonce")
    assert [intent.contracts for intent in result.sent] == [60, 40]
    assert result.sent[0].basis.target_contracts == 100
    assert house.held(CRV) == 0


async def test_resuming_one_coin_leaves_the_others_paused(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    for name in ("CRV-USDT-SWAP", "UNI-USDT-SWAP"):
        house.actions.pause(name, by=7)
    house.actions.resume("CRV-USDT-SWAP", by=7)
    assert house.ledger.paused() == {"UNI-USDT-SWAP"}


async def test_a_ladder_is_not_armed_anew_while_an_order_of_it_is_open(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.exchange.after = fail("submit", OutcomeUnknown("timed out"))
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=-1)
    house.set_roi(CRV, 26)
    await house.check()
    assert not await house.actions.rearm(house.ledger.lives()[CRV], by=7)


async def test_closing_waits_for_the_check_that_is_running(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    async with occupied(house.checker):
        closing = asyncio.create_task(house.actions.close(orders(house, CRV=40), 7, "nonce"))
        for _ in range(50):
            await asyncio.sleep(0)
        assert house.exchange.submitted == []
    await closing
    assert house.closed() == [Decimal(40)]


async def test_a_check_waits_for_the_command_that_is_running(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.set_roi(CRV, 26)
    async with occupied(house.checker):
        check = asyncio.create_task(house.check())
        for _ in range(50):
            await asyncio.sleep(0)
        assert house.exchange.submitted == []
    await check
    assert house.closed() == [Decimal(30)]


async def test_the_end_waits_for_the_command_that_is_running(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    async with occupied(house.checker):
        end = asyncio.create_task(house.checker.finish())
        for _ in range(50):
            await asyncio.sleep(0)
        assert not end.done()
    await end


async def test_a_close_that_is_given_up_while_it_waits_sends_nothing(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    async with occupied(house.checker):
        closing = asyncio.create_task(house.actions.close(orders(house, CRV=40), 7, "nonce"))
        await asyncio.sleep(0)
        closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    await house.check()
    assert house.exchange.submitted == []
    assert not house.checker.is_busy


async def test_a_command_that_fails_lets_the_next_one_in(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=40)
    house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
    with pytest.raises(TemporarilyDown):
        await house.actions.close(asked, 7, "nonce")
    house.exchange.before = lambda _: None
    assert not house.checker.is_busy
    await house.actions.close(orders(house, CRV=40), 7, "nonce")
    assert house.closed() == [Decimal(40)]


async def test_pause_and_resume_are_no_toggles(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    assert house.actions.pause("*", by=7)
    assert not house.actions.pause("*", by=7)
    assert house.actions.resume("*", by=7)
    assert not house.actions.resume("*", by=7)
    assert house.listener.kinds().count("paused") == 1


async def test_resume_all_ends_every_pause(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.actions.pause("CRV-USDT-SWAP", by=7)
    house.actions.pause("*", by=7)
    house.actions.resume("*", by=7)
    assert house.ledger.paused() == frozenset()


async def test_rearm_empties_no_ladder_of_which_more_has_fired_while_it_waited(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.set_roi(CRV, 26)
    await house.check()
    shown = house.ledger.lives()[CRV]
    house.set_roi(CRV, 36)
    async with occupied(house.checker):
        check = asyncio.create_task(house.check())
        await asyncio.sleep(0)
        rearm = asyncio.create_task(house.actions.rearm(shown, by=7))
        await asyncio.sleep(0)
    await check
    assert not await rearm
    assert house.ledger.lives()[CRV].fired_numbers == {1, 2}
    assert house.closed() == [30, 35]


async def test_rearm_lets_all_tiers_fire_again_under_new_names(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.set_roi(CRV, 26)
    await house.check()
    life = house.ledger.lives()[CRV]
    assert await house.actions.rearm(life, by=7)
    # The button of the same message works once.
    assert not await house.actions.rearm(life, by=7)
    await house.check()
    assert house.closed() == [Decimal(30), Decimal(21)]
    names = [intent.client_order_id for intent in house.exchange.submitted]
    assert len(set(names)) == 2
    # Nor does it once the same tier has fired again.
    assert house.ledger.lives()[CRV].fired_numbers == life.fired_numbers
    assert not await house.actions.rearm(life, by=7)


async def test_the_ladder_of_a_leg_that_is_gone_is_not_emptied(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    life = house.ledger.lives()[CRV]
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != CRV))
    await house.check(2)
    gone = house.ledger.lives()[CRV]
    assert gone.gone_at is not None
    assert not await house.actions.rearm(gone, by=7)
    assert house.ledger.lives()[CRV].generation == life.generation


async def test_parts_go_out_one_after_the_other_and_never_more_than_asked(tmp_path: Path) -> None:
    spec = instrument(max_market_contracts="15", min_contracts="4")
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=50), instruments=[spec])
    await house.check()
    result = await house.actions.close(orders(house, CRV=47, UNI=50), 7, "nonce")
    crv = [intent for intent in result.sent if intent.leg == CRV]
    # A last part below the smallest order would be refused: the one before is shorter instead.
    assert [intent.contracts for intent in crv] == [15, 15, 13, 4]
    # Each is decided on what the one before has left.
    assert [intent.basis.contracts for intent in crv] == [100, 85, 70, 57]
    assert len({intent.client_order_id for intent in result.sent}) == len(result.sent)
    assert [house.held(CRV), house.held(UNI)] == [53, 0]
    assert [event.contracts for event in house.listener.of("close_asked")] == [(47, 50)]
    await house.check(2)
    assert "leg_shrank" not in house.listener.kinds()


async def test_a_part_that_filled_partly_ends_it(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="40")])
    await house.check()
    house.exchange.order_view = lambda order: order and order.replaced(filled_contracts=39, status="canceled")
    result = await house.actions.close(orders(house, CRV=100), 7, "nonce")
    assert len(result.sent) == 1


async def test_one_that_is_refused_holds_back_no_rule_and_promises_nothing(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    before = house.ledger.lives()[CRV]
    house.exchange.before = fail("submit", OrderRefused("51121", "lot size"))
    await house.actions.close(orders(house, CRV=40), 7, "nonce")
    (event,) = house.listener.of("order_rejected")
    assert (event.again_at, event.intent.rule) == (None, "hand")
    assert house.ledger.lives()[CRV] == before


async def test_parts_stop_when_the_program_ends(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="40")])
    await house.check()

    def stop(name: str) -> None:
        house.checker.stopping = name == "submit" or house.checker.stopping

    house.exchange.after = stop
    await house.actions.close(orders(house, CRV=100), 7, "nonce")
    assert house.closed() == [40]


async def test_parts_do_not_hold_the_checks_up_for_ever(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="1")])
    await house.check()
    house.exchange.after = lambda name: house.clock.forward(10 if name == "submit" else 0)
    await house.actions.close(orders(house, CRV=100), 7, "nonce")
    assert len(house.closed()) == 6


async def test_closing_everything_leaves_a_leg_of_another_life_alone(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    asked = orders(house, CRV=100, UNI=50)
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(10), opened_at=house.clock.now()))
    result = await house.actions.close(asked, 7, "nonce", seen=frozenset({CRV, UNI}))
    assert result.changed == (CRV,)
    assert house.closed() == [Decimal(50)]
