"""The heat map of a sweep as a picture: what each combination came to out of sample, coin by coin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tgtp.backtest.sweep.grid import Case
from tgtp.backtest.sweep.report import Trials, colour, means, name_of
from tgtp.chat.charts.canvas import EDGE, SMALL, WIDTH, Canvas
from tgtp.chat.formatting.reader import Look
from tgtp.chat.texts import Language, plain
from tgtp.errors import CannotStart, Problem

TOP, ROW = 190, 56


def write_heat_map(path: Path, cases: Sequence[tuple[Case, Trials]], language: Language) -> None:
    """Draw it. Raises CannotStart."""
    rows = list(cases[0][1])
    values = [[mean[1] if (mean := means(trials[one])) else None for _, trials in cases] for one in rows]
    most = max((abs(value) for row in values for value in row if value is not None), default=0)
    card = Canvas(Look(language), height=TOP + ROW * len(rows) + EDGE)
    card.head(plain(language, "sweep.picture"))
    left = EDGE + min(WIDTH * 0.45, max(card.width_of(name_of(one), SMALL) for one in rows) + 20)
    wide = (WIDTH - EDGE - left) / len(cases)
    for column, (case, _) in enumerate(cases):
        name = f"{case.instrument.removesuffix('-USDT-SWAP')} {case.side} {case.every}"
        size = card.fitting(name, SMALL, wide - 10)
        card.text(left + wide * (column + 0.5), TOP - 44, name, size=size, color=card.palette.muted, side="center")
    for number, (one, row) in enumerate(zip(rows, values, strict=True)):
        middle = TOP + ROW * (number + 0.5)
        name = name_of(one)
        card.text(EDGE, middle, name, size=card.fitting(name, SMALL, left - EDGE - 14))
        for column, value in enumerate(row):
            begins = left + wide * column
            share = float(value / most) if value is not None and most else 0.0
            card.pill(begins + 3, begins + wide - 3, middle, ROW - 6, "#{:02x}{:02x}{:02x}".format(*colour(share)))
            shown = "?" if value is None else f"{value:+.3f}"
            size = card.fitting(shown, SMALL, wide - 16)
            card.text(begins + wide / 2, middle, shown, size=size, color="#222222", side="center")
    try:
        path.write_bytes(card.png())
    except OSError as exc:
        raise CannotStart(Problem("problem.unwritten", path=path, why=exc.strerror or exc)) from exc
