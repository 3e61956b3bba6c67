"""The trader of the demonstration: what he opens anew, when, and what it costs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.fixtures.fakes import NOW, FakeClock, key, paper_leg
from tests.fixtures.snapshots import D
from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg, read_paper_account
from tgtp.adapters.paper.demonstration import Demonstration
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.domain.examples import instrument

CRV = key()


async def visited(tmp_path: Path, held: PaperLeg | None, minutes: int = 4) -> tuple[Demonstration, FakeClock]:
    """An account with one leg of a seed of two, after some minutes with a trader who comes every two."""
    clock = FakeClock()
    prices = FixedPrices([instrument(), instrument("UNI-USDT-SWAP")], {"CRV-USDT-SWAP": D("5.2"), "UNI-USDT-SWAP": D(3)})
    account = PaperAccount(genesis=clock.now(), legs=(held,) if held else (), cash=D(900))
    # Visits are by turns: the first goes to the second leg, the second to the first.
    seed = [paper_leg(contracts=100, opened_at=NOW + dt.timedelta(minutes=minutes)), paper_leg("UNI-USDT-SWAP")]
    exchange = Demonstration(prices, clock, account, path=tmp_path / "paper.json", seed=lambda *_: seed)
    clock.forward(minutes * 60)
    await exchange.snapshot()
    return exchange, clock


async def test_the_trader_opens_a_closed_leg_anew_at_the_price_of_the_moment(tmp_path: Path) -> None:
    exchange, _ = await visited(tmp_path, None)
    leg = exchange.leg(CRV)
    assert leg is not None
    assert (leg.contracts, leg.entry_price, leg.opened_at) == (D(100), D("5.2"), NOW + dt.timedelta(minutes=4))
    # 0.05 % of 520 U.
    assert (await exchange.snapshot()).equity == 900 - D("0.26")


async def test_the_trader_closes_what_is_left_of_a_worn_leg_and_opens_it_anew(tmp_path: Path) -> None:
    exchange, _ = await visited(tmp_path, paper_leg(contracts=75, entry_price="5.0"))
    leg = exchange.leg(CRV)
    assert leg is not None
    assert (leg.contracts, leg.entry_price) == (D(100), D("5.2"))
    assert (await exchange.snapshot()).equity == 900 + 15 - D("0.26") - D("0.195")


async def test_the_trader_leaves_legs_alone_that_are_whole_or_not_his_turn(tmp_path: Path) -> None:
    whole = paper_leg(contracts=76)
    exchange, _ = await visited(tmp_path, whole)
    assert exchange.leg(CRV) == whole
    exchange, _ = await visited(tmp_path, paper_leg(contracts=10), minutes=2)
    assert exchange.leg(CRV) == paper_leg(contracts=10)


async def test_the_trader_comes_once_per_turn_over_a_restart(tmp_path: Path) -> None:
    exchange, _ = await visited(tmp_path, None)
    exchange.drop_leg(CRV)
    await exchange.snapshot()
    assert exchange.leg(CRV) is None
    account = read_paper_account(tmp_path / "paper.json", NOW)
    assert account.visits == 2


async def test_what_opening_costs_the_trader_is_the_legs(tmp_path: Path) -> None:
    exchange, _ = await visited(tmp_path, None)
    (leg,) = (await exchange.snapshot()).legs
    assert (leg.fees, leg.realised_pnl, leg.funding) == (D("0.26"), D("-0.26"), D(0))
