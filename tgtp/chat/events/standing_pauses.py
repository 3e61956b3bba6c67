"""Pauses in messages: what stands, and the buttons that lift what /resume alone does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tgtp.chat.formatting.callback_ids import pause_mark
from tgtp.chat.formatting.pause_text import cause, scope
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.pauses import Pause, Pauses

LIFT = "pl"
# Buttons that pause a coin, and that end what a person has paused; answered in one account, or in all of them.
PAUSE = "ap"
RESUME = "au"
# In front of the scope in a button's data: the answer comes below what was pressed, or in its place.
BELOW, HERE = "n", "h"
MOST_BUTTONS = 5


def standing(language: Language, pauses: Sequence[Pause], account: str = "") -> Message:
    """Name each pause that has to be lifted for itself, with its button; ``account`` where several are spoken of at once."""
    of = plain(language, "pause.of", account=account) if account else ""
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
    """Return the button that lifts a pause."""
    to = f"@{account}:" if account else ""
    # One press lifts it in one account: two buttons that say the same would both read as "all of them".
    label = plain(language, "button.lift", name=f"{account} {scope(language, pause)}".lstrip())
    if pause.cause == "first_start":
        label = plain(language, "button.start", account=account).rstrip()
    return Button(label, f"{to}{LIFT}:{pause_mark(pause)}", "success")


def resume_button(language: Language, name: str, *, below: bool = False) -> Button:
    """Return the button that ends what a person has paused: a scope, by its name. ``below``: what is pressed stays as it is."""
    what = Pause(scope=name, cause="person")
    is_whole = what.reach.is_whole
    label = plain(language, "card.button.resume.all" if is_whole else "card.button.resume", coin=scope(language, what))
    return Button(label, f"{RESUME}:{BELOW if below else HERE}:{name}", "success")


def _stands(language: Language, pause: Pause, of: str) -> Html:
    key = f"pause.stands.{pause.cause}" if pause.is_by_settings or pause.cause == "guard" else "pause.stands"
    return say(language, key, of=of, name=scope(language, pause), cause=cause(language, pause))
