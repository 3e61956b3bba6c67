"""Which clock hangs on a person's wall: asked once, where the program's is one that hardly anybody's is."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from tgtp.chat.access.users import zone_note
from tgtp.chat.commands.preferences.notify_view import hours_text
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.domain.notifications.levels import QuietHours
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.ports import Notes
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

ZONE: Final = "nz"
# Where people who read Chinese are, for the most part; any other is written.
ZONES: Final = ("Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "America/New_York", "UTC")
PER_ROW: Final = 2
# At the end of a button's data: the answer that it stands below is of something else, and stays.
NEW: Final = ":new"


class ZoneQuestion:
    """Asks a person for their zone below an answer that spoke of hours, once, and keeps what they say."""

    def __init__(self, notes: Notes, actions: ManualActions, now: Callable[[], dt.datetime]) -> None:
        self._notes = notes
        self._actions = actions
        self._now = now

    def below(self, reader: Reader, user_id: int, message: Message, *, stays: bool = False) -> Message:
        """Put the question below an answer, if this person is to be asked; one that ``stays`` is not replaced by the reply."""
        asked = f"zone_asked:{user_id}"
        is_known = reader.own_zone is not None or str(reader.zone) != "UTC" or reader.language != "zh"
        if is_known or self._notes.note(asked):
            return message
        try:
            with self._notes.step():
                self._notes.keep_note(asked, True)
        except LedgerWriteFailed as exc:
            # A nicety: no answer must fail for it.
            log.warning("that a person was asked for their zone could not be remembered: %s", exc)
        text = Html(f"{message.text}\n{reader.say('zone.ask', zone=reader.clock_zone)}")
        buttons = grid([Button(_city(reader, name), f"{ZONE}:{name}{NEW if stays else ''}") for name in ZONES], PER_ROW)
        return message._replace(text=text, buttons=(*message.buttons, *buttons))

    def keep(self, name: str, user_id: int) -> None:
        """Remember a person's zone. Raises LedgerWriteFailed."""
        self._actions.keep_wish("zone", zone_note(user_id), name, user_id)

    def told(self, reader: Reader, quiet: QuietHours | None) -> Message:
        """Write which zone it is now, what time there, and the quiet hours that go by it."""
        now = f"{self._now().astimezone(reader.clock_zone):%H:%M}"
        key = "zone.done" if quiet is None else "zone.done.quiet"
        return Message(reader.say(key, zone=reader.clock_zone, now=now, hours=hours_text(quiet)))


def _city(reader: Reader, zone: str) -> str:
    """Name a zone by its city, as people do."""
    return reader.plain(f"zone.at.{zone.rpartition('/')[2].lower()}")
