"""Who may come in: with a word that is made from the address's token, on this machine; or with one that a password has given.

No browser sends either by itself. The token's word is made for this run alone, and a page sends it only to whoever has proved
to know the token too: another program may have taken the port while this one was down.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tgtp.bounded_dict import BoundedDict
from tgtp.web.tries import Tries

MOST_SESSIONS: Final = 64
# Seconds without a question after which a password is asked for again.
IDLE: Final = 12 * 3600.0


class TooManyTries(Exception):
    """Too many wrong passwords; ``seconds`` until the next may be tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class _Session:
    """What a password has given: when it was used last, and how many questions of it are open; a stream is one."""

    def __init__(self, now: float) -> None:
        self.used_at = now
        self.open = 0


class Access:
    """Knows token, password and the words that they have given.

    ``token`` opens what is on this machine; a new one in every run where none is given. ``password`` None: there is none.
    """

    def __init__(
        self, token: str | None = None, password: str | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.token = token or secrets.token_urlsafe(24)
        # Another in every run, so that what a page sends is worth nothing in the next.
        self.run = secrets.token_urlsafe(24)
        self._password = password
        self._now = now
        self._tries = Tries(now)
        self._sessions = BoundedDict[bytes, _Session](MOST_SESSIONS)

    @property
    def has_password(self) -> bool:
        """Return whether a password opens anything."""
        return self._password is not None

    def proof(self, nonce: str, host: str) -> str:
        """Return what proves to a page that this server knows the token: for its nonce and this address, and no other."""
        return self._signed("page", nonce, self.run, host)

    def is_of_the_token(self, word: str) -> bool:
        """Return whether a word is the one that is made from the token, for this run."""
        return _same(self._signed("tab", self.run), word)

    def is_of_a_session(self, word: str) -> bool:
        """Return whether a word was given for the password, in this run, and not left alone for long since."""
        # Looked up by its hash: how long that takes says nothing of the words that are known.
        session = self._sessions.pop(_hash(word), None)
        if session is None or (not session.open and self._now() - session.used_at >= IDLE):
            return False
        session.used_at = self._now()
        # At the end again: of too many the one that was not used for longest goes.
        self._sessions[_hash(word)] = session
        return True

    @contextmanager
    def in_use(self, word: str) -> Iterator[None]:
        """Keep what a word opens while a question of it is answered."""
        session = self._sessions.get(_hash(word), _Session(0))
        session.open += 1
        try:
            yield
        finally:
            session.open -= 1
            session.used_at = self._now()

    def enter(self, password: str, peer: str) -> str | None:
        """Return a word for the password; None for a wrong one. Raises TooManyTries, for the right one too."""
        if not self._is_password(password, peer):
            return None
        word = secrets.token_urlsafe(32)
        self._sessions[_hash(word)] = _Session(self._now())
        return word

    def may_scrape(self, word: str, peer: str, *, is_here: bool) -> bool:
        """Return whether a word is the password, or, for who is on this machine, the token itself. Raises TooManyTries."""
        if not word:
            return False
        return (is_here and _same(self.token, word)) or self._is_password(word, peer)

    def _is_password(self, offered: str, peer: str) -> bool:
        if self._password is None:
            return False
        if seconds := self._tries.wait(peer):
            raise TooManyTries(seconds)
        # By their hashes: how long the password is stays unknown too.
        if hmac.compare_digest(_hash(self._password), _hash(offered)):
            return True
        self._tries.wrong(peer)
        return False

    def _signed(self, *words: str) -> str:
        return hmac.new(self.token.encode(), "\n".join(words).encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


def _hash(word: str) -> bytes:
    return hashlib.sha256(word.encode("utf-8", "replace")).digest()
