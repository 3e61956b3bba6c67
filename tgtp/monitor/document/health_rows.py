"""How the program itself is doing: checks, reads, streams, what waits, the process, the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import stream_trouble
from tgtp.domain.stream.state import OBSTACLES, StreamState
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ports import RequestCount
from tgtp.monitor.plain import Record, moment, seconds

MEGABYTE = 2**20


class ProcessFacts(NamedTuple):
    """What the system says of this process: ``resident`` bytes of memory (None where it does not say), ``versions`` by name."""

    resident: Callable[[], int | None] = lambda: None
    versions: Mapping[str, str] = {}


def health_rows(accounts: Accounts, readers: Mapping[str, Reader], process: ProcessFacts) -> dict[str, Record]:
    """Return the records of the program's health by name; ``readers`` by account."""
    ledger = accounts.main.checker.journal.ledger
    resident = process.resident()
    rows: dict[str, Record] = {}
    for account in accounts:
        rows[f"check:{account.name}"] = _checks(account)
        rows |= {f"reads:{account.name}:{one.endpoint}": _asked(account, one) for one in account.checker.records.requests()}
        state = account.checker.stream_state()
        if state is not None:
            rows[f"stream:{account.name}"] = _stream(readers[account.name], account, state)
    rows["outbox"] = {
        "messages": len(ledger.outbox()),
        "orders": sum(len(account.checker.journal.ledger.open_intents()) for account in accounts),
    }
    rows["process"] = {
        "memory": None if resident is None else resident // MEGABYTE * MEGABYTE,
        "versions": dict(process.versions),
    }
    skew = accounts.main.checker.observer.skew()
    rows["clock"] = {"skew": None if skew is None else seconds(round(skew.total_seconds(), 1))}
    return rows


def _checks(account: Account) -> Record:
    checker, reading = account.checker, account.checker.health.reading()
    return {
        "account": account.name,
        "checks": reading.checks,
        "failed": reading.failed_checks,
        "failed_reads": reading.failed_reads,
        "median": seconds(reading.median),
        "p95": seconds(reading.p95),
        "longest": seconds(reading.longest),
        "last_at": moment(reading.last_at),
        "interval": checker.interval,
    }


def _asked(account: Account, one: RequestCount) -> Record:
    return {
        "account": account.name,
        "endpoint": one.endpoint,
        "used": one.most,
        "limit": one.limit,
        "seconds": one.seconds,
    }


def _stream(reader: Reader, account: Account, state: StreamState) -> Record:
    text = None
    if state.trouble is not None:
        key = "monitor.stream.some" if state.trouble.instruments else "monitor.stream"
        text = reader.plain(key, state=stream_trouble(reader, state.trouble), interval=account.checker.interval)
    return {
        "account": account.name,
        "trouble": state.trouble.cause if state.trouble is not None else None,
        "median_age": seconds(None if state.age is None else round(state.age, 1)),
        "limit": seconds(state.limit),
        "fired": state.fired,
        "missed": state.missed,
        "missed_ages": [seconds(age) for age in state.missed_ages],
        "obstacles": [
            reader.plain(f"health.stream.obstacle.{why}", count=count)
            for why in OBSTACLES
            if (count := state.obstacles.get(why))
        ],
        "text": text,
    }
