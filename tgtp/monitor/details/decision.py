"""The decision on one leg, with the numbers that it rests on, in words."""

from __future__ import annotations

from decimal import Decimal

from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.values import threshold_of_tier
from tgtp.chat.state.guard_rows import guard_rows
from tgtp.chat.state.hedge_words import hedge_says
from tgtp.chat.texts.formats.numbers import digits, margin, percent, price, rough_price
from tgtp.domain.ladder_preview import TierForecast, forecast
from tgtp.domain.model import Leg
from tgtp.domain.plan import CANNOT_WORK
from tgtp.monitor.document.seen import Seen
from tgtp.monitor.plain import is_beyond_reason, text_of

Rows = list[list[str]]


def verdict(seen: Seen, leg: Leg) -> str:
    """Say in a few words what the rules make of a leg."""
    note, situation = seen.ladder[leg.key], seen.outlook.situation
    words = leg_state.verdict(seen.reader, note, seen.hedge.get(leg.key), situation)
    return words + leg_state.held(seen.reader, situation, note)


def decision(seen: Seen, leg: Leg) -> Rows:
    """Return the numbers behind it, each with its name; none where they make no sense."""
    if any(map(is_beyond_reason, (leg.contracts, leg.entry_price, leg.mark_price, leg.leverage, leg.initial_margin))):
        return []
    try:
        return [*_numbers(seen, leg), *_ahead(seen, leg), *_hedge(seen, leg), *_guards(seen, leg)]
    except CANNOT_WORK:
        return []


def _numbers(seen: Seen, leg: Leg) -> Rows:
    reader, rules, of = seen.reader, seen.outlook.situation.rules, leg.instrument
    entry, mark, times = rough_price(leg.entry_price), price(leg.mark_price), digits(leg.leverage)
    gate, held = digits(rules.min_margin), margin(leg.initial_margin, rules.min_margin)
    above = "above" if leg.initial_margin > rules.min_margin else "below"
    return [
        [reader.plain("monitor.roi"), reader.plain("monitor.roi.of", roi=leg.roi, entry=entry, mark=mark, times=times)],
        [reader.plain("monitor.margin"), reader.plain(f"monitor.margin.{above}", held=held, gate=gate)],
        [
            reader.plain("monitor.size"),
            reader.plain("monitor.size.of", contracts=leg.contracts, coins=leg.contracts * of.contract_size, coin=of.coin),
        ],
        [reader.plain("monitor.lot"), reader.plain("monitor.lot.of", lot=of.lot_size, least=of.min_contracts)],
    ]


def _ahead(seen: Seen, leg: Leg) -> Rows:
    """Return the next tier, and what it closes where."""
    reader = seen.reader
    following = forecast(leg, seen.outlook.snapshot, seen.outlook.situation).next
    return [] if following is None else [[reader.plain("monitor.next", tier=following.number), _tier(seen, leg, following)]]


def _tier(seen: Seen, leg: Leg, tier: TierForecast) -> str:
    rules = seen.outlook.situation.rules
    at = threshold_of_tier(seen.reader.language, rules, leg.key, tier.number, tier.threshold)
    is_late = tier.stage == "late"
    where = tier.fires_at if is_late else tier.price
    away = (where - leg.mark_price) / leg.mark_price if where is not None else Decimal(0)
    values = {"threshold": at, "price": price(tier.price), "fires_at": price(where), "away": percent(away, signed=True)}
    words = seen.reader.plain("monitor.next.late" if is_late else "monitor.next.of", **values)
    return seen.reader.plain("monitor.next.closes", words=words, closes=tier.closes, held=tier.held)


def _hedge(seen: Seen, leg: Leg) -> Rows:
    """Return what the hedge rule says of a leg that has another side."""
    legs = seen.beside[leg.instrument.instrument_id]
    if len({one.position_side for one in legs}) < 2:
        return []
    notes = [note for one in legs if (note := seen.hedge.get(one.key)) is not None]
    says = hedge_says(seen.reader, seen.outlook, legs, notes)
    return [[seen.reader.plain("monitor.hedge"), "; ".join(words for _, words in says)]]


def _guards(seen: Seen, leg: Leg) -> Rows:
    rows = guard_rows(seen.reader, seen.outlook, leg)
    return [[seen.reader.plain("monitor.guards"), text_of(row, seen.reader.zone)] for row in rows]
