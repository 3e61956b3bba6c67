"""A pairing code in the data folder: prepared by one process, taken by the one that runs, without the ledger's lock."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import orjson

from tgtp.adapters.storage.atomic_file import write_whole

NAME = "pairing.json"


class PairingFile:
    """The newest code that was prepared."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def keep(self, code: str, now: dt.datetime) -> None:
        """Write a code down, in place of an earlier one. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, orjson.dumps({"code": code, "made_at": now.isoformat()}, option=orjson.OPT_APPEND_NEWLINE))

    def read(self) -> tuple[str, dt.datetime] | None:
        """Return the code and when it was made; None where there is none that can be read."""
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            kept = orjson.loads(self._path.read_bytes())
            made_at = dt.datetime.fromisoformat(kept["made_at"])
            return str(kept["code"]), made_at.astimezone(dt.UTC)
        return None

    def drop(self) -> None:
        """Forget it: it works once."""
        with contextlib.suppress(OSError):
            self._path.unlink()
