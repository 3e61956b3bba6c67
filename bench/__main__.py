"""Prints every figure that the project promises, beside its limit; ends with 1 where one is missed.

``python -m bench [TRIALS WICKS]``: few of them show that all of it runs. No build depends on it.
"""

from __future__ import annotations

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")

import asyncio
import contextlib
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from bench import backtests, jitter, monitor, reaction, wicks
from bench.answers import slowest_answers
from bench.pictures import seconds_to_draw
from bench.report import report, verdict, within
from bench.worlds import ReplyingClient, rows_for
from tests.e2e.process import Program
from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import FakeClock
from tests.fixtures.mixed_events import mixed_event
from tests.fixtures.process_resources import resident_megabytes
from tests.simulation.phone.bot_api import BotApi
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.console.log_setup import set_up_log
from tgtp.chat.console.story import ConsoleListener
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.model import MAIN
from tgtp.domain.plan import Switches
from tgtp.engine.cycle import Checker
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.upkeep.scheduler import Upkeep

COINS = 22


async def quiet_check(legs: int, checks: int = 30) -> tuple[float, float]:
    """CPU milliseconds of a quiet check, beside the HTTP call: (median, median of the parsing alone)."""
    clock = FakeClock()
    client = ReplyingClient(rows_for(legs), clock)
    exchange = Okx(client, clock)
    with tempfile.TemporaryDirectory() as folder:
        ledger = TinyLedger(Path(folder))
        console_listener = ConsoleListener(Reader("en", SEED_RULES, 10))
        checker = Checker(exchange, ledger, console_listener, clock, SEED_RULES)
        await checker.check()
        whole, parsing = [], []
        for _ in range(checks):
            clock.forward(10)
            begun = time.process_time()
            await checker.check()
            whole.append(time.process_time() - begun)
            begun = time.process_time()
            await exchange.snapshot()
            parsing.append(time.process_time() - begun)
        assert checker.last_report is not None
        assert checker.last_report.error is None
        assert not checker.last_report.sent
        assert not checker.observer.doubts
        ledger.close()
    return statistics.median(whole) * 1000, statistics.median(parsing) * 1000


async def quiet_round(accounts: int, legs: int, rounds: int = 10) -> float:
    """CPU milliseconds of a quiet round: one check of every account, side by side, beside the HTTP calls; the median."""
    clock = FakeClock()
    clients = [ReplyingClient(rows_for(legs, large=20), clock) for _ in range(accounts)]
    public = OkxPublic(clients[0], clock)
    with tempfile.TemporaryDirectory() as folder:
        ledger = TinyLedger(Path(folder))
        book = RuleBook(ledger, SEED_RULES)
        reader = Reader("en", SEED_RULES, 10)
        upkeep = Upkeep(switches=Switches(maintenance=True, correction=True), is_sub=True)
        checkers = []
        for number, client in enumerate(clients):
            name = f"sub{number}" if number else MAIN
            checkers.append(
                Checker(
                    Okx(client, clock, public),
                    ledger.of(name) if number else ledger,
                    ConsoleListener(reader, name),
                    clock,
                    SEED_RULES,
                    rulebook=book,
                    upkeep=upkeep if number else None,
                )
            )
        for checker in checkers:
            await checker.check()
        times = []
        for _ in range(rounds):
            clock.forward(10)
            begun = time.process_time()
            reports = await asyncio.gather(*(checker.check() for checker in checkers))
            times.append(time.process_time() - begun)
        assert all(report.error is None and not report.sent for report in reports)
        assert not any(checker.observer.doubts for checker in checkers)
        ledger.close()
    return statistics.median(times) * 1000


def recording(pasts: tuple[int, ...], batches: int = 12, rounds: int = 25) -> tuple[list[float], float]:
    """Milliseconds to record one event with so many past ones, fsync included, on this disk; and the last folder's megabytes.

    The ledgers are measured by turns, so that a noisy minute falls on all of them; of the batches' medians the median counts.
    """
    rng, every = Random(1), dt.timedelta(minutes=10)
    with contextlib.ExitStack() as stack:
        medians: list[list[float]] = [[] for _ in pasts]
        ledgers = []
        for past in pasts:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd()))
            ledger = TinyLedger(Path(folder))
            stack.callback(ledger.close)
            for start in range(0, past, 50):
                with ledger.step():
                    for number in range(start, min(start + 50, past)):
                        ledger.record(mixed_event(rng, number, every), tell=False)
            ledgers.append(ledger)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
        event = mixed_event(rng, past, every)
        for _ in range(batches):
            for ledger, found in zip(ledgers, medians, strict=True):
                times = []
                for _ in range(rounds):
                    begun = time.perf_counter()
                    with ledger.step():
                        ledger.record(event, tell=False)
                    times.append(time.perf_counter() - begun)
                found.append(statistics.median(times))
    return [statistics.median(found) * 1000 for found in medians], size


async def real_process(folder: Path) -> None:
    """Start-up, memory, a burst of 22 tiers with 100 ms of latency on every call, the way of an alert to the phone, the end."""
    (folder / "hanging").mkdir()
    async with BotApi() as api, okx_server() as server:
        for number in range(COINS):
            name = f"C{number:02d}-USDT-SWAP"
            server.account.add_instrument(name, "1", "1", mark="5")
            server.account.open_leg(name, "long", "100", "5")
        server.latency = 0.1
        # What a look finds is measured here: a push would be quicker.
        program = Program(folder, **on_telegram(api, **on_okx(server), CHECK_INTERVAL=5, STREAM="off"))
        begun = time.monotonic()
        await program.start()
        await program.said("check 1:")
        within("start of the process to the end of the first check, 100 ms a call", time.monotonic() - begun, 3)
        try:
            await program.said("check 2:")
            await asyncio.sleep(0.5)
            for number in range(COINS):
                server.account.set_roi(f"C{number:02d}-USDT-SWAP", "long", 26)
            since = len(server.requests)
            await server.until(lambda: len(server.account.fills) == COINS)
            look = next(record.at for record in server.requests[since:] if record.path.endswith("/positions"))
            orders = [record.at for record in server.requests[since:] if record.method == "POST"]
            within(f"{COINS} legs cross at once: the look that saw it to the last order", max(orders) - look, 2)
            names = [record.body["clOrdId"] for record in server.requests[since:] if record.method == "POST"]
            report(
                "  orders sent / different names / fills",
                f"{len(names)} / {len(set(names))} / {len(server.account.fills)}",
                "22 / 22 / 22",
                missed={len(names), len(set(names)), len(server.account.fills)} != {COINS},
            )
            filled = time.monotonic()
            await api.until(lambda: sum(text.count("tier 1 ") for text in api.texts()) == COINS)
            messages = sum("tier 1 " in text for text in api.texts())
            report(
                f"  last fill to the last of the 22 at the phone's server, in {messages} message(s)",
                f"{time.monotonic() - filled:.2f} s",
            )
            # With the stream, which is on unless it is switched off.
            within("resident memory, OKX and Telegram", resident_megabytes(program.pid), 170, "{:.0f} MB")
            server.account.set_roi("C00-USDT-SWAP", "long", 36)
            await server.until(lambda: len(server.account.fills) == COINS + 1)
            filled = time.monotonic()
            await api.until(lambda: any("tier 2" in text for text in api.texts()))
            within("one fill to its alert at the phone's server", time.monotonic() - filled, 1)
            await ending(program, "SIGTERM to exit 0")
        finally:
            program.kill()

    async with BotApi() as api, okx_server() as server:
        server.account.open_leg("STX-USDT-SWAP", "long", "100", "0.30")
        server.account.set_roi("STX-USDT-SWAP", "long", 26)
        server.fault("POST /trade/order", "hang", times=None)
        async with Program(folder / "hanging", **on_telegram(api, **on_okx(server))) as program:
            await server.until(lambda: bool(server.requests_to("POST /trade/order")))
            await ending(program, "SIGTERM to exit 0 while an order hangs")


async def ending(program: Program, what: str) -> None:
    begun = time.monotonic()
    program.terminate()
    code = await program.ended()
    within(what if code == 0 else f"{what}: EXIT {code}", time.monotonic() - begun, 5)


def best(measure: Callable[[], Any], rounds: int = 3) -> Any:
    return min(measure() for _ in range(rounds))


def main(trials: int = reaction.TRIALS, captures: int = wicks.WICKS) -> int:
    set_up_log("ERROR", ())
    begun = time.monotonic()
    print(f"{'':<66} {'measured':>22}   limit")
    # First, while nothing has imported matplotlib yet.
    for what, seconds in asyncio.run(seconds_to_draw()):
        within(f"a picture: {what}", seconds, 1.5)
    small = best(lambda: asyncio.run(quiet_check(COINS)))
    middle = best(lambda: asyncio.run(quiet_check(250)))
    large = best(lambda: asyncio.run(quiet_check(500)))
    for legs, (whole, parsing), most in ((COINS, small, 10), (500, large, 100)):
        what = f"quiet check of {legs} legs: CPU beside the HTTP call (parsing in it)"
        within(what, whole, most, "{:.0f} ms", figure=f"{whole:.1f} ({parsing:.1f}) ms")
    report("  500 legs / 250 legs", f"x {large[0] / middle[0]:.2f}", "x 2 is linear")
    everybody = best(lambda: asyncio.run(quiet_round(20, 50)))
    within("quiet round of 20 accounts of 50 legs", everybody, 250, "{:.0f} ms")
    (few, many), size = recording((10, 100_000))
    report("recording an event, 10 past events", f"{few:.2f} ms")
    report("recording an event, 100,000 past events", f"{many:.2f} ms")
    within("  100,000 / 10", many / few, 1.5, "x {:.2f}")
    within("the data folder with 100,000 events, two years of them", size, 50, "{:.1f} MB")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(real_process(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        slowest = asyncio.run(slowest_answers(Path(folder)))
    for name, seconds in slowest[:3]:
        within(f"first sign of an answer to /{name}, while checks of 500 legs run", seconds * 1000, 300, "{:.0f} ms")

    report(f"  the median of all {len(slowest)} commands", f"{statistics.median(s for _, s in slowest) * 1000:.0f} ms")
    monitor.measure()
    asyncio.run(reaction.measure(trials))
    wicks.measure(captures)
    backtests.measure()
    # As long as the trials are many.
    asyncio.run(jitter.measure(min(jitter.SECONDS, 4 * trials)))
    report("all of this took", f"{(time.monotonic() - begun) / 60:.0f} min")
    return verdict()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
