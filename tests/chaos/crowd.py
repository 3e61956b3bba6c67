"""A hostile crowd for an hour: ``python -m tests.chaos.crowd --minutes 60``.

The real process between an OKX-shaped server and somebody else's Bot API server. Strangers write without end, Telegram is slow
to take answers, updates cannot be parsed, replies have 100 MB; a second process has the chat page, and idle connections to it.
Every minute a tier falls due, and the owner pauses and resumes a coin. Exits 1 when a tier was late, an alert was lost, a pause
took long, or memory grew.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from tests.chaos.live import SECRETS
from tests.e2e.process import Program
from tests.fixtures.process_resources import resident_megabytes
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer, Record
from tests.simulation.faults.random_faults import Phone
from tests.simulation.people import OWNER
from tests.simulation.phone.bot_api import TOKEN, UNREADABLE

# One coin that is paused and resumed, and the others, whose first tiers fall due one after the other.
PAUSED = "LTC-USDT-SWAP"
COINS = ("STX-USDT-SWAP", "CRV-USDT-SWAP", "LINK-USDT-SWAP", "XLM-USDT-SWAP", "TAO-USDT-SWAP", "NEAR-USDT-SWAP")
INTERVAL = 2
# Seconds, megabytes.
LATEST_TIER = 2.0
LONGEST_PAUSE = 1.0
MORE_MEMORY = 40.0
HUGE = 100_000_000
IDLE = 1_100
SETTLE = 20.0


class SlowPhone(Phone):
    """Takes up to some seconds for every message."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.chance = chance
        self.slowest = 0.0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a call, late where it is an answer."""
        if request.match_info["method"] in ("sendMessage", "editMessageText", "answerCallbackQuery"):
            await asyncio.sleep(self.chance.uniform(0, self.slowest))
        return await super().handle(request)


class Crowd:
    """The servers, the program, and those who trouble them; ``violations`` says what did not hold."""

    def __init__(self, folder: Path, minutes: float, seed: int) -> None:
        self.folder, self.seconds = folder, minutes * 60
        self.chance = Random(seed)
        self.account = Account()
        key, secret, passphrase = SECRETS.values()
        self.server = OkxServer(self.account, key=key, secret=secret, passphrase=passphrase)
        self.phone = SlowPhone(Random(seed + 1))
        self.done: Counter[str] = Counter()
        self.due_at: dict[str, float] = {}
        self.shown_at: dict[str, float] = {}
        self.tiers: list[float] = []
        self.pauses: list[float] = []
        self.memory: list[float] = []
        self.violations: list[str] = []

    async def run(self) -> None:
        """Trouble for the agreed time, then judge."""
        self.account.cash = Decimal(1_000_000)
        for inst_id in (*COINS, PAUSED):
            self.account.open_leg(inst_id, "long", "100", self.account.instruments[inst_id].mark)
        self.server.on_reply, self.server.on_request = self._replied, self._asked
        await self.server.start()
        await self.phone.start()
        program = Program(
            self.folder,
            EXCHANGE="okx",
            OKX_API_URL=self.server.url,
            **SECRETS,
            CHAT="telegram",
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_ALLOWED_USERS=OWNER,
            TELEGRAM_API_URL=self.phone.url,
            CHECK_INTERVAL=INTERVAL,
            FIRST_START="run",
        )
        beside = Program(self.folder / "page", EXCHANGE="paper", CHAT="local", CHECK_INTERVAL=INTERVAL)
        beside.folder.mkdir()
        await program.start()
        await beside.start()
        try:
            await program.said("check 3")
            self.memory.append(resident_megabytes(program.pid))
            self.phone.slowest = 4.0
            await self._troubled(program, beside)
            self.phone.slowest = 0.0
            await asyncio.sleep(SETTLE)
            self.memory.append(resident_megabytes(program.pid))
            self._judge(program, beside)
        finally:
            for one in (program, beside):
                one.kill()
                await one.ended()
            await self.phone.stop()
            await self.server.stop()

    async def _troubled(self, program: Program, beside: Program) -> None:
        works = (
            self._tiers(),
            self._owner(),
            self._strangers(),
            self._nonsense(),
            self._huge(),
            self._idle(beside),
            self._weigh(program),
        )
        tasks = [asyncio.create_task(work) for work in works]
        done, _ = await asyncio.wait(tasks, timeout=self.seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    # -- what happens ----------------------------------------------------------------------------------------------

    async def _tiers(self) -> None:
        """Open a leg anew every minute, and let its first tier fall due."""
        for number in range(1_000_000):
            inst_id = COINS[number % len(COINS)]
            await asyncio.sleep(self.chance.uniform(20, 30))
            self.account.close_leg(inst_id, "long")
            await asyncio.sleep(4 * INTERVAL + 12)
            mark = self.account.instruments[inst_id].mark
            self.account.open_leg(inst_id, "long", "100", mark)
            await asyncio.sleep(self.chance.uniform(10, 14))
            self.account.set_roi(inst_id, "long", 26)
            self.due_at[inst_id] = time.monotonic()
            await asyncio.sleep(5)
            if inst_id in self.due_at:
                self.violations.append(f"{inst_id} was due and its tier was not sent within 5 s")
                self.due_at.pop(inst_id)
            self.account.set_roi(inst_id, "long", 1)

    async def _replied(self, record: Record) -> None:
        if record.path.endswith("/account/positions") and not record.fault:
            for inst_id in self.due_at:
                self.shown_at.setdefault(inst_id, time.monotonic())

    async def _asked(self, record: Record) -> None:
        for inst_id in record.inst_ids() if record.is_order else ():
            if self.due_at.pop(inst_id, None) is not None:
                self.tiers.append(time.monotonic() - self.shown_at.pop(inst_id, time.monotonic()))

    async def _owner(self) -> None:
        """Pause and resume a coin, and see in the ledger when it is in force; ask for more than the phone can take."""
        while True:
            for _ in range(3):
                await self.phone.says(self.chance.choice(("/status", "/tiers", "/history 20", "/health")), user_id=OWNER)
            await self._say("/pause LTC", paused=True)
            await asyncio.sleep(self.chance.uniform(1, 5))
            await self._say("/resume LTC", paused=False)
            await asyncio.sleep(self.chance.uniform(5, 15))

    async def _say(self, words: str, *, paused: bool) -> None:
        asked = time.monotonic()
        await self.phone.says(words, user_id=OWNER)
        while self._is_paused() != paused:
            if time.monotonic() - asked > 30:
                self.violations.append(f"{words} was not in force after 30 s")
                return
            await asyncio.sleep(0.02)
        if paused:
            self.pauses.append(time.monotonic() - asked)

    def _is_paused(self) -> bool:
        return PAUSED in json.dumps(self._ledger().get("notes", {}).get("paused"))

    def _ledger(self) -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError, ValueError):
            tables: dict[str, Any] = json.loads((self.folder / "data" / "okx" / "ledger.json").read_text())
            return tables
        return {}

    async def _strangers(self) -> None:
        """Write and press, by turns in bursts."""
        while True:
            for _ in range(self.chance.choice((5, 20, 60))):
                self.done["words of strangers"] += 1
                words = self.chance.choice(("/pause", "/close all", "/start ABCDEFGH", "/resume", "x" * 4000, "/status@bot"))
                await self.phone.says(words, user_id=self.chance.randint(1_000, 1_500))
            await asyncio.sleep(self.chance.uniform(0.5, 2))

    async def _nonsense(self) -> None:
        """Send updates that the library cannot parse."""
        while True:
            self.done["updates that cannot be parsed"] += 1
            await self.phone.sends(self.chance.choice(list(UNREADABLE.values())))
            await asyncio.sleep(self.chance.uniform(0.5, 3))

    async def _huge(self) -> None:
        """Answer now and then with 100 MB."""
        paths = ("/account/balance", "/account/config", "/public/instruments", "/account/positions", "/trade/orders-pending")
        while True:
            await asyncio.sleep(self.chance.uniform(8, 20))
            fault = self.server.fault(self.chance.choice(paths), "huge", size=HUGE)
            await asyncio.sleep(4)
            self.done["replies of 100 MB"] += fault.used
            self.server.lift(fault)

    async def _idle(self, beside: Program) -> None:
        """Hold as many idle connections to the page as the machine lets, and open them anew when they are cut."""
        address = re.search(r"http://127\.0\.0\.1:(\d+)", await beside.said("http://127.0.0.1"))
        assert address
        held: list[asyncio.StreamWriter] = []
        try:
            while True:
                while len(held) < IDLE:
                    with contextlib.suppress(OSError):
                        async with asyncio.timeout(1):
                            held.append((await asyncio.open_connection("127.0.0.1", int(address[1])))[1])
                            self.done["idle connections"] += 1
                            continue
                    break
                await asyncio.sleep(5)
                held = [one for one in held if not one.is_closing()]
        finally:
            for one in held:
                one.close()

    async def _weigh(self, program: Program) -> None:
        while True:
            await asyncio.sleep(5)
            self.memory.append(resident_megabytes(program.pid))

    # -- the end ---------------------------------------------------------------------------------------------------

    def _judge(self, program: Program, beside: Program) -> None:
        tables = self._ledger()
        waiting = tables.get("outbox", {})
        if waiting:
            self.violations.append(f"{len(waiting)} alerts were not delivered after {SETTLE:.0f} quiet seconds")
        told = sum("tier 1" in text for text in self.phone.texts(OWNER))
        if told < len(self.tiers):
            self.violations.append(f"{len(self.tiers)} tiers, {told} told")
        if any(int(message["chat_id"]) != OWNER for message in self.phone.sent):
            self.violations.append("a stranger got an answer")
        if self.tiers and max(self.tiers) > LATEST_TIER:
            self.violations.append(f"a tier came {max(self.tiers):.2f} s after the reply that showed it due")
        if _of(self.pauses, 0.99) > LONGEST_PAUSE:
            self.violations.append(f"a pause took {_of(self.pauses, 0.99):.2f} s (99 of 100)")
        if self.memory[-1] > self.memory[0] + MORE_MEMORY:
            self.violations.append(f"memory grew from {self.memory[0]:.0f} to {self.memory[-1]:.0f} MB")
        for name, one in (("the program", program), ("the page's program", beside)):
            if one.code is not None:
                self.violations.append(f"{name} has ended with {one.code}")
            if any("Traceback" in line for line in one.lines):
                self.violations.append(f"{name} has printed a traceback")
            self.done[f"lines of {name}"] = len(one.lines)
        if not any(f"check {int(self.seconds / INTERVAL / 2)}:" in line for line in beside.lines):
            self.violations.append("the page's program did not go on checking")

    def table(self, minutes: float) -> str:
        """Write the figures, in Markdown."""
        rows = {
            "minutes": f"{minutes:g}",
            **{name: f"{count:,}" for name, count in sorted(self.done.items())},
            "tiers due / sent": f"{len(self.tiers) + len(self.due_at)} / {len(self.tiers)}",
            "a tier after the reply that showed it due, median / slowest": (
                f"{_of(self.tiers, 0.5):.2f} / {_of(self.tiers, 1):.2f} s"
            ),
            "/pause until in force, median / 99 of 100 / slowest": (
                f"{_of(self.pauses, 0.5):.2f} / {_of(self.pauses, 0.99):.2f} / {_of(self.pauses, 1):.2f} s ({len(self.pauses)})"
            ),
            "memory first / most / last": f"{self.memory[0]:.0f} / {max(self.memory):.0f} / {self.memory[-1]:.0f} MB",
            "**violations**": f"**{len(self.violations)}**",
        }
        return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def _of(values: list[float], share: float) -> float:
    """Give the value below which so much of them lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def main() -> int:
    """Read the words of the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.crowd", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    # Clients that give up in the middle of a reply are nothing to be told.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="tgtp-crowd-"))
    crowd = Crowd(folder, chosen.minutes, chosen.seed)
    asyncio.run(crowd.run())
    print(crowd.table(chosen.minutes))
    for what in crowd.violations:
        print(f"VIOLATION {what}")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if crowd.violations else 0


if __name__ == "__main__":
    sys.exit(main())
