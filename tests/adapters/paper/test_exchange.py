"""The paper exchange: lots, minimums, fees and refusals as the real one; an account that survives."""

from __future__ import annotations

import datetime as dt
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fixtures.fakes import NOW, FakeClock, key, paper_exchange, paper_leg
from tests.fixtures.sentences import raises, told
from tests.fixtures.snapshots import D
from tgtp.adapters.paper.account_file import START_CASH, PaperAccount, PaperLeg, read_paper_account
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.domain.examples import instrument
from tgtp.domain.funding.rates import FundingRate, next_funding
from tgtp.domain.model import Candle, Instrument, LegKey, MarginMode, PositionMode
from tgtp.domain.order import Intent, MarginMove, OrderStatus
from tgtp.domain.plan import basis_of
from tgtp.errors import CannotStart, OrderRefused, OutcomeUnknown, TemporarilyDown

CRV = key()


async def intent(exchange: PaperExchange, leg: LegKey = CRV, contracts: Any = 30, name: str = "tg1") -> Intent:
    shown = (await exchange.snapshot()).by_key[leg]
    return Intent(
        client_order_id=name,
        leg=leg,
        opened_at=shown.opened_at,
        position_mode=shown.position_mode,
        rule="tier",
        tag="tier1",
        contracts=Decimal(contracts),
        basis=basis_of(shown, Decimal(contracts)),
        meant_at=NOW,
    )


async def test_an_order_fills_at_the_mark_with_the_taker_fee() -> None:
    spec = instrument(contract_size="10", lot_size="0.1")
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100, entry_price="1.0"), instruments=[spec])
    prices.marks["CRV-USDT-SWAP"] = D("1.1")
    sent = await intent(exchange, contracts="30.5")
    await exchange.submit(sent)
    order = await exchange.find_order(sent)
    assert order is not None
    assert (order.status, order.filled_contracts, order.average_price) == (OrderStatus.FILLED, D("30.5"), D("1.1"))
    # 305 coins that won 0.1 each; 0.05 % of 335.5 U.
    assert (order.realised_pnl, order.fee) == (D("30.5"), D("0.16775"))
    leg = exchange.leg(CRV)
    assert leg is not None
    assert (leg.contracts, leg.adjusted_at, leg.realised_pnl) == (D("69.5"), NOW, D("30.33225"))
    assert (await exchange.snapshot()).equity == START_CASH + D("30.5") - D("0.16775") + D("69.5")


async def test_a_short_wins_when_the_price_falls() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(side="short", contracts=100, entry_price="1.0"))
    prices.marks["CRV-USDT-SWAP"] = D("0.9")
    sent = await intent(exchange, key(side="short"), 100)
    await exchange.submit(sent)
    order = await exchange.find_order(sent)
    assert order is not None
    assert order.realised_pnl == 10
    assert exchange.leg(key(side="short")) is None


@pytest.mark.parametrize(
    ("contracts", "spec", "code"),
    [
        ("0.5", instrument(), "51121"),
        ("30.05", instrument(lot_size="0.1"), "51121"),
        ("3", instrument(min_contracts="5"), "51020"),
        ("51", instrument(max_market_contracts="50"), "51202"),
        ("101", instrument(), "51112"),
    ],
)
async def test_what_the_real_one_refuses_is_refused(contracts: str, spec: Instrument, code: str) -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(contracts=100), instruments=[spec])
    sent = await intent(exchange, contracts=contracts)
    with pytest.raises(OrderRefused) as refused:
        await exchange.submit(sent)
    assert refused.value.code == code
    assert await exchange.find_order(sent) is None
    assert exchange.leg(CRV) == paper_leg(contracts=100)


async def test_a_leg_that_is_not_there_is_refused() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(contracts=100))
    sent = await intent(exchange)
    exchange.drop_leg(CRV)
    with pytest.raises(OrderRefused, match="51169"):
        await exchange.submit(sent)


async def test_an_instrument_that_is_not_there_is_refused() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100))
    sent = await intent(exchange)
    del prices.marks["CRV-USDT-SWAP"]
    with pytest.raises(OrderRefused, match="51001"):
        await exchange.submit(sent)


async def test_a_name_is_taken_once() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(contracts=100))
    sent = await intent(exchange)
    await exchange.submit(sent)
    with pytest.raises(OutcomeUnknown, match="51016"):
        await exchange.submit(sent)
    assert exchange.leg(CRV) == paper_leg(contracts=70).replaced(adjusted_at=NOW, realised_pnl=D("-0.075"), fees=D("0.075"))


async def test_without_prices_reads_fail_and_nothing_is_filled() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100))
    sent = await intent(exchange)
    prices.down = True
    with pytest.raises(TemporarilyDown):
        await exchange.snapshot()
    with raises(OutcomeUnknown, match="no prices"):
        await exchange.submit(sent)
    assert await exchange.find_order(sent) is None


async def test_a_leg_without_a_price_is_neither_shown_nor_gone() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100))
    prices.marks.clear()
    shot = await exchange.snapshot()
    assert shot.legs == ()
    (blind,) = shot.unreadable
    assert (blind.key, blind.contracts, blind.why) == (CRV, D(100), "unknown_instrument")
    assert shot.unwatched == ()


async def test_cross_margin_follows_the_mark_and_isolated_stays_at_the_entry() -> None:
    exchange, prices = paper_exchange(
        FakeClock(), paper_leg(contracts=100, entry_price="1.0"), paper_leg(contracts=100, entry_price="1.0", mode="isolated")
    )
    prices.marks["CRV-USDT-SWAP"] = D("1.1")
    legs = (await exchange.snapshot()).by_key
    assert legs[CRV].initial_margin == 11
    assert legs[key(mode="isolated")].initial_margin == 10
    assert legs[CRV].roi == legs[key(mode="isolated")].roi == 1


async def test_the_newest_legs_come_first() -> None:
    later = NOW - dt.timedelta(hours=1)
    exchange, _ = paper_exchange(FakeClock(), paper_leg(), paper_leg("UNI-USDT-SWAP", opened_at=later))
    assert [leg.instrument.coin for leg in (await exchange.snapshot()).legs] == ["UNI", "CRV"]


async def test_a_good_key() -> None:
    profile = await paper_exchange(FakeClock())[0].profile()
    assert (profile.can_trade, profile.can_withdraw, profile.position_mode) == (True, False, PositionMode.LONG_SHORT)


def reopened(path: Path, prices: FixedPrices, **more: Any) -> PaperExchange:
    return PaperExchange(prices, FakeClock(), read_paper_account(path, NOW), path=path, **more)


def seed(*legs: PaperLeg) -> Any:
    return lambda marks, instruments, opened_at: list(legs)


async def test_the_account_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    prices = FixedPrices([instrument()], {"CRV-USDT-SWAP": D("5.1")})
    exchange = reopened(path, prices, seed=seed(paper_leg(), paper_leg(mode="isolated")))
    sent = await intent(exchange)
    await exchange.submit(sent)
    before = await exchange.snapshot()
    again = reopened(path, prices, seed=seed(paper_leg("UNI-USDT-SWAP")))
    assert await again.snapshot() == before
    assert await again.find_order(sent) == await exchange.find_order(sent)
    with pytest.raises(OutcomeUnknown):
        await again.submit(sent)
    await again.submit(sent.replaced(client_order_id="tg2"))
    assert [order.order_id for order in again.orders.values()] == ["paper000001", "paper000002"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_an_account_that_was_emptied_is_not_filled_again(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    prices = FixedPrices([instrument()], {"CRV-USDT-SWAP": D(5)})
    exchange = reopened(path, prices, seed=seed(paper_leg()))
    await exchange.submit(await intent(exchange, contracts=100))
    again = reopened(path, prices, seed=seed(paper_leg()))
    assert (await again.snapshot()).legs == ()


@pytest.mark.parametrize(
    "content", [b"", b'{"genesis": "2026', b"[]", b"null", b"\xff\x00", b"{}", b'{"genesis": "2026-01-01"}']
)
async def test_an_account_that_makes_no_sense_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "paper.json"
    path.write_bytes(content)
    with pytest.raises(CannotStart) as refused:
        read_paper_account(path, NOW)
    assert str(path) in told(refused.value)
    assert "\n" not in told(refused.value)
    assert path.read_bytes() == content


def test_an_account_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with raises(CannotStart, match="Is a directory"):
        read_paper_account(tmp_path, NOW)


def test_a_new_account_begins_now(tmp_path: Path) -> None:
    assert read_paper_account(tmp_path / "paper.json", NOW) == PaperAccount(genesis=NOW)


async def test_a_full_disk_leaves_the_outcome_to_be_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = FixedPrices([instrument()], {"CRV-USDT-SWAP": D(5)})
    exchange = reopened(tmp_path / "paper.json", prices, seed=seed(paper_leg()))
    sent = await intent(exchange)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tgtp.adapters.paper.account_file.write_whole", full)
    with raises(OutcomeUnknown, match="could not be saved: No space left"):
        await exchange.submit(sent)
    assert await exchange.find_order(sent) is not None
    monkeypatch.undo()
    await exchange.submit(sent.replaced(client_order_id="tg2"))
    again = reopened(tmp_path / "paper.json", prices)
    assert (again.leg(CRV), len(again.orders)) == (exchange.leg(CRV), 2)


async def test_without_a_trader_a_closed_leg_stays_closed() -> None:
    exchange, _ = paper_exchange(clock := FakeClock(), paper_leg())
    exchange.drop_leg(CRV)
    clock.forward(3600)
    assert (await exchange.snapshot()).legs == ()


def test_a_paper_legs_name() -> None:
    assert paper_leg(mode="isolated").key.margin_mode is MarginMode.ISOLATED


async def test_what_was_realised_moves_the_break_even_price() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100))
    before = (await exchange.snapshot()).legs[0].break_even_price
    prices.marks["CRV-USDT-SWAP"] = D("5.5")
    await exchange.submit(await intent(exchange, contracts=50))
    leg = (await exchange.snapshot()).legs[0]
    # 25 U less the fee are won; the other half may lose as much, its own fee included.
    assert before == D("5") / D("0.9995")
    assert leg.break_even_price is not None
    prices.marks["CRV-USDT-SWAP"] = leg.break_even_price
    cash = (await exchange.snapshot()).equity
    await exchange.submit(await intent(exchange, contracts=50, name="tg2"))
    assert cash is not None
    assert (await exchange.snapshot()).equity == pytest.approx(START_CASH, abs=D("1e-20"))
    assert leg.break_even_price < D("4.51")


async def test_a_leg_that_has_won_more_than_it_can_lose_has_no_break_even_price() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100, leverage=1))
    prices.marks["CRV-USDT-SWAP"] = D(15)
    await exchange.submit(await intent(exchange, contracts=60))
    assert (await exchange.snapshot()).legs[0].break_even_price is None


async def test_an_account_of_before_fees_were_kept_is_read(tmp_path: Path) -> None:
    exchange = PaperExchange(
        FixedPrices([]), FakeClock(), PaperAccount(genesis=NOW, legs=(paper_leg(),)), path=tmp_path / "paper.json"
    )
    exchange.put_leg(paper_leg())
    text = (tmp_path / "paper.json").read_text()
    assert '"fees": "0",' not in text.partition('"legs"')[0]
    (tmp_path / "paper.json").write_text(text.replace(',\n      "fees": "0"', ""))
    assert '"fees"' not in (tmp_path / "paper.json").read_text().partition('"legs"')[2].partition('"orders"')[0]
    assert read_paper_account(tmp_path / "paper.json", NOW).legs == (paper_leg(),)


async def test_nothing_is_funded_and_bars_are_those_of_the_prices() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg())
    bar = Candle(opened_at=NOW, open=D(1), high=D(3), low=D(1), close=D(2))
    prices.candles["CRV-USDT-SWAP"] = (bar.replaced(opened_at=NOW - dt.timedelta(hours=1)), bar)
    assert await exchange.mark_candles("CRV-USDT-SWAP", NOW) == (bar,)
    assert await exchange.mark_candles("STX-USDT-SWAP", NOW) == ()
    assert await exchange.funding_since(NOW) == 0
    prices.down = True
    with pytest.raises(TemporarilyDown):
        await exchange.mark_candles("CRV-USDT-SWAP", NOW)


# Upkeep: what only paper can be asked

ISOLATED = key(mode="isolated")


def margin_move(amount: Any) -> MarginMove:
    return MarginMove(leg=ISOLATED, position_mode=PositionMode.LONG_SHORT, amount=D(amount), margin=D(0))


async def buy(exchange: PaperExchange, contracts: Any, name: str = "tgbuy", leg: LegKey = ISOLATED) -> Intent:
    return (await intent(exchange, leg, contracts, name)).replaced(rule="buy", tag="m1buy")


def kept(tmp_path: Path, *legs: PaperLeg, **more: Any) -> tuple[PaperExchange, FixedPrices]:
    """An account on disk, of which only these legs are known."""
    prices = FixedPrices([instrument(), instrument("UNI-USDT-SWAP")], {"CRV-USDT-SWAP": D(5), "UNI-USDT-SWAP": D(5)})
    account = PaperAccount(genesis=NOW, legs=legs, **more)
    return PaperExchange(prices, FakeClock(), account, path=tmp_path / "paper.json"), prices


async def test_upkeep_survives_a_restart(tmp_path: Path) -> None:
    exchange, prices = kept(tmp_path, paper_leg(mode="isolated"))
    await exchange.submit(await buy(exchange, 50))
    await exchange.move_margin(margin_move(20))
    prices.marks["CRV-USDT-SWAP"] = D("5.1")
    before = await exchange.snapshot()
    assert before.by_key[ISOLATED].initial_margin == 95
    again = reopened(tmp_path / "paper.json", prices)
    assert await again.snapshot() == before


async def test_the_leverage_of_a_closed_leg_is_kept_over_a_restart(tmp_path: Path) -> None:
    exchange, prices = kept(tmp_path, paper_leg(mode="isolated", leverage=4), paper_leg(leverage=7))
    meant = await buy(exchange, 10)
    await exchange.submit((await intent(exchange, ISOLATED, 100)).replaced(rule="cut"))
    exchange.drop_leg(CRV)
    again = reopened(tmp_path / "paper.json", prices)
    await again.submit(meant)
    await again.submit(meant.replaced(client_order_id="tgcross", leg=CRV))
    found = (again.leg(ISOLATED), again.leg(CRV))
    assert [(leg.leverage, leg.opened_at, leg.entry_price) for leg in found if leg] == [(D(4), NOW, D(5)), (D(7), NOW, D(5))]


async def test_a_leg_that_never_was_opens_at_ten() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(mode="isolated", leverage=4))
    short = (await buy(exchange, 10)).replaced(leg=key(side="short", mode="isolated"))
    await exchange.submit(short)
    leg = exchange.leg(short.leg)
    assert leg is not None
    assert (leg.leverage, leg.fees, leg.realised_pnl, leg.added_margin) == (D(10), D("0.025"), D("-0.025"), D(0))


async def test_what_a_leg_without_a_price_binds_is_not_known() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(mode="isolated"), paper_leg("UNI-USDT-SWAP", mode="isolated"))
    meant = await buy(exchange, 10)
    assert (await exchange.snapshot()).available == START_CASH - 100
    uni = prices.marks.pop("UNI-USDT-SWAP")
    assert (await exchange.snapshot()).available is None
    with pytest.raises(OrderRefused, match="51008"):
        await exchange.submit(meant)
    with pytest.raises(OrderRefused, match="51008"):
        await exchange.move_margin(margin_move(1))
    prices.marks["UNI-USDT-SWAP"] = uni
    await exchange.submit(meant)


async def test_a_buy_needs_its_fee_too() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(mode="isolated"))
    exchange.deposit(D("55.0") - START_CASH)
    # 5 U of margin are there, and 0.025 U of fee are not.
    with pytest.raises(OrderRefused, match="51008"):
        await exchange.submit(await buy(exchange, 10))
    exchange.deposit(D("0.025"))
    await exchange.submit(await buy(exchange, 10))
    assert (await exchange.snapshot()).available == 0


async def test_an_account_that_has_lost_more_than_it_had_frees_no_margin() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(mode="isolated"))
    exchange.deposit(-START_CASH)
    assert (await exchange.snapshot()).available == -50
    with pytest.raises(OrderRefused, match="51008"):
        await exchange.move_margin(margin_move("0.01"))


async def test_margin_without_prices_is_left_to_be_looked_up() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(mode="isolated"))
    prices.down = True
    with raises(OutcomeUnknown, match="no prices"):
        await exchange.move_margin(margin_move(5))
    prices.down = False
    assert (await exchange.snapshot()).by_key[ISOLATED].initial_margin == 50
    prices.marks.clear()
    with pytest.raises(OrderRefused, match="59300"):
        await exchange.move_margin(margin_move(5))


async def test_a_full_disk_leaves_a_margin_move_to_be_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange, prices = kept(tmp_path, paper_leg(mode="isolated"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tgtp.adapters.paper.account_file.write_whole", full)
    with raises(OutcomeUnknown, match="could not be saved: No space left"):
        await exchange.move_margin(margin_move(5))
    assert (await exchange.snapshot()).by_key[ISOLATED].initial_margin == 55
    monkeypatch.undo()
    await exchange.move_margin(margin_move(5))
    again = reopened(tmp_path / "paper.json", prices)
    assert (await again.snapshot()).by_key[ISOLATED].initial_margin == 60


async def test_an_account_of_before_margin_was_moved_is_read(tmp_path: Path) -> None:
    exchange, _ = kept(tmp_path, paper_leg(mode="isolated"))
    exchange.put_leg(paper_leg(mode="isolated"))
    path = tmp_path / "paper.json"
    saved = orjson.loads(path.read_bytes())
    del saved["leverages"], saved["legs"][0]["added_margin"]
    path.write_bytes(orjson.dumps(saved))
    assert read_paper_account(path, NOW).legs == (paper_leg(mode="isolated"),)


async def test_a_close_in_thirds_loses_no_added_margin() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(mode="isolated", contracts=90).replaced(added_margin=D(9)))
    for left, margin in ((60, 36), (30, 18)):
        await exchange.submit(await intent(exchange, ISOLATED, 30, f"tg{left}"))
        assert (await exchange.snapshot()).by_key[ISOLATED].initial_margin == margin
    free = (await exchange.snapshot()).available
    assert free is not None
    await exchange.submit(await intent(exchange, ISOLATED, 30, "tglast"))
    assert (await exchange.snapshot()).available == free + 18 - D("0.075")


class TestContractSizes:
    async def test_a_leg_keeps_its_coins(self) -> None:
        spec = instrument(contract_size="1")
        exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=17), instruments=[spec])
        before = (await exchange.snapshot()).by_key[CRV]
        prices.list_anew(spec.replaced(contract_size=D("0.1")))
        after = (await exchange.snapshot()).by_key[CRV]
        assert (after.contracts, after.notional, after.initial_margin) == (D(170), before.notional, before.initial_margin)

    async def test_also_when_it_changes_while_nothing_runs(self, tmp_path: Path) -> None:
        path = tmp_path / "paper.json"
        prices = FixedPrices([instrument(contract_size="10")], {CRV.instrument_id: D(5)})
        await reopened(path, prices, seed=seed(paper_leg(contracts=17))).snapshot()
        prices.list_anew(instrument(contract_size="1"))
        assert (await reopened(path, prices).snapshot()).by_key[CRV].contracts == 170

    async def test_a_leg_that_is_opened_after_the_change_is_left_as_it_is(self) -> None:
        spec = instrument(contract_size="1")
        exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=17), instruments=[spec])
        await exchange.snapshot()
        exchange.drop_leg(CRV)
        prices.list_anew(spec.replaced(contract_size=D("0.1")))
        await exchange.snapshot()
        exchange.put_leg(paper_leg(contracts=17))
        assert (await exchange.snapshot()).by_key[CRV].contracts == 17

    async def test_an_order_of_before_closes_what_it_asks_for_and_no_more(self) -> None:
        spec = instrument(contract_size="1")
        exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=100), instruments=[spec])
        asked = await intent(exchange)
        prices.list_anew(spec.replaced(contract_size=D("0.1")))
        await exchange.submit(asked)
        assert (await exchange.snapshot()).by_key[CRV].contracts == 970


# Funding


def a_rate(value: str, hours: float = 1) -> FundingRate:
    return FundingRate(instrument_id=CRV.instrument_id, rate=value, settles_at=NOW + dt.timedelta(hours=hours))


@pytest.mark.parametrize("mode", ["cross", "isolated"])
@pytest.mark.parametrize(
    ("side", "value", "payment"), [("long", "0.001", "-0.52"), ("short", "0.001", "0.52"), ("short", "-0.002", "-1.04")]
)
async def test_what_was_shown_is_what_is_settled(mode: str, side: str, value: str, payment: str) -> None:
    clock, of = FakeClock(), key(side=side, mode=mode)
    exchange, prices = paper_exchange(clock, paper_leg(side=side, mode=mode))
    prices.marks[CRV.instrument_id] = D("5.2")
    prices.funding[CRV.instrument_id] = rate = a_rate(value)
    before = await exchange.snapshot()
    assert await exchange.funding_rate(CRV.instrument_id) == rate
    forecast = next_funding(before.by_key[of], {CRV.instrument_id: rate}, NOW)
    assert forecast is not None
    assert forecast.payment == D(payment)
    clock.forward(3599)
    assert (await exchange.snapshot()).by_key[of].funding == 0
    prices.funding[CRV.instrument_id] = a_rate("0.5", hours=2)
    clock.forward(1)
    for _ in range(3):
        after = await exchange.snapshot()
    leg = after.by_key[of]
    assert (leg.funding, leg.realised_pnl, leg.contracts) == (D(payment), D(payment), D(100))
    assert after.equity is not None
    assert before.equity is not None
    assert after.equity - before.equity == D(payment)
    own = D(payment) if mode == "isolated" else D(0)
    assert leg.initial_margin - before.by_key[of].initial_margin == own
    assert leg.adjusted_at == clock.now()
    assert after.available is not None
    assert before.available is not None
    assert after.available - before.available == D(payment) - own
    assert await exchange.funding_since(NOW) == D(payment)
    assert await exchange.funding_since(clock.now() + dt.timedelta(seconds=1)) == 0


async def test_where_no_rate_was_read_nothing_is_settled() -> None:
    clock = FakeClock()
    exchange, prices = paper_exchange(clock, paper_leg())
    prices.funding[CRV.instrument_id] = a_rate("0.001")
    await exchange.snapshot()
    clock.forward(7200)
    assert (await exchange.snapshot()).by_key[CRV].funding == 0


async def test_a_leg_that_was_opened_after_it_is_not_settled_and_a_restart_forgets_nothing(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "paper.json"
    _, prices = paper_exchange(clock, paper_leg())
    prices.funding[CRV.instrument_id] = a_rate("0.001")
    first = PaperExchange(prices, clock, PaperAccount(genesis=NOW, legs=(paper_leg(),)), path=path)
    await first.funding_rate(CRV.instrument_id)
    await first.snapshot()
    clock.forward(5400)
    first.put_leg(paper_leg(side="short", opened_at=clock.now()))
    again = PaperExchange(prices, clock, read_paper_account(path, clock.now()), path=path)
    legs = (await again.snapshot()).by_key
    assert (legs[CRV].funding, legs[key(side="short")].funding) == (D("-0.5"), D(0))
    third = PaperExchange(prices, clock, read_paper_account(path, clock.now()), path=path)
    assert (await third.snapshot()).by_key[CRV].funding == D("-0.5")
    assert await third.funding_since(NOW) == D("-0.5")


async def test_accounts_that_share_their_rates_are_funded_by_the_same() -> None:
    clock = FakeClock()
    main, prices = paper_exchange(clock)
    sub = PaperExchange(prices, clock, PaperAccount(genesis=NOW, legs=(paper_leg(),)))
    prices.list_anew(instrument())
    prices.marks[CRV.instrument_id] = D(5)
    prices.funding[CRV.instrument_id] = a_rate("0.001")
    sub.shown_rates = main.shown_rates
    await main.funding_rate(CRV.instrument_id)
    await sub.snapshot()
    clock.forward(3600)
    assert (await sub.snapshot()).by_key[CRV].funding == D("-0.5")
