"""The equity samples in files by month, one JSON line a sample: ``equity/2026-11.jsonl``."""

from __future__ import annotations

import datetime as dt
import logging
import os
from pathlib import Path

import orjson
from pydantic import ValidationError

from tgtp.adapters.storage.descriptors import make_folder, opened
from tgtp.domain.model import EquitySample
from tgtp.engine.ports import EquityHistory

log = logging.getLogger(__name__)


class FileDiary(EquityHistory):
    """Samples of one account in a folder; one every five minutes is some 800 KB a month."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fails = False

    def append(self, sample: EquitySample) -> None:
        """Take a sample down."""
        try:
            make_folder(self._folder)
            self._write(
                self._folder / f"{sample.at:%Y-%m}.jsonl", orjson.dumps(sample.model_dump(mode="json", exclude_none=True))
            )
        except OSError as exc:
            if not self._fails:
                log.warning("samples of the equity cannot be written (%s); reports will lack them", exc.strerror or exc)
            self._fails = True
            return
        if self._fails:
            log.info("samples of the equity can be written again")
        self._fails = False

    def since(self, moment: dt.datetime) -> list[EquitySample]:
        """Return the samples since a moment."""
        begins = moment.astimezone(dt.UTC)
        found: list[EquitySample] = []
        for path in sorted(self._folder.glob("????-??.jsonl")):
            if path.stem < f"{begins:%Y-%m}":
                continue
            try:
                lines = path.read_bytes().splitlines()
            except OSError as exc:
                log.warning("%s cannot be read (%s); reports lack it", path, exc.strerror or exc)
                continue
            found += [sample for line in lines if (sample := _sample(line, begins)) is not None]
        return sorted(found, key=lambda sample: sample.at)

    @staticmethod
    def _write(path: Path, line: bytes) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        with opened(path, flags) as handle, os.fdopen(handle, "r+b", closefd=False) as file:
            # After a write that was cut, a new line begins anew instead of joining half of an old one.
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            file.write(line + b"\n")


def _sample(line: bytes, begins: dt.datetime) -> EquitySample | None:
    try:
        sample = EquitySample.model_validate_json(line)
    except ValidationError:
        # Half a line, from a write that was cut.
        return None
    return sample if sample.at >= begins else None
