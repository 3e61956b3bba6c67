"""A file whose age says whether the program is alive: for whoever watches from outside without systemd, as a container does."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from tgtp.engine.ports import Supervisor

log = logging.getLogger(__name__)

# Seconds after which the file is too old: half of them pass between two touches.
TOO_OLD = 60.0


class AliveFile(Supervisor):
    """Touches the file at ``path`` while checks go on, and removes it at an ordered end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def running(self, status: str) -> None:  # noqa: ARG002 - who looks at a file's age reads nothing
        """Touch it."""
        self.alive()

    def alive(self) -> None:
        """Touch it."""
        try:
            self._path.touch(0o600)
        except OSError as exc:
            log.warning("%s could not be touched: %s", self._path, exc.strerror or exc)

    def stopping(self) -> None:
        """Remove it."""
        with contextlib.suppress(OSError):
            self._path.unlink()
