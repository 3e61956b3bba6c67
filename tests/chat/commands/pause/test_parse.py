"""The words of a pause, in both languages: understood whole, or not at all."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.snapshots import snapshot
from tgtp.chat.commands.arguments import NoAnswer, Unclear
from tgtp.chat.commands.pause.parse import PauseWish, read_pause
from tgtp.chat.commands.vocabulary import ALL_WORDS, HASTE, POLITE, RULES, SIDES, UNTIL_WORDS
from tgtp.chat.formatting.pause_text import scope_name
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import LANGUAGES
from tgtp.domain.examples import leg
from tgtp.domain.model import PositionSide
from tgtp.domain.pauses import PausableRule, Scope

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 09:10 in Shanghai.
NOW = dt.datetime(2026, 11, 29, 1, 10, tzinfo=dt.UTC)
READER = Reader("zh", SEED_RULES, 10, SHANGHAI)
HELD = snapshot(leg("STX-USDT-SWAP"), leg("STX-USDT-SWAP", side="short"), leg("CRV-USDT-SWAP"), leg("币安人生-USDT-SWAP"))
LONG, SHORT = PositionSide.LONG, PositionSide.SHORT


def read(text: str, **how: object) -> PauseWish:
    return read_pause(READER, text.split(), HELD, NOW, **how)  # type: ignore[arg-type]


def scope(name: str) -> Scope:
    return Scope.of(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((words, "*") for words in ("", "all", "全部", "所有", "*", "now", "please", "一下", "马上", "！", "it now please")),
        *(
            (words, "STX-USDT-SWAP")
            for words in ("STX", "stx", "$STX", "STX-USDT", "stx-usdt-swap", "ＳＴＸ", "all STX", "STX 全部")
        ),
        *((words, "STX-USDT-SWAP long") for words in ("STX long", "stx多", "STX 多单", "STX 做多", "多头 STX", "ＳＴＸ　多")),
        *((words, "* short") for words in ("short", "空", "空单", "all short", "全部空单")),
        *((words, "* hedge") for words in ("hedge", "对冲", "the hedge rule", "对冲规则", "對沖")),
        *((words, "* tier") for words in ("tiers", "止盈", "档位", "tp", "ladder", "全部止盈", "止盈档位")),
        *((words, "STX-USDT-SWAP hedge") for words in ("STX hedge", "hedge of STX", "STX对冲", "stx的对冲", "对冲 stx")),
        *((words, "STX-USDT-SWAP long tier") for words in ("STX 多 止盈", "STX多止盈", "STX long tiers", "STX，多，止盈")),
        ("maintenance", "* maintenance"),
        ("维护", "* maintenance"),
        ("STX 纠错", "STX-USDT-SWAP correction"),
        ("long tiers", "* long tier"),
        ("币安人生 多", "币安人生-USDT-SWAP long"),
    ],
)
def test_what_is_meant(text: str, name: str) -> None:
    assert read(text) == PauseWish(scope(name))
    assert read(text, command="resume") == PauseWish(scope(name))


@pytest.mark.parametrize(
    ("text", "name", "until"),
    [
        *((words, "*", "10:10") for words in ("1h", "1 h", "for 1 hour", "60m", "1小时", "一小时", "一个小时", "1 个小时")),
        *((words, "*", "09:40") for words in ("30m", "30分钟", "30 min", "半小时", "半个小时", "0.5h", "30 minutes")),
        *((words, "*", "10:40") for words in ("1h30m", "1小时30分钟", "90分钟", "1.5h")),
        *((words, "STX-USDT-SWAP", "11-30 08:00") for words in ("STX until 08:00", "STX 到08:00", "STX 至 8:00", "STX直到8点")),
        *((words, "STX-USDT-SWAP", "11-30 08:30") for words in ("STX 到8点半", "STX 8点30分", "STX 明早8点半")),
        *((words, "*", "10:40") for words in ("一个半小时", "1个半小时", "for 90 min", "1 hour and 30 minutes")),
        *(
            (words, "*", "11-30 08:00")
            for words in ("until 8", "到8", "8am", "until 8 a.m", "到八点", "明天早上8点", "8 o'clock")
        ),
        *((words, "*", "20:00") for words in ("until 8pm", "今晚8点", "tonight 8:00", "晚上八点整", "到20点钟")),
        *((words, "*", "11-30 00:00") for words in ("今晚12点", "until 12am", "零点")),
        *((words, "*", "11-30 01:00") for words in ("今晚1点", "凌晨1点", "明天凌晨一点")),
        *((words, "*", "15:15") for words in ("下午三点一刻", "到15:15为止", "3:15pm")),
        ("中午12点", "*", "12:00"),
        ("明晚12点", "*", "12-01 00:00"),
        ("后天 9:30", "*", "12-01 09:30"),
        ("二十五分钟", "*", "09:35"),
        ("到09:11", "*", "09:11"),
        # The very minute has passed.
        ("09:10", "*", "11-30 09:10"),
        ("到晚上10点", "*", "22:00"),
        ("今晚10点", "*", "22:00"),
        ("24:00", "*", "11-30 00:00"),
        ("tomorrow 23:05", "*", "11-30 23:05"),
        ("2天", "*", "12-01 09:10"),
        ("30d", "*", "12-29 09:10"),
        ("stx多单 对冲 1小时", "STX-USDT-SWAP long hedge", "10:10"),
        ("1h STX", "STX-USDT-SWAP", "10:10"),
    ],
)
def test_until_when_is_of_the_readers_own_clock(text: str, name: str, until: str) -> None:
    wish = read(text)
    assert wish.scope == scope(name)
    assert wish.until is not None
    here = wish.until.astimezone(SHANGHAI)
    assert until in (f"{here:%H:%M}", f"{here:%m-%d %H:%M}")
    assert NOW < wish.until <= NOW + dt.timedelta(days=30)


@pytest.mark.parametrize("text", ["until 08:00", "8:00", "到8点"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_time_of_the_day_is_the_next_one(text: str, zone: str) -> None:
    wish = read_pause(READER._replace(zone=ZoneInfo(zone)), text.split(), HELD, NOW)
    assert wish.until is not None
    assert f"{wish.until.astimezone(ZoneInfo(zone)):%H:%M}" == "08:00"
    assert NOW < wish.until <= NOW + dt.timedelta(days=1)


def test_an_hour_that_is_left_out_or_comes_twice_ends_on_the_day() -> None:
    reader = READER._replace(zone=ZoneInfo("Europe/Berlin"))
    for day, text in itertools.product(("2026-03-28", "2026-10-24"), ("02:30", "tomorrow 03:00")):
        now = dt.datetime.fromisoformat(f"{day}T20:00:00+00:00")
        until = read_pause(reader, text.split(), HELD, now).until
        assert until is not None
        assert now < until < now + dt.timedelta(hours=8)


@pytest.mark.parametrize(
    "text",
    [
        *("别", "不要", "STX 不要", "loss STX", "STX CRV", "long short", "STX hedge tiers", "STX isolated", "STX 逐仓"),
        *("until", "STX until", "STX 到", "1000", "5", "0m", "0.1m", "25:00", "8:61", "08:00 1h", "1h 08:00", "08:00 09:00"),
        *(
            "08:00-09:00",
            "5日",
            "到5日",
            "早上14点",
            "14pm",
            "0am",
            "三三点",
            "十十点",
            "中午6点",
            "until tomorrow",
            "STX 1h 30",
            "-1h",
            "STX 50%",
            "1h?",
            "明天24:00",
            "STX/CRV",
            "8",
        ),
    ],
)
def test_what_is_not_understood_pauses_nothing_and_shows_the_forms(text: str) -> None:
    for language, form in (("zh", "没有暂停任何东西"), ("en", "nothing was paused")):
        with pytest.raises(Unclear) as caught:
            read_pause(READER._replace(language=language), text.split(), HELD, NOW)  # type: ignore[arg-type]
        assert form in caught.value.text
        assert "/pause" in caught.value.text


def test_a_coin_that_is_not_held_is_named() -> None:
    with pytest.raises(Unclear, match="BTC"):
        read("BTC hedge")
    # A stop must work before anything was seen; what is paused may be resumed after its leg is gone.
    assert read_pause(READER, ["btc", "hedge"], None, NOW).scope == scope("BTC-USDT-SWAP hedge")
    assert read("btc", command="resume", also={"BTC-USDT-SWAP"}).scope == scope("BTC-USDT-SWAP")


@pytest.mark.parametrize("text", ["31d", "999999h", "999999 天", "30d 1m"])
def test_a_pause_with_an_end_is_no_longer_than_a_month(text: str) -> None:
    with pytest.raises(Unclear, match="30"):
        read(text)


@pytest.mark.parametrize("text", ["1h", "STX 到08:00", "STX 不要"])
def test_a_resume_has_no_time(text: str) -> None:
    with pytest.raises(Unclear, match="没有恢复任何东西"):
        read(text, command="resume")


SCOPES = st.builds(
    Scope,
    st.sampled_from([None, "STX-USDT-SWAP", "CRV-USDT-SWAP"]),
    st.sampled_from([None, LONG, SHORT]),
    st.sampled_from([None, *set(RULES.values())]),
)


@given(SCOPES, st.sampled_from(LANGUAGES))
def test_what_a_pause_is_called_is_what_is_written_for_it(scope: Scope, language: str) -> None:
    words = scope_name(language, scope.name)  # type: ignore[arg-type]
    assert read("" if scope == Scope() else words) == PauseWish(scope)


WORDS = st.sampled_from(
    [*ALL_WORDS, *POLITE, *HASTE, *RULES, *SIDES, *UNTIL_WORDS, "STX", "CRV", "1h", "30分钟", "08:00", "8点"]
)


@given(st.lists(WORDS, max_size=6), st.sampled_from(["", " "]))
def test_known_words_mean_each_what_they_mean_alone_or_nothing_at_all(words: list[str], between: str) -> None:
    try:
        wish = read_pause(READER, between.join(words).split(), HELD, NOW)
    except NoAnswer:
        return
    if between:
        sides: set[PositionSide] = {SIDES[word] for word in words if word in SIDES}
        rules: set[PausableRule] = {RULES[word] for word in words if word in RULES}
        assert {wish.scope.position_side} - {None} == sides
        assert {wish.scope.rule} - {None} == rules
        assert (wish.scope.instrument_id is None) == (not {"STX", "CRV"} & set(words))
        assert (wish.until is None) == (not {"1h", "30分钟", "08:00", "8点"} & set(words))


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_it(text: str) -> None:
    for seen in (HELD, None):
        try:
            wish = read_pause(READER, text.split(), seen, NOW)
        except NoAnswer:
            continue
        assert Scope.of(wish.scope.name) == wish.scope
