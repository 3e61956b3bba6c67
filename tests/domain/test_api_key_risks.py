"""What is risky about a key, and when to say so again."""

from __future__ import annotations

import datetime as dt

import pytest

from tgtp.domain.api_key_risks import KeyMemory, risks_of
from tgtp.domain.model import AccountProfile, PositionMode

NOW = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)


def profile(*, withdraw: bool = False, bound: bool | None = True, label: str = "main") -> AccountProfile:
    return AccountProfile(position_mode=PositionMode.NET, can_trade=True, can_withdraw=withdraw, ip_bound=bound, label=label)


@pytest.mark.parametrize(
    ("withdraw", "bound", "risks"),
    [
        (False, True, ()),
        (False, None, ()),
        (False, False, ("unbound",)),
        (True, True, ("withdraw",)),
        (True, False, ("withdraw", "unbound")),
    ],
)
def test_risks(withdraw: bool, bound: bool | None, risks: tuple[str, ...]) -> None:
    assert risks_of(profile(withdraw=withdraw, bound=bound)) == risks


@pytest.mark.parametrize(("hours", "due"), [(0, False), (23.9, False), (24, True), (-23, False), (-25, True)], ids=str)
def test_told_once_a_day_by_a_clock_that_may_be_put_back(hours: float, due: bool) -> None:
    memory = KeyMemory(label="main").after_told(["withdraw"], NOW)
    assert memory.is_due("withdraw", NOW + dt.timedelta(hours=hours)) is due
    assert memory.is_due("unbound", NOW)


def test_what_is_acknowledged_is_one_risk_of_one_key() -> None:
    risky = profile(withdraw=True, bound=False)
    memory = KeyMemory(label="main").after_told(["withdraw", "unbound"], NOW).after_acknowledged(["unbound"])
    assert memory.waiting == ("withdraw",)
    assert memory.of(risky).open_risks(risky) == ("withdraw",)
    other = risky.replaced(label="second")
    assert memory.of(other) == KeyMemory(label="second")
    assert memory.of(other).open_risks(other) == ("withdraw", "unbound")


def test_a_risk_that_was_over_is_asked_about_again() -> None:
    unbound, bound, unknown = profile(bound=False), profile(bound=True), profile(bound=None)
    memory = KeyMemory(label="main").after_told(["unbound"], NOW).after_acknowledged(["unbound"])
    assert memory.of(bound).open_risks(unbound) == ("unbound",)
    assert memory.of(bound).is_due("unbound", NOW)
    # Not said is not over.
    assert memory.of(unknown).of(unbound).open_risks(unbound) == ()
    assert memory.of(unbound) == memory


def test_it_survives_the_ledger() -> None:
    memory = KeyMemory(label="main").after_told(["withdraw", "unbound"], NOW).after_acknowledged(["unbound"])
    assert KeyMemory(**memory.model_dump(mode="json")) == memory
