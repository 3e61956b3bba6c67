"""Upkeep by hand: /maintain and /correct, from the words to the outcome on the card.

Nothing is sent without the card's confirm button, and where an authenticator is set a maintenance asks for its code too: it is
the one thing here that can make a leg larger.
"""

from __future__ import annotations

import logging
from typing import NamedTuple

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.arguments import NoAnswer, Unclear, named_legs
from tgtp.chat.commands.confirm_step import ConfirmStep
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.commands.upkeep import upkeep_cards
from tgtp.chat.commands.upkeep.totp_command import ask_code
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.callback_ids import marked
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import gone_or_blind, unguarded_now
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.model import Leg, Snapshot
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, MaintenanceRefusal
from tgtp.engine.manual.upkeep import CorrectionResult, MaintenanceResult, ManualUpkeep
from tgtp.errors import ExchangeProblem, LedgerWriteFailed

log = logging.getLogger(__name__)


class _Maintain(NamedTuple):
    plan: MaintenanceDraft


class _Correct(NamedTuple):
    legs: tuple[Leg, ...]


class UpkeepCommands(HandlerGroup):
    """Answers /maintain and /correct in one account; ``subs`` names the sub-accounts that there are."""

    def __init__(self, session: Session, codes: TotpQuestions, pending: PendingResults, subs: tuple[str, ...] = ()) -> None:
        self._session = session
        self._checker = session.checker
        self._upkeep_scheduler = session.checker.upkeep_scheduler
        self._actions = ManualUpkeep(session.checker)
        self._codes = codes
        self._pending = pending
        self._subs = subs
        self._confirm: ConfirmStep[_Maintain | _Correct] = ConfirmStep(session, "upkeep", "sent")

    @command("maintain", topic="upkeep", place=1)
    async def maintain(self, update: Update, context: Context) -> None:
        """Show what a maintenance of a leg would do, and ask."""
        reader = self._session.reader(update)
        snapshot = self._seen(reader)
        words = list(context.args or ())
        if not words:
            await self._reply(update, context, self._which(reader, snapshot))
            return
        legs, rest = named_legs(reader, words, snapshot, "maintain")
        if rest:
            raise Unclear(reader.say("too.many.words"))
        if len(legs) > 1:
            await self._reply(update, context, self._which(reader, snapshot.replaced(legs=tuple(legs))))
            return
        await self._reply(update, context, self._maintain_card(reader, legs[0], snapshot, user_id(update)))

    @command("correct", topic="upkeep", place=2)
    async def correct(self, update: Update, context: Context) -> None:
        """Show what a correction would do to the legs, or to one of them, and ask."""
        reader = self._session.reader(update)
        snapshot = self._seen(reader)
        legs, words = list(snapshot.legs), list(context.args or ())
        if words:
            legs, rest = named_legs(reader, words, snapshot, "correct")
            if rest:
                raise Unclear(reader.say("too.many.words"))
        await self._reply(update, context, self._correct_card(reader, legs, snapshot, user_id(update)))

    def _seen(self, reader: Reader) -> Snapshot:
        """Return what was seen last. Raises NoAnswer where there is nothing to keep up."""
        if not self._upkeep_scheduler.is_sub:
            raise NoAnswer(self._no_sub(reader))
        return self._session.seen(reader).snapshot

    def _no_sub(self, reader: Reader) -> Html:
        key = "upkeep.subs" if self._subs else "upkeep.no_subs"
        subs = reader.plain(key, names=names(self._subs))
        return reader.say("upkeep.not_sub", account=self._checker.account, subs=subs)

    def _which(self, reader: Reader, snapshot: Snapshot) -> Message:
        message = upkeep_cards.which(reader, snapshot.legs, self._checker.account)
        lines = unguarded_now(reader.language, snapshot)
        return message._replace(text=Html("\n".join([message.text, *lines])))

    def _maintain_card(self, reader: Reader, leg: Leg, snapshot: Snapshot, user: int) -> Message:
        plan = self._upkeep_scheduler.maintenance_runner.draft(leg, snapshot.available, snapshot.taken_at, beside=snapshot.legs)
        if isinstance(plan, MaintenanceRefusal):
            return upkeep_cards.refused(reader, leg, plan, self._upkeep_scheduler.maintenance_runner.count(leg))
        nonce = self._confirm.ask(_Maintain(plan), user)
        return upkeep_cards.maintain_card(reader, leg, plan, nonce, VALID)

    def _correct_card(self, reader: Reader, legs: list[Leg], snapshot: Snapshot, user: int) -> Message:
        rows = [
            (leg, self._upkeep_scheduler.target(leg)) for leg in legs if leg.key not in self._upkeep_scheduler.book.maintenances
        ]
        found = upkeep_cards.correction_rows(reader, rows, snapshot.available)
        nonce = self._confirm.ask(_Correct(found.legs), user) if found.legs else ""
        message = upkeep_cards.correct_card(reader, found, nonce, VALID)
        lines = unguarded_now(reader.language, snapshot)
        return message._replace(text=Html("\n".join([message.text, *lines])))

    @button("um")
    async def _press_again(self, update: Update, context: Context, rest: str) -> None:
        """Show the card of the leg whose name was pressed."""
        reader, outlook = self._session.reader(update), self._session.outlook()
        leg = None
        if outlook is not None:
            leg = marked(outlook.snapshot.legs, rest)
        if leg is None or outlook is None:
            text = reader.say("upkeep.gone")
            if outlook is not None:
                text = gone_or_blind(reader.language, outlook.snapshot, "upkeep.gone")
            await self._reply(update, context, Message(text))
            return
        await self._reply(update, context, self._maintain_card(reader, leg, outlook.snapshot, user_id(update)))

    @button("uy", "ux")
    async def _press(self, update: Update, context: Context, rest: str) -> None:
        reader, user = self._session.reader(update), user_id(update)
        consents = (query_of(update).data or "").partition(":")[0] == "uy"
        subject = await self._confirm.take(update, context, rest, consents=consents)
        if subject is None:
            return
        if isinstance(subject, _Correct):
            async with self._confirm.under_way(update):
                await self._reply(update, context, await self._carry_out_correction(reader, subject, user))
        elif self._codes.is_needed:

            async def go() -> None:
                await self._maintain_now(update, context, reader, subject, user)

            await self._reply(update, context, ask_code(self._codes, reader.language, user, go, "upkeep.code"))
        else:
            async with self._confirm.under_way(update):
                await self._maintain_now(update, context, reader, subject, user)

    async def _maintain_now(self, update: Update, context: Context, reader: Reader, asked: _Maintain, user: int) -> None:
        name = leg_name(reader.language, asked.plan.leg)
        with self._pending.working(user):
            try:
                done = await self._actions.maintain(asked.plan, user)
            except (ExchangeProblem, LedgerWriteFailed) as exc:
                log.error("a maintenance was not carried out: %s", exc)
                message = Message(reader.say("upkeep.unsent", why=exc.problem))
            else:
                message = self._maintained(reader, asked, done, user, name)
                if done.outcome is not None:
                    self._pending.read([done.outcome[0]], user)
            await self._reply(update, context, message)
        self._checker.journal.wake()

    def _maintained(self, reader: Reader, asked: _Maintain, done: MaintenanceResult, user: int, name: str) -> Message:
        language = reader.language
        leg = done.snapshot.by_key.get(asked.plan.leg) if done.snapshot is not None else None
        if done.held == "changed":
            if leg is None or done.snapshot is None:
                if done.snapshot is not None:
                    return Message(gone_or_blind(language, done.snapshot, "upkeep.gone"))
                return Message(reader.say("upkeep.gone"))
            again = self._maintain_card(reader, leg, done.snapshot, user)
            return again._replace(text=Html(f"{reader.say('close.changed')}\n\n{again.text}"))
        if done.held == "account":
            return Message(self._no_sub(reader))
        if done.held is not None:
            return Message(reader.say(f"upkeep.{done.held}", leg=name))
        if done.refusal is not None and leg is not None:
            return upkeep_cards.refused(reader, leg, done.refusal, self._upkeep_scheduler.maintenance_runner.count(leg))
        if done.outcome is not None:
            return alert(reader._replace(tagged=False), *done.outcome)
        text = reader.say("upkeep.goes_on", leg=name)
        if done.problem:
            text = Html(f"{text}\n{reader.say('upkeep.problem', why=done.problem)}")
        return Message(text)

    async def _carry_out_correction(self, reader: Reader, asked: _Correct, user: int) -> Message:
        language = reader.language
        try:
            done: CorrectionResult = await self._actions.correct(asked.legs, user)
        except (ExchangeProblem, LedgerWriteFailed) as exc:
            log.error("a correction was not begun: %s", exc)
            return Message(reader.say("upkeep.unsent", why=exc.problem))
        parts = []
        under_way = [key for key in done.begun if key in self._upkeep_scheduler.book.corrections]
        over = [key for key in done.begun if key not in under_way]
        if under_way:
            parts.append(reader.say("correct.begun", legs=names([leg_name(language, key) for key in under_way])))
        if over:
            parts.append(reader.say("correct.done", legs=names([leg_name(language, key) for key in over])))
        if done.busy:
            parts.append(reader.say("upkeep.busy", leg=names([leg_name(language, key) for key in done.busy])))
        if done.problem:
            parts.append(reader.say("upkeep.problem", why=done.problem))
        if not done.changed or done.snapshot is None:
            return Message(Html("\n".join(parts)))
        now = [leg for leg in done.snapshot.legs if leg.key in done.changed]
        if not now:
            parts.append(gone_or_blind(language, done.snapshot, "upkeep.gone"))
            return Message(Html("\n".join(parts)))
        again = self._correct_card(reader, now, done.snapshot, user)
        parts += [reader.say("close.changed"), Html(""), again.text]
        return again._replace(text=Html("\n".join(parts)))

    async def _reply(self, update: Update, context: Context, message: Message) -> None:
        await self._session.reply(update, context, message)
