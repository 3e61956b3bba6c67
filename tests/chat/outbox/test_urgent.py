"""What must be heard: it waits in memory, and goes out by the second way when Telegram is silent."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import FakeSiren, fail, key, paper_leg
from tests.fixtures.waiting import until
from tests.simulation.phone.outbox import SECOND, Post
from tests.simulation.phone.phone import ME
from tgtp.chat.events import alert as alert_module
from tgtp.chat.outbox import fallback_channel, writing
from tgtp.chat.outbox.fallback_channel import FIRST_PAUSE, MOST_SOUNDED, SILENT_AFTER
from tgtp.chat.outbox.urgent import MOST_WAITING
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.notifications.outbox_entry import CRITICAL
from tgtp.errors import AccessRefused, Problem
from tgtp.settings.alerts import AlertSettings

CRV = key()


def of(kind: str) -> Any:
    return next(event for event in EVENTS if event.kind == kind)


@pytest.fixture
def fallback(post: Post) -> FakeSiren:
    fallback = FakeSiren()
    post.fallback = fallback
    post.begin()
    return fallback


async def pass_time(post: Post, seconds: float) -> None:
    """Let time pass as the running outbox would: looking again whenever it wants to."""
    end = post.time + seconds
    while post.time < end:
        pause = await post.deliver()
        await asyncio.sleep(0)
        post.time = min(end, post.time + (pause or seconds))
    await post.deliver()
    await asyncio.sleep(0)


# Ringing


async def test_what_rings_comes_before_all_else_to_every_owner(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(2)
    post.outbox.send_urgent("alarm", Problem.of_words("the disk is full"))
    assert post.news.is_set()
    await post.deliver()
    for user_id in (ME, SECOND):
        assert "Nothing is guarded: the disk is full" in post.texts(user_id)[0]
        assert post.got(user_id) == [1, 2]
    await post.deliver()
    assert len(post.texts()) == 3


async def test_what_rings_waits_until_telegram_is_back_and_the_disk_need_not_be(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
    post.tg.offline = True
    post.outbox.send_urgent("alarm", Problem.of_words("the disk is full"))
    await post.deliver()
    post.house.clock.forward(120)
    post.tg.offline = False
    post.time += 1
    await post.deliver()
    (text,) = post.texts()
    assert "This message is late" in text
    assert "the disk is full" in text
    post.time += 100
    await post.deliver()
    assert len(post.texts()) == 1


async def test_who_comes_later_does_not_hear_what_is_past(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.outbox.send_urgent("alarm", Problem.of_words("the disk is full"))
    await post.deliver()
    post.owners = frozenset({ME, SECOND})
    await post.deliver()
    assert post.texts(SECOND) == []


async def test_only_the_newest_ring(post: Post) -> None:
    for number in range(MOST_WAITING + 5):
        post.outbox.send_urgent("alarm", Problem.of_words(f"<{number}>"))
    await post.deliver()
    assert len(post.texts()) == MOST_WAITING
    assert "<5>" in post.texts()[0]


# The second way out


@pytest.mark.parametrize("kind", sorted(CRITICAL))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_critical_goes_out_when_telegram_was_silent_for_a_minute(
    post: Post, fallback: FakeSiren, kind: str, language: Language
) -> None:
    post.language = language
    post.record(of(kind))
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER - 1)
    assert fallback.tried == 0
    await pass_time(post, 2)
    (text,) = fallback.texts
    assert "#1" in text
    assert ("Telegram is unreachable" in text) == (language == "en")
    assert "<" not in text
    await pass_time(post, 1000)
    assert fallback.tried == 1
    # It still goes to Telegram when that is back, and is struck there only.
    assert post.waiting() == [1]
    post.tg.offline = False
    await pass_time(post, 31)
    assert post.got() == [1]
    assert post.waiting() == []
    assert fallback.tried == 1


async def test_what_is_not_critical_waits(post: Post, fallback: FakeSiren) -> None:
    post.record(*(event for event in EVENTS if event.kind not in CRITICAL))
    post.tg.offline = True
    await pass_time(post, 1000)
    assert fallback.tried == 0


async def test_while_telegram_takes_messages_nothing_sounds(post: Post, fallback: FakeSiren) -> None:
    for _ in range(5):
        post.record(of("exchange_lost"))
        post.tg.fail_next("sendMessage", 502, "Bad Gateway", times=3)
        await pass_time(post, 50)
    assert fallback.tried == 0
    assert post.got() == [1, 2, 3, 4, 5]


async def test_one_message_that_telegram_takes_ends_the_silence(post: Post, fallback: FakeSiren) -> None:
    post.record(*[of("exchange_lost")] * 3)
    post.tg.offline = True
    await pass_time(post, 50)
    post.tg.offline = False
    post.wire.after(1, lambda: setattr(post.tg, "offline", True))
    post.time += 1
    await post.deliver()
    assert post.got() == [1]
    await pass_time(post, SILENT_AFTER - 1)
    assert fallback.tried == 0
    await pass_time(post, 2)
    assert fallback.tried == 1


async def test_a_restart_does_not_sound_again(post: Post, fallback: FakeSiren) -> None:
    post.record(of("trading_forbidden"))
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER)
    assert fallback.tried == 1
    post.house.restart()
    post.begin()
    await pass_time(post, 1000)
    assert fallback.tried == 1
    post.record(of("exchange_lost"))
    await pass_time(post, 2)
    assert fallback.tried == 2
    assert "#2" in fallback.texts[1]
    assert "#1" not in fallback.texts[1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_cannot_be_told_holds_up_nothing_of_what_is_critical(
    post: Post, fallback: FakeSiren, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    post.language = language
    read, alert = post.house.ledger.event, alert_module.alert

    def unreadable(number: int) -> Any:
        if number == 1:
            raise OSError("Input/output error")
        return read(number)

    def wordless(reader: Any, number: int, event: Any) -> Any:
        if number == 2:
            raise KeyError("planted")
        return alert(reader, number, event)

    def speechless(_: Language) -> str:
        raise KeyError("planted")

    monkeypatch.setattr(post.house.ledger, "event", unreadable)
    monkeypatch.setattr(writing, "alert", wordless)
    post.record(*[of("exchange_lost")] * 3)
    post.outbox.send_urgent("alarm", speechless)
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER + 1)
    (text,) = fallback.texts
    alarm, first, second, third = text.split("\n\n")[1:]
    assert ("An alarm could not be put into words" if language == "en" else "有一条警报无法显示") in alarm
    for number, said in (1, first), (2, second):
        assert (f"Message #{number} could not be read" if language == "en" else f"消息 #{number} 无法读取") in said
    assert "#3" in third
    await pass_time(post, 1000)
    assert fallback.tried == 1
    post.tg.offline = False
    await pass_time(post, 31)
    assert alarm in post.texts()[0]
    assert post.waiting() == []


async def test_a_second_way_that_breaks_is_tried_again(
    post: Post, fallback: FakeSiren, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: str) -> bool:
        raise KeyError("planted")

    post.record(of("exchange_lost"))
    post.tg.offline = True
    with monkeypatch.context() as patch:
        patch.setattr(fallback, "sound", broken)
        await pass_time(post, SILENT_AFTER + 1)
    await pass_time(post, FIRST_PAUSE + 1)
    assert len(fallback.texts) == 1
    await pass_time(post, 1000)
    assert fallback.tried == 1


async def test_what_the_end_of_the_program_breaks_off_goes_out_after_the_next_start(post: Post, fallback: FakeSiren) -> None:
    fallback.held = asyncio.Event()
    running = asyncio.create_task(post.outbox.run(post.bot))
    post.record(of("exchange_lost"))
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER + 1)
    assert (fallback.tried, fallback.texts) == (1, [])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    fallback.held.set()
    post.house.restart()
    post.begin()
    await pass_time(post, SILENT_AFTER + 1)
    assert len(fallback.texts) == 1
    assert "#1" in fallback.texts[0]
    await pass_time(post, 1000)
    assert fallback.tried == 2


async def test_that_it_goes_out_is_on_disk_before_it_does(post: Post, fallback: FakeSiren) -> None:
    fallback.held = asyncio.Event()
    post.record(of("order_rejected"))
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER)
    assert (fallback.tried, fallback.texts) == (1, [])
    assert json.loads((post.house.folder / "ledger.json").read_text())["outbox"]["1"]["sounded"] is True
    post.tg.offline = False
    await pass_time(post, 31)
    # Telegram did not wait for it.
    assert post.got() == [1]
    fallback.held.set()
    await until(lambda: fallback.texts)


async def test_a_second_way_that_fails_is_tried_again_with_a_growing_pause(
    post: Post, fallback: FakeSiren, caplog: pytest.LogCaptureFixture
) -> None:
    fallback.broken = True
    post.record(of("order_unresolved"))
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER)
    assert fallback.tried == 1
    await pass_time(post, FIRST_PAUSE - 1)
    assert fallback.tried == 1
    await pass_time(post, 2)
    assert fallback.tried == 2
    await pass_time(post, 2 * FIRST_PAUSE - 2)
    assert fallback.tried == 2
    fallback.broken = False
    await pass_time(post, FIRST_PAUSE)
    assert fallback.tried == 3
    assert len(fallback.texts) == 1
    assert caplog.text.count("ALERT_URLS") == 2
    await pass_time(post, 1000)
    assert fallback.tried == 3


async def test_who_blocks_the_bot_alone_is_no_silence(post: Post, fallback: FakeSiren) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.record(of("exchange_lost"))
    post.tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await post.deliver()
    assert post.got(SECOND) == [1]
    post.tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user", times=100)
    await pass_time(post, 1000)
    assert fallback.tried == 0


async def test_a_flood_that_lasts_is_a_silence(post: Post, fallback: FakeSiren) -> None:
    post.record(of("exchange_lost"))
    post.tg.fail_next("sendMessage", 429, "Too Many Requests: retry after 3000", parameters={"retry_after": 3000})
    await pass_time(post, SILENT_AFTER + 1)
    assert fallback.tried == 1


async def test_what_rings_goes_out_too_though_the_disk_is_full(
    post: Post, fallback: FakeSiren, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.record(of("exchange_lost"))

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
    post.tg.offline = True
    post.outbox.send_urgent("alarm", Problem.of_words("the disk is full"))
    await pass_time(post, 1000)
    (text,) = fallback.texts
    assert "🚨 Nothing is guarded: the disk is full" in text
    assert "#1" in text


async def test_many_are_counted(post: Post, fallback: FakeSiren) -> None:
    post.record(*[of("order_rejected")] * 25)
    post.tg.offline = True
    await pass_time(post, SILENT_AFTER)
    (text,) = fallback.texts
    assert text.count("refused to close") == MOST_SOUNDED
    assert "… and 15 more" in text
    await pass_time(post, 1000)
    assert fallback.tried == 1


async def test_with_no_owner_yet_it_is_the_only_way(post: Post, fallback: FakeSiren) -> None:
    post.owners = frozenset()
    post.record(of("exchange_lost"))
    await pass_time(post, SILENT_AFTER + 1)
    assert fallback.tried == 1


async def test_without_a_fallback_nothing_is_different(post: Post) -> None:
    post.record(of("exchange_lost"))
    post.tg.offline = True
    await pass_time(post, 1000)
    assert not any(told.sounded for told in post.house.ledger.outbox())


async def test_refused_keys_reach_the_fallback_through_the_whole_house(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback_channel, "SILENT_AFTER", 0.05)
    fallback = FakeSiren()
    phone = await dial(paper_leg(), fallback=fallback)
    await phone.until(phone.alerts)
    phone.tg.offline = True
    phone.house.exchange.before = fail("snapshot", AccessRefused("50111: Invalid OK-ACCESS-KEY"), times=1)
    await phone.house.check()
    await phone.until(lambda: fallback.texts)
    assert "OKX refuses the keys: 50111" in fallback.texts[0]


@pytest.mark.parametrize("kind", ["tier_filled", "hedge_filled"])
@pytest.mark.parametrize("level", ["critical", "tiers"])
async def test_tiers_go_out_by_the_second_way_where_that_is_wanted(
    post: Post, fallback: FakeSiren, kind: str, level: str
) -> None:
    fallback.also = AlertSettings(alert_level=level).also_sounded
    post.tg.offline = True
    post.record(of(kind), of("leg_opened"))
    await pass_time(post, SILENT_AFTER - 1)
    assert fallback.texts == []
    await pass_time(post, 2 * SILENT_AFTER)
    # Once, and nothing that is of no such kind.
    assert len(fallback.texts) == (level == "tiers")
    assert all(text.count("UTC\n") == 1 for text in fallback.texts)
