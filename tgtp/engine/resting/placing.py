"""Places, amends and cancels. What is to rest is on disk before it leaves the house, under the name that it is looked up by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from tgtp.domain.plan import Situation
from tgtp.domain.resting.audit import Change, Rested
from tgtp.domain.resting.conditional import tag_of
from tgtp.domain.resting.wanted import Wanted
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock
from tgtp.engine.ports.conditional import ConditionalOrders
from tgtp.engine.resting.book import RestingBook
from tgtp.engine.resting.settling import LookedUp, Settling
from tgtp.errors import AccessRefused, LedgerWriteFailed, NotSent, OrderRefused, OutcomeUnknown, Problem, TemporarilyDown

log = logging.getLogger(__name__)

AT_ONCE: Final = 10
# Seconds between looks whether what was cancelled is seen to be.
LOOKS = (0.0, 0.2, 0.5)
# What the exchange answers: the name was used, the price is at the trigger already, there are too many.
USED: Final = ("51065", "51068")
CROSSED: Final = ("51303", "51300", "51277", "51279")
TOO_MANY: Final = ("51261", "51299")
# What ends an order with its leg; where it is refused nothing may rest.
ENDS_WITH_LEG: Final = "cxlonclosepos"


class Refusal(NamedTuple):
    """Why a tier does not rest, in the exchange's words (``reason``) and as people are told (``why``)."""

    rested: Rested
    code: str
    reason: str
    why: Problem


class Placed(NamedTuple):
    """What came of placing: ``crossed`` say that the price is there already, ``too_many`` and ``unfit`` stop all others."""

    crossed: bool = False
    too_many: bool = False
    unfit: Refusal | None = None


class Placing:
    """The hands of what rests. The caller has the account to itself."""

    def __init__(
        self,
        conditional: ConditionalOrders,
        journal: Journal,
        clock: Clock,
        book: RestingBook,
        settling: Settling,
        may_rest: Callable[[Rested], bool],
    ) -> None:
        """``may_rest`` is asked again just before each order leaves."""
        self._conditional = conditional
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._book = book
        self._settling = settling
        self._may_rest = may_rest
        self._at_once = asyncio.Semaphore(AT_ONCE)

    # -- cancelling ---------------------------------------------------------------------------------------------------

    async def cancel(self, rested: Iterable[Rested]) -> None:
        """Have these cancelled, and see that they are; what is not seen to be stays ``leaving``. Raises AccessRefused."""
        leaving = self._leave(rested)
        if not leaving:
            return
        refused = [problem for problem in await asyncio.gather(*map(self._ask, leaving)) if problem is not None]
        left: Collection[Rested] = leaving
        for pause in LOOKS:
            if pause:
                await self._clock.sleep(pause)
            fates = self._settling.take_all(await self._settling.look_up(left))
            left = [one for one in left if one.order.name in self._book.rested]
            # Until a list shows the end of one it says that it waits.
            if not left or all(fate == "unknown" for _, fate in fates):
                break
        if refused:
            raise refused[0]

    def _leave(self, rested: Iterable[Rested]) -> list[Rested]:
        """Write down that these are to end, and since when a pause wants that."""
        kept = self._book.rested
        leaving = [
            kept[one.order.name].replaced(leaving=True, paused_at=kept[one.order.name].paused_at or one.paused_at)
            for one in rested
            if one.order.name in kept
        ]
        if any(one != kept[one.order.name] for one in leaving):
            with self._journal.step():
                self._book.keep(*leaving)
        return leaving

    async def _ask(self, one: Rested) -> AccessRefused | None:
        async with self._at_once:
            try:
                algo_id = one.algo_id
                if not algo_id and (found := await self._conditional.find(one.order.name)) is not None:
                    algo_id = found.algo_id
                if algo_id:
                    await self._conditional.cancel(one.order.leg.instrument_id, algo_id)
            except AccessRefused as exc:
                return exc
            except OrderRefused as exc:
                # Triggered, gone, or being cancelled: it is looked up next.
                log.info("%s could not be cancelled: %s", one.order.name, exc)
            except (OutcomeUnknown, NotSent, TemporarilyDown) as exc:
                log.warning("%s: it is not known whether it is cancelled: %s", one.order.name, exc)
        return None

    async def ask_quietly(self, rested: Iterable[Rested]) -> int:
        """Ask beside a check for the end of these; return how many were not seen to have ended. A check takes that in."""
        asked = list(rested)
        try:
            self._leave(asked)
        except LedgerWriteFailed as exc:
            log.error("that %s orders are to end could not be written down: %s", len(asked), exc)
        await asyncio.gather(*map(self._ask, asked))
        seen = await self._settling.look_up(asked)
        return sum(not _has_ended(each) for each in seen)

    # -- amending -----------------------------------------------------------------------------------------------------

    async def amend(self, changes: Iterable[Change], situation: Situation) -> None:
        """Give these another size or trigger. What cannot be amended is looked up: it may have fired. Raises AccessRefused.

        What the exchange will not amend does not stay as it is: it is cancelled, and the next check places another.
        """
        asked = list(changes)
        results = await asyncio.gather(*(self._amend(change, situation) for change in asked))
        done = [one for one, _ in results if isinstance(one, Rested)]
        if done:
            kept = self._book.rested
            with self._journal.step():
                # A pause may have wanted their end meanwhile.
                self._book.keep(
                    *(
                        kept[one.order.name].replaced(order=one.order, intent=one.intent)
                        for one in done
                        if one.order.name in kept
                    )
                )
        unsure = [change.rested for change, (one, _) in zip(asked, results, strict=True) if not isinstance(one, Rested)]
        if unsure:
            self._settling.take_all(await self._settling.look_up(unsure))
        await self.cancel(change.rested for change, (one, _) in zip(asked, results, strict=True) if one == "refused")
        for _, problem in results:
            if problem is not None:
                raise problem

    async def _amend(
        self, change: Change, situation: Situation
    ) -> tuple[Rested | Literal["refused"] | None, AccessRefused | None]:
        one, wanted = change
        life = self._book.life_of(one)
        # Its name stays what it is.
        order = wanted.order.replaced(name=one.order.name)
        if life is None or not self._may_rest(one):
            return None, None
        async with self._at_once:
            try:
                await self._conditional.amend(one.algo_id, order)
            except AccessRefused as exc:
                return None, exc
            except OrderRefused as exc:
                log.warning("%s could not be amended: %s", one.order.name, exc)
                return "refused", None
            except (OutcomeUnknown, NotSent, TemporarilyDown) as exc:
                log.warning("%s: it is not known whether it is amended: %s", one.order.name, exc)
                return None, None
        intent = wanted._replace(order=order).intent(life, situation)
        return one.replaced(order=order, intent=intent), None

    # -- placing ------------------------------------------------------------------------------------------------------

    async def place(self, wanted: Sequence[Wanted], situation: Situation) -> Placed:
        """Have these rest. Raises AccessRefused when the exchange refused the keys, LedgerWriteFailed."""
        if not wanted:
            return Placed()
        meant = self._write_down(wanted, situation)
        answers = await asyncio.gather(*map(self._place, meant))
        used: list[Rested] = []
        refusals: list[Refusal] = []
        problem: AccessRefused | None = None
        with self._journal.step():
            for one, answer in zip(meant, answers, strict=True):
                if isinstance(answer, str):
                    self._rests(one, answer)
                elif isinstance(answer, OrderRefused) and answer.code in USED:
                    # One that is remembered no more had this name. Should it have ended, the next name is free.
                    used.append(one.replaced(leaving=True))
                elif isinstance(answer, OrderRefused):
                    self._book.strike(one, ended=False)
                    refusals.append(Refusal(one, answer.code, answer.reason, answer.why))
                elif answer is None or isinstance(answer, NotSent | AccessRefused):
                    self._book.strike(one, ended=False)
                    problem = answer if isinstance(answer, AccessRefused) else problem
                # Of all others it is not known whether they rest: they are looked up by name.
            self._book.keep(*used)
            for refusal in refusals:
                self._refused(refusal)
        await self._look_up_used(used)
        # A pause that has come meanwhile holds for what is there by now, too.
        await self.cancel([one for one in self._book.rested.values() if one in self._placed(meant) and not self._may_rest(one)])
        if problem is not None:
            raise problem
        unfit = next((each for each in refusals if _is_unfit(each)), None)
        codes = {each.code for each in refusals}
        return Placed(not codes.isdisjoint(CROSSED), not codes.isdisjoint(TOO_MANY), unfit)

    async def place_again(self, changes: Sequence[Change], situation: Situation) -> None:
        """Send once more, under the same name, what never was acknowledged and is not shown: it can be there but once.

        It is sent as it is wanted by now. Any other answer than yes says nothing of the first one: that is looked up until it
        would be known.
        """
        if not changes:
            return
        asked = self._write_down(
            [want._replace(order=want.order.replaced(name=one.order.name)) for one, want in changes], situation
        )
        answers = await asyncio.gather(*map(self._place, asked))
        answered = list(zip(asked, answers, strict=True))
        self._settling.sent_again(one.order.name for one, answer in answered if isinstance(answer, OutcomeUnknown))
        rests = [(one, answer) for one, answer in answered if isinstance(answer, str)]
        if rests:
            with self._journal.step():
                for one, algo_id in rests:
                    self._rests(one, algo_id)
        refused = next((answer for answer in answers if isinstance(answer, AccessRefused)), None)
        if refused is not None:
            raise refused

    def _write_down(self, wanted: Iterable[Wanted], situation: Situation) -> list[Rested]:
        now, lives = self._journal.now(), situation.lives
        meant = [Rested(order=want.order, intent=want.intent(lives[want.order.leg], situation), sent_at=now) for want in wanted]
        with self._journal.step():
            self._book.keep(*meant)
        return meant

    def _placed(self, meant: Iterable[Rested]) -> list[Rested]:
        rested = self._book.rested
        return [rested[one.order.name] for one in meant if one.order.name in rested]

    async def _place(self, one: Rested) -> str | OrderRefused | NotSent | AccessRefused | OutcomeUnknown | None:
        async with self._at_once:
            if not self._may_rest(one):
                return None
            try:
                return await self._conditional.place(one.order)
            except (OrderRefused, NotSent, AccessRefused, OutcomeUnknown) as exc:
                log.warning("%s of %s does not rest: %s", tag_of(one.order.tier), one.order.leg, exc)
                return exc

    def _rests(self, one: Rested, algo_id: str) -> None:
        # A pause may have wanted its end meanwhile.
        self._book.keep(self._book.rested.get(one.order.name, one).replaced(algo_id=algo_id))
        life, tag = self._book.life_of(one), tag_of(one.order.tier)
        if life is not None and tag in life.backoff and life.backoff[tag].code != "canceled":
            self._ledger.keep_life(life.at_once(tag))

    def _refused(self, refusal: Refusal) -> None:
        if refusal.code in TOO_MANY or _is_unfit(refusal):
            # Not this tier's fault.
            return
        self._settling.refused(refusal.rested, refusal.code, refusal.why)

    async def _look_up_used(self, used: Iterable[Rested]) -> None:
        found = await self._settling.look_up(used)
        for each in found:
            if each.found is not None and not _has_ended(each):
                # It waits, and is what was wanted, or is amended to that.
                with self._journal.step():
                    self._book.keep(each.rested.replaced(leaving=False))
        self._settling.take_all(found)


def _has_ended(looked_up: LookedUp) -> bool:
    found = looked_up.found
    return looked_up.is_known and found is not None and found.status not in ("live", "pause")


def _is_unfit(refusal: Refusal) -> bool:
    return ENDS_WITH_LEG in refusal.reason.lower()
