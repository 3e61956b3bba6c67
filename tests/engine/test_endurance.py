"""What must not stop the guarding, or silence it: clocks that jump, full disks, refusals, a ledger that was lost."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable, Collection
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.sentences import raises
from tgtp.adapters.storage import atomic_file
from tgtp.domain.model import Unwatched
from tgtp.domain.order import Intent
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import AccessRefused, LedgerUnreadable, OrderRefused, OutcomeUnknown, TemporarilyDown

CRV, UNI = key(), key("UNI-USDT-SWAP")
HOURS_8 = 8 * 3600


@pytest.mark.parametrize("rearm", ["on_close", "on_add"])
async def test_a_clock_ahead_of_the_exchanges_does_not_trust_an_old_row(tmp_path: Path, rearm: str) -> None:
    house = House(tmp_path, paper_leg(contracts=100), rules=SEED_RULES.replaced(rearm=rearm))
    before = (await house.paper.snapshot()).legs[0]
    house.set_roi(CRV, 40)
    # The exchange's clock is a minute behind ours.
    behind = dt.timedelta(seconds=60)
    house.exchange.order_view = lambda order: order and order.replaced(updated_at=order.updated_at - behind)
    await house.check()
    house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=(snapshot.legs[0].replaced(contracts=before.contracts, adjusted_at=before.adjusted_at),)
    )
    await house.check()
    assert house.closed() == [Decimal(30)]
    assert "leg_grew" not in house.listener.kinds()


@pytest.mark.parametrize(
    "problem",
    [OrderRefused("51121", "lot"), OutcomeUnknown("timed out"), AccessRefused("50111: key")],
    ids=lambda p: type(p).__name__,
)
async def test_a_clock_put_back_by_hours_holds_nothing_back_for_hours(tmp_path: Path, problem: Exception) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", problem)
    await house.check()
    # Only the wall clock jumps; a monotonic clock does not.
    steady = house.clock.monotonic
    offset = house.clock.monotonic()
    house.clock.forward(-HOURS_8)
    house.clock.monotonic = lambda: steady() + HOURS_8 if offset else 0.0  # type: ignore[method-assign]
    await house.check(9)
    assert house.closed() == [Decimal(30)]


async def test_a_full_disk_rings_the_phone_once_and_its_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    house.set_roi(CRV, 26)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "write_whole", full)
        await house.check(5)
        assert house.exchange.submitted == []
        assert len(house.listener.alarms) == 1
        assert "No space left" in str(house.listener.alarms[0])
    await house.check(2)
    assert house.closed() == [Decimal(30)]
    assert "exchange_found" in house.listener.kinds()


async def test_outages_are_told_although_orders_were_refused_before(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", AccessRefused("50120: no permission"), times=2)
    await house.check(5)
    house.set_roi(CRV, 1)
    await house.check(5)
    for _ in range(3):
        house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
        await house.check(3)
        house.exchange.before = lambda _: None
        await house.check(3)
    downs = [event.cause for event in house.listener.of("exchange_lost")].count("down")
    assert downs == 3
    assert [event.cause for event in house.listener.of("exchange_found")].count("down") == 3


async def test_the_end_of_a_refusal_is_told_even_when_no_order_is_due_any_more(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", AccessRefused("50120: no permission"), times=2)
    await house.check(5)
    house.set_roi(CRV, 1)
    await house.check(70)
    assert house.listener.kinds()[-1] == "exchange_found"


async def test_one_orders_own_refusal_does_not_starve_the_hedge(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        paper_leg(contracts=100),
        paper_leg(UNI.instrument_id, "short", entry_price="5.2"),
        paper_leg(UNI.instrument_id, "long", entry_price="5.2"),
    )
    house.set_roi(CRV, 26)
    house.prices.marks[UNI.instrument_id] = Decimal(5)
    submit = house.paper.submit

    async def refuses_crv(intent: Intent) -> str:
        if intent.leg == CRV:
            raise OrderRefused("51009", "Order blocked")
        return await submit(intent)

    house.paper.submit = refuses_crv  # type: ignore[method-assign]
    await house.check(2)
    assert house.held(UNI) == 2
    assert house.held(CRV) == 100


async def test_an_order_from_before_the_ledger_was_lost_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    house = House(tmp_path / "one", paper_leg(contracts=100), rules=SEED_RULES.replaced(rearm="on_add"))
    house.set_roi(CRV, 26)
    await house.check(2)
    house.ledger.close()
    house.folder = tmp_path / "two"
    house._open()
    await house.check(4)
    # Found under its name: marked as fired, and the leg is not thought smaller than it is.
    assert house.closed() == [Decimal(30)]
    assert house.fired(CRV) == [1]
    assert house.ledger.lives()[CRV].contracts == 70
    assert "leg_grew" not in house.listener.kinds()


@pytest.mark.parametrize("left", ["events", "paper.json"])
def test_a_folder_that_was_worked_in_does_not_start_without_its_ledger(tmp_path: Path, left: str) -> None:
    from tgtp.adapters.storage.ledger import TinyLedger

    (tmp_path / left).mkdir()
    with raises(LedgerUnreadable, match="it is missing, though"):
        TinyLedger(tmp_path)


async def test_growth_by_hand_is_told_although_a_close_by_hand_came_first(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    await house.check()
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(270)))
    leg = (await house.paper.snapshot()).legs[0]
    await house.actions.close([CloseOrder(leg, Decimal(10))], 7, "nonce")
    assert house.held(CRV) == 260
    (event,) = house.listener.of("leg_grew")
    assert (event.before, event.contracts, event.fired) == (70, 270, (1,))


async def test_what_is_not_watched_is_told_once_whenever_it_turns_up(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check(2)
    row = Unwatched(name="BTC-USD-SWAP", reason="not_usdt")
    house.exchange.view = lambda snapshot: snapshot.replaced(unwatched=(row,))
    await house.check(3)
    house.restart()
    await house.check(2)
    assert [event.rows for event in house.listener.of("not_watched")] == [(row,)]


LAST = "C31-USDT-SWAP"


def pauses_all(house: House) -> None:
    house.actions.pause("*", by=7)


def pauses_the_last(house: House) -> None:
    house.actions.pause(LAST, by=7)


def stops(house: House) -> None:
    house.checker.stopping = True


def refuses_the_keys(house: House) -> None:
    house.checker.permission.refused = True


@pytest.mark.parametrize(
    ("happens", "sent"), [(pauses_all, range(21)), (pauses_the_last, [31]), (stops, range(21)), (refuses_the_keys, range(21))]
)
async def test_what_comes_between_plan_and_sending_holds_for_orders_that_wait_for_their_turn(
    tmp_path: Path, happens: Callable[[House], None], sent: Collection[int]
) -> None:
    legs = [paper_leg(f"C{number:02d}-USDT-SWAP") for number in range(32)]
    house = House(tmp_path, *legs)
    await house.check()
    for leg in legs:
        house.set_roi(leg.key, 26)

    def at_the_first(name: str) -> None:
        if name == "submit":
            happens(house)

    house.exchange.before = at_the_first
    await house.check()
    assert len(house.exchange.submitted) in sent
    assert LAST not in [intent.leg.instrument_id for intent in house.exchange.submitted]
    assert house.ledger.open_intents() == []


def test_the_ledger_is_on_disk_before_anything_else_is(tmp_path: Path) -> None:
    """Killed in the first moment of its life, the program must be able to start again."""
    from tgtp.adapters.storage.ledger import TinyLedger

    TinyLedger(tmp_path).close()
    assert (tmp_path / "ledger.json").exists()
    (tmp_path / "paper.json").write_text("{}")
    TinyLedger(tmp_path).close()
