"""Coroutines side by side, and one until its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
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


async def until_ended(run: Callable[[], Awaitable[None]]) -> BaseException | None:
    """Run it as a task of its own; return what broke it, a CancelledError of its own too, or None where it just ended.

    Whoever is cancelled meanwhile cancels it, and waits for its end.
    """
    part = asyncio.ensure_future(run())
    try:
        await asyncio.wait({part})
    finally:
        part.cancel()
        await asyncio.wait({part})
    return asyncio.CancelledError() if part.cancelled() else part.exception()
