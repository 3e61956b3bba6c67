"""What those who read the page are sent: all of it once, then what changes.

One document is built for all readers of a language, and only while there are any. What is sent is made once, too. A reader
takes it when it can; none is waited for, and nothing is kept for one alone: who falls behind by more than is kept is cut off,
comes back and gets a new state.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from tgtp.chat.texts import LANGUAGES, Language
from tgtp.monitor.changes import changes
from tgtp.monitor.sources import Document, Documents

log = logging.getLogger(__name__)

# Changes that are kept for who lost the connection.
KEPT: Final = 64
# Seconds between two documents; where the last one is known to be behind; until what nobody reads any more is forgotten; until
# one that broke is begun anew.
APART: Final = 1.0
SOON: Final = 0.3
FORGOTTEN_AFTER: Final = 60.0
AGAIN_AFTER: Final = 60.0


class FeedBroken(Exception):
    """No document can be made now; the fault stands in the log."""


Pack = Callable[[bytes], bytes]


class Sent:
    """A message, in each form that a reader takes it in; made once for all of them."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._forms: dict[Pack, bytes] = {}

    def form(self, pack: Pack) -> bytes:
        """Return it packed."""
        if pack not in self._forms:
            self._forms[pack] = pack(self._text)
        return self._forms[pack]


class Reader:
    """Somebody who reads. ``position`` is the number of the newest change that it has, None before it has a state."""

    def __init__(self, feed: Feed, position: int | None, cut: Callable[[], None], pack: Pack) -> None:
        self.position = position
        self.cut = cut
        self.pack = pack
        self._feed = feed

    async def following(self) -> bytes | None:
        """Wait for what is new to it; None when it is to begin anew."""
        return await self._feed.next_for(self)

    def leave(self) -> None:
        """Read no more."""
        self._feed.leave(self)


class Feed:
    """Builds the documents of one language and knows who reads them. ``number`` counts the changes."""

    def __init__(self, documents: Documents, language: Language) -> None:
        self._documents = documents
        self._language = language
        self._readers: set[Reader] = set()
        self._document: Document | None = None
        # In whose numbers a reader's position counts; another one after a document was forgotten.
        self._of = ""
        self.number = 0
        self._kept: deque[Sent] = deque(maxlen=KEPT)
        self._state: Sent | None = None
        self._news = asyncio.Event()
        self._work = asyncio.Event()
        self._is_moved = False
        self._built_at: float | None = None
        self._broken_at: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._forgetting: asyncio.TimerHandle | None = None

    @property
    def readers(self) -> int:
        """How many read."""
        return len(self._readers)

    def moved(self) -> None:
        """Take that anything may have changed."""
        if self._readers:
            self._is_moved = True
            self._work.set()

    def marked(self) -> None:
        """Take that a mark price came."""
        if self._readers:
            self._work.set()

    def join(self, last_id: str, cut: Callable[[], None], pack: Pack) -> Reader:
        """Let somebody read; ``last_id``: of the last message that it got, "" for none. ``cut`` ends its connection at once.

        ``pack`` writes a message as it takes it. Raises FeedBroken.
        """
        loop = asyncio.get_running_loop()
        if self._broken_at is not None and loop.time() - self._broken_at < AGAIN_AFTER:
            raise FeedBroken
        if self._forgetting is not None:
            self._forgetting.cancel()
            self._forgetting = None
        is_first = not self._readers
        is_old = self._built_at is None or loop.time() - self._built_at >= APART
        if is_first and is_old:
            self._is_moved = True
            try:
                self._renew()
            except BaseException:
                self._break()
                raise
        reader = Reader(self, self._position(last_id), cut, pack)
        self._readers.add(reader)
        if is_first and not is_old:
            # Nothing was taken in while nobody read.
            self.moved()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"feed of the page in {self._language}")
            self._task.add_done_callback(self._ended)
        return reader

    def leave(self, reader: Reader) -> None:
        """Let one go; with the last one all work ends."""
        self._readers.discard(reader)
        if not self._readers and self._task is not None:
            self._task.cancel()
            self._task = None
            self._forgetting = asyncio.get_running_loop().call_later(FORGOTTEN_AFTER, self._forget)

    async def next_for(self, reader: Reader) -> bytes | None:
        """Wait for what is new to a reader, all of it in one piece; None when it is to begin anew."""
        while reader in self._readers:
            if reader.position is None:
                reader.position = self.number
                return self._whole().form(reader.pack)
            if (behind := self.number - reader.position) > len(self._kept):
                return None
            if behind:
                reader.position = self.number
                return b"".join(each.form(reader.pack) for each in list(self._kept)[-behind:])
            await self._news.wait()
        return None

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            apart = SOON if self._documents.is_behind(self._language) else APART
            await asyncio.sleep((self._built_at or 0) + apart - asyncio.get_running_loop().time())
            self._work.clear()
            self._renew()
            if self._documents.is_behind(self._language):
                self.moved()

    def _renew(self) -> None:
        is_whole = self._is_moved or self._document is None
        self._is_moved = False
        if is_whole:
            new = self._documents.build(self._language)
        else:
            new = {**(self._document or {}), "marks": self._documents.marks()}
        old, self._document = self._document, new
        self._built_at = asyncio.get_running_loop().time()
        if old is None:
            self._of, self.number = secrets.token_hex(6), 0
        elif changed := changes(old, new):
            self.number += 1
            self._kept.append(self._message("change", changed))
        else:
            return
        self._state = None
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
        for reader in [each for each in self._readers if each.position is not None]:
            if self.number - (reader.position or 0) > KEPT:
                self._readers.discard(reader)
                reader.cut()

    def _whole(self) -> Sent:
        if self._state is None:
            self._state = self._message("state", self._document or {})
        return self._state

    def _position(self, last_id: str) -> int | None:
        of, _, number = last_id.partition("-")
        if of != self._of or not number.isdecimal() or len(number) > 12:
            return None
        behind = self.number - int(number)
        return int(number) if 0 <= behind <= len(self._kept) else None

    def _message(self, kind: str, data: Mapping[str, Any]) -> Sent:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        # Half a sign, as broken texts of others have it, must not break the whole.
        return Sent(f"id: {self._of}-{self.number}\nevent: {kind}\ndata: {text}\n\n".encode("utf-8", "replace"))

    def _forget(self) -> None:
        self._document, self._state, self._of, self._built_at = None, None, "", None
        self._kept.clear()

    def _break(self) -> None:
        self._broken_at = asyncio.get_running_loop().time()
        self._task = None
        self._forget()
        for reader in tuple(self._readers):
            self._readers.discard(reader)
            reader.cut()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            log.error("the monitoring page cannot be made; it is tried again in %s s", AGAIN_AFTER, exc_info=task.exception())
            self._break()


class Feeds:
    """The feeds of all languages."""

    def __init__(self, documents: Documents) -> None:
        self._feeds: Mapping[Language, Feed] = {language: Feed(documents, language) for language in LANGUAGES}

    def of(self, language: Language) -> Feed:
        """Return the one of a language."""
        return self._feeds[language]

    def moved(self) -> None:
        """Take that anything may have changed."""
        for feed in self._feeds.values():
            feed.moved()

    def marked(self) -> None:
        """Take that a mark price came."""
        for feed in self._feeds.values():
            feed.marked()
