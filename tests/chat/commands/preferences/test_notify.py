"""/notify, /quiet and danger, as two people on two phones live with them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import is_fine
from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import fail, key, paper_leg
from tests.simulation.phone.outbox import SECOND
from tests.simulation.phone.phone import ME, Phone, is_alert
from tgtp.adapters.storage import atomic_file
from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.preferences.notify_parse import read_hours, read_levels
from tgtp.chat.commands.preferences.notify_view import notices, quiet_hours
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import bare
from tgtp.chat.outbox.batching import batches
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.events import LegRearmed
from tgtp.domain.model import Snapshot
from tgtp.domain.notifications.levels import GROUPS, NotificationPreferences, QuietHours
from tgtp.errors import TemporarilyDown

CRV, UNI = key(), key("UNI-USDT-SWAP")
SHANGHAI = ZoneInfo("Asia/Shanghai")
AWAY = TemporarilyDown("okx could not be reached")


def reader(language: Language = "en", zone: dt.tzinfo = dt.UTC) -> Reader:
    return Reader(language, SEED_RULES, 10, zone)


async def two(dial: Dial, *legs: Any, **options: Any) -> Phone:
    """A phone of mine, and a second owner who has a chat with the bot too."""
    # The chat comes first: whoever has none when there is news is left alone for a minute.
    phone = await dial(*(legs or (paper_leg(),)), allowed=(ME, SECOND), checks=0, **options)
    await phone.says("/lang en", user_id=SECOND)
    await phone.house.check()
    await phone.until(lambda: not phone.house.ledger.outbox())
    return phone


def got(phone: Phone, user_id: int = ME) -> list[dict[str, Any]]:
    """The alerts that a person has, oldest first."""
    posts = [post for post in phone.wire.posts.values() if post["chat"]["id"] == user_id]
    return [post for post in posts if post.get("text", "").rsplit("#", 1)[-1].isdigit()]


def sent(phone: Phone, user_id: int = ME) -> list[dict[str, Any]]:
    return [call for call in phone.wire.of("sendMessage") if call["chat_id"] == user_id]


async def told(phone: Phone) -> None:
    await phone.until(lambda: not phone.house.ledger.outbox())


# Views


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wish",
    [
        NotificationPreferences(),
        NotificationPreferences(dict.fromkeys(GROUPS, "silent"), QuietHours.parse("23-8")),
        NotificationPreferences({"tier": "off"}),
    ],
)
def test_the_views_fit(language: Language, wish: NotificationPreferences) -> None:
    is_fine(notices(reader(language, SHANGHAI), wish))
    is_fine(quiet_hours(reader(language, SHANGHAI), wish, dt.time(3)))


@pytest.mark.parametrize(
    ("language", "rows", "below"),
    [
        (
            "en",
            [
                "tier: on · a tier has fired",
                "hedge: silent · a losing leg was closed to its base",
                "people: off · what others change, re-arm or close",
            ],
            [
                "Always rings: a leg near its liquidation, OKX out of reach,",
                "Quiet hours: 23:00–08:00 (Asia/Shanghai) · /quiet",
                "/notify tier silent",
            ],
        ),
        (
            "zh",
            ["档位：开 · 止盈档位触发", "对冲：静音 · 亏损侧平到底仓", "他人：关 · 其他人的改档位、重置档位、平仓"],
            ["始终响铃：仓位接近强平、OKX 失联", "免打扰时段：23:00–08:00（Asia/Shanghai）· /quiet", "/notify 档位 静音"],
        ),
    ],
)
def test_the_table(language: Language, rows: list[str], below: list[str]) -> None:
    wish = NotificationPreferences({"hedge": "silent", "people": "off"}, QuietHours.parse("23-8"))
    message = notices(reader(language, SHANGHAI), wish)
    lines = bare(message.text).splitlines()
    assert [line for line in lines if line in rows] == rows
    assert all(any(words in line for line in lines) for words in below)
    assert [button.data for row in message.buttons for button in row][:3] == [
        "nt:tier:silent",
        "nt:hedge:off",
        "nt:guard:silent",
    ]
    assert message.buttons[-1][0].data == "nq:"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "groups", "level"),
    [
        ("tier silent", ("tier",), "silent"),
        ("Tiers OFF", ("tier",), "off"),
        ("档位 静音", ("tier",), "silent"),
        ("仓位 关", ("positions",), "off"),
        ("people tier off", ("tier", "people"), "off"),
        ("all on", GROUPS, "on"),
        ("全部 开", GROUPS, "on"),
        ("dust: off", ("skipped",), "off"),
    ],
)
def test_words_are_read_whatever_the_language(language: Language, words: str, groups: Any, level: str) -> None:
    assert read_levels(reader(language), words.split()) == (groups, level)


@pytest.mark.parametrize("words", ["tier", "silent", "tier loud", "x silent", "tier x off", "tier off silent", "all tier off"])
def test_wrong_levels_say_the_right_form(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        read_levels(reader(), words.split())
    assert "<code>/notify tier silent</code>" in unclear.value.text
    assert "nothing was changed" in unclear.value.text
    assert "\n" not in unclear.value.text


@pytest.mark.parametrize("words", ["23:00", "25:00-8:00", "tonight", "23:00-08:00 please", "<b>"])
def test_wrong_hours_say_the_right_form(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        read_hours(reader("zh"), words)
    assert "<code>/quiet 23:00-08:00</code>" in unclear.value.text
    assert "<b>" not in unclear.value.text
    with pytest.raises(Unclear, match="another time than they begin"):
        read_hours(reader(), "8:00-08:00")


# /notify


async def test_levels_are_set_by_words_and_shown(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "tier: on" in await phone.says("/notify")
    assert await phone.says("/notify tier silent") == "👌"
    assert await phone.says("/notify 他人 关") == "👌"
    shown = await phone.says("/notify")
    assert "tier: silent" in shown
    assert "people: off" in shown
    assert "hedge: on" in shown
    assert "“tier loud”" in await phone.says("/notify tier loud")
    assert "always rings" in await phone.says("/notify liquidation off")
    assert phone.house.ledger.note(f"notify:{ME}") == "tier silent, people off"
    assert "user 1 changed what is told: tier silent, people off" in await phone.says("/history")
    (mine,) = [message for message in phone.tg.messages() if message.get("text") == "/notify tier silent"]
    assert mine["reaction"] == "👌"
    await phone.restart()
    assert "tier: silent" in await phone.says("/notify")


async def test_buttons_go_round_and_a_second_tap_changes_nothing_more(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/notify")
    shown = phone.messages()[-1]["message_id"]
    assert "tier: silent" in await phone.press("tier · on")
    # The same button again, before its message had changed on the phone.
    await phone.press("nt:tier:silent", on=shown)
    assert phone.house.ledger.note(f"notify:{ME}") == "tier silent"
    assert len(phone.house.listener.of("wish_changed")) == 1
    assert "tier: off" in await phone.press("tier · silent")
    assert "tier: on" in await phone.press("tier · off")
    assert phone.house.ledger.note(f"notify:{ME}") == "all on"
    assert len(phone.messages()) == 2


@pytest.mark.parametrize(("data", "command"), [("nt:guards:off", "notify"), ("nt:tier:loud", "notify"), ("nq:99", "quiet")])
async def test_a_button_that_is_not_understood_says_that_it_is_old(dial: Dial, data: str, command: str) -> None:
    phone = await dial(paper_leg())
    await phone.says("/notify")
    assert await phone.press(data, on=phone.messages()[-1]["message_id"]) == ""
    assert f"/{command}" in (phone.toast or "")
    assert phone.house.listener.of("wish_changed") == []


async def test_two_owners_hear_as_they_wish(dial: Dial) -> None:
    phone = await two(dial)
    assert await phone.says("/notify tier silent") == "👌"
    assert await phone.says("/notify tier off", user_id=SECOND) == "👌"
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await told(phone)
    assert "tier 1" in got(phone)[-1]["text"]
    assert sent(phone)[-1]["disable_notification"] is True
    assert not any("tier 1" in post["text"] for post in got(phone, SECOND))
    assert "tier 1" in await phone.says("/history", user_id=SECOND)
    # Each has their own: on again for one of them.
    await phone.says("/notify tier on", user_id=SECOND)
    phone.house.set_roi(CRV, 36)
    await phone.house.check()
    await told(phone)
    assert "tier 2" in got(phone, SECOND)[-1]["text"]
    assert not sent(phone, SECOND)[-1].get("disable_notification")


async def test_what_others_do_is_a_group_of_its_own(dial: Dial) -> None:
    phone = await two(dial)
    await phone.says("/notify people off")
    journal = phone.house.checker.journal
    with journal.step():
        journal.record(LegRearmed(at=journal.now(), leg=CRV, by=SECOND), except_for=SECOND)
    await told(phone)
    assert not any("re-armed" in post["text"] for post in got(phone))


async def test_a_pause_is_told_to_every_other_owner_whatever_is_off(dial: Dial) -> None:
    phone = await two(dial)
    for user_id in (ME, SECOND):
        await phone.says("/notify all off", user_id=user_id)
    await phone.says("/pause")
    await told(phone)
    await phone.says("/resume", user_id=SECOND)
    await told(phone)
    # Whoever gave it reads it in the answer.
    mine, hers = ([post["text"] for post in got(phone, user_id) if is_alert(post["text"])] for user_id in (ME, SECOND))
    assert f"everything paused by user {ME}" in hers[-1]
    assert f"everything: user {SECOND} lifted the pause" in mine[-1]
    assert not any(f"everything paused by user {ME}" in text for text in mine)
    assert not any(f"user {SECOND} lifted" in text for text in hers)


async def test_danger_rings_though_everything_is_off_and_it_is_night(dial: Dial) -> None:
    phone = await two(dial)
    await phone.says("/notify all off")
    await phone.says("/quiet 00:00-23:59")
    phone.house.exchange.before = fail("snapshot", AWAY, times=99)
    await phone.house.check(3)
    await told(phone)
    assert "cannot see the account" in got(phone)[-1]["text"]
    assert not sent(phone)[-1].get("disable_notification")
    # That it is over is news of the system, which this person does not want.
    phone.house.exchange.before = lambda _: None
    before = len(got(phone)), len(got(phone, SECOND))
    await phone.house.check()
    await told(phone)
    assert (len(got(phone)), len(got(phone, SECOND))) == (before[0], before[1] + 1)


async def test_a_level_that_cannot_be_written_is_not_changed(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    await told(phone)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(atomic_file, "write_whole", full)
        assert "👌" not in await phone.says("/notify tier off")
    assert "tier: on" in await phone.says("/notify")


async def test_where_a_receipt_is_refused_words_come(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.tg.fail_next("setMessageReaction", 400, "Bad Request: REACTION_INVALID")
    assert await phone.says("/notify tier hedge silent") == "🔔 tier, hedge: silent"
    phone.tg.fail_next("setMessageReaction", 400, "Bad Request: message to react not found")
    assert await phone.says("/quiet off") == "🌙 There are no quiet hours any more."
    phone.tg.fail_next("setMessageReaction", 400, "Bad Request: REACTION_INVALID")
    assert await phone.says("/notify all on") == "🔔 everything: on"


# /quiet


async def test_quiet_hours_by_words_and_by_buttons(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "No quiet hours" in await phone.says("/quiet")
    assert "Quiet hours 23:00–08:00 (UTC, where it is 12:00)" in await phone.press("23:00–08:00")
    assert phone.house.ledger.note(f"quiet:{ME}") == "23:00-08:00"
    # A sign would not say by whose clock.
    assert "🌙 Quiet hours: 22:30–07:00 (UTC, where it is 12:00)" in await phone.says("/quiet 22:30 - 7:00")
    assert "Quiet hours 22:30–07:00" in await phone.says("/quiet")
    assert "Quiet hours: 22:30–07:00" in await phone.says("/notify")
    assert "Quiet hours 22:30–07:00" in await phone.press("🌙 Quiet hours")
    assert "What I tell you" in await phone.press("🔔 What I tell you")
    assert "another time than they begin" in await phone.says("/quiet 8:00-8:00")
    assert "<code>" not in await phone.says("/quiet tonight")
    assert "22:30-07:00" in str(phone.house.ledger.note(f"quiet:{ME}"))
    await phone.says("/quiet")
    assert "No quiet hours" in await phone.press("No quiet hours")
    assert await phone.says("/quiet 关") == "👌"
    assert [event.value for event in phone.house.listener.of("wish_changed")] == ["23:00-08:00", "22:30-07:00", "off"]


async def test_at_night_alerts_come_without_a_sound(dial: Dial) -> None:
    phone = await two(dial)
    phone.people.zone = SHANGHAI
    # 12:00 UTC is 20:00 in Shanghai.
    await phone.says("/quiet 20:00-06:00")
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await told(phone)
    assert sent(phone)[-1]["disable_notification"] is True
    assert not sent(phone, SECOND)[-1].get("disable_notification")
    phone.house.clock.forward(10 * 3600)
    phone.house.set_roi(CRV, 36)
    await phone.house.check()
    await told(phone)
    assert not sent(phone)[-1].get("disable_notification")


@pytest.mark.parametrize(
    ("utc", "silent"),
    [
        # Berlin sets its clocks from 02:00 to 03:00: at 00:59 UTC it is 01:59, a minute later 03:00.
        ("2026-03-29T00:59", True),
        ("2026-03-29T01:00", False),
        # And back from 03:00 to 02:00: 02:30 comes twice, and is quiet both times.
        ("2026-10-25T00:30", True),
        ("2026-10-25T01:30", True),
        ("2026-10-25T02:00", False),
    ],
)
async def test_quiet_hours_follow_the_clock_on_the_wall(dial: Dial, utc: str, silent: bool) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    phone.people.zone = ZoneInfo("Europe/Berlin")
    await phone.says("/quiet 01:00-03:00")
    moment = dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)
    phone.house.clock.forward((moment - phone.house.clock.now()).total_seconds())
    journal = phone.house.checker.journal
    with journal.step():
        event = next(event for event in EVENTS if event.kind == "tier_filled")
        journal.record(event.replaced(at=phone.house.clock.now()))
    await told(phone)
    assert bool(sent(phone)[-1].get("disable_notification")) is silent


# Danger


async def near(dial: Dial, folder: Path, *legs: Any, left: str = "0.05", **options: Any) -> Phone:
    """A phone whose house sees these legs so near to their liquidation, once ``house.exchange.view`` is set."""
    legs = legs or (paper_leg(leverage=2),)
    house = House(folder, *legs, liquidation_warn=Decimal("0.2"))

    def shown(snapshot: Snapshot) -> Snapshot:
        legs = (
            leg.replaced(liquidation_price=leg.mark_price * (1 - leg.position_side.sign * Decimal(left)))
            for leg in snapshot.legs
        )
        return snapshot.replaced(legs=tuple(legs))

    house.exchange.view = shown
    return await dial(house=house, **options)


async def test_a_leg_near_its_liquidation_is_told_with_what_to_do(dial: Dial, tmp_path: Path) -> None:
    phone = await near(dial, tmp_path)
    await told(phone)
    text = phone.alerts()[-1]
    for words in (
        "CRV long is only 5% away from its liquidation",
        "Liquidation at 4.75 · mark 5",
        "Add margin at OKX",
    ):
        assert words in text
    shown = phone.messages()[-1]["message_id"]
    assert "How much of CRV long" in await phone.press("Close some of it")
    # The alert stays as it was, and its button works again.
    (alarm,) = [message for message in phone.messages() if message["message_id"] == shown]
    assert alarm["text"] == text
    await phone.press("50%")
    assert "Close 50" in str(phone.buttons())
    phone.house.paper.drop_leg(CRV)
    await phone.house.check()
    assert await phone.press(f"nl:{life_mark(CRV, paper_leg().opened_at, 0)}", on=shown) == ""
    assert phone.toast == "This leg is not open any more."


async def test_both_owners_may_press_and_each_gets_their_own_question(dial: Dial, tmp_path: Path) -> None:
    phone = await near(dial, tmp_path, allowed=(ME, SECOND), checks=0)
    await phone.says("/lang en", user_id=SECOND)
    await phone.house.check()
    await told(phone)
    data = f"nl:{life_mark(CRV, paper_leg().opened_at, 0)}"
    theirs = got(phone, SECOND)[-1]["message_id"]
    assert "How much" in await phone.press(data, on=theirs, user_id=SECOND)
    assert [post["chat"]["id"] for post in list(phone.wire.posts.values())[-1:]] == [SECOND]
    assert "How much" in await phone.press(data)


async def test_a_button_from_before_a_restart_works_as_soon_as_something_was_seen(dial: Dial, tmp_path: Path) -> None:
    phone = await near(dial, tmp_path)
    await told(phone)
    await phone.restart()
    assert "How much" in await phone.press("Close some of it")


async def test_many_legs_near_their_liquidation_are_one_list(dial: Dial, tmp_path: Path) -> None:
    names = [f"C{number}-USDT-SWAP" for number in range(9)]
    phone = await near(dial, tmp_path, *(paper_leg(name, leverage=2) for name in names), checks=0)
    await phone.says("/notify all off")
    await phone.says("/quiet 00:00-23:59")
    await phone.house.check()
    await told(phone)
    (listed,) = phone.alerts()
    assert listed.splitlines()[0] == "🚨 9 legs are near their liquidation: add margin at OKX, or /close"
    assert all(f" C{number} long" in listed for number in range(9))
    assert not phone.messages()[-1]["silent"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_leg_in_danger_stands_alone_in_a_burst(language: Language) -> None:
    danger = next(event for event in EVENTS if event.kind == "liquidation_near")
    tier = next(event for event in EVENTS if event.kind == "tier_filled")
    made = batches(reader(language), list(enumerate([tier, tier, danger, tier, tier], 1)), danger.at)
    assert [batch.numbers for batch in made] == [(1, 2), (3,), (4, 5)]
    assert made[1].message.text == alert(reader(language), 3, danger).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_without_a_price_says_the_ratio(language: Language) -> None:
    danger = next(event for event in EVENTS if event.kind == "liquidation_near")
    text = bare(alert(reader(language), 3, danger.replaced(liquidation_price=None, distance=None)).text)
    assert "150%" in text
    assert "100%" in text
    assert "?" not in text
