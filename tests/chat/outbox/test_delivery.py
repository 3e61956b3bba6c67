"""Delivery: in order, each once, whenever Telegram is there; and never in the way of a check."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.waiting import until
from tests.simulation.phone.outbox import SECOND, Post
from tests.simulation.phone.phone import ME, Phone
from tgtp.adapters.storage import atomic_file
from tgtp.adapters.storage import ledger as ledger_module
from tgtp.chat.bot.application import build_application
from tgtp.chat.events import alert as alert_module
from tgtp.chat.formatting.notification_levels import wish_of
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import send
from tgtp.chat.outbox import batching as batching_module
from tgtp.chat.outbox import delivery as delivery_module
from tgtp.chat.outbox.delivery import DEAF_PAUSE, LONGEST_PAUSE
from tgtp.chat.outbox.reply_threads import MOST_THREADS, ReplyThreads
from tgtp.chat.texts import LANGUAGES, Html, Language
from tgtp.domain.events import TradingAllowed, TradingForbidden
from tgtp.errors import Problem

CRV, SHORT = key(), key(side="short")


async def test_in_order_each_once(post: Post) -> None:
    post.put(3)
    assert await post.deliver() is None
    assert post.got() == [1, 2, 3]
    assert len(post.texts()) == 3
    assert post.waiting() == []
    assert await post.deliver() is None
    assert len(post.got()) == 3


async def test_every_owner_gets_each_once(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(3)
    assert await post.deliver() is None
    assert post.got() == post.got(SECOND) == [1, 2, 3]
    assert post.waiting() == []


async def test_who_did_it_is_not_told(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(except_for=ME)
    await post.deliver()
    assert (post.got(), post.got(SECOND)) == ([], [1])
    assert post.waiting() == []
    post.owners = frozenset({ME})
    post.put(except_for=ME)
    await post.deliver()
    assert post.got() == []
    assert post.waiting() == []


async def test_offline_and_back(post: Post) -> None:
    post.put(2)
    post.tg.offline = True
    pauses = []
    for _ in range(8):
        pauses.append(await post.deliver())
        post.time += LONGEST_PAUSE
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    post.put()
    post.tg.offline = False
    assert await post.deliver() is None
    assert post.got() == [1, 2, 3]


async def test_an_outage_in_the_middle_keeps_the_order(post: Post) -> None:
    post.put(3)
    post.tg.fail_next("sendMessage", 502, "Bad Gateway")
    assert await post.deliver() == 1
    assert post.got() == []
    post.time += 1
    await post.deliver()
    assert post.got() == [1, 2, 3]


async def test_a_flood_is_obeyed_whatever_comes_meanwhile(post: Post) -> None:
    post.put(2)
    post.tg.fail_next("sendMessage", 429, "Too Many Requests: retry after 17", parameters={"retry_after": 17})
    assert await post.deliver() == pytest.approx(17.1)
    for _ in range(17):
        post.put()
        assert await post.deliver() == pytest.approx(1000 + 17.1 - post.time)
        post.time += 1
    assert len(post.wire.calls) == 0
    post.time += 0.2
    assert await post.deliver() is None
    assert post.got() == list(range(1, 20))


async def test_a_flood_for_one_does_not_hold_up_another(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(2)
    post.tg.fail_next("sendMessage", 429, "Too Many Requests: retry after 9", parameters={"retry_after": 9})
    assert await post.deliver() == pytest.approx(9.1)
    assert (post.got(), post.got(SECOND)) == ([], [1, 2])
    post.time += 10
    assert await post.deliver() is None
    assert (post.got(), post.got(SECOND)) == ([1, 2], [1, 2])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
    ],
)
async def test_who_cannot_be_reached_holds_up_nobody(
    post: Post, status: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(2)
    for _ in range(3):
        post.tg.fail_next("sendMessage", status, words)
        assert await post.deliver() == DEAF_PAUSE
        post.time += DEAF_PAUSE
    assert (post.got(), post.got(SECOND)) == ([], [1, 2])
    assert sum("cannot be reached" in record.getMessage() for record in caplog.records) == 1
    assert await post.deliver() is None
    assert post.got() == [1, 2]


async def test_markup_that_telegram_refuses_is_sent_as_plain_text(post: Post) -> None:
    post.put(2)
    post.tg.fail_next("sendMessage", 400, "Bad Request: can't parse entities: Unsupported start tag")
    assert await post.deliver() is None
    assert post.got() == [1, 2]
    plain, marked = post.wire.of("sendMessage")
    assert "<" not in plain["text"]
    assert "parse_mode" not in plain
    assert marked["parse_mode"] == "HTML"


async def test_buttons_that_telegram_refuses_are_left_off(post: Post) -> None:
    message = Message(Html("<b>1 &lt; 2</b>"), ((Button("x", "y" * 65),),))
    await send(post.bot, ME, message)
    (sent,) = post.wire.posts.values()
    assert sent["text"] == "1 < 2"


async def test_a_text_that_is_too_long_is_cut_rather_than_lost(post: Post) -> None:
    await send(post.bot, ME, Message(Html("<b>" + "🔥" * 5000 + "</b>")))
    (sent,) = post.wire.posts.values()
    assert 3900 < len(sent["text"].encode("utf-16-le")) / 2 <= 4096


async def test_a_lost_reply_may_double_but_never_loses(post: Post) -> None:
    post.put(2)
    post.tg.fail_next("sendMessage", 500, "Internal Server Error", after_effect=True)
    await post.deliver()
    post.time += 1
    assert await post.deliver() is None
    # The first one's fate was unknown: it came twice, with the same number, and the wire has seen one answer for it.
    assert [text.rsplit("#")[-1] for text in post.phone.texts()] == ["1", "1", "2"]


async def test_a_refused_token_waits(post: Post) -> None:
    post.put()
    post.tg.fail_next("sendMessage", 401, "Unauthorized")
    assert await post.deliver() == LONGEST_PAUSE
    post.time += LONGEST_PAUSE
    assert await post.deliver() is None
    assert post.got() == [1]


async def test_undelivered_messages_survive_a_restart(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(3)
    post.tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await post.deliver()
    post.house.restart()
    post.begin()
    assert await post.deliver() is None
    assert (post.got(), post.got(SECOND)) == ([1, 2, 3], [1, 2, 3])


async def test_a_full_disk_does_not_repeat_a_message(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.put(2)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        for _ in range(5):
            assert await post.deliver() == LONGEST_PAUSE
            post.time += LONGEST_PAUSE
    assert post.got() == [1, 2]
    assert post.waiting() == [1, 2]
    # Written as soon as there is room again, or a restart would send them anew.
    assert await post.deliver() is None
    assert post.waiting() == []
    post.house.restart()
    post.begin()
    await post.deliver()
    assert post.got() == [1, 2]


async def test_nobody_paired_yet_waits(post: Post) -> None:
    post.owners = frozenset()
    post.put(2)
    assert await post.deliver() is None
    assert post.wire.calls == []
    post.owners = frozenset({ME})
    await post.deliver()
    assert post.got() == [1, 2]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_cannot_be_read_is_said_once_and_holds_up_none(
    post: Post, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    post.language = language
    read = post.house.ledger.event

    def unreadable(number: int) -> Any:
        if number == 2:
            raise OSError("Input/output error")
        return None if number == 4 else read(number)

    monkeypatch.setattr(post.house.ledger, "event", unreadable)
    post.put(2)
    assert await post.deliver() is None
    assert post.got() == [2, 1]
    assert ("Message #2 could not be read" if language == "en" else "消息 #2 无法读取") in post.texts()[0]
    assert not post.wire.of("sendMessage")[0].get("disable_notification")
    post.put(3)
    assert await post.deliver() is None
    assert post.got() == [2, 1, 4, 3, 5]
    assert await post.deliver() is None
    assert post.waiting() == []
    assert len(post.texts()) == 5


async def test_many_that_cannot_be_read_are_one_message(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post.house.ledger, "event", lambda _: None)
    post.put(9)
    assert await post.deliver() is None
    (text,) = post.texts()
    assert "9 messages, #1 to #9, could not be read" in text
    assert post.waiting() == []


async def test_one_person_who_cannot_be_served_holds_up_nobody(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})

    def broken(ledger: Any, user_id: int) -> Any:
        if user_id == min(ME, SECOND):
            raise KeyError("planted")
        return wish_of(ledger, user_id)

    post.put()
    with monkeypatch.context() as patch:
        patch.setattr(delivery_module, "wish_of", broken)
        assert await post.deliver() == LONGEST_PAUSE
    assert post.got(max(ME, SECOND)) == [1]
    assert post.got(min(ME, SECOND)) == []
    post.time += LONGEST_PAUSE
    assert await post.deliver() is None
    assert post.got(max(ME, SECOND)) == post.got(min(ME, SECOND)) == [1]


async def test_where_the_place_of_a_message_is_not_found_its_words_go_alone(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("planted")

    for part in ("before", "go_on"):
        with monkeypatch.context() as patch:
            patch.setattr(ReplyThreads, part, broken)
            post.put()
            await post.deliver()
        post.time += LONGEST_PAUSE
        assert await post.deliver() is None
    assert post.got() == [1, 2]
    assert post.waiting() == []


async def test_two_deliveries_at_once_send_once(post: Post) -> None:
    post.put(3)
    await asyncio.gather(post.deliver(), post.deliver(), post.deliver())
    assert post.got() == [1, 2, 3]


async def test_the_running_outbox_wakes_for_news(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "FIRST_PAUSE", 0.01)
    task = asyncio.create_task(post.outbox.run(post.bot))
    post.put()
    post.news.set()
    await until(lambda: post.got() == [1])
    post.tg.offline = True
    post.put()
    post.news.set()
    await until(lambda: post.outbox._backoffs)
    post.tg.offline = False
    post.time += 1
    await until(lambda: post.got() == [1, 2])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_check_does_not_wait_for_telegram(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    phone.tg.offline = True
    phone.house.set_roi(CRV, 60)
    await phone.house.check(3)
    assert phone.house.fired(CRV) == [1, 2, 3]
    assert len(phone.alerts()) == 1
    phone.tg.offline = False
    phone.news.set()
    await phone.until(lambda: len(phone.alerts()) == 4)
    assert ["tier 1" in text or "tier 2" in text or "tier 3" in text for text in phone.alerts()[1:]] == [True] * 3
    numbers = [int(text.rsplit("#", 1)[1]) for text in phone.alerts()]
    assert numbers == sorted(set(numbers))


async def test_the_goodbye_goes_out_at_the_end(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    phone.house.checker.say_goodbye()
    await phone.side.stop()
    assert "Stopped" in phone.alerts()[-1]
    assert phone.house.ledger.outbox() == []


async def test_what_happened_before_telegram_came_is_told_when_it_comes(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg())
    phone = Phone(house)
    phone.tg.offline = True
    phone.side.start()
    house.set_roi(CRV, 26)
    await house.check()
    phone.tg.offline = False
    await until(lambda: len(phone.alerts()) == 2)
    assert "watches" in phone.alerts()[0]
    assert "tier 1" in phone.alerts()[1]
    await phone.stop()


async def test_a_message_that_breaks_is_said_and_does_not_silence_those_beside_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = alert_module.alert

    def broken(reader: Any, number: int, event: Any) -> Message:
        if event.kind == "trading_forbidden":
            raise KeyError("planted")
        return alert(reader, number, event)

    monkeypatch.setattr(batching_module, "alert", broken)
    now = post.house.clock.now()
    post.record(TradingAllowed(at=now), TradingForbidden(at=now), TradingAllowed(at=now))
    post.house.clock.forward(120)
    assert await post.deliver() is None
    assert post.got() == [2, 1, 3]
    assert "Message #2 could not be read or put into words" in post.texts()[0]
    assert [("were delayed" in text) for text in post.texts()] == [True, False, False]
    assert post.waiting() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 3])
async def test_events_that_cannot_be_said_are_named_and_hold_up_none(post: Post, language: Language, count: int) -> None:
    post.language = language
    (tier,) = (event for event in EVENTS if event.kind == "tier_filled")
    # As a newer version, or a hand, has left them in the ledger.
    (started, *_) = (event for event in EVENTS if event.kind == "started")
    unheard = started.replaced(at=post.house.clock.now(), exchange="an exchange <b>of later</b>")
    boundless = tier.replaced(at=post.house.clock.now(), order=tier.order.replaced(realised_pnl="1E+40"))
    post.record(*[boundless] * count, unheard)
    post.put()
    assert await post.deliver() is None
    assert post.got() == [*range(1, count + 3)]
    assert post.waiting() == []
    said = "\n".join(post.texts())
    # However large a number is, it can be said.
    assert said.count("+10,000,000,000") >= count
    assert said.count("started") == 1


async def test_the_bot_can_be_built_for_the_network() -> None:
    app = build_application("123:abc", "http://127.0.0.1:9")
    assert app.bot.base_url == "http://127.0.0.1:9/bot123:abc"
    assert app.bot.base_file_url == "http://127.0.0.1:9/file/bot123:abc"


@pytest.mark.parametrize("turns", range(4))
async def test_news_at_the_very_end_does_not_keep_the_program_from_ending(post: Post, turns: int) -> None:
    post.tg.offline = True
    post.put()
    task = asyncio.ensure_future(post.outbox.run(post.bot))
    # A try has failed, and it waits for the next one or for news.
    await until(lambda: post.outbox._backoffs and not post.outbox._one_at_a_time.locked())
    post.news.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (8, "⚠️ 3 older messages, #1 to #3, waited too long and were dropped. /history shows what happened."),
        (6, "⚠️ An older message, #1, waited too long and was not kept. /history has what happened."),
    ],
)
async def test_what_waits_too_long_gives_way_and_that_is_said_first(
    post: Post, monkeypatch: pytest.MonkeyPatch, count: int, said: str
) -> None:
    monkeypatch.setattr(ledger_module, "MOST_WAITING", 5)
    post.put(count)
    kept = range(count - 4, count + 1)
    assert [told.number for told in post.house.ledger.outbox()] == list(kept)
    post.tg.fail_next("sendMessage", 500, "Internal Server Error")
    await post.outbox.deliver(post.bot)
    post.time += 60
    await post.outbox.deliver(post.bot)
    texts = [message["text"] for message in post.tg.messages()]
    assert texts[0] == said
    assert all(f"#{number}" in "".join(texts[1:]) for number in kept)
    await post.outbox.deliver(post.bot)
    assert len(post.tg.messages()) == len(texts)
    assert post.house.ledger.note("dropped_messages") is None


# How loud


def wish(post: Post, user_id: int, levels: str = "", quiet: str = "") -> None:
    with post.house.ledger.step():
        post.house.ledger.keep_note(f"notify:{user_id}", levels)
        post.house.ledger.keep_note(f"quiet:{user_id}", quiet)


def of(post: Post, kind: str, **changes: Any) -> Any:
    return next(event for event in EVENTS if event.kind == kind).replaced(at=post.house.clock.now(), **changes)


def silences(post: Post, user_id: int = ME) -> list[bool]:
    return [bool(call.get("disable_notification")) for call in post.wire.of("sendMessage") if call["chat_id"] == user_id]


async def test_what_is_off_counts_as_delivered(post: Post) -> None:
    wish(post, ME, "tier off")
    post.record(of(post, "tier_filled"), of(post, "hedge_filled"), of(post, "tier_filled"))
    assert await post.deliver() is None
    assert post.got() == [2]
    assert post.waiting() == []
    # Switched on later, it is not told after all.
    wish(post, ME)
    assert await post.deliver() is None
    assert post.got() == [2]


async def test_what_is_off_for_one_waits_for_the_other(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    wish(post, ME, "tier off")
    post.record(of(post, "tier_filled"))
    post.tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await post.deliver()
    assert (post.got(), post.got(SECOND), post.waiting()) == ([], [], [1])
    assert post.house.ledger.outbox()[0].delivered_to == (ME,)
    post.house.restart()
    post.begin()
    wish(post, ME)
    assert await post.deliver() is None
    assert (post.got(), post.got(SECOND)) == ([], [1])


async def test_what_was_off_is_not_counted_as_delayed(post: Post) -> None:
    wish(post, ME, "tier off")
    post.record(*[of(post, "tier_filled")] * 5, of(post, "hedge_filled"))
    post.house.clock.forward(300)
    await post.deliver()
    (text,) = post.texts()
    assert text.startswith("🕰 This message is late")


async def test_a_list_rings_if_one_of_it_rings(post: Post) -> None:
    wish(post, ME, "tier silent")
    post.record(*[of(post, "tier_filled")] * 4)
    await post.deliver()
    post.record(*[of(post, "tier_filled")] * 4, of(post, "hedge_filled"))
    await post.deliver()
    assert silences(post) == [True, False]


async def test_quiet_is_judged_when_a_message_goes_out(post: Post) -> None:
    # It is 12:00 UTC.
    wish(post, ME, quiet="12:00-12:10")
    post.put()
    post.tg.offline = True
    await post.deliver()
    post.tg.offline = False
    post.time += 600
    post.house.clock.forward(600)
    await post.deliver()
    assert silences(post) == [False]


async def test_what_rings_past_the_ledger_rings_at_night(post: Post) -> None:
    wish(post, ME, "system off", "00:00-23:59")
    post.outbox.send_urgent("alarm", Problem.of_words("the disk is full"))
    await post.deliver()
    assert silences(post) == [False]


# Threads


def replies(post: Post, user_id: int = ME) -> list[int | None]:
    """For each message that a person has: which of theirs it answers, by its place."""
    mine = [shown for shown in post.wire.posts.values() if shown["chat"]["id"] == user_id]
    places = {shown["message_id"]: place for place, shown in enumerate(mine)}
    answered = [shown.get("reply_to_message", {}).get("message_id") for shown in mine]
    return [places[message_id] if message_id is not None else None for message_id in answered]


async def begun(post: Post) -> None:
    """Let the engine know two legs, and nothing wait."""
    post.house.paper.put_leg(paper_leg(side="short"))
    await post.house.check()
    await post.deliver()
    post.wire.posts.clear()


def tier(post: Post, of_leg: Any = CRV, **changes: Any) -> Any:
    event = of(post, "tier_filled", **changes)
    return event.replaced(intent=event.intent.replaced(leg=of_leg))


def shrank(post: Post, of_leg: Any = CRV) -> Any:
    return of(post, "leg_shrank", leg=of_leg)


async def test_each_alert_of_a_life_answers_the_one_before(post: Post) -> None:
    await begun(post)
    for event in (tier(post), tier(post, SHORT), shrank(post), of(post, "exchange_found"), shrank(post, SHORT), tier(post)):
        post.record(event)
        await post.deliver()
    assert replies(post) == [None, None, 0, None, 1, 2]


async def test_the_next_alert_answers_the_list_that_its_leg_was_in(post: Post) -> None:
    await begun(post)
    post.record(*[tier(post)] * 2, *[tier(post, SHORT)] * 2)
    await post.deliver()
    post.record(shrank(post, SHORT))
    await post.deliver()
    post.record(*[tier(post), tier(post, SHORT)] * 2)
    await post.deliver()
    post.record(tier(post))
    await post.deliver()
    assert replies(post) == [None, 0, None, 2]
    # A list of one leg alone is part of its story.
    post.record(*[tier(post)] * 4)
    await post.deliver()
    assert replies(post)[-1] == 3


async def test_another_life_is_another_story(post: Post) -> None:
    await begun(post)
    post.record(tier(post))
    await post.deliver()
    post.house.clock.forward(10)
    post.house.paper.put_leg(paper_leg(opened_at=post.house.clock.now()))
    await post.house.check()
    await post.deliver()
    assert "closed and opened again" in post.texts()[-1]
    post.record(shrank(post))
    await post.deliver()
    assert replies(post) == [None, None, 1]
    # What is gone is forgotten.
    assert len(post.house.ledger.note(f"threads:{ME}")) == 1


async def test_threads_go_on_after_a_restart_and_cost_no_write_of_their_own(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(post)
    written: list[int] = []
    write = atomic_file.write_whole

    def counted(path: Path, payload: bytes) -> None:
        written.append(len(json.loads(payload)["outbox"]))
        write(path, payload)

    post.record(tier(post))
    with monkeypatch.context() as disk:
        disk.setattr(atomic_file, "write_whole", counted)
        await post.deliver()
    assert written == [0]
    post.house.restart()
    post.begin()
    post.record(shrank(post))
    await post.deliver()
    assert replies(post) == [None, 0]


async def test_a_crash_before_it_is_marked_repeats_it_in_its_thread(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await begun(post)
    post.record(tier(post))
    await post.deliver()
    post.record(shrank(post))

    def crash(path: Path, payload: bytes) -> None:
        raise SystemExit

    with monkeypatch.context() as disk:
        disk.setattr(atomic_file, "write_whole", crash)
        with pytest.raises(SystemExit):
            await post.deliver()
    post.house.restart()
    post.begin()
    await post.deliver()
    post.record(tier(post))
    await post.deliver()
    assert replies(post) == [None, 0, 0, 2]


async def test_a_full_disk_does_not_tear_a_thread(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await begun(post)
    post.record(tier(post), shrank(post))

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(atomic_file, "write_whole", full)
        await post.deliver()
    post.record(tier(post))
    await post.deliver()
    assert replies(post) == [None, 0, 1]
    post.house.restart()
    post.begin()
    post.record(tier(post))
    await post.deliver()
    assert replies(post) == [None, 0, 1, 2]


async def test_a_lost_reply_does_not_tear_a_thread(post: Post) -> None:
    await begun(post)
    post.record(tier(post))
    post.tg.fail_next("sendMessage", 500, "Internal Server Error", after_effect=True)
    await post.deliver()
    post.time += 1
    await post.deliver()
    post.record(shrank(post))
    await post.deliver()
    assert replies(post) == [None, 0]


async def test_an_answer_to_a_message_that_was_deleted_stands_alone(post: Post) -> None:
    await begun(post)
    post.record(tier(post))
    await post.deliver()
    await post.bot.delete_message(ME, next(iter(post.wire.posts)))
    post.record(shrank(post))
    assert await post.deliver() is None
    assert replies(post) == [None, None]
    post.record(shrank(post))
    await post.deliver()
    assert replies(post) == [None, None, 1]


async def test_an_alert_that_may_not_answer_goes_without(post: Post) -> None:
    await begun(post)
    post.record(tier(post))
    await post.deliver()
    post.record(shrank(post))
    post.tg.fail_next("sendMessage", 400, "Bad Request: message to be replied not found", times=2)
    assert await post.deliver() is None
    assert replies(post) == [None, None]
    assert post.waiting() == []


async def test_each_person_has_their_own_thread(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    await begun(post)
    post.owners = frozenset({ME, SECOND})
    wish(post, SECOND, "tier off")
    post.record(tier(post))
    await post.deliver()
    post.record(shrank(post))
    await post.deliver()
    post.record(shrank(post))
    await post.deliver()
    assert replies(post) == [None, 0, 1]
    assert replies(post, SECOND) == [None, 0]


async def test_threads_are_bounded(tmp_path: Path) -> None:
    names = [f"C{number}-USDT-SWAP" for number in range(MOST_THREADS + 20)]
    house = House(tmp_path / "data", *(paper_leg(name) for name in names))
    await house.check()
    threads = ReplyThreads(house.ledger)
    for number, name in enumerate(names):
        event = next(event for event in EVENTS if event.kind == "leg_shrank").replaced(leg=key(name))
        threads.go_on(ME, [event], number + 1)
    with house.ledger.step():
        threads.keep(ME)
    kept = house.ledger.note(f"threads:{ME}")
    assert list(kept.values()) == list(range(21, MOST_THREADS + 21))
    house.ledger.close()
