"""The words of ``tgtp export`` and ``tgtp restore``. Nothing heavy is imported for a help page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tgtp.chat.console.usage import CommandLine

Say = Callable[..., str]


def add_export_words(parser: CommandLine, say: Say) -> None:
    """Declare what an export takes: just one of its forms."""
    form = parser.options.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", type=Path, metavar=say("folder"), help=say("export.csv"))
    form.add_argument("--sqlite", type=Path, metavar=say("export.file"), help=say("export.sqlite"))
    form.add_argument("--backup", type=Path, metavar=say("export.file"), help=say("export.backup"))
    parser.options.add_argument("--with-env", action="store_true", help=say("export.env"))


def add_restore_words(parser: CommandLine, say: Say) -> None:
    """Declare what a restore takes."""
    parser.arguments.add_argument("backup", type=Path, help=say("restore.backup"))
