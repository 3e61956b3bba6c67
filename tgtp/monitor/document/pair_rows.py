"""The pairs of an account: what both legs come to together, and what the hedge rule does now."""

from __future__ import annotations

from decimal import Decimal

from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.state.hedge_words import hedge_says
from tgtp.domain.model import Leg
from tgtp.domain.pair import Pair, pair_of, two_sided
from tgtp.domain.plan import CANNOT_WORK
from tgtp.domain.sizing import base_contracts, closable_contracts, is_orderable
from tgtp.monitor.document.forecasts import shape_of
from tgtp.monitor.document.seen import Seen
from tgtp.monitor.plain import Record, number


class PairRows:
    """The records of the pairs of one account in one language."""

    def __init__(self) -> None:
        # What each pair comes to, for as long as its legs are what they are, but for the price.
        self._known: dict[str, tuple[object, Pair]] = {}
        self._records: dict[str, Record] = {}

    def rows(self, seen: Seen) -> dict[str, Record]:
        """Return the record of each pair by its name; one that has not changed keeps its record."""
        found = {}
        for legs in two_sided(seen.outlook.snapshot.legs):
            name = f"{seen.account}|{legs[0].instrument.instrument_id}"
            try:
                record = self._record(seen, name, legs)
            except CANNOT_WORK:
                record = _broken(seen, legs)
            before = self._records.get(name)
            found[name] = before if before == record else record
        self._known = {name: known for name, known in self._known.items() if name in found}
        self._records = found
        return found

    def _record(self, seen: Seen, name: str, held: list[Leg]) -> Record:
        keep = seen.reader.rules.keep_margin
        legs = ordered(held, seen.reader.rules)
        made_of = keep, [(leg.key, shape_of(leg), leg.realised_pnl) for leg in legs]
        known = self._known.get(name)
        if known is None or known[0] != made_of:
            self._known[name] = known = made_of, pair_of(legs, keep)
        pair = known[1]
        notes = [note for leg in legs if (note := seen.hedge.get(leg.key)) is not None]
        says = hedge_says(seen.reader, seen.outlook, legs, notes)
        return {
            "account": seen.account,
            "instrument": legs[0].instrument.instrument_id,
            "coin": legs[0].instrument.coin,
            "legs": [seen.name(leg.key) for leg in legs],
            "net_contracts": number(pair.net_contracts),
            "net_coins": number(pair.net_quantity),
            "break_even": number(pair.break_even),
            "realised": number(pair.realised_pnl),
            "bases": [_base(seen, leg, keep) for leg in legs],
            "hedge": "; ".join(words for _, words in says),
            "code": says[0].code,
        }


def _base(seen: Seen, leg: Leg, keep: Decimal) -> Record:
    above = closable_contracts(leg, keep)
    return {
        "leg": seen.name(leg.key),
        "contracts": number(base_contracts(leg, keep)),
        "above": number(above),
        "can_close": is_orderable(above, leg.instrument),
    }


def _broken(seen: Seen, legs: list[Leg]) -> Record:
    unknown: Record = dict.fromkeys(("net_contracts", "net_coins", "break_even", "realised"))
    return unknown | {
        "account": seen.account,
        "instrument": legs[0].instrument.instrument_id,
        "coin": legs[0].instrument.coin,
        "legs": [seen.name(leg.key) for leg in legs],
        "bases": [],
        "hedge": seen.reader.plain("what.broken"),
        "code": "broken",
    }
