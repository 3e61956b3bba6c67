"""The conversation against an exchange and a Bot API on loopback: what is wrong is said and asked again, the file is whole."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from lo_bot_api_emulator import ApiRefusal

from tests.e2e.test_process import SECRETS, okx_server
from tests.fixtures.folders import ROOT
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import TOKEN, BotApi
from tgtp.settings.environment import read_settings
from tgtp.setup.command import run_setup
from tgtp.setup.console import Lines

KEY, SECRET, PASSPHRASE = SECRETS.values()
PAPER = ["1", "1", "1", "UTC"]


class Person:
    """Answers in turn, of which each may be something to do first; ``heard`` is all that was written to the person."""

    def __init__(self, *answers: Any, is_terminal: bool = True) -> None:
        self.heard: list[str] = []
        self.hidden: list[str] = []
        self._answers = list(answers)
        self.lines = Lines(self._read, self._read_hidden, self.heard.append, is_terminal)

    def _read(self, prompt: str) -> str:
        self.heard.append(prompt)
        if not self._answers:
            raise EOFError
        answer = self._answers.pop(0)
        return answer if isinstance(answer, str) else answer()

    def _read_hidden(self, prompt: str) -> str:
        answer = self._read(prompt)
        self.hidden.append(answer)
        return answer

    def said(self, words: str) -> int:
        return sum(words in line for line in self.heard)

    @property
    def text(self) -> str:
        return "\n".join(self.heard)

    async def sets_up(self) -> int:
        code = await asyncio.to_thread(run_setup, "en", self.lines)
        assert code in (2, 130) or not self._answers, "not everything was asked"
        return code


class Place:
    """A home, and the servers that its settings lead to."""

    def __init__(self, home: Path, api: BotApi, server: OkxServer) -> None:
        self.home, self.api, self.server = home, api, server
        server.account.ip = "203.0.113.7"
        server.account.permissions = "read_only,trade"

    @property
    def file(self) -> Path:
        return self.home / ".env"

    def has(self, text: str) -> None:
        self.home.mkdir()
        self.file.write_bytes(text.encode())
        self.file.chmod(0o644)

    def okx(self, *answers: str) -> Sequence[str]:
        """The answers of somebody with an account at this exchange: until the keys, which follow."""
        return ["1", "2", "UTC", "", TOKEN, "42", "4", self.server.url, "", *answers]


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    async with BotApi() as api, okx_server() as server:
        monkeypatch.setenv("TELEGRAM_API_URL", api.url)
        yield Place(tmp_path / "home", api, server)


async def test_from_nothing_to_an_account_that_is_known_to_work(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    person = Person(*place.okx(KEY, SECRET, PASSPHRASE))
    assert await person.sets_up() == 0
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
    assert [path.name for path in place.home.iterdir()] == [".env"]
    settings = read_settings()
    assert settings.exchange_name == "okx"
    assert settings.okx_keys == (KEY, SECRET, PASSPHRASE)
    assert settings.telegram_allowed_users == {42}
    # Its checks came at once, the doctor's at the end.
    for words in ("@guard_test_bot", "bound to addresses", "may write to the owner 42", "Position mode"):
        assert person.said(words) == 1
    assert "All is well" in capsys.readouterr().out
    assert person.said("Next: ")
    assert person.heard[-1].endswith(f" {ROOT / 'docs' / 'hosts'}/README.md")
    assert person.hidden == [TOKEN, KEY, SECRET, PASSPHRASE]
    assert not any(secret in person.text for secret in (TOKEN, SECRET, PASSPHRASE, KEY))
    # Nothing was sent to anybody.
    assert {record.method for record in place.server.requests} == {"GET"}
    assert place.api.sent == []


async def test_what_is_wrong_is_said_and_asked_again(place: Place) -> None:
    def mended() -> str:
        place.api.refuse = lambda _: None
        return TOKEN

    place.api.refuse = lambda _: ApiRefusal("Unauthorized", 401)
    person = Person(
        *["one", "9", "1", "2", "2", "Asia/Shangai", "Asia/Shanghai", "ftp://proxy", ""],
        *["", "7:wrong", mended, "@ann", "42", "4", "http://okx.example", place.server.url, ""],
        *["wrong-key", SECRET, PASSPHRASE],
        # Where the key is known, only what can be wrong is asked for again.
        *["", "", "", KEY, "wrong-secret", "no"],
        *["", SECRET],
        *[PASSPHRASE],
    )
    assert await person.sets_up() == 0
    for words in (
        "Type a number from 1 to 2",
        "TIMEZONE",
        "PROXY_URL",
        "does not work without this",
        "Telegram refuses",
        "TELEGRAM_ALLOWED_USERS",
        "OKX_API_URL",
        "does not know the key",
        "refuses the signature",
        "refuses the passphrase",
    ):
        assert person.said(words) >= 1, words
    # The file that it would stand in has not been written.
    assert not person.said(".env, line ")
    assert read_settings().okx_keys == (KEY, SECRET, PASSPHRASE)


def withdraws(place: Place) -> None:
    place.server.account.permissions = "read_only,withdraw,trade"


def unbound(place: Place) -> None:
    place.server.account.ip = ""


@pytest.mark.parametrize(("does", "words"), [(withdraws, "without that permission"), (unbound, "Bind it")])
async def test_a_key_that_can_too_much_is_warned_of(place: Place, does: Callable[[Place], None], words: str) -> None:
    does(place)
    person = Person(*place.okx(KEY, SECRET, PASSPHRASE))
    assert await person.sets_up() == 1
    assert person.said(words) == 1


async def test_what_cannot_be_reached_can_be_tried_again_or_left(place: Place, unused_tcp_port: int) -> None:
    def back() -> str:
        place.server.clear_faults()
        return "1"

    place.server.fault("GET /account/config", "http_503", times=None)
    proxy = f"http://127.0.0.1:{unused_tcp_port}"
    person = Person(
        *["1", "2", "UTC", proxy, "again", "proxy", ""],
        *[TOKEN, "42", "4", place.server.url, "", KEY, SECRET, PASSPHRASE, back],
    )
    assert await person.sets_up() == 0
    assert person.said(f"The proxy {proxy} cannot be reached") == 2
    assert person.said("cannot be read") == 1


async def test_what_is_there_is_kept(place: Place) -> None:
    rest = "# my notes\nMY_OWN=kept as it is # with this\nLONG_TIERS=20:50\n"
    place.has(f"{rest}EXCHANGE=okx\nOKX_API_KEY={KEY}\nOKX_API_SECRET=\nOKX_API_URL={place.server.url}\nCHAT=telegram\n")
    person = Person("1", "keep", "UTC", "", TOKEN, "42", SECRET, PASSPHRASE)
    # A name that is no setting of tgtp wants attention, and stays.
    assert await person.sets_up() == 1
    text = place.file.read_text()
    assert text.startswith(rest)
    assert text.count("OKX_API_SECRET=") == 1
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
    assert read_settings().okx_keys == (KEY, SECRET, PASSPHRASE)
    assert person.said(f"OKX_API_KEY = ••••{KEY[-4:]}") == 1
    # Once more, everything is there: Enter changes nothing.
    again = Person("keep", "")
    assert await again.sets_up() == 1
    assert place.file.read_text() == text
    assert KEY not in again.text


async def test_each_value_can_be_asked_for_again(place: Place) -> None:
    place.has("LANGUAGE=en\nEXCHANGE=paper\nCHAT=local\nTIMEZONE=UTC\n")
    assert await Person("change", "", "", "Asia/Tokyo").sets_up() == 0
    assert place.file.read_text() == "LANGUAGE=en\nEXCHANGE=paper\nCHAT=local\nTIMEZONE=Asia/Tokyo\n"


async def test_a_file_that_a_start_would_refuse_is_mended_by_hand_first(place: Place) -> None:
    place.has("LONG_TIERS=50:10,20:10\n")
    person = Person(*PAPER)
    assert await person.sets_up() == 2
    assert person.said("LONG_TIERS") == 1
    assert place.file.read_text() == "LONG_TIERS=50:10,20:10\n"


def interrupts() -> str:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("answers", "is_terminal", "code"),
    [
        (["1", "2", "UTC", "", interrupts], True, 130),
        (["1", "2", "UTC", ""], True, 2),
        # A pipe is not asked again: its next line would be taken for another answer.
        (["1", "2", "Nowhere/At_All", "UTC", "", TOKEN, "42"], False, 2),
        (["1", "2", "UTC", "", "7:too-short", TOKEN], False, 2),
        ([], False, 2),
    ],
)
async def test_whoever_ends_half_way_has_changed_nothing(
    place: Place, answers: Sequence[Any], is_terminal: bool, code: int
) -> None:
    before = "EXCHANGE=paper\n# mine\n"
    place.has(before)
    place.api.refuse = lambda _: ApiRefusal("Unauthorized", 401)
    person = Person("1", "change", *answers, is_terminal=is_terminal)
    assert await person.sets_up() == code
    assert place.file.read_text() == before
    assert [path.name for path in place.home.iterdir()] == [".env"]
    assert person.said("Nothing was written") == 1


async def test_a_full_disk_leaves_the_old_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    place.has("EXCHANGE=paper\n")
    monkeypatch.setattr(os, "fsync", full)
    person = Person("1", "keep", "local", "UTC")
    assert await person.sets_up() == 2
    assert person.said("No space left on device") == 1
    assert place.file.read_text() == "EXCHANGE=paper\n"
    assert [path.name for path in place.home.iterdir()] == [".env"]


async def test_a_file_that_somebody_else_changes_meanwhile_is_theirs(place: Place) -> None:
    def edits() -> str:
        place.file.write_text("EXCHANGE=paper\nCHECK_INTERVAL=7\n")
        return "UTC"

    place.has("EXCHANGE=paper\n")
    assert await Person("1", "keep", "local", edits).sets_up() == 2
    assert place.file.read_text() == "EXCHANGE=paper\nCHECK_INTERVAL=7\n"


async def test_a_link_leads_to_the_file_that_is_written(place: Place, tmp_path: Path) -> None:
    place.home.mkdir()
    real = tmp_path / "real.env"
    real.write_text("EXCHANGE=paper\n")
    place.file.symlink_to(real)
    assert await Person("1", "keep", "local", "UTC").sets_up() == 0
    assert place.file.is_symlink()
    assert "TIMEZONE=UTC" in real.read_text()


async def test_chinese_is_one_answer_away(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    person = Person("２", "１", "", "UTC")
    assert await person.sets_up() == 0
    assert person.said("交易环境") == 1
    assert "一切正常" in capsys.readouterr().out
    assert person.said("下一步") == 1
