"""What stands on the cards of legs and pairs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.chat.texts.test_texts import LONG_NAME, is_fine, languages, reader
from tests.fixtures.fakes import key
from tests.fixtures.snapshots import NOW, lives_of, situation, snapshot
from tgtp.chat.charts.model import PriceChart, PriceLine
from tgtp.chat.commands.positions import leg_card as leg_card_view
from tgtp.chat.commands.positions import pair_card as pair_card_view
from tgtp.chat.formatting.callback_ids import mark_of
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import LONGEST_CAPTION, Message, bare, utf16
from tgtp.chat.texts import Language
from tgtp.domain.examples import instrument, leg
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Candle, Leg
from tgtp.domain.plan import ALL
from tgtp.domain.report import Takings
from tgtp.engine.monitoring.equity_sampling import Extremes
from tgtp.errors import Problem

D = Decimal
PRICED = PriceChart(
    "STX",
    (Candle(opened_at=NOW, open=1, high=1, low=1, close=1),),
    (PriceLine("entry", D(1), "entry"),),
    (),
    reader("en").look,
)


def outlook(
    *legs: Leg, lives: Any = None, failed: int = 0, failure: Problem | None = None, unreadable: Any = (), **how: Any
) -> Outlook:
    known = {**lives_of(*legs), **(lives or {})}
    shot = snapshot(*legs, unreadable=unreadable)
    now, tried = NOW + dt.timedelta(seconds=12), shot.instrument_ids
    return Outlook(shot, situation(known, **how), "okx", False, failed, failure, now, funding_tried=tried)


def leg_card(
    shown: Leg,
    *others: Leg,
    by: Reader | None = None,
    language: Language = "en",
    takings: Takings | None = None,
    picture: PriceChart | None = None,
    swung: tuple[str, str] = ("0.187", "-0.032"),
    **how: Any,
) -> Message:
    told = leg_card_view.LegFigures(Extremes(shown.opened_at, D(swung[0]), D(swung[1])), takings or Takings())
    by = by or reader(language)
    message = leg_card_view.leg_card(by, outlook(shown, *others, rules=by.rules, **how), shown, told, picture)
    is_fine(message)
    return message


def funded_card(shown: Leg, rate: str, *, language: Language = "en", every: int = 8) -> list[str]:
    """The lines of a leg's card about its next funding, an hour from now."""
    name = shown.instrument.instrument_id
    settles_at, interval = NOW + dt.timedelta(hours=1), dt.timedelta(hours=every) if every else None
    known = {name: FundingRate(instrument_id=name, rate=rate, settles_at=settles_at, interval=interval)}
    told = leg_card_view.LegFigures(Extremes(shown.opened_at, D(0), D(0)), Takings())
    message = leg_card_view.leg_card(reader(language), outlook(shown)._replace(funding=known), shown, told, None)
    is_fine(message)
    rows = lines(message)
    begins = rows.index(next(row for row in rows if row.startswith(("Next funding", "下次资金费"))))
    return [row for row in rows[begins : begins + 2] if not row.startswith(("Liquidation", "强平价"))]


def pair_card(*legs: Leg, language: Language = "en", **how: Any) -> Message:
    message = pair_card_view.pair_card(reader(language), outlook(*legs, **how), legs, None)
    is_fine(message)
    return message


def pairs(*legs: Leg, page: int = 1, language: Language = "en", **how: Any) -> Message:
    message = pair_card_view.pairs_page(reader(language), outlook(*legs, **how), page)
    is_fine(message)
    return message


def lines(message: Message) -> list[str]:
    return bare(message.text).split("\n")


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


def data(message: Message) -> list[str]:
    return [button.data for row in message.buttons for button in row]


def stx(**changes: Any) -> Leg:
    fields: dict[str, Any] = {
        "contracts": "17.5",
        "lot_size": "0.1",
        "contract_size": 100,
        "entry_price": "0.25",
        "mark_price": "0.253",
        "unrealised_pnl": "5.25",
        "realised_pnl": "-1.2",
        "break_even_price": "0.25034567",
        "fees": "0.25",
        "funding": "-0.1",
        "liquidation_price": "0.2277",
        "margin_ratio": "11.73",
        **changes,
    }
    return leg("STX-USDT-SWAP", **fields)


FULL = {
    "en": [
        "🟩 STX long · 10x",
        "ROI +12.00% · low -3.20% · high +18.70%",
        "Entry 0.25 · mark 0.253",
        "Break-even 0.25035",
        "Margin 44.28 U · notional 442.75 U",
        "17.5 contracts = 1750 STX",
        "Unrealised +5.25 U · realised -1.20 U",
        "of that fees 0.25 U, funding -0.10 U",
        "Next funding: not known",
        "Liquidation 0.2277, 10% away",
        "Margin ratio 1173% (100% is liquidation)",
        "",
        "Tiers: next 35% at 0.2588",
        "● 25% at 0.2563: closed 7.5, 00:00",
        "○ 35% at 0.2588: closes 8.7 of 17.5",
        "○ 50% at 0.2625: closes 4.4 of 8.8",
        "My 3 orders: tiers +4.50 U, by hand -0.50 U before fees",
        "As of 00:00",
    ],
    "zh": [
        "🟩 STX 多单 · 10x",
        "收益率 +12.00% · 低 -3.20% · 高 +18.70%",
        "开仓均价 0.25 · 标记价 0.253",
        "盈亏平衡价 0.25035",
        "保证金 44.28 U · 名义价值 442.75 U",
        "17.5 张 = 1750 STX",
        "未实现盈亏 +5.25 U · 已实现 -1.20 U",
        "其中手续费 0.25 U，资金费 -0.10 U",
        "下次资金费：未知",
        "强平价 0.2277，距标记价 10%",
        "维持保证金率 1173%（100% 强平）",
        "",
        "档位：下一档 35% @ 0.2588",
        "● 25% @ 0.2563：已平 7.5 张，00:00",
        "○ 35% @ 0.2588：平 8.7/17.5 张",
        "○ 50% @ 0.2625：平 4.4/8.8 张",
        "本程序平仓 3 笔：止盈 +4.50 U，手动 -0.50 U，未扣手续费",
        "数据时间 00:00",
    ],
}


def fired(of: Leg, *numbers: int) -> dict[Any, Life]:
    tiers = tuple(FiredTier(tier=n, threshold="0.25", contracts="7.5", fired_at=NOW) for n in numbers)
    return {of.key: Life.begun(of, tiers)}


@languages
def test_a_leg_with_all_that_can_be_said(language: Language) -> None:
    held = stx()
    takings = Takings(tier=D("4.5"), hand=D("-0.5"), orders=3)
    message = leg_card(held, language=language, lives=fired(held, 1), takings=takings, picture=PRICED)
    assert lines(message) == FULL[language]
    assert message.picture is PRICED
    assert utf16(bare(message.text)) <= 600


@languages
def test_what_the_exchange_does_not_say_is_said_to_be_unknown(language: Language) -> None:
    held = stx(break_even_price=None, fees=None, funding=None, liquidation_price=None, margin_ratio=None)
    shown = lines(leg_card(held, language=language))
    rest = {
        "en": [
            "Break-even unknown",
            *FULL["en"][4:7],
            "of that fees unknown, funding unknown",
            "Next funding: not known",
            "Liquidation: no price given",
            "",
        ],
        "zh": [
            "盈亏平衡价 未知",
            *FULL["zh"][4:7],
            "其中手续费 未知，资金费 未知",
            "下次资金费：未知",
            "强平价：交易所未给出",
            "",
        ],
    }
    assert shown[3:11] == rest[language]
    assert "?" not in "".join(shown)


def test_dust_and_what_is_too_small_by_then_are_named() -> None:
    shown = lines(leg_card(leg(contracts=3, entry_price=5)))
    assert [row for row in shown if row.startswith("○")] == [
        "○ 25% at 5.125: dust, below the smallest order",
        "○ 35% at 5.175: closes 1 of 3",
        "○ 50% at 5.25: closes 1 of 2",
    ]
    shown = lines(leg_card(leg(contracts="2.1", lot_size="0.1", entry_price=5)))
    assert [row for row in shown if row.startswith("○")] == [
        "○ 25% at 5.125: closes 0.6 of 2.1",
        "○ 35% at 5.175: waits for more than 1 U of margin; closes 0.7 of 1.5 at 6.6667",
        "○ 50% at 5.25: nothing, the margin is 1 U or less by then",
    ]


@languages
def test_the_buttons_of_a_leg(language: Language) -> None:
    held, other = stx(), stx(side="short")
    mark = mark_of(held)
    message = leg_card(held, language=language)
    assert (
        labels(message)
        == {
            "en": [
                ["✂️ Close 25%", "✂️ Close 50%"],
                ["✂️ Close to base", "🛑 Close all"],
                ["⏸ Pause STX"],
                ["🪜 Edit tiers"],
                ["🔄 Refresh"],
            ],
            "zh": [["✂️ 平 25%", "✂️ 平 50%"], ["✂️ 平到底仓", "🛑 全部平仓"], ["⏸ 暂停 STX"], ["🪜 修改档位"], ["🔄 刷新"]],
        }[language]
    )
    assert data(message)[:4] == [f"cl:{mark}:{how}:new" for how in ("25", "50", "keep", "100")]
    # What closes a part does not look like what closes all, and what only shows looks like neither.
    assert [[button.style for button in row] for row in message.buttons] == [
        ["primary", "primary"],
        ["primary", "danger"],
        ["primary"],
        [None],
        [None],
    ]
    # With another side there is its pair, and with a tier that has fired something to re-arm.
    more = leg_card(held, other, language=language, lives=fired(held, 1))
    assert data(more)[4:] == [
        f"lz:p:{mark}:STX-USDT-SWAP",
        f"le:{mark}",
        f"lr:{mark}",
        "lp:STX",
        f"ll:{mark}:STX:r",
    ]


def test_at_base_there_is_nothing_to_close_down_to() -> None:
    assert [button.label for button in leg_card(leg(contracts=2)).buttons[1]] == ["🛑 Close all"]


@pytest.mark.parametrize(
    ("paused", "line", "label", "ends"),
    [
        ((), None, "⏸ Pause STX", ":STX-USDT-SWAP"),
        (("CRV-USDT-SWAP",), None, "⏸ Pause STX", ":STX-USDT-SWAP"),
        (("STX-USDT-SWAP",), "⏸ STX is paused", "▶️ Resume STX", ":STX-USDT-SWAP"),
        ((ALL,), "⏸ Everything is paused", "▶️ Resume everything", ":*"),
        ((ALL, "STX-USDT-SWAP"), "⏸ Everything is paused", "▶️ Resume everything", ":*"),
    ],
)
def test_a_pause_is_of_the_coin_or_of_all(paused: tuple[str, ...], line: str | None, label: str, ends: str) -> None:
    message = leg_card(stx(), paused=paused)
    (button,) = message.buttons[2]
    assert (button.label, button.style) == (label, "primary" if line is None else "success")
    assert button.data.startswith("lz:p:" if line is None else "lz:r:")
    assert button.data.endswith(ends)
    assert [row for row in lines(message) if "paused" in row] == ([] if line is None else [line])


@languages
def test_old_numbers_say_so(language: Language) -> None:
    *_, last = lines(
        leg_card(stx(), language=language, failed=3, failure=Problem.of_words("OKX did not answer in time" + "x" * 900))
    )
    start = {"en": "⚠️ Old data, from 01-02", "zh": "⚠️ 数据已旧，01-02"}[language]
    assert last.startswith(start)
    assert len(last) < 250
    assert lines(pair_card(stx(), stx(side="short"), language=language, failed=3))[-1].startswith(start)


TEN = Ladder.parse(",".join(f"{number}0:10" for number in range(1, 11)))


def giant(**changes: Any) -> Leg:
    """The leg with the longest name and numbers that a person may have."""
    fields: dict[str, Any] = {
        "instrument": instrument(LONG_NAME, lot_size="0.1", tick_size="0.0000000001"),
        "contracts": "123456789.1",
        "entry_price": "0.0000012345678",
        "mark_price": "0.0000012345679",
        "leverage": 75,
        "margin_mode": "isolated",
        "initial_margin": 1000,
        "unrealised_pnl": "-123456789.12",
        "realised_pnl": "-987654321.12",
        "liquidation_price": "0.000001111",
        "break_even_price": "0.00000123456789",
        "margin_ratio": "11.7",
        **changes,
    }
    return leg(LONG_NAME, **fields)


TAKINGS = Takings(tier=D("123456789.1"), hedge=D("-123456789.1"), hand=D("123456789.1"), orders=999)


@languages
@pytest.mark.parametrize("count", [0, 3, 10])
def test_of_ten_tiers_those_that_are_next_fit_under_the_picture(language: Language, count: int) -> None:
    by = reader(language)._replace(rules=reader(language).rules.replaced(long=TEN))
    held = giant()
    how: dict[str, Any] = {
        "by": by,
        "language": language,
        "lives": fired(held, *range(1, count + 1)),
        "takings": TAKINGS,
        "failed": 99,
        "failure": Problem.of_words("x" * 900),
        "paused": (ALL,),
    }
    long = leg_card(held, **how, picture=PRICED)
    assert utf16(bare(long.text)) <= LONGEST_CAPTION
    rows = [row for row in lines(long) if row.startswith(("●", "○"))]
    if len(rows) < 10:
        assert any(row.startswith("…") and f" {10 - len(rows)} " in row for row in lines(long))
    assert len(rows) >= 4
    # What is next comes before what has been; without a picture there is room for all.
    if count < 10:
        assert f"○ {(count + 1) * 10}% " in "\n".join(rows)
    assert sum(row.startswith(("●", "○")) for row in lines(leg_card(held, **how))) == 10


def test_a_tier_that_is_due_keeps_its_own_price() -> None:
    # The mark is far beyond the first two.
    shown = lines(leg_card(stx(mark_price="0.262"), paused=(ALL,)))
    assert [row for row in shown if row.startswith("○")][:2] == [
        "○ 25% at 0.2563: closes 5.2 of 17.5",
        "○ 35% at 0.2588: closes 6.1 of 12.3",
    ]


@languages
def test_three_tiers_of_a_large_leg_fit_under_the_picture(language: Language) -> None:
    held = giant()
    how: dict[str, Any] = {
        "failed": 99,
        "failure": Problem.of_words("x" * 900),
        "paused": (ALL,),
        "lives": fired(held, 1, 2, 3),
    }
    message = leg_card(held, language=language, takings=TAKINGS, picture=PRICED, **how)
    assert utf16(bare(message.text)) <= LONGEST_CAPTION
    assert sum(row.startswith("●") for row in lines(message)) == 3


@languages
@pytest.mark.parametrize("count", [1, 2, 60])
def test_the_picker_offers_legs(language: Language, count: int) -> None:
    legs = [leg(f"{number}{LONG_NAME}") for number in range(count)]
    message = leg_card_view.leg_picker(reader(language), legs, bare("x"))  # type: ignore[arg-type]
    is_fine(message)
    assert len(data(message)) == min(count, 40)
    assert ("20" in message.text) is (count == 60)


# A pair


def test_a_pair_side_by_side() -> None:
    long = stx(realised_pnl=2)
    short = stx(side="short", entry_price="0.24", contracts=30, leverage=20, realised_pnl=1, initial_margin="37.95")
    shown = lines(pair_card(long, short))
    base = "Base of 1 U at {}: {} contracts. A lot is 0.1 = {} U, the smallest order 0.1. Nearest that can be had: {} U"
    assert shown == [
        "⚖️ STX · mark 0.253",
        "🟩 long 10x · +12.00% · +5.25 U",
        "　 17.5 at 0.25 · 44.28 U · above base 17.1",
        "🟥 short 20x · -108.33% · -39.00 U",
        "　 30 at 0.24 · 37.95 U · above base 29.2",
        "",
        "Net: short 12.5 = 1250 STX = 316.25 U",
        "Break-even of both: 0.2284 (-9.72% from here); now -30.75 U with what was realised",
        "Hedge rule: the short loses; the next check closes 29.2 of it, down to the base of 0.8",
        base.format("10x · long", "0.3953", "0.253", "0.4 = 1.012"),
        base.format("20x · short", "0.7905", "0.1265", "0.8 = 1.012"),
        "As of 00:00",
    ]


def test_a_pair_in_chinese() -> None:
    shown = lines(pair_card(leg(roi=20), leg(side="short", roi=-20, contracts=50), language="zh"))
    assert shown[1:9] == [
        "🟩 多单 10x · +20.00% · +9.80 U",
        "　 100 张 @ 4.90196 · 50.00 U · 高于底仓 98",
        "🟥 空单 10x · -20.00% · -4.90 U",
        "　 50 张 @ 4.90196 · 25.00 U · 高于底仓 48",
        "",
        "净敞口：净多 50 张 = 50 CRV = 250.00 U",
        "合计盈亏平衡价：4.90196（距现价 -1.96%）；目前合计 +4.90 U（含已实现）",
        "对冲规则：空单亏损，下次检查平掉 48 张，保留底仓 2 张",
    ]


def said(*legs: Leg, **how: Any) -> str:
    (row,) = [row for row in lines(pair_card(*legs, **how)) if row.startswith("Hedge rule: ")]
    return row.removeprefix("Hedge rule: ")


WINS, LOSES = leg(roi=20), leg(side="short", roi=-20)


@pytest.mark.parametrize(
    ("legs", "how", "words"),
    [
        ([WINS, LOSES], {}, "the short loses; the next check closes 98 of it, down to the base of 2"),
        ([leg(roi=-20), leg(side="short", roi=20)], {}, "the long loses; the next check closes 98"),
        ([WINS, LOSES], {"paused": (ALL,)}, "paused; it would close 98 of the losing short, down to 2"),
        ([WINS, LOSES], {"may_trade": False}, "the key cannot trade; it would close 98"),
        ([WINS, leg(side="short", roi=-20, contracts=2)], {}, "nothing, the losing short has no more than 1 U of margin"),
        (
            [leg(roi=20, mark_price="1.03"), leg(side="short", roi=-20, contracts=10, mark_price="1.03")],
            {},
            "nothing, the losing short is at its base",
        ),
        ([WINS, leg(side="short", roi=5)], {}, "nothing, both sides win"),
        ([leg(roi=-1), LOSES], {}, "nothing, both sides lose"),
        ([leg(roi=0), LOSES], {}, "nothing, no side loses while the other wins"),
        ([WINS, LOSES], {"unresolved": {LOSES.key}}, "nothing now, short: an order is being looked up"),
        ([WINS, LOSES], {"unreadable": [key(mode="isolated")]}, "nothing, one side cannot be read now"),
    ],
)
def test_what_the_hedge_rule_does_and_why_not(legs: list[Leg], how: dict[str, Any], words: str) -> None:
    assert said(*legs, **how).startswith(words)


def test_the_hedge_rule_speaks_of_every_losing_leg() -> None:
    more = leg(side="short", roi=-30, margin_mode="isolated")
    rows = [row for row in lines(pair_card(WINS, LOSES, more)) if row.startswith("Hedge rule")]
    assert ["the short loses" in row for row in rows] == [True, False]
    assert ["the short isolated loses" in row for row in rows] == [False, True]


@languages
def test_equal_sizes_are_said_to_have_no_break_even(language: Language) -> None:
    shown = "\n".join(lines(pair_card(WINS, LOSES, language=language)))
    assert {"en": "none, the sizes are equal: 0.00 U at every price", "zh": "无，多空相等，任何价格下都是 0.00 U"}[
        language
    ] in shown
    assert {"en": "Net: nothing, both", "zh": "净敞口：无，多空张数相等"}[language] in shown
    won = leg(entry_price=4, realised_pnl=1000)
    shown = "\n".join(lines(pair_card(won, leg(side="short", contracts=50), language=language)))
    assert {"en": "now +1,100.00 U, and no price brings it to 0", "zh": "任何价格下都不会归零"}[language] in shown


@languages
def test_huge_pairs_with_long_names_fit(language: Language) -> None:
    modes = ("cross", "isolated")
    legs = [
        leg(LONG_NAME, side=side, margin_mode=mode, contracts="123456789.123", roi="-26.12345", leverage=leverage)
        for leverage, side in ((10, "long"), (75, "short"))
        for mode in modes
    ]
    assert len(labels(pair_card(*legs, language=language))) == 3
    is_fine(leg_card(legs[0], *legs[1:], language=language))


# All pairs


def crowd(count: int) -> list[Leg]:
    """Pairs whose shorts lose, the last ones most."""
    return [
        leg(f"{number:02d}{LONG_NAME}", side=side, roi=(number + 1) * roi)
        for number in range(count // 2)
        for side, roi in (("long", 1), ("short", -1))
    ]


@languages
@pytest.mark.parametrize("count", [0, 1, 2, 60])
def test_pages_of_pairs(language: Language, count: int) -> None:
    legs = crowd(count) if count != 1 else [leg()]
    found: list[str] = []
    turns = -(-(count // 2) // pair_card_view.PAIRS_PER_PAGE) or 1
    for page in range(1, turns + 1):
        message = pairs(*legs, page=page, language=language)
        found += [word for word in data(message) if word.startswith("lp:")]
        assert (f"pp:{page % turns + 1}" in data(message)) is True
    # Each once, the largest loss first.
    assert found == [f"lp:{number:02d}1000000BABYDOGE" for number in range(count // 2 - 1, -1, -1)]
    if count < 2:
        assert {"en": "There is no pair", "zh": "没有双向持仓"}[language] in lines(message)[0]


@languages
def test_a_loser_above_its_base_comes_before_a_larger_loss(language: Language) -> None:
    at_base = [
        leg("AAA-USDT-SWAP", roi=20, mark_price=1000),
        leg("AAA-USDT-SWAP", side="short", roi=-90, mark_price=1000, contracts=1),
    ]
    small = [leg("BBB-USDT-SWAP", roi=20), leg("BBB-USDT-SWAP", side="short", roi=-1)]
    both = [leg("CCC-USDT-SWAP", roi=-20), leg("CCC-USDT-SWAP", side="short", roi=-21)]
    message = pairs(*at_base, *small, *both, language=language)
    assert [word for word in data(message) if word.startswith("lp:")] == ["lp:BBB", "lp:AAA", "lp:CCC"]
    blocks = bare(message.text).split("\n\n")
    assert (
        blocks[:3]
        == {
            "en": [
                "⚖️ Pairs: 3, 1 with a loser above base: these first, then by loss",
                "BBB · balanced\n🟥 short -1.00% · -0.50 U\n🟩 long +20.00% · +9.80 U\nhedge closes 98 of the short",
                "AAA · net long 99,000.00 U\n🟥 short -90.00% · -82.57 U\n🟩 long +20.00% · +1,960.78 U\nshort at base",
            ],
            "zh": [
                "⚖️ 双向持仓：3 个币种，其中 1 个亏损侧高于底仓，排在最前；其余按亏损排序",
                "BBB · 多空相等\n🟥 空单 -1.00% · -0.50 U\n🟩 多单 +20.00% · +9.80 U\n对冲将平空单 98 张",
                "AAA · 净多 99,000.00 U\n🟥 空单 -90.00% · -82.57 U\n🟩 多单 +20.00% · +1,960.78 U\n空单已是底仓",
            ],
        }[language]
    )


# Funding


@pytest.mark.parametrize(
    ("side", "rate", "every", "text"),
    [
        ("long", "0.0001", 8, "Next funding ≈ -0.05 U at 01-02 01:00:00 UTC (rate 0.01%, every 8 h)"),
        ("short", "0.0001", 1, "Next funding ≈ +0.05 U at 01-02 01:00:00 UTC (rate 0.01%, every 1 h)"),
        ("short", "-0.00375", 0, "Next funding ≈ -1.88 U at 01-02 01:00:00 UTC (rate -0.375%)"),
    ],
)
def test_the_next_funding_stands_on_the_card_with_its_sign(side: str, rate: str, every: int, text: str) -> None:
    assert funded_card(leg(side=side), rate, every=every) == [text]


def test_the_next_funding_in_chinese() -> None:
    assert funded_card(leg(), "0.0001", language="zh", every=4) == [
        "下次资金费 ≈ -0.05 U，01-02 01:00:00 UTC 结算（费率 0.01%，每 4 小时）"
    ]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Next funding: the rate is being read…"), ("zh", "下次资金费：费率读取中……")]
)
def test_a_rate_that_was_not_asked_for_yet_is_being_read(language: Language, text: str) -> None:
    shown = leg()
    told = leg_card_view.LegFigures(Extremes(shown.opened_at, D(0), D(0)), Takings())
    starting = outlook(shown)._replace(funding_tried=frozenset())
    assert text in lines(leg_card_view.leg_card(reader(language), starting, shown, told, None))


@pytest.mark.parametrize(("language", "text"), [("en", "Next funding: not known"), ("zh", "下次资金费：未知")])
def test_a_funding_that_is_not_known_is_said_to_be(language: Language, text: str) -> None:
    assert text in lines(leg_card(leg(), language=language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "⚠️ It takes the margin to 0.95 U: at 1 U or less the rules leave the leg alone"),
        ("zh", "⚠️ 扣除后保证金为 0.95 U：不高于 1 U，规则不再处理该仓位"),
    ],
)
def test_an_isolated_leg_that_slips_under_the_gate_by_it(language: Language, text: str) -> None:
    isolated = leg(margin_mode="isolated", initial_margin="1.2")
    assert funded_card(isolated, "0.0005", language=language)[1:] == [text]
    assert funded_card(leg(initial_margin="1.2"), "0.0005", language=language)[1:] == []


def test_the_moments_on_a_card_are_those_of_the_readers_clock() -> None:
    shanghai = reader("en")._replace(own_zone=dt.timezone(dt.timedelta(hours=8)))
    shown = leg()
    assert "As of 08:00" in lines(leg_card(shown, by=shanghai))
    assert "As of 00:00" in lines(leg_card(shown))
    assert shanghai.look.zone == shanghai.own_zone
