"""One-hour bars in a file by coin, ``volatility/STX-USDT-SWAP.csv``, and what came of them in ``volatility/now.json``."""

from __future__ import annotations

import csv
import itertools
import logging
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import orjson
from pydantic import ValidationError

from tgtp.adapters.storage.atomic_file import write_whole
from tgtp.adapters.storage.descriptors import make_folder
from tgtp.domain.model import EPOCH, Candle
from tgtp.domain.volatility.factor import HOUR, Volatility
from tgtp.engine.ports import BarStore

log = logging.getLogger(__name__)

COLUMNS = ("opened_at", "open", "high", "low", "close")
# Nothing else may name a file.
INSTRUMENT_ID = re.compile(r"[A-Za-z0-9-]{1,60}")


class BarFiles(BarStore):
    """Bars in a folder of their own, some 40 KB a coin; whatever is broken there is read anew from the exchange."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fails = False

    def volatilities(self) -> Mapping[str, Volatility]:
        """Return how wild the coins were when that was last known."""
        path = self._folder / "now.json"
        try:
            rows = orjson.loads(path.read_bytes())
            return {str(name): Volatility(**row) for name, row in rows.items()}
        except FileNotFoundError:
            return {}
        except (OSError, orjson.JSONDecodeError, ValidationError, TypeError, AttributeError) as exc:
            log.warning("%s makes no sense and is read anew: %s", path, str(exc).splitlines()[0])
            return {}

    def keep_volatilities(self, found: Mapping[str, Volatility]) -> None:
        """Write them as JSON."""
        rows = {name: each.model_dump(mode="json") for name, each in sorted(found.items())}
        self._write(self._folder / "now.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

    def bars(self, instrument_id: str) -> tuple[Candle, ...]:
        """Read an instrument's file."""
        path = self._path(instrument_id)
        if path is None:
            return ()
        try:
            text = path.read_text(encoding="ascii")
            if not text.endswith("\n"):
                raise ValueError("its end is missing")
            head, *rows = csv.reader(text.splitlines())
            if tuple(head) != COLUMNS:
                raise ValueError(f"it begins with {','.join(head)}")
            bars = tuple(_bar(row) for row in rows)
            if any(later.opened_at - earlier.opened_at < HOUR for earlier, later in itertools.pairwise(bars)):
                raise ValueError("its bars are not an hour each")
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, InvalidOperation, csv.Error) as exc:
            # Validation and decoding raise a ValueError too.
            log.warning("%s makes no sense and is read anew: %s", path, str(exc).splitlines()[0])
            return ()
        return bars

    def keep_bars(self, instrument_id: str, bars: Sequence[Candle]) -> None:
        """Write an instrument's file."""
        path = self._path(instrument_id)
        if path is not None:
            rows = [",".join([f"{bar.opened_at:%Y-%m-%dT%H:%MZ}", *(f"{price:f}" for price in _prices(bar))]) for bar in bars]
            self._write(path, "\n".join([",".join(COLUMNS), *rows, ""]).encode())

    def _path(self, instrument_id: str) -> Path | None:
        return self._folder / f"{instrument_id}.csv" if INSTRUMENT_ID.fullmatch(instrument_id) else None

    def _write(self, path: Path, content: bytes) -> None:
        try:
            make_folder(self._folder)
            write_whole(path, content)
        except OSError as exc:
            if not self._fails:
                log.warning("bars cannot be kept (%s); the next start reads them anew", exc.strerror or exc)
            self._fails = True
            return
        self._fails = False


def _prices(bar: Candle) -> tuple[Decimal, ...]:
    return bar.open, bar.high, bar.low, bar.close


def _bar(row: Sequence[str]) -> Candle:
    bar = Candle.model_validate(dict(zip(COLUMNS, row, strict=True)))
    if (bar.opened_at - EPOCH) % HOUR:
        raise ValueError(f"it begins at no full hour: {row[0]}")
    if not bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high:
        raise ValueError(f"a price outside its bar: {','.join(row)}")
    return bar
