"""What a check saw and did, for whoever tells the story."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tgtp.domain.model import Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.plan import Note
from tgtp.errors import TgtpError


@dataclass(slots=True)
class CheckReport:
    """One check. ``error`` is set when it could not see the account; then ``snapshot`` is the last good one, if any."""

    number: int
    started_at: dt.datetime
    duration: float = 0.0
    snapshot: Snapshot | None = None
    error: TgtpError | None = None
    ladder_notes: tuple[Note, ...] = ()
    hedge_notes: tuple[Note, ...] = ()
    guard_notes: tuple[Note, ...] = ()
    sent: list[Intent] = field(default_factory=list)
    unresolved: int = 0
