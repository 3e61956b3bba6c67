"""A pair's card: both legs side by side, what they come to together, and what the hedge rule makes of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tgtp.chat.charts.model import Picture
from tgtp.chat.commands.positions.leg_card import dot, fine, leg_button, leg_picker, paused_line, seen
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import unguarded_now
from tgtp.chat.formatting.values import sided
from tgtp.chat.messages.keyboard import grid, pager
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.state.hedge_words import SAID, hedge_says
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import brief, digits, margin, to_places
from tgtp.domain.model import Leg, name_of_instrument
from tgtp.domain.pair import Base, Pair, pair_of, two_sided
from tgtp.domain.plan import CANNOT_WORK, Note, hedge_plan
from tgtp.domain.sizing import realised_estimate

PAIRS_PER_PAGE = 8
BUTTONS_PER_ROW = 4


def pair_card(reader: Reader, outlook: leg_state.Outlook, legs: Sequence[Leg], picture: Picture | None) -> Message:
    """Show the legs of one instrument, which stand on both sides."""
    language = reader.language
    pair = pair_of(leg_state.ordered(legs, reader.rules), reader.rules.keep_margin)
    of = pair.legs[0].instrument
    parts = [
        reader.say("pair.head", coin=name_of_instrument(of.instrument_id), mark=pair.legs[0].mark_price),
        *_sides(reader, pair),
        Html(""),
        reader.say("pair.net", net=_net(language, pair)),
        _break_even(language, pair),
        *(reader.say("pair.hedge", what=what) for _, what in hedge_says(reader, outlook, pair.legs)),
        *_bases(reader, pair),
        *paused_line(reader, outlook, pair.legs[0]),
        seen(reader, outlook),
    ]
    rows = grid([leg_button(language, leg) for leg in pair.legs], 2)
    refresh = Button(reader.plain("button.refresh"), f"lp:{of.coin}:r")
    return Message(Html("\n".join(parts)), (*rows, (refresh,)), picture)


def one_sided(reader: Reader, outlook: leg_state.Outlook, legs: Sequence[Leg]) -> Message:
    """Say that what is held is no pair, and offer the cards of its legs."""
    language, of = reader.language, legs[0].instrument
    unreadable = any(key.instrument_id == of.instrument_id for key in outlook.snapshot.unreadable_keys)
    sides = ", ".join(dict.fromkeys(sided(language, leg) for leg in leg_state.ordered(legs, reader.rules)))
    text = reader.say("pair.one.blind" if unreadable else "pair.one", coin=of.coin, sides=sides)
    return leg_picker(reader, legs, text)


def pairs_page(reader: Reader, outlook: leg_state.Outlook, page: int = 1) -> Message:
    """List the pairs: those with a loser above its base first, then by what their worst leg loses."""
    language = reader.language
    found, broken = _worst_first(reader, outlook)
    if not (found or broken):
        text = Html("\n".join([reader.say("pairs.none"), *unguarded_now(language, outlook.snapshot)]))
        return Message(text, ((Button(reader.plain("button.refresh"), "pp:1"),),))
    count = max(1, -(-len(found) // PAIRS_PER_PAGE))
    page = min(max(page, 1), count)
    shown = found[(page - 1) * PAIRS_PER_PAGE : page * PAIRS_PER_PAGE]
    losers = sum(_above_base(notes) for _, notes in found)
    parts = [reader.say("pairs.head" if losers else "pairs.head.none", count=len(found) + len(broken), above=losers)]
    parts += [_row(reader, pair, notes) for pair, notes in shown]
    parts += unguarded_now(language, outlook.snapshot)
    parts += [reader.say("pairs.broken", coin=brief(coin, 20)) for coin in broken[:PAIRS_PER_PAGE]]
    parts.append(seen(reader, outlook))
    coins = [pair.legs[0].instrument.coin for pair, _ in shown]
    rows = grid([Button(brief(coin, 20), f"lp:{coin}") for coin in coins], BUTTONS_PER_ROW)
    refresh = (Button(reader.plain("button.refresh"), f"pp:{page}"),)
    return Message(Html("\n\n".join(parts)), (*rows, *pager(reader, page, count, lambda number: f"pp:{number}"), refresh))


def _sides(reader: Reader, pair: Pair) -> list[Html]:
    """Show each side in two lines."""
    language, gate = reader.language, reader.rules.min_margin
    return [
        reader.say(
            "pair.side",
            dot=dot(leg),
            side=f"{sided(language, leg)} {digits(leg.leverage)}x",
            leg=leg,
            pnl=_pnl(leg),
            entry=fine(leg.entry_price, leg.instrument),
            margin=margin(leg.initial_margin, gate),
            above=_above(language, base),
        )
        for leg, base in zip(pair.legs, pair.bases, strict=True)
    ]


def _above(language: Language, base: Base) -> str:
    return digits(base.above) if base.can_close or not base.above else plain(language, "pair.above.dust", above=base.above)


def _net(language: Language, pair: Pair) -> str:
    if not pair.net_contracts:
        return plain(language, "pair.net.none")
    return plain(
        language,
        "pair.net.long" if pair.net_contracts > 0 else "pair.net.short",
        contracts=abs(pair.net_contracts),
        coins=abs(pair.net_quantity),
        coin=pair.legs[0].instrument.coin,
        notional=abs(pair.net_notional),
    )


def _break_even(language: Language, pair: Pair) -> Html:
    if not pair.net_quantity:
        return say(language, "pair.even.equal", pair=pair)
    if pair.break_even is None:
        return say(language, "pair.even.none", pair=pair)
    mark, of = pair.legs[0].mark_price, pair.legs[0].instrument
    away = (pair.break_even - mark) / mark
    return say(language, "pair.even", price=fine(pair.break_even, of), away=away, pair=pair)


def _bases(reader: Reader, pair: Pair) -> list[Html]:
    """Say which base can be had; once where it is the same on every side."""
    language = reader.language
    by_leverage: dict[Decimal, list[Base]] = {}
    for base in pair.bases:
        by_leverage.setdefault(base.leg.leverage, []).append(base)
    rows = []
    for leverage, bases in by_leverage.items():
        base, of = bases[0], bases[0].leg.instrument
        sides = ", ".join(sided(language, base.leg) for base in bases) if len(by_leverage) > 1 else ""
        rows.append(
            reader.say(
                "pair.base",
                keep=reader.rules.keep_margin,
                leverage=leverage,
                sides=f" · {sides}" if sides else "",
                exact=_four(base.exact),
                of=of,
                lot_margin=_four(base.lot_margin),
                base=base.contracts,
                margin=_four(base.margin),
            )
        )
    return rows


def _four(number: Decimal) -> Decimal:
    """Round a number to four digits that count, or to a whole one where it is larger."""
    return to_places(number, 3 - number.adjusted())


def _pnl(leg: Leg) -> Decimal:
    return realised_estimate(leg, leg.contracts)


def _worst_first(reader: Reader, outlook: leg_state.Outlook) -> tuple[list[tuple[Pair, list[Note]]], list[str]]:
    """Return the pairs with what the hedge rule says of each, and the coins whose numbers cannot be worked with."""
    found: list[tuple[Pair, list[Note]]] = []
    broken: list[str] = []
    notes: dict[str, list[Note]] = {}
    for note in hedge_plan(outlook.snapshot, outlook.situation).notes:
        notes.setdefault(note.leg.instrument.instrument_id, []).append(note)
    for legs in two_sided(outlook.snapshot.legs):
        of = legs[0].instrument
        try:
            pair = pair_of(leg_state.ordered(legs, reader.rules), reader.rules.keep_margin)
            found.append((pair, notes.get(of.instrument_id, [])))
        except CANNOT_WORK:
            broken.append(of.coin)
    found.sort(key=lambda row: (not _above_base(row[1]), _pnl(row[0].worst), row[0].legs[0].instrument.instrument_id))
    return found, sorted(broken)


def _above_base(notes: Sequence[Note]) -> bool:
    """Return whether a losing leg is larger than the hedge rule would have it."""
    return any(note.why not in ("at_base", "loser_small") for note in notes)


def _row(reader: Reader, pair: Pair, notes: Iterable[Note]) -> Html:
    language = reader.language
    legs = sorted(pair.legs, key=_pnl)
    words = [_short(language, note) for note in notes] or [reader.plain("pairs.nothing")]
    return reader.say(
        "pairs.row",
        coin=brief(legs[0].instrument.coin, 20),
        legs=Html("\n".join(_leg(reader, leg) for leg in legs)),
        net=_short_net(language, pair),
        what=", ".join(words),
    )


def _leg(reader: Reader, leg: Leg) -> Html:
    return reader.say("pairs.side", dot=dot(leg), side=sided(reader.language, leg), leg=leg, pnl=_pnl(leg))


def _short_net(language: Language, pair: Pair) -> str:
    if not pair.net_contracts:
        return plain(language, "pairs.net.none")
    key = "pairs.net.long" if pair.net_contracts > 0 else "pairs.net.short"
    return plain(language, key, notional=abs(pair.net_notional))


def _short(language: Language, note: Note) -> str:
    if note.why not in SAID:
        return plain(language, "pairs.held", why=plain(language, f"what.{note.why}"))
    return plain(language, f"pairs.hedge.{note.why}", side=sided(language, note.leg), contracts=note.contracts)
