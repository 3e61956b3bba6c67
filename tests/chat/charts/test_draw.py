"""Pictures as they come out: what stands on them, where, and that all of it can be read."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import math
import os
import random
import struct
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.folders import ROOT
from tests.fixtures.thoroughness import FULL
from tgtp.chat.charts.axes import Tick, moments, outline, reach, spread, values
from tgtp.chat.charts.canvas import FACE, FAMILY, HEIGHT, PALETTES, WIDTH, Canvas
from tgtp.chat.charts.draw import card_of, draw
from tgtp.chat.charts.model import EquityChart, FillMark, Picture, PriceChart, PriceLine, TakingsChart
from tgtp.chat.charts.render import CannotDraw, drawn
from tgtp.chat.formatting.reader import Look, Theme
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.model import Candle, EquitySample
from tgtp.domain.report import DayTakings

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 24, 9, 37, tzinfo=dt.UTC)
FIVE_MINUTES = dt.timedelta(minutes=5)
THEMES: tuple[Theme, ...] = ("light", "dark")
ENGLISH = Look("en", "light", SHANGHAI)
CHINESE = Look("zh", "dark", SHANGHAI)


def candles(count: int, price: str, swing: float = 0.002) -> tuple[Candle, ...]:
    rng, at, found = random.Random(count), float(price), []
    for number in range(count):
        then = at * (1 + rng.gauss(0, swing))
        ends = [Decimal(f"{value:.6g}") for value in (at, max(at, then), min(at, then), then)]
        begun = NOW - FIVE_MINUTES * (count - number)
        found.append(Candle(opened_at=begun, open=ends[0], high=ends[1], low=ends[2], close=ends[3]))
        at = then
    return tuple(found)


def chart(price: str = "0.25", count: int = 288, swing: float = 0.002, look: Look = ENGLISH, **more: Any) -> PriceChart:
    bars, level = candles(count, price, swing), Decimal(price)
    names = ("开仓均价", "强平价", "3 档") if look.language == "zh" else ("Entry", "Liquidation", "T3 50%")
    lines = [PriceLine("Mark", bars[-1].close, "mark"), PriceLine(names[0], level, "entry")]
    lines += [PriceLine(f"T{number}", level * (1 + Decimal(number) / 100), "tier") for number in (2, 3)]
    lines += [
        PriceLine("T1", level * Decimal("1.01"), "fired"),
        PriceLine("Break-even", level * Decimal("1.0005"), "break_even"),
    ]
    lines += [PriceLine(names[2], level * Decimal("1.05"), "tier"), PriceLine(names[1], level * Decimal("0.4"), "liquidation")]
    fills = tuple(FillMark(bar.opened_at, bar.close, "tier") for bar in bars[count // 2 : count // 2 + 1])
    return PriceChart("STX-USDT-SWAP", bars, tuple(lines), fills, look)._replace(**more)


def takings(count: int, look: Look = ENGLISH) -> TakingsChart:
    rng = random.Random(count)
    days = []
    for number in range(count):
        won, lost, hand = rng.uniform(0, 60), rng.uniform(-30, 0), rng.uniform(-20, 20)
        amounts = {"tier": f"{won:.2f}", "hedge": f"{lost:.2f}", "hand": f"{hand:.2f}"}
        days.append(DayTakings(day=dt.date(2026, 11, 24) - dt.timedelta(days=count - 1 - number), **amounts))
    return TakingsChart("已实现盈亏" if look.language == "zh" else "Realised", tuple(days), look)


def equity(worth: Sequence[Any], look: Look = ENGLISH) -> EquityChart:
    samples = [EquitySample(at=NOW + FIVE_MINUTES * number, equity=Decimal(str(value))) for number, value in enumerate(worth)]
    return EquityChart("账户权益" if look.language == "zh" else "Equity", tuple(samples), look)


def pictures(look: Look) -> dict[str, Picture]:
    tiny, huge = chart("0.00001234", look=look), chart("1234567.8", look=look)
    stood_still = [candle.replaced(open="5", high="5", low="5", close="5") for candle in candles(30, "5")]
    crowd = tuple(PriceLine(f"Tier {number}", Decimal(100 + number) / 400, "tier") for number in range(26))
    return {
        "price": chart(look=look),
        "tiny": tiny,
        "huge": huge,
        "one candle": chart(count=1, look=look),
        "flat": chart("5", look=look, candles=tuple(stood_still)),
        "crowd": chart(look=look, lines=crowd),
        "nothing but a price": chart(look=look, lines=(), fills=()),
        "long name": chart(look=look, title="1000000BABYDOGECOIN 空单 逐仓" if look.language == "zh" else "1" * 60),
        **{f"takings of {count}": takings(count, look) for count in (1, 2, 7, 30, 90)},
        "no takings": TakingsChart("0", (DayTakings(day=dt.date(2026, 11, 24)),) * 7, look),
        "large takings": TakingsChart(
            "U", (DayTakings(day=dt.date(2026, 11, 24), tier="1234567.89", hedge="-9876543.21", hand="-1234567.89"),) * 3, look
        ),
        "equity": equity([1000 + 50 * math.sin(number / 9) for number in range(600)], look),
        "two samples": equity([1000, 1001], look),
        "nothing left": equity([0, 0, 0], look),
        "in debt": equity([10, -5], look),
    }


NAMES = tuple(pictures(ENGLISH))


def heights(line: Line2D) -> list[float]:
    return [float(number) for number in np.asarray(line.get_ydata())]


def words(card: Canvas) -> list[str]:
    return [text.get_text() for text in card.figure.texts if text.get_text()]


# A picture takes a second: not every language in both themes, but in the night.
@pytest.mark.parametrize(
    ("language", "theme"),
    [
        (language, theme)
        for language, theme in itertools.product(LANGUAGES, THEMES)
        if FULL or (language == "en") == (theme == "light")
    ],
)
def test_every_picture_is_drawn_whole_and_can_be_read(language: Language, theme: Theme) -> None:
    for name, picture in pictures(Look(language, theme, SHANGHAI)).items():
        # A glyph that the font lacks warns, and a warning is an error here.
        png = draw(picture)
        assert png[:8] == b"\x89PNG\r\n\x1a\n", name
        assert struct.unpack(">II", png[16:24]) == (WIDTH, HEIGHT), name
        assert len(png) < 300_000, name
        card = card_of(picture)
        # Drawn once, so that every text has its place.
        card.png()
        boxes = [(text.get_text(), text.get_window_extent()) for text in card.figure.texts if text.get_text()]
        for text, box in boxes:
            assert box.x0 >= -1, (name, text)
            assert box.x1 <= WIDTH + 1, (name, text)
            assert box.y0 >= -1, (name, text)
            assert box.y1 <= HEIGHT + 1, (name, text)
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            along = min(a.y1, b.y1) - max(a.y0, b.y0)
            # Boxes are as high as the highest glyph of the font may be; words may come closer than that.
            assert across < 3 or along < 0.15 * min(a.height, b.height), (name, one, other)
        assert not any("e-" in text or "e+" in text for text, _ in boxes), name


def test_a_glyph_that_is_missing_would_be_noticed() -> None:
    with pytest.raises(UserWarning, match="missing from font"):
        draw(chart(title="\U0001f9ff"))


def test_the_chinese_face_is_the_simplified_one() -> None:
    from matplotlib.font_manager import FontPath, FontProperties, fontManager
    from matplotlib.ft2font import FT2Font

    found = fontManager.findfont(FontProperties(family=FAMILY))
    assert isinstance(found, FontPath)
    assert found.face_index == FACE
    assert FT2Font(found.path, face_index=found.face_index).family_name == "Noto Sans CJK SC"


def test_a_home_that_cannot_be_written_and_many_fonts_cost_nothing_and_say_nothing() -> None:
    code = """
import logging, sys
logging.basicConfig(level=logging.INFO)
from tests.chat.charts.test_draw import CHINESE, chart, draw
draw(chart(look=CHINESE))
from matplotlib.font_manager import fontManager
print(len(fontManager.ttflist), len(fontManager.afmlist), "matplotlib.pyplot" in sys.modules)
"""
    # Nothing can be made below /proc, not even by root.
    env = {"PATH": os.environ["PATH"], "HOME": "/proc/nowhere", "PYTHONPATH": str(ROOT), "PTB_TIMEDELTA": "1"}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == ["1", "0", "False"]


async def test_what_cannot_be_drawn_says_so() -> None:
    assert (await drawn(chart(count=3)))[:4] == b"\x89PNG"
    with pytest.raises(CannotDraw):
        await drawn(equity([]))
    # Several at once wait for each other.
    assert len({len(png) for png in await asyncio.gather(*(drawn(takings(7)) for _ in range(3)))}) == 1


def test_levels_stand_at_the_right_with_their_prices_in_order() -> None:
    card = card_of(chart(swing=0.001))
    shown = words(card)
    assert {"Entry", "0.25", "T1", "0.2525", "Break-even", "0.250125"} <= set(shown)
    # Too far away to be drawn to scale: named at the edge.
    assert {"↓ Liquidation", "0.1"} <= set(shown)
    assert "↑ Liquidation" not in shown
    axes = card.figure.axes[0]
    low, high = axes.get_ylim()
    assert 0.1 < low < 0.25 < high
    height = {text.get_text(): text.get_position()[1] for text in card.figure.texts}
    assert height["↓ Liquidation"] < height["Entry"] < height["Break-even"] < height["T1"] < height["T2"]


def test_a_level_far_above_is_named_at_the_upper_edge() -> None:
    shown = words(card_of(chart(lines=(PriceLine("Liq", Decimal(9), "liquidation"),))))
    assert "↑ Liq" in shown


def test_the_curve_is_never_squashed_by_its_levels() -> None:
    picture = chart()
    lows, highs = [bar.low for bar in picture.candles], [bar.high for bar in picture.candles]
    low, high = card_of(picture).figure.axes[0].get_ylim()
    assert (high - low) < 3.6 * float(max(highs) - min(lows))


def test_fired_tiers_are_dimmed() -> None:
    card = card_of(chart())
    colors = {text.get_text(): text.get_color() for text in card.figure.texts}
    assert colors["T1"] == PALETTES["light"].muted
    assert colors["T2"] == PALETTES["light"].good
    assert colors["Entry"] == PALETTES["light"].text
    assert colors["↓ Liquidation"] == PALETTES["light"].bad


def test_fills_are_marked_by_kind_and_explained() -> None:
    bars = candles(50, "1")
    fills = (
        FillMark(bars[10].opened_at, bars[10].close, "tier"),
        FillMark(bars[20].opened_at, bars[20].close, "hand"),
        FillMark(bars[0].opened_at - FIVE_MINUTES, bars[0].close, "hedge"),  # before the picture begins
    )
    card = card_of(chart(candles=bars, fills=fills, lines=()))
    shown = words(card)
    assert {"Tier fired", "By hand"} <= set(shown)
    assert "Hedge" not in shown
    marks = {line.get_marker(): [float(at) for at in np.asarray(line.get_xdata())] for line in card.figure.axes[0].lines}
    assert marks["v"] == [bars[10].opened_at.timestamp()]
    assert marks["o"] == [bars[20].opened_at.timestamp()]
    assert "D" not in marks


def test_the_curve_ends_at_the_last_price() -> None:
    picture = chart(lines=(), fills=())
    curve = max(card_of(picture).figure.axes[0].lines, key=lambda line: len(heights(line)))
    drawn_prices = heights(curve)
    assert drawn_prices[0] == float(picture.candles[0].open)
    assert drawn_prices[1:] == [float(bar.close) for bar in picture.candles]


def test_takings_are_stacked_away_from_zero() -> None:
    day = DayTakings(day=dt.date(2026, 11, 24), tier="30", hedge="-20", hand="-5")
    other = DayTakings(day=dt.date(2026, 11, 25), tier="10", hedge="0", hand="7")
    card = card_of(TakingsChart("Realised", (day, other), ENGLISH))
    bars = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in card.figure.axes[0].patches]  # type: ignore[attr-defined]
    #        tier             hedge              guards, none of it  by hand             upkeep, none of it
    assert bars == [(0, 30), (0, 10), (0, -20), (10, 10), (30, 30), (10, 10), (-20, -25), (10, 17), (30, 30), (17, 17)]
    sums = card.figure.axes[1].lines
    assert [5, 22] in [heights(line) for line in sums]
    assert {"+22.00 U", "Tiers +40.00", "Hedge -20.00", "By hand +2.00", "Nov 24", "Nov 25"} <= set(words(card))


@pytest.mark.parametrize(("count", "most"), [(1, 1), (7, 6), (30, 6), (90, 6)])
def test_days_are_named_and_the_last_one_always(count: int, most: int) -> None:
    picture = takings(count, CHINESE)
    named = [text for text in words(card_of(picture)) if text.endswith("日")]
    assert 1 <= len(named) <= most
    assert "11月24日" in named


def test_one_day_has_nothing_to_add_up() -> None:
    assert len(card_of(takings(1)).figure.axes) == 1
    assert len(card_of(takings(2)).figure.axes) == 2


def test_the_deepest_drawdown_is_named_and_marked() -> None:
    card = card_of(equity([100, 120, 90, 110, 150, 140]))
    assert {"140.00 U", "+40.00 U  +40.00%", "Deepest drawdown -25.00% on Nov 24"} <= set(words(card))
    below = card.figure.axes[1]
    [curve] = [line for line in below.lines if len(heights(line)) == 6]
    assert [round(number, 2) for number in heights(curve)] == [0, 0, -25, -8.33, 0, -6.67]
    assert "Deepest drawdown below 0.01%" in words(card_of(equity([100_000, 99_999, 100_000])))
    assert "无回撤" in words(card_of(equity([1, 2, 3], CHINESE)))


def test_a_year_is_drawn_from_its_outline() -> None:
    worth = [1000 + number % 97 for number in range(20_000)]
    worth[12_345] = 1
    card = card_of(equity(worth))
    curve = max(card.figure.axes[0].lines, key=lambda line: len(heights(line)))
    assert len(heights(curve)) <= 3002
    assert min(heights(curve)) == 1


def test_a_legend_stays_on_the_card() -> None:
    card = Canvas(ENGLISH)
    card.legend(100, [("s", "#000000", f"Tiers +{10**12:,}.00") for _ in range(4)])
    card.png()
    assert max(text.get_window_extent().x1 for text in card.figure.texts) <= WIDTH


def test_moments_that_stand_too_close_are_left_out_and_the_newest_stays() -> None:
    card = Canvas(ENGLISH)
    axes = card.axes(100, 100, 1000, 700)
    axes.set_xlim(0, 10)
    card.below(axes, [Tick(at, f"Nov {at}") for at in range(11)])
    assert words(card) == ["Nov 10", "Nov 8", "Nov 6", "Nov 4", "Nov 2", "Nov 0"]


def test_themes_differ_and_languages_too() -> None:
    assert PALETTES["light"].card != PALETTES["dark"].card
    looks = [Look(language, theme, SHANGHAI) for language in LANGUAGES for theme in THEMES]
    assert len({draw(takings(7, look)) for look in looks}) == 4


def test_times_are_local_and_midnights_are_dates() -> None:
    first, last = (NOW - dt.timedelta(days=1)).timestamp(), NOW.timestamp()
    assert [tick.label for tick in moments(first, last, SHANGHAI, "zh", 5)] == ["18:00", "11月24日", "06:00", "12:00"]
    assert [tick.label for tick in moments(first, last, dt.UTC, "en", 5)] == ["12:00", "18:00", "Nov 24", "06:00"]
    for tick in moments(first, last, SHANGHAI, "en", 5):
        assert dt.datetime.fromtimestamp(tick.at, SHANGHAI).minute == 0


def test_a_day_of_a_changed_clock_keeps_round_times() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = dt.datetime(2026, 10, 24, 12, tzinfo=berlin).timestamp()
    ticks = moments(first, first + 36 * 3600, berlin, "en", 3)
    assert [f"{dt.datetime.fromtimestamp(tick.at, berlin):%H:%M}" for tick in ticks] == ["12:00", "00:00", "12:00"]


spans = st.floats(1e-9, 1e9).flatmap(lambda low: st.tuples(st.just(low), st.floats(low * 1.001, low * 100)))


@given(spans, st.integers(2, 8))
def test_ticks_are_round_few_within_and_told_apart(span: tuple[float, float], most: int) -> None:
    low, high = span
    ticks = values(low, high, most)
    assert 1 <= len(ticks) <= most + 1
    labels = [tick.label for tick in ticks]
    assert len(set(labels)) == len(labels)
    air = (high - low) * 1e-6
    for tick in ticks:
        assert low - air <= tick.at <= high + air
        assert "e" not in tick.label
        assert abs(float(tick.label) - tick.at) <= air
    assert most < 4 or len(ticks) >= 2


@given(st.lists(st.floats(-50, 150), max_size=40).map(sorted), st.floats(1, 20))
def test_labels_are_spread(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap, 0, 100)
    assert len(placed) == len(wanted)
    fits = min(gap, 100 / max(len(wanted) - 1, 1))
    assert all(after - before >= fits - 1e-6 for before, after in itertools.pairwise(placed))
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in placed)
    # What has room stays where it is.
    if all(after - before >= fits for before, after in itertools.pairwise(wanted)) and all(
        0 <= place <= 100 for place in wanted
    ):
        assert placed == pytest.approx(wanted)


@given(st.floats(0.001, 1e6), st.floats(1, 1.5), st.lists(st.floats(0.0001, 1e7), max_size=12))
def test_the_reach_holds_all_prices_and_no_level_takes_too_much(low: float, factor: float, levels: list[float]) -> None:
    high = low * factor
    bottom, top = reach(low, high, levels)
    assert bottom < low <= high < top
    assert top - bottom <= 3.6 * max(high - low, high * 0.0051)


@given(st.lists(st.integers(0, 9), max_size=300), st.integers(4, 60))
def test_an_outline_keeps_ends_and_extremes(numbers: list[int], most: int) -> None:
    kept = outline(numbers, most)
    assert len(kept) <= most + 4
    if numbers:
        assert (kept[0], kept[-1]) == (0, len(numbers) - 1)
        shown = [numbers[place] for place in kept]
        assert (min(shown), max(shown)) == (min(numbers), max(numbers))
