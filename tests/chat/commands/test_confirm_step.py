"""Every card that asks: answered once, in time, by whom it asked, in the life of the program that asked."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House, occupied
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.folders import ROOT
from tests.fixtures.resting import RestingHouse
from tests.simulation.phone.phone import ME, Phone
from tgtp.adapters.storage import atomic_file
from tgtp.chat.access.confirmation import TOO_SOON
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.upkeep.scheduler import Upkeep

OTHER = 22
Asked = Callable[[str], Awaitable[Phone]]
# What asks, the event of what was confirmed, and what a press that is no answer says was not done.
CARDS = {
    "/close CRV long 50%": ("close_asked", "sent"),
    "/close all": ("close_asked", "sent"),
    "/tiers long 20:30": ("ladder_changed", "changed"),
    "/rearm CRV long": ("leg_rearmed", "changed"),
    "/guards giveback 30": ("guard_changed", "changed"),
    "/guards drawdown 20": ("drawdown_changed", "changed"),
    "/dynamic CRV on": ("dynamic_changed", "changed"),
    "/resting all": ("resting_changed", "changed"),
    "/maintain CRV long": ("upkeep_asked", "sent"),
    "/correct CRV": ("upkeep_asked", "sent"),
    "/unpair": ("owner_released", "changed"),
}
# What has a ``ConfirmStep``, and the words that make it ask.
ASKING = {
    "CloseDialog": ("/close CRV long 50%", "/close all"),
    "TiersCommands": ("/tiers long 20:30",),
    "RearmCommands": ("/rearm CRV long",),
    "GuardCommands": ("/guards giveback 30",),
    "DrawdownCommands": ("/guards drawdown 20",),
    "DynamicCommands": ("/dynamic CRV on",),
    "RestingCommands": ("/resting all",),
    "UpkeepCommands": ("/maintain CRV long", "/correct CRV"),
    "UnpairCommand": ("/unpair",),
}
every_card = pytest.mark.parametrize("words", CARDS)


@pytest.fixture
def asked(dial: Dial, tmp_path: Path) -> Asked:
    """A phone whose newest message is a card that asks."""

    async def build(words: str) -> Phone:
        if words.startswith(("/maintain", "/correct")):
            leg = paper_leg(contracts=200 if "correct" in words else 20, mode="isolated")
            house: House = House(tmp_path / "data", leg, upkeep=Upkeep(is_sub=True))
            phone = await dial(house=house, allowed=(ME, OTHER))
            house.set_roi(key(mode="isolated"), -12)
            await house.check()
        elif words.startswith("/resting"):
            house = RestingHouse(tmp_path / "data", paper_leg(), resting=RestingRules())
            phone = await dial(house=house, allowed=(ME, OTHER))
        elif words == "/unpair":
            phone = await dial(paper_leg(), allowed=(), pairing=True)
            await phone.says(f"/start {phone.code}")
        else:
            phone = await dial(paper_leg(), allowed=(ME, OTHER))
        if words.startswith("/rearm"):
            phone.house.set_roi(key(), 26)
            await phone.house.check(2)
            phone.house.set_roi(key(), 0)
            await phone.house.check()
        await phone.says(words)
        return phone

    return build


def test_every_card_that_asks_is_tried() -> None:
    asking = {
        kind.name
        for path in (ROOT / "tgtp").rglob("*.py")
        for kind in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(kind, ast.ClassDef)
        for call in ast.walk(kind)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("ConfirmStep", "ChangeStep")
    }
    assert asking == set(ASKING)
    assert sorted(words for each in ASKING.values() for words in each) == sorted(CARDS)


def card_of(phone: Phone) -> tuple[int, str, str]:
    """The newest card: its message, and what its buttons Yes and No carry."""
    return int(phone.newest()["message_id"]), phone.data()[0], phone.data()[1]


def effects(phone: Phone, words: str) -> int:
    return len(phone.house.listener.of(CARDS[words][0]))


@every_card
async def test_it_acts_once(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, no = card_of(phone)
    phone.house.clock.forward(2)
    for _ in range(3):
        await phone.press(yes, on=on, wait=False)
    await phone.settle()
    assert effects(phone, words) == 1
    sent = len(phone.house.exchange.submitted)
    for late in (yes, no):
        await phone.press(late, on=on)
        # Who has given the bot up is a stranger now.
        assert phone.toast == (None if words == "/unpair" else "You have answered this already.")
    assert effects(phone, words) == 1
    assert len(phone.house.exchange.submitted) == sent


@every_card
async def test_cancelled_is_dead(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, no = card_of(phone)
    said = await phone.press(no, on=on)
    assert "Nothing was" in said
    phone.house.clock.forward(2)
    await phone.press(yes, on=on)
    assert phone.toast == "You have answered this already."
    assert effects(phone, words) == 0


@pytest.mark.parametrize("words", [words for words in CARDS if words != "/unpair"])
async def test_nobody_else_answers_it(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, no = card_of(phone)
    phone.house.clock.forward(2)
    for press in (yes, no):
        await phone.press(press, on=on, user_id=OTHER)
        assert phone.toast == "This confirmation belongs to another user."
    assert effects(phone, words) == 0
    # It is open still, for whom it asked.
    await phone.press(yes, on=on)
    assert effects(phone, words) == 1


@every_card
async def test_it_lives_for_a_minute(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, _ = card_of(phone)
    phone.house.clock.forward(61)
    said = await phone.press(yes, on=on)
    assert f"This question is over 60 s old and no longer valid. Nothing was {CARDS[words][1]}." in said
    await phone.press(yes, on=on)
    assert phone.toast == "You have answered this already."
    assert effects(phone, words) == 0


@every_card
async def test_a_yes_before_it_can_have_been_read_is_none(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, _ = card_of(phone)
    assert await phone.press(yes, on=on, reads=TOO_SOON / 2) == ""
    assert f"nothing was {CARDS[words][1]}" in (phone.toast or "")
    assert effects(phone, words) == 0
    phone.house.clock.forward(TOO_SOON)
    await phone.press(yes, on=on)
    assert effects(phone, words) == 1


@every_card
async def test_a_restart_ends_it(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, no = card_of(phone)
    await phone.restart()
    phone.house.clock.forward(2)
    said = await phone.press(yes, on=on)
    assert f"This question is no longer valid. Nothing was {CARDS[words][1]}." in said
    await phone.press(no, on=on)
    assert effects(phone, words) == 0


# Something that nobody foresaw


@pytest.mark.parametrize("words", ["/maintain CRV long", "/correct CRV", "/close CRV long 50%", "/close all"])
async def test_no_card_says_for_ever_that_it_is_under_way(asked: Asked, words: str) -> None:
    phone = await asked(words)
    on, yes, _ = card_of(phone)
    phone.house.exchange.before = fail("snapshot", ValueError("a bug"))
    phone.house.clock.forward(2)
    await phone.press(yes, on=on)
    card = phone.wire.posts[on]["text"]
    assert "⏳" not in card
    assert "unforeseen ValueError" in card


@pytest.mark.parametrize("words", ["/tiers long 20:30", "/rearm CRV long", "/guards giveback 30", "/guards drawdown 20"])
async def test_nor_does_one_that_waited_for_a_check(asked: Asked, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await asked(words)
    on, yes, _ = card_of(phone)
    phone.house.clock.forward(2)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        async with occupied(phone.house.checker):
            await phone.press(yes, on=on, wait=False)
            await phone.until(lambda: "Waiting for the check" in phone.wire.posts[on]["text"])
            patch.setattr(atomic_file, "write_whole", full)
        await phone.settle()
    card = phone.wire.posts[on]["text"]
    assert "⏳" not in card
    assert "No space left" in card
