"""What the exchange has shown of the legs: the numbers that the next orders are decided on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from tests.simulation.exchange.account import Account, Instrument
from tests.simulation.exchange.account import LegKey as Where


@dataclass(frozen=True)
class ShownLeg:
    """A row of a reply; ``leverage`` is 0 where it does not say, and ``ratio`` then its profit in its own words, a fraction.

    ``paid`` are fees and funding (USDT), above 0 where they cost.
    """

    instrument: Instrument
    sign: int
    contracts: Decimal
    mark: Decimal
    entry: Decimal
    leverage: Decimal
    margin: Decimal
    opened_at_ms: int
    ratio: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def move(self) -> Decimal:
        """The price's move in its favour since the entry, a fraction."""
        return self.sign * (self.mark - self.entry) / self.entry

    @property
    def roi(self) -> Decimal:
        """Profit on the entry margin, a fraction."""
        if not self.leverage:
            return self.ratio
        return self.sign * (self.mark - self.entry) * self.leverage / self.entry

    def at_mark(self, mark: Decimal, where: Where) -> ShownLeg:
        """Give it at another mark price, which the margin of a cross leg follows."""
        return replace(self, mark=mark, margin=self.margin * mark / self.mark if where[2] == "cross" else self.margin)

    def base(self) -> Decimal:
        """The fewest contracts that carry 1 USDT of margin."""
        exact = self.leverage / (self.mark * self.instrument.contract_size)
        lots = exact // self.instrument.lot_size * self.instrument.lot_size
        return lots if lots == exact else lots + self.instrument.lot_size


@dataclass
class Shown:
    """The rows of a whole reply of ``/account/positions``, read at ``read_at``; its numbers may be as old as ``at``."""

    at: float
    rows: Sequence[Mapping[str, Any]]
    read_at: float
    _legs: dict[Where, ShownLeg] | None = field(default=None)
    _named: frozenset[Where] = frozenset()

    def legs(self, account: Account) -> dict[Where, ShownLeg]:
        """Read the legs whose numbers make sense; only when somebody asks, most replies are followed by no order."""
        if self._legs is None:
            self._legs = {}
            named = set()
            for row in self.rows:
                where = _where(row)
                if where is None:
                    continue
                named.add(where)
                leg = _leg(row, account, where)
                if leg is not None:
                    self._legs[where] = leg
            self._named = frozenset(named)
        return self._legs

    def shows(self, account: Account, where: Where, opened_at_ms: int) -> bool:
        """Say whether it holds a row of this life of a leg; one that cannot be read may be of any."""
        leg = self.legs(account).get(where)
        return where in self._named and (leg is None or leg.opened_at_ms >= opened_at_ms)


def whole_rows(text: str) -> list[dict[str, Any]] | None:
    """Read the rows of a body; None where it is no whole positions reply."""
    try:
        reply = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(reply, dict) or reply.get("code") != "0":
        return None
    rows = reply.get("data")
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else None


def _where(row: Mapping[str, Any]) -> Where | None:
    side, mode, contracts = row.get("posSide"), row.get("mgnMode"), str(row.get("pos"))
    if contracts in ("", "0") or mode not in ("cross", "isolated"):
        return None
    if side == "net":
        side = "short" if contracts.startswith("-") else "long"
    return (str(row.get("instId")), side, mode) if side in ("long", "short") else None


def _leg(row: Mapping[str, Any], account: Account, where: Where) -> ShownLeg | None:
    inst_id, side, mode = where
    instrument = account.instruments.get(inst_id)
    try:
        contracts, mark, entry = (abs(Decimal(row[name])) for name in ("pos", "markPx", "avgPx"))
        leverage = abs(Decimal(row["lever"] or 0))
        given = row["imr"] if mode == "cross" else row["margin"]
        # What was added to an isolated leg, or taken out of it, is in no other number.
        if instrument is None or not (given or (leverage and mode == "cross")):
            return None
        margin = Decimal(given) if given else contracts * instrument.contract_size * mark / leverage
        sign, ratio = 1 if side == "long" else -1, Decimal(0) if leverage else Decimal(row["uplRatio"])
        if not all(number.is_finite() for number in (contracts, mark, entry, leverage, margin, ratio)):
            return None
        paid = -sum((Decimal(row.get(name) or 0) for name in ("fee", "fundingFee")), Decimal(0))
        return ShownLeg(instrument, sign, contracts, mark, entry, leverage, margin, int(row["cTime"]), ratio, paid)
    except (InvalidOperation, TypeError, ValueError, KeyError):
        return None
