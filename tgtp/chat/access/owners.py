"""The owners, and the pairing code that makes the first one."""

from __future__ import annotations

import hmac
import secrets

from tgtp.engine.ports import Ledger

WRONG_CODES = 5
# Letters and digits that cannot be taken for one another when typed off a console.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Owners:
    """Who may command: the ids of the settings, or, where there are none, the one who paired."""

    def __init__(self, allowed: frozenset[int], ledger: Ledger) -> None:
        self._allowed = allowed
        self._ledger = ledger

    def ids(self) -> frozenset[int]:
        """Give the ids."""
        if self._allowed:
            return self._allowed
        owner = self._ledger.note("owner")
        return frozenset() if owner is None else frozenset({int(owner)})


class Pairing:
    """The one-time code by which the first user becomes the owner; five wrong tries close it until a restart."""

    def __init__(self) -> None:
        self.code = "".join(secrets.choice(ALPHABET) for _ in range(8))
        self.wrong = 0

    @property
    def is_open(self) -> bool:
        """Say whether a code is still taken."""
        return self.wrong < WRONG_CODES

    def fits(self, text: str) -> bool:
        """Say whether this is the code, and count it when it is not."""
        if not self.is_open:
            return False
        if hmac.compare_digest(text.strip().upper().encode(), self.code.encode()):
            return True
        self.wrong += 1
        return False
