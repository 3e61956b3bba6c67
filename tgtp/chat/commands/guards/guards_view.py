"""The guards as messages: what is set, what it means for each leg, and the card that asks before one is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tgtp.chat.commands.guards.parse import GiveGuard, guard_name
from tgtp.chat.events.drawdown_lines import in_words
from tgtp.chat.formatting.leg_state import Outlook, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import guard_value
from tgtp.chat.messages.message import Button, Message, packs
from tgtp.chat.state.guard_rows import guard_rows
from tgtp.chat.texts import Html
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.model import coin_of_instrument
from tgtp.domain.order import GUARDS
from tgtp.domain.plan import Foreseen, Rules, foreseen
from tgtp.engine.guards.guard_notes import GuardChange, GuardName

SHOW = "gs:"
# UTF-16 units for the rows of legs.
ROOM = 2400

# By account; None where nothing was seen of it yet.
Everywhere = Mapping[str, Outlook | None]


class GuardFrame(NamedTuple):
    """What the buttons of a card that asks carry, and for how many seconds."""

    yes: str
    no: str
    seconds: int


def guards_card(reader: Reader, changed: Collection[GuardName], everywhere: Everywhere, of_accounts: Sequence[Html]) -> Message:
    """Show the guards in force, and where each would close the legs, account by account; ``of_accounts`` are their own."""
    guards = reader.rules.guards
    parts = [reader.say("guards.title")]
    for rule in GUARDS:
        value = guard_value(reader.language, rule, guards.written(rule))
        parts.append(reader.say("guards.row", what=reader.plain(f"what.{rule}"), value=value))
    for of in sorted(one for one in changed if one.instrument_id):
        value = guard_value(reader.language, of.rule, guards.written(of.rule, of.instrument_id))
        coin = coin_of_instrument(of.instrument_id)
        parts.append(reader.say("guards.row.own", coin=coin, what=reader.plain(f"what.{of.rule}"), value=value))
    parts += of_accounts
    parts.append(reader.say("guards.how"))
    if guards.is_on:
        parts += _fitting(reader, _legs(reader, everywhere) or [reader.say("guards.legs.none")])
    return Message(Html("\n".join(parts)), ((Button(reader.plain("button.refresh"), SHOW),),))


def guard_ask(reader: Reader, give: GiveGuard, change: GuardChange, everywhere: Everywhere, frame: GuardFrame) -> Message:
    """Ask before a guard is changed: what it was and becomes, and what that means for the legs now."""
    before, after = values_of(reader, give, change)
    parts = [reader.say("guards.ask", what=guard_name(reader, give.of), before=before, after=after)]
    changed = with_guards(reader.rules, change)
    tier, ladders = change.after.break_even_of(give.of.instrument_id), (changed.long, changed.short, *changed.own.values())
    if give.of.rule == "break_even" and tier > max(len(ladder.tiers) for ladder in ladders):
        parts.append(reader.say("guards.no.tier", tier=tier))
    shown = {name: None if seen is None else _with(seen, changed) for name, seen in everywhere.items()}
    due = closing(change, reader.rules, everywhere)
    if due:
        rows = [reader.say("guards.at.once.row", leg=row.leg, row=row) for row in due]
        parts += [reader.say("guards.at.once"), *_fitting(reader, rows, ROOM // 2)]
    if change.after.is_on and (rows := _legs(reader, shown, give.of.instrument_id)):
        parts += [reader.say("guards.touches"), *_fitting(reader, rows, ROOM // 2)]
    parts.append(reader.say("close.valid", seconds=frame.seconds))
    if due:
        yes = Button(reader.plain("button.confirm.guards.closes", legs=len(due)), frame.yes, "danger")
    else:
        yes = Button(reader.plain("button.confirm.guards"), frame.yes, "success")
    return Message(Html("\n".join(parts)), ((yes,), (Button(reader.plain("button.cancel"), frame.no),)))


def drawdown_ask(
    reader: Reader,
    what: str,
    before: DrawdownRules,
    after: DrawdownRules | None,
    frame: GuardFrame,
    *,
    besides: Sequence[Html] = (),
) -> Message:
    """Ask before the guard of an account, named ``what``, is changed, or (``after`` is None) begun anew.

    ``besides`` is what a guard that is set begins with, or what beginning anew ends.
    """
    if after is None:
        parts = [reader.say("guards.drawdown.reset.ask", what=what, more=Html("".join(besides)))]
    else:
        was, now = (in_words(reader.language, rules) for rules in (before, after))
        parts = [reader.say("guards.ask", what=what, before=was, after=now), *(besides if after.is_on else ())]
    parts.append(reader.say("close.valid", seconds=frame.seconds))
    label = "button.confirm.guards.reset" if after is None else "button.confirm.guards"
    yes = Button(reader.plain(label), frame.yes, "success")
    return Message(Html("\n".join(parts)), ((yes,), (Button(reader.plain("button.cancel"), frame.no),)))


def values_of(reader: Reader, give: GiveGuard, change: GuardChange) -> tuple[str, str]:
    """Write what a guard was and becomes."""
    rule, of = give.of
    before, after = (guard_value(reader.language, rule, one.written(rule, of)) for one in (change.before, change.after))
    return before, after


def closing(change: GuardChange, rules: Rules, everywhere: Everywhere) -> list[Foreseen]:
    """Return what the changed guards would close at once; what is paused counts, as a pause may end."""
    found: list[Foreseen] = []
    for seen in everywhere.values():
        if seen is not None:
            after = foreseen(seen.snapshot, _with(seen, with_guards(rules, change)).situation)
            found += [row for row in after if row.rule in GUARDS and _differs(change, row.leg.instrument_id)]
    return found


def with_guards(rules: Rules, change: GuardChange) -> Rules:
    """Return rules with the guards as they would be."""
    return rules.replaced(guards=change.after)


def _differs(change: GuardChange, instrument_id: str) -> bool:
    return change.before.of(instrument_id) != change.after.of(instrument_id)


def _with(seen: Outlook, rules: Rules) -> Outlook:
    return seen._replace(situation=seen.situation._replace(rules=rules))


def _legs(reader: Reader, everywhere: Everywhere, instrument_id: str = "") -> list[Html]:
    """Return a row for each leg that a guard looks at, below its account where there are several."""
    rows: list[Html] = []
    for account, seen in everywhere.items():
        if seen is None:
            rows.append(reader.say("guards.unseen", account=account))
            continue
        found = []
        for leg in ordered(seen.snapshot.legs, reader.rules):
            if instrument_id in ("", leg.instrument.instrument_id) and (lines := guard_rows(reader, seen, leg)):
                found.append(Html("\n".join([reader.say("guards.leg", leg=leg.key, roi=leg.roi), *lines])))
        if found and len(everywhere) > 1:
            rows.append(reader.say("guards.account", account=account))
        rows += found
    return rows


def _fitting(reader: Reader, rows: list[Html], room: int = ROOM) -> list[Html]:
    shown = list(packs(rows, most=room)[0])
    return shown if len(shown) == len(rows) else [*shown, reader.say("close.rows.more", more=len(rows) - len(shown))]
