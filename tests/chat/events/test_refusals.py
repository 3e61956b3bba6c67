"""What OKX refuses while something rests there: one clear sentence in each language, wherever it is met."""

from __future__ import annotations

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.every_event import EVENTS
from tests.simulation.exchange.account import MESSAGES
from tgtp.adapters.refusals import WHY_REFUSED, refused
from tgtp.chat.events.alert import alert
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.error_text import sentence
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain import events as ev
from tgtp.domain.events import EVENT

MET = (
    *("51065", "51303", "51300", "51277", "51279", "51261", "51299", "51412", "51416", "51400", "51410", "51503"),
    *("59668", "59669", "59302", "51206", "51298"),
)


@pytest.mark.parametrize("code", MET)
def test_each_has_a_sentence_beside_the_words_of_the_exchange(code: str) -> None:
    one = refused(code, MESSAGES[code])
    assert (one.code, one.reason) == (code, MESSAGES[code])
    english, chinese = (sentence(language, one.why) for language in LANGUAGES)
    assert english != MESSAGES[code]
    # The code stands before it; the languages are not mixed.
    assert english[0].islower() or english.startswith("OKX")
    assert english.isascii()
    assert not any("a" <= letter.lower() <= "z" for letter in chinese.replace("OKX", ""))


def test_what_is_not_known_is_said_in_the_exchange_s_words() -> None:
    told = [sentence(language, refused("51999", "Order quantity").why) for language in LANGUAGES]
    assert sorted(told) == ["OKX 原文：Order quantity", "OKX's words: Order quantity"]
    assert set(WHY_REFUSED) >= set(MET)
    assert not any("OKX 原文" in sentence("zh", refused(code, "Order quantity").why) for code in WHY_REFUSED)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "59302: the margin cannot change while an order waits that would close this position; cancel that order first"),
        ("zh", "59302：该仓位仍有未成交的平仓委托，不能调整保证金；请先撤销该委托"),
    ],
)
def test_a_margin_move_that_is_refused(language: Language, expected: str) -> None:
    reader, why = Reader(language, SEED_RULES, 10), refused("59302", "Margin adjustment failed").why
    for event in EVENTS:
        if isinstance(event, ev.MarginNotMoved | ev.CorrectionStuck):
            changes = {"why": "refused"} if isinstance(event, ev.CorrectionStuck) else {}
            told = event.replaced(code="59302", reason=why, **changes)
            assert expected in line(reader, told)
            assert expected in bare(alert(reader, 7, told).text)
            # It comes back from the ledger as it was; one of before had the exchange's words.
            assert EVENT.validate_json(told.model_dump_json()) == told
            old = EVENT.validate_python({**told.model_dump(mode="json"), "reason": "exceeds the maximum"})
            assert "exceeds the maximum" in line(reader, old)


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "51206 it would turn the position round"), ("zh", "51206 仓位有只减仓")]
)
def test_an_order_that_is_refused(language: Language, expected: str) -> None:
    reader = Reader(language, SEED_RULES, 10)
    (event,) = [event for event in EVENTS if isinstance(event, ev.OrderRejected)][:1]
    told = event.replaced(code="51206", reason=refused("51206", "Please cancel").why)
    assert expected in line(reader, told)


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "51303 the mark price is already beyond"), ("zh", "51303 标记价已越过触发价")]
)
def test_a_tier_that_could_not_rest(language: Language, expected: str) -> None:
    reader = Reader(language, SEED_RULES, 10)
    (event,) = [event for event in EVENTS if isinstance(event, ev.RestingRefused)][:1]
    told = event.replaced(code="51303", reason=refused("51303", "TP trigger price").why, fired=False)
    assert expected in line(reader, told)
