"""What the system says of this process."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from tgtp import __version__

NAMED = ("python-telegram-bot", "ccxt", "pydantic", "tinydb")


def resident_bytes() -> int | None:
    """Return the memory that is really in use; None where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def versions() -> Mapping[str, str]:
    """Return the versions that a report of a fault should name."""
    return {"tgtp": __version__, "Python": platform.python_version(), **{name: version(name) for name in NAMED}}
