"""/backtest on the phone: one at a time, how far it is, what came of it, and gone when it is cancelled."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.waiting import until
from tests.simulation.phone.phone import Phone, words_of
from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.backtest import running
from tgtp.chat.commands.backtest.parse import read_wish
from tgtp.domain.model import EPOCH
from tgtp.engine.ports import BacktestOutcome, BacktestRequest, Backtests, Progress, Walked, WhatIfOutcome, WhatIfRequest
from tgtp.errors import Invalid, Problem, TemporarilyDown, TgtpError

MAY = "/backtest eth short 20x 2022-05-01 2022-06-01"
SUMS = {"fees": "1.2", "funding": "0", "max_drawdown": "40", "tiers": 0, "hedges": 0}
OUTCOME = BacktestOutcome(
    alternatives=(
        Walked(name="ladder", realised="30", unrealised="-5.5", **{**SUMS, "tiers": 2, "hedges": 1}),
        Walked(name="hold", realised="-100", unrealised="0", liquidated_at=EPOCH, **SUMS),
        Walked(name="single-35", realised="10", unrealised="0", **SUMS),
        Walked(name="25:30,50:50", realised="1000", unrealised="0", **SUMS),
    ),
    margin="99.8",
    entry_price="2820.55",
    since=EPOCH,
    until=EPOCH + dt.timedelta(days=31),
    bars=8928,
    minutes=5,
    missing=3,
)


class HeldBacktests(Backtests):
    """Says how far it is when it is told to, and ends when it is told to."""

    def __init__(self) -> None:
        self.asked: list[BacktestRequest] = []
        self.asked_what_if: list[WhatIfRequest] = []
        self.heard: Callable[[Progress], None] = lambda _: None
        self.outcome: asyncio.Future[Any] | None = None

    async def run(self, request: BacktestRequest, heard: Callable[[Progress], None]) -> BacktestOutcome:
        self.asked.append(request)
        self.heard, self.outcome = heard, asyncio.get_running_loop().create_future()
        return await self.outcome  # type: ignore[no-any-return]

    async def what_if(self, request: WhatIfRequest, heard: Callable[[Progress], None]) -> WhatIfOutcome:
        self.asked_what_if.append(request)
        self.heard, self.outcome = heard, asyncio.get_running_loop().create_future()
        return await self.outcome  # type: ignore[no-any-return]

    def ends(self, how: BacktestOutcome | WhatIfOutcome | TgtpError) -> None:
        assert self.outcome is not None
        if isinstance(how, TgtpError):
            self.outcome.set_exception(how)
        else:
            self.outcome.set_result(how)

    @property
    def is_cancelled(self) -> bool:
        return self.outcome is not None and self.outcome.cancelled()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldBacktests:
    monkeypatch.setattr(running, "TOLD_EVERY", 0.01)
    return HeldBacktests()


async def begun(dial: Dial, held: HeldBacktests) -> Phone:
    phone: Phone = await dial(paper_leg(), backtests=held)
    assert "reading the history from OKX … 0%" in await phone.says(MAY)
    return phone


async def shows(phone: Phone, words: str) -> str:
    """Wait until the newest message says so; gives it."""
    await until(lambda: words in words_of(phone.newest()))
    return words_of(phone.newest())


async def test_a_backtest_says_how_far_it_is_and_then_what_came_of_it(dial: Dial, held: HeldBacktests) -> None:
    phone = await begun(dial, held)
    count = len(phone.messages())
    held.heard(Progress("history", 0.42))
    await shows(phone, "🧪 Backtest ETH short 20x · 2022-05-01 to 2022-06-01 (UTC)\nreading the history from OKX … 42%")
    held.heard(Progress("walk", 0.9))
    await shows(phone, "walking … 90%")
    held.ends(OUTCOME)
    text = await shows(phone, "net U")
    assert len(phone.messages()) == count
    assert text.splitlines()[1:9] == [
        "99.80 U of margin, opened 1970-01-01 00:00 UTC at 2820.55",
        "",
        "  net U  open   fall  ",
        " +23.30 -5.50 -40.00  your ladder · 2 tiers · 1 hedge",
        "-101.20  0.00 -40.00  hold to the end · ⚠️ liquidated 1970-01-01 00:00 UTC",
        "  +8.80  0.00 -40.00  all at 35 %",
        "+998.80  0.00 -40.00  25:30,50:50",
        "",
    ]
    assert "3 bars are missing at OKX" in text
    assert phone.buttons() == []
    (request,) = held.asked
    assert (request.instrument_id, request.side, str(request.leverage)) == ("ETH-USDT-SWAP", "short", "20")
    assert (request.long, request.short) == ("25:30,35:50,50:50", "35:30,45:50,55:50")
    assert (request.since.isoformat(), request.until.isoformat()) == ("2022-05-01T00:00:00+00:00", "2022-06-01T00:00:00+00:00")


async def test_what_took_a_while_comes_below(dial: Dial, held: HeldBacktests) -> None:
    """By then other messages may stand between, and a change rings nowhere."""
    phone = await begun(dial, held)
    first = phone.newest()["message_id"]
    phone.house.clock.forward(running.LATE)
    held.ends(OUTCOME)
    await shows(phone, "net U")
    assert phone.newest()["message_id"] != first
    await until(lambda: "Done: what came of it stands below." in words_of(phone.messages()[-2]))


@pytest.mark.parametrize("how", ["/cancel", "Cancel"])
async def test_it_is_gone_when_it_is_cancelled(dial: Dial, held: HeldBacktests, how: str) -> None:
    phone = await begun(dial, held)
    await (phone.says(how) if how.startswith("/") else phone.press(how))
    await shows(phone, "Cancelled.")
    assert held.is_cancelled
    assert "No backtest is under way." in await phone.says("/cancel")
    assert "0%" in await phone.says(MAY)


async def test_a_second_one_waits_for_nobody(dial: Dial, held: HeldBacktests) -> None:
    phone = await begun(dial, held)
    assert "One is under way:\n🧪 Backtest ETH short 20x" in await phone.says("/backtest btc")
    assert len(held.asked) == 1
    held.ends(OUTCOME)
    await shows(phone, "One is under way")
    await until(lambda: held.outcome is not None and held.outcome.done())
    await phone.settle()
    assert "0%" in await phone.says("/backtest btc")


@pytest.mark.parametrize("kind", [Invalid, TemporarilyDown])
async def test_what_does_not_work_is_said_in_its_place(dial: Dial, held: HeldBacktests, kind: type[TgtpError]) -> None:
    phone = await begun(dial, held)
    held.ends(kind(Problem("backtests.long", minutes=15)))
    await shows(phone, "Nothing came of it: it took longer than 15 minutes; fewer days take less")


async def test_the_end_of_the_program_ends_it(dial: Dial, held: HeldBacktests) -> None:
    phone = await begun(dial, held)
    await phone.stop()
    assert held.is_cancelled


async def test_the_simulated_market_has_no_past(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "The simulated market has no past to walk." in await phone.says(MAY)


async def test_words_are_read_in_any_order_and_in_both_languages(dial: Dial) -> None:
    reader = (await dial(paper_leg())).reader(1)
    today = dt.date(2026, 11, 30)
    month = today - dt.timedelta(days=30)
    assert read_wish(reader, ["eth"], today)[:5] == ("ETH-USDT-SWAP", "long", Decimal(10), month, today)
    assert read_wish(reader, ["以太坊", "20倍", "空"], today)[:3] == ("ETH-USDT-SWAP", "short", Decimal(20))
    whole = read_wish(reader, ["BTC", "2022-05-01", "双向", "25:30,50:50", "3.5x", "2022-05-03"], today)
    assert whole[1:5] == ("pair", whole.leverage, dt.date(2022, 5, 1), dt.date(2022, 5, 3))
    assert (str(whole.leverage), str(whole.ladder)) == ("3.5", "25:30,50:50")
    # Of the last days there are not yet thirty.
    assert read_wish(reader, ["BTC", "2026-11-20"], today).until == today


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Write a coin"),
        ("ETH 0x", "1x to 125x"),
        ("ETH 126x", "1x to 125x"),
        ("ETH 2022-05-01 2022-05-02 2022-05-03", "Write a coin"),
        ("ETH yesterday", "yesterday is not understood"),
        ("ETH 2022-02-30", "2022-02-30 is not understood"),
        ("ETH 2022-05-02 2022-05-01", "2022-05-02 to 2022-05-01 cannot be walked"),
        ("ETH 2022-05-01 2022-05-01", "cannot be walked"),
        ("ETH 2020-05-01 2022-05-01", "at most 366 days"),
        ("ETH 2026-11-30", "cannot be walked"),
        ("ETH 35:50,25:30", "That is no ladder"),
        ("ETH 35:x", "That is no ladder"),
    ],
)
async def test_what_is_not_understood_is_said(dial: Dial, words: str, says: str) -> None:
    reader = (await dial(paper_leg())).reader(1)
    with pytest.raises(Unclear) as caught:
        read_wish(reader, words.split(), dt.date(2026, 11, 30))
    assert says in caught.value.text
