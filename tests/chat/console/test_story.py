"""The story on the console: short when all is quiet, and never with a secret in it."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import fail, key, paper_leg
from tgtp.chat.console.log_setup import set_up_log
from tgtp.chat.console.redaction import Redacted, Redaction
from tgtp.chat.console.story import ConsoleListener, tell_rules
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.events import Event
from tgtp.domain.examples import OPENED_AT
from tgtp.domain.examples import leg as a_leg
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Snapshot
from tgtp.domain.plan import Situation, hedge_plan
from tgtp.errors import TemporarilyDown

TOKEN = "1234567890:AAF-abcdefghijklmnopqrstuvwxyz12345"
KEY = "3f1c2a9e-0000-1111-2222-333344445555"
PASSPHRASE = "pa\"ss wo&rd\\'/ü"
LOUD = (
    "httpx",
    "httpcore",
    "apscheduler",
    "telegram",
    "aiohttp",
    "ccxt",
    "asyncio",
    "filelock",
    "apprise",
    "urllib3",
    "requests",
)
LOUDER = ("apscheduler.scheduler", "telegram.ext.AIORateLimiter", "telegram.ext.Updater", "telegram.request.BaseRequest")


def console_listener(language: Language = "en") -> ConsoleListener:
    return ConsoleListener(Reader(language, SEED_RULES, 10))


def busy_house(folder: Path) -> House:
    """As the seed's account: 22 legs, some of them pairs that the hedge rule looks at, none of them due."""
    names = [f"COIN{number}-USDT-SWAP" for number in range(11)]
    house = House(folder, *(paper_leg(name, side, contracts=c) for name in names for side, c in (("long", 200), ("short", 2))))
    for name in names:
        house.set_roi(key(name), 1)
    return house


@pytest.fixture
def restored() -> Iterator[None]:
    """The process's logging, put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in (*LOUD, *LOUDER)}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_quiet_check_is_a_handful_of_lines(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, language: Language
) -> None:
    house = busy_house(tmp_path)
    await house.check()
    console = console_listener(language)
    with caplog.at_level(logging.INFO, "tgtp"):
        console.checked(await house.check())
        # All legs and pairs stand below the first one.
        assert len(caplog.records) == 1 + 22 + 11
        caplog.clear()
        report = await house.check()
        console.checked(report)
    assert report.sent == []
    assert len(caplog.records) == 1
    assert "22" in caplog.records[0].getMessage()
    assert all("\n" not in record.getMessage() and len(record.getMessage()) < 500 for record in caplog.records)
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tgtp"):
        console.checked(report)
    for leg in house.paper._legs:
        assert sum(leg.instrument_id in record.getMessage() for record in caplog.records) >= 2
    caplog.clear()
    with caplog.at_level(logging.WARNING, "tgtp"):
        console.checked(report)
    assert caplog.records == []


TRIGGER = {
    "en": ("CRV-USDT-SWAP long", "tier 1", "+26.00% ≥ 25%", "51.30 U", "held 100", "share 30%", "closing 30", "order tg"),
    "zh": ("CRV-USDT-SWAP 多单", "第 1 档", "+26.00% ≥ 25%", "51.30 U", "持仓 100 张", "止盈比例 30%", "平 30 张", "订单 tg"),
}
FILL = {
    "en": ("tier 1", "OKX order paper000001", "price 5.13", "filled 30", "70 left", "fee 0.08 U", "tiers fired: 1"),
    "zh": ("第 1 档", "交易所订单 paper000001", "成交价 5.13", "成交 30 张", "剩余 70 张", "手续费 0.08 U", "已触发档位：1"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_trigger_and_its_fill_are_told_with_their_numbers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, language: Language
) -> None:
    house = House(tmp_path, paper_leg())
    house.set_roi(key(), 26)
    report = await house.check()
    with caplog.at_level(logging.INFO, "tgtp"):
        console_listener(language).sending(report.sent)
        (filled,) = house.listener.of("tier_filled")
        console_listener(language).happened(2, filled)
    trigger, fill = caplog.messages
    assert [words for words in TRIGGER[language] if words not in trigger] == []
    assert [words for words in FILL[language] if words not in fill] == []


HEDGE = {
    "en": ("BCH-USDT-SWAP long", "hedge", "-8.20%", "the short wins +45.50%", "held 50", "base 9.1", "closing 40.9, 81.8%"),
    "zh": ("BCH-USDT-SWAP 多单", "触发对冲", "-8.20%", "空单盈利 +45.50%", "持仓 50 张", "底仓 9.1 张", "平 40.9 张，81.8%"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hedge_is_told_with_both_sides_and_what_it_leaves(caplog: pytest.LogCaptureFixture, language: Language) -> None:
    """As in the description: 10x, mark 1.1, 50 held, a lot of 0.1."""
    losing = a_leg("BCH-USDT-SWAP", roi="-8.2", mark_price="1.1", contracts=50, lot_size="0.1")
    winning = a_leg("BCH-USDT-SWAP", side="short", roi="45.5", mark_price="1.1", contracts=5, lot_size="0.1")
    lives = {leg.key: Life.begun(leg) for leg in (losing, winning)}
    situation = Situation("main", SEED_RULES, lives, (), (), OPENED_AT, may_trade=True)
    plan = hedge_plan(Snapshot(taken_at=OPENED_AT, legs=(losing, winning)), situation)
    with caplog.at_level(logging.INFO, "tgtp"):
        console_listener(language).sending(plan.intents)
    (told,) = caplog.messages
    assert [words for words in HEDGE[language] if words not in told] == []


def test_an_order_whose_id_is_not_known_says_so(caplog: pytest.LogCaptureFixture) -> None:
    (event,) = [event for event in EVENTS if event.kind == "hedge_filled"]
    with caplog.at_level(logging.INFO, "tgtp"):
        console_listener().happened(2, event.replaced(order=event.order.replaced(order_id="")))
    assert "OKX order ?," in caplog.text


def test_the_times_are_those_of_the_zone(caplog: pytest.LogCaptureFixture) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "told", (), None)
    record.created = dt.datetime(2026, 11, 28, 20, 30, 5, tzinfo=dt.UTC).timestamp()
    assert Redacted(Redaction(()), shanghai).format(record) == "[2026-11-29 04:30:05] told"
    (ahead,) = [event for event in EVENTS if event.kind == "downtime_ahead"]
    console = ConsoleListener(Reader("en", SEED_RULES, 10, zone=shanghai))
    with caplog.at_level(logging.INFO, "tgtp"):
        console.happened(2, ahead)
    begins = ahead.begins_at.astimezone(shanghai)
    assert f"{begins:%m-%d %H:%M:%S}" in caplog.text
    assert "UTC" not in caplog.text


async def test_a_failed_check_is_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path, paper_leg())
    house.exchange.before = fail("snapshot", TemporarilyDown("HTTP 502"), times=-1)
    report = await house.check()
    with caplog.at_level(logging.DEBUG, "tgtp"):
        console_listener().checked(report)
    assert [(record.levelname, "HTTP 502" in record.getMessage()) for record in caplog.records] == [("WARNING", True)]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_is_one_line_without_markup(event: Event, language: Language, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tgtp"):
        console_listener(language).happened(12, event)
    record, *rows = caplog.records
    # What a first start would do stands below, leg by leg.
    assert len(rows) == (len(event.rows) if event.kind == "first_start" else 0)
    assert record.getMessage().startswith("📌 #12 ")
    assert "<" not in record.getMessage()
    assert "&amp;" not in record.getMessage()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_are_told_at_the_start(language: Language, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tgtp"):
        tell_rules(language, SEED_RULES.replaced(own={"STX-USDT-SWAP long": Ladder.parse("21:30")}), 10)
    text = caplog.text
    for words in ("25%", "35%", "50%", "55%", "45%", "10", "STX-USDT-SWAP long", "21%"):
        assert words in text


# Secrets


def written(message: str, *args: object, exc: BaseException | None = None) -> str:
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, args, info)
    return Redacted(Redaction((TOKEN, KEY, PASSPHRASE))).format(record)


def leak() -> BaseException:
    try:
        try:
            raise ValueError(f"POST https://api.telegram.org/bot{TOKEN}/getMe")
        except ValueError as exc:
            raise RuntimeError(f"headers {{'OK-ACCESS-KEY': '{KEY}', 'OK-ACCESS-PASSPHRASE': {PASSPHRASE!r}}}") from exc
    except RuntimeError as exc:
        return exc


@pytest.mark.parametrize("secret", [TOKEN, KEY, PASSPHRASE])
def test_no_secret_in_a_message_or_its_arguments(secret: str) -> None:
    forms = [secret, repr(secret), json.dumps(secret), quote(secret), quote(secret, safe=""), {"key": secret}, [secret]]
    for form in forms:
        text = written(f"a {str(form).replace('%', '%%')} b %s c", form)
        assert text.count("•••") == 2, form
        assert secret not in text
        assert repr(secret)[1:-1] not in text


def test_no_secret_in_a_traceback() -> None:
    text = written("it broke", exc=leak())
    assert "Traceback" in text
    assert "RuntimeError" in text
    for secret in (TOKEN, KEY, PASSPHRASE, repr(PASSPHRASE)[1:-1]):
        assert secret not in text


def test_a_token_that_is_not_ours_is_struck_out_too() -> None:
    assert "99999:" not in written("https://api.telegram.org/bot99999:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB/sendMessage")


def test_a_secret_within_a_longer_one_leaves_nothing_behind() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "abcdef abc", (), None)
    assert Redacted(Redaction(("abc", "abcdef", ""))).format(record).endswith("] ••• •••")


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
@pytest.mark.usefixtures("restored")
def test_what_libraries_chatter_is_not_printed(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    printer = set_up_log(level, (TOKEN,))
    for name in LOUD:
        logging.getLogger(f"{name}.sub").info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)
        logging.getLogger(f"{name}.sub").debug("chatter")
    logging.getLogger("apscheduler.scheduler").warning("skipped: maximum number of running instances reached (1)")
    logging.getLogger("telegram.ext.AIORateLimiter").error("Rate limit hit")
    logging.getLogger("telegram.ext.Updater").error("Error while calling `get_updates` one more time")
    logging.getLogger("telegram.request.BaseRequest").error("Can not load invalid JSON data")
    logging.getLogger("tgtp").error("told %s", TOKEN)
    printer.finish()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("] told •••")
