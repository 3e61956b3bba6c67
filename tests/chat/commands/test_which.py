"""Names that are an account and a coin at once, and coins whose name is a word of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone
from tgtp.adapters.storage import atomic_file
from tgtp.chat.commands.vocabulary import RULES
from tgtp.domain.examples import instrument

CRV, STX = key(), key("STX-USDT-SWAP")
WORDS = ("ALL-USDT-SWAP", "MAIN-USDT-SWAP", "LONG-USDT-SWAP")


@pytest.fixture
async def phone(dial: Dial, tmp_path: Path) -> Phone:
    """An account that is called as a coin of the main one."""
    legs = {"main": [paper_leg(), paper_leg("STX-USDT-SWAP")], "crv": [paper_leg(), paper_leg("UNI-USDT-SWAP")]}
    return await dial(house=Street(tmp_path / "street", legs))


def paused(phone: Phone) -> dict[str, frozenset[str]]:
    assert isinstance(phone.house, Street)
    return phone.house.paused_in()


async def test_a_pause_of_a_name_that_is_both_takes_effect_on_both(phone: Phone) -> None:
    """``/pause CRV`` left the coin CRV of main being sold."""
    answer = await phone.says("/pause CRV")
    assert "both are paused" in answer
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": {"*"}}
    phone.house.set_roi(CRV, 26)
    await phone.house.check(2)
    assert phone.house.held(CRV) == 100


async def test_before_anything_was_seen_it_holds_for_both_too(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "crv": []}), checks=0)
    await phone.says("/pause crv")
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": {"*"}}


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        ("/pause main", "*"),
        ("/pause main STX", "STX-USDT-SWAP"),
        ("/pause main long", "* long"),
        ("/pause main 止盈", "* tier"),
    ],
)
async def test_before_anything_was_seen_main_is_the_account(dial: Dial, tmp_path: Path, words: str, scope: str) -> None:
    """It was taken for a coin of main as well, and MAIN-USDT-SWAP was said to be paused besides."""
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "crv": []}), checks=0)
    said = await phone.says(words)
    assert "both" not in said.lower()
    assert "MAIN" not in said
    assert paused(phone) == {"main": {scope}, "crv": frozenset()}


async def test_a_coin_that_the_account_does_not_hold_is_said_so_in_the_account(phone: Phone) -> None:
    said = await phone.says("/pause crv DOGE")
    assert said.startswith("crv")
    assert "DOGE" in said
    assert paused(phone) == {"main": frozenset(), "crv": frozenset()}


@pytest.mark.parametrize("words", ["/pause ＣＲＶ", "／pause ｃｒｖ", "暂停　crv"])
@pytest.mark.parametrize("checks", [0, 2])
async def test_a_pause_in_full_width_letters_is_one(dial: Dial, tmp_path: Path, words: str, checks: int) -> None:
    """Before anything was seen it was answered as done, and stopped nothing."""
    legs = {"main": [paper_leg()], "crv": [paper_leg("UNI-USDT-SWAP")]}
    phone = await dial(house=Street(tmp_path / "street", legs), checks=checks)
    await phone.says(words)
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": {"*"}}


async def test_both_are_paused_though_neither_can_be_written(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "write_whole", full)
        assert "No space left" in await phone.says("/pause crv")
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": {"*"}}


async def test_all_else_asks_with_both_as_buttons(phone: Phone) -> None:
    await phone.says("/pause crv")
    assert await phone.says("/resume CRV") == "CRV is an account, and a coin of main. Which one do you mean?"
    assert phone.buttons() == [["👤 Account crv"], ["🪙 Coin CRV of main"]]
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": {"*"}}
    await phone.press("🪙 Coin CRV of main")
    assert paused(phone) == {"main": frozenset(), "crv": {"*"}}
    await phone.says("/pause crv")
    await phone.says("/resume CRV")
    await phone.press("👤 Account crv")
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": frozenset()}


@pytest.mark.parametrize("command", ["status", "close", "leg", "pair", "chart"])
async def test_each_reading_is_answered(phone: Phone, command: str) -> None:
    assert "Which one do you mean?" in await phone.says(f"/{command} crv")
    assert (await phone.press("👤 Account crv")).startswith("crv")
    await phone.says(f"/{command} crv")
    assert (await phone.press("🪙 Coin CRV of main")).startswith("main")


async def test_where_only_one_reading_makes_sense_it_is_taken(phone: Phone) -> None:
    assert (await phone.says("/close crv long 50%")).startswith("main")
    assert (await phone.says("/close crv uni long")).startswith("crv")
    assert (await phone.says("/status crv crv")).startswith("crv")
    assert (await phone.says("/status crv-usdt-swap")).startswith("main")
    await phone.says("/pause crv uni")
    assert paused(phone) == {"main": frozenset(), "crv": {"UNI-USDT-SWAP"}}
    await phone.says("/pause crvusdt")
    assert paused(phone) == {"main": {"CRV-USDT-SWAP"}, "crv": {"UNI-USDT-SWAP"}}


async def test_an_account_that_is_no_coin_is_asked_nothing(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))
    await phone.says("/pause alpha")
    assert paused(phone) == {"main": frozenset(), "alpha": {"*"}}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("form", ["{coin}-USDT-SWAP", "{coin}usdt", "{coin}-usdt"])
async def test_coins_whose_name_is_a_word_work_by_their_full_name(dial: Dial, tmp_path: Path, name: str, form: str) -> None:
    word = form.format(coin=name.partition("-")[0].lower())
    of_it = key(name)
    legs = {"main": [paper_leg(name), paper_leg()], "alpha": [paper_leg()]}
    phone = await dial(house=Street(tmp_path / "street", legs, instruments=[instrument(name), instrument()]))
    await phone.says(f"/pause {word}")
    assert paused(phone) == {"main": {name}, "alpha": frozenset()}
    await phone.says(f"/resume {word}")
    assert paused(phone) == {"main": frozenset(), "alpha": frozenset()}
    assert f"{name.partition('-')[0]} long" in await phone.says(f"/status {word}")
    await phone.says(f"/tiers {word} long 20:30")
    phone.house.clock.forward(2)
    await phone.press("✅ Change")
    assert f"{name} long" in phone.house.checker.rules.own
    await phone.says(f"/close {word} long")
    await phone.press(next(data for data in phone.data() if "cf:" in data))
    assert phone.house.held(of_it) == 0


# An account that is called as a rule


@pytest.mark.parametrize("name", ["hedge", "tiers"])
@pytest.mark.parametrize("words", ["/pause {}", "stop {}", "{} stop", "/pause {} long", "pause {} 1h"])
async def test_a_pause_of_a_rule_and_an_account_of_its_name_holds_for_both(
    dial: Dial, tmp_path: Path, name: str, words: str
) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], name: [paper_leg()]})
    phone = await dial(house=street)
    said = await phone.says(words.format(name))
    assert "both are paused" in said
    side = " long" if "long" in words else ""
    rule = f"*{side} {RULES[name]}"
    assert street.paused_in() == {"main": {rule}, name: {rule, f"*{side}"}}


async def test_the_way_back_from_a_rule_lifts_no_account_of_its_name(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "hedge": [paper_leg()]})
    phone = await dial(house=street)
    street.of("hedge").actions.pause("*", 1)
    assert "/resume hedge" in await phone.says("/pause main hedge")
    assert "Which one do you mean" in await phone.says("/resume hedge")
    assert street.paused_in() == {"main": {"* hedge"}, "hedge": {"*"}}
    await phone.press("Rule: hedge")
    assert street.paused_in() == {"main": set(), "hedge": {"*"}}
    await phone.says("/resume hedge")
    await phone.press("Account hedge")
    assert street.paused_in() == {"main": set(), "hedge": set()}


async def test_a_coin_or_a_rule_behind_the_name_is_of_the_account(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "hedge": [paper_leg()]})
    phone = await dial(house=street)
    await phone.says("/pause hedge CRV")
    await phone.says("/pause hedge tiers")
    assert street.paused_in() == {"main": set(), "hedge": {"CRV-USDT-SWAP", "* tier"}}


async def test_a_part_of_what_is_paused_twice_has_a_way_back_that_asks(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "crv": [paper_leg()]})
    phone = await dial(house=street)
    said = await phone.says("/pause crv hedge")
    assert "/resume crv hedge" in said
    assert "/resume hedge" not in said
    assert "Which one do you mean" in await phone.says("/resume crv hedge")
