"""Bills in USDT, as OKX writes them: what each has changed of the USDT equity."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tgtp.adapters.okx.rows.account import usdt_equity_of
from tgtp.adapters.okx.rows.bills import bill_of
from tgtp.adapters.okx.rows.fields import Malformed
from tgtp.adapters.okx.rows.legs import swap_pnl_of

ROW = {
    "billId": "1",
    "ts": "1767225600000",
    "instType": "SWAP",
    "type": "2",
    "balChg": "",
    "posBalChg": "",
    "pnl": "",
    "fee": "",
}


def row(**changes: Any) -> dict[str, Any]:
    return ROW | changes


@pytest.mark.parametrize(
    ("changes", "kind", "amount"),
    [
        ({"pnl": "-5", "fee": "-0.5", "balChg": "-5.5"}, "trade", "-5.5"),
        # An isolated leg's trade moves its margin back as well.
        ({"pnl": "-5", "fee": "-0.5", "balChg": "34.5", "posBalChg": "-40"}, "trade", "-5.5"),
        # Its funding leaves the balance as it is.
        ({"type": "8", "balChg": "0", "posBalChg": "-0.25", "pnl": "-0.25"}, "funding", "-0.25"),
        ({"type": "8", "balChg": "0.25", "pnl": "0.25"}, "funding", "0.25"),
        ({"type": "5", "pnl": "-90", "fee": "-1"}, "liquidation", "-91"),
        ({"type": "5", "pnl": "0", "fee": "0", "balChg": "-3"}, "liquidation", "-3"),
        ({"type": "9", "pnl": "7", "fee": "0"}, "liquidation", "7"),
        ({"type": "1", "instType": "", "balChg": "-500", "pnl": "0"}, "transfer", "-500"),
        ({"type": "6", "balChg": "-5", "posBalChg": "5", "pnl": "0"}, "other", "0"),
        # A trade of something else is no profit of a swap.
        ({"instType": "SPOT", "balChg": "-100", "fee": "-0.1"}, "other", "-100"),
        ({"type": "7", "instType": "", "balChg": "-0.01"}, "other", "-0.01"),
        ({"type": "999", "balChg": "1"}, "other", "1"),
    ],
)
def test_what_a_bill_is_of(changes: dict[str, str], kind: str, amount: str) -> None:
    bill = bill_of(row(**changes))
    assert (bill.kind, bill.amount) == (kind, Decimal(amount))


@pytest.mark.parametrize("wrong", [{"billId": ""}, {"ts": "soon"}, {"pnl": "x"}, {"fee": 0.5}, {"pnl": "NaN"}])
def test_a_bill_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        bill_of(row(**wrong))


SWAP = {"instId": "STX-USDT-SWAP", "instType": "SWAP", "pos": "5", "upl": "-1.5"}


@pytest.mark.parametrize(
    ("rows", "pnl"),
    [
        ([], "0"),
        ([SWAP, SWAP | {"instId": "CRV-USDT-SWAP", "upl": "0.5", "lever": "", "avgPx": "nonsense"}], "-1.0"),
        ([SWAP, SWAP | {"instId": "BTC-USD-SWAP", "upl": ""}, SWAP | {"instType": "OPTION", "instId": ""}], "-1.5"),
        ([SWAP | {"pos": "0", "upl": ""}], "0"),
        ([SWAP | {"upl": ""}], None),
        ([SWAP | {"upl": -1.5}], None),
        ([SWAP, SWAP | {"instId": ""}], None),
    ],
)
def test_the_pnl_of_all_swaps(rows: list[dict[str, Any]], pnl: str | None) -> None:
    assert swap_pnl_of(rows) == (None if pnl is None else Decimal(pnl))


@pytest.mark.parametrize(
    ("details", "equity"),
    [
        ([{"ccy": "BTC", "eq": "1"}, {"ccy": "USDT", "eq": "990.5"}], "990.5"),
        # OKX's own example: cash balance and unrealised P&L, and 150 in a bot.
        ([{"ccy": "USDT", "eq": "4992.890093622894", "stgyEq": "150"}], "4842.890093622894"),
        ([{"ccy": "USDT", "eq": "990.5", "stgyEq": ""}], "990.5"),
        ([{"ccy": "USDT", "eq": ""}], None),
        ([{"ccy": "USDT", "eq": "1"}, {"ccy": "USDT", "eq": "2"}], None),
        ([{"ccy": "BTC", "eq": "1"}], None),
        (None, None),
    ],
)
def test_the_equity_in_usdt(details: Any, equity: str | None) -> None:
    assert usdt_equity_of({"totalEq": "5000", "details": details}) == (None if equity is None else Decimal(equity))
