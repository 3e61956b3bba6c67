"""Which tiers rest at the exchange, and the card that asks before that is switched. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.commands.dynamic.dynamic_view import MOST_NAMED, whose_name
from tgtp.chat.commands.resting.parse import Turn
from tgtp.chat.commands.resting.rest_rows import place_of, tier_words
from tgtp.chat.commands.tiers.rows import CardFrame, answer_buttons, fitting
from tgtp.chat.formatting.leg_state import Outlook, life_of, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names, when_short
from tgtp.domain.model import coin_of_instrument
from tgtp.domain.order import Resting
from tgtp.domain.plan import CANNOT_WORK
from tgtp.domain.resting.rules import RestingRules
from tgtp.domain.resting.wanted import left_by_all

SHOW = "rt:"


def resting_card(reader: Reader, rules: RestingRules, outlook: Outlook) -> Message:
    """Show whether tiers rest, of which coins, and each that does."""
    is_on, place = rules.mode == "all", place_of(reader, outlook)
    parts = [reader.say("resting.head.on" if is_on else "resting.head.off", place=place)]
    if apart := [coin_of_instrument(name) for name in sorted(rules.own)]:
        parts.append(reader.say("resting.apart.off" if is_on else "resting.apart.on", coins=names(apart, MOST_NAMED)))
    rows = [reader.say("resting.row", leg=reader.leg(row.leg), tier=tier_words(reader, row)) for row in outlook.at_rest]
    for leg, until in outlook.lifted.items():
        words = reader.say("resting.lifted.leg", until=when_short(until, outlook.now, reader.clock_zone))
        rows.append(reader.say("resting.row", leg=reader.leg(leg), tier=words))
    parts += fitting(reader.language, rows) or [reader.say("resting.none")]
    parts.append(reader.say("resting.how"))
    key = "button.resting.off" if is_on else "button.resting.on"
    turn = Button(reader.plain(key), f"rq:{'off' if is_on else 'all'}:")
    return Message(Html("\n".join(parts)), ((turn,), (Button(reader.plain("button.refresh"), SHOW),)))


def resting_ask(
    reader: Reader, turn: Turn, outlook: Outlook, closes: Sequence[Html], asked: CardFrame, *, is_net: bool
) -> Message:
    """Ask before tiers rest, or do not any more, and say what follows.

    ``closes`` say what becomes of people's own orders. ``is_net``: the account is in net mode.
    """
    whose, place = whose_name(reader, turn.instrument_id), place_of(reader, outlook)
    if turn.mode == "all":
        parts = [reader.say("resting.ask.on", whose=whose, place=place)]
        if outlook.exchange.startswith("paper"):
            # Nobody has other orders there, or changes the leverage.
            parts.append(reader.say("resting.follows.down.paper"))
        else:
            parts += [reader.say("resting.follows.down"), reader.say("resting.follows.trims"), *closes]
            parts += [reader.say("resting.follows.leverage"), *([reader.say("resting.follows.net")] if is_net else [])]
    else:
        ends = [row for row in outlook.at_rest if turn.instrument_id in ("", row.leg.instrument_id)]
        parts = [reader.say("resting.ask.off", whose=whose, orders=len(ends), place=place)]
    parts.append(reader.say("close.valid", seconds=asked.seconds))
    return Message(Html("\n".join(parts)), answer_buttons(reader.language, "button.confirm.ladder", asked, danger=False))


def closes_rows(reader: Reader, turn: Turn, outlook: Outlook, closes: Sequence[Resting] | None) -> list[Html]:
    """Count people's own limit closes of each leg, beside what its tiers leave; ``closes`` is None where they are not known."""
    if closes is None:
        return [reader.say("resting.closes.unknown")]
    rows = []
    for leg in ordered(outlook.snapshot.legs, reader.rules):
        mine = [one for one in closes if one.closes == leg.key]
        if not mine or turn.instrument_id not in ("", leg.instrument.instrument_id):
            continue
        try:
            left = left_by_all(leg, life_of(outlook, leg), outlook.situation)
        except CANNOT_WORK:
            left = leg.contracts
        contracts = sum(one.contracts for one in mine)
        key = "resting.closes.over" if contracts > left else "resting.closes.fit"
        rows.append(reader.say(key, leg=reader.leg(leg.key), orders=len(mine), contracts=contracts, left=left))
    return fitting(reader.language, rows) or [reader.say("resting.closes.none")]
