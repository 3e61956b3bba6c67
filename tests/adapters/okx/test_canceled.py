"""Why OKX cancelled an order: its numbers in the reader's language, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import key, paper_leg
from tgtp.adapters.okx.rows.orders import WHY_CANCELED, order_of, why_canceled
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import bare
from tgtp.chat.texts.problems.canceled import TEXTS
from tgtp.domain.order import Order
from tgtp.errors import Problem

CRV = key()


def row(**changed: str) -> dict[str, Any]:
    return {
        "state": "canceled",
        "clOrdId": "tgx",
        "ordId": "9",
        "accFillSz": "0",
        "avgPx": "",
        "fee": "0",
        "pnl": "0",
        "fillTime": "",
        "uTime": "1795422615000",
        "cancelSource": "14",
        "cancelSourceReason": "",
        **changed,
    }


@pytest.mark.parametrize("code", WHY_CANCELED)
def test_every_number_has_a_sentence_in_both_languages(code: str) -> None:
    why = order_of(row(cancelSource=code), "tgx").why
    assert why is not None
    assert why.key in TEXTS
    assert problem("en", why) != problem("zh", why)


def test_every_sentence_is_of_a_number_or_of_none() -> None:
    said = {why.key for why in WHY_CANCELED.values()}
    assert TEXTS.keys() - said == {"problem.canceled.unsaid", "problem.canceled.code", "problem.canceled.says"}


def test_an_unknown_number_is_told_as_it_is_with_okx_words() -> None:
    assert problem("zh", why_canceled(row(cancelSource="777"))) == "OKX 的撤单原因代码为 777"
    named = why_canceled(row(cancelSource="777", cancelSourceReason="Moon"))
    assert problem("en", named) == "OKX's reason has the number 777: Moon"
    assert problem("en", why_canceled(row(cancelSource="", cancelSourceReason="Moon"))) == "Moon"
    assert why_canceled(row(cancelSource="")) is None


def test_an_order_that_was_not_cancelled_has_no_reason() -> None:
    filled = order_of(row(state="filled", accFillSz="1", avgPx="1", cancelSource="14"), "tgx")
    assert filled.why is None


def test_it_is_read_back_from_a_ledger_and_older_orders_have_none() -> None:
    order = order_of(row(cancelSource="3"), "tgx")
    written = order.model_dump(mode="json")
    assert Order(**written) == order
    del written["why"]
    assert Order(**written).why is None


@pytest.mark.parametrize(
    ("why", "english", "chinese"),
    [
        (Problem("problem.canceled.self_trade"), "self-trade prevention", "自成交保护"),
        (None, "no reason is given", "未说明原因"),
    ],
)
async def test_a_tier_that_okx_cancels_says_why(tmp_path: Path, why: Problem | None, english: str, chinese: str) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.set_roi(CRV, 26)
    house.exchange.order_view = lambda order: (
        order and order.replaced(filled_contracts=0, average_price=None, status="canceled", why=why)
    )
    await house.check()
    found = [house.ledger.event(one.number) for one in house.ledger.outbox()]
    (event,) = [event for _, event in filter(None, found) if event.kind == "order_rejected"]
    for language, words, took in (("en", english, "cancelled it unfilled"), ("zh", chinese, "未成交即被 OKX 撤销")):
        said = bare(alert(Reader(language, SEED_RULES, 10), 1, event).text)  # type: ignore[arg-type]
        assert words in said
        assert took in said
        assert "canceled" not in said
