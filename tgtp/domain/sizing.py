"""Contracts, lots and the base."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Literal

from tgtp.domain.model import Instrument, Leg, MarginMode, PositionSide, Side, UnreadableLeg

# Why a share of a leg comes to no order: below the smallest one; at the base already; its row cannot be read, so that the base,
# or the lot, is not known.
NoOrder = Literal["dust", "base", "blind_base", "blind_lot"]

# The least margin that is worth moving, in USDT.
CENT = Decimal("0.01")
# What a market order costs at OKX, a fraction of what it trades, unless somebody trades much.
TAKER_FEE = Decimal("0.0005")
# The usual 28 digits are not enough to count the lots of an absurd position; asked for anyway, they would raise.
_COUNTING = Context(prec=100)


def whole_lots(contracts: Decimal, lot_size: Decimal) -> Decimal:
    """Round contracts toward zero to a multiple of the lot; ``base_contracts`` rounds up from it.

    >>> whole_lots(Decimal("17.5"), Decimal(1)), whole_lots(Decimal("17.5"), Decimal("0.1"))
    (Decimal('17'), Decimal('17.5'))
    >>> whole_lots(Decimal("0.6"), Decimal(1))
    Decimal('0')
    """
    return _COUNTING.divide_int(contracts, lot_size) * lot_size


def cents_up(amount: Decimal) -> Decimal:
    """Round USDT of margin up to a cent.

    >>> cents_up(Decimal("11.941")), cents_up(Decimal(10))
    (Decimal('11.95'), Decimal('10.00'))
    """
    down = whole_lots(amount, CENT)
    return down if down == amount else down + CENT


def share_of(leg: Leg, share: Decimal) -> Decimal:
    """Return the contracts that a share (a fraction) of what is held comes to, rounded down to a lot.

    The seed's ladder, with a lot of 0.1 and of 1:

    >>> from tgtp.domain.examples import leg
    >>> ladder = ((100, "0.3"), (70, "0.5"), (35, "0.5"))
    >>> [f"{share_of(leg(contracts=held, lot_size='0.1'), Decimal(share)):f}" for held, share in ladder]
    ['30.0', '35.0', '17.5']
    >>> [f"{share_of(leg(contracts=held), Decimal(share)):f}" for held, share in ladder]
    ['30', '35', '17']
    """
    return whole_lots(leg.contracts * share, leg.instrument.lot_size)


def base_contracts(leg: Leg, keep_margin: Decimal) -> Decimal:
    """Return the fewest contracts, in whole lots, that still carry ``keep_margin`` USDT of initial margin.

    The seed's example, 10x at a mark price of 5.0:

    >>> from tgtp.domain.examples import leg
    >>> base_contracts(leg(mark_price="5.0", leverage=10), Decimal(1))
    Decimal('2')
    >>> base_contracts(leg(mark_price="1.1", contracts=50), Decimal(1))  # 9.09 up to a lot of 1
    Decimal('10')
    >>> base_contracts(leg(mark_price="1.1", contracts=50, lot_size="0.1"), Decimal(1))
    Decimal('9.1')
    """
    exact = keep_margin * leg.leverage / (leg.mark_price * leg.instrument.contract_size)
    lots = whole_lots(exact, leg.instrument.lot_size)
    return lots if lots == exact else lots + leg.instrument.lot_size


def entry_margin(leg: Leg) -> Decimal:
    """Return the margin (USDT) that a leg's size took at its entry price: what its ROI is counted on.

    >>> from tgtp.domain.examples import leg
    >>> entry_margin(leg(contracts=100, entry_price="5", leverage=10))
    Decimal('50')
    """
    return leg.contracts * leg.instrument.contract_size * leg.entry_price / leg.leverage


def closable_contracts(leg: Leg, keep_margin: Decimal) -> Decimal:
    """Return the contracts above the base, rounded down to a lot; 0 when the leg stands at its base or below.

    >>> from tgtp.domain.examples import leg
    >>> closable_contracts(leg(mark_price="1.1", contracts=50), Decimal(1))
    Decimal('40')
    >>> closable_contracts(leg(mark_price="1.1", contracts=50, lot_size="0.1"), Decimal(1))
    Decimal('40.9')
    """
    above = whole_lots(leg.contracts - base_contracts(leg, keep_margin), leg.instrument.lot_size)
    return max(above, Decimal(0))


def is_orderable(contracts: Decimal, instrument: Instrument) -> bool:
    """Return whether the exchange takes an order of this many contracts."""
    return contracts > 0 and contracts >= instrument.min_contracts


def has_an_order(contracts: Decimal, min_contracts: Decimal, lot_size: Decimal) -> bool:
    """Return whether contracts, rounded down to lots of that size, are an order that the exchange takes."""
    lots = whole_lots(contracts, lot_size)
    return lots > 0 and lots >= min_contracts


def closing_contracts(leg: Leg | UnreadableLeg, share: Decimal | None, keep_margin: Decimal) -> Decimal | NoOrder:
    """Return the contracts that closing a share (a fraction) of a leg by hand comes to, or why that is no order.

    ``share`` is None for down to the base. All of a leg is all of it, even where it is no whole number of lots.

    >>> from tgtp.domain.examples import leg
    >>> [closing_contracts(leg(contracts=100), share, Decimal(1)) for share in (Decimal("0.335"), None)]
    [Decimal('33'), Decimal('98')]
    >>> closing_contracts(leg(contracts=1), Decimal("0.5"), Decimal(1)), closing_contracts(leg(contracts=2), None, Decimal(1))
    ('dust', 'base')
    """
    held, spec = leg.contracts or Decimal(0), leg.instrument
    if share is None:
        if isinstance(leg, UnreadableLeg):
            return "blind_base"
        above = closable_contracts(leg, keep_margin)
        return above if is_orderable(above, leg.instrument) else "base"
    if spec is None:
        return held if share == 1 else "blind_lot"
    contracts = held if share == 1 else whole_lots(held * share, spec.lot_size)
    # What an unreadable row holds is closed whole or not at all: its size is the one thing known.
    is_enough = is_orderable(contracts, spec) or (share == 1 and isinstance(leg, UnreadableLeg))
    return contracts if is_enough else "dust"


def own_margin(leg: Leg) -> Decimal | None:
    """Return an isolated leg's margin without the funding of its life, which OKX puts into it.

    None for a cross one, and where the funding is not known.
    """
    if leg.margin_mode is not MarginMode.ISOLATED or leg.funding is None:
        return None
    return leg.initial_margin - leg.funding


def one_order(contracts: Decimal, instrument: Instrument | None) -> Decimal:
    """Cut to what the exchange takes as a single market order; where the instrument is not known, nothing is cut."""
    largest = instrument.max_market_contracts if instrument is not None else None
    if instrument is None or largest is None or contracts <= largest:
        return contracts
    return whole_lots(largest, instrument.lot_size)


def closed_in_orders(contracts: Decimal, instrument: Instrument) -> Decimal:
    """Return what orders of the largest size, one after the other, close of so many contracts: a last rest may be too small.

    >>> from tgtp.domain.examples import instrument
    >>> spec = instrument(max_market_contracts=40, min_contracts=5)
    >>> [f"{closed_in_orders(Decimal(count), spec):f}" for count in (30, 100, 83)]
    ['30', '100', '80']
    """
    rest = _COUNTING.remainder(contracts, one_order(contracts, instrument))
    return contracts if not rest or is_orderable(rest, instrument) else contracts - rest


def slices(contracts: Decimal, instrument: Instrument | None) -> tuple[Decimal, ...]:
    """Cut into what the exchange takes as single market orders, none of them below the smallest order.

    >>> from tgtp.domain.examples import instrument
    >>> spec = instrument(max_market_contracts=40, min_contracts=5)
    >>> [f"{part:f}" for part in slices(Decimal(100), spec)], [f"{part:f}" for part in slices(Decimal(42), spec)]
    (['40', '40', '20'], ['37', '5'])
    """
    found: list[Decimal] = []
    while instrument is not None and (part := one_order(contracts, instrument)) < contracts:
        short = instrument.min_contracts - (contracts - part)
        if short > 0:
            part = whole_lots(part - short, instrument.lot_size)
        if part <= 0:
            # No instrument is like that; an endless list would be worse.
            return (*found, contracts)
        found.append(part)
        contracts -= part
    return (*found, contracts)


def price_at_roi(leg: Leg, roi: Decimal) -> Decimal | None:
    """Return the price at which a leg's ROI (a fraction) reaches a threshold; None where no price does.

    >>> from tgtp.domain.examples import leg
    >>> price_at_roi(leg(entry_price="0.25", leverage=10), Decimal("0.35"))
    Decimal('0.25875')
    >>> price_at_roi(leg(side="short", entry_price="0.25", leverage=10), Decimal("0.35"))
    Decimal('0.24125')

    A short of one times the money cannot win more than all of it:

    >>> price_at_roi(leg(side="short", entry_price="0.25", leverage=1), Decimal("1.5")) is None
    True
    """
    return price_of_roi(leg.entry_price, leg.leverage, leg.position_side, roi)


def price_of_roi(entry_price: Decimal, leverage: Decimal, side: PositionSide, roi: Decimal) -> Decimal | None:
    """Return the price at which what was entered so reaches a ROI (a fraction); None where no price does."""
    found = entry_price * (leverage + side.sign * roi) / leverage
    return found if found > 0 else None


def first_tick(price: Decimal, tick_size: Decimal, side: PositionSide) -> Decimal:
    """Return the first price in whole ticks that is at least as good for a leg of this side: up for a long, down for a short.

    >>> first_tick(Decimal("0.25625"), Decimal("0.0001"), PositionSide.LONG)
    Decimal('0.2563')
    >>> first_tick(Decimal("0.25625"), Decimal("0.0001"), PositionSide.SHORT)
    Decimal('0.2562')
    """
    ticks = whole_lots(price, tick_size)
    return ticks if side is PositionSide.SHORT or ticks == price else ticks + tick_size


def worst_price(mark_price: Decimal, side: Side, cap: Decimal, tick_size: Decimal) -> Decimal:
    """Return the worst price within ``cap`` (a fraction) of the mark, to a tick: a sell takes no less, a buy no more.

    >>> from tgtp.domain.model import Side
    >>> worst_price(Decimal("5.003"), Side.SELL, Decimal("0.01"), Decimal("0.01"))  # 4.95297
    Decimal('4.96')
    >>> worst_price(Decimal("5.003"), Side.BUY, Decimal("0.01"), Decimal("0.01"))  # 5.05303
    Decimal('5.05')
    """
    exact = mark_price * (1 + cap if side is Side.BUY else 1 - cap)
    ticks = whole_lots(exact, tick_size)
    return ticks if side is Side.BUY or ticks == exact else ticks + tick_size


def realised_estimate(leg: Leg, contracts: Decimal) -> Decimal:
    """Estimate the USDT realised by closing this many contracts at the mark price, before fees."""
    move = (leg.mark_price - leg.entry_price) * leg.position_side.sign
    return move * contracts * leg.instrument.contract_size


def break_even(
    entry_price: Decimal, side: PositionSide, quantity: Decimal, realised_pnl: Decimal, taker_fee: Decimal
) -> Decimal | None:
    """Return the price at which closing the whole ``quantity`` (coins) leaves 0 of its life; None where no price does.

    ``realised_pnl`` (USDT) is what the life has realised so far, fees off; ``taker_fee`` is a fraction of what closing trades.

    >>> from tgtp.domain.model import PositionSide
    >>> break_even(Decimal(6), PositionSide.LONG, Decimal(100), Decimal(0), Decimal("0.5"))
    Decimal('12')
    >>> break_even(Decimal(6), PositionSide.LONG, Decimal(100), Decimal(300), Decimal("0.5"))
    Decimal('6')
    >>> break_even(Decimal(6), PositionSide.SHORT, Decimal(100), Decimal(0), Decimal("0.5"))
    Decimal('4')

    >>> break_even(Decimal(6), PositionSide.LONG, Decimal(100), Decimal(-25), Decimal("0.5"))
    Decimal('12.5')

    A leg that has won more than it can still lose has none:

    >>> break_even(Decimal(5), PositionSide.LONG, Decimal(100), Decimal(500), Decimal("0.0005")) is None
    True
    """
    found = (entry_price - side.sign * realised_pnl / quantity) / (1 - side.sign * taker_fee)
    return found if found > 0 else None
