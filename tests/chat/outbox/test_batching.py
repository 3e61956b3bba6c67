"""Bursts come as one message, and what was delayed says so first."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.every_event import AT, EVENTS
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.waiting import until
from tests.simulation.phone.outbox import SECOND, Post
from tests.simulation.phone.phone import ME
from tgtp.adapters.storage import atomic_file
from tgtp.chat.events.alert import alert
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import LONGEST_TEXT, bare, utf16
from tgtp.chat.outbox import delivery as delivery_module
from tgtp.chat.outbox.batching import LOUD, MOST_AS_THEMSELVES, ONCE, ONE_THING, batches
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.events import Event, ExchangeLost, LegGrew, TierFilled
from tgtp.errors import TemporarilyDown
from tgtp.local_telegram.bot_api.markup import parse_html

CRV = key()


def reader(language: Language = "en") -> Reader:
    return Reader(language, SEED_RULES, 10)


def of(kind: str) -> Any:
    return next(event for event in EVENTS if event.kind == kind)


# Folding


async def test_a_burst_is_one_message_that_lists_them(post: Post) -> None:
    now = post.house.clock.now()
    post.record(*(of("tier_filled").replaced(at=now) for _ in range(3)), of("hedge_filled").replaced(at=now))
    assert await post.deliver() is None
    (text,) = post.texts()
    assert post.got() == [1, 2, 3, 4]
    assert post.waiting() == []
    head, *rows = text.splitlines()
    assert "4 messages in one" in head
    assert [row.split()[0] for row in rows] == ["#1", "#2", "#3", "#4"]
    for words in (" CRV long", "tier 1", "+26.50%", "closed 30", "0.0000 U"):
        assert words in rows[0], words
    for words in (" CRV long", "hedge", "+26.50%", "closed 30", "U"):
        assert words in rows[3], words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_every_event_is_listed_by_its_line_or_told_whole(language: Language, event: Event) -> None:
    made = batches(reader(language), [(number, event) for number in range(1, 6)], event.at)
    if event.kind in LOUD | ONCE or (alert(reader(language), 1, event).asks and event.kind != ONE_THING):
        assert [batch.numbers for batch in made] == [(1,), (2,), (3,), (4,), (5,)]
        return
    (batch,) = made
    assert batch.numbers == (1, 2, 3, 4, 5)
    text = bare(batch.message.text)
    said = bare(line(reader(language), event))
    assert all(f"#{number} {said}" in text for number in batch.numbers)


def test_a_pause_of_all_accounts_by_one_command_is_one_alert() -> None:
    paused = of("paused")
    entries = [(number, paused if number == 1 else paused.replaced(account=f"sub{number}")) for number in range(1, 7)]
    (batch,) = batches(reader(), entries, AT)
    assert batch.numbers == (1, 2, 3, 4, 5, 6)
    head, numbers = bare(batch.message.text).splitlines()
    assert head == "main, sub2, sub3, sub4, sub5, sub6 · ⏸ everything paused by user 7"
    assert numbers == "#1 #2 #3 #4 #5 #6"


@pytest.mark.parametrize(
    "other",
    [{"by": 8}, {"name": "STX-USDT-SWAP"}, {"at": AT + dt.timedelta(seconds=5)}, {"account": "main"}],
    ids=lambda other: next(iter(other)),
)
def test_pauses_of_two_commands_are_two_alerts(other: dict[str, Any]) -> None:
    paused = of("paused")
    entries = [(1, paused), (2, paused.replaced(**{"account": "alpha", **other}))]
    assert [batch.numbers for batch in batches(reader(), entries, AT)] == [(1,), (2,)]


def test_pauses_whose_time_is_over_are_told_each() -> None:
    over = of("resumed").replaced(by=None, cause="time", until=AT)
    entries = [(1, over), (2, over.replaced(account="alpha"))]
    assert [batch.numbers for batch in batches(reader(), entries, AT)] == [(1,), (2,)]


def test_up_to_three_come_as_themselves() -> None:
    entries = [(number, of("stopped")) for number in range(1, MOST_AS_THEMSELVES + 1)]
    assert [batch.numbers for batch in batches(reader(), entries, AT)] == [(1,), (2,), (3,)]


def test_questions_and_what_is_loud_stand_alone_and_in_their_place() -> None:
    grown: LegGrew = of("leg_grew").replaced(rearmed=False)
    lost: ExchangeLost = of("exchange_lost")
    events = [of("stopped"), of("stopped"), grown, of("stopped"), lost, *[of("leg_rearmed")] * 3]
    made = batches(reader(), list(enumerate(events, 1)), AT)
    assert [batch.numbers for batch in made] == [(1, 2), (3,), (4,), (5,), (6, 7, 8)]
    assert [bool(batch.message.buttons) for batch in made] == [False, True, False, False, False]
    assert "#5" in made[3].message.text
    assert "#4" in made[2].message.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lateness", [0, 61])
def test_a_long_list_goes_over_several_messages_and_nothing_is_cut(language: Language, lateness: int) -> None:
    rejected = of("order_rejected").replaced(reason="<" * 400)
    entries = [(number, rejected if number % 3 else of("tier_filled")) for number in range(1, 101)]
    made = batches(reader(language), entries, AT + dt.timedelta(seconds=lateness))
    assert len(made) > 3
    assert [number for batch in made for number in batch.numbers] == list(range(1, 101))
    for batch in made:
        shown, entities = parse_html(batch.message.text)
        assert utf16(batch.message.text) <= LONGEST_TEXT
        assert len(entities) <= 100
        if len(batch.numbers) == 1:
            assert shown.endswith(f"#{batch.numbers[0]}")
            continue
        rows = shown.splitlines()[1:]
        assert [int(row[1:].split()[0]) for row in rows] == list(batch.numbers)
        assert str(len(rows)) in shown.splitlines()[0]


async def test_all_of_a_list_are_struck_in_one_step(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.put(22)
    written: list[int] = []
    write = atomic_file.write_whole

    def counted(path: Path, payload: bytes) -> None:
        written.append(len(json.loads(payload)["outbox"]))
        write(path, payload)

    monkeypatch.setattr("tgtp.adapters.storage.atomic_file.write_whole", counted)
    await post.deliver()
    assert written == [0]


async def test_a_crash_before_the_list_is_struck_repeats_the_list(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.put(5)

    def crash(path: Path, payload: bytes) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("tgtp.adapters.storage.atomic_file.write_whole", crash)
        with pytest.raises(SystemExit):
            await post.deliver()
    post.house.restart()
    post.begin()
    await post.deliver()
    first, second = post.texts()
    assert first == second
    assert post.waiting() == []


async def test_an_outage_between_two_lists_goes_on_with_the_second(post: Post) -> None:
    long = of("order_rejected").replaced(reason="x" * 300, at=post.house.clock.now())
    post.record(*[long] * 20)
    post.tg.fail_next("sendMessage", 502, "Bad Gateway")
    assert await post.deliver() == 1
    post.time += 1
    post.wire.after(1, lambda: setattr(post.tg, "offline", True))
    assert await post.deliver() == 1
    first = post.got()
    assert 0 < len(first) < 20
    assert post.waiting() == list(range(first[-1] + 1, 21))
    post.tg.offline = False
    post.time += 1
    assert await post.deliver() is None
    assert post.got() == list(range(1, 21))


async def test_a_list_obeys_a_flood(post: Post) -> None:
    post.put(5)
    post.tg.fail_next("sendMessage", 429, "Too Many Requests: retry after 17", parameters={"retry_after": 17})
    assert await post.deliver() == pytest.approx(17.1)
    assert post.waiting() == [1, 2, 3, 4, 5]
    post.time += 17
    await post.deliver()
    assert post.wire.calls == []
    post.time += 0.2
    assert await post.deliver() is None
    assert len(post.texts()) == 1
    assert post.got() == [1, 2, 3, 4, 5]


async def test_a_list_whose_markup_is_refused_is_plain(post: Post) -> None:
    post.put(5)
    post.tg.fail_next("sendMessage", 400, "Bad Request: can't parse entities: Unsupported start tag")
    assert await post.deliver() is None
    (sent,) = post.wire.of("sendMessage")
    assert "parse_mode" not in sent
    assert "<" not in sent["text"]
    assert post.got() == [1, 2, 3, 4, 5]


async def test_a_list_whose_reply_was_lost_comes_at_most_twice(post: Post) -> None:
    post.put(5)
    post.tg.fail_next("sendMessage", 500, "Internal Server Error", after_effect=True)
    await post.deliver()
    post.put()
    post.time += 1
    assert await post.deliver() is None
    numbers = [int(n) for text in post.phone.texts() for n in re.findall(r"#(\d+)", text)]
    assert numbers == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6]


async def test_who_blocks_the_bot_keeps_the_list(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(5)
    post.tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    assert await post.deliver() == delivery_module.DEAF_PAUSE
    assert (post.got(), post.got(SECOND)) == ([], [1, 2, 3, 4, 5])
    post.house.restart()
    post.begin()
    assert await post.deliver() is None
    assert post.got() == post.got(SECOND) == [1, 2, 3, 4, 5]


async def test_each_person_gets_their_own_list(post: Post) -> None:
    post.tg.user_text("hello", user_id=SECOND)
    post.owners = frozenset({ME, SECOND})
    post.put(3)
    post.put(2, except_for=ME)
    await post.deliver()
    assert len(post.texts()) == 3
    assert len(post.texts(SECOND)) == 1
    assert (post.got(), post.got(SECOND)) == ([1, 2, 3], [1, 2, 3, 4, 5])


# The moment that is waited


@pytest.mark.gathering
async def test_a_burst_of_22_tiers_is_one_message(dial: Dial) -> None:
    names = [f"C{number}-USDT-SWAP" for number in range(22)]
    phone = await dial(*(paper_leg(name) for name in names))
    await phone.until(phone.alerts)
    for name in names:
        phone.house.set_roi(key(name), 26)
    await phone.house.check()
    await phone.until(lambda: not phone.house.ledger.outbox())
    (burst,) = phone.alerts()[1:]
    assert all(f" C{number} long" in burst for number in range(22))
    assert "SWAP" not in burst
    assert len(phone.house.listener.of("tier_filled")) == 22


@pytest.mark.gathering
async def test_a_burst_that_goes_on_is_not_waited_for_to_its_end(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "QUIET", 1e6)
    monkeypatch.setattr(delivery_module, "LONGEST_GATHERING", 0.05)
    task = asyncio.create_task(post.outbox.run(post.bot))
    await asyncio.sleep(0)

    def more() -> bool:
        post.put()
        post.news.set()
        return bool(post.got())

    await until(more)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.gathering
def test_a_single_alert_waits_far_less_than_a_second() -> None:
    assert delivery_module.QUIET <= delivery_module.LONGEST_GATHERING <= 0.7


# Delays


def ago(post: Post, seconds: float) -> dt.datetime:
    return post.house.clock.now() - dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "12 messages were delayed, 11:10–11:31 UTC"), ("zh", "12 条消息延迟送达，11:10–11:31 UTC")]
)
async def test_what_was_delayed_says_so_first(post: Post, language: Language, words: str) -> None:
    post.language = language
    tiers = [of("tier_filled").replaced(at=ago(post, 3000 - 1260 * n // 11)) for n in range(12)]
    post.record(*tiers)
    assert await post.deliver() is None
    (text,) = post.texts()
    assert words in text.splitlines()[0]
    assert post.got() == list(range(1, 13))
    # Each of them says when it was.
    assert text.count("UTC") == 13
    (sent,) = post.wire.of("sendMessage")
    assert sent["text"].count("<tg-time ") == 14


async def test_a_few_that_were_delayed_follow_as_themselves(post: Post) -> None:
    post.record(*(of("stopped").replaced(at=ago(post, seconds)) for seconds in (200, 100)))
    post.put()
    await post.deliver()
    first, second, third = post.texts()
    assert "2 messages were delayed" in first
    assert first.endswith("#1")
    assert "delayed" not in second
    assert "delayed" not in third


async def test_one_that_was_delayed_has_its_own_words(post: Post) -> None:
    post.record(of("stopped").replaced(at=ago(post, 61)))
    post.put()
    await post.deliver()
    assert "This message is late" in post.texts()[0]
    assert "late" not in post.texts()[1]


async def test_a_minute_is_no_delay(post: Post) -> None:
    post.record(*(of("stopped").replaced(at=ago(post, 60)) for _ in range(5)))
    await post.deliver()
    assert "delayed" not in post.texts()[0]


async def test_a_delay_is_explained_once_though_it_is_interrupted(post: Post) -> None:
    post.record(*(of("exchange_lost").replaced(at=ago(post, 600 - n)) for n in range(6)))
    post.wire.after(2, lambda: setattr(post.tg, "offline", True))
    await post.deliver()
    assert post.got() == [1, 2]
    post.tg.offline = False
    post.time += 1
    assert await post.deliver() is None
    assert post.got() == [1, 2, 3, 4, 5, 6]
    assert ["were delayed" in text for text in post.texts()] == [True, False, False, False, False, False]
    # The next outage is another one.
    post.record(*(of("stopped").replaced(at=ago(post, 70)) for _ in range(2)))
    await post.deliver()
    assert "2 messages were delayed" in post.texts()[6]


async def test_what_a_restart_finds_old_was_delayed(post: Post) -> None:
    post.put(4)
    post.house.restart()
    post.begin()
    post.house.clock.forward(3600)
    await post.deliver()
    assert "4 messages were delayed" in post.texts()[0]


async def test_a_delay_of_days_names_them(post: Post) -> None:
    post.record(of("stopped").replaced(at=ago(post, 200_000)), of("stopped").replaced(at=ago(post, 100)))
    await post.deliver()
    assert "12-31 04:26–01-02 11:58 UTC" in post.texts()[0]


async def test_more_than_can_be_read_at_once_are_counted_whole(post: Post) -> None:
    post.record(*(of("stopped").replaced(at=ago(post, 300)) for _ in range(130)))
    post.put(2)
    await post.deliver()
    assert "130 messages were delayed" in post.texts()[0]
    assert sum("delayed" in text for text in post.texts()) == 1
    assert post.got() == list(range(1, 133))
    assert post.waiting() == []


async def test_after_an_outage_of_the_whole_house(dial: Dial, tmp_path: Path) -> None:
    house = House(tmp_path / "own", *(paper_leg(f"C{number}-USDT-SWAP") for number in range(5)))
    phone = await dial(house=house)
    await phone.until(phone.alerts)
    phone.tg.offline = True
    for number in range(5):
        house.set_roi(key(f"C{number}-USDT-SWAP"), 26)
        await house.check()
    house.exchange.before = fail("snapshot", TemporarilyDown("HTTP 502"), times=9)
    await house.check(3)
    house.clock.forward(600)
    phone.tg.offline = False
    phone.news.set()
    await phone.until(lambda: not house.ledger.outbox())
    listed, lost = phone.alerts()[1:]
    assert "6 messages were delayed" in listed
    assert listed.count("tier 1") == 5
    assert "cannot see the account" in lost
    assert isinstance(house.listener.of("tier_filled")[0], TierFilled)


@pytest.mark.gathering
async def test_an_end_that_comes_with_news_is_an_end(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    # As every goodbye does: it is recorded, and then everything is cancelled.
    monkeypatch.setattr(delivery_module, "QUIET", 0.5)
    task = asyncio.create_task(post.outbox.run(post.bot))
    post.news.set()
    await until(lambda: not post.news.is_set())
    post.news.set()
    task.cancel()
    await until(task.done)
    assert task.cancelled()
