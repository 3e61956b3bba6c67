"""What of a sweep is done, on disk: a line for each piece, so that a sweep that was ended goes on where it was."""

from __future__ import annotations

import json
import os
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tgtp.backtest.sweep.pieces import Score
from tgtp.errors import CannotStart, Problem


class ScoreBook:
    """The scores at ``path``, by the keys of their pieces; it only grows."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a line that was not written to its end is done again. Raises CannotStart."""
        self._path = path
        self.scores: dict[str, Score] = {}
        try:
            content = path.read_bytes() if path.exists() else b""
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                os.truncate(path, whole)
        except OSError as exc:
            raise CannotStart(Problem("setting.unreadable", path=path, why=exc.strerror or exc)) from exc
        for line in content[:whole].decode("ascii", "replace").splitlines():
            try:
                key, result, days, entries, lowest, liquidations = json.loads(line)
                self.scores[key] = Score(Decimal(result), Decimal(days), int(entries), Decimal(lowest), int(liquidations))
            except (ValueError, TypeError, InvalidOperation):
                continue

    def keep(self, key: str, score: Score) -> None:
        """Write a score down. Raises CannotStart."""
        row = (key, str(score.result), str(score.days), score.entries, str(score.lowest), score.liquidations)
        try:
            with self._path.open("a", encoding="ascii") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as exc:
            raise CannotStart(Problem("problem.unwritten", path=self._path, why=exc.strerror or exc)) from exc
        self.scores[key] = score
