"""The legs for which deciding by what is pushed broke: they are left to checks for a while."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from tgtp.domain.model import LegKey
from tgtp.domain.stream.levels import Level
from tgtp.engine.ports import Clock
from tgtp.errors import Problem

log = logging.getLogger(__name__)

# Seconds.
LEFT_FOR: Final = 600


class BrokenLegs:
    """``why`` is what broke last."""

    def __init__(self, clock: Clock) -> None:
        self.why: Problem | None = None
        self._clock = clock
        self._until: dict[LegKey, float] = {}

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments of the legs that are left to checks now."""
        now = self._clock.monotonic()
        return tuple(sorted({leg.instrument_id for leg, until in self._until.items() if until > now}))

    def take(self, legs: Iterable[LegKey], exc: Exception) -> None:
        """Leave these legs to checks."""
        log.error("a pushed price could not be decided; the legs are left to checks", exc_info=exc)
        self.why = Problem("problem.unforeseen", what=f"{type(exc).__name__}: {exc}")
        self._until |= dict.fromkeys(legs, self._clock.monotonic() + LEFT_FOR)

    def without(self, levels: Mapping[str, tuple[Level, ...]]) -> dict[str, tuple[Level, ...]]:
        """Return the levels, by instrument, of all other legs."""
        now = self._clock.monotonic()
        self._until = {leg: until for leg, until in self._until.items() if until > now}
        return {name: tuple(level for level in found if level.leg not in self._until) for name, found in levels.items()}
