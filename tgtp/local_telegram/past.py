"""What the last day's alerts were, for a chat that begins anew with every run of the program."""

from __future__ import annotations

import datetime as dt
import itertools

from tgtp.chat.events.alert import ALERTS, alert
from tgtp.chat.formatting.notification_levels import wish_of
from tgtp.chat.formatting.reader import Reader
from tgtp.engine.ports import Ledger
from tgtp.local_telegram.bot_api.server import LocalTelegram

SHOWN = dt.timedelta(days=1)
MOST_SHOWN = 100


def show_past(telegram: LocalTelegram, ledger: Ledger, reader: Reader, now: dt.datetime) -> None:
    """Put the alerts of the last day into the chat as they read, without their buttons: those are of cards that are gone."""
    waiting = {told.number for told in ledger.outbox()}
    wish = wish_of(ledger, telegram.owner)
    # What still waits comes by itself.
    past = (
        (number, event)
        for number, event in ledger.back_to(now - SHOWN, of_all=True)
        if event.kind in ALERTS and number not in waiting
    )
    told = (each for each in past if wish.loudness(each[1], telegram.owner, now.time()) != "off")
    for number, event in reversed(list(itertools.islice(told, MOST_SHOWN))):
        telegram.remember(alert(reader, number, event).text, event.at)
