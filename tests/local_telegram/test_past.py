"""What the last day's alerts were, in a chat that begins anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.chat.texts.test_texts import reader
from tests.fixtures.every_event import EVENTS
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.events.alert import ALERTS
from tgtp.chat.formatting.notification_levels import levels_note
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.past import MOST_SHOWN, show_past

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
ALERTING = [event for event in EVENTS if event.kind in ALERTS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alerts_of_the_last_day_are_shown_as_of_then_without_buttons(tmp_path: Path, language: Language) -> None:
    ledger, tg = TinyLedger(tmp_path), LocalTelegram()
    with ledger.step():
        ledger.record(ALERTING[0].replaced(at=NOW - dt.timedelta(hours=25)), tell=False)
        for event in ALERTING:
            ledger.record(event.replaced(at=NOW - dt.timedelta(hours=3)), tell=False)
        waiting = ledger.record(ALERTING[0].replaced(at=NOW - dt.timedelta(hours=1)), tell=True)
    show_past(tg, ledger, reader(language), NOW)
    shown = tg.messages()
    assert len(shown) == min(len(ALERTING), MOST_SHOWN)
    assert {message["date"] for message in shown} == {int((NOW - dt.timedelta(hours=3)).timestamp())}
    assert all(message["silent"] and "reply_markup" not in message for message in shown)
    assert not any(message["text"].endswith(f"#{waiting}") for message in shown)
    assert shown[0]["text"].endswith(f"#{2 if len(ALERTING) <= MOST_SHOWN else waiting - MOST_SHOWN}")
    ledger.close()


def test_what_is_switched_off_is_not_shown(tmp_path: Path) -> None:
    ledger, tg = TinyLedger(tmp_path), LocalTelegram()
    fill = next(event for event in EVENTS if event.kind == "tier_filled")
    with ledger.step():
        ledger.record(fill.replaced(at=NOW), tell=False)
        ledger.keep_note(levels_note(tg.owner), "tier off")
    show_past(tg, ledger, reader("en"), NOW)
    assert tg.messages() == []
    ledger.close()
