"""One leg: its price, the orders of this life, and the decision of the last check with its numbers."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import reason
from tgtp.chat.state.past_prices import LONGEST_SPAN, read_candles_since
from tgtp.chat.texts import Language
from tgtp.domain.event_totals import FilledEvent, source_of
from tgtp.domain.events import Event
from tgtp.domain.model import EPOCH, Candle, Leg, UnreadableLeg
from tgtp.domain.order import Intent
from tgtp.domain.report import DAY
from tgtp.engine.accounts import Account
from tgtp.engine.ports import Ledger
from tgtp.monitor.details.decision import decision, verdict
from tgtp.monitor.document.event_rows import line_of, why_of
from tgtp.monitor.document.seen import seen_of
from tgtp.monitor.plain import Record, milliseconds, moment, number, text_of

# The newest orders of a life.
MOST_ORDERS: Final = 200

Range = Literal["day", "life"]
Orders = list[tuple[int, Event]]


async def leg_details(
    account: Account, key: str, language: Language, zone: dt.tzinfo, now: dt.datetime, span: Range
) -> Record | None:
    """Return the details of a leg; None where it is not held. Takes as long as the exchange and the disk do."""
    seen = seen_of(account, language, zone, now)
    if seen is None:
        return None
    held: list[Leg | UnreadableLeg] = [*seen.outlook.snapshot.legs, *seen.outlook.snapshot.unreadable]
    leg = next((one for one in held if str(one.key) == key), None)
    if leg is None:
        return None
    begin = leg.opened_at if leg.opened_at is not None and span == "life" else now
    candles, orders = await asyncio.gather(
        read_candles_since(account.checker, leg.key.instrument_id, min(begin, now - DAY), now),
        asyncio.to_thread(_orders, account.checker.journal.ledger, leg, now),
    )
    return {
        "bars": [_bar(candle) for candle in candles],
        "step": _step(candles),
        "fills": [_fill(seen.reader, number_, event) for number_, event in orders if isinstance(event, FilledEvent)],
        "orders": [_order(seen.reader, number_, event) for number_, event in orders],
        "decision": decision(seen, leg) if isinstance(leg, Leg) else [],
        "text": verdict(seen, leg) if isinstance(leg, Leg) else text_of(reason(language, leg), zone),
    }


def _orders(ledger: Ledger, leg: Leg | UnreadableLeg, now: dt.datetime) -> Orders:
    """Read what became of the orders of this life, newest first."""
    since = max(leg.opened_at or EPOCH, now - LONGEST_SPAN)
    found: Orders = []
    for number_, event in ledger.back_to(since, leg=leg.key):
        intent: Intent | None = getattr(event, "intent", None)
        if intent is None or leg.opened_at not in (None, intent.opened_at):
            continue
        found.append((number_, event))
        if len(found) == MOST_ORDERS:
            break
    return found


def _order(reader: Reader, number_: int, event: Event) -> Record:
    # Its first lines are its number, its time and its words once more.
    _, _, numbers = why_of(reader, number_, event).partition("\n\n")
    return {
        "number": number_,
        "at": moment(event.at),
        "kind": event.kind,
        "words": line_of(reader, event),
        "why": numbers or None,
    }


def _fill(reader: Reader, number_: int, event: FilledEvent) -> Record:
    order = event.order
    return {
        "number": number_,
        "at": moment(order.updated_at),
        "price": number(order.average_price),
        "contracts": number(order.filled_contracts),
        "realised": number(order.realised_pnl),
        "fee": number(order.fee),
        "rule": source_of(event),
        "tier": event.intent.tier,
        "words": line_of(reader, event),
    }


def _bar(candle: Candle) -> list[float]:
    """Return a bar as the page draws it: its begin in milliseconds, then four prices."""
    prices = (candle.open, candle.high, candle.low, candle.close)
    return [milliseconds(candle.opened_at), *map(float, prices)]


def _step(candles: Sequence[Candle]) -> int | None:
    """Return how many seconds a bar is long; None where that cannot be told."""
    if len(candles) < 2:
        return None
    # The first may be cut, and some may be missing.
    steps = Counter(after.opened_at - before.opened_at for before, after in itertools.pairwise(candles))
    return steps.most_common(1)[0][0] // dt.timedelta(seconds=1)
