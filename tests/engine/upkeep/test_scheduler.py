"""Maintenance and correction in a whole engine, on good days and bad ones."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.deaths import Killed, Killer
from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.adapters.storage.ledger import follow_guard_mode
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.examples import instrument
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.order import Intent, Order, OrderStatus
from tgtp.domain.plan import ALL, Switches, basis_of
from tgtp.domain.upkeep.maintenance import MaintenanceDraft
from tgtp.engine.manual.upkeep import MaintenanceResult
from tgtp.engine.orders.execute import LOOKS
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import AccessRefused, OrderRefused, OutcomeUnknown, Problem, TemporarilyDown

ME = 7
D = Decimal
CRV, UNI = key(mode="isolated"), key("UNI-USDT-SWAP", mode="isolated")
OFF = Upkeep(is_sub=True)
MAINTAINS = Upkeep(switches=Switches(maintenance=True), is_sub=True)
CORRECTS = Upkeep(switches=Switches(correction=True), is_sub=True)


def isolated(contracts: Any = 20, **changes: Any) -> PaperLeg:
    return paper_leg(**{"contracts": contracts, "mode": "isolated", "entry_price": "5", **changes})


def with_margin(margin: Any, contracts: Any = 20, **changes: Any) -> PaperLeg:
    """A leg of 5 U a contract at 10x with this margin."""
    leg = isolated(contracts, **changes)
    return leg.replaced(added_margin=D(margin) - leg.contracts * leg.entry_price / leg.leverage)


def house(folder: Path, *legs: PaperLeg, upkeep: Upkeep = OFF, **changes: Any) -> House:
    home = House(folder, *(legs or (isolated(),)), upkeep=upkeep, **changes)
    submit = home.paper.submit

    async def takes_its_time(intent: Intent) -> str:
        # No two orders of one leg fill in the same moment.
        home.clock.forward(0.05)
        return await submit(intent)

    home.paper.submit = takes_its_time  # type: ignore[method-assign]
    return home


async def losing(house: House, roi: Any = -12) -> None:
    house.set_roi(CRV, roi)
    await house.check()


def shown(house: House, leg: LegKey = CRV) -> Leg:
    assert house.checker.last_good is not None
    return house.checker.last_good.by_key[leg]


def drafted(house: House) -> MaintenanceDraft:
    assert house.checker.last_good is not None
    found = house.checker.upkeep_scheduler.maintenance_runner.draft(
        shown(house), house.checker.last_good.available, house.clock.now()
    )
    assert isinstance(found, MaintenanceDraft), found
    return found


async def maintain(house: House) -> MaintenanceResult:
    return await house.upkeep_desk.maintain(drafted(house), ME)


def notional(house: House, leg: LegKey = CRV) -> Decimal:
    return house.held(leg) * house.prices.marks[leg.instrument_id]


def count(house: House) -> int:
    return house.ledger.lives()[CRV].maintenances


# By hand


@pytest.mark.parametrize(("margin", "roi"), [("9", -20), ("20.29", -60), ("20.29", -20), ("60", -80)])
async def test_a_correction_that_was_asked_for_rings_no_alarm(tmp_path: Path, margin: str, roi: int) -> None:
    home = house(tmp_path, with_margin(margin), liquidation_warn=D("0.2"))
    home.set_roi(CRV, roi)
    await home.check(2)
    await correct(home)
    await home.check(20)
    assert home.ledger.note("corrections") in (None, {})
    assert home.listener.of("liquidation_near") == []


async def test_the_first_maintenance_buys_for_100_and_leaves_10(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    before = shown(home).entry_price
    done = await maintain(home)
    assert done.outcome is not None
    assert done.outcome[1].kind == "maintenance_done"
    bought, cut = home.closed()
    assert 1000 - 5 < bought * shown(home).mark_price <= 1000
    assert 100 <= notional(home) < 105
    assert count(home) == 1
    event = home.listener.of("maintenance_done")[0]
    assert (event.count, event.work.bought, event.work.cut, event.work.by) == (1, bought, cut, ME)
    assert event.entry_price < before == event.entry_before
    assert home.listener.kinds()[-5:] == [
        "upkeep_asked",
        "maintenance_begun",
        "upkeep_filled",
        "upkeep_filled",
        "maintenance_done",
    ]
    assert home.checker.upkeep_scheduler.book.maintenances == {}


async def test_the_rounds_of_the_plan_and_then_no_more(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.paper.deposit(D(5000))
    kept = []
    for _ in range(3):
        await losing(home)
        assert (await maintain(home)).outcome is not None
        await home.check()
        kept.append(round(notional(home), -1))
        home.clock.forward(15 * 60)
    assert kept == [100, 100, 200]
    await losing(home)
    refusal = home.checker.upkeep_scheduler.maintenance_runner.draft(shown(home), D(5000), home.clock.now())
    assert refusal.why == "used_up"  # type: ignore[union-attr]
    assert len(home.closed()) == 6


async def test_a_leg_that_has_changed_since_it_was_shown_is_shown_anew(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    plan = drafted(home)
    home.paper.put_leg(home.leg(CRV).replaced(contracts=D(15)))
    assert (await home.upkeep_desk.maintain(plan, ME)).held == "changed"
    home.paper.drop_leg(CRV)
    assert (await home.upkeep_desk.maintain(plan, ME)).held == "changed"
    assert home.closed() == []


async def test_an_account_that_is_none_is_left_alone(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=Upkeep(switches=Switches(maintenance=True, correction=True)))
    await losing(home)
    assert (await maintain(home)).held == "account"
    await home.check(40)
    assert home.closed() == []
    assert home.exchange.moves == []


async def test_it_works_while_paused(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.actions.pause(ALL, ME)
    assert (await maintain(home)).outcome is not None
    assert count(home) == 1


async def test_a_key_that_may_not_trade_maintains_nothing(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.exchange.profile_view = lambda profile: profile.replaced(can_trade=False)
    await losing(home)
    assert (await maintain(home)).held == "forbidden"
    assert home.closed() == []


@pytest.mark.parametrize(("mode", "leverage"), [("cross", 10), ("isolated", 5), ("isolated", 20), ("cross", 3)])
async def test_it_stays_in_the_mode_and_at_the_leverage_of_the_leg(tmp_path: Path, mode: str, leverage: int) -> None:
    leg = key(mode=mode)
    home = house(tmp_path, isolated(mode=mode, leverage=leverage))
    home.set_roi(leg, -12)
    await home.check()
    plan = home.checker.upkeep_scheduler.maintenance_runner.draft(shown(home, leg), D(5000), home.clock.now())
    assert isinstance(plan, MaintenanceDraft)
    assert (await home.upkeep_desk.maintain(plan, ME)).outcome is not None
    assert {intent.leg.margin_mode.value for intent in home.exchange.submitted} == {mode}
    assert 990 * leverage / 10 < home.closed()[0] * home.prices.marks[leg.instrument_id] <= 1000 * leverage / 10
    assert 100 <= notional(home, leg) < 105


async def test_no_order_makes_a_leg_larger_but_the_one_that_is_written_down(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    leg, plan = shown(home), drafted(home)

    def buy(contracts: Decimal) -> Intent:
        return Intent(
            client_order_id=f"tgtest{contracts}",
            leg=CRV,
            opened_at=leg.opened_at,
            position_mode=leg.position_mode,
            rule="buy",
            tag="m1buy",
            contracts=contracts,
            basis=basis_of(leg, contracts),
            meant_at=home.clock.now(),
        )

    async def sent(contracts: Decimal) -> int:
        before = len(home.closed())
        await home.checker.executor.execute([buy(contracts)], lambda _: True)
        return len(home.closed()) - before

    assert await sent(D(1)) == 0
    with home.checker.journal.step():
        home.checker.upkeep_scheduler.maintenance_runner.begin(plan, leg, ME)
    assert await sent(plan.buy_contracts + 1) == 0
    assert await sent(plan.buy_contracts - 5) == 1
    assert await sent(D(6)) == 0
    book = home.checker.upkeep_scheduler.book
    work = next(iter(book.maintenances.values()))
    with home.checker.journal.step():
        book.keep_maintenance(work.replaced(stage="bought"))
    assert await sent(D(5)) == 0
    with home.checker.journal.step():
        book.keep_maintenance(work)
    assert await sent(D(5)) == 1


# By itself


async def test_it_begins_by_itself_at_the_threshold_only_where_that_is_switched_on(tmp_path: Path) -> None:
    home = house(tmp_path / "on", upkeep=MAINTAINS)
    await losing(home, "-9.9")
    assert home.closed() == []
    await losing(home, -10)
    assert count(home) == 1
    assert home.listener.of("maintenance_done")[0].work.by is None
    off = house(tmp_path / "off")
    await losing(off, -30)
    assert off.closed() == []


async def test_nothing_begins_by_itself_while_paused(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    await home.check()
    home.actions.pause("CRV-USDT-SWAP", ME)
    await losing(home, -12)
    assert home.closed() == []
    # Not even written down: it would begin with the numbers of now, whenever that is.
    assert home.checker.upkeep_scheduler.book.maintenances == {}
    assert "maintenance_begun" not in home.listener.kinds()
    home.actions.resume("CRV-USDT-SWAP", ME)
    await home.check()
    assert count(home) == 1


def started_to(house: House, mode: Any) -> None:
    """Start the program anew with this GUARD_MODE."""
    house.restart()
    follow_guard_mode([house.ledger], mode, house.clock.now())


async def test_watching_tells_of_the_maintenance_that_it_would_have_done_once(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    await home.check()
    started_to(home, "watch")
    await losing(home, -12)
    for roi in (-11, -5, -13):
        await losing(home, roi)
    (event,) = home.listener.of("would_have_kept_up")
    assert (event.what, event.leg, event.count) == ("maintenance", CRV, 1)
    assert event.contracts * shown(home).mark_price == pytest.approx(1000, rel=D("0.02"))
    assert "maintenance 1 is due at -12.00%; I would have bought" in line(Reader("en", home.rules, 10), event)
    assert "本应加仓" in line(Reader("zh", home.rules, 10), event)
    # A restart is no reason to say it again; another pause is.
    started_to(home, "watch")
    await home.check(3)
    assert len(home.listener.of("would_have_kept_up")) == 1
    assert home.closed() == []
    started_to(home, "guard")
    started_to(home, "watch")
    await home.check(2)
    assert len(home.listener.of("would_have_kept_up")) == 2


@pytest.mark.parametrize(
    ("leg", "said"),
    [
        (with_margin("20.29"), ("would have moved -5.00 U of margin", "本应调整保证金 -5.00 U")),
        (isolated(26), ("would have closed 6", "本应平 6 张")),
    ],
    ids=["margin", "contracts"],
)
async def test_watching_tells_of_the_correction_that_it_would_have_done_once(
    tmp_path: Path, leg: PaperLeg, said: tuple[str, str]
) -> None:
    home = house(tmp_path, leg, upkeep=CORRECTS)
    started_to(home, "watch")
    await home.check(40)
    (event,) = home.listener.of("would_have_kept_up")
    assert event.what == "correction"
    for language, words in zip(("en", "zh"), said, strict=True):
        assert words in line(Reader(language, home.rules, 10), event)  # type: ignore[arg-type]
    assert home.closed() == []
    assert home.checker.upkeep_scheduler.book.corrections == {}
    started_to(home, "guard")
    await home.check(31)
    assert home.listener.of("corrected")


async def test_nothing_is_told_of_upkeep_that_is_off_or_of_a_main_account(tmp_path: Path) -> None:
    for number, upkeep in enumerate((OFF, Upkeep(switches=Switches(maintenance=True, correction=True)))):
        home = house(tmp_path / str(number), upkeep=upkeep)
        started_to(home, "watch")
        await losing(home, -15)
        assert home.listener.of("would_have_kept_up") == []


async def test_nothing_begins_by_itself_while_the_end_is_near(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    await home.check()
    home.set_roi(CRV, -12)
    home.checker.stopping = True
    await home.check()
    assert home.checker.upkeep_scheduler.book.maintenances == {}
    assert "maintenance_begun" not in home.listener.kinds()


async def test_what_is_missing_is_said_once_and_nothing_is_sent(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    home.paper.deposit(D(-950))
    home.set_roi(CRV, -12)
    await home.check(20)
    (event,) = home.listener.of("maintenance_held_back")
    assert event.refusal.why == "poor"
    assert event.refusal.missing > 50
    assert home.closed() == []


async def test_two_legs_do_not_spend_the_same_margin(tmp_path: Path) -> None:
    home = house(tmp_path, isolated(), isolated(name="UNI-USDT-SWAP"), upkeep=MAINTAINS)
    home.paper.deposit(D(-830))
    for leg in (CRV, UNI):
        home.set_roi(leg, -12)
    await home.check()
    assert [event.refusal.why for event in home.listener.of("maintenance_held_back")] == ["poor"]
    assert len(home.listener.of("maintenance_done")) == 1


async def test_a_leg_whose_numbers_cannot_be_worked_with_holds_up_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """More lots would have to be bought of it than can be counted."""
    home = house(tmp_path, isolated(), isolated(name="UNI-USDT-SWAP"), upkeep=MAINTAINS)
    tiny = {"entry_price": D("1e-30"), "mark_price": D("0.98e-30")}
    spec = instrument(contract_size="1e-60", lot_size="1e-30", min_contracts="1e-30")
    home.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(leg.replaced(instrument=spec, **tiny) if leg.key == CRV else leg for leg in snapshot.legs)
    )
    home.set_roi(UNI, -12)
    report = await home.check()
    assert report.error is None
    assert f"{CRV} cannot be kept up" in caplog.text
    assert [event.leg for event in home.listener.of("maintenance_done")] == [UNI]


async def test_a_leg_that_sinks_after_the_last_is_told_of_once(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    await home.check()
    with home.checker.journal.step():
        home.ledger.keep_life(home.ledger.lives()[CRV].replaced(maintenances=3))
    home.set_roi(CRV, -19)
    await home.check(3)
    assert home.listener.of("leg_sinking") == []
    home.set_roi(CRV, -21)
    await home.check(3)
    (event,) = home.listener.of("leg_sinking")
    assert event.count == 3
    assert any(told.critical and told.kind == "leg_sinking" for told in home.ledger.outbox())
    assert home.closed() == []


async def test_the_ladder_leaves_a_leg_alone_while_it_is_maintained(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = fail("submit", OutcomeUnknown("hangs"), times=1)
    home.exchange.order_view = lambda _: None
    await maintain(home)
    home.set_roi(CRV, 60)
    await home.check()
    assert [note.why for note in home.checker.situation(home.clock.now()) and (await home.check()).ladder_notes] in (
        ["upkeep"],
        ["unresolved"],
    )


async def test_a_price_that_jumps_in_the_look_after_a_hedge_begins_nothing(tmp_path: Path) -> None:
    uni = key("UNI-USDT-SWAP", mode="isolated")
    pair = paper_leg(side="short", entry_price="5"), paper_leg(side="long", entry_price="5")
    home = house(tmp_path, *pair, isolated(name="UNI-USDT-SWAP"), upkeep=MAINTAINS)
    await home.check()

    def jumped(snapshot: Snapshot) -> Snapshot:
        # Only what is looked at after the hedge's order.
        if not home.exchange.submitted:
            return snapshot
        legs = [leg.replaced(mark_price=leg.mark_price * D("0.7")) if leg.key == uni else leg for leg in snapshot.legs]
        return snapshot.replaced(legs=tuple(legs))

    home.exchange.view = jumped
    home.prices.marks["CRV-USDT-SWAP"] = D("4.96")
    await home.check()
    assert [intent.rule for intent in home.exchange.submitted] == ["hedge"]
    assert home.listener.of("maintenance_begun") == []


# Bad days


def only(rule: str, exc: BaseException, times: int = 1) -> Any:
    """A ``before`` or ``after`` that fails the orders of one rule."""

    def of(home: House) -> Any:
        left = times

        def decide(name: str) -> BaseException | None:
            nonlocal left
            if name != "submit" or left == 0 or home.exchange.submitted[-1].rule != rule:
                return None
            left -= 1
            return exc

        return decide

    return of


async def until_settled(home: House, checks: int = 40) -> None:
    for _ in range(checks):
        await home.check()
        if not (home.checker.upkeep_scheduler.book.maintenances or home.ledger.open_intents()):
            return
    pytest.fail("the maintenance never came to its end")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("rule", ["buy", "cut"])
async def test_an_order_whose_reply_is_lost_is_looked_up_and_never_doubled(tmp_path: Path, rule: str, when: str) -> None:
    home = house(tmp_path)
    await losing(home)
    setattr(home.exchange, when, only(rule, OutcomeUnknown("no reply"))(home))
    await maintain(home)
    await until_settled(home)
    assert 100 <= notional(home) < 105
    assert count(home) == 1
    assert len(home.closed()) == 2


async def test_an_order_that_cannot_be_looked_up_at_once_is_looked_up_before_the_next_step(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.after = only("buy", OutcomeUnknown("no reply"))(home)
    home.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=len(LOOKS))
    # The large leg stays open no longer than that.
    await maintain(home)
    assert 100 <= notional(home) < 105
    assert count(home) == 1


async def test_a_price_that_jumps_after_the_buy_says_nothing_of_what_is_to_be_cut(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)

    def jumped(snapshot: Snapshot) -> Snapshot:
        if not home.exchange.submitted:
            return snapshot
        return snapshot.replaced(legs=(snapshot.legs[0].replaced(mark_price=snapshot.legs[0].mark_price * D("0.7")),))

    home.exchange.view = jumped
    await maintain(home)
    assert [intent.rule for intent in home.exchange.submitted] == ["buy"]
    home.exchange.view = lambda snapshot: snapshot
    await home.check(2)
    assert [intent.rule for intent in home.exchange.submitted] == ["buy", "cut"]
    assert 100 <= notional(home) < 105


async def test_a_row_from_before_the_buy_says_nothing_of_what_is_to_be_cut(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    before = shown(home)

    def late(snapshot: Snapshot) -> Snapshot:
        return snapshot.replaced(legs=(before,)) if home.exchange.submitted else snapshot

    home.exchange.view = late
    await maintain(home)
    assert [intent.rule for intent in home.exchange.submitted] == ["buy"]
    assert home.listener.of("maintenance_done") == []
    home.exchange.view = lambda snapshot: snapshot
    await home.check()
    assert [intent.rule for intent in home.exchange.submitted] == ["buy", "cut"]
    assert 100 <= notional(home) < 105


async def test_a_cut_that_is_refused_again_and_again_is_tried_until_it_is_done(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = only("cut", OrderRefused("51030", "Funding fee settlement"), times=4)(home)
    await maintain(home)
    assert notional(home) > 1000
    assert len(home.listener.of("order_rejected")) == 1
    await until_settled(home)
    assert 100 <= notional(home) < 105
    assert count(home) == 1


async def test_a_buy_that_is_refused_ends_it_and_says_why(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = only("buy", OrderRefused("51008", "Insufficient USDT margin"))(home)
    done = await maintain(home)
    assert done.outcome is not None
    broken = done.outcome[1]
    assert broken.kind == "maintenance_broken"
    assert (broken.why, broken.reason) == ("51008", Problem.of_words("Insufficient USDT margin"))
    assert count(home) == 0
    assert home.held(CRV) == 20
    # Nothing was bought: it may be tried again at once.
    await losing(home)
    assert (await maintain(home)).outcome[1].kind == "maintenance_done"  # type: ignore[index]


@pytest.mark.parametrize("rule", ["buy", "cut"])
async def test_an_order_that_fills_half_is_finished_by_another(tmp_path: Path, rule: str) -> None:
    home = house(tmp_path)
    await losing(home)
    halved: list[str] = []
    submit = home.paper.submit

    async def half(intent: Intent) -> str:
        if intent.rule == rule and not halved:
            halved.append(intent.client_order_id)
            intent = intent.replaced(contracts=intent.contracts // 2)
        return await submit(intent)

    def canceled(order: Order | None) -> Order | None:
        if order is not None and order.client_order_id in halved:
            return order.replaced(status=OrderStatus.CANCELED)
        return order

    home.paper.submit = half  # type: ignore[method-assign]
    home.exchange.order_view = canceled
    await maintain(home)
    await until_settled(home)
    assert halved
    assert 100 <= notional(home) < 105
    assert count(home) == 1
    assert len(home.closed()) == 3


async def test_a_leg_closed_by_hand_before_the_buy_is_not_left_open_by_it(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    submit = home.paper.submit

    async def closed_first(intent: Intent) -> str:
        if intent.rule == "buy":
            home.clock.forward(1)
            home.paper.drop_leg(CRV)
        return await submit(intent)

    home.paper.submit = closed_first  # type: ignore[method-assign]
    done = await maintain(home)
    home.paper.submit = submit  # type: ignore[method-assign]
    await until_settled(home)
    assert home.held(CRV) == 0
    events = [event for event in home.listener.of("maintenance_broken") if event.why == "gone"]
    assert len(events) == 1 or (done.outcome is not None and done.outcome[1].kind == "maintenance_broken")


async def test_a_leg_closed_by_hand_after_the_buy_ends_it(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = only("cut", OrderRefused("51030", "later"))(home)
    await maintain(home)
    home.paper.drop_leg(CRV)
    await home.check(3)
    assert [event.why for event in home.listener.of("maintenance_broken")] == ["gone"]
    assert home.checker.upkeep_scheduler.book.maintenances == {}
    assert home.listener.of("maintenance_done") == []


async def test_while_the_end_is_near_nothing_is_bought_but_what_was_bought_is_cut(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.after = lambda name: setattr(home.checker, "stopping", name == "submit" or home.checker.stopping)
    await maintain(home)
    assert 100 <= notional(home) < 105


async def test_keys_that_are_refused_in_the_middle_leave_it_to_the_next_check(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = only("cut", AccessRefused("401"))(home)
    assert "401" in str((await maintain(home)).problem)
    await until_settled(home)
    assert 100 <= notional(home) < 105
    assert count(home) == 1


def die_at(home: House, place: int, monkeypatch: pytest.MonkeyPatch) -> Killer:
    """Every call of the exchange and every write to the disk is a place to die, before it and after it."""
    killer = Killer(place)
    killer.watch(home, monkeypatch)
    return killer


@pytest.mark.parametrize("place", range(40))
async def test_killed_anywhere_the_leg_ends_at_its_target_and_the_count_is_right(
    tmp_path: Path, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = house(tmp_path)
    await losing(home)
    plan, killer = drafted(home), die_at(home, place, monkeypatch)
    with pytest.raises(Killed):
        await home.upkeep_desk.maintain(plan, ME)
    killer.revive()
    home.restart()
    await home.check()
    await until_settled(home)
    finished = len([event for _, event in home.ledger.history(100) if event.kind == "maintenance_done"])
    assert count(home) == finished
    assert len(home.closed()) in (0, 2)
    assert finished == len(home.closed()) // 2
    assert home.held(CRV) == 20 if not finished else 100 <= notional(home) < 105


async def test_there_are_no_more_places_to_die_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = house(tmp_path)
    await losing(home)
    plan, killer = drafted(home), die_at(home, 40, monkeypatch)
    assert (await home.upkeep_desk.maintain(plan, ME)).outcome is not None
    assert killer.passed == 40


@pytest.mark.parametrize("place", range(30))
async def test_killed_anywhere_in_a_correction_no_margin_is_moved_twice(
    tmp_path: Path, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = house(tmp_path, with_margin("20.29"))
    await home.check()
    killer = die_at(home, place, monkeypatch)
    with contextlib.suppress(Killed):
        await correct(home)
        await home.check(3)
    killer.revive()
    home.restart()
    await home.check(12)
    moved = (D("20.29") - margin(home)) / 5
    assert moved in (0, 1, 2)
    told = [event for _, event in home.ledger.history(100) if event.kind in ("corrected", "correction_stuck")]
    asked = any(event.kind == "upkeep_asked" for _, event in home.ledger.history(100))
    # In band, or explained; or the process died before anything was asked for.
    assert moved == 2 or told or not asked
    assert home.checker.upkeep_scheduler.book.corrections == {}


# Correction


async def correct(home: House, *legs: LegKey) -> Any:
    done = await home.upkeep_desk.correct([shown(home, leg) for leg in legs or (CRV,)], ME)
    # The next step is not taken sooner, whatever wakes a check.
    home.clock.forward(10)
    return done


def margin(home: House) -> Decimal:
    leg = home.leg(CRV)
    return leg.contracts * leg.entry_price / leg.leverage + leg.added_margin


async def test_margin_leaves_in_steps_of_five_each_from_a_fresh_look(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"))
    await home.check()
    await correct(home)
    assert margin(home) == D("15.29")
    await home.check()
    assert margin(home) == D("10.29")
    await home.check(5)
    assert [move.amount for move in home.exchange.moves] == [-5, -5]
    (event,) = home.listener.of("corrected")
    assert (event.steps, event.margin_before, event.margin, event.by) == (2, D("20.29"), D("10.29"), ME)
    assert [event.amount for event in home.listener.of("margin_moved")] == [-5, -5]


async def test_what_is_above_the_target_is_closed_first(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("26", contracts=26))
    await home.check()
    await correct(home)
    assert home.held(CRV) == 20
    await home.check(6)
    assert D("9.5") <= margin(home) <= D("10.5")
    assert home.closed() == [6]


async def test_a_correction_does_not_close_lot_after_lot_behind_a_rising_price(tmp_path: Path) -> None:
    fine = [instrument(lot_size="0.1")]
    home = house(tmp_path, with_margin("13", contracts=26), instruments=fine, upkeep=CORRECTS)
    await home.check()
    for step in range(20):
        home.prices.marks["CRV-USDT-SWAP"] = D(5) + D("0.005") * step
        await home.check()
    assert home.closed() == [6]
    assert len(home.listener.of("corrected")) == 1


async def test_every_five_minutes_where_it_is_switched_on(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"), upkeep=CORRECTS)
    await home.check(4)
    assert margin(home) == D("10.29")
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D(4)))
    await home.check(20)
    assert margin(home) == D(14)
    await home.check(10)
    assert D("9.5") <= margin(home) <= D("10.5")
    off = house(tmp_path / "off", with_margin("20.29"))
    await off.check(40)
    assert margin(off) == D("20.29")


async def test_what_is_missing_is_added_at_once(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("10"), upkeep=CORRECTS)
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D(-6)))
    await home.check(2)
    assert [move.amount for move in home.exchange.moves] == [6]


@pytest.mark.parametrize("happens", [True, False])
async def test_a_move_whose_reply_is_lost_is_not_done_twice(tmp_path: Path, happens: bool) -> None:
    home = house(tmp_path, with_margin("15.29"))
    await home.check()
    fault = fail("move_margin", OutcomeUnknown("no reply"))
    if happens:
        home.exchange.after = fault
    else:
        home.exchange.before = fault
    await correct(home)
    for _ in range(10):
        await home.check()
    assert len(home.exchange.moves) == 1
    if happens:
        assert margin(home) == D("10.29")
        assert len(home.listener.of("corrected")) == 1
    else:
        assert margin(home) == D("15.29")
        (stuck,) = home.listener.of("correction_stuck")
        assert stuck.why == "lost"
    assert home.checker.upkeep_scheduler.book.corrections == {}


async def test_a_move_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("15.29"))
    await home.check()
    home.exchange.before = fail("move_margin", OutcomeUnknown("no reply"))
    await correct(home)
    await home.check()
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D("0.29")))
    await home.check(4)
    assert len(home.exchange.moves) == 1
    assert [event.steps for event in home.listener.of("corrected")] == [1]


async def test_killed_after_the_move_it_is_not_done_again(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("15.29"))
    await home.check()
    home.exchange.after = fail("move_margin", Killed())
    with pytest.raises(Killed):
        await correct(home)
    home.restart()
    await home.check(6)
    assert margin(home) == D("10.29")
    assert len(home.exchange.moves) == 1


async def test_a_refusal_is_explained_once_and_not_asked_for_again(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"), upkeep=CORRECTS)
    home.exchange.before = fail("move_margin", OrderRefused("59301", "exceeds the maximum"), times=1000)
    await home.check(200)
    assert len(home.exchange.moves) == 1
    (event,) = home.listener.of("correction_stuck")
    assert (event.why, event.code) == ("refused", "59301")
    # A person may ask again, and hears it again.
    await correct(home)
    assert len(home.exchange.moves) == 2
    assert len(home.listener.of("correction_stuck")) == 2
    # Changed, it is tried anew by itself.
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D(9)))
    await home.check(35)
    assert len(home.exchange.moves) == 3


async def test_a_target_that_cannot_be_reached_is_explained_once(tmp_path: Path) -> None:
    bch = [instrument(contract_size="0.1")]
    leg = isolated(2, entry_price="597.5").replaced(added_margin=D(8))
    home = house(tmp_path, leg, instruments=bch, upkeep=CORRECTS)
    await home.check(100)
    (event,) = home.listener.of("correction_stuck")
    assert (event.why, event.least, event.notional) == ("unreachable", D("11.95"), D("119.5"))
    assert home.exchange.moves == []
    assert home.closed() == []


async def test_once_in_band_again_an_obstacle_is_told_anew(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("10"), upkeep=CORRECTS)
    home.paper.deposit(D(-995))
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D(-9)))
    await home.check(70)
    assert [event.why for event in home.listener.of("correction_stuck")] == ["poor"]
    home.paper.deposit(D(500))
    await home.check(35)
    assert len(home.listener.of("corrected")) == 1
    home.paper.deposit(D(-500))
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D(-9)))
    await home.check(35)
    assert [event.why for event in home.listener.of("correction_stuck")] == ["poor", "poor"]


async def test_a_pause_stops_what_began_by_itself_and_not_what_was_asked_for(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("30"), upkeep=CORRECTS)
    await home.check()
    assert margin(home) == 25
    home.actions.pause(ALL, ME)
    await home.check(3)
    assert margin(home) == 25
    await correct(home)
    await home.check(4)
    assert D("9.5") <= margin(home) <= D("10.5")


async def test_a_pause_that_comes_after_it_was_asked_for_stops_a_correction_until_it_is_lifted(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("30"))
    await home.check()
    await correct(home)
    assert margin(home) == 25
    home.actions.pause(ALL, ME)
    await home.check(3)
    assert margin(home) == 25
    home.actions.resume(ALL, ME)
    await home.check(4)
    assert D("9.5") <= margin(home) <= D("10.5")


async def test_a_pause_that_comes_after_it_was_asked_for_stops_the_closing_of_a_correction(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("30").replaced(contracts=D(200)))
    await home.check()
    home.exchange.before = fail("submit", OrderRefused("51202", "too large"), times=1)
    await correct(home)
    home.actions.pause(ALL, ME)
    await home.check(6)
    assert home.held(CRV) == 200


async def test_a_leg_opened_anew_is_not_corrected_for_the_old_one(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"))
    await home.check()
    await correct(home)
    moved = len(home.exchange.moves)
    anew = home.clock.now()
    home.paper.put_leg(home.leg(CRV).replaced(opened_at=anew, adjusted_at=anew))
    await home.check(3)
    assert (home.checker.upkeep_scheduler.book.corrections, len(home.exchange.moves)) == ({}, moved)


async def test_a_leg_that_is_gone_takes_its_correction_with_it(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("30"), upkeep=CORRECTS)
    await home.check()
    home.paper.drop_leg(CRV)
    await home.check(3)
    assert home.checker.upkeep_scheduler.book.corrections == {}


async def test_a_leg_missing_from_one_reply_keeps_its_correction(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"))
    await home.check()
    await correct(home)
    home.exchange.view = lambda snapshot: snapshot.replaced(legs=())
    await home.check()
    home.exchange.view = lambda snapshot: snapshot
    await home.check(4)
    assert margin(home) == D("10.29")


def hides(home: House) -> None:
    home.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != CRV))


def pauses(home: House) -> None:
    home.actions.pause(CRV.instrument_id, ME)


def waits(home: House) -> None:
    with home.checker.journal.step():
        home.ledger.keep_life(home.ledger.lives()[CRV].after_refusal("c0trim", "", home.clock.now()))


@pytest.mark.parametrize("holds_up", [hides, pauses, waits])
async def test_a_correction_that_is_held_up_holds_up_no_other(tmp_path: Path, holds_up: Any) -> None:
    home = house(tmp_path, with_margin("30"), with_margin("30", name="UNI-USDT-SWAP"))
    await home.check()
    await correct(home, CRV, UNI)
    moved = len(home.exchange.moves)
    await home.check()
    holds_up(home)
    await home.check()
    assert [move.leg for move in home.exchange.moves[moved:]] == [CRV, UNI, UNI]


async def test_a_check_that_has_moved_margin_ends_with_a_look_that_shows_it(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"), upkeep=CORRECTS)
    report = await home.check()
    assert report.snapshot is not None
    assert report.snapshot.by_key[CRV].initial_margin == margin(home) == D("15.29")


async def test_a_count_of_two_wants_twenty(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("10"))
    await home.check()
    with home.checker.journal.step():
        home.ledger.keep_life(home.ledger.lives()[CRV].replaced(maintenances=2))
    await correct(home)
    await home.check(2)
    assert margin(home) == 20
    assert home.held(CRV) == 20


async def test_keys_that_may_not_move_margin_are_asked_ever_more_seldom_and_told_of_once_or_twice(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"), upkeep=CORRECTS)
    home.exchange.before = fail("move_margin", AccessRefused("50120"), times=10_000)
    await home.check(360)
    assert 2 <= len(home.exchange.moves) <= 30
    assert 1 <= len(home.listener.of("exchange_lost")) <= 3
    assert margin(home) == D("20.29")
    home.exchange.before = lambda _: None
    await home.check(120)
    assert D("9.5") <= margin(home) <= D("10.5")


# What the row itself shows in the end


@pytest.mark.parametrize("margin", ["100.3", "1.003"])
async def test_100_u_of_notional_on_100_u_of_margin_at_10x_is_not_done(tmp_path: Path, margin: str) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(leg.replaced(initial_margin=D(margin)) for leg in snapshot.legs)
    )
    done = await maintain(home)
    assert done.outcome is not None
    event = done.outcome[1]
    assert (event.kind, getattr(event, "why", "")) == ("maintenance_broken", "unverified")
    assert 100 <= notional(home) < 105
    assert count(home) == 1
    assert home.checker.upkeep_scheduler.book.maintenances == {}


async def test_a_leg_with_much_margin_added_by_hand_is_not_bought_again_and_again(tmp_path: Path) -> None:
    """45 U were added: each maintenance ended "unverified", was not counted, and began anew a quarter of an hour later."""
    home = house(tmp_path, with_margin(75), upkeep=MAINTAINS)
    for _ in range(6):
        home.set_roi(CRV, -12)
        await home.check(100)
    ends = home.listener.of("maintenance_broken") + home.listener.of("maintenance_done")
    assert len(ends) == 3
    assert "unverified" in [getattr(event, "why", "") for event in ends]
    assert count(home) == 3
    assert len([order for order in home.exchange.submitted if order.grows]) == 3
    doubtful = next(event for event in ends if getattr(event, "why", "") == "unverified")
    assert "it counts all the same" in str(line(Reader("en", home.rules, 10), doubtful))


async def test_margin_that_was_added_before_is_no_reason_to_doubt_the_end(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin(40))
    await losing(home)
    assert (await maintain(home)).outcome[1].kind == "maintenance_done"  # type: ignore[index]
    assert count(home) == 1
