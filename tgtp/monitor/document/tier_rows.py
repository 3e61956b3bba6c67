"""The tiers of a leg, as the page draws them: a segment each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal

from tgtp.chat.formatting.leg_state import life_of
from tgtp.domain.ladder_preview import Forecast, Stage, TierForecast, first_price, next_order
from tgtp.domain.model import Leg
from tgtp.engine.resting.phase import TierAtRest
from tgtp.monitor.document.seen import Seen
from tgtp.monitor.plain import Record, moment, number, without_unknown

Status = Literal["fired", "resting", "next", "waiting", "dust", "off"]

# How a tier is drawn for each word that the chat says of it; the first of those that wait is the next one.
STATUSES: Final[Mapping[Stage, Status]] = {
    "fired": "fired",
    "begun": "waiting",
    "ahead": "waiting",
    "late": "waiting",
    "unclear": "waiting",
    "dust": "dust",
    "small": "off",
    "gone": "off",
    "off": "off",
    "beyond": "off",
}


def tier_rows(seen: Seen, leg: Leg, known: Forecast | None, at_rest: Sequence[TierAtRest]) -> list[Record]:
    """Return a row for each tier, by its number; ``known`` is None while it is not worked out what each will close."""
    shares = {tier.number: tier.share for tier in seen.outlook.situation.rules.ladder_of(leg.key).tiers}
    rests = {row.tier: row for row in at_rest}
    rows, has_next = [], False
    for tier in known.tiers if known is not None else _guessed(seen, leg):
        status = STATUSES[tier.stage]
        if tier.number in rests and status == "waiting":
            status = "resting"
        elif status == "waiting" and not has_next:
            status = "next"
        has_next = has_next or status in ("next", "resting")
        row = {
            "number": tier.number,
            "threshold": number(tier.threshold),
            "share": number(shares.get(tier.number)),
            "price": number(tier.price),
            "fires_at": number(_fires_at(tier)),
            "contracts": number(tier.closes) if known is not None or tier.closes else None,
            "status": status,
            "stage": tier.stage,
            "at": moment(tier.fired_at),
            "size": number(rests[tier.number].contracts) if tier.number in rests else None,
        }
        rows.append(without_unknown(row))
    return rows


def _fires_at(tier: TierForecast) -> Decimal | None:
    """Return the mark price at which a tier closes something; None where it never does."""
    if tier.stage == "ahead":
        # What is due already closes at the price of now, which moves.
        return tier.price
    return tier.fires_at if tier.stage in ("late", "begun") else None


def _guessed(seen: Seen, leg: Leg) -> list[TierForecast]:
    """Return what is known at once: which have fired, and where the others are reached."""
    life, note, rules, found = life_of(seen.outlook, leg), seen.ladder[leg.key], seen.outlook.situation.rules, []
    for fired in life.fired:
        price = first_price(leg, fired.threshold)
        found.append(TierForecast(fired.tier, fired.threshold, "fired", price, fired.contracts, fired_at=fired.fired_at))
    dust = {tier.number for tier in next_order(note, rules, seen.hedge.get(leg.key)).passed}
    for tier in rules.ladder_of(leg.key).tiers:
        if tier.number in life.fired_numbers:
            continue
        # Of a small leg it is not known yet whether it grows above the gate before a tier's price.
        stage: Stage = note.why if note.why in ("off", "small") else "dust" if tier.number in dust else "ahead"
        found.append(TierForecast(tier.number, tier.threshold, stage, first_price(leg, tier.threshold), Decimal(0)))
    return sorted(found, key=lambda tier: tier.number)
