"""Help: every command has its page, every sign is explained, and whoever asks in other words finds it."""

from __future__ import annotations

import re

import pytest

from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import is_fine, reader
from tests.docs.markdown import inline_code_of
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.folders import ROOT
from tgtp.chat.bot.router import COMMANDS, GROUPS
from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.handlers import Command
from tgtp.chat.commands.help import PER_ROW, TOPICS, WORDS, Topic, WhatItDoes, help_command, meant, nearest_command, pages_of
from tgtp.chat.commands.menu import MENU
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import LANGUAGES, TEXTS, Html, Language, plain

HAN = re.compile(r"[\u4e00-\u9fff]")
# Signs that stand for a thing of the world rather than for a kind of message.
SIGN = re.compile(r"^[\U0001F300-\U0001FAFF\u2190-\u21FF\u2300-\u27BF\u2B00-\u2BFF]\uFE0F?")
EVERY = sorted(COMMANDS)
WITHOUT_WORDS = {"panel", "accounts", "pairs", "health", "drill", "ack", "unpair", "version", "show_config", "cancel"}

languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.parametrize("name", COMMANDS)
@languages
def test_every_command_has_its_page_with_an_example(name: str, language: Language) -> None:
    message = help_command(reader(language), COMMANDS, name)
    is_fine(message)
    assert message.text.startswith(f"/{name} – ")
    # What takes words shows some.
    if name not in WITHOUT_WORDS:
        assert re.search(rf"<code>/{name} [^<]+</code>", message.text)
    assert bool(HAN.search(message.text.replace("中文", ""))) == (language == "zh")


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (WhatItDoes(), ["Nothing I do makes a position larger."]),
        (WhatItDoes(maintained=("alpha", "beta")), ["except a maintenance of alpha, beta that you confirm"]),
        (WhatItDoes(maintained=("alpha", "beta"), maintained_by_itself=("beta",)), ["In beta it begins by itself"]),
        (WhatItDoes(only_watches=True), ["I send nothing by myself", "Nothing I do makes a position larger."]),
        (WhatItDoes(only_watches=True, maintained=("a",), maintained_by_itself=("a",)), ["except a maintenance of a that you"]),
    ],
)
def test_what_it_does_is_true_in_each_setting(does: WhatItDoes, told: list[str]) -> None:
    text = bare(help_command(reader("en"), COMMANDS, "", does).text)
    assert all(words in text for words in told)
    assert ("take profit" in text) is not does.only_watches


async def test_help_knows_the_accounts(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Nothing I do makes a position larger.\n" in await phone.says("/help")


def test_every_command_stands_under_one_topic() -> None:
    assert len(EVERY) == len(set(EVERY))
    assert set(COMMANDS) <= set(EVERY)
    assert {f"help.{name}" for name in EVERY} <= TEXTS.keys()


def test_no_two_commands_of_a_topic_share_a_place() -> None:
    declared = [mark for group in GROUPS for mark in group.declared if isinstance(mark, Command) and mark.topic]
    assert len({(mark.topic, mark.place) for mark in declared}) == len(declared) == len(COMMANDS)


def test_no_word_means_two_things() -> None:
    words = [word for topic in TOPICS for word in topic.words] + list(WORDS)
    assert len(words) == len(set(words))
    names = {topic.name for topic in TOPICS} | set(EVERY)
    assert names & set(words) == set()
    assert all(meant(word) in names for word in words)


@languages
def test_the_overview_names_every_command_and_every_topic(language: Language) -> None:
    message = help_command(reader(language), COMMANDS)
    is_fine(message)
    shown = bare(message.text)
    for name in COMMANDS:
        assert len(re.findall(rf"/{name}\b", shown.split("\n\n")[1])) == 1
    assert [button.data for row in message.buttons for button in row] == [f"hp:{topic.name}" for topic in TOPICS]
    assert max(map(len, message.buttons)) == PER_ROW
    assert all(len(button.label.encode("utf-8")) <= 12 for row in message.buttons for button in row)


@languages
def test_a_page_names_no_command_that_there_is_not(language: Language) -> None:
    few = {"status": "look", "help": "bot"}
    for page in ("", *pages_of(few)):
        assert set(re.findall(r"^/(\w+) – ", help_command(reader(language), few, page).text, re.MULTILINE)) <= few.keys()


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
@languages
def test_a_topic_shows_its_commands_and_the_way_back(topic: Topic, language: Language) -> None:
    commands = [name for name, of in COMMANDS.items() if of == topic.name]
    message = help_command(reader(language), COMMANDS, topic.name)
    is_fine(message)
    assert len(message.text) < 3000
    assert re.findall(r"^/(\w+) – ", message.text, re.MULTILINE) == commands
    assert message.buttons[-1][-1].data == "hp:"


@languages
def test_every_sign_at_the_head_of_a_message_is_explained(language: Language) -> None:
    explained = help_command(reader(language), COMMANDS, "signs").text.replace("\ufe0f", "")
    for name, text in TEXTS.items():
        words = bare(getattr(text, language))
        if name.startswith(("log.", "help.", "menu.", "setup.")) or "button" in name or (found := SIGN.match(words)) is None:
            continue
        assert found.group().rstrip("\ufe0f") in explained, f"{name}: {found.group()}"


@languages
def test_no_sign_is_explained_twice(language: Language) -> None:
    signs = re.findall(r"(?:^|· |：)(\S+?)\u00a0", help_command(reader(language), COMMANDS, "signs").text, re.MULTILINE)
    signs = [sign for sign in signs if not sign.startswith("<")]
    assert len(signs) > 20
    assert len(signs) == len(set(signs))


@languages
def test_the_rules_are_those_in_force(language: Language) -> None:
    of = reader(language)
    text = help_command(of._replace(rules=of.rules.replaced(min_margin="7", keep_margin="3")), COMMANDS, "rules").text
    assert "25:30,35:50,50:50" in text
    assert "7 U" in text
    assert "3 U" in text


def test_the_menu_is_short_and_ends_with_the_dangerous_one() -> None:
    assert len(MENU) <= 10
    assert MENU[-1] == "close"
    assert {"status", "pause", "help"} <= set(MENU)


# As a person asks


async def test_help_is_walked_through_by_buttons(dial: Dial) -> None:
    phone = await dial(paper_leg())
    answer = await phone.says("/help")
    assert "Every 10 s I take profit in tiers" in answer
    assert phone.buttons()[0] == ["Positions", "Closing", "By itself"]
    before = len(phone.messages())
    answer = await phone.press("Closing")
    assert "/close STX long keep – down to the base" in answer
    answer = await phone.press("All topics")
    assert "Every 10 s I take profit in tiers" in answer
    assert "🎯\u00a0a tier" in await phone.press("Signs")
    assert len(phone.messages()) == before, "the pages turn in place"


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("close", "/close – "),
        ("/close", "/close – "),
        ("CLOSE", "/close – "),
        ("平仓", "/close – "),
        ("tiers", "/tiers – "),
        ("档位", "/tiers – "),
        ("tiers long", "/tiers – "),
        ("status", "/status – "),
        ("reports", "/history – "),
        ("why", "/why – "),
        ("hedge", "What I do by myself"),
        ("signs", "State\n🟢\u00a0running"),
    ],
)
async def test_help_on_a_word(dial: Dial, words: str, page: str) -> None:
    phone = await dial(paper_leg())
    assert page in await phone.says(f"/help {words}")


async def test_the_page_of_a_command_leads_to_its_topic(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/help resume")
    assert phone.buttons() == [["◀ By itself", "All topics"]]
    assert "What I do by myself" in await phone.press("By itself")


async def test_help_on_an_unknown_word_suggests_the_nearest(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert await phone.says("/help clsoe") == "There is no help on clsoe. Try /help close; /help lists the topics."
    assert "Try /help close;" in await phone.says("/help <b>qqq</b>")
    phone = await dial(paper_leg(), language="zh")
    assert await phone.says("/help 天气") == "没有关于 天气 的说明。试试 /help close，或用 /help 查看全部主题。"


async def test_a_button_of_a_page_that_is_gone_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/help")
    message = phone.messages()[-1]["message_id"]
    for data in ("hp:nowhere", "hp:<b>", "hp:head", "hp:unknown"):
        assert await phone.press(data, on=message) == ""
        assert phone.toast == plain("en", "button.old", command="help")


@pytest.mark.parametrize(
    ("word", "command"),
    [
        ("/平仓", "close"),
        ("/stop", "pause"),
        ("/positions", "status"),
        ("/Histroy", "history"),
        ("/???", "help"),
        ("/version", "help"),
        ("/", "help"),
    ],
)
def test_the_nearest_command(word: str, command: str) -> None:
    few = {name: COMMANDS[name] for name in ("status", "close", "pause", "history", "help")}
    assert nearest_command(word, few) == command


def in_docs(language: Language) -> set[str]:
    """Return what the pages of a language tell people to send, but for what needs a second account."""
    pages = [page for page in (ROOT / "docs").glob("*.md") if page.name.endswith(".zh.md") == (language == "zh")]
    found = {code for page in pages for code in inline_code_of(page) if re.match(r"/\w+ ", code)}
    return {code for code in found if code[1:].split()[0] in COMMANDS and "alpha" not in code}


@languages
async def test_every_example_is_understood(dial: Dial, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    held = (paper_leg("STX-USDT-SWAP"), paper_leg("STX-USDT-SWAP", "short"), paper_leg("ALL-USDT-SWAP"))
    phone = await dial(*held, language=language)
    phone.house.set_roi(key("STX-USDT-SWAP"), 26)
    await phone.house.check()
    unclear: list[str] = []

    def heard(exc: Unclear, text: Html) -> None:
        exc.text = text
        unclear.append(text)

    monkeypatch.setattr(Unclear, "__init__", heard)
    pages = [help_command(reader(language), COMMANDS, name).text for name in pages_of(COMMANDS)]
    examples = {example for page in pages for example in re.findall(r"<code>(/[^<]+)</code>", page)}
    assert len(examples) > 30
    for example in sorted(examples | in_docs(language)):
        phone.house.clock.forward(1)
        answer = await phone.says(example)
        assert answer, example
        if "isolated" not in example and "逐仓" not in example:
            assert unclear == [], example
        unclear.clear()
