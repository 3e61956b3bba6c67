"""A pause of a leg, a side, a rule, a coin or an account: in a whole engine it stops just that, wherever that is decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tgtp.domain.model import LegKey
from tgtp.domain.order import Intent, Order, OrderStatus
from tgtp.domain.pauses import RULE_OF
from tgtp.domain.plan import Switches
from tgtp.engine.upkeep.scheduler import Upkeep

ME = 7
D = Decimal
CRV, UNI = key(), key("UNI-USDT-SWAP", "short")
STX, STX_SHORT = key("STX-USDT-SWAP"), key("STX-USDT-SWAP", "short")
LOSING, CORRECTED = key("LOS-USDT-SWAP", mode="isolated"), key("COR-USDT-SWAP", mode="isolated")
EVERY_RULE = Upkeep(switches=Switches(maintenance=True, correction=True), is_sub=True)

Sent = set[tuple[LegKey, str]]


def pair(folder: Path) -> House:
    """STX on both sides: the short is due for its first tier, and the losing long for the hedge rule."""
    house = House(folder, paper_leg("STX-USDT-SWAP"), paper_leg("STX-USDT-SWAP", "short"))
    house.set_roi(STX_SHORT, 36)
    return house


def world(folder: Path) -> House:
    """A sub-account in which every rule has something to do: tiers, a hedge, a maintenance, a correction of margin and size."""
    house = House(
        folder,
        paper_leg("STX-USDT-SWAP"),
        paper_leg("STX-USDT-SWAP", "short"),
        paper_leg(),
        paper_leg("LOS-USDT-SWAP", mode="isolated", contracts=20, entry_price="5"),
        paper_leg("COR-USDT-SWAP", mode="isolated", contracts=30, entry_price="5"),
        upkeep=EVERY_RULE,
    )
    house.set_roi(STX_SHORT, 36)
    house.set_roi(CRV, 26)
    house.set_roi(LOSING, -12)
    house.set_roi(CORRECTED, 3)
    return house


def sent(house: House) -> Sent:
    """What has left for the exchange, by leg and rule."""
    orders = {(intent.leg, str(RULE_OF.get(intent.rule))) for intent in house.exchange.submitted if intent.rule != "cut"}
    return orders | {(move.leg, "correction") for move in house.exchange.moves}


def corrections(house: House) -> Sent:
    return {(leg, rule) for leg, rule in sent(house) if rule == "correction"}


async def test_a_pause_of_the_hedge_leaves_the_tiers_and_one_of_the_tiers_the_hedge(tmp_path: Path) -> None:
    for scope, expected in {
        "STX-USDT-SWAP hedge": {(STX_SHORT, "tier")},
        "* hedge": {(STX_SHORT, "tier")},
        "STX-USDT-SWAP tier": {(STX, "hedge")},
        "STX-USDT-SWAP long": {(STX_SHORT, "tier")},
        "* short": {(STX, "hedge")},
        "STX-USDT-SWAP long tier": {(STX_SHORT, "tier"), (STX, "hedge")},
        "UNI-USDT-SWAP": {(STX_SHORT, "tier"), (STX, "hedge")},
        "STX-USDT-SWAP": set(),
    }.items():
        house = pair(tmp_path / scope.replace("*", "all"))
        house.actions.pause(scope, ME)
        await house.check(3)
        house.restart()
        await house.check(3)
        assert sent(house) == expected, scope


async def test_what_a_narrow_pause_held_back_is_told_once_for_each_pause(tmp_path: Path) -> None:
    house = pair(tmp_path)
    house.actions.pause("STX-USDT-SWAP hedge", ME)
    await house.check(4)
    (event,) = house.listener.of("would_have_closed")
    assert (event.intent.leg, event.intent.rule) == (STX, "hedge")
    # Another pause of something else, lifted again, is no reason to say it anew.
    house.actions.pause("CRV-USDT-SWAP hedge", ME)
    house.actions.pause("STX-USDT-SWAP tier", ME)
    house.actions.resume("CRV-USDT-SWAP hedge", ME)
    house.actions.resume("STX-USDT-SWAP tier", ME)
    await house.check(2)
    assert len(house.listener.of("would_have_closed")) == 1
    house.actions.resume("STX-USDT-SWAP hedge", ME)
    house.actions.pause("* long", ME)
    await house.check(2)
    assert len(house.listener.of("would_have_closed")) == 2


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ("STX-USDT-SWAP hedge", {(STX_SHORT, "tier")}),
        ("* long", {(STX_SHORT, "tier")}),
        ("* tier", {(STX_SHORT, "tier"), (STX, "hedge")}),
        ("STX-USDT-SWAP", {(STX_SHORT, "tier")}),
    ],
)
async def test_a_pause_that_comes_after_the_plan_holds_for_what_has_not_left(tmp_path: Path, scope: str, left: Sent) -> None:
    """It comes when the hedge is decided: the tier before it has left."""
    house = pair(tmp_path)
    await house.checker.permission.read()

    def decided(intents: Sequence[Intent]) -> None:
        if intents[0].rule == "hedge":
            house.actions.pause(scope, ME)

    house.listener.sending = decided  # type: ignore[method-assign,assignment]
    await house.check(3)
    assert sent(house) == left
    assert house.ledger.open_intents() == []


@pytest.mark.parametrize(("scope", "closed"), [("CRV-USDT-SWAP tier", [10]), ("* tier", [10]), ("* hedge", [10, 20])])
async def test_the_rest_of_a_tier_waits_for_its_own_pause(tmp_path: Path, scope: str, closed: list[int]) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    submit, find = house.paper.submit, house.paper.find_order

    async def a_part(intent: Intent) -> str:
        house.paper.submit = submit  # type: ignore[method-assign]
        return await submit(intent.replaced(contracts=D(10)))

    async def cancelled(intent: Intent) -> Order | None:
        order = await find(intent)
        return order.replaced(status=OrderStatus.CANCELED) if order is not None else None

    house.paper.submit, house.paper.find_order = a_part, cancelled  # type: ignore[method-assign]
    house.set_roi(CRV, 26)
    await house.check()
    house.actions.pause(scope, ME)
    await house.check(3)
    assert house.closed() == closed
    house.actions.resume(scope, ME)
    await house.check()
    assert house.closed() == [10, 20]


async def test_closing_by_hand_works_in_every_pause(tmp_path: Path) -> None:
    from tests.engine.manual.test_actions import orders

    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    for scope in ("*", "CRV-USDT-SWAP long", "* tier", "CRV-USDT-SWAP long hedge"):
        house.actions.pause(scope, ME)
    await house.actions.close(orders(house, CRV=40), ME, "nonce")
    assert house.closed() == [40]


async def test_every_rule_has_something_to_do_here(tmp_path: Path) -> None:
    house = world(tmp_path)
    await house.check(2)
    assert sent(house) >= {
        *((STX_SHORT, "tier"), (STX, "hedge"), (CRV, "tier")),
        *((LOSING, "maintenance"), (CORRECTED, "correction")),
    }


@pytest.mark.parametrize("rule", ["tier", "hedge", "maintenance", "correction"])
async def test_each_rule_is_paused_for_itself(tmp_path: Path, rule: str) -> None:
    free, held = world(tmp_path / "free"), world(tmp_path / "held")
    await free.check(2)
    held.actions.pause(f"* {rule}", ME)
    await held.check(2)
    assert sent(held) - corrections(held) == sent(free) - corrections(free) - {one for one in sent(free) if one[1] == rule}
    # A leg that another rule would have been busy with is corrected as any other.
    assert corrections(held) == set() if rule == "correction" else corrections(held) >= corrections(free)


@pytest.mark.parametrize(("scope", "told"), [("* correction", []), ("* maintenance", ["maintenance"]), ("*", ["maintenance"])])
async def test_only_what_a_pause_holds_back_is_told_as_held_back(tmp_path: Path, scope: str, told: list[str]) -> None:
    """A leg whose maintenance is due: a pause of the corrections keeps nothing from it."""
    from tests.engine.upkeep.test_scheduler import house, losing

    home = house(tmp_path, upkeep=EVERY_RULE)
    await home.check()
    home.actions.pause(scope, ME)
    await losing(home)
    await home.check(2)
    assert [event.what for event in home.listener.of("would_have_kept_up")] == told


SCOPES = st.tuples(
    st.sampled_from(["", *(leg.instrument_id for leg in (STX, CRV, LOSING, CORRECTED))]),
    st.sampled_from(["", "long", "short"]),
    st.sampled_from(["", "tier", "hedge", "maintenance", "correction"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SCOPES, min_size=1, max_size=3))
async def test_a_check_sends_just_what_no_pause_covers(tmp_path_factory: Any, paused: list[tuple[str, str, str]]) -> None:
    free, held = (world(tmp_path_factory.mktemp("world")) for _ in range(2))
    await free.check(2)
    for name, side, rule in paused:
        held.actions.pause(" ".join(part for part in (name or "*", side, rule) if part), ME)
    await held.check()
    held.restart()
    await held.check()

    def is_covered(leg: LegKey, rule: str) -> bool:
        return any(
            name in ("", leg.instrument_id) and side in ("", leg.position_side.value) and of in ("", rule)
            for name, side, of in paused
        )

    assert not [one for one in sent(held) if is_covered(*one)]
    expected = {one for one in sent(free) if not is_covered(*one)}
    assert expected <= sent(held) <= expected | corrections(held)


# A maintenance under way


def upkept(folder: Path) -> House:
    from tests.engine.upkeep.test_interrupted import IN_PARTS
    from tests.engine.upkeep.test_scheduler import MAINTAINS, house

    return house(folder, upkeep=MAINTAINS, instruments=IN_PARTS)


@pytest.mark.parametrize(
    ("scope", "is_stopped"),
    [("* maintenance", True), ("CRV-USDT-SWAP long maintenance", True), ("CRV-USDT-SWAP long", True), ("* hedge", False)],
)
async def test_in_the_middle_of_a_buy_its_own_pause_cuts_back_and_another_rules_does_not(
    tmp_path: Path, scope: str, is_stopped: bool
) -> None:
    from tests.engine.upkeep.test_interrupted import after_the_first_buy, broken
    from tests.engine.upkeep.test_scheduler import losing

    home = upkept(tmp_path)
    await home.check()
    after_the_first_buy(home, lambda: home.actions.pause(scope, ME))
    await losing(home)
    assert (broken(home) == ["paused"]) is is_stopped
    assert len(home.listener.of("maintenance_done")) == (not is_stopped)
    # However it ends, what was bought is cut back to the target.
    assert home.held(key(mode="isolated")) == 21


@pytest.mark.parametrize(("scope", "moves"), [("* correction", 1), ("CRV-USDT-SWAP correction", 1), ("* maintenance", 2)])
async def test_margin_is_not_moved_under_a_pause_that_came_after_the_plan(tmp_path: Path, scope: str, moves: int) -> None:
    from tests.engine.upkeep.test_scheduler import CORRECTS, house, with_margin

    home = house(tmp_path, with_margin("30"), upkeep=CORRECTS)
    await home.check()
    assert len(home.exchange.moves) == 1
    record, done = home.ledger.keep_note, list[bool]()

    def pauses_then(name: str, value: Any) -> None:
        record(name, value)
        if name == "corrections" and not done and "'steps': 1" in str(value):
            done.append(True)
            # Inside the step that settles the move before, when it is planned what may go on: as from a hand just after that.
            home.ledger.keep_pauses(home.ledger.pauses().with_pause(paused(home, scope)))

    home.ledger.keep_note = pauses_then  # type: ignore[method-assign]
    await home.check()
    assert done
    assert len(home.exchange.moves) == moves


def paused(house: House, scope: str) -> Any:
    from tgtp.domain.pauses import Pause

    return Pause(scope=scope, cause="person", since=house.clock.now(), by=ME)
