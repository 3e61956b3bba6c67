"""Strangers are counted, and the owners hear of them once a day; who is an owner is told what not to paste."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import paper_leg
from tests.fixtures.waiting import until
from tests.simulation.phone.phone import ME, Phone
from tgtp.adapters.storage import atomic_file
from tgtp.chat.access.rejected_users import MOST_PEOPLE, RejectedUsers

DAY = 86400


class Door:
    """The count by itself, on a house whose clock stands at noon."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, paper_leg())
        self.owners: frozenset[int] = frozenset({ME})
        self.begin()

    def begin(self) -> None:
        self.rejected = RejectedUsers(self.house.checker.journal, lambda: self.owners)

    def restart(self) -> None:
        self.house.restart()
        self.begin()

    def knock(self, *user_ids: int) -> None:
        for user_id in user_ids:
            self.rejected.turned_away(user_id)

    def notes(self) -> list[tuple[int, int, tuple[int, ...]]]:
        """People, tries and ids of each note, oldest first."""
        events: list[Any] = [event for _, event in reversed(self.house.ledger.history(100))]
        return [(event.people, event.tries, event.ids) for event in events if event.kind == "strangers_turned_away"]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path / "data")
    yield door
    door.house.ledger.close()


def test_the_first_is_told_at_once_and_the_rest_the_next_day(door: Door) -> None:
    door.knock(666)
    assert door.notes() == [(1, 1, (666,))]
    for _ in range(3):
        door.house.clock.forward(3600)
        door.knock(666, 667, 666)
    assert len(door.notes()) == 1
    door.rejected.tell()
    assert len(door.notes()) == 1
    door.house.clock.forward(9 * 3600)
    door.rejected.tell()
    assert door.notes()[1:] == [(2, 9, (666, 667))]
    door.knock(1, 668)
    door.rejected.tell()
    assert len(door.notes()) == 2
    assert len(door.house.ledger.outbox()) == 2


def test_a_note_says_since_when(door: Door) -> None:
    begun = door.house.clock.now()
    door.knock(666)
    door.house.clock.forward(600)
    door.knock(666)
    door.house.clock.forward(DAY)
    door.rejected.tell()
    events: list[Any] = [event for _, event in reversed(door.house.ledger.history(10))]
    assert [event.since for event in events] == [begun, begun + dt.timedelta(seconds=600)]


def test_a_quiet_day_is_not_told(door: Door) -> None:
    for _ in range(5):
        door.house.clock.forward(DAY)
        door.rejected.tell()
    assert door.notes() == []


def test_a_restart_forgets_nothing_and_tells_nothing_twice(door: Door) -> None:
    door.knock(666)
    door.house.clock.forward(120)
    door.knock(666, 667)
    door.rejected.save()
    door.restart()
    door.knock(668)
    assert len(door.notes()) == 1
    door.rejected.save()
    door.restart()
    door.house.clock.forward(DAY)
    door.rejected.tell()
    assert door.notes()[1:] == [(3, 3, (666, 667, 668))]
    door.restart()
    door.rejected.tell()
    assert len(door.notes()) == 2


def test_many_strangers_do_not_fill_memory_or_keep_the_disk_busy(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = []
    write = atomic_file.write_whole

    def counted(path: Path, payload: bytes) -> None:
        writes.append(len(payload))
        write(path, payload)

    monkeypatch.setattr("tgtp.adapters.storage.atomic_file.write_whole", counted)
    door.knock(*range(1000, 6000))
    assert len(writes) == 1
    door.house.clock.forward(61)
    door.knock(*range(1000, 6000))
    assert len(writes) == 2
    assert max(writes) < 10_000
    door.house.clock.forward(DAY)
    door.rejected.tell()
    ((people, tries, ids),) = door.notes()[1:]
    assert (people, tries, len(ids)) == (MOST_PEOPLE, 9999, MOST_PEOPLE)


def test_a_full_disk_loses_no_count(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        door.knock(666, 667)
        door.rejected.tell()
    assert door.notes() == []
    door.house.clock.forward(61)
    door.rejected.tell()
    assert door.notes() == [(2, 2, (666, 667))]


def test_who_pairs_later_was_no_stranger(door: Door) -> None:
    door.owners = frozenset()
    door.knock(ME, ME, 666)
    door.house.clock.forward(61)
    door.rejected.tell()
    assert door.notes() == []
    door.owners = frozenset({ME})
    door.house.clock.forward(61)
    door.rejected.tell()
    assert door.notes() == [(1, 1, (666,))]


async def test_every_way_of_trying_counts_and_is_told_on_the_phone(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/status")
    message_id = phone.messages()[-1]["message_id"]
    await phone.says("/status", user_id=666)
    await phone.until(lambda: any("1 tried to command me, 1 time since" in text for text in phone.alerts()))
    for how in ({}, {"chat_type": "group"}, {"forwarded": True}, {"late": 1000}):
        await phone.says("/pause", user_id=667, **how)
    await phone.press("st:1:*", on=message_id, user_id=668)
    # I am no stranger, though I may not pass either.
    await phone.says("/pause", forwarded=True)
    await phone.says("/pause", chat_type="group")
    phone.house.clock.forward(DAY)
    before = len(phone.alerts())
    await phone.side.start_checks(phone.house.check, 1)
    await phone.until(lambda: len(phone.alerts()) > before)
    (told,) = [text for text in phone.alerts()[before:] if "Strangers" in text]
    assert "2 tried to command me, 5 times since" in told
    assert "Ids: 667, 668" in told


# What must not be pasted

TOKEN = "1234567890:AAF-abcdefghijklmnopqrstuvwxyz12345"
OKX_KEY = "3f1c2a9e-0000-1111-2222-333344445555"
OKX_SECRET = "0123456789ABCDEF0123456789ABCDEF"


@pytest.fixture
async def phone(dial: Dial) -> Phone:
    """A phone whose messages are of this very moment: Telegram deletes only what is younger than two days."""
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    phone.house.clock._now = dt.datetime.now(dt.UTC)
    return phone


def mine(phone: Phone) -> list[str]:
    return [message.get("text", "") for message in phone.tg.messages() if not message["from"]["is_bot"]]


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        (TOKEN, "/revoke to @BotFather"),
        (f"Use this token to access the HTTP API:\n{TOKEN}\nKeep it secure", "/revoke to @BotFather"),
        (f"/start {TOKEN}", "/revoke to @BotFather"),
        (OKX_KEY, "at OKX (API management)"),
        (f"apikey = {OKX_KEY.upper()}", "at OKX (API management)"),
        (f"secret {OKX_SECRET}.", "at OKX (API management)"),
        ("the passphrase is pa$$ w0rd, and", "at OKX (API management)"),
        ("x0urSecret!x", "at OKX (API management)"),
        (" k3y ", "at OKX (API management)"),
    ],
)
@pytest.mark.parametrize("how", [{}, {"forwarded": True}, {"late": 10_000}], ids=str)
async def test_a_secret_is_deleted_explained_and_written_nowhere(
    phone: Phone, pasted: str, words: str, how: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    answer = await phone.says(pasted, **how)
    assert "I have deleted your message" in answer
    assert words in answer
    assert mine(phone) == []
    assert "pasted a secret" in caplog.text
    for secret in (TOKEN, OKX_KEY, OKX_SECRET, "pa$$ w0rd", "0urSecret!"):
        assert secret.lower() not in caplog.text.lower()
        assert secret not in answer
        assert secret not in (phone.house.folder / "ledger.json").read_text()


@pytest.mark.parametrize(
    "words", ["/close CRV long 50%", "k3y is short", "/why 1234567", "1234567890:short", "0123456789abcdef"]
)
async def test_other_words_stay(phone: Phone, words: str) -> None:
    assert "deleted" not in await phone.says(words)
    assert mine(phone) == [words]


async def test_chinese_owners_read_it_in_chinese(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="zh")
    phone.house.clock._now = dt.datetime.now(dt.UTC)
    assert "已删除你的消息" in await phone.says(TOKEN)


async def test_what_cannot_be_deleted_is_said(phone: Phone) -> None:
    phone.tg.fail_next("deleteMessage", 400, "Bad Request: message can't be deleted")
    answer = await phone.says(TOKEN)
    assert "could not delete your message: delete it yourself" in answer
    assert "@BotFather" in answer


async def test_an_outage_does_not_save_it(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tgtp.chat.messages.send.PAUSES", (0.0, 0.0, 0.0))
    phone.tg.fail_next("deleteMessage", 502, "Bad Gateway", times=2)
    phone.tg.fail_next("deleteMessage", 429, "Too Many Requests: retry after 0", parameters={"retry_after": 0})
    phone.tg.fail_next("sendMessage", 502, "Bad Gateway", times=2)
    assert "I have deleted" in await phone.says(TOKEN)
    assert mine(phone) == []


async def test_the_gate_does_not_wait_for_it(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tgtp.chat.messages.send.PAUSES", (1e6,))
    phone.tg.fail_next("deleteMessage", 502, "Bad Gateway")
    phone.tg.user_text(TOKEN, date=int(phone.house.clock.now().timestamp()))
    phone.tg.user_text("/status", date=int(phone.house.clock.now().timestamp()))
    await until(lambda: any("Running" in text for text in phone.texts()))


async def test_a_stranger_who_pastes_hears_nothing(phone: Phone) -> None:
    assert await phone.says(TOKEN, user_id=666) == ""
    assert phone.wire.of("deleteMessage") == []
