"""What goes onto the pictures, and the commands that ask for them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import NOW, fail, key, paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.charts.model import EquityChart, FillMark, PriceChart
from tgtp.chat.commands.positions.chart_commands import chart_view, equity_view
from tgtp.chat.commands.positions.price_chart import gather, price_chart
from tgtp.chat.commands.preferences.theme import theme_view
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.state.past_prices import LONGEST_SPAN
from tgtp.domain.events import WishChanged
from tgtp.domain.examples import OPENED_AT
from tgtp.domain.examples import leg as example
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Candle, EquitySample, Leg, LegKey, MarginMode
from tgtp.domain.plan import ladder_name
from tgtp.errors import TemporarilyDown

CRV = key()
CRV_SHORT = key(side="short")
EN, ZH = Reader("en", SEED_RULES, 10), Reader("zh", SEED_RULES, 10)


def candles(count: int = 24, price: str = "5") -> tuple[Candle, ...]:
    hour = dt.timedelta(hours=1)
    return tuple(
        Candle(opened_at=NOW - hour * (count - number), open=price, high=price, low=price, close=price)
        for number in range(count)
    )


def lines(chart: PriceChart) -> dict[str, tuple[str, str]]:
    return {line.label: (f"{line.price.normalize():f}", line.kind) for line in chart.lines}


def with_prices(phone: Phone, count: int = 24) -> None:
    phone.house.prices.candles[CRV.instrument_id] = candles(count)


def legs_of(phone: Phone, *keys: LegKey) -> list[Leg]:
    snapshot = phone.house.checker.last_good
    assert snapshot is not None
    return [snapshot.by_key[name] for name in keys]


def life_of(leg: Leg, *fired: int) -> Life:
    tiers = tuple(FiredTier(tier=number, threshold="0.25", fired_at=NOW) for number in fired)
    return Life.begun(leg).replaced(fired=tiers)


def test_one_leg_shows_everything_that_it_hangs_on() -> None:
    leg = example(entry_price="5", mark_price="5.14", liquidation_price="4.55", break_even_price="5.00512345")
    chart = price_chart(EN, [leg], {leg.key: life_of(leg, 1)}, candles(), ())
    assert chart.title == "CRV long"
    assert lines(chart) == {
        "Mark": ("5.14", "mark"),
        "Entry": ("5", "entry"),
        "T1 25%": ("5.125", "fired"),
        "T2 35%": ("5.175", "tier"),
        "T3 50%": ("5.25", "tier"),
        "Liquidation": ("4.55", "liquidation"),
        # A digit finer than the tick of 0.0001.
        "Break-even": ("5.00512", "break_even"),
    }


def test_a_short_and_a_ladder_of_its_own() -> None:
    leg = example(side="short", entry_price="5", mark_price="5")
    rules = SEED_RULES.replaced(own={ladder_name("CRV-USDT-SWAP", leg.position_side): Ladder.parse("20:30,1000:50")})
    chart = price_chart(ZH._replace(rules=rules), [leg], {}, candles(), ())
    # No price brings a short of ten times 1000 %.
    assert lines(chart) == {"标记价": ("5", "mark"), "开仓均价": ("5", "entry"), "1 档 20%": ("4.9", "tier")}


def test_both_legs_are_told_apart_and_show_what_is_ahead() -> None:
    long = example(entry_price="5", liquidation_price="4.5", break_even_price="5.01")
    short = example(side="short", entry_price="5.2")
    chart = price_chart(EN, [long, short], {long.key: life_of(long, 1, 2)}, candles(), ())
    assert chart.title == "CRV"
    assert list(lines(chart)) == [
        "Mark",
        "long Entry",
        "long T3 50%",
        "long Liquidation",
        "short Entry",
        "short T1 35%",
        "short T2 45%",
        "short T3 55%",
    ]
    many = SEED_RULES.replaced(short=Ladder.parse("10:10,20:10,30:10,40:10,50:10"))
    crowded = price_chart(ZH._replace(rules=many), [long, short], {}, candles(), ())
    assert [label for label in lines(crowded) if label.startswith("空单")] == [
        "空单 开仓均价",
        "空单 1 档 10%",
        "空单 2 档 20%",
        "空单 3 档 30%",
    ]


def test_two_margin_modes_of_a_side_are_told_apart() -> None:
    cross, isolated = example(), example(margin_mode=MarginMode.ISOLATED)
    labels = list(lines(price_chart(EN, [cross, isolated], {}, candles(), ())))
    assert "long cross Entry" in labels
    assert "long isolated Entry" in labels


def test_tiers_of_an_earlier_life_have_not_fired() -> None:
    leg = example()
    earlier = life_of(leg, 1).replaced(opened_at=OPENED_AT - dt.timedelta(days=1))
    assert "fired" not in {kind for _, kind in lines(price_chart(EN, [leg], {leg.key: earlier}, candles(), ())).values()}


async def test_fills_of_this_life_are_marked(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short", entry_price="5.05"))
    with_prices(phone)
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    chart = await gather(phone.commands.session, EN, legs_of(phone, CRV))
    assert chart is not None
    [mark] = chart.fills
    assert mark == FillMark(mark.at, Decimal("5.13"), "tier")
    assert lines(chart)["T1 25%"] == ("5.125", "fired")
    both = await gather(phone.commands.session, EN, legs_of(phone, CRV, CRV_SHORT))
    assert both is not None
    assert sorted(fill.kind for fill in both.fills) == ["hedge", "tier"]
    # Opened anew: another life, on which nothing has been closed.
    phone.house.paper.put_leg(paper_leg(entry_price="5.13", opened_at=phone.house.clock.now()))
    await phone.house.check()
    anew = await gather(phone.commands.session, EN, legs_of(phone, CRV))
    assert anew is not None
    assert anew.fills == ()


@pytest.mark.parametrize(
    ("age", "since"), [(dt.timedelta(hours=2), dt.timedelta(days=1)), (dt.timedelta(days=3), dt.timedelta(days=3))]
)
async def test_the_picture_begins_a_day_ago_or_with_the_leg(dial: Dial, age: dt.timedelta, since: dt.timedelta) -> None:
    phone = await dial(paper_leg(opened_at=NOW - age), checks=0)
    await phone.house.check(every=0)
    with_prices(phone, 24 * 9)
    chart = await gather(phone.commands.session, EN, legs_of(phone, CRV))
    assert chart is not None
    assert chart.candles[0].opened_at == NOW - since


async def test_the_picture_of_an_old_leg_shows_the_last_month(dial: Dial) -> None:
    phone = await dial(paper_leg(opened_at=NOW - dt.timedelta(days=200)), checks=0)
    await phone.house.check(every=0)
    with_prices(phone, 24 * 60)
    chart = await gather(phone.commands.session, EN, legs_of(phone, CRV))
    assert chart is not None
    assert chart.candles[0].opened_at == NOW - LONGEST_SPAN


async def test_chart_sends_a_picture_with_a_line_for_each_leg(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"))
    with_prices(phone)
    assert await phone.says("/chart crv") == ("CRV long · ROI 0.00% · 0.00 U\nCRV short · ROI 0.00% · 0.00 U")
    assert phone.messages()[-1]["photo"]
    assert ("sendChatAction", "upload_photo") in [(method, sent.get("action")) for method, sent in phone.tg.calls]
    assert await phone.says("/chart CRV short") == "CRV short · ROI 0.00% · 0.00 U"
    assert phone.messages()[-1]["photo"]


async def test_chart_in_chinese(dial: Dial) -> None:
    phone = await dial(paper_leg(), language="zh")
    with_prices(phone)
    phone.house.set_roi(CRV, 12)
    await phone.house.check()
    assert await phone.says("/chart CRV 多") == "CRV 多单 · 收益率 +12.00% · +6.00 U"
    assert "请写明币种" in await phone.says("/chart")


@pytest.mark.parametrize("broken", [True, False])
async def test_chart_without_prices_says_so(dial: Dial, broken: bool) -> None:
    phone = await dial(paper_leg())
    if broken:
        with_prices(phone)
        phone.house.exchange.before = fail("mark_candles", TemporarilyDown("gone"))
    assert "no prices of CRV" in await phone.says("/chart CRV")
    assert "photo" not in phone.messages()[-1]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "/chart STX long"),
        (" CRV long 50%", "/chart STX long"),
        (" DOGE", "CRV long"),
        (" CRV up", "/chart CRV long"),
        (" CRV short", "There is no short leg of CRV"),
        (" <b>x</b>", "CRV long"),
    ],
)
async def test_wrong_words_get_the_right_form(dial: Dial, words: str, answer: str) -> None:
    phone = await dial(paper_leg())
    with_prices(phone)
    said = await phone.says(f"/chart{words}")
    assert answer in said
    assert "\n" not in said
    assert "photo" not in phone.messages()[-1]


async def test_before_the_first_look_there_is_nothing_to_draw(dial: Dial) -> None:
    phone = await dial(paper_leg(), checks=0)
    assert await phone.says("/chart CRV")
    assert "photo" not in phone.messages()[-1]
    assert "too few records" in await phone.says("/equity")


async def test_equity_is_drawn_with_its_drawdown(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for days, worth in ((40, 1), (20, 800), (10, 1200), (5, 900)):
        phone.house.checker.equity_history.append(EquitySample(at=NOW - dt.timedelta(days=days), equity=worth))
    phone.house.set_roi(CRV, 10)
    await phone.house.check()
    answer = await phone.says("/equity")
    # From the first sample of the month to what was seen last, which is in no diary yet.
    assert answer.startswith("Equity 1,005.00 U\nSince 12-13 12:00:00 UTC: +205.00 (+25.63%)\n")
    assert answer.endswith("Deepest drawdown -25.00%, 12-28 12:00:00 UTC")
    assert phone.messages()[-1]["photo"]
    assert "Deepest drawdown" not in await phone.says("/equity 7")


async def test_a_fall_between_two_samples_is_a_drawdown(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for roi in (-20, 0):
        phone.house.set_roi(CRV, roi)
        await phone.house.check()
    assert "Deepest drawdown -1.00%" in await phone.says("/equity 1")


def samples(*worth: Any) -> list[EquitySample]:
    return [EquitySample(at=NOW + dt.timedelta(days=number), equity=str(value)) for number, value in enumerate(worth)]


def test_the_words_below_the_equity() -> None:
    message = equity_view(EN, 30, samples(1000, 1200, 900, 1100))
    assert "Equity <b>1,100.00 U</b>\nSince <tg-time" in message.text
    assert ": +100.00 (+10.00%)\nDeepest drawdown -25.00%, <tg-time" in message.text
    assert isinstance(message.picture, EquityChart)
    assert message.picture.title == "Equity, 30 days"
    assert equity_view(ZH, 1, samples(1, 2)).picture is not None
    assert "回撤" not in equity_view(ZH, 1, samples(1, 2)).text
    assert "最大回撤 -50.00%，" in equity_view(ZH, 7, samples(2, 1)).text
    # Nothing to compare with.
    assert "%" not in equity_view(EN, 7, samples(0, 1)).text


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_samples_are_no_curve(count: int) -> None:
    assert equity_view(EN, 1, samples(*range(count))).picture is None
    assert "within 1 day to draw" in equity_view(EN, 1, samples(*range(count))).text
    assert "近 30 天的权益记录太少" in equity_view(ZH, 30, samples(*range(count))).text


@pytest.mark.parametrize("word", ["0", "366", "-1", "x", "1.5", "²", "9" * 3000, "7 7", "<b>"])
async def test_a_wrong_number_of_days(dial: Dial, word: str) -> None:
    phone = await dial(paper_leg())
    said = await phone.says(f"/equity {word}")
    assert "is not a number of days from 1 to 365: /equity 30" in said
    assert len(said) < 200


async def test_a_theme_is_chosen_and_remembered(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert await phone.says("/theme") == "Your pictures are drawn for a light screen."
    assert phone.buttons() == [["Light", "Dark"]]
    assert await phone.press("Dark") == "Your pictures are drawn for a dark screen."
    assert phone.reader(ME).look.theme == "dark"
    [(_, event)] = phone.house.ledger.history(1)
    assert isinstance(event, WishChanged)
    assert (event.name, event.value, event.by) == ("theme", "dark", ME)
    # Whoever chose knows.
    assert "dark" not in "".join(phone.alerts())
    await phone.restart()
    assert phone.reader(ME).look.theme == "dark"
    assert await phone.says("/theme light") == "Your pictures are drawn for a light screen."
    assert phone.reader(ME).look.theme == "light"
    # Chosen already: nothing has happened.
    before = phone.house.ledger.history(1)
    await phone.says("/theme LIGHT")
    await phone.says("/theme 浅色")
    assert phone.house.ledger.history(1) == before


async def test_a_theme_that_there_is_not(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for words in ("blue", "dark light", "<b>"):
        assert await phone.says(f"/theme {words}") == "There are two looks: /theme dark and /theme light"
    assert phone.reader(ME).theme == "light"
    await phone.says("/theme")
    await phone.press("th:blue", on=phone.messages()[-1]["message_id"])
    assert "older message" in (phone.toast or "")
    assert phone.reader(ME).theme == "light"


async def test_each_person_has_a_theme_of_their_own(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(ME, 2))
    await phone.says("/theme dark", user_id=2)
    assert (phone.reader(ME).theme, phone.reader(2).theme) == ("light", "dark")


def test_the_views_in_chinese() -> None:
    assert theme_view(ZH).text == "图片为浅色主题。"
    assert [button.label for button in theme_view(ZH).buttons[0]] == ["浅色", "深色"]
    assert "暂时取不到 CRV 的价格走势" in chart_view(ZH, [example()], None).text
