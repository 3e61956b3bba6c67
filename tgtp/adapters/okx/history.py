"""What OKX remembers: bars of the mark price, funding bills, and how positions were closed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import ccxt.async_support as ccxt
from pydantic import ValidationError

from tgtp.adapters.okx.replies import ROWS_A_PAGE, Call, read_lists
from tgtp.adapters.okx.rows.bills import bill_of
from tgtp.adapters.okx.rows.fields import Malformed, milliseconds, moment, number, shown, shown_above_zero
from tgtp.domain.funding.rates import Settled
from tgtp.domain.model import EPOCH, Bill, Candle, CloseKind, CloseRecord, LegKey, MarginMode, PositionSide
from tgtp.engine.ports import Clock
from tgtp.errors import Problem, TemporarilyDown

# OKX's names; those of half a day and more begin at midnight in Hong Kong unless ``utc`` is said.
WIDTHS = {
    "1m": dt.timedelta(minutes=1),
    "3m": dt.timedelta(minutes=3),
    "5m": dt.timedelta(minutes=5),
    "15m": dt.timedelta(minutes=15),
    "30m": dt.timedelta(minutes=30),
    "1H": dt.timedelta(hours=1),
    "2H": dt.timedelta(hours=2),
    "4H": dt.timedelta(hours=4),
    "12Hutc": dt.timedelta(hours=12),
    "1Dutc": dt.timedelta(days=1),
    "1Wutc": dt.timedelta(weeks=1),
}
MOST_BARS = 300
MOST_PAGES = 4
# The cell of a bar that says whether it is over.
CONFIRM, OVER = 5, "1"

log = logging.getLogger(__name__)

# A row of a position's history has one of these, that of its latest close.
# https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions-history
CLOSE_KINDS: dict[str, CloseKind] = {
    "1": "order",
    "2": "order",
    "3": "liquidation",
    "4": "partial_liquidation",
    "5": "partial_adl",
    "6": "adl",
}
# Those that left nothing of the leg.
WHOLE = {"2", "3", "6"}

# OKX keeps bills for three months, and those of the last seven days also where more may be asked for (5 in 1 s, 5 in 2 s).
# https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-3-months
BILLS_KEPT = dt.timedelta(days=89)
RECENT_BILLS = dt.timedelta(days=6, hours=23)
RECENT_PAUSE, ARCHIVE_PAUSE = 0.25, 0.45
MOST_BILL_PAGES = 50
# Positions are kept for three months; ten pages may be read in 2 s.
CLOSES_PAUSE = 0.3
MOST_CLOSE_PAGES = 20

Found = TypeVar("Found")
Read = Callable[[Call, Mapping[str, Any]], Awaitable[list[dict[str, Any]]]]


async def read_candles(client: Any, instrument_id: str, since: dt.datetime, now: dt.datetime) -> tuple[Candle, ...]:
    """Read the mark price's bars, oldest first, from the one in which ``since`` falls to the unfinished one of ``now``.

    As narrow as lets 300 of them reach back to ``since``; the newest 1,440 of every width are served where these are read, so
    OKX's record of older ones is never needed. Empty for an instrument that OKX does not know. Raises TemporarilyDown.
    """
    bar = next((name for name, width in WIDTHS.items() if now - since < (MOST_BARS - 1) * width), "1Wutc")
    request = {"instId": instrument_id, "bar": bar, "limit": str(ROWS_A_PAGE)}
    found: dict[dt.datetime, Candle] = {}
    for _ in range(MOST_PAGES):
        try:
            page = [candle_of(row) for row in await read_lists(client.publicGetMarketMarkPriceCandles, request)]
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.candle", what=exc)) from exc
        except TemporarilyDown as exc:
            if isinstance(exc.__cause__, ccxt.BadSymbol):
                return ()
            raise
        found.update((candle.opened_at, candle) for candle in page)
        oldest = min(found, default=since)
        if len(page) < ROWS_A_PAGE or oldest <= since:
            break
        request["after"] = milliseconds(oldest)
    return tuple(candle for begins, candle in sorted(found.items()) if begins > since - WIDTHS[bar])


async def read_hour_bars(client: Any, instrument_id: str, before: dt.datetime | None) -> tuple[Candle, ...]:
    """Read a page of the mark price's one-hour bars that OKX says are over, oldest first, at most 100.

    The newest 1,440 are served here. A row without sense is passed over: its hour is missing, and the others are not. Empty for
    an instrument that OKX does not know. Raises TemporarilyDown.
    """
    request = {"instId": instrument_id, "bar": "1H", "limit": str(ROWS_A_PAGE)}
    if before is not None:
        request["after"] = milliseconds(before)
    try:
        rows = await read_lists(client.publicGetMarketMarkPriceCandles, request)
    except TemporarilyDown as exc:
        if isinstance(exc.__cause__, ccxt.BadSymbol):
            return ()
        raise
    found: dict[dt.datetime, Candle] = {}
    senseless = 0
    for row in rows:
        try:
            candle = candle_of(row)
            if (candle.opened_at - EPOCH) % WIDTHS["1H"] or len(row) < CONFIRM + 1:
                raise Malformed(f"no bar of an hour: {row}")
        except Malformed as exc:
            log.debug("a bar of %s is passed over: %s", instrument_id, exc)
            senseless += 1
            continue
        if str(row[CONFIRM]) == OVER and (before is None or candle.opened_at < before):
            found[candle.opened_at] = candle
    if rows and senseless == len(rows):
        raise TemporarilyDown(Problem("problem.candle", what=f"{instrument_id}: {rows[0]}"))
    return tuple(candle for _, candle in sorted(found.items()))


async def read_funding(read: Read, client: Any, clock: Clock, since: dt.datetime) -> tuple[Settled, ...] | None:
    """Read the funding of USDT-settled swaps since then.

    None when that is longer ago than OKX keeps bills, or there are more than 5,000 of them. Raises TemporarilyDown,
    AccessRefused.
    """
    found = await _bills(read, client, clock, since, {"instType": "SWAP", "type": "8"}, lambda row: _funding(row, since))
    return None if found is None else tuple(one for one in found if one is not None)


async def read_bills(read: Read, client: Any, clock: Clock, since: dt.datetime) -> tuple[Bill, ...] | None:
    """Read the lines of the account's book in USDT since then, oldest first.

    None when that is longer ago than OKX keeps them, or there are more than 5,000. Raises TemporarilyDown, AccessRefused.
    """
    found = await _bills(read, client, clock, since, {}, bill_of)
    # A page that was read while another bill came may hold one again.
    newest_first = {bill.bill_id: bill for bill in found or () if bill.at >= since}
    return None if found is None else tuple(sorted(newest_first.values(), key=lambda bill: (bill.at, bill.bill_id)))


async def _bills(
    read: Read,
    client: Any,
    clock: Clock,
    since: dt.datetime,
    which: Mapping[str, str],
    of: Callable[[Mapping[str, Any]], Found],
) -> list[Found] | None:
    """Read every page of the bills in USDT since then, each row by ``of``."""
    age = clock.now() - since
    if age > BILLS_KEPT:
        return None
    call, pause = (
        (client.privateGetAccountBills, RECENT_PAUSE)
        if age < RECENT_BILLS
        else (client.privateGetAccountBillsArchive, ARCHIVE_PAUSE)
    )
    request = {**which, "ccy": "USDT", "begin": milliseconds(since), "limit": str(ROWS_A_PAGE)}
    found: list[Found] = []
    for page in range(MOST_BILL_PAGES):
        if page:
            await clock.sleep(pause)
        rows = await read(call, request)
        try:
            found += [of(row) for row in rows]
            if len(rows) < ROWS_A_PAGE:
                return found
            request["after"] = f"{number(rows[-1], 'billId'):f}"
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.bill", what=exc)) from exc
    return None


async def read_closes(read: Read, client: Any, clock: Clock, since: dt.datetime) -> tuple[CloseRecord, ...]:
    """Read how USDT-settled swaps were closed since then, newest first, 2,000 at most. Raises as ``read_funding``."""
    request = {"instType": "SWAP", "limit": str(ROWS_A_PAGE)}
    found: list[CloseRecord] = []
    for page in range(MOST_CLOSE_PAGES):
        if page:
            await clock.sleep(CLOSES_PAUSE)
        rows = await read(client.privateGetAccountPositionsHistory, request)
        for row in rows:
            try:
                found += [_close(row)] if str(row.get("instId", "")).endswith("-USDT-SWAP") else []
            except Malformed as exc:
                # One row says nothing of the others.
                log.warning("a row of the positions' history makes no sense: %s", exc)
        oldest = str(rows[-1].get("uTime", "")) if rows else ""
        if len(rows) < ROWS_A_PAGE or not oldest.isdecimal() or int(oldest) < int(milliseconds(since)):
            break
        request["after"] = oldest
    return tuple(record for record in found if record.at >= since)


def _close(row: Mapping[str, Any]) -> CloseRecord:
    kind = str(row.get("type"))
    how = CLOSE_KINDS.get(kind)
    if how is None:
        raise Malformed(f"{row.get('instId')}: type is {row.get('type')!r}")
    try:
        key = LegKey(
            instrument_id=row["instId"],
            position_side=PositionSide(row.get("direction")),
            margin_mode=MarginMode(row.get("mgnMode")),
        )
    except ValueError as exc:
        raise Malformed(f"{row.get('instId')}: {exc}") from exc
    # Whether that of a short in net mode is below 0 nobody says.
    most = shown(row, "openMaxPos")
    fee = shown(row, "fee")
    return CloseRecord(
        leg=key,
        opened_at=moment(row, "cTime"),
        at=moment(row, "uTime"),
        how=how,
        whole=kind in WHOLE,
        realised_pnl=number(row, "realizedPnl"),
        mark_price=shown_above_zero(row, "triggerPx"),
        most_contracts=abs(most) if most else None,
        entry_price=shown_above_zero(row, "openAvgPx"),
        close_price=shown_above_zero(row, "closeAvgPx"),
        # A leg of portfolio margin has none.
        leverage=shown_above_zero(row, "lever"),
        fees=-fee if fee is not None else None,
        funding=shown(row, "fundingFee"),
    )


def candle_of(cells: list[Any]) -> Candle:
    """Read a row of bars. Raises Malformed."""
    row = dict(zip(("ts", "open", "high", "low", "close"), cells, strict=False))
    try:
        candle = Candle(
            opened_at=moment(row, "ts"),
            open=number(row, "open"),
            high=number(row, "high"),
            low=number(row, "low"),
            close=number(row, "close"),
        )
    except ValidationError as exc:
        raise Malformed(str(exc)) from exc
    if not candle.low <= min(candle.open, candle.close) <= max(candle.open, candle.close) <= candle.high:
        raise Malformed(f"a price outside its bar: {cells}")
    return candle


def _funding(row: Mapping[str, Any], since: dt.datetime) -> Settled | None:
    is_funding = (row.get("type"), row.get("instType"), row.get("ccy")) == ("8", "SWAP", "USDT")
    # ``pnl`` is the payment; ``balChg`` is 0 where an isolated leg's own margin has paid it.
    return Settled(at, number(row, "pnl")) if is_funding and (at := moment(row, "ts")) >= since else None
