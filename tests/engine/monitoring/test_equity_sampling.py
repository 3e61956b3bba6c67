"""The books: how far every leg has swung in its life, and what the account was worth. Nothing fails by them."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import FakeClock, key, paper_leg
from tests.fixtures.snapshots import blind
from tgtp.domain.examples import OPENED_AT
from tgtp.domain.model import EquitySample, Leg, LegKey, Snapshot
from tgtp.engine.monitoring.equity_sampling import EXTREMES, EquitySampler, InMemoryEquityHistory

CRV, STX = key(), key("STX-USDT-SWAP")


class Keeper(House):
    """A house with a look at its books."""

    def swung(self, leg: LegKey = CRV) -> tuple[Any, Any]:
        """The lowest and highest ROI in percent, as a card would show them."""
        found = self.checker.books.extremes(self.shown(leg))
        return found.lowest * 100, found.highest * 100

    def shown(self, leg: LegKey = CRV) -> Leg:
        assert self.checker.last_good is not None
        return self.checker.last_good.by_key[leg]

    async def at(self, roi: Any, leg: LegKey = CRV, *, every: float = 10) -> None:
        self.set_roi(leg, roi)
        await self.check(every=every)

    def samples(self) -> list[EquitySample]:
        return self.checker.equity_history.since(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    def written(self) -> bytes:
        return (self.folder / "ledger.json").read_bytes()


@pytest.fixture
def house(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path, paper_leg(contracts=100), paper_leg("STX-USDT-SWAP", contracts=100))


async def test_the_highest_and_lowest_of_a_life(house: Keeper) -> None:
    for roi in (3, -4, 7, 1):
        await house.at(roi)
    assert house.swung() == (-4, 7)
    assert house.swung(STX) == (0, 0)


async def test_what_is_shown_now_counts_before_it_was_looked_at(house: Keeper) -> None:
    await house.at(3)
    later = house.shown().replaced(mark_price=Decimal("5.05"))
    assert house.checker.books.extremes(later).highest == Decimal("0.1")
    # Only shown: the books have not seen it.
    assert house.swung() == (3, 3)


async def test_a_leg_that_was_never_looked_at_has_swung_nowhere(house: Keeper) -> None:
    await house.at(3)
    unseen = house.shown().replaced(opened_at=OPENED_AT + dt.timedelta(days=1))
    assert house.checker.books.extremes(unseen) == (unseen.opened_at, unseen.roi, unseen.roi)


async def test_opened_again_it_begins_anew(house: Keeper) -> None:
    await house.at(8)
    await house.at(-8)
    house.paper.drop_leg(CRV)
    house.paper.put_leg(paper_leg(contracts=100, opened_at=house.clock.now()))
    await house.at(1)
    assert house.swung() == (1, 1)


async def test_a_row_that_is_missing_once_costs_nothing(house: Keeper) -> None:
    await house.at(8)
    held = house.leg(CRV)
    house.paper.drop_leg(CRV)
    await house.check()
    house.paper.put_leg(held)
    await house.at(1)
    assert house.swung() == (1, 8)


async def test_known_to_be_gone_it_is_struck(house: Keeper) -> None:
    await house.at(8)
    house.paper.drop_leg(CRV)
    await house.check(3)
    house.checker.books.save()
    assert set(house.ledger.note(EXTREMES)) == {str(STX)}


async def test_an_unreadable_row_costs_nothing(house: Keeper) -> None:
    await house.at(8)

    def hidden(snapshot: Snapshot) -> Snapshot:
        return snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != CRV), unreadable=(blind(CRV),))

    house.exchange.view = hidden
    await house.check(5)
    house.exchange.view = lambda snapshot: snapshot
    await house.at(1)
    assert house.swung() == (1, 8)


async def test_a_doubted_price_spoils_nothing(house: Keeper) -> None:
    await house.at(8)
    sound = house.prices.marks["CRV-USDT-SWAP"]
    house.prices.marks["CRV-USDT-SWAP"] = sound * 2
    await house.check()
    assert set(house.checker.observer.doubts) == {CRV}
    # Neither kept, nor shown as the highest while it is on the screen.
    assert house.swung() == (8, 8)
    house.prices.marks["CRV-USDT-SWAP"] = sound
    await house.check(2)
    assert house.swung() == (8, 8)


async def test_a_leg_that_is_doubted_from_its_first_look_has_swung_nowhere_yet(house: Keeper) -> None:
    def doubtful(snapshot: Snapshot) -> Snapshot:
        return snapshot.replaced(legs=tuple(leg.replaced(exchange_roi=Decimal(9)) for leg in snapshot.legs))

    house.exchange.view = doubtful
    await house.at(8)
    house.exchange.view = lambda snapshot: snapshot
    await house.at(1)
    assert house.swung() == (1, 1)


async def test_numbers_beyond_all_reason_stop_nobody(house: Keeper) -> None:
    def absurd(snapshot: Snapshot) -> Snapshot:
        huge = {"mark_price": Decimal("1e300"), "leverage": Decimal("1e300"), "unrealised_pnl": Decimal("-1e300")}
        return snapshot.replaced(legs=tuple(leg.replaced(**huge) if leg.key == CRV else leg for leg in snapshot.legs))

    await house.check()
    house.checker.books.look(absurd(await house.paper.snapshot()), ())
    house.checker.books.save()
    house.restart()
    await house.at(3, STX)
    assert house.swung(STX) == (0, 3)


async def test_extremes_survive_a_kill_but_for_the_last_five_minutes(house: Keeper) -> None:
    await house.at(8)
    for _ in range(29):
        await house.at(-4)
    # Five minutes after the first look.
    await house.at(-6)
    await house.at(-7)
    house.restart()
    await house.at(1)
    assert house.swung() == (-6, 8)


async def test_extremes_survive_an_ordered_end_whole(house: Keeper) -> None:
    for roi in (1, 8, -7):
        await house.at(roi)
    house.checker.say_goodbye()
    house.restart()
    await house.at(1)
    assert house.swung() == (-7, 8)


async def test_lives_of_before_a_restart_are_not_those_of_after(house: Keeper) -> None:
    await house.at(8)
    house.checker.say_goodbye()
    house.paper.drop_leg(CRV)
    house.paper.put_leg(paper_leg(contracts=100, opened_at=house.clock.now()))
    house.restart()
    await house.at(1)
    assert house.swung() == (1, 1)


@pytest.mark.parametrize(
    "note",
    [
        7,
        [],
        {"nonsense": ["2026-01-01T00:00:00+00:00", "1", "1"]},
        {str(CRV): None},
        {str(CRV): []},
        {str(CRV): ["soon", "1", "1"]},
        {str(CRV): ["2026-01-01T00:00:00+00:00", "much", "1"]},
        {str(CRV): ["2026-01-01T00:00:00+00:00", "NaN", "1"]},
        {str(CRV): ["2026-01-01T00:00:00+00:00", "1", "2"]},
    ],
)
async def test_a_note_that_somebody_spoiled_is_begun_anew(house: Keeper, note: Any) -> None:
    with house.ledger.step():
        house.ledger.keep_note(EXTREMES, note)
    house.restart()
    await house.at(2)
    assert house.swung() == (2, 2)


async def test_a_quiet_check_writes_nothing_between_samples(house: Keeper) -> None:
    await house.at(1)
    before, inode = house.written(), (house.folder / "ledger.json").stat().st_ino
    for roi in range(2, 22):
        await house.at(roi)
    # Every look was a new highest; the file is the same, not written anew with the same.
    assert (house.written(), (house.folder / "ledger.json").stat().st_ino) == (before, inode)
    assert len(house.samples()) == 1


async def test_one_write_and_one_sample_every_five_minutes(house: Keeper) -> None:
    writes = set()
    for number in range(181):
        await house.at(Decimal(number) / 10)
        writes.add(house.written())
    # At 0, 5, 10 … 30 minutes.
    assert len(house.samples()) == len(writes) == 7
    assert house.samples()[1].at - house.samples()[0].at == dt.timedelta(minutes=5)


async def test_a_market_that_stands_still_is_not_written_again(house: Keeper) -> None:
    # The best ROI of a leg is known from the second look on, and written five minutes later.
    await house.check(40)
    before = (house.folder / "ledger.json").stat().st_ino
    await house.check(81)
    assert (house.folder / "ledger.json").stat().st_ino == before
    assert len(house.samples()) == 5


async def test_a_sample_says_what_the_account_was_worth(house: Keeper) -> None:
    house.set_roi(CRV, 10)
    house.set_roi(STX, -4)
    await house.check()
    # 500 U at 10x each: 5 U and -2 U.
    assert house.samples() == [EquitySample(at=house.clock.now() - dt.timedelta(seconds=10), equity=1003, unrealised_pnl=3)]


async def test_without_equity_there_is_no_sample_but_the_swing_is_kept(house: Keeper) -> None:
    house.exchange.view = lambda snapshot: snapshot.replaced(equity=None)
    await house.at(8)
    await house.at(2, every=300)
    await house.at(9)
    assert house.samples() == []
    assert house.ledger.note(EXTREMES)[str(CRV)][1] == "0.090000"
    house.exchange.view = lambda snapshot: snapshot
    await house.at(2)
    # At once, not five minutes after the one that failed.
    assert len(house.samples()) == 1


async def test_a_clock_that_was_put_back_silences_nothing(house: Keeper) -> None:
    await house.check()
    house.clock.forward(-86400)
    await house.check()
    assert len(house.samples()) == 2


async def test_a_full_disk_fails_no_check(house: Keeper, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    await house.at(1)
    with monkeypatch.context() as full:

        def refuse(*_: Any) -> int:
            raise OSError(28, "No space left on device")

        full.setattr(os, "write", refuse)
        for minute in range(12):
            await house.at(minute, every=60)
            report = house.checker.last_report
            assert report is not None
            assert report.error is None
    # Written at the next turn, with all that was seen meanwhile.
    assert "swung" in caplog.text
    await house.at(3, every=300)
    await house.at(3)
    stored = orjson.loads(house.written())["notes"][EXTREMES]["value"][str(CRV)]
    assert stored[1:] == ["0.110000", "0.000000"]


async def test_a_full_disk_at_the_end_still_says_goodbye_when_it_comes_back(
    house: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.at(1)
    await house.at(2)
    calls = 0
    write = os.write

    def refuse_once(handle: int, data: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError(28, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(os, "write", refuse_once)
    house.checker.say_goodbye()
    assert "stopped" in house.listener.kinds()


def test_the_diary_of_one_process_keeps_the_newest_and_no_more() -> None:
    equity_history, clock = InMemoryEquityHistory(), FakeClock()
    for _ in range(10_003):
        clock.forward(300)
        equity_history.append(EquitySample(at=clock.now(), equity=1))
    kept = equity_history.since(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert (len(kept), kept[-1].at) == (10_000, clock.now())
    assert equity_history.since(clock.now()) == kept[-1:]


def test_books_are_opened_on_a_ledger_that_has_none(house: Keeper) -> None:
    assert EquitySampler(house.checker.journal, InMemoryEquityHistory()).extremes(_leg()).highest == 0


def _leg() -> Leg:
    from tgtp.domain.examples import leg

    return leg()


async def test_what_the_equity_did_between_two_samples_is_kept_with_the_later_one(house: Keeper) -> None:
    for roi in (0, -20, 10, 4):
        await house.at(roi, every=90)
    assert house.checker.last_good is not None
    sample = house.checker.books.sample(house.checker.last_good)
    assert sample is not None
    assert (sample.lowest, sample.highest) == (Decimal(990), Decimal(1005))
    await house.at(2, every=90)
    first, second = house.samples()
    assert (first.lowest, first.highest) == (None, None)
    assert (second.equity, second.lowest, second.highest) == (Decimal(1001), Decimal(990), Decimal(1005))
    # What is written is read by older versions too, where nothing lay between.
    assert b"lowest" not in orjson.dumps(first.model_dump(mode="json", exclude_none=True))
    await house.at(2, every=300)
    await house.at(2)
    assert house.samples()[-1].lowest is None
