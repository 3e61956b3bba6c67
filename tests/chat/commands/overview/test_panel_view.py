"""The panel as a text, for accounts of every size."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.chat.texts.test_texts import LONG_NAME, is_fine, languages, reader
from tests.fixtures.snapshots import NOW, D, lives_of, situation, snapshot
from tgtp.chat.commands.overview import panel_view
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.messages.message import Message, bare
from tgtp.chat.state.account_overview import AccountOverview
from tgtp.chat.state.today_totals import SoFar
from tgtp.chat.texts import Language
from tgtp.domain.examples import leg
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.model import Leg
from tgtp.domain.plan import ALL
from tgtp.domain.report import Takings
from tgtp.errors import Problem

TODAY = SoFar(Takings(tier=D("40"), hedge=D("-5.5"), fees=D("1.5"), orders=3), D(1000))
SEEN = re.compile(r'<tg-time unix="\d+" format="r">00:00:00 UTC</tg-time>')


def outlook(
    *legs: Leg,
    equity: Any = "1012.5",
    failed: int = 0,
    failure: Problem | None = None,
    refused: bool = False,
    unreadable: Any = (),
    **how: Any,
) -> Outlook:
    shot = snapshot(*legs, unreadable=unreadable).replaced(equity=None if equity is None else D(equity))
    how.setdefault("may_trade", not refused)
    return Outlook(shot, situation(lives_of(*legs), **how), "okx", refused, failed, failure, NOW)


def overview(seen: Outlook, old: float = 5, today: SoFar | None = TODAY) -> AccountOverview:
    return AccountOverview("main", seen, old, frozenset(seen.situation.paused), NOW, today=today)


def panel(*legs: Leg, language: Language = "en", old: float = 5, today: SoFar | None = TODAY, **how: Any) -> Message:
    message = panel_view.panel(reader(language), [overview(outlook(*legs, **how), old, today)], "okx")
    is_fine(message)
    return message


def lines(*legs: Leg, **how: Any) -> list[str]:
    return bare(panel(*legs, **how).text).split("\n")


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


# How many legs there are


@languages
def test_an_empty_account(language: Language) -> None:
    assert (
        lines(language=language)
        == {
            "en": [
                "🟢 Running · OKX",
                "Today +12.50 U (+1.25%) · equity 1,012.50 U",
                "Realised today, net +33.00 U · orders 3",
                "There is no open leg.",
                "Seen 00:00:00 UTC",
            ],
            "zh": [
                "🟢 运行中 · OKX 实盘",
                "今日 +12.50 U（+1.25%）· 权益 1,012.50 U",
                "今日已实现（净）+33.00 U · 成交 3 笔",
                "当前没有仓位。",
                "数据更新于 00:00:00 UTC",
            ],
        }[language]
    )


@languages
def test_one_leg(language: Language) -> None:
    shown = lines(leg(roi="12.6", unrealised_pnl=D("-3.21")), language=language)
    assert (
        shown[3:]
        == {
            "en": [
                "Legs 1: 1 up, 0 down · unrealised -3.21 U",
                "",
                "Nearest to their next tier",
                "▮▮▮▮▯▯▯▯ CRV long +12.60% → 25%",
                "",
                "Seen 00:00:00 UTC",
            ],
            "zh": [
                "仓位 1：盈 1 亏 0 · 未实现盈亏 -3.21 U",
                "",
                "最接近下一档",
                "▮▮▮▮▯▯▯▯ CRV 多单 +12.60% → 25%",
                "",
                "数据更新于 00:00:00 UTC",
            ],
        }[language]
    )


@languages
def test_a_pair_whose_loser_is_above_its_base(language: Language) -> None:
    shown = lines(leg(roi=20), leg(side="short", roi=-12, margin_mode="isolated"), language=language)
    assert (
        shown[3:]
        == {
            "en": [
                "Legs 2: 1 up, 1 down · unrealised 0.00 U",
                "",
                "Nearest to their next tier",
                "▮▮▮▮▮▮▯▯ CRV long +20.00% → 25%",
                "",
                "⚖️ Losers above base: CRV short isolated -12.00% (due)",
                "Seen 00:00:00 UTC",
            ],
            "zh": [
                "仓位 2：盈 1 亏 1 · 未实现盈亏 0.00 U",
                "",
                "最接近下一档",
                "▮▮▮▮▮▮▯▯ CRV 多单 +20.00% → 25%",
                "",
                "⚖️ 亏损侧高于底仓：CRV 空单 逐仓 -12.00%（待平仓）",
                "数据更新于 00:00:00 UTC",
            ],
        }[language]
    )


def crowd(count: int, name: str = "COIN") -> list[Leg]:
    """Pairs: the longs of the first coins win most, their shorts lose."""
    legs = []
    for number in range(count // 2):
        coin = f"{number:02d}{name}-USDT-SWAP"
        legs += [
            leg(coin, roi=24 - D(number) / 10, unrealised_pnl=D(2)),
            leg(coin, side="short", roi=-number, unrealised_pnl=D(-1)),
        ]
    return legs


@languages
def test_of_sixty_legs_it_shows_the_three_nearest_and_the_three_worst_losers(language: Language) -> None:
    shown = lines(*crowd(60), language=language)
    assert len(shown) <= 12
    assert [row.split()[1] for row in shown if row.startswith(("▮", "▯"))] == ["00COIN", "01COIN", "02COIN"]
    (losers,) = [row for row in shown if row.startswith("⚖️")]
    assert re.findall(r"\d\dCOIN", losers) == ["29COIN", "28COIN", "27COIN"]
    assert losers.endswith("+26")
    assert any("60" in row and "30" in row and "29" in row and "+30.00" in row for row in shown), shown


@languages
def test_the_longest_names_fit(language: Language) -> None:
    legs = [held.replaced(margin_mode="isolated") for held in crowd(200, "1000000BABYDOGE" * 20)]
    names = frozenset(f"{number}{LONG_NAME}" for number in range(300))
    message = panel(
        *legs, language=language, paused=names, failed=9, failure=Problem.of_words("x<b>&" * 2000), old=10**9, equity="9" * 20
    )
    assert len(bare(message.text)) < 2000


def test_a_day_that_was_not_seen_from_its_morning_says_since_when() -> None:
    # In few characters: the strip above the chat shows no more than the beginning.
    today = TODAY._replace(seen_since=NOW - dt.timedelta(hours=13))
    assert lines(leg(roi=1), today=today)[1] == "+12.50 U (+1.25%) since 01-01 · equity 1,012.50 U"
    today = TODAY._replace(seen_since=NOW)
    assert lines(leg(roi=1), today=today)[1] == "+12.50 U (+1.25%) since 00:00 · equity 1,012.50 U"
    assert lines(leg(roi=1), today=today, language="zh")[1] == "+12.50 U（+1.25%，00:00 起）· 权益 1,012.50 U"
    assert lines(leg(roi=1), today=TODAY)[1].startswith("Today +12.50 U")


# What stands nearest


def test_nearest_is_what_has_the_least_way_to_go() -> None:
    shown = lines(leg("A-USDT-SWAP", roi=20), leg("B-USDT-SWAP", side="short", roi=33), leg("C-USDT-SWAP", roi=13))
    assert [row.split()[1] for row in shown if row.startswith(("▮", "▯"))] == ["B", "A", "C"]


@pytest.mark.parametrize("roi", ["12.4", "0", "-20"])
def test_what_has_not_come_half_of_the_way_is_not_near(roi: str) -> None:
    assert not any(row.startswith(("▮", "▯", "Nearest")) for row in lines(leg(roi=roi)))


def test_what_the_ladder_leaves_alone_is_not_near_anything() -> None:
    small = leg("A-USDT-SWAP", contracts=1, roi=24)
    # A single contract has no half, nor a third: every tier of it is dust.
    dust = leg("B-USDT-SWAP", contracts=1, mark_price=50, roi=80)
    assert "Nearest" not in "\n".join(lines(small, dust))


def test_a_tier_that_is_reached_says_what_holds_it() -> None:
    held = leg(roi=26)
    assert "▮▮▮▮▮▮▮▮ CRV long +26.00% → 25% · tier 1 is due" in lines(held)
    assert "▮▮▮▮▮▮▮▮ CRV long +26.00% → 25% · paused; tier 1 is due" in lines(held, paused={"CRV-USDT-SWAP"})


@pytest.mark.parametrize(("roi", "full"), [("-50", 0), ("0", 0), ("3.1", 0), ("3.2", 1), ("24.99", 7), ("25", 8), ("900", 8)])
def test_the_bar_is_full_only_at_the_threshold(roi: str, full: int) -> None:
    assert panel_view.bar(Decimal(roi) / 100, D("0.25")) == "▮" * full + "▯" * (8 - full)


# Pairs


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"paused": {"CRV-USDT-SWAP"}}, "CRV short -12.00% (paused)"),
        ({"may_trade": False}, "CRV short -12.00% (the key cannot trade)"),
    ],
)
def test_a_loser_that_is_not_closed_says_why(how: dict[str, Any], words: str) -> None:
    assert f"⚖️ Losers above base: {words}" in lines(leg(roi=10), leg(side="short", roi=-12), **how)


def test_a_loser_at_its_base_is_none() -> None:
    assert "⚖️ Pairs 1: no loser above base" in lines(leg(roi=10), leg(side="short", roi=-12, contracts=2))
    assert "⚖️ Pairs 1: no loser above base" in lines(leg(roi=10), leg(side="short", roi=12))
    assert "⚖️" not in "\n".join(lines(leg(roi=10)))


# How old it is


@pytest.mark.parametrize("old", [0, 29, 30])
def test_fresh_data_says_when_it_was_seen(old: float) -> None:
    message = panel(leg(), old=old)
    assert "🔴" not in message.text
    assert SEEN.search(message.text.split("\n")[-1])


@pytest.mark.parametrize(
    ("language", "old", "words"),
    [
        ("en", 31, "Data is 31 s old"),
        ("en", 7300, "Data is 2 h old"),
        ("zh", 45, "数据是 45 秒前的"),
    ],
)
def test_old_data_says_so_before_all_else(language: Language, old: float, words: str) -> None:
    message = panel(leg(), old=old, language=language)
    first, second, *rest = message.text.split("\n")
    assert first.startswith(f"🔴 <b>{words}</b>")
    assert SEEN.search(first)
    assert second.startswith({"en": "No check has finished since.", "zh": "此后没有完成过检查"}[language])
    assert not any("🟢" in row or "tg-time" in row for row in rest)


def test_a_failed_check_is_told_whatever_the_age() -> None:
    text = panel(leg(), old=12, failed=2, failure=Problem("problem.slow")).text
    assert text.startswith("🔴 <b>Data is 12 s old</b>")
    assert "The last 2 checks failed: OKX did not answer in time. Nothing is guarded meanwhile." in text


def test_rare_checks_do_not_make_data_old_by_themselves() -> None:
    rare = reader("en")._replace(interval=60)
    assert "🔴" not in panel_view.panel(rare, [overview(outlook(leg()), 119)], "okx").text
    assert "🔴" in panel_view.panel(rare, [overview(outlook(leg()), 121)], "okx").text


@languages
def test_before_anything_was_seen(language: Language) -> None:
    starting = panel_view.panel(reader(language), [AccountOverview("main", None, 0, frozenset(), None)], "okx")
    assert starting.text.startswith("⏳")
    assert starting.buttons[0][0].data == "pa:"
    failed = AccountOverview("main", None, 0, frozenset({ALL}), NOW, Problem("problem.network"))
    blind = panel_view.panel(reader(language), [failed], "okx")
    assert blind.text.startswith("🔴")
    assert {"en": "OKX could not be reached. Nothing is guarded", "zh": "无法连接 OKX，仓位无人监控"}[language] in blind.text
    assert blind.buttons[0][0].data == "pb:"
    for message in (starting, blind):
        is_fine(message)


@languages
def test_the_end_says_that_nobody_looks(language: Language) -> None:
    message = panel_view.stopped(language, NOW + dt.timedelta(hours=3))
    is_fine(message)
    assert message.text.startswith({"en": "⏹ <b>Stopped</b>", "zh": "⏹ <b>已停止</b>"}[language])
    assert not message.buttons


# State, money, buttons


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "🟢 Running · OKX"),
        ({"paused": {ALL}}, "⏸ Paused · OKX"),
        ({"paused": {"STX-USDT-SWAP"}}, "🟢 Running, paused: STX · OKX"),
        ({"may_trade": False}, "⚠️ Only looking: the key cannot trade · OKX"),
        ({"refused": True}, "⚠️ Stopped: OKX refuses the keys · OKX"),
    ],
)
def test_the_first_line_is_the_state(how: dict[str, Any], words: str) -> None:
    assert lines(leg(), **how)[0] == words


def test_a_pause_is_told_beside_old_data() -> None:
    assert lines(leg(), old=60, paused={ALL})[2] == "⏸ Paused · OKX"


def test_money_that_is_not_known_is_not_made_up() -> None:
    assert lines(leg(), equity=None)[1] == "Equity unknown"
    assert lines(leg(), today=TODAY._replace(equity_before=None))[1] == "Equity 1,012.50 U"
    assert lines(leg(), today=TODAY._replace(equity_before=D(0)))[1] == "Equity 1,012.50 U"
    unread = lines(leg(), today=None)
    assert unread[1] == "Equity 1,012.50 U"
    assert unread[2].startswith("Legs")


def test_the_buttons_fit_the_state() -> None:
    others = ["Positions", "Pairs", "Report"]
    running, paused, some = panel(leg()), panel(leg(), paused={ALL}), panel(leg(), paused={"STX-USDT-SWAP"})
    assert labels(running) == [["⏸ Pause"], others]
    assert labels(paused) == [["🟢 Resume"], others]
    assert labels(some) == [["⏸ Pause", "🟢 Resume"], others]
    assert [button.style for button in some.buttons[0]] == ["primary", "success"]
    assert [button.data for row in some.buttons for button in row] == ["pa:", "pb:", "pc:", "pp:", "rp:day"]


# Funding

COINS = ("CRV", "STX", "UNI")


def funded(*legs: Leg, language: Language = "en", accounts: int = 1, tried: Sequence[str] = COINS, **hours: int) -> list[str]:
    """The panel's lines where some coins are funded at 0.1 % so many hours from now, and ``tried`` were asked for."""
    known = {
        f"{coin}-USDT-SWAP": FundingRate(
            instrument_id=f"{coin}-USDT-SWAP", rate="0.001", settles_at=NOW + dt.timedelta(hours=after)
        )
        for coin, after in hours.items()
    }
    seen = overview(outlook(*legs)._replace(funding=known, funding_tried=frozenset(f"{coin}-USDT-SWAP" for coin in tried)))
    several = [seen._replace(account=name) for name in ("main", "alpha")[:accounts]]
    message = panel_view.panel(reader(language), several, "okx")
    is_fine(message)
    return bare(message.text).split("\n")


def test_the_next_settlement_of_every_leg_is_added_up() -> None:
    legs = [leg(), leg("STX-USDT-SWAP", side="short", contracts=300), leg("UNI-USDT-SWAP")]
    # 500 U pay, 1,500 U receive; the last of them three hours from now.
    text = "Next funding ≈ +1.00 U by 01-02 03:00:00 UTC · 2 legs · 1 not known"
    assert text in funded(*legs, CRV=1, STX=3)
    assert "Next funding ≈ -0.50 U by 01-02 01:00:00 UTC · 1 leg" in funded(leg(), CRV=1)
    assert "下次资金费 ≈ -0.50 U（01-02 01:00:00 UTC 前结算）· 1 个仓位" in funded(leg(), language="zh", CRV=1)
    assert "Next funding ≈ -1.00 U by 01-02 01:00:00 UTC · 2 legs" in funded(leg(), accounts=2, CRV=1)


def test_a_rate_that_was_not_asked_for_yet_is_being_read() -> None:
    legs = [leg(), leg("STX-USDT-SWAP"), leg("UNI-USDT-SWAP")]
    row = "Next funding ≈ -0.50 U by 01-02 01:00:00 UTC · 1 leg"
    assert f"{row} · 2 being read" in funded(*legs, tried=["CRV"], CRV=1)
    assert f"{row} · 1 not known · 1 being read" in funded(*legs, tried=["CRV", "STX"], CRV=1)
    zh = funded(*legs, language="zh", tried=["CRV", "STX"], CRV=1)
    assert "下次资金费 ≈ -0.50 U（01-02 01:00:00 UTC 前结算）· 1 个仓位 · 1 个未知 · 1 个读取中" in zh
    # Before the first reading there is nothing to say.
    assert not [row for row in funded(*legs, tried=[]) if "unding" in row]


def test_nothing_is_said_where_no_rate_is_known() -> None:
    assert not [row for row in [*funded(leg()), *funded(CRV=1), *funded(leg(), CRV=0)] if "funding" in row]


@languages
def test_legs_that_slip_under_the_gate_by_it_are_named(language: Language) -> None:
    isolated = leg(margin_mode="isolated", initial_margin="1.2")
    rows = funded(isolated, leg("STX-USDT-SWAP", initial_margin="1.2"), language=language, CRV=1, STX=1)
    (row,) = [row for row in rows if row.startswith("⚠️")]
    assert (
        row
        == {
            "en": "⚠️ Down to 1 U of margin or less by it: CRV long isolated",
            "zh": "⚠️ 扣费后保证金不高于 1 U：CRV 多单 逐仓",
        }[language]
    )
    assert any("alpha CRV" in row for row in funded(isolated, accounts=2, CRV=1))


# Whose day it is


@pytest.mark.parametrize(
    ("zone", "now", "said"),
    [
        (None, "2026-01-02T09:00", "Today +12.50 U"),
        ("UTC", "2026-01-02T09:00", "Today +12.50 U"),
        ("Asia/Shanghai", "2026-01-02T09:00", "Today (from 08:00) +12.50 U"),
        # Their own day has turned already.
        ("Asia/Shanghai", "2026-01-02T20:00", "Today (from 01-02 08:00) +12.50 U"),
        ("America/New_York", "2026-01-02T09:00", "Today (from 01-01 19:00) +12.50 U"),
        # The same hours under another name.
        ("Africa/Abidjan", "2026-01-02T09:00", "Today +12.50 U"),
    ],
)
def test_the_day_is_that_of_the_program_and_says_so_where_the_readers_is_another(zone: str | None, now: str, said: str) -> None:
    seen = outlook(leg())._replace(now=dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC))
    of = reader("en")._replace(own_zone=ZoneInfo(zone) if zone else None)
    rows = bare(panel_view.panel(of, [overview(seen)], "okx").text)
    assert said in rows
    # Once is enough.
    assert rows.count("from ") == said.count("from ")


@languages
def test_whose_day_it_is_stands_with_what_was_realised_where_the_change_of_the_equity_is_not_known(language: Language) -> None:
    of = reader(language)._replace(own_zone=ZoneInfo("Asia/Shanghai"))
    seen = outlook(leg(), equity=None)._replace(now=dt.datetime(2026, 1, 2, 9, tzinfo=dt.UTC))
    rows = bare(panel_view.panel(of, [overview(seen)], "okx").text)
    assert ("Realised today (from 08:00), net +33.00 U" if language == "en" else "今日（08:00 起）已实现（净）+33.00 U") in rows
