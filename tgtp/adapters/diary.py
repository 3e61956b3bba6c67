"""The diary in files by month, one JSON line a sample: ``equity/2026-11.jsonl``."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import orjson
from pydantic import ValidationError

from tgtp.domain.model import Sample
from tgtp.engine.ports import Diary

log = logging.getLogger(__name__)


class FileDiary(Diary):
    """Samples of one account in a folder; 300 days of one every five minutes are some 9 MB."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, sample: Sample) -> None:
        """Take a sample down."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / f"{sample.at:%Y-%m}.jsonl").open("ab") as file:
                file.write(orjson.dumps(sample.model_dump(mode="json")) + b"\n")
        except OSError as exc:
            log.warning("a sample of the equity could not be written (%s); reports lack it", exc.strerror or exc)

    def since(self, moment: dt.datetime) -> list[Sample]:
        """Give the samples since a moment."""
        found = []
        for path in sorted(self._folder.glob("????-??.jsonl")):
            if path.stem < f"{moment.astimezone(dt.UTC):%Y-%m}":
                continue
            for line in path.read_bytes().splitlines():
                try:
                    sample = Sample(**orjson.loads(line))
                except (orjson.JSONDecodeError, ValidationError, TypeError):
                    # Half a line, from a write that was cut.
                    continue
                if sample.at >= moment:
                    found.append(sample)
        return sorted(found, key=lambda sample: sample.at)
