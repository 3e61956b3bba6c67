"""What a pause holds back, by the rules: worked out from its name alone, so that no pause of the program's need be believed."""

from __future__ import annotations

from collections.abc import Iterable

from tests.simulation.exchange.account import LegKey as Where

SIDES = ("long", "short")


def holds_back(paused: Iterable[str], where: Where, rule: str) -> bool:
    """Say whether one of these pauses holds back what a rule wants with a leg.

    >>> stx = ("STX-USDT-SWAP", "long", "cross")
    >>> [holds_back([name], stx, "hedge") for name in ("*", "STX-USDT-SWAP long", "* short", "* tier", "* long hedge")]
    [True, True, False, False, True]
    """
    return any(_holds(name, where, rule) for name in paused)


def rule_of(tag: str) -> str | None:
    """Say which rule an order of this tag is of; None where no pause holds it back: a person's, and the cut after a buy."""
    if tag.startswith(("tier", "resting")):
        return "tier"
    if tag.startswith(("guard", "drawdown")):
        return "guard"
    rules = {"hedge": "hedge", "buy": "maintenance", "trim": "correction"}
    return next((rule for end, rule in rules.items() if tag.endswith(end)), None)


def _holds(name: str, where: Where, rule: str) -> bool:
    inst_id, *narrower = name.split()
    sides = [word for word in narrower if word in SIDES]
    rules = [word for word in narrower if word not in SIDES]
    return inst_id in ("*", where[0]) and sides in ([], [where[1]]) and rules in ([], [rule])
