"""More than one hears of the engine, and each takes up what concerns it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.fixtures.every_event import EVENTS, INTENT
from tests.fixtures.fakes import NOW, RecordingListener
from tgtp.domain.order import Intent
from tgtp.engine.check_report import CheckReport
from tgtp.engine.monitoring.fan_out import FanOut
from tgtp.engine.ports import Listener
from tgtp.errors import Problem


class Sender(RecordingListener):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Intent] = []

    def sending(self, intents: Iterable[Intent]) -> None:
        self.sent += intents


def breaks(*_: object) -> None:
    raise KeyError("a text that is missing")


def test_one_that_breaks_is_logged_and_in_nobodys_way(caplog: pytest.LogCaptureFixture) -> None:
    broken, hears = Listener(), Sender()
    for name in ("wake", "alarm", "sending", "happened", "checked"):
        setattr(broken, name, breaks)
    fan_out = FanOut(broken, hears)
    fan_out.wake()
    fan_out.alarm(Problem.of_words("the disk is full"))
    fan_out.sending([INTENT])
    fan_out.happened(12, EVENTS[0])
    fan_out.checked(CheckReport(number=7, started_at=NOW))
    assert (hears.woken, len(hears.alarms), hears.sent, len(hears.events), len(hears.reports)) == (1, 1, [INTENT], 1, 1)
    assert [record.getMessage() for record in caplog.records] == ["Listener broke; all else goes on"] * 5
    assert caplog.records[0].exc_info


def test_everything_reaches_everybody() -> None:
    both = Sender(), Sender()
    # What cares for nothing is in nobody's way.
    fan_out = FanOut(both[0], Listener(), both[1])
    report = CheckReport(number=7, started_at=NOW)
    fan_out.wake()
    fan_out.alarm(Problem.of_words("the disk is full"))
    fan_out.sending(intent for intent in (INTENT,))
    fan_out.happened(12, EVENTS[0])
    fan_out.checked(report)
    alarms = [Problem.of_words("the disk is full")]
    for one in both:
        assert (one.woken, one.alarms, one.sent, one.events) == (1, alarms, [INTENT], [(12, EVENTS[0])])
        assert one.reports == [report]
