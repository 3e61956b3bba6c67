"""What became of an order: acknowledged is never "not arrived", our trades are the witness, nothing stays open in silence.

Each runs in both worlds: whether OKX takes the name of a finished order again is not known.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.test_bad_days import CRV, FOUND, ORDER, SETTLED, an_account, expect_one_first_tier, win
from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import NOW, fail, key, paper_leg
from tests.fixtures.okx_engine import OkxHouse, QuickClock, intent_for
from tests.fixtures.sentences import raises
from tests.simulation.exchange.account import Account
from tgtp.domain.life import Life
from tgtp.domain.order import LOOK_UP_LAG, ORDER_LIFETIME, TRADES_KEPT, UNFILLED_KEPT, Intent, Order, OrderStatus
from tgtp.domain.plan import basis_of
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.orders.execute import KNOWN_AFTER, LOOKS
from tgtp.engine.orders.outcomes import TOLD_AFTER
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.tasks import side_by_side
from tgtp.errors import AccessRefused, LedgerWriteFailed, OutcomeUnknown, TemporarilyDown

UNANSWERED: dict[str, Any] = {"acknowledged_at": None, "order_id": ""}
HISTORY, TRADES = "/trade/orders-history", "/trade/fills-history"


@pytest.fixture(params=[True, False], ids=["names reusable", "names taken"])
def account(request: pytest.FixtureRequest) -> Account:
    return an_account(reuses=request.param)


def lag(account: Account, *, order: float = 0, row: float = 0, fill: float = 0) -> None:
    account.order_lag, account.row_lag, account.fill_lag = order, row, fill


def fill_only(account: Account, share: str) -> None:
    """The next order fills only so much, and ends with that."""
    place = account.place

    def partly(body: Any, **options: Any) -> Any:
        account.place = place  # type: ignore[method-assign]
        return place(body, **{**options, "share": Decimal(share)})

    account.place = partly  # type: ignore[method-assign]


def hide_records(house: OkxHouse) -> None:
    """Leave the trades as the only witness."""
    house.server.fault(FOUND, "code", code="51603", times=None)
    house.server.fault(HISTORY, "empty_list", times=None)


# -- acknowledged ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [15, LOOK_UP_LAG])
@pytest.mark.parametrize("row", [False, True], ids=["legs at once", "legs lag"])
@pytest.mark.parametrize("fill", [False, True], ids=["trades at once", "trades lag"])
async def test_an_acknowledged_order_that_lags_is_not_sent_again(
    tmp_path: Path, account: Account, seconds: int, row: bool, fill: bool
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        lag(account, order=seconds, row=seconds * row, fill=seconds * fill)
        await house.check(SETTLED + 6)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


async def test_an_acknowledged_order_stays_open_for_as_long_as_nothing_shows_it(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        lag(account, order=3000, fill=3000)
        await house.check(20)
        assert len(house.told("order_unresolved")) == 1
        await house.restart()
        await house.check(100)
        assert len(house.orders_asked()) == 1
        assert len(house.told("order_unresolved")) == 1
        lag(account)
        await house.check(2)
        expect_one_first_tier(house)


async def test_an_order_that_ended_unfilled_and_is_forgotten_is_planned_anew_after_two_hours(
    tmp_path: Path, account: Account
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        lag(account, order=1e6)
        fill_only(account, "0")
        begun = house.clock.now()
        while not house.told("order_rejected"):
            assert house.clock.now() - begun < UNFILLED_KEPT + dt.timedelta(minutes=5)
            await house.check(every=60)
            assert len(house.orders_asked()) == 1
        assert house.clock.now() - begun >= UNFILLED_KEPT
        lag(account)
        await house.check(4)
        expect_one_first_tier(house)
        assert len({record.body["clOrdId"] for record in house.orders_asked()}) == 2


# -- without an acknowledgement ----------------------------------------------------------------------------------------------


async def test_what_filled_of_an_order_is_never_closed_twice(tmp_path: Path, account: Account) -> None:
    """300 of 1000 were meant and 102 filled; the reply is lost and the row is unknown, but the trades name the order."""
    account.grow_leg("CRV-USDT-SWAP", "long", "900")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        fill_only(account, "0.34")
        house.server.fault(ORDER, "drop", after_effect=True)
        hide_records(house)
        await house.check(SETTLED + 6)
        house.server.clear_faults()
        await house.check(SETTLED)
        assert sum(house.closed(CRV)) == 300
        assert house.fired(CRV) == [1]
        assert len({record.body["clOrdId"] for record in house.orders_asked()}) == 2


async def test_a_leg_that_waits_for_trades_that_cannot_be_read_is_told_of(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house, 60)
        house.server.fault(ORDER, "drop")
        house.server.fault(TRADES, "http_500", times=None)
        await house.check(60)
        assert len(house.told("order_unresolved")) == 1
        assert len(house.orders_asked()) == 1
        house.server.clear_faults()
        win(house)
        await house.check(2)
        expect_one_first_tier(house)


@pytest.mark.parametrize("restarts", [False, True])
async def test_an_order_is_not_lost_before_it_could_be_known(tmp_path: Path, account: Account, restarts: bool) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "drop", after_effect=True)
        lag(account, order=LOOK_UP_LAG, row=LOOK_UP_LAG, fill=LOOK_UP_LAG)
        await house.check()
        if restarts:
            # Meant long ago, and sent in the last moment of the process that died.
            await house.restart()
        await house.check(SETTLED + 6)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


async def test_an_order_that_never_left_this_machine_is_tried_again_at_the_next_check(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        client: Any = house.okx._client
        fetch = client.fetch

        async def refused(url: str, *rest: Any) -> Any:
            client.fetch = fetch
            # Nobody listens there.
            return await fetch(url.replace(house.server.host, "127.0.0.1:9"), *rest)

        post = house.okx._orders._post_order

        async def order(request: dict[str, Any]) -> Any:
            client.fetch = refused
            house.okx._orders._post_order = post  # type: ignore[method-assign]
            return await post(request)

        house.okx._orders._post_order = order  # type: ignore[method-assign]
        await house.check()
        assert house.orders_asked() == []
        assert house.ledger.open_intents() == []
        await house.check()
        expect_one_first_tier(house)
        assert house.told("order_unresolved") == house.told("order_not_arrived") == []


# -- no way out in silence -----------------------------------------------------------------------------------------------------

ROWS = ("none", "live", "filled", "canceled", "down", "refused")
RECORDS = ("none", "part", "filled", "canceled", "down", "refused")
AGES = (0, TOLD_AFTER.total_seconds() + 1, KNOWN_AFTER + 1, UNFILLED_KEPT.total_seconds() + 1)


def answer_of(word: str, intent: Intent) -> Order | None:
    if word == "down":
        raise TemporarilyDown("no answer")
    if word == "refused":
        raise AccessRefused("50111: key")
    if word == "none":
        return None
    filled = {"live": Decimal(0), "canceled": Decimal(0), "part": Decimal(12), "filled": intent.contracts}[word]
    return Order(
        client_order_id=intent.client_order_id,
        order_id="7",
        status={"filled": OrderStatus.FILLED, "canceled": OrderStatus.CANCELED}.get(word, OrderStatus.LIVE),
        filled_contracts=filled,
        average_price=Decimal("0.41"),
        updated_at=intent.meant_at + dt.timedelta(seconds=1),
    )


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("acknowledged", [True, False], ids=["acknowledged", "no reply"])
async def test_every_end_of_the_settling_code_says_something(
    tmp_path: Path, row: str, acknowledged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (record, age, closed) in enumerate(itertools.product(RECORDS, AGES, (False, True))):
        house = House(tmp_path / f"{row}{number}", paper_leg(contracts=100))
        await house.check()
        leg = (await house.paper.snapshot()).legs[0]
        meant_at = house.clock.now()
        intent = Intent(
            client_order_id="tgmeant",
            leg=leg.key,
            opened_at=leg.opened_at,
            position_mode=leg.position_mode,
            rule="tier",
            tag="tier1",
            tier=1,
            contracts=Decimal(30),
            basis=basis_of(leg, Decimal(30)),
            meant_at=meant_at,
            acknowledged_at=meant_at if acknowledged else None,
            order_id="7" if acknowledged else "",
        )
        with house.ledger.step():
            house.ledger.keep_intent(intent)
        snapshot = await house.paper.snapshot()
        if closed:
            anew = leg.replaced(opened_at=leg.opened_at + dt.timedelta(seconds=1), adjusted_at=meant_at)
            snapshot = snapshot.replaced(legs=(anew,))
        house.exchange.find_order = _answers(row)  # type: ignore[method-assign]
        house.exchange.find_trades = _answers(record)  # type: ignore[method-assign]
        house.clock.forward(age)
        before = len(house.ledger.history(100))
        await house.checker.executor.settle_open(snapshot)
        events = [event.kind for _, event in house.ledger.history(100)][: len(house.ledger.history(100)) - before]
        is_open = bool(house.ledger.open_intents())
        case = (row, record, age, closed, acknowledged, events)
        if not is_open:
            assert events[0] in ("tier_filled", "order_rejected", "order_not_arrived"), case
            assert not (acknowledged and "order_not_arrived" in events), case
        else:
            assert ("order_unresolved" in events) == (age > TOLD_AFTER.total_seconds()), case
        knows_end = row in ("filled", "canceled") or (row == "none" and record in ("filled", "canceled"))
        assert not (knows_end and is_open), case
        if row == "none" and record in ("none", "part") and age < KNOWN_AFTER:
            assert is_open, case
        if row == record == "none" and age > KNOWN_AFTER:
            forgotten = not acknowledged or closed or age > UNFILLED_KEPT.total_seconds()
            assert is_open is not forgotten, case
        house.ledger.close()


def _answers(word: str) -> Any:
    async def answer(intent: Intent) -> Order | None:
        return answer_of(word, intent)

    return answer


async def test_an_order_older_than_the_records_is_left_to_a_person(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)
    house.exchange.before = lambda name: OutcomeUnknown("no reply") if name == "submit" else None
    await house.check()
    house.clock.forward(dt.timedelta(days=100).total_seconds())
    await house.check(12)
    assert len(house.ledger.open_intents()) == len(house.exchange.submitted) == 1
    assert house.listener.kinds().count("order_unresolved") == 1


# -- what somebody thought of who had not written it -------------------------------------------------------------------------


@pytest.mark.parametrize("rearm", ["on_add", "on_close"])
async def test_a_row_of_between_an_orders_decision_and_its_fill_is_not_believed(tmp_path: Path, rearm: Any) -> None:
    account = an_account(reuses=True)
    async with OkxHouse(tmp_path, account) as house:
        house.checker.rulebook = RuleBook(house.ledger, SEED_RULES.replaced(rearm=rearm))
        await house.check(2)
        lag(account, row=LOOK_UP_LAG)
        # Seen a minute later; meanwhile the tier is decided on the leg as it was, and fills.
        account.shrink_leg("CRV-USDT-SWAP", "long", "10")
        await house.check(4, every=5)
        win(house)
        await house.check(60, every=5)
        assert house.closed(CRV) == [30]
        assert house.told("leg_grew") == []


async def test_a_settling_that_could_not_be_written_does_not_forget_when_the_order_was_sent(
    tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(12)
        win(house)
        house.server.fault(ORDER, "drop", after_effect=True)
        record = house.ledger.record

        def fails_once(event: Any, **options: Any) -> int:
            if event.kind == "tier_filled":
                monkeypatch.setattr(house.ledger, "record", record)
                lag(account, order=30, row=30, fill=30)
                raise LedgerWriteFailed("the disk")
            return record(event, **options)

        monkeypatch.setattr(house.ledger, "record", fails_once)
        await house.check(12)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


async def test_an_acknowledgement_that_could_not_be_written_still_counts(
    tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(12)
        win(house)
        lag(account, order=100, row=100, fill=100)
        keep = house.ledger.keep_intent

        def fails_once(intent: Intent) -> None:
            if intent.acknowledged_at is not None:
                monkeypatch.setattr(house.ledger, "keep_intent", keep)
                raise LedgerWriteFailed("the disk")
            keep(intent)

        monkeypatch.setattr(house.ledger, "keep_intent", fails_once)
        await house.check(24)
        assert len(house.orders_asked()) == 1
        assert house.fired(CRV) == [1]


async def test_a_leg_that_is_opened_anew_does_not_wait_for_an_order_of_the_old_one(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(2)
        win(house)
        fill_only(account, "0")
        lag(account, order=1e6)
        await house.check(2)
        account.close_leg("CRV-USDT-SWAP", "long")
        await house.check(SETTLED + 2)
        assert house.ledger.open_intents() == []
        assert len(house.told("leg_gone")) == 1
        account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
        win(house, 60)
        await house.check()
        assert len(house.orders_asked()) == 2


async def test_a_name_that_was_used_before_is_not_taken_for_the_order_of_now(tmp_path: Path) -> None:
    account = an_account(reuses=True)
    async with OkxHouse(tmp_path, account) as house:
        await house.check(2)
        win(house)
        before = house.ledger.lives()[CRV]
        fill_only(account, "0")
        await house.check()
        # As a ledger that was put back would be.
        with house.ledger.step():
            house.ledger.keep_life(before)
        lag(account, order=50, row=50, fill=50)
        await house.check(20)
        assert sum(house.closed(CRV)) == 30


@pytest.mark.parametrize("days", [100, -100])
async def test_a_clock_that_is_wrong_by_months_hides_no_trade(tmp_path: Path, account: Account, days: int) -> None:
    async with OkxHouse(tmp_path, account) as house:
        now = house.clock.now
        house.clock.now = lambda: now() + dt.timedelta(days=days)  # type: ignore[method-assign]
        account.time = lambda: now().timestamp()
        await house.check(2)
        win(house)
        house.server.fault(ORDER, "drop", after_effect=days > 0)
        hide_records(house)
        await house.check(20)
        house.server.clear_faults()
        await house.check(4)
        expect_one_first_tier(house)


@pytest.mark.parametrize("apart", [3, 120])
async def test_a_trade_is_found_although_the_legs_clock_is_ahead_of_it(tmp_path: Path, account: Account, apart: int) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(2)
        win(house)
        account.leg("CRV-USDT-SWAP", "long").adjusted_at_ms = account.now_ms() + apart * 1000
        house.server.fault(ORDER, "drop", after_effect=True)
        hide_records(house)
        await house.check(20)
        assert sum(house.closed(CRV)) == 30


async def test_a_second_order_that_stays_open_is_told_of_too(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(2)
        win(house)
        fill_only(account, "0")
        lag(account, order=40)
        await house.check(5)
        assert len(house.told("order_unresolved")) == len(house.told("order_rejected")) == 1
        lag(account, order=1e6, fill=1e6, row=1e6)
        await house.check(100)
        assert len(house.ledger.open_intents()) == 1
        assert len(house.told("order_unresolved")) == 2


async def test_trades_that_cannot_be_told_apart_say_nothing(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(2)
        win(house)
        house.server.fault(ORDER, "fill_later")
        hide_records(house)
        for path in ("/trade/fills", TRADES):
            house.server.fault(path, "wrong_types", times=None, field="billId", value="")
        await house.check()
        account.fill_live(share="0.5")
        account.fill_live()
        await house.check(20)
        house.server.clear_faults()
        await house.check(4)
        assert sum(house.closed(CRV)) == 30


async def test_a_check_that_is_cut_short_while_it_sends_doubles_nothing(
    tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check(12)
        win(house)
        lag(account, order=LOOK_UP_LAG, row=LOOK_UP_LAG, fill=LOOK_UP_LAG)
        submit = house.okx.submit

        async def cut_short(intent: Intent) -> str:
            monkeypatch.setattr(house.okx, "submit", submit)
            await submit(intent)
            raise asyncio.CancelledError

        monkeypatch.setattr(house.okx, "submit", cut_short)
        with pytest.raises(asyncio.CancelledError):
            await house.check()
        await house.check(12)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


async def test_an_order_whose_look_up_is_cut_short_stays_open(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)
    house.exchange.before = fail("find_order", asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await house.check()
    (intent,) = house.ledger.open_intents()
    house.clock.forward(10)
    await house.check(12)
    assert house.exchange.submitted == [intent.replaced(**UNANSWERED)]
    assert (house.closed(), house.fired(key())) == ([Decimal(30)], [1])


async def test_what_is_decided_after_an_order_was_settled_rests_on_a_fresh_look(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 60)
    house.exchange.before = fail("submit", OutcomeUnknown("no reply"))
    await house.check()
    find = house.paper.find_order

    async def arrives(intent: Intent) -> Order | None:
        # After the look that this check has begun with.
        house.paper.find_order = find  # type: ignore[method-assign]
        await house.paper.submit(intent)
        return await find(intent)

    house.paper.find_order = arrives  # type: ignore[method-assign]
    await house.check()
    assert house.closed() == [30, 35]


async def nothing(intent: Intent) -> Order | None:
    return None


async def test_what_was_acknowledged_is_known_to_the_next_process_too(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)
    house.paper.find_order = house.paper.find_trades = nothing  # type: ignore[method-assign]
    await house.check()
    house.restart()
    await house.check(12)
    (intent,) = house.ledger.open_intents()
    assert intent.order_id.startswith("paper")
    # It stays open, and this is said once.
    assert len(house.listener.of("order_unresolved")) == 1
    assert len(house.exchange.submitted) == 1


async def test_one_look_without_its_leg_does_not_end_an_order(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP"), paper_leg("STX-USDT-SWAP"))
    house.set_roi(key(), 26)
    house.paper.find_order = house.paper.find_trades = nothing  # type: ignore[method-assign]
    await house.check(8)
    (intent,) = house.ledger.open_intents()
    assert intent.acknowledged_at is not None
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=snapshot.legs[1:])
    await house.check()
    house.exchange.view = lambda snapshot: snapshot
    await house.check()
    assert [one.client_order_id for one in house.ledger.open_intents()] == [intent.client_order_id]
    assert house.listener.of("order_rejected") == []
    # Missing for as long as it takes for a leg to be gone.
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=snapshot.legs[1:])
    await house.check(2)
    assert [event.code for event in house.listener.of("order_rejected")] == ["canceled"]


async def test_what_an_order_of_another_life_has_filled_is_not_counted_for_the_leg_of_now(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=len(LOOKS))
    await house.check()
    anew = house.clock.now()
    house.paper.put_leg(house.leg(key()).replaced(opened_at=anew, adjusted_at=anew, contracts=Decimal(90)))
    house.set_roi(key(), 0)
    with house.checker.journal.step():
        house.ledger.keep_life(Life.begun((await house.paper.snapshot()).legs[0]))
    await house.check()
    life = house.ledger.lives()[key()]
    assert (life.opened_at, life.contracts) == (anew, Decimal(90))
    assert life.fired == ()
    assert life.filled_at is None
    assert [event.contracts_left for event in house.listener.of("tier_filled")] == [70]


async def test_a_refusal_of_another_life_holds_nothing_back_in_the_leg_of_now(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=len(LOOKS))
    house.exchange.order_view = lambda order: order and order.replaced(filled_contracts=0, status="canceled")
    await house.check()
    anew = house.clock.now()
    house.paper.put_leg(house.leg(key()).replaced(opened_at=anew, adjusted_at=anew))
    with house.checker.journal.step():
        house.ledger.keep_life(life := Life.begun((await house.paper.snapshot()).legs[0]))
    house.set_roi(key(), 0)
    await house.check()
    (event,) = house.listener.of("order_rejected")
    assert (event.code, event.again_at) == ("canceled", None)
    now = house.ledger.lives()[key()]
    assert (now.opened_at, now.backoff, now.attempts) == (life.opened_at, {}, {})


async def test_an_order_that_got_lost_and_stays_open_again_is_told_of_once(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)
    house.exchange.before = lambda name: OutcomeUnknown("no reply") if name == "submit" else None
    await house.check(14)
    first, second, *_ = house.exchange.submitted
    assert first.client_order_id == second.client_order_id
    assert len(house.listener.of("order_unresolved")) == 2
    assert [told.kind for told in house.ledger.outbox()].count("order_unresolved") == 1


async def test_an_open_order_of_a_leg_that_is_forgotten_is_told_of_all_the_same(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP"))
    house.set_roi(key(), 26)
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=10_000)
    await house.check()
    house.exchange.view = lambda snapshot: snapshot.replaced(legs=snapshot.legs[1:])
    with house.checker.journal.step():
        house.ledger.forget_life(key())
    report = await house.check(5)
    assert report.error is None
    assert len(house.listener.of("order_unresolved")) == 1


async def test_a_part_of_the_trades_is_all_of_them_only_when_no_more_can_come(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(key(), 26)

    async def a_part(intent: Intent) -> Order | None:
        return Order(
            client_order_id=intent.client_order_id,
            order_id="1",
            status=OrderStatus.LIVE,
            filled_contracts=Decimal(10),
            average_price=Decimal(5),
            updated_at=house.clock.now(),
        )

    house.exchange.before = fail("submit", OutcomeUnknown("no reply"))
    house.paper.find_order = nothing  # type: ignore[method-assign]
    house.paper.find_trades = a_part  # type: ignore[method-assign]
    sent_at = house.clock.monotonic()
    while house.ledger.lives().get(key()) is None or house.ledger.lives()[key()].unfinished is None:
        await house.check()
        assert len(house.exchange.submitted) == 1
    assert house.clock.monotonic() - sent_at >= KNOWN_AFTER
    (event,) = house.listener.of("tier_filled")
    assert (event.order.status, event.order.filled_contracts, event.finished) == (OrderStatus.CANCELED, 10, False)


async def test_two_hours_are_counted_by_the_exchanges_clock(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        now, ahead = house.clock.now, [dt.timedelta(hours=1)]
        house.clock.now = lambda: now() + ahead[0]  # type: ignore[method-assign]
        account.time = lambda: now().timestamp()
        await house.check(2)
        win(house)
        lag(account, order=1e6)
        fill_only(account, "0")
        begun = now()
        await house.check()
        ahead[0] = dt.timedelta()
        while not house.told("order_rejected"):
            await house.check(every=60)
            assert now() - begun < dt.timedelta(hours=4)
        assert UNFILLED_KEPT <= now() - begun <= UNFILLED_KEPT + dt.timedelta(minutes=3)


async def test_a_trade_is_found_although_our_clock_is_ahead(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        now = house.clock.now
        house.clock.now = lambda: now() + dt.timedelta(minutes=20)  # type: ignore[method-assign]
        account.time = lambda: now().timestamp()
        await house.check(2)
        win(house)
        house.server.fault(ORDER, "drop", after_effect=True)
        hide_records(house)
        await house.check(12)
        expect_one_first_tier(house)


# -- its parts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "in_flight"),
    [({"opened_at": NOW}, False), ({"contracts": Decimal(101)}, False), ({"leg": key("UNI-USDT-SWAP")}, False), ({}, True)],
    ids=["another life", "more than is held", "no such leg", "one in flight"],
)
async def test_the_last_door_refuses_what_no_plan_may_ask_for(
    tmp_path: Path, changes: dict[str, Any], in_flight: bool, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    assert house.checker.last_good is not None
    intent = intent_for(house.checker.last_good.legs[0], 100)
    open_before = [intent.replaced(client_order_id="tgother")] if in_flight else []
    with house.checker.journal.step():
        for other in open_before:
            house.ledger.keep_intent(other)
    await house.checker.executor.execute([intent.replaced(**changes)], lambda _: True)
    assert (house.exchange.submitted, house.ledger.open_intents()) == ([], open_before)
    assert "denied, nothing sent" in caplog.text


def test_what_engine_and_stand_in_go_by_is_one_fact() -> None:
    assert KNOWN_AFTER == ORDER_LIFETIME + LOOK_UP_LAG
    assert Account().keeps_unfilled_ms == UNFILLED_KEPT / dt.timedelta(milliseconds=1)


def test_an_order_written_down_by_an_older_version_is_read(tmp_path: Path) -> None:
    from tests.fixtures.every_event import INTENT

    assert Intent(**{**INTENT.model_dump(), "gone_looks": 1}) == INTENT
    assert Intent(**{**INTENT.model_dump(), "not_found_at": None}) == INTENT


async def test_no_exception_hides_another(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(exc: Exception) -> None:
        raise exc

    with raises(LedgerWriteFailed, match="disk"):
        await side_by_side([fails(AccessRefused("the key")), fails(LedgerWriteFailed("the disk")), fails(OutcomeUnknown("?"))])
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == ["the key", "?"]


async def test_a_close_by_hand_that_got_lost_is_told_once_and_holds_back_no_rule(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        snapshot = house.checker.last_good
        assert snapshot is not None
        house.server.fault(ORDER, "drop")
        await ManualActions(house.checker).close([CloseOrder(snapshot.by_key[CRV], Decimal(10))], 7, "n")
        await house.check(SETTLED + 1)
        assert [event.intent.rule for event in house.told("order_not_arrived")] == ["hand"]
        assert house.ledger.lives()[CRV].backoff == {}
        win(house)
        await house.check()
        assert house.closed(CRV) == [30]


async def away_for_months(house: OkxHouse) -> None:
    """Come back when OKX remembers neither orders nor trades of before."""
    assert isinstance(house.clock, QuickClock)
    house.clock.ahead += (TRADES_KEPT + dt.timedelta(days=10)).total_seconds()
    house.server.clear_faults()
    house.server.fault(FOUND, "code", code="51603", times=None)
    house.server.requests.clear()
    await house.restart()
    await house.check(SETTLED)


async def a_forgotten_order(house: OkxHouse, after_effect: bool) -> None:
    """Lose the reply to a tier's order, and find nothing of it for months."""
    await house.check(2)
    win(house)
    house.server.fault(ORDER, "drop", after_effect=after_effect)
    for path in (FOUND, HISTORY, TRADES, "/trade/fills"):
        house.server.fault(path, "code", code="50001", times=None)
    await house.check()
    await away_for_months(house)


@pytest.mark.parametrize("filled", [True, False], ids=["filled", "not filled"])
async def test_a_person_decides_a_tiers_order_that_okx_has_forgotten(tmp_path: Path, account: Account, filled: bool) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await a_forgotten_order(house, filled)
        (intent,) = house.ledger.open_intents()
        assert [event.beyond_records for event in house.told("order_unresolved")][-1]
        assert len(house.orders_asked()) == 0
        actions = ManualActions(house.checker)
        assert await actions.decide_order("tgsomethingelse", filled=filled, by=7) is None
        assert await actions.decide_order(intent.client_order_id, filled=filled, by=7) == intent
        assert await actions.decide_order(intent.client_order_id, filled=filled, by=7) is None
        await house.check(SETTLED)
        assert house.fired(CRV) == [1]
        assert [event.filled for event in house.told("order_decided")] == [filled]
        assert account.leg("CRV-USDT-SWAP", "long").contracts == 70


async def test_any_other_order_that_okx_has_forgotten_is_struck_and_told(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        snapshot = house.checker.last_good
        assert snapshot is not None
        for path in (FOUND, HISTORY, TRADES, "/trade/fills"):
            house.server.fault(path, "code", code="50001", times=None)
        house.server.fault(ORDER, "drop", after_effect=True)
        await ManualActions(house.checker).close([CloseOrder(snapshot.by_key[CRV], Decimal(10))], 7, "n")
        assert len(house.ledger.open_intents()) == 1
        await away_for_months(house)
        assert house.ledger.open_intents() == []
        assert [event.code for event in house.told("order_rejected")] == ["forgotten"]
        win(house)
        await house.check()
        assert house.closed(CRV) == [10, 27]
