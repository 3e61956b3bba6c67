"""Who paused, and since when, stands wherever the state stands; and the giver hears of it too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import ME
from tgtp.domain.report import Span
from tgtp.engine.reporter import Accountant


@pytest.mark.parametrize(
    ("language", "words"), [("en", f"Paused by user {ME}, since 01-02 12:00:10 UTC"), ("zh", "01-02 12:00")]
)
async def test_the_status_and_the_panel_say_who_paused(dial: Dial, language: str, words: str) -> None:
    phone = await dial(paper_leg(), language=language)
    await phone.says("/pause")
    assert words in await phone.says("/status")
    assert words in await phone.says("/panel")


async def test_a_coins_pause_is_named_with_who_and_since(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause CRV")
    assert f"paused: CRV (by user {ME}, since 01-02" in await phone.says("/status")


async def test_the_only_owner_hears_of_their_own_pause(dial: Dial) -> None:
    phone = await dial(paper_leg())
    before = len(phone.alerts())
    assert "Paused" in await phone.says("/pause")
    await phone.until(lambda: len(phone.alerts()) > before)
    assert f"everything paused by user {ME}" in phone.alerts()[-1]
    await phone.says("/panel")
    await phone.press("Resume")
    await phone.until(lambda: f"everything: user {ME} lifted the pause" in phone.alerts()[-1])


async def test_the_report_says_who_paused(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Paused now" not in await phone.says("/report")
    await phone.says("/pause")
    assert f"Paused now: everything (by user {ME}, since 01-02" in await phone.says("/report")
    now = phone.house.clock.now()
    made = await Accountant(phone.house.checker).report("day", Span(now - dt.timedelta(days=1), now), dt.UTC)
    assert [(one.account, one.pause.by) for one in made.report.paused] == [("main", ME)]


async def test_of_several_accounts_each_pause_is_named(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))
    await phone.says("/pause alpha")
    row = f"alpha: everything (by user {ME}, since 01-02"
    assert row in await phone.says("/accounts")
    assert row in await phone.says("/panel")
    assert row in await phone.says("/report")
