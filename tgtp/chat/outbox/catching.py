"""The outbox's one net: what breaks over one message, person or way out is logged, and the next has its turn."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

log = logging.getLogger(__name__)


def caught(what: str, *values: object, logged: set[tuple[object, ...]] | None = None) -> AbstractContextManager[None, bool]:
    """Log what breaks inside, and go on behind it; what is in ``logged`` already only goes on."""
    # A type that says so: what stands behind it can be reached.
    return cast("AbstractContextManager[None, bool]", _caught(what, values, logged))


@contextmanager
def _caught(what: str, values: tuple[object, ...], logged: set[tuple[object, ...]] | None) -> Iterator[None]:
    try:
        yield
    except Exception:
        if logged is None or (what, *values) not in logged:
            log.exception(what, *values)
        if logged is not None:
            logged.add((what, *values))
