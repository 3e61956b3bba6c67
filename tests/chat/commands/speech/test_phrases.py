"""What people type, in the real chat: gate, router, handlers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.chat.commands.speech.phrases import PHRASES
from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone

STX, CRV, BTC = "STX-USDT-SWAP", "CRV-USDT-SWAP", "BTC-USDT-SWAP"
HAN = re.compile(r"[\u4e00-\u9fff]")
HOURS = 3 * 3600
STRANGER = 666
# Of these the phone shows nothing else when they come late; the rest is told to be late.
STOPS = [text for text, result in PHRASES if result.startswith("pauses ")]


async def house(dial: Dial, text: str, **options: Any) -> Phone:
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
    # A view may name the coin alone, or its swap.
    answer = (await phone.says(text)).replace("-USDT-SWAP", "")
    unchanged = (phone.house.folder / "ledger.json").read_bytes() == before
    paused = {pause.scope: pause.until for pause in phone.house.ledger.pauses().ordered}
    assert phone.house.exchange.submitted == [], "nothing is closed without a press"
    if what == "pauses":
        name, _, hour = more.partition(" until ")
        coin, *rest = name.split()
        (scope, until), *others = paused.items()
        assert scope == " ".join([coin if coin == "*" else f"{coin}-USDT-SWAP", *rest])
        assert (f"{until:%H:%M}" if until else "") == hour
        assert others == []
        return
    assert paused == {}
    if what == "resumes":
        return
    buttons = [label for row in phone.buttons() for label in row]
    if what == "asks":
        side, count = more.split()
        assert f"STX {'多单' if HAN.search(text) and side == 'long' else side}" in answer.replace("空单", "short")
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


@pytest.mark.parametrize("text", STOPS)
async def test_a_stop_in_any_words_is_never_too_late(dial: Dial, text: str) -> None:
    phone = await house(dial, text)
    assert await phone.says(text, late=HOURS)
    assert len(phone.house.ledger.paused()) == 1


NOT_HELD_UP = ("stop SXT", "stop xyz", "pause until 25:00", "暂停31天", "pause sxt long until 8")


@pytest.mark.parametrize("text", [text for text, result in PHRASES if not result.startswith("pauses ")])
async def test_nothing_else_that_comes_late_does_anything(dial: Dial, text: str) -> None:
    phone = await house(dial, text)
    await phone.says("/pause")
    happened = len(phone.house.listener.events)
    answer = await phone.says(text, late=HOURS)
    # A pause that cannot be understood is not held up, and is refused or asks.
    assert text in answer or text in NOT_HELD_UP, "it is told to be late"
    assert phone.house.ledger.paused() == {"*"}
    assert len(phone.house.listener.events) == happened
    assert phone.house.exchange.submitted == []


@pytest.mark.parametrize("how", [{"user_id": STRANGER}, {"chat_type": "group"}, {"forwarded": True}, {"via_bot": True}])
async def test_nobody_else_is_answered_and_nowhere_else(dial: Dial, how: dict[str, Any]) -> None:
    phone = await house(dial, "x")
    happened = len(phone.house.listener.events)
    for text in ("暂停", "stop", "STX", "平仓 STX 多", "close stx long", "恢复", "SXT", "hello", "/暂停", "/平仓 STX 多"):
        assert await phone.says(text, **how) == ""
    assert phone.house.ledger.paused() == frozenset()
    # That somebody was turned away is told, and nothing else.
    assert {event.kind for _, event in phone.house.listener.events[happened:]} <= {"strangers_turned_away"}


async def test_words_lead_to_the_very_card_of_the_command(dial: Dial) -> None:
    phone = await house(dial, "平")
    by_command = await phone.says("/close STX 多单 50%")
    buttons = phone.buttons()
    assert await phone.says("平 STX 多 一半") == by_command
    assert phone.buttons() == buttons


async def test_a_slip_acts_by_its_button_only(dial: Dial) -> None:
    phone = await house(dial, "x")
    answer = await phone.says("close SXT long half")
    assert answer == "I do not know “SXT”. Did you mean Close STX long 50%? I did nothing yet."
    assert phone.buttons() == [["Close STX long 50%"]]
    assert "Close STX long?" in await phone.press("Close STX long 50%")
    assert phone.house.closed() == []
    await phone.press("✅")
    assert phone.house.closed() == [50]


async def test_a_slip_in_a_stop_offers_the_pause(dial: Dial) -> None:
    phone = await house(dial, "停")
    assert await phone.says("停 SXT") == "看不懂“SXT”。你是想说 暂停 STX 吗？还没有执行任何操作。"
    assert phone.house.ledger.paused() == frozenset()
    assert "已暂停" in await phone.press("暂停 STX")
    assert phone.house.ledger.paused() == {STX}


async def test_what_is_offered_to_a_question_works(dial: Dial) -> None:
    phone = await house(dial, "x")
    await phone.says("stop loss STX?")
    assert phone.buttons() == [["Positions STX", "Close STX"], ["Pause STX", "Pause"]]
    await phone.press("Pause STX")
    assert phone.house.ledger.paused() == {STX}


@pytest.mark.parametrize("data", ["sy:", "sy:unpair:", "sy:drill:", "sy:<b>", "sy:close:nothing here"])
async def test_a_made_up_button_is_harmless(dial: Dial, data: str) -> None:
    phone = await house(dial, "x")
    await phone.says("hello")
    before = (phone.house.folder / "ledger.json").read_bytes()
    await phone.press(data, on=phone.messages()[-1]["message_id"])
    assert (phone.house.folder / "ledger.json").read_bytes() == before
    assert phone.house.exchange.submitted == []


async def test_before_anything_was_seen_a_stop_takes_a_name_as_it_is(dial: Dial) -> None:
    phone = await dial(paper_leg(STX), checks=0)
    await phone.says("stop stx")
    assert phone.house.ledger.paused() == {STX}
    assert "first check" in await phone.says("close stx long")
    for text in ("stop loss", "stx", "别停", "stop loss STX?"):
        await phone.says(text)
        assert phone.house.ledger.paused() == {STX}


def test_every_phrase_stands_once_and_a_hundred_do() -> None:
    texts = [text for text, _ in PHRASES]
    assert len(texts) == len(set(texts)) > 100


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ("ok stop", {"*"}),
        ("Okay, stop now", {"*"}),
        ("no stop", set()),
        ("stop in 5 minutes", set()),
        ("never stop", set()),
        ("dont stop", set()),
        ("not stop", set()),
        ("just stop", set()),
        ("stop $not", {"NOT-USDT-SWAP"}),
        ("yes stop", set()),
        ("stop not-usdt", {"NOT-USDT-SWAP"}),
    ],
)
async def test_before_anything_was_seen_no_word_of_a_sentence_is_a_coin(dial: Dial, words: str, scopes: set[str]) -> None:
    """ "ok stop" paused a coin called OK, which reads as if everything were."""
    phone = await dial(paper_leg(STX), checks=0)
    await phone.says(words)
    assert phone.house.ledger.paused() == scopes


async def test_an_account_is_named_in_plain_words_too(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg(STX)], "alpha": [paper_leg(CRV)]})
    phone = await dial(house=street, language="zh")
    assert "平 50 张" in await phone.says("平 alpha CRV 多 一半") + str(phone.buttons())
    await phone.says("暂停 alpha")
    assert street.paused_in() == {"main": frozenset(), "alpha": frozenset({"*"})}
    await phone.says("停")
    assert street.paused_in() == {"main": frozenset({"*"}), "alpha": frozenset({"*"})}
    await phone.says("恢复 Alpha")
    assert street.paused_in() == {"main": frozenset({"*"}), "alpha": frozenset()}
    assert "CRV" in await phone.says("alpha 状态")
