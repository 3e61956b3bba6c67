"""The chart of a price: what of one leg, or of several of one instrument, belongs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from tgtp.chat.charts.model import FillMark, LineKind, PriceChart, PriceLine
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name, side
from tgtp.chat.state.past_prices import read_candles, read_fills
from tgtp.chat.texts import Language, plain
from tgtp.chat.texts.formats.numbers import to_places
from tgtp.domain.event_totals import FilledEvent, source_of
from tgtp.domain.life import Life
from tgtp.domain.model import Candle, Instrument, Leg, LegKey, name_of_instrument
from tgtp.domain.sizing import price_at_roi

# Of each leg, where several are on one picture.
FEW_TIERS = 3


def price_chart(
    reader: Reader,
    legs: Sequence[Leg],
    lives: Mapping[LegKey, Life],
    candles: Sequence[Candle],
    fills: Iterable[FilledEvent],
) -> PriceChart:
    """Put one leg, or several of one instrument, on a picture. ``candles`` oldest first, at least one.

    ``fills`` may be those of any leg and life: the others are left out.
    """
    language, first = reader.language, legs[0]
    title = leg_name(language, first.key) if len(legs) == 1 else name_of_instrument(first.instrument.instrument_id)
    lines = [_line(reader.plain("chart.mark"), first.mark_price, "mark", first.instrument)]
    for leg in legs:
        lines += _lines(reader, leg, lives.get(leg.key), legs)
    held = {(leg.key, leg.opened_at) for leg in legs}
    marks = tuple(
        FillMark(fill.order.updated_at, fill.order.average_price, source_of(fill))
        for fill in fills
        if (fill.intent.leg, fill.intent.opened_at) in held and fill.order.average_price is not None
    )
    return PriceChart(title, tuple(candles), tuple(lines), marks, reader.look)


def _lines(reader: Reader, leg: Leg, life: Life | None, legs: Sequence[Leg]) -> list[PriceLine]:
    language, instrument = reader.language, leg.instrument
    of = "" if len(legs) == 1 else f"{_short_name(language, leg, legs)} "
    fired = life.fired_numbers if life is not None and life.is_of(leg) else frozenset()
    lines = [_line(of + reader.plain("chart.entry"), leg.entry_price, "entry", instrument)]
    tiers = reader.rules.ladder_of(leg.key).tiers
    if len(legs) > 1:
        # Several ladders at once can only be read by what is next.
        tiers = tuple(tier for tier in tiers if tier.number not in fired)[:FEW_TIERS]
    for tier in tiers:
        reached = price_at_roi(leg, tier.threshold)
        if reached is not None:
            base = reader.rules.base_of(leg.key, tier.number, tier.threshold)
            key = "chart.tier" if base is None else "chart.tier.scaled"
            label = of + reader.plain(key, tier=tier, base=base)
            lines.append(_line(label, reached, "fired" if tier.number in fired else "tier", instrument))
    if leg.liquidation_price is not None:
        lines.append(_line(of + reader.plain("chart.liquidation"), leg.liquidation_price, "liquidation", instrument))
    if leg.break_even_price is not None and len(legs) == 1:
        lines.append(_line(reader.plain("chart.break_even"), leg.break_even_price, "break_even", instrument))
    return lines


def _line(label: str, price: Decimal, kind: LineKind, instrument: Instrument) -> PriceLine:
    # One digit finer than what the exchange trades in; averages have any number of them.
    return PriceLine(label, to_places(price, 1 - instrument.tick_size.adjusted()), kind)


def _short_name(language: Language, leg: Leg, legs: Sequence[Leg]) -> str:
    name = side(language, leg.position_side)
    if sum(other.position_side is leg.position_side for other in legs) > 1:
        name += f" {plain(language, f'mode.{leg.margin_mode.value}')}"
    return name


async def gather(
    session: Session, reader: Reader, legs: Sequence[Leg], fills: Sequence[FilledEvent] | None = None
) -> PriceChart | None:
    """Read what belongs on the picture of one leg, or of several of one instrument: the last day, or all since the entry.

    ``fills`` are read where the asker has not read them. None where the exchange gives no prices. Takes as long as the exchange
    and the disk do.
    """
    checker, now = session.checker, session.clock.now()
    candles = await read_candles(checker, legs, now)
    if not candles:
        return None
    if fills is None:
        fills = await read_fills(checker, legs, now)
    return price_chart(reader, legs, checker.journal.ledger.lives(), candles, fills)
