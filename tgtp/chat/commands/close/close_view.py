"""Closing by hand: from words or buttons to a card, from the card to orders.

Nothing is sent without the card's confirm button, and that button is bound to what the card showed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tgtp.chat.commands.positions.status_view import ordered
from tgtp.chat.events.one_line import Setting
from tgtp.chat.formatting.numbers import digits, leg_name, money, names, percent, price, side
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, plain, say
from tgtp.domain.model import Leg, LegKey, MarginMode, PositionSide, Snapshot
from tgtp.domain.sizing import base_contracts, closable_contracts, is_orderable, one_order, realised_estimate, share_of
from tgtp.engine.manual.actions import CloseOrder

SIDES = {
    "long": PositionSide.LONG,
    "short": PositionSide.SHORT,
    "多": PositionSide.LONG,
    "空": PositionSide.SHORT,
    "多单": PositionSide.LONG,
    "空单": PositionSide.SHORT,
}
KEEP_WORDS = ("keep", "base", "底仓", "保留")
ALL_WORDS = ("all", "全部")
MODES = {"cross": MarginMode.CROSS, "全仓": MarginMode.CROSS, "isolated": MarginMode.ISOLATED, "逐仓": MarginMode.ISOLATED}
MOST_BUTTONS = 40
MOST_ROWS = 30


class Unclear(Exception):
    """The words cannot be understood; ``text`` says so and shows the right form."""

    def __init__(self, text: Html) -> None:
        super().__init__(text)
        self.text = text


class Wish(NamedTuple):
    """What to close: a leg (None for all of them), and a fraction of it, or down to the base (None)."""

    key: LegKey | None
    share: Decimal | None = Decimal(1)


def read_wish(setting: Setting, words: Sequence[str], snapshot: Snapshot) -> Wish:
    """Read ``STX long 50%``, ``stx-usdt-swap short keep``, ``all``. Raises Unclear."""
    language = setting.language
    if len(words) > 4:
        raise Unclear(say(language, "too.many.words"))
    if words[0].lower() in ALL_WORDS:
        if len(words) > 1:
            raise Unclear(say(language, "too.many.words"))
        return Wish(None)
    if len(words) < 2:
        coin = legs_of(setting, words[0], snapshot)[0].instrument.coin
        raise Unclear(say(language, "no.such.side", word="?", coin=coin, command="close"))
    legs, rest = named_legs(setting, words, snapshot, "close")
    if len(legs) > 1:
        held = legs[0].position_side.value
        name, coin = plain(language, f"side.{held}"), legs[0].instrument.coin
        raise Unclear(say(language, "two.modes", coin=coin, side=name, word=held))
    if len(rest) > 1:
        raise Unclear(say(language, "too.many.words"))
    return Wish(legs[0].key, read_share(setting, rest[0]) if rest else Decimal(1))


def named_legs(setting: Setting, words: Sequence[str], snapshot: Snapshot, command: str) -> tuple[list[Leg], list[str]]:
    """Find the legs that ``STX``, ``STX long`` or ``STX long isolated`` names, and give the words that are left, in lower case.

    Several legs where no side is named, or where a side is held in both margin modes. ``command`` is what the words were said
    to, for the right form in an answer. Raises Unclear.
    """
    language = setting.language
    legs = legs_of(setting, words[0], snapshot)
    if len(words) == 1:
        return legs, []
    coin = legs[0].instrument.coin
    position_side = SIDES.get(words[1].lower())
    if position_side is None:
        raise Unclear(say(language, "no.such.side", word=words[1][:40], coin=coin, command=command))
    name = plain(language, f"side.{position_side.value}")
    sided = [leg for leg in legs if leg.position_side is position_side]
    rest = [word.lower() for word in words[2:]]
    named = [word for word in rest if word in MODES]
    if named:
        rest.remove(named[0])
        held, mode = sided, MODES[named[0]]
        sided = [leg for leg in held if leg.margin_mode is mode]
        if held and not sided:
            other = held[0].margin_mode
            modes = {"mode": plain(language, f"mode.{mode.value}"), "other": plain(language, f"mode.{other.value}")}
            raise Unclear(say(language, "no.such.mode", coin=coin, side=name, **modes))
    if not sided:
        raise Unclear(say(language, "no.such.leg", side=name, coin=coin, known=known_legs(setting, snapshot)))
    return sided, rest


def legs_of(setting: Setting, word: str, snapshot: Snapshot) -> list[Leg]:
    """Find the legs of a coin or instrument, in any case. Raises Unclear."""
    name = word.upper()
    legs = [leg for leg in snapshot.legs if name in (leg.instrument.coin, leg.instrument.instrument_id)]
    if not legs:
        blind = [key for key in snapshot.unreadable if name in (key.instrument_id, key.instrument_id.split("-", 1)[0])]
        if blind:
            known = ", ".join(sorted(leg_name(setting.language, key) for key in blind))
            raise Unclear(say(setting.language, "close.unreadable", legs=known))
        if not snapshot.legs:
            raise Unclear(say(setting.language, "no.legs"))
        raise Unclear(say(setting.language, "no.such.coin", word=word[:40], known=known_legs(setting, snapshot)))
    return legs


def known_legs(setting: Setting, snapshot: Snapshot) -> str:
    """Name what is open, for an answer to a wrong word."""
    names: dict[str, list[str]] = {}
    for leg in ordered(snapshot.legs, setting.rules):
        names.setdefault(leg.instrument.coin, []).append(side(setting.language, leg.position_side))
    listed = [f"{coin} {'/'.join(dict.fromkeys(sides))}" for coin, sides in names.items()]
    more = f" … +{len(listed) - 20}" if len(listed) > 20 else ""
    return ", ".join(listed[:20]) + more


def read_share(setting: Setting, word: str) -> Decimal | None:
    """Read ``50%``, ``50``, ``all`` or ``keep``. Raises Unclear."""
    if word in KEEP_WORDS:
        return None
    if word in ALL_WORDS:
        return Decimal(1)
    try:
        if "_" in word:
            raise InvalidOperation
        share = Decimal(word.replace("％", "%").removesuffix("%")) / 100
    except ArithmeticError:
        # No number at all, or one beyond all bounds.
        share = Decimal(0)
    if not share.is_finite() or not Decimal("0.01") <= share <= 1:
        raise Unclear(say(setting.language, "bad.share", word=word[:40]))
    return share


def orders_for(setting: Setting, wish: Wish, snapshot: Snapshot) -> list[CloseOrder]:
    """Turn a wish into orders at today's sizes. Raises Unclear when there is nothing to order."""
    if wish.key is None:
        orders = [CloseOrder(leg, leg.contracts) for leg in ordered(snapshot.legs, setting.rules)]
        if not orders:
            raise Unclear(say(setting.language, "no.legs"))
        return orders
    leg = snapshot.by_key.get(wish.key)
    if leg is None:
        raise Unclear(say(setting.language, "close.gone"))
    return [CloseOrder(leg, _contracts(setting, leg, wish.share))]


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


def _contracts(setting: Setting, leg: Leg, share: Decimal | None) -> Decimal:
    language, keep_margin = setting.language, setting.rules.keep_margin
    name = leg_name(language, leg.key)
    if share is None:
        contracts = closable_contracts(leg, keep_margin)
        if not is_orderable(contracts, leg.instrument):
            base = digits(base_contracts(leg, keep_margin))
            raise Unclear(
                say(language, "close.at.base", leg=name, base=base, held=digits(leg.contracts), keep_margin=digits(keep_margin))
            )
        return contracts
    # All of it is all of it, even where the position is no whole number of lots.
    contracts = leg.contracts if share == 1 else share_of(leg, share)
    if not is_orderable(contracts, leg.instrument):
        raise Unclear(
            say(
                language,
                "close.dust",
                leg=name,
                contracts=digits(leg.contracts),
                what=percent(share),
                least=digits(leg.instrument.min_contracts),
            )
        )
    return contracts
