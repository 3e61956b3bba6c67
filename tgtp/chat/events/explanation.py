"""The numbers that an event was decided on, and the order that came of it."""

from __future__ import annotations

from tgtp.chat.events.one_line import line, margin_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import threshold_of_basis
from tgtp.chat.texts import Html
from tgtp.domain import events as ev
from tgtp.domain.guards.drawdown import Firing
from tgtp.domain.order import Intent, Order

MOST_LEGS = 30


def why(reader: Reader, number: int, event: ev.Event) -> Html:
    """Return the numbers that an event was decided on, and the order that came of it."""
    parts = [reader.say("why.head", number=number, when=event.at, line=line(reader, event))]
    intent: Intent | None = getattr(event, "intent", None)
    if intent is not None:
        basis = intent.basis
        at = threshold_of_basis(reader.language, basis)
        parts.append(reader.say(f"why.{intent.rule}", intent=intent, basis=basis, margin=margin_of(basis), threshold=at))
        if basis.pushed_age is not None:
            parts.append(reader.say("why.pushed", basis=basis))
        if basis.rested:
            parts.append(reader.say("why.rested", basis=basis))
        order: Order | None = getattr(event, "order", None)
        if event.kind == "would_have_closed":
            parts.append(reader.say("why.held_back"))
        elif order is None:
            parts.append(reader.say("why.client", intent=intent))
        else:
            parts.append(reader.say("why.order", order=order, intent=intent))
    firing: Firing | None = getattr(event, "firing", None)
    if firing is not None:
        parts.append(reader.say("why.firing", firing=firing, so=_targets(reader, firing)))
    return Html("\n\n".join(parts))


def _targets(reader: Reader, firing: Firing) -> Html:
    """Return what the drawdown guard found of each leg when it fired, and what it leaves."""
    touched = [target for target in firing.targets if target.held > target.keeps]
    if not touched:
        return reader.say("why.firing.none")
    rows = [reader.say("why.firing.leg", target=target) for target in touched]
    shown, more = rows[:MOST_LEGS], len(rows) - MOST_LEGS
    shown += [reader.say("close.rows.more", more=more)] if more > 0 else []
    return reader.say("why.firing.legs", rows=Html("".join(f"\n{row}" for row in shown)))
