"""What is refused: all of it at once, with its line, in both languages, and without a word of a secret."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import given as any_of
from hypothesis import strategies as st

from tests.fixtures.sentences import raises, told
from tgtp.chat.console.refusal_text import refusal_text, why_not
from tgtp.chat.formatting.error_text import sentence
from tgtp.errors import CannotStart, Problem, SettingsInvalid
from tgtp.settings import hints
from tgtp.settings.checking import Given, build
from tgtp.settings.environment import KNOWN, SECRETS, Settings, read_settings, unknown_names
from tgtp.settings.reading.env_file import EnvFile, read_env_file
from tgtp.settings.reading.refusals import Refusal, SettingsRefused

# By the variable that each belongs into.
SECRET_VALUES = {
    "TELEGRAM_BOT_TOKEN": "1234567890:AAF-abcdefghijklmnopqrstuvwxyz12345",
    "OKX_API_KEY": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "OKX_API_SECRET": "0F1E2D3C4B5A69788796A5B4C3D2E1F0",
    "OKX_API_PASSPHRASE": "Tr4ding!Pass",
    "TOTP_SECRET": "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
    "HEARTBEAT_URL": "https://hc-ping.com/5f1a7c1e-uuid-of-ping",
    "ALERT_URLS": "mailto://ann:hunter2@example.com",
    "LOCAL_CHAT_TOKEN": "Xk3vQ9-zR7mT2_wL8pB4nC6sD1fG5hJ0",
    "ALPHA_API_SECRET": "A1B2C3D4E5F60718293A4B5C6D7E8F90",
    "TELEGRAM_API_URL": "https://ann:hunter2pw@proxy.example:99999",
}
PLACES = [*KNOWN, "ALPHA_ROLE", "ALPHA_HEDGE", "ALPHA_API_KEY"]


def parts_of(secret: str) -> list[str]:
    """What must not be read: the secret, and each part of it that would be a secret still."""
    return [secret, *(word for word in re.split(r"[\s:/@,;!-]+", secret) if len(word) >= 7 and not word.isalpha())]


def refusal(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with monkeypatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        try:
            read_settings()
        except SettingsInvalid as exc:
            return "\n".join([str(exc), *(refusal_text(language, exc) for language in ("en", "zh"))])
    return ""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("belongs", SECRET_VALUES)
def test_no_secret_in_any_variable_is_printed(monkeypatch: pytest.MonkeyPatch, place: str, belongs: str) -> None:
    secret, base = SECRET_VALUES[belongs], {"EXCHANGE": "okx", "ACCOUNTS": "main,alpha", "CHECK_INTERVAL": "soon"}
    for also in ({}, {belongs: secret}):
        said = refusal(monkeypatch, **{**base, **also, place: secret})
        assert "EXCHANGE" in said or place == "EXCHANGE"
        for part in parts_of(secret):
            assert part.lower() not in said.lower(), said


@pytest.mark.parametrize("place", KNOWN)
def test_a_password_that_is_a_plain_word_is_known_by_its_own_variable(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    said = refusal(monkeypatch, **dict.fromkeys(["OKX_API_PASSPHRASE", place, "CHECK_INTERVAL"], "Rumpelstilz"))
    assert "CHECK_INTERVAL=(hidden) is not valid" in said
    assert "rumpelstilz" not in said.lower()


def test_a_passphrase_that_stands_where_a_name_does_is_struck_out_of_what_fills_the_sentence(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OKX_API_PASSPHRASE=CheckInterval\nCHECKINTERVAL=5\n", encoding="utf-8")
    with raises(SettingsInvalid, match=r"\(hidden\) is not a setting; did you mean CHECK_INTERVAL") as refused:
        read_settings(file)
    assert "checkinterval" not in told(refused.value).lower()
    assert "checkinterval" not in str(refused.value).lower()


@pytest.mark.parametrize("secret", SECRET_VALUES.values())
def test_no_secret_that_stands_for_a_name_is_printed(tmp_path: Path, secret: str) -> None:
    file = tmp_path / ".env"
    for line in (f"{secret}=x", f"{secret}==", secret, f"X {secret}", f"{secret}_API_KEY=x", f"CHECK_INTERVAL_{secret}=1"):
        file.write_text(f"CHECK_INTERVAL=soon\n{line}\n", encoding="utf-8")
        with pytest.raises(SettingsInvalid) as refused:
            read_settings(file)
        for part in parts_of(secret):
            assert part.lower() not in str(refused.value).lower()
            assert all(part.lower() not in name.lower() for name in unknown_names(file))


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    lines = ["LANGUAGE=zh", "", "", "CHECK_INTERVAL=soon", "EXCHANGE=okx", "nonsense", "REPORT_AT=25:00", "LONG_TIER=1:1"]
    file.write_text("\n".join([*lines, "MAIN_HEDGE=perhaps", "OKX_API_KEY=k3y"]), encoding="utf-8")
    with pytest.raises(SettingsRefused) as refused:
        read_settings(file)
    assert refused.value.language == "zh"
    told = [(each.name, each.line) for each in refused.value.refusals]
    assert set(told) == {
        ("", 0),
        ("LONG_TIER", 8),
        ("MAIN_HEDGE", 9),
        ("CHECK_INTERVAL", 4),
        ("REPORT_AT", 7),
        ("OKX_API_SECRET", 0),
        ("OKX_API_PASSPHRASE", 0),
        ("CHAT", 0),
    }
    english = refusal_text("en", refused.value).splitlines()
    assert english[0] == "tgtp cannot start, 8 things are wrong:"
    assert len(english) == 9
    assert f"CHECK_INTERVAL='soon' is not valid; it wants whole seconds from 1 to 3600 ({file}, line 4)" in "\n".join(english)
    assert f"{file}, line 6 is not NAME=VALUE" in "\n".join(english)
    chinese = refusal_text("zh", refused.value)
    assert f"CHECK_INTERVAL='soon' 无效；应为 1 到 3600 的整秒数（{file} 第 4 行）" in chinese
    assert "tgtp 无法启动，共 8 处有误：" in chinese


@pytest.mark.parametrize("name", sorted(hints.WANTS))
def test_what_a_setting_wants_is_said_in_chinese_too(name: str) -> None:
    exc = SettingsRefused([Refusal(name.upper(), got="'x'", wants=hints.WANTS[name])])
    said = refusal_text("zh", exc)
    assert sentence("en", hints.WANTS[name]) not in said
    assert re.search(r"[一-鿿]", said.split("应为")[1]), said


# Sentences that are raised, each with what fills it.
SAID = (
    {"ACCOUNTS": "alpha,main"},
    {"ACCOUNTS": "main,all"},
    {"ACCOUNTS": "main,alpha,alpha"},
    {"ACCOUNTS": "main,a!"},
    {"ACCOUNTS": "main,alpha", "EXCHANGE": "okx", "OKX_API_KEY": "k"},
    {"PROXY_URL": "ftp://127.0.0.1:1"},
    {"OKX_PROXY_URL": "http://127.0.0.1:word"},
    {"TELEGRAM_PROXY_URL": "socks5://"},
    {"PROXY_URL": "http://é:x@127.0.0.1:1"},
    {"PROXY_URL": "http://a%3Ab:x@127.0.0.1:1"},
    {"MAIN_MAINTENANCE": "on"},
    {"MAINTENANCE_PLAN": "100"},
    {"CHAT": "telegram"},
    {"LONG_TIERS": "35:50,25:30"},
    {"TELEGRAM_ALLOWED_USERS": "@alice"},
    {"TELEGRAM_API_URL": "api.telegram.org"},
    {"OKX_API_URL": "http://okx.example"},
    {"OKX_WS_URL": "https://okx.example"},
    {"HEARTBEAT_URL": "x"},
    {"TIMEZONE": "Shanghai"},
    {"REPORT_AT": "8"},
    {"TOTP_SECRET": "x"},
    {"LOCAL_CHAT_TOKEN": "short"},
    {"DATA_DIR": "a\tb"},
    {"DATA_DIR": "~nobodyofthatname/x"},
    {"OKX_API_KEY": "ключ"},
)


@pytest.mark.parametrize("values", SAID, ids=str)
def test_every_refusal_is_said_in_chinese_too(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    for line in refusal_text("zh", refused.value).splitlines():
        assert not re.search(r"\b(is|must|wants|means|would|named|give|there|it)\b", line), line


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            Problem("setting.folder.busy", folder="/srv/x"),
            "another tgtp is using /srv/x; stop it first, or give this one its own DATA_DIR",
        ),
        (
            Problem("setting.page", port=80, why="Permission denied"),
            "LOCAL_CHAT_PORT=80 cannot be used (Permission denied); choose another port, or 0 for any",
        ),
        (
            Problem("setting.folder", folder="/x", why="Read-only file system"),
            "DATA_DIR=/x cannot be used: Read-only file system; choose a folder that can be written",
        ),
        (
            Problem("setting.folder.other", folder="/srv/x", owner="root"),
            "the lock of /srv/x belongs to another user (root); start tgtp as that user, or give this one its own DATA_DIR",
        ),
    ],
)
def test_other_refusals_to_start_are_known_too(problem: Problem, words: str) -> None:
    assert refusal_text("en", CannotStart(problem)) == f"tgtp cannot start: {words}"
    said = refusal_text("zh", CannotStart(problem))
    assert said.startswith("tgtp 无法启动：")
    assert "tgtp" in said
    assert re.search(r"[一-鿿]{4}", said.split("：", 1)[1])


# As it was typed


TYPED = (
    "pa$$word",
    "a${HOME}b",
    "$HOME",
    "a#b",
    "#begins",
    r"back\slash\n",
    r"C:\new\table",
    "it's",
    'say"so"',
    "a b c",
    "a=b==",
    "p%40ss",
    "`tick`",
)


@pytest.mark.parametrize("value", TYPED)
def test_a_secret_arrives_as_it_was_typed(tmp_path: Path, value: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"OKX_API_PASSPHRASE={value}\nREARM=on_add\n", encoding="utf-8")
    settings = read_settings(file)
    assert settings.okx_api_passphrase is not None
    assert settings.okx_api_passphrase.get_secret_value() == value
    assert settings.rearm == "on_add"


@pytest.mark.parametrize("value", ["a #b", "'a", "'it's'", r"'a\\b'", r"'it\'s'", r'"a\nb"', r'"a\\b"', '"', "“quoted”"])
def test_a_secret_that_would_not_arrive_as_typed_is_refused_with_how_to_quote_it(tmp_path: Path, value: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"OKX_API_PASSPHRASE={value}\nREARM=on_add\n", encoding="utf-8")
    with raises(SettingsInvalid, match=r"single quotes|without quotes") as refused:
        read_settings(file)
    assert f"{file}, line 1" in told(refused.value)
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", ["'a #b'", "'$x ${y} #z'", '"a #b"', "'a\"b'", '"it\'s"'])
def test_between_quotes_all_arrives(tmp_path: Path, value: str) -> None:
    (tmp_path / ".env").write_text(f"OKX_API_PASSPHRASE={value}\n", encoding="utf-8")
    assert read_settings(tmp_path / ".env").okx_keys == (value[1:-1],)


def test_a_variable_in_a_folder_is_not_taken_for_its_name(tmp_path: Path) -> None:
    # A new folder would be a new ledger, and every tier could fire again.
    (tmp_path / ".env").write_text("DATA_DIR=${HOME}/tgtp\n", encoding="utf-8")
    with raises(SettingsInvalid, match=r"is not filled in"):
        read_settings(tmp_path / ".env")


def test_a_comment_behind_a_plain_setting_stays_one(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CHECK_INTERVAL=30 # half a minute\nOKX_API_KEY= # none yet\n", encoding="utf-8")
    settings = read_settings(tmp_path / ".env")
    assert (settings.check_interval, settings.okx_api_key) == (30, None)


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("gone"), os.mkfifo], ids=["folder", "link", "pipe"])
def test_what_stands_in_the_files_place_does_not_count_as_nothing(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """Docker makes a folder where the file to mount is missing: a paper account was guarded in place of the real one."""
    make(tmp_path / ".env")
    with raises(SettingsInvalid, match=r"\.env cannot be read"):
        read_settings(tmp_path / ".env")


def test_a_second_line_that_says_otherwise_is_refused(tmp_path: Path) -> None:
    """The last one won: who had read ``GUARD_MODE=watch`` further up had their account guarded."""
    file = tmp_path / ".env"
    file.write_text("GUARD_MODE=watch\nREARM=\nREARM=on_add\nCHAT=local\nCHAT=local\nguard_mode=guard\n", encoding="utf-8")
    with raises(SettingsInvalid, match=r"another value on line 1; .* line 6") as caught:
        read_settings(file)
    assert told(caught.value).count("another value") == 1
    assert "第 1 行" in refusal_text("zh", caught.value)
    file.write_text("OKX_API_SECRET=0F1E2D3C\nOKX_API_SECRET=\n", encoding="utf-8")
    with raises(SettingsInvalid, match="another value on line 1") as caught:
        read_settings(file)
    assert "0F1E2D3C" not in str(caught.value)


@pytest.mark.parametrize("name", ["ＥＸＣＨＡＮＧＥ", "\u200bEXCHANGE", "\x00E\x00X\x00C\x00H\x00A\x00N\x00G\x00E\x00"])
def test_a_name_that_only_looks_otherwise_is_no_other_setting(tmp_path: Path, name: str) -> None:
    """A name in full-width letters counted as unknown, and a paper account was started."""
    (tmp_path / ".env").write_text(f"{name}=okx\n", encoding="utf-8")
    with raises(SettingsInvalid, match="did you mean EXCHANGE") as caught:
        read_settings(tmp_path / ".env")
    assert refusal_text("en", caught.value).isprintable()


# Bad input


TEXTS = st.text(max_size=40) | st.text(alphabet=string.digits + ":,.-+eE/% ０８²", max_size=12) | st.from_regex(r"-?\d+e-?\d+")
NO_FILE = EnvFile(Path(".env"), {}, [])


@pytest.mark.parametrize("name", [*KNOWN, "MAIN_ROLE", "MAIN_HEDGE"])
@any_of(text=TEXTS)
@example(text="０8:00")
@example(text="1e-999999999")
@example(text="1e999999999")
@example(text="25:1e-999999999")
@example(text="9" * 5000)
@example(text="\x00")
@example(text="https://a b")
@example(text="\udcff")
@example(text="..")
def test_any_text_is_a_value_or_is_refused(name: str, text: str) -> None:
    secret = {each.upper() for each in SECRETS}
    try:
        settings = build(Settings, Given({name: text} if text else {}, secret, NO_FILE))
    except SettingsInvalid as exc:
        said = [refusal_text("en", exc), refusal_text("zh", exc)]
    else:
        said = []
    assert all(line.isprintable() for each in said for line in each.splitlines())
    if said:
        return
    assert settings.rules.long
    assert settings.upkeep.plan
    assert settings.zone
    assert settings.report_at is None or settings.report_at.hour < 24
    assert (
        len(str(settings.rules)) + len(f"{settings.min_margin:f}{settings.keep_margin:f}{settings.liquidation_warn:f}") < 2000
    )
    assert "\x00" not in str(settings.folder)
    assert isinstance(settings.secrets, tuple)


def test_full_width_digits_in_the_reports_time_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # They passed the check, and the start broke on them later.
    monkeypatch.setenv("REPORT_AT", "０８:００")
    with raises(SettingsInvalid, match="not a time of day"):
        read_settings()


@any_of(text=st.text(max_size=200))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.env"
    file.write_text(text, encoding="utf-8", errors="replace", newline="")
    try:
        read_settings(file)
        unknown_names(file)
    except SettingsInvalid:
        pass
    assert read_env_file(file).path == file


def test_a_refused_proxy_shows_an_example_that_is_not_struck_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, PROXY_URL="ftp://x")
    assert "direct，或形如 http://127.0.0.1:7890 或 socks5h://127.0.0.1:1080 的地址" in said
    assert "•••" not in said


def test_full_width_signs_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "其中有全角字符，请改用半角" in refusal(monkeypatch, CHECK_INTERVAL="１０")
    assert "full-width" not in refusal(monkeypatch, CHECK_INTERVAL="0")


def test_the_bots_token_in_clear_is_refused_in_chinese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "机器人的 token 不能明文传输" in refusal(monkeypatch, TELEGRAM_API_URL="http://203.0.113.9")


def test_a_file_of_another_encoding_is_refused_in_its_language(tmp_path: Path) -> None:
    file = tmp_path / "gbk.env"
    file.write_bytes("LANGUAGE=zh\n# 我的密钥\nCHECK_INTERVAL=10\n".encode("gbk"))
    with pytest.raises(SettingsInvalid) as refused:
        read_settings(file)
    assert "不是 UTF-8 文本" in why_not(refused.value, None)
