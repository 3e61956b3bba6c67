"""What must be heard: texts that ring past the ledger, and the second way out while Telegram is silent."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tgtp.chat.events.alert import alert
from tgtp.chat.events.one_line import Setting
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.messages.message import Message, bare
from tgtp.chat.outbox.batching import Delay, is_late, late
from tgtp.chat.texts import Language, plain, say
from tgtp.domain.outbox_entry import Told
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Siren
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# Seconds without a message that Telegram took, while something critical waits for it.
SILENT_AFTER = 60.0
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 600.0
MOST_RINGING = 20
# Seconds for which the same words from another account are the same alarm.
SAME_FOR = 60.0
# The services cut long texts, each in its own way.
MOST_SOUNDED = 10

What = str | Callable[[Language], str]


@dataclass(slots=True, eq=False)
class Ring:
    """A text that could not be written down, and who has it."""

    key: str
    what: What
    at: dt.datetime
    taken_by: set[int] = field(default_factory=set)
    sounded: bool = False

    def said(self, language: Language) -> str:
        """Give what is the matter, in a language where it has words of its own."""
        return problem(language, self.what) if isinstance(self.what, str) else self.what(language)


class Once:
    """Knows which alarms another account has just rung: of one cause, each account would ring for itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung: dict[tuple[str, str], tuple[str, float]] = {}

    def is_new(self, account: str, key: str, what: str) -> bool:
        """Say whether this has to ring."""
        now = self._clock.monotonic()
        self._rung = {rung: by for rung, by in self._rung.items() if now - by[1] < SAME_FOR}
        by, _ = self._rung.get((key, what), (account, now))
        if by != account:
            return False
        self._rung[key, what] = account, now
        return True


class Rings:
    """Texts that wait in memory until every owner has them; the oldest give way when there are too many."""

    def __init__(self, journal: Journal, owners: Callable[[], frozenset[int]], setting: Callable[[int], Setting]) -> None:
        self._journal = journal
        self._owners = owners
        self._setting = setting
        self._ringing: list[Ring] = []

    def ring(self, key: str, what: What) -> None:
        """Take in a text."""
        self._ringing = [*self._ringing, Ring(key, what, self._journal.now())][-MOST_RINGING:]

    def all(self) -> list[Ring]:
        """Give what still rings, oldest first."""
        owners = self._owners()
        if owners:
            self._ringing = [ring for ring in self._ringing if not owners <= ring.taken_by]
        return self._ringing

    def message(self, ring: Ring, user_id: int) -> Message:
        """Write it for one person."""
        language = self._setting(user_id).language
        message = Message(say(language, ring.key, what=ring.said(language)))
        if is_late(ring.at, self._journal.now()):
            return late(language, message, Delay(1, ring.at, ring.at))
        return message


class SecondWay:
    """Sounds the siren, beside everything else, for what is critical and nobody has been told of; each thing once."""

    def __init__(
        self,
        siren: Siren | None,
        journal: Journal,
        owners: Callable[[], frozenset[int]],
        setting: Callable[[int], Setting],
        now: Callable[[], float],
    ) -> None:
        self._siren = siren
        self._journal = journal
        self._owners = owners
        self._setting = setting
        self._now = now
        self._silent_since: float | None = None
        self._sounding: asyncio.Task[None] | None = None
        self._pause = FIRST_PAUSE
        self._not_before = 0.0
        # What has gone out, though the disk could not take it down.
        self._sounded: set[int] = set()

    def heard(self) -> None:
        """Take note that Telegram has taken a message."""
        self._silent_since = None

    def mind(self, waiting: Sequence[Told], rings: Sequence[Ring]) -> float | None:
        """Sound if it is time; gives the seconds after which to look again, None when there is nothing to look for."""
        owners = self._owners()
        silent: list[Told | Ring] = [ring for ring in rings if not owners & ring.taken_by]
        silent += [told for told in waiting if told.critical and not owners & set(told.delivered_to)]
        if self._siren is None or not silent:
            self._silent_since = None
            return None
        now = self._now()
        if self._silent_since is None:
            self._silent_since = now
        unsounded = [thing for thing in silent if not self._has_sounded(thing)]
        if not unsounded:
            return None
        if self._sounding is not None and not self._sounding.done():
            return FIRST_PAUSE
        left = max(self._silent_since + SILENT_AFTER, self._not_before) - now
        if left > 0:
            return left
        # Noted down first: a crash in between silences one alarm, which still waits for Telegram, rather than repeating it.
        self._note(unsounded, sounded=True)
        self._sounding = asyncio.create_task(self._sound(self._siren, unsounded), name="siren")
        return FIRST_PAUSE

    async def _sound(self, siren: Siren, things: Sequence[Told | Ring]) -> None:
        if await siren.sound(self._text(things)):
            self._pause = FIRST_PAUSE
            return
        log.warning("the second way out (ALERT_URLS) has failed; it is tried again in %.0f s", self._pause)
        self._note(things, sounded=False)
        self._not_before = self._now() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _has_sounded(self, thing: Told | Ring) -> bool:
        return thing.sounded or (isinstance(thing, Told) and thing.number in self._sounded)

    def _note(self, things: Sequence[Told | Ring], *, sounded: bool) -> None:
        numbers = {thing.number for thing in things if isinstance(thing, Told)}
        for thing in things:
            if isinstance(thing, Ring):
                thing.sounded = sounded
        self._sounded = self._sounded | numbers if sounded else self._sounded - numbers
        try:
            with self._journal.step():
                for told in self._journal.ledger.outbox():
                    if told.number in numbers:
                        self._journal.ledger.keep_told(told.replaced(sounded=sounded))
        except LedgerWriteFailed as exc:
            log.error("what the second way out does could not be written: %s", exc)
            return
        self._sounded -= numbers

    def _text(self, things: Sequence[Told | Ring]) -> str:
        owners = self._owners()
        setting = self._setting(min(owners) if owners else 0)
        texts = [plain(setting.language, "siren.head")]
        for thing in things[:MOST_SOUNDED]:
            if isinstance(thing, Ring):
                texts.append(bare(say(setting.language, thing.key, what=thing.said(setting.language))))
            elif (found := self._journal.ledger.event(thing.number)) is not None:
                texts.append(f"{found[1].at:%m-%d %H:%M:%S} UTC\n{bare(alert(setting, *found).text)}")
        if len(things) > MOST_SOUNDED:
            texts.append(plain(setting.language, "siren.more", more=len(things) - MOST_SOUNDED))
        return "\n\n".join(texts)
