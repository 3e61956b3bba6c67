"""How figures are printed."""

from __future__ import annotations

from collections.abc import Sequence


def report(what: str, figure: str, limit: str) -> None:
    print(f"{what:<66} {figure:>22}   {limit}", flush=True)


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, and what 95 and 99 percent of the values do not exceed."""
    ordered = sorted(values)
    return tuple(ordered[max(0, -(-len(ordered) * share // 100) - 1)] for share in (50, 95, 99))  # type: ignore[return-value]
