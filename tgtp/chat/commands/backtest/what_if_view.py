"""What a trader's own legs would have come to: rows side by side, the best and the worst leg, and what is not known."""

from __future__ import annotations

from typing import Final

from tgtp.chat.commands.backtest.tables import table
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import money
from tgtp.engine.ports import LegSums, MissedTouches, OneLeg, WhatIfOutcome, WhyLeftOut

NAMED: Final = ("real", "ladder", "scaled", "resting", "unguarded", "hold")
AT_TIER: Final = "tier-"
GAP: Final = Html("")


def what_if_title(reader: Reader, *, days: int, other: str, account: str | None) -> Html:
    """Name what is walked; ``account`` where there are several."""
    parts = [reader.say("what_if.title", days=days)]
    parts += [reader.say("what_if.title.account", name=account)] if account is not None else []
    parts += [reader.say("what_if.title.other", ladder=other)] if other else []
    return Html(" · ".join(parts))


def what_if_view(reader: Reader, head: Html, outcome: WhatIfOutcome | None, without_terms: int, *, simulated: bool) -> Message:
    """Show what was found; None where there was no leg. ``without_terms`` legs had none to walk them by.

    ``simulated``: the account is one on paper, which remembers nothing that was closed.
    """
    left_out: dict[WhyLeftOut, int] = dict(outcome.left_out) if outcome is not None else {}
    if without_terms and not simulated:
        left_out["terms"] = left_out.get("terms", 0) + without_terms
    parts = [head]
    if outcome is None or not outcome.rows:
        parts.append(reader.say("what_if.nothing"))
    else:
        parts.append(reader.say("what_if.legs.open" if outcome.still_open else "what_if.legs", outcome=outcome))
    parts += [reader.say(f"what_if.left.{why}", count=count) for why, count in left_out.items()]
    if simulated:
        parts.append(reader.say("what_if.paper"))
    if outcome is not None and outcome.rows:
        parts += [GAP, *_table(reader, outcome.rows), GAP, *_extremes(reader, outcome.rows), GAP]
        parts += [_touched(reader, outcome.touched), GAP, reader.say("what_if.assumed")]
    return Message(Html("\n".join(parts)))


def _table(reader: Reader, rows: tuple[LegSums, ...]) -> list[Html]:
    # In cents, however small they are: figures stand below each other.
    numbers = [[money(round(row.net, 2), signed=True), money(round(row.fees - row.funding, 2))] for row in rows]
    heads = [reader.plain(f"what_if.head.{name}") for name in ("net", "costs")]
    return table(
        reader, heads, [(cells, _name(reader, row), _end(reader, row)) for cells, row in zip(numbers, rows, strict=True)]
    )


def _extremes(reader: Reader, rows: tuple[LegSums, ...]) -> list[Html]:
    """Name the best and the worst leg of what was, of the ladder in force, and of what was asked for beside it."""
    return [
        reader.say("what_if.extremes", name=_name(reader, row), best=_one(reader, row.best), worst=_one(reader, row.worst))
        for row in rows
        if row.name in ("real", "ladder") or ":" in row.name
    ]


def _one(reader: Reader, leg: OneLeg) -> str:
    return reader.plain("what_if.one", leg=leg.leg, day=f"{leg.opened_at:%m-%d}", net=leg.net)


def _touched(reader: Reader, touched: MissedTouches) -> Html:
    if not touched.of:
        return reader.say("what_if.untouched")
    if not touched.minutes:
        return reader.say("what_if.unseen", touched=touched)
    return reader.say("what_if.missed", touched=touched, interval=reader.interval)


def _name(reader: Reader, row: LegSums) -> str:
    if row.name in NAMED:
        return reader.plain(f"what_if.name.{row.name}")
    if row.name.startswith(AT_TIER):
        return reader.plain("what_if.name.tier", number=row.name.removeprefix(AT_TIER))
    return row.name


def _end(reader: Reader, row: LegSums) -> str:
    tiers = reader.plain("backtests.tiers", count=row.tiers) if row.tiers else ""
    hedges = reader.plain("backtests.hedges", count=row.hedges) if row.hedges else ""
    return tiers + hedges + (reader.plain("what_if.liquidated", count=row.liquidated) if row.liquidated else "")
