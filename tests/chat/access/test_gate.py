"""Who may speak to the bot: every handler is walked as everybody who may not."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from telegram import Update

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.chat.bot.router import COMMANDS
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.errors import LedgerWriteFailed

STRANGER = 666
CRV = key()
HOURS = 3 * 3600

# Every command in a form that would do something, and what is no command.
WORDS = (
    *(f"/{name}" for name in COMMANDS),
    "/start ABCDEFGH",
    "/status CRV",
    "/pause CRV",
    "/resume CRV",
    "/close CRV long",
    "/close all",
    "/why 1",
    "/lang zh",
    "/nonsense",
    "hello",
)


@pytest.fixture
async def phone(dial: Dial) -> Phone:
    """A leg that has fired and was added to, CRV paused, and a card waiting to be confirmed."""
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    house = phone.house
    house.set_roi(CRV, 26)
    await house.check()
    house.paper.put_leg(paper_leg(contracts=200).replaced(adjusted_at=house.clock.now()))
    await house.check()
    await phone.says("/pause STX")
    # The day's note about strangers is out: nothing more is to be written of them within the minute.
    await phone.says("/status", user_id=600)
    # Their own pause they read in the answer alone.
    await phone.until(lambda: len(phone.alerts()) == 4)
    await phone.says("/close CRV long")
    return phone


def presses(phone: Phone) -> list[str]:
    """One press of every kind that the bot makes buttons for, each with effect if it came from the owner."""
    life = phone.house.ledger.lives()[CRV]
    confirm, cancel = phone.data()
    mark = life_mark(life.key, life.opened_at, 0)
    grown = life_mark(life.key, life.opened_at, life.generation)
    data = [confirm, cancel, "cx:", f"cl:{mark}", f"cl:{mark}:50", "st:1:*", "lg:zh", f"ra:{grown}", f"rk:{grown}", "?", ""]
    assert {word.split(":")[0] for word in data} >= {"cf", "cx", "cl", "st", "lg", "ra", "rk"}
    return data


def ledger_of(house: House) -> tuple[bytes, int]:
    return (house.folder / "ledger.json").read_bytes(), len(house.exchange.calls)


async def test_the_walk_has_teeth(phone: Phone) -> None:
    """The owner's own words and presses are answered and do change something; else the walks below would prove nothing."""
    before = ledger_of(phone.house)
    for word in WORDS:
        assert await phone.says(word), word
    assert ledger_of(phone.house) != before
    await phone.says("/close CRV long")
    confirm = phone.data()[0]
    await phone.press(confirm)
    assert "submit" in phone.house.exchange.calls[before[1] :]


@pytest.mark.parametrize(
    ("user_id", "how"),
    [
        (STRANGER, {}),
        (STRANGER, {"late": HOURS}),
        (STRANGER, {"chat_type": "group"}),
        (ME, {"forwarded": True}),
        (ME, {"via_bot": True}),
        (ME, {"chat_type": "group"}),
        (ME, {"chat_type": "supergroup"}),
    ],
)
async def test_words_that_must_not_pass(phone: Phone, user_id: int, how: dict[str, Any]) -> None:
    before, said = ledger_of(phone.house), phone.said()
    for word in WORDS:
        assert await phone.says(word, user_id=user_id, **how) == ""
    assert phone.said() == said
    assert ledger_of(phone.house) == before


async def test_an_edited_message_does_nothing(phone: Phone) -> None:
    # Telegram is asked not to send edits at all; the gate must hold where one comes anyway.
    before, said = ledger_of(phone.house), phone.said()
    now = int(phone.house.clock.now().timestamp())
    person = {"id": ME, "is_bot": False, "first_name": "You", "language_code": "en"}
    for number, word in enumerate(WORDS):
        entities = [{"type": "bot_command", "offset": 0, "length": len(word.split()[0])}] if word.startswith("/") else []
        content = {"message_id": 900, "date": now, "edit_date": now, "chat": {"id": ME, "type": "private"}, "from": person}
        for kind in ("edited_message", "channel_post", "edited_channel_post", "business_message"):
            update = {"update_id": 9000 + number, kind: {**content, "text": word, "entities": entities}}
            await phone.app.process_update(Update.de_json(update, phone.app.bot))
    await phone.settle()
    assert phone.said() == said
    assert ledger_of(phone.house) == before


async def test_a_channel_speaking_for_me_does_nothing(phone: Phone) -> None:
    before, said = ledger_of(phone.house), phone.said()
    now = int(phone.house.clock.now().timestamp())
    update = {
        "update_id": 9000,
        "message": {
            "message_id": 900,
            "date": now,
            "chat": {"id": ME, "type": "private"},
            "from": {"id": ME, "is_bot": False, "first_name": "You"},
            "sender_chat": {"id": -100, "type": "channel", "title": "?"},
            "text": "/pause",
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        },
    }
    await phone.app.process_update(Update.de_json(update, phone.app.bot))
    assert phone.said() == said
    assert ledger_of(phone.house) == before


async def test_foreign_presses_do_nothing(phone: Phone) -> None:
    message_id, data = phone.messages()[-1]["message_id"], presses(phone)
    before, said = ledger_of(phone.house), phone.said()
    for word in data:
        assert await phone.press(word, on=message_id, user_id=STRANGER) == ""
        assert phone.toast is None
    assert phone.said() == said
    assert ledger_of(phone.house) == before
    # The card is still the owner's to confirm.
    assert "Done" in await phone.press("Close 200")


@pytest.mark.parametrize(("language", "word"), [("en", "Not done"), ("zh-hans", "未执行")])
async def test_my_stale_words_get_one_sentence_and_no_effect(dial: Dial, language: str, word: str) -> None:
    phone = await dial(paper_leg(), language=language)
    await phone.says("/status")
    before = ledger_of(phone.house)
    for words in WORDS:
        if words.startswith("/pause"):
            continue
        answer = await phone.says(words, late=HOURS)
        assert word in answer
        assert words in answer
        assert answer.count(word) == 1
    assert ledger_of(phone.house) == before
    assert await phone.says("/resume", late=119)


async def test_a_stop_is_never_too_late(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Paused" in await phone.says("/pause", late=HOURS)
    assert phone.house.ledger.paused() == {"*"}
    assert await phone.says("/pause", user_id=STRANGER, late=HOURS) == ""


async def test_a_stale_command_stays_undone_while_its_answer_cannot_be_sent(phone: Phone) -> None:
    # Stale commands come after an outage, which is just when an answer may fail.
    for status, words in ((500, "Internal Server Error"), (400, "Bad Request: whatever"), (403, "Forbidden: bot was blocked")):
        before = ledger_of(phone.house)
        phone.tg.fail_next("sendMessage", status, words)
        await phone.says("/resume", late=HOURS)
        assert ledger_of(phone.house) == before
        assert phone.house.ledger.paused() == {"STX-USDT-SWAP"}


async def test_a_gate_that_breaks_is_shut(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> frozenset[int]:
        raise LedgerWriteFailed("disk full")

    before = ledger_of(phone.house)
    monkeypatch.setattr(phone.owners, "ids", broken)
    await phone.says("/pause", user_id=STRANGER)
    await phone.says("/pause")
    assert ledger_of(phone.house) == before


async def test_strangers_are_named_once_on_the_console(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await phone.says("/status", user_id=STRANGER)
        await phone.says("/status", user_id=667)
    words = [record.getMessage().split() for record in caplog.records if "not allowed" in record.getMessage()]
    assert [line[2] for line in words] == ["666", "667"]


# Pairing


async def test_nobody_is_allowed_while_nothing_is_set(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(), pairing=True)
    await phone.says("/status")
    before = ledger_of(phone.house)
    for word in WORDS:
        assert await phone.says(word) == ""
    assert phone.said() == 0
    assert ledger_of(phone.house) == before


async def test_the_code_makes_the_first_user_the_owner(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(), pairing=True)
    code = phone.code
    assert "Paired" in await phone.says(f"/start {code.lower()}")
    assert "Running" in await phone.says("/status")
    assert await phone.says(f"/start {code}", user_id=STRANGER) == ""
    assert await phone.says("/status", user_id=STRANGER) == ""
    await phone.restart()
    assert phone.owners.ids() == {ME}
    assert await phone.says(f"/start {phone.code}", user_id=STRANGER) == ""
    assert "Running" in await phone.says("/status")


@pytest.mark.parametrize("how", [{"forwarded": True}, {"via_bot": True}, {"chat_type": "group"}])
async def test_a_code_counts_only_from_ones_own_hand(dial: Dial, how: dict[str, Any]) -> None:
    phone = await dial(paper_leg(), allowed=(), pairing=True)
    assert await phone.says(f"/start {phone.code}", **how) == ""
    assert phone.owners.ids() == frozenset()


async def test_where_users_are_set_no_code_is_taken(dial: Dial) -> None:
    # As a composition error would have it: a pairing beside allowed users.
    phone = await dial(paper_leg(), allowed=(ME,), pairing=True)
    assert await phone.says(f"/start {phone.code}", user_id=STRANGER) == ""
    assert phone.owners.ids() == {ME}
    assert phone.house.ledger.note("owner") is None


async def test_a_code_that_could_not_be_written_down_can_be_sent_again(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg(), allowed=(), pairing=True)

    def full(path: Any, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        assert await phone.says(f"/start {phone.code}") == ""
        assert phone.owners.ids() == frozenset()
    assert "Paired" in await phone.says(f"/start {phone.code}")


async def test_a_setting_outranks_who_paired_before(dial: Dial, tmp_path: Any) -> None:
    leg: PaperLeg = paper_leg()
    house = House(tmp_path / "own", leg)
    house.actions.adopt_owner(STRANGER, "Old owner")
    phone = await dial(house=house, allowed=(ME,))
    assert await phone.says("/status", user_id=STRANGER) == ""
    assert "Running" in await phone.says("/status")
