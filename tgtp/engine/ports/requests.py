"""How much is asked of the exchange."""

from __future__ import annotations

from typing import NamedTuple


class RequestCount(NamedTuple):
    """Requests of one ``endpoint``: all since the start, and the ``most`` of the last minute within so many ``seconds``.

    The exchange takes ``limit`` within these seconds; None where that is not known.
    """

    endpoint: str
    total: int
    most: int
    limit: int | None
    seconds: int
