"""A close by hand: every leg is looked at anew, and nothing is sent for one that is not as the person saw it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.events import CloseAsked
from tgtp.domain.model import Leg, LegKey, PositionMode, Snapshot, UnreadableLeg
from tgtp.domain.order import Intent, client_order_id
from tgtp.domain.plan import basis_of
from tgtp.domain.sizing import NoOrder, closing_contracts, slices
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.selection import EVERYTHING, Selection
from tgtp.errors import ExchangeProblem, LedgerWriteFailed, Problem

# Seconds after which no further order of a close by hand is sent: checks wait for it.
LONGEST_CLOSE = 60


class CloseOrder(NamedTuple):
    """Close so many contracts of a leg, as the person saw it; also of one that cannot be read.

    ``share`` is the fraction of the leg that was asked for, None for down to the base.
    """

    leg: Leg | UnreadableLeg
    contracts: Decimal
    share: Decimal | None = Decimal(1)

    @property
    def names_its_end(self) -> bool:
        """Return whether it says what is left, whatever was held: nothing, or the base. Half of a half is a quarter."""
        return self.share is None or self.share == 1


class CloseResult(NamedTuple):
    """What became of a close: legs that had ``changed`` to what ``snapshot`` shows, and the orders ``sent`` for the others.

    ``asked`` is what was to be closed of each leg as it stood; ``sent`` has several orders of a leg where one cannot take it.
    ``problem`` is why some of them may not have been sent. ``busy`` legs have an order that is still being looked up, or are
    still shown as they were before one: nothing was sent for them. ``gone`` legs were closed already. ``small`` ones became so
    small since that they are no order.
    """

    changed: tuple[LegKey, ...] = ()
    snapshot: Snapshot | None = None
    busy: tuple[LegKey, ...] = ()
    gone: tuple[LegKey, ...] = ()
    small: tuple[tuple[LegKey, NoOrder], ...] = ()
    asked: tuple[CloseOrder, ...] = ()
    sent: tuple[Intent, ...] = ()
    unresolved: tuple[LegKey, ...] = ()
    problem: Problem | None = None


class Closing:
    """Closes legs of one account by hand."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._journal = checker.journal
        self._ledger = checker.journal.ledger

    async def close(
        self,
        orders: Sequence[CloseOrder],
        by: int,
        nonce: str,
        *,
        seen: Collection[LegKey] | None = None,
        small: Collection[LegKey] = (),
        of: Selection = EVERYTHING,
    ) -> CloseResult:
        """Close what the person confirmed, as ``ManualActions.close`` says. Only inside ``run_exclusive``."""
        self._checker.admit()
        snapshot = await self._checker.observer.observe()
        share = orders[0].share
        busy = tuple(order.leg.key for order in orders if self._is_busy(order.leg.key, snapshot))
        orders = [order for order in orders if order.leg.key not in busy]
        changed = tuple(order.leg.key for order in orders if not _is_fit(order, snapshot, of_several=seen is not None))
        # What is asked again says whether its numbers are believed.
        self._checker.observer.judge(snapshot)
        gone: tuple[LegKey, ...] = ()
        if seen is not None:
            gone = tuple(key for key in changed if key not in snapshot.leg_keys)
            orders = [order for order in orders if order.leg.key not in changed]
            closable = [*snapshot.by_key, *(leg.key for leg in snapshot.unreadable if leg.closable)]
            grown = [key for key in small if isinstance(self._closing(snapshot, key, share), Decimal)]
            changed = tuple(key for key in closable if key in changed or key in grown or (key not in seen and of.takes(key)))
        elif changed:
            orders = []
        standing = [(order.leg.key, _as_it_stands(order, snapshot, self._checker.rules.keep_margin)) for order in orders]
        asked = tuple(order for _, order in standing if isinstance(order, CloseOrder))
        shrunk = tuple((key, why) for key, why in standing if not isinstance(why, CloseOrder))
        if not asked:
            return CloseResult(changed=changed, snapshot=snapshot, busy=busy, gone=gone, small=shrunk)
        # What changed since the last check is taken in, and told, as a check would.
        self._checker.tracker.follow(snapshot)
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
        problem: Problem | None = None
        try:
            await self._send(asked, by, nonce, sent)
        except (ExchangeProblem, LedgerWriteFailed) as exc:
            # Some of the orders may have gone out: the ledger knows which.
            problem = exc.problem
        # What rests is a share of what was held.
        self._checker.resting.outdate()
        with contextlib.suppress(LedgerWriteFailed):
            # It is on disk already, and told a minute later at the worst.
            self._checker.executor.outcomes.fills.tell_purpose(f"hand{nonce}")
        with contextlib.suppress(ExchangeProblem):
            # What people look at next must not show the legs as they were.
            self._checker.last_good = snapshot = await self._checker.observer.observe()
        left = {intent.client_order_id for intent in self._ledger.open_intents()}
        return CloseResult(
            changed=changed,
            snapshot=snapshot,
            busy=busy,
            gone=gone,
            small=shrunk,
            asked=asked,
            sent=tuple(sent),
            unresolved=tuple(intent.leg for intent in sent if intent.client_order_id in left),
            problem=problem,
        )

    async def _send(self, asked: Sequence[CloseOrder], by: int, nonce: str, sent: list[Intent]) -> None:
        """Send an order for each leg side by side, and the next one of a leg when all of the one before has filled.

        ``sent`` takes in what is meant, before it is sent. Raises ExchangeProblem, LedgerWriteFailed.
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
        """Return what the leg of an order should hold by now; 0 when it lives no more."""
        life = self._ledger.lives().get(intent.leg)
        return life.contracts if life is not None and life.opened_at == intent.opened_at else Decimal(0)

    def _closing(self, snapshot: Snapshot, key: LegKey, share: Decimal | None) -> Decimal | NoOrder | None:
        leg = snapshot.held(key)
        return closing_contracts(leg, share, self._checker.rules.keep_margin) if leg is not None else None

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


def _is_fit(order: CloseOrder, snapshot: Snapshot, *, of_several: bool) -> bool:
    """Return whether a leg still is what the person saw; ``of_several``, a smaller one will do where the end is named."""
    shown, now = order.leg, snapshot.held(order.leg.key)
    if now is None or now.opened_at != shown.opened_at:
        return False
    if now.contracts == shown.contracts:
        return True
    will_do = of_several and order.names_its_end
    return will_do and None not in (now.contracts, shown.contracts) and (now.contracts or 0) < (shown.contracts or 0)


def _as_it_stands(order: CloseOrder, snapshot: Snapshot, keep_margin: Decimal) -> CloseOrder | NoOrder:
    leg = snapshot.held(order.leg.key) or order.leg
    if leg.contracts == order.leg.contracts:
        return order._replace(leg=leg)
    contracts = closing_contracts(leg, order.share, keep_margin)
    return order._replace(leg=leg, contracts=min(order.contracts, contracts)) if isinstance(contracts, Decimal) else contracts


def _after(order: CloseOrder, closed: Decimal) -> CloseOrder:
    """Return what is left to do of a close when a part of it has filled."""
    leg, rest = order.leg, order.contracts - closed
    left = (leg.contracts or order.contracts) - closed
    if isinstance(leg, UnreadableLeg):
        return order._replace(leg=leg.replaced(contracts=left), contracts=rest)
    margin = leg.initial_margin * left / leg.contracts
    return order._replace(leg=leg.replaced(contracts=left, initial_margin=margin), contracts=rest)
