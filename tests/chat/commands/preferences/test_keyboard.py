"""The keys below the chat: put there by /start, pressed as plain words, kept for each person."""

from __future__ import annotations

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tgtp.chat.commands.vocabulary import KEY_ROWS
from tgtp.chat.texts import LANGUAGES, plain

ENGLISH = [["Status", "Panel"], ["Pairs", "Close"], ["Pause"]]
CHINESE = [["状态", "面板"], ["双向持仓", "平仓"], ["暂停"]]


@pytest.mark.parametrize(("language", "keys"), [("en", ENGLISH), ("zh", CHINESE)])
async def test_they_are_there_after_start(dial: Dial, language: str, keys: list[list[str]]) -> None:
    phone = await dial(paper_leg(), language=language)
    assert phone.tg.keys == []
    await phone.says("/start")
    assert phone.tg.keys == keys


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("of", LANGUAGES)
async def test_each_does_what_its_command_does_whatever_the_reader_speaks(dial: Dial, language: str, of: str) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), language=language)
    for name in (name for row in KEY_ROWS for name in row if name not in ("pause", "panel")):
        asked = await phone.says(f"/{name}")
        assert asked
        assert await phone.says(plain("zh" if of == "zh" else "en", f"key.{name}")) == asked
    await phone.says(plain("zh" if of == "zh" else "en", "key.panel"))
    await phone.until(lambda: phone.tg.pinned)
    await phone.says(plain("zh" if of == "zh" else "en", "key.pause"))
    assert phone.house.ledger.paused() == {"*"}


@pytest.mark.parametrize("word", ["暂停", "Pause"])
async def test_the_stop_is_never_too_late(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    await phone.says(word, late=3600)
    assert phone.house.ledger.paused() == {"*"}


async def test_close_only_asks(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Which leg shall I close?" in await phone.says("平仓")
    assert phone.house.closed() == []


async def test_off_is_kept_also_when_start_is_said_anew(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/start")
    await phone.says("/keyboard off")
    assert phone.tg.keys == []
    await phone.restart()
    await phone.says("/start")
    assert phone.tg.keys == []
    await phone.says("/keyboard 开")
    assert phone.tg.keys == ENGLISH
    await phone.restart()
    assert phone.people.has_keys(1)


@pytest.mark.parametrize("words", ["maybe", "on off", "off please"])
async def test_another_word_changes_nothing(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    await phone.says("/start")
    assert "/keyboard on" in await phone.says(f"/keyboard {words}")
    assert phone.tg.keys == ENGLISH
    assert phone.people.has_keys(1)


async def test_they_speak_the_language_that_was_chosen(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/start")
    await phone.says("/lang zh")
    assert phone.tg.keys == CHINESE
    await phone.says("/lang")
    await phone.press("lg:en")
    assert phone.tg.keys == ENGLISH
    await phone.says("/keyboard off")
    await phone.says("/lang zh")
    assert phone.tg.keys == []


def test_a_stop_stands_alone() -> None:
    assert KEY_ROWS[-1] == ("pause",)
