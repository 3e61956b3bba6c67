"""Events of upkeep in words: a line for each, and the alerts of what is done or sinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tgtp.chat.formatting.numbers import brief, digits, leg_name, money, names, percent, price
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.upkeep_text import average, broken_words, refusal_words, stuck_words
from tgtp.chat.texts import Html
from tgtp.domain import events as ev
from tgtp.domain.upkeep.maintenance import Maintenance


def filled_line(reader: Reader, event: ev.UpkeepFilled) -> Html:
    """Write the line of an order that has filled."""
    return reader.say(
        f"line.upkeep_filled.{event.intent.rule}",
        leg=leg_name(reader.language, event.intent.leg),
        closed=digits(event.order.filled_contracts),
        price=price(event.order.average_price),
        pnl=money(event.order.realised_pnl, signed=True),
        left=digits(event.contracts_left),
    )


def done_alert(reader: Reader, event: ev.MaintenanceDone) -> Html:
    """Write the message of a maintenance that is finished."""
    work = event.work
    return reader.say(
        "alert.maintenance_done",
        leg=leg_name(reader.language, event.leg),
        count=event.count,
        of=reader.rounds,
        bought=digits(work.bought),
        cut=digits(work.cut),
        before=average(event.entry_before),
        entry=average(event.entry_price),
        contracts=digits(event.contracts),
        notional=money(event.notional),
        margin=money(event.margin),
        realised=money(work.realised, signed=True),
        fees=money(work.fees),
    )


def sinking_alert(reader: Reader, event: ev.LegSinking) -> Html:
    """Write the loud message of a leg that goes on losing."""
    leg, roi = leg_name(reader.language, event.leg), percent(event.roi, signed=True)
    return reader.say("alert.leg_sinking", leg=leg, roi=roi, count=event.count)


def _asked_line(reader: Reader, event: ev.UpkeepAsked) -> Html:
    language = reader.language
    legs = names([leg_name(language, key) for key in event.legs])
    return reader.say(f"line.upkeep_asked.{event.what}", by=reader.plain("someone", id=event.by), legs=legs)


def _begun_line(reader: Reader, event: ev.MaintenanceBegun) -> Html:
    plan = event.work.draft
    return reader.say(
        "line.maintenance_begun",
        leg=leg_name(reader.language, plan.leg),
        count=plan.count + 1,
        roi=percent(event.roi, signed=True),
        buys=digits(plan.buy_contracts),
        notional=digits(plan.target.notional),
    )


def _done_line(reader: Reader, event: ev.MaintenanceDone) -> Html:
    return reader.say(
        "line.maintenance_done",
        leg=leg_name(reader.language, event.leg),
        count=event.count,
        before=average(event.entry_before),
        entry=average(event.entry_price),
        notional=money(event.notional),
        margin=money(event.margin),
    )


def _broken_line(reader: Reader, event: ev.MaintenanceBroken) -> Html:
    work: Maintenance = event.work
    return reader.say(
        "line.maintenance_unverified" if event.counted else "line.maintenance_broken",
        leg=leg_name(reader.language, event.leg),
        count=work.draft.count + 1,
        why=broken_words(reader.language, event.why, event.reason),
        bought=digits(work.bought),
        cut=digits(work.cut),
    )


def _held_back_line(reader: Reader, event: ev.MaintenanceHeldBack) -> Html:
    return reader.say(
        "line.maintenance_held_back",
        leg=leg_name(reader.language, event.leg),
        roi=percent(event.roi, signed=True),
        why=refusal_words(reader.language, event.refusal, count=event.count, roi=event.roi),
    )


def _would_have_line(reader: Reader, event: ev.WouldHaveKeptUp) -> Html:
    language = reader.language
    values = {
        "leg": leg_name(language, event.leg),
        "roi": percent(event.roi, signed=True),
        "count": event.count,
        "contracts": digits(event.contracts),
        "notional": digits(event.target.notional),
        "target": money(event.target.margin),
        "held": money(event.held),
        "amount": money(event.margin, signed=True),
    }
    if event.what == "maintenance":
        return reader.say("line.would_have_maintained", **values)
    return reader.say("line.would_have_trimmed" if event.contracts else "line.would_have_moved", **values)


def _sinking_line(reader: Reader, event: ev.LegSinking) -> Html:
    leg, roi = leg_name(reader.language, event.leg), percent(event.roi, signed=True)
    return reader.say("line.leg_sinking", leg=leg, roi=roi, count=event.count)


def _moved_line(reader: Reader, event: ev.MarginMoved) -> Html:
    return reader.say(
        "line.margin_moved",
        leg=leg_name(reader.language, event.leg),
        before=money(event.before),
        after=money(event.after),
        amount=money(event.amount, signed=True),
    )


def _not_moved_line(reader: Reader, event: ev.MarginNotMoved) -> Html:
    language = reader.language
    refused = reader.plain("upkeep.refused", code=event.code, reason=brief(event.reason))
    return reader.say(
        "line.margin_not_moved",
        leg=leg_name(language, event.leg),
        amount=money(event.amount, signed=True),
        why=refused if event.code else reader.plain("margin.lost"),
    )


def _corrected_line(reader: Reader, event: ev.Corrected) -> Html:
    leg = leg_name(reader.language, event.leg)
    words = []
    if event.trimmed:
        words.append(reader.plain("corrected.trimmed", trimmed=digits(event.trimmed)))
    if event.steps:
        margins = {"before": money(event.margin_before), "margin": money(event.margin)}
        words.append(reader.plain("corrected.moved", **margins, steps=event.steps))
    if not words:
        return reader.say("line.corrected.nothing", leg=leg, margin=money(event.margin))
    return reader.say("line.corrected", leg=leg, what=names(words))


def _stuck_line(reader: Reader, event: ev.CorrectionStuck) -> Html:
    return reader.say(
        "line.correction_stuck",
        leg=leg_name(reader.language, event.leg),
        target=money(event.target.margin),
        margin=money(event.margin),
        why=stuck_words(reader.language, event),
    )


LINES: dict[str, Callable[[Reader, Any], Html]] = {
    "upkeep_filled": filled_line,
    "upkeep_asked": _asked_line,
    "maintenance_begun": _begun_line,
    "maintenance_done": _done_line,
    "maintenance_broken": _broken_line,
    "maintenance_held_back": _held_back_line,
    "would_have_kept_up": _would_have_line,
    "leg_sinking": _sinking_line,
    "margin_moved": _moved_line,
    "margin_not_moved": _not_moved_line,
    "corrected": _corrected_line,
    "correction_stuck": _stuck_line,
}
