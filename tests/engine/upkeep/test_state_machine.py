"""Any order of maintenances, corrections, faults, hands and deaths that hypothesis can think of.

However it goes, no leg is ever made larger than was planned, and once it is quiet every maintenance is over, counted as often
as it was finished, and every leg that a correction was asked for is in its band or has an explanation.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fixtures.deaths import Killed, Killer
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.thoroughness import tries
from tgtp.adapters.storage import atomic_file
from tgtp.domain.examples import instrument
from tgtp.domain.model import LegKey, MarginMode
from tgtp.domain.order import Intent, Order, OrderStatus
from tgtp.domain.plan import ALL, Switches
from tgtp.domain.upkeep.maintenance import MaintenanceDraft
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import AccessRefused, ExchangeProblem, OrderRefused, OutcomeUnknown, TemporarilyDown

ME = 7
D = Decimal
RULES = UpkeepRules()
NAME = "CRV-USDT-SWAP"
FAULTS: dict[str, BaseException] = {
    "lost": OutcomeUnknown("no reply"),
    "no": OrderRefused("51030", "not now"),
    "down": TemporarilyDown("no answer"),
    "keys": AccessRefused("401"),
}


TROUBLES = st.lists(
    st.tuples(
        st.sampled_from(("before", "after")),
        st.sampled_from(("submit", "submit", "move_margin", "snapshot", "find_order")),
        st.sampled_from(tuple(FAULTS)),
    ),
    max_size=3,
)


class UpkeepMachine(RuleBasedStateMachine):
    """One leg of a sub-account, and everything that can befall it."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.killer = Killer(None)
        self.faults: list[tuple[str, str, BaseException]] = []
        self.halved: set[str] = set()
        self.halves = 0
        # What the leg may hold at most: what is or was planned, and what hands have added.
        self.most = D(0)
        self.home: House | None = None

    @initialize(
        contracts=st.integers(1, 60),
        leverage=st.sampled_from((3, 10, 20)),
        mode=st.sampled_from(("isolated", "isolated", "cross")),
        size=st.sampled_from(("0.1", "1", "10")),
        added=st.integers(0, 30),
        cash=st.sampled_from((50, 300, 2000)),
        largest=st.sampled_from((None, 70)),
        by_itself=st.booleans(),
    )
    def begin(
        self, contracts: int, leverage: int, mode: str, size: str, added: int, cash: int, largest: Any, by_itself: bool
    ) -> None:
        leg = paper_leg(NAME, contracts=contracts, leverage=leverage, mode=mode, entry_price=D(5) / D(size))
        if mode == "isolated":
            leg = leg.replaced(added_margin=D(added))
        self.leg: LegKey = key(NAME, mode=mode)
        upkeep = Upkeep(switches=Switches(maintenance=by_itself, correction=by_itself), is_sub=True)
        spec = instrument(NAME, contract_size=size, max_market_contracts=largest)
        self.home = House(self.folder, leg, instruments=[spec], upkeep=upkeep)
        self.home.paper.deposit(D(cash) - 1000)
        self.most, self.size = D(contracts), D(size)
        self._hook(self.home)

    def _hook(self, home: House) -> None:
        write, submit = atomic_file.write_whole, home.paper.submit

        def written(path: Path, payload: bytes) -> None:
            for place in (None, path):
                if place is not None:
                    write(path, payload)
                if (exc := self.killer.pass_by()) is not None:
                    raise exc

        def decide(when: str, method: str) -> BaseException | None:
            if (exc := self.killer.pass_by()) is not None:
                return exc
            for number, (at, name, fault) in enumerate(self.faults):
                if (at, name) == (when, method) and not (method not in ("submit", "move_margin") and fault is FAULTS["no"]):
                    del self.faults[number]
                    return fault
            return None

        async def filling(intent: Intent) -> str:
            home.clock.forward(0.05)
            if self.halves and intent.contracts >= 2:
                self.halves -= 1
                self.halved.add(intent.client_order_id)
                intent = intent.replaced(contracts=intent.contracts // 2)
            return await submit(intent)

        def shown(order: Order | None) -> Order | None:
            if order is not None and order.client_order_id in self.halved:
                return order.replaced(status=OrderStatus.CANCELED)
            return order

        self.patch.setattr(atomic_file, "write_whole", written)
        home.paper.submit = filling  # type: ignore[method-assign]
        home.exchange.before = lambda name: decide("before", name)
        home.exchange.after = lambda name: decide("after", name)
        home.exchange.order_view = shown

    def live(self, what: Any) -> Any:
        """Run it; a death is followed by a new start."""
        assert self.home
        try:
            with contextlib.suppress(ExchangeProblem):
                return self.runner.run(what)
        except Killed:
            self.killer.revive()
            self.home.restart()
        self.killer.revive()
        return None

    @property
    def held(self) -> Decimal:
        assert self.home
        return self.home.held(self.leg)

    def _plan(self) -> MaintenanceDraft | None:
        assert self.home
        good = self.home.checker.last_good
        leg = good.by_key.get(self.leg) if good is not None else None
        if good is None or leg is None:
            return None
        found = self.home.checker.upkeep_scheduler.maintenance_runner.draft(leg, good.available, self.home.clock.now())
        return found if isinstance(found, MaintenanceDraft) else None

    def _may_buy(self) -> None:
        """Allow for the maintenance that may begin by itself in the coming checks, at any price that was seen."""
        assert self.home
        lives = self.home.ledger.lives()
        count = lives[self.leg].maintenances if self.leg in lives else 0
        leg, mark = self.home.paper.leg(self.leg), self.home.prices.marks[NAME]
        if leg is not None and count < len(RULES.plan.rounds):
            self.most = max(self.most, self.held + RULES.plan.rounds[count].buy * leg.leverage / (mark * self.size))

    @rule(roi=st.sampled_from((-30, -21, -12, -9, -2, 4, 15)))
    def a_price(self, roi: int) -> None:
        assert self.home
        if self.held:
            self.home.set_roi(self.leg, roi)

    @rule(times=st.integers(1, 4))
    def checks(self, times: int) -> None:
        assert self.home
        self._may_buy()
        self.live(self.home.check(times))

    @rule()
    def a_quarter_of_an_hour(self) -> None:
        assert self.home
        self.home.clock.forward(900)

    @rule(trouble=TROUBLES, places=st.one_of(st.none(), st.integers(0, 40)))
    def maintained_by_hand(self, trouble: list[tuple[str, str, str]], places: int | None) -> None:
        assert self.home
        if not self.held:
            return
        self.home.set_roi(self.leg, -12)
        self._may_buy()
        self.live(self.home.check())
        plan = self._plan()
        if plan is not None:
            self._may_buy()
            self._trouble(trouble, places)
            self.live(self.home.upkeep_desk.maintain(plan, ME))

    @rule(trouble=TROUBLES, places=st.one_of(st.none(), st.integers(0, 20)), times=st.integers(1, 5))
    def corrected_by_hand(self, trouble: list[tuple[str, str, str]], places: int | None, times: int) -> None:
        assert self.home
        if not self.held:
            return
        self.home.set_roi(self.leg, 1)
        self.live(self.home.check())
        good = self.home.checker.last_good
        if good is not None and self.leg in good.by_key:
            self._trouble(trouble, places)
            self.live(self.home.upkeep_desk.correct([good.by_key[self.leg]], ME))
            self.live(self.home.check(times))

    def _trouble(self, trouble: list[tuple[str, str, str]], places: int | None) -> None:
        for when, method, what in trouble:
            self._fault(when, method, what)
        self.killer.place, self.killer.passed = places, 0

    def _fault(self, when: str, method: str, what: str) -> None:
        sends = method in ("submit", "move_margin")
        if what in ("lost", "down"):
            what = "lost" if sends else "down"
        # A refusal and refused keys are definite: after the effect they would be a lie.
        if what == "keys" or (what == "no" and sends):
            when = "before"
        self.faults.append((when, method, FAULTS[what]))

    @rule(trouble=TROUBLES)
    def faults_are_coming(self, trouble: list[tuple[str, str, str]]) -> None:
        self._trouble(trouble, self.killer.place)

    @rule(times=st.integers(1, 2))
    def an_order_will_fill_half(self, times: int) -> None:
        self.halves += times

    @rule(places=st.integers(0, 40))
    def a_death_is_coming(self, places: int) -> None:
        self.killer.place, self.killer.passed = places, 0

    @rule(closed=st.booleans())
    def a_hand_closes(self, closed: bool) -> None:
        assert self.home
        leg = self.home.paper.leg(self.leg)
        if leg is None:
            return
        self.home.clock.forward(1)
        if closed or leg.contracts < 2:
            self.home.paper.drop_leg(self.leg)
        else:
            self.home.paper.put_leg(leg.replaced(contracts=leg.contracts // 2, adjusted_at=self.home.clock.now()))

    @precondition(lambda self: self.home is not None and not self.held)
    @rule(contracts=st.integers(1, 60))
    def a_hand_opens(self, contracts: int) -> None:
        assert self.home
        self.home.clock.forward(1)
        now, mark = self.home.clock.now(), self.home.prices.marks[NAME]
        self.home.paper.put_leg(
            paper_leg(NAME, contracts=contracts, mode=self.leg.margin_mode.value, entry_price=mark, opened_at=now)
        )
        self.most = max(self.most, D(contracts)) + D(contracts)

    @rule(checks=st.integers(1, 4))
    def empty_replies(self, checks: int) -> None:
        assert self.home
        self._may_buy()
        self.home.exchange.view = lambda snapshot: snapshot.replaced(legs=())
        self.live(self.home.check(checks))
        self.home.exchange.view = lambda snapshot: snapshot

    @rule()
    def the_program_ends_in_order(self) -> None:
        assert self.home
        self.live(self.home.checker.finish())
        self.home.restart()

    @rule(amount=st.sampled_from((-200, 500)))
    def money_comes_or_goes(self, amount: int) -> None:
        assert self.home
        self.home.paper.deposit(D(amount))

    @rule(pause=st.booleans())
    def a_pause(self, pause: bool) -> None:
        assert self.home
        home = self.home

        async def switch() -> None:
            (home.actions.pause if pause else home.actions.resume)(ALL, ME)

        self.live(switch())

    @invariant()
    def never_larger_than_planned(self) -> None:
        if self.home is not None:
            assert self.held <= self.most

    @invariant()
    def every_finished_one_is_counted_once(self) -> None:
        if self.home is None or self.leg not in self.home.ledger.lives():
            return
        life = self.home.ledger.lives()[self.leg]
        done = [
            event.count
            for _, event in reversed(self.home.ledger.history(1000))
            if event.kind == "maintenance_done" and event.work.draft.opened_at == life.opened_at
        ]
        assert done == list(range(1, life.maintenances + 1))

    def teardown(self) -> None:
        try:
            if self.home is not None:
                self._quiet(self.home)
        finally:
            self.stack.close()

    def _quiet(self, home: House) -> None:
        self.faults, self.halves, self.killer = [], 0, Killer(None)
        home.actions.resume(ALL, ME)
        self.live(home.check(60, every=30))
        if self.held and home.ledger.history(1)[0][0] % 2:
            # A leg that does not lose can be brought to its margin.
            home.set_roi(self.leg, 1)
            self.live(home.check())
        upkeep_scheduler = home.checker.upkeep_scheduler
        assert home.checker.last_report is not None
        assert home.checker.last_report.error is None
        assert upkeep_scheduler.book.maintenances == {}
        assert home.ledger.open_intents() == []
        if not self.held:
            return
        good = home.checker.last_good
        assert good is not None
        number = home.ledger.history(1)[0][0]
        self.live(home.upkeep_desk.correct([good.by_key[self.leg]], ME))
        self.live(home.check(40))
        assert upkeep_scheduler.book.corrections == {}
        assert home.checker.last_good is not None
        leg = home.checker.last_good.by_key[self.leg]
        target = upkeep_scheduler.target(leg)
        told = [event.kind for at, event in home.ledger.history(200) if at > number]
        in_band = target.lowest <= leg.initial_margin <= target.highest or leg.margin_mode is MarginMode.CROSS
        assert "correction_stuck" in told or in_band, told
        assert (
            leg.notional
            <= target.notional * D("1.05") + leg.instrument.lot_size * leg.instrument.contract_size * leg.mark_price * 2
        )


UpkeepMachine.TestCase.settings = settings(
    max_examples=tries(60, 300), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestUpkeep = UpkeepMachine.TestCase
