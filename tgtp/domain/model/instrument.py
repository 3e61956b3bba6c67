"""What is traded: an instrument, and a bar of its prices."""

from __future__ import annotations

from tgtp.domain.model.value import Moment, Positive, Value


def coin_of_instrument(instrument_id: str) -> str:
    """Return the coin, as people say it.

    >>> coin_of_instrument("STX-USDT-SWAP")
    'STX'
    """
    return instrument_id.partition("-")[0]


def name_of_instrument(instrument_id: str) -> str:
    """Return what people call an instrument: its coin, of which but one swap is traded here; anything else by its whole name.

    >>> name_of_instrument("STX-USDT-SWAP"), name_of_instrument("STX-USD-SWAP")
    ('STX', 'STX-USD-SWAP')
    """
    coin = coin_of_instrument(instrument_id)
    return coin if instrument_id == f"{coin}-USDT-SWAP" else instrument_id


class Instrument(Value):
    """A USDT-settled linear perpetual swap.

    ``contract_size`` is coins per contract (OKX ``ctVal`` x ``ctMult``); ``lot_size`` and ``min_contracts`` are contracts;
    ``max_market_contracts`` is the largest single market order, or None where the exchange names none. ``ends_at`` is when it
    is taken from the market, None while that is not announced; not ``tradable``: orders are not taken now.
    """

    instrument_id: str
    contract_size: Positive
    lot_size: Positive
    min_contracts: Positive
    tick_size: Positive
    max_market_contracts: Positive | None = None
    ends_at: Moment | None = None
    tradable: bool = True

    @property
    def coin(self) -> str:
        """The coin, as people say it."""
        return coin_of_instrument(self.instrument_id)


class Candle(Value):
    """One bar; ``opened_at`` is its start."""

    opened_at: Moment
    open: Positive
    high: Positive
    low: Positive
    close: Positive
