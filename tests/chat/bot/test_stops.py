"""A stop never waits, and is never too late; what raises risk is asked again when it comes late."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from pathlib import Path

import pytest

from tests.chat.bot.test_router import grown
from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone
from tgtp.chat.bot.router import RAISES_RISK
from tgtp.chat.commands.handlers import HandlerGroup, button, table
from tgtp.chat.commands.speech import hints
from tgtp.chat.commands.unpair import NO, YES
from tgtp.chat.commands.which import WHICH
from tgtp.chat.events import account_lines, forgotten_order, standing_pauses
from tgtp.domain.pauses import Pause

CRV = key()
HOURS = 3 * 3600
ASKED_AGAIN = "while I was not running"
# Kinds of buttons that show, stop or close, or ask before anything is done; and those whose question lives for a minute.
SHOWS = {
    "ac",
    "hp",
    "ls",
    "le",
    "ld",
    "ll",
    "lp",
    "pp",
    "nl",
    "rp",
    "st",
    "pc",
    "cl",
    "cx",
    "um",
    "ux",
    "rk",
    "wy",
    "gs",
    "dy",
    "dq",
    "lu",
    "rt",
    "rq",
    "rx",
    "bt",
}
STOPS = {"pa", "pk", "ap", "cf", forgotten_order.FILLED}
# What a hint offers is said by its button as if it had been typed.
SAYS = hints.SAY
OF_PEOPLE = {"ak", "lg", "nt", "nz", "nq", "th"}
DIES_WITH_ITS_MINUTE = {"lc", "lr", "uy", "gc", "gd", "dc", "rc", YES, NO}


async def test_a_pause_does_not_wait_behind_answers(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.wire.held["sendMessage"] = slow = asyncio.Event()
    for _ in range(4):
        phone.tg.user_text("/status", date=int(phone.house.clock.now().timestamp()))
    phone.tg.user_text("/pause", date=int(phone.house.clock.now().timestamp()))
    await phone.until(lambda: phone.house.ledger.paused() == {"*"})
    # Nothing has been answered yet.
    assert not slow.is_set()
    assert phone.wire.of("sendMessage") == phone.wire.of("sendMessage")[: len(phone.wire.posts)]
    phone.tg.user_text("/resume", date=int(phone.house.clock.now().timestamp()))
    await phone.until(lambda: phone.house.ledger.paused() == frozenset())
    slow.set()
    await phone.until(lambda: any("Running again" in text for text in phone.texts()))


async def test_a_stale_command_holds_up_no_pause(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.wire.held["sendMessage"] = slow = asyncio.Event()
    phone.tg.user_text("/resume", date=int(phone.house.clock.now().timestamp()) - HOURS)
    phone.tg.user_text("/pause", date=int(phone.house.clock.now().timestamp()))
    await phone.until(lambda: phone.house.ledger.paused() == {"*"})
    slow.set()
    await phone.settle()


async def test_a_confirmed_close_does_not_wait_for_telegram(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close CRV long")
    for name in ("answerCallbackQuery", "editMessageText"):
        phone.wire.held[name] = asyncio.Event()
    await phone.press("Close 100", wait=False)
    await phone.until(lambda: phone.house.closed() == [100])
    for held in phone.wire.held.values():
        held.set()
    await phone.settle()
    assert any("Done" in text for text in phone.texts())


async def test_presses_and_commands_keep_their_order(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await phone.says("/panel")
    panel = next(message["message_id"] for message in phone.messages() if message["message_id"] == phone.tg.pinned)
    now = int(phone.house.clock.now().timestamp())
    # Both come with one poll. What was said last holds.
    phone.tg.user_press(panel, "pb:")
    phone.tg.user_text("/pause", date=now)
    await phone.until(lambda: len(phone.house.listener.of("resumed")) == 1)
    await phone.settle()
    assert phone.house.ledger.paused() == {"*"}
    phone.tg.user_text("/resume", date=now)
    phone.tg.user_press(panel, "pa:")
    await phone.until(lambda: len(phone.house.listener.of("resumed")) == 2)
    await phone.settle()
    assert phone.house.ledger.paused() == {"*"}


@pytest.mark.parametrize(
    "words",
    [
        *(
            "/pause",
            "/Pause",
            "/PAUSE",
            "/pause@tgtp_local_bot",
            "/pause@another_bot",
            "/暂停",
            "暂停",
            "停止",
            "/stop",
            "Stop",
        ),
        # In a hurry, and as a Chinese keyboard writes them.
        *("pause", "STOP!!!", "stop.", "暂停！", "停", "暫停", "／pause", "、暂停", "/pause！", "/pause,CRV", "停止。快"),
    ],
)
async def test_every_form_of_a_pause_is_a_stop_however_late(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    assert "Paused" in await phone.says(words, late=HOURS)
    assert phone.house.ledger.paused() == {"*"}


async def test_a_worded_pause_of_one_coin(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("暂停 CRV", late=HOURS)
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP"}


@pytest.mark.parametrize("words", ["/resume,CRV", "/resume，crv", "/resume-CRV", "/resume:ＣＲＶ"])
async def test_a_coin_glued_to_its_command_is_no_word_for_everything(dial: Dial, words: str) -> None:
    """The library leaves out what is glued to a command: "/resume,CRV" resumed everything."""
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await phone.says(words)
    assert phone.house.ledger.paused() == {"*"}


async def test_a_clock_that_is_ahead_is_named_as_the_cause(dial: Dial) -> None:
    phone = await dial(paper_leg())
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1, seconds=30) - phone.house.clock.now()
    phone.house.clock.forward(ahead.total_seconds())
    answer = await phone.says("/resume", late=3600)
    assert "clock is 60 min ahead" in answer
    assert "Send it again" not in answer
    assert "Paused" in await phone.says("/pause", late=3600)


async def test_what_the_gate_trips_over_is_one_line(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await dial(paper_leg())

    def broken() -> frozenset[int]:
        raise KeyError("planted")

    with monkeypatch.context() as trip, caplog.at_level(logging.WARNING):
        trip.setattr(phone.owners, "ids", broken)
        await phone.says("/resume")
    lines = [record for record in caplog.records if "could not be checked" in record.getMessage()]
    assert len(lines) == 1
    assert "KeyError: 'planted'" in lines[0].getMessage()
    assert lines[0].exc_info is None


# Presses that were made while nobody listened


def newest(phone: Phone, data: str) -> tuple[int, str]:
    return next(
        (message["message_id"], button["callback_data"])
        for message in reversed(phone.messages())
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
        if button.get("callback_data", "").startswith(data)
    )


async def late_press(phone: Phone, data: str) -> str:
    """Press while the program is down; gives the last message after its start."""
    message_id, whole = newest(phone, data)
    await phone.restart_with(lambda: phone.tg.user_press(message_id, whole))
    await phone.until(lambda: any(ASKED_AGAIN in text for text in phone.texts()))
    await phone.settle()
    return whole


async def test_resume_on_the_panel_asks_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await phone.says("/panel")
    await late_press(phone, "pb:")
    assert phone.house.ledger.paused() == {"*"}
    assert any("Resume” while I was not running" in text for text in phone.texts())
    message_id, data = newest(phone, "pb:")
    await phone.press(data, on=message_id)
    assert phone.house.ledger.paused() == frozenset()


async def test_resume_on_a_card_asks_again_and_pause_does_not(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause CRV")
    await phone.says("/leg CRV long")
    data = await late_press(phone, "lz:r:")
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP"}
    await phone.press(data, on=newest(phone, "lz:r:")[0])
    assert phone.house.ledger.paused() == frozenset()
    await phone.says("/leg CRV long")
    message_id, whole = newest(phone, "lz:p:")
    await phone.restart_with(lambda: phone.tg.user_press(message_id, whole))
    await phone.until(lambda: phone.house.ledger.paused() == {"CRV-USDT-SWAP"})


async def test_pause_on_the_panel_is_a_stop_however_late(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/panel")
    message_id, data = newest(phone, "pa:")
    await phone.restart_with(lambda: phone.tg.user_press(message_id, data))
    await phone.until(lambda: phone.house.ledger.paused() == {"*"})
    await phone.settle()
    assert not any(ASKED_AGAIN in text for text in phone.texts())


async def test_rearming_asks_again(dial: Dial) -> None:
    phone = await grown(dial)
    house = phone.house
    data = await late_press(phone, "ra:")
    assert house.fired(CRV) == [1]
    await phone.press(data, on=newest(phone, "ra:")[0])
    assert house.fired(CRV) == []


async def test_lifting_a_pause_with_a_cause_asks_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    with phone.house.ledger.step():
        made = Pause(scope="*", cause="guard", since=phone.house.clock.now())
        phone.house.ledger.keep_pauses(phone.house.ledger.pauses().with_pause(made))
    await phone.says("/resume")
    data = await late_press(phone, "pl:")
    assert phone.house.ledger.paused() == {"*"}
    await phone.press(data, on=newest(phone, "pl:")[0])
    assert phone.house.ledger.paused() == frozenset()


async def test_of_several_accounts_the_button_below_is_the_same_one(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]})
    phone = await dial(house=street)
    await phone.says("/pause alpha CRV")
    await phone.says("/leg alpha CRV long")
    data = await late_press(phone, "@alpha:lz:r:")
    assert {name: len(paused) for name, paused in street.paused_in().items()} == {"main": 0, "alpha": 1}
    await phone.press(data, on=newest(phone, "@alpha:lz:r:")[0])
    assert {name: len(paused) for name, paused in street.paused_in().items()} == {"main": 0, "alpha": 0}


async def test_every_kind_of_button_is_known_to_be_harmless_or_not(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))
    kinds = phone.commands._shared.buttons.keys() | phone.commands._own["main"].buttons.keys()
    risky = {prefix.split(":")[0] for prefix in RAISES_RISK}
    lifting = {standing_pauses.LIFT, standing_pauses.RESUME}
    assert risky == {"pb", "lz", "ra", WHICH, SAYS, *lifting, account_lines.CONFIRM, forgotten_order.NOT_FILLED}
    assert kinds - risky == SHOWS | STOPS | OF_PEOPLE | DIES_WITH_ITS_MINUTE


async def test_only_reports_are_of_all_accounts_and_of_each(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))
    assert phone.commands._shared.buttons.keys() & phone.commands._own["main"].buttons.keys() == {
        "rp",
        standing_pauses.PAUSE,
        standing_pauses.RESUME,
    }


def test_no_two_groups_answer_the_same_button() -> None:
    class One(HandlerGroup):
        @button("zz")
        async def press(self) -> None: ...

    class Other(HandlerGroup):
        @button("zz", raises_risk=("",))
        async def press(self) -> None: ...

    with pytest.raises(ValueError, match="zz"):
        table(One(), Other())
