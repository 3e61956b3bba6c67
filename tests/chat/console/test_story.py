"""The story on the console: short when all is quiet, and never with a secret in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

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
from tgtp.domain.ladder import Ladder
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
    report = await house.check()
    with caplog.at_level(logging.INFO, "tgtp"):
        console_listener(language).checked(report)
    assert report.sent == []
    assert 2 <= len(caplog.records) <= 5
    assert "22" in caplog.records[0].getMessage()
    assert all("\n" not in record.getMessage() and len(record.getMessage()) < 500 for record in caplog.records)
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tgtp"):
        console_listener(language).checked(report)
    for leg in house.paper._legs:
        assert sum(leg.instrument_id in record.getMessage() for record in caplog.records) >= 2
    caplog.clear()
    with caplog.at_level(logging.WARNING, "tgtp"):
        console_listener(language).checked(report)
    assert caplog.records == []


async def test_a_trigger_is_told_with_its_numbers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path, paper_leg())
    house.set_roi(key(), 26)
    report = await house.check()
    with caplog.at_level(logging.INFO, "tgtp"):
        console_listener().sending(report.sent)
    (trigger,) = [record.getMessage() for record in caplog.records if "🎯" in record.getMessage()]
    for words in ("CRV-USDT-SWAP long", "tier 1", "+26.00%", "51.30 U", "held 100", "closing 30", "order tg"):
        assert words in trigger


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
