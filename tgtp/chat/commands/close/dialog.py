"""The buttons of a close by hand, from the list of legs to the outcome on the card."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import NamedTuple

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.commands import arguments
from tgtp.chat.commands.close import close_view, parse, selection_text
from tgtp.chat.commands.close.close_view import Done
from tgtp.chat.commands.confirm_step import ConfirmStep, unforeseen
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.formatting.callback_ids import mark_of, marked
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import gone_or_blind
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.events import HandFilled, OrderRejected
from tgtp.domain.model import LegKey, Snapshot
from tgtp.domain.sizing import NoOrder, slices
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder, CloseResult
from tgtp.engine.manual.selection import selection_of
from tgtp.errors import ExchangeProblem, LedgerWriteFailed

log = logging.getLogger(__name__)

# At the end of a button's data: what is asked comes as a message of its own, and the one that was pressed stays.
NEW = ":new"

Ended = dict[LegKey, list[tuple[int, HandFilled | OrderRejected]]]


class CloseQuestion(NamedTuple):
    """What a card asks. ``seen`` are the legs that were there when several were to be closed, None where one was named.

    ``small`` are legs that the wish is of, too, and of which nothing can be ordered.
    """

    wish: parse.CloseRequest
    orders: list[CloseOrder]
    seen: frozenset[LegKey] | None
    small: list[tuple[LegKey, NoOrder]]


class CloseDialog:
    """Keeps the open questions; every press is bound to the leg, size and life that its card showed."""

    def __init__(self, session: Session, actions: ManualActions, pending: PendingResults) -> None:
        self._session = session
        self._checker = session.checker
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._pending = pending
        self._confirm: ConfirmStep[CloseQuestion] = ConfirmStep(session, "close", "sent")

    def marks(self, snapshot: Snapshot) -> dict[LegKey, str]:
        """Name the life of every leg, for buttons."""
        return {leg.key: mark_of(leg) for leg in snapshot.closable}

    def card(
        self, reader: Reader, wish: parse.CloseRequest, snapshot: Snapshot, user_id: int, only: Collection[LegKey] | None = None
    ) -> Message:
        """Ask: the first button confirms, the last cancels; of a selection, of ``only`` these legs where some are named.

        Raises Unclear when there is nothing to order.
        """
        orders, small = parse.orders_for(reader, wish, snapshot, only)
        seen = snapshot.leg_keys if wish.key is None else None
        nonce = self._confirm.ask(CloseQuestion(wish, orders, seen, small), user_id)
        left_out = close_view.left_out(reader, snapshot, wish.of) if wish.key is None else None
        doubts = close_view.doubts(reader, [order.leg.key for order in orders], self._checker.observer.doubts)
        small_lines = selection_text.too_small(reader, small, wish.share)
        warnings = [
            line for line in (*small_lines, self._only_here(reader, wish), left_out, doubts, self._warning(reader)) if line
        ]
        return close_view.card(reader, orders, nonce, VALID, warnings, wish)

    async def press(self, update: Update, context: Context, kind: str, rest: str) -> None:
        """Answer a button of this conversation. Raises Unclear."""
        query, reader = query_of(update), self._session.reader(update)
        user_id = query.from_user.id
        if kind == "cl":
            await answer(query)
            asked = rest.removesuffix(NEW)
            # A card of a leg stays as it is: the question comes below it.
            show = self._session.below if asked != rest else self._session.change
            await show(query, self._picked(reader, asked, self._checker.last_good, user_id))
            return
        if kind == "cx" and not rest:
            # Of a list: nothing was asked yet.
            await self._session.reply(update, context, Message(reader.say("close.cancelled")))
            return
        subject = await self._confirm.take(update, context, rest, consents=kind == "cf")
        if subject is None:
            return
        try:
            # Should the outcome not reach the card, now or because this process ends, the outbox tells it.
            with self._pending.working(user_id):
                works = self._carry_out(reader, subject, user_id, rest), self._confirm.say_working(update)
                done, _ = await asyncio.gather(*works, return_exceptions=True)
                if isinstance(done, BaseException):
                    if isinstance(done, Exception):
                        await self._confirm.say_broken(update, done)
                    raise done
                message, numbers = done
                await self._session.change(query, message)
                self._pending.read(numbers, user_id)
        finally:
            self._checker.journal.wake()

    def _only_here(self, reader: Reader, wish: parse.CloseRequest) -> Html | None:
        """Say that closing several legs closes nothing in other accounts."""
        if wish.key is not None or not self._session.beside:
            return None
        account, other = self._session.named, self._session.beside[0]
        words = selection_text.command_words(reader, wish.of, wish.share)
        return reader.say("close.only.here", account=account, other=other, words=words)

    def _warning(self, reader: Reader) -> Html | None:
        checker = self._checker
        error = checker.last_report.error if checker.last_report is not None else None
        if not checker.outage.failed_in_a_row or error is None:
            return None
        return reader.say("status.blind", failed=checker.outage.failed_in_a_row, why=error.problem)

    def _picked(self, reader: Reader, rest: str, snapshot: Snapshot | None, user_id: int) -> Message:
        if snapshot is None:
            return Message(reader.say("not.yet"))
        mark, _, how = rest.partition(":")
        leg = marked(snapshot.closable, mark)
        if leg is None:
            return Message(gone_or_blind(reader.language, snapshot, "close.gone"))
        if not how:
            return close_view.how_much(reader, leg, mark)
        try:
            name = selection_text.command_words(reader, selection_of(leg.key))
            return self.card(reader, parse.CloseRequest(leg.key, parse.read_share(reader, how, name)), snapshot, user_id)
        except arguments.Unclear as exc:
            return Message(exc.text)

    async def _carry_out(self, reader: Reader, asked: CloseQuestion, user_id: int, nonce: str) -> tuple[Message, list[int]]:
        """Close what was confirmed; gives the outcome, and the numbers of the events that it tells."""
        language, wish = reader.language, asked.wish
        try:
            result = await self._result(asked, user_id, nonce)
        except (ExchangeProblem, LedgerWriteFailed) as exc:
            log.error("a close by hand was not carried out: %s", exc)
            return Message(reader.say("close.unsent", why=exc.problem)), []
        busy = reader.say("close.busy", legs=names([leg_name(language, key) for key in result.busy]))
        if result.problem and not result.sent:
            return Message(reader.say("close.unsent", why=result.problem)), []
        if not result.sent:
            # Nothing is called gone here that may be there, with a row that cannot be read.
            why = reader.say("close.changed") if result.changed or not result.busy else busy
            return self._ask_again(reader, wish, user_id, result, why), []
        ended = self._ended(nonce, len(result.sent))
        parts = [self._outcome(reader, result, ended)]
        if result.gone:
            parts.append(reader.say("close.were.gone", legs=names([leg_name(language, key) for key in result.gone])))
        if result.busy:
            parts.append(busy)
        snapshot = self._checker.last_good
        small = [each for each in asked.small if each[0] not in result.changed]
        parts += selection_text.too_small(reader, [*small, *result.small], wish.share)
        if wish.key is None and snapshot is not None and (left_out := close_view.left_out(reader, snapshot, wish.of)):
            parts.append(left_out)
        numbers = [number for events in ended.values() for number, _ in events]
        if not result.changed:
            return Message(Html("\n".join(parts))), numbers
        again = self._ask_again(reader, wish, user_id, result, reader.say("close.grown"), only=result.changed)
        return again._replace(text=Html("\n".join([*parts, again.text]))), numbers

    async def _result(self, asked: CloseQuestion, user_id: int, nonce: str) -> CloseResult:
        """Close; where that breaks in a way that nobody foresaw, the ledger says what was sent. Raises as ``close`` else."""
        small = [key for key, _ in asked.small]
        closing = self._actions.close(asked.orders, user_id, nonce, seen=asked.seen, small=small, of=asked.wish.of)
        (result,) = await asyncio.gather(closing, return_exceptions=True)
        if isinstance(result, CloseResult):
            return result
        if isinstance(result, (ExchangeProblem, LedgerWriteFailed)) or not isinstance(result, Exception):
            raise result
        log.error("a close by hand broke", exc_info=result)
        still_open = [intent for intent in self._ledger.open_intents() if intent.tag == f"hand{nonce}"]
        ended = self._ended(nonce, sum(len(slices(order.contracts, order.leg.instrument)) for order in asked.orders))
        return CloseResult(
            asked=tuple(asked.orders),
            sent=(*(event.intent for events in ended.values() for _, event in events), *still_open),
            unresolved=tuple(intent.leg for intent in still_open),
            problem=unforeseen(result),
        )

    def _ask_again(
        self,
        reader: Reader,
        wish: parse.CloseRequest,
        user_id: int,
        result: CloseResult,
        why: Html,
        only: Collection[LegKey] | None = None,
    ) -> Message:
        snapshot = result.snapshot or Snapshot(taken_at=self._checker.journal.now(), legs=())
        try:
            again = self.card(reader, wish, snapshot, user_id, only)
        except arguments.Unclear as exc:
            return Message(exc.text)
        return Message(Html(f"{why}\n\n{again.text}"), again.buttons)

    def _ended(self, nonce: str, count: int) -> Ended:
        """Return what became of every order of a close, by leg and in order."""
        found: Ended = {}
        for number, event in reversed(self._ledger.history(2 * count + 50)):
            if isinstance(event, (HandFilled, OrderRejected)) and event.intent.tag == f"hand{nonce}":
                found.setdefault(event.intent.leg, []).append((number, event))
        return found

    def _outcome(self, reader: Reader, result: CloseResult, ended: Ended) -> Html:
        count = len(result.asked)
        if result.problem and not (ended or result.unresolved):
            return reader.say("close.unsent", why=result.problem)
        done = [Done(order, ended.get(order.leg.key, ()), order.leg.key in result.unresolved) for order in result.asked]
        if len(done) > close_view.MOST_ROWS:
            # What did not go as asked must not be among those that are left out.
            done.sort(key=lambda one: one.is_whole)
        rows = [close_view.outcome(reader, one) for one in done]
        if len(rows) > close_view.MOST_ROWS:
            rows[close_view.MOST_ROWS :] = [reader.say("close.rows.more", more=len(rows) - close_view.MOST_ROWS)]
        filled = sum(one.is_whole for one in done)
        some = any(one.closed for one in done)
        whole = "done" if count == 1 else "done_several"
        head = whole if filled == count else "unclear" if result.unresolved else "partly" if some else "not_done"
        text = reader.say(f"close.{head}", filled=filled, count=count, rows=Html("\n".join(rows)))
        text = Html("\n".join([text, *close_view.total(reader, done)]))
        if result.problem:
            text = Html(f"{text}\n{reader.say('close.broken', why=result.problem)}")
        return text
