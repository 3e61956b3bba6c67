"""What people do by hand: pause, resume, re-arm, close, change ladders and preferences. Each is recorded with who did it."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from tgtp.domain.events import (
    CloseAsked,
    LadderChanged,
    LanguageChosen,
    LegRearmed,
    OrderDecided,
    OwnerPaired,
    OwnerReleased,
    Paused,
    Resumed,
    WishChanged,
)
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, PositionMode, Snapshot, UnreadableLeg
from tgtp.domain.order import Intent, Order, OrderStatus, client_order_id
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL, basis_of
from tgtp.domain.sizing import slices
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Ledger
from tgtp.engine.rulebook import LadderChange
from tgtp.errors import AccessRefused, ExchangeProblem, LedgerWriteFailed

# Seconds after which no further order of a close by hand is sent: checks wait for it.
LONGEST_CLOSE = 60


class CloseOrder(NamedTuple):
    """Close so many contracts of a leg, as the person saw it; also of one that cannot be read."""

    leg: Leg | UnreadableLeg
    contracts: Decimal


class CloseResult(NamedTuple):
    """What became of a close: legs that had ``changed`` to what ``snapshot`` shows, and the orders ``sent`` for the others.

    ``asked`` is what was to be closed of each leg as it stood; ``sent`` has several orders of a leg where one cannot take it.
    ``problem`` is why some of them may not have been sent. ``busy`` legs have an order that is still being looked up, or are
    still shown as they were before one: nothing was sent for them. ``gone`` legs were closed already.
    """

    changed: tuple[LegKey, ...] = ()
    snapshot: Snapshot | None = None
    busy: tuple[LegKey, ...] = ()
    gone: tuple[LegKey, ...] = ()
    asked: tuple[CloseOrder, ...] = ()
    sent: tuple[Intent, ...] = ()
    unresolved: tuple[LegKey, ...] = ()
    problem: str = ""


class ManualActions:
    """The hand's way in. Closing by hand works while paused."""

    def __init__(self, checker: Checker, beside: Sequence[Ledger] = ()) -> None:
        """``beside`` are the ledgers of the accounts that follow the same ladders."""
        self._checker = checker
        self._journal = checker.journal
        self._ledger = checker.journal.ledger
        self._beside = tuple(beside)

    def pause(self, name: str, by: int) -> bool:
        """Pause all (``*``) or one instrument; False when a person paused it already. Survives restarts."""
        if self._ledger.pauses().has(name, "person"):
            return False
        with self._journal.step():
            self.write_pause(name, by)
        return True

    def write_pause(self, name: str, by: int) -> None:
        """Pause, inside a step."""
        now = self._journal.now()
        self._ledger.keep_pauses(self._ledger.pauses().with_pause(Pause(scope=name, cause="person", since=now, by=by)))
        # The giver hears of it too: with one owner, a thief's pause would leave no trace.
        self._journal.record(Paused(at=now, name=name, by=by))

    def resume(self, name: str, by: int) -> bool:
        """Lift what persons have paused: everywhere (``*``), or of one instrument; False when there was nothing to lift.

        What is paused for another cause stays so, until that is lifted for itself.
        """
        if not self._ledger.pauses().lifted_by(name):
            return False
        with self._journal.step():
            self.write_resume(name, by)
        return True

    def write_resume(self, name: str, by: int) -> None:
        """Resume, inside a step."""
        self._lift(self._ledger.pauses().lifted_by(name), name)
        self._journal.record(Resumed(at=self._journal.now(), name=name, by=by))

    def lift(self, pause: Pause, by: int) -> bool:
        """Lift one pause, whatever its cause; False when it is no longer in force, or only the settings end it."""
        if pause.is_by_settings or pause not in self._ledger.pauses().entries:
            return False
        with self._journal.step():
            self._lift([pause], pause.scope)
            self._journal.record(Resumed(at=self._journal.now(), name=pause.scope, by=by, cause=pause.cause))
        return True

    def _lift(self, pauses: Sequence[Pause], name: str) -> None:
        self._ledger.keep_pauses(self._ledger.pauses().without(pauses))
        for life in list(self._ledger.lives().values()):
            if name in (ALL, life.key.instrument_id) and any(word.startswith("held:") for word in life.told):
                self._ledger.keep_life(life.without_told("held:"))

    async def rearm(self, life: Life, by: int) -> bool:
        """Empty the ladder of a leg; False when the leg has lived on since, or has an order in flight."""
        async with self._checker.lock:
            current = self._ledger.lives().get(life.key)
            if (
                current is None
                or self._checker.held is not None
                or current.gone_at is not None
                # An order decided on before would be counted for the emptied ladder.
                or any(intent.leg == life.key for intent in self._ledger.open_intents())
                or (current.opened_at, current.generation) != (life.opened_at, life.generation)
            ):
                return False
            with self._journal.step():
                self._ledger.keep_life(current.rearmed())
                self._journal.record(LegRearmed(at=self._journal.now(), leg=life.key, by=by), except_for=by)
            return True

    async def decide_order(self, name: str, *, filled: bool, by: int) -> Intent | None:
        """Take somebody's word for what became of a tier's order that the exchange has forgotten; None when it is not asked.

        A tier that has filled counts as fired; else it may fire again, under the next name.
        """
        async with self._checker.lock:
            intent = next((one for one in self._ledger.open_intents() if one.client_order_id == name), None)
            if intent is None or intent.rule != "tier" or not self._checker.executor.is_beyond_records(intent):
                return None
            now, life = self._journal.now(), self._ledger.lives().get(intent.leg)
            with self._journal.step():
                self._ledger.drop_intent(name)
                if life is not None and life.opened_at == intent.opened_at:
                    after = _as_filled(intent, life) if filled else life.after_refusal(intent.tag, "forgotten", now)
                    self._ledger.keep_life(after)
                self._journal.record(OrderDecided(at=now, intent=intent, filled=filled, by=by), except_for=by)
            return intent

    async def change_ladder(self, change: LadderChange, by: int) -> bool:
        """Give ladders, from the next check on; False when one is no longer what the person saw, and nothing is changed.

        A tier that has been begun ends as it was begun; tiers that have fired stay fired by their number.
        """
        rulebook = self._checker.rulebook
        async with self._checker.lock:
            if rulebook.proposal(change.wanted) != change:
                return False
            with self._journal.step():
                before = rulebook.in_force
                rulebook.change(change.wanted)
                for ledger in (self._ledger, *self._beside):
                    for life in list(ledger.lives().values()):
                        if rulebook.in_force.ladder_of(life.key) != before.ladder_of(life.key):
                            # What was told once was told of the earlier ladder.
                            ledger.keep_life(life.without_told("dust:").without_told("held:"))
                for whose, ladder in change.wanted.items():
                    event = LadderChanged(
                        at=self._journal.now(),
                        instrument_id=whose.instrument_id,
                        position_side=whose.position_side,
                        before=str(change.before[whose]),
                        after=str(change.after[whose]),
                        default=ladder is None,
                        by=by,
                    )
                    self._journal.record(event, except_for=by)
            return True

    def confirm_account(self, by: int) -> bool:
        """Say that the key of another account is what this name stands for; False when that is not asked."""
        return self._checker.identities.confirm(self._journal, by)

    def choose_language(self, language: str, by: int) -> None:
        """Remember a person's language."""
        with self._journal.step():
            self._ledger.keep_note(f"language:{by}", language)
            self._journal.record(LanguageChosen(at=self._journal.now(), language=language, by=by), tell=False)

    def keep_wish(self, name: Literal["notify", "quiet", "theme", "panel"], note: str, value: Any, by: int) -> None:
        """Remember under a note how a person wants to be told things; ``value`` is plain JSON, and goes into the history."""
        with self._journal.step():
            self._ledger.keep_note(note, value)
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
            self._journal.record(WishChanged(at=self._journal.now(), name=name, value=words, by=by), tell=False)

    def adopt_owner(self, user_id: int, name: str) -> None:
        """Make the first person with the pairing code the owner."""
        with self._journal.step():
            self._ledger.keep_note("owner", user_id)
            self._journal.record(OwnerPaired(at=self._journal.now(), by=user_id, name=name), except_for=user_id)

    def release_owner(self, by: int) -> None:
        """Let the owner who had paired go: nobody commands until somebody pairs anew."""
        with self._journal.step():
            self._ledger.keep_note("owner", None)
            self._journal.record(OwnerReleased(at=self._journal.now(), by=by), tell=False)

    async def close(
        self, orders: Sequence[CloseOrder], by: int, nonce: str, *, seen: Collection[LegKey] | None = None
    ) -> CloseResult:
        """Close what the person confirmed, if every leg still is what they saw; otherwise send nothing.

        With ``seen`` everything was to be closed, and these legs were there: those that only became smaller are closed as they
        stand, and those that grew or are new are left for another question. More than one market order takes goes out in
        several, each after the end of the one before. ``nonce`` names this confirmation; it goes into the orders' names. Raises
        ExchangeProblem when the account cannot be seen, LedgerWriteFailed when nothing could be written down; nothing was sent
        then.
        """
        async with self._checker.lock:
            self._checker.admit()
            snapshot = await self._checker.observer.observe()
            busy = tuple(order.leg.key for order in orders if self._is_busy(order.leg.key, snapshot))
            orders = [order for order in orders if order.leg.key not in busy]
            changed = tuple(order.leg.key for order in orders if not _is_fit(order, snapshot, smaller=seen is not None))
            # What is asked again says whether its numbers are believed.
            self._checker.observer.judge(snapshot)
            gone: tuple[LegKey, ...] = ()
            if seen is not None:
                there = snapshot.by_key.keys() | snapshot.unreadable_keys
                gone = tuple(key for key in changed if key not in there)
                orders = [order for order in orders if order.leg.key not in changed]
                closable = [*snapshot.by_key, *(leg.key for leg in snapshot.unreadable if leg.closable)]
                changed = tuple(key for key in closable if key in changed or key not in seen)
            elif changed:
                orders = []
            asked = tuple(_as_it_stands(order, snapshot) for order in orders)
            if not asked:
                return CloseResult(changed=changed, snapshot=snapshot, busy=busy, gone=gone)
            # What changed since the last check is taken in, and told, as a check would.
            self._checker.follow(snapshot, in_check=False)
            with self._journal.step():
                for leg in (order.leg for order in asked if order.leg.key in self._checker.observer.missized):
                    life = self._ledger.lives().get(leg.key)
                    if isinstance(leg, Leg) and life is not None and life.is_of(leg):
                        # How large its contracts are is in doubt; how many there are, the row alone says.
                        self._ledger.keep_life(life.recounted(leg.contracts))
                self._journal.record(
                    CloseAsked(
                        at=self._journal.now(),
                        legs=tuple(order.leg.key for order in asked),
                        contracts=tuple(order.contracts for order in asked),
                        by=by,
                    ),
                    tell=False,
                )
            sent: list[Intent] = []
            problem = ""
            try:
                await self._send(asked, by, nonce, sent)
            except (AccessRefused, LedgerWriteFailed) as exc:
                # Some of the orders may have gone out: the ledger knows which.
                problem = str(exc)
            with contextlib.suppress(LedgerWriteFailed):
                # It is on disk already, and told a minute later at the worst.
                self._checker.executor.fills.tell_purpose(f"hand{nonce}")
            with contextlib.suppress(ExchangeProblem):
                # What people look at next must not show the legs as they were.
                self._checker.last_good = snapshot = await self._checker.observer.observe()
            left = {intent.client_order_id for intent in self._ledger.open_intents()}
            return CloseResult(
                changed=changed,
                snapshot=snapshot,
                busy=busy,
                gone=gone,
                asked=asked,
                sent=tuple(sent),
                unresolved=tuple(intent.leg for intent in sent if intent.client_order_id in left),
                problem=problem,
            )

    async def _send(self, asked: Sequence[CloseOrder], by: int, nonce: str, sent: list[Intent]) -> None:
        """Send an order for each leg side by side, and the next one of a leg when all of the one before has filled.

        ``sent`` takes in what is meant, before it is sent. Raises AccessRefused, LedgerWriteFailed.
        """
        deadline = self._journal.monotonic() + LONGEST_CLOSE
        due = {order.leg.key: order for order in asked}
        in_all = {order.leg.key: order.contracts for order in asked}
        for number in itertools.count():
            round_of = [self._intent(order, in_all[key], by, nonce, number) for key, order in due.items()]
            sent += round_of
            held = {intent.leg: self._held(intent) for intent in round_of}
            await self._checker.executor.execute(round_of, lambda _: not self._checker.stopping)
            # What has not filled whole, or is not known to, ends it for its leg; and no check waits for ever.
            whole = [intent for intent in round_of if held[intent.leg] - self._held(intent) == intent.contracts]
            left = [
                _after(due[intent.leg], intent.contracts) for intent in whole if due[intent.leg].contracts > intent.contracts
            ]
            due = {order.leg.key: order for order in left}
            if not due or self._journal.monotonic() >= deadline:
                return

    def _held(self, intent: Intent) -> Decimal:
        """Give what the leg of an order should hold by now; 0 when it lives no more."""
        life = self._ledger.lives().get(intent.leg)
        return life.contracts if life is not None and life.opened_at == intent.opened_at else Decimal(0)

    def _is_busy(self, key: LegKey, snapshot: Snapshot) -> bool:
        life, leg = self._ledger.lives().get(key), snapshot.held(key)
        if life is not None and leg is not None and life.is_of(leg) and life.is_stale(leg, self._journal.now()):
            return True
        return any(intent.leg == key for intent in self._ledger.open_intents())

    def _intent(self, order: CloseOrder, in_all: Decimal, by: int, nonce: str, number: int) -> Intent:
        leg, tag, profile = order.leg, f"hand{nonce}", self._checker.profile
        mode = leg.position_mode or (profile.position_mode if profile is not None else PositionMode.NET)
        # Of a row that does not say when its leg was opened, the remembered life says it: it was taken in just now.
        opened_at = leg.opened_at or self._ledger.lives()[leg.key].opened_at
        return Intent(
            client_order_id=client_order_id(self._ledger.first_name, leg.key, opened_at, 0, tag, number),
            leg=leg.key,
            opened_at=opened_at,
            position_mode=mode,
            rule="hand",
            tag=tag,
            contracts=slices(order.contracts, leg.instrument)[0],
            basis=basis_of(leg, in_all),
            meant_at=self._journal.now(),
            by=by,
        )


def _as_filled(intent: Intent, life: Life) -> Life:
    """Give a life with an order as filled whole, long ago: the leg shows what it left."""
    order = Order(
        client_order_id=intent.client_order_id,
        order_id=intent.order_id,
        status=OrderStatus.FILLED,
        filled_contracts=intent.contracts,
        updated_at=intent.basis.adjusted_at,
    )
    return life.after_order(intent, order, intent.basis.min_contracts or Decimal(1), intent.basis.lot_size or Decimal(1))


def _is_fit(order: CloseOrder, snapshot: Snapshot, *, smaller: bool) -> bool:
    """Say whether a leg still is what the person saw, or a ``smaller`` one where that will do."""
    shown, now = order.leg, snapshot.held(order.leg.key)
    if now is None or now.opened_at != shown.opened_at:
        return False
    if now.contracts == shown.contracts:
        return True
    return smaller and None not in (now.contracts, shown.contracts) and (now.contracts or 0) < (shown.contracts or 0)


def _as_it_stands(order: CloseOrder, snapshot: Snapshot) -> CloseOrder:
    leg = snapshot.held(order.leg.key) or order.leg
    return CloseOrder(leg, min(order.contracts, leg.contracts or order.contracts))


def _after(order: CloseOrder, closed: Decimal) -> CloseOrder:
    """Give what is left to do of a close when a part of it has filled."""
    leg, rest = order.leg, order.contracts - closed
    left = (leg.contracts or order.contracts) - closed
    if isinstance(leg, UnreadableLeg):
        return CloseOrder(leg.replaced(contracts=left), rest)
    return CloseOrder(leg.replaced(contracts=left, initial_margin=leg.initial_margin * left / leg.contracts), rest)
