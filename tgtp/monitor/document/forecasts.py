"""What becomes of each tier of a leg, worked out once and kept until anything but the price has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Final, Literal, NamedTuple

from tgtp.domain.ladder_preview import Forecast, forecast
from tgtp.domain.model import Leg, LegKey, MarginMode, Snapshot
from tgtp.domain.plan import CANNOT_WORK, Situation
from tgtp.engine.ports import Clock
from tgtp.monitor.document.seen import Seen

# Seconds that forecasts are worked out for in one go, and how many times as long nothing is done afterwards: a check, or an
# order, that comes meanwhile shares the machine with them.
AT_ONCE: Final = 0.02
REST: Final = 3

Shape = tuple[Hashable, ...]
Name = tuple[str, LegKey]


class Asked(NamedTuple):
    """A forecast to be worked out: of a leg as it was seen, and all that this ``rests_on``."""

    rests_on: object
    leg: Leg
    snapshot: Snapshot
    situation: Situation


def shape_of(leg: Leg) -> Shape:
    """Return all of a leg that does not follow its price."""
    is_margin_its_own = leg.margin_mode is MarginMode.ISOLATED or not leg.leverage_known
    return (
        leg.opened_at,
        leg.contracts,
        leg.entry_price,
        leg.leverage if leg.leverage_known else None,
        leg.initial_margin if is_margin_its_own else None,
        leg.instrument.contract_size,
        leg.instrument.lot_size,
        leg.instrument.tick_size,
    )


class Forecasts:
    """The forecasts of all accounts. One takes milliseconds, or many of them: they are made in a thread, a few at a time."""

    def __init__(self, clock: Clock) -> None:
        # How many were made so far.
        self.made = 0
        self._clock = clock
        self._known: dict[Name, tuple[object, Forecast | None]] = {}
        self._asked: dict[Name, Asked] = {}
        self._working: asyncio.Task[None] | None = None

    def of(self, seen: Seen, leg: Leg) -> Forecast | Literal["later"] | None:
        """Return what becomes of a leg's tiers; None where that cannot be said, ``later`` where it is being worked out."""
        name, rests_on = (seen.account, leg.key), _rests_on(seen, leg)
        known = self._known.get(name)
        if known is not None and known[0] == rests_on:
            self._asked.pop(name, None)
            return known[1]
        self._asked[name] = Asked(rests_on, leg, seen.outlook.snapshot, seen.outlook.situation)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="what the tiers will close")
        return "later"

    def forget(self, account: str, held: frozenset[LegKey]) -> None:
        """Forget the legs of an account that are not held any more."""
        for name in [name for name in {**self._known, **self._asked} if name[0] == account and name[1] not in held]:
            self._known.pop(name, None)
            self._asked.pop(name, None)

    async def _work(self) -> None:
        while self._asked:
            begun = self._clock.monotonic()
            for name, asked, found in await asyncio.to_thread(_made, list(self._asked.items()), self._clock.monotonic):
                self._known[name] = asked.rests_on, found
                self.made += 1
                if self._asked.get(name) is asked:
                    del self._asked[name]
            await self._clock.sleep(REST * (self._clock.monotonic() - begun))


def _made(asked: Sequence[tuple[Name, Asked]], monotonic: Callable[[], float]) -> list[tuple[Name, Asked, Forecast | None]]:
    """Work forecasts out, at least one, for as long as one go may take."""
    until, found = monotonic() + AT_ONCE, []
    for name, one in asked:
        try:
            made: Forecast | None = forecast(one.leg, one.snapshot, one.situation)
        except CANNOT_WORK:
            made = None
        found.append((name, one, made))
        if monotonic() >= until:
            break
    return found


def _rests_on(seen: Seen, leg: Leg) -> object:
    """Return all that a forecast is made of, but for the price: what the rules say now tells which levels it has passed."""
    situation, rules = seen.outlook.situation, seen.outlook.situation.rules
    legs = []
    for other in seen.beside[leg.instrument.instrument_id]:
        life, ladder, hedge = situation.lives.get(other.key), seen.ladder[other.key], seen.hedge.get(other.key)
        memory = (life.opened_at, life.fired, life.unfinished) if life is not None else None
        says = (ladder.why, ladder.tier, hedge.why if hedge is not None else None)
        legs.append((other.key, shape_of(other), memory, says, rules.ladder_of(other.key)))
    return legs, rules.min_margin, rules.keep_margin, situation.switches
