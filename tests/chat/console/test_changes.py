"""A leg and a pair have a line when their state changes, all of them now and then, and none because a mark moves."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import key, paper_leg
from tgtp.chat.console.story import ConsoleListener
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.examples import OPENED_AT
from tgtp.domain.examples import leg as a_leg
from tgtp.domain.model import Leg, LegKey, UnreadableLeg
from tgtp.domain.model import Snapshot as Seen
from tgtp.domain.plan import Note
from tgtp.engine.check_report import CheckReport

CRV, STX = "CRV-USDT-SWAP", "STX-USDT-SWAP"
ROWS = ("   ·", "   ⚖")


class Log:
    """The console of one account, with a check every ten seconds."""

    def __init__(self, caplog: pytest.LogCaptureFixture, language: Language = "en", **more: Any) -> None:
        self._caplog = caplog
        self._console = ConsoleListener(Reader(language, SEED_RULES, 10), **more)
        self.now = OPENED_AT
        self.number = 0

    def sees(self, *legs: Leg | UnreadableLeg, why: dict[LegKey, str] | None = None, hedge: tuple[Note, ...] = ()) -> list[str]:
        """Have a check see these legs, each waiting for its next tier if it is not said otherwise; return the rows."""
        self.number += 1
        self.now += dt.timedelta(seconds=10)
        readable = tuple(leg for leg in legs if isinstance(leg, Leg))
        unreadable = tuple(leg for leg in legs if isinstance(leg, UnreadableLeg))
        notes: list[Any] = []
        for leg in readable:
            said: Any = (why or {}).get(leg.key, "waiting" if leg.initial_margin > 1 else "small")
            notes.append(Note(leg, "tier", said, SEED_RULES.ladder(leg.position_side).tiers[0]))
        self._console.checked(
            CheckReport(
                number=self.number,
                started_at=self.now,
                snapshot=Seen(taken_at=self.now, legs=readable, unreadable=unreadable),
                ladder_notes=tuple(notes),
                hedge_notes=hedge,
            )
        )
        rows = [text for text in self._caplog.messages if text.startswith(ROWS)]
        self._caplog.clear()
        return rows


@pytest.fixture(name="log")
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    with caplog.at_level(logging.INFO, "tgtp"):
        yield Log(caplog)


def moving(roi: Any, contracts: Any = 100, **more: Any) -> Leg:
    return a_leg(roi=roi, contracts=contracts, **more)


def test_all_are_told_first_and_then_none_whose_mark_alone_moves(log: Log) -> None:
    assert len(log.sees(moving(1), a_leg(STX, side="short", roi=2))) == 2
    for roi in range(2, 24):
        assert log.sees(moving(roi), a_leg(STX, side="short", roi=-roi)) == []


def test_contracts_and_the_next_tier_are_changes(log: Log) -> None:
    log.sees(moving(1))
    (row,) = log.sees(moving(1, contracts=70))
    assert "70 contracts" in row
    held = moving(40, contracts=70)
    # What is due was told as a trigger.
    assert log.sees(held, why={held.key: "due"}) == []
    (row,) = log.sees(held, why={held.key: "paused"})
    assert "paused" in row
    (row,) = log.sees(held, why={held.key: "done"})
    assert "all tiers fired" in row


def test_the_gate_is_told_when_it_is_crossed_and_not_at_each_crossing(log: Log) -> None:
    over, under = moving(5, mark_price="0.1004"), moving(5, mark_price="0.0996")
    assert over.initial_margin > 1 >= under.initial_margin
    log.sees(over)
    (row,) = log.sees(under)
    assert "skipped" in row
    # It says what the phone says, and never "1.00 U" for what is under the gate.
    assert "margin 0.996 U" in row
    for _ in range(20):
        assert log.sees(over) == []
        assert log.sees(under) == []
    log.now += dt.timedelta(minutes=10)
    assert log.sees(over) + log.sees(under)


def test_all_are_told_again_after_the_time_that_is_set(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tgtp"):
        log = Log(caplog, legs_every=dt.timedelta(minutes=5))
        legs = moving(1), a_leg(STX, side="short", roi=2)
        counts = [len(log.sees(*legs)) for _ in range(61)]
    assert [number for number, count in enumerate(counts) if count] == [0, 30, 60]
    assert set(counts) == {0, 2}


def test_where_it_is_zero_they_are_told_at_the_first_check_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tgtp"):
        log = Log(caplog, legs_every=dt.timedelta(0))
        counts = [len(log.sees(moving(1))) for _ in range(100)]
    assert counts == [1, *[0] * 99]


def test_a_clock_that_is_set_back_does_not_silence_them(log: Log) -> None:
    log.sees(moving(1))
    log.now -= dt.timedelta(hours=3)
    assert len(log.sees(moving(1))) == 1


def test_at_debug_all_are_told_at_every_check(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "tgtp"):
        log = Log(caplog)
        assert [len(log.sees(moving(1), moving(-3, side="short"))) for _ in range(5)] == [3] * 5


BLIND = {
    "en": ("CRV-USDT-SWAP long", "cannot be read", "7 contracts", "not guarded"),
    "zh": ("CRV-USDT-SWAP 多单", "无法读取", "持仓 7 张", "未监控"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_leg_that_cannot_be_read_is_among_them(caplog: pytest.LogCaptureFixture, language: Language) -> None:
    with caplog.at_level(logging.INFO, "tgtp"):
        log = Log(caplog, language)
        log.sees(moving(1), a_leg(STX, side="short", roi=2))
        blind = UnreadableLeg(keys=(key(),), contracts=7)
        (row,) = log.sees(blind, a_leg(STX, side="short", roi=2))
        assert [words for words in BLIND[language] if words not in row] == []
        assert log.sees(blind, a_leg(STX, side="short", roi=2)) == []
        (row,) = log.sees(blind.replaced(contracts=5), a_leg(STX, side="short", roi=2))
        assert "5" in row
        log.now += dt.timedelta(minutes=10)
        assert len(log.sees(blind, a_leg(STX, side="short", roi=2))) == 2
        # Readable again: it has a line at once.
        assert len(log.sees(moving(1, contracts=8), a_leg(STX, side="short", roi=2))) == 1


PAIRS = {
    "en": ["both win", "margin too small", "at base", "both lose", "one is at 0", "not judged now"],
    "zh": ["同为盈利，不触发对冲", "保证金过小", "已是底仓", "同为亏损，不触发对冲", "有一侧为 0，不触发对冲", "本次不判断"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pair_is_told_when_what_the_rule_makes_of_it_changes(caplog: pytest.LogCaptureFixture, language: Language) -> None:
    def legs(long: Any, short: Any) -> tuple[Leg, Leg]:
        return a_leg(roi=long), a_leg(side="short", roi=short)

    def judged(long: Any, short: Any, why: Any) -> list[str]:
        held = legs(long, short)
        return log.sees(*held, hedge=(Note(held[1], "hedge", why, other_roi=held[0].roi),))

    with caplog.at_level(logging.INFO, "tgtp"):
        log = Log(caplog, language)
        rows = [[row for row in log.sees(*legs("19.43", "15.24")) if "⚖" in row]]
        assert log.sees(*legs(18, 14)) == []
        rows += [judged(18, -2, "loser_small"), judged(18, -3, "at_base")]
        assert judged(17, -4, "at_base") == []
        # What is closed has a line of its own.
        assert judged(17, -4, "due") == []
        rows += [log.sees(*legs(-1, -3)), log.sees(*legs(0, -3)), log.sees(*legs(5, -3))]
    assert [len(each) for each in rows] == [1] * 6
    for (row,), words in zip(rows, PAIRS[language], strict=True):
        assert words in row
    assert "+19.43%" in rows[0][0]
    assert "+15.24%" in rows[0][0]


def test_sides_that_are_held_in_both_modes_are_told_apart(log: Log) -> None:
    rows = log.sees(moving(3), moving(4, margin_mode="isolated"), moving(5, side="short"))
    assert "long (cross) +3.00%, long (isolated) +4.00%, short (cross) +5.00%" in rows[-1]


async def test_a_closed_leg_is_forgotten_and_a_new_one_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path, paper_leg())
    console = ConsoleListener(Reader("en", SEED_RULES, 10))
    with caplog.at_level(logging.INFO, "tgtp"):
        console.checked(await house.check())
        house.paper.put_leg(paper_leg(STX, "short"))
        caplog.clear()
        console.checked(await house.check())
    assert [STX in row for row in caplog.messages if row.startswith(ROWS)] == [True]
