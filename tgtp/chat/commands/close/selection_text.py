"""What a close of several legs is of, in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name, side
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names, percent
from tgtp.domain.model import LegKey, coin_of_instrument
from tgtp.domain.sizing import NoOrder
from tgtp.engine.manual.selection import EVERYTHING, Selection


def what(reader: Reader, of: Selection) -> str:
    """Name the legs of a selection."""
    kind = ("coin" if of.instrument_ids else "all") + ("_side" if of.position_side else "")
    named = reader.plain(f"close.what.{kind}", coin=_coins(of), side=of.position_side)
    if of.margin_mode is None:
        return named
    return reader.plain("close.what.mode", what=named, mode=reader.plain(f"mode.{of.margin_mode.value}"))


def title(reader: Reader, of: Selection, share: Decimal | None) -> Html:
    """Ask whether a share of each of these legs shall be closed; ``share`` is None for down to the base."""
    whole = "all" if of == EVERYTHING else "whole"
    kind = "keep" if share is None else whole if share == 1 else "share"
    return reader.say(f"close.title.{kind}", what=what(reader, of), share=share)


def command_words(reader: Reader, of: Selection, share: Decimal | None = Decimal(1)) -> str:
    """Write a selection, and the share of it, as it is typed behind the command."""
    mode = reader.plain(f"mode.{of.margin_mode.value}") if of.margin_mode else ""
    which = side(reader.language, of.position_side) if of.position_side else ""
    much = reader.plain("speech.keep") if share is None else percent(share) if share != 1 else ""
    return " ".join(filter(None, [_coins(of) or ("" if which else reader.plain("speech.all")), which, mode, much]))


def too_small(reader: Reader, small: Sequence[tuple[LegKey, NoOrder]], share: Decimal | None) -> list[Html]:
    """Say which legs stay as they are because the share of them is no order, one line for each reason."""
    found: dict[NoOrder, list[str]] = {}
    for key, why in small:
        found.setdefault(why, []).append(leg_name(reader.language, key))
    values = {"share": share, "keep_margin": reader.rules.keep_margin}
    return [reader.say(f"close.small.{why}", legs=names(legs), **values) for why, legs in found.items()]


def _coins(of: Selection) -> str:
    return "/".join(sorted(map(coin_of_instrument, of.instrument_ids or ())))
