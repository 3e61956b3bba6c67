"""The drawdown guard of an account: how far the P&L of its USDT swaps has fallen from its peak, on the equity at that peak.

Not the equity itself: that falls with a withdrawal, with other coins, and where a reply is wrong. What the P&L does not explain
of it casts doubt on the reading. A transfer changes what the next loss is measured on, and never the fall so far.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple, Self, get_args

from pydantic import model_validator

from tgtp.domain.model import Bill, LegKey, Moment, NotNegative, Number, Positive, UsdtMoney, Value
from tgtp.domain.sizing import whole_lots
from tgtp.errors import Invalid, Problem

Action = Literal["pause", "base", "close"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
# Two readings, from two replies, are at least so far apart.
AGREE_AFTER: Final = dt.timedelta(seconds=8)
# Fractions of the equity at the peak: what may stay unexplained, and what is rounding.
UNEXPLAINED: Final = Decimal("0.01")
ROUNDING: Final = Decimal("0.0001")
# A line of the book may be shown so long after its time.
LATE_BILLS: Final = dt.timedelta(minutes=10)
# A reading so near to a transfer says what was lost before it.
NEAR: Final = dt.timedelta(minutes=1)
# Of more than so many moves at once only the sum is looked at.
MOST_MOVES: Final = 20
# From one warning to the next, a fraction.
WARN_STEP: Final = Decimal("0.05")
PERCENT: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")


class DrawdownRules(Value):
    """At which fall (fractions) to ``warn`` and to act, and what to do then; None for never."""

    warn: Positive | None = None
    limit: Positive | None = None
    action: Action = "pause"

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if max(self.warn or Decimal(0), self.limit or Decimal(0)) >= 1:
            raise ValueError("a fall of all there is, or more, is beyond any guard")
        if self.warn is not None and self.limit is not None and self.warn >= self.limit:
            raise ValueError("a warning comes before the limit")
        return self

    @property
    def is_on(self) -> bool:
        """Return whether it looks at anything."""
        return self.warn is not None or self.limit is not None

    def level(self, fall: Decimal) -> Decimal | None:
        """Return the last fall to be told that this one has reached, below the limit; None before the first.

        >>> rules = DrawdownRules(warn="0.1", limit="0.2")
        >>> [rules.level(Decimal(fall)) for fall in ("0.09", "0.1", "0.16", "0.4")]
        [None, Decimal('0.10'), Decimal('0.15'), Decimal('0.15')]
        """
        if self.warn is None or fall < self.warn:
            return None
        level = self.warn + whole_lots(fall - self.warn, WARN_STEP)
        while self.limit is not None and level >= self.limit:
            level -= WARN_STEP
        return level


class Target(Value):
    """A life of a leg that a guard brings down to ``keeps`` contracts, from those ``held`` when it fired.

    Both are counted in contracts of ``contract_size`` coins; None where that was not known. ``done``: nothing more is sent.
    """

    leg: LegKey
    opened_at: Moment
    held: NotNegative
    keeps: NotNegative
    contract_size: Positive | None = None
    done: bool = False


class Fall(Value):
    """A fall (a ``fraction``) from the peak: so much was ``lost`` (USDT) of the ``peak_equity`` (USDT)."""

    fraction: NotNegative
    lost: NotNegative
    peak_equity: Positive


class Firing(Value):
    """One act of the guard, begun ``at``.

    ``held_told``: a pause holds its closes back, and that was told. ``blind_told``: legs of it cannot be read, and that was.
    """

    at: Moment
    action: Action
    limit: Positive
    fall: Fall
    targets: tuple[Target, ...] = ()
    held_told: bool = False
    blind_told: bool = False

    @property
    def tag(self) -> str:
        """What its orders are named by: another firing's have other names."""
        return f"drawdown{self.at:%Y%m%d%H%M%S%f}"

    @property
    def is_over(self) -> bool:
        """Return whether nothing is left to be sent."""
        return all(target.done for target in self.targets)


class Level(NamedTuple):
    """A P&L ``below`` its peak (USDT, 0 at it), where that was with an equity of ``peak_equity``."""

    peak_equity: Decimal
    below: Decimal

    def lost(self, change: Decimal) -> Level:
        """Return it with another P&L."""
        return self._replace(below=self.below + change)

    def after(self, moves: Iterable[Decimal]) -> Level | None:
        """Return it after money came (or went, below 0); None where nothing is left to measure on.

        As units of a fund: who takes half out halves what is there and what was lost, and the fall stays what it is.
        """
        peak, below = self
        for amount in moves:
            there = peak + below
            if there <= 0 or there + amount <= 0:
                return None
            times = (there + amount) / there
            peak, below = peak * times, below * times
        return Level(peak, below)


class Watch(Value):
    """What the guard knows: the ``peak_equity`` (USDT), and by how much the P&L is below its peak.

    That is ``offset`` + the unrealised P&L of now: 0 at the peak, negative below it. ``counted`` are the bills at or after
    ``since`` that are in it, by id. ``pnl`` is the unrealised P&L (USDT) of the last reading that counts, and ``read_at`` when
    that was, by the exchange's clock; None before it was kept. ``warned`` is the last fall that was told, ``unexplained`` the
    USDT that were told so. ``held_told``: a pause held back what it would have done, and that was told. ``firing``: it has
    acted, and is disarmed.
    """

    armed_at: Moment
    rules: DrawdownRules
    peak_equity: Positive
    offset: Number
    since: Moment
    counted: dict[str, Moment] = {}
    pnl: Number | None = None
    read_at: Moment | None = None
    warned: NotNegative | None = None
    unexplained: Number | None = None
    held_told: bool = False
    firing: Firing | None = None

    @classmethod
    def begun(cls, rules: DrawdownRules, money: UsdtMoney, now: dt.datetime, since: dt.datetime) -> Watch:
        """Begin with a peak of now; bills from ``since`` on, by the exchange's clock, come after it."""
        pnl = money.unrealised_pnl
        return cls(armed_at=now, rules=rules, peak_equity=money.equity, offset=-pnl, since=since, pnl=pnl, read_at=since)

    @property
    def tolerance(self) -> Decimal:
        """The USDT that may stay unexplained."""
        return self.peak_equity * UNEXPLAINED

    @property
    def rounding(self) -> Decimal:
        """The USDT that need no explanation."""
        return self.peak_equity * ROUNDING

    def gap(self, money: UsdtMoney) -> Decimal:
        """Return what P&L and the known bills do not explain of the equity, USDT; above 0 where there is more of it."""
        return money.equity - (self.peak_equity + self.offset + money.unrealised_pnl)

    def fresh(self, bills: Iterable[Bill]) -> tuple[Bill, ...]:
        """Return those that are not counted yet."""
        return tuple(bill for bill in bills if bill.at >= self.since and bill.bill_id not in self.counted)

    def with_bills(self, bills: Iterable[Bill], money: UsdtMoney) -> Watch | None:
        """Count bills. None where a transfer leaves nothing that a fall could be measured on.

        >>> start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        >>> calm, low = (UsdtMoney(equity=equity, unrealised_pnl=pnl) for equity, pnl in ((1000, 0), (900, -100)))
        >>> watch = Watch.begun(DrawdownRules(limit="0.2"), calm, start, start)
        >>> watch.fall(low).fraction
        Decimal('0.1')
        >>> taken = Bill(bill_id="1", at=start, kind="transfer", amount=-450)
        >>> half = watch.read(low, start, is_whole=True).with_bills([taken], low)
        >>> half.peak_equity, half.fall(UsdtMoney(equity=450, unrealised_pnl=-100)).fraction
        (Decimal('500.0'), Decimal('0.1'))
        """
        fresh = self.fresh(bills)
        if not fresh:
            return self
        pnl, counted = money.unrealised_pnl, {**self.counted, **{bill.bill_id: bill.at for bill in fresh}}
        moves = sorted((bill for bill in fresh if not bill.is_profit), key=lambda bill: bill.at)
        offset = self.offset + sum((bill.amount for bill in fresh if bill.is_profit), Decimal(0))
        if not sum(bill.amount for bill in moves):
            return self.replaced(offset=offset, counted=counted, pnl=pnl)
        moved = self._moved(moves, offset + pnl)
        if moved is None:
            return None
        return self.replaced(peak_equity=moved.peak_equity, offset=moved.below - pnl, counted=counted, pnl=pnl)

    def _moved(self, moves: Sequence[Bill], below: Decimal) -> Level | None:
        """Return peak and P&L after these, oldest first; the P&L is at ``below`` now. None where nothing is left to measure on.

        What a reading shortly before them had not lost was lost after them. Where none was near, it is taken for lost at the
        moment, between any two of them, that makes the fall of now the smallest.
        """
        before, read_at = below, self.read_at
        if self.pnl is not None:
            before = self.offset + self.pnl
        level, amounts = Level(self.peak_equity, before), [bill.amount for bill in moves]
        if len(amounts) > MOST_MOVES:
            amounts = [sum(amounts, Decimal(0))]
        is_near = read_at is not None and all(abs(bill.at - read_at) <= NEAR for bill in moves)
        ways = [
            way
            for place in range(len(amounts) if is_near else 0, len(amounts) + 1)
            if (at := level.after(amounts[:place])) and (way := at.lost(below - before).after(amounts[place:]))
        ]
        return max(ways, key=lambda one: one.below / one.peak_equity, default=None)

    def risen(self, money: UsdtMoney) -> Watch:
        """Renew the peak, as far as both P&L and equity have risen above it; the warnings begin anew then."""
        gain = min(self.offset + money.unrealised_pnl, money.equity - self.peak_equity)
        if gain <= 0:
            return self
        return self.replaced(peak_equity=self.peak_equity + gain, offset=self.offset - gain, warned=None, held_told=False)

    def read(self, money: UsdtMoney, at: dt.datetime, *, is_whole: bool) -> Watch:
        """Take in a reading of ``at``, by the exchange's clock. ``is_whole``: no bill of before is missing."""
        risen = self.risen(money)
        since = max(self.since, at - LATE_BILLS) if is_whole else self.since
        counted = {name: of for name, of in risen.counted.items() if of >= since}
        return risen.replaced(pnl=money.unrealised_pnl, read_at=at, since=since, counted=counted)

    def fall(self, money: UsdtMoney) -> Fall:
        """Return how far it has fallen: as far as both P&L and equity, transfers left out, say so."""
        lost = -max(self.offset + money.unrealised_pnl, money.equity - self.peak_equity)
        lost = max(lost, Decimal(0))
        return Fall(fraction=lost / self.peak_equity, lost=lost, peak_equity=self.peak_equity)


def parsed_fall(text: str) -> Decimal | None:
    """Read a fall in percent as a fraction; None for an empty one, or ``off``. Raises Invalid.

    >>> parsed_fall("20"), parsed_fall(" 12.5 % "), parsed_fall("off")
    (Decimal('0.2'), Decimal('0.125'), None)
    """
    word = text.strip().lower().removesuffix("%").strip()
    if word in ("", "off"):
        return None
    if not PERCENT.fullmatch(word) or not 0 < (percent := Decimal(word)) < 100:
        raise Invalid(Problem("problem.guard.fall"))
    return percent / 100


def written_fall(fall: Decimal | None) -> str:
    """Write a fall (a fraction) as ``parsed_fall`` reads it.

    >>> written_fall(Decimal("0.125")), written_fall(None)
    ('12.5', 'off')
    """
    return "off" if fall is None else f"{(fall * 100).normalize():f}"


def parsed_action(text: str) -> Action:
    """Read what a drawdown guard does. Raises Invalid."""
    word = text.strip().lower() or "pause"
    found: Action | None = next((action for action in ACTIONS if action == word), None)
    if found is None:
        raise Invalid(Problem("problem.guard.action"))
    return found


def rules_of(warn: Decimal | None, limit: Decimal | None, action: Action) -> DrawdownRules:
    """Return the rules with these falls (fractions). Raises Invalid where the warning does not come before the limit."""
    if warn is not None and limit is not None and warn >= limit:
        raise Invalid(Problem("problem.guard.order"))
    return DrawdownRules(warn=warn, limit=limit, action=action)
