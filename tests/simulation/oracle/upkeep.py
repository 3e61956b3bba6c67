"""The invariants of upkeep in a sub-account, held against what the exchange was asked, showed and did.

Nothing of what the program says of its maintenances is believed: what one of them may buy, and what must be cut again, is
worked out from the rows that it was decided on and from the trades.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.simulation.exchange.account import Account, Fill, Leg, MarginMoved
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.oracle.held_back import holds_back
from tests.simulation.oracle.order_names import Meaning, where_of
from tests.simulation.oracle.shown_legs import ShownLeg
from tgtp.domain.events import Corrected, CorrectionStuck, Event, LegGone, UpkeepAsked
from tgtp.domain.plan import Switches
from tgtp.domain.upkeep.rules import Target, UpkeepRules

BUY, CUT, TRIM = "buy", "cut", "trim"
# Seconds within which all buys of one maintenance are sent, and between two maintenances of a leg, by the rules; the clock that
# the program goes by jumps by up to 45 s, forth and back.
BUYS_FOR = 400.0
REST = 15 * 60 - 95.0
# Milliseconds within which a life that was opened anew is taken for the one before.
ANEW_MS = 1000
# The most margin (USDT) that is taken out at once, by the rules.
LARGEST_STEP = Decimal(5)
# Seconds for which a leg may stand large where nothing is in the way: the longest pause after refusals, and some looks.
LARGE_FOR = 420.0
# How far from the target still is at it, a fraction.
NEAR = Decimal("1.05")

LifeName = tuple[Where, int]


@dataclass
class Bought:
    """What one maintenance has bought: ``number`` counts within the life of the leg.

    ``least`` to ``most`` contracts were to be bought, by the rows of the time when it began. ``home``: the leg has been at its
    target, or below, since the last buy; ``touched``: a hand was on it meanwhile, ``grown``: it made it larger.
    """

    number: int
    least: Decimal
    most: Decimal
    begun_at: float
    bought_at: float = 0.0
    bought: Decimal = Decimal(0)
    home: bool = False
    touched: bool = False
    grown: bool = False

    @property
    def is_whole(self) -> bool:
        """Say whether everything was bought, and cut again."""
        return self.home and self.bought >= self.least


@dataclass
class Strayed:
    """What a buy that came too late has put into a later life than its own, and what was cut of it."""

    bought: Decimal = Decimal(0)
    cut: Decimal = Decimal(0)


@dataclass
class UpkeepAudit:
    """Watches the upkeep of one account. ``longest_large`` is how many seconds a leg stood larger than it should, at most.

    The program looks every ``interval`` seconds.
    """

    account: Account
    switches: Switches
    gate: Decimal
    found: list[str]
    rules: UpkeepRules = field(default_factory=UpkeepRules)
    interval: float = 10.0
    longest_large: float = 0.0
    works: dict[LifeName, list[Bought]] = field(default_factory=dict)
    strays: dict[LifeName, Strayed] = field(default_factory=dict)
    # When a person last asked for upkeep of a leg.
    asked: dict[Where, float] = field(default_factory=dict)
    # Legs whose correction a person asked for although they were paused: that pause does not stop it, however long it takes.
    correcting_in_pause: set[Where] = field(default_factory=set)
    # Legs whose correction a person asked for: after refusals it goes on, until it has come to its end.
    _correcting: set[Where] = field(default_factory=set)
    _large: dict[LifeName, Bought] = field(default_factory=dict)
    _touched: dict[Where, float] = field(default_factory=dict)
    _moves: int = 0

    # -- what happens ----------------------------------------------------------------------------------------------

    def touch(self, where: Where, at: float, *, grows: bool) -> None:
        """A person's hand was on this leg."""
        self._touched[where] = at
        for (one, _), works in self.works.items():
            if one == where:
                works[-1].touched = True
                works[-1].grown |= grows

    def resize(self, inst_id: str, times: Decimal) -> None:
        """Count in contracts of another size."""
        for (where, _), works in self.works.items():
            for work in works if where[0] == inst_id else ():
                work.least, work.most, work.bought = work.least * times, work.most * times, work.bought * times
        for (where, _), stray in self.strays.items():
            if where[0] == inst_id:
                stray.bought, stray.cut = stray.bought * times, stray.cut * times

    def written(self, event: Event, paused: frozenset[str]) -> None:
        """An event is in the ledger, and these are paused."""
        if isinstance(event, UpkeepAsked) and event.what == "correction":
            for where in map(where_of, event.legs):
                if where in self.asked:
                    self._correcting.add(where)
                if holds_back(paused, where, "correction"):
                    self.correcting_in_pause.add(where)
                else:
                    self.correcting_in_pause.discard(where)
        elif isinstance(event, Corrected | CorrectionStuck | LegGone):
            self.correcting_in_pause.discard(where_of(event.leg))
            self._correcting.discard(where_of(event.leg))

    def was_asked(self, where: Where, at: float) -> bool:
        """Say whether a person asked for upkeep of this leg a while ago."""
        return at - self.asked.get(where, -BUYS_FOR) < BUYS_FOR

    def accepted(
        self,
        where: Where,
        meaning: Meaning,
        contracts: Decimal,
        shown: ShownLeg,
        before: Iterable[dict[Where, ShownLeg]],
        at: float,
        seen_at: float,
    ) -> None:
        """Judge an order of upkeep; ``shown`` at ``seen_at`` is what it rests on, ``before`` the last minutes' replies."""
        if not shown.leverage and not meaning.tag.endswith(CUT):
            self._wrong(where, f"{meaning.tag} was sent although the leg's row names no leverage")
        if meaning.tag.endswith(BUY):
            self._buy(where, meaning, contracts, shown, before, at)
            if self._touched.get(where, -1.0) >= seen_at:
                self.works[_life(meaning.leg)][-1].touched = True
        elif meaning.tag.endswith(CUT):
            self._cut(where, meaning, contracts, shown)
        else:
            self._trim(where, meaning, contracts, shown, at)

    def filled(self, where: Where, meaning: Meaning, fill: Fill, at: float) -> None:
        """Take in a trade of an order of upkeep."""
        life = _life(meaning.leg)
        lives_in = _life(fill.leg) if fill.leg is not None else life
        if not fill.increased:
            if (stray := self._stray(lives_in)) is not None:
                stray.cut += fill.contracts
            self.look(at)
            return
        if lives_in != life:
            # Its own leg was closed while the order was on its way.
            self.strays.setdefault(lives_in, Strayed()).bought += fill.contracts
            return
        work = self.works[life][-1]
        work.bought += fill.contracts
        work.bought_at, work.home = at, False
        self._large[life] = work
        if work.bought > work.most:
            self._wrong(where, f"maintenance {work.number} has bought {work.bought}, {work.most} were planned")

    def done(self, seen_at: float) -> None:
        """Take in the moves of margin since the last look; ``seen_at`` is when the rows they rest on were true."""
        for move in self.account.margin_moves[self._moves :]:
            self._moved(move, seen_at)
        self._moves = len(self.account.margin_moves)

    # -- what must hold --------------------------------------------------------------------------------------------

    def look(self, at: float, calm_since: float | None = None) -> None:
        """See which legs have come back to their targets; ``calm_since``: nothing has been in the way since then."""
        for life, work in list(self._large.items()):
            leg = self._leg(life)
            if leg is None or _notional(leg) <= self._allowed(leg, work.number):
                work.home = leg is not None
                self.longest_large = max(self.longest_large, at - work.bought_at)
                del self._large[life]
            elif calm_since is not None and not work.grown:
                stands = at - max(calm_since, work.bought_at)
                if stands > LARGE_FOR + 3 * self.interval:
                    self._wrong(life[0], f"stands at {_notional(leg):.1f} U for {stands:.0f} s, and nothing is in the way")

    def counts(self, life: LifeName, count: int) -> None:
        """Hold against the trades how many maintenances the program counts for a life."""
        done = {work.number for work in self.works.get(life, ()) if work.is_whole or work.touched}
        if not done >= set(range(1, count + 1)):
            self._wrong(life[0], f"{count} maintenances are counted, of which the trades show only {sorted(done)}")

    def missed(self, counts: dict[LifeName, int]) -> list[str]:
        """Name, when nothing is in the way any more, what was never finished or never counted."""
        left = []
        for life, works in self.works.items():
            leg, work = self._leg(life), works[-1]
            if leg is None or work.grown:
                continue
            if not work.home and work.bought:
                left.append(
                    f"{_text(life[0])}: stands at {_notional(leg):.1f} U, what maintenance {work.number} bought was not cut"
                )
            sure = work.bought >= work.most and not work.touched
            if work.home and sure and counts.get(life, 0) < work.number:
                left.append(f"{_text(life[0])}: maintenance {work.number} was finished, and is not counted")
        for life, stray in self.strays.items():
            leg = self._leg(life)
            if leg is not None and min(stray.bought - stray.cut, leg.contracts) >= leg.instrument.min_contracts:
                left.append(f"{_text(life[0])}: {stray.bought - stray.cut} that were bought for an earlier life stand there")
        return left

    # -- inside ----------------------------------------------------------------------------------------------------

    def _buy(
        self,
        where: Where,
        meaning: Meaning,
        contracts: Decimal,
        shown: ShownLeg,
        before: Iterable[dict[Where, ShownLeg]],
        at: float,
    ) -> None:
        number, life = int(meaning.tag[1]), _life(meaning.leg)
        works = self.works.setdefault(life, [])
        work = works[-1] if works else None
        if work is None or not work.bought or work.number != number or at - work.begun_at > BUYS_FOR:
            replies = list(before)
            rows = [leg for legs in replies if (leg := legs.get(where)) is not None and leg.opened_at_ms == life[1]]
            self._begun(where, number, works, shown, [*rows, shown], at)
            self._check_hedged(where, shown, replies)
            sizes = [_contracts(self.rules.plan.rounds[number - 1].buy * leg.leverage, leg) for leg in [*rows, shown]]
            work = Bought(number, min(sizes), max(sizes), at)
            if works and not works[-1].bought:
                # Nothing came of it: it is begun anew.
                works.pop()
            works.append(work)
        if work.bought + contracts > work.most:
            self._wrong(where, f"{contracts} more are bought in maintenance {number}, {work.bought} of {work.most} are")

    def _begun(self, where: Where, number: int, works: list[Bought], shown: ShownLeg, rows: list[ShownLeg], at: float) -> None:
        lowest, asked = min(leg.roi for leg in rows), self.was_asked(where, at)
        if not (asked or self.switches.maintenance):
            self._wrong(where, f"maintenance {number} was begun by nobody")
        if lowest > (0 if asked else self.rules.maintain_at):
            self._wrong(where, f"maintenance {number} was begun at {lowest * 100:.1f} %")
        if number > 1 and not any(work.number == number - 1 and work.bought for work in works):
            self._wrong(where, f"maintenance {number} came before {number - 1}")
        if not works:
            return
        last = works[-1]
        if last.bought and at - last.bought_at < REST:
            self._wrong(where, f"maintenance {number} came {at - last.bought_at:.0f} s after the one before")
        if (
            last.bought
            and not last.home
            and not last.grown
            and shown.contracts * _worth(shown) > self._allowed(shown, last.number)
        ):
            self._wrong(where, f"maintenance {number} came before the leg was cut after the one before")

    def _check_hedged(self, where: Where, shown: ShownLeg, replies: list[dict[Where, ShownLeg]]) -> None:
        """Where the hedge rule is on, a losing leg above the gate whose other side wins is its business."""
        if not self.switches.hedge or not replies:
            return
        other = "short" if where[1] == "long" else "long"
        legs = [[leg for key, leg in reply.items() if key[:2] == (where[0], other)] for reply in replies]
        if shown.margin > self.gate and all(any(leg.roi > 0 for leg in across) for across in legs):
            self._wrong(where, "a maintenance was begun on a leg that the hedge rule brings to its base")

    def _cut(self, where: Where, meaning: Meaning, contracts: Decimal, shown: ShownLeg) -> None:
        life, number = _life(meaning.leg), int(meaning.tag[1])
        stray = self._stray(life)
        if stray is not None and life not in self.works:
            if stray.cut + contracts > stray.bought:
                self._wrong(where, f"{contracts} are cut of {stray.bought} that were bought for an earlier life")
        elif not any(work.bought for work in self.works.get(life, ())):
            self._wrong(where, f"{contracts} are cut of a life in which nothing was bought")
        elif shown.contracts - contracts < self._target(number).notional / _worth(shown):
            self._wrong(where, f"a maintenance cuts {contracts} of {shown.contracts}, below its target")

    def _trim(self, where: Where, meaning: Meaning, contracts: Decimal, shown: ShownLeg, at: float) -> None:
        target = self.rules.target(int(meaning.tag[1]))
        if not (self.switches.correction or self.was_asked(where, at) or where in self._correcting):
            self._wrong(where, "a correction was begun by nobody")
        if shown.contracts * _worth(shown) <= target.notional * NEAR:
            self._wrong(where, f"a correction cuts a leg that stands at {shown.contracts * _worth(shown):.1f} U")
        if shown.contracts - contracts < target.notional / _worth(shown):
            self._wrong(where, f"a correction cuts {contracts} of {shown.contracts}, below its target")

    def _moved(self, move: MarginMoved, seen_at: float) -> None:
        leg = move.leg
        where = (leg.instrument.inst_id, leg.side, leg.margin_mode)
        numbers = [work.number for work in self.works.get(_life(leg), ()) if work.bought]
        targets = [self.rules.target(count) for count in (max(numbers, default=0), max(max(numbers, default=0) - 1, 0))]
        if not (self.switches.correction or where in self.asked):
            self._wrong(where, "margin was moved by nobody")
        if move.amount < -LARGEST_STEP:
            self._wrong(where, f"{-move.amount} U of margin were taken out at once")
        if self._touched.get(where, -1.0) >= seen_at:
            # A hand came in between.
            return
        if move.amount > 0 and move.margin > max(target.highest for target in targets):
            self._wrong(where, f"{move.amount} U of margin were added, and it has {move.margin:.2f} now")
        if move.amount < 0 and move.margin < min(target.lowest for target in targets):
            self._wrong(where, f"{-move.amount} U of margin were taken out, and it has {move.margin:.2f} now")

    def _stray(self, life: LifeName) -> Strayed | None:
        """Give what strayed into a life, or into one that a hand closed and opened anew at once."""
        of = ((life[1] - opened_at_ms, stray) for (where, opened_at_ms), stray in self.strays.items() if where == life[0])
        return next((stray for later, stray in of if 0 <= later <= ANEW_MS), None)

    def _leg(self, life: LifeName) -> Leg | None:
        leg = self.account.legs.get(life[0])
        return leg if leg is not None and leg.opened_at_ms == life[1] else None

    def _target(self, number: int) -> Target:
        return Target(margin=self.rules.plan.rounds[number - 1].keep)

    def _allowed(self, leg: Leg | ShownLeg, number: int) -> Decimal:
        """Give the USDT at which a leg is at its target: within 5 % of it, or a lot."""
        target, lot = self._target(number).notional, leg.instrument.worth(leg.instrument.lot_size, _mark(leg))
        return max(target * NEAR, target + max(lot, leg.instrument.worth(leg.instrument.min_contracts, _mark(leg))))

    def _wrong(self, where: Where, what: str) -> None:
        self.found.append(f"{_text(where)}: {what}")


def _life(leg: Leg) -> LifeName:
    return (leg.instrument.inst_id, leg.side, leg.margin_mode), leg.opened_at_ms


def _mark(leg: Leg | ShownLeg) -> Decimal:
    return leg.mark if isinstance(leg, ShownLeg) else leg.instrument.mark


def _notional(leg: Leg) -> Decimal:
    return leg.instrument.worth(leg.contracts, leg.instrument.mark)


def _worth(leg: ShownLeg) -> Decimal:
    """Give the USDT of one contract."""
    return leg.mark * leg.instrument.contract_size


def _contracts(margin: Decimal, leg: ShownLeg) -> Decimal:
    lot = leg.instrument.lot_size
    return margin / _worth(leg) // lot * lot


def _text(where: Where) -> str:
    return " ".join(where)
