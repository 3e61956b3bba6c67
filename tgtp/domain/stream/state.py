"""What is known of an account's stream: whether it decides, and what it has decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args

from tgtp.domain.model import NotNegative, Value
from tgtp.errors import Problem

Obstacle = Literal[
    "old_look",  # the newest look is too old, or was not taken in
    "unheard",  # the account's own connection is silent, or lost
    "changed",  # an order, or a position, has changed since that look
    "late",  # prices come too old
    "lying",  # looks contradict the prices of this instrument
    "old_mark",  # the newest price is too old by now
    "gone",  # the price is not beyond the threshold any more
    "far",  # the price is too far from that of the look
]
OBSTACLES: Final[tuple[Obstacle, ...]] = get_args(Obstacle)

StreamCause = Literal[
    "down",  # no connection brings mark prices
    "silent",  # none come of some instrument that is held
    "late",  # they come too old
    "lying",  # looks contradict them
    "account",  # what happens to the account is not heard
    "broken",  # what was pushed of some instruments broke what decides by it
]


class StreamTrouble(Value):
    """Why checks alone decide; of ``instruments`` where it is not all, ``why`` where a connection has said so.

    ``median_age`` and ``limit`` (seconds) are how old prices come, and may come.
    """

    cause: StreamCause
    why: Problem | None = None
    instruments: tuple[str, ...] = ()
    median_age: NotNegative | None = None
    limit: NotNegative | None = None


class StreamState(NamedTuple):
    """``trouble`` is what is wrong now, ``told`` what people were told is wrong, and is not over.

    ``median_age`` and ``limit`` (seconds): how old prices come, and may come. ``fired`` counts the orders, ``missed`` the
    thresholds that were touched and that no order came of; ``missed_ages`` (seconds) are how old the prices of the last of
    these were, the newest last. ``obstacles`` counts why a check was left to decide.
    """

    trouble: StreamTrouble | None
    told: StreamTrouble | None
    median_age: float | None
    limit: float
    fired: int
    missed: int
    missed_ages: tuple[float, ...]
    obstacles: Mapping[Obstacle, int]

    @property
    def age(self) -> float | None:
        """How old prices come (seconds); None while none come at all, whatever the last ones were."""
        why = self.trouble
        is_mute = why is not None and (why.cause == "down" or (why.cause == "silent" and not why.instruments))
        return None if is_mute else self.median_age
