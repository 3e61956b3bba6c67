"""The grammar acts on nothing that it does not fully understand."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.chat.commands.speech.phrases import PHRASES
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.commands import vocabulary
from tgtp.chat.commands.pause.times import NUMERALS
from tgtp.chat.commands.speech.grammar import ACTS, TAKES, as_phrase, near, read
from tgtp.chat.commands.speech.stops import is_stop
from tgtp.chat.commands.speech.words import READINGS, Known, Word, plainly, sequences
from tgtp.chat.formatting.half_width import half_width

COINS = ("STX", "CRV", "BTC", "ME", "NOW")
KNOWN = Known(frozenset(f"{coin}-USDT-SWAP" for coin in COINS), frozenset({"alpha"}))
UNSEEN = Known()
ACTING = [text for text, _ in PHRASES if (phrase := read(text, KNOWN)) and phrase.command in ACTS]
UNDERSTOOD = [text for text, _ in PHRASES if read(text, KNOWN)]
NEGATIONS = [
    "别",
    "不",
    "不要",
    "不用",
    "没",
    "没有",
    "勿",
    "請勿",
    "莫",
    "先别",
    "无需",
    "不想",
    "禁止",
    "别再",
    "为什么",
    "如果",
    "已",
    "等会",
    "明天",
]
NEGATED = ("don't ", "dont ", "do not ", "not ", "never ", "no ", "why ", "should i ", "if ", "cannot ", "un", "non-", "-")
# Signs that numbers and times are written with.
TIMELY = f"{NUMERALS}成点时分钟天个小半百之趴刻整为止头今明后日早晚上午中下清晨凌傍夜里到至直"
SIGNS = {sign for word in READINGS for sign in word}
# Signs that stand in no word: what holds one is not understood.
foreign_han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF).filter(
    lambda sign: sign not in SIGNS and ord(sign) not in vocabulary.TRADITIONAL and sign not in TIMELY
)
foreign_word = st.text("bcdfgjkvwxyz", min_size=4, max_size=8)


def test_enough_is_looked_at() -> None:
    assert len(ACTING) > 50
    assert len(UNDERSTOOD) > 80


@pytest.mark.parametrize("text", ACTING)
def test_a_negation_in_front_makes_it_not_understood(text: str) -> None:
    bare = text.lstrip("/、").strip()
    if re.search(r"[\u4e00-\u9fff]", text):
        found = [word for word in NEGATIONS if read(f"{word}{bare}", KNOWN) or read(f"{word} {bare}", KNOWN)]
    else:
        found = [word for word in NEGATED if read(f"{word}{bare}", KNOWN)]
    assert found == []


@pytest.mark.parametrize("text", ACTING)
def test_no_question_acts(text: str) -> None:
    for end in ("?", "？", " ?", "吗", "吗？", "么", "?!"):
        assert read(f"{text}{end}", KNOWN) is None
        assert text.startswith(("/", "、")) or not is_stop(f"{text}{end}")


@given(st.sampled_from(UNDERSTOOD), st.integers(0, 60), foreign_han)
def test_a_sign_of_no_word_anywhere_makes_it_not_understood(text: str, at: int, sign: str) -> None:
    said = f"{text[:at]}{sign}{text[at:]}"
    assert read(said, KNOWN) is None
    assert read(said, UNSEEN) is None
    assert said.startswith(("/", "、")) or not is_stop(said)


@given(st.sampled_from(UNDERSTOOD), st.integers(0, 60), foreign_word)
def test_a_word_that_is_none_makes_it_not_understood(text: str, at: int, word: str) -> None:
    said = f"{text[:at]} {word} {text[at:]}"
    assert read(said, KNOWN) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_nothing_breaks(text: str) -> None:
    for known in (KNOWN, UNSEEN):
        read(text, known)
        near(text, known)
    is_stop(text)


TIMES = ["until 8", "到8点", "半小时", "明早八点", "for 2 hours", "tomorrow 9:30", "until", "到", "明天", "tonight"]
words = st.sampled_from(
    [*READINGS, "stx", "crv", "alpha", "50%", "0.5", "30", "08:00", "1h", "1", "?", "loss", *TIMES, *vocabulary.NEGATIONS]
)


@given(st.lists(words, max_size=4), st.sampled_from(sorted(vocabulary.NEGATIONS)), st.integers(0, 4), st.booleans())
def test_nothing_that_says_no_acts(words: list[str], no: str, at: int, glued: bool) -> None:
    text = ("" if glued and not no.isascii() else " ").join([*words[:at], no, *words[at:]])
    for known in (KNOWN, UNSEEN):
        phrase = read(text, known)
        assert phrase is None or phrase.command not in ACTS


# Most of what is drawn is nothing that can be understood as a whole.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(st.lists(words, max_size=6), st.booleans())
def test_what_is_understood_says_all_that_was_said(words: list[str], glued: bool) -> None:
    """No coin, side, share or command is lost, and none comes from nowhere."""
    text = ("" if glued else " ").join(words)
    phrase = read(text, KNOWN)
    assume(phrase is not None)
    assert phrase is not None
    understood = list(sequences(text, KNOWN))
    said = {word.value for found in understood for word in found}
    for kind in ("coin", "side", "mode", "share", "rule", "end", "account"):
        each = [{word.value for word in found if word.kind == kind} for found in understood]
        for value in set.intersection(*each) if each else set():
            assert value in phrase.words
    for word in phrase.words:
        # A number of percent has its sign, and a period is of two words.
        assert word in said or word.removesuffix("%") in said or any(word in value.split() for value in said)


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_width_case_blanks_and_signs_change_nothing(text: str) -> None:
    meant = read(text, KNOWN)
    full = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    assert half_width(full) == text or "　" in text or half_width(text) == half_width(full)
    for said in (full, text.upper(), text.lower(), f"  {text}\n", f"{text}!", f"{text}！！", f"{text}。", f"👌 {text}"):
        if not said.rstrip().endswith(("%!", "?!")):
            assert read(said, KNOWN) == meant, said


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_what_was_understood_is_understood_the_same_when_it_is_said_back(text: str) -> None:
    phrase = read(text, KNOWN)
    assert phrase is not None
    if phrase.command != "lang" and "month" not in phrase.words:
        assert read(phrase.text, KNOWN) == phrase


def test_words_lead_to_commands_that_there_are() -> None:
    named = {value.split()[0] for value in (*vocabulary.COMMANDS.values(), *vocabulary.ALIASES.values())}
    assert named <= COMMANDS.keys()
    assert TAKES.keys() <= COMMANDS.keys()
    assert named >= ACTS


def test_every_word_of_the_table_is_written_as_it_is_looked_up() -> None:
    for word in (*READINGS, *vocabulary.ALIASES, *vocabulary.ENTRY_WORDS):
        if not set(word) & set("半一两2个百") or plainly(word) == word:
            assert plainly(word).strip() in (word, word.replace(" ", "")) or word in ("今天", "昨天"), word


def test_a_polite_word_that_is_a_coin_here_is_the_coin() -> None:
    assert read("close now long", KNOWN).words == ("NOW", "long")  # type: ignore[union-attr]
    assert read("close now long", Known(frozenset({"STX-USDT-SWAP"}))).words == ("long",)  # type: ignore[union-attr]


def test_what_can_mean_two_things_is_not_understood() -> None:
    for text in (
        "close stx long 1",
        "close alpha crv stx long",
        "stx long short",
        "pause resume",
        "close 50% stx all",
        "平多空",
    ):
        assert read(text, KNOWN) is None, text


def test_a_word_that_is_two_orders_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READINGS, "ambivalent", (Word("command", "pause"), Word("command", "resume")))
    assert read("ambivalent", KNOWN) is None
    assert read("ambivalent stx", KNOWN) is None


def test_no_two_words_of_chinese_can_mean_two_things() -> None:
    chinese = [word for word in READINGS if not word.isascii()]
    for text in (*chinese, *map("".join, itertools.product(chinese, repeat=2))):
        phrases = {phrase for words in sequences(text, KNOWN) if (phrase := as_phrase(words, KNOWN))}
        assert len(phrases) < 2, text


def test_a_long_text_is_not_read() -> None:
    assert read("停" * 81, KNOWN) is None
    assert read("平" * 80, KNOWN) is None
    assert read("STX " + "的" * 70, KNOWN) is not None


def test_a_coin_with_the_name_of_an_account_is_told_from_it_by_its_long_name() -> None:
    known = Known(frozenset({"CRV-USDT-SWAP"}), frozenset({"crv", "stop", "bot"}))
    assert read("crv", known) == ("status", ("crv",))
    assert read("crv-usdt", known) == ("status", ("CRVUSDT",))
    assert read("pause crv", known) == ("pause", ("crv",))
    # A word of the table is never an account: what stops must stop.
    assert read("stop", known) == ("pause", ())
    assert read("stop bot", known) == ("pause", ("bot",))
