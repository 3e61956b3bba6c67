"""What becomes of each tier of a leg, worked out once and kept until anything but the price has changed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Literal

from tgtp.domain.ladder_preview import Forecast, forecast
from tgtp.domain.model import Leg, LegKey, MarginMode
from tgtp.domain.plan import CANNOT_WORK
from tgtp.engine.ports import Clock
from tgtp.monitor.document.seen import Seen

# Seconds that one build may spend on it: one leg takes a millisecond or two, and an order may be waiting.
PATIENCE: Final = 0.008

Shape = tuple[Hashable, ...]


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
    """The forecasts of all accounts, so many in one build as there is time for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = clock.monotonic()
        self._known: dict[tuple[str, LegKey], tuple[object, Forecast | None]] = {}

    def begin(self) -> None:
        """Begin a build."""
        self._until = self._clock.monotonic() + PATIENCE

    @property
    def is_spent(self) -> bool:
        """Return whether this build has no time left for them."""
        return self._clock.monotonic() >= self._until

    def of(self, seen: Seen, leg: Leg) -> Forecast | Literal["later"] | None:
        """Return what becomes of a leg's tiers; None where that cannot be said, ``later`` where there is no time for it now."""
        name, rests_on = (seen.account, leg.key), _rests_on(seen, leg)
        known = self._known.get(name)
        if known is not None and known[0] == rests_on:
            return known[1]
        if self.is_spent:
            return "later"
        try:
            found: Forecast | None = forecast(leg, seen.outlook.snapshot, seen.outlook.situation)
        except CANNOT_WORK:
            found = None
        self._known[name] = rests_on, found
        return found

    def forget(self, account: str, held: frozenset[LegKey]) -> None:
        """Forget the legs of an account that are not held any more."""
        gone = [name for name in self._known if name[0] == account and name[1] not in held]
        for name in gone:
            del self._known[name]


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
