"""Pauses in words: why something is paused, and the buttons that lift what /resume alone does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tgtp.chat.formatting.callback_ids import pause_mark
from tgtp.chat.formatting.numbers import when
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.pauses import Pause, Pauses
from tgtp.domain.plan import ALL

LIFT = "pl"


def cause(language: Language, pause: Pause) -> str:
    """Say in a few words why something is paused."""
    return plain(language, f"pause.cause.{pause.cause}", until=when(pause.until) if pause.until else "")


def scope(language: Language, pause: Pause) -> str:
    """Name what is paused."""
    return plain(language, "all") if pause.scope == ALL else pause.scope.split("-", maxsplit=1)[0]


def standing(language: Language, pauses: Sequence[Pause], account: str = "") -> Message:
    """Name each pause that has to be lifted for itself, with its button; ``account`` where several are spoken of at once."""
    of = f"{account}: " if account else ""
    text = [_stands(language, pause, of) for pause in pauses]
    rows = tuple((button(language, pause, account),) for pause in pauses if not pause.is_by_settings)
    return Message(Html("\n".join(text)), rows)


def standing_anywhere(language: Language, accounts: Iterable[tuple[str, Sequence[Pause]]]) -> Message:
    """Do the same for several accounts, by name."""
    message = Message(Html(""))
    for account, pauses in accounts:
        message = below(message, standing(language, pauses, account))
    return message


def below(message: Message, standing: Message) -> Message:
    """Put what stands below an answer."""
    text = Html("\n".join(part for part in (message.text, standing.text) if part))
    return message._replace(text=text, buttons=(*message.buttons, *standing.buttons))


def pressed(pauses: Pauses, mark: str) -> Pause | None:
    """Find the pause that a button stands for; None when it is no longer in force."""
    return next((pause for pause in pauses.entries if pause_mark(pause) == mark), None)


def button(language: Language, pause: Pause, account: str = "") -> Button:
    """Give the button that lifts a pause."""
    to = f"@{account}:" if account else ""
    key = "button.start" if pause.cause == "first_start" else "button.lift"
    return Button(plain(language, key, name=scope(language, pause)), f"{to}{LIFT}:{pause_mark(pause)}")


def _stands(language: Language, pause: Pause, of: str) -> Html:
    key = "pause.stands.watch" if pause.is_by_settings else "pause.stands"
    return say(language, key, of=of, name=scope(language, pause), cause=cause(language, pause))
