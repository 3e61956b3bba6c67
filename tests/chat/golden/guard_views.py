"""The pages of guards and of thresholds that follow the volatility, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from tests.chat.golden.example_account import NOW, World
from tgtp.chat.commands.dynamic.dynamic_view import InForce, Switched, dynamic_card, switch_card
from tgtp.chat.commands.dynamic.parse import Turn
from tgtp.chat.commands.guards.guards_view import GuardFrame, drawdown_ask, guard_ask, guards_card
from tgtp.chat.commands.guards.parse import GiveGuard
from tgtp.chat.commands.overview.panel_view import panel
from tgtp.chat.commands.positions import status_view
from tgtp.chat.commands.positions.leg_card import LegFigures, leg_card
from tgtp.chat.commands.resting.parse import Turn as RestingTurn
from tgtp.chat.commands.resting.resting_view import closes_rows, resting_ask, resting_card
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.events.drawdown_lines import in_words
from tgtp.chat.formatting.leg_state import DrawdownState, Outlook, drawdown_rows
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.state.account_overview import AccountOverview
from tgtp.domain.guards.drawdown import DrawdownRules, Fall, Firing, Watch
from tgtp.domain.guards.rules import GuardRules, OwnGuards
from tgtp.domain.model import LegKey
from tgtp.domain.order import Resting
from tgtp.domain.plan import GuardReadings, Rules
from tgtp.domain.report import Takings
from tgtp.domain.resting.conditional import Conditional
from tgtp.domain.resting.rules import RestingRules
from tgtp.domain.volatility.factor import LOWEST, Missing, Volatility
from tgtp.engine.guards.guard_notes import GuardChange, GuardName
from tgtp.engine.monitoring.equity_sampling import Extremes
from tgtp.engine.resting.phase import State, TierAtRest
from tgtp.engine.volatility.scaled_rules import Switches

FRAME = GuardFrame("gc:n0nce123:y", "gc:n0nce123:n", 60)
CRV = "CRV-USDT-SWAP"
GUARDS = GuardRules(give_back="0.4", break_even=1, own={CRV: OwnGuards(give_back="0.3")})
FLOOR = DrawdownRules(warn="0.1", limit="0.2", action="base")
FALL = Fall(fraction="0.067", lost="823.11", peak_equity="12345.67")
FIRING = Firing(at=NOW - dt.timedelta(hours=2), action="pause", limit="0.2", fall=FALL.replaced(fraction="0.2013"))
WATCH = Watch(armed_at=NOW, rules=FLOOR, peak_equity="12345.67", offset=0, since=NOW, firing=FIRING)
FIRED = DrawdownState(FLOOR, WATCH)
WILD = Volatility(until=NOW - dt.timedelta(minutes=30), now="0.0114", usual="0.01", factor="1.14")


def _guarded(world: World, guards: GuardRules) -> tuple[Reader, Outlook]:
    """The account with guards set, and each leg that wins somewhat below its best."""
    rules = world.reader.rules.replaced(guards=guards)
    best = {leg.key: leg.roi + Decimal("0.05") for leg in world.legs if leg.roi > 0}
    situation = world.situation._replace(rules=rules, guards=GuardReadings(best))
    seen = world.outlook._replace(situation=situation, drawdown=DrawdownState(FLOOR, None, FALL))
    return world.reader._replace(rules=rules), seen


def _guards(world: World) -> Message:
    reader, seen = _guarded(world, GUARDS)
    what = reader.plain("what.drawdown")
    floor = reader.say("guards.row", what=what, value=in_words(reader.language, FLOOR))
    rows = [floor, *drawdown_rows(reader.language, seen)]
    return guards_card(reader, [GuardName("give_back", CRV)], {"main": seen}, rows)


def _guards_ask(world: World) -> Message:
    reader, seen = _guarded(world, GuardRules())
    change = GuardChange({GuardName("give_back"): "40"}, GuardRules(), GuardRules(give_back="0.4"))
    return guard_ask(reader, GiveGuard(GuardName("give_back"), "40"), change, {"main": seen}, FRAME)


def _drawdown_ask(world: World) -> Message:
    begins = [world.reader.say("guards.drawdown.peak")]
    return drawdown_ask(world.reader, world.reader.plain("what.drawdown"), DrawdownRules(), FLOOR, FRAME, besides=begins)


def _reset_ask(world: World) -> Message:
    return drawdown_ask(world.reader, world.reader.plain("what.drawdown"), FLOOR, None, FRAME)


def _dynamic(world: World) -> Message:
    known: dict[str, Volatility | Missing] = {
        CRV: WILD,
        "UNI-USDT-SWAP": WILD.replaced(until=NOW - dt.timedelta(hours=5)),
        "APT-USDT-SWAP": "young",
    }
    here = InForce(Switches(True, {"SOL-USDT-SWAP": False}), known, NOW)
    return dynamic_card(world.reader, sorted(world.snapshot.instrument_ids), here)


def _dynamic_ask(world: World) -> Message:
    before: Rules = world.reader.rules
    names = sorted(world.snapshot.instrument_ids)
    unread = tuple(name for name in names if name != CRV)
    after = before.scaled_by({CRV: WILD.factor, **dict.fromkeys(unread, LOWEST)})
    frame = CardFrame("dc:n0nce123:y:dq:on:", "dc:n0nce123:n:dq:on:", 60)
    return switch_card(world.reader, world.outlook, Turn("", True), before, Switched(after, unread), frame)[0]


def _at_rest(world: World) -> list[TierAtRest]:
    states: tuple[State, ...] = ("rests", "asked", "leaving")
    legs = [leg for leg in world.legs if leg.contracts is not None]
    return [
        TierAtRest(
            leg.key, tier, leg.mark_price * (1 + Decimal(tier) / 50), leg.contracts / 10, states[(number + tier - 1) % 3]
        )
        for number, leg in enumerate(legs)
        for tier in (1, 2)
        if leg.contracts is not None
    ]


def _rested(world: World) -> Outlook:
    """The account with tiers that rest, and two orders of the person's own for its first leg."""
    first = world.legs[0].key if world.legs else None
    own = [] if first is None else [_own(first, "50"), _own(first, "30")]
    lifted = {leg.key: NOW + dt.timedelta(minutes=7) for leg in world.legs[1:2]}
    return world.outlook._replace(at_rest=_at_rest(world), lifted=lifted, others=own)


def _own(of: LegKey, contracts: str) -> Conditional:
    return Conditional(
        algo_id=contracts,
        name="",
        instrument_id=of.instrument_id,
        position_side=of.position_side,
        side=of.position_side.closing,
        margin_mode=of.margin_mode,
        contracts=contracts,
        trigger_price="6",
        trigger_type="last",
        status="live",
        created_at=NOW,
        updated_at=NOW,
    )


def _limit(of: LegKey, contracts: str) -> Resting:
    return Resting(name="1", instrument_id=of.instrument_id, what="limit", closes=of, contracts=contracts)


def _rests(world: World) -> list[Message]:
    """What shows that tiers rest: the status, the card of a leg, the panel."""
    seen, leg = _rested(world), world.legs[0]
    figures = LegFigures(Extremes(leg.opened_at, Decimal("0.2931"), Decimal("-0.0412")), Takings())
    overview = AccountOverview("main", seen, 4, frozenset(), NOW)
    return [
        status_view.status(world.reader, seen),
        leg_card(world.reader, seen, leg, figures, None),
        panel(world.reader, [overview], "okx"),
    ]


def _resting(world: World) -> Message:
    return resting_card(world.reader, RestingRules(mode="all", own={"SOL-USDT-SWAP": "off"}), _rested(world))


def _resting_ask(world: World) -> Message:
    frame = CardFrame("rc:n0nce123:y:rq:all:", "rc:n0nce123:n:rq:all:", 60)
    turn, held = RestingTurn("", "all"), [leg.key for leg in world.legs if leg.contracts > 1][:2]
    mine = [_limit(leg, contracts) for leg, contracts in zip(held, ("80", "0.1"), strict=False)]
    closes = closes_rows(world.reader, turn, world.outlook, mine)
    return resting_ask(world.reader, turn, world.outlook, closes, frame, is_net=True)


def _resting_end(world: World) -> Message:
    frame = CardFrame("rc:n0nce123:y:rq:off:", "rc:n0nce123:n:rq:off:", 60)
    return resting_ask(world.reader, RestingTurn(CRV, "off"), _rested(world), [], frame, is_net=False)


# With so many legs, and once.
GUARD_VIEWS: dict[str, Callable[[World], Message]] = {
    "guards": _guards,
    "guards-ask": _guards_ask,
    "dynamic": _dynamic,
    "dynamic-ask": _dynamic_ask,
    "resting": _resting,
}
GUARD_CARDS: dict[str, Callable[[World], Message | list[Message]]] = {
    "guards-drawdown": _drawdown_ask,
    "guards-reset": _reset_ask,
    "resting-ask": _resting_ask,
    "resting-end": _resting_end,
    "rests": _rests,
}
