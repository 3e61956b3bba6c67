"""A sweep side by side: each combination in and out of sample, what was chosen in each window, and a heat map."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from rich.console import Console
from rich.style import Style
from rich.text import Text

from tgtp.backtest.printing import Say
from tgtp.backtest.sweep.grid import Case, Combination
from tgtp.backtest.sweep.pieces import Score
from tgtp.backtest.tables import table

GOOD: Final = (47, 158, 85)
BAD: Final = (224, 67, 59)
PALE: Final = (238, 238, 238)


class Trial(NamedTuple):
    """What a combination came to in one window (None: not walked), in sample and out of it."""

    inside: Score | None
    outside: Score | None


Trials = Mapping[Combination, Sequence[Trial]]


class Chosen(NamedTuple):
    """The combination that was best in a window's own sample, and what it came to before and after (USDT a day)."""

    combination: Combination
    inside: Decimal
    outside: Decimal


def chosen_in(trials: Trials, window: int) -> Chosen | None:
    """Choose in a window by what its sample alone shows; None where nothing was walked there."""
    best: Chosen | None = None
    for combination, found in trials.items():
        inside, outside = found[window]
        if inside is not None and outside is not None and (best is None or inside.a_day > best.inside):
            best = Chosen(combination, inside.a_day, outside.a_day)
    return best


def is_only_fitted(inside: Decimal, outside: Decimal) -> bool:
    """Return whether what was chosen does not hold: out of sample it is under half, or of another sign."""
    return outside < inside / 2 or (outside < 0) != (inside < 0)


def print_case(console: Console, case: Case, trials: Trials, windows: int, say: Say) -> None:
    """Print all of one coin, side and spacing of entries."""
    console.print()
    console.print(say("case", instrument=case.instrument, side=case.side, every=case.every), markup=False)
    head = [say(f"column.{name}") for name in ("rules", "entries", "inside", "outside", "ratio", "lowest", "liquidations")]
    console.print(table(head, [_cells(one, found) for one, found in trials.items()]))
    picks = [pick for number in range(windows) if (pick := chosen_in(trials, number)) is not None]
    head = [say(f"column.{name}") for name in ("window", "inside", "outside", "ratio", "chosen")]
    console.print(table(head, [(f"{number}", *_pick_cells(pick)) for number, pick in enumerate(picks, 1)]))
    console.print(say("heat"), markup=False)
    console.print(_heat(trials, windows, say))
    if picks:
        inside, outside = (statistics.mean(values) for values in zip(*((pick[1], pick[2]) for pick in picks), strict=True))
        words = {
            "tried": len(trials),
            "inside": f"{inside:+.4f}",
            "outside": f"{outside:+.4f}",
            "ratio": ratio(inside, outside),
        }
        console.print(say("chosen", **words), markup=False)
        if inside <= 0 and outside <= 0:
            console.print(say("lost"), markup=False)
        elif is_only_fitted(inside, outside):
            console.print(say("fitted"), markup=False)


def ratio(inside: Decimal, outside: Decimal) -> str:
    """Write what is left out of sample of each U in it; nothing where there was none."""
    return f"{outside / inside:.2f}" if inside > 0 else "–"


def name_of(one: Combination, *, short: bool = False) -> str:
    """Name a combination in one word."""
    return " ".join(filter(None, (one.ladder, "scaled" if one.scaling else "", one.execution if not short else "")))


def means(found: Sequence[Trial]) -> tuple[Decimal, Decimal] | None:
    """Return the mean of all windows, in and out of sample (USDT a day); None where one was not walked."""
    both = [(trial.inside.a_day, trial.outside.a_day) for trial in found if trial.inside and trial.outside]
    if not both:
        return None
    return statistics.mean(inside for inside, _ in both), statistics.mean(outside for _, outside in both)


def _cells(one: Combination, found: Sequence[Trial]) -> tuple[str, ...]:
    mean = means(found)
    if mean is None:
        return name_of(one), "0", "?", "?", "?", "?", "?"
    scores = [score for trial in found for score in trial if score is not None]
    inside, outside = mean
    return (
        name_of(one),
        f"{sum(score.entries for score in scores)}",
        f"{inside:+.4f}",
        f"{outside:+.4f}",
        ratio(inside, outside),
        f"{min(score.lowest for score in scores):+.2f}",
        f"{sum(score.liquidations for score in scores)}",
    )


def _pick_cells(pick: Chosen) -> tuple[str, ...]:
    return f"{pick.inside:+.4f}", f"{pick.outside:+.4f}", ratio(pick.inside, pick.outside), name_of(pick.combination)


def _heat(trials: Trials, windows: int, say: Say) -> object:
    values = {one: [trial.outside.a_day if trial.outside else None for trial in found] for one, found in trials.items()}
    most = max((abs(value) for row in values.values() for value in row if value is not None), default=Decimal(0))
    made = table([say("column.rules"), *(f"{number}" for number in range(1, windows + 1))], [])
    for one, row in values.items():
        made.add_row(name_of(one), *_warm(row, most))
    return made


def _warm(row: Sequence[Decimal | None], most: Decimal) -> Iterator[Text]:
    for value in row:
        if value is None:
            yield Text("?")
            continue
        red, green, blue = colour(float(value / most) if most else 0.0)
        yield Text(f"{value:+.3f}", style=Style(color="black", bgcolor=f"rgb({red},{green},{blue})"))


def colour(share: float) -> tuple[int, int, int]:
    """Return the colour of a value between -1 and 1."""
    end = GOOD if share > 0 else BAD
    first, second, third = (round(pale + (full - pale) * abs(share)) for pale, full in zip(PALE, end, strict=True))
    return first, second, third
