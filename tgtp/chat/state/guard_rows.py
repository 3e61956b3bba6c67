"""What the guards hold ready for a leg, a line each: on its card and on /guards."""

from __future__ import annotations

from tgtp.chat.formatting.leg_state import Outlook, life_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import price
from tgtp.domain.guards.leg_guards import GuardLine, guard_lines
from tgtp.domain.model import Leg
from tgtp.domain.plan import CANNOT_WORK


def guard_rows(reader: Reader, outlook: Outlook, leg: Leg) -> list[Html]:
    """Say of each guard that is set at which price it closes a leg, or after which tier it is armed."""
    life = life_of(outlook, leg)
    is_done = life.guarded is not None and life.guarded.finished and life.guarded.tiers >= len(life.fired)
    return [_row(reader, leg, line, is_done=is_done) for line in _lines(outlook, leg)]


def comes_first(reader: Reader, outlook: Outlook, leg: Leg) -> list[Html]:
    """Say that a guard may come before a tier that is foretold, where one may."""
    lines, fired = _lines(outlook, leg), life_of(outlook, leg).fired_numbers
    is_ahead = outlook.situation.rules.ladder_of(leg.key).next_after(fired) is not None
    return [reader.say("guards.leg.first")] if lines and is_ahead else []


def _lines(outlook: Outlook, leg: Leg) -> tuple[GuardLine, ...]:
    rules, best = outlook.situation.rules, outlook.situation.guards.best.get(leg.key)
    if leg.initial_margin <= rules.min_margin:
        return ()
    try:
        return guard_lines(leg, life_of(outlook, leg), best, rules.guards)
    except CANNOT_WORK:
        # Its numbers make no sense: nothing is closed of it either.
        return ()


def _row(reader: Reader, leg: Leg, line: GuardLine, *, is_done: bool) -> Html:
    what = reader.plain(f"what.{line.rule}")
    if not line.is_armed:
        return reader.say("guards.leg.unarmed", what=what, tier=line.after_tier)
    if is_done:
        return reader.say("guards.leg.done", what=what)
    if line.price is None:
        return reader.say("guards.leg.waits", what=what)
    at = price(round(line.price, max(0, -leg.instrument.tick_size.adjusted())))
    if line.rule == "give_back":
        return reader.say("guards.leg.give_back", what=what, price=at, roi=line.roi, best=line.best_roi)
    row = reader.say("guards.leg.break_even" if line.is_behind else "guards.leg.break_even.ahead", what=what, price=at)
    is_known = leg.fees is not None and leg.funding is not None
    return row if is_known else Html(f"{row}{reader.say('guards.leg.unknown')}")
