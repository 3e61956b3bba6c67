"""A hundred thousand checks in virtual time: what is held afterwards is what was held after a thousand.

``python -m tests.soak --checks 100000``. The whole program but its process: checks on an OKX-shaped server over HTTP, the
ledger on disk, the outbox, and a chat in which somebody asks now and then. Exits 1 when memory, tasks or files have grown.
With ``python -X tracemalloc`` Python's own memory is looked at as well, which takes five times as long.
"""

from __future__ import annotations

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")

import argparse
import asyncio
import contextlib
import gc
import json
import math
import sys
import tempfile
import time
import tracemalloc
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple, Self

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.okx_engine import QuickClock, client_of, on_one_clock
from tests.fixtures.process_resources import open_files, resident_megabytes
from tests.fixtures.waiting import until
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.telegram import MAX_CALLS, SimulatedTelegram
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.access.gate import Gate
from tgtp.chat.access.owners import Owners
from tgtp.chat.access.users import UserPreferences
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.router import Router
from tgtp.chat.bot.runner import TelegramSide
from tgtp.chat.commands.speech.stops import is_stop
from tgtp.chat.console.log_setup import set_up_log
from tgtp.chat.console.story import ConsoleListener
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.outbox.delivery import Outbox, Waker
from tgtp.engine.accounts import Accounts
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.monitoring.fan_out import FanOut
from tgtp.local_telegram.transport import LocalRequest

SEED = 7
OWNER = 1
# Fractions.
TOLERANCE = 0.05
# The ledger holds 50 to 100 events, which alone is some thousands more or less.
BLOCKS_A_CHECK = 10
KEPT = 50
LEGS = (("STX-USDT-SWAP", "137.3"), ("CRV-USDT-SWAP", "901"), ("ETH-USDT-SWAP", "1.37"), ("XLM-USDT-SWAP", "12.7"))
WORDS = ("/status", "/tiers", "/history 20", "/why 5", "/pause STX", "/resume STX", "/close", "hello")


class Held(NamedTuple):
    """What the process holds. ``resident`` in MB, ``blocks`` as Python counts what it has allocated, ``traced`` in MB."""

    checks: int
    resident: float
    blocks: int
    traced: float
    tasks: int
    files: int
    events: int


class Soak:
    """The program without its process, in time that passes as fast as it can. Use ``async with``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rng = Random(SEED)
        self.clock = QuickClock()
        self.server = OkxServer(Account(reuses_client_ids=True))
        self.account = self.server.account
        self.ledger = TinyLedger(folder)
        self.telegram = SimulatedTelegram(user_id=OWNER)
        self.checks = 0
        self.failed = 0

    async def __aenter__(self) -> Self:
        await self.server.start()
        self.account.cash = Decimal(1_000_000)
        for inst_id, contracts in LEGS:
            self.account.open_leg(inst_id, "long", contracts, self.account.instruments[inst_id].mark)
            self.account.open_leg(inst_id, "short", contracts, self.account.instruments[inst_id].mark)
        self.entries = {inst_id: self.account.instruments[inst_id].mark for inst_id, _ in LEGS}
        client = client_of(self.server)
        # Two clocks would be an hour apart after an hour of checks, and every signature refused from then on.
        on_one_clock(self.clock, client, self.account)
        self.okx = Okx(client, self.clock)
        news = asyncio.Event()
        console_listener = FanOut(Waker(news), ConsoleListener(Reader("en", SEED_RULES, 10)))
        self.checker = Checker(self.okx, self.ledger, console_listener, self.clock, SEED_RULES, exchange_name="okx")
        people, owners, actions = (
            UserPreferences(self.ledger, "en"),
            Owners(frozenset({OWNER}), self.ledger),
            ManualActions(self.checker),
        )
        outbox = Outbox(self.checker.journal, owners.ids, lambda _: Reader("en", SEED_RULES, 10), news)
        gate = Gate(
            owners,
            self.clock,
            pairing=None,
            adopt=actions.adopt_owner,
            language=people.language,
            console_language="en",
            is_stop=is_stop,
        )
        app = build_application("1:local", "", LocalRequest(self.telegram))
        commands = Router(Accounts.of_one(self.checker, actions), people, self.clock)
        self.side = TelegramSide(app, gate, commands, outbox, self.checker.journal, "en")
        # What the chat page keeps is bounded; it is full from the beginning, of messages that are made like an alert.
        buttons = {"inline_keyboard": [[{"text": "Why", "callback_data": f"why:{number}"}] * 2 for number in range(2)]}
        for number in range(MAX_CALLS):
            text = f"{number} " + "<b>STX</b> <i>long</i> " * 5 + "<blockquote expandable>" + "x" * 200 + "</blockquote>"
            parts = {"chat_id": OWNER, "text": text, "parse_mode": "HTML", "reply_markup": json.dumps(buttons)}
            await self.telegram.call("sendMessage", parts, {})
        self.side.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.side.stop()
        await self.okx.close()
        await self.server.stop()
        self.ledger.close()

    async def run(self, checks: int) -> None:
        """Run so many checks, ten virtual seconds apart."""
        for _ in range(checks):
            self.checks += 1
            self._move()
            report = await self.checker.check()
            self.failed += report.error is not None
            self.clock.ahead += 10
            if self.checks % 40 == 0:
                self.telegram.user_text(self.rng.choice(WORDS), date=int(self.clock.now().timestamp()))
            if self.checks % 50 == 0:
                self._strike()
            if self.checks % 100 == 0:
                self._forget()
                await until(lambda: not self.ledger.outbox())

    async def held(self) -> Held:
        """Look at what is held when nothing is going on."""
        self._forget()
        await until(lambda: not self.ledger.outbox())
        gc.collect()
        return Held(
            checks=self.checks,
            resident=resident_megabytes(),
            blocks=sys.getallocatedblocks(),
            traced=tracemalloc.get_traced_memory()[0] / 1e6,
            tasks=len(asyncio.all_tasks()),
            files=open_files(),
            events=int(self.ledger.note("next_event")) - 1,
        )

    def data_megabytes(self) -> float:
        """The size of the data folder."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()) / 1e6

    def _move(self) -> None:
        """Move the marks in slow waves, and open anew what is worn down."""
        for number, (inst_id, contracts) in enumerate(LEGS):
            swing = 0.06 * math.sin(self.checks * 2 * math.pi / (400 + 37 * number))
            self.account.set_mark(inst_id, round(self.entries[inst_id] * (1 + Decimal(str(round(swing, 6)))), 6))
            for side in ("long", "short"):
                leg = self.account.legs.get((inst_id, side, "cross"))
                if self.checks % 200 == 13 * number and leg is not None:
                    self.account.reopen(inst_id, leg.side, contracts=contracts)

    def _strike(self) -> None:
        kind = self.rng.choice(("http_500", "html_200", "drop", "cut_json", "unauthorized", "order", "late", "part"))
        if kind == "order":
            self.server.fault("POST /trade/order", "code", code="51112")
        elif kind == "late":
            self.server.fault("POST /trade/order", "http_502", after_effect=True)
        elif kind == "part":
            self.server.fault("POST /trade/order", "partial_fill", share="0.5")
        else:
            self.server.fault("/account/positions", kind, times=3)

    def _forget(self) -> None:
        """The exchange is not what is measured: it forgets what is over."""
        del self.server.requests[:]
        del self.server._accepted[:]
        self.server._faults[:] = [fault for fault in self.server._faults if fault.left]
        for past in (self.account.orders, self.account.fills):
            del past[:-KEPT]
        self.account.lives[:] = list(self.account.legs.values())


def grown(before: Held, after: Held) -> list[str]:
    """Say what has grown by more than it may."""
    found = []
    for name in ("resident", "blocks", "traced"):
        was, is_now = getattr(before, name), getattr(after, name)
        if abs(is_now - was) > was * TOLERANCE:
            found.append(f"{name}: {was:,.0f} have become {is_now:,.0f}")
    a_check = (after.blocks - before.blocks) / max(1, after.checks - before.checks)
    if a_check > BLOCKS_A_CHECK:
        found.append(f"every check has left {a_check:.1f} blocks behind")
    # A connection may come or go; a leak has thousands of chances.
    found += [
        f"{name}: {getattr(before, name)} have become {getattr(after, name)}"
        for name in ("tasks", "files")
        if getattr(after, name) > getattr(before, name) + 3
    ]
    return found


async def soak(checks: int, warm: int, folder: Path) -> list[str]:
    """Run, printing what is held; give what has grown."""
    begun = time.monotonic()
    async with Soak(folder) as house:
        heads = ("checks", "events", "resident", "blocks", "traced", "tasks", "files", "data", "minutes")
        print("{:>8} {:>8} {:>12} {:>12} {:>12} {:>6} {:>6} {:>10} {:>8}".format(*heads))
        first: Held | None = None
        while house.checks < checks:
            await house.run(min(warm if house.checks < 10 * warm else 10 * warm, checks - house.checks))
            held = await house.held()
            first = first or held
            print(
                f"{held.checks:>8} {held.events:>8} {held.resident:>9.1f} MB {held.blocks:>12,} {held.traced:>9.2f} MB "
                f"{held.tasks:>6} {held.files:>6} {house.data_megabytes():>7.1f} MB {(time.monotonic() - begun) / 60:>8.1f}",
                flush=True,
            )
        assert first is not None
        print(f"{house.failed} checks failed, as they were meant to")
        return grown(first, held)


def main() -> int:
    """Read the words of the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checks", type=int, default=100_000)
    parser.add_argument("--warm", type=int, default=1000, help="checks after which memory is first looked at")
    chosen = parser.parse_args()
    set_up_log("CRITICAL", ())
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        found = asyncio.run(soak(chosen.checks, chosen.warm, Path(folder)))
    for what in found:
        print(f"GROWN: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
