"""Puts what waits in the outbox into words; where one message cannot be, that is said in its place: nothing waits behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message, bare
from tgtp.chat.outbox.batching import Batch, Delay, Entry, batches, is_late, late
from tgtp.chat.outbox.catching import caught
from tgtp.chat.texts import Html
from tgtp.domain.events import Event
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.engine.journal import Journal


class Writing:
    """Reads events and writes them out for one person; nothing here raises because of one of them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        # What waits is written out at each try to send it: what is wrong with it is logged once.
        self._logged: set[tuple[object, ...]] = set()

    def event(self, number: int) -> Entry | None:
        """Return an event of the ledger; None where it cannot be read."""
        with caught("event %s cannot be read", number, logged=self._logged):
            if (found := self._journal.ledger.event(number)) is None:
                raise LookupError("it is in the outbox but not in the history")
            return found
        return None

    def delay(self, waiting: Sequence[OutboxEntry], explained: int) -> Delay | None:
        """Find how many come late and was not said to come late yet; up to the number ``explained`` it was."""
        now = self._journal.now()
        behind = [told for told in waiting if told.number > explained]
        first = self.event(behind[0].number) if behind else None
        if first is None or not is_late(first[1].at, now):
            return None
        # From the newest: all but a few are late, and an event may have to be read from the archive.
        while (last := self.event(behind[-1].number)) is None or not is_late(last[1].at, now):
            behind.pop()
        return Delay(len(behind), first[1].at, last[1].at, behind[-1].number)

    def batches(self, reader: Reader, numbers: Iterable[int], delay: Delay | None) -> list[Batch]:
        """Make messages of events, in order; first, in one, which cannot be told. ``delay`` is explained at the very top."""
        numbers = tuple(numbers)
        entries = [entry for number in numbers if (entry := self.event(number)) is not None]
        made = self._batches(reader, entries)
        if made is None:
            # One by one, until it is known which of them cannot be put into words.
            alone = [(entry, self._batches(reader, [entry])) for entry in entries]
            made = self._batches(reader, [entry for entry, one in alone if one is not None])
            if made is None:
                made = [batch for _, one in alone for batch in one or ()]
        told = {number for batch in made for number in batch.numbers}
        if lost := tuple(number for number in numbers if number not in told):
            made.insert(0, Batch(Message(unwritten(reader, lost)), (), lost))
        if delay is not None and made:
            made[0] = made[0]._replace(message=late(reader.language, made[0].message, delay))
        return made

    def _batches(self, reader: Reader, entries: Sequence[Entry]) -> list[Batch] | None:
        """Make messages; None where one of them cannot be put into words."""
        with caught("events %s cannot be put into words", tuple(number for number, _ in entries), logged=self._logged):
            return batches(reader, entries, self._journal.now())
        return None


def plain_alert(reader: Reader, number: int, event: Event | None) -> str:
    """Return an alert without markup, with its moment; where there is no event or are no words, a sentence that says so."""
    if event is not None:
        with caught("event %s cannot be put into words", number):
            return f"{event.at:%m-%d %H:%M:%S} UTC\n{bare(alert(reader, number, event).text)}"
    return bare(unwritten(reader, [number]))


def unwritten(reader: Reader, numbers: Sequence[int]) -> Html:
    """Say which messages cannot be read or put into words."""
    if len(numbers) == 1:
        return reader.say("alert.unwritten.one", number=numbers[0])
    return reader.say("alert.unwritten", count=len(numbers), first=numbers[0], last=numbers[-1])
