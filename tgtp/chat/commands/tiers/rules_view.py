"""Ladders as messages: the rules in force and what is ahead, and the cards that ask before one is changed or emptied."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.chat.commands.positions.status_view import Outlook, explain, ordered
from tgtp.chat.commands.tiers.parse import Give, shown, whose_name
from tgtp.chat.events.one_line import Setting
from tgtp.chat.formatting.callback_ids import mark_of
from tgtp.chat.formatting.numbers import digits, dots, leg_name, money, names, percent, price, side
from tgtp.chat.messages.message import LONGEST_TEXT, Button, Message, packs, utf16
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.ladder import Ladder, Tier, reached
from tgtp.domain.life import Life
from tgtp.domain.model import MAIN, Leg, LegKey, PositionSide
from tgtp.domain.plan import CANNOT_WORK, Note, Rules, ladder_plan
from tgtp.domain.sizing import price_at_roi, realised_estimate, whole_lots
from tgtp.engine.rulebook import LadderChange, Whose

# More rows than these are folded.
MOST_UNFOLDED = 6
MOST_BUTTONS = 40
# UTF-16 units that each part of a card may take.
ROOM_FOR_ROWS = 800
SHORTEST_PAGE = 700


def rules_card(
    setting: Setting, changed: Collection[Whose], outlook: Outlook | None, lives: Mapping[LegKey, Life], page: int = 1
) -> Message:
    """Show the rules in force, worked on 100 contracts, and a page of what the legs still have ahead."""
    language, rules = setting.language, setting.rules
    head = [say(language, "tiers.title")]
    for one in PositionSide:
        key = "tiers.ladder.changed" if Whose("", one) in changed else "tiers.ladder"
        head += [say(language, key, side=side(language, one)), *worked(language, rules.ladder(one))]
    own = [
        say(language, "tiers.own.row", whose=whose_name(setting, whose), ladder=shown(whose.ladder(rules)))
        for whose in sorted(changed)
        if whose.instrument_id
    ]
    if own:
        head += [say(language, "tiers.own"), *fitting(language, own)]
    head += [
        say(language, "tiers.gate", min_margin=digits(rules.min_margin), interval=setting.interval),
        say(language, "tiers.hedge", keep_margin=digits(rules.keep_margin)),
        say(language, f"tiers.rearm.{rules.rearm}"),
        say(language, "tiers.how"),
    ]
    rows = _ahead(setting, outlook, lives) if outlook is not None else []
    room = max(LONGEST_TEXT - 200 - utf16("\n".join(head)), SHORTEST_PAGE)
    found = packs(rows, most=room) or [()]
    page = min(max(page, 1), len(found))
    if rows:
        head += [say(language, "tiers.ahead"), _folded(language, found[page - 1])]
    turning: list[Button] = []
    if len(found) > 1:
        turning = [
            Button("◀", f"ls:{(page - 2) % len(found) + 1}:"),
            Button(plain(language, "status.page", page=page, pages=len(found)), f"ls:{page}:"),
            Button("▶", f"ls:{page % len(found) + 1}:"),
        ]
    editing = tuple(
        Button(plain(language, "button.edit.tiers", whose=side(language, one)), f"le:{one.value}") for one in PositionSide
    )
    refresh = (Button(plain(language, "button.refresh"), f"ls:{page}:"),)
    return Message(Html("\n".join(head)), tuple(row for row in (tuple(turning), editing, refresh) if row))


def coin_card(
    setting: Setting,
    instrument_id: str,
    changed: Collection[Whose],
    outlook: Outlook,
    lives: Mapping[LegKey, Life],
) -> Message:
    """Show both ladders of an instrument, and what its legs still have ahead."""
    language, rules = setting.language, setting.rules
    parts: list[Html] = []
    for whose in (Whose(instrument_id, one) for one in PositionSide):
        key = "tiers.ladder.own" if whose in changed else "tiers.ladder.follows"
        parts += [say(language, key, whose=whose_name(setting, whose)), *worked(language, whose.ladder(rules))]
    legs = tuple(leg for leg in outlook.snapshot.legs if leg.instrument.instrument_id == instrument_id)
    rows = _ahead(setting, outlook._replace(snapshot=outlook.snapshot.replaced(legs=legs)), lives)
    coin = instrument_id.split("-", 1)[0]
    parts += rows or [say(language, "status.gone", coin=coin)]
    here = {leg.position_side for leg in legs}
    buttons = [
        tuple(
            Button(plain(language, "button.edit.tiers", whose=whose_name(setting, whose)), f"le:{whose.name}")
            for whose in (Whose(instrument_id, one) for one in PositionSide)
            if here
        ),
        *((button,) for button in rearm_buttons(setting, legs, lives)),
        (Button(plain(language, "button.refresh"), f"ls:1:{instrument_id}"),),
    ]
    return Message(Html("\n".join(parts)), tuple(row for row in buttons if row))


def worked(language: Language, ladder: Ladder) -> list[Html]:
    """Work a ladder on 100 contracts, a row for each tier."""
    return [
        say(
            language,
            "tiers.row",
            number=tier.number,
            threshold=percent(tier.threshold),
            share=percent(tier.share),
            closes=digits(closes),
            left=digits(left),
        )
        for tier, closes, left in _of_hundred(ladder)
    ]


# The accounts besides the main one, None where one was not seen yet: the ladders are the same for all.
Beside = Mapping[str, Outlook | None]


class Asked(NamedTuple):
    """What stands around a card: what its buttons carry, for how many seconds, and what goes back to where it came from."""

    yes: str
    no: str
    seconds: int
    back: str = ""


def change_card(
    setting: Setting,
    give: Give,
    change: LadderChange,
    after: Rules,
    outlook: Outlook,
    asked: Asked,
    beside: Beside | None = None,
) -> Message:
    """Show a change of ladders and all that it does; the first button confirms, the last cancels."""
    language = setting.language
    puts_back = not any(change.wanted.values())
    if puts_back and give.name == plain(language, "all"):
        parts = [say(language, "ladders.ask.all")]
    else:
        parts = [say(language, "ladders.ask.default" if puts_back else "ladders.ask", whose=give.name)]
    if len(change.wanted) == 1:
        ((whose, before),) = change.before.items()
        ladder = change.after[whose]
        parts.append(say(language, "ladders.from.to", before=shown(before), after=shown(ladder)))
        parts.append(hundred(language, ladder))
        if before == ladder and whose.instrument_id and not puts_back:
            parts.append(say(language, "ladders.pinned", side=side(language, whose.position_side)))
    else:
        parts += change_rows(setting, change)
    danger, effects = effects_of(setting, outlook, after, beside)
    parts += [*effects, say(language, "close.valid", seconds=asked.seconds)]
    return Message(Html("\n".join(parts)), _answers(language, "button.confirm.ladder", asked, danger=danger))


def change_rows(setting: Setting, change: LadderChange) -> list[Html]:
    """List what each ladder was and becomes."""
    rows = [
        say(
            setting.language,
            "ladders.from.to.row",
            whose=whose_name(setting, whose),
            before=shown(before),
            after=shown(change.after[whose]),
        )
        for whose, before in change.before.items()
    ]
    return fitting(setting.language, rows)


def hundred(language: Language, ladder: Ladder) -> Html:
    """Say what a ladder closes of 100 contracts, and what it leaves."""
    rows = _of_hundred(ladder)
    return say(language, "ladders.hundred", closes=", ".join(digits(closes) for _, closes, _ in rows), left=digits(rows[-1][2]))


def effects_of(setting: Setting, outlook: Outlook, after: Rules, beside: Beside | None = None) -> tuple[bool, list[Html]]:
    """Say which legs other rules touch, what is due at once under them, and what stays fired; True when something closes.

    With accounts ``beside`` the main one, of all of them, each leg with its account.
    """
    language, rules = setting.language, setting.rules
    named: list[str] = []
    due: list[Html] = []
    fired: list[Html] = []
    begun: list[str] = []
    everywhere: Beside = {MAIN if beside else "": outlook, **(beside or {})}
    for account, seen in everywhere.items():
        if seen is None:
            continue
        tag, word = (say(language, "account.tag", account=account), f"{account} ") if account else (Html(""), "")
        touched = [leg for leg in ordered(seen.snapshot.legs, rules) if after.ladder_of(leg.key) != rules.ladder_of(leg.key)]
        lives = {leg.key: _life(seen, leg) for leg in touched}
        named += [f"{word}{leg_name(language, leg.key)}" for leg in touched]
        due += [Html(f"{tag}{row}") for row in _due(setting, seen, after, lives, touched)]
        fired += [Html(f"{tag}{_fired(setting, leg, lives[leg.key], after)}") for leg in touched if lives[leg.key].fired]
        begun += [f"{word}{leg_name(language, leg.key)}" for leg in touched if lives[leg.key].unfinished is not None]
    parts = [say(language, "ladders.touches", count=len(named), legs=names(named, 4))] if named else []
    if not named:
        parts.append(say(language, "ladders.touches.none"))
    if due:
        parts += [say(language, "ladders.at.once"), *fitting(language, due)]
    if fired:
        parts += [say(language, "ladders.fired"), *fitting(language, fired)]
    if begun:
        parts.append(say(language, "ladders.begun", legs=names(begun, 6)))
    if unseen := [account for account, seen in everywhere.items() if seen is None]:
        parts.append(say(language, "accounts.unseen.ladders", names=names(unseen)))
    return bool(due), parts


def rearm_card(setting: Setting, leg: Leg, life: Life, outlook: Outlook, asked: Asked) -> Message:
    """Show what emptying a leg's ladder does; the first button confirms, the last cancels."""
    language, rules = setting.language, setting.rules
    ladder = rules.ladder_of(leg.key)
    numbers = sorted(life.fired_numbers | ({life.unfinished.tier} if life.unfinished else set()))
    text = say(
        language,
        "ladders.rearm.ask",
        leg=leg_name(language, leg.key),
        tiers=dots(life.fired_numbers, max(len(ladder.tiers), *numbers)),
        fired=", ".join(map(str, numbers)),
        ladder=shown(ladder),
    )
    due = _due(setting, outlook, rules, {leg.key: life.rearmed()}, [leg])
    effects = [say(language, "ladders.at.once"), *due] if due else [say(language, "ladders.rearm.quiet")]
    parts = [text, *effects, say(language, "close.valid", seconds=asked.seconds)]
    return Message(Html("\n".join(parts)), _answers(language, "button.confirm.rearm", asked, danger=bool(due)))


def rearm_picker(setting: Setting, legs: Sequence[Leg], lives: Mapping[LegKey, Life]) -> Message:
    """List the legs with fired tiers as buttons."""
    language = setting.language
    buttons = rearm_buttons(setting, ordered(legs, setting.rules), lives)
    if not buttons:
        return Message(say(language, "ladders.rearm.nothing" if legs else "no.legs"))
    return Message(say(language, "ladders.rearm.which"), tuple((button,) for button in buttons))


def rearm_buttons(setting: Setting, legs: Sequence[Leg], lives: Mapping[LegKey, Life]) -> list[Button]:
    """Give a button for each leg that has fired tiers."""
    return [
        Button(
            plain(setting.language, "button.rearm.leg", leg=leg_name(setting.language, leg.key)),
            f"lr:{mark_of(leg)}",
        )
        for leg in legs
        if (life := lives.get(leg.key)) is not None and life.is_of(leg) and (life.fired or life.unfinished)
    ][:MOST_BUTTONS]


def fitting(language: Language, rows: Sequence[Html], room: int = ROOM_FOR_ROWS) -> list[Html]:
    """Give as many rows as there is room for, and how many more there are."""
    shown_ = list(packs(rows, most=room)[0]) if rows else []
    if len(shown_) == len(rows):
        return shown_
    return [*shown_, say(language, "close.rows.more", more=len(rows) - len(shown_))]


def _answers(language: Language, confirm: str, asked: Asked, *, danger: bool) -> tuple[tuple[Button, ...], ...]:
    yes = Button(plain(language, confirm), asked.yes, "danger" if danger else "success")
    no = Button(plain(language, "button.cancel"), asked.no)
    return ((yes,), (Button(plain(language, "button.back"), asked.back), no)) if asked.back else ((yes,), (no,))


def _life(outlook: Outlook, leg: Leg) -> Life:
    life = outlook.situation.lives.get(leg.key)
    return life if life is not None and life.is_of(leg) else Life.begun(leg)


def _due(setting: Setting, outlook: Outlook, rules: Rules, lives: Mapping[LegKey, Life], legs: Sequence[Leg]) -> list[Html]:
    language = setting.language
    rows: list[Html] = []
    for leg in legs:
        if not outlook.situation.switches.ladder:
            break
        try:
            found = reached(leg, lives[leg.key], rules.ladder_of(leg.key), rules.min_margin)
        except CANNOT_WORK:
            # Its numbers make no sense: nothing is closed of it either.
            continue
        if not found:
            continue
        closes = sum((one.contracts for one in found), Decimal(0))
        is_held = outlook.situation.is_paused(leg.instrument.instrument_id)
        rows.append(
            say(
                language,
                "ladders.at.once.held" if is_held else "ladders.at.once.row",
                leg=leg_name(language, leg.key),
                roi=percent(leg.roi, signed=True),
                tiers=", ".join(str(one.tier.number) for one in found),
                contracts=digits(closes),
                held=digits(leg.contracts),
                pnl=money(realised_estimate(leg, closes), signed=True),
            )
        )
    return rows


def _fired(setting: Setting, leg: Leg, life: Life, after: Rules) -> Html:
    language, ladder = setting.language, after.ladder_of(leg.key)
    tier = ladder.next_after(life.fired_numbers)
    return say(
        language,
        "ladders.fired.row",
        tiers=dots(life.fired_numbers, max(len(ladder.tiers), *life.fired_numbers)),
        leg=leg_name(language, leg.key),
        next=plain(language, "ladders.fired.next", tier=tier.number, threshold=_next(language, leg, tier))
        if tier is not None
        else plain(language, "ladders.fired.none"),
    )


def _next(language: Language, leg: Leg, tier: Tier) -> str:
    """Name a threshold and the price of it, where there is one."""
    threshold = percent(tier.threshold)
    try:
        at = price_at_roi(leg, tier.threshold)
    except CANNOT_WORK:
        at = None
    if at is None:
        return threshold
    # To the instrument's own digits, and to four of its own where those are too few.
    places = max(0, -leg.instrument.tick_size.adjusted(), 3 - at.adjusted())
    return plain(language, "tiers.next", threshold=threshold, price=price(round(at, places)))


def _ahead(setting: Setting, outlook: Outlook, lives: Mapping[LegKey, Life]) -> list[Html]:
    """Give a row for each leg that the ladder looks at, the nearest to its next tier first, and count the others."""
    language, rules = setting.language, setting.rules
    legs = ordered(outlook.snapshot.legs, rules)
    plan = ladder_plan(outlook.snapshot.replaced(legs=tuple(legs)), outlook.situation)
    notes = [note for note in plan.notes if note.why != "small"]
    notes.sort(key=_distance)
    rows = [_ahead_row(setting, note, lives.get(note.leg.key)) for note in notes]
    if small := len(legs) - len(notes):
        rows.append(say(language, "tiers.small", count=small, min_margin=digits(rules.min_margin)))
    return rows


def _ahead_row(setting: Setting, note: Note, life: Life | None) -> Html:
    language, leg = setting.language, note.leg
    fired = life.fired_numbers if life is not None and life.is_of(leg) else frozenset()
    what = explain(setting, note)
    if note.why == "waiting" and note.tier is not None:
        what = _next(language, leg, note.tier)
        if note.dust:
            numbers = ", ".join(str(tier.number) for tier in note.dust)
            what = plain(language, "tiers.next.dust", next=what, tiers=numbers)
    return say(
        language,
        "tiers.ahead.row",
        tiers=dots(fired, max(len(setting.rules.ladder_of(leg.key).tiers), *fired, 1)),
        leg=leg_name(language, leg.key),
        roi=percent(leg.roi, signed=True),
        what=what,
    )


def _distance(note: Note) -> tuple[int, Decimal]:
    if note.why == "broken":
        return 2, Decimal(0)
    return (0, note.tier.threshold - note.leg.roi) if note.tier is not None else (1, Decimal(0))


def _folded(language: Language, rows: Sequence[Html]) -> Html:
    text = Html("\n".join(rows))
    return text if len(rows) <= MOST_UNFOLDED else say(language, "tiers.fold", rows=text)


def _of_hundred(ladder: Ladder) -> list[tuple[Tier, Decimal, Decimal]]:
    rows = []
    left = Decimal(100)
    for tier in ladder.tiers:
        closes = whole_lots(left * tier.share, Decimal("0.1"))
        left -= closes
        rows.append((tier, closes, left))
    return rows
