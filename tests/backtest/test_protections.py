"""What the guards would have done in the past, as the bench reckons it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bench.protections import RULES, Bar, Market, Walk

D = Decimal


@pytest.mark.parametrize(("name", "roi"), [("as delivered", "0"), ("give-back 40", "0.216"), ("break-even 1", "0.012")])
def test_a_walk_through_the_plan_closes_where_each_rule_is_reached(name: str, roi: str) -> None:
    """Up to +36 %, past two tiers, and back to the entry: what is left of the leg is closed at the price of its guard."""
    prices = [("100", "103.6", "100", "103.6"), ("103.6", "103.6", "100", "100"), ("100", "100", "100", "100")]
    bars: list[Bar] = [(300 * at, *map(D, bar)) for at, bar in enumerate(prices)]  # type: ignore[misc] # five of them
    rules, _ = RULES[name]
    walk = Walk(Market("ETH-USDT-SWAP", bars, {}), "long", 0, rules, scales=False)
    won, fees = D("0.3") * D("0.25") + D("0.35") * D("0.35") + D("0.35") * D(roi), D("0.01")
    # The base stays.
    assert abs(walk.result - won + fees) < D("0.004")
