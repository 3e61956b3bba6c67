"""Whose account a key belongs to, in words: why nothing is done, and the button that says that a key is right."""

from __future__ import annotations

import hashlib

from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.domain import events as ev

CONFIRM = "kc"


def held_alert(reader: Reader, event: ev.AccountHeld) -> Message:
    """Tell that nothing is done in an account; where its key was changed, with the button that says that this was meant."""
    if event.why != "changed":
        return Message(line(reader, event))
    button = Button(reader.plain("button.confirm.account"), f"{CONFIRM}:{mark(event.uid)}", "danger")
    return Message(line(reader, event), ((button,),))


def mark(uid: str) -> str:
    """Name an account in ten characters: the button must not take another key than the one that was asked about."""
    return hashlib.sha256(uid.encode()).hexdigest()[:10]
