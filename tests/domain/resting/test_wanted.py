"""Which tiers of a leg are to rest, and at which price each is triggered."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.thoroughness import tries
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.resting.wanted import MOST_PLACINGS, Placing, identify, name_of, trigger_price, wanted
from tgtp.domain.sizing import whole_lots

SEED = Ladder.parse("25:30,35:50,50:50")
TICKS = [Decimal(tick) for tick in ("0.00000001", "0.0001", "0.0005", "0.01", "0.1", "2.5")]


@st.composite
def legs(draw: st.DrawFn) -> Leg:
    """A leg whose entry has up to sixteen digits, as OKX shows it."""
    entry = Decimal(draw(st.integers(1, 10**16))).scaleb(-draw(st.integers(0, 16)))
    held = leg(
        side=draw(st.sampled_from(["long", "short"])),
        entry_price=entry,
        mark_price=entry,
        leverage=draw(st.sampled_from([1, 2, 3, 5, 7, 10, 20, 33, 50, 75, 125])),
    )
    return held.replaced(instrument=held.instrument.replaced(tick_size=draw(st.sampled_from(TICKS))))


@settings(max_examples=tries(300, 20_000), deadline=None)
@given(legs(), st.integers(1, 20_000))
def test_the_roi_at_the_trigger_is_never_below_the_threshold_and_a_tick_before_it_is(held: Leg, points: int) -> None:
    threshold = Decimal(points) / 10_000
    price = trigger_price(held, threshold)
    tick, sign = held.instrument.tick_size, held.position_side.sign
    if price is None:
        # A short cannot win so much, or not by a price in whole ticks.
        assert sign == -1
        assert whole_lots(held.entry_price * (1 - threshold / held.leverage), tick) <= 0
        return
    assert whole_lots(price, tick) == price
    assert held.replaced(mark_price=price).roi >= threshold
    before = price - sign * tick
    assert before <= 0 or held.replaced(mark_price=before).roi < threshold


def rows(held: Leg, life: Life, ladder: Ladder = SEED, gate: str = "1") -> list[tuple[int, str]]:
    return [(each.order.tier, f"{each.order.contracts:f}") for each in wanted(held, life, ladder, Decimal(gate), "main")]


def fired(held: Leg, *numbers: int) -> Life:
    tiers = tuple(FiredTier(tier=number, threshold=Decimal(1), fired_at=held.opened_at) for number in numbers)
    return Life.begun(held).replaced(fired=tiers)


def test_what_has_fired_rests_no_more() -> None:
    held = leg(contracts=70, entry_price="5")
    assert rows(held, fired(held, 1)) == [(2, "35"), (3, "17")]
    assert rows(held, fired(held, 1, 2, 3)) == []


def test_the_rest_of_what_was_begun_is_left_out() -> None:
    held = leg(contracts=88, entry_price="5")
    begun = PartialTier(tier=1, threshold=Decimal("0.25"), target=Decimal(30), closed=Decimal(12))
    assert rows(held, Life.begun(held).replaced(unfinished=begun)) == [(2, "35"), (3, "17")]


def test_dust_is_passed_over() -> None:
    held = leg(contracts=2, entry_price="10")
    assert rows(held, Life.begun(held), gate="0.5") == [(2, "1")]


def test_a_tier_rests_while_its_margin_at_its_own_trigger_is_over_the_gate() -> None:
    # 6 contracts of 5 U at ten times: 3 U, of which tier 1 leaves 5/6, tier 2 half of that.
    long, short = (leg(side=side, contracts=6, entry_price="5", mark_price="5") for side in ("long", "short"))
    assert rows(long, Life.begun(long), gate="2.5") == [(1, "1"), (2, "2")]
    assert rows(long, Life.begun(long), gate="2.6") == [(1, "1")]
    # Cross margin follows the price: that of a short falls while it wins.
    assert rows(short, Life.begun(short), gate="2.95") == []
    own = short.replaced(margin_mode=MarginMode.ISOLATED, initial_margin=3)
    assert rows(own, Life.begun(own), gate="2.95") == [(1, "1")]
    assert rows(own, Life.begun(own), gate="3") == []


def test_of_more_than_one_order_takes_one_order_rests() -> None:
    held = leg(contracts=100, entry_price="5", max_market_contracts=20)
    found = wanted(held, Life.begun(held), SEED, Decimal(1), "main")
    assert [(f"{each.order.contracts:f}", f"{each.target:f}") for each in found] == [("20", "30"), ("20", "35"), ("17", "17")]


def test_a_leg_without_leverage_has_no_price_to_wait_for() -> None:
    held = leg(exchange_roi="0.1", leverage_known=False)
    assert rows(held, Life.begun(held)) == []


def test_every_order_of_a_life_is_known_by_its_name() -> None:
    life = Life.begun(leg()).replaced(generation=1, attempts={"resting1": 3})
    for placing in (0, 3, 3 + MOST_PLACINGS - 1):
        name = name_of("main", life.replaced(attempts={"resting1": placing}), 1)
        assert identify(name, "main", life) == Placing(1, placing, is_used=placing < 3)
        assert identify(name, "alpha", life) is None
    assert identify(name_of("main", life.replaced(generation=0, attempts={}), 2), "main", life) == Placing(2, 0)
    other = life.replaced(opened_at=life.opened_at.replace(year=2025))
    assert identify(name_of("main", other, 1), "main", life) is None
