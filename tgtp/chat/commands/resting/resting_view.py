"""Which tiers rest at the exchange, and the card that asks before that is switched. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.commands.dynamic.dynamic_view import MOST_NAMED, whose_name
from tgtp.chat.commands.resting.parse import Turn
from tgtp.chat.commands.tiers.rows import CardFrame, answer_buttons, fitting
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.model import coin_of_instrument
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.resting.phase import TierAtRest

SHOW = "rt:"


def resting_card(reader: Reader, rules: RestingRules, at_rest: Sequence[TierAtRest]) -> Message:
    """Show whether tiers rest, of which coins, and each that does."""
    is_on = rules.mode == "all"
    parts = [reader.say("resting.head.on" if is_on else "resting.head.off")]
    if apart := [coin_of_instrument(name) for name in sorted(rules.own)]:
        parts.append(reader.say("resting.apart.off" if is_on else "resting.apart.on", coins=names(apart, MOST_NAMED)))
    rows = [reader.say(f"resting.row.{row.state}", row=row) for row in at_rest]
    parts += fitting(reader.language, rows) or [reader.say("resting.none")]
    parts.append(reader.say("resting.how"))
    turn = Button(reader.plain("button.resting.off" if is_on else "button.resting.on"), f"rq:{'off' if is_on else 'all'}:")
    return Message(Html("\n".join(parts)), ((turn,), (Button(reader.plain("button.refresh"), SHOW),)))


def resting_ask(reader: Reader, turn: Turn, at_rest: Sequence[TierAtRest], asked: CardFrame, *, is_net: bool) -> Message:
    """Ask before tiers rest, or do not any more, and say what follows; ``is_net``: the account is in net mode."""
    whose = whose_name(reader, turn.instrument_id)
    if turn.mode == "all":
        follows = ["down", "trims", "leverage", *(["net"] if is_net else [])]
        parts = [reader.say("resting.ask.on", whose=whose), *(reader.say(f"resting.follows.{key}") for key in follows)]
    else:
        ends = [row for row in at_rest if turn.instrument_id in ("", row.leg.instrument_id)]
        parts = [reader.say("resting.ask.off", whose=whose, orders=len(ends))]
    parts.append(reader.say("close.valid", seconds=asked.seconds))
    return Message(Html("\n".join(parts)), answer_buttons(reader.language, "button.confirm.ladder", asked, danger=False))
