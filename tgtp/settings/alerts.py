"""What goes out by the second way."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

# Kinds of events.
TIERS = frozenset({"tier_filled", "hedge_filled", "guard_filled"})


class AlertSettings(BaseModel):
    """``ALERT_LEVEL``: ``critical`` is what somebody must hear of; ``tiers`` also what the rules have closed."""

    alert_level: Literal["critical", "tiers"] = "critical"

    @property
    def also_sounded(self) -> frozenset[str]:
        """The kinds of events that go out by the second way besides critical ones, when Telegram is silent."""
        return TIERS if self.alert_level == "tiers" else frozenset()
