"""An account: what its configuration allows, and what it was worth."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique
from typing import Final, Literal

from tgtp.domain.model.leg import PositionMode
from tgtp.domain.model.value import Moment, Number, Value

MAIN = "main"


@unique
class AccountMode(str, Enum):
    """What the account trades on. In portfolio margin OKX gives no leverage and no margin per cross leg: they have no ROI."""

    SPOT = "spot"
    FUTURES = "futures"
    MULTI_CURRENCY = "multi_currency"
    PORTFOLIO_MARGIN = "portfolio_margin"


class AccountProfile(Value):
    """What the account's configuration allows. ``ip_bound`` and ``account_mode`` are None where it does not say.

    ``uid`` is the exchange's id of the account, "" where it has none: two keys of one account share it.
    """

    position_mode: PositionMode
    can_trade: bool
    can_withdraw: bool
    ip_bound: bool | None
    label: str = ""
    uid: str = ""
    account_mode: AccountMode | None = None


class EquitySample(Value):
    """What the account was worth at a moment: ``equity`` in USD, ``unrealised_pnl`` of all legs in USDT.

    ``lowest`` and ``highest`` are the equities between the sample before and this one, None where none lay beyond this one.
    """

    at: Moment
    equity: Number
    unrealised_pnl: Number = Decimal(0)
    lowest: Number | None = None
    highest: Number | None = None


class UsdtMoney(Value):
    """The USDT of an account in one look: its whole ``equity``, and the ``unrealised_pnl`` of its USDT-settled swaps in it.

    Of all of them: a leg that is not watched, or cannot be worked with, wins and loses as well.
    """

    equity: Number
    unrealised_pnl: Number


# ``liquidation`` is all that the exchange closes by itself; ``other`` is known to the exchange, and no profit of a swap.
BillKind = Literal["trade", "funding", "liquidation", "transfer", "other"]
# Those that are profit or loss of USDT-settled swaps.
PROFIT_KINDS: Final[frozenset[BillKind]] = frozenset({"trade", "funding", "liquidation"})


class Bill(Value):
    """A line of the account's book in USDT: by so much (``amount``, negative when paid) it has changed the USDT equity.

    A trade's is what it realised with its fee off. ``at`` is by the exchange's clock; a bill may be shown only a minute later.
    """

    bill_id: str
    at: Moment
    kind: BillKind
    amount: Number

    @property
    def is_profit(self) -> bool:
        """Return whether it is profit or loss of USDT-settled swaps."""
        return self.kind in PROFIT_KINDS
