"""The status as a message: the state, a row for each leg under the rules, the anchors as one block. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from tgtp.chat.commands.positions.leg_card import LONGEST_COIN, dot, open_button
from tgtp.chat.commands.resting.rest_rows import rest_row
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.half_width import width_of
from tgtp.chat.formatting.leg_state import Outlook, drawdown_rows, held, ordered, state, verdict
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import none_readable, unguarded
from tgtp.chat.formatting.values import sided
from tgtp.chat.messages.keyboard import Row, grid, pager
from tgtp.chat.messages.message import LONGEST_TEXT, Button, Message, bare, utf16
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import brief, dots, margin, money, names
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.plan import ALL, Note, Situation, Why, hedge_plan, ladder_plan

# A page holds what fits into one message; beyond so many legs its buttons would not.
MOST_LEGS: Final = 30
# Room for what is put above: the account's name.
RESERVE: Final = 100
# Where a longer label would be cut by a phone, and with it the side.
NARROW_LABEL: Final = 12
# A single leg is no block.
FEWEST_FOLDED: Final = 2
# At the end of a button's data: the anchors are listed.
OPENED: Final = "o"
LONGEST_NUMBER: Final = 6
# For the number of a page: the one with the first anchor.
WHERE_THEY_BEGIN: Final = 0
# What can be said of an anchor that needs nobody's eye. Whatever else is said of one is worth a row.
AT_REST: Final[frozenset[Why]] = frozenset({"small", "waiting", "done", "stale", "unknown", "off"})


class Place(NamedTuple):
    """What of the status is shown: a page, counted from 1; of one coin, or None for all; ``opened``: the anchors leg by leg.

    >>> Place.parse("2:STX"), str(Place(2, "STX"))
    (Place(page=2, coin='STX', opened=False), '2:STX')
    >>> Place.parse("1:*:o"), str(Place(opened=True)), Place.parse("x")
    (Place(page=1, coin=None, opened=True), '1:*:o', Place(page=1, coin=None, opened=False))
    """

    page: int = 1
    coin: str | None = None
    opened: bool = False

    @classmethod
    def parse(cls, data: str) -> Place:
        """Read what a button carries; what makes no sense is the first page."""
        page, _, rest = data.partition(":")
        where, _, end = rest.partition(":")
        return cls(
            int(page) if page.isdecimal() and len(page) < LONGEST_NUMBER else 1,
            None if where in ("", ALL) else where,
            end == OPENED,
        )

    def __str__(self) -> str:
        """Return what a button carries that leads here."""
        return f"{self.page}:{self.coin or ALL}" + (f":{OPENED}" if self.opened else "")


FIRST: Final = Place()


def status(
    reader: Reader,
    outlook: Outlook,
    place: Place = FIRST,
    beneath: Mapping[LegKey, Html] | None = None,
    above: Sequence[Html] = (),
) -> Message:
    """Show the state and the legs that the rules look at, each with the way to its card; the anchors come last, as a block.

    ``beneath`` are second rows of legs; a leg that has one is under rules, however small. ``above`` is said first, on the first
    page.
    """
    coin = place.coin
    legs = [leg for leg in ordered(outlook.snapshot.legs, reader.rules) if coin in (None, leg.instrument.coin)]
    beneath = _with_rest(reader, outlook, legs, beneath or {})
    notes = {note.leg.key: note for note in ladder_plan(outlook.snapshot, outlook.situation).notes}
    # Who names a coin wants to see its legs.
    anchors = _anchors(reader, legs, notes, beneath) if coin is None else []
    small = {leg.key for leg in anchors}
    head, block = _head(reader, outlook, coin), _block(reader, anchors)
    rows = _rows(reader, outlook, [leg for leg in legs if leg.key not in small], notes, beneath)
    pages = _pages([*rows, *((leg, _small_row(reader, leg)) for leg in anchors if place.opened)], [*above, *head, *block])
    page = min(place.page or _first_with(pages, small), len(pages))
    listed = [row for leg, row in pages[page - 1] if leg.key not in small]
    below = [row for leg, row in pages[page - 1] if leg.key in small]
    if below or not place.opened:
        below = [*block, *below]
    parts = ["\n".join(part) for part in ([*above, *head] if page == 1 else head, listed, below) if part]
    here, shown = place._replace(page=page), [leg for leg, _ in pages[page - 1]]
    return Message(Html("\n\n".join(parts)), _buttons(reader, here, shown, len(pages), len(anchors)))


def _with_rest(reader: Reader, outlook: Outlook, legs: Sequence[Leg], beneath: Mapping[LegKey, Html]) -> Mapping[LegKey, Html]:
    """Add what rests of each leg to what is said beneath it."""
    rest = {leg.key: rows[0] for leg in legs if (rows := rest_row(reader, outlook, leg.key))}
    return {**beneath, **{key: Html(f"{row}\n{beneath[key]}") if key in beneath else row for key, row in rest.items()}}


def _head(reader: Reader, outlook: Outlook, coin: str | None) -> list[Html]:
    """Say how the account stands, and what is open besides the legs below."""
    language, snapshot = reader.language, outlook.snapshot
    head = [
        reader.say(
            "status.head",
            state=state(language, outlook),
            exchange=reader.plain(f"exchange.{outlook.exchange}"),
            equity=f"{money(snapshot.equity)} U" if snapshot.equity is not None else reader.plain("unknown"),
            age=(outlook.now - snapshot.taken_at).total_seconds(),
        ),
    ]
    head += drawdown_rows(language, outlook)
    if outlook.failed:
        head.append(reader.say("status.blind", failed=outlook.failed, why=problem(language, outlook.failure)))
    if outlook.refused:
        head.append(reader.say("status.refused.do"))
    if coin is not None:
        blind = [leg for leg in snapshot.unreadable if leg.key.coin == coin]
        head += unguarded(language, blind, snapshot.nameless)
        if not blind and all(leg.instrument.coin != coin for leg in snapshot.legs):
            head.append(reader.say("status.gone", coin=coin))
        return head
    if snapshot.legs:
        head.append(reader.say("status.counts", legs=len(snapshot.legs), pnl=_sum(leg.unrealised_pnl for leg in snapshot.legs)))
    elif snapshot.has_legs:
        head.append(reader.say("no.legs.readable"))
    else:
        head.append(none_readable(language, snapshot))
    head += unguarded(language, snapshot.unreadable, snapshot.nameless, outlook.account_mode)
    unwatched = sorted({row.name for row in snapshot.unwatched})
    if unwatched and snapshot.has_legs:
        head.append(reader.say("status.unwatched", names=names(unwatched, 10)))
    return head


def _anchors(reader: Reader, legs: Sequence[Leg], notes: Mapping[LegKey, Note], beneath: Mapping[LegKey, Html]) -> list[Leg]:
    """Find the legs that the rules leave alone for their margin; none where that is a single one."""
    found = [
        leg
        for leg in legs
        if leg.initial_margin <= reader.rules.min_margin and notes[leg.key].why in AT_REST and leg.key not in beneath
    ]
    return found if len(found) >= FEWEST_FOLDED else []


def _rows(
    reader: Reader, outlook: Outlook, legs: Sequence[Leg], notes: Mapping[LegKey, Note], beneath: Mapping[LegKey, Html]
) -> list[tuple[Leg, Html]]:
    hedge_notes = {note.leg.key: note for note in hedge_plan(outlook.snapshot, outlook.situation).notes}
    rows = []
    for leg in legs:
        row = _row(reader, outlook.situation, leg, notes[leg.key], hedge_notes.get(leg.key))
        rows.append((leg, Html(f"{row}\n{beneath[leg.key]}") if leg.key in beneath else row))
    return rows


def _row(reader: Reader, situation: Situation, leg: Leg, note: Note, hedge: Note | None) -> Html:
    life = situation.lives.get(leg.key)
    fired = life.fired_numbers if life is not None else frozenset()
    words = verdict(reader, note, hedge, situation) + held(reader, situation, note)
    return reader.say(
        "status.leg",
        **_named(reader, leg),
        margin=margin(leg.initial_margin, reader.rules.min_margin),
        tiers=dots(fired, len(reader.rules.ladder_of(leg.key).tiers)),
        what=words,
    )


def _small_row(reader: Reader, leg: Leg) -> Html:
    return reader.say("status.anchor", **_named(reader, leg), margin=margin(leg.initial_margin, reader.rules.min_margin))


def _named(reader: Reader, leg: Leg) -> dict[str, Any]:
    return {"dot": dot(leg), "coin": brief(leg.instrument.coin, LONGEST_COIN), "leg": leg, "side": sided(reader.language, leg)}


def _block(reader: Reader, anchors: Sequence[Leg]) -> list[Html]:
    """Say what the anchors come to, and which of them stand best and worst."""
    if not anchors:
        return []
    # Of two that stand alike one is best, and the other worst.
    worst, *_, best = sorted(anchors, key=lambda leg: (leg.unrealised_pnl, leg.roi))
    sums = {"margin": _sum(leg.initial_margin for leg in anchors), "pnl": _sum(leg.unrealised_pnl for leg in anchors)}
    return [
        reader.say("status.anchors", count=len(anchors), min_margin=reader.rules.min_margin, **sums),
        reader.say("status.anchors.ends", best=_end(reader, best), worst=_end(reader, worst)),
    ]


def _end(reader: Reader, leg: Leg) -> Html:
    return reader.say("status.anchors.end", **_named(reader, leg))


def _pages(rows: Sequence[tuple[Leg, Html]], besides: Sequence[Html]) -> list[list[tuple[Leg, Html]]]:
    """Divide rows into pages that fit one message each, with what else stands there; at least one page."""
    room = LONGEST_TEXT - RESERVE - _length(besides)
    pages: list[list[tuple[Leg, Html]]] = [[]]
    taken = 0
    for row in rows:
        length = _length([row[1]])
        if pages[-1] and (len(pages[-1]) >= MOST_LEGS or taken + length > room):
            pages.append([])
            taken = 0
        pages[-1].append(row)
        taken += length
    return pages


def _first_with(pages: Sequence[Sequence[tuple[Leg, Html]]], keys: Collection[LegKey]) -> int:
    """Return the first page on which one of these legs stands; the first of all where none does."""
    return next((number for number, rows in enumerate(pages, 1) if any(leg.key in keys for leg, _ in rows)), 1)


def _length(lines: Sequence[Html]) -> int:
    return sum(utf16(bare(line)) + 1 for line in lines)


def _buttons(reader: Reader, here: Place, legs: Sequence[Leg], pages: int, anchors: int) -> tuple[Row, ...]:
    """Lead to the card of every leg that is listed, to the anchors and to the other pages."""
    cards = [open_button(reader.language, leg) for leg in legs]
    per_row = 3 if all(width_of(button.label) <= NARROW_LABEL for button in cards) else 2
    fold: tuple[Row, ...] = ()
    if anchors:
        label = reader.plain("status.button.fold" if here.opened else "status.button.open", count=anchors)
        to = Place(1 if here.opened else WHERE_THEY_BEGIN, opened=not here.opened)
        fold = ((Button(label, f"st:{to}"),),)
    turning = pager(reader, here.page, pages, lambda page: f"st:{here._replace(page=page)}")
    return (*grid(cards, per_row), *fold, *turning, (Button(reader.plain("button.refresh"), f"st:{here}"),))


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))
