"""OKX's record, a page at a time, at a pace that OKX allows, and again where OKX was busy."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, TypeVar

import ccxt.async_support as ccxt

from tgtp.adapters.okx.history import OVER, WIDTHS, candle_of
from tgtp.adapters.okx.market_data import read_position_tiers
from tgtp.adapters.okx.pace import Pace
from tgtp.adapters.okx.replies import read_lists, read_rows
from tgtp.adapters.okx.rows.fields import Malformed, moment, number
from tgtp.domain.liquidation.position_tiers import PositionTiers
from tgtp.domain.model import EPOCH, MarginMode
from tgtp.engine.ports import Clock
from tgtp.errors import Problem, TemporarilyDown

log = logging.getLogger(__name__)

PriceKind = Literal["mark", "last"]
MILLISECOND: Final = dt.timedelta(milliseconds=1)
# OKX's names of bars that begin at midnight UTC, by what people call them.
BAR_NAMES: Final = {name.removesuffix("utc").lower(): name for name, width in WIDTHS.items() if width <= dt.timedelta(days=1)}
# Rows a page, the cells of a row (the last says whether the bar is over), and requests in two seconds: OKX takes 10 of the
# mark price's and of funding's, and 20 of the others'; a quarter and more is left to whoever else asks from here.
# https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks-history
ROWS: Final[dict[PriceKind, int]] = {"mark": 100, "last": 300}
CELLS: Final[dict[PriceKind, int]] = {"mark": 6, "last": 9}
FEW, MANY = 7, 15
FUNDING_ROWS: Final = 100
MOST_FUNDING_PAGES: Final = 40
# Seconds to wait before a page is asked for again; after the last of them it is given up. Shorter where somebody waits.
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
SHORT_PAUSES: Final = PAUSES[:4]

Read = TypeVar("Read")


class PastBar(NamedTuple):
    """A bar that is over: when it opened (unix milliseconds), and its prices as OKX wrote them."""

    opened_ms: int
    words: tuple[str, str, str, str]


class OkxArchive:
    """What OKX tells everybody of the past."""

    def __init__(self, client: Any, clock: Clock, pauses: Sequence[float] = PAUSES) -> None:
        self._client, self._clock, self._pauses = client, clock, pauses
        self._calls = {"mark": client.publicGetMarketHistoryMarkPriceCandles, "last": client.publicGetMarketHistoryCandles}
        self._paces = {"mark": Pace(clock, FEW), "last": Pace(clock, MANY), "funding": Pace(clock, FEW), "": Pace(clock, FEW)}

    async def now_ms(self) -> int:
        """Return OKX's time, in unix milliseconds. Raises TemporarilyDown, AccessRefused."""
        rows = await self._read("", lambda: read_rows(self._client.publicGetPublicTime))
        return _milliseconds(_first(rows), "ts")

    async def listed_ms(self, instrument_id: str) -> int | None:
        """Return since when OKX lists a swap; None where it knows none of this name. Raises TemporarilyDown, AccessRefused."""
        request = {"instType": "SWAP", "instId": instrument_id}
        try:
            rows = await self._read("", lambda: read_rows(self._client.publicGetPublicInstruments, request))
        except TemporarilyDown as exc:
            if isinstance(exc.__cause__, ccxt.BadSymbol):
                return None
            raise
        return _milliseconds(_first(rows), "listTime")

    async def bars(self, instrument_id: str, bar: str, kind: PriceKind, first_ms: int, end_ms: int) -> list[PastBar]:
        """Read the newest page of the bars that opened from ``first_ms`` on and before ``end_ms``, oldest first.

        ``bar`` is one of ``BAR_NAMES``. Bars that are not over are left out, and doubled ones. Raises TemporarilyDown,
        AccessRefused.
        """
        name = BAR_NAMES[bar]
        return await self._page(instrument_id, name, WIDTHS[name], kind, first_ms, end_ms)

    async def seconds(self, instrument_id: str, first_ms: int, end_ms: int) -> list[PastBar]:
        """Read the newest page (300) of the one-second bars of traded prices of a time, which OKX keeps for three months.

        There may be none of a second in which nothing was traded. Raises TemporarilyDown, AccessRefused.
        """
        return await self._page(instrument_id, "1s", dt.timedelta(seconds=1), "last", first_ms, end_ms)

    async def position_tiers(self, instrument_id: str, mode: MarginMode) -> PositionTiers:
        """Read the maintenance margin rates of a coin. Raises TemporarilyDown, AccessRefused."""
        return await self._read("", lambda: read_position_tiers(self._client, instrument_id, mode))

    async def _page(
        self, instrument_id: str, name: str, width: dt.timedelta, kind: PriceKind, first_ms: int, end_ms: int
    ) -> list[PastBar]:
        request = {
            "instId": instrument_id,
            "bar": name,
            "after": str(end_ms),
            "before": str(first_ms - 1),
            "limit": str(ROWS[kind]),
        }

        async def read() -> list[PastBar]:
            found: dict[int, PastBar] = {}
            for cells in await read_lists(self._calls[kind], request):
                one = _bar(cells, CELLS[kind], width)
                if one is not None and first_ms <= one.opened_ms < end_ms and found.setdefault(one.opened_ms, one) != one:
                    raise Malformed(f"two bars of one time: {cells}")
            return [found[at] for at in sorted(found)]

        return await self._read(kind, read)

    async def funding(self, instrument_id: str, since_ms: int) -> dict[int, str]:
        """Read the rates that were settled since then, as far as OKX keeps them: by time, as OKX wrote them.

        Raises TemporarilyDown, AccessRefused.
        """
        request = {"instId": instrument_id, "limit": str(FUNDING_ROWS)}
        found: dict[int, str] = {}

        async def read() -> dict[int, str]:
            return dict(map(_settled, await read_rows(self._client.publicGetPublicFundingRateHistory, request)))

        for _ in range(MOST_FUNDING_PAGES):
            page = await self._read("funding", read)
            news = page.keys() - found.keys()
            found.update(page)
            if not news or min(page) <= since_ms:
                break
            request["after"] = str(min(page))
        return {at: rate for at, rate in sorted(found.items()) if at >= since_ms}

    async def _read(self, pace: str, read: Callable[[], Awaitable[Read]]) -> Read:
        for pause in (*self._pauses, None):
            try:
                async with self._paces[pace].turn():
                    return await read()
            except Malformed as exc:
                problem = TemporarilyDown(Problem("problem.candle", what=exc))
                problem.__cause__ = exc
            except TemporarilyDown as exc:
                problem = exc
            if pause is None or isinstance(problem.__cause__, ccxt.BadSymbol):
                raise problem
            log.debug("a page of OKX's record is asked for again: %s", problem)
            await self._clock.sleep(pause)
        raise AssertionError


def _first(rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise TemporarilyDown(Problem("problem.rows"))
    return rows[0]


def _milliseconds(row: dict[str, Any], name: str) -> int:
    try:
        return (moment(row, name) - EPOCH) // MILLISECOND
    except Malformed as exc:
        raise TemporarilyDown(Problem("problem.candle", what=exc)) from exc


def _bar(cells: list[Any], count: int, width: dt.timedelta) -> PastBar | None:
    """Return the bar of a row; None where it is not over. Raises Malformed."""
    candle = candle_of(cells)
    if len(cells) != count or (candle.opened_at - EPOCH) % width:
        raise Malformed(f"no bar of {width}: {cells}")
    if str(cells[-1]) != OVER:
        return None
    first, second, third, fourth = (str(cell) for cell in cells[1:5])
    return PastBar((candle.opened_at - EPOCH) // MILLISECOND, (first, second, third, fourth))


def _settled(row: dict[str, Any]) -> tuple[int, str]:
    # What was paid; the other one is the forecast.
    name = "realizedRate" if row.get("realizedRate") else "fundingRate"
    rate: Decimal = number(row, name)
    return (moment(row, "fundingTime") - EPOCH) // MILLISECOND, f"{rate:f}"
