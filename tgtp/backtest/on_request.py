"""The process that the bot runs a backtest in: ``python -m tgtp.backtest.on_request``.

It reads one request from its input, fetches what its history lacks, walks, and says in lines of JSON how far it is and what it
has found. It gives way to everybody else, and ends when whoever asked is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import os
import resource
import sys
import threading
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from tgtp.adapters.clock import SystemClock
from tgtp.adapters.okx.archive.pages import MILLISECOND, SHORT_PAUSES, OkxArchive
from tgtp.adapters.okx.exchange import okx_client
from tgtp.adapters.okx.market_data import read_instruments
from tgtp.backtest.bars import Bars
from tgtp.backtest.command import SIDES
from tgtp.backtest.history.fetching import asked_of, fetch_into
from tgtp.backtest.history.reading import read_bars
from tgtp.backtest.job import Alternative, BacktestJob
from tgtp.backtest.run import run
from tgtp.backtest.walk.factors import LEAD
from tgtp.backtest.what_if.answer import what_if
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH, Instrument, MarginMode
from tgtp.domain.plan import Rules
from tgtp.engine.ports import BacktestOutcome, BacktestRequest, Walked, WhatIfOutcome, WhatIfRequest
from tgtp.errors import CannotStart, ExchangeProblem, Problem
from tgtp.settings.environment import Settings, read_settings
from tgtp.settings.network import read_network

BAR: Final = "5m"
MINUTES: Final = 5
STEP_MS: Final = MINUTES * 60_000
# Bytes beyond those that the libraries take, which grow with the processor's cores; a year of bars takes a tenth of it.
MOST_MEMORY: Final = 1 << 30
# As little as there is: checks come first.
LEAST_PRIORITY: Final = 19
ASKED: Final[TypeAdapter[BacktestRequest | WhatIfRequest]] = TypeAdapter(BacktestRequest | WhatIfRequest)


class _Market(NamedTuple):
    """What OKX says of the instrument, and its bars."""

    instrument: Instrument
    maintenance_rate: Decimal
    contracts: Decimal
    bars: Bars


def main() -> int:
    """Answer the one request; return the exit code."""
    os.nice(LEAST_PRIORITY)
    bound_memory()
    request = ASKED.validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    try:
        outcome: BacktestOutcome | WhatIfOutcome
        if isinstance(request, WhatIfRequest):
            outcome = what_if(request, read_settings(), _heard)
        else:
            outcome = walked(request, read_settings())
        _say(outcome.model_dump(mode="json"))
    except CannotStart as exc:
        _say({"problem": exc.problem.row()})
    except ExchangeProblem as exc:
        _say({"down": exc.problem.row()})
    return 0


def bound_memory() -> None:
    """Let this process grow by so much and no more, where the system says how large it is."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except (OSError, ValueError, IndexError):
        return
    most = pages * os.sysconf("SC_PAGE_SIZE") + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def walked(request: BacktestRequest, settings: Settings) -> BacktestOutcome:
    """Fetch and walk what is asked for. Raises CannotStart, TemporarilyDown, AccessRefused."""
    market = asyncio.run(_market(request, settings))
    job = _job(request, market)
    result = run(job, market.bars, heard=lambda done: _heard("walk", done))
    found = [_walked(one) for one in result.alternatives]
    if request.other:
        other = run(job._replace(ladders=(Ladder.parse(request.other),), only=("ladder",)), market.bars)
        found.append(_walked(other.alternatives[0]).replaced(name=request.other))
    opened = market.bars.opened_ms
    first = int(opened.searchsorted(_ms(request.since)))
    return BacktestOutcome(
        alternatives=tuple(found),
        margin=market.contracts * market.instrument.contract_size * result.alternatives[0].entry_price / request.leverage,
        entry_price=result.alternatives[0].entry_price,
        since=EPOCH + int(opened[first]) * MILLISECOND,
        until=EPOCH + (int(opened[-1]) + STEP_MS) * MILLISECOND,
        bars=result.bars,
        minutes=MINUTES,
        missing=(int(opened[-1]) - int(opened[first])) // STEP_MS + 1 - result.bars,
    )


async def _market(request: BacktestRequest, settings: Settings) -> _Market:
    client = okx_client(url=settings.okx_api_url, ws_url="", demo=False, network=read_network(settings))
    archive = OkxArchive(client, SystemClock(), SHORT_PAUSES)
    name = request.instrument_id
    path = settings.data_dir / "history" / f"{name}-{BAR}-mark.npz"
    try:
        listed_ms = await archive.listed_ms(name)
        instrument = (await read_instruments(client)).get(name)
        if listed_ms is None or instrument is None:
            raise CannotStart(Problem("history.unknown", name=name))
        asked = asked_of(
            name,
            BAR,
            "mark",
            # The bars of the month before say how wild the coin was.
            _ms(request.since - LEAD),
            _ms(request.until),
            now_ms=await archive.now_ms(),
            listed_ms=listed_ms,
        )
        await fetch_into(archive, asked, path, lambda done, total: _heard("history", done / total))
        bars = read_bars(path, request.since - LEAD, request.until, allow_gaps=True)
        if int(bars.opened_ms[-1]) < _ms(request.since):
            raise CannotStart(Problem("history.empty", name=name))
        contracts = _contracts(request, instrument, bars)
        rate = (await archive.position_tiers(name, MarginMode.ISOLATED)).rate(contracts)
    finally:
        await client.close()
    return _Market(instrument, rate, contracts, bars)


def _contracts(request: BacktestRequest, instrument: Instrument, bars: Bars) -> Decimal:
    """Return as many contracts as the margin carries, and at least the smallest order."""
    opens_at = bars.exact(int(bars.opened_ms.searchsorted(_ms(request.since))))[0]
    lots = request.margin * request.leverage / (opens_at * instrument.contract_size) / instrument.lot_size
    return max(lots.to_integral_value(ROUND_DOWN) * instrument.lot_size, instrument.min_contracts)


def _job(request: BacktestRequest, market: _Market) -> BacktestJob:
    rules = Rules(
        long=Ladder.parse(request.long),
        short=Ladder.parse(request.short),
        min_margin=request.min_margin,
        keep_margin=request.keep_margin,
    )
    return BacktestJob(
        instrument=market.instrument,
        sides=SIDES[request.side],
        rules=rules,
        contracts=market.contracts,
        leverage=request.leverage,
        begins_ms=_ms(request.since),
        maintenance_rate=market.maintenance_rate,
    )


def _walked(one: Alternative) -> Walked:
    lost = next((fill.at for fill in one.fills if fill.rule == "liquidation"), None)
    return Walked(
        name=one.name,
        realised=one.realised,
        unrealised=one.unrealised,
        fees=one.fees,
        funding=one.funding,
        max_drawdown=one.max_drawdown,
        tiers=sum(fill.rule == "tier" for fill in one.fills),
        hedges=sum(fill.rule == "hedge" for fill in one.fills),
        liquidated_at=lost,
    )


def _ms(moment: dt.datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


def _heard(stage: str, done: float) -> None:
    _say({"stage": stage, "done": done})


def _end_with_the_asker() -> None:
    with contextlib.suppress(OSError):
        while sys.stdin.buffer.read(1):
            pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
