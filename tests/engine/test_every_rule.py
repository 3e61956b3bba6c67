"""What becomes of an order, for every rule: one that is not named here would be told, and counted, as of another."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.okx_engine import intent_for
from tgtp.domain.event_totals import FilledEvent, source_of
from tgtp.domain.order import GUARDS, Rule
from tgtp.domain.pauses import RULE_OF, PausableRule
from tgtp.engine.pausing.book import RULES

# The event of its fill, and the sum that it counts in.
BECOMES: dict[str, tuple[str, str]] = {
    "tier": ("tier_filled", "tier"),
    "hedge": ("hedge_filled", "hedge"),
    "hand": ("hand_filled", "hand"),
    **dict.fromkeys((*GUARDS, "drawdown"), ("guard_filled", "guard")),
    **dict.fromkeys(("buy", "cut", "trim"), ("upkeep_filled", "upkeep")),
}
# A buy is only taken from a maintenance that is on disk (tests/engine/upkeep).
CLOSING = [rule for rule in get_args(Rule) if rule != "buy"]


@pytest.mark.parametrize("rule", CLOSING)
async def test_a_fill_is_told_and_counted_as_of_its_rule(tmp_path: Path, rule: Rule) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    assert house.checker.last_good is not None
    held = house.checker.last_good.by_key[key()]
    intent = intent_for(held, "6").replaced(rule=rule, tag=rule, tier=1 if rule == "tier" else None)
    await house.checker.executor.execute([intent], lambda _: True)
    (event,) = (event for _, event in house.ledger.history(5) if isinstance(event, FilledEvent))
    assert (event.kind, source_of(event)) == BECOMES[rule]
    assert house.held(key()) == Decimal(94)


def test_every_rule_is_named() -> None:
    assert set(BECOMES) == set(get_args(Rule))


def test_a_pause_holds_every_rule_back_that_acts_by_itself() -> None:
    # A close by hand works while paused, and the cut that ends a maintenance is never held back.
    assert set(RULE_OF) == set(get_args(Rule)) - {"hand", "cut"}
    assert set(RULES) == set(get_args(PausableRule)) == set(RULE_OF.values())
