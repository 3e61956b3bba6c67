"""Funding rates of a file: OKX's own monthly ones, what ``fetch-history --funding`` wrote, or a CSV of people's own.

OKX's API keeps the rates of three months; older ones are in its monthly files (https://www.okx.com/historical-data, or
``/api/v5/public/market-data-history`` with ``module`` 3), one for an instrument or one for all swaps: a zip with one CSV of
``instrument_name,funding_rate,funding_time``, in UTF-8, times in unix milliseconds. The months are those of Hong Kong.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Final

from tgtp.backtest.bars import BadBars
from tgtp.backtest.history.pieces import LATEST_MS, TIME, by_line, refused
from tgtp.errors import Problem

FUNDING_TIME, FUNDING_RATE, INSTRUMENT = "funding_time", "funding_rate", "instrument_name"
# Files of bars have been used for rates: each stands where the open would.
RATES: Final = (FUNDING_RATE, "rate", "open")
TIMES: Final = (FUNDING_TIME, TIME)
# A fraction of the notional for one settlement; OKX's own bound is a few percent.
LARGEST_RATE: Final = Decimal(1)

Settlements = tuple[tuple[int, Decimal], ...]


def read_funding(path: Path, instrument_id: str) -> Settlements:
    """Return when funding was settled (unix milliseconds), oldest first, and at what rate, a fraction of the notional.

    Rows of other instruments are passed over. Raises BadBars, also where no rate of this one is there.
    """
    try:
        with _opened(path) as file:
            found = _settlements(path, csv.DictReader(file), instrument_id)
    except EOFError as exc:
        raise BadBars(Problem("bars.cut", path=path)) from exc
    except (OSError, UnicodeDecodeError, csv.Error, zlib.error, zipfile.BadZipFile) as exc:
        raise BadBars(Problem("setting.unreadable", path=path, why=getattr(exc, "strerror", None) or exc)) from exc
    if not found:
        raise BadBars(Problem("funding_file.empty", path=path, instrument=instrument_id))
    return tuple(sorted(found.items()))


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".csv")]
            if len(names) != 1:
                raise BadBars(Problem("funding_file.zip", path=path, count=len(names)))
            with archive.open(names[0]) as packed, io.TextIOWrapper(packed, "utf-8-sig", newline="") as file:
                yield file
    elif path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield file
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file


def _settlements(path: Path, rows: csv.DictReader[str], instrument_id: str) -> dict[int, Decimal]:
    names = rows.fieldnames or ()
    time, rate = (next((name for name in wanted if name in names), None) for wanted in (TIMES, RATES))
    if time is None or rate is None:
        raise BadBars(Problem("bars.columns", path=path, names=f"{FUNDING_TIME},{FUNDING_RATE}"))
    found: dict[int, Decimal] = {}
    for number, row in enumerate(rows):
        if row.get(INSTRUMENT, instrument_id) != instrument_id:
            continue
        try:
            settled_ms, paid = int(row[time]), Decimal(row[rate])
            sound = 0 < settled_ms <= LATEST_MS and paid.is_finite() and abs(paid) < LARGEST_RATE
        except (ValueError, TypeError, InvalidOperation):
            sound = False
        if not sound:
            raise refused(path, by_line(number), Problem("funding_file.row", time=row[time] or "", rate=row[rate] or ""))
        if found.setdefault(settled_ms, paid) != paid:
            raise refused(path, by_line(number), Problem("funding_file.doubled"))
    return found
