"""What was done to keep sub-accounts up."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, NotNegative, Number, Positive
from tgtp.domain.order import Intent, Order
from tgtp.domain.upkeep.correction import Obstacle
from tgtp.domain.upkeep.maintenance import Maintenance, MaintenanceRefusal
from tgtp.domain.upkeep.rules import Target
from tgtp.errors import NO_WORDS, Problem


class UpkeepFilled(Fact):
    """An order of a maintenance or a correction has filled."""

    kind: Literal["upkeep_filled"] = "upkeep_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False


class UpkeepAsked(Fact):
    """Somebody confirmed a maintenance or a correction."""

    kind: Literal["upkeep_asked"] = "upkeep_asked"
    what: Literal["maintenance", "correction"]
    legs: tuple[LegKey, ...]
    by: int


class MaintenanceBegun(Fact):
    """A maintenance was written down, before its first order."""

    kind: Literal["maintenance_begun"] = "maintenance_begun"
    work: Maintenance
    roi: Number


class MaintenanceDone(Fact):
    """A leg was bought into and cut back to its target; ``count`` is what it counts from now on.

    ``margin`` (USDT), ``notional`` (USDT) and ``entry_price`` are the leg's now, ``entry_before`` what the latter was.
    """

    kind: Literal["maintenance_done"] = "maintenance_done"
    leg: LegKey
    work: Maintenance
    count: int
    contracts: Positive
    margin: NotNegative
    notional: NotNegative
    entry_before: Positive
    entry_price: Positive


class MaintenanceBroken(Fact):
    """A maintenance was given up, with the leg cut back to its target, or gone.

    ``why`` is ``slow``, ``gone``, ``unverified``, or the exchange's code and ``reason``. It is ``counted`` where both orders
    were done all the same.
    """

    kind: Literal["maintenance_broken"] = "maintenance_broken"
    leg: LegKey
    work: Maintenance
    why: str
    reason: Problem | None = None
    counted: bool = False


class MaintenanceHeldBack(Fact):
    """A maintenance that was due by itself cannot be done."""

    kind: Literal["maintenance_held_back"] = "maintenance_held_back"
    leg: LegKey
    count: int
    roi: Number
    refusal: MaintenanceRefusal


class WouldHaveKeptUp(Fact):
    """Upkeep is due by itself and a pause holds it back; said once per pause.

    A maintenance would buy ``contracts`` (``count`` is its number), a correction close them, or move so much ``margin`` (USDT;
    below 0: out of the leg). ``held`` is the margin that the leg has now.
    """

    kind: Literal["would_have_kept_up"] = "would_have_kept_up"
    what: Literal["maintenance", "correction"]
    leg: LegKey
    roi: Number
    target: Target
    held: NotNegative
    count: int = 0
    contracts: NotNegative = Decimal(0)
    margin: Number = Decimal(0)


class LegSinking(Fact):
    """A leg that has had its last maintenance goes on losing."""

    kind: Literal["leg_sinking"] = "leg_sinking"
    leg: LegKey
    count: int
    roi: Number
    margin: NotNegative


class MarginMoved(Fact):
    """Margin (USDT) was moved into a leg (``amount`` above 0) or out of it, as a later look at it shows."""

    kind: Literal["margin_moved"] = "margin_moved"
    leg: LegKey
    amount: Number
    before: NotNegative
    after: NotNegative


class MarginNotMoved(Fact):
    """A margin move did not happen: refused, with the exchange's ``code`` and ``reason``, or never seen in the leg."""

    kind: Literal["margin_not_moved"] = "margin_not_moved"
    leg: LegKey
    amount: Number
    margin: NotNegative
    code: str = ""
    reason: Problem = NO_WORDS


class Corrected(Fact):
    """A leg was brought to its target: ``trimmed`` contracts closed, margin moved in so many ``steps``."""

    kind: Literal["corrected"] = "corrected"
    leg: LegKey
    target: Target
    trimmed: NotNegative
    steps: int
    margin_before: NotNegative
    margin: NotNegative
    contracts: Positive
    by: int | None = None


class CorrectionStuck(Fact):
    """A leg cannot be brought to its target, and why; said once until something about it has changed.

    ``code`` and ``reason`` are the exchange's where it refused. ``least`` is the margin that the leg's
    size needs, ``missing`` what the account lacks (USDT).
    """

    kind: Literal["correction_stuck"] = "correction_stuck"
    leg: LegKey
    target: Target
    why: Obstacle
    contracts: Positive
    margin: NotNegative
    notional: NotNegative
    leverage: Positive
    least: NotNegative = Decimal(0)
    missing: NotNegative = Decimal(0)
    code: str = ""
    reason: Problem = NO_WORDS
    by: int | None = None
