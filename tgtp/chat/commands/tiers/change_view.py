"""The card that asks before a ladder is changed: what it was, what it becomes, what would close at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tgtp.chat.commands.tiers.parse import Give, shown, whose_name
from tgtp.chat.commands.tiers.rows import (
    CardFrame,
    Due,
    answer_buttons,
    due_legs,
    due_row,
    fitting,
    of_hundred,
    threshold_at_price,
)
from tgtp.chat.formatting.leg_state import Outlook, life_of, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import unguarded
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import digits, dots, money, names
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import MAIN, Leg
from tgtp.domain.plan import Rules
from tgtp.domain.sizing import is_orderable, share_of
from tgtp.engine.rulebook import LadderChange

# Legs that a line names.
MOST_NAMED = 6

# The accounts besides the main one, None where one was not seen yet: the ladders are the same for all.
Beside = Mapping[str, Outlook | None]


def change_card(
    reader: Reader,
    give: Give,
    change: LadderChange,
    after: Rules,
    outlook: Outlook,
    asked: CardFrame,
    beside: Beside | None = None,
) -> Message:
    """Show a change of ladders and all that it does; the first button confirms, the last cancels."""
    language = reader.language
    puts_back = not any(change.wanted.values())
    if puts_back and give.name == reader.plain("all"):
        parts = [reader.say("ladders.ask.all")]
    else:
        parts = [reader.say("ladders.ask.default" if puts_back else "ladders.ask", whose=give.name)]
    if len(change.wanted) == 1:
        ((whose, before),) = change.before.items()
        ladder = change.after[whose]
        parts.append(reader.say("ladders.from.to", before=shown(before), after=shown(ladder)))
        parts.append(hundred(language, ladder))
        if before == ladder and whose.instrument_id and not puts_back:
            parts.append(reader.say("ladders.pinned", side=whose.position_side))
    else:
        parts += change_rows(reader, change)
    due, effects = effects_of(reader, outlook, after, beside)
    parts += [*effects, reader.say("close.valid", seconds=asked.seconds)]
    at_once = [(account, one) for account, one in due if not one.is_held]
    confirm, values = "button.confirm.ladder", {}
    if at_once:
        confirm = "button.confirm.ladder.closes"
        values = {"legs": len(at_once), "notional": money(sum((one.notional for _, one in at_once), Decimal(0)))}
        parts.insert(0, closes_at_once(language, at_once))
    return Message(Html("\n".join(parts)), answer_buttons(language, confirm, asked, danger=bool(due), **values))


def closes_at_once(language: Language, due: Sequence[tuple[str, Due]]) -> Html:
    """Say in one line what a change closes at once, leg by leg and in all; each with the word of its account."""
    rows = [
        plain(language, "ladders.closes.leg", leg=f"{account}{leg_name(language, one.leg.key)}", one=one)
        for account, one in due
    ]
    notional, realised = (sum((get(one) for _, one in due), Decimal(0)) for get in (_notional, _realised))
    values = {"notional": money(notional), "pnl": money(realised, signed=True)}
    return say(language, "ladders.closes", legs=names(rows, MOST_NAMED), **values)


def _notional(due: Due) -> Decimal:
    return due.notional


def _realised(due: Due) -> Decimal:
    return due.realised


def change_rows(reader: Reader, change: LadderChange) -> list[Html]:
    """List what each ladder was and becomes."""
    rows = [
        reader.say(
            "ladders.from.to.row",
            whose=whose_name(reader, whose),
            before=shown(before),
            after=shown(change.after[whose]),
        )
        for whose, before in change.before.items()
    ]
    return fitting(reader.language, rows)


def hundred(language: Language, ladder: Ladder) -> Html:
    """Say what a ladder closes of 100 contracts, and what it leaves."""
    rows = of_hundred(ladder)
    return say(language, "ladders.hundred", closes=names([digits(closes) for _, closes, _ in rows]), left=rows[-1][2])


def effects_of(
    reader: Reader, outlook: Outlook, after: Rules, beside: Beside | None = None
) -> tuple[list[tuple[str, Due]], list[Html]]:
    """Say which legs other rules touch, what is due at once under them, and what stays fired; with what is due, by account.

    With accounts ``beside`` the main one, of all of them, each leg with its account.
    """
    language, rules = reader.language, reader.rules
    named: list[str] = []
    due: list[tuple[str, Due]] = []
    due_rows: list[Html] = []
    fired: list[Html] = []
    begun: list[str] = []
    everywhere: Beside = {MAIN if beside else "": outlook, **(beside or {})}
    for account, seen in everywhere.items():
        if seen is None:
            continue
        had, gets = rules, after
        if account and account != MAIN:
            # Each account has factors of its own.
            had, gets = seen.situation.rules, after.scaled_by(seen.situation.rules.factors)
        tag, word = (reader.say("account.tag", account=account), f"{account} ") if account else (Html(""), "")
        touched = [leg for leg in ordered(seen.snapshot.legs, had) if gets.ladder_of(leg.key) != had.ladder_of(leg.key)]
        lives = {leg.key: life_of(seen, leg) for leg in touched}
        named += [f"{word}{leg_name(language, leg.key)}" for leg in touched]
        found = due_legs(seen, gets, lives, touched)
        due += [(word, one) for one in found]
        due_rows += [Html(f"{tag}{due_row(reader, one)}") for one in found]
        fired += [Html(f"{tag}{_fired(reader, leg, lives[leg.key], gets)}") for leg in touched if lives[leg.key].fired]
        begun += [f"{word}{leg_name(language, leg.key)}" for leg in touched if lives[leg.key].unfinished is not None]
    parts = [reader.say("ladders.touches", count=len(named), legs=names(named, 4))] if named else []
    blind = [leg for seen in everywhere.values() if seen is not None for leg in seen.snapshot.unreadable]
    blind = [leg for leg in blind if any(after.ladder_of(key) != rules.ladder_of(key) for key in leg.keys)]
    if not (named or blind):
        parts.append(reader.say("ladders.touches.none"))
    # It holds for them too, once they can be read.
    parts += unguarded(language, blind)
    if due_rows:
        parts += [reader.say("ladders.at.once"), *fitting(language, due_rows)]
    if fired:
        parts += [reader.say("ladders.fired"), *fitting(language, fired)]
    if begun:
        parts.append(reader.say("ladders.begun", legs=names(begun, 6)))
    if unseen := [account for account, seen in everywhere.items() if seen is None]:
        parts.append(reader.say("accounts.unseen.ladders", names=names(unseen)))
    return due, parts


def _fired(reader: Reader, leg: Leg, life: Life, after: Rules) -> Html:
    language, ladder = reader.language, after.ladder_of(leg.key)
    left = [tier for tier in ladder.tiers if tier.number not in life.fired_numbers]
    tier = next((tier for tier in left if is_orderable(share_of(leg, tier.share), leg.instrument)), None)
    return reader.say(
        "ladders.fired.row",
        tiers=dots(life.fired_numbers, max(len(ladder.tiers), *life.fired_numbers)),
        leg=leg.key,
        next=reader.plain("ladders.fired.next", tier=tier.number, threshold=threshold_at_price(language, after, leg, tier))
        if tier is not None
        else reader.plain("ladders.fired.none"),
    )
