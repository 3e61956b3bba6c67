"""Fetches what of a time is missing in the cache, page after page: short, empty and doubled ones lose and invent nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from tgtp.adapters.okx.archive.pages import BAR_NAMES, MILLISECOND, ROWS, OkxArchive, PriceKind
from tgtp.adapters.okx.history import WIDTHS
from tgtp.backtest.history.bar_file import BarFile
from tgtp.errors import CannotStart, Problem

# How many bars of those asked for are there, and how many those are.
Progress = Callable[[int, int], None]
# A stretch for which OKX has nothing is asked for in ever longer pieces.
LONGEST_STRETCH: Final = 2**16


class Asked(NamedTuple):
    """Bars of ``bar`` (``5m``) that open from ``first_ms`` on and before ``end_ms`` (unix ms), ``step_ms`` apart."""

    instrument_id: str
    bar: str
    kind: PriceKind
    first_ms: int
    end_ms: int
    step_ms: int

    @property
    def bars(self) -> int:
        """How many bars those are."""
        return max(0, -(-(self.end_ms - self.first_ms) // self.step_ms))


def asked_of(
    instrument_id: str, bar: str, kind: PriceKind, first_ms: int, end_ms: int | None, *, now_ms: int, listed_ms: int
) -> Asked:
    """Return what of a time OKX can have: bars since it was listed, that are over; ``end_ms`` None: until now.

    Raises CannotStart where there are none.
    """
    step_ms = WIDTHS[BAR_NAMES[bar]] // MILLISECOND
    first_ms = max(first_ms, -(-listed_ms // step_ms) * step_ms)
    # The bar in which ``now`` lies is not over.
    over_ms = now_ms - now_ms % step_ms
    end_ms = over_ms if end_ms is None else min(end_ms, over_ms)
    if end_ms <= first_ms:
        raise CannotStart(Problem("history.empty", name=instrument_id))
    return Asked(instrument_id, bar, kind, first_ms, end_ms, step_ms)


async def fetch_into(archive: OkxArchive, asked: Asked, path: Path, progress: Progress) -> npt.NDArray[np.int64]:
    """Fetch what is missing in the cache at ``path``; return when its bars open (unix ms), oldest first, of all times.

    Raises CannotStart where another process fills it, where OKX has no such bar, and where it cannot be written or read;
    TemporarilyDown, AccessRefused: what was read until then is kept.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=0):
            kept = BarFile(path)
            if not await fetch_bars(archive, asked, kept, progress):
                raise CannotStart(Problem("history.empty", name=asked.instrument_id))
            return kept.finish()
    except Timeout as exc:
        raise CannotStart(Problem("history.busy", path=path)) from exc
    except OSError as exc:
        raise CannotStart(Problem("history.disk", path=path, why=exc.strerror or exc)) from exc


async def fetch_bars(archive: OkxArchive, asked: Asked, kept: BarFile, progress: Progress) -> int:
    """Fetch what is missing, and return how many bars are there now.

    Where OKX has shown nothing twice there is nothing: it is passed over, and asked for again at the next run. Raises
    TemporarilyDown, AccessRefused, OSError: what was read until then is kept.
    """
    present = kept.present(asked.first_ms, asked.step_ms, asked.bars)
    # ``passed`` is over or was empty twice, and up to ``doubted`` the last answer was empty.
    passed = doubted = 0
    page = ROWS[asked.kind]
    stretch = page
    while (passed := _next(present, passed, missing=True)) < asked.bars:
        doubted = max(doubted, passed)
        last = min(passed + stretch, _next(present, passed, missing=False))
        first_ms, end_ms = (asked.first_ms + place * asked.step_ms for place in (passed, last))
        found = await archive.bars(asked.instrument_id, asked.bar, asked.kind, first_ms, end_ms)
        if found:
            kept.append(found)
            present[[(bar.opened_ms - asked.first_ms) // asked.step_ms for bar in found]] = True
            doubted, stretch = passed, page
        else:
            passed, doubted = doubted, last
            stretch = min(2 * stretch, LONGEST_STRETCH)
        progress(int(present.sum()), asked.bars)
    return int(present.sum())


def _next(present: npt.NDArray[np.bool_], place: int, *, missing: bool) -> int:
    """Return the next place from here on whose bar is missing, or is there; the end where there is none."""
    wanted = present[place:] != missing
    return place + int(np.argmax(wanted)) if wanted.any() else len(present)
