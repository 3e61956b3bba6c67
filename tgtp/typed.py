"""How people type a job of this program: as they have started it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

NAME = "tgtp"
_start = [f"python -m {NAME}", ""]


def note_start(home: str = "") -> None:
    """Note whether the command ``tgtp`` or a Python has started it; ``home`` as it was named, "" where it was not."""
    by_name = Path(sys.argv[0]).stem == NAME
    _start[:] = [NAME if by_name else f"{shlex.quote(_shortest(sys.executable))} -m {NAME}", home]


def program() -> str:
    """Return the words that start the program."""
    return _start[0]


def typed(job: str) -> str:
    """Return the words that start a job.

    >>> typed("pair")
    'python -m tgtp pair'
    """
    home = f"--home {shlex.quote(_start[1])} " if _start[1] else ""
    return f"{program()} {home}{job}"


def _shortest(path: str) -> str:
    """Name a program from the current folder, where it lies in a folder of it: from a checkout, ``.venv/bin/python``."""
    here = Path.cwd()
    within = Path(path).relative_to(here) if here in Path(path).parents else Path(path)
    return str(within) if len(within.parts) > 1 and here != Path(here.anchor) else path
