"""Tables and progress in a terminal, for every job that walks or fetches bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

# Columns of what is no terminal, where nothing needs to be broken into lines.
WIDE: Final = 240


def terminal() -> Console:
    """Return where results are printed; a file or a pipe gets every row on one line."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=WIDE)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None) -> Table:
    """Return a table: the first column at the left, all others, which are numbers, at the right."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for number, name in enumerate(head):
        made.add_column(name, justify="right" if number else "left", no_wrap=not number)
    for cells in rows:
        made.add_row(*cells)
    return made


@contextmanager
def progress(what: str, total: float | None = None) -> Iterator[Callable[[float, float], None]]:
    """Show how far a job has come, on the error stream and as long as it lasts; give what to call with (done, of how many).

    Whole numbers are counted, fractions of 1 are shown in percent.
    """
    counted = MofNCompleteColumn() if total is None or total > 1 else TaskProgressColumn()
    console = Console(stderr=True, highlight=False)
    with Progress(TextColumn(what), BarColumn(), counted, TimeRemainingColumn(), console=console, transient=True) as shown:
        task = shown.add_task("", total=total)
        yield lambda done, of: shown.update(task, completed=done, total=of)
