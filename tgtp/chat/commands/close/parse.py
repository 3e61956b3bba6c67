"""/close in words: which legs, how much of them, and the orders that follow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tgtp.chat.commands.arguments import ALL_WORDS, Unclear, legs_of, named_legs
from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.formatting.numbers import digits, leg_name, percent
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.texts import plain, say
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.sizing import base_contracts, closable_contracts, is_orderable, share_of
from tgtp.engine.manual.actions import CloseOrder

KEEP_WORDS = ("keep", "base", "底仓", "保留")


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
