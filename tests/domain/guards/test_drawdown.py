"""The measure of the drawdown guard: P&L falls it, and nothing else does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgtp.domain.guards.drawdown import DrawdownRules, Watch, parsed_action, parsed_fall
from tgtp.domain.model import Bill, UsdtMoney
from tgtp.errors import Invalid

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
RULES = DrawdownRules(warn="0.05", limit="0.2", action="close")


def money(equity: Any, pnl: Any = 0) -> UsdtMoney:
    return UsdtMoney(equity=Decimal(equity), unrealised_pnl=Decimal(pnl))


def bill(number: int, kind: Any, amount: Any, seconds: int = 1) -> Bill:
    return Bill(bill_id=str(number), at=START + dt.timedelta(seconds=seconds), kind=kind, amount=Decimal(amount))


def begun(equity: Any = 1000) -> Watch:
    return Watch.begun(RULES, money(equity), START, START)


def test_realised_and_unrealised_count_alike() -> None:
    watch = begun()
    lost = watch.with_bills([bill(1, "trade", -60), bill(2, "funding", -20), bill(3, "liquidation", -20)], money(850, -50))
    assert lost is not None
    assert lost.gap(money(850, -50)) == 0
    assert lost.fall(money(850, -50)).fraction == Decimal("0.15")


def test_a_bill_is_counted_once_whenever_it_comes() -> None:
    watch = begun()
    late, new = bill(1, "trade", -50, 30), bill(2, "trade", -50, 400)
    first = watch.with_bills([new], money(900))
    assert first is not None
    both = first.with_bills([late, new], money(900))
    assert both is not None
    assert both.fall(money(900)).lost == 100
    assert both.with_bills([late, new], money(900)) == both
    # What is older than a bill may be late is forgotten with its name, but not while something is missing.
    third = both.with_bills([bill(3, "trade", -1, 2000), late], money(899))
    assert third is not None
    at = START + dt.timedelta(seconds=2300)
    assert list(third.read(money(899), at, is_whole=False).counted) == ["2", "1", "3"]
    after = third.read(money(899), at, is_whole=True)
    assert list(after.counted) == ["3"]
    assert after.fresh([late, new]) == ()


@pytest.mark.parametrize(
    ("amount", "seconds", "fall"),
    [
        # A reading was near: what was lost since is lost of what is there then.
        (1000, 30, "0.1"),
        (-500, 30, "0.4"),
        # Nobody looked: the smaller fall is believed.
        (1000, 3600, "0.1"),
        (-500, 3600, "0.2"),
    ],
)
def test_a_loss_beside_a_transfer(amount: int, seconds: int, fall: str) -> None:
    now = money(800 + amount, -200)
    moved = begun().with_bills([bill(1, "transfer", amount, seconds)], now)
    assert moved is not None
    assert moved.gap(now) == 0
    assert moved.fall(now).fraction == Decimal(fall)


def test_a_loss_between_transfers_that_nobody_saw() -> None:
    """800 of 4000: by the sum of the transfers alone it would be 800 of 1500."""
    moves, now = [bill(1, "transfer", 3000, 3600), bill(2, "transfer", -2500, 7200)], money(700, -800)
    moved = begun().with_bills(moves, now)
    assert moved is not None
    assert moved.gap(now) == 0
    assert moved.fall(now).fraction == Decimal("0.2")
    # More of them than are looked at one by one.
    many = begun().with_bills([*moves, *(bill(number, "other", 1, 3600) for number in range(3, 40))], money(737, -800))
    assert many is not None
    assert many.gap(money(737, -800)) == 0


def test_a_watch_of_before_readings_were_kept_is_read() -> None:
    old = Watch(**{name: value for name, value in begun().model_dump(mode="json").items() if name not in ("pnl", "read_at")})
    now = money(1300, -200)
    moved = old.with_bills([bill(1, "transfer", 500)], now)
    assert moved is not None
    assert moved.gap(now) == 0
    assert moved.fall(now).fraction == Decimal("0.2")


def test_a_bill_that_is_late_makes_no_false_peak() -> None:
    """A loss was realised and its bill is not there yet: P&L alone would say that the account has won."""
    watch = begun()
    seen = watch.risen(money(1000, 9))
    assert (seen.peak_equity, seen.offset) == (Decimal(1000), Decimal(0))
    assert seen.fall(money(1000, 9)).lost == 0


def test_a_bill_that_is_late_makes_no_false_fall() -> None:
    """A win was realised and its bill is not there yet: P&L alone would say that the account has lost."""
    watch = begun()
    assert watch.fall(money(1000, -9)).lost == 0


def test_nothing_is_left_to_measure_on() -> None:
    assert begun().with_bills([bill(1, "transfer", -1000)], money(0)) is None


@pytest.mark.parametrize("equity", [0.0, "NaN"])
def test_no_float_and_no_nan(equity: Any) -> None:
    with pytest.raises(ValueError, match="equity"):
        UsdtMoney(equity=equity, unrealised_pnl=Decimal(0))


@pytest.mark.parametrize("rules", [{"warn": "0.2", "limit": "0.2"}, {"limit": "1"}, {"warn": "1.5"}])
def test_rules_that_make_no_sense(rules: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"fall|warning"):
        DrawdownRules(**rules)


def test_a_warning_without_a_limit_only_warns() -> None:
    only = DrawdownRules(warn="0.1")
    assert [only.level(Decimal(fall)) for fall in ("0.09", "0.12", "0.99")] == [None, Decimal("0.10"), Decimal("0.95")]


@pytest.mark.parametrize("text", ["100", "-1", "1e1", "20 30", "²"])
def test_what_is_no_fall(text: str) -> None:
    with pytest.raises(Invalid):
        parsed_fall(text)
    with pytest.raises(Invalid):
        parsed_action(text)


amounts = st.decimals(-400, 400, places=2)


@given(st.lists(st.tuples(st.sampled_from(["transfer", "other"]), amounts), max_size=8), st.decimals(-190, 190, places=2))
def test_transfers_never_change_a_fall(moves: list[tuple[str, Decimal]], pnl: Decimal) -> None:
    """Whatever is paid in or out, the fall stays what it was, and all of the equity is explained."""
    watch, equity = begun().read(money(1000 + pnl, pnl), START, is_whole=True), 1000 + pnl
    before = watch.fall(money(equity, pnl)).fraction
    for number, (kind, amount) in enumerate(moves):
        if equity + amount <= 1:
            continue
        equity += amount
        moved = watch.with_bills([bill(number, kind, amount)], money(equity, pnl))
        assert moved is not None
        watch = moved
        assert abs(watch.gap(money(equity, pnl))) < Decimal("1e-15")
        assert abs(watch.fall(money(equity, pnl)).fraction - before) < Decimal("1e-15")


@given(st.lists(st.tuples(st.decimals(0, 5000, places=2), st.decimals(-199, 500, places=2)), min_size=1, max_size=12))
def test_without_a_fall_of_pnl_no_equity_reaches_the_limit(seen: list[tuple[Decimal, Decimal]]) -> None:
    """The P&L never falls by 200 U from its peak: whatever equity is shown, no reading that counts is over 20 %."""
    watch, peak = begun(), Decimal(0)
    for equity, pnl in seen:
        at = max(pnl, peak - 199)
        peak = max(peak, at)
        shown = money(equity, at)
        assert watch.fall(shown).fraction < Decimal("0.2")
        if abs(watch.gap(shown)) <= watch.tolerance:
            watch = watch.risen(shown)
