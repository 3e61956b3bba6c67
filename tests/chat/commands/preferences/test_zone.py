"""A person's own clock: asked once, kept, and what quiet hours and pauses until an hour go by."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.chat.commands.history.test_reports import table_of
from tests.chat.commands.preferences.test_notify import CRV, SHANGHAI, sent, told, two
from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.simulation.phone.outbox import SECOND
from tests.simulation.phone.phone import ME
from tgtp.chat.access.users import zone_named
from tgtp.chat.commands.preferences.zone_question import ZONES

ASK = "你所在的时区是？"


async def test_who_reads_chinese_is_asked_once_where_the_program_goes_by_utc(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="zh")
    answer = await phone.says("/quiet 23:00-08:00")
    assert answer.startswith("🌙 免打扰时段：23:00–08:00（UTC，当地现在 12:00）。")
    assert ASK in answer
    assert phone.buttons() == [["北京 / 上海", "新加坡"], ["东京", "伦敦"], ["纽约", "UTC"]]
    # The hours that were asked for are still there, by the clock that was just named.
    answer = await phone.press("上海")
    assert "你的时区：Asia/Shanghai，当地现在 20:00。免打扰时段 23:00–08:00 按此时区" in answer
    assert phone.house.ledger.note(f"zone:{ME}") == "Asia/Shanghai"
    assert (await phone.says("/quiet 23:00-08:00")).startswith("🌙 免打扰时段：23:00–08:00（Asia/Shanghai，当地现在 20:00）。")
    assert ASK not in await phone.says("/quiet 22:00-08:00")
    await phone.restart()
    assert "（Asia/Shanghai，当地现在 20:00）" in await phone.says("/quiet")


async def test_who_does_not_answer_is_not_asked_again(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="zh")
    assert ASK in await phone.says("/pause 到08:00")
    assert ASK not in await phone.says("/pause 到09:00")
    assert ASK not in await phone.says("/quiet 23:00-08:00")


async def test_the_answer_to_a_pause_stays_with_its_button_when_the_zone_is_named(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="zh")
    await phone.says("/pause 到08:00")
    asked = phone.messages()[-1]
    answer = await phone.press("上海")
    assert "你的时区：Asia/Shanghai，当地现在 20:00。免打扰" in answer
    assert "免打扰时段 " not in answer
    (left,) = [post for post in phone.messages() if post["message_id"] == asked["message_id"]]
    assert left["text"] == asked["text"]
    await phone.press("全部恢复")
    assert not phone.house.ledger.paused()


async def test_a_report_says_whose_days_it_has_where_they_are_not_the_readers(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "days of" not in await phone.says("/report")
    await phone.says("/quiet Europe/London")
    # In winter that is the same.
    assert "days of" not in await phone.says("/report")
    await phone.says("/quiet Asia/Shanghai")
    for command in ("/report", "/report week", "/pnl 7"):
        assert "(days of UTC)" in await phone.says(command), command
    await phone.says("/lang zh")
    assert "（按 UTC 计日）" in await phone.says("/report")


async def test_a_table_has_the_local_times_of_its_reader(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await phone.says("/quiet Asia/Shanghai")
    phone.house.clock.forward(60)
    assert "Local times are those of Asia/Shanghai." in await phone.says("/export 7")
    _, rows = table_of(phone)
    (row,) = [row for row in rows if "paused" in row["What happened"]]
    assert (row["Local time"], row["Time zone"]) == ("2026-01-02 20:00:10", "Asia/Shanghai")


async def test_nobody_else_is_asked(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="en")
    assert "clock" not in await phone.says("/quiet 23:00-08:00")
    other = await dial(paper_leg(), language="zh")
    other.people.zone = SHANGHAI
    assert ASK not in await other.says("/quiet 23:00-08:00")
    third = await dial(paper_leg(), language="zh")
    # So long from now is the same on every clock.
    assert ASK not in await third.says("/pause 1h")
    assert ASK in await third.says("/quiet 23:00-08:00")


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
async def test_any_zone_can_be_written(dial: Dial, zone: str) -> None:
    phone = await dial(paper_leg())
    assert f"Your clock: {zone}" in await phone.says(f"/quiet {zone}")
    assert zone in await phone.says("/quiet")
    assert "I do not understand" in await phone.says("/quiet Asia/Nowhere")
    assert zone in await phone.says("/quiet")


async def test_quiet_hours_are_of_the_persons_own_clock(dial: Dial) -> None:
    phone = await two(dial)
    # 12:00 UTC is 20:00 in Shanghai.
    await phone.says("/quiet Asia/Shanghai")
    await phone.says("/quiet 20:00-06:00")
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await told(phone)
    assert sent(phone)[-1]["disable_notification"] is True
    assert not sent(phone, SECOND)[-1].get("disable_notification")


def test_every_zone_that_is_offered_is_one() -> None:
    assert all(zone_named(name) is not None for name in ZONES)
    assert dt.datetime(2026, 1, 1, tzinfo=zone_named(ZONES[0])).utcoffset() == dt.timedelta(hours=8)
