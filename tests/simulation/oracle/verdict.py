"""Holds the exchange's record, the ledger and the phone against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.e2e.process import Program
from tests.simulation.faults.random_faults import Phone
from tests.simulation.oracle.witness import WitnessedAccount
from tests.simulation.people import OWNER, STRANGER
from tgtp.domain.events import Event
from tgtp.domain.order import OURS
from tgtp.engine.monitoring.fills import Filled, purpose_of

# What is always meant for the phone; other kinds are told once per cause, and known from the outbox while they wait in it.
TOLD = {
    "started",
    "stopped",
    "exchange_lost",
    "exchange_found",
    "trading_forbidden",
    "trading_allowed",
    "tier_filled",
    "hedge_filled",
    "tier_is_dust",
    "would_have_closed",
    "would_have_kept_up",
    "leg_opened",
    "leg_grew",
    "leg_shrank",
    "leg_unreadable",
}
NUMBER = re.compile(r"#(\d+)")
# Answers to /why and to /history are no alerts.
ANSWER = re.compile(r"(<b>)?#\d+(</b>)? · |There is no event #|(<b>)?The last ")
CHECK = re.compile(r"check \d+(:| failed)")
MOST_NAMED = 20


def always_told(event: Event) -> bool:
    """Say whether an event is meant for the phone whatever came before it."""
    return event.kind in TOLD or (event.kind == "leg_gone" and not event.by_us)


def told_otherwise(history: Sequence[tuple[int, Event]], sent: Collection[int]) -> set[int]:
    """Return what needs no alert of its own: the owner's own stop, which the answer tells, and a part of a fill that goes on.

    The parts are told added up, with the number of the last.
    """
    found = {number for number, event in history if event.kind in ("paused", "resumed") and event.by == OWNER}
    parts: dict[str, list[int]] = {}
    for number, event in sorted(history, key=lambda row: row[0]):
        if isinstance(event, Filled):
            parts.setdefault(purpose_of(event), []).append(number)
    for numbers in parts.values():
        last = max((number for number in numbers if number in sent), default=0)
        found |= {number for number in numbers if number < last}
    return found


def _filled(account: WitnessedAccount) -> list[tuple[str, Decimal, str]]:
    """Return what of ours has filled: its name, how much, and of what. A conditional order may have become several."""
    found: dict[str, tuple[Decimal, str]] = {}
    for order in account.orders:
        if order.algo is not None and not order.algo.name.startswith(OURS):
            continue
        name = order.algo.name if order.algo is not None else order.client_order_id
        before, _ = found.get(name, (Decimal(0), ""))
        found[name] = before + order.filled, f"{order.instrument.inst_id} {order.margin_mode}"
    return [(name, filled, where) for name, (filled, where) in found.items() if filled]


def _by_whom(event: Any) -> str:
    """Say who has fired a tier: the exchange, the stream, or a check; "hedge" is a check's."""
    if event.kind == "hedge_filled":
        return "hedge"
    basis = event.intent.basis
    return "exchange" if basis.rested else "stream" if basis.pushed_age is not None else "check"


@dataclass
class Verdict:
    """What was found; ``violations`` are sentences, and there must be none."""

    violations: list[str] = field(default_factory=list)
    checks: int = 0
    failed_checks: int = 0
    filled: int = 0
    lost: int = 0
    delivered: int = 0
    twice: int = 0
    missed: int = 0
    ambiguous: int = 0
    strange_answers: int = 0
    fired_by: Counter[str] = field(default_factory=Counter)
    slowest_end: float = 0.0
    calm_seconds: float = 0.0

    def violation(self, what: str) -> None:
        """Note what must not be."""
        self.violations.append(what)

    def judge_orders(self, account: WitnessedAccount, history: Sequence[tuple[int, Event]]) -> None:
        """Every order that has filled is in the ledger, once, with what it closed."""
        told: dict[str, list[tuple[int, Any]]] = {}
        for number, event in history:
            if event.kind in ("tier_filled", "hedge_filled"):
                told.setdefault(event.intent.client_order_id, []).append((number, event))
                self.fired_by[_by_whom(event)] += 1
        for name, filled, where in _filled(account):
            self.filled += 1
            events = told.pop(name, [])
            what = f"order {name}, {filled} of {where}"
            if not events:
                self.lost += 1
                self.violation(f"LOST: {what} has filled, but the ledger knows nothing of it")
            elif len(events) > 1:
                self.violation(f"{what} was taken in twice: {[number for number, _ in events]}")
            elif (closed := events[0][1].order.filled_contracts) != filled:
                self.violation(f"{what} stands in the ledger with {closed} (#{events[0][0]})")
        for name, events in told.items():
            closed = sum((event.order.filled_contracts for _, event in events), Decimal(0))
            self.violation(f"the ledger says that {name} closed {closed}, the exchange knows nothing of it")

    def judge_phone(
        self,
        phone: Phone,
        meant: Collection[int],
        waiting: Collection[int],
        *,
        moments: int,
        history: Sequence[tuple[int, Event]] = (),
    ) -> None:
        """Every alert has arrived or still waits; a second time only where a reply was lost; the stranger got nothing."""
        alerts = [set(map(int, NUMBER.findall(text))) for text in phone.texts(OWNER) if not ANSWER.match(text)]
        sent = Counter(number for numbers in alerts for number in numbers)
        # What goes on is told in the message that has begun it.
        edited = {int(number) for message in phone.edits for number in NUMBER.findall(str(message.get("text", "")))}
        arrived = sent.keys() | edited | told_otherwise(history, sent.keys() | edited)
        self.delivered = sum(number in arrived for number in meant)
        missing = sorted(number for number in meant if number not in arrived and number not in waiting)
        self.missed = len(missing)
        if missing:
            self.violation(f"{len(missing)} alerts were never sent: {missing[:MOST_NAMED]}")
        self.twice = sum(count > 1 for count in sent.values())
        self.ambiguous = moments + phone.ambiguous
        seen: set[int] = set()
        repetitions = 0
        for numbers in alerts:
            # One message may tell of several events; a lost reply repeats them all.
            repetitions += not seen.isdisjoint(numbers)
            seen |= numbers
        if repetitions > self.ambiguous:
            again = sorted(number for number, count in sent.items() if count > 1)
            self.violation(f"alerts came twice, with {self.ambiguous} moments to excuse it: {again[:MOST_NAMED]}")
        strange = phone.texts(STRANGER)
        self.strange_answers = len(strange)
        if strange:
            self.violation(f"the stranger was answered: {strange[:3]}")

    def judge_output(self, programs: Sequence[Program], secrets: Sequence[str]) -> None:
        """No secret and no traceback in anything that was printed."""
        for number, program in enumerate(programs):
            for line in program.lines:
                found = CHECK.search(line)
                if found:
                    self.checks += 1
                    self.failed_checks += found[1] == " failed"
                if any(secret in line for secret in secrets):
                    self.violation(f"start {number + 1} printed a secret: {line[:200]}")
                if "Traceback" in line:
                    self.violation(f"start {number + 1} printed a traceback: {line[:200]}")
