"""Tiers that rest at the exchange, as people see them and switch that."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import reader
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.resting import RestingHouse
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone
from tgtp.app import end
from tgtp.chat.commands.history.in_force import in_force
from tgtp.chat.events.alert import alert
from tgtp.domain.model import LegKey
from tgtp.domain.order import Resting
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.accounts import Accounts
from tgtp.errors import TemporarilyDown
from tgtp.settings.environment import Settings

STX = key("STX-USDT-SWAP")


@pytest.fixture
def house(tmp_path: Path) -> RestingHouse:
    return RestingHouse(tmp_path / "data", paper_leg("STX-USDT-SWAP"), paper_leg(), resting=RestingRules())


async def confirm(phone: Phone) -> str:
    phone.house.clock.forward(2)
    return await phone.press(phone.data()[0])


async def test_switched_on_after_a_card_and_shown_as_it_rests(dial: Dial, house: RestingHouse) -> None:
    phone = await dial(house=house)
    shown = await phone.says("/resting")
    assert "Resting at OKX is off" in shown
    assert "Nothing rests there now." in shown
    card = await phone.says("/resting all STX")
    assert "Let every remaining tier of STX rest at OKX?" in card
    for follows in ("even while tgtp is down", "trims or cancels limit closes of yours", "refuses to change the leverage"):
        assert follows in card
    # In long/short mode nothing reverses.
    assert "reverse" not in card
    assert not phone.house.checker.resting.rules.is_on
    assert "every remaining tier of STX rests" in await confirm(phone)
    await phone.house.check()
    shown = await phone.says("/resting")
    assert "But those of STX do." in shown
    assert "STX long: tier 1 closes 30 at 5.125\nSTX long: tier 2 closes 35 at 5.175\nSTX long: tier 3 closes" in shown
    assert "CRV" not in shown
    row = "🪜 At OKX: tier 1 closes 30 at 5.125 · tier 2 closes 35 at 5.175 · tier 3 closes"
    assert row in await phone.says("/status")
    assert row in await phone.says("/leg STX")
    assert "🪜 3 take-profit orders at OKX: STX long tier 1/2/3" in await phone.says("/panel")


async def test_the_card_counts_limit_closes_beside_what_the_tiers_leave(dial: Dial, house: RestingHouse) -> None:
    def limit(of: LegKey, contracts: str, *, is_ours: bool = False) -> Resting:
        return Resting(name="1", instrument_id="", what="limit", closes=of, contracts=contracts, is_ours=is_ours)

    phone = await dial(house=house)
    # Of 100 contracts the tiers leave 18.
    house.exchange.waiting = (limit(STX, "10"), limit(STX, "9"), limit(key(), "18"), limit(key(), "80", is_ours=True))
    over = "STX long: you have 2 limit closes of 19 contracts there, more than the 18 that all its tiers leave"
    fit = "CRV long: you have 1 limit close of 18 contracts there; all its tiers leave 18, so it stays"
    card = await phone.says("/resting all")
    assert over in card
    assert fit in card
    card = await phone.says("/resting all CRV")
    assert over not in card
    assert fit in card
    house.exchange.waiting = ()
    assert "You have none there now." in await phone.says("/resting all")
    house.exchange.before = lambda name: TemporarilyDown("502") if name == "resting" else None
    assert "I could not read yours just now" in await phone.says("/resting all")


async def test_a_button_on_the_card_lifts_what_rests_of_a_leg(dial: Dial, tmp_path: Path) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg("STX-USDT-SWAP"), paper_leg())
    phone = await dial(house=house)
    await house.check()
    await phone.says("/leg STX")
    (data,) = [each for each in phone.data() if each.startswith("lu:")]
    card = await phone.press(data)
    assert "Orders taken off until" in card
    assert not [each for each in phone.data() if each.startswith("lu:")]
    assert {str(algo.tier.leg) for algo in house.rests.live_rows()} == {str(key())}
    assert "STX long: orders taken off until" in await phone.says("/resting")
    assert "Orders taken off until" in await phone.says("/status")
    (event,) = house.listener.of("resting_lifted")
    assert event.leg == STX
    house.clock.forward(601)
    await house.check()
    assert "tier 1 closes" in await phone.says("/leg STX")


async def test_show_config_says_what_was_switched(dial: Dial, house: RestingHouse) -> None:
    phone = await dial(house=house, settings=in_force(Settings()))
    assert "RESTING=off\n" in await phone.says("/show_config")
    await phone.says("/resting all")
    await confirm(phone)
    assert "RESTING=all (by /resting; .env: off)" in await phone.says("/show_config")


async def test_switched_off_it_is_cancelled(dial: Dial, tmp_path: Path) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg("STX-USDT-SWAP"))
    phone = await dial(house=house)
    await house.check()
    assert [row.tier for row in house.checker.resting.at_rest] == [1, 2, 3]
    card = await phone.says("/resting off")
    assert "Take the tiers of all coins off OKX? 3 orders are cancelled there" in card
    assert "The next check cancels what rests" in await confirm(phone)
    await house.check()
    assert house.checker.resting.at_rest == ()
    assert "do not rest; nothing was changed" in await phone.says("/resting off")


async def test_a_card_of_other_dials_changes_nothing(dial: Dial, house: RestingHouse) -> None:
    phone = await dial(house=house)
    await phone.says("/resting all")
    with phone.house.ledger.step():
        phone.house.checker.resting.change(STX.instrument_id, "all", 7)
    assert "Changed by someone meanwhile" in await confirm(phone)
    assert phone.house.checker.resting.rules.mode == "off"


async def test_where_nothing_can_rest_it_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg("STX-USDT-SWAP"))
    assert not phone.house.checker.resting.is_possible
    for words in ("/resting", "/resting all"):
        assert "No tier can rest here" in await phone.says(words)
        assert phone.buttons() == []


@pytest.mark.parametrize("words", ["STX", "all off on", "on off", "STX CRV all", "all DOGE", "off all STX"])
async def test_words_that_make_no_sense_change_nothing(dial: Dial, house: RestingHouse, words: str) -> None:
    phone = await dial(house=house)
    assert "nothing was changed" in (await phone.says(f"/resting {words}")).lower()
    assert phone.buttons() == []


@pytest.mark.parametrize("words", ["/resting STX all", "/resting 开启 stx", "/resting STX on", "/挂单 全部 STX"])
async def test_words_for_one_coin(dial: Dial, house: RestingHouse, words: str) -> None:
    phone = await dial(house=house)
    assert "every remaining tier of STX rest at OKX?" in await phone.says(words)


async def test_words_for_all_coins(dial: Dial, house: RestingHouse) -> None:
    phone = await dial(house=house)
    for words in ("/resting all", "/resting on", "/resting on all", "/resting 全部"):
        assert "every remaining tier of all coins rest" in await phone.says(words)


async def test_what_a_start_finds_is_cancelled_by_the_button_below_its_alert(dial: Dial, tmp_path: Path) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg("STX-USDT-SWAP"))
    await house.check()
    house.resting = RestingRules()
    house.restart()
    phone = await dial(house=house)
    await phone.settle()
    told = next(post for post in phone.messages()[::-1] if "RESTING is off, but 3 orders of mine rest" in post.get("text", ""))
    (data,) = [button["callback_data"] for row in told["reply_markup"]["inline_keyboard"] for button in row]
    card = await phone.press(data, on=int(told["message_id"]))
    assert "Take the tiers of all coins off OKX? 3 orders are cancelled there" in card
    await house.check()
    assert len(house.checker.resting.at_rest) == 3
    assert "The next check cancels what rests" in await confirm(phone)
    await house.check()
    assert not house.rests.live_rows()
    # The alert is what it was.
    assert "3 orders of mine rest" in next(
        post["text"] for post in phone.messages() if post["message_id"] == told["message_id"]
    )


@pytest.mark.parametrize(
    ("at_exit", "said"), [("keep", "3 tiers rest at the exchange and may fire there"), ("cancel", "Nothing is watched")]
)
async def test_the_end_says_what_rests_on(dial: Dial, tmp_path: Path, at_exit: Literal["keep", "cancel"], said: str) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg("STX-USDT-SWAP"), resting=RestingRules(mode="all", at_exit=at_exit))
    phone = await dial(house=house)
    await end(Accounts.of_one(house.checker, house.actions), phone.side)
    assert len(house.rests.live_rows()) == (3 if at_exit == "keep" else 0)
    assert said in alert(reader("en"), *house.ledger.history(1)[0]).text


async def test_it_is_switched_for_one_account_alone(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "data", {"main": [paper_leg()], "alpha": [paper_leg()]})
    for name, exchange in street.exchanges.items():
        exchange.rests = street.papers[name].conditional
    street.restart()
    phone = await dial(house=street)
    card = await phone.says("/resting alpha all")
    assert card.startswith("alpha\n")
    assert "In the paper market they fire while tgtp runs" in card
    assert "OKX" not in card
    await confirm(phone)
    await street.check()
    assert [account.checker.resting.rules.mode for account in street.accounts] == ["off", "all"]
    assert "Resting at the paper market is off" in await phone.says("/resting")
    assert "Every remaining tier rests at the paper market" in (shown := await phone.says("/resting alpha"))
    assert "CRV long: tier 1 closes" in shown
    assert "🪜 3 take-profit orders at the paper market: alpha CRV long tier 1/2/3" in await phone.says("/panel")
