"""A cache that is being filled: what is whole, and beside it the pages that were read since, which no kill can spoil."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from tgtp.adapters.okx.archive.pages import PastBar
from tgtp.backtest.bars import BadBars
from tgtp.backtest.history.csv_file import csv_pieces
from tgtp.backtest.history.npz_file import cache_pieces, write_cache
from tgtp.backtest.history.pieces import EXACT_AS_FLOAT, LONGEST_WORD, NAMES, TIME, Piece, written
from tgtp.errors import Problem

HEAD: Final = ",".join((TIME, *NAMES)) + "\n"


class BarFile:
    """The cache at ``path``, and its pages in a CSV that only grows; the same bars are the same bytes, however they came."""

    def __init__(self, path: Path) -> None:
        """Open both. Raises BadBars where one cannot be read, OSError."""
        self.path = path
        self._pages = path.with_suffix(".part.csv")
        self._cut()
        self._kept = self._pieces()

    def present(self, first_ms: int, step_ms: int, count: int) -> npt.NDArray[np.bool_]:
        """Return which of the bars that follow each other from ``first_ms`` on are there."""
        found = np.zeros(count, np.bool_)
        for piece in self._kept:
            places = (piece.opened_ms - first_ms) // step_ms
            found[places[(places >= 0) & (places < count)]] = True
        return found

    def append(self, bars: Sequence[PastBar]) -> None:
        """Write bars down, all or, if the machine stops meanwhile, the first of them."""
        head = "" if self._pages.exists() else HEAD
        lines = head + "".join(f"{bar.opened_ms},{','.join(bar.words)}\n" for bar in bars)
        with self._pages.open("a", encoding="ascii", newline="") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> npt.NDArray[np.int64]:
        """Make the cache whole, and return when its bars open, oldest first. Raises BadBars, OSError."""
        pieces = self._pieces()
        opened, places = np.unique(np.concatenate([piece.opened_ms for piece in pieces]), return_index=True)
        floats = np.concatenate([np.array(piece.floats) for piece in pieces], axis=1)[:, places]
        words = None
        if any(piece.words is not None for piece in pieces):
            words = np.concatenate([_words(piece) for piece in pieces], axis=1)[:, places]
        temporary = self.path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            write_cache(file, Piece(opened, [*floats], words))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)
        self._pages.unlink(missing_ok=True)
        return opened

    def _pieces(self) -> list[Piece]:
        whole = cache_pieces(self.path) if self.path.exists() else ()
        return [*whole, *(csv_pieces(self._pages) if self._pages.exists() else ())]

    def _cut(self) -> None:
        """Take away a line that was not written to its end."""
        if not self._pages.exists():
            return
        content = self._pages.read_bytes()
        whole = content.rfind(b"\n") + 1
        if not whole:
            self._pages.unlink()
        elif not content.startswith(HEAD.encode()):
            raise BadBars(Problem("bars.cache", path=self._pages))
        elif whole < len(content):
            os.truncate(self._pages, whole)


def _words(piece: Piece) -> npt.NDArray[np.bytes_]:
    """Return the prices as words, in a form that does not depend on the piece in which they came."""
    shortest = written(piece.floats)
    if piece.words is None:
        return shortest
    wide = piece.words.astype(f"S{LONGEST_WORD}")
    return np.where(np.char.str_len(wide) > EXACT_AS_FLOAT, wide, shortest)
