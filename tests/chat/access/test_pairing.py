"""How somebody becomes the owner, and how an owner lets go: by nobody else's leave, and in nobody else's way."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import FakeClock, paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.adapters.storage.pairing_file import PairingFile
from tgtp.chat.access.owners import CODE_VALID, FORGIVEN_AFTER, MOST_SENDERS, WRONG_CODES, Pairing, Prepared, Tried

STRANGER = 666


async def unpaired(dial: Dial) -> Phone:
    return await dial(paper_leg(), allowed=(), pairing=True)


def codes(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Those that were shown after the first one."""
    return re.findall(r"minutes: /start (\w{8})", caplog.text)[1:]


async def test_a_strangers_wrong_codes_do_not_lock_the_owner_out(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await unpaired(dial)
    with caplog.at_level(logging.WARNING):
        for number in range(3 * WRONG_CODES):
            assert await phone.says(f"/start WRONG{number:02d}A", user_id=STRANGER) == ""
    assert caplog.text.count(f"user {STRANGER} sent a wrong pairing code") == WRONG_CODES - 1
    assert caplog.text.count(f"user {STRANGER} has sent five wrong pairing codes") == 1
    # Not even the right one, of this sender.
    assert await phone.says(f"/start {phone.code}", user_id=STRANGER) == ""
    assert "Paired" in await phone.says(f"/start {phone.code}")


async def test_wrong_codes_are_forgiven_after_minutes(dial: Dial) -> None:
    phone = await unpaired(dial)
    for number in range(WRONG_CODES):
        await phone.says(f"/start WRONG{number}AA")
    assert await phone.says(f"/start {phone.code}") == ""
    phone.house.clock.forward(FORGIVEN_AFTER + 1)
    assert "Paired" in await phone.says(f"/start {phone.code}")


async def test_a_code_is_valid_for_a_quarter_of_an_hour(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await unpaired(dial)
    phone.house.clock.forward(CODE_VALID + 1)
    with caplog.at_level(logging.WARNING):
        assert await phone.says(f"/start {phone.code}") == ""
    assert "a pairing code that is no longer valid" in caplog.text
    (fresh,) = codes(caplog)
    assert fresh != phone.code
    assert "Paired" in await phone.says(f"/start {fresh}")


async def test_a_wrong_code_shows_a_new_one_and_keeps_the_old(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await unpaired(dial)
    with caplog.at_level(logging.WARNING):
        # At most one a minute, whoever asks.
        for number in range(20):
            await phone.says("/start WRONGAAA", user_id=700 + number)
        assert codes(caplog) == []
        phone.house.clock.forward(60)
        for number in range(20):
            await phone.says("/start WRONGAAA", user_id=800 + number)
    assert len(codes(caplog)) == 1
    # A stranger who tries once a minute does not take the owner's code away.
    assert "Paired" in await phone.says(f"/start {phone.code}")


async def test_a_code_of_before_the_start_does_not_pair(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await unpaired(dial)
    with caplog.at_level(logging.WARNING):
        assert await phone.says(f"/start {phone.code}", late=60) == ""
        assert await phone.says(f"/start {phone.code}", late=60) == ""
    assert phone.owners.ids() == frozenset()
    assert caplog.text.count("sent a pairing code before this start") == 1
    assert "Paired" in await phone.says(f"/start {phone.code}")


async def test_a_code_that_another_process_prepared_pairs_in_time(dial: Dial) -> None:
    phone = await unpaired(dial)
    for age in (CODE_VALID + 1, -60):
        phone.prepared = Prepared("ABCDEFGH", age)
        assert await phone.says("/start ABCDEFGH") == ""
    phone.prepared = Prepared("ABCDEFGH", CODE_VALID - 1)
    assert "Paired" in await phone.says("/start abcdefgh")
    assert await phone.says("/start ABCDEFGH", user_id=STRANGER) == ""
    assert phone.owners.ids() == {ME}


def test_the_file_holds_the_newest_code_and_is_gone_when_it_was_taken(tmp_path: Path) -> None:
    clock, file = FakeClock(), PairingFile(tmp_path / "new" / "folder")
    assert file.read() is None
    file.keep("ABCDEFGH", clock.now())
    file.keep("BCDEFGHJ", clock.now())
    assert file.read() == ("BCDEFGHJ", clock.now())
    path = tmp_path / "new" / "folder" / "pairing.json"
    assert path.stat().st_mode & 0o777 == 0o600
    for nonsense in (b"", b"[]", b'{"code": 1}', b'{"code": "A", "made_at": "?"}', b'{"code": "A", "made_at": 1}'):
        path.write_bytes(nonsense)
        assert file.read() is None
    file.drop()
    file.drop()
    assert file.read() is None


def test_memory_of_senders_is_bounded() -> None:
    pairing = Pairing(FakeClock(), "en")
    pairing.announce()
    for number in range(2 * MOST_SENDERS):
        assert pairing.try_code(number, "WRONG") is Tried.WRONG
    assert len(pairing._wrong) == MOST_SENDERS


# Letting go


async def test_unpair_asks_and_lets_somebody_else_pair(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await unpaired(dial)
    await phone.says(f"/start {phone.code}")
    assert "Give this bot up?" in await phone.says("/unpair")
    phone.house.clock.forward(2)
    assert "Nothing was changed" in await phone.press("Keep it")
    assert phone.owners.ids() == {ME}
    await phone.says("/unpair")
    phone.house.clock.forward(2)
    with caplog.at_level(logging.WARNING):
        assert "no longer the owner" in await phone.press("Give it up")
    assert phone.owners.ids() == frozenset()
    assert phone.house.listener.of("owner_released")[0].by == ME
    assert await phone.says("/status") == ""
    (fresh,) = codes(caplog)
    await phone.says(f"/start {fresh}", user_id=STRANGER)
    assert phone.owners.ids() == {STRANGER}
    assert await phone.says("/status") == ""


async def test_unpair_needs_one_answer_in_time_by_the_owner(dial: Dial) -> None:
    phone = await unpaired(dial)
    await phone.says(f"/start {phone.code}")
    await phone.says("/unpair")
    data = next(data for data in phone.data() if data.startswith("uq:"))
    question = phone.messages()[-1]["message_id"]
    await phone.press(data, on=question)
    assert "Too quick" in (phone.toast or "")
    await phone.press(data, on=question, user_id=STRANGER)
    phone.house.clock.forward(61)
    assert "no longer valid. Nothing was changed" in await phone.press(data, on=question)
    assert phone.owners.ids() == {ME}


async def test_where_the_settings_name_the_owners_unpair_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "TELEGRAM_ALLOWED_USERS" in await phone.says("/unpair")
    assert phone.owners.ids() == {ME}
    assert "TELEGRAM_ALLOWED_USERS" in await (await dial(paper_leg(), language="zh")).says("/unpair")
