"""Coroutines side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

from tgtp.errors import ExchangeProblem, TgtpError

log = logging.getLogger(__name__)


async def side_by_side(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Bring every one to its end; then raise the gravest of what was raised, with all the others in the log.

    What is wrong on this machine (a ledger that cannot be written, a bug) is graver than anything at the exchange.
    """
    results = await asyncio.gather(*works, return_exceptions=True)
    raised = [result for result in results if isinstance(result, BaseException)]
    raised.sort(key=lambda exc: isinstance(exc, ExchangeProblem))
    for other in raised[1:]:
        log.error("another order failed beside it: %s", other, exc_info=None if isinstance(other, TgtpError) else other)
    if raised:
        raise raised[0]
