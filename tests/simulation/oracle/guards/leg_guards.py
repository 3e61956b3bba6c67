"""Give-back and break-even, held against what was shown of a leg: a cause in two replies, one act, down to the base."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.simulation.exchange.account import Account, Leg
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.oracle.shown_legs import Shown, ShownLeg

GIVE_BACK, BREAK_EVEN = "guard_back", "guard_even"
LEG_GUARDS = (GIVE_BACK, BREAK_EVEN)
# Seconds, by the rules, between the first reading and the act; and two replies that are of two looks for certain.
AGREE_AFTER = 8.0
APART = 1.0
PASSED_OVER = 2
# An order may have been decided on what was set until so many seconds ago: another account's check does not wait.
LATELY = 120.0
FEE = Decimal("0.0005")
# Of the price: what rounding on disk and on the way may cost.
ROUNDING = Decimal("0.00001")
CLEARLY = Decimal("0.002")
# The lowest threshold of a tier, at the lowest factor.
FIRST_ROI = Decimal("0.1875")

Life = tuple[Where, int, int]


class Settings:
    """What is set of both guards, and was lately: a fraction of the best, and the number of a tier; 0 is off."""

    def __init__(self, give_back: Decimal = Decimal(0), break_even: int = 0) -> None:
        self._past: dict[tuple[str, str], list[tuple[float, Decimal]]] = {
            (GIVE_BACK, ""): [(0.0, give_back)],
            (BREAK_EVEN, ""): [(0.0, Decimal(break_even))],
        }

    def changed(self, rule: str, inst_id: str, text: str, at: float) -> None:
        """Somebody has set one, of a coin alone or ("") of all others, as it is written."""
        value = Decimal("0" if text == "off" else text.removeprefix("after_tier_"))
        tag = GIVE_BACK if rule == "give_back" else BREAK_EVEN
        self._past.setdefault((tag, inst_id), []).append((at, value / 100 if tag == GIVE_BACK else value))

    def now(self, tag: str, inst_id: str) -> Decimal:
        """Give what holds for a coin."""
        return (self._past.get((tag, inst_id)) or self._past[tag, ""])[-1][1]

    def lately(self, tag: str, inst_id: str, at: float) -> set[Decimal]:
        """Give what is set for a coin, and all that was until a moment ago."""
        own, others = self._past.get((tag, inst_id), []), self._past[tag, ""]
        past = [*others, *own] if not own or own[0][0] >= at - LATELY else own
        ends = [until for until, _ in past[1:]] + [at]
        return {value for (_, value), until in zip(past, ends, strict=True) if until >= at - LATELY}


@dataclass
class Best:
    """The best move of the price in a leg's favour (a fraction) that two replies have shown; 0 before."""

    best: Decimal = Decimal(0)
    steady: Decimal = Decimal(0)
    _highest: Decimal | None = None
    _fresh: deque[tuple[float, Decimal]] = field(default_factory=deque)

    def read(self, at: float, move: Decimal) -> None:
        """Take in what a reply shows."""
        while self._fresh and at - self._fresh[0][0] >= APART:
            _, before = self._fresh.popleft()
            self._highest = before if self._highest is None else max(self._highest, before)
        if self._highest is not None:
            self.best = max(self.best, min(move, self._highest))
        self._fresh.append((at, move))


@dataclass
class Act:
    """What a guard has begun: down to the base by ``target`` contracts, when of so many tiers something had filled."""

    target: Decimal
    tiers: int
    closed: Decimal = Decimal(0)

    def resize(self, times: Decimal) -> None:
        """Count in contracts of another size."""
        self.target, self.closed = self.target * times, self.closed * times


class LegGuardAudit:
    """Judges what the guards of legs do in one account."""

    def __init__(self, account: Account, min_margin: Decimal, found: list[str], settings: Settings) -> None:
        self._account, self._min_margin, self._found = account, min_margin, found
        self.settings = settings
        self._best: dict[tuple[Where, int, Decimal], Best] = {}
        self._acts: dict[Life, Act] = {}
        self.acts = 0

    # -- what happens ----------------------------------------------------------------------------------------------

    def read(self, reply: Shown) -> None:
        """Take a reply in."""
        for where, leg in reply.legs(self._account).items():
            if leg.leverage and leg.entry:
                self._best.setdefault((where, leg.opened_at_ms, leg.entry), Best()).read(reply.read_at, leg.move)

    def resize(self, inst_id: str, times: Decimal) -> None:
        """The exchange counts an instrument in other contracts."""
        for (where, *_), act in self._acts.items():
            if where[0] == inst_id:
                act.resize(times)

    def accepted(
        self, life: Life, tag: str, contracts: Decimal, replies: Iterable[Shown], at: float, tiers: dict[int, Decimal]
    ) -> str | None:
        """Say what is wrong with an order that was accepted; ``tiers`` are the contracts that each tier has closed."""
        newest, *earlier = reversed(list(replies))
        shown = newest.legs(self._account)[life[0]]
        act, by_tiers = self._acts.get(life), sum(tiers.values(), Decimal(0))
        if act is not None and not act.closed:
            # Of its order nothing has filled: the next is decided from the start, with a cause and a base of its own.
            act = None
        if shown.margin <= self._min_margin:
            return f"{tag} was sent at a margin of {shown.margin}"
        above = min((shown.contracts - shown.base()) // shown.instrument.lot_size * shown.instrument.lot_size, shown.contracts)
        if act is not None and act.target - act.closed >= shown.instrument.min_contracts:
            rest = min(act.target - act.closed, above)
            if contracts > rest:
                return f"{tag} had {rest} left to close, {contracts} was asked for"
            return None
        if act is not None and _begun(tiers) <= act.tiers:
            return f"{tag} acts again, and no tier has fired since"
        self._acts[life] = Act(above, _begun(tiers))
        self.acts += 1
        if contracts != min(above, shown.instrument.max_market_contracts):
            return f"{tag} was to close {above} down to the base, {contracts} was asked for"
        causes = [one for one in self.settings.lately(tag, life[0][0], at) if _is_armed(one, tag, tiers)]
        if not causes:
            return f"{tag} was sent though it is off, or its tier has not fired"
        if not self._is_reached(causes, life, tag, shown, by_tiers):
            return f"{tag} was sent at {shown.roi * 100:.2f} %, nothing is the cause of that"
        passed = 0
        for reply in earlier:
            leg = reply.legs(self._account).get(life[0])
            if leg is None or leg.opened_at_ms != life[1]:
                continue
            if not self._is_reached(causes, life, tag, leg, by_tiers):
                # Not every reply is one that guards have looked at; but they have looked at one of some in a row.
                passed += 1
                if passed > PASSED_OVER:
                    break
            elif at - reply.read_at >= AGREE_AFTER:
                return None
        return f"{tag} was sent on one reading"

    def filled(self, life: Life, contracts: Decimal) -> str | None:
        """Say what is wrong with a fill."""
        act = self._acts[life]
        act.closed += contracts
        return f"a guard has closed {act.closed}, {act.target} was above the base" if act.closed > act.target else None

    # -- what must hold --------------------------------------------------------------------------------------------

    def stand_still(self) -> None:
        """The price of every leg has stood where it is for many checks: whoever looks has seen it twice."""
        for where, leg in self._account.legs.items():
            best = self._best.get((where, leg.opened_at_ms, leg.entry_price))
            if best is not None:
                best.steady = max(best.steady, _move(leg))

    def due(self, where: Where, leg: Leg, generation: int, fired: frozenset[int], tiers: dict[int, Decimal]) -> str | None:
        """Say what a guard should have done with a leg, by numbers that leave no doubt; None for nothing."""
        instrument = leg.instrument
        give_back, after = (self.settings.now(tag, where[0]) for tag in LEG_GUARDS)
        act, by_tiers = self._acts.get((where, leg.opened_at_ms, generation)), sum(tiers.values(), Decimal(0))
        if act is not None and act.target - act.closed < instrument.min_contracts and _begun(tiers) <= act.tiers:
            return None
        exact = leg.leverage / (instrument.mark * instrument.contract_size)
        above = leg.contracts - exact - instrument.lot_size
        armed = frozenset(number for number in fired if tiers.get(number))
        if above < max(instrument.min_contracts, instrument.lot_size) or not armed:
            return None
        best = self._best.get((where, leg.opened_at_ms, leg.entry_price))
        if give_back and best is not None and best.steady > 0:
            line = best.steady * (1 - give_back)
            if _move(leg) < line - CLEARLY:
                return f"has given back {give_back:.0%} of {best.steady:.4f}: it stands at {_move(leg):.4f}"
        if after and max(armed) >= after:
            sign = 1 if leg.side == "long" else -1
            paid = -(leg.fee + leg.funding)
            size = instrument.contract_size
            prices = _even_prices(leg.entry_price, sign, paid, leg.contracts * size, by_tiers * size)
            # It has been beyond that for certain: as was seen, or where its first tier has filled.
            beyond = max(best.steady if best is not None else Decimal(0), FIRST_ROI / leg.leverage)
            back = (sign * (instrument.mark - price) < -CLEARLY * price for price in prices)
            if all(sign * (price - leg.entry_price) / leg.entry_price < beyond for price in prices) and all(back):
                return f"is back at {instrument.mark}, it comes out even at {prices[0]:.6f}"
        return None

    # -- inside ----------------------------------------------------------------------------------------------------

    def _is_reached(self, causes: list[Decimal], life: Life, tag: str, shown: ShownLeg, by_tiers: Decimal) -> bool:
        where, opened_at_ms, _ = life
        if tag == GIVE_BACK:
            best = self._best.get((where, opened_at_ms, shown.entry), Best()).best
            return any(shown.move < best * (1 - one) + ROUNDING for one in causes)
        size = shown.instrument.contract_size
        prices = _even_prices(shown.entry, shown.sign, shown.paid, shown.contracts * size, by_tiers * size)
        return any(shown.sign * (shown.mark - price) <= ROUNDING * price for price in prices)


def _begun(tiers: dict[int, Decimal]) -> int:
    """Count the tiers that have closed anything: the rest of one is no other tier."""
    return sum(closed > 0 for closed in tiers.values())


def _is_armed(wanted: Decimal, tag: str, tiers: dict[int, Decimal]) -> bool:
    """Say whether a guard that is set like this looks at a leg of which these tiers have closed so much."""
    highest = max((number for number, closed in tiers.items() if closed), default=0)
    return wanted > 0 and highest >= (1 if tag == GIVE_BACK else wanted)


def _move(leg: Leg) -> Decimal:
    sign = 1 if leg.side == "long" else -1
    return sign * (leg.instrument.mark - leg.entry_price) / leg.entry_price


def _even_prices(entry: Decimal, sign: int, paid: Decimal, held: Decimal, closed: Decimal) -> list[Decimal]:
    """Give where a leg comes out even, its costs spread over what is held, and over what tiers have closed besides (coins)."""
    return [(entry + sign * paid / quantity) / (1 - sign * FEE) for quantity in (held, held + closed)]
