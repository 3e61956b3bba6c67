"""What waits for the next check, or counts checks, goes by seconds: one that is woken may come milliseconds later."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.monitoring.test_observer import pair, spoil
from tests.engine.upkeep.test_scheduler import correct, house, with_margin
from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tgtp.domain.model import Snapshot
from tgtp.errors import AccessRefused, NotSent, TemporarilyDown

CRV, UNI = key(), key("UNI-USDT-SWAP")
SOON = 0.05


def hide(home: House, *hidden: Any) -> None:
    home.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key not in hidden))


def show(home: House) -> None:
    home.exchange.view = lambda snapshot: snapshot


async def test_replies_without_a_leg_within_eight_seconds_forget_no_tier(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP"))
    home.set_roi(CRV, 26)
    await home.check()
    hide(home, CRV)
    await home.check(20, every=SOON)
    await home.check(3, every=3)
    assert home.listener.of("leg_gone") == []
    show(home)
    await home.check(3, every=SOON)
    assert home.closed() == [Decimal(30)]
    # The reply that showed it between them has begun it anew.
    hide(home, CRV)
    await home.check(2, every=7.9)
    assert home.listener.of("leg_gone") == []
    await home.check()
    assert [event.leg for event in home.listener.of("leg_gone")] == [CRV]
    show(home)
    await home.check(3)
    assert home.closed() == [Decimal(30)]


async def test_a_clock_that_is_set_makes_two_stale_replies_no_end_of_a_leg(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP"))
    home.set_roi(CRV, 26)
    await home.check()
    hide(home, CRV)
    await home.check(every=SOON)
    home.clock.set_back(3600)
    await home.check(every=SOON)
    assert home.listener.of("leg_gone") == []
    show(home)
    await home.check(2)
    assert home.closed() == [Decimal(30)]


async def test_a_leg_that_can_be_read_again_is_left_alone_for_seconds(tmp_path: Path) -> None:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    account.open_leg("UNI-USDT-SWAP", "long", "50", "6")
    async with OkxHouse(tmp_path, account) as home:
        await home.check()
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        home.server.fault("/account/positions", "wrong_types", field="avgPx", value="?", row="CRV-USDT-SWAP")
        await home.check()
        await home.check(10, every=SOON)
        assert home.closed(leg_key("CRV-USDT-SWAP")) == []
        home.clock.ahead += 8  # type: ignore[attr-defined]
        await home.check()
        assert home.closed(leg_key("CRV-USDT-SWAP")) == [30]


@pytest.mark.parametrize(
    "spoiled", [{"mark_price": Decimal("6.1")}, {"mark_price": Decimal("5.2"), "exchange_roi": Decimal(1)}]
)
async def test_numbers_in_doubt_are_not_believed_a_moment_later(tmp_path: Path, spoiled: dict[str, Any]) -> None:
    home = pair(tmp_path)
    await home.check()
    spoil(home, **spoiled)
    await home.check(every=SOON)
    spoil(home, mark_price=spoiled["mark_price"])
    await home.check(20, every=SOON)
    assert home.closed() == []
    assert len(home.listener.of("leg_doubted")) == 1
    home.clock.forward(7)
    await home.check()
    assert home.held(CRV) == 70
    assert home.checker.observer.doubts == {}


async def test_many_failures_in_a_moment_are_nothing_to_tell(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg())
    await home.check()
    home.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
    await home.check(15, every=SOON)
    assert home.listener.of("exchange_lost") == []
    home.clock.forward(10)
    await home.check()
    assert [event.cause for event in home.listener.of("exchange_lost")] == ["down"]


async def test_an_order_that_did_not_leave_is_not_tried_and_told_within_a_moment(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg(contracts=100))
    await home.check()
    home.set_roi(CRV, 26)
    home.exchange.before = fail("submit", NotSent("no route"), times=-1)
    await home.check(10, every=SOON)
    assert len(home.exchange.submitted) == 1
    home.clock.forward(8)
    await home.check(10, every=SOON)
    assert len(home.exchange.submitted) == 2
    home.exchange.before = lambda _: None
    await home.check(3)
    assert home.closed() == [Decimal(30)]


async def test_reads_prove_nothing_before_an_order_could_be_refused_again(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg(contracts=100))
    home.set_roi(CRV, 26)
    home.exchange.before = fail("submit", AccessRefused("50120: no permission"), times=1)
    await home.check(10, every=SOON)
    assert home.listener.of("exchange_found") == []
    await home.check(2)
    assert home.closed() == [Decimal(30)]
    assert len(home.listener.of("exchange_lost")) == len(home.listener.of("exchange_found")) == 1


async def test_a_start_does_not_send_past_unknown_orders_because_checks_come_soon(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg(contracts=100))
    await home.check()
    home.restart()
    home.set_roi(CRV, 26)
    home.exchange.before = fail("orders_since", TemporarilyDown("no answer"), times=-1)
    await home.check(10, every=SOON)
    assert home.exchange.submitted == []
    await home.check(3)
    assert home.closed() == [Decimal(30)]


async def test_the_steps_of_a_correction_are_ten_seconds_apart(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("30"))
    await home.check()
    await correct(home)
    at: list[float] = []

    def moved(name: str) -> None:
        if name == "move_margin":
            at.append(home.clock.monotonic())

    home.exchange.after = moved
    while home.listener.of("corrected") == []:
        await home.check(every=0.5)
    assert [move.amount for move in home.exchange.moves] == [-5, -5, -5, -5]
    assert [after - before for before, after in itertools.pairwise(at)] == [10, 10]


async def test_what_lay_between_two_samples_is_kept_in_two_numbers(tmp_path: Path) -> None:
    home = House(tmp_path, paper_leg(contracts=100))
    await home.check()
    for roi in (5, -7, 3):
        home.set_roi(CRV, roi)
        await home.check(every=SOON)
    home.set_roi(CRV, 0)
    home.clock.forward(300)
    snapshot: Snapshot = (await home.check()).snapshot  # type: ignore[assignment]
    (_, sample) = home.checker.equity_history.since(home.clock.now().replace(year=2000))
    assert (sample.lowest, sample.highest) == (snapshot.equity - Decimal("3.5"), snapshot.equity + Decimal("2.5"))  # type: ignore[operator]
