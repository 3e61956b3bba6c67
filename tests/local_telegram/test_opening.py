"""The first words of the chat page, before anybody has chosen a language there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.snapshots import NOW
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.local_telegram.opening import LOCAL_USER, build_telegram
from tgtp.settings.environment import Settings


@pytest.mark.parametrize(
    ("locale", "setting", "chosen", "code"),
    [
        ({}, None, None, "en"),
        ({"LANG": "zh_CN.UTF-8"}, None, None, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, None, None, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "en", None, "en"),
        ({"LANG": "zh_CN.UTF-8"}, None, "en", "en"),
    ],
)
def test_it_is_chosen_set_or_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], setting: str | None, chosen: str | None, code: str
) -> None:
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    ledger = TinyLedger(tmp_path)
    if chosen:
        with ledger.step():
            ledger.keep_note(f"language:{LOCAL_USER}", chosen)
    assert build_telegram(Settings(language=setting), ledger, NOW).user["language_code"] == code
    ledger.close()
