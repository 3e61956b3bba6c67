"""What a person says to the program: pause and resume at any moment, also in the middle of a check; re-arm, close, flip."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING

from tests.simulation.oracle.order_names import where_of
from tests.simulation.process import ME, Process
from tgtp.domain.plan import ALL
from tgtp.domain.sizing import whole_lots
from tgtp.engine.manual.actions import CloseOrder
from tgtp.errors import TgtpError

if TYPE_CHECKING:
    from tests.simulation.simulation import World

WORDS = ("pause", "resume", "resume", "resume", "rearm", "flip", "close by phone", "close by phone")
# Of a thousand requests, in the middle of which a person pauses or resumes; around an order more often.
INSIDE = 0.0002
BUSY = 25


class Words:
    """Says them by chance."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.chance
        self._nonces = itertools.count()

    async def maybe(self, often: float) -> None:
        """Now and then say something between two checks."""
        process = self._world.process
        if process is None or self._world.disk.fault or self._chance.random() > often:
            return
        word = self._chance.choice(WORDS)
        if word in ("pause", "resume"):
            self._pause_or_resume(process, word)
        elif word == "rearm":
            await self._rearm(process)
        elif word == "close by phone":
            await self._close(process)
        else:
            self._world.hands.flip()

    def maybe_inside(self, *, is_order: bool) -> None:
        """Now and then pause or resume while a request is under way."""
        process = self._world.process
        often = INSIDE * (BUSY if is_order else 1)
        if process is None or self._world.disk.fault or self._world.killer.dead or self._chance.random() > often:
            return
        word = "resume" if process.ledger.paused() else "pause"
        self._pause_or_resume(process, word)
        self._world.hands.done[f"{word} inside a check"] += 1

    def _pause_or_resume(self, process: Process, word: str) -> None:
        if word == "pause":
            process.desk.pause(self._chance.choice((ALL, *sorted({key[0] for key in self._world.account.legs}))), ME)
        else:
            process.desk.resume(ALL, ME)
        self._world.hands.done[word] += 1

    async def _rearm(self, process: Process) -> None:
        lives = [life for life in process.ledger.lives().values() if life.gone_at is None]
        if lives and await process.desk.rearm(life := self._chance.choice(lives), ME):
            self._world.audit.touch(where_of(life.key), self._world.loop.time(), may_rearm=True)
        self._world.hands.done["rearm"] += 1

    async def _close(self, process: Process) -> None:
        """Close a leg, or a part of it, as the last look has shown it."""
        seen = process.checker.last_good
        if seen is None or not seen.legs:
            return
        leg = self._chance.choice(seen.legs)
        lot = leg.instrument.lot_size
        part = whole_lots(leg.contracts * self._chance.choice((1, 3, 10)) / 10, lot)
        nonce = f"{next(self._nonces):06d}"
        self._world.audit.expect(where_of(leg.key), round(leg.opened_at.timestamp() * 1000), nonce)
        self._world.hands.done["close by phone"] += 1
        # What it could not do it says; whatever it sent is looked at as any other order is.
        with contextlib.suppress(TgtpError):
            await process.desk.close([CloseOrder(leg, max(part, lot))], ME, nonce)
