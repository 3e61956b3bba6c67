"""Takes over the files of an older daemon of this kind, so that no tier it has fired fires again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.events import LegacyClose
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.ladder import Tier
from tgtp.domain.legacy import BEIJING, LegacyState, is_later, tiers_before, tiers_of
from tgtp.domain.life import Life
from tgtp.domain.model import PositionSide
from tgtp.domain.plan import Rules, ladder_name
from tgtp.errors import CannotStart, Problem

AT_ONCE = 50


class ImportedLeg(NamedTuple):
    """What became of one entry: its levels (percent of ROI) with the tier of today's ladder that each stands for, if any.

    ``marked``: so many tiers of the life that is watched are marked now. ``same``: they were already. ``waits``: no life is
    watched; the first one opened before ``until`` is marked. ``later``: the life that is watched was opened after these levels.
    ``known``: it was taken over before.
    """

    instrument_id: str
    side: PositionSide
    tiers: tuple[tuple[Decimal, Tier | None], ...]
    first: Decimal
    until: dt.datetime
    what: Literal["marked", "same", "waits", "later", "known"]
    marked: int = 0


class Imported(NamedTuple):
    """What an import has done; a second one of the same files does nothing."""

    legs: tuple[ImportedLeg, ...]
    records: int
    records_known: int

    @property
    def tiers_marked(self) -> int:
        """The tiers of lives that are watched already which were marked now."""
        return sum(leg.marked for leg in self.legs)


def import_legacy(ledger: TinyLedger, state_file: Path, records_file: Path | None, rules: Rules, now: dt.datetime) -> Imported:
    """Take over the files; without one of records only what has fired.

    Raises CannotStart, with nothing changed, when one of them makes no sense.
    """
    states = _read_states(state_file)
    closes = _read_records(records_file, now) if records_file is not None else []

    with ledger.step():
        known = {name: LegacyState(**row) for name, row in (ledger.note("legacy") or {}).items()}
        # What was taken over before may have been re-armed since: only what is new is news.
        news = {name: state for name, state in states.items() if not _holds(known.get(name), state)}
        merged = {**known, **{name: _merged(known.get(name), state, now) for name, state in news.items()}}
        ledger.keep_note("legacy", {name: state.model_dump(mode="json") for name, state in sorted(merged.items())})
        legs = tuple(_taken(ledger, name, state, rules, is_news=name in news) for name, state in sorted(states.items()))

    taken = ledger.fingerprints()
    fresh = [close for close in closes if close.fingerprint not in taken]
    for start in range(0, len(fresh), AT_ONCE):
        with ledger.step():
            for close in fresh[start : start + AT_ONCE]:
                ledger.record(close, tell=False)
    return Imported(legs=legs, records=len(fresh), records_known=len(closes) - len(fresh))


def _taken(ledger: TinyLedger, name: str, state: LegacyState, rules: Rules, *, is_news: bool) -> ImportedLeg:
    """Mark the lives of a leg that are watched already with the older daemon's tiers besides their own; say what was done."""
    instrument_id, _, word = name.rpartition("_")
    side = PositionSide(word)
    ladder = rules.own.get(ladder_name(instrument_id, side)) or rules.ladder(side)
    row = ImportedLeg(instrument_id, side, tiers_of(state, ladder), ladder.tiers[0].threshold, state.last_moment, "known")
    if not is_news:
        return row
    lives = [life for key, life in ledger.lives().items() if (key.instrument_id, key.position_side) == (instrument_id, side)]
    if not lives:
        return row._replace(what="waits")
    marked = sum(_mark(ledger, life, tiers_before(state, life.opened_at, ladder)) for life in lives)
    if marked:
        return row._replace(what="marked", marked=marked)
    return row._replace(what="later" if all(is_later(state, life.opened_at) for life in lives) else "same")


def _mark(ledger: TinyLedger, life: Life, older: tuple[FiredTier, ...]) -> int:
    """Keep these tiers as fired in a life; return how many of them were not."""
    new = tuple(tier for tier in older if tier.tier not in life.fired_numbers)
    if new:
        fired = tuple(sorted((*life.fired, *new), key=lambda tier: tier.tier))
        begun = life.unfinished
        unfinished = None if begun and begun.tier in {tier.tier for tier in new} else begun
        ledger.keep_life(life.replaced(fired=fired, unfinished=unfinished))
    return len(new)


def _holds(known: LegacyState | None, state: LegacyState) -> bool:
    return (
        known is not None
        and known.last_update >= state.last_update
        and set(known.triggered_levels) >= set(state.triggered_levels)
    )


def _merged(known: LegacyState | None, state: LegacyState, now: dt.datetime) -> LegacyState:
    if known is None or known.last_update < state.last_update:
        return state.replaced(imported_at=now)
    levels = sorted({*known.triggered_levels, *state.triggered_levels})
    return LegacyState(triggered_levels=tuple(levels), last_update=known.last_update, imported_at=now)


def _read_states(path: Path) -> dict[str, LegacyState]:
    rows = _read(path, dict)
    states = {}
    for name, row in rows.items():
        instrument_id, _, side = name.rpartition("_")
        try:
            if side not in ("long", "short") or not instrument_id:
                raise ValueError("INSTRUMENT_long, INSTRUMENT_short")
            levels = tuple(Decimal(str(level)) for level in row["triggered_levels"])
            states[name] = LegacyState(triggered_levels=levels, last_update=dt.date.fromisoformat(row["last_update"][:10]))
        except (ValidationError, ValueError, TypeError, KeyError, InvalidOperation) as exc:
            raise _refused(path, Problem("legacy.entry", name=repr(name), what=_first_line(exc))) from exc
    return states


def _read_records(path: Path, now: dt.datetime) -> list[LegacyClose]:
    closes: dict[str, LegacyClose] = {}
    for number, row in enumerate(_read(path, list), start=1):
        try:
            moment = dt.datetime.strptime(row["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
            fingerprint = hashlib.sha256(json.dumps(row, sort_keys=True, default=str).encode()).hexdigest()[:20]
            closes[fingerprint] = LegacyClose(
                at=now,
                closed_at=moment,
                instrument_id=str(row["inst_id"]),
                side=str(row["pos_side"]),
                profit=Decimal(str(row["profit_rate"])) / 100,
                share=Decimal(str(row["close_percent"])) / 100,
                reason=str(row.get("reason", "")),
                fingerprint=fingerprint,
            )
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as exc:
            raise _refused(path, Problem("legacy.record", number=number, what=_first_line(exc))) from exc
    return sorted(closes.values(), key=lambda close: close.closed_at)


def _read(path: Path, kind: type) -> Any:
    try:
        # Numbers are read as they are written: 0.1 stays 0.1.
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as exc:
        raise CannotStart(Problem("setting.unreadable", path=path, why=exc.strerror or exc)) from exc
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _refused(path, Problem("setting.not_json", what=exc)) from exc
    if not isinstance(content, kind):
        raise _refused(path, Problem("legacy.table") if kind is dict else Problem("legacy.list"))
    return content


def _refused(path: Path, why: Problem) -> CannotStart:
    return CannotStart(Problem("legacy.refused", path=path, why=why))


def _first_line(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}".splitlines()[0]
