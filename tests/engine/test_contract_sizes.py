"""OKX changes the contract size of a swap while the list that tgtp has read is up to an hour old."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tgtp.domain.plan import Switches
from tgtp.domain.upkeep.maintenance import MaintenanceDraft
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.manual.upkeep import ManualUpkeep
from tgtp.engine.upkeep.scheduler import Upkeep

CRV = "CRV-USDT-SWAP"
INSTRUMENTS = "/public/instruments"
ME = 7
D = Decimal
LONG = leg_key(CRV)
SUB = leg_key(CRV, mode="isolated")
BY_HAND = Upkeep(is_sub=True)
CORRECTS = Upkeep(switches=Switches(correction=True), is_sub=True)
ON_ADD = SEED_RULES.replaced(rearm="on_add")
HOUR = 3600


def home_of(folder: Path, contracts: Any = 1000, entry: Any = "0.5", **more: Any) -> OkxHouse:
    """A cross leg that no rule touches yet."""
    account = Account()
    account.open_leg(CRV, "long", contracts, entry)
    return OkxHouse(folder, account, **more)


def sub_of(folder: Path, upkeep: Upkeep = BY_HAND, contracts: Any = 200, entry: Any = "0.5") -> OkxHouse:
    """A sub-account's leg that stands exactly at its target: 100 U of notional, 10 U of margin."""
    account = Account(cash=D(5000))
    account.open_leg(CRV, "long", contracts, entry, margin_mode="isolated")
    return OkxHouse(folder, account, upkeep=upkeep)


def reads(home: OkxHouse) -> int:
    return len(home.server.requests_to(INSTRUMENTS))


def bought(home: OkxHouse) -> Decimal:
    """The margin (USDT) that was bought, by what the contracts are worth now."""
    instrument = home.account.instruments[CRV]
    fills = (fill for fill in home.account.fills if fill.increased)
    return sum((fill.contracts * instrument.contract_size * fill.price / 10 for fill in fills), D(0))


async def drafted(home: OkxHouse) -> MaintenanceDraft | None:
    good = home.checker.last_good
    assert good is not None
    found = home.checker.upkeep_scheduler.maintenance_runner.draft(good.by_key[SUB], good.available, home.clock.now())
    return found if isinstance(found, MaintenanceDraft) else None


class TestSeen:
    """What was seen with the list of before; each of it is in the issue."""

    @pytest.mark.parametrize("list_lag", [0, HOUR])
    async def test_maintain_of_100_u_never_buys_999_u(self, tmp_path: Path, list_lag: int) -> None:
        async with sub_of(tmp_path) as home:
            home.account.set_roi(CRV, "long", -12, "isolated")
            await home.check()
            home.account.redenominate(CRV, 10, list_lag=list_lag)
            for _ in range(3):
                await home.check()
                if (plan := await drafted(home)) is not None:
                    await ManualUpkeep(home.checker).maintain(plan, ME)
            assert bought(home) == (0 if list_lag else pytest.approx(D(100), abs=D(1)))

    @pytest.mark.parametrize("list_lag", [0, HOUR])
    async def test_a_correction_sells_nothing_from_a_leg_at_its_target(self, tmp_path: Path, list_lag: int) -> None:
        async with sub_of(tmp_path, CORRECTS, contracts=17, entry="5.882352941") as home:
            await home.check()
            home.account.redenominate(CRV, "0.1", list_lag=list_lag)
            await home.check(65)
            assert home.server.orders_sent() == []
            assert home.account.leg(CRV, "long").contracts == 170

    @pytest.mark.parametrize("list_lag", [0, HOUR])
    async def test_the_hedge_leaves_1_u_and_not_a_tenth_of_it(self, tmp_path: Path, list_lag: int) -> None:
        account = Account()
        account.open_leg(CRV, "long", "1000", "0.5")
        account.open_leg(CRV, "short", "1000", "0.49")
        async with OkxHouse(tmp_path, account) as home:
            # At its entry the long neither wins nor loses.
            account.set_mark(CRV, "0.5")
            await home.check()
            account.redenominate(CRV, "0.1", list_lag=list_lag)
            account.set_mark(CRV, "0.501")
            await home.check(5)
            short = account.leg(CRV, "short")
            assert short.initial_margin >= 1
            if list_lag:
                assert home.server.orders_sent() == []
            else:
                assert short.initial_margin < D("1.1")

    @pytest.mark.parametrize("list_lag", [0, HOUR])
    @pytest.mark.parametrize("row_lag", [0, 25])
    async def test_ten_times_the_contracts_are_no_growth_and_re_arm_nothing(
        self, tmp_path: Path, list_lag: int, row_lag: int
    ) -> None:
        async with home_of(tmp_path, rules=ON_ADD) as home:
            home.account.set_roi(CRV, "long", 26)
            await home.check()
            assert (home.fired(LONG), home.closed(LONG)) == ([1], [D(300)])
            home.account.redenominate(CRV, "0.1", list_lag=list_lag, row_lag=row_lag)
            await home.check(HOUR // 10 + 8)
            assert home.closed(LONG) == [D(300)]
            life = home.ledger.lives()[LONG]
            assert (home.fired(LONG), life.generation, life.contracts) == ([1], 0, D(7000))
            assert home.told("leg_grew") == home.told("leg_shrank") == []


class TestRedenominated:
    """What happens instead."""

    async def test_it_is_told_in_one_sentence_and_the_ladder_goes_on(self, tmp_path: Path) -> None:
        async with home_of(tmp_path, rules=ON_ADD) as home:
            home.account.set_roi(CRV, "long", 26)
            await home.check()
            home.account.redenominate(CRV, "0.1")
            home.account.set_roi(CRV, "long", 36)
            before = reads(home)
            await home.check()
            # The leg is held for this check, and the instruments are read at once.
            assert home.closed(LONG) == [D(300)]
            assert reads(home) == before + 1
            await home.check(5)
            assert home.closed(LONG) == [D(300), D(3500)]
            assert home.fired(LONG) == [1, 2]
            (event,) = home.told("leg_redenominated")
            assert (event.before, event.contracts, event.size_before, event.size) == (D(700), D(7000), D(1), D("0.1"))
            assert home.told("leg_doubted") == home.told("leg_grew") == home.told("leg_shrank") == []

    async def test_a_list_that_lags_is_read_once_a_minute_and_the_doubt_is_told_once(self, tmp_path: Path) -> None:
        async with home_of(tmp_path) as home:
            await home.check()
            home.account.redenominate(CRV, "0.1", list_lag=HOUR)
            home.account.set_roi(CRV, "long", 60)
            before = reads(home)
            await home.check(54)
            assert 7 <= reads(home) - before <= 10
            assert home.closed(LONG) == []
            (doubted,) = home.told("leg_doubted")
            assert (doubted.doubt.cause, doubted.doubt.witness) == ("size", "notional")
            assert round(doubted.doubt.worked_out / doubted.doubt.shown) == 10
            assert home.told("leg_unguarded") == []
            await home.check(20)
            (unguarded,) = home.told("leg_unguarded")
            assert 600 <= unguarded.seconds < 620
            await home.check(290)
            assert len(home.told("leg_doubted")) == len(home.told("leg_unguarded")) == len(home.told("leg_redenominated")) == 1
            assert home.fired(LONG) == [1, 2, 3]

    async def test_a_row_that_changes_after_the_list_is_held_until_it_does(self, tmp_path: Path) -> None:
        async with home_of(tmp_path) as home:
            home.account.set_roi(CRV, "long", 26)
            await home.check()
            home.account.redenominate(CRV, "0.1", row_lag=HOUR + 120)
            await home.check(every=HOUR)
            home.account.set_roi(CRV, "long", 36)
            await home.check(6)
            assert home.closed(LONG) == [D(300)]
            assert home.ledger.lives()[LONG].contracts == 700
            await home.check(8)
            assert home.closed(LONG) == [D(300), D(3500)]
            assert home.told("leg_grew") == home.told("leg_shrank") == []

    async def test_without_a_witness_a_row_of_as_many_contracts_is_held(self, tmp_path: Path) -> None:
        async with sub_of(tmp_path, CORRECTS) as home:
            home.server.fault("/account/positions", "wrong_types", field="notionalUsd", value="", times=None)
            await home.check()
            with home.checker.journal.step():
                home.ledger.keep_life(home.ledger.lives()[SUB].replaced(contract_size=D(10)))
            await home.check(3)
            assert home.ledger.lives()[SUB].contracts == 200
            (event,) = home.told("leg_doubted")
            assert (event.doubt.cause, event.doubt.witness) == ("size", None)

    @pytest.mark.parametrize("with_orders", [False, True])
    async def test_an_order_in_flight_fires_its_tier_once(self, tmp_path: Path, *, with_orders: bool) -> None:
        async with home_of(tmp_path, rules=ON_ADD) as home:
            await home.check()
            home.account.order_lag = home.account.fill_lag = 40
            home.account.set_roi(CRV, "long", 26)
            await home.check()
            assert len(home.ledger.open_intents()) == 1
            home.account.redenominate(CRV, "0.1", with_orders=with_orders)
            await home.check(12)
            assert home.ledger.open_intents() == []
            life = home.ledger.lives()[LONG]
            assert (home.fired(LONG), life.contracts, life.generation) == ([1], D(7000), 0)
            assert len(home.orders_asked()) == 1
            assert home.told("leg_grew") == home.told("leg_shrank") == []
            assert len(home.told("leg_redenominated")) == 1

    async def test_an_unfinished_tier_is_finished_with_the_rest_of_its_own_size(self, tmp_path: Path) -> None:
        async with home_of(tmp_path) as home:
            await home.check()
            home.account.set_roi(CRV, "long", 26)
            home.server.fault("POST /trade/order", "partial_fill", share="0.5")
            await home.check()
            assert home.closed(LONG) == [D(150)]
            home.account.redenominate(CRV, "0.1")
            await home.check(4)
            assert home.closed(LONG) == [D(150), D(1500)]
            assert home.fired(LONG) == [1]

    async def test_a_leg_that_is_opened_under_the_old_list_is_no_smaller_with_the_new_one(self, tmp_path: Path) -> None:
        async with home_of(tmp_path) as home:
            await home.check()
            home.account.redenominate(CRV, "0.1", list_lag=300)
            home.account.open_leg(CRV, "short", "5000", home.account.instruments[CRV].mark)
            await home.check(40)
            assert home.told("leg_grew") == home.told("leg_shrank") == []
            life = home.ledger.lives()[leg_key(CRV, "short")]
            assert (life.contracts, life.contract_size) == (D(5000), D("0.1"))

    async def test_a_hand_that_adds_meanwhile_is_growth_all_the_same(self, tmp_path: Path) -> None:
        async with home_of(tmp_path) as home:
            await home.check()
            home.account.redenominate(CRV, "0.1")
            home.account.grow_leg(CRV, "long", "500")
            await home.check(2)
            (event,) = home.told("leg_grew")
            assert (event.before, event.contracts) == (D(10_000), D(10_500))

    async def test_a_ledger_of_before_learns_the_size(self, tmp_path: Path) -> None:
        async with home_of(tmp_path) as home:
            await home.check()
            with home.checker.journal.step():
                home.ledger.keep_life(home.ledger.lives()[LONG].replaced(contract_size=None))
            await home.check()
            assert home.ledger.lives()[LONG].contract_size == 1
            assert home.told("leg_redenominated") == []

    async def test_a_maintenance_under_way_is_cut_back_in_the_new_contracts(self, tmp_path: Path) -> None:
        async with sub_of(tmp_path) as home:
            home.account.set_roi(CRV, "long", -12, "isolated")
            await home.check()
            plan = await drafted(home)
            assert plan is not None
            home.server.fault("POST /trade/order", "code", code="51022", skip=1, times=1)
            await ManualUpkeep(home.checker).maintain(plan, ME)
            home.account.redenominate(CRV, "0.1")
            await home.check()
            work = home.checker.upkeep_scheduler.book.maintenances[SUB]
            assert (work.draft.buy_contracts, work.bought) == (plan.buy_contracts * 10, plan.buy_contracts * 10)
            await home.check(6)
            assert home.checker.upkeep_scheduler.book.maintenances == {}
            leg = home.account.leg(CRV, "long")
            assert 99 <= leg.instrument.worth(leg.contracts, leg.instrument.mark) <= 106


class TestClosingByHand:
    """A leg whose numbers are in doubt can be closed, and stays one leg in what is remembered."""

    @pytest.mark.parametrize(("share", "left"), [("0.5", 5000), ("1", 0)])
    async def test_it_closes_so_many_contracts(self, tmp_path: Path, share: str, left: int) -> None:
        async with home_of(tmp_path, rules=ON_ADD) as home:
            home.account.set_roi(CRV, "long", 26)
            await home.check()
            home.account.grow_leg(CRV, "long", 300)
            await home.check()
            home.account.redenominate(CRV, "0.1", list_lag=300)
            await home.check()
            good = home.checker.last_good
            assert good is not None
            held = good.by_key[LONG]
            result = await ManualActions(home.checker).close([CloseOrder(held, held.contracts * D(share))], ME, "n")
            assert [intent.contracts for intent in result.sent] == [10_000 * D(share)]
            assert (result.changed, result.busy, result.problem) == ((), (), None)
            await home.check(40)
            assert len(home.told("leg_grew")) == 1
            assert home.told("leg_shrank") == []
            life = home.ledger.lives()[LONG]
            assert life.contracts == left
            assert (life.gone_at is None) is bool(left)
