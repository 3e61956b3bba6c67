"""Thresholds that follow the volatility, as people see them and switch that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.phone import Phone
from tgtp.domain.volatility.factor import Volatility
from tgtp.engine.volatility.scaled_rules import Switches

STX = key("STX-USDT-SWAP")
NAME = STX.instrument_id


def is_wild(phone: Phone, factor: str = "1.14") -> None:
    """Let a coin be as wild now as a factor says."""
    checker = phone.house.checker
    now = Volatility(until=checker.exchange_now(), now=Decimal("0.02"), usual=Decimal("0.01"), factor=Decimal(factor))
    checker.scaling.book.known[NAME] = now


def switch(phone: Phone, *, on: bool) -> None:
    with phone.house.ledger.step():
        phone.house.checker.scaling.change(Switches(on))


async def test_wherever_a_threshold_stands_its_base_stands_beside(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"), paper_leg())
    is_wild(phone)
    switch(phone, on=True)
    phone.house.set_roi(STX, 27)
    await phone.house.check()
    assert phone.house.fired(STX) == []
    tiers = await phone.says("/tiers")
    assert "1. ROI ≥ 25%: close 30%" in tiers
    assert "🌡 Times the volatility of now: STX × 1.14." in tiers
    assert "STX long +27.00% · next 28.5% = 25% × 1.14 at 5.1425" in tiers
    assert "CRV long 0.00% · next 25% at 5.125" in tiers
    assert "  2. ROI ≥ 39.9% = 35% × 1.14: close 50%" in await phone.says("/tiers STX")
    assert "next 28.5% = 25% × 1.14 at 5.1425" in await phone.says("/status STX")
    card = await phone.says("/leg STX")
    assert "○ 28.5% = 25% × 1.14 at 5.1425: closes 30 of 100" in card
    assert "○ 57% = 50% × 1.14" in card


async def test_an_alert_and_why_name_the_base_and_the_factor(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    is_wild(phone)
    switch(phone, on=True)
    phone.house.set_roi(STX, 29)
    await phone.house.check()
    await phone.settle()
    assert phone.house.fired(STX) == [1]
    told = next(text for text in phone.texts() if text.startswith("🎯"))
    assert "tier 1 (28.5% = 25% × 1.14)" in told
    assert "next 39.9% = 35% × 1.14 at 5.1995" in told
    assert "ROI ≥ 28.5% = 25% × 1.14, close 30%" in await phone.says(f"/why {told.rpartition('#')[2]}")


def asked(phone: Phone) -> str:
    """The data of the button that confirms the newest card."""
    return phone.data()[0]


async def confirm(phone: Phone) -> str:
    phone.house.clock.forward(2)
    return await phone.press(asked(phone))


async def test_a_switch_asks_with_what_it_makes_of_each_leg_and_holds(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"), paper_leg())
    is_wild(phone, "0.8")
    phone.house.set_roi(STX, 22)
    await phone.house.check()
    assert "Thresholds act as they are written" in await phone.says("/dynamic")
    card = await phone.says("/dynamic STX on")
    assert card.startswith("🚨 Closes at once: STX long 30 contracts")
    assert "Let the thresholds of STX follow the volatility?" in card
    assert "STX long: 25:30 35:50 50:50 → 20:30 28:50 40:50" in card
    assert "CRV" not in card
    assert not phone.house.checker.scaling.switches.any_on
    assert "From the next check on the thresholds of STX follow" in await confirm(phone)
    await phone.house.check()
    assert phone.house.fired(STX) == [1]
    shown = await phone.says("/dynamic")
    assert "But those of STX follow the volatility." in shown
    assert "STX × 0.8: an hour spans 2%, usually 1%" in shown
    assert "user 1 let the thresholds of STX follow the volatility" in await phone.says("/history")
    await phone.restart()
    assert "But those of STX" in await phone.says("/dynamic")
    assert "STX: its month is being read; as written until then" in await phone.says("/dynamic")
    assert "already" in await phone.says("/dynamic STX on")


async def test_what_nobody_has_read_is_shown_with_the_lowest_factor(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    phone.house.set_roi(STX, 19)
    await phone.house.check()
    card = await phone.says("/dynamic on")
    assert "Not read yet: STX." in card
    assert "STX long +19.00%: tier 1 closes 30 of 100" in card
    phone.house.clock.forward(2)
    assert await phone.press("Cancel") == "Nothing was changed."
    assert not phone.house.checker.scaling.switches.any_on


async def test_off_puts_the_thresholds_back(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    is_wild(phone)
    switch(phone, on=True)
    phone.house.set_roi(STX, 27)
    await phone.house.check()
    assert phone.house.fired(STX) == []
    card = await phone.says("关闭波动率调整")
    assert "28.5:30 39.9:50 57:50 → 25:30 35:50 50:50" in card
    assert "tier 1 closes 30 of 100" in card
    await confirm(phone)
    await phone.house.check()
    assert phone.house.fired(STX) == [1]


async def test_a_card_of_other_switches_changes_nothing(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    await phone.says("/dynamic on")
    with phone.house.ledger.step():
        phone.house.checker.scaling.change(Switches(account=False, own={NAME: True}))
    assert "Changed by someone meanwhile" in await confirm(phone)
    assert phone.house.checker.scaling.switches == Switches(account=False, own={NAME: True})


@pytest.mark.parametrize("words", ["/dynamic on", "/dynamic STX off"])
async def test_thresholds_that_have_moved_since_the_card_are_shown_again(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"), paper_leg())
    is_wild(phone)
    switch(phone, on=words.endswith("off"))
    await phone.says(words)
    before = phone.house.checker.scaling.switches
    is_wild(phone, "1.28")
    again = await confirm(phone)
    if words.endswith("off"):
        # What is switched off leaves the thresholds as they are written, whatever the volatility.
        assert "as they are written" in again
        assert phone.house.checker.scaling.switches.own == {NAME: False}
        return
    assert again.startswith("🔁 The volatility has been read anew meanwhile")
    assert "STX long: 25:30 35:50 50:50 → 32:30 44.8:50 64:50" in again
    assert phone.house.checker.scaling.switches == before
    assert "From the next check on" in await confirm(phone)
    assert phone.house.checker.scaling.switches.account


async def test_a_factor_that_is_too_old_by_now_is_another_card(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    is_wild(phone)
    await phone.says("/dynamic on")
    phone.house.checker.scaling.book.known[NAME] = "stale"
    assert "read anew meanwhile" in await confirm(phone)
    assert not phone.house.checker.scaling.switches.any_on


@pytest.mark.parametrize("words", ["onn", "STX", "STX CRV on", "on off", "DOGE on"])
async def test_words_that_make_no_sense_change_nothing(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"), paper_leg())
    answer = await phone.says(f"/dynamic {words}")
    assert "nothing was changed" in answer.lower()
    assert phone.buttons() == []


@pytest.mark.parametrize("words", ["/dynamic STX 关", "/dynamic off stx", "关闭动态 STX", "STX 动态关", "关闭波动率 STX"])
async def test_words_for_one_coin(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    switch(phone, on=True)
    await phone.house.check()
    assert "Let the thresholds of STX act as they are written?" in await phone.says(words)


@pytest.mark.parametrize("words", ["动态", "波动率", "/波动"])
async def test_chinese_words_show_it(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    assert "/dynamic STX off" in await phone.says(words)
