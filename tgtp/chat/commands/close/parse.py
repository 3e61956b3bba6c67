"""/close in words: which legs, how much of them, and the orders that follow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tgtp.chat.commands.arguments import Unclear, held_of, named_held
from tgtp.chat.commands.vocabulary import ALL_WORDS, KEEP_WORDS
from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name, none_readable, reason
from tgtp.chat.formatting.values import leg_name, side
from tgtp.chat.texts import Html
from tgtp.domain.model import Instrument, Leg, LegKey, Snapshot, UnreadableLeg
from tgtp.domain.sizing import base_contracts, closable_contracts, is_orderable, share_of, whole_lots
from tgtp.engine.manual.closing import CloseOrder


class CloseRequest(NamedTuple):
    """What to close: a leg (None for all of them), and a fraction of it, or down to the base (None)."""

    key: LegKey | None
    share: Decimal | None = Decimal(1)


def read_wish(reader: Reader, words: Sequence[str], snapshot: Snapshot) -> CloseRequest:
    """Read ``STX long 50%``, ``stx-usdt-swap short keep``, ``all``. Raises Unclear."""
    if len(words) > 4:
        raise Unclear(reader.say("too.many.words"))
    if words[0].lower() in ALL_WORDS:
        if len(words) > 1:
            raise Unclear(reader.say("too.many.words"))
        return CloseRequest(None)
    if len(words) < 2:
        coin = held_of(reader, words[0], snapshot)[0].key.coin
        raise Unclear(reader.say("no.such.side", word="?", coin=coin, command="close"))
    legs, rest = named_held(reader, words, snapshot, "close")
    if len(legs) > 1:
        key = legs[0].key
        raise Unclear(reader.say("two.modes", coin=key.coin, side=side(reader.language, key.position_side)))
    if len(rest) > 1:
        raise Unclear(reader.say("too.many.words"))
    _check_closable(reader, legs[0])
    return CloseRequest(legs[0].key, read_share(reader, rest[0], legs[0].key) if rest else Decimal(1))


def read_share(reader: Reader, word: str, leg: LegKey) -> Decimal | None:
    """Read ``50%``, ``50``, ``all`` or ``keep`` of a leg. Raises Unclear."""
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
        name = f"{leg.coin} {side(reader.language, leg.position_side)}"
        raise Unclear(reader.say("bad.share", word=word[:40], leg=name))
    return share


def orders_for(reader: Reader, wish: CloseRequest, snapshot: Snapshot) -> list[CloseOrder]:
    """Turn a wish into orders at today's sizes. Raises Unclear when there is nothing to order."""
    if wish.key is None:
        legs = in_order(reader, snapshot)
        orders = [CloseOrder(leg, leg.contracts) for leg in legs if leg.contracts is not None]
        if not orders:
            raise Unclear(none_readable(reader.language, snapshot))
        return orders
    leg = snapshot.held(wish.key)
    if leg is None:
        raise Unclear(gone(reader, snapshot, wish.key))
    if isinstance(leg, UnreadableLeg):
        return [CloseOrder(leg, _contracts_of_blind(reader, leg, wish.share))]
    return [CloseOrder(leg, _contracts(reader, leg, wish.share))]


def in_order(reader: Reader, snapshot: Snapshot) -> list[Leg | UnreadableLeg]:
    """Give the legs that can be closed as lists show them, those that cannot be read last."""
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
        name, why = blind_name(reader.language, leg), reason(reader.language, leg)
        raise Unclear(reader.say("close.unreadable", legs=name, why=why))


def _contracts_of_blind(reader: Reader, leg: UnreadableLeg, share: Decimal | None) -> Decimal:
    language, coin = reader.language, leg.key.coin
    _check_closable(reader, leg)
    name, held = leg_name(language, leg.key), leg.contracts or Decimal(0)
    if share is None:
        raise Unclear(reader.say("close.blind.base", leg=name))
    if share == 1:
        return held
    if leg.instrument is None:
        raise Unclear(reader.say("close.blind.whole", leg=name, coin=coin, side=leg.key.position_side.value))
    contracts = whole_lots(held * share, leg.instrument.lot_size)
    _check_orderable(reader, leg.key, held, contracts, share, leg.instrument)
    return contracts


def _contracts(reader: Reader, leg: Leg, share: Decimal | None) -> Decimal:
    keep_margin = reader.rules.keep_margin
    if share is None:
        contracts = closable_contracts(leg, keep_margin)
        if not is_orderable(contracts, leg.instrument):
            base = base_contracts(leg, keep_margin)
            raise Unclear(reader.say("close.at.base", leg=leg, base=base, keep_margin=keep_margin))
        return contracts
    # All of it is all of it, even where the position is no whole number of lots.
    contracts = leg.contracts if share == 1 else share_of(leg, share)
    _check_orderable(reader, leg.key, leg.contracts, contracts, share, leg.instrument)
    return contracts


def _check_orderable(reader: Reader, key: LegKey, held: Decimal, contracts: Decimal, share: Decimal, of: Instrument) -> None:
    if not is_orderable(contracts, of):
        raise Unclear(reader.say("close.dust", leg=key, contracts=held, share=share, of=of))
