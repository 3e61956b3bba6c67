"""/pause and /resume: in one account, or in all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from telegram import Update

from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.pause.parse import PauseWish, read_pause
from tgtp.chat.commands.pause.pause_view import Standing, paused, resumed
from tgtp.chat.commands.preferences.zone_question import ZoneQuestion
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.events import standing_pauses
from tgtp.chat.messages.message import Message
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.pauses import Pause, Scope
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.resting.phase import Lifted


class AccountPauseCommands(HandlerGroup):
    """Answers /pause and /resume in one account."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._zones = ZoneQuestion(session.accounts.main.checker.journal.ledger, actions, session.clock.now)

    @command("pause", topic="rules", place=1)
    async def pause(self, update: Update, context: Context) -> None:
        """Stop what is named, until a time if one is. Raises Unclear."""
        await self.carry_out_pause(self.read(update, context, "pause"), update, context)

    @command("resume", topic="rules", place=2)
    async def resume(self, update: Update, context: Context) -> None:
        """Let go on what is named. Raises Unclear."""
        await self.carry_out_resume(self.read(update, context, "resume").scope, update, context)

    def read(self, update: Update, context: Context, command: Literal["pause", "resume"]) -> PauseWish:
        """Read the words behind the command. Raises Unclear."""
        outlook = self._session.outlook()
        return read_pause(
            self._session.reader(update),
            context.args or (),
            outlook.snapshot if outlook is not None else None,
            self._session.clock.now(),
            command=command,
            # Its leg may be gone.
            also=self._ledger.pauses().instruments if command == "resume" else (),
        )

    async def carry_out_pause(self, wish: PauseWish, update: Update, context: Context) -> None:
        """Pause it, and say so."""
        by = user_id(update)

        async def answered(done: bool) -> bool:
            reader, outlook = self._session.reader(update), self._session.outlook()
            held = [leg.key for leg in outlook.snapshot.closable] if outlook is not None else None
            now = self._session.clock.now()
            standing = [Standing("", self._ledger.pauses())]
            lifted = await self._session.checker.resting.lift_paused()
            text = paused(reader, wish, now, standing, done=done, held=held, account=self._session.named, lifted=lifted)
            message = Message(text, ((standing_pauses.resume_button(reader.language, wish.scope.name),),))
            return await self._session.reply(update, context, self.with_zone(message, wish, update))

        await self._session.do_and_answer(by, lambda: self._actions.pause(wish.scope.name, by, wish.until), answered)

    def with_zone(self, message: Message, wish: PauseWish, update: Update) -> Message:
        """Ask, once, by which clock a person has said an hour."""
        if not wish.by_clock:
            return message
        return self._zones.below(self._session.reader(update), user_id(update), message, stays=True)

    async def carry_out_resume(self, scope: Scope, update: Update, context: Context) -> None:
        """Lift it, and say what stands."""
        by = user_id(update)

        async def answered(lifted: tuple[Pause, ...]) -> bool:
            reader, pauses = self._session.reader(update), self._ledger.pauses()
            stands = standing_pauses.standing(reader.language, pauses.asked_for_by(scope.name))
            message = Message(resumed(reader, scope, [Standing("", pauses, lifted)], account=self._session.named))
            return await self._session.reply(update, context, standing_pauses.below(message, stands))

        await self._session.do_and_answer(by, lambda: self._actions.resume(scope.name, by), answered)


class PauseCommands(HandlerGroup):
    """Answers /pause and /resume without the name of an account, where there are several: all of them, or a coin of main."""

    def __init__(self, session: Session, main: AccountPauseCommands) -> None:
        self._session = session
        self._main = main

    @command("pause")
    async def pause(self, update: Update, context: Context) -> None:
        """Stop what is named, in all accounts at once where no coin is. Raises Unclear."""
        await self.carry_out_pause(self._main.read(update, context, "pause"), update, context)

    async def carry_out_pause(self, wish: PauseWish, update: Update, context: Context) -> None:
        """Pause it, and say so."""
        if wish.scope.instrument_id is not None:
            await self._main.carry_out_pause(wish, update, context)
            return
        reader, accounts, by = self._session.reader(update), self._session.accounts, user_id(update)

        async def answered(done: tuple[str, ...]) -> bool:
            of, now = names(list(accounts.names)), self._session.clock.now()
            each = await asyncio.gather(*(account.checker.resting.lift_paused() for account in accounts))
            lifted = Lifted(sum(one.orders for one in each), sum(one.left for one in each))
            text = paused(reader, wish, now, self._standing(), done=bool(done), of=of, lifted=lifted)
            message = Message(text, ((standing_pauses.resume_button(reader.language, wish.scope.name),),))
            return await self._session.reply(update, context, self._main.with_zone(message, wish, update))

        await self._session.do_and_answer(by, lambda: accounts.pause_all(by, wish.scope.name, wish.until), answered)

    @command("resume")
    async def resume(self, update: Update, context: Context) -> None:
        """Let go on what is named, in all accounts at once where no coin is. Raises Unclear."""
        await self.carry_out_resume(self._main.read(update, context, "resume").scope, update, context)

    async def carry_out_resume(self, scope: Scope, update: Update, context: Context) -> None:
        """Lift it, and say what stands."""
        if scope.instrument_id is not None:
            await self._main.carry_out_resume(scope, update, context)
            return
        reader, accounts, by = self._session.reader(update), self._session.accounts, user_id(update)

        async def answered(lifted: tuple[tuple[str, tuple[Pause, ...]], ...]) -> bool:
            stands = standing_pauses.standing_anywhere(reader.language, accounts.stay_paused(scope.name))
            text = resumed(reader, scope, self._standing(dict(lifted)), of=names(list(accounts.names)))
            return await self._session.reply(update, context, standing_pauses.below(Message(text), stands))

        await self._session.do_and_answer(by, lambda: accounts.resume_all(by, scope.name), answered)

    def _standing(self, lifted: Mapping[str, tuple[Pause, ...]] = MappingProxyType({})) -> list[Standing]:
        return [
            Standing(account.name, account.checker.journal.ledger.pauses(), lifted.get(account.name, ()))
            for account in self._session.accounts
        ]
