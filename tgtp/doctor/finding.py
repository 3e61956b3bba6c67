"""One thing that was looked at, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, unique
from typing import Any, NamedTuple


@unique
class Level(str, Enum):
    """How a thing stands: it is good, it wants attention, or nothing can start like this."""

    GOOD = "good"
    ATTENTION = "attention"
    STOP = "stop"


class Finding(NamedTuple):
    """What was found: ``key`` names its sentences, ``values`` fill them. ``account`` is "" for what concerns them all."""

    level: Level
    key: str
    values: Mapping[str, Any] = {}
    account: str = ""


def good(key: str, **values: Any) -> Finding:
    """Say that a thing is as it should be."""
    return Finding(Level.GOOD, key, values)


def attention(key: str, **values: Any) -> Finding:
    """Say that a thing wants attention."""
    return Finding(Level.ATTENTION, key, values)


def stop(key: str, **values: Any) -> Finding:
    """Say that nothing can start like this."""
    return Finding(Level.STOP, key, values)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 when all is good, 1 when something wants attention, 2 when nothing can start."""
    levels = {finding.level for finding in findings}
    return 2 if Level.STOP in levels else int(Level.ATTENTION in levels)
