"""A backtest in a process of its own, as the bot runs it: against an exchange, and gone with whoever asked."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.thoroughness import FULL
from tests.fixtures.waiting import until
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.backtest_process import BacktestProcess
from tgtp.adapters.okx.archive.pages import SHORT_PAUSES
from tgtp.backtest import on_request as ours
from tgtp.engine.ports import BacktestRequest, Progress
from tgtp.errors import Invalid, TemporarilyDown

SINCE = dt.datetime(2022, 5, 1, tzinfo=dt.UTC)
REQUEST = BacktestRequest(
    instrument_id="STX-USDT-SWAP",
    side="long",
    leverage=20,
    since=SINCE,
    until=SINCE + dt.timedelta(days=1),
    long="25:30,35:50,50:50",
    short="35:30,45:50,55:50",
    other="40:100",
    margin=100,
    min_margin=1,
    keep_margin=1,
)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.limits = None
        # Before the first day there is too little to say how wild the coin was.
        begins_ms = int(SINCE.timestamp() * 1000) - 86_400_000
        running.account.begins_ms["STX-USDT-SWAP"] = begins_ms
        # It rises by 5 % a day.
        running.account.past = lambda _, at_ms: round(Decimal("0.3") * (1 + Decimal(at_ms - begins_ms) / 1_728_000_000), 8)
        for name, value in {"OKX_API_URL": running.url, "DATA_DIR": str(tmp_path), "TGTP_HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        yield running


async def test_it_fetches_and_walks_and_says_how_far_it_is(server: OkxServer, tmp_path: Path) -> None:
    heard: list[Progress] = []
    outcome = await BacktestProcess().run(REQUEST, heard.append)
    assert [row.name for row in outcome.alternatives] == [
        "ladder",
        "hold",
        "single-25",
        "single-35",
        "single-50",
        "scaled",
        "40:100",
    ]
    assert (outcome.bars, outcome.minutes, outcome.missing, outcome.since) == (288, 5, 0, SINCE)
    assert Decimal(99) < outcome.margin <= 100
    by_name = {row.name: row for row in outcome.alternatives}
    assert by_name["ladder"].tiers == 3
    assert by_name["single-25"].tiers == by_name["40:100"].tiers == 1
    assert {progress.stage for progress in heard} == {"history", "walk"}
    assert any(record.path.endswith("/position-tiers") for record in server.requests)
    assert all("ok-access-key" not in record.headers for record in server.requests)
    assert [path.name for path in (tmp_path / "history").glob("*.npz")] == ["STX-USDT-SWAP-5m-mark.npz"]


async def test_what_there_is_not_is_said(server: OkxServer) -> None:
    with pytest.raises(Invalid, match=r"history\.unknown"):
        await BacktestProcess().run(REQUEST.replaced(instrument_id="NONE-USDT-SWAP"), lambda _: None)


@pytest.mark.skipif(not FULL, reason="15 s pass until it gives up; make full")
async def test_an_exchange_that_is_away_is_said(server: OkxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.fault("/public/position-tiers", "html_200", times=None)
    with pytest.raises(TemporarilyDown):
        await BacktestProcess().run(REQUEST, lambda _: None)
    # Somebody waits for the answer.
    assert len(server.requests_to("/public/position-tiers")) == 1 + len(SHORT_PAUSES)


async def test_its_memory_is_bounded() -> None:
    code = "from tgtp.backtest import on_request as ours; ours.bound_memory(); bytearray({}); print('room')"
    found = []
    for size in (ours.MOST_MEMORY // 2, ours.MOST_MEMORY * 5 // 4):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code.format(size)), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        found.append(b"room" in (await process.communicate())[0])
    assert found == [True, False]


async def test_it_ends_when_whoever_asked_is_gone(server: OkxServer) -> None:
    server.fault("/market/history-mark-price-candles", "delay", delay=1.0, times=None)
    code = """
import asyncio
from tests.backtest.test_on_request import REQUEST
from tgtp.adapters import backtest_process as ours
begin = asyncio.create_subprocess_exec
async def begun(*words, **options):
    process = await begin(*words, **options)
    print(process.pid, flush=True)
    return process
asyncio.create_subprocess_exec = begun
asyncio.run(ours.BacktestProcess().run(REQUEST, lambda _: None))
"""
    asker = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert asker.stdout is not None
    pid = int(await asker.stdout.readline())
    await until(lambda: any("history-mark-price" in record.path for record in server.requests))
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    asker.send_signal(signal.SIGKILL)
    await asker.wait()

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        # Nobody may have taken note of its end yet.
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"

    await until(is_gone)
