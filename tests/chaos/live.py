"""The real process for an hour against two servers that misbehave: ``python -m tests.chaos.live --minutes 60``.

An OKX-shaped exchange and a Bot API server that is not ours, over real HTTP; faults by chance and by seed on both; the program
killed, stopped and started again. At the end all is put right, and the exchange's own record is held against the ledger and
against what the phone has got. Exits 1 when anything was doubled, lost, missed or said to the wrong person.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from tests.e2e.process import Program
from tests.fixtures.process_resources import resident_megabytes
from tests.simulation.exchange.server import OkxServer, Record
from tests.simulation.faults.random_faults import OkxWeather, Phone, TelegramWeather
from tests.simulation.faults.resting_faults import AlgoWeather, StreamWeather
from tests.simulation.oracle.resting.witness import RestingWitness
from tests.simulation.oracle.verdict import Verdict, always_told
from tests.simulation.people import OWNER, Talk, Trader, furnish, make_waves, push_over_every_tier, talk
from tests.simulation.phone.bot_api import TOKEN
from tgtp.adapters.storage.ledger import TinyLedger

SECRETS = {"OKX_API_KEY": "K3yOfTheLab", "OKX_API_SECRET": "Sh4rdOfSecret", "OKX_API_PASSPHRASE": "Phr4seOfPass"}
QUIET = 60.0
# What is promised, and something for a machine that does other things besides.
LONGEST_END = 10.0
# The longest pause of the program is five minutes, after an order was refused again and again.
CALM_DEADLINE = 420.0


class Gaps:
    """The longest time between two looks at the account, but for those in which the program did not run."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last: float | None = None

    def look(self) -> None:
        """Take note of one."""
        now = time.monotonic()
        if self._last is not None:
            self.longest = max(self.longest, now - self._last)
        self._last = now

    def pause(self) -> None:
        """Begin anew with the next one."""
        self._last = None


class Laboratory:
    """Two servers, the program, and those who trouble them."""

    def __init__(self, folder: Path, *, minutes: float, seed: int, interval: int, resting: str, stream: str) -> None:
        self.folder = folder
        self.seconds = minutes * 60
        self.rng = Random(seed)
        self.account = RestingWitness(reuses_client_ids=self.rng.random() < 0.5)
        self.modes = {"RESTING": resting, "STREAM": stream}
        key, secret, passphrase = SECRETS.values()
        self.server = OkxServer(self.account, key=key, secret=secret, passphrase=passphrase)
        self.phone = Phone()
        self.interval = interval
        self.verdict = Verdict()
        self.programs: list[Program] = []
        self.meant: set[int] = set()
        self.memory: list[float] = []
        self.kills = self.terms = self.stops = 0
        self.told = Talk()
        self.looks = Gaps()
        self._moment = ""
        self._over = asyncio.Event()
        self._began = time.monotonic()

    @property
    def program(self) -> Program:
        """The one that runs now."""
        return self.programs[-1]

    @property
    def ledger_folder(self) -> Path:
        """Where the program keeps what it knows."""
        return self.folder / "data" / "okx"

    async def run(self) -> Verdict:
        """Trouble everything for the agreed time, put it right, and judge."""
        await self.server.start()
        await self.phone.start()
        furnish(self.account)
        self.server.on_request = self._on_request
        self.server.on_reply = self._on_reply
        self.okx_weather = OkxWeather(self.server, self._random())
        self.telegram_weather = TelegramWeather(self.phone, self._random(), min(90.0, self.seconds / 6))
        self.trader = Trader(self.account, self._random())
        self.algo_weather = AlgoWeather(self.server, self._random())
        self.stream_weather = StreamWeather(self.server, self.account, self._random())
        try:
            await self._start_program()
            watching = asyncio.create_task(self._watch())
            waves = asyncio.create_task(make_waves(self.account, self._random()))
            await self._troubled(waves)
            await self._calm(waves)
            await self._end(watching)
        finally:
            self.program.kill()
            await self.phone.stop()
            await self.server.stop()
        self._judge()
        return self.verdict

    async def _troubled(self, waves: asyncio.Task[None]) -> None:
        ending = asyncio.create_task(self._hang_and_stop())
        troubles = [
            asyncio.create_task(work)
            for work in (
                self.okx_weather.run(),
                self.telegram_weather.run(),
                self.trader.run(),
                self.algo_weather.run(),
                self.stream_weather.run(),
                talk(self.phone, self.account, self._random(), self.told, resting=self.modes["RESTING"] == "all"),
            )
        ]
        done, _ = await asyncio.wait([waves, ending, *troubles], timeout=self.seconds, return_when=asyncio.FIRST_EXCEPTION)
        self._over.set()
        for task in troubles:
            task.cancel()
        await asyncio.gather(*troubles, return_exceptions=True)
        # Not cancelled: it never leaves the program half ended.
        await ending
        for task in done:
            # The laboratory itself broke: its figures mean nothing.
            task.result()

    async def _calm(self, waves: asyncio.Task[None]) -> None:
        """Put everything right, let every tier fall due once more, and wait until nothing is left to do."""
        self.okx_weather.clear()
        self.algo_weather.clear()
        self.stream_weather.clear()
        self.phone.clear()
        self.account.held_back.clear()
        waves.cancel()
        push_over_every_tier(self.account)
        await self.phone.says("/resume")
        began = time.monotonic()
        while time.monotonic() - began < CALM_DEADLINE:
            self.account.fill_live()
            if time.monotonic() - began > min(QUIET, self.seconds) and not self._left_to_do():
                break
            await asyncio.sleep(0.5)
        self.verdict.calm_seconds = time.monotonic() - began
        for what in self._left_to_do():
            self.verdict.violation(f"after {self.verdict.calm_seconds:.0f} quiet seconds there is still {what}")

    def _left_to_do(self) -> list[str]:
        tables = self._tables()
        left = [f"an open order {name}" for name in tables.get("orders", {})]
        left += [f"message #{name} in the outbox" for name in tables.get("outbox", {})]
        paused = (tables.get("notes", {}).get("paused") or {}).get("value") or ()
        ends = [(row["scope"], datetime.fromisoformat(row["until"])) for row in paused if row.get("until")]
        left += [f"a pause of {scope} that has run out" for scope, until in ends if until < datetime.now(UTC)]
        return self.account.due() + self.account.wrongly_resting() + left

    async def _end(self, watching: asyncio.Task[None]) -> None:
        self.memory.append(resident_megabytes(self.program.pid))
        await self._end_in_order()
        self._look_at_outbox()
        watching.cancel()

    # -- the program -----------------------------------------------------------------------------------------------

    async def _start_program(self) -> None:
        settings: dict[str, Any] = {
            "EXCHANGE": "okx",
            "FIRST_START": "run",
            "OKX_API_URL": self.server.url,
            **SECRETS,
            "CHAT": "telegram",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_ALLOWED_USERS": OWNER,
            "TELEGRAM_API_URL": self.phone.url,
            "CHECK_INTERVAL": self.interval,
            **self.modes,
            "LOG_LEVEL": "DEBUG",
        }
        program = Program(self.folder, **settings)
        self.looks.pause()
        await program.start()
        self.programs.append(program)

    async def _end_in_order(self) -> None:
        begun = time.monotonic()
        self.program.terminate()
        try:
            code = await self.program.ended()
        except TimeoutError:
            self.verdict.violation(f"start {len(self.programs)} did not end on SIGTERM")
            self.program.kill()
            await self.program.ended()
            return
        took = time.monotonic() - begun
        self.verdict.slowest_end = max(self.verdict.slowest_end, took)
        if code != 0:
            self.verdict.violation(f"start {len(self.programs)} ended with exit code {code}")
        if took > LONGEST_END:
            self.verdict.violation(f"start {len(self.programs)} took {took:.1f} s to end on SIGTERM")

    async def _hang_and_stop(self) -> None:
        """Kill the program every few minutes, or end it, or let it stand still; it runs when this is over."""
        often = min(180.0, self.seconds / 6)
        while not await self._over_after(self.rng.uniform(often / 3, often)):
            what = self.rng.choices(("kill", "kill at an order", "term", "stop"), weights=(2, 4, 2, 2))[0]
            if what == "stop":
                self.stops += 1
                self.looks.pause()
                os.kill(self.program.pid, signal.SIGSTOP)
                await self._over_after(min(20.0, self.seconds / 12))
                os.kill(self.program.pid, signal.SIGCONT)
                self.looks.pause()
                continue
            if what == "term":
                self.terms += 1
                await self._end_in_order()
            else:
                if what == "kill at an order":
                    await self._an_order(often)
                await self._kill()
            await self._over_after(self.rng.choice((0.0, 0.0, self.rng.uniform(0, 30))))
            await self._start_program()
            if self.rng.random() < 0.25:
                # Killed again while it starts, or settles what the last one has left.
                await self._over_after(self.rng.uniform(0, 4))
                await self._kill()
                await self._start_program()

    async def _over_after(self, seconds: float) -> bool:
        """Let time pass; True as soon as the troubled time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self._over.is_set()

    async def _kill(self) -> None:
        self.kills += 1
        self.program.kill()
        await self.program.ended()

    async def _an_order(self, longest: float) -> None:
        """Kill in the moment in which an order reaches the exchange, or its reply leaves, or it is looked up.

        Or one that is to rest there, likewise, or that is to be changed or cancelled.
        """
        self._moment = self.rng.choice(("order", "reply", "look-up", "rests", "rests, reply", "rests, look-up"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self.program.ended()
        self._moment = ""

    async def _on_request(self, record: Record) -> None:
        if record.is_order and isinstance(record.body, dict):
            self.account.arrived(record.body)
        if record.is_algo:
            for body in record.bodies:
                self.account.algo_arrived(record.path.rpartition("/")[2], body)
        self._kill_at({"order": record.is_order, "rests": record.is_algo})
        if record.method == "GET":
            if record.path.endswith("/account/positions"):
                self.looks.look()
            path = record.path
            self._kill_at({"look-up": path.endswith("/trade/order"), "rests, look-up": path.endswith("/trade/order-algo")})

    def _kill_at(self, moments: dict[str, bool]) -> None:
        if moments.get(self._moment):
            self.looks.pause()
            self.program.kill()

    async def _on_reply(self, record: Record) -> None:
        self._kill_at({"reply": record.is_order, "rests, reply": record.is_algo})

    # -- watching --------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        seen_at, minute, told = 0.0, 0, 0
        while True:
            await asyncio.sleep(0.2)
            self._look_at_outbox()
            now = time.monotonic()
            for what in self.account.violations[told:]:
                print(f"  found: {what}", flush=True)
            told = len(self.account.violations)
            if now - seen_at > 5:
                seen_at = now
                if (size := resident_megabytes(self.program.pid)) > 60:
                    self.memory.append(size)
            if now - self._began > 60 * (minute + 1):
                minute += 1
                print(
                    f"  minute {minute}: {len(self.account.orders)} orders, {self.kills} kills, {len(self.phone.sent)} sent, "
                    f"{len(self.account.violations) + len(self.verdict.violations)} violations",
                    flush=True,
                )

    def _tables(self) -> dict[str, Any]:
        try:
            tables: dict[str, Any] = json.loads((self.ledger_folder / "ledger.json").read_text())
        except FileNotFoundError:
            return {}
        return tables

    def _look_at_outbox(self) -> None:
        self.meant |= {
            int(number) for number, row in self._tables().get("outbox", {}).items() if OWNER not in row.get("delivered_to", ())
        }

    def _random(self) -> Random:
        return Random(self.rng.getrandbits(64))

    # -- the end ---------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        verdict = self.verdict
        for what in self.account.violations:
            verdict.violation(what)
        ledger = TinyLedger(self.ledger_folder)
        try:
            history = ledger.history(1_000_000)
            waiting = {told.number for told in ledger.outbox()}
        finally:
            ledger.close()
        self.meant |= {number for number, event in history if always_told(event)}
        verdict.judge_orders(self.account, history)
        for number, event in history:
            if event.kind == "foreign_orders":
                verdict.violation(f"#{number}: our own orders are taken for another program's")
        moments = self.kills + self.terms + self.stops
        verdict.judge_phone(self.phone, self.meant, waiting, moments=moments, history=history)
        verdict.judge_output(self.programs, [*SECRETS.values(), TOKEN, TOKEN.split(":")[1]])

    def table(self, minutes: float) -> str:
        """Write the figures."""
        verdict, account = self.verdict, self.account
        struck = self.okx_weather.struck() + self.algo_weather.struck() + self.stream_weather.struck + self.phone.struck
        if self.telegram_weather.outages:
            struck["Telegram away"] = self.telegram_weather.outages
        asked = [record for record in self.server.requests if record.is_order]
        by_rule = ", ".join(f"{rule} {count}" for rule, count in sorted(account.rules_of.items()))
        by_whom = [verdict.fired_by[name] for name in ("check", "stream", "exchange")]
        acts = [account.asked[name] for name in ("order-algo", "amend-algos", "cancel-algos")]
        rows = {
            "minutes / checks (failed)": f"{minutes:g} / {verdict.checks} ({verdict.failed_checks})",
            "killed / ended / stood still": f"{self.kills} / {self.terms} / {self.stops}",
            "names of orders at the exchange": "unique while pending" if account.reuses_client_ids else "unique for ever",
            "faults that struck": str(struck.total()),
            "orders asked / accepted / filled": f"{len(asked)} / {len(account.orders)} / {verdict.filled}",
            "  by rule": by_rule,
            "tiers fired by check / stream / exchange": " / ".join(map(str, by_whom)),
            "asked to rest / amended / cancelled": " / ".join(map(str, acts)),
            "  fired while a pause cancelled them": str(account.fired_while_paused),
            "  of others, placed by hand / left alone": f"{self.trader.rested} / {self.trader.left_alone()}",
            "  doubled / lost": f"{account.doubled} / {verdict.lost}",
            "  met a leg opened anew meanwhile": str(account.raced),
            "lives of legs / changes by hand": f"{len(account.lives)} / {self.trader.changed}",
            "alerts meant / delivered": f"{len(self.meant)} / {verdict.delivered}",
            "  twice / missed": f"{verdict.twice} / {verdict.missed}",
            "  moments that allow a second time": str(verdict.ambiguous),
            "commands / by a stranger / answered to": f"{self.told.commands} / {self.told.strange} / {verdict.strange_answers}",
            "pauses, by what was paused": ", ".join(f"{kind} {count}" for kind, count in sorted(self.told.pauses.items())),
            "resting switched for a coin": str(self.told.turned),
            "memory first / last / most": f"{self.memory[0]:.0f} / {self.memory[-1]:.0f} / {max(self.memory):.0f} MB",
            "longest between two looks while it ran": f"{self.looks.longest:.1f} s",
            "slowest ordered end": f"{verdict.slowest_end:.1f} s",
            "until all was done in the quiet": f"{verdict.calm_seconds:.0f} s",
            "violations": str(len(verdict.violations)),
        }
        kinds = "\n".join(f"  {name:<38} {count:>6}" for name, count in sorted(struck.items()) if count)
        return "\n".join([*(f"{name:<40} {value}" for name, value in rows.items()), "", "faults by kind", kinds])


async def live(minutes: float, seed: int, interval: int, resting: str, stream: str) -> int:
    """Run; print the table; give the exit code."""
    # Clients that are killed in the middle of a request are nothing to be told.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="tgtp-live-"))
    laboratory = Laboratory(folder, minutes=minutes, seed=seed, interval=interval, resting=resting, stream=stream)
    modes = f"RESTING={resting}, STREAM={stream}"
    print(f"seed {seed}, {minutes:g} minutes, a check every {interval} s, {modes}, {folder}", flush=True)
    verdict = await laboratory.run()
    print("\n" + laboratory.table(minutes), flush=True)
    for what in verdict.violations:
        print(f"VIOLATION {what}", flush=True)
    if not verdict.violations:
        shutil.rmtree(folder)
        return 0
    log = folder / "program.log"
    log.write_text("\n".join(line for number, one in enumerate(laboratory.programs) for line in (f"--- {number}", *one.lines)))
    print(f"kept: {log} and {laboratory.ledger_folder}", flush=True)
    return 1


def main() -> int:
    """Read the words of the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.live", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--interval", type=int, default=2, help="seconds between two checks")
    parser.add_argument("--resting", choices=("off", "all"), default="all")
    parser.add_argument("--stream", choices=("off", "on"), default="on")
    chosen = parser.parse_args()
    seed = SystemRandom().randrange(1_000_000) if chosen.seed is None else chosen.seed
    return asyncio.run(live(chosen.minutes, seed, chosen.interval, chosen.resting, chosen.stream))


if __name__ == "__main__":
    sys.exit(main())
