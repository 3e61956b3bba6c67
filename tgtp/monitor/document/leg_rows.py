"""The legs of an account: what does not follow the mark price; the rest the page works out from that."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.unguarded import blind_name, reason
from tgtp.chat.state.guard_rows import guard_rows
from tgtp.chat.texts.formats.numbers import to_places
from tgtp.domain.ladder_preview import next_order
from tgtp.domain.model import Leg, LegKey, MarginMode, UnreadableLeg
from tgtp.domain.plan import ALL, CANNOT_WORK
from tgtp.engine.monitoring.equity_sampling import Extremes
from tgtp.engine.resting.phase import TierAtRest
from tgtp.monitor.document.forecasts import Forecasts, shape_of
from tgtp.monitor.document.seen import Seen
from tgtp.monitor.document.tier_rows import tier_rows
from tgtp.monitor.plain import Record, moment, number, text_of, without_unknown

ROI_PLACES = 4
# Seconds.
SLOW_EVERY = 60
# A fraction by which a liquidation price may have moved without being told at once.
NEAR = Decimal("0.01")
# What is said of a leg that tells nothing else.
NOTHING: Final[Record] = {"paused": False, "others": 0, "tiers": []}


class LegRows:
    """The records of the legs of one account in one language; a leg that has not changed keeps its record.

    ``behind`` are those whose tiers are not all worked out yet.
    """

    def __init__(self, forecasts: Forecasts) -> None:
        self.behind: set[LegKey] = set()
        self._made = 0
        self._forecasts = forecasts
        self._slow: dict[LegKey, _Slow] = {}
        self._known: dict[LegKey, tuple[object, Record]] = {}

    def rows(self, seen: Seen, ticks: float) -> dict[str, Record]:
        """Return the record of each leg, readable or not, by its name; ``ticks`` is the time that never jumps."""
        snapshot = seen.outlook.snapshot
        self.behind = set()
        for key in self._known.keys() - snapshot.by_key.keys():
            del self._known[key]
            self._slow.pop(key, None)
        for place, leg in enumerate(snapshot.legs):
            try:
                self._renew_slow(seen, leg, ticks, place)
            except CANNOT_WORK:
                # Of such a leg there is nothing to say (below).
                self._slow.pop(leg.key, None)
        found = self._renewed(seen, snapshot.legs)
        self._forecasts.forget(seen.account, snapshot.leg_keys)
        return found | {seen.name(leg.key): _blind(seen, leg) for leg in snapshot.unreadable}

    def caught_up(self, seen: Seen) -> dict[str, Record]:
        """Return the records of those that were behind, where any has been worked out since."""
        if self._made == self._forecasts.made:
            return {}
        late, self.behind = self.behind, set()
        return self._renewed(seen, [leg for leg in seen.outlook.snapshot.legs if leg.key in late])

    def _renewed(self, seen: Seen, legs: Sequence[Leg]) -> dict[str, Record]:
        self._made = self._forecasts.made
        rests, others, found = _rests(seen), _others(seen), {}
        for leg in legs:
            waits = max(others.get(leg.key, 0), leg.closing_orders)
            try:
                self._known[leg.key] = self._record(seen, leg, rests.get(leg.key, ()), waits)
            except (*CANNOT_WORK, KeyError):
                self._known[leg.key] = None, _broken(seen, leg)
            found[seen.name(leg.key)] = self._known[leg.key][1]
        return found

    def _record(self, seen: Seen, leg: Leg, rest: Sequence[TierAtRest], waits: int) -> tuple[object, Record]:
        slow, forecast, before = self._slow[leg.key], self._forecasts.of(seen, leg), self._known.get(leg.key)
        if forecast == "later":
            self.behind.add(leg.key)
        made_of = _made_of(seen, leg, rest, waits, slow, forecast)
        if before is not None and before[0] == made_of:
            return before
        tiers = tier_rows(seen, leg, None if forecast == "later" else forecast, rest)
        return made_of, {**_record(seen, leg, waits, slow), "tiers": tiers}

    def _renew_slow(self, seen: Seen, leg: Leg, ticks: float, place: int) -> None:
        known = self._slow.get(leg.key)
        if known is not None and ticks < known.due_at and known.holds(leg):
            return
        # Not all of them at once.
        wait = SLOW_EVERY if known is not None else SLOW_EVERY * (place % 10 + 1) / 10
        swing, liquidation = seen.checker.books.extremes(leg), _fine(leg, leg.liquidation_price)
        self._slow[leg.key] = _Slow(swing, liquidation, ticks + wait)


class _Slow(NamedTuple):
    """What of a leg is taken over once a minute: where all legs follow a price, it would make up all that is sent.

    The page sees by the price that a leg swings farther; a cross leg's liquidation moves with all that the account holds.
    """

    swing: Extremes
    liquidation: Decimal | None
    due_at: float

    def holds(self, leg: Leg) -> bool:
        """Return whether it is near enough to what a leg shows now."""
        if self.swing.opened_at != leg.opened_at or (self.liquidation is None) != (leg.liquidation_price is None):
            return False
        if self.liquidation is None or leg.liquidation_price is None:
            return True
        return abs(leg.liquidation_price - self.liquidation) <= self.liquidation * NEAR


def _rests(seen: Seen) -> dict[LegKey, tuple[TierAtRest, ...]]:
    found: dict[LegKey, tuple[TierAtRest, ...]] = {}
    for row in seen.outlook.at_rest:
        if row.state == "rests":
            found[row.leg] = (*found.get(row.leg, ()), row)
    return found


def _others(seen: Seen) -> dict[LegKey, int]:
    found: dict[LegKey, int] = {}
    for one in seen.outlook.others:
        if one.leg is not None:
            found[one.leg] = found.get(one.leg, 0) + 1
    return found


def _made_of(seen: Seen, leg: Leg, rest: Sequence[TierAtRest], waits: int, slow: _Slow, forecast: object) -> object:
    """Return all that a record is made of: as long as that is the same, so is the record."""
    note, hedge, situation = seen.ladder[leg.key], seen.hedge.get(leg.key), seen.outlook.situation
    life, rules = situation.lives.get(leg.key), situation.rules
    return (
        shape_of(leg),
        (leg.realised_pnl, leg.fees, leg.funding, leg.break_even_price),
        None if leg.leverage_known else leg.exchange_roi,
        (life.fired, life.guarded, life.backoff) if life is not None else None,
        (note.why, note.tier, note.dust, hedge.why if hedge is not None else None),
        # The base that the hedge rule leaves follows the price.
        next_order(note, rules, hedge) if hedge is not None and hedge.contracts else None,
        _is_held(seen, leg),
        (rules.guards, situation.guards.best.get(leg.key)) if rules.guards.is_on else None,
        rules.factor_of(leg.instrument.instrument_id),
        (tuple(rest), waits, slow[:2], forecast, leg.instrument.tradable),
    )


def _is_held(seen: Seen, leg: Leg) -> tuple[bool, ...]:
    situation = seen.outlook.situation
    return (ALL in situation.paused, *(situation.is_paused(leg.key, rule) for rule in ("tier", "hedge")))


def _size(seen: Seen, leg: Leg) -> Record:
    of = leg.instrument
    is_margin_its_own = leg.margin_mode is MarginMode.ISOLATED or not leg.leverage_known
    known = {
        "account": seen.account,
        "instrument": of.instrument_id,
        "coin": of.coin,
        "name": seen.reader.leg(leg.key),
        "side": leg.position_side.value,
        "mode": leg.margin_mode.value,
        "contracts": number(leg.contracts),
        "contract_size": number(of.contract_size),
        "lot": number(of.lot_size),
        "tick": number(of.tick_size),
        "entry": number(leg.entry_price),
        "leverage": number(leg.leverage) if leg.leverage_known else None,
        "margin": number(leg.initial_margin) if is_margin_its_own else None,
        "exchange_roi": None if leg.leverage_known else number(leg.exchange_roi),
        "opened_at": moment(leg.opened_at),
    }
    return without_unknown(known)


def _record(seen: Seen, leg: Leg, waits: int, slow: _Slow) -> Record:
    note, situation = seen.ladder[leg.key], seen.outlook.situation
    words = leg_state.verdict(seen.reader, note, seen.hedge.get(leg.key), situation)
    guards = [text_of(row, seen.reader.zone) for row in guard_rows(seen.reader, seen.outlook, leg)]
    known = {
        "roi_low": number(to_places(slow.swing.lowest, ROI_PLACES)),
        "roi_high": number(to_places(slow.swing.highest, ROI_PLACES)),
        "realised": number(leg.realised_pnl),
        "fees": number(leg.fees),
        "funding": number(leg.funding),
        "break_even": number(_fine(leg, leg.break_even_price)),
        "liquidation": number(slow.liquidation),
        "state": words + leg_state.held(seen.reader, situation, note),
        "code": note.why,
        "paused": situation.is_paused(leg.key, "tier"),
        "others": waits,
        "guards": " · ".join(guards) or None,
    }
    return _size(seen, leg) | without_unknown(known)


def _broken(seen: Seen, leg: Leg) -> Record:
    """Return what can be said of a leg whose numbers cannot be worked with."""
    return NOTHING | _size(seen, leg) | {"state": seen.reader.plain("what.broken"), "code": "broken"}


def _fine(leg: Leg, price: Decimal | None) -> Decimal | None:
    """Round a price to one digit more than the exchange trades in; averages have any number of them."""
    return None if price is None else to_places(price, 1 - leg.instrument.tick_size.adjusted())


def _blind(seen: Seen, leg: UnreadableLeg) -> Record:
    """Return what is known of a leg that is open and cannot be read: nobody guards it."""
    key, of, zone = leg.key, leg.instrument, seen.reader.zone
    known = {
        "account": seen.account,
        "instrument": key.instrument_id,
        "coin": key.coin,
        "name": blind_name(seen.reader.language, leg),
        "side": key.position_side.value,
        "mode": key.margin_mode.value,
        "certain": leg.certain,
        "contracts": number(leg.contracts),
        "contract_size": number(of.contract_size) if of is not None else None,
        "lot": number(of.lot_size) if of is not None else None,
        "tick": number(of.tick_size) if of is not None else None,
        "opened_at": moment(leg.opened_at),
        "state": seen.reader.plain("monitor.unreadable"),
        "detail": text_of(reason(seen.reader.language, leg), zone),
        "code": "unreadable",
    }
    return NOTHING | without_unknown(known)
