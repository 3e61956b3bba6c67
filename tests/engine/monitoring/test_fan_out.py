"""More than one hears of a check; the rest goes to the first alone, unchanged."""

from __future__ import annotations

from tests.fixtures.every_event import EVENTS, INTENT
from tests.fixtures.fakes import NOW, Ears
from tgtp.engine.check_report import CheckReport
from tgtp.engine.monitoring.fan_out import Relay


class Sender(Ears):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[object] = []

    def sending(self, intents: object) -> None:
        self.sent.append(intents)


def test_everything_reaches_the_one_and_checks_reach_all() -> None:
    ears = Sender()
    heard: list[CheckReport] = []
    relay = Relay(ears, heard.append, heard.append)
    report = CheckReport(number=7, started_at=NOW)
    relay.wake()
    relay.alarm("the disk is full")
    relay.sending((INTENT,))
    relay.happened(12, EVENTS[0])
    relay.checked(report)
    assert (ears.woken, ears.alarms, ears.sent, ears.events) == (1, ["the disk is full"], [(INTENT,)], [(12, EVENTS[0])])
    assert ears.reports == [report]
    assert heard == [report, report]
