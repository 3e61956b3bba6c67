"""What the buttons below a pause say, where several accounts stand below each other."""

from __future__ import annotations

import datetime as dt

import pytest

from tgtp.chat.events.standing_pauses import standing, standing_anywhere
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.pauses import Cause, Pause
from tgtp.domain.plan import ALL

SINCE = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", ["first_start", "new_ledger"])
def test_each_button_names_the_account_that_it_starts(language: Language, cause: Cause) -> None:
    """Two buttons said "Start guarding (everything)", and each started one account."""
    pause = Pause(scope=ALL, cause=cause, since=SINCE)
    shown = standing_anywhere(language, [("main", [pause]), ("alpha", [pause])])
    labels = [button.label for row in shown.buttons for button in row]
    assert ["main" in labels[0], "alpha" in labels[1]] == [True, True]
    if cause == "first_start":
        assert not any("everything" in label or "全部" in label for label in labels)
        assert {"en": "▶️ Start guarding", "zh": "▶️ 开始监控"}[language] == standing(language, [pause]).buttons[0][0].label
