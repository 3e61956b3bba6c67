"""The buttons Yes and No of a card about ladders: what they carry, and how a press of them is taken."""

from __future__ import annotations

from typing import TypeVar

from telegram import Update

from tgtp.chat.commands.confirm_step import ConfirmStep
from tgtp.chat.commands.handlers import Context
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button

LONGEST_DATA = 64
SHOW_ALL = "ls:1:"

Subject = TypeVar("Subject")


def yes_no(kind: str, nonce: str, again: str) -> tuple[str, str]:
    """Return what the buttons carry; ``again`` is the button that asks anew when it is too late."""
    yes, no = (f"{kind}:{nonce}:{verb}:{again}" for verb in "yn")
    return (yes, no) if len(yes.encode()) <= LONGEST_DATA else yes_no(kind, nonce, SHOW_ALL)


async def confirmed(step: ConfirmStep[Subject], reader: Reader, update: Update, context: Context, rest: str) -> Subject | None:
    """Take a press of one of them, ``rest`` what stands behind the kind; return as ``ConfirmStep.take`` does."""
    nonce, verb, again = (*rest.split(":", 2), "", "")[:3]
    ask_again = Button(reader.plain("button.ask.again"), again or SHOW_ALL)
    back = Button(reader.plain("button.tiers"), SHOW_ALL)
    return await step.take(update, context, nonce, consents=verb == "y", again=ask_again, back=back)
