"""What a person says to the program: pause and resume at any moment, also in the middle of a check; re-arm, close, keep up."""

from __future__ import annotations

import contextlib
import itertools
import random
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

from tests.simulation.exchange.trader import COINS
from tests.simulation.holder import Holder
from tests.simulation.oracle.order_names import where_of
from tests.simulation.process import ME, Part
from tgtp.domain.guards.drawdown import ACTIONS, DrawdownRules
from tgtp.domain.model import Leg, PositionSide
from tgtp.domain.order import GUARDS
from tgtp.domain.pauses import PausableRule, Scope
from tgtp.domain.plan import ALL
from tgtp.domain.sizing import whole_lots
from tgtp.domain.upkeep.maintenance import MaintenanceRefusal
from tgtp.engine.guards.guard_notes import GuardName
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import TgtpError

if TYPE_CHECKING:
    from tests.simulation.simulation import World

WORDS = ("pause", "resume", "resume", "resume", "rearm", "flip", "close by phone", "close by phone")
# What is said besides where there is a sub-account: of it, and of all accounts at once.
MORE = ("maintain", "maintain", "maintain", "correct", "correct", "pause all", "resume all")
# What is said of guards besides.
OF_GUARDS = ("guards", "guards", "drawdown", "reset", "reset", "dynamic", "dynamic")
GIVE_BACKS, BREAK_EVENS = ("off", "20", "40", "60"), ("off", "after_tier_1", "after_tier_2")
LIMITS = (None, "0.03", "0.05", "0.1")
# Of a thousand requests, in the middle of which a person pauses or resumes; around an order more often.
INSIDE = 0.0002
BUSY = 25
BUSY_SUB = 100
# How many pauses may be of a side, or of a rule, alone.
PART = 0.7


def drawdown_of(chance: random.Random) -> DrawdownRules:
    """Draw how an account is guarded."""
    limit = chance.choice(LIMITS)
    warn = None if limit is None or chance.random() < 0.5 else Decimal(limit) / 2
    return DrawdownRules(warn=warn, limit=limit, action=chance.choice(ACTIONS))


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
        several = len(process.parts) > 1
        words = WORDS + (MORE if several else ()) + (OF_GUARDS if self._world.setup.guards else ())
        word = self._chance.choice(words)
        at = self._chance.randrange(len(process.parts)) if several else 0
        holder, part = self._world.holders[at], process.parts[at]
        if word in ("pause", "resume"):
            self._pause_or_resume(holder, part, word)
            # Whoever has paused is told what rests on.
            await part.checker.resting.lift_paused()
        elif word == "rearm":
            await self._rearm(holder, part)
        elif word == "close by phone":
            await self._close(holder, part)
        elif word in OF_GUARDS:
            await self._guard(part, word)
        elif word == "flip":
            holder.hands.flip()
        elif word in ("maintain", "correct"):
            await self._keep_up(self._world.holders[-1], process.parts[-1], word)
        else:
            if word == "pause all":
                process.accounts.pause_all(ME, self._scope(None).name)
            else:
                process.accounts.resume_all(ME)
            self._world.hands.done[word] += 1

    def maybe_inside(self, holder: Holder, *, is_order: bool) -> None:
        """Now and then pause or resume while a request is under way."""
        process = self._world.process
        is_main = holder is self._world.holders[0]
        often = INSIDE * ((BUSY if is_main else BUSY_SUB) if is_order else 1)
        if process is None or self._world.disk.fault or self._world.killer.dead or self._chance.random() > often:
            return
        part = process.parts[self._world.holders.index(holder)]
        word = "resume" if part.ledger.paused() else "pause"
        self._pause_or_resume(holder, part, word)
        self._world.hands.done[f"{word} inside a check"] += 1

    def _pause_or_resume(self, holder: Holder, part: Part, word: str) -> None:
        """Pause anything from one rule of one leg to everything; let go on everything, or just what one pause holds back."""
        chance = self._chance
        if word == "pause":
            names = sorted({key[0] for key in holder.account.legs})
            scope = self._scope(chance.choice((None, *names)))
            part.actions.pause(scope.name, ME)
            self._world.hands.done["pause a part of it"] += bool(scope.position_side or scope.rule)
        else:
            part.actions.resume(chance.choice((ALL, ALL, *sorted(part.ledger.paused()))), ME)
        self._world.hands.done[word] += 1

    def _scope(self, name: str | None) -> Scope:
        chance = self._chance
        side = chance.choice((None, None, *PositionSide))
        rule = chance.choice((None, None, *get_args(PausableRule))) if chance.random() < PART else None
        return Scope(name, side if chance.random() < PART else None, rule)

    async def _guard(self, part: Part, word: str) -> None:
        """Set a guard anew, or arm it again."""
        chance, actions, checker = self._chance, part.actions, part.checker
        name = chance.choice(("", "", *COINS))
        if word == "guards":
            rule = chance.choice(GUARDS)
            text = chance.choice(GIVE_BACKS if rule == "give_back" else BREAK_EVENS)
            # What holds in all accounts is set in the first.
            main = self._world.process.parts[0] if self._world.process is not None else part
            await main.actions.change_guards(main.checker.rulebook.with_guards({GuardName(rule, name): text}), ME)
        elif word == "drawdown":
            await actions.change_drawdown(checker.drawdown.rules, drawdown_of(chance), ME)
        elif word == "reset":
            await actions.reset_drawdown(ME, checker.drawdown.fired_at)
        else:
            switches = checker.scaling.switches
            await actions.change_dynamic(switches, name, {}, on=not switches.is_on(name), by=ME)
        self._world.hands.done[word] += 1

    async def _rearm(self, holder: Holder, part: Part) -> None:
        lives = [life for life in part.ledger.lives().values() if life.gone_at is None]
        if lives and await part.actions.rearm(life := self._chance.choice(lives), ME):
            holder.audit.touch(where_of(life.key), self._world.loop.time(), may_rearm=True)
        self._world.hands.done["rearm"] += 1

    async def _close(self, holder: Holder, part: Part) -> None:
        """Close a leg, or a part of it, as the last look has shown it."""
        seen = part.checker.last_good
        if seen is None or not seen.legs:
            return
        leg = self._chance.choice(seen.legs)
        lot = leg.instrument.lot_size
        size = whole_lots(leg.contracts * self._chance.choice((1, 3, 10)) / 10, lot)
        nonce = f"{next(self._nonces):06d}"
        holder.audit.expect(where_of(leg.key), round(leg.opened_at.timestamp() * 1000), nonce)
        self._world.hands.done["close by phone"] += 1
        # What it could not do it says; whatever it sent is looked at as any other order is.
        with contextlib.suppress(TgtpError):
            await part.actions.close([CloseOrder(leg, max(size, lot))], ME, nonce)

    async def _keep_up(self, holder: Holder, part: Part, word: str) -> None:
        """Ask for a maintenance of a leg, or the correction of some, as the last look has shown them."""
        seen = part.checker.last_good
        if seen is None or not seen.legs:
            return
        leg = self._chance.choice(seen.legs)
        with contextlib.suppress(TgtpError):
            if word == "maintain":
                plan = part.checker.upkeep_scheduler.maintenance_runner.draft(
                    leg, seen.available, seen.taken_at, beside=seen.legs
                )
                if isinstance(plan, MaintenanceRefusal):
                    return
                self._ask(holder, leg)
                await part.upkeep.maintain(plan, ME)
            else:
                self._ask(holder, leg)
                await part.upkeep.correct([leg], ME)

    def _ask(self, holder: Holder, leg: Leg) -> None:
        holder.audit.upkeep.asked[where_of(leg.key)] = self._world.loop.time()
        self._world.hands.done["ask for upkeep"] += 1
