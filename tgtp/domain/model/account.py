"""An account: what its configuration allows, and what it was worth."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique

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
