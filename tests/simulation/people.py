"""Those around the program: a market that moves, a trader's hands, owners who ask, a stranger who tries."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import NamedTuple

from tests.fixtures.waiting import until
from tests.simulation.exchange.account import Leg, LegKey, LegSide, MarginMode
from tests.simulation.exchange.resting.book import AlgoOrder
from tests.simulation.faults.random_faults import Phone
from tests.simulation.oracle.witness import Standing, WitnessedAccount

OWNER, STRANGER = 42, 666
# How many of the pauses end by themselves, after the shortest time (seconds) that a pause can have.
TIMED = 0.4
SHORTEST_TIME = 60.0


class Holding(NamedTuple):
    """A leg of the account, as it is opened again and again."""

    inst_id: str
    side: LegSide
    contracts: str
    mode: MarginMode
    leverage: int = 10

    @property
    def key(self) -> LegKey:
        """The account's name of the leg."""
        return self.inst_id, self.side, self.mode


# Contract sizes from 0.01 to 100, lots from 0.01 to 1, both margin modes of one side, pairs, and one that is mostly dust.
HOLDINGS = (
    Holding("STX-USDT-SWAP", "long", "137.3", "cross"),
    Holding("STX-USDT-SWAP", "short", "88.8", "cross"),
    Holding("CRV-USDT-SWAP", "long", "901", "cross"),
    Holding("CRV-USDT-SWAP", "short", "640", "isolated"),
    Holding("LINK-USDT-SWAP", "short", "55.5", "isolated"),
    Holding("ETH-USDT-SWAP", "long", "1.37", "isolated", 20),
    Holding("BCH-USDT-SWAP", "short", "0.3", "cross"),
    Holding("CRO-USDT-SWAP", "long", "173", "cross"),
    Holding("XLM-USDT-SWAP", "short", "12.7", "isolated"),
    Holding("TAO-USDT-SWAP", "long", "61", "cross"),
    Holding("NEAR-USDT-SWAP", "long", "21.1", "cross"),
    Holding("NEAR-USDT-SWAP", "long", "33.3", "isolated"),
)


def furnish(account: WitnessedAccount) -> None:
    """Open every leg, and one that is not watched."""
    account.cash = Decimal(1_000_000)
    for holding in HOLDINGS:
        entry = account.instruments[holding.inst_id].mark
        account.open_leg(
            holding.inst_id, holding.side, holding.contracts, entry, leverage=holding.leverage, margin_mode=holding.mode
        )
    account.open_leg("BTC-USD-SWAP", "long", "1", account.instruments["BTC-USD-SWAP"].mark)


async def make_waves(account: WitnessedAccount, rng: Random) -> None:
    """Move every mark on two sines of its own, until cancelled."""
    start = {holding.inst_id: account.instruments[holding.inst_id].mark for holding in HOLDINGS}
    waves = {
        inst_id: [
            (rng.uniform(0.035, 0.06), rng.uniform(60, 150), rng.uniform(0, 6)),
            (rng.uniform(0.005, 0.015), rng.uniform(15, 40), rng.uniform(0, 6)),
        ]
        for inst_id in start
    }
    began = time.monotonic()
    while True:
        passed = time.monotonic() - began
        for inst_id, sines in waves.items():
            swing = sum(height * math.sin(passed * 2 * math.pi / period + phase) for height, period, phase in sines)
            account.set_mark(inst_id, round(start[inst_id] * (1 + Decimal(str(round(swing, 6)))), 6))
        await asyncio.sleep(0.25)


def push_over_every_tier(account: WitnessedAccount) -> None:
    """Put every mark where one leg of each coin has passed its last tier."""
    for inst_id in {holding.inst_id for holding in HOLDINGS}:
        held = [leg for key, leg in account.legs.items() if key[0] == inst_id]
        if held:
            account.set_roi(inst_id, held[0].side, 60, held[0].margin_mode)


class Trader:
    """Opens what is worn down anew, and now and then adds or takes a little."""

    def __init__(self, account: WitnessedAccount, rng: Random) -> None:
        self._account = account
        self._rng = rng
        self.reopened = self.changed = self.closed_early = 0
        self._rested: list[AlgoOrder] = []
        self._worn_since: dict[LegKey, float] = {}

    async def run(self) -> None:
        """Act until cancelled."""
        while True:
            await asyncio.sleep(self._rng.uniform(1, 4))
            holding = self._rng.choice(HOLDINGS)
            leg = self._account.legs.get(holding.key)
            lot = self._account.instruments[holding.inst_id].lot_size
            if leg is None:
                self._open(holding)
            elif self._account.worn(leg):
                if self._rng.random() < 0.3:
                    # Gone for a while, or closed and opened between two looks.
                    self._account.close_leg(*holding.key)
                else:
                    self._account.close_leg(*holding.key)
                    self._open(holding)
            elif self._rng.random() < 0.01:
                # With whatever rests of it.
                self.closed_early += 1
                self._account.close_leg(*holding.key)
            elif self._rng.random() < 0.02:
                self._rest(leg, lot)
            elif self._rng.random() < 0.04:
                self.changed += 1
                if self._rng.random() < 0.5:
                    self._account.grow_leg(holding.inst_id, holding.side, lot * 3, margin_mode=holding.mode)
                elif leg.contracts > 4 * lot:
                    self._account.shrink_leg(holding.inst_id, holding.side, lot * 2, margin_mode=holding.mode)

    def _rest(self, leg: Leg, lot: Decimal) -> None:
        """Place a take-profit of one's own, far from the price: nobody else may touch it."""
        name, side, mode = leg.instrument.inst_id, leg.side, leg.margin_mode
        far = leg.instrument.mark * (Decimal("1.3") if side == "long" else Decimal("0.7"))
        price = far // leg.instrument.tick_size * leg.instrument.tick_size
        self._rested.append(self._account.algo.rest(name, side, lot, price, margin_mode=mode))

    @property
    def rested(self) -> int:
        """How many orders were placed by hand to rest."""
        return len(self._rested)

    def left_alone(self) -> int:
        """How many of them wait still, or were triggered: nobody has cancelled them."""
        return sum(order.state != "canceled" for order in self._rested)

    def _open(self, holding: Holding) -> None:
        self.reopened += 1
        lot = self._account.instruments[holding.inst_id].lot_size
        self._account.open_leg(
            holding.inst_id,
            holding.side,
            Decimal(holding.contracts) + lot * self._rng.randint(0, 9),
            self._account.instruments[holding.inst_id].mark,
            leverage=holding.leverage,
            margin_mode=holding.mode,
        )


@dataclass
class Talk:
    """What was said: by the owner, and by somebody else."""

    commands: int = 0
    strange: int = 0
    turned: int = 0
    pauses: Counter[str] = field(default_factory=Counter)


async def talk(phone: Phone, account: WitnessedAccount, rng: Random, told: Talk, *, resting: bool = False) -> None:
    """Ask, pause, resume, and knock as a stranger, until cancelled; ``resting``: say which tiers are to rest, too."""
    while True:
        await asyncio.sleep(rng.uniform(4, 20))
        what = rng.choice(("status", "why", "pause", "stranger", "history", *(("resting",) if resting else ())))
        if what == "stranger":
            told.strange += 1
            words = rng.choice(("/status", "/pause", "/close all", "/start ABCDEFGH", "/resume", "hello"))
            await phone.says(words, user_id=STRANGER)
            continue
        told.commands += 1
        if what == "status":
            await phone.says(rng.choice(("/status", "/status STX", "/tiers")))
        elif what == "why":
            await phone.says(f"/why {rng.randint(1, 300)}")
        elif what == "history":
            await phone.says("/history 5")
        elif what == "resting":
            await _turn_resting(phone, rng, told)
        else:
            await _pause_a_while(phone, account, rng, told)


async def _turn_resting(phone: Phone, rng: Random, told: Talk) -> None:
    """Have the tiers of a coin rest, or not, and say yes to the card."""
    coin = rng.choice(HOLDINGS).inst_id.split("-")[0]
    said = len(phone.sent)
    await phone.says(f"/resting {rng.choice(('off', 'all'))} {coin}")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SHORTEST_TIME / 2):
            await until(lambda: any('"rc:' in message.get("reply_markup", "") for message in phone.sent[said:]))
            await phone.presses("rc:")
            told.turned += 1


class Stop(NamedTuple):
    """Something to pause: the words behind the command, the name of what they mean, the beginning of the answer."""

    words: str
    scope: str
    answer: str

    @property
    def kind(self) -> str:
        """What is narrowed down, in one word for each part: ``coin side rule``."""
        first, *parts = self.scope.split()
        names = ["coin"] if first != "*" else []
        names += ["side" if part in ("long", "short") else "rule" for part in parts]
        return " ".join(names) or "account"


def draw_stop(rng: Random) -> Stop:
    """Choose a coin, a leg, a side, a rule, several of that together, or the account."""
    holding = rng.choice(HOLDINGS)
    coin, side, (rule, says) = holding.inst_id.split("-")[0], holding.side, rng.choice((("tier", "tiers"), ("hedge", "hedge")))
    return rng.choice(
        (
            Stop(coin, holding.inst_id, f"⏸ {coin} paused"),
            Stop(f"{coin} {side}", f"{holding.inst_id} {side}", f"⏸ {coin} {side} paused"),
            Stop(side, f"* {side}", f"⏸ all {side} paused"),
            Stop(says, f"* {rule}", f"⏸ {says} paused"),
            Stop(f"{side} {says}", f"* {side} {rule}", f"⏸ all {side} {says} paused"),
            Stop(f"{coin} {says}", f"{holding.inst_id} {rule}", f"⏸ {coin} {says} paused"),
            Stop(f"{coin} {side} {says}", f"{holding.inst_id} {side} {rule}", f"⏸ {coin} {side} {says} paused"),
            Stop("main", "*", "⏸ Paused"),
            Stop(f"main {coin}", holding.inst_id, f"⏸ {coin} paused"),
            Stop("", "*", "⏸ Paused"),
        )
    )


async def _pause_a_while(phone: Phone, account: WitnessedAccount, rng: Random, told: Talk) -> None:
    """Pause something; from the answer on, until the resume or the end that was said, no order of it may come."""
    stop, is_timed = draw_stop(rng), rng.random() < TIMED
    said, asked_at = len(phone.sent), time.monotonic()
    await phone.says(f"/pause {stop.words} {'1m' if is_timed else ''}".strip())
    ends_at = asked_at + SHORTEST_TIME if is_timed else None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SHORTEST_TIME if is_timed else rng.uniform(15, 60)):
            await until(lambda: any(stop.answer in message["text"] for message in phone.sent[said:]))
            answer = next(message["text"] for message in phone.sent[said:] if stop.answer in message["text"])
            account.held_back[stop.scope] = Standing(time.monotonic(), ends_at, "still rest" in answer)
            told.pauses["timed" if is_timed else stop.kind] += 1
            await asyncio.sleep(SHORTEST_TIME if is_timed else rng.uniform(5, 25))
    account.held_back.pop(stop.scope, None)
    if not is_timed:
        await phone.says(f"/resume {stop.words}".strip())
