"""Guards on the phone: seen, set by words, confirmed, put back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.chat.commands.tiers.test_tiers import confirm, data_of
from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.phone import Phone
from tgtp.domain.guards.rules import GuardRules
from tgtp.engine.guards.guard_notes import GuardName

CRV = key()


def guards(phone: Phone) -> GuardRules:
    return phone.house.checker.rules.guards


async def test_they_are_off_and_say_how_to_set_them(dial: Dial) -> None:
    phone = await dial(paper_leg())
    answer = await phone.says("/guards")
    assert "give-back guard: off" in answer
    assert "break-even guard: off" in answer
    assert "/guards giveback 40" in answer


@pytest.mark.parametrize(
    ("words", "give_back", "break_even"),
    [
        ("giveback 40", "0.4", 0),
        ("giveback 12.5%", "0.125", 0),
        ("breakeven 1", "0", 1),
        ("breakeven after_tier_2", "0", 2),
        ("回吐 40", "0.4", 0),
        ("保本 1", "0", 1),
    ],
)
async def test_one_is_set_after_a_card(dial: Dial, words: str, give_back: str, break_even: int) -> None:
    phone = await dial(paper_leg())
    card = await phone.says(f"/guards {words}")
    assert "off →" in card
    assert not guards(phone).is_on
    assert "Done" in await confirm(phone)
    assert guards(phone) == GuardRules(give_back=Decimal(give_back), break_even=break_even)
    phone.house.restart()
    assert guards(phone) == GuardRules(give_back=Decimal(give_back), break_even=break_even)


async def test_a_coin_gets_its_own_and_goes_back(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for words in ("giveback 40", "giveback CRV 30"):
        await phone.says(f"/guards {words}")
        await confirm(phone)
    assert guards(phone).give_back_of("CRV-USDT-SWAP") == Decimal("0.3")
    assert guards(phone).give_back_of("STX-USDT-SWAP") == Decimal("0.4")
    assert "CRV, give-back guard: 30%" in await phone.says("/guards")
    await phone.says("/guards crv giveback default")
    await confirm(phone)
    assert guards(phone).give_back_of("CRV-USDT-SWAP") == Decimal("0.4")
    await phone.says("/guards giveback off")
    await confirm(phone)
    assert not guards(phone).is_on


@pytest.mark.parametrize(
    "words",
    ["giveback", "40", "giveback 0", "giveback 100", "giveback STX 30", "breakeven 11", "breakeven not 1", "giveback 4 0"],
)
async def test_what_is_not_understood_changes_nothing(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    assert "Nothing was changed" in await phone.says(f"/guards {words}")
    assert not guards(phone).is_on
    assert data_of(phone) == []


async def test_the_card_says_what_would_close_now(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 30)
    await phone.house.check(3)
    phone.house.set_roi(CRV, 10)
    await phone.house.check(2)
    card = await phone.says("/guards giveback 40")
    assert "Reached already" in card
    assert "closes 68 of 70" in card
    assert "at 5.09: under +18.00%, best +30.00%" in card
    await confirm(phone)
    await phone.house.check(3)
    assert [event.intent.rule for event in phone.house.listener.of("guard_filled")] == ["give_back"]


async def test_one_that_somebody_changed_meanwhile_is_asked_anew(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/guards giveback 40")
    change = phone.house.checker.rulebook.with_guards({GuardName("give_back"): "30"})
    assert await phone.house.actions.change_guards(change, by=2)
    assert "meanwhile" in await confirm(phone)
    assert guards(phone).give_back == Decimal("0.3")


async def test_a_pause_of_guards_is_a_pause_of_its_own(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause CRV guard")
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP guard"}
    await phone.says("/resume")
    await phone.says("/pause 保护")
    assert phone.house.ledger.paused() == {"* guard"}


async def test_the_leg_card_foretells_them(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for words in ("giveback 40", "breakeven 1"):
        await phone.says(f"/guards {words}")
        await confirm(phone)
    assert "give-back guard: from tier 1 on" in await phone.says("/leg CRV")
    phone.house.set_roi(CRV, 30)
    await phone.house.check(3)
    card = await phone.says("/leg CRV")
    assert "give-back guard at 5.09: under +18.00%, best +30.00%" in card
    assert "break-even guard at 5.00" in card
    assert "A guard may come before a tier above" in card


async def test_a_break_even_after_a_tier_that_no_ladder_has_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "No ladder has a tier 4" in await phone.says("/guards breakeven 4")
    assert "No ladder" not in await phone.says("/guards breakeven 3")


async def test_a_break_even_that_lies_ahead_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg().replaced(funding=Decimal(-20)))
    await phone.says("/guards breakeven 1")
    await confirm(phone)
    phone.house.set_roi(CRV, 26)
    await phone.house.check(3)
    assert "once the mark has been beyond it" in await phone.says("/guards")
