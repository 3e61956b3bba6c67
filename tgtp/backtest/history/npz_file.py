"""The cache: bars that were fetched, in numpy's own format, with every price exactly as OKX wrote it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from tgtp.backtest.bars import BadBars
from tgtp.backtest.history.pieces import Piece
from tgtp.errors import Problem


def write_cache(file: IO[bytes], bars: Piece) -> None:
    """Write bars; the same bars are the same bytes."""
    arrays: dict[str, npt.NDArray[Any]] = {"opened_ms": bars.opened_ms, "floats": np.array(bars.floats)}
    if bars.words is not None:
        arrays["words"] = bars.words
    np.savez(file, allow_pickle=False, **arrays)


def cache_pieces(path: Path) -> Iterator[Piece]:
    """Read the rows of the cache. Raises BadBars."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            opened, floats = kept["opened_ms"], kept["floats"]
            words = kept["words"] if "words" in kept.files else None
    except OSError as exc:
        raise BadBars(Problem("setting.unreadable", path=path, why=exc.strerror or exc)) from exc
    except (ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as exc:
        raise BadBars(Problem("bars.cache", path=path)) from exc
    shape = (4, opened.size)
    is_ours = opened.ndim == 1 and opened.dtype == np.int64 and floats.dtype == np.float64 and floats.shape == shape
    if not is_ours or not (words is None or (words.dtype.kind == "S" and words.shape == shape)):
        raise BadBars(Problem("bars.cache", path=path))
    yield Piece(opened, [*floats], words)
