"""How late checks begin while a backtest and a busy loop keep both cores: ``python -m bench.jitter [SECONDS]``.

The real process on a loopback exchange, looking every second. A backtest of a year is asked for on its phone again and again,
and its child walks bars that lie ready. A check begins when its read of the positions reaches the exchange, by the clock of
that; the earliest of all gives the grid. The exchange shares the cores too, so that a figure is rather too high.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from bench.report import percentiles, report, within
from tests.e2e.process import Program
from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import BotApi
from tgtp.backtest.history.npz_file import write_cache
from tgtp.backtest.history.pieces import Piece

POSITIONS: Final = "GET /account/positions"
COIN: Final = "STX-USDT-SWAP"
SECONDS: Final = 120
# Seconds between two checks, and the latest that one in a hundred may begin.
EVERY: Final = 1
MOST: Final = 0.1
STEP_MS: Final = 300_000
DAYS: Final = 400
BUSY: Final = "while True: pass"


def lay_ready(folder: Path) -> None:
    """Put bars of more than a year where a backtest looks for them, so that it walks at once."""
    last = int(time.time() * 1000) // STEP_MS * STEP_MS
    opened = np.arange(last - DAYS * 86_400_000, last, STEP_MS, dtype=np.int64)
    steps = np.random.default_rng(7).normal(0, 0.0015, len(opened))
    close = np.round(0.3 * np.exp(np.cumsum(steps - 0.03 * steps.mean())), 5)
    begin = np.concatenate(([0.3], close[:-1]))
    high, low = np.round(np.maximum(begin, close) * 1.001, 5), np.round(np.minimum(begin, close) * 0.999, 5)
    folder.mkdir(parents=True)
    with (folder / f"{COIN}-5m-mark.npz").open("wb") as file:
        write_cache(file, Piece(opened, [begin, high, low, close], None))


def lateness(server: OkxServer, since: float) -> list[float]:
    """Seconds by which each check since a moment (monotonic) began later than the earliest one says."""
    phases: list[float] = []
    number, last = 0, 0.0
    for record in server.requests_to(POSITIONS):
        if record.at < since:
            continue
        # One that began late, and one that was left out, do not move the others.
        number += max(1, round(record.at - last)) if phases else 0
        phases.append(record.at - number * EVERY)
        last = record.at
    return [phase - min(phases) for phase in phases]


async def ask_again_and_again(api: BotApi) -> None:
    """Have the child walk without a pause."""
    since = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 365 * 86_400))
    while True:
        done = len(answers(api))
        await api.says(f"/backtest STX pair 10x {since} {time.strftime('%Y-%m-%d', time.gmtime())}")
        await api.until(lambda done=done: len(answers(api)) > done)  # type: ignore[misc] # one that is called at once


def answers(api: BotApi) -> list[str]:
    """The backtests that are over, well or not."""
    return [edit["text"] for edit in api.edits if "net U" in edit["text"] or "Nothing came" in edit["text"]]


async def measure(seconds: float = SECONDS) -> None:
    """Print it, first quiet and then busy."""
    with tempfile.TemporaryDirectory() as folder:
        async with BotApi() as api, okx_server() as server:
            server.account.open_leg(COIN, "long", "20", "0.30")
            lay_ready(Path(folder) / "data" / "history")
            async with Program(Path(folder), **on_telegram(api, **on_okx(server), CHECK_INTERVAL=EVERY)) as program:
                await program.said("check 5:")
                begun = time.monotonic()
                await asyncio.sleep(seconds / 4)
                _, _, quiet = percentiles(lateness(server, begun))
                report("start of a check, nothing beside it, p99", f"{quiet * 1000:.0f} ms")
                busy = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY)
                asking = asyncio.create_task(ask_again_and_again(api))
                try:
                    begun = time.monotonic()
                    await asyncio.sleep(seconds)
                    late = lateness(server, begun)
                finally:
                    asking.cancel()
                    busy.kill()
                    await busy.wait()
                median, _, most = percentiles(late)
                failed = [text for text in answers(api) if "net U" not in text]
                report(f"backtests walked beside {len(late)} checks", str(len(answers(api)) - len(failed)), missed=bool(failed))
                report("start of a check, both cores busy, median", f"{median * 1000:.0f} ms")
                within("start of a check, both cores busy, p99", most, MOST, "{:.3f} s")


if __name__ == "__main__":
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
