"""Keeps the program's log off the screen, but within hearing of the laboratory."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_log() -> Iterator[None]:
    """Let only errors pass, to the laboratory's own ears; all as it was afterwards."""
    ours, library, silence = logging.getLogger("tgtp"), logging.getLogger("telegram"), logging.NullHandler()
    before = ours.level, ours.propagate, library.level
    ours.setLevel(logging.ERROR)
    ours.propagate = False
    ours.addHandler(silence)
    library.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        ours.removeHandler(silence)
        ours.setLevel(before[0])
        ours.propagate = before[1]
        library.setLevel(before[2])
