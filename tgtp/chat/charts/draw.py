"""Draws pictures with matplotlib. Imported at the first picture only, by the one thread that draws."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tgtp.chat.charts.axes import Tick, date, moments, outline, reach, spread, values
from tgtp.chat.charts.canvas import EDGE, SMALL, WIDTH, Canvas, points_of
from tgtp.chat.charts.model import EquityChart, FillKind, LineKind, Picture, PriceChart, PriceLine, TakingsChart
from tgtp.chat.texts import plain
from tgtp.chat.texts.formats.numbers import money, percent, price
from tgtp.domain.drawdown import LEAST_SHOWN, drawdowns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tgtp.domain.model import Candle, EquitySample

# Where the plots begin, below the title, and below a legend.
TOP: Final = 124
TOP_BELOW_LEGEND: Final = 172
# Left free below a plot, for the moments.
FOOT: Final = 76
TICKS: Final = 5
MOST_POINTS: Final = 3000
FILL_KINDS: Final[tuple[FillKind, ...]] = ("tier", "hedge", "guard", "hand", "upkeep")
FILL_MARKS: Final[dict[FillKind, str]] = {"tier": "v", "hedge": "D", "guard": "P", "hand": "o", "upkeep": "s"}
DASHES: Final[dict[LineKind, tuple[float, ...]]] = {
    "entry": (),
    "tier": (6, 4),
    "fired": (1, 4),
    "mark": (1, 3),
    "liquidation": (),
    "break_even": (2, 3),
}


def draw(picture: Picture) -> bytes:
    """Draw a picture as PNG."""
    return card_of(picture).png()


def card_of(picture: Picture) -> Canvas:
    """Put a picture on a card."""
    match picture:
        case PriceChart():
            return _price(picture)
        case TakingsChart():
            return _takings(picture)
        case EquityChart():
            return _equity(picture)


class _Row(NamedTuple):
    """A level as it stands at the right edge; ``beyond`` the picture's range, above or below."""

    line: PriceLine
    beyond: Literal["", "↑ ", "↓ "]


def _price(chart: PriceChart) -> Canvas:
    card = Canvas(chart.look)
    edges, closes = _course(chart.candles)
    lows, highs = [float(candle.low) for candle in chart.candles], [float(candle.high) for candle in chart.candles]
    fills = [fill for fill in chart.fills if fill.at.timestamp() >= edges[0]]
    last = max(edges[-1], *(fill.at.timestamp() for fill in fills), edges[0] + 60)
    seen = [*lows, *highs, *(float(fill.price) for fill in fills)]
    low, high = reach(min(seen), max(seen), [float(line.price) for line in chart.lines])
    rows = [
        _Row(line, "↑ " if float(line.price) > high else "↓ " if float(line.price) < low else "")
        for line in sorted(chart.lines, key=lambda line: line.price)
    ]

    card.head(chart.title)
    kinds = [kind for kind in FILL_KINDS if any(fill.kind == kind for fill in fills)]
    language = chart.look.language
    if kinds:
        card.legend(
            TOP - 8, [(FILL_MARKS[kind], _fill_color(card, kind), plain(language, f"chart.fill.{kind}")) for kind in kinds]
        )
    ticks = values(low, high, TICKS)
    top, bottom = (TOP_BELOW_LEGEND - 8 if kinds else TOP), card.height - FOOT
    left = EDGE + max(card.width_of(tick.label, SMALL) for tick in ticks) + 4
    size, wide = _gutter(card, rows, left)
    axes = card.axes(left, top, WIDTH - EDGE - wide - 34, bottom)
    axes.set_xlim(edges[0], last)
    card.scale(axes, low, high, ticks)
    card.below(axes, moments(edges[0], last, chart.look.zone, language, TICKS))

    colors = card.palette
    middles = [(begin + end) / 2 for begin, end in pairwise(edges)]
    places = [edges[0], *middles, edges[-1]]
    axes.fill_between(places, _ended(lows), _ended(highs), color=colors.accent, alpha=0.16, linewidth=0)
    axes.plot(edges, closes, color=colors.accent, linewidth=points_of(4.5), solid_joinstyle="round", zorder=4)
    for fill in fills:
        at, color = [fill.at.timestamp()], _fill_color(card, fill.kind)
        axes.plot(
            at,
            [float(fill.price)],
            linestyle="",
            marker=FILL_MARKS[fill.kind],
            color=color,
            markersize=points_of(24),
            markeredgecolor=colors.card,
            markeredgewidth=points_of(3),
            clip_on=False,
            zorder=6,
        )
    _levels(card, axes, rows, size)
    return card


def _course(candles: Sequence[Candle]) -> tuple[list[float], list[float]]:
    """Return when each bar begins, and the last ends, and the price at each of these moments."""
    begins = [candle.opened_at.timestamp() for candle in candles]
    widths = sorted(end - begin for begin, end in pairwise(begins))
    ends = begins[-1] + (widths[len(widths) // 2] if widths else 300.0)
    return [*begins, ends], [float(candles[0].open), *(float(candle.close) for candle in candles)]


def _ended(numbers: Sequence[float]) -> list[float]:
    return [numbers[0], *numbers, numbers[-1]]


def _gutter(card: Canvas, rows: Sequence[_Row], left: float) -> tuple[float, float]:
    """Find room for the levels at the right: the size of their words, and how wide they are."""
    names = max((card.width_of(row.beyond + row.line.label, SMALL) for row in rows), default=0.0)
    prices = max((card.width_of(price(row.line.price), SMALL) for row in rows), default=0.0)
    room = (WIDTH - 2 * EDGE - left) * 0.46
    less = min(1.0, room / (names + 20 + prices)) if rows else 1.0
    return SMALL * less, (names + 20 + prices) * less


def _levels(card: Canvas, axes: Axes, rows: Sequence[_Row], size: float) -> None:
    """Draw the levels across the plot, and write them at its right so that none covers another."""
    box, (low, high) = axes.bbox, axes.get_ylim()
    right = float(box.x1)
    bottom, top = card.height - float(box.y0), card.height - float(box.y1)
    at = [max(low, min(high, float(row.line.price))) for row in rows]
    heights = [bottom - (bottom - top) * (level - low) / (high - low) for level in at]
    size = min(size, (bottom - top) / len(rows) / 1.1) if rows else size
    # Ascending prices go up the picture, whose places count downwards.
    places = spread(heights[::-1], size * 1.32, top + size / 2, bottom - size / 2)[::-1]
    for row, height, place in zip(rows, heights, places, strict=True):
        kind, words = row.line.kind, price(row.line.price)
        color = _level_color(card, kind)
        if not row.beyond:
            axes.plot(
                axes.get_xlim(),
                [float(row.line.price)] * 2,
                color=color,
                linewidth=points_of(2.5),
                linestyle=(0, DASHES[kind]) if DASHES[kind] else "-",
                alpha=0.55 if kind == "fired" else 0.9,
                zorder=3,
            )
            card.line([(right, height), (right + 26, place)], color, width=2)
        x, end = right + 34, float(WIDTH - EDGE)
        if kind == "mark":
            card.pill(x - 8, end + 8, place, size * 1.3, color)
            color = card.palette.card
        card.text(x, place, row.beyond + row.line.label, size=size, color=color)
        card.text(end, place, words, size=size, color=color, side="right")


def _level_color(card: Canvas, kind: LineKind) -> str:
    colors = card.palette
    return {
        "entry": colors.text,
        "tier": colors.good,
        "fired": colors.muted,
        "mark": colors.accent,
        "liquidation": colors.bad,
        "break_even": colors.amber,
    }[kind]


def _fill_color(card: Canvas, kind: FillKind) -> str:
    colors = card.palette
    return {"tier": colors.good, "hedge": colors.amber, "guard": colors.muted, "hand": colors.violet, "upkeep": colors.accent}[
        kind
    ]


def _takings(chart: TakingsChart) -> Canvas:
    card, days, language = Canvas(chart.look), chart.days, chart.look.language
    total = sum((day.realised for day in days), Decimal(0))
    card.head(chart.title, f"{money(total, signed=True)} U", _result_color(card, total))
    entries = []
    for kind in FILL_KINDS:
        amount = sum((getattr(day, kind) for day in days), Decimal(0))
        if kind in ("guard", "upkeep") and not any(getattr(day, kind) for day in days):
            # Most accounts have neither.
            continue
        words = f"{plain(language, f'chart.takings.{kind}')} {money(amount, signed=True)}"
        entries.append(("s", _fill_color(card, kind), words))
    card.legend(TOP - 2, entries)

    stacks, tops, bottoms = _stacks(chart)
    sums, so_far = [], Decimal(0)
    for day in days:
        so_far += day.realised
        sums.append(float(so_far))
    # One day has nothing to add up.
    halves = len(days) > 1
    split = 486 if halves else card.height - FOOT
    daily = _span(tops, bottoms)
    ticks = values(*daily, TICKS, grouped=True)
    sum_range = _span(sums, [0.0])
    sum_ticks = values(*sum_range, 3, grouped=True) if halves else []
    left = EDGE + max(card.width_of(tick.label, SMALL) for tick in (*ticks, *sum_ticks)) + 4

    axes = card.axes(left, TOP_BELOW_LEGEND + 6, WIDTH - EDGE, split)
    axes.set_xlim(-0.5, len(days) - 0.5)
    card.scale(axes, *daily, ticks)
    wide = 0.72 if len(days) > 2 else 0.26 * len(days)
    for kind, amounts, feet in stacks:
        axes.bar(range(len(days)), amounts, wide, feet, color=_fill_color(card, kind), zorder=3)
    axes.axhline(0, color=card.palette.muted, linewidth=points_of(2), zorder=4)
    axes_below = axes
    if halves:
        axes_below = card.axes(left, split + 84, WIDTH - EDGE, card.height - FOOT)
        axes_below.set_xlim(-0.5, len(days) - 0.5)
        card.scale(axes_below, *sum_range, sum_ticks)
        card.text(EDGE, split + 40, plain(language, "chart.takings.sum"), color=card.palette.muted)
        places = [float(number) for number in range(len(days))]
        _area(axes_below, places, sums, 0.0, card.palette.accent)
        axes_below.axhline(0, color=card.palette.muted, linewidth=points_of(2), zorder=3)
    every = -(-len(days) // 6)
    shown = range((len(days) - 1) % every, len(days), every)
    card.below(axes_below, [Tick(number, date(days[number].day, language)) for number in shown])
    return card


def _stacks(chart: TakingsChart) -> tuple[list[tuple[FillKind, list[float], list[float]]], list[float], list[float]]:
    """Stack what was won upwards and what was lost downwards: amounts and feet of each kind, and where the days' stacks end."""
    tops, bottoms = [0.0] * len(chart.days), [0.0] * len(chart.days)
    stacks = []
    for kind in FILL_KINDS:
        amounts = [float(getattr(day, kind)) for day in chart.days]
        feet = [top if amount >= 0 else bottom for amount, top, bottom in zip(amounts, tops, bottoms, strict=True)]
        tops = [top + max(amount, 0) for amount, top in zip(amounts, tops, strict=True)]
        bottoms = [bottom + min(amount, 0) for amount, bottom in zip(amounts, bottoms, strict=True)]
        stacks.append((kind, amounts, feet))
    return stacks, tops, bottoms


def _equity(chart: EquityChart) -> Canvas:
    card, samples, language = Canvas(chart.look), chart.samples, chart.look.language
    colors = card.palette
    first, last = samples[0].equity, samples[-1].equity
    card.head(chart.title, f"{money(last)} U")
    change = f"{money(last - first, signed=True)} U"
    if first > 0:
        change += f"  {percent((last - first) / first, signed=True)}"
    card.text(WIDTH - EDGE, TOP - 10, change, color=_result_color(card, last - first), side="right")

    worth = [float(sample.equity) for sample in samples]
    low, high = reach(min(worth), max(worth), [])
    falls = drawdowns(samples)
    deepest = max(falls)
    lost = [-100 * float(fall) for fall in falls]
    deep = min(-1.0, min(lost) * 1.12)
    ticks = values(low, high, TICKS, grouped=True)
    falls_ticks = [Tick(tick.at, f"{tick.label}%") for tick in values(deep, 0, 3)]
    left = EDGE + max(card.width_of(tick.label, SMALL) for tick in (*ticks, *falls_ticks)) + 4

    axes = card.axes(left, TOP_BELOW_LEGEND, WIDTH - EDGE, 506)
    begun, ended = samples[0].at.timestamp(), samples[-1].at.timestamp()
    axes.set_xlim(begun, max(ended, begun + 60))
    card.scale(axes, low, high, ticks)
    _area(axes, *_thin(samples, worth), low, colors.accent)
    below = card.axes(left, 588, WIDTH - EDGE, card.height - FOOT)
    below.set_xlim(axes.get_xlim())
    card.scale(below, deep, 0, falls_ticks)
    _area(below, *_thin(samples, lost), 0.0, colors.bad)
    words = plain(language, "chart.drawdown.none")
    if deepest > 0:
        at = samples[falls.index(deepest)].at
        when = date(at.astimezone(chart.look.zone).date(), language)
        key = "chart.drawdown" if deepest >= LEAST_SHOWN else "chart.drawdown.tiny"
        words = plain(language, key, fraction=-deepest, when=when)
        below.plot([at.timestamp()], [min(lost)], marker="o", color=colors.bad, markersize=points_of(16), zorder=5)
    card.text(EDGE, 546, words, color=colors.bad if deepest > 0 else colors.muted)
    card.below(below, moments(*below.get_xlim(), chart.look.zone, language, TICKS))
    return card


def _thin(samples: Sequence[EquitySample], numbers: Sequence[float]) -> tuple[list[float], list[float]]:
    kept = outline(numbers, MOST_POINTS)
    return [samples[place].at.timestamp() for place in kept], [numbers[place] for place in kept]


def _area(axes: Axes, at: Sequence[float], numbers: Sequence[float], foot: float, color: str) -> None:
    axes.fill_between(at, numbers, foot, color=color, alpha=0.14, linewidth=0)
    # A long record as thick as a short one would be a smear.
    axes.plot(at, numbers, color=color, linewidth=points_of(4 if len(at) < 500 else 2.5), solid_joinstyle="round", zorder=4)
    axes.plot(at[-1:], numbers[-1:], marker="o", color=color, markersize=points_of(14), clip_on=False, zorder=5)


def _span(tops: Sequence[float], bottoms: Sequence[float]) -> tuple[float, float]:
    """Return a range around 0 and these, with some air."""
    low, high = min(0.0, *bottoms, *tops), max(0.0, *tops, *bottoms)
    if low == high:
        return 0.0, 1.0
    air = (high - low) * 0.08
    return (low - air if low < 0 else low), (high + air if high > 0 else high)


def _result_color(card: Canvas, amount: Decimal) -> str:
    return card.palette.good if amount > 0 else card.palette.bad if amount < 0 else card.palette.text
