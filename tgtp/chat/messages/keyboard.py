"""Buttons in rows: a grid, and the row that turns pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button

Row = tuple[Button, ...]


def grid(buttons: Sequence[Button], per_row: int) -> tuple[Row, ...]:
    """Return buttons in rows of ``per_row``, the last one perhaps shorter.

    >>> [len(row) for row in grid([Button("x", "x")] * 5, 2)]
    [2, 2, 1]
    """
    return tuple(tuple(buttons[start : start + per_row]) for start in range(0, len(buttons), per_row))


def pager(reader: Reader, page: int, pages: int, data: Callable[[int], str]) -> tuple[Row, ...]:
    """Return the row that turns the pages, counted from 1, round and round; nothing where there is but one.

    ``data`` says what the button to a page carries.
    """
    if pages < 2:
        return ()
    back, on = (page - 2) % pages + 1, page % pages + 1
    here = reader.plain("status.page", page=page, pages=pages)
    return ((Button("◀", data(back)), Button(here, data(page)), Button("▶", data(on))),)
