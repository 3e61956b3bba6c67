"""Near the liquidation: told once in each life, again at each halving, anew after a recovery."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.fixtures.engine import House
from tests.fixtures.fakes import key
from tests.fixtures.fakes import paper_leg as any_paper_leg
from tests.fixtures.snapshots import D
from tests.fixtures.thoroughness import tries
from tgtp.adapters.storage import atomic_file
from tgtp.domain.examples import leg
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.upkeep.correction import Correction
from tgtp.engine.monitoring.liquidation import gap_of

CRV, UNI = key(), key("UNI-USDT-SWAP")


def paper_leg(*args: Any, **more: Any) -> Any:
    """A leg at 2x: there the leverage alone puts no liquidation near, and the distance of the settings is what counts."""
    return any_paper_leg(*args, **{"leverage": 2, **more})


class Cliff:
    """A house whose legs stand as far from their liquidation as the test says; the mark price is 5."""

    def __init__(self, folder: Path, *legs: Any, warn: str = "0.2") -> None:
        self.house = House(folder, *(legs or (paper_leg(),)), liquidation_warn=D(warn))
        self.left: dict[LegKey, Any] = {}
        self.ratio: dict[LegKey, Any] = {}
        self.house.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(map(self._shown, snapshot.legs)))

    def _shown(self, leg: Leg) -> Leg:
        left, ratio = self.left.get(leg.key), self.ratio.get(leg.key)
        at = None if left is None else leg.mark_price * (1 - leg.position_side.sign * D(left) / 100)
        return leg.replaced(liquidation_price=at, margin_ratio=None if ratio is None else D(ratio))

    async def stands(self, *percents: Any, key: LegKey = CRV) -> list[Decimal]:
        """Stand at these distances one after another; gives those at which it was told."""
        told = []
        for left in percents:
            self.left[key] = left
            told += [event.distance * 100 for event in await self._check()]
        return told

    async def is_at(self, *ratios: Any) -> list[Decimal]:
        told = []
        for ratio in ratios:
            self.ratio[CRV] = ratio
            told += [event.margin_ratio for event in await self._check()]
        return told

    async def _check(self) -> list[Any]:
        before = len(self.house.listener.of("liquidation_near"))
        await self.house.check()
        return self.house.listener.of("liquidation_near")[before:]


@pytest.fixture
def cliff(tmp_path: Path) -> Cliff:
    return Cliff(tmp_path)


async def test_it_is_told_once_and_at_each_halving(cliff: Cliff) -> None:
    assert await cliff.stands(30, 20, "19.9", 19, 12, 10, "9.9", 6, 7, 5, "4.9", 3) == [D("19.9"), D("9.9"), D("4.9")]


async def test_a_fall_through_several_distances_is_told_once(cliff: Cliff) -> None:
    assert await cliff.stands(30, 4, 4, 6, 9, 15, 4) == [4]


async def test_it_is_told_anew_after_it_has_recovered(cliff: Cliff) -> None:
    assert await cliff.stands(19, 22, 19, "24.9", 19, 25, 19) == [19, 19]


async def test_it_ends_somewhere(cliff: Cliff) -> None:
    assert await cliff.stands("0.3", "0.2", "0.01", 0, "-0.01") == [D("0.3")]


@pytest.mark.parametrize("side", ["long", "short"])
async def test_the_numbers_that_are_told(tmp_path: Path, side: str) -> None:
    cliff = Cliff(tmp_path, paper_leg(side=side))
    await cliff.stands(10, key=key(side=side))
    (event,) = cliff.house.listener.of("liquidation_near")
    assert (event.mark_price, event.liquidation_price) == (5, D("4.5") if side == "long" else D("5.5"))
    assert (event.leg, event.distance, event.margin_ratio, event.opened_at) == (
        key(side=side),
        D("0.1"),
        None,
        paper_leg().opened_at,
    )


async def test_without_a_price_the_margin_ratio_says_it(cliff: Cliff) -> None:
    assert await cliff.is_at(4, 3, "2.99", "2.5", 2, "1.99", "1.2", "3.4", "2.9", "3.5", "2.9") == [
        D("2.99"),
        D("1.99"),
        D("1.2"),
        D("2.9"),
    ]


async def test_a_ratio_says_nothing_beside_a_price(cliff: Cliff) -> None:
    cliff.ratio[CRV] = "1.1"
    assert await cliff.stands(40) == []


async def test_a_price_that_comes_and_goes_is_no_recovery(cliff: Cliff) -> None:
    assert await cliff.is_at(2) == [2]
    assert await cliff.stands(50) == []
    cliff.left[CRV] = None
    assert await cliff.is_at(2) == []
    assert await cliff.stands(19) == [19]
    cliff.left[CRV] = None
    assert await cliff.is_at(2) == []
    assert await cliff.stands(19) == []


async def test_off_is_off(tmp_path: Path) -> None:
    cliff = Cliff(tmp_path, warn="0")
    assert await cliff.stands(3) == []
    cliff.left[CRV] = None
    assert await cliff.is_at("1.1") == []


async def test_a_base_is_no_danger_until_it_has_grown(tmp_path: Path) -> None:
    cliff = Cliff(tmp_path, any_paper_leg(contracts=2))
    assert await cliff.stands(4) == []
    cliff.house.paper.put_leg(any_paper_leg(contracts=3))
    assert await cliff.stands(4) == [4]


async def test_doubtful_numbers_are_not_judged(cliff: Cliff) -> None:
    await cliff.stands(50)
    shown = cliff.house.exchange.view
    cliff.house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(leg.replaced(exchange_roi=D("0.5")) for leg in shown(snapshot).legs)
    )
    assert await cliff.stands(5) == []
    assert cliff.house.listener.of("leg_doubted")
    cliff.house.exchange.view = shown
    assert await cliff.stands(5) == [5]


async def test_numbers_beyond_all_reason_keep_nobody_else_from_being_told(tmp_path: Path) -> None:
    absurd = key("AAA-USDT-SWAP")
    cliff = Cliff(tmp_path, paper_leg("AAA-USDT-SWAP"), paper_leg())
    cliff.left = {CRV: 50, absurd: 50}
    snapshot = (await cliff.house.check()).snapshot
    assert snapshot is not None
    assert snapshot.legs[0].key == absurd
    beyond = {absurd: {"mark_price": D("1E-999999"), "liquidation_price": D("1E+300")}, CRV: {"liquidation_price": D("4.75")}}
    legs = tuple(leg.replaced(**beyond[leg.key]) for leg in snapshot.legs)
    cliff.house.checker.danger.look(snapshot.replaced(legs=legs), (), D(1))
    assert [event.leg for event in cliff.house.listener.of("liquidation_near")] == [CRV]


async def test_a_restart_repeats_nothing(cliff: Cliff) -> None:
    assert await cliff.stands(9) == [9]
    cliff.house.restart()
    assert await cliff.stands(9, 8) == []
    assert await cliff.stands(4) == [4]


async def test_the_first_look_tells_too_and_a_new_life_anew(cliff: Cliff) -> None:
    assert await cliff.stands(9) == [9]
    cliff.house.paper.put_leg(paper_leg(opened_at=cliff.house.clock.now()))
    assert await cliff.stands(9) == [9]


async def test_many_are_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"C{number}-USDT-SWAP" for number in range(10)]
    cliff = Cliff(tmp_path, *(paper_leg(name) for name in names))
    await cliff.house.check()
    cliff.left = {key(name): 9 for name in names}
    writes = 0
    write = atomic_file.write_whole

    def counted(path: Path, payload: bytes) -> None:
        nonlocal writes
        writes += 1
        write(path, payload)

    monkeypatch.setattr(atomic_file, "write_whole", counted)
    await cliff.house.check()
    assert len(cliff.house.listener.of("liquidation_near")) == 10
    assert writes == 1
    assert all(told.critical for told in cliff.house.ledger.outbox() if told.kind == "liquidation_near")


async def test_a_full_disk_keeps_it_for_the_next_check(cliff: Cliff, monkeypatch: pytest.MonkeyPatch) -> None:
    await cliff.stands(50)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(atomic_file, "write_whole", full)
        assert await cliff.stands(9) == []
    assert await cliff.stands(9) == [9]


@pytest.mark.parametrize(("leverage", "stands", "told"), [(10, (9, "5.1", "4.9"), ["4.9"]), (50, (2, "1.1", "0.9"), ["0.9"])])
async def test_a_leg_that_its_leverage_alone_puts_near_is_told_at_half_of_the_way(
    tmp_path: Path, leverage: int, stands: tuple[Any, ...], told: list[str]
) -> None:
    cliff = Cliff(tmp_path, paper_leg(leverage=leverage))
    assert await cliff.stands(*stands) == [D(left) for left in told]


async def test_a_far_liquidation_is_told_at_the_distance_of_the_settings_once_half_of_the_way_is_gone(tmp_path: Path) -> None:
    # 50 U of margin, and 200 U more: liquidated at 2.5.
    house = House(tmp_path, any_paper_leg(mode="isolated").replaced(added_margin=D(200)), liquidation_warn=D("0.2"))
    for mark in ("5", "4", "3.8", "3.7", "3.1"):
        house.prices.marks["CRV-USDT-SWAP"] = D(mark)
        await house.check(2)
    # Nearer than a fifth of the mark, and long past half of the way from 5 to 2.5.
    assert [event.mark_price for event in house.listener.of("liquidation_near")] == [D("3.1")]


@st.composite
def dangers(draw: st.DrawFn) -> tuple[Leg, Leg, Decimal]:
    """A leg, the same one where it stands safer, and the distance of the settings.

    Safer is less leverage, more margin beyond what it takes, a better price, or some of these.
    """
    side = draw(st.sampled_from(["long", "short"]))
    entry, sign = Decimal(draw(st.integers(50, 500))) / 100, 1 if side == "long" else -1
    leverages = sorted(draw(st.lists(st.sampled_from([1, 2, 3, 5, 10, 20, 50, 100]), min_size=2, max_size=2)), reverse=True)
    added = sorted(draw(st.lists(st.integers(0, 300), min_size=2, max_size=2)))
    lost = sorted(draw(st.lists(st.integers(-300, 990), min_size=2, max_size=2)), reverse=True)
    # Of the worse leg's way, so that neither is liquidated; and prices are above 0.
    way = entry / leverages[0] * (1 + Decimal(added[0]) / 1000)
    legs = []
    for leverage, more, gone in zip(leverages, added, lost, strict=True):
        liquidation = entry - sign * entry / leverage * (1 + Decimal(more) / 1000)
        mark = entry - sign * way * gone / 1000
        assume(liquidation > 0)
        assume(mark > 0)
        legs.append(leg(side=side, entry_price=entry, mark_price=mark, leverage=leverage, liquidation_price=liquidation))
    return legs[0], legs[1], Decimal(draw(st.sampled_from([3, 10, 20, 50]))) / 100


@settings(max_examples=tries(200, 5000))
@given(dangers())
def test_a_safer_leg_never_rings_where_a_less_safe_one_is_silent(found: tuple[Leg, Leg, Decimal]) -> None:
    worse, safer, warn = found
    told, less = gap_of(worse, warn), gap_of(safer, warn)
    assert told is not None
    assert less is not None
    assert less.warnings <= told.warnings


async def test_margin_that_is_added_rings_nothing(tmp_path: Path) -> None:
    # Half of the way of 10 % is not gone yet; with 10 U more the way is 30 %, and 16.6 % are left of it.
    house = House(tmp_path, any_paper_leg(mode="isolated"), liquidation_warn=D("0.2"))
    house.prices.marks["CRV-USDT-SWAP"] = D("4.8")
    await house.check(2)
    house.paper.put_leg(house.leg(key(mode="isolated")).replaced(added_margin=D(50)))
    await house.check(3)
    assert house.listener.of("liquidation_near") == []


async def test_what_upkeep_is_at_work_on_is_judged_when_it_is_done(cliff: Cliff) -> None:
    await cliff.stands(50)
    leg = (await cliff.house.paper.snapshot()).legs[0]
    checker = cliff.house.checker
    near = leg.replaced(liquidation_price=leg.mark_price * D("0.95"))
    look = checker.last_good
    assert look is not None
    checker.danger.look(look.replaced(legs=(near,)), (), D(1), {leg.key})
    assert cliff.house.listener.of("liquidation_near") == []
    checker.danger.look(look.replaced(legs=(near,)), (), D(1))
    assert len(cliff.house.listener.of("liquidation_near")) == 1


def test_upkeep_that_is_held_up_silences_nothing(cliff: Cliff) -> None:
    book, begun = cliff.house.checker.upkeep_scheduler.book, cliff.house.clock.now()
    with cliff.house.checker.journal.step():
        book.keep_correction(Correction(leg=CRV, opened_at=begun, begun_at=begun, margin=D(10), contracts=D(100)))
    assert book.at_work(begun + dt.timedelta(minutes=4)) == {CRV}
    assert book.at_work(begun + dt.timedelta(minutes=5)) == frozenset()


async def test_the_price_that_is_told_is_in_whole_ticks(tmp_path: Path) -> None:
    cliff = Cliff(tmp_path, any_paper_leg(side="short", leverage=3))
    await cliff.stands("4.7778777", key=key(side="short"))
    (event,) = cliff.house.listener.of("liquidation_near")
    # 5.238893885: a short meets the lower tick first.
    assert event.liquidation_price == D("5.2388")


async def test_the_demonstration_rings_no_alarm_at_its_start(tmp_path: Path) -> None:
    house = House(tmp_path, any_paper_leg(), any_paper_leg(side="short", mode="isolated"), liquidation_warn=D("0.2"))
    await house.check(3)
    assert house.listener.of("liquidation_near") == []
