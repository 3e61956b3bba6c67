"""The words of ``tgtp backtest``, and the job that they name. Nothing heavy is imported for a help page."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from tgtp.chat.console.usage import CommandLine
from tgtp.domain.ladder import Ladder
from tgtp.errors import CannotStart, Invalid, Problem

SPANS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
CHOICES: Final = {
    "--side": ("long", "short", "pair"),
    "--margin-mode": ("isolated", "cross"),
    "--execution": ("polled", "resting"),
    "--path": ("low-first", "high-first", "worst"),
}
NUMBERS: Final = {
    "--leverage": "10",
    "--contracts": "100",
    "--contract-size": "0.1",
    "--lot": "0.01",
    "--tick": "0.01",
    "--interval": "10",
}
# Fractions, or hundredths of a percent: they may be 0.
RATES: Final = {"--taker-fee": "0.0005", "--slippage-bps": "0", "--mmr": "0.004"}


class Say(Protocol):
    """Gives a text of the help."""

    def __call__(self, key: str, **values: object) -> str:
        """Return the text under ``usage.`` and this key."""


class Dials(NamedTuple):
    """The numbers of a command line, checked; ``equity`` and ``entry`` None where they were left out."""

    leverage: Decimal
    contracts: Decimal
    contract_size: Decimal
    lot: Decimal
    min_contracts: Decimal
    tick: Decimal
    equity: Decimal | None
    entry: Decimal | None
    every_ms: int | None
    interval_ms: int
    taker_fee: Decimal
    slippage: Decimal
    mmr: Decimal
    funding: Decimal | Path | None
    ladders: tuple[Ladder, ...]
    start: dt.datetime | None
    end: dt.datetime | None


def add_words(parser: CommandLine, say: Say) -> None:
    """Declare what a backtest takes."""
    parser.arguments.add_argument("file", metavar="FILE", type=Path, help=say("backtest.file"))
    add = parser.options.add_argument
    add("--instrument", required=True, metavar="ETH-USDT-SWAP", help=say("backtest.instrument"))
    add("--side", required=True, metavar="|".join(CHOICES["--side"]), help=say("backtest.side"))
    for name, default in NUMBERS.items():
        add(name, default=default, metavar="N", help=say(f"backtest.{_key(name)}", default=default))
    add("--min-contracts", metavar="N", help=say("backtest.min_contracts"))
    add("--margin-mode", default="isolated", metavar="|".join(CHOICES["--margin-mode"]), help=say("backtest.margin_mode"))
    add("--equity", default="inf", metavar="U", help=say("backtest.equity"))
    add("--start", metavar="2022-05-08", help=say("backtest.start"))
    add("--end", metavar="2022-05-18", help=say("backtest.end"))
    entry = parser.options.add_mutually_exclusive_group()
    entry.add_argument("--entry", metavar="N", help=say("backtest.entry"))
    entry.add_argument("--every", metavar="6h", help=say("backtest.every"))
    add("--ladder", action="append", default=[], metavar="25:30,35:50", help=say("backtest.ladder"))
    add("--execution", default="polled", metavar="|".join(CHOICES["--execution"]), help=say("backtest.execution"))
    add("--path", default="low-first", metavar="|".join(CHOICES["--path"]), help=say("backtest.path"))
    for name, default in RATES.items():
        add(name, default=default, metavar="N", help=say(f"backtest.{_key(name)}", default=default))
    add("--funding", default="none", metavar="none|RATE|FILE", help=say("backtest.funding"))
    add("--allow-gaps", action="store_true", help=say("backtest.allow_gaps"))
    add("--json", metavar="OUT.json", type=Path, help=say("backtest.json"))
    add("--png", metavar="OUT.png", type=Path, help=say("backtest.png"))


def read_dials(given: argparse.Namespace) -> Dials:
    """Read the words. Raises CannotStart."""
    for name, choices in CHOICES.items():
        if (word := getattr(given, _key(name))) not in choices:
            raise CannotStart(Problem("backtest.choice", name=name, text=word, choices=", ".join(choices)))
    lot, contracts = _number("--lot", given.lot), _number("--contracts", given.contracts)
    # Decimals have no remainder of a quotient with more digits than they reckon with.
    if Fraction(contracts) % Fraction(lot):
        raise CannotStart(Problem("backtest.lot", text=given.contracts, lot=given.lot))
    equity = None if given.equity.lower() in ("inf", "infinity") else _number("--equity", given.equity)
    if equity is not None and given.margin_mode == "isolated":
        raise CannotStart(Problem("backtest.equity.isolated", text=given.equity))
    start, end = _moment("--start", given.start), _moment("--end", given.end)
    if start is not None and end is not None and start >= end:
        raise CannotStart(Problem("backtest.span", start=given.start, end=given.end))
    interval = _number("--interval", given.interval) * 1000
    if interval % 1 or interval > SPANS["d"]:
        raise CannotStart(Problem("backtest.interval", text=given.interval))
    return Dials(
        leverage=_number("--leverage", given.leverage),
        contracts=contracts,
        contract_size=_number("--contract-size", given.contract_size),
        lot=lot,
        min_contracts=lot if given.min_contracts is None else _number("--min-contracts", given.min_contracts),
        tick=_number("--tick", given.tick),
        equity=equity,
        entry=None if given.entry is None else _number("--entry", given.entry),
        every_ms=None if given.every is None else _span(given.every),
        interval_ms=int(interval),
        taker_fee=_rate("--taker-fee", given.taker_fee),
        slippage=_rate("--slippage-bps", given.slippage_bps, Decimal(10_000)),
        mmr=_rate("--mmr", given.mmr),
        funding=_funding(given.funding),
        ladders=tuple(_ladder(text) for text in given.ladder),
        start=start,
        end=end,
    )


def _number(name: str, text: str) -> Decimal:
    found = _decimal(text)
    if found is None or found <= 0:
        raise CannotStart(Problem("backtest.number", name=name, text=text))
    return found


def _rate(name: str, text: str, times: Decimal = Decimal(1)) -> Decimal:
    found = _decimal(text)
    if found is None or not 0 <= found / times < 1:
        raise CannotStart(Problem("backtest.rate", name=name, text=text, most=times))
    return found / times


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    # Beyond these, no money and no size is written.
    return found if found.is_finite() and -18 <= found.adjusted() <= 18 else None


def _span(text: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text)
    if found is None:
        raise CannotStart(Problem("backtest.every", text=text))
    return int(found[1]) * SPANS[found[2]]


def _moment(name: str, text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as exc:
        raise CannotStart(Problem("backtest.day", name=name, text=text)) from exc
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def _funding(text: str) -> Decimal | Path | None:
    if text == "none":
        return None
    rate = _decimal(text)
    if rate is None:
        return Path(text)
    if abs(rate) >= 1:
        raise CannotStart(Problem("backtest.funding", text=text))
    return rate


def _ladder(text: str) -> Ladder:
    try:
        return Ladder.parse(text)
    except Invalid as exc:
        raise CannotStart(Problem("backtest.ladder", text=text, why=exc.problem)) from exc


def _key(name: str) -> str:
    return name.removeprefix("--").replace("-", "_")
