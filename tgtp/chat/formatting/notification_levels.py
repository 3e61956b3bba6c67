"""How loud each person wants to be told, as the ledger remembers it."""

from __future__ import annotations

from tgtp.chat.texts import Language, plain
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.notifications.levels import NotificationPreferences
from tgtp.engine.ports import Notes


def levels_note(user_id: int) -> str:
    """Name the note that says how loud each group is for a person."""
    return f"notify:{user_id}"


def quiet_note(user_id: int) -> str:
    """Name the note that holds a person's quiet hours."""
    return f"quiet:{user_id}"


def levels_in_words(language: Language, levels: str) -> str:
    """Write in a person's words what is remembered of their levels."""
    changed = NotificationPreferences.parse(levels, "").levels
    if not changed:
        return f"{plain(language, 'all')} {plain(language, 'noise.level.on')}"
    pairs = [(plain(language, f"noise.group.{group}"), plain(language, f"noise.level.{changed[group]}")) for group in changed]
    return names([f"{group} {level}" for group, level in pairs])


def wish_of(notes: Notes, user_id: int) -> NotificationPreferences:
    """Return how one person wants to be told."""
    return NotificationPreferences.parse(
        str(notes.note(levels_note(user_id)) or ""), str(notes.note(quiet_note(user_id)) or "")
    )
