"""What the page works out from the marks is what the engine works out: ROI, unrealised, margin, notional, distances."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.fixtures.thoroughness import tries
from tests.monitor.browsing import opened
from tests.monitor.fake_server import FakeServer
from tests.monitor.made_document import MadeDocument
from tgtp.domain.examples import leg as example
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.model.repriced import repriced
from tgtp.domain.sizing import price_at_roi, realised_estimate
from tgtp.engine.monitoring.liquidation import gap_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

WARN = Decimal("0.2")
WORK = """
async (legs) => {
  const derive = await import("/monitor/js/derive.js");
  return legs.map(([leg, mark]) => {
    const of = derive.figures(leg, mark);
    const { way } = derive.nextTier(leg, mark);
    return { ...of, near: derive.isEndangered(leg, of, 0.2), way, bucket: derive.bucketOf(of.roi) };
  });
}
"""
BOUNDS = [Decimal(bound) for bound in ("0.7", "0.6", "0.5", "0.4", "0.2", "0.1", "0")]


def made(count: int) -> list[tuple[Leg, Leg, Decimal]]:
    """Legs as a look has shown them, as they are at a later mark, and the price of their next tier."""
    rng = random.Random(18)
    found = []
    for number in range(count):
        entry = Decimal(str(round(10 ** rng.uniform(-6, 5), rng.randint(2, 8)))) or Decimal("0.01")
        side, isolated = ("long", "short")[number % 2], number % 4 >= 2
        leverage = Decimal(rng.choice(("1", "3", "7.5", "10", "20", "50", "125")))
        contracts = Decimal(rng.choice(("0.1", "1", "17.5", "2000", "123456"))) * rng.randint(1, 9)
        away = Decimal(str(round(rng.uniform(0.3, 0.98), 4)))
        changes: dict[str, Any] = {"liquidation_price": entry * (1 + (-1 if side == "long" else 1) * away / leverage)}
        if isolated:
            changes |= {"margin_mode": MarginMode.ISOLATED, "initial_margin": Decimal(str(round(rng.uniform(0, 900), 4)))}
        size = rng.choice(("0.01", "0.1", "1", "10", "100"))
        leg = example(
            side=side,
            entry_price=entry,
            mark_price=entry,
            leverage=leverage,
            contracts=contracts,
            contract_size=size,
            **changes,
        )
        # Some are where they were entered, some hardly away from it.
        move = rng.choice((0, 1e-5, 1e-3, 0.05, 0.4)) * rng.choice((-1, 1))
        now = repriced(leg, entry * (1 + Decimal(str(move))))
        found.append((leg, now, price_at_roi(leg, Decimal("0.25")) or entry))
    return found


def record(leg: Leg, price: Decimal) -> dict[str, Any]:
    isolated = leg.margin_mode is MarginMode.ISOLATED
    return {
        "side": leg.position_side.value,
        "contracts": str(leg.contracts),
        "contract_size": str(leg.instrument.contract_size),
        "entry": str(leg.entry_price),
        "leverage": str(leg.leverage),
        "margin": str(leg.initial_margin) if isolated else None,
        "exchange_roi": None,
        "roi_low": "-0.2",
        "roi_high": "0.31",
        "liquidation": str(leg.liquidation_price),
        "tiers": [{"status": "fired", "price": "1"}, {"status": "next", "price": str(price)}],
    }


async def test_the_page_reckons_as_the_engine_does(browser: Browser) -> None:
    fake = FakeServer(lambda language: MadeDocument(0, language=language))
    await fake.start()
    page, _ = await opened(browser, fake)
    legs = made(tries(400, 20_000))
    told = await page.evaluate(WORK, [[record(leg, price), str(now.mark_price)] for leg, now, price in legs])
    await fake.kill()
    for (leg, now, price), page_says in zip(legs, told, strict=True):
        gap = gap_of(now, WARN)
        assert gap is not None
        sign = leg.position_side.sign
        expected = {
            "roi": now.roi,
            "unrealised": realised_estimate(now, now.contracts),
            "margin": now.initial_margin,
            "notional": now.notional,
            "liquidation": gap.left,
            "low": min(now.roi, Decimal("-0.2")),
            "high": max(now.roi, Decimal("0.31")),
            "way": sign * (price - now.mark_price) / now.mark_price,
        }
        # A difference of prices that are nearly the same is as exact as the prices are.
        scale = {"roi": leg.leverage, "unrealised": now.notional, "way": Decimal(1), "low": leg.leverage, "high": leg.leverage}
        for name, figure in expected.items():
            allowed = Decimal("1e-13") * (abs(figure) + scale.get(name, Decimal(1)))
            assert abs(Decimal(page_says[name]) - figure) <= allowed, (name, leg, now.mark_price)
        assert page_says["bucket"] == next((place for place, bound in enumerate(BOUNDS) if now.roi >= bound), len(BOUNDS))
        # Which side of a hair it is on is rounding, in the engine's digits too.
        if abs(gap.left - gap.near) > Decimal("1e-12"):
            assert page_says["near"] == (now.initial_margin > 0 and gap.left < gap.near)
