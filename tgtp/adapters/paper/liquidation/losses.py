"""Which legs the paper exchange takes away: isolated ones by their own margin, cross ones by what the account has left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.domain.liquidation.price import Exposure, Liquidation, liquidation
from tgtp.domain.model import Instrument, LegKey, MarginMode


class Priced(NamedTuple):
    """A leg with what it is counted and priced by."""

    held: PaperLeg
    instrument: Instrument
    mark: Decimal
    # The maintenance rate and the fee of closing: so much of the notional must be left.
    rate: Decimal

    @property
    def exposure(self) -> Exposure:
        """What it holds."""
        return Exposure(self.held.position_side, self.held.contracts * self.instrument.contract_size, self.held.entry_price)

    @property
    def margin(self) -> Decimal:
        """The margin (USDT) of an isolated leg, with what was moved into it."""
        return self.exposure.quantity * self.held.entry_price / self.held.leverage + self.held.added_margin

    @property
    def pnl(self) -> Decimal:
        """What is open of it (USDT)."""
        return self.exposure.quantity * (self.mark - self.held.entry_price) * self.held.position_side.sign

    @property
    def notional(self) -> Decimal:
        """What it is worth (USDT)."""
        return self.exposure.quantity * self.mark

    @property
    def over(self) -> Decimal:
        """What it wins beyond what must be left of it (USDT)."""
        return self.pnl - self.rate * self.notional


def priced_legs(
    legs: Iterable[PaperLeg],
    instruments: Mapping[str, Instrument],
    marks: Mapping[str, Decimal],
    rate: Callable[[LegKey, Decimal], Decimal],
) -> dict[LegKey, Priced]:
    """Return the legs whose instrument is listed and has a price; ``rate`` says that of so many contracts."""
    return {
        leg.key: Priced(leg, instruments[leg.instrument_id], marks[leg.instrument_id], rate(leg.key, leg.contracts))
        for leg in legs
        if leg.instrument_id in instruments and leg.instrument_id in marks
    }


def liquidations(legs: Sequence[Priced], cash: Decimal) -> dict[LegKey, Liquidation]:
    """Return where each leg would be liquidated while all other prices stay."""
    found: dict[LegKey, Liquidation | None] = {}
    cross = [leg for leg in legs if leg.held.margin_mode is MarginMode.CROSS]
    for leg in legs:
        if leg.held.margin_mode is MarginMode.ISOLATED:
            found[leg.held.key] = liquidation([leg.exposure], leg.margin, leg.rate)
    for name in {leg.held.instrument_id for leg in cross}:
        same = [leg for leg in cross if leg.held.instrument_id == name]
        backing = _backing(legs, cash) + sum((leg.over for leg in cross if leg.held.instrument_id != name), Decimal(0))
        # Of one price, what must be left of all of them is the same with each at the mean.
        coins = sum((leg.exposure.quantity for leg in same), Decimal(0))
        rate = sum((leg.rate * leg.exposure.quantity for leg in same), Decimal(0)) / coins
        at = liquidation([leg.exposure for leg in same], backing, rate)
        found |= {leg.held.key: at for leg in same}
    return {key: at for key, at in found.items() if at is not None}


def losses(legs: Sequence[Priced], cash: Decimal) -> list[tuple[Priced, Decimal]]:
    """Return the legs that are liquidated at the prices of now, each with what it loses (USDT, below 0): all that bears it."""
    found = []
    for leg in legs:
        if leg.held.margin_mode is MarginMode.ISOLATED and leg.margin + leg.over <= 0:
            found.append((leg, -leg.margin))
    cross = [leg for leg in legs if leg.held.margin_mode is MarginMode.CROSS]
    left = _backing(legs, cash)
    if not cross or left + sum((leg.over for leg in cross), Decimal(0)) > 0:
        return found
    for leg in cross[1:]:
        left += leg.over
        found.append((leg, leg.over))
    # Together they lose what there is, and no more where a price has jumped.
    return [*found, (cross[0], -left)]


def _backing(legs: Sequence[Priced], cash: Decimal) -> Decimal:
    """Return what bears cross legs: the cash that is in no isolated leg."""
    return cash - sum((leg.margin for leg in legs if leg.held.margin_mode is MarginMode.ISOLATED), Decimal(0))
