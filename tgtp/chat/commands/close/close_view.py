"""The cards of /close: which leg, how much of it, and the one that shows what will happen and asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.chat.commands.arguments import unreadable_words
from tgtp.chat.commands.close import selection_text
from tgtp.chat.commands.close.parse import CloseRequest, in_order
from tgtp.chat.commands.close.sums import sum_of_closed, sum_of_orders
from tgtp.chat.formatting.callback_ids import mark_of
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name, none_readable, reason, unguarded, unguarded_now
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import brief, digits, names
from tgtp.domain.doubts.prices import Doubt
from tgtp.domain.events import HandFilled, OrderRejected
from tgtp.domain.model import Leg, LegKey, Snapshot, UnreadableLeg
from tgtp.domain.sizing import realised_estimate, slices
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.manual.selection import EVERYTHING, Selection

MOST_BUTTONS = 40
MOST_ROWS = 30
MOST_DOUBTS = 5
# Legs of a coin that get a button of their own: both sides in both margin modes.
MOST_BESIDE = 4
ALL_LEGS = CloseRequest(None)
# As many rows as a card can have must fit into one message.
LONGEST_REASON = 60


class Done(NamedTuple):
    """What became of the orders of one leg, oldest first; ``is_open``: the outcome of the last is not known yet."""

    order: CloseOrder
    events: Sequence[tuple[int, HandFilled | OrderRejected]]
    is_open: bool

    @property
    def fills(self) -> list[HandFilled]:
        """Those that filled, in whole or in part."""
        return [event for _, event in self.events if isinstance(event, HandFilled)]

    @property
    def closed(self) -> Decimal:
        """The contracts that were closed."""
        return sum((fill.order.filled_contracts for fill in self.fills), Decimal(0))

    @property
    def is_whole(self) -> bool:
        """Return whether all was closed that was asked for."""
        return self.closed >= self.order.contracts


def picker(reader: Reader, snapshot: Snapshot, marks: dict[LegKey, str]) -> Message:
    """List the legs as buttons, Cancel last."""
    language = reader.language
    legs = in_order(reader, snapshot)
    if not legs:
        return Message(none_readable(language, snapshot))
    buttons = [Button(_label(language, leg), f"cl:{marks[leg.key]}") for leg in legs[:MOST_BUTTONS]]
    rows = (*grid(buttons, 2), (Button(reader.plain("button.cancel"), "cx:"),))
    text = reader.say("close.pick")
    if lines := unguarded_now(language, snapshot):
        text = Html("\n".join([*lines, text]))
    if len(legs) > MOST_BUTTONS:
        text = Html(f"{text}\n{reader.say('close.more', more=len(legs) - MOST_BUTTONS)}")
    return Message(text, tuple(rows))


def how_much(reader: Reader, leg: Leg | UnreadableLeg, mark: str) -> Message:
    """Ask how much of a leg to close; of one that cannot be read, what there is a size for."""
    language, blind = reader.language, isinstance(leg, UnreadableLeg)
    known = leg.instrument is not None
    shares = tuple(Button(f"✂️ {share}%", f"cl:{mark}:{share}", "primary") for share in (25, 50)) if known else ()
    whole = Button(reader.plain("button.all"), f"cl:{mark}:100", "danger")
    ends = (whole,) if blind else (Button(reader.plain("button.keep"), f"cl:{mark}:keep", "primary"), whole)
    cancel = (Button(reader.plain("button.cancel"), "cx:"),)
    text = reader.say("close.how", leg=leg.key, contracts=leg.contracts or Decimal(0))
    if isinstance(leg, UnreadableLeg):
        text = Html(f"{text}\n{unreadable_words(language, [leg])}")
    return Message(text, (*((shares,) if shares else ()), ends, cancel))


def blind_card(reader: Reader, legs: Sequence[UnreadableLeg]) -> Message:
    """Show legs, at least one, of which little is known but that they are open, with the buttons that close them."""
    language = reader.language
    buttons = [
        (Button(reader.plain("close.pick.whole", leg=leg.key), f"cl:{mark_of(leg)}:100:new", "danger"),)
        for leg in legs
        if leg.closable
    ]
    parts = [unreadable_words(language, legs)]
    parts += [reader.say("leg.unreadable.size", contracts=leg.contracts) for leg in legs if leg.contracts is not None]
    return Message(Html("\n".join(parts)), tuple(buttons))


def _label(language: Language, leg: Leg | UnreadableLeg) -> str:
    key = "close.pick.blind" if isinstance(leg, UnreadableLeg) else "close.pick.button"
    return plain(language, key, leg=leg, name=leg_name(language, leg.key))


def left_out(reader: Reader, snapshot: Snapshot, of: Selection = EVERYTHING) -> Html | None:
    """Name what closing a selection does not close, though it is, or may be, in it; None when that is nothing."""
    language = reader.language
    unreadable = sorted(blind_name(language, leg) for leg in snapshot.unreadable if not leg.closable and of.may_take(leg))
    unwatched = sorted({row.name for row in snapshot.unwatched}) if of == EVERYTHING else []
    lines = []
    if unreadable or unwatched:
        lines.append(reader.say("close.left.out", names=names([*unreadable, *unwatched])))
    if snapshot.nameless:
        lines.append(reader.say("unguarded.nameless", count=snapshot.nameless))
    return Html("\n".join(lines)) if lines else None


def doubts(reader: Reader, legs: Sequence[LegKey], doubted: Mapping[LegKey, Doubt]) -> Html | None:
    """Say which of the legs have numbers that are not believed, and why; None for none."""
    lines = [
        reader.say("close.doubted", leg=key, why=reader.plain(f"doubt.{doubted[key].cause}")) for key in legs if key in doubted
    ]
    if len(lines) > MOST_DOUBTS:
        lines[MOST_DOUBTS:] = [reader.say("close.rows.more", more=len(lines) - MOST_DOUBTS)]
    return Html("\n".join(lines)) if lines else None


def card(
    reader: Reader,
    orders: Sequence[CloseOrder],
    nonce: str,
    seconds: int,
    warnings: Sequence[Html] = (),
    wish: CloseRequest = ALL_LEGS,
) -> Message:
    """Show what a press of the first button will do; the last button cancels. ``wish`` is what several orders are for."""
    if len(orders) == 1:
        label, parts = _one(reader, orders[0], orders[0].leg)
    else:
        label, parts = _many(reader, orders, wish)
    parts.extend(warnings)
    parts.append(reader.say("close.valid", seconds=seconds))
    # A part does not look like all of it.
    is_part = len(orders) == 1 and orders[0].contracts < (orders[0].leg.contracts or orders[0].contracts)
    confirm = Button(label, f"cf:{nonce}", "primary" if is_part else "danger")
    cancel = Button(reader.plain("button.cancel"), f"cx:{nonce}")
    return Message(Html("\n".join(parts)), ((confirm,), *_one_by_one(reader, orders, wish), (cancel,)))


def _reason(reader: Reader, refused: OrderRejected) -> str:
    why = problem(reader.language, refused.reason)
    # The other codes are words of ours.
    return brief(f"{refused.code} {why}" if refused.code.isdecimal() else why, LONGEST_REASON)


def outcome(reader: Reader, done: Done) -> Html:
    """Say what was done of one leg in all, and why no more."""
    fills = done.fills
    number = done.events[-1][0] if done.events else 0
    leg = leg_name(reader.language, done.order.leg.key)
    refused = [event for _, event in done.events if isinstance(event, OrderRejected)]
    reason = _reason(reader, refused[-1]) if refused else ""
    if fills:
        prices = [(fill.order.average_price, fill.order.filled_contracts) for fill in fills]
        known = all(each is not None for each, _ in prices)
        average = sum(((each or 0) * size for each, size in prices), Decimal(0)) / done.closed if known else None
        row = reader.say(
            "close.row.filled" if done.is_whole else "close.row.part",
            leg=leg,
            done=done,
            price=average,
            pnl=sum((fill.order.realised_pnl for fill in fills), Decimal(0)),
            orders=reader.plain("close.in.orders", count=len(fills)) if len(fills) > 1 else "",
            number=number,
        )
        if done.is_whole:
            return row
        if refused:
            return Html(f"{row}{reader.say('close.row.then.refused', reason=reason)}")
        if done.is_open:
            return Html(f"{row}{reader.say('close.row.then.open')}")
        cut = fills[-1].order.filled_contracts < fills[-1].intent.contracts
        return row if cut else Html(f"{row}{reader.say('close.row.then.not_sent')}")
    if refused:
        return reader.say("close.row.rejected", leg=leg, reason=reason, number=number)
    key = "close.row.unresolved" if done.is_open else "close.row.not_sent"
    return reader.say(key, leg=leg)


def _one_by_one(reader: Reader, orders: Sequence[CloseOrder], wish: CloseRequest) -> tuple[tuple[Button, ...], ...]:
    """Lead from all legs of a coin to each of them, for who means one, or a part of it."""
    if wish.of.instrument_ids is None or len(orders) > MOST_BESIDE:
        return ()
    return grid([Button(_label(reader.language, order.leg), f"cl:{mark_of(order.leg)}") for order in orders], 2)


def _one(reader: Reader, order: CloseOrder, leg: Leg | UnreadableLeg) -> tuple[str, list[Html]]:
    language = reader.language
    if isinstance(leg, UnreadableLeg):
        return _blind(language, order, leg)
    closes, parts_of = order.contracts, slices(order.contracts, leg.instrument)
    parts = [reader.say("close.card", leg=leg, closes=closes, left=leg.contracts - closes, pnl=realised_estimate(leg, closes))]
    if len(parts_of) > 1:
        parts.append(reader.say("close.sliced", count=len(parts_of), most=parts_of[0]))
    if leg.initial_margin <= reader.rules.min_margin:
        parts.append(reader.say("close.anchor", min_margin=reader.rules.min_margin))
    if leg.closing_orders:
        parts.append(reader.say("close.orders", count=leg.closing_orders))
    return reader.plain("button.confirm", closes=closes), parts


def _blind(language: Language, order: CloseOrder, leg: UnreadableLeg) -> tuple[str, list[Html]]:
    closes, held = order.contracts, leg.contracts or order.contracts
    parts_of = slices(closes, leg.instrument)
    pnl = _estimate(order)
    unknown = {
        "roi": True,
        "lots": leg.instrument is None,
        "pnl": pnl is None,
        "opened": leg.opened_at is None,
    }
    card_ = say(
        language,
        "close.card.blind",
        leg=leg.key,
        contracts=held,
        closes=closes,
        left=held - closes,
        unknown=names([plain(language, f"close.blind.{what}") for what, is_so in unknown.items() if is_so]),
        why=reason(language, leg),
    )
    parts = [card_]
    if pnl is not None:
        parts.append(say(language, "close.blind.realises", pnl=pnl))
    if len(parts_of) > 1:
        parts.append(say(language, "close.sliced", count=len(parts_of), most=parts_of[0]))
    return plain(language, "button.confirm", closes=closes), parts


def _estimate(order: CloseOrder) -> Decimal | None:
    """Estimate what an order realises, before fees; None of a leg that does not say."""
    leg, closes = order.leg, order.contracts
    if isinstance(leg, UnreadableLeg):
        return leg.unrealised_pnl * closes / leg.contracts if leg.unrealised_pnl is not None and leg.contracts else None
    return realised_estimate(leg, closes)


def _many(reader: Reader, orders: Sequence[CloseOrder], wish: CloseRequest) -> tuple[str, list[Html]]:
    language = reader.language
    rows = []
    for order in orders:
        count, estimate = len(slices(order.contracts, order.leg.instrument)), _estimate(order)
        known = "close.row" if count == 1 else "close.row.sliced"
        key = known if estimate is not None else "close.row.blind"
        leg = leg_name(language, order.leg.key)
        rows.append(reader.say(key, leg=leg, size=_size(reader, order), count=count, pnl=estimate))
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [reader.say("close.rows.more", more=len(rows) - MOST_ROWS)]
    total = sum_of_orders(orders, reader.rules.min_margin)
    head = selection_text.title(reader, wish.of, wish.share)
    text = reader.say(
        "close.card.all",
        title=head,
        legs=len(orders),
        rows=Html("\n".join(rows)),
        worth=total.worth,
        margin=total.margin,
        pnl=total.pnl,
    )
    parts = [text, *_anchors(reader, total.anchors)]
    parts += unguarded(language, [order.leg for order in orders if isinstance(order.leg, UnreadableLeg)])
    if total.unread:
        parts.append(reader.say("close.all.unknown"))
    whole = "all" if wish.of == EVERYTHING else "these"
    kind = "keep" if wish.share is None else whole if wish.share == 1 else "share"
    return reader.plain(f"button.confirm.{kind}", count=len(orders), share=wish.share), parts


def total(reader: Reader, done: Sequence[Done]) -> list[Html]:
    """Sum up what was closed of several legs; nothing where there is nothing to sum."""
    closed = [one for one in done if one.fills]
    if len(done) < 2 or not closed:
        return []
    total = sum_of_closed([(one.order, one.fills) for one in closed], reader.rules.min_margin)
    lines = [reader.say("close.total", worth=total.worth, margin=total.margin, pnl=total.pnl), *_anchors(reader, total.anchors)]
    return [*lines, reader.say("close.all.unknown")] if total.unread else lines


def _anchors(reader: Reader, count: int) -> list[Html]:
    return [reader.say("close.anchors", count=count, min_margin=reader.rules.min_margin)] if count else []


def _size(reader: Reader, order: CloseOrder) -> str:
    held = order.leg.contracts
    if held is None or held == order.contracts:
        return digits(order.contracts)
    return reader.plain("close.size.of", contracts=order.contracts, held=held)
