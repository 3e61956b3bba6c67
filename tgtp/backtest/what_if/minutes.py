"""Which minutes of a coin the legs were held in, and the bars of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tgtp.adapters.okx.archive.pages import BAR_NAMES, MILLISECOND, OkxArchive
from tgtp.adapters.okx.history import WIDTHS
from tgtp.backtest.bars import Bars
from tgtp.backtest.history.fetching import Asked, Progress, asked_of, fetch_into
from tgtp.backtest.history.reading import read_bars
from tgtp.backtest.walk.factors import HOUR_MS, LEAD
from tgtp.domain.model import EPOCH
from tgtp.engine.ports import PastLeg
from tgtp.errors import CannotStart

MINUTE_MS: Final = 60_000
BAR: Final = "1m"
# What is read in ten minutes, of the quarter of an hour that a run may take: seven pages of a hundred bars in 2 s.
MOST_MINUTES: Final = 200_000


class Span(NamedTuple):
    """The bars that open from ``first_ms`` on and before ``end_ms`` (unix ms)."""

    first_ms: int
    end_ms: int

    @property
    def minutes(self) -> int:
        """How many those are."""
        return (self.end_ms - self.first_ms) // MINUTE_MS


def span_of(leg: PastLeg) -> Span | None:
    """Return the whole minutes in which a leg was held; None where there is none."""
    opened_ms, until_ms = ((moment - EPOCH) // MILLISECOND for moment in (leg.opened_at, leg.until))
    found = Span(-(-opened_ms // MINUTE_MS) * MINUTE_MS, until_ms // MINUTE_MS * MINUTE_MS)
    return found if found.minutes > 0 else None


def together(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same minutes as spans that do not touch, the earliest first.

    >>> together([Span(180_000, 240_000), Span(0, 120_000), Span(60_000, 180_000), Span(600_000, 660_000)])
    (Span(first_ms=0, end_ms=240000), Span(first_ms=600000, end_ms=660000))
    """
    found = list[Span]()
    for span in sorted(spans):
        if found and span.first_ms <= found[-1].end_ms:
            found[-1] = Span(found[-1].first_ms, max(found[-1].end_ms, span.end_ms))
        else:
            found.append(span)
    return tuple(found)


async def fetch_minutes(archive: OkxArchive, name: str, folder: Path, spans: Sequence[Span], progress: Progress) -> Bars | None:
    """Fetch what is missing of some spans, and return all bars from the first to the last; None where OKX has none of them.

    Raises CannotStart, TemporarilyDown, AccessRefused.
    """
    return await _fetch(archive, name, BAR, folder, spans, progress)


async def fetch_hours(archive: OkxArchive, name: str, folder: Path, spans: Sequence[Span]) -> Bars | None:
    """Fetch the hours of all that time, and of the month before; None where OKX has none of them.

    Raises CannotStart, TemporarilyDown, AccessRefused.
    """
    first_ms = spans[0].first_ms // HOUR_MS * HOUR_MS - LEAD // MILLISECOND
    return await _fetch(archive, name, "1h", folder, [Span(first_ms, spans[-1].end_ms)], lambda *_: None)


async def _fetch(
    archive: OkxArchive, name: str, bar: str, folder: Path, spans: Sequence[Span], progress: Progress
) -> Bars | None:
    path = folder / f"{name}-{bar}-mark.npz"
    listed_ms = await archive.listed_ms(name)
    if listed_ms is None:
        return None
    now_ms = await archive.now_ms()
    total, before, known = sum(span.minutes for span in spans), 0, False
    for span in spans:

        def heard(done: int, _: int, before: int = before) -> None:
            progress(before + done, total)

        try:
            asked: Asked = asked_of(name, bar, "mark", span.first_ms, span.end_ms, now_ms=now_ms, listed_ms=listed_ms)
            await fetch_into(archive, asked, path, heard)
            known = True
        except CannotStart as exc:
            if exc.problem.key != "history.empty":
                raise
        before += span.minutes
    if not known:
        return None
    since, until = (EPOCH + at * MILLISECOND for at in (spans[0].first_ms, spans[-1].end_ms))
    return read_bars(path, since, until, step_ms=WIDTHS[BAR_NAMES[bar]] // MILLISECOND)
