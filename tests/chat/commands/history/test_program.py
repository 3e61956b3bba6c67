"""/logs and /show_config: the story far from the console, and the settings without a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.chat.commands.tiers.test_tiers import confirm
from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import is_fine, reader
from tests.fixtures.fakes import paper_leg
from tests.fixtures.several_accounts import Street
from tgtp.chat.commands.history.in_force import in_force
from tgtp.chat.commands.history.program_view import log_lines, settings_in_force
from tgtp.chat.console.recent_lines import KEPT, STORY, keep_story, last_lines
from tgtp.chat.console.redaction import Redacted, Redaction
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.plan import Switches
from tgtp.settings.accounts import AccountSettings
from tgtp.settings.environment import SECRETS, Settings
from tgtp.settings.proxies import PROXIES

SECRET = "0urS3cret&<b>"
languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def story(caplog: pytest.LogCaptureFixture) -> Iterator[logging.Logger]:
    logger = logging.getLogger(STORY)
    before = logger.handlers[:]
    keep_story(Redacted(Redaction([SECRET])))
    with caplog.at_level(logging.INFO, STORY):
        yield logger
    logger.handlers[:] = before


def settings_with_secrets() -> Settings:
    given: dict[str, Any] = {
        **dict.fromkeys(SECRETS, SECRET),
        **dict.fromkeys(PROXIES, f"http://me:{SECRET}@proxy"),
        "telegram_api_url": f"https://me:{SECRET}@api.example:8443/{SECRET}?key={SECRET}",
    }
    return Settings.model_construct(None, **given)


def test_the_newest_lines_are_kept_without_secrets(story: logging.Logger) -> None:
    for number in range(KEPT + 5):
        story.info("check #%d %s", number, SECRET)
    lines = last_lines(3)
    assert [line.split("] ")[1] for line in lines] == [f"check #{number} •••" for number in range(KEPT + 2, KEPT + 5)]
    assert len(last_lines(10_000)) == KEPT


def test_addresses_and_codes_of_the_console_are_not_kept(story: logging.Logger) -> None:
    logging.getLogger("tgtp").critical("Open http://127.0.0.1:8765/#t0ken")
    logging.getLogger("tgtp.chat.access").warning("send /start 123456")
    assert last_lines(10) == []


def test_a_malformed_line_is_left_to_the_console(story: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    story.info("%d", "x")
    story.info("and on")
    assert [line.split("] ")[1] for line in last_lines(10)] == ["and on"]


@languages
def test_lines_fit_one_message_however_many(language: Language) -> None:
    message = log_lines(reader(language), [f"{number} {'<&🔥' * 200}" for number in range(200)])
    is_fine(message)
    assert bare(message.text).rstrip().split("\n")[-1].startswith("199 ")
    is_fine(log_lines(reader(language), []))


async def test_logs(dial: Dial, story: logging.Logger) -> None:
    phone = await dial(paper_leg(), language="zh")
    assert await phone.says("/logs") == "还没有日志；LOG_LEVEL=WARNING 时日志很少。"
    for number in range(30):
        story.info("检查 <%d>", number)
    answer = await phone.says("/logs")
    assert answer.startswith("日志，最近 20 行\n")
    assert answer.endswith("检查 <29>")
    assert "最近 3 行" in await phone.says("/logs 3")
    assert "最近 20 行" in await phone.says("日志")
    for word in ("0", "201", "x", "-1"):
        assert await phone.says(f"/logs {word}") == f"{word} 不是 1 到 200 的数字：/logs 50"


@languages
def test_no_secret_is_shown(language: Language) -> None:
    settings = settings_with_secrets()
    shown = in_force(settings)
    message = settings_in_force(reader(language), shown, {})
    is_fine(message)
    assert SECRET not in bare(message.text)
    assert SECRET not in str(shown)
    assert {one.name for one in shown} == {name.upper() for name in Settings.model_fields}
    assert {one.name.lower() for one in shown if one.value is None} == {*SECRETS, *PROXIES}
    assert "TELEGRAM_API_URL=https://api.example:8443\n" in bare(message.text)


@languages
def test_settings_read_as_they_are_written_in_the_file(language: Language) -> None:
    message = bare(settings_in_force(reader(language), in_force(Settings()), {}).text)
    for row in (
        *("EXCHANGE=paper", "CHECK_INTERVAL=10", "MIN_MARGIN=1", "REPORT_AT=08:00", "OKX_DEMO=false", "ACCOUNTS=main"),
        *("STREAM=on", "STREAM_MAX_AGE=400", "RESTING=off", "RESTING_GRACE=3", "RESTING_AT_EXIT=keep"),
    ):
        assert f"\n{row}\n" in message
    assert "LONG_TIERS=25:30,35:50,50:50\n" in message
    assert ("OKX_API_KEY=(not set)\n" if language == "en" else "OKX_API_KEY=（未设置）\n") in message


def settings_of_two() -> Settings:
    alpha = AccountSettings(
        name="alpha",
        role="sub",
        keys=(SecretStr(SECRET),) * 3,
        switches=Switches(ladder=False),
        dynamic=False,
        drawdown=DrawdownRules(warn="0.1", limit="0.225", action="base"),
    )
    # As a person writes them, whatever is made of them.
    given: dict[str, Any] = {
        "give_back": "40",
        "drawdown_warn": "12.5",
        "drawdown_limit": "20",
        "break_even": "2",
        "dynamic": "on",
    }
    return Settings(accounts=(AccountSettings(), alpha), **given)


def test_guards_stand_there_as_they_are_written_in_the_file_for_each_account() -> None:
    """A limit of 20 % was shown as DRAWDOWN_LIMIT=0.2, which would be a fifth of a percent; no other account was shown."""
    message = bare(settings_in_force(reader("en"), in_force(settings_of_two()), {}).text)
    for row in (
        *("DRAWDOWN_WARN=12.5", "DRAWDOWN_LIMIT=20", "DRAWDOWN_ACTION=pause", "GIVE_BACK=40", "BREAK_EVEN=after_tier_2"),
        *("DYNAMIC=on", "ALPHA_DRAWDOWN_WARN=10", "ALPHA_DRAWDOWN_LIMIT=22.5", "ALPHA_DRAWDOWN_ACTION=base"),
        *("ALPHA_ROLE=sub", "ALPHA_LADDER=off", "ALPHA_HEDGE=on", "ALPHA_API_KEY=(set, hidden)"),
    ):
        assert f"\n{row}\n" in message
    assert message.endswith("ALPHA_DYNAMIC=off\nALPHA_RESTING=off")
    assert "MAIN_" not in message
    assert SECRET not in message
    off = bare(settings_in_force(reader("en"), in_force(Settings()), {}).text)
    assert "\nDRAWDOWN_WARN=off\nDRAWDOWN_LIMIT=off\nDRAWDOWN_ACTION=pause\nGIVE_BACK=off\nBREAK_EVEN=off\n" in off


async def test_what_was_changed_on_the_phone_is_in_force(dial: Dial, tmp_path: Path) -> None:
    street = Street(
        tmp_path, {"main": [paper_leg()], "alpha": [paper_leg()]}, drawdown=settings_of_two().drawdown, dynamic=True
    )
    phone = await dial(house=street, settings=in_force(settings_of_two()))
    for words in (
        *("/tiers long 20:30", "/guards giveback 30", "/guards breakeven 1", "/guards drawdown 25 close"),
        *("/guards alpha drawdown 30 close", "/dynamic off", "/dynamic alpha on"),
    ):
        await phone.says(words)
        await confirm(phone)
    said = await phone.says("/show_config")
    for row in (
        *("LONG_TIERS=20:30 (by /tiers; .env: 25:30,35:50,50:50)", "SHORT_TIERS=35:30,45:50,55:50"),
        *("GIVE_BACK=30 (by /guards; .env: 40)", "BREAK_EVEN=after_tier_1 (by /guards; .env: after_tier_2)"),
        *("DRAWDOWN_LIMIT=25 (by /guards; .env: 20)", "DRAWDOWN_ACTION=close (by /guards; .env: pause)"),
        *("DYNAMIC=off (by /dynamic; .env: on)", "ALPHA_DRAWDOWN_LIMIT=30 (by /guards; .env: 22.5)"),
        "ALPHA_DYNAMIC=on (by /dynamic; .env: off)",
    ):
        assert row in said


async def test_show_config_without_settings(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert await phone.says("/show_config") == await phone.says("settings") == "No settings are known here."
