"""OKX through ccxt.

Only ccxt's raw calls are used: replies are strings and become Decimal without ever having been a float, and a reply counts
only if it is whole. ccxt's unified ``fetch_positions`` answers ``[]`` to an HTML page with status 200, which would read as
"no legs".
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import ccxt.async_support as ccxt

from tgtp.adapters.okx.client import OkxClient
from tgtp.adapters.okx.conditional import OkxConditional, read_resting
from tgtp.adapters.okx.detour import Detour
from tgtp.adapters.okx.errors import NO_SENSE, submission_problem
from tgtp.adapters.okx.history import read_bills, read_candles, read_closes, read_funding, read_hour_bars
from tgtp.adapters.okx.market_data import read_funding_rate
from tgtp.adapters.okx.orders import Orders
from tgtp.adapters.okx.pace import MOST_CONFIGURATIONS, Pace
from tgtp.adapters.okx.public import NO_MARK, PATIENCE, OkxPublic, PublicMark
from tgtp.adapters.okx.replies import Call, read_rows
from tgtp.adapters.okx.rows.account import account_mode_of, available_of, usdt_equity_of
from tgtp.adapters.okx.rows.fields import Malformed, number
from tgtp.adapters.okx.rows.legs import futures_pnl_of, is_ours, lacks_leverage, leg_or_reason, swap_pnl_of, twice
from tgtp.adapters.okx.status import read_downtimes
from tgtp.domain.funding.rates import FundingRate, Settled
from tgtp.domain.model import (
    AccountMode,
    AccountProfile,
    Bill,
    Candle,
    CloseRecord,
    Instrument,
    Leg,
    LegKey,
    PositionMode,
    Snapshot,
    UnreadableLeg,
    Unwatched,
    UsdtMoney,
)
from tgtp.domain.notifications.ahead import Downtime
from tgtp.domain.order import Intent, MarginMove, Order, Placed, Resting
from tgtp.engine.ports import Clock, ConditionalOrders, Exchange, RequestCount
from tgtp.errors import ExchangeProblem, NotSent, OutcomeUnknown, Problem, TemporarilyDown
from tgtp.settings.network import Network

log = logging.getLogger(__name__)

# Seconds.
REQUEST_TIMEOUT = 5.0
# An account's mode that was read so lately is not asked for again.
MODE_HOLDS = 2.0
NO_PROXY = Network()


def okx_client(
    *,
    url: str,
    ws_url: str,
    demo: bool,
    keys: tuple[str, str, str] | None = None,
    timeout: float = REQUEST_TIMEOUT,
    network: Network = NO_PROXY,
) -> Any:
    """Build a ccxt client for ``url``; ``timeout`` seconds a request."""
    return OkxClient(url, ws_url, keys, timeout, network, demo=demo)


class Money(NamedTuple):
    """What the account is worth (USD), and has free and is worth in USDT, as far as that could be read."""

    equity: Decimal | None = None
    available: Decimal | None = None
    usdt_equity: Decimal | None = None


class Okx(Exchange):
    """One OKX account."""

    def __init__(self, client: Any, clock: Clock, public: OkxPublic | None = None, detour: Detour | None = None) -> None:
        self._client = client
        self._detour = detour or Detour()
        self._clock = clock
        self._public = public or OkxPublic(client, clock)
        # The instruments that the newest look was read with.
        self._looked_with: Mapping[str, Instrument] = {}
        self._account_mode: AccountMode | None = None
        self._mode_due = clock.monotonic()
        self._pace = Pace(clock)
        self._configuration_pace = Pace(clock, MOST_CONFIGURATIONS)
        self._orders = Orders(client, clock, self._public, self._read)
        self._conditional = OkxConditional(client, clock, self._public, self._read, self._orders)

    @property
    def conditional(self) -> ConditionalOrders:
        """The take-profits and stops that wait at OKX."""
        return self._conditional

    @property
    def client(self) -> Any:
        """The client, which has the account's keys."""
        return self._client

    @property
    def public(self) -> OkxPublic:
        """What OKX tells everybody, its clock among it."""
        return self._public

    async def profile(self) -> AccountProfile:
        """Read the account's configuration."""
        await self._public.keep_time(self._client)
        async with self._detour.explained():
            rows = await self._read(self._configuration)
        if not rows or not rows[0].get("uid"):
            # Without its id nobody knows whose account this is.
            raise TemporarilyDown(Problem("problem.config"))
        row = rows[0]
        allowed = str(row.get("perm", "")).split(",")
        mode = {"long_short_mode": PositionMode.LONG_SHORT, "net_mode": PositionMode.NET}.get(str(row.get("posMode")))
        if mode is None:
            raise TemporarilyDown(Problem("problem.mode", mode=repr(row.get("posMode"))))
        self._account_mode = account_mode_of(row)
        return AccountProfile(
            position_mode=mode,
            can_trade="trade" in allowed,
            can_withdraw="withdraw" in allowed,
            ip_bound=bool(row["ip"]) if "ip" in row else None,
            label=str(row.get("label", "")),
            uid=str(row["uid"]),
            account_mode=self._account_mode,
        )

    async def snapshot(self) -> Snapshot:
        """Look at positions and equity."""
        async with self._detour.explained():
            return await self._look()

    async def _look(self) -> Snapshot:
        await self._public.keep_time(self._client)
        await self._public.keep_instruments()
        looking = asyncio.create_task(self._money())
        pricing = asyncio.create_task(self._public.mark_prices())
        try:
            rows = await self._read(self._positions)
            if any(is_ours(row) and row.get("instId") not in self._public.instruments for row in rows):
                await self._public.look_for_new_instruments()
            await self._keep_account_mode(rows)
            taken_at = self._clock.now()
            # The legs are what the rules need: they do not wait for what is only shown, or only casts doubt.
            await asyncio.wait({looking, pricing}, timeout=PATIENCE)
            money = looking.result() if looking.done() else Money()
            marks = pricing.result() if pricing.done() else {}
        finally:
            looking.cancel()
            pricing.cancel()
            await asyncio.wait({looking, pricing})
        return self._read_whole(rows, money, taken_at, marks)

    async def move_margin(self, move: MarginMove) -> None:
        """Move margin into or out of an isolated leg."""
        # Raw: ccxt's add_margin and reduce_margin raise when the margin has been moved already.
        request = {
            "instId": move.leg.instrument_id,
            "posSide": "net" if move.position_mode is PositionMode.NET else move.leg.position_side.value,
            "type": "add" if move.amount > 0 else "reduce",
            "amt": f"{abs(move.amount):f}",
        }
        try:
            reply = await self._client.privatePostAccountPositionMarginBalance(request)
        except (ccxt.BaseError, OSError, *NO_SENSE) as exc:
            problem = submission_problem(exc)
            self._public.take_refusal(problem, self._client)
            if isinstance(problem, NotSent):
                # A move has no second look: the leg's margin tells what became of it.
                problem = OutcomeUnknown(str(problem))
            raise problem from exc
        data = reply.get("data") if isinstance(reply, dict) and reply.get("code") == "0" else None
        if not isinstance(data, list) or not data or not isinstance(data[0], dict):
            raise OutcomeUnknown(Problem("problem.no_answer_margin"))

    async def submit(self, intent: Intent) -> str:
        """Send one market order, or one that takes its limit price or better at once, and nothing else."""
        return await self._orders.submit(intent)

    async def find_order(self, intent: Intent) -> Order | None:
        """Look an order's row up."""
        return await self._orders.find(intent)

    async def find_trades(self, intent: Intent) -> Order | None:
        """Read the orders that have ended (seven days), and our own trades (three months)."""
        return await self._orders.find_trades(intent)

    async def orders_since(self, since: dt.datetime) -> tuple[Placed, ...]:
        """Read the orders that rest, and those of seven days that have ended."""
        return await self._orders.placed_since(since)

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Read the mark price's bars."""
        return await read_candles(self._client, instrument_id, since, self._clock.now())

    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Read a page of the mark price's one-hour bars."""
        return await read_hour_bars(self._client, instrument_id, before)

    async def settled_since(self, since: dt.datetime) -> tuple[Settled, ...] | None:
        """Read the account's funding bills; kept for three months."""
        return await read_funding(self._read, self._client, self._clock, since)

    async def bills_since(self, since: dt.datetime) -> tuple[Bill, ...] | None:
        """Read the account's bills in USDT; kept for three months."""
        return await read_bills(self._read, self._client, self._clock, since)

    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Read the rate of the next settlement."""
        return await read_funding_rate(self._client, instrument_id)

    async def closes_since(self, since: dt.datetime) -> tuple[CloseRecord, ...]:
        """Read the history of positions; kept for three months."""
        return await read_closes(self._read, self._client, self._clock, since)

    async def downtimes(self) -> tuple[Downtime, ...]:
        """Read OKX's announcements of its own maintenance."""
        return await read_downtimes(self._client, self.skew() or dt.timedelta())

    async def resting(self) -> tuple[Resting, ...]:
        """Read the orders that rest, ordinary and algo ones."""
        return await read_resting(self._client)

    def doubt_instruments(self) -> bool:
        """Have the instruments read anew at the next look, at most once a minute; True also where another account just did."""
        return self._public.instruments is not self._looked_with or self._public.doubt_instruments()

    def requests(self) -> tuple[RequestCount, ...]:
        """Return what was asked of OKX by this account's client, by endpoint."""
        return self._client.asked.reading(asyncio.get_running_loop().time())  # type: ignore[no-any-return]

    def skew(self) -> dt.timedelta | None:
        """Return how far our clock is ahead of OKX's, as measured within the last hour."""
        return self._public.skew

    def now(self) -> dt.datetime | None:
        """Return OKX's time, as its clock was measured within the last hour."""
        return self._public.now()

    async def close(self) -> None:
        """Let go of connections."""
        if self._public.reads_by(self._client):
            await self._public.close()
        await self._client.close()

    def _read_whole(
        self, rows: list[dict[str, Any]], money: Money, taken_at: dt.datetime, marks: Mapping[str, PublicMark]
    ) -> Snapshot:
        """Read every row: a leg that is missing here is taken for gone. One row without sense spoils no other leg."""
        self._looked_with = self._public.instruments
        found: dict[LegKey, Leg | UnreadableLeg] = {}
        uncertain: list[UnreadableLeg] = []
        unwatched: list[Unwatched] = []
        nameless = 0
        for row in rows:
            public = marks.get(str(row.get("instId")), NO_MARK)
            priced_at = self._public.by_our_clock(public.at)
            try:
                leg = leg_or_reason(row, self._public.instruments, priced_at, public.price, self._account_mode)
            except Malformed as exc:
                nameless += 1
                log.warning("OKX sent a position that cannot be told apart: %s", exc)
                continue
            if isinstance(leg, Unwatched):
                unwatched.append(leg)
            elif isinstance(leg, UnreadableLeg) and not leg.certain:
                uncertain.append(leg)
            elif leg is not None:
                known = found.get(leg.key)
                found[leg.key] = leg if known is None else twice(known, leg)
        unreadable = [leg for leg in found.values() if isinstance(leg, UnreadableLeg)]
        for row_of_several in uncertain:
            # Of what it may be, only what no other row is: those are guarded by their own rows.
            keys = tuple(key for key in row_of_several.keys if key not in found)
            nameless += not keys
            unreadable += [row_of_several.replaced(keys=keys)] if keys else []
        return Snapshot(
            taken_at=taken_at,
            legs=tuple(leg for leg in found.values() if isinstance(leg, Leg)),
            equity=money.equity,
            available=money.available,
            usdt=_usdt(money, rows, nameless, unreadable),
            unwatched=tuple(unwatched),
            unreadable=tuple(unreadable),
            nameless=nameless,
        )

    async def _keep_account_mode(self, rows: list[dict[str, Any]]) -> None:
        """Read the account's mode anew where it decides what a leg's numbers mean: it may have been changed since."""
        was_portfolio = self._account_mode is AccountMode.PORTFOLIO_MARGIN
        if not any(was_portfolio or lacks_leverage(row) for row in filter(is_ours, rows)):
            return
        if self._clock.monotonic() < self._mode_due:
            return
        self._mode_due = self._clock.monotonic() + MODE_HOLDS
        try:
            async with asyncio.timeout(PATIENCE):
                self._account_mode = account_mode_of((await self._read(self._configuration))[0])
        except (ExchangeProblem, IndexError, TimeoutError) as exc:
            log.warning("the account's mode could not be read: %s", exc)
            # What was known to have no leverage has none still; anything else is not known now.
            if self._account_mode is not AccountMode.PORTFOLIO_MARGIN:
                self._account_mode = None

    async def _positions(self, request: Mapping[str, Any]) -> Any:
        async with self._pace.turn():
            return await self._client.privateGetAccountPositions(request)

    async def _configuration(self, request: Mapping[str, Any]) -> Any:
        async with self._configuration_pace.turn():
            return await self._client.privateGetAccountConfig(request)

    async def _money(self) -> Money:
        try:
            rows = await self._read(self._client.privateGetAccountBalance)
            return Money(number(rows[0], "totalEq"), available_of(rows[0]), usdt_equity_of(rows[0]))
        except (ExchangeProblem, Malformed, IndexError):
            return Money()

    async def _read(self, call: Call, request: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        try:
            return await read_rows(call, request)
        except TemporarilyDown as exc:
            if not isinstance(exc.__cause__, ccxt.InvalidNonce):
                raise
        self._public.doubt_time(self._client)
        await self._public.keep_time(self._client)
        return await read_rows(call, request)


def _usdt(money: Money, rows: list[dict[str, Any]], nameless: int, unreadable: list[UnreadableLeg]) -> UsdtMoney | None:
    """Return the account's USDT; None where it is not told, or the rows may count a leg twice or not at all."""
    pnl, beside = swap_pnl_of(rows), futures_pnl_of(rows)
    if money.usdt_equity is None or pnl is None or beside is None:
        return None
    if nameless or any(leg.why == "twice" for leg in unreadable):
        return None
    # What expiry futures have realised is a bill of no swap: it is no more than money that came or went.
    return UsdtMoney(equity=money.usdt_equity - beside, unrealised_pnl=pnl)
