"""What OKX shows of the past: bars of the mark price, and the account's orders, trades and bills."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from decimal import Decimal

from tests.simulation.exchange.account import Account, Bill, Refused, Row
from tests.simulation.exchange.rows import empty, fill_rows, history_rows, order_row, text

MINUTE = 60_000
DAY = 1440 * MINUTE
# Those that begin at midnight UTC; the others of OKX begin in Hong Kong.
BARS = {
    "1m": MINUTE,
    "3m": 3 * MINUTE,
    "5m": 5 * MINUTE,
    "15m": 15 * MINUTE,
    "30m": 30 * MINUTE,
    "1H": 60 * MINUTE,
    "2H": 120 * MINUTE,
    "4H": 240 * MINUTE,
    "6Hutc": 360 * MINUTE,
    "12Hutc": 720 * MINUTE,
    "1Dutc": DAY,
    "1Wutc": 7 * DAY,
}
# Of traded prices only, and of three months.
SECOND = {"1s": 1000}
SECONDS_KEPT = 90 * DAY
# 1970 began on a Thursday, OKX's weeks on a Monday.
MONDAY = 4 * DAY
NEWEST = 1440
SAMPLES = 6
INST_TYPES = frozenset({"SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION"})


def candle_rows(
    account: Account,
    asked: Mapping[str, str],
    now_ms: int,
    *,
    newest: int | None = NEWEST,
    most: int = 100,
    bars: Mapping[str, int] = BARS,
    price: Callable[[str, int], Decimal] | None = None,
) -> list[list[str]]:
    """Rows of ``/market/mark-price-candles``, the latest first; with ``newest`` None those of the history.

    ``price`` is what the bars are of, the mark price unless given.
    """
    price = price or account.past_mark
    instrument = account.instruments.get(asked.get("instId", ""))
    if "instId" not in asked:
        raise Refused("50014", "Parameter instId can not be empty.")
    if instrument is None:
        raise Refused("51001")
    width = bars.get(asked.get("bar", "1m"))
    if width is None:
        raise Refused("51000", "Parameter bar error")
    start = MONDAY if width == 7 * DAY else 0
    last = (now_ms - start) // width
    after, before = int(asked.get("after", now_ms + 1)), int(asked.get("before", 0))
    first = 0 if newest is None else last - newest + 1
    rows: list[list[str]] = []
    number = min(last, (after - 1 - start) // width)
    while number >= first and len(rows) < min(int(asked.get("limit", "100")), most):
        begins = start + number * width
        if begins <= before:
            break
        if begins + width <= account.begins_ms.get(instrument.inst_id, 0):
            break
        if begins in account.missing_bars:
            number -= 1
            continue
        prices = [price(instrument.inst_id, begins + width * step // SAMPLES) for step in range(SAMPLES + 1)]
        if number == last:
            prices = [price for step, price in enumerate(prices) if begins + width * step // SAMPLES <= now_ms]
            prices.append(instrument.mark)
        ohlc = (prices[0], max(prices), min(prices), prices[-1])
        rows.append([str(begins), *map(text, ohlc), "0" if number == last else "1"])
        number -= 1
    return rows


def trade_candle_rows(account: Account, asked: Mapping[str, str], now_ms: int) -> list[list[str]]:
    """Rows of ``/market/history-candles``: bars of traded prices, with three volumes; those of a second for three months."""
    rows = candle_rows(account, asked, now_ms, newest=None, most=300, bars=BARS | SECOND, price=account.past_trade)
    if asked.get("bar") in SECOND:
        rows = [row for row in rows if int(row[0]) >= now_ms - SECONDS_KEPT]
    return [[*row[:5], "12", "1.2", "345.6", row[5]] for row in rows]


def past_funding_rows(account: Account, asked: Mapping[str, str], now_ms: int) -> list[Row]:
    """Rows of ``/public/funding-rate-history``: the settlements of three months, every eight hours, the latest first."""
    if asked.get("instId") not in account.instruments:
        raise Refused("51001")
    every, after = 480 * MINUTE, _number(asked, "after", now_ms + 1)
    newest = (min(after - 1, now_ms)) // every * every
    oldest = max(now_ms - 90 * DAY, account.begins_ms.get(asked["instId"], 0))
    settled = range(newest, oldest, -every)[: min(_number(asked, "limit", 100), 400)]
    return [
        {
            "formulaType": "withRate",
            "fundingRate": "0.0005",
            "fundingTime": str(at),
            "instId": asked["instId"],
            "instType": "SWAP",
            "method": "current_period",
            "realizedRate": f"0.0001{at // every % 10_000:04d}",
        }
        for at in settled
    ]


def unkindly(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return a page as OKX might send it: short at either end, with holes, with doubled rows, or empty. Raises Refused."""
    what = chance.choice(("whole", "whole", "newest", "oldest", "holes", "doubled", "empty", "busy", "unfinished"))
    if what == "busy":
        raise Refused("50011")
    some = chance.randint(1, max(1, len(rows)))
    return {
        "newest": rows[:some],
        "oldest": rows[-some:],
        "holes": [row for row in rows if chance.random() < 0.7],
        "doubled": [*rows[:1], *rows, *rows[-1:]],
        "empty": [],
        "unfinished": [*rows[:-1], *([*row[:-1], "0"] for row in rows[-1:])],
    }.get(what, rows)


def bill_rows(account: Account, asked: Mapping[str, str], now_ms: int, *, days: int) -> list[Row]:
    """Rows of ``/account/bills`` (7 days) and ``/account/bills-archive`` (90), the latest first."""
    # The account's moments, of which no two are the same, run ahead of its clock in a burst.
    begin, end = int(asked.get("begin", 0)), int(asked.get("end", now_ms + DAY))
    bills = sorted(account.bills, key=lambda bill: (bill.at_ms, int(bill.bill_id)), reverse=True)
    rows = [
        _bill_row(bill)
        for bill in bills
        if max(begin, now_ms - days * DAY) <= bill.at_ms <= end and account.has_lagged(bill.at_ms, account.bill_lag)
    ]
    for name in ("instType", "instId", "ccy", "mgnMode", "type", "subType"):
        rows = [row for row in rows if asked.get(name) in (None, row[name])]
    if "after" in asked:
        rows = [row for row in rows if int(row["billId"]) < int(asked["after"])]
    return rows[: min(int(asked.get("limit", "100")), 100)]


def order_rows(account: Account, asked: Mapping[str, str]) -> list[Row]:
    """Rows of ``/trade/orders-history``: the orders of seven days that have ended, the latest first."""
    _check_inst_type(asked)
    begin = _number(asked, "begin")
    orders = [
        order for order in account.known_orders() if order.created_at_ms >= begin and order.state in {"filled", "canceled"}
    ]
    if "after" in asked:
        oldest = _number(asked, "after")
        orders = [order for order in orders if int(order.order_id) < oldest]
    rows = [order_row(account, order) for order in orders]
    return _page(account, asked, rows, "cTime", ("instType", "instId", "ordType", "state"), days=7)


def trade_rows(account: Account, asked: Mapping[str, str], *, days: int = 3) -> list[Row]:
    """Rows of ``/trade/fills``: the trades of three days, the latest first."""
    rows = fill_rows(account)
    if "after" in asked:
        # Nothing is older than a trade that nobody knows.
        rows = rows[next((place for place, row in enumerate(rows, 1) if row["billId"] == asked["after"]), len(rows)) :]
    return _page(account, asked, rows, "ts", ("instType", "instId", "ordId"), days=days)


def trade_history_rows(account: Account, asked: Mapping[str, str]) -> list[Row]:
    """Rows of ``/trade/fills-history``: the trades of three months, the latest first."""
    _check_inst_type(asked)
    return trade_rows(account, asked, days=90)


def close_rows(account: Account, asked: Mapping[str, str]) -> list[Row]:
    """Rows of ``/account/positions-history``: the lives of three months that have closed something, the latest first."""
    rows = history_rows(account)
    # Earlier than ``after``, later than ``before``, by the time of a row's last close.
    after, before = _number(asked, "after", account.clock_ms() + DAY), _number(asked, "before")
    rows = [row for row in rows if before < int(row["uTime"]) < after]
    return _page(account, asked, rows, "uTime", ("instType", "instId", "mgnMode", "type", "posId"), days=90)


def _check_inst_type(asked: Mapping[str, str]) -> None:
    if asked.get("instType") not in INST_TYPES:
        raise Refused("51000", "Parameter instType error")


def _number(asked: Mapping[str, str], name: str, default: int = 0) -> int:
    value = asked.get(name, str(default))
    if not value.isdecimal():
        raise Refused("51000", f"Parameter {name} error")
    return int(value)


def _page(
    account: Account, asked: Mapping[str, str], rows: list[Row], moment: str, names: tuple[str, ...], *, days: int
) -> list[Row]:
    """Keep what fits the filters and the time asked for, and of that as many as go into one reply."""
    begin = max(_number(asked, "begin"), account.clock_ms() - days * DAY)
    fitting = [
        row for row in rows if begin <= int(row[moment]) and all(asked.get(name, row[name]) == row[name] for name in names)
    ]
    if "end" in asked:
        end = _number(asked, "end")
        fitting = [row for row in fitting if int(row[moment]) <= end]
    return fitting[: min(_number(asked, "limit", 100), 100)]


def _bill_row(bill: Bill) -> Row:
    blank = empty(
        "clOrdId earnAmt earnApr execType fillFwdPx fillIdxPx fillMarkPx fillMarkVol fillPxUsd fillPxVol fillTime from notes "
        "ordId subType tag to tradeId"
    )
    is_funding, isolated = bill.kind == "8", bill.margin_mode == "isolated"
    # An isolated leg pays funding from its own margin; a trade moves its margin out of the balance, or back.
    margin = bill.amount if is_funding and isolated else bill.margin
    income = "174" if bill.amount > 0 else "173"
    return blank | {
        "bal": "0",
        "balChg": text(bill.amount - margin),
        "billId": bill.bill_id,
        "ccy": bill.ccy,
        "fee": text(bill.fee),
        "instId": bill.inst_id,
        "instType": "SWAP" if bill.inst_id.endswith("-SWAP") else "",
        "interest": "0",
        "mgnMode": bill.margin_mode,
        "pnl": text(bill.amount - bill.fee) if bill.inst_id else "0",
        "posBal": "0",
        "posBalChg": text(margin),
        "px": text(bill.mark),
        "subType": income if is_funding else "",
        "sz": text(bill.contracts),
        "ts": str(bill.at_ms),
        "type": bill.kind,
    }
