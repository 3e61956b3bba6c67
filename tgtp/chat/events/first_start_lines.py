"""What is told before anything is risked: the first start of an account, one that was left out, a code that is locked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from tgtp.chat.events import pause_lines
from tgtp.chat.formatting.error_text import reasons
from tgtp.chat.formatting.numbers import brief, count_of_legs, digits, leg_name, money, names, percent, when
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message, packs
from tgtp.chat.texts import Html, Language, say
from tgtp.domain import events as ev
from tgtp.domain.plan import Foreseen

STAY = "pk"
# UTF-16 units that the rows may take of a message.
ROOM_FOR_ROWS = 2600


def alert(reader: Reader, event: ev.FirstStart) -> Message:
    """Show what the rules would do, leg by leg, with the button that lets them."""
    language, uid = reader.language, event.uid or "?"
    head = reader.say("first.head", uid=uid)
    if event.times:
        head = reader.say("first.head.again", uid=uid, since=when(event.pause.since or event.at))
    parts = [head]
    if event.rows:
        found = rows(language, event)
        shown = list(packs(found, most=ROOM_FOR_ROWS)[0])
        if len(shown) < len(found):
            shown.append(reader.say("close.rows.more", more=len(found) - len(shown)))
        parts += [reader.say("first.would", count=_legs(event), legs=event.legs), *shown]
        parts.append(reader.say("first.sum", pnl=_sum(event)))
    else:
        parts.append(reader.say("first.nothing", legs=event.legs))
    if event.unreadable:
        parts.append(reader.say("first.unreadable", legs=count_of_legs(language, event.unreadable)))
    parts.append(reader.say("first.how"))
    stay = Button(reader.plain("button.stay"), f"{STAY}:")
    return Message(Html("\n".join(parts)), ((pause_lines.button(language, event.pause),), (stay,)))


def rows(language: Language, event: ev.FirstStart) -> list[Html]:
    """Say of each leg what a rule would do with it, by name."""
    ordered = sorted(event.rows, key=lambda one: (one.leg.instrument_id, one.leg.position_side.value, one.rule))
    return [row(language, one) for one in ordered]


def row(language: Language, of: Foreseen) -> Html:
    """Say what a rule would do with one leg."""
    return say(
        language,
        f"first.{of.rule}",
        leg=leg_name(language, of.leg),
        roi=percent(of.roi, signed=True),
        tiers=names(list(map(str, of.tiers))),
        contracts=digits(of.contracts),
        held=digits(of.held),
        pnl=money(of.realised, signed=True),
        buys=digits(of.buys),
    )


def _first_line(reader: Reader, event: ev.FirstStart) -> Html:
    values = {"uid": event.uid or "?", "count": _legs(event), "legs": event.legs, "pnl": _sum(event)}
    return reader.say("line.first_start", **values)


def _left_out_line(reader: Reader, event: ev.AccountLeftOut) -> Html:
    return reader.say("line.account_left_out", name=brief(event.name), why=reasons(reader.language, event.why))


def _locked_line(reader: Reader, event: ev.CodeLocked) -> Html:
    by = reader.plain("someone", id=event.by)
    return reader.say("line.code_locked", wrong=event.wrong, by=by, until=when(event.until))


def _legs(event: ev.FirstStart) -> int:
    return len({row.leg for row in event.rows})


def _sum(event: ev.FirstStart) -> str:
    return money(sum((row.realised for row in event.rows), Decimal(0)), signed=True)


LINES: Final[dict[str, Callable[[Reader, Any], Html]]] = {
    "first_start": _first_line,
    "account_left_out": _left_out_line,
    "code_locked": _locked_line,
}
