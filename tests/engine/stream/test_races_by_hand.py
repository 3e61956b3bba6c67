"""Pushes beside checks, closes by hand and deaths of the process at any place: no tier twice, none lost, contracts exact."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.fixtures.deaths import Killer
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.pushes import PushedHouse
from tests.fixtures.thoroughness import tries
from tgtp.domain.model import LegKey
from tgtp.domain.order import Intent
from tgtp.domain.plan import ladder_plan
from tgtp.domain.sizing import whole_lots
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import TgtpError

LONG, SHORT = key(), key("STX-USDT-SWAP", side="short")


class Sold(NamedTuple):
    """An order that has filled, what was held before it, and whether a hand closed something since the look it rests on."""

    intent: Intent
    held: Decimal
    hand_since: bool


class Race:
    """Lets things happen to two legs, and writes down what the exchange saw."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance = chance
        self.house = PushedHouse(folder, paper_leg(), paper_leg("STX-USDT-SWAP", side="short"))
        self.killer = Killer(chance.randint(0, 80) if chance.random() < 0.7 else None)
        self.sold: list[Sold] = []
        self.deaths = 0
        self._by_hand = {LONG: Decimal(0), SHORT: Decimal(0)}
        self._asked = 0
        self._hand_since_look = False
        real_submit, real_snapshot = self.house.paper.submit, self.house.paper.snapshot

        async def submit(intent: Intent) -> str:
            held, hand = self.house.held(intent.leg), self._hand_since_look
            order_id = await real_submit(intent)
            self.sold.append(Sold(intent, held, hand))
            return order_id

        async def snapshot():  # type: ignore[no-untyped-def]
            self._hand_since_look = False
            return await real_snapshot()

        self.house.paper.submit, self.house.paper.snapshot = submit, snapshot  # type: ignore[method-assign]

    def close_at_the_exchange(self, leg: LegKey) -> None:
        """Somebody closes a part of a leg in the app; mostly it is pushed."""
        house, held = self.house, self.house.paper.leg(leg)
        if held is None or held.contracts < 2:
            return
        part = Decimal(self.chance.randint(1, int(held.contracts) // 2))
        house.paper.put_leg(held.smaller(held.contracts - part, house.clock.now(), Decimal(0), Decimal(0)))
        self._by_hand[leg] += part
        self._hand_since_look = True
        if self.chance.random() < 0.7 and house.checker.last_good is not None:
            house.push_order(leg)
            house.push_position(leg)

    async def close_by_command(self, leg: LegKey) -> None:
        """Somebody closes a part of a leg on the phone."""
        seen = self.house.checker.last_good
        shown = seen.by_key.get(leg) if seen is not None else None
        if shown is None:
            return
        self._asked += 1
        part = Decimal(self.chance.randint(1, max(int(shown.contracts) // 3, 1)))
        with suppress(TgtpError):
            await self.house.actions.close([CloseOrder(shown, part)], 7, f"nonce{self._asked}")

    async def step(self) -> None:
        """Let one thing happen, or several at once; a process that dies of it is started again."""
        house, chance = self.house, self.chance
        if chance.random() < 0.5:
            # What comes next is between two checks.
            self._move((0, 10))
            house.clock.forward(1.1)
            await self._at_once(house.checker.check())
        self._move((0, 10, 24, 26, 36, 46, 56, 60))
        house.clock.forward(chance.choice((0.0, 0.05, 0.3, 1.1, 1.1, 9.0)))
        if chance.random() < 0.9:
            house.heard()
        for name in (LONG, SHORT):
            for _ in range(chance.randint(0, 3)):
                mark = house.prices.marks[name.instrument_id]
                house.push(name.instrument_id, mark, late=chance.choice((0.0, 0.1, 0.45)))
        leg = chance.choice((LONG, SHORT))
        doing: list[Coroutine[Any, Any, object]] = [house.decider.act()]
        if chance.random() < 0.4:
            doing.append(house.checker.check())
        if chance.random() < 0.15:
            doing.append(self.close_by_command(leg))
        chance.shuffle(doing)
        if chance.random() < 0.15:
            self.close_at_the_exchange(leg)
        await self._at_once(*doing)

    def _move(self, rois: tuple[int, ...]) -> None:
        for name in (LONG, SHORT):
            if self.house.held(name):
                self.house.set_roi(name, self.chance.choice(rois))

    async def _at_once(self, *doing: Coroutine[Any, Any, object]) -> None:
        """Do all of it side by side, to its end: what dies takes the process with it."""
        await asyncio.gather(*doing, return_exceptions=True)
        if self.killer.dead:
            self.deaths += 1
            self.killer.revive()
            self.house.clock.forward(3)
            self.house.restart()

    async def run(self, patch: pytest.MonkeyPatch) -> None:
        """Let things happen, and then let the price stay beyond every threshold."""
        await self.house.begin()
        self.killer.watch(self.house, patch)
        for _ in range(self.chance.randint(5, 25)):
            await self.step()
        self.killer.revive()
        house = self.house
        house.restart()
        for name in (LONG, SHORT):
            if house.held(name):
                house.set_roi(name, 60)
        house.clock.forward(60)
        await house.check(9)

    def audit(self) -> None:
        """Check that no tier was sold twice or forgotten, and that the contracts are those of its share."""
        house = self.house
        tiers = [(one.intent.leg, one.intent.tier) for one in self.sold if one.intent.rule == "tier"]
        assert len(tiers) == len(set(tiers)), f"a tier was sold twice: {tiers}"
        for intent, held, hand_since in self.sold:
            assert intent.contracts <= held
            if intent.rule == "tier":
                share, contracts = intent.basis.share, intent.basis.contracts
                assert share is not None
                assert intent.contracts == whole_lots(contracts * share, Decimal(1))
                assert contracts == held or hand_since
        assert not house.ledger.open_intents()
        report = house.checker.last_report
        assert report is not None
        assert report.snapshot is not None
        plan = ladder_plan(report.snapshot, house.checker.situation(report.snapshot.taken_at))
        # What a hand has left of a leg may be under the gate.
        assert {note.why for note in plan.notes} <= {"done", "small"}, f"a tier was lost: {plan.notes}"
        for leg in (LONG, SHORT):
            fired = {tier.tier: tier.contracts for tier in house.ledger.lives()[leg].fired}
            sold = {one.intent.tier: one.intent.contracts for one in self.sold if one.intent.leg == leg and one.intent.tier}
            assert fired == sold
            closed = sum((one.intent.contracts for one in self.sold if one.intent.leg == leg), Decimal(0))
            assert house.held(leg) == 100 - closed - self._by_hand[leg]


@pytest.mark.parametrize("seed", range(tries(16, 1000)))
async def test_whatever_comes_between_no_tier_is_sold_twice_or_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    race = Race(tmp_path, random.Random(seed))
    await race.run(monkeypatch)
    race.audit()


async def test_the_races_are_what_they_are_meant_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed = by_hand = deaths = 0
    for seed in range(8):
        race = Race(tmp_path / str(seed), random.Random(seed))
        await race.run(monkeypatch)
        pushed += sum(one.intent.basis.pushed_age is not None for one in race.sold)
        by_hand += sum(one.intent.rule == "hand" for one in race.sold)
        deaths += race.deaths
    assert pushed > 5
    assert by_hand > 3
    assert deaths > 2
