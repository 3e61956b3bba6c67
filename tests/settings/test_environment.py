"""Every variable: what it is when not set, what it takes, and the one line it is refused with."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from dotenv import dotenv_values

from tests.fixtures.folders import ROOT
from tests.fixtures.sentences import raises, told
from tgtp.chat.commands import vocabulary
from tgtp.chat.commands.history.report_commands import WORDS as REPORT_WORDS
from tgtp.chat.formatting.error_text import reasons, sentence
from tgtp.domain.ladder import Ladder
from tgtp.domain.plan import Rules, Switches
from tgtp.domain.upkeep.rules import MaintenancePlan
from tgtp.errors import SettingsInvalid
from tgtp.settings.accounts import NAME, AccountSettings, is_of_an_account, names_of
from tgtp.settings.accounts import TAKEN as NAMES_TAKEN
from tgtp.settings.environment import OKX_KEYS, SECRETS, Settings, read_settings, readable_secrets, unknown_names
from tgtp.settings.hints import WANTS
from tgtp.settings.proxies import PROXIES

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGE = "Xk3vQ9-zR7mT2_wL8pB4nC6sD1fG5hJ0"
KEYS = {"OKX_API_KEY": "k3y", "OKX_API_SECRET": "s3cret", "OKX_API_PASSPHRASE": "p4ss"}
LIVE = {"EXCHANGE": "okx", **KEYS, "CHAT": "telegram", "TELEGRAM_BOT_TOKEN": "1:t0ken"}
LONG, SHORT = "25:30,35:50,50:50", "35:30,45:50,55:50"


@dataclasses.dataclass
class Given:
    """Values that are in the environment, or in the file, for one test."""

    patch: pytest.MonkeyPatch
    file: Path

    def environment(self, **values: str) -> None:
        for name, value in values.items():
            self.patch.setenv(name, value)

    def written(self, *lines: str) -> None:
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def read(self, **values: str) -> Settings:
        self.environment(**values)
        return read_settings()

    def refusal(self, **values: str) -> str:
        self.environment(**values)
        with pytest.raises(SettingsInvalid) as refused:
            read_settings()
        assert len(told(refused.value).splitlines()) == 1
        return told(refused.value)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Given:
    # The file that conftest points to.
    return Given(monkeypatch, tmp_path / ".env")


def plain(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


# variable: default, then each text that is taken with what it means.
TAKEN: dict[str, tuple[Any, list[tuple[str, Any]]]] = {
    "EXCHANGE": ("paper", [("paper", "paper")]),
    "PAPER_PRICES": ("simulated", [("live", "live"), ("simulated", "simulated")]),
    "PAPER_DRAMA": ("off", [("on", "on"), (" OFF ", "off")]),
    "CHAT": ("local", [("local", "local")]),
    "LANGUAGE": (
        None,
        [
            ("zh", "zh"),
            ("en", "en"),
            ("EN", "en"),
            ("zh_CN", "zh"),
            ("en-GB", "en"),
            ("zh_CN.UTF-8", "zh"),
            # The machine's own list of languages, which many systems keep under this name: not ours.
            ("en_US:en", None),
            ("zh_CN:zh", None),
            ("de_DE", None),
        ],
    ),
    "TELEGRAM_BOT_TOKEN": (None, [("1:abc", "1:abc"), (" 1:abc ", "1:abc"), ("  ", None)]),
    "TELEGRAM_ALLOWED_USERS": (
        frozenset(),
        [("7", frozenset({7})), ("7,8", frozenset({7, 8})), (" 7 , 8,,9 ", frozenset({7, 8, 9})), ("7 8", frozenset({7, 8}))],
    ),
    "TELEGRAM_API_URL": (
        "https://api.telegram.org",
        [
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("https://bots.example/", "https://bots.example"),
            ("http://192.168.1.5:8081", "http://192.168.1.5:8081"),
            # Names that are not known yet; the token is not sent before they are.
            ("http://telegram-bot-api:8081", "http://telegram-bot-api:8081"),
            ("http://no-such-name.invalid", "http://no-such-name.invalid"),
        ],
    ),
    **dict.fromkeys(
        ("PROXY_URL", "OKX_PROXY_URL", "TELEGRAM_PROXY_URL"),
        (
            None,
            [
                ("direct", "direct"),
                (" Direct ", "direct"),
                ("127.0.0.1:7890", "http://127.0.0.1:7890"),
                ("socks://127.0.0.1", "socks5h://127.0.0.1:1080"),
                ("socks5://ann:p@ss@[::1]:7890/", "socks5h://ann:p%40ss@[::1]:7890"),
                ("https://proxy.example", "https://proxy.example:443"),
                ("  ", None),
            ],
        ),
    ),
    "ALERT_URLS": (None, [("ntfys://topic", "ntfys://topic"), (" json://a ", "json://a"), ("  ", None)]),
    "LOCAL_CHAT_PORT": (8765, [("0", 0), ("65535", 65535)]),
    "LOCAL_CHAT_TOKEN": (None, [(PAGE, PAGE), (f" {PAGE} ", PAGE)]),
    "MONITOR": (None, [("on", "on"), (" OFF ", "off")]),
    "MONITOR_HOST": ("127.0.0.1", [(" ::1 ", "::1"), ("127.0.0.2", "127.0.0.2"), ("LocalHost", "127.0.0.1")]),
    "MONITOR_PASSWORD": (
        None,
        [("sixteen of signs", "sixteen of signs"), (" ~{}!$%&/()=?+hGk ", "~{}!$%&/()=?+hGk"), ("  ", None)],
    ),
    "MONITOR_URL": (
        "",
        [
            (" https://tgtp.example/monitor ", "https://tgtp.example/monitor"),
            ("http://192.168.1.5:9/", "http://192.168.1.5:9/"),
        ],
    ),
    "OKX_API_KEY": (None, [("k3y", "k3y")]),
    "OKX_API_SECRET": (None, [("s3cret", "s3cret"), ("a b#c$d", "a b#c$d")]),
    "OKX_API_PASSPHRASE": (None, [("p4ss", "p4ss")]),
    "OKX_API_URL": ("", [("https://eea.okx.com", "https://eea.okx.com"), ("http://[::1]:9/", "http://[::1]:9")]),
    "OKX_WS_URL": (
        "",
        [("wss://wseea.okx.com:8443/ws/v5", "wss://wseea.okx.com:8443/ws/v5"), ("ws://127.0.0.1:9", "ws://127.0.0.1:9")],
    ),
    "OKX_DEMO": (False, [("true", True), ("false", False), ("1", True), ("no", False)]),
    "ALLOW_LIVE_LOCAL_CHAT": (False, [("true", True), ("FALSE", False)]),
    "ACCOUNTS": (
        (AccountSettings(),),
        [
            ("main", (AccountSettings(),)),
            ("MAIN, alpha", (AccountSettings(), AccountSettings(name="alpha", role="sub"))),
        ],
    ),
    "MAINTENANCE_PLAN": (
        MaintenancePlan.parse("100:10,100:10,200:20"),
        [("50:5", MaintenancePlan.parse("50:5")), (" 50.5:5, 60:6 ", MaintenancePlan.parse("50.5:5,60:6"))],
    ),
    "SUB_MAINTAIN_AT": (Decimal(-10), [("-12.5", Decimal("-12.5"))]),
    "TOTP_SECRET": (None, [(TOTP, TOTP), (f" {TOTP[:16].lower()} {TOTP[16:]} ", TOTP)]),
    "FIRST_START": ("pause", [("run", "run"), (" Pause ", "pause")]),
    **dict.fromkeys(
        ("DRAWDOWN_WARN", "DRAWDOWN_LIMIT"),
        (None, [("20", Decimal("0.2")), (" 12.5% ", Decimal("0.125")), ("off", None), ("99.99", Decimal("0.9999"))]),
    ),
    "DRAWDOWN_ACTION": ("pause", [("base", "base"), ("Close", "close"), ("pause", "pause")]),
    "GUARD_MODE": ("guard", [("watch", "watch"), ("WATCH", "watch")]),
    "GIVE_BACK": (
        None,
        [("40", Decimal("0.4")), (" 12.5 ", Decimal("0.125")), ("Off", None), ("99", Decimal("0.99"))],
    ),
    "BREAK_EVEN": ("off", [("After_Tier_10", "after_tier_10"), ("2", "after_tier_2"), ("off", "off")]),
    "CHECK_INTERVAL": (10, [("1", 1), ("3600", 3600)]),
    "STREAM": ("on", [("off", "off"), (" ON ", "on")]),
    "STREAM_MAX_AGE": (400, [("1", 1), ("1000", 1000)]),
    "RESTING": ("off", [("all", "all"), (" OFF ", "off")]),
    "RESTING_GRACE": (3, [("1", 1), ("60", 60)]),
    "RESTING_AT_EXIT": ("keep", [("cancel", "cancel"), (" Keep ", "keep")]),
    "MIN_MARGIN": (Decimal(1), [("0", Decimal(0)), ("2.50", Decimal("2.5"))]),
    "KEEP_MARGIN": (Decimal(1), [("0.5", Decimal("0.5"))]),
    "LONG_TIERS": (Ladder.parse(LONG), [("20:10, 40:100", Ladder.parse("20:10,40:100"))]),
    "SHORT_TIERS": (Ladder.parse(SHORT), [("30:25", Ladder.parse("30:25"))]),
    "DYNAMIC": ("off", [("on", "on"), (" OFF ", "off")]),
    "ALERT_LEVEL": ("critical", [("tiers", "tiers")]),
    "REARM": ("on_close", [("on_add", "on_add")]),
    "MAX_SLIPPAGE": (Decimal(0), [("0.5", Decimal("0.5")), ("50", Decimal(50))]),
    "TIMEZONE": ("UTC", [("Asia/Shanghai", "Asia/Shanghai"), ("Europe/Berlin", "Europe/Berlin")]),
    "REPORT_AT": (dt.time(8), [("8:05", dt.time(8, 5)), ("23:59", dt.time(23, 59)), ("OFF", None)]),
    "LIQUIDATION_WARN": (Decimal(20), [("0", Decimal(0)), ("7.5", Decimal("7.5")), ("100", Decimal(100))]),
    "FUNDING_WARN": (Decimal("0.3"), [("0", Decimal(0)), ("0.05", Decimal("0.05")), ("100", Decimal(100))]),
    "HEARTBEAT_URL": (
        None,
        [
            ("https://hc-ping.com/0b1f-uuid", "https://hc-ping.com/0b1f-uuid"),
            (" http://192.168.1.2:8000/ping/x?rid=1 ", "http://192.168.1.2:8000/ping/x?rid=1"),
            ("  ", None),
        ],
    ),
    "DATA_DIR": (Path("data"), [("/srv/tgtp", Path("/srv/tgtp")), ("~/tgtp", Path.home() / "tgtp")]),
    "LOG_LEVEL": ("INFO", [("DEBUG", "DEBUG"), ("warning", "WARNING")]),
    "LOG_LEGS_EVERY": (10, [("0", 0), ("1440", 1440)]),
}

# variable: texts that are refused, and what the line must say besides the variable, the text and what is wanted.
REFUSED: dict[str, list[tuple[str, str]]] = {
    "EXCHANGE": [("binance", ""), ("OKX!", "")],
    "PAPER_PRICES": [("real", "")],
    "PAPER_DRAMA": [("true", ""), ("much", "")],
    "ACCOUNTS": [("alpha,main", "the first account is the main one"), ("main,all", "'all' means something else")],
    "MAINTENANCE_PLAN": [("100", "'100' is not a round BUY:KEEP"), ("100:0", ""), ("100:x", ""), (",", ""), ("-1:5", "")],
    "SUB_MAINTAIN_AT": [("0", ""), ("10", ""), ("-101", ""), ("x", "")],
    "CHAT": [("whatsapp", "")],
    "LANGUAGE": [("fr", ""), ("chinese", ""), ("cn", "")],
    "TELEGRAM_ALLOWED_USERS": [
        ("@alice", "'@alice' is not a numeric id"),
        ("7,bob", "'bob'"),
        ("0", "'0'"),
        ("-5", "'-5'"),
        ("²", "'²'"),
    ],
    "TELEGRAM_API_URL": [
        ("api.telegram.org", "begins with https:// or http://"),
        ("ftp://x", "begins"),
        ("https://", "begins"),
        ("http://203.0.113.9", "the bot's token is not sent unencrypted"),
        # Private, but what proxies in "fake IP" mode answer for every name.
        ("http://198.18.0.9", "the bot's token is not sent unencrypted"),
    ],
    "LOCAL_CHAT_PORT": [("-1", ""), ("65536", ""), ("http", "")],
    "MONITOR": [("true", ""), ("1", "")],
    "MONITOR_HOST": [("example.com", "not an IP address"), ("127.1", "not an IP address"), ("0", "not an IP address")],
    "MONITOR_URL": [("tgtp.example", "begins with https://"), ("ftp://x.y", "begins"), ("http://nas:80/x.y", "no dot")],
    "OKX_API_URL": [
        ("www.okx.com", "begins with https://"),
        ("wss://www.okx.com", "begins"),
        ("https://x:port", "begins"),
        ("http://127.example.com", "unencrypted"),
    ],
    "OKX_WS_URL": [("https://ws.okx.com", "begins with wss:// or ws://"), ("wss://[::1", "begins")],
    "OKX_DEMO": [("maybe", "")],
    "ALLOW_LIVE_LOCAL_CHAT": [("yes please", "")],
    "FIRST_START": [("no", ""), ("true", "")],
    "DRAWDOWN_WARN": [("0", "above 0"), ("100", ""), ("-5", "")],
    "DRAWDOWN_LIMIT": [("0.001", "above 0"), ("1e1", ""), ("nan", ""), ("²", "")],
    "DRAWDOWN_ACTION": [("sell", "pause, base or close")],
    "GUARD_MODE": [("off", ""), ("paused", "")],
    "GIVE_BACK": [("0", "from 1 to 99"), ("100", ""), ("-5", ""), ("12.345", ""), ("nan", ""), ("half", "")],
    "BREAK_EVEN": [("on", "after_tier_1 to after_tier_10"), ("after_tier_0", ""), ("11", ""), ("²", "")],
    "CHECK_INTERVAL": [("0", ""), ("-10", ""), ("3601", ""), ("ten", ""), ("0.5", "")],
    "STREAM": [("true", ""), ("1", "")],
    "RESTING": [("on", ""), ("true", ""), ("1", "")],
    "RESTING_GRACE": [("0", ""), ("61", ""), ("-3", ""), ("2.5", ""), ("soon", "")],
    "RESTING_AT_EXIT": [("off", ""), ("true", "")],
    "STREAM_MAX_AGE": [("0", ""), ("1001", ""), ("-400", ""), ("0.4", ""), ("soon", "")],
    "MIN_MARGIN": [("-1", ""), ("1U", ""), ("nan", ""), ("inf", ""), ("1,5", "")],
    "KEEP_MARGIN": [("0", ""), ("-1", ""), ("NaN", ""), ("all", "")],
    "LONG_TIERS": [
        ("35:50,25:30", "thresholds must rise, but 25 follows 35"),
        ("25:0", "a tier closes 1 to 100 percent"),
        ("25:130", "a tier closes 1 to 100 percent"),
        ("soon:half", "'soon:half' is not a tier"),
    ],
    "SHORT_TIERS": [("55:50,35:30", "thresholds must rise, but 35 follows 55"), ("35", "'35' is not a tier")],
    "DYNAMIC": [("true", ""), ("1.5", "")],
    "ALERT_LEVEL": [("all", ""), ("danger", "")],
    "REARM": [("never", ""), ("on_open", "")],
    "MAX_SLIPPAGE": [("-1", ""), ("51", ""), ("1%", "")],
    "TIMEZONE": [("Shanghai", "there is no time zone"), ("../etc/passwd", "there is no time zone"), ("+8", "")],
    "REPORT_AT": [
        ("24:00", "not a time of day"),
        ("8", "not a time"),
        ("08:60", ""),
        ("morning", ""),
        ("8:5", ""),
        ("８:００", ""),
        ("08:0²", ""),
    ],
    "FUNDING_WARN": [("-0.1", ""), ("101", ""), ("high", ""), ("1e-13", "")],
    "LIQUIDATION_WARN": [("-1", ""), ("101", ""), ("near", "")],
    "LOG_LEVEL": [("LOUD", ""), ("5", "")],
    "LOG_LEGS_EVERY": [("-1", ""), ("1441", ""), ("2.5", ""), ("often", "")],
}


def test_every_setting_is_tested() -> None:
    names = {name.upper() for name in Settings.model_fields}
    assert names == set(TAKEN)
    # Any text is a key or a folder.
    proxies = {name.upper() for name in PROXIES}
    assert names - set(REFUSED) == {name.upper() for name in SECRETS} | proxies | {"DATA_DIR"}
    assert {name.upper() for name in WANTS} == names - {name.upper() for name in SECRETS} | {
        "HEARTBEAT_URL",
        "TOTP_SECRET",
        "LOCAL_CHAT_TOKEN",
        "MONITOR_PASSWORD",
    }


def test_every_setting_is_read() -> None:
    read = {
        node.attr
        for path in (ROOT / "tgtp").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    # These are read by their names.
    assert Settings.model_fields.keys() - read == {*PROXIES, *OKX_KEYS}


@pytest.mark.parametrize("name", TAKEN)
def test_what_it_is_when_not_set(given: Given, name: str) -> None:
    assert plain(getattr(given.read(), name.lower())) == TAKEN[name][0]


@pytest.mark.parametrize("name", TAKEN)
def test_empty_counts_as_not_set(given: Given, name: str) -> None:
    given.written(f"{name}=")
    assert plain(getattr(given.read(**{name: ""}), name.lower())) == TAKEN[name][0]


@pytest.mark.parametrize(("name", "text", "means"), [(name, *row) for name, (_, rows) in TAKEN.items() for row in rows])
def test_what_it_takes(given: Given, name: str, text: str, means: Any) -> None:
    assert plain(getattr(given.read(**{name: text}), name.lower())) == means


@pytest.mark.parametrize(("name", "text", "means"), [(name, *rows[0]) for name, (_, rows) in TAKEN.items()])
def test_the_file_is_read_as_the_environment_is(given: Given, name: str, text: str, means: Any) -> None:
    given.written("# a comment", f"{name}={text}", "")
    assert plain(getattr(given.read(), name.lower())) == means


@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize(("name", "text", "why"), [(name, *row) for name, rows in REFUSED.items() for row in rows])
def test_a_wrong_value_is_refused_in_one_line(given: Given, name: str, text: str, why: str, where: str) -> None:
    if where == "file":
        given.written(f"{name}={text}")
        line = given.refusal()
    else:
        line = given.refusal(**{name: text})
    assert line.startswith(f"{name}={text!r}")
    assert why in line
    place = f" ({given.file}, line 1)" if where == "file" else ""
    also = "; it is written in full-width signs" if re.search("[\uff01-\uff5e]", text) else ""
    assert line.endswith(f"it wants {sentence('en', WANTS[name.lower()])}{also}{place}")


def test_the_environment_wins_over_the_file(given: Given) -> None:
    given.written("CHECK_INTERVAL=30", "REARM=on_add")
    settings = given.read(CHECK_INTERVAL="20")
    assert (settings.check_interval, settings.rearm) == (20, "on_add")


def test_a_wrong_line_in_the_file_does_not_matter_where_the_environment_wins(given: Given) -> None:
    given.written("CHECK_INTERVAL=soon")
    assert given.read(CHECK_INTERVAL="20").check_interval == 20


def test_an_empty_variable_does_not_hide_the_file(given: Given) -> None:
    given.written("CHECK_INTERVAL=30")
    assert given.read(CHECK_INTERVAL="").check_interval == 30


def test_the_refusal_quotes_the_one_that_counts(given: Given) -> None:
    given.written("CHECK_INTERVAL=soon")
    assert given.refusal().startswith("CHECK_INTERVAL='soon'")
    assert given.refusal(CHECK_INTERVAL="later").startswith("CHECK_INTERVAL='later'")


def test_a_value_over_two_lines_is_still_refused_in_one(given: Given) -> None:
    assert given.refusal(REARM="on_\nclose").startswith(r"REARM='on_\nclose'")


@pytest.mark.parametrize("missing", [*KEYS, "TELEGRAM_BOT_TOKEN"])
@pytest.mark.parametrize("blank", [None, "", "   "])
def test_a_mode_needs_its_keys(given: Given, missing: str, blank: str | None) -> None:
    values = {name: value for name, value in LIVE.items() if name != missing} | ({missing: blank} if blank is not None else {})
    line = given.refusal(**values)
    assert line.startswith(f"{missing} is empty, but ")
    assert ("CHAT=telegram" if missing == "TELEGRAM_BOT_TOKEN" else "EXCHANGE=okx") in line


def test_a_mode_is_never_inferred_from_what_is_there(given: Given) -> None:
    settings = given.read(**KEYS, TELEGRAM_BOT_TOKEN="1:t0ken")
    assert (settings.exchange, settings.chat) == ("paper", "local")


def test_live_prices_follow_no_plot(given: Given) -> None:
    line = given.refusal(PAPER_DRAMA="on", PAPER_PRICES="live")
    assert line.startswith("PAPER_DRAMA=on")
    assert "PAPER_PRICES=simulated" in line


def test_with_real_money_a_plot_is_no_reason_not_to_start(given: Given) -> None:
    assert given.read(**LIVE, PAPER_DRAMA="on", PAPER_PRICES="live").exchange == "okx"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5"])
def test_a_page_that_other_machines_can_open_needs_a_password(given: Given, host: str) -> None:
    line = given.refusal(MONITOR_HOST=host)
    assert line.startswith("MONITOR_HOST opens the monitoring page to other machines, but MONITOR_PASSWORD is empty")
    assert given.read(MONITOR_HOST=host, MONITOR="off").monitor_host == host
    assert given.read(MONITOR_HOST=host, MONITOR_PASSWORD="sixteen of signs").is_seen_from_elsewhere
    assert not given.read(MONITOR_HOST="127.0.0.2").is_seen_from_elsewhere


def test_the_monitoring_page_is_on_where_the_chat_is_a_page_and_else_where_it_is_wanted(given: Given) -> None:
    telegram = {"CHAT": "telegram", "TELEGRAM_BOT_TOKEN": "1:t0ken"}
    assert given.read().is_monitored
    assert not given.read(MONITOR="off").is_monitored
    assert not given.read(**telegram).is_monitored
    assert given.read(**telegram, MONITOR="on").is_monitored


@pytest.mark.parametrize(
    "password",
    [
        "fifteen of sign",
        "x" * 201,
        "密码密码密码密码密码密码密码密码",
        "tab\tin the middle",
        "0123456789abcdef",
        "okx-Trading-Passw0rd",
    ],
)
def test_a_password_that_cannot_be_one_is_refused_and_not_shown(given: Given, password: str) -> None:
    line = given.refusal(MONITOR_PASSWORD=password)
    assert line.startswith("MONITOR_PASSWORD=(hidden)")
    assert password not in line


def test_real_money_behind_the_local_page_is_refused(given: Given) -> None:
    line = given.refusal(**{**LIVE, "CHAT": "local"})
    assert line.startswith("CHAT=local with EXCHANGE=okx")
    assert "ALLOW_LIVE_LOCAL_CHAT=true" in line


@pytest.mark.parametrize("allowed", [{"ALLOW_LIVE_LOCAL_CHAT": "true"}, {"OKX_DEMO": "true"}])
def test_real_money_behind_the_local_page_needs_a_word(given: Given, allowed: dict[str, str]) -> None:
    assert given.read(**{**LIVE, "CHAT": "local", **allowed}).chat == "local"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "paper"),
        ({"PAPER_PRICES": "live"}, "paper_live"),
        (LIVE, "okx"),
        ({**LIVE, "OKX_DEMO": "true"}, "okx_demo"),
        ({"OKX_DEMO": "true"}, "paper"),
    ],
)
def test_what_people_call_the_exchange(given: Given, values: dict[str, str], name: str) -> None:
    assert given.read(**values).exchange_name == name


@pytest.mark.parametrize("exchange", get_args(Settings.model_fields["exchange"].annotation))
def test_no_exchange_works_in_the_folder_of_another(exchange: Any) -> None:
    assert Settings.model_construct(exchange=exchange).folder.name == exchange


def test_secrets_are_known_and_never_shown(given: Given) -> None:
    settings = given.read(**LIVE)
    assert set(settings.secrets) == {*KEYS.values(), "1:t0ken"}
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert not any(secret in shown for secret in settings.secrets)


@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize(
    "text", ["hc-ping.com/s3cretPing", "ftp://x/s3cretPing", "https:///s3cretPing", "https://x:0/s3cretPing"]
)
def test_a_wrong_heartbeat_is_refused_and_not_quoted(given: Given, text: str, where: str) -> None:
    if where == "file":
        given.written(f"HEARTBEAT_URL={text}")
        line = given.refusal()
    else:
        line = given.refusal(HEARTBEAT_URL=text)
    assert line.startswith("HEARTBEAT_URL=(hidden): it must be an address that begins with https:// or http://; it wants")
    assert "s3cretPing" not in line


def test_the_keys_within_a_heartbeat_are_secrets_too(given: Given) -> None:
    url = "https://someone:Passw0rdOfPing@hc-ping.example/PingKeyOfAProject/tgtp?token=TokenOfAnother"
    secrets = given.read(HEARTBEAT_URL=url).secrets
    assert secrets == (url, "Passw0rdOfPing", "PingKeyOfAProject", "TokenOfAnother")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", ()),
        ("json://a", ("json://a",)),
        ("json://a,ntfy://b", ("json://a", "ntfy://b")),
        (" json://a , ntfy://b\n xml://c, ", ("json://a", "ntfy://b", "xml://c")),
        ("mailto://a:b@c.com?to=d@e.com,f@g.com,json://h", ("mailto://a:b@c.com?to=d@e.com,f@g.com", "json://h")),
    ],
)
def test_alert_addresses_are_told_apart(given: Given, text: str, addresses: tuple[str, ...]) -> None:
    assert given.read(ALERT_URLS=text).alert_addresses == addresses


@pytest.mark.parametrize("name", ["TELEGRAM_API_URL", "OKX_API_URL", "OKX_WS_URL"])
def test_what_is_secret_in_the_address_of_an_interface_is_known(given: Given, name: str) -> None:
    scheme = "wss" if name == "OKX_WS_URL" else "https"
    secrets = given.read(**{name: f"{scheme}://me:S3cretOfMine@api.example/t0kenOfPath"}).secrets
    assert {"S3cretOfMine", "t0kenOfPath"} <= set(secrets)
    assert not any("example" in secret for secret in secrets)


def test_what_is_secret_in_an_alert_address_is_known(given: Given) -> None:
    settings = given.read(ALERT_URLS="discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js mailto://ann:p%40ss@example.com")
    assert {"4174216298", "JHMHI8qBe7bk2ZwO5U711o3dV_js", "p%40ss", "p@ss"} <= set(settings.secrets)
    assert set(settings.alert_addresses) <= set(settings.secrets)
    assert "example.com" not in settings.secrets
    for shown in (repr(settings), settings.model_dump_json()):
        assert not any(secret in shown for secret in settings.secrets)


def test_no_refusal_quotes_a_secret(given: Given) -> None:
    given.environment(**LIVE)
    for name, rows in REFUSED.items():
        for text, _ in rows:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(name, text)
                with pytest.raises(SettingsInvalid) as refused:
                    read_settings()
            assert not any(secret in str(refused.value) for secret in [*KEYS.values(), "1:t0ken"])


def test_the_rules_are_the_descriptions(given: Given) -> None:
    assert given.read().rules == Rules(long=Ladder.parse(LONG), short=Ladder.parse(SHORT))
    rules = given.read(MIN_MARGIN="2", KEEP_MARGIN="3", REARM="on_add", LONG_TIERS="10:10", SHORT_TIERS="20:20").rules
    assert (rules.min_margin, rules.keep_margin, rules.rearm) == (Decimal(2), Decimal(3), "on_add")
    assert (str(rules.long), str(rules.short)) == ("10:10", "20:20")


@pytest.mark.parametrize(("line", "meant"), [("CHECK_INTERVALL=5", "CHECK_INTERVAL"), ("EXCAHNGE=okx", "EXCHANGE")])
def test_a_name_that_is_nearly_a_setting_is_refused_with_what_was_meant(given: Given, line: str, meant: str) -> None:
    given.written("MIN_MARGIN=1", line)
    with raises(SettingsInvalid, match=f"did you mean {meant}"):
        read_settings()


@pytest.mark.parametrize(
    ("mode", "lines", "told"),
    [
        (0o600, ["OKX_API_SECRET=s3cret"], False),
        (0o622, ["OKX_API_SECRET=s3cret"], False),
        (0o640, ["OKX_API_SECRET=s3cret"], True),
        (0o604, ["HEARTBEAT_URL=https://hc-ping.com/x"], True),
        (0o644, ["telegram_bot_token=1:t0ken"], True),
        (0o644, ["CHECK_INTERVAL=10", "OKX_API_SECRET="], False),
        (0o644, [], False),
    ],
)
def test_a_file_with_secrets_that_others_can_read_is_named(given: Given, mode: int, lines: list[str], told: bool) -> None:
    given.written(*lines)
    given.file.chmod(mode)
    assert readable_secrets() == (str(given.file) if told else "")


def test_no_file_has_no_secrets(given: Given) -> None:
    assert readable_secrets() == ""


def test_other_names_are_let_be(given: Given) -> None:
    given.written("UNRELATED=1", "MIN_MARGIN=1", "okx_api_key=k")
    assert read_settings().min_margin == 1
    assert unknown_names() == ["UNRELATED"]


@pytest.mark.parametrize("line", ["this says nothing", "SECRETTAIL"])
def test_a_line_that_says_nothing_is_refused_and_not_quoted(given: Given, line: str) -> None:
    given.written("OKX_API_SECRET=abc", line)
    with raises(SettingsInvalid, match="line 2 is not NAME=VALUE") as refused:
        read_settings()
    assert line not in str(refused.value)


def test_no_file_is_no_unknown_name(given: Given) -> None:
    assert unknown_names() == []
    assert given.read().exchange == "paper"


def test_a_file_with_a_mark_before_its_first_name_is_read(given: Given) -> None:
    given.file.write_bytes(b"\xef\xbb\xbfCHECK_INTERVAL=30\nREARM=on_add\n")
    settings = given.read()
    assert (settings.check_interval, settings.rearm) == (30, "on_add")
    assert unknown_names() == []


def test_a_file_that_is_no_text_is_refused(given: Given) -> None:
    given.file.write_bytes("LANGUAGE=中".encode("gbk"))
    assert given.refusal() == f"{given.file} is not UTF-8 text; save it as UTF-8"


def test_another_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("CHECK_INTERVAL=31\n")
    assert read_settings(tmp_path / "other").check_interval == 31
    assert unknown_names(tmp_path / "other") == []


def test_settings_do_not_change(given: Given) -> None:
    with pytest.raises(ValueError, match="frozen"):
        given.read().check_interval = 5  # type: ignore[misc]


# Several accounts


ALPHA = {f"ALPHA_{word}": f"alpha-{word.lower()}" for word in ("API_KEY", "API_SECRET", "API_PASSPHRASE")}


def test_an_account_has_its_own_keys_role_and_switches(given: Given) -> None:
    more = {"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_HEDGE": "off", "ALPHA_MAINTENANCE": "on", "MAIN_LADDER": "off"}
    main, alpha = given.read(**LIVE, **more).accounts
    assert (main.name, main.role, main.keys) == ("main", "main", ())
    assert main.switches == Switches(ladder=False, hedge=True, maintenance=False, correction=False)
    assert (alpha.name, alpha.role) == ("alpha", "sub")
    assert [key.get_secret_value() for key in alpha.keys] == list(ALPHA.values())
    assert alpha.switches == Switches(ladder=True, hedge=False, maintenance=True, correction=False)


def test_the_keys_of_every_account_are_secret(given: Given) -> None:
    settings = given.read(**LIVE, ACCOUNTS="main,alpha", **ALPHA, TOTP_SECRET=TOTP)
    assert {*ALPHA.values(), *KEYS.values(), TOTP} <= set(settings.secrets)
    assert not any(secret in repr(settings) for secret in (*ALPHA.values(), TOTP))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ACCOUNTS": "alpha,main"}, "the first account is the main one"),
        ({"ACCOUNTS": "main,alpha,ALPHA"}, "named twice"),
        ({"ACCOUNTS": "main,my account!"}, "'account!' is not a name"),
        ({"ACCOUNTS": "main,averyverylongname"}, "is not a name for an account"),
        ({"ACCOUNTS": "main,all"}, "means something else"),
        ({"MAIN_MAINTENANCE": "on"}, "MAIN_MAINTENANCE=on, but main is not a sub-account"),
    ],
)
def test_accounts_that_make_no_sense_are_refused(given: Given, more: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        given.read(**{**LIVE, **more})
    assert said in told(refused.value)
    assert "alpha-api" not in str(refused.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ACCOUNTS": "main,alpha"}, "ALPHA_API_KEY is empty, but EXCHANGE=okx needs it for the account alpha"),
        ({"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_API_SECRET": " "}, "ALPHA_API_SECRET is empty"),
        ({"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_API_KEY": "k3y"}, "ALPHA_API_KEY is the same key as OKX_API_KEY"),
        (
            {
                "ACCOUNTS": "main,alpha,beta",
                **ALPHA,
                "BETA_API_KEY": "alpha-api_key",
                "BETA_API_SECRET": "x",
                "BETA_API_PASSPHRASE": "y",
            },
            "BETA_API_KEY is the same key as ALPHA_API_KEY",
        ),
        (
            {"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_LADDER": "perhaps"},
            "ALPHA_LADDER='perhaps' is not valid; it wants on or off",
        ),
        ({"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_API_SECRET": "schlüssel"}, "ALPHA_API_SECRET=(hidden): it has letters"),
        ({"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_ROLE": "boss"}, "ALPHA_ROLE='boss' is not valid; it wants main or sub"),
        ({"ACCOUNTS": "main,alpha", **ALPHA, "ALPHA_ROLE": "main", "ALPHA_CORRECTION": "on"}, "but alpha is not a sub-account"),
    ],
)
def test_what_is_wrong_with_one_account_stops_that_one_only(given: Given, more: dict[str, str], said: str) -> None:
    others = {f"GAMMA_{word}": f"gamma-{word}" for word in ("API_KEY", "API_SECRET", "API_PASSPHRASE")}
    settings = given.read(**{**LIVE, **more, **others, "ACCOUNTS": f"{more['ACCOUNTS']},gamma"})
    assert [account.name for account in settings.startable] == ["main", "gamma"]
    *_, why = settings.left_out.values()
    assert said in reasons("en", why)
    assert "alpha-api" not in "".join(map(str, settings.left_out.values()))
    # What it has of keys is a secret all the same.
    assert {text for name, text in more.items() if "_API_" in name and text.strip()} <= set(settings.secrets)


def test_of_two_accounts_with_one_key_neither_starts(given: Given) -> None:
    keys = {f"{name}_{word}": "same" for name in ("ALPHA", "BETA") for word in ("API_KEY", "API_SECRET", "API_PASSPHRASE")}
    settings = given.read(**LIVE, ACCOUNTS="main,alpha,beta", **keys)
    assert [account.name for account in settings.startable] == ["main"]
    assert settings.left_out.keys() == {"alpha", "beta"}


def test_words_of_the_commands_are_no_names() -> None:
    # How pictures look is the same in all accounts: no account is named before it.
    # Of plain text a word of the table is never an account: such names need not be refused.
    of_commands = ("ON_WORDS", "OFF_WORDS", "ALL_WORDS", "KEEP_WORDS", "DEFAULT_WORDS", "SIDES", "MODES")
    lists = [getattr(vocabulary, name) for name in of_commands]
    words = {word for some in (*lists, " ".join(REPORT_WORDS).split()) for word in some}
    assert {"long", "cross", "all", "keep", "default", "on", "off", "week"} <= words
    assert {word for word in words if NAME.fullmatch(word)} <= NAMES_TAKEN


@pytest.mark.parametrize("name", ["ALL", "MAIN", "LONG", "SHORT", "default", "week", "keep"])
def test_such_names_are_refused(given: Given, name: str) -> None:
    assert given.refusal(ACCOUNTS=f"main,{name}").startswith("ACCOUNTS=")


def test_a_name_that_is_a_coin_is_not_refused(given: Given) -> None:
    assert [account.name for account in given.read(ACCOUNTS="main,crv,btc").accounts] == ["main", "crv", "btc"]


def test_a_paper_account_needs_no_keys(given: Given) -> None:
    assert [account.name for account in given.read(ACCOUNTS="main,alpha,beta").accounts] == ["main", "alpha", "beta"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ALPHA_LADER=off", "ALPHA_LADER is not a setting; did you mean ALPHA_LADDER? Rename it, or put # before it"),
        ("ALPAH_LADDER=off", "ALPAH_LADDER is not a setting; did you mean ALPHA_LADDER? Rename it, or put # before it"),
        ("ALPHA_API_PASPHRASE=x", "did you mean ALPHA_API_PASSPHRASE?"),
        ("ALPHA_TIERS=20:10", "ALPHA_TIERS is not a setting of the account alpha; correct its name, or put # before it"),
        ("ALPHA_OKX_KEY=x", "ALPHA_OKX_KEY is not a setting of the account alpha"),
        ("ALPHA_API_PASSPHRASE=a #b", "ALPHA_API_PASSPHRASE would not arrive as it was typed"),
    ],
)
def test_a_slip_in_the_lines_of_one_account_stops_that_one_only(given: Given, line: str, said: str) -> None:
    keys = [
        f"{name}_{word}={name}{word}" for name in ("ALPHA", "GAMMA") for word in ("API_KEY", "API_SECRET", "API_PASSPHRASE")
    ]
    # A second line for one setting would be refused for that.
    keys = ["#" if key.startswith(f"{line.partition('=')[0]}=") else key for key in keys]
    given.written("ACCOUNTS=main,alpha,gamma", *keys, line)
    settings = given.read(**LIVE)
    assert [account.name for account in settings.startable] == ["main", "gamma"]
    why = settings.left_out["alpha"]
    assert said in reasons("en", why)
    assert f"({given.file}, line 8)" in reasons("en", why)
    in_chinese = reasons("zh", why)
    assert not re.search(r"\b(is|would|mean|mend|line)\b", in_chinese), in_chinese


def test_all_that_is_wrong_with_an_account_is_told(given: Given) -> None:
    given.written("ACCOUNTS=main,alpha", "ALPHA_API_KEY=k3y", "ALPHA_HEGDE=off", "ALPHA_ROLE=boss")
    (said,) = given.read(**{**LIVE, "OKX_API_KEY": "other"}).left_out.values()
    assert [line.split(" ")[0].split("=")[0] for line in (reasons("en", [each]) for each in said)] == [
        *("ALPHA_HEGDE", "ALPHA_API_SECRET", "ALPHA_API_PASSPHRASE", "ALPHA_ROLE")
    ]


def test_a_name_as_near_to_one_account_as_to_another_stops_both(given: Given) -> None:
    given.written("ACCOUNTS=main,alpha1,alpha2,beta", "ALPHA_LADDER=off")
    assert given.read().left_out.keys() == {"alpha1", "alpha2"}


@pytest.mark.parametrize(
    ("line", "meant"),
    [("MAIN_LADER=off", "MAIN_LADDER"), ("MAIN_API_KEY=x", "OKX_API_KEY"), ("MIN_MARGN=2", "MIN_MARGIN")],
)
def test_what_is_wrong_with_the_main_account_is_refused(given: Given, line: str, meant: str) -> None:
    # Also where an account has a name that other settings begin with.
    given.written("ACCOUNTS=main,min", line)
    with raises(SettingsInvalid, match=f"did you mean {meant}"):
        given.read()


@pytest.mark.parametrize(
    "lines",
    [
        ["BETA_API_KEY=b3ta", "BETA_LADDER=off", "BETA_ROLE=sub"],
        # As like the settings of alpha as a slip would be, and no slip.
        ["ALPHA2_API_KEY=b3ta", "ALPHA2_LADDER=off", "ALPHA2_ROLE=sub"],
        ["ALPHA_HEDGE=on", "ALPHA2_HEDGE=off"],
    ],
)
def test_settings_of_an_account_that_is_not_named_are_let_be(given: Given, lines: list[str]) -> None:
    given.written("ACCOUNTS=main,alpha", *lines)
    assert not given.read().left_out
    strays = [line.partition("=")[0] for line in lines if not line.startswith("ALPHA_")]
    assert [name for name in unknown_names() if is_of_an_account(name)] == strays


def test_lines_of_an_account_are_known_by_its_name(given: Given) -> None:
    given.written("ACCOUNTS=main,alpha", "ALPHA_HEDGE=off", "ALPHA_ROLE=sub")
    assert unknown_names(given.file) == []
    assert not given.read().accounts[1].switches.hedge


# .env.example

EXAMPLE = ROOT / ".env.example"
IN_CHINESE = ROOT / ".env.example.zh"


def example_lines() -> list[tuple[str, str]]:
    lines = [line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert all("=" in line for line in lines)
    return [(line.partition("=")[0], line.partition("=")[2]) for line in lines]


def test_the_example_names_every_setting_once_and_nothing_else() -> None:
    names = [name for name, _ in example_lines()]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_shows_the_defaults() -> None:
    assert read_settings(EXAMPLE) == Settings()
    for name, text in example_lines():
        default = Settings.model_fields[name.lower()].default
        if name == "ACCOUNTS":
            assert text == default[0].name
        elif default in (None, "", frozenset()):
            assert text == ""
        else:
            shown = default.strftime("%H:%M") if isinstance(default, dt.time) else str(default)
            assert text == (shown.lower() if isinstance(default, bool) else shown)


@pytest.mark.parametrize("example", [EXAMPLE, IN_CHINESE], ids=lambda path: path.name)
def test_the_example_explains_every_line(example: Path) -> None:
    before = ""
    for line in example.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            assert before, f"{line} stands alone"
        before = line
    assert unknown_names(example) == []
    assert all(value is not None for value in dotenv_values(example).values())


def test_the_chinese_example_has_the_same_lines_under_the_same_heads() -> None:
    """Each block of comments explains the settings below it up to the next one."""
    blocks = {path: blocks_of(path) for path in (EXAMPLE, IN_CHINESE)}
    assert [names for _, names in blocks[IN_CHINESE]] == [names for _, names in blocks[EXAMPLE]]
    for words, names in blocks[IN_CHINESE]:
        assert re.search(r"[\u4e00-\u9fff]{2}", words), names


def blocks_of(path: Path) -> list[tuple[str, list[str]]]:
    """What is said before each run of settings, and their lines."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
        if not line.startswith("#"):
            found[-1][1].append(line)
        elif found[-1][1]:
            found.append((line, []))
        else:
            found[-1] = (f"{found[-1][0]}\n{line}", [])
    return found


@pytest.mark.parametrize("secret", ["JBSWY3DPEHPK3PXP", "0" * 32, "not base32 at all, not base32"])
def test_a_secret_that_is_none_is_refused_without_being_shown(given: Given, secret: str) -> None:
    said = given.refusal(TOTP_SECRET=secret)
    assert "TOTP_SECRET=(hidden): it is not a base32 secret" in said
    assert secret not in said


def test_a_drawdown_warning_comes_before_the_limit(given: Given) -> None:
    assert "before the limit" in given.refusal(DRAWDOWN_WARN="20", DRAWDOWN_LIMIT="20")


def test_each_account_has_a_drawdown_guard_of_its_own(given: Given) -> None:
    mine = {"ALPHA_DRAWDOWN_LIMIT": "30", "ALPHA_DRAWDOWN_ACTION": "close", "DRAWDOWN_WARN": "5"}
    settings = given.read(ACCOUNTS="main,alpha", **ALPHA, **mine)
    assert (settings.drawdown.warn, settings.drawdown.limit) == (Decimal("0.05"), None)
    alpha = settings.accounts[1]
    assert (alpha.drawdown.warn, alpha.drawdown.limit, alpha.drawdown.action) == (None, Decimal("0.3"), "close")


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        ({"ALPHA_DRAWDOWN_LIMIT": "150"}, "ALPHA_DRAWDOWN_LIMIT"),
        ({"ALPHA_DRAWDOWN_ACTION": "sell"}, "ALPHA_DRAWDOWN_ACTION"),
        ({"ALPHA_DRAWDOWN_LIMIT": "10", "ALPHA_DRAWDOWN_WARN": "10"}, "ALPHA_DRAWDOWN_WARN"),
    ],
)
def test_a_wrong_drawdown_guard_stops_its_account_alone(given: Given, wrong: dict[str, str], setting: str) -> None:
    settings = given.read(ACCOUNTS="main,alpha", **ALPHA, **wrong)
    assert [account.name for account in settings.startable] == ["main"]
    assert settings.left_out.keys() == {"alpha"}
    assert setting in str(settings.left_out["alpha"])


@pytest.mark.parametrize(
    ("of_all", "own", "wanted"), [("on", "", True), ("on", "off", False), ("", "ON", True), ("", "", False)]
)
def test_thresholds_follow_the_volatility_as_dynamic_says_where_an_account_has_no_word(
    given: Given, of_all: str, own: str, wanted: bool
) -> None:
    settings = given.read(ACCOUNTS="main,alpha", **ALPHA, DYNAMIC=of_all, ALPHA_DYNAMIC=own)
    assert [settings.scales(account) for account in settings.accounts] == [of_all == "on", wanted]


def test_a_wrong_word_about_the_volatility_stops_its_account_alone(given: Given) -> None:
    settings = given.read(ACCOUNTS="main,alpha", **ALPHA, ALPHA_DYNAMIC="1.5")
    assert settings.left_out.keys() == {"alpha"}
    assert "ALPHA_DYNAMIC" in str(settings.left_out["alpha"])


def test_the_volatility_of_the_main_account_has_no_name(given: Given) -> None:
    """MAIN_DYNAMIC would be a second word for DYNAMIC."""
    assert "MAIN_DYNAMIC" not in names_of(["main", "alpha"])
    assert "ALPHA_DYNAMIC" in names_of(["main", "alpha"])


@pytest.mark.parametrize(
    ("of_all", "own", "wanted"), [("all", "", "all"), ("all", "off", "off"), ("", "ALL", "all"), ("", "", "off")]
)
def test_tiers_rest_as_resting_says_where_an_account_has_no_word(given: Given, of_all: str, own: str, wanted: str) -> None:
    settings = given.read(
        ACCOUNTS="main,alpha", **ALPHA, RESTING=of_all, ALPHA_RESTING=own, RESTING_GRACE="7", RESTING_AT_EXIT="cancel"
    )
    rules = [settings.resting_of(account) for account in settings.accounts]
    assert [one.mode for one in rules] == [of_all or "off", wanted]
    assert [(one.grace, one.at_exit) for one in rules] == [(Decimal(7), "cancel")] * 2


def test_a_wrong_word_about_resting_stops_its_account_alone(given: Given) -> None:
    settings = given.read(ACCOUNTS="main,alpha", **ALPHA, ALPHA_RESTING="on")
    assert settings.left_out.keys() == {"alpha"}
    assert "ALPHA_RESTING" in str(settings.left_out["alpha"])
    assert "MAIN_RESTING" not in names_of(["main", "alpha"])


@pytest.mark.parametrize(("exchange", "stream", "used"), [("okx", "on", True), ("okx", "off", False), ("paper", "on", False)])
def test_paper_has_no_stream(given: Given, exchange: str, stream: str, used: bool) -> None:
    assert given.read(**{**LIVE, "EXCHANGE": exchange, "STREAM": stream}).is_streamed is used
