"""Whom a program reaches that cannot start: every setting is read for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgtp.settings.contact import Contact, read_contact

BOT = "CHAT=telegram\nTELEGRAM_BOT_TOKEN=1:t0ken\nTELEGRAM_ALLOWED_USERS=42\n"


def contact(folder: Path, text: str) -> Contact:
    file = folder / ".env"
    file.write_text(text, encoding="utf-8")
    return read_contact(file)


def test_what_is_wrong_beside_it_does_not_matter(tmp_path: Path) -> None:
    found = contact(tmp_path, f"{BOT}LONG_TIERS=x\nEXCHANGE=nowhere\nthis is no line\nALERT_URLS=ntfys://a, json://b/c\n")
    assert (found.token, set(found.owners)) == ("1:t0ken", {42})
    assert found.addresses == ("ntfys://a", "json://b/c")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_ALLOWED_USERS", "7")
    assert contact(tmp_path, BOT).owners == {7}


def test_a_page_on_this_machine_asks_for_no_messages_elsewhere(tmp_path: Path) -> None:
    assert contact(tmp_path, BOT.replace("telegram\n", "local\n", 1)).token == ""
    # A word that is neither is a slip of somebody who has a bot.
    assert contact(tmp_path, BOT.replace("telegram\n", "telegramm\n", 1)).token == "1:t0ken"


NAMES = {
    "telegram-bot-api": "172.18.0.3",
    "bots.home.example": "192.168.1.5",
    "faked": "198.18.0.3",
    "elsewhere": "203.0.113.9",
    "bots.example.com": "203.0.113.9",
}


def look_up(host: str, *_: object, **__: object) -> list[Any]:
    if host not in NAMES:
        raise OSError("no such name")
    return [(0, 0, 0, "", (NAMES[host], 0))]


def test_a_name_that_only_a_proxy_knows_is_its_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", look_up)
    monkeypatch.setenv("TELEGRAM_PROXY_URL", "http://127.0.0.1:7890")
    for url, is_used in (("http://unknown", True), ("http://un.known", False), ("http://faked", False)):
        assert bool(contact(tmp_path, f"{BOT}TELEGRAM_API_URL={url}\n").token) is is_used


@pytest.mark.parametrize(
    ("url", "is_used"),
    [
        ("https://api.telegram.org/", True),
        ("https://bots.example.com", True),
        ("http://127.0.0.1:8081", True),
        ("http://10.0.0.7:8081", True),
        ("http://telegram-bot-api:8081", True),
        ("http://bots.home.example", True),
        # Private, but what proxies in "fake IP" mode answer for every name.
        ("http://198.18.0.7", False),
        ("http://faked", False),
        ("http://elsewhere", False),
        ("http://unknown", False),
        ("http://bots.example.com", False),
        ("http://8.8.8.8", False),
        ("ftp://127.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_a_token_goes_in_clear_to_a_network_of_our_own_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, is_used: bool
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", look_up)
    assert bool(contact(tmp_path, f"{BOT}TELEGRAM_API_URL={url}\n").token) is is_used


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"CHAT=telegram\nTELEGRAM_BOT_TOKEN='1:t0ken\n"])
def test_a_file_that_is_no_text_leaves_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    monkeypatch.setenv("ALERT_URLS", "ntfys://a")
    assert read_contact(tmp_path / ".env").addresses == ("ntfys://a",)


@pytest.mark.parametrize("ledger", ["", "[]", "{}", '{"notes": {"owner": {"value": "x"}}}', "[" * 100_000])
def test_a_ledger_without_an_owner_is_none_of_its_business(tmp_path: Path, ledger: str) -> None:
    (tmp_path / "okx").mkdir()
    (tmp_path / "okx" / "ledger.json").write_text(ledger, encoding="utf-8")
    assert contact(tmp_path, f"DATA_DIR={tmp_path}\n").owners == frozenset()


def test_secrets_of_all_accounts_are_known(tmp_path: Path) -> None:
    found = contact(tmp_path, f"{BOT}ALPHA_API_SECRET=s1\nOKX_API_PASSPHRASE=s2\nALERT_URLS=mailto://me:s3cretpw@example.com\n")
    assert {"1:t0ken", "s1", "s2", "s3cretpw"} <= set(found.secrets)


@given(
    st.dictionaries(st.sampled_from(["CHAT", "TELEGRAM_ALLOWED_USERS", "TELEGRAM_API_URL", "DATA_DIR", "LANGUAGE"]), st.text())
)
def test_nothing_that_is_written_breaks_it(tmp_path_factory: pytest.TempPathFactory, lines: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("env")
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    (folder / ".env").write_text(text, encoding="utf-8", errors="surrogatepass")
    read_contact(folder / ".env")
