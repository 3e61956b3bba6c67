"""Every view, word for word, in both languages: what changes is meant, and was read in both."""

from __future__ import annotations

import re

import pytest

from tests.chat.golden.example_account import World
from tests.chat.golden.pages import FOLDER, NAMES, page, path_of, shown
from tests.chat.texts.test_texts import is_fine
from tgtp.chat.messages.message import LONGEST_CAPTION
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.local_telegram.bot_api.markup import parse_html, utf16_length

HAN = re.compile(r"[\u4e00-\u9fff]")

views = pytest.mark.parametrize("name", NAMES)
languages = pytest.mark.parametrize("language", LANGUAGES)


@views
@languages
def test_a_view_reads_as_it_was_approved(name: str, language: Language) -> None:
    path = path_of(name, language)
    assert path.exists(), "python -m tests.chat.golden writes it"
    assert page(name, language) == path.read_text(encoding="utf-8"), "if that is meant: python -m tests.chat.golden"


@views
@languages
def test_telegram_takes_every_view(name: str, language: Language) -> None:
    messages = [message for _, together in shown(name, language) for message in together]
    assert messages
    for message in messages:
        is_fine(message)
        if message.picture is not None:
            assert utf16_length(parse_html(message.text)[0]) <= LONGEST_CAPTION
        assert all(len(row) <= 8 for row in message.buttons)
        # Nobody can tell two buttons with one label apart.
        labels = [button.label for row in message.buttons for button in row if button.label not in ("−", "+", "✕")]
        assert name in ("tiers-edit", "close-pick") or len(labels) == len(set(labels))


@views
def test_both_languages_show_the_same(name: str) -> None:
    english, chinese = ([message for _, together in shown(name, language) for message in together] for language in LANGUAGES)
    # A long list may fill fewer messages, or pages, in one language.
    assert name == "history" or len(english) == len(chinese)
    assert name == "status-sub" or [b.data for m in english for row in m.buttons for b in row] == [
        b.data for m in chinese for row in m.buttons for b in row
    ]
    assert all(HAN.search(message.text) for message in chinese)
    # What an exchange says, and names of people, may be in any language.
    if name not in ("alerts", "why", "history"):
        assert not any(HAN.search(message.text.replace("中文", "")) for message in english)


def test_the_account_has_something_of_everything() -> None:
    legs = World("en", 60).legs
    assert len({leg.key for leg in legs}) == 60
    assert {(leg.roi > 0) - (leg.roi < 0) for leg in legs} == {-1, 0, 1}
    assert {leg.margin_mode.value for leg in legs} == {"cross", "isolated"}
    assert any(leg.initial_margin <= 1 for leg in legs)


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {
        path_of(name, language).name for name in NAMES for language in LANGUAGES
    }
