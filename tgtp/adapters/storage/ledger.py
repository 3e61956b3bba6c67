"""The ledger in TinyDB, as one account sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Self

from tgtp.adapters.storage.ledger_file import NEW_LEDGER, LedgerFile, Tables
from tgtp.domain.events import Event, Paused, Resumed
from tgtp.domain.life import Life
from tgtp.domain.model import MAIN, LegKey
from tgtp.domain.notifications.outbox_entry import CRITICAL, OutboxEntry
from tgtp.domain.order import Intent
from tgtp.domain.pauses import Pause, Pauses
from tgtp.domain.plan import ALL
from tgtp.engine.ports import DROPPED, Ledger

# Messages that wait; nobody reads more, and what happened stays in the history.
MOST_WAITING = 1000
# The note of the mode that the program ran in last.
GUARD_MODE = "guard_mode"
# Notes that are of what is held at the exchange, and go with the account when it is called otherwise; others are of people.
STATE = frozenset(
    {
        *("paused", "baseline", "unwatched", "strays", "seen_at", "is_running", "legacy", "extremes", "marks", "key_risks"),
        *("maintenances", "corrections", "unexplained_closes", "fills_under_way", "foreign_orders", "ahead", "first_start"),
        *("pause_reminders", "funding", "best_roi", "drawdown", "drawdown_rules", "dynamic", "volatility"),
        *("resting", "resting_rules", "resting_lifted", "resting_account_mode"),
    }
)


class TinyLedger(Ledger):
    """What is remembered of one account; that of the main account opens the data folder, and the others are got from it.

    Raises DataInUse when another process holds the folder, LedgerUnreadable when its files make no sense.
    """

    def __init__(self, folder: Path | LedgerFile, account: str = MAIN) -> None:
        self.account = account
        self._file = folder if isinstance(folder, LedgerFile) else LedgerFile(folder)
        self._turn_to(account)
        self._lives: Mapping[LegKey, Life] = {}
        self._intents: dict[str, Intent] = {}
        self._pauses = Pauses()
        # What the settings pause, whatever account's state this is: a confirmed or renamed one must not slip through.
        self._by_settings: tuple[Pause, ...] = ()
        # In force, and not on disk: a step that is taken back leaves them.
        self._unwritten: tuple[Pause, ...] = ()
        try:
            self._file.read_by(self._read)
        except BaseException:
            self._file.close()
            raise

    def belong_to(self, first_name: str) -> None:
        """Turn to the state that is kept under this name."""
        if first_name != self.first_name:
            self._turn_to(first_name)
            self._read(self._file.tables)

    def _turn_to(self, first_name: str) -> None:
        # As ``positions`` and ``paused`` for the main account, ``positions alpha`` and ``alpha paused`` for another.
        self.first_name = first_name
        self._positions, self._orders = (
            name if first_name == MAIN else f"{name} {first_name}" for name in ("positions", "orders")
        )

    def of(self, account: str) -> Self:
        """Return the ledger of another account, in the same file. Raises LedgerUnreadable."""
        return type(self)(self._file, account)

    def close(self) -> None:
        """Let go of the folder."""
        self._file.close()

    def step(self) -> AbstractContextManager[None]:
        """Group changes into one atomic write."""
        return self._file.step()

    def lives(self) -> Mapping[LegKey, Life]:
        """Return what is remembered of every leg."""
        return self._lives

    def keep_life(self, life: Life) -> None:
        """Remember a life."""
        row = life.model_dump(mode="json", exclude={"key"}, exclude_defaults=True)
        levels = [_plain(tier.threshold * 100) for tier in life.fired]
        self._file.put(self._positions, str(life.key), {"triggered_levels": levels, **row})
        self._lives = {**self._lives, life.key: life}

    def forget_life(self, key: LegKey) -> None:
        """Forget a leg."""
        self._file.drop(self._positions, str(key))
        self._lives = {other: life for other, life in self._lives.items() if other != key}

    def open_intents(self) -> list[Intent]:
        """Return every order whose outcome is not known yet."""
        return list(self._intents.values())

    def keep_intent(self, intent: Intent) -> None:
        """Write an order down."""
        self._file.put(self._orders, intent.client_order_id, intent.model_dump(mode="json"))
        self._intents[intent.client_order_id] = intent

    def drop_intent(self, client_order_id: str) -> None:
        """Strike an order."""
        self._file.drop(self._orders, client_order_id)
        self._intents.pop(client_order_id, None)

    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:
        """Append an event of this account."""
        number = self._file.append(event if event.account == self.account else event.replaced(account=self.account))
        if tell:
            knows = (except_for,) if except_for is not None else ()
            self._make_room()
            critical = event.kind in CRITICAL
            self.keep_told(OutboxEntry(number=number, delivered_to=knows, on_card=on_card, critical=critical, kind=event.kind))
        return number

    def _make_room(self) -> None:
        """Let the oldest message give way when too many wait: the outbox is written with every step."""
        waiting = self._file.outbox
        if len(waiting) < MOST_WAITING:
            return
        oldest = min(waiting)
        dropped = self._file.notes.get(DROPPED) or {"count": 0, "first": oldest}
        self._file.keep_note(DROPPED, {**dropped, "count": dropped["count"] + 1, "last": oldest, "told": []})
        self.strike_told(oldest)

    def event(self, number: int) -> tuple[int, Event] | None:
        """Return one past event."""
        return self._file.event(number)

    def history(self, count: int) -> list[tuple[int, Event]]:
        """Return the newest events."""
        return self._file.history(count)

    def back_to(
        self, moment: dt.datetime, *, of_all: bool = False, before: int | None = None, leg: LegKey | None = None
    ) -> Iterator[tuple[int, Event]]:
        """Return the events since a moment, newest first; for a thread of its own, while steps go on."""
        return self._file.back_to(moment, None if of_all else self.account, before, leg)

    def pauses(self) -> Pauses:
        """Return the pauses in force."""
        pauses = self._pauses
        for pause in self._unwritten:
            pauses = pauses.with_pause(pause)
        return Pauses(entries=(*self._by_settings, *pauses.entries)) if self._by_settings else pauses

    def keep_pauses(self, pauses: Pauses) -> None:
        """Replace the pauses; those of the settings stay as they are."""
        kept = pauses.without([pause for pause in pauses.entries if pause.is_by_settings])
        self.keep_note("paused", [pause.model_dump(mode="json", exclude_defaults=True) for pause in kept.entries])
        self._pauses = kept

    def unwritten_pauses(self) -> tuple[Pause, ...]:
        """Return the pauses that wait to be written down."""
        return self._unwritten

    def hold(self, pause: Pause) -> None:
        """Pause for as long as this process runs, or until it is let go of; nothing is written down."""
        self._unwritten = Pauses(entries=self._unwritten).with_pause(pause).entries

    def let_go(self, pauses: Collection[Pause]) -> None:
        """Forget that these could not be written down."""
        self._unwritten = Pauses(entries=self._unwritten).without(pauses).entries

    def pause_by_settings(self, pause: Pause) -> None:
        """Pause for as long as this process runs; nobody can lift it, and nothing is written down."""
        self._by_settings = (pause,)

    def outbox(self) -> list[OutboxEntry]:
        """Return the undelivered messages."""
        waiting = self._file.outbox
        return [waiting[number] for number in sorted(waiting)]

    def keep_told(self, told: OutboxEntry) -> None:
        """Change what is known of an undelivered message."""
        self._file.keep_told(told)

    def strike_told(self, number: int) -> None:
        """Strike a message that everybody has."""
        self._file.strike_told(number)

    def note(self, name: str) -> Any:
        """Return a small remembered thing."""
        return self._file.notes.get(self._named(name))

    def keep_note(self, name: str, value: Any) -> None:
        """Remember a small thing."""
        self._file.keep_note(self._named(name), value)

    def note_of_all(self, name: str) -> dict[str, Any]:
        """Return a note of each account, by the account's first name."""
        notes, end = self._file.notes, f" {name}"
        found = {key.removesuffix(end): value for key, value in notes.items() if key.endswith(end)}
        return found | ({MAIN: notes[name]} if name in notes else {})

    def fingerprints(self) -> set[str]:
        """Return the marks of the older daemon's records that were taken over already."""
        return self._file.fingerprints()

    def _named(self, note: str) -> str:
        whose = self.first_name if note in STATE else self.account
        return note if whose == MAIN else f"{whose} {note}"

    def _read(self, tables: Tables) -> None:
        lives: dict[LegKey, Life] = {}
        for name, row in tables.get(self._positions, {}).items():
            key = LegKey.parse(name)
            lives[key] = Life(key=key, **{field: value for field, value in row.items() if field != "triggered_levels"})
        self._lives = lives
        self._intents = {name: Intent(**row) for name, row in tables.get(self._orders, {}).items()}
        paused = tables.get("notes", {}).get(self._named("paused"))
        self._pauses = Pauses.model_validate((paused or {}).get("value") or ())


def pause_a_new_ledger(ledgers: Sequence[TinyLedger], now: dt.datetime) -> None:
    """Pause the accounts of a ledger that took the place of a lost one, once. Raises LedgerWriteFailed."""
    if not ledgers[0].note(NEW_LEDGER):
        return
    with ledgers[0].step():
        for ledger in ledgers:
            ledger.keep_pauses(ledger.pauses().with_pause(Pause(scope=ALL, cause="new_ledger", since=now)))
            ledger.record(Paused(at=now, name=ALL, by=None, cause="new_ledger"), tell=False)
        ledgers[0].keep_note(NEW_LEDGER, None)


def follow_guard_mode(ledgers: Sequence[TinyLedger], mode: Literal["guard", "watch"], now: dt.datetime) -> None:
    """Pause every account while the settings want it watched only, and tell when that begins and when it ends.

    Raises LedgerWriteFailed.
    """
    for ledger in ledgers if mode == "watch" else ():
        ledger.pause_by_settings(Pause(scope=ALL, cause="watch", since=now))
    if (ledgers[0].note(GUARD_MODE) or "guard") == mode:
        return
    with ledgers[0].step():
        ledgers[0].keep_note(GUARD_MODE, mode)
        for ledger in ledgers:
            begun = Paused(at=now, name=ALL, by=None, cause="watch")
            ledger.record(begun if mode == "watch" else Resumed(at=now, name=ALL, by=None, cause="watch"), tell=True)
            for life in list(ledger.lives().values()):
                # What the former mode held back was told of that mode.
                ledger.keep_life(life.without_told("held:"))


def _plain(number: Any) -> int | float:
    """Write a level as people do; it is for their eyes only and never read back."""
    whole = int(number)
    return whole if whole == number else float(number)
