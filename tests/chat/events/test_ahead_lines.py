"""What is known in advance, in words: the times, and that nothing is guarded then."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import NOW, key
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Language
from tgtp.domain.events import DowntimeAhead, Event, InstrumentEnds

LATER = NOW + dt.timedelta(hours=1)


@pytest.mark.parametrize(("language", "words"), [("en", "cannot guard"), ("zh", "无法监控")])
def test_every_form_says_that_nothing_is_guarded(language: Language, words: str) -> None:
    reader = Reader(language, SEED_RULES, 10)
    leg = key("STX-USDT-SWAP")
    forms: list[Event] = [
        DowntimeAhead(at=NOW, title="<b>Upgrade", begins_at=NOW, ends_at=LATER),
        DowntimeAhead(at=NOW, title="<b>Upgrade", begins_at=NOW),
        InstrumentEnds(at=NOW, instrument_id="STX-USDT-SWAP", legs=(leg,), ends_at=LATER),
        InstrumentEnds(at=NOW, instrument_id="STX-USDT-SWAP", legs=(leg,)),
    ]
    lines = [line(reader, event) for event in forms]
    assert len(set(lines)) == 4
    for text in lines:
        assert words in text
        assert "<b>Upgrade" not in text
