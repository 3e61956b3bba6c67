"""Figures below each other, in a chat whose letters are all of one width."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.formatting.half_width import width_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html


def table(reader: Reader, heads: Sequence[str], rows: Sequence[tuple[Sequence[str], str, str]]) -> list[Html]:
    """Write a head, and below it a row for each cells, name and end."""
    columns = zip(heads, *(cells for cells, _, _ in rows), strict=True)
    widths = [max(map(width_of, column)) for column in columns]
    return [
        reader.say("backtests.row", numbers=_in_columns(cells, widths), name=name, end=end)
        for cells, name, end in ((heads, "", ""), *rows)
    ]


def _in_columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Write a row, each cell at the right of its column."""
    return " ".join(" " * (width - width_of(cell)) + cell for cell, width in zip(cells, widths, strict=True))
