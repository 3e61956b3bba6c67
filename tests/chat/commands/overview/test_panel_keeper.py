"""The pinned panel, as it lives in a chat: pinned, kept fresh, and hurt by nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House, occupied
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.waiting import DEADLINE
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.commands.overview import panel_view
from tgtp.chat.commands.overview.panel_keeper import EVERY
from tgtp.chat.state.today_totals import MOST_AT_ONCE, TodayTotals
from tgtp.domain.events import WishChanged
from tgtp.domain.plan import ALL
from tgtp.engine.ports import EquityHistory
from tgtp.errors import TemporarilyDown

CRV, OTHER, STRANGER = key(), 22, 99


async def tick(phone: Phone, *people: int, after: float = EVERY) -> None:
    """Let some time pass, and the panels be attended to."""
    phone.house.clock.forward(after)
    await phone.commands.panels.tick(phone.app.bot, people or phone.owners.ids())


def edits(phone: Phone, user_id: int = ME) -> list[str]:
    """What the person's panel was changed to."""
    return [call["text"] for call in phone.wire.of("editMessageText") if call["chat_id"] == user_id]


def tries(phone: Phone, name: str = "editMessageText", user_id: int = ME) -> int:
    """How often something was asked of Telegram, taken or not."""
    return sum(method == name and call["chat_id"] == user_id for method, call in phone.tg.calls)


def panel(phone: Phone, user_id: int = ME) -> dict[str, Any]:
    """The message that is the person's panel."""
    kept = phone.house.ledger.note(f"panel_message:{user_id}")
    return phone.wire.posts[kept["message"]]


def age(phone: Phone) -> int:
    """How many seconds ago the account was seen."""
    seen = phone.house.checker.last_good
    assert seen is not None
    return int((phone.house.clock.now() - seen.taken_at).total_seconds())


async def by_telegram(phone: Phone, method: str, **parameters: Any) -> None:
    status, _ = await phone.tg.call(method, {"chat_id": ME, **parameters}, {})
    assert status == 200


async def with_panel(dial: Dial, *legs: Any, **how: Any) -> Phone:
    phone = await dial(*(legs or [paper_leg()]), **how)
    assert "equity" in await phone.says("/panel")
    return phone


# On, anew, off


async def test_it_is_pinned_and_nobody_is_rung(dial: Dial) -> None:
    phone = await with_panel(dial)
    message = phone.messages()[-1]
    assert message["text"].startswith("🟢 Running · a paper account\n0.00 U (0.00%) since 12:00 · equity 1,000.00 U\n")
    assert phone.tg.pinned == message["message_id"]
    assert message["silent"]
    (pin,) = phone.wire.of("pinChatMessage")
    assert pin["disable_notification"]
    (event,) = phone.house.listener.of("wish_changed")
    assert (event.name, event.value, event.by) == ("panel", "on", ME)


async def test_asked_for_again_it_moves_to_the_bottom(dial: Dial) -> None:
    phone = await with_panel(dial)
    first = phone.tg.pinned
    await phone.says("/status")
    assert "equity" in await phone.says("/panel")
    last = phone.messages()[-1]["message_id"]
    assert phone.tg.pinned == last != first
    assert first not in [message["message_id"] for message in phone.messages()]
    assert phone.tg._chats.owner.pins == [last]
    assert len(phone.house.listener.of("wish_changed")) == 1


async def test_an_old_panel_that_cannot_be_deleted_says_that_it_is_old(dial: Dial) -> None:
    phone = await with_panel(dial)
    first = phone.messages()[-1]["message_id"]
    phone.tg.fail_next("deleteMessage", 400, "Bad Request: message can't be deleted for everyone")
    await phone.says("/panel")
    (old,) = [message for message in phone.messages() if message["message_id"] == first]
    assert old["text"] == "This panel is no longer updated; /panel sends a new one."
    assert "reply_markup" not in old
    assert phone.tg._chats.owner.pins == [phone.messages()[-1]["message_id"]]


async def test_off_takes_it_away_for_good(dial: Dial) -> None:
    phone = await with_panel(dial)
    assert await phone.says("/panel off") == "The panel is off. /panel brings it back."
    assert phone.tg.pinned is None
    assert not [text for text in phone.texts() if "equity" in text]
    assert await phone.says("/panel off") == "There is no panel; /panel makes one."
    await phone.restart()
    phone.house.set_roi(CRV, 5)
    await phone.house.check()
    await tick(phone)
    assert not [text for text in phone.texts() if "equity" in text]
    values = [event.value for _, event in phone.house.ledger.history(50) if isinstance(event, WishChanged)]
    assert values == ["off", "on"]


@pytest.mark.parametrize(("words", "answer"), [("/panel 关闭", "面板已关闭"), ("/panel 打开", "权益"), ("/panel ON", "权益")])
async def test_the_words_are_understood_in_both_languages(dial: Dial, words: str, answer: str) -> None:
    phone = await dial(paper_leg(), language="zh")
    await phone.says("/panel")
    assert answer in await phone.says(words)


async def test_other_words_change_nothing(dial: Dial) -> None:
    phone = await with_panel(dial)
    before = phone.tg.pinned
    assert await phone.says("/panel <b>up") == ("I do not understand <b>up. /panel pins the panel, /panel off removes it.")
    assert phone.tg.pinned == before


async def test_what_cannot_be_written_down_is_pinned_all_the_same(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was refused: on a full disk nobody had a panel to see that on."""
    phone = await dial(paper_leg())

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        await phone.says("/panel")
        assert sum("a restart would forget it" in text for text in phone.texts()) == 1
        await tick(phone)
        pinned = phone.tg.pinned
        assert pinned in phone.wire.posts
        await phone.says("/panel off")
        await tick(phone)
        assert phone.tg.pinned is None
        await phone.says("/panel")
    await phone.says("/panel")
    assert phone.house.ledger.note(f"panel:{ME}") == "on"
    assert sum("a restart would forget it" in text for text in phone.texts()) == 3


# Kept fresh


async def test_it_is_changed_at_most_every_ten_seconds(dial: Dial) -> None:
    phone = await with_panel(dial)
    before = tries(phone)
    for second in range(100):
        phone.house.set_roi(CRV, Decimal(second) / 5)
        await phone.house.check(every=0)
        await tick(phone, after=1)
    assert tries(phone) - before == 10
    assert "+19.80%" in edits(phone)[-1]


async def test_what_has_not_changed_is_not_sent(dial: Dial) -> None:
    phone = await with_panel(dial)
    before = tries(phone)
    await tick(phone, after=10)
    await tick(phone, after=10)
    assert tries(phone) == before


async def test_not_modified_is_no_trouble(dial: Dial) -> None:
    phone = await with_panel(dial)
    await phone.restart()
    sent = len(phone.wire.of("sendMessage"))
    await phone.house.check()
    words = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    phone.tg.fail_next("editMessageText", 400, words)
    await tick(phone)
    before = tries(phone)
    await phone.house.check()
    await tick(phone)
    assert tries(phone) == before + 1
    assert len(phone.wire.of("sendMessage")) == sent


# The age of the data


async def test_it_says_how_old_the_data_is_while_checks_fail(dial: Dial) -> None:
    phone = await with_panel(dial)
    phone.house.exchange.before = fail("snapshot", TemporarilyDown("OKX did not answer in time"), times=-1)
    await phone.house.check(5)
    await tick(phone, after=0)
    assert edits(phone)[-1].startswith(f"🔴 <b>Data is {age(phone)} s old</b>")
    assert age(phone) > 50
    assert "The last 5 checks failed: OKX did not answer in time. Nothing is guarded meanwhile." in edits(phone)[-1]
    await tick(phone, after=45)
    assert edits(phone)[-1].startswith(f"🔴 <b>Data is {age(phone)} s old</b>")
    phone.house.exchange.before = lambda _: None
    await phone.house.check(every=0)
    await tick(phone)
    assert edits(phone)[-1].startswith("🟢")


async def test_it_says_how_old_the_data_is_while_a_check_hangs(dial: Dial) -> None:
    phone = await with_panel(dial)
    async with occupied(phone.house.checker):
        await tick(phone, after=45)
        assert edits(phone)[-1].startswith("🔴 <b>Data is 55 s old</b>")
        assert "No check has finished since." in edits(phone)[-1]


async def test_a_clock_that_is_put_back_makes_nothing_younger(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await with_panel(dial)
    clock = phone.house.clock
    before = clock.monotonic()
    clock.forward(-3600)
    monkeypatch.setattr(clock, "monotonic", lambda: before + 40)
    await phone.commands.panels.tick(phone.app.bot, {ME})
    assert edits(phone)[-1].startswith("🔴 <b>Data is 40 s old</b>")


async def test_before_anything_was_seen_it_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg(), checks=0)
    assert (await phone.says("/panel")).startswith("⏳ Starting")
    phone.house.exchange.before = fail("snapshot", TemporarilyDown("OKX could not be reached"), times=-1)
    await phone.house.check()
    await tick(phone)
    assert edits(phone)[-1].startswith("🔴 <b>I cannot see the account</b>")
    assert "OKX could not be reached. Nothing is guarded; I try again every 10 s." in edits(phone)[-1]
    assert await phone.press("Positions") == ("I cannot see the account yet: OKX could not be reached. I try again every 10 s.")


# The end and the beginning


async def test_at_the_end_it_says_stopped_and_then_goes_on_where_it_stood(dial: Dial) -> None:
    phone = await with_panel(dial)
    stands = phone.tg.pinned
    await phone.side.stop()
    assert edits(phone)[-1].startswith("⏹ <b>Stopped</b>")
    assert "reply_markup" not in panel(phone)
    phone.house.restart()
    phone._build()
    await phone.house.check()
    await phone.start()
    await tick(phone)
    assert edits(phone)[-1].startswith("🟢")
    assert phone.tg.pinned == stands
    assert not [call for call in phone.wire.of("sendMessage") if "equity" in call["text"]]


async def test_nothing_brings_a_panel_back_to_life_after_its_farewell(dial: Dial) -> None:
    phone = await with_panel(dial)
    panels = phone.commands.panels
    await panels.farewell(phone.app.bot, phone.owners.ids)
    await phone.house.check()
    await tick(phone)
    await panels.refresh(phone.app.bot, ME, at_once=True)
    assert edits(phone)[-1].startswith("⏹")


async def test_a_telegram_that_hangs_does_not_hold_up_the_end(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await with_panel(dial)
    hang(phone, monkeypatch, ME)
    begun = asyncio.get_running_loop().time()
    await asyncio.wait_for(phone.side.stop(), DEADLINE)
    assert asyncio.get_running_loop().time() - begun < 5


async def test_a_panel_that_was_deleted_comes_back(dial: Dial) -> None:
    phone = await with_panel(dial)
    first = phone.tg.pinned
    await by_telegram(phone, "deleteMessage", message_id=first)
    await phone.house.check()
    await tick(phone)
    assert phone.messages()[-1]["text"].startswith("🟢 Running")
    assert phone.tg.pinned == phone.messages()[-1]["message_id"] != first
    sent = len(phone.wire.of("sendMessage"))
    await phone.house.check()
    await tick(phone)
    assert len(phone.wire.of("sendMessage")) == sent


async def test_a_panel_that_was_unpinned_by_hand_stays_unpinned(dial: Dial) -> None:
    phone = await with_panel(dial)
    await by_telegram(phone, "unpinChatMessage")
    await phone.house.check()
    await tick(phone)
    assert phone.tg.pinned is None
    assert len(edits(phone)) == 1


# When Telegram does not take it


async def test_after_a_flood_the_person_is_left_alone_and_then_seldomer(dial: Dial) -> None:
    phone = await with_panel(dial)
    phone.tg.fail_next("editMessageText", 429, "Too Many Requests: retry after 25", parameters={"retry_after": 25})
    await phone.house.check()
    await tick(phone)
    before = tries(phone)
    for _ in range(2):
        await phone.house.check(every=0)
        await tick(phone)
        await phone.press("Pause")
        await phone.press("pb:", on=panel(phone)["message_id"])
    assert tries(phone) == before
    await tick(phone)
    assert tries(phone) == before + 1
    await phone.house.check(every=0)
    await tick(phone)
    # Twice the pause, once.
    assert tries(phone) == before + 1
    await tick(phone)
    assert tries(phone) == before + 2
    await phone.house.check(every=0)
    await tick(phone)
    assert tries(phone) == before + 3


async def test_floods_in_a_row_are_answered_with_ever_longer_silence(dial: Dial) -> None:
    phone = await with_panel(dial)
    phone.tg.fail_next("editMessageText", 429, "Too Many Requests", parameters={"retry_after": 1}, times=10**6)
    before = tries(phone)
    for _ in range(360):
        await phone.house.check(every=0)
        await tick(phone)
    # An hour: 20, 40, 80, 160 seconds, then every five minutes.
    assert 10 <= tries(phone) - before <= 20


async def test_an_outage_is_waited_out(dial: Dial) -> None:
    phone = await with_panel(dial)
    phone.tg.fail_next("editMessageText", 502, "Bad Gateway", times=3)
    for _ in range(4):
        await phone.house.check(every=0)
        await tick(phone)
    assert edits(phone)[-1].startswith("🟢")
    assert len(phone.wire.of("sendMessage")) == len(phone.messages())


async def test_a_panel_that_cannot_be_sent_now_comes_later(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.messages)
    phone.tg.fail_next("sendMessage", 502, "Bad Gateway")
    phone.tg.fail_next("pinChatMessage", 502, "Bad Gateway")
    assert await phone.says("/panel") == ""
    await tick(phone)
    assert "equity" in phone.texts()[-1]
    assert phone.tg.pinned is None
    await tick(phone)
    assert phone.tg.pinned == phone.messages()[-1]["message_id"]
    assert sum("equity" in text for text in phone.texts()) == 1


async def test_who_has_blocked_the_bot_is_left_alone_for_a_minute(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await with_panel(dial)
    phone.tg.fail_next("editMessageText", 403, "Forbidden: bot was blocked by the user", times=2)
    before = tries(phone)
    for _ in range(12):
        await phone.house.check(every=0)
        await tick(phone, after=5)
    assert tries(phone) == before + 1
    await tick(phone)
    assert tries(phone) == before + 2
    assert sum("cannot be kept up" in record.message for record in caplog.records) == 1
    # They are back, and ask for it themselves.
    await phone.press("Pause")
    assert edits(phone)[-1].startswith("⏸")


# Several people


async def test_two_owners_have_a_panel_each_in_their_own_language(dial: Dial) -> None:
    phone = await with_panel(dial, allowed=(ME, OTHER))
    await phone.says("/lang zh", user_id=OTHER)
    assert "权益" in await phone.says("/panel", user_id=OTHER)
    await phone.house.check()
    await tick(phone)
    assert edits(phone, ME)[-1].startswith("🟢 <b>Running")
    assert edits(phone, OTHER)[-1].startswith("🟢 <b>运行中")
    await phone.says("/panel off", user_id=OTHER)
    await phone.house.check()
    before = len(edits(phone, ME))
    await tick(phone)
    assert len(edits(phone, ME)) == before + 1
    assert phone.tg.pinned == panel(phone)["message_id"]


async def test_one_persons_trouble_is_not_the_others(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await with_panel(dial, allowed=(ME, OTHER))
    await phone.says("/panel", user_id=OTHER)
    release = hang(phone, monkeypatch, ME)
    await phone.house.check()
    phone.house.clock.forward(EVERY)
    hanging = [asyncio.create_task(phone.commands.panels.tick(phone.app.bot, {ME, OTHER})) for _ in range(3)]
    await phone.until(lambda: edits(phone, OTHER))
    await phone.house.check()
    await tick(phone, OTHER)
    assert len(edits(phone, OTHER)) == 2
    assert not edits(phone, ME)
    # The outbox and the answers do not wait either.
    assert "Equity" in await phone.says("/status")
    assert sum(task.get_name() == f"panel of {ME}" for task in asyncio.all_tasks()) == 1
    release.set()
    await asyncio.gather(*hanging)
    assert len(edits(phone, ME)) == 1


async def test_a_broken_panel_hurts_nobody_else(
    dial: Dial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await with_panel(dial, allowed=(ME, OTHER))
    await phone.says("/lang zh", user_id=OTHER)
    await phone.says("/panel", user_id=OTHER)
    whole, tried = panel_view.panel, []

    def broken(reader: Any, *rest: Any) -> Any:
        if reader.language == "zh":
            tried.append(phone.house.clock.now())
            raise ZeroDivisionError
        return whole(reader, *rest)

    monkeypatch.setattr(panel_view, "panel", broken)
    await phone.house.check()
    # The task that keeps them looks by itself, and goes on looking.
    await phone.until(lambda: edits(phone, ME) and tried)
    await phone.house.check()
    await phone.until(lambda: len(edits(phone, ME)) == 2)
    assert len(tried) == 1
    assert [record.levelno for record in caplog.records if f"the panel of user {OTHER} broke" in record.message] == [
        logging.ERROR
    ]
    assert not any(task.done() for task in phone.side._tasks if task.get_name() == "panels")


async def test_a_stranger_never_gets_one_and_who_owns_no_more_gets_no_more(dial: Dial) -> None:
    phone = await with_panel(dial, allowed=(ME, OTHER))
    assert await phone.says("/panel", user_id=STRANGER) == ""
    assert phone.house.ledger.note(f"panel:{STRANGER}") is None
    await phone.says("/panel", user_id=OTHER)
    phone._allowed = frozenset({ME})
    await phone.restart()
    await phone.house.check()
    await tick(phone)
    assert edits(phone, ME)
    assert not edits(phone, OTHER)


# Buttons


async def test_pause_and_resume_act_at_once_and_show_it(dial: Dial) -> None:
    phone = await with_panel(dial)
    assert (await phone.press("Pause")).startswith("⏸ Paused")
    assert phone.toast == "Paused: I close nothing by myself."
    assert phone.house.ledger.paused() == {ALL}
    assert phone.house.listener.of("paused")[0].by == ME
    (switch,) = panel(phone)["reply_markup"]["inline_keyboard"][0]
    assert (switch["text"], switch["style"]) == ("🟢 Resume", "success")
    assert (await phone.press("🟢 Resume")).startswith("🟢 Running")
    assert phone.toast == "Running again, everything."
    assert phone.house.ledger.paused() == frozenset()


async def test_two_people_press_one_effect_both_are_told(dial: Dial) -> None:
    phone = await with_panel(dial, allowed=(ME, OTHER))
    await phone.says("/panel", user_id=OTHER)
    theirs = panel(phone, OTHER)["message_id"]
    await phone.press("pa:", on=panel(phone)["message_id"])
    await phone.press("pa:", user_id=OTHER, on=theirs)
    assert phone.toast == "It was paused already."
    assert len(phone.house.listener.of("paused")) == 1
    assert panel(phone, OTHER)["text"].startswith("⏸ Paused")
    await phone.press("pb:", user_id=OTHER, on=theirs)
    await phone.press("pb:", on=panel(phone)["message_id"])
    assert phone.toast == "It was not paused."
    assert len(phone.house.listener.of("resumed")) == 1


async def test_a_pause_that_is_not_written_down_says_so(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await with_panel(dial)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
    assert "cannot be written down" in await phone.press("Pause")
    assert not phone.toast
    assert phone.house.ledger.paused() == {"*"}


@pytest.mark.parametrize(("button", "words"), [("Positions", "CRV long"), ("Pairs", "CRV"), ("Report", "equity")])
async def test_what_else_is_asked_for_comes_below_and_the_panel_stays(dial: Dial, button: str, words: str) -> None:
    phone = await with_panel(dial, paper_leg(), paper_leg(side="short"))
    stands = phone.tg.pinned
    assert words in await phone.press(button)
    assert phone.messages()[-1]["message_id"] != stands
    assert phone.tg.pinned == stands
    assert panel(phone)["text"].startswith("🟢")


async def test_a_press_on_a_panel_that_nobody_keeps_takes_it_away(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.messages)
    # Taken by Telegram, but its answer was lost.
    phone.tg.fail_next("sendMessage", 502, "Bad Gateway", after_effect=True)
    await phone.says("/panel")
    await tick(phone)
    first, second = [message["message_id"] for message in phone.messages() if "equity" in message["text"]]
    await phone.press("pa:", on=first)
    assert phone.house.ledger.paused() == {ALL}
    assert [message["message_id"] for message in phone.messages() if "equity" in message["text"]] == [second]
    assert panel(phone)["text"].startswith("⏸")


# Today


async def filled(house: House, roi: int) -> None:
    house.set_roi(CRV, roi)
    await house.check(2)


async def test_what_was_realised_today_is_the_sum_of_its_orders_less_fees(dial: Dial) -> None:
    phone = await with_panel(dial, paper_leg(entry_price="5"))
    await filled(phone.house, 26)
    orders = list(phone.house.paper.orders.values())
    expected = sum((order.realised_pnl - order.fee for order in orders), Decimal(0))
    assert expected > 0
    await tick(phone, after=0)
    assert f"Realised today, net <b>+{expected:.2f} U</b> · orders 1" in edits(phone)[-1]
    await phone.restart()
    # The day has been read from disk, and not while the next order fills.
    await tick(phone)
    await filled(phone.house, 36)
    orders = list(phone.house.paper.orders.values())
    expected = sum((order.realised_pnl - order.fee for order in orders), Decimal(0))
    await tick(phone)
    assert f"Realised today, net <b>+{expected:.2f} U</b> · orders 2" in edits(phone)[-1]
    # The next day nothing was realised yet, and the change counts from its first look.
    phone.house.clock.forward(86400)
    await phone.house.check(every=0)
    await tick(phone)
    assert "Realised today, net <b>0.00 U</b> · orders 0" in edits(phone)[-1]
    assert "<b>0.00 U</b> (0.00%) since" in edits(phone)[-1]


async def test_today_is_the_day_of_the_zone(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    await filled(house, 26)
    shanghai = dt.timezone(dt.timedelta(hours=8))
    today = TodayTotals(house.checker, shanghai)
    # 12:00 in UTC is 20:00 there: four hours later it is the next day, and in UTC still the same.
    first = await today.reading(house.clock.now())
    assert first is not None
    assert first.takings.orders == 1
    house.clock.forward(4 * 3600)
    second = await today.reading(house.clock.now())
    assert second is not None
    assert second.takings.orders == 0
    utc = await TodayTotals(house.checker, dt.UTC).reading(house.clock.now())
    assert utc is not None
    assert utc.takings.orders == 1
    house.ledger.close()


@pytest.mark.parametrize("events", [1, MOST_AT_ONCE, MOST_AT_ONCE + 1, 500])
async def test_no_order_is_lost_or_counted_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: int) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    await filled(house, 26)
    (fill,) = house.listener.of("tier_filled")
    today = TodayTotals(house.checker, dt.UTC)
    before = await today.reading(house.clock.now())
    with house.checker.journal.step():
        for _ in range(events):
            house.checker.journal.record(fill)
    one_by_one = house.ledger.event
    read: list[int] = []

    def counted(number: int) -> Any:
        read.append(number)
        return one_by_one(number)

    monkeypatch.setattr(house.ledger, "event", counted)
    for _ in range(2):
        after = await today.reading(house.clock.now())
        assert before is not None
        assert after is not None
        assert after.takings.orders == before.takings.orders + events
        assert after.takings.tier == before.takings.tier * (1 + events)
    # Older ones may lie in the archive, where finding one reads a month.
    assert len(read) == (events if events <= MOST_AT_ONCE else 0)
    house.ledger.close()


async def test_what_is_filled_while_the_day_is_read_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    await filled(house, 26)
    (fill,) = house.listener.of("tier_filled")
    whole = house.ledger.since

    def meanwhile(moment: dt.datetime) -> Any:
        with house.checker.journal.step():
            house.checker.journal.record(fill)
        return whole(moment)

    monkeypatch.setattr(house.ledger, "since", meanwhile)
    today = TodayTotals(house.checker, dt.UTC)
    orders = []
    for _ in range(2):
        reading = await today.reading(house.clock.now())
        assert reading is not None
        orders.append(reading.takings.orders)
    assert orders == [1, 2]
    house.ledger.close()


async def test_a_late_word_of_yesterday_is_not_todays(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    await filled(house, 26)
    (fill,) = house.listener.of("tier_filled")
    today = TodayTotals(house.checker, dt.UTC)
    before = await today.reading(house.clock.now())
    with house.checker.journal.step():
        house.checker.journal.record(fill.replaced(at=fill.at - dt.timedelta(days=1)))
    assert await today.reading(house.clock.now()) == before
    house.ledger.close()


class Unreadable(EquityHistory):
    tries = 0

    def append(self, sample: Any) -> None:
        pass

    def since(self, moment: dt.datetime) -> list[Any]:
        self.tries += 1
        raise PermissionError(13, "Permission denied")


async def test_a_day_that_cannot_be_read_is_tried_again_after_a_minute(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.checker.equity_history, kept = (equity_history := Unreadable()), house.checker.equity_history
    today = TodayTotals(house.checker, dt.UTC)
    for _ in range(5):
        assert await today.reading(house.clock.now()) is None
        house.clock.forward(10)
    assert equity_history.tries == 1
    house.checker.equity_history = kept
    house.clock.forward(10)
    assert await today.reading(house.clock.now()) is not None
    house.ledger.close()


def hang(phone: Phone, monkeypatch: pytest.MonkeyPatch, user_id: int) -> asyncio.Event:
    """Let Telegram keep quiet about every change of this person's messages, until the event is set."""
    release, pass_on = asyncio.Event(), phone.wire.do_request

    async def slow(url: str, method: str, request_data: Any = None, *times: Any, **more: Any) -> tuple[int, bytes]:
        if url.endswith("editMessageText") and request_data.parameters["chat_id"] == user_id:
            await release.wait()
        return await pass_on(url, method, request_data, *times, **more)

    monkeypatch.setattr(phone.wire, "do_request", slow)
    return release


async def test_a_panel_that_stands_is_not_told_of_the_start_when_the_first_check_is_about_to_say_more(dial: Dial) -> None:
    phone = await with_panel(dial)
    await phone.side.stop()
    phone.house.restart()
    phone._build()
    await phone.start()
    await phone.commands.panels.tick(phone.app.bot, phone.owners.ids())
    assert edits(phone) == []
    await phone.house.check()
    await tick(phone)
    assert edits(phone)
    assert all(text.startswith("🟢") for text in edits(phone))


async def test_a_first_check_that_takes_long_is_named_on_the_panel(dial: Dial) -> None:
    phone = await with_panel(dial)
    await phone.side.stop()
    phone.house.restart()
    phone._build()
    await phone.start()
    phone.house.clock.forward(11)
    await tick(phone)
    assert "first check" in edits(phone)[-1]
