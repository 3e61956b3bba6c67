"""Keys dealt anew, names taken away and given back, keys that cannot be read: no account's tier ever fires twice."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.fakes import FaultyExchange, key, mark_at, paper_exchange, paper_leg
from tests.fixtures.several_accounts import Street
from tgtp.domain.model import MAIN
from tgtp.errors import AccessRefused, TemporarilyDown

CRV = key()
NAMES = (MAIN, "alpha", "beta", "gamma")
# What the ladder leaves of 1000 contracts, by the highest ROI (percent) that was seen.
LEFT = {20: 1000, 26: 700, 36: 350}


class World:
    """Four accounts, and a program that is started with keys of some of them under some names."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.street = Street(folder, {MAIN: [paper_leg(contracts=1000)]})
        self.accounts = [paper_exchange(self.street.clock, paper_leg(contracts=1000)) for _ in range(4)]
        self.highest = [20] * 4
        self.keys: dict[str, int] = {MAIN: 0}
        self.paused: set[str] = set()

    def deal(self) -> None:
        """Write another .env, and start with it."""
        names = [MAIN, *(name for name in NAMES[1:] if self.dice.random() < 0.7)]
        street, kept = self.street, self.dice.random() < 0.4
        self.keys = {name: self.keys[name] if kept and name in self.keys else self.dice.randrange(4) for name in names}
        street.names = tuple(names)
        for name, number in self.keys.items():
            street.papers[name], street.marks[name] = self.accounts[number]
            street.exchanges[name] = FaultyExchange(self.accounts[number][0])
            street.exchanges[name].profile_view = lambda profile, uid=f"{number + 1}": profile.replaced(uid=uid)  # type: ignore[misc]
        street.paper, street.prices, street.exchange = street.papers[MAIN], street.marks[MAIN], street.exchanges[MAIN]
        street.restart()
        self.break_some()

    def break_some(self) -> None:
        """Let the keys of some names be unreadable."""
        for name in self.keys:
            exc = self.dice.choice([None, None, AccessRefused("50111"), TemporarilyDown("no answer")])
            self.street.exchanges[name].before = lambda what, exc=exc: exc if what == "profile" else None  # type: ignore[misc]

    def rise(self) -> None:
        """Let an account's leg reach its next tier."""
        number = self.dice.randrange(4)
        self.highest[number] = {20: 26}.get(self.highest[number], 36)
        paper, prices = self.accounts[number]
        leg = paper.leg(CRV)
        assert leg is not None
        prices.marks[CRV.instrument_id] = mark_at(leg.entry_price, self.highest[number], "long", leg.leverage)

    def confirm(self) -> None:
        """Press the button of an account that asks for it."""
        for account in self.street.accounts:
            account.actions.confirm_account(7)

    async def step(self) -> None:
        does: list[Any] = [self.deal, self.break_some, self.rise, self.rise, self.confirm]
        self.dice.choice(does)()
        await self.street.check(self.dice.choice([1, 2, 8]))
        for (paper, _), highest in zip(self.accounts, self.highest, strict=True):
            leg = paper.leg(CRV)
            assert leg is not None
            assert leg.contracts >= LEFT[highest]


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_becomes_of_keys_and_names_no_tier_fires_twice(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path, seed)
    world.deal()
    for _ in range(25):
        await world.step()
