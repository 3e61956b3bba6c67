"""What a backtest writes for programs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tgtp.adapters.storage.atomic_file import write_whole
from tgtp.backtest.job import Alternative, BacktestResult, Fill
from tgtp.errors import CannotStart, Problem


def write_result(path: Path, result: BacktestResult) -> None:
    """Write a result down as a whole. Raises CannotStart."""
    try:
        write_whole(path, json.dumps(as_json(result), indent=1).encode())
    except OSError as exc:
        raise CannotStart(Problem("problem.unwritten", path=path, why=exc.strerror or exc)) from exc


def as_json(result: BacktestResult) -> dict[str, Any]:
    """Return a result as programs read it: decimals as strings, moments in UTC."""
    return {
        "bars": result.bars,
        "looks_skipped": result.looks_skipped,
        "seconds": round(result.seconds, 6),
        "alternatives": [_alternative(one) for one in result.alternatives],
    }


def _alternative(one: Alternative) -> dict[str, Any]:
    return {
        "name": one.name,
        "path": one.path,
        "entry_at": one.entry_at.isoformat(),
        "entry_price": _plain(one.entry_price),
        "fills": [_fill(fill) for fill in one.fills],
        "realised": _plain(one.realised),
        "unrealised": _plain(one.unrealised),
        "fees": _plain(one.fees),
        "funding": _plain(one.funding),
        "max_drawdown": _plain(one.max_drawdown),
    }


def _fill(fill: Fill) -> dict[str, Any]:
    return {
        "at": fill.at.isoformat(),
        "position_side": fill.position_side.value,
        "rule": fill.rule,
        "tier": fill.tier,
        "price": _plain(fill.price),
        "contracts": _plain(fill.contracts),
        "contracts_left": _plain(fill.contracts_left),
        "pnl": _plain(fill.pnl),
        "fee": _plain(fill.fee),
    }


def _plain(number: Decimal) -> str:
    """Write a decimal without an exponent, and no zero with a sign."""
    return f"{number + 0 if number else Decimal(0):f}"
