"""Closes that cross: two owners at one moment, a leg that was opened anew, a press made while the program was down."""

from __future__ import annotations

import asyncio

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import occupied
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.domain.model import LegKey

CRV, STX = key(), key("STX-USDT-SWAP")
OTHER = 22


def reopen(phone: Phone, leg: LegKey = CRV) -> None:
    """Close a leg by hand and open it anew, of the same size."""
    held = phone.house.leg(leg)
    phone.house.paper.drop_leg(leg)
    now = phone.house.clock.now()
    phone.house.paper.put_leg(held.replaced(opened_at=now, adjusted_at=now))


@pytest.mark.parametrize("words", ["/close CRV long 50%", "/close CRV", "/close all 50%", "/close all"])
async def test_two_owners_who_confirm_at_one_moment_close_once(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"), allowed=(ME, OTHER))
    cards = []
    for user in (ME, OTHER):
        await phone.says(words, user_id=user)
        cards.append((max(phone.wire.posts), user))
    yes = [phone.wire.posts[on]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] for on, _ in cards]
    phone.house.clock.forward(2)
    async with occupied(phone.house.checker):
        for data, (on, user) in zip(yes, cards, strict=True):
            await phone.press(data, on=on, user_id=user, wait=False)
        await asyncio.sleep(0)
    await phone.settle()
    closed = {leg: 100 - phone.house.held(leg) for leg in (CRV, STX)}
    assert closed[CRV] == (50 if "50%" in words else 100)
    assert closed[STX] == (closed[CRV] if "all" in words else 0)
    assert not any("⏳" in phone.wire.posts[on]["text"] for on, _ in cards)


async def test_the_second_of_two_owners_is_asked_again_about_half_of_what_the_first_has_left(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"), allowed=(ME, OTHER))
    cards = []
    for user in (ME, OTHER):
        await phone.says("/close all 50%", user_id=user)
        cards.append((max(phone.wire.posts), user))
    phone.house.clock.forward(2)
    for on, user in cards:
        yes = phone.wire.posts[on]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await phone.press(yes, on=on, user_id=user, wait=False)
        await phone.settle()
    said = phone.wire.posts[cards[1][0]]["text"]
    assert "changed since; nothing was sent" in said
    assert "CRV long: 25 of 50" in said
    assert phone.house.closed() == [50, 50]


@pytest.mark.parametrize("words", ["/close all 50%", "/close all keep"])
async def test_a_double_press_of_a_card_of_many_is_one(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says(words)
    on, yes = int(phone.newest()["message_id"]), phone.data()[0]
    phone.house.clock.forward(2)
    async with occupied(phone.house.checker):
        for _ in range(2):
            await phone.press(yes, on=on, wait=False)
        await asyncio.sleep(0)
    await phone.settle()
    assert len(phone.house.exchange.submitted) == 2


async def test_an_old_alert_never_closes_a_leg_that_was_opened_anew(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 26)
    await phone.house.check(2)
    await phone.until(lambda: any("tier 1" in text for text in phone.alerts()))
    on = next(on for on, post in phone.wire.posts.items() if "✂️" in str(post.get("reply_markup")))
    rows = phone.wire.posts[on]["reply_markup"]["inline_keyboard"]
    cut = next(button["callback_data"] for row in rows for button in row if "✂️" in button["text"])
    reopen(phone)
    await phone.house.check(3)
    before = len(phone.house.exchange.submitted)
    said = await phone.press(cut, on=on)
    assert len(phone.house.exchange.submitted) == before
    assert said == "✋ The leg is gone; nothing was sent."


@pytest.mark.parametrize("words", ["/close CRV long", "/close CRV long 50%", "/close all", "/close CRV"])
async def test_a_card_of_one_life_never_closes_the_next(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"))
    await phone.says(words)
    reopen(phone)
    phone.house.clock.forward(2)
    said = await phone.press(phone.data()[0])
    assert phone.house.held(CRV) == 100
    assert phone.data()[0].startswith("cf:")
    assert "changed" in said or "grew" in said or "new" in said


@pytest.mark.parametrize("checked", [False, True])
async def test_buttons_of_a_leg_card_ask_for_the_leg_that_is(dial: Dial, checked: bool) -> None:
    phone = await dial(paper_leg())
    await phone.says("/leg CRV long")
    on = int(phone.newest()["message_id"])
    rows = phone.wire.posts[on]["reply_markup"]["inline_keyboard"]
    whole = next(button["callback_data"] for row in rows for button in row if button["callback_data"].endswith(":100:new"))
    reopen(phone)
    if checked:
        await phone.house.check(2)
    await phone.press(whole, on=on)
    if not checked:
        # The last look still shows the one before: what is confirmed is looked at anew.
        phone.house.clock.forward(2)
        await phone.press(phone.data()[0])
    assert phone.house.held(CRV) == 100
    assert phone.house.exchange.submitted == []


@pytest.mark.parametrize("words", ["/close CRV long", "/close all"])
async def test_a_confirmation_pressed_while_the_program_was_down_closes_nothing(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says(words)
    on, yes = int(phone.newest()["message_id"]), phone.data()[0]
    phone.house.clock.forward(2)
    await phone.restart_with(lambda: phone.tg.user_press(on, yes))
    await phone.until(lambda: any("no longer valid" in text for text in phone.texts()))
    assert phone.house.exchange.submitted == []
