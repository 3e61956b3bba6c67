"""``tgtp fetch-history``: OKX's bars into the cache, and the funding rates that OKX still keeps beside them."""

from __future__ import annotations

import argparse
import asyncio
import csv
import datetime as dt
import re
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.console import Console

from tgtp.adapters.clock import SystemClock
from tgtp.adapters.okx.archive.pages import BAR_NAMES, MILLISECOND, OkxArchive
from tgtp.adapters.okx.exchange import okx_client
from tgtp.backtest.history.fetching import asked_of, fetch_into
from tgtp.backtest.history.funding_file import FUNDING_RATE, FUNDING_TIME, INSTRUMENT, read_funding
from tgtp.backtest.tables import progress, terminal
from tgtp.chat.texts import Language, plain
from tgtp.domain.model import EPOCH
from tgtp.errors import CannotStart, ExchangeProblem, Problem
from tgtp.settings.environment import Settings, read_settings
from tgtp.settings.network import read_network

SWAP: Final = re.compile(r"[A-Z0-9]{1,20}-USDT-SWAP")
# More of them fill the screen.
MOST_GAPS_SHOWN: Final = 20


def fetch_history(given: argparse.Namespace, language: Language) -> int:
    """Fetch what the words ask for, and say where it is; return the exit code. Raises CannotStart."""
    if not SWAP.fullmatch(given.instrument):
        raise CannotStart(Problem("history.swap", name=given.instrument))
    if given.bar.lower() not in BAR_NAMES:
        raise CannotStart(Problem("history.bar", name=given.bar, names=", ".join(BAR_NAMES)))
    settings = read_settings()
    folder = Path(given.to) if given.to else settings.data_dir / "history"
    start_ms = _day_ms("START", given.start)
    if given.end is not None and _day_ms("--end", given.end) <= start_ms:
        raise CannotStart(Problem("backtest.span", start=given.start, end=given.end))
    path = folder / f"{given.instrument}-{given.bar.lower()}-{given.price}.npz"
    try:
        asyncio.run(_fetch(given, start_ms, language, settings, path))
    except ExchangeProblem as exc:
        raise CannotStart(Problem("history.down", why=exc.problem)) from exc
    return 0


async def _fetch(given: argparse.Namespace, start_ms: int, language: Language, settings: Settings, path: Path) -> None:
    client = okx_client(url=settings.okx_api_url, ws_url="", demo=False, network=read_network(settings))
    archive = OkxArchive(client, SystemClock())
    console = terminal()
    try:
        listed_ms = await archive.listed_ms(given.instrument)
        if listed_ms is None:
            raise CannotStart(Problem("history.unknown", name=given.instrument))
        end_ms = _day_ms("--end", given.end) if given.end is not None else None
        asked = asked_of(
            given.instrument,
            given.bar.lower(),
            given.price,
            start_ms,
            end_ms,
            now_ms=await archive.now_ms(),
            listed_ms=listed_ms,
        )
        with progress(f"{asked.instrument_id} {asked.bar} {asked.kind}", asked.bars) as heard:
            opened = await fetch_into(archive, asked, path, heard)
        _say(console, language, path, opened, asked.step_ms)
        if given.funding:
            rates = path.with_name(f"{given.instrument}-funding.csv")
            fetched = await archive.funding(given.instrument, start_ms)
            found = _keep_rates(rates, given.instrument, fetched)
            oldest, newest = (_day(at) for at in (found[0], found[-1]))
            words = {"path": rates, "count": len(found), "oldest": oldest, "newest": newest}
            console.print(plain(language, "history.funding", **words), markup=False)
    finally:
        await client.close()


def _say(console: Console, language: Language, path: Path, opened: npt.NDArray[np.int64], step_ms: int) -> None:
    """Print where the bars are, and each of the gaps among them."""
    apart = np.diff(opened)
    gaps = np.flatnonzero(apart != step_ms)
    words = {"path": path, "count": len(opened), "oldest": _minute(opened[0]), "newest": _minute(opened[-1]), "gaps": len(gaps)}
    console.print(plain(language, "history.done", **words), markup=False)
    for place in gaps[:MOST_GAPS_SHOWN]:
        missing = {"at": _minute(opened[place] + step_ms), "count": int(apart[place]) // step_ms - 1}
        console.print(plain(language, "history.gap", **missing), markup=False)
    if len(gaps) > MOST_GAPS_SHOWN:
        console.print(plain(language, "history.more_gaps", count=len(gaps) - MOST_GAPS_SHOWN), markup=False)


def _keep_rates(path: Path, instrument_id: str, fetched: dict[int, str]) -> list[int]:
    """Add rates to those of the file; return when all of them were settled, oldest first."""
    known = {at: f"{rate:f}" for at, rate in read_funding(path, instrument_id)} if path.exists() else {}
    known |= fetched
    if not known:
        raise CannotStart(Problem("history.no_funding", name=instrument_id))
    temporary = path.with_suffix(".tmp")
    try:
        with temporary.open("w", encoding="ascii", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow((INSTRUMENT, FUNDING_RATE, FUNDING_TIME))
            rows.writerows((instrument_id, rate, at) for at, rate in sorted(known.items()))
        temporary.replace(path)
    except OSError as exc:
        raise CannotStart(Problem("history.disk", path=path, why=exc.strerror or exc)) from exc
    return sorted(known)


def _day_ms(name: str, text: str) -> int:
    try:
        return (dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC) - EPOCH) // MILLISECOND
    except ValueError as exc:
        raise CannotStart(Problem("backtest.day", name=name, text=text)) from exc


def _minute(at_ms: int) -> str:
    return f"{EPOCH + int(at_ms) * MILLISECOND:%Y-%m-%d %H:%M}"


def _day(at_ms: int) -> str:
    return f"{EPOCH + int(at_ms) * MILLISECOND:%Y-%m-%d}"
