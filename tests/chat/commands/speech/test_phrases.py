"""What people type, in the real chat: gate, router, handlers."""

from __future__ import annotations

import re

import pytest

from tests.chat.commands.speech.phrases import PHRASES
from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.simulation.phone.phone import Phone

STX, CRV, BTC = "STX-USDT-SWAP", "CRV-USDT-SWAP", "BTC-USDT-SWAP"
HAN = re.compile(r"[\u4e00-\u9fff]")
HOURS = 3 * 3600
STRANGER = 666
# Of these the phone shows nothing else when they come late; the rest is told to be late.
STOPS = [text for text, result in PHRASES if result.startswith("pauses ")]


async def house(dial: Dial, text: str, **options: object) -> Phone:
    legs = [paper_leg(STX), paper_leg(STX, "short"), paper_leg(CRV), paper_leg(BTC)]
    return await dial(*legs, language="zh" if HAN.search(text) else "en", **options)


@pytest.mark.parametrize(("text", "result"), PHRASES)
async def test_what_people_type(dial: Dial, text: str, result: str) -> None:
    phone = await house(dial, text)
    what, _, more = result.partition(" ")
    # The first word of a person is remembered for its language.
    await phone.says("/health")
    if what == "resumes":
        await phone.says("/pause")
    before = (phone.house.folder / "ledger.json").read_bytes()
    answer = await phone.says(text)
    unchanged = (phone.house.folder / "ledger.json").read_bytes() == before
    paused = set(phone.house.ledger.paused())
    assert phone.house.exchange.submitted == [], "nothing is closed without a press"
    if what == "pauses":
        assert paused == {more if more == "*" else f"{more}-USDT-SWAP"}
        return
    assert paused == set()
    if what == "resumes":
        return
    buttons = [label for row in phone.buttons() for label in row]
    if what == "asks":
        side, count = more.split()
        assert f"STX-USDT-SWAP {'多单' if HAN.search(text) and side == 'long' else side}" in answer.replace("空单", "short")
        assert re.fullmatch(rf"✅ (Close|平仓|平) {count}( 张)?", buttons[0])
        await phone.press("✅")
        assert phone.house.closed() == [int(count)]
        return
    if what == "offers":
        assert more in buttons
    else:
        assert more in answer
    if text not in ("面板",):
        assert unchanged
