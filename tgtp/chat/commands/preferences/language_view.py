"""The question for a language."""

from __future__ import annotations

from tgtp.chat.events.one_line import OWN_NAMES
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import LANGUAGES, Language, say


def language_choice(language: Language) -> Message:
    """Ask for a language."""
    row = tuple(Button(OWN_NAMES[code], f"lg:{code}") for code in LANGUAGES)
    return Message(say(language, "lang.ask"), (row,))
