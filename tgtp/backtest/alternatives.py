"""The rules that are walked side by side."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from tgtp.backtest.job import BacktestJob
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.model import MarginMode, leg_key
from tgtp.domain.plan import Rules


class Wanted(NamedTuple):
    """Rules under a name. Unless they ``decide``, everything is held to the end; ``scales``: with the coin's volatility."""

    name: str
    rules: Rules
    decides: bool = True
    scales: bool = False


def alternatives(job: BacktestJob) -> tuple[Wanted, ...]:
    """Return what is walked: the ladder, nothing, one take-profit at each threshold, the ladder scaled, other ladders."""
    return tuple(wanted for wanted in _all(job) if not job.only or wanted.name in job.only)


def ladders_in_force(job: BacktestJob) -> tuple[Ladder, ...]:
    """Return the ladders that the alternative of that name walks, one a side."""
    return _ladders_of(job, _in_force(job))


def _in_force(job: BacktestJob) -> Rules:
    return _with(job.rules, job.ladders[0]) if job.ladders else job.rules


def _ladders_of(job: BacktestJob, rules: Rules) -> tuple[Ladder, ...]:
    name = job.instrument.instrument_id
    return tuple(rules.ladder_of(leg_key(name, side, MarginMode.ISOLATED)) for side in job.sides)


def _all(job: BacktestJob) -> Iterator[Wanted]:
    rules = _in_force(job)
    yield Wanted("ladder", rules)
    yield Wanted("hold", rules, decides=False)
    thresholds = {tier.threshold for ladder in _ladders_of(job, rules) for tier in ladder.tiers}
    for threshold in sorted(thresholds):
        ladder = Ladder(tiers=(Tier(number=1, threshold=threshold, share=Decimal(1)),))
        yield Wanted(f"single-{(threshold * 100).normalize():f}", _with(rules, ladder))
    yield Wanted("scaled", rules, scales=True)
    if rules.guards.of(job.instrument.instrument_id).is_on:
        yield Wanted("unguarded", rules.replaced(guards=GuardRules()))
    for number, ladder in enumerate(job.ladders[1:], start=2):
        yield Wanted(f"ladder-{number}", _with(rules, ladder))


def _with(rules: Rules, ladder: Ladder) -> Rules:
    return rules.replaced(long=ladder, short=ladder, own={})
