"""/whatif on the phone: whose legs are walked, what came of it, and what is said where there are none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.chat.commands.backtest.test_backtest import MAY, HeldBacktests, held, shows
from tests.chat.conftest import Dial
from tests.fixtures.fakes import NOW, fail, paper_leg
from tests.fixtures.waiting import until
from tests.simulation.phone.phone import Phone, words_of
from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.backtest.what_if_commands import read_past_wish
from tgtp.domain.examples import OPENED_AT
from tgtp.domain.model import EPOCH, CloseRecord, LegKey
from tgtp.engine.ports import LegSums, MissedTouches, OneLeg, Progress, WhatIfOutcome
from tgtp.errors import TemporarilyDown

__all__ = ["held"]

STX = LegKey(instrument_id="STX-USDT-SWAP", position_side="short", margin_mode="cross")
BEST = OneLeg(leg=STX, opened_at=OPENED_AT, net="30")
WORST = OneLeg(leg=STX, opened_at=EPOCH, net="-6.5")


def sums(name: str, net: Any, **more: Any) -> LegSums:
    usual = {"fees": "1.2", "funding": "-0.3", "tiers": 0, "hedges": 0, "liquidated": 0, "best": BEST, "worst": WORST}
    return LegSums(name=name, net=net, **{**usual, **more})


OUTCOME = WhatIfOutcome(
    rows=(
        sums("real", "23.5", tiers=4, hedges=1),
        sums("ladder", "-100", tiers=5, liquidated=2),
        sums("scaled", "-80.5", hedges=2),
        sums("resting", "1"),
        sums("unguarded", "2"),
        sums("hold", "7"),
        sums("tier-2", "1000", tiers=1),
    ),
    legs=12,
    still_open=1,
    bars=3000,
    left_out={"short": 2, "bars": 1},
    touched=MissedTouches(minutes=500, of=613, touches=40, missed=3),
)


async def begun(dial: Dial, held: HeldBacktests, words: str = "/whatif 7") -> Phone:
    phone: Phone = await dial(paper_leg(), backtests=held)
    phone.house.checker.exchange_name = "okx"
    assert "What if: your positions of" in await phone.says(words)
    await until(lambda: held.asked_what_if)
    return phone


async def test_the_own_legs_are_walked_and_shown_beside_what_was(dial: Dial, held: HeldBacktests) -> None:
    phone = await begun(dial, held)
    held.heard(Progress("seconds", 0.5))
    await shows(phone, "🧪 What if: your positions of 7 days\nlooking at touched minutes second by second … 50%")
    held.ends(OUTCOME)
    text = await shows(phone, "net U")
    assert text.splitlines()[:17] == [
        "🧪 What if: your positions of 7 days",
        "12 positions, 1 of them still open and counted up to now.",
        "Left out: 2, held for less than a whole clock minute.",
        "Left out: 1, of whose time OKX has no bars.",
        "",
        "    net U costs  ",
        "   +23.50  1.50  as it was · 4 tiers · 1 hedge",
        "  -100.00  1.50  your ladder · 5 tiers · ⚠️ 2 liquidated",
        "   -80.50  1.50  scaled by volatility · 2 hedges",
        "    +1.00  1.50  tiers resting at OKX",
        "    +2.00  1.50  without guards",
        "    +7.00  1.50  held to its end",
        "+1,000.00  1.50  all at tier 2 · 1 tier",
        "",
        "as it was: best STX short 01-01 +30.00 · worst STX short 01-01 -6.50",
        "your ladder: best STX short 01-01 +30.00 · worst STX short 01-01 -6.50",
        "",
    ]
    estimate = (
        "Estimate of what a look every 10 s misses: of 40 touches of a tier, 3 were over before a look. From one-second traded "
        "prices of 500 of the 613 minutes that touched a tier."
    )
    assert text.splitlines()[17] == estimate
    (request,) = held.asked_what_if
    (leg,) = request.legs
    assert (str(leg.leg), leg.is_open, leg.contracts, leg.until) == (
        "CRV-USDT-SWAP_long",
        True,
        Decimal(100),
        phone.house.clock.now(),
    )
    assert (request.other, request.interval, request.rules) == ("", 10, phone.house.checker.rules)
    assert phone.buttons() == []


async def test_another_ladder_stands_in_the_title_and_in_the_request(dial: Dial, held: HeldBacktests) -> None:
    phone = await begun(dial, held, "/whatif 20:50,40:50 3")
    assert "What if: your positions of 3 days · against 20:50,40:50" in words_of(phone.newest())
    assert held.asked_what_if[0].other == "20:50,40:50"


async def test_one_at_a_time_with_backtests_and_gone_when_cancelled(dial: Dial, held: HeldBacktests) -> None:
    phone = await begun(dial, held)
    assert "One is under way:\n🧪 What if: your positions of 7 days … 0%" in await phone.says(MAY)
    assert held.asked == []
    await phone.says("/cancel")
    await until(lambda: held.is_cancelled)
    await phone.settle()
    assert "0%" in await phone.says(MAY)
    assert "One is under way:\n🧪 Backtest ETH short 20x" in await phone.says("/whatif")


async def test_without_any_leg_nothing_is_walked(dial: Dial, held: HeldBacktests) -> None:
    phone = await dial(backtests=held)
    phone.house.checker.exchange_name = "okx"
    await phone.says("/whatif")
    assert "There was no position to walk." in await shows(phone, "no position")
    assert held.asked_what_if == []


async def test_on_paper_it_says_what_it_does_not_know(dial: Dial, held: HeldBacktests) -> None:
    phone = await dial(paper_leg(), backtests=held)
    phone.house.paper.drop_leg(paper_leg().key)
    await phone.house.check(2)
    await phone.says("/whatif")
    text = await shows(phone, "no position")
    assert "This account is on paper, which remembers no closed positions" in text
    assert "Left out" not in text


async def test_a_history_that_cannot_be_read_is_said(dial: Dial, held: HeldBacktests) -> None:
    phone = await dial(paper_leg(), backtests=held)
    phone.house.exchange.before = fail("closes_since", TemporarilyDown("no answer"), times=-1)
    await phone.says("/whatif")
    await shows(phone, "Nothing came of it")
    assert held.asked_what_if == []


async def test_legs_without_terms_are_said(dial: Dial, held: HeldBacktests, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(backtests=held)
    phone.house.checker.exchange_name = "okx"
    record = CloseRecord(leg=STX, opened_at=EPOCH, at=NOW, how="order", whole=True, realised_pnl=Decimal(1))

    async def closes(_: object) -> tuple[CloseRecord, ...]:
        return (record,)

    monkeypatch.setattr(phone.house.checker.records, "closes_since", closes)
    await phone.says("/whatif")
    assert "Left out: 1, of which OKX tells no leverage, entry or size." in await shows(phone, "no position")


@pytest.mark.parametrize(
    ("words", "days", "ladder"),
    [("", 30, None), ("1", 1, None), ("90d", 90, None), ("7天", 7, None), ("25:100 8", 8, "25:100"), ("25:100", 30, "25:100")],
)
async def test_words_are_read_in_any_order(dial: Dial, words: str, days: int, ladder: str | None) -> None:
    reader = (await dial(paper_leg())).reader(1)
    wish = read_past_wish(reader, words.split())
    assert (wish.days, wish.ladder and str(wish.ladder)) == (days, ladder)


@pytest.mark.parametrize("words", ["0", "91", "30 30", "soon", "²", "25:100 30:100", "25:x", "-3"])
async def test_what_is_not_understood_is_said(dial: Dial, words: str) -> None:
    reader = (await dial(paper_leg())).reader(1)
    with pytest.raises(Unclear):
        read_past_wish(reader, words.split())


@pytest.mark.parametrize(
    ("words", "days"), [("what if 7", 7), ("复盘 7", 7), ("复盘", 30), ("/whatif 7天", 7), ("/whatif 7 20:50,40:50", 7)]
)
async def test_it_may_be_said_in_words(dial: Dial, held: HeldBacktests, words: str, days: int) -> None:
    phone = await dial(paper_leg(), backtests=held)
    assert f"your positions of {days} days" in await phone.says(words)
    await until(lambda: held.asked_what_if)
    assert held.asked_what_if[0].other == ("20:50,40:50" if ":" in words else "")
