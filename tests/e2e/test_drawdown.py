"""A drawdown in the real process, on a bad day: what the guard is told is wrong, what it wants is refused, and it is killed."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.e2e.process import Program, sooner
from tests.e2e.test_process import STX, okx_server, on_okx, on_telegram
from tests.fixtures.waiting import DEADLINE, until
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import BotApi

CRV = "CRV-USDT-SWAP"
FIRED, DONE = "🛑 <b>Drawdown guard: ", "all that it had to close"
# Seconds, fewer than the program has: to give up an order, for two readings to agree, to try again, to take a leg for gone.
# What others are reckoned from comes first.
QUICK = {"LOOK_UP_LAG": 2, "ORDER_LIFETIME": 2, "AGREE_AFTER": 0.5, "NEXT_CHECK": 0.5, "FIRST_PAUSE": 1, "GONE_AFTER": 0.5}


def lose(account: Account, percent: int) -> None:
    """Let the two legs have lost so much of 1000 U in all, half of it each."""
    account.set_mark(CRV, Decimal("0.4") - Decimal(percent) * 5 / 1000)
    account.set_mark(STX, 1 + Decimal(percent) * 5 / 400)


def told(api: BotApi, words: str) -> int:
    return sum(words in text for text in api.texts())


async def looks(server: OkxServer, times: int) -> None:
    """Wait until the account's money has been read so often."""
    seen = [0]

    async def count(record: Any) -> None:
        seen[0] += record.path.endswith("/account/balance")

    server.on_reply = count
    await until(lambda: seen[0] >= times)
    server.on_reply = None


async def killed_at(server: OkxServer, program: Program, inst_id: str) -> None:
    """Kill the program when an order for this instrument is filled, and it has not heard of it yet."""
    killed = asyncio.Event()

    async def kill(record: Any) -> None:
        if record.is_order and record.body["instId"] == inst_id and not killed.is_set():
            killed.set()
            program.kill()

    server.on_reply = kill
    await asyncio.wait_for(killed.wait(), DEADLINE)
    server.on_reply = None
    await program.ended()


async def test_a_drawdown_on_a_bad_day_is_acted_on_once(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        account = server.account
        account.cash = Decimal(1000)
        lose(account, 0)
        account.open_leg(CRV, "long", "1000", "0.4")
        account.open_leg(STX, "short", "40", "1")
        settings = on_telegram(
            api,
            **on_okx(server),
            DRAWDOWN_WARN="5",
            DRAWDOWN_LIMIT="20",
            DRAWDOWN_ACTION="close",
        )
        ledger = tmp_path / "data" / "okx" / "ledger.json"
        async with Program(tmp_path, sooner(**QUICK), **settings) as program:
            await until(lambda: ledger.exists() and "peak_equity" in ledger.read_text())
            account.shows_usdt = Decimal("0.5")
            await looks(server, 3)
            account.shows_usdt = Decimal(1)
            # Half of it goes, and the book does not show that yet.
            account.bill_lag = 2
            account.transfer(-500)
            await api.until(lambda: told(api, "explains it"))
            assert told(api, "Drawdown") == 0
            lose(account, 3)
            await api.until(lambda: told(api, "📉 <b>Drawdown 6"))
            # By the next look it has been written down that it was told.
            await looks(server, 2)
            program.kill()
            await program.ended()
        lose(account, 12)
        # The first close is refused, and the answer to the second is never heard.
        server.fault("POST /trade/order", "code", code="51022")
        program = Program(tmp_path, sooner(**QUICK), **settings)
        await program.start()
        await killed_at(server, program, CRV)
        async with Program(tmp_path, sooner(**QUICK), **settings) as again:
            await api.until(lambda: told(api, DONE))
            account.open_leg(CRV, "long", "500", "0.4")
            lose(account, 20)
            await looks(server, 3)
            again.terminate()
            assert await again.ended() == 0
    closed = sorted((fill.inst_id, fill.contracts) for fill in account.fills)
    assert closed == [(CRV, Decimal(1000)), (STX, Decimal(40))]
    assert [told(api, words) for words in ("📉 <b>Drawdown 6", FIRED, DONE)] == [1, 1, 1]
