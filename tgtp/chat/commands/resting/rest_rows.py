"""Which tiers of a leg rest at the exchange, and which orders of the person's own wait there, in a row each. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.formatting.leg_state import Outlook, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names, when_short
from tgtp.domain.model import LegKey
from tgtp.engine.resting.phase import TierAtRest

# Legs that the panel names.
MOST_LEGS = 3


def place_of(reader: Reader, outlook: Outlook) -> str:
    """Name where the orders of an account rest."""
    return reader.plain(f"resting.place.{outlook.exchange}")


def tier_words(reader: Reader, row: TierAtRest) -> Html:
    """Say what of a tier rests, and how that stands."""
    return reader.say(f"resting.tier.{row.state}", row=row)


def rest_row(reader: Reader, outlook: Outlook, leg: LegKey) -> list[Html]:
    """Say at which price each tier of a leg rests, and how many contracts it closes, in one row; nothing where none does.

    Of a leg whose orders are lifted: until when.
    """
    if (until := outlook.lifted.get(leg)) is not None:
        return [reader.say("resting.lifted", until=when_short(until, outlook.now, reader.clock_zone))]
    tiers = [tier_words(reader, row) for row in outlook.at_rest if row.leg == leg]
    return [reader.say("resting.tiers", place=place_of(reader, outlook), tiers=Html(" · ".join(tiers)))] if tiers else []


def others_row(reader: Reader, outlook: Outlook, leg: LegKey) -> list[Html]:
    """Count the orders of the person's own that wait for a leg, in one row; nothing where there is none."""
    found = [one for one in outlook.others if one.leg == leg]
    if not found:
        return []
    # An order for a fraction of the leg says no number.
    whole = sum(not one.contracts for one in found)
    key = "resting.others.whole" if whole else "resting.others"
    return [reader.say(key, orders=len(found), contracts=sum(one.contracts for one in found), whole=whole)]


def rest_count(reader: Reader, of: Sequence[tuple[str, Outlook]]) -> list[Html]:
    """Count what rests in accounts by name, and name the first legs with their tiers; nothing where nothing rests."""
    rows, count = [], 0
    for account, outlook in of:
        for leg in ordered(outlook.snapshot.legs, reader.rules):
            if tiers := [row.tier for row in outlook.at_rest if row.leg == leg.key and row.state == "rests"]:
                count += len(tiers)
                name = f"{account} {leg_name(reader.language, leg.key)}".lstrip()
                rows.append(reader.plain("resting.panel.leg", leg=name, tiers="/".join(map(str, tiers))))
    if not rows:
        return []
    return [reader.say("resting.panel", count=count, legs=names(rows, MOST_LEGS), place=place_of(reader, of[0][1]))]
