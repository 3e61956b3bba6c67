"""What a row says of the account itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tgtp.adapters.okx.rows.fields import Row, shown
from tgtp.domain.model import AccountMode

# ``acctLv``: https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration
ACCOUNT_MODES = {
    "1": AccountMode.SPOT,
    "2": AccountMode.FUTURES,
    "3": AccountMode.MULTI_CURRENCY,
    "4": AccountMode.PORTFOLIO_MARGIN,
}


def account_mode_of(row: Row) -> AccountMode | None:
    """Read the mode of an account's configuration; None for one that is not known."""
    return ACCOUNT_MODES.get(str(row.get("acctLv")))


def available_of(balance: Row) -> Decimal | None:
    """Read the USDT of a balance that new orders and added margin can be paid from; None where it does not say."""
    details = balance.get("details")
    for row in details if isinstance(details, list) else ():
        if isinstance(row, Mapping) and row.get("ccy") == "USDT":
            equity = shown(row, "availEq")
            # In some account modes only the balance is told.
            return equity if equity is not None else shown(row, "availBal")
    return None
