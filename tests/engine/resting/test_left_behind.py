"""An account goes, and its orders stay at the exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.chat.texts.test_texts import reader
from tests.fixtures.fakes import paper_leg
from tests.fixtures.several_accounts import Street
from tgtp.chat.events.one_line import line


@pytest.fixture
async def street(tmp_path: Path) -> Street:
    """Three accounts, and in two of them all tiers rest."""
    made = Street(tmp_path, {name: [paper_leg(), paper_leg("STX-USDT-SWAP")] for name in ("main", "alpha", "beta")})
    for number, (name, exchange) in enumerate(made.exchanges.items()):
        exchange.rests = made.papers[name].conditional
        exchange.profile_view = lambda profile, uid=str(number): profile.replaced(uid=uid)  # type: ignore[misc]
    made.restart()
    await made.check()
    for name in ("main", "alpha"):
        resting = made.of(name).checker.resting
        with made.of(name).checker.journal.step():
            resting.change("", "all", by=7)
    await made.check()
    return made


def told(street: Street) -> list[tuple[str, int]]:
    return [(event.name, event.orders) for event in street.listener.of("resting_left")]


async def test_one_that_is_not_named_any_more_is_told_once_until_it_comes_back(street: Street) -> None:
    street.names = ("main", "beta")
    for _ in range(2):
        street.restart()
        await street.check(2)
        assert told(street) == [("alpha", 6)]
    (event,) = street.listener.of("resting_left")
    assert "6 orders of mine rest there at OKX, as far as I know, and may fire: CRV long, STX long" in line(reader("en"), event)
    street.names = ("main", "alpha", "beta")
    street.restart()
    await street.check(2)
    street.names = ("main",)
    street.restart()
    await street.check(2)
    assert told(street) == [("alpha", 6)] * 2


async def test_one_that_is_called_otherwise_is_here(street: Street) -> None:
    tables: list[dict[str, Any]] = [street.papers, street.exchanges, street.marks]
    for table in tables:
        table["gamma"] = table.pop("alpha")
    street.names = ("main", "beta", "gamma")
    street.restart()
    await street.check(3)
    assert (told(street), len(street.of("gamma").checker.resting.at_rest)) == ([], 6)


async def test_where_the_exchange_has_no_ids_it_is_told_after_a_minute(street: Street) -> None:
    for exchange in street.exchanges.values():
        exchange.profile_view = lambda profile: profile.replaced(uid="")
    street.names = ("main",)
    street.restart()
    await street.check()
    assert told(street) == []
    await street.check(8)
    assert told(street) == [("alpha", 6)]
