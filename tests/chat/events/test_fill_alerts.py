"""What an alert of a fill says at a glance, and what it folds away."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import key, paper_leg
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.account_tags import addressed
from tgtp.chat.messages.message import LONGEST_COPY, Button, Message, bare
from tgtp.chat.texts import Html
from tgtp.domain.event_totals import with_fill
from tgtp.domain.examples import instrument
from tgtp.domain.ladder import Ladder
from tgtp.domain.report import Takings

CRV = key()
READER = Reader("en", SEED_RULES, 10)


def told(house: House, kind: str = "tier_filled") -> list[Any]:
    found = [house.ledger.event(one.number) for one in house.ledger.outbox()]
    return [event for _, event in filter(None, found) if event.kind == kind]


def glance(event: Any, reader: Reader = READER) -> str:
    """What is seen without a tap."""
    return bare(re.sub(r"<blockquote expandable>.*?</blockquote>\n", "", alert(reader, 7, event).text, flags=re.DOTALL))


async def test_a_tier_says_at_a_glance_what_it_did_and_what_comes_next(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    house.set_roi(CRV, 26)
    await house.check()
    (event,) = told(house)
    leg = house.checker.last_good.by_key[CRV]  # type: ignore[union-attr]
    assert event.next_price is not None
    # A tick less is not enough, whatever the tick is.
    reached = (event.next_price / leg.entry_price - 1) * leg.leverage
    before = ((event.next_price - leg.instrument.tick_size) / leg.entry_price - 1) * leg.leverage
    assert before < Decimal("0.35") <= reached
    realised = event.order.realised_pnl
    assert glance(event).splitlines() == [
        f"🎯 CRV long {event.intent.basis.roi * 100:+.2f}% · tier 1 (25%)",
        f"Closed 30 of 100 · realised {realised:+.2f} U",
        f"Left 70 · next 35% at {event.next_price.normalize():f}",
        "#7",
    ]
    folded = alert(READER, 7, event).text
    assert f"<code>{event.order.order_id}</code></blockquote>" in folded


async def test_a_ladder_that_is_through_says_what_the_life_has_earned(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100))
    await house.check()
    for roi in (26, 36, 51):
        house.set_roi(CRV, roi)
        await house.check()
    events = told(house)
    orders = house.paper.orders.values()
    earned = sum((order.realised_pnl - order.fee for order in orders), Decimal(0))
    assert events[-1].earned == earned > 0
    assert [event.next_threshold for event in events] == [Decimal("0.35"), Decimal("0.5"), None]
    assert f"🏁 Tiers finished. My closes of this position have brought {earned:+.2f} U in all" in glance(events[-1])
    assert "🏁" not in glance(events[1])


async def test_a_tier_that_drips_says_how_far_it_is_and_never_that_it_closed_a_share(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="1")])
    await house.check()
    house.set_roi(CRV, 26)
    await house.check(6)
    (event,) = told(house)
    words = glance(event)
    assert "So far 6 of the 30 that this tier closes (20%)" in words
    assert "Left 94 of the leg" in words
    assert "next" not in words
    await house.check(26)
    assert "Closed 30 of 100" in glance(told(house)[-1])


async def test_a_lower_tier_that_was_too_small_is_not_the_next_one(tmp_path: Path) -> None:
    rules = SEED_RULES.replaced(long=Ladder.parse("25:1,35:50,50:50"), min_margin=Decimal("0.001"))
    house = House(tmp_path, paper_leg(contracts=10), rules=rules)
    await house.check()
    house.set_roi(CRV, 36)
    await house.check(2)
    (event,) = told(house)
    assert (event.intent.tier, event.next_threshold) == (2, Decimal("0.5"))


async def test_a_next_tier_that_the_gate_keeps_out_is_told_as_such(tmp_path: Path) -> None:
    (event,) = [event for event in EVENTS if event.kind == "tier_filled"]
    small = event.replaced(next_is_small=True)
    assert "skipped" in glance(small)
    assert "不处理" in glance(small, READER._replace(language="zh"))
    assert "skipped" not in glance(event)


async def test_a_coin_that_is_held_in_both_modes_names_the_mode() -> None:
    (event,) = [event for event in EVENTS if event.kind == "tier_filled"]
    assert glance(event.replaced(both_modes=True)).startswith("🎯 CRV long cross ")
    assert glance(event).startswith("🎯 CRV long +")


def test_the_order_id_goes_to_the_clipboard_and_to_no_account() -> None:
    (event,) = [event for event in EVENTS if event.kind == "tier_filled"]
    message = alert(READER._replace(tagged=True), 7, event.replaced(account="alpha"))
    (row,) = message.buttons
    assert [(button.data, button.copies) for button in row] == [("1234567890", True)]
    assert not message.asks
    assert message.markup is not None
    (sent,) = message.markup.inline_keyboard[0]
    assert (sent.copy_text.text if sent.copy_text else None, sent.callback_data) == ("1234567890", None)
    nameless = event.replaced(order=event.order.replaced(order_id=""))
    assert alert(READER, 7, nameless).buttons == ()


def test_what_is_copied_is_never_longer_than_telegram_takes() -> None:
    long = Message(Html("x"), ((Button("copy", "9" * 300, copies=True), Button("ask", "st:1")),))
    assert long.markup is not None
    copied, asked = long.markup.inline_keyboard[0]
    assert copied.copy_text is not None
    assert len(copied.copy_text.text) == LONGEST_COPY
    assert asked.callback_data == "st:1"
    assert [button.data for button in addressed(long, "alpha").buttons[0]] == ["9" * 300, "@alpha:st:1"]


@pytest.mark.parametrize("kind", ["tier_filled", "hedge_filled", "hand_filled"])
def test_a_fill_is_read_in_three_lines(kind: str) -> None:
    (event,) = [event for event in EVENTS if event.kind == kind]
    for language in ("en", "zh"):
        lines = glance(event, READER._replace(language=language)).splitlines()
        assert len(lines) == 4
        assert all(len(line) <= 48 for line in lines)


async def test_a_tier_counts_once_however_many_orders_it_took(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="8")])
    await house.check()
    house.set_roi(CRV, 26)
    await house.check(5)
    takings = Takings()
    for _, event in house.ledger.history(50):
        takings = with_fill(takings, event) if event.kind == "tier_filled" else takings
    assert (takings.orders, takings.tiers, takings.hedges) == (4, 1, 0)


def test_a_hedge_counts_when_all_that_was_above_the_base_is_closed() -> None:
    (event,) = [event for event in EVENTS if event.kind == "hedge_filled"]
    target = event.intent.basis.target_contracts
    whole = event.replaced(order=event.order.replaced(filled_contracts=target))
    assert [with_fill(Takings(), each).hedges for each in (event, whole)] == [0, 1]
