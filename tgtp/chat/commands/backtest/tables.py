"""Figures below each other, in a chat whose letters are all of one width."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.formatting.half_width import width_of


def widths_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is."""
    return [max(map(width_of, column)) for column in zip(heads, *rows, strict=True)]


def columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Write a row, each cell at the right of its column."""
    return " ".join(" " * (width - width_of(cell)) + cell for cell, width in zip(cells, widths, strict=True))
