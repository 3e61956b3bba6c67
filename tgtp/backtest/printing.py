"""What a backtest prints: what it assumes, each fill with all that its check by hand needs, the alternatives side by side."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Final, Protocol

from rich.console import Console, RenderableType

from tgtp.backtest.alternatives import ladders_in_force
from tgtp.backtest.bars import Bars
from tgtp.backtest.job import Alternative, BacktestJob, BacktestResult, Fill
from tgtp.backtest.tables import table
from tgtp.chat.texts import Language, plain, written
from tgtp.domain.model import EPOCH, MarginMode

FILLS: Final = ("at", "side", "rule", "entry", "price", "roi", "held", "closed", "left", "pnl", "fee")
SUMS: Final = (
    *("name", "path", "realised", "open", "fees", "funding", "result", "best", "worst"),
    *("given_back", "drawdown", "slippage", "lasted", "tiers"),
)
SPREAD: Final = ("name", "path", "entries", "mean", "median", "lowest", "highest", "gained", "drawdown")


class Say(Protocol):
    """Fills a text of a backtest."""

    def __call__(self, key: str, **values: object) -> str:
        """Return the text under ``backtest.`` and this key."""


def print_result(console: Console, job: BacktestJob, bars: Bars, result: BacktestResult, language: Language) -> None:
    """Print all of it."""

    def say(key: str, **values: object) -> str:
        return plain(language, f"backtest.{key}", **values)

    for line in _lines(job, bars, result, say, language):
        console.print(line, markup=False)


def order_mattered(one: Alternative, other: Alternative, step_ms: int) -> int:
    """Return in how many bars two paths of the same alternative came to other fills."""
    first, second = (_by_bar(alternative, step_ms) for alternative in (one, other))
    return sum(first.get(bar) != second.get(bar) for bar in first.keys() | second.keys())


def _by_bar(alternative: Alternative, step_ms: int) -> dict[int, list[tuple[object, ...]]]:
    step = dt.timedelta(milliseconds=step_ms)
    by_bar: dict[int, list[tuple[object, ...]]] = {}
    for fill in alternative.fills:
        # The moment within a bar is always the path's.
        what = (fill.position_side.value, fill.rule, fill.tier, fill.price, fill.contracts)
        by_bar.setdefault((fill.at - alternative.entry_at) // step, []).append(what)
    return {bar: sorted(fills, key=str) for bar, fills in by_bar.items()}


def _lines(job: BacktestJob, bars: Bars, result: BacktestResult, say: Say, language: Language) -> Iterator[RenderableType]:
    yield from _head(job, bars, result, say)
    if job.every_ms is None:
        for one in result.alternatives:
            if one.name == "ladder":
                yield ""
                yield say("fills", name=one.name, path=one.path, price=one.entry_price, fee=one.opening_fee)
                yield table([say(f"column.{name}") for name in FILLS], [_fill_cells(job, one, fill) for fill in one.fills])
        yield ""
        yield table([say(f"column.{name}") for name in SUMS], [_sum_cells(one, language) for one in result.alternatives])
    else:
        yield ""
        yield table([say(f"column.{name}") for name in SPREAD], _spread(result.alternatives))
    if job.path == "worst":
        yield from _worst(result.alternatives, bars, say)
    yield say("sum")
    yield say("speed", skipped=result.looks_skipped, seconds=f"{result.seconds:.3f}")


def _head(job: BacktestJob, bars: Bars, result: BacktestResult, say: Say) -> Iterator[str]:
    begins, ends = (EPOCH + dt.timedelta(milliseconds=int(at)) for at in (bars.opened_ms[-result.bars], bars.opened_ms[-1]))
    ends += dt.timedelta(milliseconds=bars.step_ms)
    step, interval = f"{bars.step_ms / 60_000:g}", f"{job.interval_ms / 1000:g}"
    yield say(
        "head", instrument=job.instrument.instrument_id, bars=result.bars, step=step, begins=_time(begins), ends=_time(ends)
    )
    yield say("prices")
    for side, ladder in zip(job.sides, ladders_in_force(job), strict=True):
        mode = say(f"mode.{job.margin_mode.value}")
        leg = {"side": side.value, "contracts": job.contracts, "size": job.instrument.contract_size, "leverage": job.leverage}
        yield say("leg", mode=mode, ladder=ladder, **leg)
    yield say(f"execution.{job.execution}", interval=interval)
    funding = "none" if job.funding is None else "rate" if isinstance(job.funding, Decimal) else "file"
    yield say(f"funding.{funding}", rate=job.funding if funding == "rate" else None)
    yield say("costs", fee=job.taker_fee, slippage=f"{(job.slippage * 10_000).normalize():f}", rate=job.maintenance_rate)
    if job.margin_mode is MarginMode.CROSS:
        yield say("equity.endless") if job.equity is None else say("equity", equity=job.equity)
    if bars.gaps:
        yield say("gaps", count=len(bars.gaps))


def _fill_cells(job: BacktestJob, one: Alternative, fill: Fill) -> tuple[str, ...]:
    roi = fill.position_side.sign * (fill.price - one.entry_price) * job.leverage / one.entry_price
    return (
        _time(fill.at),
        fill.position_side.value,
        f"{fill.rule} {fill.tier}" if fill.tier else fill.rule,
        f"{one.entry_price:f}",
        f"{fill.price.normalize():f}" if len(f"{fill.price.normalize():f}") < 12 else f"{fill.price:.4f}",
        f"{roi * 100:+.2f}",
        f"{fill.contracts + fill.contracts_left:f}",
        f"{fill.contracts:f}",
        f"{fill.contracts_left:f}",
        f"{fill.pnl:+.4f}",
        f"{fill.fee:.4f}",
    )


def _sum_cells(one: Alternative, language: Language) -> tuple[str, ...]:
    money = (one.realised, one.unrealised, -one.fees, one.funding, one.result, one.best, one.worst)
    tiers = sum(fill.rule == "tier" for fill in one.fills)
    return (
        one.name,
        one.path,
        *(f"{amount:+.2f}" for amount in money),
        f"{one.best - one.result:.2f}",
        f"{one.max_drawdown:.2f}",
        f"{one.slippage:.2f}",
        written(language, one.held_until - one.entry_at, "age"),
        f"{tiers}",
    )


def _spread(found: Sequence[Alternative]) -> Iterator[tuple[str, ...]]:
    """Return what each alternative came to over all entries."""
    by_name = sorted(enumerate(found), key=lambda row: (_first(found, row[1]), row[0]))
    for (name, path), rows in groupby(by_name, key=lambda row: (row[1].name, row[1].path)):
        ones = [one for _, one in rows]
        results = [one.result for one in ones]
        yield (
            name,
            path,
            f"{len(ones)}",
            *(
                f"{amount:+.2f}"
                for amount in (statistics.mean(results), statistics.median(results), min(results), max(results))
            ),
            f"{sum(result > 0 for result in results) / len(results):.0%}",
            f"{max(one.max_drawdown for one in ones):.2f}",
        )


def _first(found: Sequence[Alternative], one: Alternative) -> int:
    return next(number for number, other in enumerate(found) if (other.name, other.path) == (one.name, one.path))


def _worst(found: Sequence[Alternative], bars: Bars, say: Say) -> Iterator[str]:
    """Say which of both paths counts, and in how many bars it mattered."""
    by_entry = partial(sorted, key=lambda one: (one.name, one.entry_at))
    smaller: dict[str, list[Alternative]] = {}
    mattered: dict[str, int] = {}
    for _, pair in groupby(by_entry(found), key=lambda one: (one.name, one.entry_at)):
        one, other = pair
        smaller.setdefault(one.name, []).append(min(one, other, key=lambda both: both.result))
        mattered[one.name] = mattered.get(one.name, 0) + order_mattered(one, other, bars.step_ms)
    for name in dict.fromkeys(one.name for one in found):
        result = statistics.mean(one.result for one in smaller[name])
        yield say("worst", name=name, result=f"{result:+.2f}", count=mattered[name])


def _time(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
