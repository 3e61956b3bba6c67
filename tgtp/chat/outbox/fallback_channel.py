"""The second way out: what is critical goes by mail, ntfy, Discord … while Telegram takes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.backoff import Backoff
from tgtp.chat.messages.message import bare
from tgtp.chat.outbox.catching import caught
from tgtp.chat.outbox.urgent import UrgentMessage
from tgtp.chat.outbox.writing import Writing, plain_alert
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.engine.journal import Journal
from tgtp.engine.ports import FallbackNotifier
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# Seconds without a message that Telegram took, while something critical waits for it.
SILENT_AFTER = 60.0
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 600.0
# The services cut long texts, each in its own way.
MOST_SOUNDED = 10

Thing = OutboxEntry | UrgentMessage


class FallbackChannel:
    """Sends by the second way, beside everything else, what is critical and nobody has been told of; each thing once."""

    def __init__(
        self,
        fallback: FallbackNotifier | None,
        journal: Journal,
        owners: Callable[[], frozenset[int]],
        reader: Callable[[int], Reader],
        now: Callable[[], float],
        writing: Writing,
    ) -> None:
        self._fallback = fallback
        self._journal = journal
        self._owners = owners
        self._reader = reader
        self._now = now
        self._writing = writing
        self._silent_since: float | None = None
        self._sounding: tuple[asyncio.Task[None], Sequence[Thing]] | None = None
        self._backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        self._not_before = 0.0
        # What has gone out, though the disk could not take it down.
        self._sounded: set[int] = set()

    def heard(self) -> None:
        """Take note that Telegram has taken a message."""
        self._silent_since = None

    def mind(self, waiting: Sequence[OutboxEntry], urgent: Sequence[UrgentMessage]) -> float | None:
        """Sound if it is time; return the seconds after which to look again, None when there is nothing to look for."""
        owners = self._owners()
        also = self._fallback.also if self._fallback is not None else ()
        silent: list[Thing] = [one for one in urgent if not owners & one.taken_by]
        silent += [told for told in waiting if (told.critical or told.kind in also) and not owners & set(told.delivered_to)]
        if self._fallback is None or not silent:
            self._silent_since = None
            return None
        now = self._now()
        if self._silent_since is None:
            self._silent_since = now
        unsounded = [thing for thing in silent if not self._has_sounded(thing)]
        if not unsounded:
            return None
        if self._sounding is not None and not self._sounding[0].done():
            return FIRST_PAUSE
        left = max(self._silent_since + SILENT_AFTER, self._not_before) - now
        if left > 0:
            return left
        # Noted down first: a crash in between silences one alarm, which still waits for Telegram, rather than repeating it.
        self._note(unsounded, sounded=True)
        sounding = asyncio.create_task(self._sound(self._fallback, unsounded), name="fallback channel")
        self._sounding = sounding, unsounded
        return FIRST_PAUSE

    def stop(self) -> None:
        """Break off what is going out: whether anybody has it is not known, and the next start tries again."""
        if self._sounding is not None and self._sounding[0].cancel():
            self._note(self._sounding[1], sounded=False)

    async def _sound(self, fallback: FallbackNotifier, things: Sequence[Thing]) -> None:
        with caught("the second way out (ALERT_URLS) broke"):
            if await fallback.sound(self._text(things)):
                self._backoff.worked()
                return
        pause = self._backoff.failed()
        log.warning("the second way out (ALERT_URLS) has failed; it is tried again in %.0f s", pause)
        self._note(things, sounded=False)
        self._not_before = self._now() + pause

    def _has_sounded(self, thing: Thing) -> bool:
        return thing.sounded or (isinstance(thing, OutboxEntry) and thing.number in self._sounded)

    def _note(self, things: Sequence[Thing], *, sounded: bool) -> None:
        numbers = {thing.number for thing in things if isinstance(thing, OutboxEntry)}
        for thing in things:
            if isinstance(thing, UrgentMessage):
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

    def _text(self, things: Sequence[Thing]) -> str:
        owners = self._owners()
        reader = self._reader(min(owners) if owners else 0)
        texts = [reader.plain("fallback.head")]
        for thing in things[:MOST_SOUNDED]:
            if isinstance(thing, UrgentMessage):
                texts.append(bare(thing.text(reader.language)))
            else:
                found = self._writing.event(thing.number)
                texts.append(plain_alert(reader, thing.number, found[1] if found is not None else None))
        if len(things) > MOST_SOUNDED:
            texts.append(reader.plain("fallback.more", more=len(things) - MOST_SOUNDED))
        return "\n\n".join(texts)
