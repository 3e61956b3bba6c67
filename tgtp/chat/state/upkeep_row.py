"""One row below a leg of a sub-account: what it should hold, how far it is from that, and what comes next."""

from __future__ import annotations

from decimal import Decimal

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.upkeep_text import obstacle_words
from tgtp.chat.texts import Html, Language, plain
from tgtp.domain.model import Leg
from tgtp.domain.upkeep.correction import InBand, Step, Stuck, Trim, correction_step
from tgtp.engine.upkeep.scheduler import UpkeepStatus


def row(reader: Reader, leg: Leg, status: UpkeepStatus, available: Decimal | None, waits: float | None) -> Html:
    """Write the row; ``waits`` seconds until corrections begin by themselves, None where they do not."""
    language, target = reader.language, status.target
    step = correction_step(leg, target, available)
    deviation = reader.plain("upkeep.in_band")
    if not isinstance(step, InBand):
        deviation = reader.plain(
            "upkeep.off_band", notional=leg.notional - target.notional, margin=leg.initial_margin - target.margin
        )
    return reader.say(
        "upkeep.row",
        count=status.maintenances,
        of=reader.rounds,
        target=target,
        deviation=deviation,
        next=next_words(language, leg, status, step, waits),
    )


def next_words(
    language: Language, leg: Leg, status: UpkeepStatus, step: Step, waits: float | None, *, timed: bool = True
) -> str:
    """Write what comes next; ``waits`` as above, and when that is only where it is ``timed``."""
    if status.maintaining:
        return plain(language, "upkeep.maintaining")
    words = _correction(language, leg, status, step, waits, timed=timed)
    return f"{words} · {plain(language, 'upkeep.hedged')}" if status.hedged else words


def _correction(language: Language, leg: Leg, status: UpkeepStatus, step: Step, waits: float | None, *, timed: bool) -> str:
    if isinstance(step, InBand):
        return plain(language, "upkeep.next.none")
    if isinstance(step, Stuck):
        return plain(language, "upkeep.next.stuck", why=obstacle_words(language, leg, step))
    if isinstance(step, Trim):
        words = plain(language, "upkeep.next.trim", contracts=step.contracts)
    else:
        words = plain(language, "upkeep.next.move", amount=step.amount)
    if status.correcting:
        return plain(language, "upkeep.next.now", step=words)
    if waits is None:
        return plain(language, "upkeep.next.asked", step=words)
    return plain(language, "upkeep.next.in", step=words, age=waits) if timed else words
