"""What a simulated day is like, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.simulation.exchange.account import PositionMode
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.plan import Switches

KEPT_UP = Switches(maintenance=True, correction=True)


@dataclass(frozen=True)
class SubSetup:
    """What the sub-account of a day is like; ``cash`` is its money in USDT."""

    switches: Switches = KEPT_UP
    legs: int = 3
    position_mode: PositionMode = "long_short_mode"
    cash: int = 10_000


@dataclass(frozen=True)
class GuardSetup:
    """What the guards of a day are at first; people set them anew. ``cash`` is the main account's money in USDT."""

    legs: GuardRules = field(default_factory=GuardRules)
    drawdown: DrawdownRules = field(default_factory=DrawdownRules)
    dynamic: bool = False
    cash: int = 3_000


@dataclass(frozen=True)
class Setup:
    """What a day is like. ``wakes``: checks are woken soon after those of the beat; ``pushes``: by a stream.

    ``rests``: tiers rest at the exchange.
    """

    interval: int = 10
    legs: int = 8
    position_mode: PositionMode = "long_short_mode"
    reuses_client_ids: bool = False
    trims_reduce_only: bool = True
    rearm: Literal["on_close", "on_add"] = "on_close"
    latency: float = 0.0
    hand_chance: float = 0.0
    sub: SubSetup | None = None
    redenominations: int = 0
    wakes: bool = False
    pushes: bool = False
    rests: bool = False
    guards: GuardSetup | None = None
