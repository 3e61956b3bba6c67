"""Events → what the phone shows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from tgtp.chat.events import account_lines, first_start_lines, forgotten_order, key_risk, standing_pauses
from tgtp.chat.events.one_line import (
    OF_ALL,
    UNSAID,
    filled_leg,
    line,
    margin_of,
    paused_names,
    tag,
    unsaid,
    unwatched_names,
    what,
)
from tgtp.chat.events.report import report
from tgtp.chat.formatting.callback_ids import life_mark, rearm_mark
from tgtp.chat.formatting.left_out import left_out_rows
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import ways
from tgtp.chat.formatting.unguarded import unguarded
from tgtp.chat.formatting.values import threshold, threshold_of_basis
from tgtp.chat.messages.account_tags import addressed, with_account
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.filler import DOES_NOT_FIT
from tgtp.chat.texts.formats.numbers import brief, dots, names
from tgtp.domain import events as ev
from tgtp.domain.event_totals import FilledEvent
from tgtp.domain.model import MAIN
from tgtp.domain.order import filled_before
from tgtp.domain.retries import REMIND_AFTER
from tgtp.domain.volatility.scaling import scaled

log = logging.getLogger(__name__)

NOBODY_TOOK_IT = ("problem.canceled.incomplete", "problem.canceled.unsaid")


def alert(reader: Reader, number: int, event: ev.Event) -> Message:
    """Return the message that tells of an event, with its number at the end; of one that cannot be said, its kind."""
    writer = ALERTS.get(event.kind)
    # The tag stands in front once, whichever way the text is made.
    bare = reader._replace(tagged=False)
    try:
        message = writer(bare, event) if writer else Message(line(bare, event))
    except DOES_NOT_FIT:
        log.exception(UNSAID, event.kind)
        message = Message(unsaid(bare, event))
    end = reader.say("alert.number", number=number)
    message = message._replace(text=Html(f"{tag(reader, event)}{message.text}\n{end}"))
    if event.account == MAIN or event.kind in OF_ALL:
        return message
    return addressed(
        message._replace(text=Html(with_account(message.text, event.account, (MAIN, event.account)))), event.account
    )


def alert_of_several(reader: Reader, entries: Sequence[tuple[int, ev.Event]]) -> Message:
    """Return the one message of what was done by one command in several accounts, which it names, with all their numbers."""
    accounts = names([event.account for _, event in entries], most=len(entries))
    text = f"{reader.say('account.tag', account=accounts)}{line(reader._replace(tagged=False), entries[0][1])}"
    numbers = " ".join(reader.say("alert.number", number=number) for number, _ in entries)
    return Message(Html(f"{text}\n{numbers}"))


def _fill(
    reader: Reader, key: str, event: FilledEvent, rows: Sequence[Html] = (), below: Sequence[Html] = (), **more: Any
) -> Message:
    """Write a fill, with the sums of all that are told with it: what is read at a glance, ``below``, and the rest folded."""
    sums = getattr(event, "in_all", None) or ev.InAll.of(event.intent, event.order)
    roi = event.intent.basis.roi
    name = filled_leg(reader, event)
    title = reader.say("alert.name.bare", name=name) if roi is None else reader.say("alert.name", name=name, roi=roi)
    values = {**dict(event), "sums": sums, "margin": margin_of(event.intent.basis), "title": title}
    values |= {"threshold": threshold_of_basis(reader.language, event.intent.basis), **more}
    folded = [reader.say("alert.numbers.filled", **values), *rows]
    buttons: tuple[tuple[Button, ...], ...] = ()
    if event.order.order_id:
        folded.append(reader.say("alert.numbers.order", **values))
        buttons = ((Button(reader.plain("button.copy_order"), event.order.order_id, copies=True),),)
    if sums.orders > 1:
        folded.append(reader.say("alert.in_all", orders=sums.orders))
    said = [reader.say(key, **values), *below]
    if event.order.reason == "presumed":
        said.append(reader.say("alert.presumed"))
    elif filled_before(event.intent, event.order):
        said.append(reader.say("alert.filled_before", at=event.order.updated_at))
    return Message(Html("\n".join([*said, reader.say("alert.numbers", rows=Html("\n".join(folded)))])), buttons)


def _tier_filled(reader: Reader, event: ev.TierFilled) -> Message:
    basis = event.intent.basis
    ladder = reader.rules.ladder_of(event.intent.leg)
    tiers = dots(event.fired, max(len(ladder.tiers), *event.fired, 1))
    rows = [reader.say("alert.numbers.tier", intent=event.intent, tiers=tiers)]
    if basis.pushed_age is not None:
        rows.append(reader.say("alert.numbers.pushed", basis=basis))
    if basis.rested:
        rows.append(reader.say("alert.numbers.rested"))
    below = [reader.say("alert.tier.pausing")] if basis.while_pausing else []
    if event.finished and _is_end(event):
        end = reader.plain("end.ladder" if event.contracts_left else "end.closed")
        below.append(reader.say("alert.end.bare" if event.earned is None else "alert.end", end=end, earned=event.earned))
    if basis.lower_leverage is not None and basis.leverage is not None and basis.roi is not None:
        roi = basis.roi * basis.lower_leverage / basis.leverage
        below.append(reader.say("alert.tier.raised", basis=basis, roi=roi))
    if event.finished:
        return _fill(reader, "alert.tier", event, rows, below, next=_next(reader, event))
    told = event.in_all.contracts if event.in_all is not None else event.order.filled_contracts
    closed = told if event.closed is None else event.closed
    progress = closed / basis.target_contracts if basis.target_contracts else None
    return _fill(reader, "alert.tier.part", event, rows, below, closed=closed, progress=progress)


def _is_end(event: ev.TierFilled) -> bool:
    return event.next_threshold is None or event.contracts_left == 0


def _next(reader: Reader, event: ev.TierFilled) -> str:
    """Write which tier comes after one that is done; nothing where none does."""
    if _is_end(event):
        return ""
    basis = event.intent.basis
    values = {**dict(event), "threshold": _next_threshold(reader, event)}
    if event.next_price is None:
        return reader.plain("next.threshold", **values)
    min_margin = reader.rules.min_margin if basis.min_margin is None else basis.min_margin
    return reader.plain("next.small" if event.next_is_small else "next.price", **values, min_margin=min_margin)


def _next_threshold(reader: Reader, event: ev.TierFilled) -> str:
    """Write the next threshold; with its base beside where the factor of this order still is the one that acts."""
    factor, base = event.intent.basis.factor, None
    if factor is not None:
        written = reader.rules.base_ladder_of(event.intent.leg)
        pairs = zip(written.tiers, scaled(written, factor).tiers, strict=True)
        base = next((before.threshold for before, after in pairs if after.threshold == event.next_threshold), None)
    return threshold(reader.language, event.next_threshold, base, factor)


def _hedge_filled(reader: Reader, event: ev.HedgeFilled) -> Message:
    return _fill(reader, "alert.hedge", event)


def _guard_filled(reader: Reader, event: ev.GuardFilled) -> Message:
    return _fill(reader, f"alert.{event.intent.rule}", event)


def _hand_filled(reader: Reader, event: ev.HandFilled) -> Message:
    return _fill(reader, "alert.hand", event, [reader.say("alert.numbers.hand", intent=event.intent)])


def _rejected(reader: Reader, event: ev.OrderRejected) -> Message:
    then = reader.say("rejected.hand" if event.again_at is None else "rejected.again")
    if event.code == "slippage":
        then = reader.say("rejected.slippage")
    if event.since is not None:
        then = reader.say("failed.still", since=event.since, tries=event.tries)
    if event.code == "slippage":
        # The line itself says that nobody took it.
        is_said = event.reason.key in NOBODY_TOOK_IT or not str(event.reason)
        why = [] if is_said else [reader.say("rejected.why", reason=event.reason)]
        return Message(Html("\n".join([line(reader, event), *why, then])))
    key = "alert.canceled" if event.code == "canceled" else "alert.rejected"
    return Message(reader.say(key, **dict(event), what=what(reader.language, event.intent), then=then))


def _unresolved(reader: Reader, event: ev.OrderUnresolved) -> Message:
    if event.beyond_records and event.intent.rule == "tier":
        return forgotten_order.question(reader, event)
    asked_at = event.intent.meant_at
    text = reader.say("alert.unresolved", intent=event.intent, what=what(reader.language, event.intent))
    if abs(event.at - asked_at) >= REMIND_AFTER:
        text = Html(f"{text}\n{reader.say('unresolved.still', since=asked_at)}")
    return Message(text)


def _not_arrived(reader: Reader, event: ev.OrderNotArrived) -> Message:
    then = reader.say("rejected.hand" if event.intent.rule == "hand" else "not_arrived.again")
    if event.since is not None:
        then = reader.say("failed.still", since=event.since, tries=event.tries)
    return Message(Html(f"{line(reader, event)}\n{then}"))


def _grew(reader: Reader, event: ev.LegGrew) -> Message:
    text = line(reader, event)
    if event.rearmed:
        return Message(Html(f"{text}\n{reader.say('line.leg_grew.rearmed')}"))
    if not event.fired:
        return Message(text)
    mark = rearm_mark(event.leg, event.opened_at, event.generation, event.fired)
    buttons = (
        Button(reader.plain("button.rearm"), f"ra:{mark}", "primary"),
        Button(reader.plain("button.no.rearm"), f"rk:{mark}"),
    )
    return Message(Html(f"{text}\n{reader.say('line.leg_grew.ask', tiers=event.fired)}"), (buttons,))


def _force_closed(reader: Reader, event: ev.LegForceClosed) -> Message:
    text = f"<b>{line(reader, event)}</b>\n{reader.say('alert.leg_force_closed', **dict(event))}"
    if event.mark_price is not None:
        text = f"{text}{reader.say('alert.leg_force_closed.mark', **dict(event))}"
    return Message(Html(text))


def _started(reader: Reader, event: ev.Started) -> Message:
    language, profile = reader.language, event.profile
    counts = {"legs": event.legs + len(event.unreadable), "watched": event.legs - event.small_legs}
    parts: list[str] = [reader.say("alert.started", **{**dict(event), **counts})]
    blind = unguarded(language, event.unreadable, event.nameless, profile.account_mode)
    unused = [reader.say("started.unused_keys")] if event.unused_keys else []
    parts[1:1] = [*unused, *left_out_rows(language, event.left_out), *blind]
    if event.strays:
        parts.append(reader.say("account.strays", names=brief(", ".join(event.strays))))
    if event.routes:
        parts.append(reader.say("started.routes", ways=ways(language, event.routes)))
    if profile.account_mode is not None:
        parts.append(reader.say("started.account_mode", profile=profile))
    if event.exchange.startswith("okx"):
        words = [reader.plain("started.trade" if profile.can_trade else "started.no_trade")]
        if profile.ip_bound is not None:
            words.append(reader.plain("started.bound" if profile.ip_bound else "started.unbound"))
        parts.append(reader.say("started.perm", what=reader.plain("list.comma").join(words)))
    if profile.can_withdraw:
        parts.append(reader.say("started.withdraw"))
    if event.key_risks:
        parts.append(reader.say("key_risk.repeated"))
    if event.readable_secrets:
        parts.append(reader.say("started.readable", **dict(event)))
    if event.unwatched:
        parts.append(reader.say("started.unwatched", names=unwatched_names(reader, event.unwatched)))
    if event.yields_to_hedge:
        parts.append(reader.say("started.yields"))
    if event.exchange == "paper":
        parts.append(reader.say("started.paper"))
    standing = [pause for pause in event.pauses.entries if not pause.is_lifted_at_once]
    stands = standing_pauses.standing(language, standing)
    # What stands has a sentence of its own below.
    if others := sorted({*event.paused} - {pause.scope for pause in standing}):
        parts.append(reader.say("started.paused", names=paused_names(language, others)))
    if event.missed_seconds is not None and event.missed_seconds > 60:
        parts.append(reader.say("started.missed", missed_seconds=event.missed_seconds))
    if event.was_cut_short:
        parts.append(reader.say("started.cut_short"))
    buttons = key_risk.buttons(language, profile.label, event.key_risks) if event.key_risks else ()
    return standing_pauses.below(Message(Html("\n".join(parts)), buttons), stands)


def _liquidation_near(reader: Reader, event: ev.LiquidationNear) -> Message:
    key = "alert.liquidation_near" if event.liquidation_price is not None else "alert.liquidation_near.ratio"
    button = Button(reader.plain("button.near.close"), f"nl:{life_mark(event.leg, event.opened_at, 0)}", "primary")
    return Message(reader.say(key, **dict(event)), ((button,),))


ALERTS: dict[str, Callable[[Reader, Any], Message]] = {
    "tier_filled": _tier_filled,
    "hedge_filled": _hedge_filled,
    "guard_filled": _guard_filled,
    "hand_filled": _hand_filled,
    "order_rejected": _rejected,
    "order_unresolved": _unresolved,
    "order_not_arrived": _not_arrived,
    "leg_grew": _grew,
    "leg_force_closed": _force_closed,
    "started": _started,
    "liquidation_near": _liquidation_near,
    "account_held": account_lines.held_alert,
    "first_start": first_start_lines.alert,
    "key_risk": lambda reader, event: key_risk.alert(reader.language, event),
    "maintenance_done": lambda reader, event: Message(reader.say("alert.maintenance_done", **dict(event), of=reader.rounds)),
    "leg_sinking": lambda reader, event: Message(reader.say("alert.leg_sinking", **dict(event))),
    "report_due": lambda reader, event: report(reader, event.report),
}
