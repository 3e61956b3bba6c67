"""A tier's order that the exchange has forgotten: the question on the phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import NOW, key, paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.domain.events import OrderUnresolved
from tgtp.domain.order import TRADES_KEPT
from tgtp.domain.plan import ladder_plan

CRV = key()


async def asked(dial: Dial, **how: Any) -> Phone:
    phone = await dial(paper_leg(), **how)
    house = phone.house
    house.set_roi(CRV, 26)
    snapshot = await house.checker.observer.observe()
    (intent,) = ladder_plan(snapshot, house.checker.situation(snapshot.taken_at)).intents
    intent = intent.replaced(meant_at=NOW - 2 * TRADES_KEPT)
    with house.checker.journal.step():
        house.ledger.keep_intent(intent)
        house.checker.journal.record(OrderUnresolved(at=NOW, intent=intent, beyond_records=True))
    await phone.until(lambda: any("only you can say" in text for text in phone.alerts()))
    assert phone.buttons() == [["It filled: tier 1 has fired"], ["It did not: tier 1 may fire"]]
    return phone


@pytest.mark.parametrize(("label", "answer"), [("It filled", "tier 1 counts as fired"), ("It did not", "may fire again")])
async def test_the_answer_settles_it_once(dial: Dial, label: str, answer: str) -> None:
    phone = await asked(dial)
    data = next(data for data in phone.data() if data.startswith("oy:" if label == "It filled" else "on:"))
    question = phone.messages()[-1]["message_id"]
    assert answer in await phone.press(data, on=question)
    assert phone.house.ledger.open_intents() == []
    assert phone.house.fired(CRV) == ([1] if label == "It filled" else [])
    assert phone.house.listener.of("order_decided")[0].by == ME
    await phone.press(data, on=question)
    assert "answered this already" in (phone.toast or "")
