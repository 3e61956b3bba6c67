"""The cards of /close: which leg, how much of it, and the one that shows what will happen and asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.formatting.numbers import digits, leg_name, money, names, percent, price, side
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, plain, say
from tgtp.domain.doubts.prices import Doubt
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.sizing import one_order, realised_estimate
from tgtp.engine.manual.actions import CloseOrder

MOST_BUTTONS = 40
MOST_ROWS = 30
MOST_DOUBTS = 5


def picker(setting: Setting, snapshot: Snapshot, marks: dict[LegKey, str]) -> Message:
    """List the legs as buttons, Cancel last."""
    language = setting.language
    legs = ordered(snapshot.legs, setting.rules)
    if not legs:
        return Message(say(language, "no.legs"))
    buttons = [
        Button(
            plain(
                language,
                "close.pick.button",
                coin=leg.instrument.coin,
                side=side(language, leg.position_side),
                roi=percent(leg.roi, signed=True),
            ),
            f"cl:{marks[leg.key]}",
        )
        for leg in legs[:MOST_BUTTONS]
    ]
    rows = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    rows.append((Button(plain(language, "button.cancel"), "cx:"),))
    text = say(language, "close.pick")
    if len(legs) > MOST_BUTTONS:
        text = Html(f"{text}\n{say(language, 'close.more', more=len(legs) - MOST_BUTTONS)}")
    return Message(text, tuple(rows))


def how_much(setting: Setting, leg: Leg, mark: str) -> Message:
    """Ask how much of a leg to close."""
    language = setting.language
    shares = tuple(Button(f"{share}%", f"cl:{mark}:{share}") for share in (25, 50))
    ends = (
        Button(plain(language, "button.keep"), f"cl:{mark}:keep"),
        Button(plain(language, "button.all"), f"cl:{mark}:100"),
    )
    cancel = (Button(plain(language, "button.cancel"), "cx:"),)
    text = say(language, "close.how", leg=leg_name(language, leg.key), contracts=digits(leg.contracts))
    return Message(text, (shares, ends, cancel))


def left_out(setting: Setting, snapshot: Snapshot) -> Html | None:
    """Name what closing everything does not close; None when that is nothing."""
    language = setting.language
    unreadable = sorted(leg_name(language, key) for key in snapshot.unreadable)
    unwatched = sorted({row.name for row in snapshot.unwatched} - {key.instrument_id for key in snapshot.unreadable})
    if not (unreadable or unwatched):
        return None
    return say(language, "close.left.out", names=names([*unreadable, *unwatched]))


def doubts(setting: Setting, legs: Sequence[LegKey], doubted: Mapping[LegKey, Doubt]) -> Html | None:
    """Say which of the legs have numbers that are not believed, and why; None for none."""
    language = setting.language
    lines = [
        say(language, "close.doubted", leg=leg_name(language, key), why=plain(language, f"doubt.{doubted[key].cause}"))
        for key in legs
        if key in doubted
    ]
    if len(lines) > MOST_DOUBTS:
        lines[MOST_DOUBTS:] = [say(language, "close.rows.more", more=len(lines) - MOST_DOUBTS)]
    return Html("\n".join(lines)) if lines else None


def card(setting: Setting, orders: Sequence[CloseOrder], nonce: str, seconds: int, warnings: Sequence[Html] = ()) -> Message:
    """Show what a press of the first button will do; the last button cancels."""
    language = setting.language
    if len(orders) == 1:
        label, parts = _one(setting, orders[0])
    else:
        label, parts = _many(setting, orders)
    parts.extend(warnings)
    parts.append(say(language, "close.valid", seconds=seconds))
    confirm = Button(label, f"cf:{nonce}", "danger")
    cancel = Button(plain(language, "button.cancel"), f"cx:{nonce}")
    return Message(Html("\n".join(parts)), ((confirm,), (cancel,)))


def _one(setting: Setting, order: CloseOrder) -> tuple[str, list[Html]]:
    language, leg = setting.language, order.leg
    closes = one_order(order.contracts, leg.instrument)
    parts = [
        say(
            language,
            "close.card",
            leg=leg_name(language, leg.key),
            contracts=digits(leg.contracts),
            margin=money(leg.initial_margin),
            roi=percent(leg.roi, signed=True),
            closes=digits(closes),
            mark=price(leg.mark_price),
            left=digits(leg.contracts - closes),
            pnl=money(realised_estimate(leg, closes), signed=True),
        )
    ]
    if closes < order.contracts:
        parts.append(say(language, "close.capped", most=digits(closes)))
    if leg.closing_orders:
        parts.append(say(language, "close.orders", count=leg.closing_orders))
    return plain(language, "button.confirm", closes=digits(closes)), parts


def _many(setting: Setting, orders: Sequence[CloseOrder]) -> tuple[str, list[Html]]:
    language = setting.language
    rows, total = [], Decimal(0)
    for order in orders:
        closes = one_order(order.contracts, order.leg.instrument)
        estimate = realised_estimate(order.leg, closes)
        total += estimate
        rows.append(
            say(
                language,
                "close.row" if closes == order.contracts else "close.row.capped",
                leg=leg_name(language, order.leg.key),
                contracts=digits(order.leg.contracts),
                closes=digits(closes),
                pnl=money(estimate, signed=True),
            )
        )
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [say(language, "close.rows.more", more=len(rows) - MOST_ROWS)]
    text = say(language, "close.card.all", count=len(orders), rows=Html("\n".join(rows)), pnl=money(total, signed=True))
    return plain(language, "button.confirm.all", count=len(orders)), [text]
