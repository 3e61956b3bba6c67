"""Thresholds that follow the volatility: which factors an order may have been decided with."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

# Seconds: a check takes so long at most, and a clock of ours may be off by so much.
LATELY = 180.0
FRESH_FOR = 3 * 3600.0
ONE, TENTH = Decimal(1), Decimal("0.001")


class Factors:
    """The factors of all coins as the world has drawn them, by the seconds when they came and those that they are of."""

    def __init__(self) -> None:
        self._past: dict[str, list[tuple[float, float, Decimal]]] = {}

    def drawn(self, inst_id: str, at: float, of: float, factor: Decimal) -> None:
        """The book holds a factor from now on."""
        past = self._past.setdefault(inst_id, [])
        past.append((at, of, factor))
        del past[:-4]

    def possible(self, inst_id: str, at: float, lately: float = LATELY) -> set[Decimal]:
        """Give those that a decision of the last so many seconds may rest on; 1 where one may have been too old."""
        past = self._past.get(inst_id, [])
        found = set() if past and past[0][0] <= at - lately else {ONE}
        ends = [*(begun for begun, *_ in past[1:]), at][: len(past)]
        for (_, of, factor), end in zip(past, ends, strict=True):
            if end < at - lately:
                continue
            if end - lately - of <= FRESH_FOR + LATELY:
                found.add(factor)
            if end - of >= FRESH_FOR - LATELY:
                found.add(ONE)
        return found


class Scaling:
    """Where thresholds follow it in one account, and what that makes of one."""

    def __init__(self, factors: Factors, *, on: bool) -> None:
        self._factors = factors
        # For all others (""), and for coins alone; each with when it was said.
        self._past: dict[str, list[tuple[float, bool]]] = {"": [(0.0, on)]}

    def changed(self, inst_id: str, *, on: bool, at: float) -> None:
        """Somebody has switched it."""
        if not inst_id:
            # It ends what coins have of their own; what they had until now counts for a moment yet.
            for name in self._past:
                self._past[name].append((at, on))
            return
        self._past.setdefault(inst_id, list(self._past[""])).append((at, on))

    def thresholds(self, inst_id: str, base: Decimal, at: float, longer: float = 0.0) -> list[Decimal]:
        """Give what a threshold may have been for a decision of now, or of ``longer`` seconds before, the lowest first.

        >>> factors = Factors()
        >>> factors.drawn("STX-USDT-SWAP", 0, 0, Decimal("1.2"))
        >>> factors.drawn("STX-USDT-SWAP", 3600, 3600, Decimal("1.4"))
        >>> scaling = Scaling(factors, on=True)
        >>> [len(scaling.thresholds("STX-USDT-SWAP", Decimal("0.5"), 3900, longer)) for longer in (0, 600)]
        [1, 2]
        """
        lately = LATELY + longer
        past = self._past.get(inst_id, self._past[""])
        ends = [changed_at for changed_at, _ in past[1:]] + [at]
        factors: set[Decimal] = set()
        for (_, on), until in zip(past, ends, strict=True):
            if until >= at - lately:
                factors |= self._factors.possible(inst_id, at, lately) if on else {ONE}
        return sorted(base if one == ONE else (base * one).quantize(TENTH, ROUND_HALF_UP) for one in factors)
