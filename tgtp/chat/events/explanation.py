"""The numbers that an event was decided on, and the order that came of it."""

from __future__ import annotations

from tgtp.chat.events.one_line import line, margin_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import threshold_of_basis
from tgtp.chat.texts import Html
from tgtp.domain import events as ev
from tgtp.domain.order import Intent, Order


def why(reader: Reader, number: int, event: ev.Event) -> Html:
    """Return the numbers that an event was decided on, and the order that came of it."""
    parts = [reader.say("why.head", number=number, when=event.at, line=line(reader, event))]
    intent: Intent | None = getattr(event, "intent", None)
    if intent is not None:
        basis = intent.basis
        at = threshold_of_basis(reader.language, basis)
        parts.append(reader.say(f"why.{intent.rule}", intent=intent, basis=basis, margin=margin_of(basis), threshold=at))
        order: Order | None = getattr(event, "order", None)
        if event.kind == "would_have_closed":
            parts.append(reader.say("why.held_back"))
        elif order is None:
            parts.append(reader.say("why.client", intent=intent))
        else:
            parts.append(reader.say("why.order", order=order, intent=intent))
    return Html("\n\n".join(parts))
