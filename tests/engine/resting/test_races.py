"""Orders fire, and the process dies, between any two calls; and many such things happen at once."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.deaths import Killed, Killer
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.resting import RestingHouse
from tests.fixtures.thoroughness import tries
from tgtp.domain.model import LegKey
from tgtp.errors import NotSent, OutcomeUnknown, TemporarilyDown

CRV = key()
UNI = key("UNI-USDT-SWAP", "short")
OFTEN = 0.08


class Wick:
    """Touches the threshold at the n-th call, and is gone again."""

    def __init__(self, house: RestingHouse, place: int) -> None:
        self._house = house
        self._place = place
        self.passed = 0

    def pass_by(self, _: str) -> None:
        if self.passed == self._place:
            self._house.clock.forward(1)
            self._house.move(CRV, 26)
            self._house.move(CRV, 5)
        self.passed += 1

    def watch(self) -> None:
        both = (self._house.exchange, self._house.rests)
        for each in both:
            each.before = each.after = self.pass_by


async def _with_a_wick(folder: Path, place: int, *, by_hand: bool) -> int:
    house = RestingHouse(folder, paper_leg())
    await house.check()
    if by_hand:
        house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
        house.clock.forward(1)
    wick = Wick(house, place)
    wick.watch()
    await house.check(2)
    places = wick.passed
    await house.check(4)
    fired = house.rests.fired()
    assert len(fired) == (place < wick.passed), place
    assert [event.order.filled_contracts for event in house.listener.of("tier_filled")] == fired, place
    assert house.closed() == []
    assert "leg_shrank" not in house.listener.kinds(), place
    assert house.ledger.lives()[CRV].contracts == house.held(CRV) == (200 if by_hand else 100) - sum(fired), place
    house.ledger.close()
    return places


@pytest.mark.parametrize("by_hand", [False, True], ids=["at_rest", "amended"])
async def test_one_may_fire_between_any_two_calls(tmp_path: Path, by_hand: bool) -> None:
    places = await _with_a_wick(tmp_path / "all", 10**6, by_hand=by_hand)
    assert places > 5
    for place in range(places):
        await _with_a_wick(tmp_path / str(place), place, by_hand=by_hand)


async def _dying(folder: Path, place: int | None, monkeypatch: pytest.MonkeyPatch) -> int:
    house = RestingHouse(folder, paper_leg())
    killer = Killer(place)
    with monkeypatch.context() as patch:
        killer.watch(house, patch)
        house.rests.before = house.rests.after = killer.pass_by
        with contextlib.suppress(Killed):
            await house.check(2)
            house.move(CRV, 26)
            house.move(CRV, 5)
            await house.check(2)
            house.actions.pause("*", by=7)
            await house.check()
        places = killer.passed
        killer.revive()
        house.clock.forward(3)
        house.restart()
        house.actions.resume("*", by=7)
        await house.check(10)
    fired = house.rests.fired()
    events = [event for _, event in house.ledger.history(100) if event.kind == "tier_filled"]
    assert [event.order.filled_contracts for event in events] == fired, place
    assert (house.closed(), house.ledger.lives()[CRV].contracts) == ([], house.held(CRV)), place
    assert house.held(CRV) == 100 - sum(fired), place
    assert sorted(house.rests.resting()) == ([2, 3] if fired else [1, 2, 3]), place
    assert "leg_shrank" not in house.listener.kinds(), place
    house.ledger.close()
    return places


async def test_killed_between_any_two_calls_nothing_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = await _dying(tmp_path / "all", None, monkeypatch)
    assert places > 40
    step = tries(3, 1)
    for place in range(0, places, step):
        await _dying(tmp_path / str(place), place, monkeypatch)


class Race:
    """A few minutes of two legs, with whatever a seed brings: prices that jump, calls that fail, orders that fail, restarts."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.by_hand = seed % 2 == 0
        self.house = RestingHouse(folder, paper_leg(), paper_leg("UNI-USDT-SWAP", "short"))
        self.is_calm = True
        for each in (self.house.exchange, self.house.rests):
            each.before, each.after = self._before, self._after

    def _before(self, called: str) -> BaseException | None:
        # No two things happen at the exchange in the same moment.
        self.house.clock.forward(0.002)
        if self.is_calm:
            return None
        if self.dice.random() < OFTEN:
            self._jump()
        if self.dice.random() < OFTEN:
            return self._fault(called, TemporarilyDown("502"), NotSent("no way"))
        return None

    def _after(self, called: str) -> BaseException | None:
        if self.is_calm or self.dice.random() >= OFTEN:
            return None
        return self._fault(called, TemporarilyDown("502"), OutcomeUnknown("slow"))

    def _fault(self, called: str, read: BaseException, write: BaseException) -> BaseException:
        return write if called in ("submit", "place", "amend", "cancel", "move_margin") else read

    def _jump(self) -> None:
        self.house.clock.forward(self.dice.uniform(0.01, 2))
        if held := self._open():
            self.house.move(self.dice.choice(held), self.dice.choice((-5, 5, 20, 24, 26, 30, 36, 44, 46, 52, 60)))

    def _open(self) -> list[LegKey]:
        return [each for each in (CRV, UNI) if self.house.paper.leg(each) is not None]

    async def step(self) -> None:
        house, dice = self.house, self.dice
        acts: list[Callable[[], object]] = [
            self._jump,
            self._jump,
            lambda: house.actions.pause(dice.choice(("*", "* tier", "CRV-USDT-SWAP", "* hedge")), by=7),
            lambda: house.actions.resume("*", by=7),
            house.restart,
            self._switch,
            lambda: setattr(house.rests, "lag", dice.choice((0, 0, 3, 12))),
            lambda: setattr(house.rests, "fails_with", dice.choice(("", "", "51008"))),
            lambda: setattr(house.rests, "fills_only", dice.choice((None, None, Decimal(7)))),
            lambda: setattr(house.rests, "fires", dice.choice((True, True, False))),
            # Placings that never arrive.
            lambda: setattr(house.rests, "under_way", dice.choice((None, []))),
        ]
        if self.by_hand:
            acts += [self._change]
        dice.choice(acts)()
        await house.check(every=dice.choice((0.5, 2, 10, 10)))

    def _switch(self) -> None:
        with self.house.checker.journal.step():
            self.house.checker.resting.change("", self.dice.choice(("all", "all", "off")), by=7)

    def _change(self) -> None:
        held, now = self._open(), self.house.clock.now()
        if not held:
            return
        leg = self.house.leg(self.dice.choice(held))
        self.house.clock.forward(1)
        more = self.dice.choice((Decimal("0.5"), Decimal("0.8"), Decimal(2)))
        contracts = Decimal(int(leg.contracts * more))
        if contracts >= 20:
            self.house.paper.put_leg(leg.replaced(contracts=contracts, adjusted_at=now))
        self.house.clock.forward(1)

    async def end(self) -> None:
        """Let everything come to rest, with all thresholds reached."""
        house = self.house
        self.is_calm = True
        house.rests.under_way = None
        house.rests.lag, house.rests.fails_with, house.rests.fills_only, house.rests.fires = 0, "", None, True
        house.actions.resume("*", by=7)
        for _ in range(2):
            for each in (CRV, UNI):
                if each in self._open():
                    house.move(each, 60)
            house.clock.forward(400)
            await house.check(12)

    def judge(self, seed: int) -> None:
        house = self.house
        events = [event for _, event in house.ledger.history(10**6) if event.kind == "tier_filled"][::-1]
        # Recorded once each: what fired at the exchange, and what the checks have sent.
        recorded = Counter(event.order.order_id for event in events)
        done = [algo.order_ids[0] for algo in house.rests.rows.values() if algo.filled]
        done += [order.order_id for order in house.paper.orders.values() if order.filled_contracts]
        assert recorded == Counter(done), (seed, recorded - Counter(done), Counter(done) - recorded)
        for each in self._open():
            mine = [event for event in events if event.intent.leg == each]
            life = house.ledger.lives()[each]
            assert (sorted(life.fired_numbers), life.unfinished) == ([1, 2, 3], None), (seed, each)
            for tier in (1, 2, 3):
                flags = [event.finished for event in mine if event.intent.tier == tier]
                # The rest of one that another has overtaken is closed with that.
                assert flags[:-1] == [False] * (len(flags) - 1), (seed, each, tier)
                assert flags[-1] or any(event.finished for event in mine if event.intent.tier != tier), (seed, each, tier)
            assert life.contracts == house.held(each), (seed, each)
        if not self.by_hand:
            assert {"leg_shrank", "leg_grew", "leg_gone"}.isdisjoint(house.listener.kinds()), seed
            assert [sum(self._closed(each)) for each in (CRV, UNI)] == [100 - house.held(each) for each in (CRV, UNI)]

    def _closed(self, which: LegKey) -> list[Decimal]:
        events = [event for _, event in self.house.ledger.history(10**6) if event.kind == "tier_filled"]
        return [event.order.filled_contracts for event in events if event.intent.leg == which]


@pytest.mark.parametrize("seed", range(tries(30, 1000)))
async def test_whatever_happens_each_tier_closes_once(tmp_path: Path, seed: int) -> None:
    race = Race(tmp_path, seed)
    await race.house.check()
    race.is_calm = False
    for _ in range(12):
        await race.step()
    await race.end()
    race.judge(seed)
    race.house.ledger.close()
