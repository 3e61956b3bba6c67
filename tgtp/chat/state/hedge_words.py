"""What the hedge rule makes of a pair, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import sided
from tgtp.domain.model import Leg
from tgtp.domain.plan import Note, hedge_plan
from tgtp.domain.sizing import base_contracts

# What the hedge rule says of a losing leg. Anything else holds back both rules, and is said in the ladder's words.
SAID = ("due", "at_base", "loser_small", "forbidden", "paused", "backing_off", "broken")


class HedgeSays(NamedTuple):
    """What the hedge rule says of a pair or of one of its legs: a word for programs, and a sentence."""

    code: str
    words: str


def hedge_says(
    reader: Reader, outlook: leg_state.Outlook, legs: Sequence[Leg], notes: Sequence[Note] | None = None
) -> list[HedgeSays]:
    """Say what the hedge rule would do now with a pair, or why it does nothing; ``notes`` are its own, where they are known."""
    language = reader.language
    notes = hedge_notes(outlook, legs) if notes is None else notes
    if notes:
        return [HedgeSays(note.why, _verdict(reader, note)) for note in notes]
    if any(key.instrument_id == legs[0].instrument.instrument_id for key in outlook.snapshot.unreadable_keys):
        return [HedgeSays("blind", reader.plain("pair.hedge.blind"))]
    if not all(leg.leverage_known for leg in legs):
        return [HedgeSays("no_leverage", reader.plain("pair.hedge.no_leverage"))]
    held = [(leg, why) for leg in legs if (why := outlook.situation.holds(leg, None)) is not None]
    if held:
        return [
            HedgeSays(why, reader.plain("pair.hedge.held", side=sided(language, leg), why=reader.plain(f"what.{why}")))
            for leg, why in held
        ]
    if all(leg.roi > 0 for leg in legs):
        return [HedgeSays("both_win", reader.plain("pair.hedge.both_win"))]
    if all(leg.roi < 0 for leg in legs):
        return [HedgeSays("both_lose", reader.plain("pair.hedge.both_lose"))]
    return [HedgeSays("neither", reader.plain("pair.hedge.neither"))]


def hedge_notes(outlook: leg_state.Outlook, legs: Sequence[Leg]) -> list[Note]:
    """Ask the hedge rule itself, about these legs alone."""
    of = legs[0].instrument.instrument_id
    blind = tuple(leg for leg in outlook.snapshot.unreadable if leg.key.instrument_id == of)
    part = outlook.snapshot.replaced(legs=tuple(legs), unreadable=blind)
    return list(hedge_plan(part, outlook.situation).notes)


def _verdict(reader: Reader, note: Note) -> str:
    name = sided(reader.language, note.leg)
    if note.why not in SAID:
        return reader.plain("pair.hedge.held", side=name, why=reader.plain(f"what.{note.why}"))
    return reader.plain(
        f"pair.hedge.{note.why}",
        side=name,
        contracts=note.contracts,
        base=base_contracts(note.leg, reader.rules.keep_margin),
        min_margin=reader.rules.min_margin,
    )
