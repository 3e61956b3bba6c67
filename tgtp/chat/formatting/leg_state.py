"""What the rules make of an account and of each leg now, in a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tgtp.chat.formatting.pause_text import At, cause, given, rows, scope_name
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import threshold_of_tier
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.guards.drawdown import DrawdownRules, Fall, Watch
from tgtp.domain.ladder_preview import next_order
from tgtp.domain.life import Life
from tgtp.domain.model import AccountMode, Leg, LegKey, MarginMode, PositionSide, Snapshot
from tgtp.domain.pauses import Pauses
from tgtp.domain.plan import ALL, HEDGE_TAG, Note, Rules, Situation, Why
from tgtp.domain.resting.conditional import Conditional
from tgtp.domain.stream.state import StreamState
from tgtp.engine.resting.phase import TierAtRest
from tgtp.errors import Problem

# What is said of an order that would go out now; why orders come to nothing though the exchange has not refused them.
IS_DUE: Final[frozenset[Why]] = frozenset({"due", "paused", "forbidden", "backing_off"})
NO_REFUSALS: Final = frozenset({"lost", "slippage"})


class DrawdownState(NamedTuple):
    """How the drawdown guard of an account stands; ``fall`` is None where there is no reading that counts."""

    rules: DrawdownRules = DrawdownRules()
    watch: Watch | None = None
    fall: Fall | None = None

    @property
    def is_red(self) -> bool:
        """Return whether it has acted, and guards nothing until it is begun anew."""
        return self.watch is not None and self.watch.firing is not None


class Outlook(NamedTuple):
    """An account as it was seen last. ``failed`` counts the checks in a row that could not see it since.

    ``funding`` are the rates of the next settlements, by instrument, as far as they are known;
    ``funding_tried`` are those instruments that were asked for. ``stream`` is None where there is none.
    ``at_rest`` are the tiers that rest at the exchange, ``lifted`` the legs whose orders somebody has lifted, and until when,
    ``others`` the orders of people's own that wait there.
    """

    snapshot: Snapshot
    situation: Situation
    exchange: str
    refused: bool
    failed: int
    failure: Problem | None
    now: dt.datetime
    pauses: Pauses = Pauses()
    held: bool = False
    account_mode: AccountMode | None = None
    funding: Mapping[str, FundingRate] = {}
    funding_tried: frozenset[str] = frozenset()
    drawdown: DrawdownState = DrawdownState()
    stream: StreamState | None = None
    at_rest: Sequence[TierAtRest] = ()
    lifted: Mapping[LegKey, dt.datetime] = {}
    others: Sequence[Conditional] = ()


def life_of(outlook: Outlook, leg: Leg) -> Life:
    """Return the life of a leg as it was seen; one that has just begun where none is remembered."""
    life = outlook.situation.lives.get(leg.key)
    return life if life is not None and life.is_of(leg) else Life.begun(leg)


def ordered(legs: Sequence[Leg], rules: Rules) -> list[Leg]:
    """Put coins with a leg above the gate first, then by name, long before short."""
    large = {leg.instrument.instrument_id for leg in legs if leg.initial_margin > rules.min_margin}
    return sorted(
        legs,
        key=lambda leg: (
            leg.instrument.instrument_id not in large,
            leg.instrument.instrument_id,
            leg.position_side is PositionSide.SHORT,
            leg.margin_mode is MarginMode.ISOLATED,
        ),
    )


def explain(reader: Reader, note: Note, rules: Rules | None = None, hedge: Note | None = None) -> str:
    """Say in a few words what the ladder makes of a leg under ``rules``, by default the reader's; ``hedge`` as below."""
    rules = rules or reader.rules
    coming = next_order(note, rules, hedge)
    tier, key = coming.tier, f"what.{note.why}"
    threshold = threshold_of_tier(reader.language, rules, note.leg.key, tier.number, tier.threshold) if tier is not None else ""
    if note.why == "waiting" and coming.price is not None:
        key = "what.waiting.small" if coming.is_small else "what.waiting.at"
    words = reader.plain(key, tier=tier, threshold=threshold, rules=rules, price=coming.price)
    if coming.passed and note.why in ("waiting", "done"):
        dust = reader.plain("what.dust", tiers=[tier.number for tier in coming.passed])
        words = dust if tier is None else plain(reader.language, "pause.comma").join((words, dust))
    is_cut = note.why == "waiting" and hedge is not None and hedge.contracts
    return reader.plain("what.after_hedge", words=words) if is_cut else words


def verdict(reader: Reader, note: Note, hedge: Note | None, situation: Situation) -> str:
    """Write in a few words what both rules make of a leg; ``hedge`` is None where that rule has nothing to say of it."""
    words = explain(reader, note, situation.rules, hedge)
    if hedge is not None and note.why != "small":
        words += reader.plain("what.at_base" if hedge.why == "at_base" else "what.pair")
    return words + "".join(_in_vain(reader, situation, one) for one in (note, hedge) if one is not None)


def _in_vain(reader: Reader, situation: Situation, note: Note) -> str:
    """Say how often in a row an order that is due has come to nothing; "" where it has not, or that is said already."""
    life = situation.lives.get(note.leg.key)
    tag = HEDGE_TAG if note.rule == "hedge" else f"tier{note.tier.number}" if note.tier is not None else ""
    tries = life.backoff.get(tag) if life is not None and life.is_of(note.leg) else None
    if tries is None or note.why not in IS_DUE or (note.rule == "tier" and note.why == "backing_off" and tries.failures == 1):
        return ""
    what = reader.plain(f"what.{note.rule}", tier=note.tier.number if note.tier is not None else None)
    return reader.plain("what.failed" if tries.code in NO_REFUSALS else "what.refused", what=what, count=tries.failures)


def held(reader: Reader, situation: Situation, note: Note) -> str:
    """Write of a leg that its rules are paused, or one of them; "" where that is said already, or there is nothing to hold."""
    if note.why == "small" or ALL in situation.paused:
        return ""
    tiers, hedge = (situation.is_paused(note.leg.key, rule) for rule in ("tier", "hedge"))
    if tiers and hedge:
        return "" if note.why == "paused" else reader.plain("what.held")
    if tiers and note.why == "paused":
        return ""
    if tiers or hedge:
        return reader.plain("what.held.rule", rule=reader.plain(f"pause.rule.{'tier' if tiers else 'hedge'}"))
    return ""


def state(language: Language, outlook: Outlook, at: At | None = None) -> Html:
    """Return whether anything is closed by itself now; ``at`` writes since when something is paused, by default in full."""
    paused = outlook.situation.paused
    if outlook.refused:
        return say(language, "status.refused")
    if outlook.held:
        return say(language, "status.held")
    if not outlook.situation.may_trade:
        return say(language, "status.forbidden")
    if ALL in paused:
        strictest = outlook.pauses.strictest
        if strictest is None:
            return say(language, "status.paused")
        by = given(language, strictest, at)
        if strictest.cause == "person":
            return Html(f"{say(language, 'status.paused')} {by}".rstrip())
        why = Html(plain(language, "pause.comma").join(part for part in (cause(language, strictest), by) if part))
        return say(language, "status.paused.why", cause=why)
    if outlook.failed:
        return say(language, "status.unseen")
    snapshot = outlook.snapshot
    if snapshot.has_legs and not snapshot.legs:
        return say(language, "status.unguarded")
    if snapshot.unreadable or snapshot.nameless:
        blind = snapshot.blind_count
        return say(language, "status.unguarded.some", legs=blind)
    if paused:
        told = rows(language, outlook.pauses.ordered, at) or names([scope_name(language, name) for name in sorted(paused)])
        return say(language, "status.paused.some", names=told)
    return say(language, "status.running")


def drawdown_rows(language: Language, outlook: Outlook) -> list[Html]:
    """Say how the drawdown guard stands, in one row; nothing where it is off."""
    rules, watch, fall = outlook.drawdown
    firing = watch.firing if watch is not None else None
    if firing is not None and not firing.is_over:
        # One that was closed counts as gone once two looks have missed it.
        left = sum(not target.done and target.leg in outlook.snapshot.leg_keys for target in firing.targets)
        return [say(language, "panel.drawdown.acting", left=left) if left else say(language, "panel.drawdown.closed")]
    if firing is not None:
        return [say(language, "panel.drawdown.fired", fraction=firing.fall.fraction)]
    if not rules.is_on:
        return []
    if watch is not None and watch.unexplained is not None:
        return [say(language, "panel.drawdown.unexplained", amount=watch.unexplained)]
    if fall is None:
        return [say(language, "panel.drawdown.none")]
    if rules.limit is None:
        return [say(language, "panel.drawdown.warn", fraction=fall.fraction, warn=rules.warn)]
    return [say(language, "panel.drawdown", fraction=fall.fraction, limit=rules.limit)]
