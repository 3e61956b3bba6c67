"""Tallies → the table that people read."""

from __future__ import annotations

from tests.chaos.day import Tally

TOLD = ("warned", "held_back", "unexplained")
HOWS = ("begun", "done", "broken")


def table(tally: Tally, violations: int) -> str:
    """Write the table, in Markdown."""
    orders, alerts, upkeep = tally.orders, tally.alerts, tally.upkeep
    rows = [
        ("days", tally.days),
        ("of these with a check every 10 / 60 / 300 s throughout", _four(tally.intervals, "10", "60", "300")),
        ("of these with a sub-account besides", tally.upkeep["days"]),
        ("checks", f"{tally.checks:,}, {tally.good_checks:,} of them good"),
        ("processes killed", tally.kills),
        ("faults injected", f"{sum(tally.faults.values()):,}"),
        ("a person's hand", f"{sum(tally.hands.values()):,}"),
        ("orders meant / sent / accepted / filled", _four(orders, "meant", "sent", "accepted", "filled")),
        ("orders that the next look at the legs did not show yet", f"{tally.lags['legs']:,}"),
        ("orders that the next look-up did not find yet", f"{tally.lags['order']:,}"),
        ("maintenances begun / done / cut back or ended otherwise", _four(upkeep, *(f"maintenance_{how}" for how in HOWS))),
        ("longest that a leg stood larger than it should after its buy", f"{tally.longest_large:.0f} s"),
        ("corrections done / stuck", _four(upkeep, "corrected", "correction_stuck")),
        ("moves of margin done / refused or lost", _four(upkeep, "margin_moved", "margin_not_moved")),
        ("days with guards", tally.guards["days"]),
        ("acts of leg guards / of drawdown guards judged", _four(tally.guards, "legs", "accounts")),
        ("drawdown warned / held back / unexplained", _four(tally.guards, *(f"drawdown_{how}" for how in TOLD))),
        ("days with a stream / orders that it decided", _four(tally.pushes, "days", "fired")),
        ("days with tiers at rest / tiers that fired there", _four(tally.resting, "days", "fired")),
        ("asked to rest / amended / cancelled", _four(tally.resting, "order-algo", "amend-algos", "cancel-algos")),
        ("fired while a pause was lifting them", f"{tally.resting['fired while paused']:,}"),
        ("redenominations / legs told of", f"{tally.hands['redenominate']:,} / {upkeep['leg_redenominated']:,}"),
        ("closed by force / told as such", f"{_forced(tally):,} / {upkeep['leg_force_closed']:,}"),
        ("**orders doubled / lost**", f"**{orders['doubled']} / {orders['lost']}**"),
        ("alerts meant / delivered", _four(alerts, "meant", "delivered")),
        ("alerts doubled after a lost reply or a kill, with the same number", f"{alerts['doubled']:,}"),
        ("**alerts missed**", f"**{alerts['missed']}**"),
        ("slowest first good check after the last fault", f"{tally.slowest_check:.0f} s"),
        ("slowest order that was due when the last fault ended", f"{tally.slowest_order:.0f} s"),
        ("**invariants violated**", f"**{violations}**"),
    ]
    lines = ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""]
    lines += ["| fault | struck |", "|---|---|", *(f"| {kind} | {count:,} |" for kind, count in _by_kind(tally))]
    lines += ["", "Hands: " + ", ".join(f"{name} {count:,}" for name, count in sorted(tally.hands.items()))]
    return "\n".join(lines)


def _forced(tally: Tally) -> int:
    return tally.hands["liquidate"] + tally.hands["deleverage"]


def _four(counts: dict[str, int], *names: str) -> str:
    return " / ".join(f"{counts[name]:,}" for name in names)


def _by_kind(tally: Tally) -> list[tuple[str, int]]:
    """Put the many codes together: one row for those of an order, one for those of a read."""
    kinds: dict[str, int] = {}
    for kind, count in tally.faults.items():
        first, _, code = kind.partition(" ")
        name = kind
        if first == "order" and code.isdigit():
            name = "order refused or left unclear, by code"
        elif first == "code":
            name = "read refused, by code"
        kinds[name] = kinds.get(name, 0) + count
    return sorted(kinds.items())
