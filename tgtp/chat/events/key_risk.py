"""The risks of the exchange's key: how they are told, and the button that says "I know"."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from telegram import CallbackQuery

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message, bare
from tgtp.chat.messages.send import answer, take_buttons
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.api_key_risks import RISKS, Risk
from tgtp.domain.events import KeyRisk, KeyRiskAcknowledged
from tgtp.engine.monitoring.api_key import KeyWatch

TODO: dict[Risk, str] = {"withdraw": "started.withdraw", "unbound": "key_risk.todo.unbound"}


def alert(language: Language, event: KeyRisk) -> Message:
    """Tell of the risks, and what to do about each."""
    parts = [
        say(language, "alert.key_risk", label=_named(language, event.label)),
        *(say(language, TODO[risk]) for risk in event.risks),
        say(language, "key_risk.repeated"),
    ]
    return Message(Html("\n".join(parts)), buttons(language, event.label, event.risks))


def values(reader: Reader, event: KeyRisk | KeyRiskAcknowledged) -> dict[str, Any]:
    """Return what the line of history needs besides the event's fields."""
    return {"label": _named(reader.language, event.label), "what": words(reader.language, event.risks)}


def buttons(language: Language, label: str, risks: Iterable[Risk]) -> tuple[tuple[Button, ...], ...]:
    """Return the button below a message that has told of these risks of this key."""
    return ((Button(plain(language, "button.ack"), f"ak:{_mark(label, risks)}"),),)


def words(language: Language, risks: Iterable[Risk]) -> str:
    """Name risks."""
    return plain(language, "list.comma").join(plain(language, f"key_risk.{risk}") for risk in risks)


def outcome(language: Language, risks: tuple[Risk, ...]) -> Html:
    """Write what will not be repeated."""
    return say(language, "ack.done", what=words(language, risks)) if risks else say(language, "ack.none")


async def press(query: CallbackQuery, language: Language, keys: KeyWatch, mark: str) -> None:
    """Acknowledge what the message has told, if it still is about the key in use; the message stays, its button goes."""
    shown = [risk for risk in RISKS if risk in mark.partition(":")[0].split(",")]
    ours = mark == _mark(keys.memory.label, shown)
    risks = keys.acknowledge(query.from_user.id, shown) if ours else ()
    await answer(query, bare(outcome(language, risks)))
    await take_buttons(query)


def _mark(label: str, risks: Iterable[Risk]) -> str:
    return f"{','.join(risks)}:{hashlib.sha256(label.encode()).hexdigest()[:10]}"


def _named(language: Language, label: str) -> str:
    return plain(language, "key_risk.label", label=label) if label else ""
