"""How figures are printed, each beside its limit, and which of them miss it."""

from __future__ import annotations

from collections.abc import Sequence

# What was over its limit, in this run.
MISSED: list[str] = []


def report(what: str, figure: str, limit: str = "", *, missed: bool = False) -> None:
    """Print a figure, and remember it where it misses its limit."""
    print(f"{what:<70} {figure:>20}   {limit}{'   MISSED' if missed else ''}", flush=True)
    if missed:
        MISSED.append(f"{what.strip()}: {figure}, {limit}")


def within(what: str, value: float, most: float, shape: str = "{:.2f} s", *, figure: str = "") -> None:
    """Print a value as the ``shape`` shows it (or its whole ``figure``), with its limit and the share of it that it takes."""
    limit = f"at most {shape.format(most)}"
    report(what, figure or shape.format(value), f"{limit}, x {value / most:.2f} of it", missed=value > most)


def verdict() -> int:
    """Say what was missed; give what the process ends with: 1 where anything was."""
    print(f"\n{len(MISSED)} of the limits missed" + "".join(f"\n  {one}" for one in MISSED), flush=True)
    return int(bool(MISSED))


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, and what 95 and 99 percent of the values do not exceed; none are infinitely many."""
    ordered = sorted(values) or [float("inf")]
    return tuple(ordered[max(0, -(-len(ordered) * share // 100) - 1)] for share in (50, 95, 99))  # type: ignore[return-value]
