"""Who speaks which language, and how they want to see things."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tgtp.chat.formatting.reader import Theme
from tgtp.chat.texts import Language, language_of
from tgtp.engine.ports import Notes
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)


def zone_note(user_id: int) -> str:
    """Name the note of a person's zone."""
    return f"zone:{user_id}"


def zone_named(name: str) -> dt.tzinfo | None:
    """Return a zone by its name, None where there is no such one.

    >>> zone_named("Asia/Shanghai"), zone_named("asia"), zone_named("../x"), zone_named("")
    (zoneinfo.ZoneInfo(key='Asia/Shanghai'), None, None, None)
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class UserPreferences:
    """A person's own choice counts first, then LANGUAGE, then the language of their Telegram, then ``unheard``."""

    def __init__(
        self, notes: Notes, default: Language | None, zone: dt.tzinfo = dt.UTC, unheard: Language | None = None
    ) -> None:
        self._notes = notes
        self._default, self._unheard = default, unheard
        self.zone = zone
        self._seen: dict[int, str] = {}
        self._unkept_keys: dict[int, str] = {}

    def language(self, user_id: int, code: str | None = None) -> Language:
        """Return a person's language; ``code`` is what their Telegram says with an update.

        Alerts come without an update: the code seen last is used then, and it is remembered over restarts.
        """
        chosen = self._notes.note(f"language:{user_id}")
        if chosen in ("en", "zh"):
            return language_of(chosen)
        if self._default is not None:
            return self._default
        if code is not None:
            self._remember(user_id, code)
            return language_of(code)
        return language_of(self._seen.get(user_id) or self._notes.note(f"telegram_language:{user_id}") or self._unheard)

    def theme(self, user_id: int) -> Theme:
        """Return how a person's pictures are drawn; Telegram does not say how their screen is."""
        return "dark" if self._notes.note(f"theme:{user_id}") == "dark" else "light"

    def has_keys(self, user_id: int) -> bool:
        """Return whether a person has the keys below the chat."""
        return bool((self._unkept_keys.get(user_id) or self._notes.note(f"keyboard:{user_id}")) == "on")

    def offer_keys(self, user_id: int) -> None:
        """Give a person the keys unless they do not want them. Raises as ``keep_keys``."""
        if (self._unkept_keys.get(user_id) or self._notes.note(f"keyboard:{user_id}")) is None:
            self.keep_keys(user_id, on=True)

    def keep_keys(self, user_id: int, *, on: bool) -> None:
        """Remember whether a person wants the keys. Raises LedgerWriteFailed when that ends with the program."""
        self._unkept_keys[user_id] = wanted = "on" if on else "off"
        with self._notes.step():
            self._notes.keep_note(f"keyboard:{user_id}", wanted)
        del self._unkept_keys[user_id]

    def own_zone(self, user_id: int) -> dt.tzinfo | None:
        """Return the zone of a person's clock on the wall, None where they have not said it."""
        name = self._notes.note(zone_note(user_id))
        return zone_named(name) if isinstance(name, str) else None

    def _remember(self, user_id: int, code: str) -> None:
        if self._seen.get(user_id) == code:
            return
        self._seen[user_id] = code
        if self._notes.note(f"telegram_language:{user_id}") != code:
            try:
                with self._notes.step():
                    self._notes.keep_note(f"telegram_language:{user_id}", code)
            except LedgerWriteFailed as exc:
                # A nicety: no answer must fail for it.
                log.warning("a language could not be remembered: %s", exc)
