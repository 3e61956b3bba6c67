"""OKX's announcements of its own maintenance (https://www.okx.com/docs-v5/en/#status-get-status)."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from tgtp.adapters.okx.replies import read_rows
from tgtp.adapters.okx.rows.fields import Malformed, moment
from tgtp.domain.notifications.ahead import Downtime

log = logging.getLogger(__name__)

# WebSocket only, block trading, bots, spreads, copy trading: checks and orders go on. What is not known here counts as ours.
NOT_OURS = frozenset({"0", "6", "7", "10", "11"})
STANDING = frozenset({"scheduled", "ongoing", "pre_open"})


async def read_downtimes(client: Any, skew: dt.timedelta) -> tuple[Downtime, ...]:
    """Read what stops trading, by our clock, which is ``skew`` ahead of theirs. Raises TemporarilyDown, AccessRefused."""
    environment = "2" if client.isSandboxModeEnabled else "1"
    found = []
    for row in await read_rows(client.publicGetSystemStatus):
        is_elsewhere = str(row.get("env") or environment) != environment
        if str(row.get("state")) not in STANDING or str(row.get("serviceType")) in NOT_OURS or is_elsewhere:
            continue
        try:
            begins_at = moment(row, "begin") + skew
            ends_at = moment(row, "end") + skew if row.get("end") else None
        except Malformed as exc:
            log.warning("OKX announced a maintenance that makes no sense: %s", exc)
            continue
        found.append(Downtime(title=str(row.get("title", ""))[:200], begins_at=begins_at, ends_at=ends_at))
    return tuple(found)
