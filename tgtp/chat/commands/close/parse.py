"""/close in words: which legs, how much of them, and the orders that follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tgtp.chat.commands.arguments import Unclear, held_of, is_named, known_legs, named_held
from tgtp.chat.commands.close import selection_text
from tgtp.chat.commands.vocabulary import ALL_WORDS, BOTH_WORDS, KEEP_WORDS, MODES, SHARES, SIDES
from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name, none_readable, reason
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.texts import Html
from tgtp.domain.model import Leg, LegKey, Snapshot, UnreadableLeg
from tgtp.domain.sizing import NoOrder, base_contracts, closing_contracts
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.manual.selection import EVERYTHING, Selection

# A coin, a side, a margin mode and a share.
MOST_WORDS = 4


class CloseRequest(NamedTuple):
    """What to close: one leg (``key``) or all that ``of`` takes, and a fraction of each, or down to the base (None)."""

    key: LegKey | None
    share: Decimal | None = Decimal(1)
    of: Selection = EVERYTHING


class CloseOrders(NamedTuple):
    """The orders that a request comes to, and the legs of which it comes to none, with the reason."""

    orders: list[CloseOrder]
    small: list[tuple[LegKey, NoOrder]]


class _Said(NamedTuple):
    """The words behind /close, by what they mean; ``rest`` is what is left for a share."""

    coin: str | None
    side: str | None
    mode: str | None
    all: bool
    rest: list[str]


def read_wish(reader: Reader, words: Sequence[str], snapshot: Snapshot) -> CloseRequest:
    """Read ``STX long 50%``, ``STX``, ``short half``, ``all keep``, in any order. Raises Unclear.

    Where coin and side name one leg, the request is of that leg; otherwise of all that the words take.
    """
    if len(words) > MOST_WORDS:
        raise Unclear(reader.say("too.many.words"))
    if not (snapshot.legs or snapshot.unreadable):
        raise Unclear(none_readable(reader.language, snapshot))
    said = _sort(reader, words, snapshot)
    of = Selection(
        frozenset(name for name in snapshot.instrument_ids if is_named(said.coin, name)) if said.coin else None,
        SIDES[said.side] if said.side else None,
        MODES[said.mode] if said.mode else None,
    )
    found = [leg for leg in snapshot.legs if of.takes(leg.key)] + [leg for leg in snapshot.unreadable if of.may_take(leg)]
    if said.coin and said.side and not found:
        # Says what there is of the coin.
        named_held(reader, [said.coin, said.side, *([said.mode] if said.mode else [])], snapshot, "close")
    if not found:
        raise Unclear(_none_taken(reader, of, snapshot))
    is_one = said.coin is not None and said.side is not None and len(found) == 1
    name = selection_text.command_words(reader, of)
    share = read_share(reader, said.rest[0], name) if said.rest else Decimal(1)
    if is_one:
        _check_closable(reader, found[0])
        return CloseRequest(found[0].key, share)
    return CloseRequest(None, share, of)


def read_share(reader: Reader, word: str, name: str) -> Decimal | None:
    """Read ``50%``, ``50``, ``0.5``, ``half``, ``all`` or ``keep``; ``name`` is what it is of, as typed. Raises Unclear."""
    if word in KEEP_WORDS:
        return None
    if word in ALL_WORDS:
        return Decimal(1)
    number = SHARES.get(word, word).replace("％", "%")
    try:
        if "_" in number:
            raise InvalidOperation
        share = Decimal(number.removesuffix("%"))
        # Below one and without the sign it is a part of the whole; 0.5% is neither.
        share = share if "%" not in number and share.is_finite() and 0 < share < 1 else share / 100
    except ArithmeticError:
        # No number at all, or one beyond all bounds.
        share = Decimal(0)
    if not share.is_finite() or not Decimal("0.01") <= share <= 1:
        raise Unclear(reader.say("bad.share", word=word[:40], leg=name))
    return share


def orders_for(reader: Reader, wish: CloseRequest, snapshot: Snapshot, only: Collection[LegKey] | None = None) -> CloseOrders:
    """Turn a wish into orders at today's sizes, of ``only`` these legs where some are named.

    Raises Unclear when there is nothing to order.
    """
    if wish.key is not None:
        leg = snapshot.held(wish.key)
        if leg is None:
            raise Unclear(gone(reader, snapshot, wish.key))
        return CloseOrders([CloseOrder(leg, _contracts(reader, leg, wish.share), wish.share)], [])
    made = CloseOrders([], [])
    for leg in in_order(reader, snapshot):
        if wish.of.takes(leg.key) and (only is None or leg.key in only):
            contracts = closing_contracts(leg, wish.share, reader.rules.keep_margin)
            if isinstance(contracts, Decimal):
                made.orders.append(CloseOrder(leg, contracts, wish.share))
            else:
                made.small.append((leg.key, contracts))
    if made.small and not made.orders:
        raise Unclear(Html("\n".join(selection_text.too_small(reader, made.small, wish.share))))
    if not made.orders and only is not None:
        raise Unclear(Html("\n".join(dict.fromkeys(gone(reader, snapshot, key) for key in only))))
    if not made.orders:
        raise Unclear(_none_taken(reader, wish.of, snapshot))
    return made


def in_order(reader: Reader, snapshot: Snapshot) -> list[Leg | UnreadableLeg]:
    """Return the legs that can be closed as lists show them, those that cannot be read last."""
    return [*ordered(snapshot.legs, reader.rules), *snapshot.closable[len(snapshot.legs) :]]


def gone(reader: Reader, snapshot: Snapshot, key: LegKey) -> Html:
    """Say that a leg is gone; or that it may be there, but that its row does not say so for certain."""
    language = reader.language
    if key in snapshot.unreadable_keys:
        blind = [leg for leg in snapshot.unreadable if key in leg.keys]
        return reader.say("close.unreadable", legs=key, why=reason(language, blind[0]))
    if snapshot.nameless:
        return reader.say("unguarded.nameless", count=snapshot.nameless)
    return reader.say("close.gone")


def _check_closable(reader: Reader, leg: Leg | UnreadableLeg) -> None:
    if isinstance(leg, UnreadableLeg) and not leg.closable:
        raise Unclear(_not_closable(reader, leg))


def _not_closable(reader: Reader, leg: UnreadableLeg) -> Html:
    return reader.say("close.unreadable", legs=blind_name(reader.language, leg), why=reason(reader.language, leg))


def _contracts(reader: Reader, leg: Leg | UnreadableLeg, share: Decimal | None) -> Decimal:
    """Return the contracts that a share of one leg comes to. Raises Unclear, which says why it is no order."""
    if isinstance(leg, UnreadableLeg):
        _check_closable(reader, leg)
    language, keep_margin = reader.language, reader.rules.keep_margin
    contracts = closing_contracts(leg, share, keep_margin)
    if isinstance(contracts, Decimal):
        return contracts
    name, coin = leg_name(language, leg.key), leg.key.coin
    if contracts == "blind_base":
        raise Unclear(reader.say("close.blind.base", leg=name))
    if contracts == "blind_lot":
        raise Unclear(reader.say("close.blind.whole", leg=name, coin=coin, side=leg.key.position_side.value))
    if isinstance(leg, Leg) and contracts == "base":
        base = base_contracts(leg, keep_margin)
        raise Unclear(reader.say("close.at.base", leg=leg, base=base, keep_margin=keep_margin))
    raise Unclear(reader.say("close.dust", leg=leg.key, contracts=leg.contracts, share=share, of=leg.instrument))


def _sort(reader: Reader, words: Sequence[str], snapshot: Snapshot) -> _Said:
    """Sort the words behind /close by what they mean. Raises Unclear where they do not go together."""
    coin = _coin(reader, words, snapshot)
    left = list(words)
    if coin is not None:
        left.remove(coin)
    left = [word.lower() for word in left]
    sides, modes = [word for word in left if word in SIDES], [word for word in left if word in MODES]
    alls, boths = [word for word in left if word in ALL_WORDS], [word for word in left if word in BOTH_WORDS]
    rest = [word for word in left if word not in (*sides, *modes, *alls, *boths)]
    if coin is not None and not sides and rest and rest[0] not in (*KEEP_WORDS, *SHARES) and not _is_number(rest[0]):
        shown = next(word for word in words if word.lower() == rest[0])
        raise Unclear(
            reader.say("no.such.side", word=shown[:40], coin=held_of(reader, coin, snapshot)[0].key.coin, command="close")
        )
    too_many = any(len(found) > 1 for found in (sides, modes, alls, boths, rest))
    # All of a coin, and a share of it; both sides, and one of them: one of the two is a slip.
    if too_many or (coin is not None and alls and rest) or (boths and (sides or coin is None)):
        raise Unclear(reader.say("too.many.words"))
    if coin is None and not sides and not alls:
        key = "close.of.what.mode" if modes else "close.of.what"
        raise Unclear(reader.say(key, word=" ".join(words)[:40]))
    return _Said(coin, sides[0] if sides else None, modes[0] if modes else None, bool(alls), rest)


def _coin(reader: Reader, words: Sequence[str], snapshot: Snapshot) -> str | None:
    """Return the word that names a coin. Raises Unclear where it is none that is held, or may be another word as well."""
    held = [word for word in words if any(is_named(word, name) for name in snapshot.instrument_ids)]
    if plain := [word for word in held if not _is_word(word)]:
        return plain[0]
    if twofold := [word for word in held if word.lower() in (*KEEP_WORDS, *SHARES)]:
        raise Unclear(reader.say("close.two.meanings", word=twofold[0][:40], coin=twofold[0].upper()[:40]))
    unknown = [word for word in words if not _is_word(word) and not _is_number(word)]
    if unknown:
        # Says that there is no such coin, and what there is.
        held_of(reader, unknown[0], snapshot)
    return None


def _is_word(word: str) -> bool:
    return word.lower() in (*ALL_WORDS, *BOTH_WORDS, *KEEP_WORDS, *SHARES, *SIDES, *MODES)


def _is_number(word: str) -> bool:
    return word.replace("％", "%").removesuffix("%").removeprefix("-").replace(".", "", 1).isdecimal()


def _none_taken(reader: Reader, of: Selection, snapshot: Snapshot) -> Html:
    """Say that a selection meets no leg that could be closed, and what is open."""
    blind = [leg for leg in snapshot.unreadable if of.may_take(leg)]
    if of == EVERYTHING or not (snapshot.legs or snapshot.unreadable):
        return none_readable(reader.language, snapshot)
    if blind:
        return Html("\n".join(_not_closable(reader, leg) for leg in blind))
    lines = [reader.say("close.none", what=selection_text.what(reader, of), known=known_legs(reader, snapshot))]
    if snapshot.nameless:
        lines.append(reader.say("unguarded.nameless", count=snapshot.nameless))
    return Html("\n".join(lines))
