"""How fast a backtest is beside backtesting.py, its memory, and how near its fills are: ``python -m bench.backtests``.

Seconds are those of the processor. freqtrade is not run here: docs/backtest.md quotes it.
"""

from __future__ import annotations

import csv
import gc
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.report import report, within
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.folders import ROOT, SHARED
from tgtp.backtest.bars import Bars
from tgtp.backtest.history.reading import read_bars
from tgtp.backtest.job import BacktestJob, Execution
from tgtp.backtest.run import run
from tgtp.domain.model import Instrument, PositionSide

YEAR, MONTH = 105_120, 8_928
STEP_MS: Final = 300_000
FIRST_MS: Final = 1_640_995_200_000
ROUNDS: Final = 5
ENTRIES: Final = 1000
BARS: Final = SHARED / "data" / "okx_perp"
COINS: Final = {"ETH": ("0.1", "0.01"), "XRP": ("100", "0.00001"), "LINK": ("1", "0.001")}
# Of the median fill, in points of ROI from the threshold that was touched.
EXECUTIONS: Final[dict[Execution, float]] = {"polled": 1.0, "resting": 0.0}
TIERS: Final = [(0.25, 0.30), (0.35, 0.35), (0.50, 0.175), (9.0, 0.175)]
LEVERAGE: Final = 10

# Prints the most memory that it took, in megabytes: what it reads and walks is named by its words.
WALKING: Final = """
import re, sys
from pathlib import Path
from bench.backtests import job
from tgtp.backtest.history.reading import read_bars
from tgtp.backtest.run import run
run(job(), read_bars(Path(sys.argv[1])))
# What the system keeps for the process itself: other figures count the one that started it too.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 2**10)
"""


def job(name: str = "ETH", **changes: Any) -> BacktestJob:
    """One leg at 10x under the delivered ladder, and nothing beside it."""
    size, tick = COINS[name]
    instrument = Instrument(
        instrument_id=f"{name}-USDT-SWAP",
        contract_size=Decimal(size),
        lot_size=Decimal("0.01"),
        min_contracts=Decimal("0.01"),
        tick_size=Decimal(tick),
    )
    return BacktestJob(instrument, (PositionSide.LONG,), SEED_RULES, only=("ladder",))._replace(**changes)


def wandering(rows: int) -> Iterator[tuple[int, float, float, float, float]]:
    """Bars of a price that wanders within a tenth of 2,000: what is left of a leg is held to the end."""
    rng = np.random.default_rng(1)
    pulled, closes = 0.0, np.empty(rows)
    for number, step in enumerate(rng.normal(0, 0.0012, rows)):
        pulled = pulled * 0.9995 + step
        closes[number] = pulled
    closes = np.round(2000 * np.exp(np.clip(closes, -0.07, 0.09)), 2)
    opens = np.concatenate(([2000.0], closes[:-1]))
    highs = np.round(np.maximum(opens, closes) * (1 + rng.exponential(0.0004, rows)), 2)
    lows = np.round(np.minimum(opens, closes) * (1 - rng.exponential(0.0004, rows)), 2)
    times = FIRST_MS + STEP_MS * np.arange(rows)
    yield from zip(*(column.tolist() for column in (times, opens, highs, lows, closes)), strict=True)


def written(folder: Path, rows: int) -> Path:
    """Write so many of them."""
    path = folder / f"{rows}.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("timestamp_ms", "open", "high", "low", "close"))
        table.writerows(wandering(rows))
    return path


def best_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Processor seconds of the fastest round."""
    times = []
    for _ in range(rounds):
        gc.collect()
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def seconds_of_others(bars: Bars) -> dict[str, float]:
    """Processor seconds of backtesting.py with the same ladder, written in two ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Nothing else here needs them, and they take a second.
        import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415
        from backtesting import Backtest, Strategy  # noqa: PLC0415

        frame = pd.DataFrame(
            {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close},
            index=pd.to_datetime(bars.opened_ms, unit="ms"),
        )

        class Asking(Strategy):  # type: ignore[misc]
            """Asks at each bar whether a tier is reached."""

            def init(self) -> None:
                self.fired = 0

            def next(self) -> None:
                if not self.position:
                    if not self.fired:
                        self.buy(size=1000)
                    return
                entry = self.trades[0].entry_price
                while self.fired < 3 and (self.data.High[-1] - entry) / entry * LEVERAGE >= TIERS[self.fired][0]:
                    self.fired += 1
                    self.position.close((0.3, 0.5, 0.5)[self.fired - 1])

        class Ordered(Strategy):  # type: ignore[misc]
            """Leaves a take-profit at each tier, and never asks again."""

            def init(self) -> None:
                self.bought = False

            def next(self) -> None:
                if not self.bought:
                    self.bought = True
                    price = self.data.Close[-1]
                    for threshold, share in TIERS:
                        self.buy(size=int(1000 * share), tp=price * (1 + threshold / LEVERAGE))

        # Margin for ever: like the leg that it is compared with, nothing is liquidated.
        found = {}
        for strategy in (Asking, Ordered):
            test = Backtest(frame, strategy, cash=10_000_000, margin=1 / LEVERAGE, commission=0.0005, finalize_trades=True)
            found[strategy.__name__] = best_of(lambda test=test: test.run(), 2)  # type: ignore[misc]
    return found


def most_memory(path: Path) -> float:
    """Megabytes that a process takes which reads a file and walks it."""
    done = subprocess.run([sys.executable, "-c", WALKING, str(path)], check=True, capture_output=True, text=True, cwd=ROOT)
    return float(done.stdout)


def errors(name: str, bars: Bars, execution: Execution) -> list[float]:
    """How far the ROI of each fill of a tier is from its threshold, in points and beyond the tick, over an entry a day."""
    found = []
    for side in PositionSide:
        asked = job(name, sides=(side,), every_ms=86_400_000, execution=execution)
        ladder = (SEED_RULES.long if side is PositionSide.LONG else SEED_RULES.short).tiers
        for one in run(asked, bars).alternatives:
            for fill in one.fills:
                if fill.tier is not None:
                    roi = side.sign * (fill.price - one.entry_price) / one.entry_price * asked.leverage
                    tick = asked.instrument.tick_size / one.entry_price * asked.leverage
                    found.append(max(0.0, float(abs(roi - ladder[fill.tier - 1].threshold) - tick)) * 100)
    return found


def measure() -> None:
    """Print all of it."""
    with tempfile.TemporaryDirectory() as folder:
        year, month = written(Path(folder), YEAR), written(Path(folder), MONTH)
        begun = time.process_time()
        bars = read_bars(year)
        report("reading a year of 5-minute bars from a CSV", f"{time.process_time() - begun:.2f} s")
        ours = best_of(lambda: run(job(), bars)) / YEAR * 1e6
        others = {name: seconds / YEAR * 1e6 for name, seconds in seconds_of_others(bars).items()}
        report("one leg over that year, polled, one path", f"{ours:.3f} µs a bar")
        for name, micros in others.items():
            report(f"  backtesting.py 0.6.6, {name.lower()}", f"{micros:.2f} µs a bar")
        ratio = min(others.values()) / ours
        report("  backtesting.py's faster one / ours", f"x {ratio:.1f}", "at least x 5", missed=ratio < 5)
        every = YEAR * STEP_MS // ENTRIES
        begun = time.process_time()
        walks = len(run(job(every_ms=every, path="worst"), bars).alternatives)
        within(f"{walks // 2} entries x both paths", time.process_time() - begun, 10, "{:.1f} s")
        small, large = most_memory(month), most_memory(year)
        report("most memory, a month / a year", f"{small:.0f} / {large:.0f} MB")
        within("  a year - a month", large - small, 15, "{:.1f} MB")
    for name in COINS:
        path = BARS / f"{name}-USDT-SWAP-5m.csv.gz"
        if not path.exists():
            report(f"error of the fills on {name}", "no data here")
            continue
        bars = read_bars(path)
        for execution, most in EXECUTIONS.items():
            found = errors(name, bars, execution)
            what = f"median error of {len(found)} fills on {name} at 10x, {execution}, in ROI points"
            error = statistics.median(found)
            report(what, f"{error:.3f}", f"at most {most}", missed=error > most)


if __name__ == "__main__":
    measure()
