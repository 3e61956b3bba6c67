"""The button "I know" and /ack, as a person sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.events import key_risk
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.api_key_risks import RISKS
from tgtp.local_telegram.bot_api.markup import utf16_length

DAY = 86_400
LABEL = "<b>my</b> key"


async def risky(dial: Dial, folder: Path, label: str = LABEL, **options: Any) -> Phone:
    house = House(folder, paper_leg())
    allow(house, label=label)
    return await dial(house=house, **options)


def allow(house: House, label: str = LABEL) -> None:
    house.exchange.profile_view = lambda seen: seen.replaced(can_withdraw=True, ip_bound=False, label=label)


async def next_day(phone: Phone) -> None:
    before = len(phone.alerts())
    phone.house.clock.forward(DAY)
    await phone.house.check()
    await phone.until(lambda: len(phone.alerts()) == before + 1)


def rows(phone: Phone, number: int) -> Any:
    return phone.messages()[number].get("reply_markup")


async def test_the_start_has_the_button_and_keeps_its_text(dial: Dial, tmp_path: Path) -> None:
    phone = await risky(dial, tmp_path)
    await phone.until(phone.alerts)
    (text,) = phone.alerts()
    assert "This key can withdraw your money" in text
    assert "until you press the button below, or send /ack" in text
    assert phone.buttons() == [["I know"]]
    await phone.press("I know")
    assert phone.toast == "🔑 Noted, no more reminders: it can withdraw your money, it is not bound to an IP."
    assert phone.alerts() == [text]
    assert rows(phone, -1) is None
    (event,) = phone.house.listener.of("key_risk_acknowledged")
    assert event.by == ME
    phone.house.clock.forward(2 * DAY)
    await phone.house.check(2)
    assert phone.house.listener.of("key_risk") == []
    assert "no more reminders: the API key “<b>my</b> key”" in await phone.says("/history")


async def test_the_daily_message_names_the_key_and_what_to_do(dial: Dial, tmp_path: Path) -> None:
    phone = await risky(dial, tmp_path)
    await phone.until(phone.alerts)
    await next_day(phone)
    text = phone.alerts()[-1]
    for words in (f"Your API key “{LABEL}” is a risk", "can withdraw your money", "Bind it at OKX", "/ack", "#2"):
        assert words in text
    await phone.press("I know")
    assert "Noted" in (phone.toast or "")
    # The button below the start is still there, and has nothing left to do.
    data = rows(phone, 0)["inline_keyboard"][0][0]["callback_data"]
    await phone.press(data, on=phone.messages()[0]["message_id"])
    assert "no API key warning" in (phone.toast or "")
    assert rows(phone, 0) is None
    assert len(phone.house.listener.of("key_risk_acknowledged")) == 1


async def test_the_command_does_what_the_button_does(dial: Dial, tmp_path: Path) -> None:
    phone = await risky(dial, tmp_path, default="zh")
    await phone.until(phone.alerts)
    assert phone.buttons() == [["我知道了"]]
    assert await phone.says("/ack") == "👌"
    assert "没有待确认的" in await phone.says("/ack")
    assert phone.house.checker.keys.memory.waiting == ()


async def test_the_other_owners_hear_who_knows(dial: Dial, tmp_path: Path) -> None:
    phone = await risky(dial, tmp_path, allowed=(ME, 2))
    await phone.until(phone.alerts)
    await phone.press("I know")
    # The second owner has never written to the bot, so what is meant for them waits.
    waiting = {told.number: told.delivered_to for told in phone.house.ledger.outbox()}
    (number,) = [number for number, event in phone.house.listener.events if event.kind == "key_risk_acknowledged"]
    assert waiting[number] == (ME,)


async def test_a_button_of_another_key_acknowledges_nothing(dial: Dial, tmp_path: Path) -> None:
    phone = await risky(dial, tmp_path, label="first")
    await phone.until(phone.alerts)
    allow(phone.house, label="second")
    phone.house.clock.forward(3700)
    await phone.house.check()
    await phone.until(lambda: len(phone.alerts()) == 2)
    first = phone.messages()[0]
    await phone.press(rows(phone, 0)["inline_keyboard"][0][0]["callback_data"], on=first["message_id"])
    assert "no API key warning" in (phone.toast or "")
    assert phone.house.checker.keys.memory.waiting == RISKS


@pytest.mark.parametrize("data", ["ak:", "ak:withdraw", "ak:withdraw:0000000000", "ak:unbound,withdraw:x", "ak::"])
async def test_a_made_up_button_acknowledges_nothing(dial: Dial, tmp_path: Path, data: str) -> None:
    phone = await risky(dial, tmp_path)
    await phone.until(phone.alerts)
    await phone.press(data, on=phone.messages()[0]["message_id"])
    assert phone.house.checker.keys.memory.waiting == RISKS


async def test_a_full_disk_keeps_the_button(dial: Dial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await risky(dial, tmp_path)
    await phone.until(phone.alerts)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        assert "Not done" in await phone.press("I know")
    assert rows(phone, 0) is not None
    assert phone.house.checker.keys.memory.waiting == RISKS
    await phone.press("I know")
    assert "Noted" in (phone.toast or "")
    assert phone.house.checker.keys.memory.waiting == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_toasts_fit(language: Language) -> None:
    assert utf16_length(bare(key_risk.outcome(language, RISKS))) <= 200
    assert utf16_length(bare(key_risk.outcome(language, ()))) <= 200
