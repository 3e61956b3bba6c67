"""A leg whose numbers have more digits than arithmetic keeps hides no other, and can be closed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tgtp.chat.texts.formats.numbers import margin, money, percent, price, rough_percent, rough_price

ABSURD = Decimal("123456789012345678901234567890123.5")


def test_every_look_of_a_number_takes_more_digits_than_arithmetic_keeps() -> None:
    assert money(ABSURD) == "123,456,789,012,345,678,901,234,567,890,123.50"
    assert margin(ABSURD, Decimal(1)) == money(ABSURD)
    assert {price(ABSURD), rough_price(ABSURD)} == {"123456789012345678901234567890124"}
    assert percent(ABSURD) == percent(ABSURD, signed=True).removeprefix("+").replace(".00", "") == rough_percent(ABSURD)


@pytest.mark.parametrize("words", ["/status", "/panel", "/pairs", "close all half", "/status STX", "/tiers CRV"])
async def test_it_hides_no_other_leg(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(contracts=ABSURD), paper_leg("STX-USDT-SWAP"))
    answer = await phone.says(words)
    assert answer
    assert "went wrong" not in answer
    if words.startswith("close"):
        phone.house.clock.forward(2)
        await phone.press("cf:" if not phone.buttons() else phone.buttons()[0][0])
        assert phone.house.held(key("STX-USDT-SWAP")) == 50
