"""The last lines of the story, for who is far from the console; as they stand there, with every secret struck out."""

from __future__ import annotations

import logging
from collections import deque
from typing import Final

# What the engine does is told here; addresses and pairing codes, which are for the console alone, are not.
STORY: Final = "tgtp.story"
KEPT: Final = 200


class RecentLines(logging.Handler):
    """Keeps the newest lines."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._lines: deque[str] = deque(maxlen=KEPT)

    @property
    def lines(self) -> list[str]:
        """The lines, oldest first."""
        return list(self._lines)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line; what cannot be written is left to the console."""
        try:
            self._lines.append(self.format(record))
        except (TypeError, ValueError, LookupError):
            return


def keep_story(formatter: logging.Formatter) -> None:
    """Begin to keep the lines, in the place of those of before; the formatter strikes secrets out."""
    logging.getLogger(STORY).handlers[:] = [RecentLines(formatter)]


def last_lines(count: int) -> list[str]:
    """Return so many of the newest lines, oldest first; none where none are kept."""
    kept = [handler for handler in logging.getLogger(STORY).handlers if isinstance(handler, RecentLines)]
    return kept[0].lines[-count:] if kept else []
