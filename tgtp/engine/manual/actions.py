"""What people do by hand: pause, resume, re-arm, close, change ladders and preferences. Each is recorded with who did it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from tgtp.domain.events import (
    DrawdownChanged,
    DynamicChanged,
    GuardChanged,
    LadderChanged,
    LanguageChosen,
    LegRearmed,
    OrderDecided,
    OwnerPaired,
    OwnerReleased,
    Resumed,
    WishChanged,
)
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey
from tgtp.domain.order import Intent, Order, OrderStatus
from tgtp.domain.pauses import Pause
from tgtp.domain.resting.rules import RestingMode, RestingRules
from tgtp.engine.cycle import Checker
from tgtp.engine.guards.guard_notes import GuardChange
from tgtp.engine.manual.closing import CloseOrder, CloseResult, Closing
from tgtp.engine.manual.selection import EVERYTHING, Selection
from tgtp.engine.pausing.book import PauseBook, pause_at_once
from tgtp.engine.ports import Ledger
from tgtp.engine.rulebook import LadderChange
from tgtp.engine.volatility.scaled_rules import Switches


class ManualActions:
    """The hand's way in. Closing by hand works while paused."""

    def __init__(self, checker: Checker, beside: Sequence[Ledger] = ()) -> None:
        """``beside`` are the ledgers of the accounts that follow the same ladders."""
        self._checker = checker
        self._journal = checker.journal
        self._ledger = checker.journal.ledger
        self._beside = tuple(beside)
        self._closing = Closing(checker)
        self.pauses = PauseBook(checker.journal)

    def pause(self, name: str, by: int, until: dt.datetime | None = None) -> bool:
        """Pause a scope, by its name; False when a person paused it already. Survives restarts.

        ``until`` is when it ends by itself, and replaces the end of an earlier one; None for not at all. Raises PauseUnwritten
        when it is in force, and not on disk.
        """
        (done,) = pause_at_once([(self.pauses, name)], by, until)
        return done

    def resume(self, name: str, by: int) -> tuple[Pause, ...]:
        """Lift what persons have paused: everywhere (``*``), or of just this scope; return what was lifted.

        What is paused for another cause stays so, until that is lifted for itself.
        """
        if not self._ledger.pauses().lifted_by(name):
            return ()
        with self._journal.step():
            return self.write_resume(name, by)

    def write_resume(self, name: str, by: int) -> tuple[Pause, ...]:
        """Resume, inside a step; return what was lifted."""
        lifted = self._ledger.pauses().lifted_by(name)
        self.pauses.lift(lifted)
        self._journal.record(Resumed(at=self._journal.now(), name=name, by=by), on_card=by)
        self._look_soon()
        return lifted

    def lift(self, pause: Pause, by: int) -> bool:
        """Lift one pause, whatever its cause; False when it is no longer in force, or only the settings end it."""
        if pause.is_by_settings or pause not in self._ledger.pauses().entries:
            return False
        with self._journal.step():
            self.pauses.lift([pause])
            resumed = Resumed(at=self._journal.now(), name=pause.scope, by=by, cause=pause.cause)
            self._journal.record(resumed, on_card=by)
            self._look_soon()
            if pause.cause == "guard":
                # Without it nothing would guard the account from now on, and nobody would know.
                self._checker.drawdown.reset(by)
        return True

    async def reset_drawdown(self, by: int, fired_at: dt.datetime | None) -> bool:
        """Begin the drawdown guard anew, with a peak of now, and lift the pause that it has set. Raises LedgerWriteFailed.

        False, and nothing is changed, when it has acted, or was begun anew, since the person saw it (acted at ``fired_at``).
        """

        async def command() -> bool:
            if self._checker.drawdown.fired_at != fired_at:
                return False
            guards = [pause for pause in self._ledger.pauses().entries if pause.cause == "guard"]
            with self._journal.step():
                self.pauses.lift(guards)
                self._checker.drawdown.reset(by)
            return True

        return await self._checker.run_exclusive(command)

    async def change_drawdown(self, before: DrawdownRules, after: DrawdownRules, by: int) -> bool:
        """Set the drawdown guard, from the next check on; False when it is no longer what the person saw."""
        notes = self._checker.drawdown.notes

        async def command() -> bool:
            if notes.rules != before:
                return False
            with self._journal.step():
                notes.change(after)
                event = DrawdownChanged(at=self._journal.now(), before=before, after=after, by=by)
                self._journal.record(event, except_for=by)
            return True

        return await self._checker.run_exclusive(command)

    async def rearm(self, life: Life, by: int) -> bool:
        """Empty the ladder of a leg; False when the leg has lived on since, more has fired, or an order is in flight."""

        async def command() -> bool:
            # One that rests and has fired before would be counted for the emptied ladder.
            may_have_fired = self._checker.held is None and await self._checker.resting.may_have_fired(life.key)
            current = self._ledger.lives().get(life.key)
            if (
                current is None
                or may_have_fired
                or self._checker.held is not None
                or current.gone_at is not None
                # An order decided on before would be counted for the emptied ladder.
                or any(intent.leg == life.key for intent in self._ledger.open_intents())
                or (current.opened_at, current.generation) != (life.opened_at, life.generation)
                # A check may have fired another tier while this waited for its turn.
                or (current.fired_numbers, current.unfinished) != (life.fired_numbers, life.unfinished)
            ):
                return False
            with self._journal.step():
                self._ledger.keep_life(current.rearmed())
                self._journal.record(LegRearmed(at=self._journal.now(), leg=life.key, by=by), except_for=by)
                self._look_soon()
            return True

        return await self._checker.run_exclusive(command)

    async def decide_order(self, name: str, *, filled: bool, by: int) -> Intent | None:
        """Take somebody's word for what became of a tier's order that the exchange has forgotten; None when it is not asked.

        A tier that has filled counts as fired; else it may fire again, under the next name.
        """

        async def command() -> Intent | None:
            intent = next((one for one in self._ledger.open_intents() if one.client_order_id == name), None)
            if intent is None or intent.rule != "tier" or not self._checker.executor.outcomes.is_beyond_records(intent):
                return None
            now, life = self._journal.now(), self._ledger.lives().get(intent.leg)
            with self._journal.step():
                self._ledger.drop_intent(name)
                if life is not None and life.opened_at == intent.opened_at:
                    after = _as_filled(intent, life) if filled else life.after_refusal(intent.tag, "forgotten", now)
                    self._ledger.keep_life(after)
                self._journal.record(OrderDecided(at=now, intent=intent, filled=filled, by=by), except_for=by)
                self._look_soon()
            return intent

        return await self._checker.run_exclusive(command)

    async def change_ladder(self, change: LadderChange, by: int) -> bool:
        """Return ladders, from the next check on; False when one is no longer what the person saw, and nothing is changed.

        A tier that has been begun ends as it was begun; tiers that have fired stay fired by their number.
        """
        rulebook = self._checker.rulebook

        async def command() -> bool:
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

        return await self._checker.run_exclusive(command)

    async def change_dynamic(
        self, before: Switches, instrument_id: str, shown: Mapping[LegKey, Ladder], *, on: bool, by: int
    ) -> bool:
        """Let thresholds follow the volatility or not, from the next check on, of one instrument or of all ("").

        False when the switches are no longer what the person saw (``before``), or would not make of a leg's ladder what was
        ``shown``: nothing is changed.
        """
        scaling, after = self._checker.scaling, before.changed(instrument_id, on)

        async def command() -> bool:
            rules = scaling.as_if(after, self._checker.exchange_now())
            if scaling.switches != before or any(rules.ladder_of(leg) != ladder for leg, ladder in shown.items()):
                return False
            with self._journal.step():
                scaling.change(after)
                event = DynamicChanged(at=self._journal.now(), instrument_id=instrument_id, on=on, by=by)
                self._journal.record(event, except_for=by)
                self._look_soon()
            return True

        return await self._checker.run_exclusive(command)

    async def change_resting(self, before: RestingRules, instrument_id: str, mode: RestingMode, by: int) -> bool:
        """Have tiers rest at the exchange or not, from the next check on, of one instrument or of all ("").

        False when that is no longer what the person saw (``before``), and nothing is changed.
        """
        resting = self._checker.resting

        async def command() -> bool:
            if resting.rules != before:
                return False
            with self._journal.step():
                resting.change(instrument_id, mode, by)
            return True

        return await self._checker.run_exclusive(command)

    async def change_guards(self, change: GuardChange, by: int) -> bool:
        """Set guards, from the next check on; False when they are no longer what the person saw, and nothing is changed."""
        rulebook = self._checker.rulebook

        async def command() -> bool:
            if rulebook.with_guards(change.wanted) != change:
                return False
            with self._journal.step():
                rulebook.change_guards(change.wanted)
                for ledger in (self._ledger, *self._beside):
                    for life in list(ledger.lives().values()):
                        if (after := life.without_told("held:guard")) != life:
                            # What was told once was told of the guard as it was.
                            ledger.keep_life(after)
                for of, text in change.wanted.items():
                    event = GuardChanged(
                        at=self._journal.now(),
                        rule=of.rule,
                        instrument_id=of.instrument_id,
                        before=change.before.written(of.rule, of.instrument_id),
                        after=change.after.written(of.rule, of.instrument_id),
                        default=text is None,
                        by=by,
                    )
                    self._journal.record(event, except_for=by)
            return True

        return await self._checker.run_exclusive(command)

    def confirm_account(self, by: int) -> bool:
        """Say that the key of another account is what this name stands for; False when that is not asked."""
        return self._checker.identities.confirm(self._journal, by)

    def choose_language(self, language: str, by: int) -> None:
        """Remember a person's language."""
        with self._journal.step():
            self._ledger.keep_note(f"language:{by}", language)
            self._journal.record(LanguageChosen(at=self._journal.now(), language=language, by=by), tell=False)

    def keep_wish(self, name: Literal["notify", "quiet", "theme", "panel", "zone"], note: str, value: Any, by: int) -> None:
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
        self,
        orders: Sequence[CloseOrder],
        by: int,
        nonce: str,
        *,
        seen: Collection[LegKey] | None = None,
        small: Collection[LegKey] = (),
        of: Selection = EVERYTHING,
    ) -> CloseResult:
        """Close what the person confirmed, if every leg still is what they saw; otherwise send nothing.

        With ``seen`` a selection was to be closed (``of``), and these legs were there. Those that only became smaller are
        closed as they stand, whole or down to the base. Those that grew or are new in it are left for another question; so is
        whatever changed where a share was asked for (half of a half is a quarter), and so are ``small`` ones, of which the
        share was no order, where it is one now. More than one market order takes goes out in several, each after the end of
        the one before. ``nonce`` names this confirmation; it goes into the
        orders' names. Raises ExchangeProblem when the account cannot be seen, LedgerWriteFailed when nothing could be written
        down; nothing was sent then.
        """
        return await self._checker.run_exclusive(partial(self._closing.close, orders, by, nonce, seen=seen, small=small, of=of))

    def _look_soon(self) -> None:
        """Have a check begin once the step in hand is written: until then a pushed price goes by what holds no more."""
        self._journal.when_written(self._checker.wake)


def _as_filled(intent: Intent, life: Life) -> Life:
    """Return a life with an order as filled whole, long ago: the leg shows what it left."""
    order = Order(
        client_order_id=intent.client_order_id,
        order_id=intent.order_id,
        status=OrderStatus.FILLED,
        filled_contracts=intent.contracts,
        updated_at=intent.basis.adjusted_at,
    )
    return life.after_order(intent, order, intent.basis.min_contracts or Decimal(1), intent.basis.lot_size or Decimal(1))
