"""Waiting for what must happen: never a sleep of a guessed length."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

# Seconds; only what never happens waits so long, however busy the machine is.
DEADLINE = 90.0


async def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition on somebody else's state, with a deadline."""
    deadline = asyncio.get_running_loop().time() + DEADLINE
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.002)
