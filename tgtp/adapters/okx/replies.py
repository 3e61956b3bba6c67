"""What counts as a reply of OKX: whole, well-formed, and with the rows that were asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import ccxt.async_support as ccxt

from tgtp.adapters.okx.errors import NO_SENSE, NOT_OF_OKX, reading_problem
from tgtp.errors import Problem, TemporarilyDown

Call = Callable[..., Awaitable[Any]]
# Asks, and asks again where only our clock was wrong.
Read = Callable[[Call, Mapping[str, Any]], Awaitable[list[dict[str, Any]]]]

ROWS_A_PAGE = 100
MOST_PAGES = 20


async def read_rows(call: Call, request: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Call a reading endpoint whose rows have names. Raises TemporarilyDown, AccessRefused."""
    return await _read(call, request, dict)


async def read_lists(call: Call, request: Mapping[str, Any] | None = None) -> list[list[Any]]:
    """Call a reading endpoint whose rows are bare lists, as those of candles. Raises TemporarilyDown, AccessRefused."""
    return await _read(call, request, list)


async def read_pages(read: Read, call: Call, request: Mapping[str, str], name: str) -> list[dict[str, Any]]:
    """Read a record to its end, or raise: what is read in part does not say that something is missing.

    ``name``: the field that says where a page ends. Raises TemporarilyDown, AccessRefused.
    """
    found: list[dict[str, Any]] = []
    asked = {**request, "limit": str(ROWS_A_PAGE)}
    for _ in range(MOST_PAGES):
        rows = await read(call, asked)
        found += rows
        if len(rows) < ROWS_A_PAGE:
            return found
        asked["after"] = str(rows[-1].get(name, ""))
    raise TemporarilyDown(Problem("problem.long_record"))


async def _read(call: Call, request: Mapping[str, Any] | None, kind: type[Any]) -> list[Any]:
    try:
        reply = await call(dict(request or {}))
    except (ccxt.BaseError, OSError, *NO_SENSE) as exc:
        raise reading_problem(exc) from exc
    if not isinstance(reply, dict) or reply.get("code") != "0":
        raise TemporarilyDown(NOT_OF_OKX)
    rows = reply.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, kind) for row in rows):
        raise TemporarilyDown(Problem("problem.rows"))
    return rows
