"""The lines of legs and pairs on the console: each when its state changes, and all of them now and then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tgtp.chat.formatting.leg_state import explain, ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name, reason
from tgtp.chat.formatting.values import side
from tgtp.chat.messages.message import bare
from tgtp.chat.texts.formats.numbers import margin, percent
from tgtp.domain.hedge import pairs
from tgtp.domain.model import Leg, LegKey, PositionSide, UnreadableLeg
from tgtp.domain.plan import Note
from tgtp.engine.check_report import CheckReport

# A state that was told of a leg or a pair in this time is not told of it again: at the gate it may change at every check.
TO_AND_FRO = dt.timedelta(minutes=10)
State = tuple[object, ...]


class Row(NamedTuple):
    """One leg or one pair (``of``): what counts as its state, and its line, made when it is printed.

    ``is_told``: another line of this check says it already.
    """

    of: LegKey | str
    state: State
    text: Callable[[], str]
    is_told: bool = False


class Changes:
    """Chooses which rows of a check are printed.

    Changes of a leg are what the ladder makes of it (it crosses the gate, a tier is done or held back), its next tier, the
    tiers that are dust, and its contracts; of a leg that cannot be read, why, and its contracts; of a pair, what the hedge rule
    makes of it, or that both sides win or lose. The mark, ROI, margin and P&L are none: they move at every check. What goes to
    and fro tells each state once in ten minutes.

    All rows are printed at the first check, and when ``every`` has passed since they last were; never again where it is 0.
    """

    def __init__(self, every: dt.timedelta) -> None:
        self._every = every
        self._all_at: dt.datetime | None = None
        self._states: dict[LegKey | str, State] = {}
        self._told: dict[tuple[LegKey | str, State], dt.datetime] = {}

    def due(self, now: dt.datetime) -> bool:
        """Return whether all rows are due; from then on they are not until the time has passed again."""
        # A clock that was set back must not silence them.
        passed = None if self._all_at is None else abs(now - self._all_at)
        if passed is not None and (not self._every or passed < self._every):
            return False
        self._all_at = now
        return True

    def new(self, rows: list[Row], now: dt.datetime) -> list[Row]:
        """Take the rows of a check in, and return those that are news."""
        self._told = {told: at for told, at in self._told.items() if abs(now - at) < TO_AND_FRO}
        before, self._states = self._states, {row.of: row.state for row in rows}
        news = []
        for row in rows:
            if before.get(row.of) == row.state:
                continue
            is_known = (row.of, row.state) in self._told
            self._told.setdefault((row.of, row.state), now)
            if not is_known and not row.is_told:
                news.append(row)
        return news


def rows_of(reader: Reader, report: CheckReport) -> list[Row]:
    """Return a row for each leg of a check, readable or not, and for each pair that was judged."""
    if report.snapshot is None:
        return []
    notes = {note.leg.key: note for note in report.ladder_notes}
    legs = [note.leg for note in report.ladder_notes]
    hedge = {note.leg.key: note for note in report.hedge_notes}
    found = [_leg(reader, notes[leg.key], hedge.get(leg.key)) for leg in ordered(legs, reader.rules)]
    found += [_unreadable(reader, leg) for leg in report.snapshot.unreadable]
    return [*found, *_pairs(reader, legs, report.hedge_notes)]


def _leg(reader: Reader, note: Note, hedge: Note | None) -> Row:
    leg, rules = note.leg, reader.rules
    tier = note.tier.number if note.tier else None
    state = (note.why, tier, tuple(each.number for each in note.dust), leg.contracts)

    def text() -> str:
        shown = margin(leg.initial_margin, rules.min_margin)
        return reader.plain("log.leg", leg=leg, margin=shown, what=explain(reader, note, hedge=hedge))

    # What is due was told as a trigger.
    return Row(leg.key, state, text, is_told=note.why == "due")


def _unreadable(reader: Reader, leg: UnreadableLeg) -> Row:
    name = blind_name(reader.language, leg, whole=reader.whole)

    def text() -> str:
        return reader.plain("log.leg.unreadable", leg=leg, name=name, why=bare(reason(reader.language, leg)))

    return Row(leg.key, ("unreadable", leg.why, leg.certain, leg.contracts), text)


def _pairs(reader: Reader, legs: list[Leg], notes: tuple[Note, ...]) -> Iterator[Row]:
    """Return the row of each coin that is held on both sides."""
    for held in pairs(legs):
        if len({leg.position_side for leg in held}) < 2:
            continue
        name = held[0].instrument.instrument_id
        judged = tuple((note.leg.key, note.why) for note in notes if note.leg.instrument.instrument_id == name)
        # Cross and isolated legs of one side are judged each.
        whys = tuple(dict.fromkeys(why for _, why in judged)) or (_unjudged(held),)

        def text(held: list[Leg] = held, name: str = name, whys: tuple[str, ...] = whys) -> str:
            sides = [f"{_side(reader, leg, len(held) > 2)} {percent(leg.roi, signed=True)}" for leg in _by_side(held)]
            says = [reader.plain(f"log.pair.{why}") for why in whys]
            joined = reader.plain("list.comma")
            return reader.plain("log.pair", name=name, sides=joined.join(sides), why=joined.join(says))

        yield Row(name, judged or whys, text, is_told=whys == ("due",))


def _side(reader: Reader, leg: Leg, with_mode: bool) -> str:
    """Name the side of a leg, with its margin mode where a side is held in both."""
    name = side(reader.language, leg.position_side)
    return reader.plain("named", name=name, what=reader.plain(f"mode.{leg.margin_mode.value}")) if with_mode else name


def _by_side(held: list[Leg]) -> list[Leg]:
    return sorted(held, key=lambda leg: leg.position_side is PositionSide.SHORT)


def _unjudged(held: list[Leg]) -> str:
    """Name why nothing was judged: both sides win, both lose, one stands at 0, or the numbers of one are not to be trusted."""
    if any(leg.roi == 0 for leg in held):
        return "flat"
    wins = {leg.position_side: False for leg in held}
    for leg in held:
        wins[leg.position_side] |= leg.roi > 0
    loses = {leg.position_side for leg in held if leg.roi < 0}
    if not loses:
        return "both_win"
    if not any(wins.values()):
        return "both_lose"
    return "left_alone"
