"""Short names of lives, for buttons: what was shown is acted on, and nothing that has come in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, TypeVar

from tgtp.domain.model import EPOCH, MAIN, Leg, LegKey, UnreadableLeg
from tgtp.domain.pauses import Pause

AnyLeg = TypeVar("AnyLeg", bound=Leg | UnreadableLeg)


def life_mark(key: LegKey, opened_at: Any, generation: int | str, account: str = MAIN) -> str:
    """Name a life of a leg in ten characters, for buttons that must not act on another one.

    A button is bound to its account besides; where marks stand alone, ``account`` keeps those of several accounts apart.
    """
    of = "" if account == MAIN else f"{account}|"
    return hashlib.sha256(f"{of}{key}|{opened_at.isoformat()}|{generation}".encode()).hexdigest()[:10]


def rearm_mark(key: LegKey, opened_at: Any, generation: int, fired: Iterable[int]) -> str:
    """Name what a re-arm was asked about: the life, and what had fired in it."""
    return life_mark(key, opened_at, f"{generation}|{sorted(fired)}")


def pause_mark(pause: Pause) -> str:
    """Name a pause in ten characters, by its beginning too: an old button lifts no later one."""
    since = pause.since.isoformat() if pause.since is not None else ""
    return hashlib.sha256(f"{pause.scope}|{pause.cause}|{since}".encode()).hexdigest()[:10]


def mark_of(leg: Leg | UnreadableLeg) -> str:
    """Name the life that a leg is living, for buttons."""
    return life_mark(leg.key, leg.opened_at or EPOCH, 0)


def marked(legs: Iterable[AnyLeg], mark: str) -> AnyLeg | None:
    """Find the leg whose life has this name."""
    return next((leg for leg in legs if mark_of(leg) == mark), None)
