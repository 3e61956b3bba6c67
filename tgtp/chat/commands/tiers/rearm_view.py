"""The card that asks before fired tiers may fire again, and the choice of a leg for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tgtp.chat.commands.tiers.parse import shown
from tgtp.chat.commands.tiers.rows import CardFrame, answer_buttons, due_legs, due_row
from tgtp.chat.formatting.callback_ids import mark_of
from tgtp.chat.formatting.leg_state import Outlook, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import none_readable
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import dots, names
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Snapshot

MOST_BUTTONS = 40


def rearm_card(reader: Reader, leg: Leg, life: Life, outlook: Outlook, asked: CardFrame) -> Message:
    """Show what emptying a leg's ladder does; the first button confirms, the last cancels."""
    language, rules = reader.language, reader.rules
    ladder = rules.ladder_of(leg.key)
    numbers = sorted(life.fired_numbers | ({life.unfinished.tier} if life.unfinished else set()))
    text = reader.say(
        "ladders.rearm.ask",
        leg=leg.key,
        tiers=dots(life.fired_numbers, max(len(ladder.tiers), *numbers)),
        fired=names(list(map(str, numbers))),
        ladder=shown(ladder),
    )
    due = [due_row(reader, one) for one in due_legs(outlook, rules, {leg.key: life.rearmed()}, [leg])]
    effects = [reader.say("ladders.at.once"), *due] if due else [reader.say("ladders.rearm.quiet")]
    parts = [text, *effects, reader.say("close.valid", seconds=asked.seconds)]
    return Message(Html("\n".join(parts)), answer_buttons(language, "button.confirm.rearm", asked, danger=bool(due)))


def rearm_picker(reader: Reader, snapshot: Snapshot, legs: Sequence[Leg], lives: Mapping[LegKey, Life]) -> Message:
    """List those of a snapshot's ``legs`` with fired tiers as buttons."""
    language = reader.language
    buttons = rearm_buttons(reader, ordered(legs, reader.rules), lives)
    if not buttons:
        return Message(reader.say("ladders.rearm.nothing") if legs else none_readable(language, snapshot))
    return Message(reader.say("ladders.rearm.which"), tuple((button,) for button in buttons))


def rearm_buttons(reader: Reader, legs: Sequence[Leg], lives: Mapping[LegKey, Life]) -> list[Button]:
    """Return a button for each leg that has fired tiers."""
    return [
        Button(
            reader.plain("button.rearm.leg", leg=leg.key),
            f"lr:{mark_of(leg)}",
        )
        for leg in legs
        if (life := lives.get(leg.key)) is not None and life.is_of(leg) and (life.fired or life.unfinished)
    ][:MOST_BUTTONS]
