"""A backtest on the phone: how far it is, and what its alternatives have come to."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tgtp.chat.commands.backtest.parse import Wish
from tgtp.chat.commands.backtest.tables import table
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import money
from tgtp.engine.ports import BacktestOutcome, Walked

# Those that have a name in words; "single-35" is one tier, and any other name a ladder as it is written.
NAMED: Final = ("ladder", "hold", "scaled")
SINGLE: Final = "single-"


def title(reader: Reader, wish: Wish) -> Html:
    """Name what is walked."""
    side = reader.plain("backtests.pair") if wish.side == "pair" else reader.plain(f"side.{wish.side}")
    coin = wish.instrument_id.partition("-")[0]
    return reader.say(
        "backtests.title", coin=coin, side=side, leverage=wish.leverage, since=str(wish.since), until=str(wish.until)
    )


def outcome_view(reader: Reader, wish: Wish, outcome: BacktestOutcome) -> Message:
    """Show what each alternative has come to, a row each, and on which assumptions."""
    rows = outcome.alternatives
    numbers = [[money(row.net, signed=True), money(row.unrealised, signed=True), money(-row.max_drawdown)] for row in rows]
    shown = [(cells, _name(reader, row), _end(reader, row)) for cells, row in zip(numbers, rows, strict=True)]
    heads = [reader.plain(f"backtests.head.{name}") for name in ("net", "open", "drawdown")]
    parts = [
        title(reader, wish),
        reader.say("backtests.leg", outcome=outcome, opened=_when(outcome.since)),
        Html(""),
        *table(reader, heads, shown),
        Html(""),
        reader.say("backtests.assumed", outcome=outcome),
        *([reader.say("backtests.missing", outcome=outcome)] if outcome.missing else []),
    ]
    return Message(Html("\n".join(parts)))


def _name(reader: Reader, row: Walked) -> str:
    if row.name in NAMED:
        return reader.plain(f"backtests.name.{row.name}")
    if row.name.startswith(SINGLE):
        return reader.plain("backtests.name.single", threshold=row.name.removeprefix(SINGLE))
    return row.name


def _end(reader: Reader, row: Walked) -> str:
    """Say what an alternative has closed, or where it was lost."""
    if row.liquidated_at is not None:
        return reader.plain("backtests.liquidated", at=_when(row.liquidated_at))
    # Of a single one that says nothing new.
    is_worth_saying = row.tiers and not row.name.startswith(SINGLE)
    tiers = reader.plain("backtests.tiers", count=row.tiers) if is_worth_saying else ""
    return tiers + (reader.plain("backtests.hedges", count=row.hedges) if row.hedges else "")


def _when(moment: dt.datetime) -> str:
    """Write a moment with its year, which those of now do without."""
    return f"{moment:%Y-%m-%d %H:%M}"
