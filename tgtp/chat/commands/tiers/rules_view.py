"""The ladders as messages: the rules in force, worked on 100 contracts, and what each leg has ahead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.chat.commands.tiers.parse import shown, whose_name
from tgtp.chat.commands.tiers.rearm_view import rearm_buttons
from tgtp.chat.commands.tiers.rows import fitting, worked
from tgtp.chat.formatting.leg_state import Outlook, explain, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import unguarded, unguarded_now
from tgtp.chat.formatting.values import side
from tgtp.chat.messages.keyboard import pager
from tgtp.chat.messages.message import LONGEST_TEXT, Button, Message, packs, utf16
from tgtp.chat.texts import Html, Language, say
from tgtp.chat.texts.formats.numbers import digits, dots, names
from tgtp.domain.ladder import Tier
from tgtp.domain.ladder_preview import next_order
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey, MarginMode, PositionSide, coin_of_instrument
from tgtp.domain.plan import Note, Rules, hedge_plan, ladder_plan
from tgtp.engine.rulebook import Whose

# More rows than these are folded.
MOST_UNFOLDED = 6
SHORTEST_PAGE = 700
MOST_FACTORS = 8


class Seen(NamedTuple):
    """What was seen of one account, and what is remembered of its legs; no ``outlook`` before its first good check."""

    account: str
    outlook: Outlook | None
    lives: Mapping[LegKey, Life]


def rules_card(reader: Reader, changed: Collection[Whose], seen: Sequence[Seen], page: int = 1) -> Message:
    """Show the rules in force, worked on 100 contracts, and a page of what the legs still have ahead, account by account."""
    language, rules = reader.language, reader.rules
    outlook = seen[0].outlook
    head = [reader.say("tiers.title")]
    for one in PositionSide:
        key = "tiers.ladder.changed" if Whose("", one) in changed else "tiers.ladder"
        head += [reader.say(key, side=side(language, one)), *worked(language, rules.ladder(one))]
    own = [
        reader.say("tiers.own.row", whose=whose_name(reader, whose), ladder=shown(whose.ladder(rules)))
        for whose in sorted(changed)
        if whose.instrument_id
    ]
    if own:
        head += [reader.say("tiers.own"), *fitting(language, own)]
    if acting := [f"{coin_of_instrument(name)} × {digits(factor)}" for name, factor in sorted(rules.factors.items())]:
        head.append(reader.say("tiers.factors", coins=names(acting, MOST_FACTORS)))
    head += [
        reader.say("tiers.gate", min_margin=rules.min_margin, interval=reader.interval),
        reader.say("tiers.hedge", keep_margin=rules.keep_margin),
        reader.say(f"tiers.rearm.{rules.rearm}"),
        reader.say("tiers.how"),
    ]
    rows = _all_ahead(reader, seen)
    room = max(LONGEST_TEXT - 200 - utf16("\n".join(head)), SHORTEST_PAGE)
    found = packs(rows, most=room) or [()]
    page = min(max(page, 1), len(found))
    if outlook is not None:
        head += unguarded_now(language, outlook.snapshot, outlook.account_mode)
    if rows:
        head += [reader.say("tiers.ahead"), _folded(language, found[page - 1])]
    editing = tuple(Button(reader.plain("button.edit.side", side=one), f"le:{one.value}") for one in PositionSide)
    refresh = (Button(reader.plain("button.refresh"), f"ls:{page}:"),)
    turning = pager(reader, page, len(found), lambda number: f"ls:{number}:")
    return Message(Html("\n".join(head)), (*turning, editing, refresh))


def coin_card(reader: Reader, instrument_id: str, changed: Collection[Whose], seen: Sequence[Seen]) -> Message:
    """Show both ladders of an instrument, and what its legs still have ahead, account by account."""
    language, rules = reader.language, reader.rules
    parts: list[Html] = []
    for whose in (Whose(instrument_id, one) for one in PositionSide):
        key_of = LegKey(instrument_id=instrument_id, position_side=whose.position_side, margin_mode=MarginMode.CROSS)
        key = "tiers.ladder.own" if whose in changed else "tiers.ladder.follows"
        parts += [reader.say(key, whose=whose_name(reader, whose)), *worked(language, rules.ladder_of(key_of), key_of, rules)]
    seen = [_only(one, instrument_id) for one in seen]
    looks = [one.outlook.snapshot for one in seen if one.outlook is not None]
    legs = [leg for look in looks for leg in look.legs]
    mine = seen[0].outlook.snapshot.legs if seen[0].outlook is not None else ()
    rows = _all_ahead(reader, seen)
    coin = coin_of_instrument(instrument_id)
    blind = unguarded(language, [leg for look in looks for leg in look.unreadable])
    parts += [*rows, *blind] or [reader.say("status.gone", coin=coin)]
    here = bool(legs or blind)
    buttons = [
        tuple(
            Button(reader.plain("button.edit.tiers", whose=whose_name(reader, whose)), f"le:{whose.name}")
            for whose in (Whose(instrument_id, one) for one in PositionSide)
            if here
        ),
        # Their data name no account: they are of the main one.
        *((button,) for button in rearm_buttons(reader, mine, seen[0].lives)),
        (Button(reader.plain("button.refresh"), f"ls:1:{instrument_id}"),),
    ]
    return Message(Html("\n".join(parts)), tuple(row for row in buttons if row))


def _only(seen: Seen, instrument_id: str) -> Seen:
    """Return what was seen of one instrument."""
    if seen.outlook is None:
        return seen
    snapshot = seen.outlook.snapshot
    legs = tuple(leg for leg in snapshot.legs if leg.instrument.instrument_id == instrument_id)
    blind = tuple(leg for leg in snapshot.unreadable if leg.key.instrument_id == instrument_id)
    return seen._replace(outlook=seen.outlook._replace(snapshot=snapshot.replaced(legs=legs, unreadable=blind)))


def _all_ahead(reader: Reader, seen: Sequence[Seen]) -> list[Html]:
    """Return what the legs of every account have ahead, below its name where there are several."""
    rows: list[Html] = []
    for one in seen:
        ahead = _ahead(reader, one.outlook, one.lives) if one.outlook is not None else []
        if ahead and len(seen) > 1:
            rows.append(reader.say("tiers.account", account=one.account))
        rows += ahead
    if unseen := [one.account for one in seen[1:] if one.outlook is None]:
        rows.append(reader.say("tiers.unseen", names=names(unseen)))
    return rows


def _ahead(reader: Reader, outlook: Outlook, lives: Mapping[LegKey, Life]) -> list[Html]:
    """Return a row for each leg that the ladder looks at, the nearest to its next tier first, and count the others."""
    rules = reader.rules
    legs = ordered(outlook.snapshot.legs, rules)
    plan = ladder_plan(outlook.snapshot.replaced(legs=tuple(legs)), outlook.situation)
    hedge = {note.leg.key: note for note in hedge_plan(outlook.snapshot, outlook.situation).notes}
    acting = outlook.situation.rules
    notes = [note for note in plan.notes if note.why != "small"]
    notes.sort(key=lambda note: _distance(note, next_order(note, acting, hedge.get(note.leg.key)).tier))
    rows = [_ahead_row(reader, acting, note, hedge.get(note.leg.key), lives.get(note.leg.key)) for note in notes]
    if small := len(legs) - len(notes):
        rows.append(reader.say("tiers.small", count=small, min_margin=rules.min_margin))
    return rows


def _ahead_row(reader: Reader, rules: Rules, note: Note, hedge: Note | None, life: Life | None) -> Html:
    leg = note.leg
    fired = life.fired_numbers if life is not None and life.is_of(leg) else frozenset()
    shown, what = dots(fired, max(len(reader.rules.ladder_of(leg.key).tiers), *fired, 1)), explain(reader, note, rules, hedge)
    return reader.say("tiers.ahead.row", tiers=shown, leg=leg, what=what)


def _distance(note: Note, coming: Tier | None) -> tuple[int, Decimal]:
    if note.why == "broken":
        return 2, Decimal(0)
    return (0, coming.threshold - note.leg.roi) if coming is not None else (1, Decimal(0))


def _folded(language: Language, rows: Sequence[Html]) -> Html:
    text = Html("\n".join(rows))
    return text if len(rows) <= MOST_UNFOLDED else say(language, "tiers.fold", rows=text)
