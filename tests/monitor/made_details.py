"""What the monitoring page asks for besides its stream, made up: bars and orders, money by day, older events."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Mapping
from typing import Any

from tests.monitor.made_document import MadeDocument, iso

Record = dict[str, Any]


def answer(made: MadeDocument, what: str, query: Mapping[str, str]) -> Record | None:
    """Answer one question, None for what is not there."""
    if what == "leg":
        return leg(made, query.get("key", ""), query.get("range", "day"))
    if what == "money":
        return money(query.get("from", ""), query.get("to", ""))
    if what == "events":
        return events(made, query)
    if what == "why":
        number = query.get("number", "")
        found = made.document["events"].get(number)
        return (
            None
            if found is None
            else {"text": f"#{number}\n{found['line']}\nROI 36.2% ≥ 35%, margin 41.20 > 1\nmark 0.2563, lot 1"}
        )
    return None


def leg(made: MadeDocument, key: str, span: str) -> Record | None:
    """Bars of a day or so, a fill of each fired tier, and the numbers of the last check."""
    record = made.document["legs"].get(key)
    if record is None:
        return None
    rng = random.Random(key)
    mark, step, count = float(made.document["marks"][record["instrument"]]), 300 if span == "day" else 3600, 288
    begun = int(made.now.timestamp()) // step * step - step * count
    bars, price = [], mark * (1 - 0.03 * (1 if record["side"] == "long" else -1))
    for number in range(count):
        price += (mark - price) / (count - number) + price * rng.gauss(0, 0.0015)
        spread = price * abs(rng.gauss(0, 0.001))
        bars.append([(begun + number * step) * 1000, price, price + spread, price - spread, price * (1 + rng.gauss(0, 0.0005))])
    fired = [tier for tier in record["tiers"] if tier["status"] == "fired"]
    fills = [
        {
            "at": iso(_reached(bars, float(tier["price"]))),
            "price": tier["price"],
            "contracts": tier["contracts"],
            "rule": "ladder",
            "tier": tier["number"],
            "words": f"tier {tier['number']} closed {tier['contracts']}",
        }
        for tier in fired
    ]
    orders = [
        {"number": 10 + place, "at": fill["at"], "words": fill["words"], "why": "ROI ≥ threshold"}
        for place, fill in enumerate(fills)
    ]
    decision = [["ROI", "23.41%"], ["threshold", "25%"], ["margin", "41.20 U > 1 U"], ["lot", record["lot"]]]
    return {"bars": bars, "step": step, "fills": fills, "orders": orders, "decision": decision, "text": record["state"]}


def _reached(bars: list[list[float]], price: float) -> dt.datetime:
    """Return when the price was nearest to this."""
    return dt.datetime.fromtimestamp(min(bars, key=lambda bar: abs(bar[4] - price))[0] / 1000, dt.UTC)


def money(first: str, last: str) -> Record:
    """Money of each day of a range."""
    since, until = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    rng = random.Random(since.toordinal())
    days, equity, drawdown, value, peak = [], [], [], 4800.0, 4800.0
    for offset in range((until - since).days + 1):
        day = since + dt.timedelta(days=offset)
        for hour in range(0, 24, 2):
            value += rng.gauss(2, 14)
            peak = max(peak, value)
            at = int(dt.datetime.combine(day, dt.time(hour), dt.UTC).timestamp() * 1000)
            if at > dt.datetime.now(dt.UTC).timestamp() * 1000:
                break
            equity.append([at, f"{value:.2f}"])
            drawdown.append([at, f"{1 - value / peak:.6f}"])
        days.append({"day": day.isoformat(), **_sums(rng)})
    fields = ("tier", "hedge", "guard", "hand", "upkeep", "fees", "funding")
    totals: Record = {name: f"{math.fsum(float(day[name]) for day in days):.2f}" for name in fields}
    totals["orders"] = sum(day["orders"] for day in days)
    return {"equity": equity, "drawdown": drawdown, "days": days, "totals": totals}


def _sums(rng: random.Random) -> Record:
    spread = {
        "tier": (22, 18),
        "hedge": (-6, 5),
        "guard": (0, 0),
        "hand": (1, 4),
        "upkeep": (-1, 1),
        "fees": (2, 0.4),
        "funding": (-0.3, 1),
    }
    return {**{name: f"{rng.gauss(*of):.2f}" for name, of in spread.items()}, "orders": rng.randint(0, 14)}


def events(made: MadeDocument, query: Mapping[str, str]) -> Record:
    """The events before a number, newest first, those that the query asks for."""
    before, count = int(query.get("before") or 10**9), int(query.get("count") or 50)
    found = []
    for number, event in sorted(made.document["events"].items(), key=lambda item: -int(item[0])):
        fits = all(not query.get(field) or query[field] == event[field] for field in ("kind", "account", "coin"))
        if int(number) < before and fits:
            found.append({**event, "number": int(number)})
    # A search goes through a part of the history at a time.
    shown = found[: min(count, 3)]
    return {"events": shown, "more": len(found) > len(shown), "next": shown[-1]["number"] if shown else None}
