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
    row = _usdt(balance)
    equity = shown(row, "availEq")
    # In some account modes only the balance is told.
    return equity if equity is not None else shown(row, "availBal")


def usdt_equity_of(balance: Row) -> Decimal | None:
    """Read what a balance is worth in USDT alone; None where it does not say.

    Without other coins, and without what OKX's own trading bots hold: ``eq`` has that in it (``stgyEq``), and its profit is in
    no position and no bill. What a bot is given, and gives back, is a bill of type 12.
    """
    usdt = _usdt(balance)
    equity = shown(usdt, "eq")
    return None if equity is None else equity - (shown(usdt, "stgyEq") or Decimal(0))


def _usdt(balance: Row) -> Row:
    details = balance.get("details")
    rows = [row for row in details if isinstance(row, Mapping)] if isinstance(details, list) else []
    found = [row for row in rows if row.get("ccy") == "USDT"]
    # Of two it is not known which one holds.
    return found[0] if len(found) == 1 else {}
