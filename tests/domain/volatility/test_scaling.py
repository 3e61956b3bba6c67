"""Thresholds times a factor: what may never come of it."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.snapshots import PerfectExchange, lives_of, situation, snapshot
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import PartialTier
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.domain.order import Basis
from tgtp.domain.plan import Rules, hedge_plan, ladder_plan
from tgtp.domain.volatility.scaling import scaled

LONG, SHORT = Ladder.parse("25:30,35:50,50:50"), Ladder.parse("35:30,45:50,55:50")
RULES = Rules(long=LONG, short=SHORT)
CRV = "CRV-USDT-SWAP"

factors = st.integers(75, 150).map(lambda hundredths: Decimal(hundredths) / 100)


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    digits = draw(st.sampled_from((0, 1, 2)))
    thresholds = draw(st.lists(st.integers(1, 1000 * 10**digits), min_size=1, max_size=10, unique=True))
    rungs = (f"{Decimal(each).scaleb(-digits):f}:{draw(st.integers(1, 100))}" for each in sorted(thresholds))
    return Ladder.parse(",".join(rungs))


@given(ladders(), factors)
def test_the_order_of_tiers_and_their_shares_are_kept(ladder: Ladder, factor: Decimal) -> None:
    found = scaled(ladder, factor)
    assert [(tier.number, tier.share) for tier in found.tiers] == [(tier.number, tier.share) for tier in ladder.tiers]
    assert all(lower.threshold < upper.threshold for lower, upper in itertools.pairwise(found.tiers))
    for tier, base in zip(found.tiers, ladder.tiers, strict=True):
        assert abs(tier.threshold - base.threshold * factor) <= Decimal("0.0005")


@given(ladders(), factors, factors)
def test_a_higher_factor_makes_no_threshold_lower(ladder: Ladder, one: Decimal, other: Decimal) -> None:
    lower, upper = (scaled(ladder, factor) for factor in sorted((one, other)))
    assert all(below.threshold <= above.threshold for below, above in zip(lower.tiers, upper.tiers, strict=True))


@given(ladders())
def test_a_factor_of_one_changes_nothing(ladder: Ladder) -> None:
    assert scaled(ladder, Decimal("1.00")) is ladder


@pytest.mark.parametrize(
    ("base", "factor", "effective"),
    [
        ("25:30,35:50,50:50", "1.14", "28.5:30,39.9:50,57:50"),
        ("25:30,35:50,50:50", "0.75", "18.8:30,26.3:50,37.5:50"),
        ("25:30,35:50,50:50", "1.5", "37.5:30,52.5:50,75:50"),
        # Rounding would make two of these one.
        ("25:30,25.1:50", "0.75", "18.75:30,18.825:50"),
        ("0.04:30", "0.75", "0.03:30"),
        ("0.1:30,0.3:40", "0.75", "0.1:30,0.2:40"),
    ],
)
def test_worked_examples(base: str, factor: str, effective: str) -> None:
    assert str(scaled(Ladder.parse(base), Decimal(factor))) == effective


def test_a_factor_is_of_its_coin_alone() -> None:
    rules = RULES.replaced(own={"CRV-USDT-SWAP short": Ladder.parse("40:100")}).scaled_by({CRV: Decimal("1.2")})
    crv, stx = leg(CRV).key, leg("STX-USDT-SWAP").key
    assert str(rules.ladder_of(crv)) == "30:30,42:50,60:50"
    assert str(rules.ladder_of(leg(CRV, side="short").key)) == "48:100"
    assert rules.ladder_of(stx) == rules.base_ladder_of(stx) == LONG
    assert (rules.factor_of(CRV), rules.factor_of("STX-USDT-SWAP")) == (Decimal("1.2"), Decimal(1))


def test_the_basis_says_what_the_threshold_was_made_of() -> None:
    held = leg(roi=29)
    rules = RULES.scaled_by({CRV: Decimal("1.14")})
    (intent,) = ladder_plan(snapshot(held), situation(lives_of(held), rules=rules)).intents
    assert (intent.basis.threshold, intent.basis.base_threshold, intent.basis.factor) == (
        Decimal("0.285"),
        Decimal("0.25"),
        Decimal("1.14"),
    )
    assert ladder_plan(snapshot(leg(roi=28)), situation(lives_of(leg(roi=28)), rules=rules)).intents == ()


@given(st.lists(factors, min_size=1, max_size=30), st.integers(0, 120))
def test_whatever_factors_come_each_tier_fires_once(course: list[Decimal], roi: int) -> None:
    exchange = PerfectExchange(leg(roi=roi))
    for factor in course:
        exchange.rules = RULES.scaled_by({CRV: factor})
        exchange.check()
    exchange.until_quiet()
    fired = [intent.tier or 0 for intent in exchange.intents]
    assert fired == sorted(set(fired))


def test_a_begun_tier_keeps_its_own_threshold_and_what_it_was_made_of() -> None:
    held = leg(roi=29)
    wild, calm = (RULES.scaled_by({CRV: Decimal(factor)}) for factor in ("1.14", "0.8"))
    (intent,) = ladder_plan(snapshot(held), situation(lives_of(held), rules=wild)).intents
    life = begun(held, intent.basis)
    (rest,) = ladder_plan(snapshot(held), situation({held.key: life}, rules=calm)).intents
    assert (rest.tier, rest.basis.threshold, rest.basis.base_threshold, rest.basis.factor) == (
        1,
        Decimal("0.285"),
        Decimal("0.25"),
        Decimal("1.14"),
    )


def begun(held: Leg, basis: Basis) -> Life:
    assert basis.threshold is not None
    part = PartialTier(
        tier=1,
        threshold=basis.threshold,
        target=basis.target_contracts,
        closed=Decimal(10),
        share=basis.share,
        base_threshold=basis.base_threshold,
        factor=basis.factor,
    )
    return Life.begun(held).replaced(unfinished=part)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("CRV-USDT-SWAP", "STX-USDT-SWAP")), st.sampled_from(("long", "short")), st.integers(-90, 200)
        ),
        unique_by=lambda row: row[:2],
        max_size=4,
    ),
    st.dictionaries(st.sampled_from(("CRV-USDT-SWAP", "STX-USDT-SWAP")), factors),
)
def test_without_factors_plans_are_what_they_were(rows: list[tuple[str, str, int]], known: dict[str, Decimal]) -> None:
    legs = [leg(name, side=side, roi=roi) for name, side, roi in rows]
    seen = snapshot(*legs)
    before, off = (
        situation(lives_of(*legs), rules=RULES),
        situation(lives_of(*legs), rules=RULES.scaled_by(known).scaled_by({})),
    )
    assert ladder_plan(seen, off) == ladder_plan(seen, before)
    assert hedge_plan(seen, off) == hedge_plan(seen, before)
    # With them the hedge rule, which has no thresholds, does what it did.
    assert hedge_plan(seen, situation(lives_of(*legs), rules=RULES.scaled_by(known))).notes == hedge_plan(seen, before).notes


def test_what_is_written_without_a_factor_is_what_older_versions_read() -> None:
    held = leg(roi=29)
    plain = ladder_plan(snapshot(held), situation(lives_of(held), rules=RULES)).intents[0].basis
    # Of a tier nothing is written that only guards and factors have, be it empty.
    of_guards = {"best_roi", "give_back", "guard_price", "after_tier", "fees", "funding", "base_threshold", "factor"}
    assert of_guards & plain.model_dump(mode="json").keys() == set()
    wild = (
        ladder_plan(snapshot(held), situation(lives_of(held), rules=RULES.scaled_by({CRV: Decimal("1.14")}))).intents[0].basis
    )
    assert Basis(**wild.model_dump(mode="json")) == wild
    assert Basis(**plain.model_dump(mode="json")) == plain
