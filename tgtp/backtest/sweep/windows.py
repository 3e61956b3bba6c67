"""Walk-forward windows: rules are chosen on the bars of a time, and then tried on those that follow it."""

from __future__ import annotations

from typing import Final, NamedTuple

LEAST_WINDOWS: Final = 3


class Window(NamedTuple):
    """Unix milliseconds: in sample from ``begins`` to ``turns``, out of sample from there to ``ends``, each end excluded."""

    begins: int
    turns: int
    ends: int


def windows(begins: int, ends: int, count: int, share: float, step: int) -> tuple[Window, ...]:
    """Divide a time: each window ``share`` in sample, the times out of sample one after another up to the end.

    >>> windows(0, 600, 3, 0.75, 10)
    (Window(begins=0, turns=300, ends=400), Window(begins=100, turns=400, ends=500), Window(begins=200, turns=500, ends=600))
    """
    out = (ends - begins) / (share / (1 - share) + count)
    found = []
    for number in range(count):
        turns = ends - out * (count - number)
        found.append(Window(*(int(at // step) * step for at in (turns - out * share / (1 - share), turns, turns + out))))
    return tuple(found)
