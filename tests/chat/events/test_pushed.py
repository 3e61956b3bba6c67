"""A tier that the stream has decided says so, and how old its price was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.every_event import EVENTS
from tgtp.chat.events.alert import alert
from tgtp.chat.events.explanation import why
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Language
from tgtp.domain.events import TierFilled

SAID: dict[Language, tuple[str, str]] = {
    "en": (
        "Decided by the stream, on a mark price 0.21 s old",
        "by OKX's stream, between two checks, on a mark price 0.21 s old",
    ),
    "zh": ("由实时推送触发，标记价延迟 0.21 秒", "由 OKX 实时推送在两次检查之间触发，标记价延迟 0.21 秒"),
}


@pytest.mark.parametrize("language", SAID)
def test_it_says_how_old_the_price_was(language: Language) -> None:
    looked = next(event for event in EVENTS if isinstance(event, TierFilled))
    basis = looked.intent.basis.replaced(pushed_age=Decimal("0.21"))
    pushed = looked.replaced(intent=looked.intent.replaced(basis=basis))
    reader, (in_alert, in_why) = Reader(language, SEED_RULES, 10), SAID[language]
    assert in_alert in alert(reader, 1, pushed).text
    assert in_why in why(reader, 1, pushed)
    assert in_alert not in alert(reader, 1, looked).text
    assert in_why not in why(reader, 1, looked)
