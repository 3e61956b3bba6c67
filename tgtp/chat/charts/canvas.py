"""What pictures are drawn on: matplotlib without its windows, one font for both languages, and colours as Telegram's.

Imported at the first picture only, by the one thread that draws.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from noto_cjk_sans_otc import FONT_PATH  # type: ignore[import-untyped]

from tgtp.chat.charts.axes import Tick
from tgtp.chat.formatting.reader import Look, Theme

# The version of matplotlib's list of fonts. With another one it goes through the machine's fonts after all: slower, no worse.
FONT_LIST: Final = "3.11.0"
FAMILY: Final = "Noto Sans CJK SC"
# Of the faces in the collection, the one with the shapes of Simplified Chinese.
FACE: Final = 2


@contextlib.contextmanager
def _imported_quietly() -> Iterator[None]:
    """Let matplotlib be imported with an empty list of fonts, and without its warnings.

    By itself it reads every font of the machine, which takes seconds where there are many, and keeps the list in the user's
    home. That a service may not write there is nothing to warn of.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib as mpl  # noqa: PLC0415 - not before its warnings are off

    empty: dict[str, Any] = {
        "__class__": "FontManager",
        "_version": FONT_LIST,
        "default_size": None,
        "defaultFamily": {"ttf": FAMILY, "afm": FAMILY},
        "afmlist": [],
        "ttflist": [],
    }
    kept = mpl.get_cachedir
    with tempfile.TemporaryDirectory(prefix="tgtp-") as folder:
        Path(folder, f"fontlist-v{FONT_LIST}.json").write_text(json.dumps(empty), encoding="utf-8")
        mpl.get_cachedir = lambda: folder
        try:
            yield
        finally:
            mpl.get_cachedir = kept


with _imported_quietly():
    import matplotlib as mpl
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontEntry, FontProperties, fontManager
    from matplotlib.lines import Line2D
    from matplotlib.patches import FancyBboxPatch
    from matplotlib.patheffects import withStroke
    from matplotlib.transforms import IdentityTransform

fontManager.ttflist.insert(0, FontEntry(str(FONT_PATH), FACE, FAMILY, "normal", "normal", 400, "normal", "scalable"))
mpl.rcParams["font.family"] = [FAMILY]
# A coin may have a dollar in its name.
mpl.rcParams["text.parse_math"] = False

WIDTH: Final = 1080
HEIGHT: Final = 810
EDGE: Final = 44
# Pixels; the phone shows the picture at a third of its width.
LARGE: Final = 42
SMALL: Final = 28
DPI: Final = 100


class Palette(NamedTuple):
    """The colours of a theme."""

    card: str
    text: str
    muted: str
    grid: str
    accent: str
    good: str
    bad: str
    amber: str
    violet: str


PALETTES: Final[dict[Theme, Palette]] = {
    "light": Palette("#ffffff", "#222222", "#7d868f", "#e6e9ed", "#3390ec", "#2f9e55", "#e0433b", "#dd8a0a", "#8662d9"),
    "dark": Palette("#17212b", "#f2f5f8", "#8296a8", "#263645", "#62b0f5", "#5fc469", "#f0625d", "#eeae43", "#a98bef"),
}


class Canvas:
    """A picture in the making. Places are in pixels from its upper left corner."""

    def __init__(self, look: Look, height: int = HEIGHT) -> None:
        self.look = look
        self.palette = PALETTES[look.theme]
        self.height = height
        self.figure = Figure((WIDTH / DPI, height / DPI), DPI, facecolor=self.palette.card)
        self._canvas = FigureCanvasAgg(self.figure)

    def head(self, title: str, right: str = "", color: str | None = None) -> None:
        """Write the title, and the figure that counts most at its right."""
        room = WIDTH - 2 * EDGE - (self.width_of(right, LARGE) + 30 if right else 0)
        self.text(EDGE, 60, title, size=self.fitting(title, LARGE, room), strong=True)
        self.text(WIDTH - EDGE, 60, right, size=LARGE, color=color, side="right", strong=True)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = SMALL,
        color: str | None = None,
        side: Literal["left", "center", "right"] = "left",
        strong: bool = False,
    ) -> None:
        """Write words, their middle at this height."""
        color = color or self.palette.text
        shown = self.figure.text(
            x,
            self.height - y,
            words,
            transform=IdentityTransform(),
            fontproperties=_font(size),
            color=color,
            ha=side,
            va="center_baseline",
        )
        if strong:
            # The font has one weight only.
            shown.set_path_effects([withStroke(linewidth=size / 40, foreground=color)])

    def width_of(self, words: str, size: float) -> float:
        """Measure words."""
        width, _, _ = self._canvas.get_renderer().get_text_width_height_descent(words, _font(size), ismath=False)  # type: ignore[no-untyped-call]
        return float(width)

    def fitting(self, words: str, size: float, room: float) -> float:
        """Return the size at which words fit."""
        width = self.width_of(words, size)
        return size if width <= room else size * room / width

    def legend(self, y: float, entries: Sequence[tuple[str, str, str]], size: float = SMALL) -> None:
        """Explain marks in one row: (matplotlib's marker, colour, words) each."""
        gap, mark = 36.0, 40.0
        wide = sum(self.width_of(words, size) + mark for _, _, words in entries) + gap * (len(entries) - 1)
        less = min(1.0, (WIDTH - 2 * EDGE) / wide)
        size, gap, mark = size * less, gap * less, mark * less
        x = float(EDGE)
        for marker, color, words in entries:
            self.line([(x + mark / 3, y)], color, marker=marker, size=20 * less)
            self.text(x + mark, y, words, size=size, color=self.palette.muted)
            x += mark + self.width_of(words, size) + gap

    def line(
        self, points: Sequence[tuple[float, float]], color: str, *, width: float = 2, marker: str | None = None, size: float = 0
    ) -> None:
        """Draw a line, or a mark of so many pixels."""
        self.figure.add_artist(
            Line2D(
                [x for x, _ in points],
                [self.height - y for _, y in points],
                transform=IdentityTransform(),
                color=color,
                linewidth=points_of(width),
                marker=marker,
                markersize=points_of(size),
                markeredgewidth=0,
            )
        )

    def pill(self, left: float, right: float, y: float, tall: float, color: str) -> None:
        """Draw a filled shape behind words that are written next."""
        shape = FancyBboxPatch(
            (left, self.height - y - tall / 2),
            right - left,
            tall,
            boxstyle=f"round,pad=0,rounding_size={tall / 4}",
            transform=IdentityTransform(),
            facecolor=color,
            edgecolor="none",
        )
        self.figure.add_artist(shape)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Return a place to draw in, without a frame."""
        where = (left / WIDTH, 1 - bottom / self.height, (right - left) / WIDTH, (bottom - top) / self.height)
        axes = self.figure.add_axes(where, facecolor="none")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        axes.set_axisbelow(True)
        axes.margins(0)
        axes.set_xticks([])
        axes.set_yticks([])
        return axes

    def scale(self, axes: Axes, low: float, high: float, ticks: Sequence[Tick]) -> None:
        """Give an upright axis its range and its values, written at its left."""
        axes.set_ylim(low, high)
        left, right = axes.get_xlim()
        box = axes.bbox
        for tick in ticks:
            axes.plot([left, right], [tick.at, tick.at], color=self.palette.grid, linewidth=points_of(2), zorder=0)
            y = self.height - float(box.y0 + box.height * (tick.at - low) / (high - low))
            self.text(box.x0 - 14, y, tick.label, color=self.palette.muted, side="right")

    def below(self, axes: Axes, ticks: Sequence[Tick]) -> None:
        """Write moments or days below; those that would cover another, or leave the card, are left out."""
        box, (left, right) = axes.bbox, axes.get_xlim()
        y, taken = self.height - float(box.y0) + 34, float(WIDTH)
        # The newest one stays.
        for tick in reversed(ticks):
            wide = self.width_of(tick.label, SMALL)
            x = float(box.x0 + box.width * (tick.at - left) / (right - left))
            x = min(max(x, 12 + wide / 2), WIDTH - 12 - wide / 2)
            if x + wide / 2 <= taken:
                self.text(x, y, tick.label, color=self.palette.muted, side="center")
                taken = x - wide / 2 - 20

    def png(self) -> bytes:
        """Return the picture."""
        file = io.BytesIO()
        self._canvas.print_png(file)  # type: ignore[no-untyped-call]
        return file.getvalue()


def points_of(pixels: float) -> float:
    """Turn pixels into the points that matplotlib counts in."""
    return pixels * 72 / DPI


def _font(size: float) -> FontProperties:
    return FontProperties(family=FAMILY, size=points_of(size))
