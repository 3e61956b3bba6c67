"""Notification levels and quiet hours as messages."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.domain.notifications.levels import GROUPS, LEVELS, NotificationPreferences, QuietHours

OFF: Final = "off"
# Nights that many have; any other is written.
NIGHTS: Final = ("22:00-07:00", "23:00-08:00", "00:00-09:00")
PER_ROW = 2


def notices(reader: Reader, wish: NotificationPreferences) -> Message:
    """Show every group and how loud it is; a button sets the next level."""
    rows, buttons = [], []
    for group in GROUPS:
        name, what = reader.plain(f"noise.group.{group}"), reader.plain(f"noise.what.{group}")
        level = reader.plain(f"noise.level.{wish.level(group)}")
        following = LEVELS[(LEVELS.index(wish.level(group)) + 1) % len(LEVELS)]
        rows.append(reader.say("noise.row", group=name, level=level, what=what))
        buttons.append(Button(reader.plain("noise.button", group=name, level=level), f"nt:{group}:{following}"))
    quiet = reader.say("noise.quiet.line.none")
    if wish.quiet is not None:
        quiet = reader.say("noise.quiet.line", hours=hours_text(wish.quiet), zone=reader.clock_zone)
    text = reader.say("noise.notify", rows=Html("\n".join(rows)), danger=reader.plain("noise.danger"), quiet=quiet)
    return Message(text, (*grid(buttons, PER_ROW), (Button(reader.plain("noise.button.quiet"), "nq:"),)))


def quiet_hours(reader: Reader, wish: NotificationPreferences, now: dt.time) -> Message:
    """Show the quiet hours; buttons set those that many have, or none."""
    values = {"zone": reader.clock_zone, "now": f"{now:%H:%M}"}
    if wish.quiet is None:
        text = reader.say("noise.quiet.none", **values)
    else:
        text = reader.say("noise.quiet", hours=hours_text(wish.quiet), **values)
    nights = [Button(hours_text(QuietHours.parse(night)), f"nq:{night}") for night in NIGHTS if night != str(wish.quiet)]
    if wish.quiet is not None:
        nights.append(Button(reader.plain("noise.button.none"), f"nq:{OFF}"))
    return Message(text, (*grid(nights, PER_ROW), (Button(reader.plain("noise.button.notify"), "nt:"),)))


def hours_text(hours: QuietHours | None) -> str:
    """Write quiet hours as ``23:00–08:00``; "" for none."""
    return f"{hours.begin:%H:%M}–{hours.end:%H:%M}" if hours is not None else ""
