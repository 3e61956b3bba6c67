"""Conditional orders on paper: what they do beyond what every exchange owes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from tests.fixtures.fakes import NOW, FakeClock, key, paper_exchange, paper_leg
from tgtp.adapters.paper import conditional
from tgtp.adapters.paper.account_file import PaperAccount, read_paper_account
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.domain.examples import instrument
from tgtp.domain.model import PositionMode
from tgtp.domain.resting.conditional import RestingTier, resting_name
from tgtp.errors import OrderRefused, OutcomeUnknown, TemporarilyDown

CRV = key()


def tier(number: int = 1, contracts: str = "30", trigger: str = "1.02", opened_at: dt.datetime = NOW) -> RestingTier:
    return RestingTier(
        name=resting_name("main", CRV, opened_at, 0, number),
        leg=CRV,
        opened_at=opened_at,
        position_mode=PositionMode.LONG_SHORT,
        tier=number,
        contracts=Decimal(contracts),
        trigger_price=Decimal(trigger),
    )


def contracts(exchange: PaperExchange) -> Decimal:
    leg = exchange.leg(CRV)
    return Decimal(0) if leg is None else leg.contracts


async def test_what_waits_survives_a_restart_and_fires_at_the_first_price_that_is_seen(tmp_path: Path) -> None:
    path, clock = tmp_path / "paper.json", FakeClock()
    leg = paper_leg(contracts=100, entry_price="1.0")
    prices = FixedPrices([instrument()], {leg.instrument_id: Decimal(1)})
    exchange = PaperExchange(prices, clock, PaperAccount(genesis=NOW, legs=(leg,)), path=path)
    for number, share, trigger in ((1, "30", "1.025"), (2, "35", "1.035"), (3, "17", "1.05")):
        await exchange.conditional.place(tier(number, share, trigger))
    await exchange.conditional.cancel(leg.instrument_id, (await exchange.conditional.live())[2].algo_id)
    # Nobody looks while the price goes there, and on.
    prices.marks[leg.instrument_id] = Decimal("1.06")
    clock.forward(60)
    again = PaperExchange(prices, clock, read_paper_account(path, clock.now()), path=path)
    (shown,) = (await again.snapshot()).legs
    assert shown.contracts == 35
    found = [await again.conditional.find(tier(number).name) for number in (1, 2, 3)]
    assert [one.status for one in found if one] == ["effective", "effective", "canceled"]
    assert found[0] is not None
    order = await again.conditional.fills(found[0])
    assert order is not None
    assert (order.average_price, order.updated_at) == (Decimal("1.06"), clock.now())
    # It is on disk by then: a third process fires nothing again.
    third = PaperExchange(prices, clock, read_paper_account(path, clock.now()))
    assert await third.conditional.live() == ()
    assert contracts(third) == 35
    assert await third.conditional.fills(found[0]) == order


async def test_an_account_of_before_has_none(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    account = PaperAccount(genesis=NOW, legs=(paper_leg(contracts=100),)).model_dump(mode="json")
    path.write_bytes(orjson.dumps({name: value for name, value in account.items() if not name.startswith("resting")}))
    exchange, _ = paper_exchange(FakeClock(), *read_paper_account(path, NOW).legs)
    assert await exchange.conditional.live() == ()


async def test_what_it_did_is_in_the_book() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100, entry_price="1.0"))
    await exchange.snapshot()
    await exchange.conditional.place(tier())
    prices.marks[CRV.instrument_id] = Decimal("1.02")
    after = await exchange.snapshot()
    (bill,) = await exchange.bills_since(NOW - dt.timedelta(days=1)) or ()
    assert (bill.kind, bill.amount) == ("trade", Decimal("0.6") - Decimal("0.0153"))
    assert after.equity == 1000 + Decimal("0.5847") + Decimal("1.4")


async def test_contracts_of_another_size_end_it() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100, entry_price="1.0"))
    await exchange.conditional.place(tier())
    prices.list_anew(instrument(contract_size="0.1"))
    prices.marks[CRV.instrument_id] = Decimal("1.5")
    assert await exchange.conditional.live() == ()
    assert contracts(exchange) == 1000


async def test_another_life_in_the_same_place_ends_it() -> None:
    clock = FakeClock()
    exchange, prices = paper_exchange(clock, paper_leg(contracts=100, entry_price="1.0", opened_at=NOW))
    await exchange.conditional.place(tier())
    exchange.put_leg(paper_leg(contracts=100, entry_price="1.0", opened_at=NOW + dt.timedelta(seconds=1)))
    prices.marks[CRV.instrument_id] = Decimal("1.5")
    assert (await exchange.snapshot()).legs[0].contracts == 100
    assert await exchange.conditional.live() == ()


async def test_without_prices_nothing_is_known() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100, entry_price="1.0"))
    algo_id = await exchange.conditional.place(tier())
    prices.down = True
    with pytest.raises(TemporarilyDown):
        await exchange.conditional.live()
    with pytest.raises(TemporarilyDown):
        await exchange.conditional.find(tier().name)
    for act in (
        exchange.conditional.place(tier(2)),
        exchange.conditional.amend(algo_id, tier()),
        exchange.conditional.cancel(CRV.instrument_id, algo_id),
    ):
        with pytest.raises(OutcomeUnknown):
            await act
    prices.down = False
    assert [one.name for one in await exchange.conditional.live()] == [tier().name]


async def test_an_instrument_without_a_price_waits() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100, entry_price="1.0"))
    algo_id = await exchange.conditional.place(tier())
    prices.marks.clear()
    assert len(await exchange.conditional.live()) == 1
    with pytest.raises(OrderRefused, match="51503"):
        await exchange.conditional.amend(algo_id, tier())


async def test_what_cannot_be_saved_is_not_known_to_have_happened(tmp_path: Path) -> None:
    leg = paper_leg(contracts=100, entry_price="1.0")
    prices = FixedPrices([instrument()], {leg.instrument_id: Decimal(1)})
    account = PaperAccount(genesis=NOW, legs=(leg,), contract_sizes={leg.instrument_id: Decimal(1)})
    exchange = PaperExchange(prices, FakeClock(), account, path=tmp_path / "gone" / "paper.json")
    with pytest.raises(OutcomeUnknown):
        await exchange.conditional.place(tier())
    # What it says is what has happened.
    assert [one.name for one in await exchange.conditional.live()] == [tier().name]
    prices.marks[leg.instrument_id] = Decimal("1.5")
    assert (await exchange.snapshot()).legs[0].contracts == 70


async def test_too_many_for_one_instrument_and_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditional, "MOST_WAITING", 5)
    monkeypatch.setattr(conditional, "RESTING_KEPT", 20)
    exchange, _ = paper_exchange(FakeClock(), paper_leg(contracts=100, entry_price="1.0"))
    for number in range(20):
        await exchange.conditional.cancel(CRV.instrument_id, await exchange.conditional.place(tier(number)))
    for number in range(50, 55):
        await exchange.conditional.place(tier(number, trigger="2"))
    with pytest.raises(OrderRefused, match="51261"):
        await exchange.conditional.place(tier(60))
    assert await exchange.conditional.find(tier(4).name) is None
    assert await exchange.conditional.find(tier(5).name) is not None
    assert len(await exchange.conditional.live()) == 5
