"""The paper market gives something to see all the time: in every account, counted in virtual time."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import FakeClock, RecordingListener
from tests.fixtures.thoroughness import tries
from tgtp.adapters.paper.account_file import PaperAccount
from tgtp.adapters.paper.demonstration import Demonstration
from tgtp.adapters.paper.drama import Drama, DramaticMarket
from tgtp.adapters.paper.simulated_market import SimulatedMarket, seed_legs, seed_sub_legs, traded_by_hand
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.engine.cycle import Checker
from tgtp.engine.upkeep.scheduler import Upkeep

ACCOUNTS = {
    "main": (seed_legs, None),
    "drama": (seed_legs, None),
    "first": (seed_sub_legs(0), traded_by_hand(0)),
    "second": (seed_sub_legs(1), traded_by_hand(1)),
}
EVERY = 10
LONGEST = 120
# Half an hour and some of what follows; two hours where there is the night for it.
SECONDS = tries(2400, 7200)


async def lived(folder: Path, account: str, seed: int) -> tuple[list[float], float]:
    """Give when tiers and hedges filled, in seconds, with both ends of the time; and the equity at its end."""
    clock = FakeClock()
    begun = clock.now()
    seed_of, trades = ACCOUNTS[account]
    market_of, exchange_of = (DramaticMarket, Drama) if account == "drama" else (SimulatedMarket, Demonstration)
    market, paper = market_of(clock, begun, seed), PaperAccount(genesis=begun)
    exchange = exchange_of(market, clock, paper, seed=seed_of, trades=trades)
    ledger, listener = TinyLedger(folder), RecordingListener()
    checker = Checker(exchange, ledger, listener, clock, SEED_RULES, upkeep=Upkeep(is_sub=account in ("first", "second")))
    for second in range(0, SECONDS, EVERY):
        clock.forward(second - (clock.now() - begun).total_seconds())
        await checker.check()
    ledger.close()
    found = [event for _, event in listener.events if event.kind in ("tier_filled", "hedge_filled")]
    assert {event.kind for event in found} == {"tier_filled", "hedge_filled"}
    times = [0.0, *((event.at - begun).total_seconds() for event in found), float(SECONDS)]
    return times, float((await exchange.snapshot()).equity or 0)


@pytest.mark.parametrize("seed", range(1, tries(1, 7) + 1))
@pytest.mark.parametrize("account", ACCOUNTS)
async def test_something_is_to_be_seen_every_two_minutes(tmp_path: Path, account: str, seed: int) -> None:
    times, equity = await lived(tmp_path, account, seed)
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert max(gaps) <= LONGEST
    # What the trader loses by it does not empty the account in a day.
    assert equity > 1000 - 10 * SECONDS / 3600


async def test_the_trader_keeps_his_hands_off_the_legs_of_upkeep(tmp_path: Path) -> None:
    clock = FakeClock()
    market = SimulatedMarket(clock, clock.now())
    account = PaperAccount(genesis=clock.now())
    exchange = Demonstration(market, clock, account, seed=seed_sub_legs(0), trades=traded_by_hand(0))
    await exchange.snapshot()
    before = {leg.key: leg for leg in exchange.legs if leg.instrument_id not in traded_by_hand(0)}
    for _ in range(200):
        clock.forward(EVERY)
        await exchange.snapshot()
    after = {leg.key: leg for leg in exchange.legs}
    assert len(before) == 5
    assert all(after.get(key, leg) == leg for key, leg in before.items())
    assert any(leg.opened_at > account.genesis for leg in exchange.legs)
