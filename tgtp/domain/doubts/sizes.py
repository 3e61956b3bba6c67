"""Whether the size of a leg is believed: what the exchange says that it is worth, against contracts x contract size x mark.

The list of instruments may be an hour old, and a contract size may have changed since it was read.
"""

from __future__ import annotations

from decimal import Decimal

from tgtp.domain.doubts.prices import Doubt, Witness
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.sizing import CENT

# Outside of these two figures differ by a factor; within them they differ by rounding, or USD from USDT.
LEAST_FACTOR = Decimal("0.7")
LARGEST_FACTOR = Decimal("1.4")
# A profit near 0 says nothing of a size: what it may be off, a fraction of the notional.
LARGEST_PNL_GAP = Decimal("0.005")
# A fraction; what is further apart is written into the log.
ROUNDING = Decimal("0.01")


def is_factor(shown: Decimal, worked_out: Decimal) -> bool:
    """Return whether two figures (USDT, one sign) differ by more than rounding can explain.

    >>> [is_factor(Decimal(shown), Decimal(100)) for shown in ("69", "70", "140", "141", "1000")]
    [True, False, False, True, True]
    >>> is_factor(Decimal(0), Decimal("0.004"))  # a cent is lost to rounding
    False
    """
    return not LEAST_FACTOR * worked_out <= shown <= LARGEST_FACTOR * worked_out and abs(shown - worked_out) > CENT


def size_doubt(leg: Leg) -> Doubt | None:
    """Return which figure of the exchange's contradicts a leg's contracts and contract size; None where they go together.

    The notional is the first witness, the unrealised profit the second, the margin of a cross leg the third. The margin of an
    isolated leg is none: it carries what was added, taken out and paid as funding.

    >>> from tgtp.domain.examples import leg
    >>> size_doubt(leg(contracts=170, exchange_notional=850)) is None  # at a mark of 5
    True
    >>> size_doubt(leg(contracts=170, exchange_notional=85)).witness
    'notional'
    >>> size_doubt(leg(contracts=100, roi=30, unrealised_pnl="1.45")).witness  # 14.5 by its prices
    'pnl'
    >>> size_doubt(leg(contracts=100, initial_margin=5)).witness, size_doubt(leg(margin_mode="isolated", initial_margin=5))
    ('margin', None)
    """
    notional, shown = leg.notional, leg.exchange_notional
    if shown is not None and is_factor(shown, notional):
        return _doubt(leg, "notional", shown, notional)
    pnl = leg.unrealised_pnl
    worked_out = (leg.mark_price - leg.entry_price) * leg.contracts * leg.instrument.contract_size * leg.position_side.sign
    if abs(pnl - worked_out) > LARGEST_PNL_GAP * notional:
        same_sign = (pnl > 0) == (worked_out > 0)
        if not same_sign or is_factor(abs(pnl), abs(worked_out)):
            return _doubt(leg, "pnl", pnl, worked_out)
    if leg.margin_mode is MarginMode.CROSS:
        margin = notional / leg.leverage
        if is_factor(leg.initial_margin, margin):
            return _doubt(leg, "margin", leg.initial_margin, margin)
    return None


def is_uncounted(leg: Leg, life: Life | None) -> bool:
    """Return whether the contract size has changed but the row may count in the old contracts, and nothing says which."""
    if life is None or life.contract_size is None or life.contract_size == leg.instrument.contract_size:
        return False
    return leg.contracts == life.contracts and leg.exchange_notional is None


def differs_by_rounding(leg: Leg) -> bool:
    """Return whether the exchange's notional is a little off, by more than USD and USDT are apart."""
    shown = leg.exchange_notional
    return shown is not None and abs(shown - leg.notional) > ROUNDING * leg.notional + CENT


def _doubt(leg: Leg, witness: Witness, shown: Decimal, worked_out: Decimal) -> Doubt:
    return Doubt(cause="size", mark_price=leg.mark_price, witness=witness, shown=shown, worked_out=worked_out)
