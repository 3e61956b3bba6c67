"""What a leg's card tells of the ladder is what the engine then does, on an exchange that fills its orders."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fixtures.engine import House
from tests.fixtures.fakes import paper_leg
from tests.fixtures.snapshots import D
from tests.fixtures.thoroughness import tries
from tests.fixtures.walks import Walked, Way, walked, ways
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.domain.ladder_preview import Forecast, forecast
from tgtp.domain.order import Intent

MOST_CHECKS = 60


def kept(way: Way) -> list[PaperLeg]:
    """The legs of a way as the paper exchange keeps them."""
    return [
        paper_leg(
            side=leg.position_side.value,
            contracts=leg.contracts,
            mode=leg.margin_mode.value,
            entry_price=leg.entry_price,
            leverage=leg.leverage,
        ).replaced(added_margin=added)
        for leg, added in zip(way.legs, way.added, strict=True)
    ]


async def lived(way: Way, folder: Path, between: list[int]) -> tuple[Forecast, Walked]:
    """Look once, foretell, and let the engine check at each price of interest until it is quiet there.

    Those are the prices foretold and the ticks before them, some others (``between``), and the farthest.
    """
    house = House(folder, *kept(way), rules=way.rules, instruments=[way.leg.instrument])
    name, key = way.leg.instrument.instrument_id, way.leg.key
    house.prices.marks[name] = way.leg.mark_price
    seen = await house.paper.snapshot()
    house.checker.tracker.follow(seen)
    told = forecast(seen.by_key[key], seen, house.checker.situation(house.clock.now()))
    prices = list(way.prices())
    sign, tick = way.leg.position_side.sign, way.leg.instrument.tick_size
    fires_at = {tier.fires_at for tier in told.tiers} | ({told.hedge.fires_at} if told.hedge else set())
    wanted = {prices[number % len(prices)] for number in between} | {prices[0], prices[-1]}
    wanted |= {price for exact in fires_at if exact is not None for price in (exact, exact - sign * tick)}
    if told.hedge is not None:
        # Its base becomes smaller with every tick.
        wanted |= set(prices)
    found: list[tuple[Decimal, int | None, Decimal, Decimal]] = []
    for price in (price for price in prices if price in wanted):
        house.prices.marks[name] = price
        for _ in range(MOST_CHECKS):
            held = house.held(key)
            sent: Iterable[Intent] = (await house.check()).sent
            found += [(price, intent.tier, intent.contracts, held) for intent in sent if intent.leg == key]
            if not sent:
                break
        else:
            raise AssertionError("the engine is never quiet")
    house.ledger.close()
    return told, walked(found)


@settings(max_examples=tries(8, 400), suppress_health_check=list(HealthCheck), deadline=None)
@given(ways(), st.lists(st.integers(0, 10**6), max_size=4))
@example(Way.of("long", "25", entry="0.0390", ladder="15:30,40:50"), [])
@example(Way.of("short", "26", entry="0.0390", ladder="15:30,40:50", mode="isolated", lot="0.1"), [5, 17])
def test_what_is_foretold_is_what_the_engine_does(way: Way, between: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        told, found = asyncio.run(lived(way, Path(folder), between))
    assert Walked.told(told) == found


async def test_an_anchor_of_one_u_is_cut_where_its_margin_passes_the_gate(tmp_path: Path) -> None:
    # The card of before told "15 %: too small, skipped; 40 %: closes 12 of 25".
    way = Way.of("long", "25", entry="0.39", ladder="15:30,40:50", size="1")
    told, found = await lived(way, tmp_path, list(range(0, 1700, 25)))
    assert found.tiers == {1: (D("0.4001"), D(7), D(25)), 2: (D("0.5556"), D(9), D(18))}
    assert Walked.told(told) == found
