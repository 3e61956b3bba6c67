"""The words of ``tgtp sweep``. Nothing heavy is imported for a help page."""

from __future__ import annotations

from pathlib import Path

from tgtp.backtest.words import Say
from tgtp.chat.console.usage import CommandLine


def add_sweep_words(parser: CommandLine, say: Say) -> None:
    """Declare what it takes."""
    parser.arguments.add_argument("grid", metavar="grid.toml", type=Path, help=say("sweep.grid"))
    add = parser.options.add_argument
    add("--backend", choices=("joblib", "dask"), default="joblib", help=say("sweep.backend"))
    add("--scheduler", metavar="tcp://127.0.0.1:8786", help=say("sweep.scheduler"))
    add("--png", metavar="OUT.png", type=Path, help=say("sweep.png"))
