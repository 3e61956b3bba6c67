"""Simulate days, on all cores: ``python -m tests.chaos --days 1000``; one of them again: ``--seed S --day D``."""

from __future__ import annotations

import os

# As the program sets it, before telegram is imported.
os.environ.setdefault("PTB_TIMEDELTA", "1")

import argparse
import multiprocessing
import signal
import sys
import time
from functools import partial

from tests.chaos.day import Tally, live_through
from tests.chaos.table import table

PROGRESS = 10
# One day of so many has a stream, and one of so many tiers at rest.
WITH_STREAM, WITH_RESTING = 4, 3


def main() -> int:
    """Run the days; gives 1 when an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="days of faults in virtual time")
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first day, to go on with a long run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", type=int, help="only this day, as it was in the long run")
    parser.add_argument("--interval", type=int, help="seconds between checks; drawn for each day unless given")
    parser.add_argument("--minutes", type=float, help="stop after so long, with the table of what was done")
    chosen = parser.parse_args()
    days = range(chosen.first, chosen.days) if chosen.day is None else range(chosen.day, chosen.day + 1)
    begun = time.monotonic()
    whole, violations = Tally(), 0
    # Ended from outside, it takes its workers along; they themselves just end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with multiprocessing.Pool(min(os.cpu_count() or 1, len(days)), signal.signal, (signal.SIGTERM, signal.SIG_DFL)) as pool:
        for day, tally in pool.imap_unordered(partial(_one, chosen.seed, chosen.interval), days):
            whole.add(tally)
            if tally.violation:
                violations += 1
                again = f"--seed {chosen.seed} --day {day}" + (f" --interval {chosen.interval}" if chosen.interval else "")
                print(f"VIOLATED: seed {chosen.seed}, day {day}, {tally.violation}", flush=True)
                print(f"  that day again: python -m tests.chaos {again}", flush=True)
            if whole.days % PROGRESS == 0 or whole.days == len(days):
                print(
                    f"{whole.days} days, {whole.checks:,} checks, {whole.orders['filled']:,} orders filled, "
                    f"{violations} violations, {time.monotonic() - begun:.0f} s",
                    flush=True,
                )
            if chosen.minutes and time.monotonic() - begun > chosen.minutes * 60:
                break
    print(f"\n{table(whole, violations)}")
    return 1 if violations else 0


def _one(seed: int, interval: int | None, day: int) -> tuple[int, Tally]:
    return day, live_through(seed, day, interval=interval, pushes=day % WITH_STREAM == 0, rests=day % WITH_RESTING == 1)


if __name__ == "__main__":
    sys.exit(main())
