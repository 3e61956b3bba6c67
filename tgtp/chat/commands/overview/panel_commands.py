"""/panel: puts the pinned message up or takes it away, and answers its buttons."""

from __future__ import annotations

from telegram import CallbackQuery, Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.overview.panel_keeper import PanelKeeper
from tgtp.chat.commands.positions.status_command import StatusCommand
from tgtp.chat.commands.session import Session
from tgtp.chat.commands.vocabulary import OFF_WORDS, ON_WORDS
from tgtp.chat.events import standing_pauses
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import Html
from tgtp.errors import LedgerWriteFailed


class PanelCommands(HandlerGroup):
    """Answers /panel and the panel's buttons."""

    def __init__(self, session: Session, keeper: PanelKeeper, status: StatusCommand) -> None:
        self._session = session
        self._keeper = keeper
        self._status = status

    @command("panel", topic="look", place=1)
    async def panel(self, update: Update, context: Context) -> None:
        """Pin the panel, anew where there is one; or take it away."""
        user, reader = update.effective_user, self._session.reader(update)
        if user is None:
            return
        word = " ".join(context.args or ()).lower()
        if word not in ("", *ON_WORDS, *OFF_WORDS):
            raise Unclear(reader.say("panel.words", word=word[:40]))
        was_on, lines = self._keeper.is_on(user.id), []
        if word in OFF_WORDS:
            lines.append(reader.say("panel.off" if was_on else "panel.off.already"))
        try:
            self._keeper.wish(user.id, on=word not in OFF_WORDS)
        except LedgerWriteFailed as exc:
            lines.append(reader.say("not_kept", what=exc.problem))
        if lines:
            await self._session.reply(update, context, Message(Html("\n".join(lines))))
        self._keeper.take_away(user.id)
        await self._keeper.refresh(context.bot, user.id, at_once=True)

    @button("pa")
    async def _press_pause(self, update: Update, context: Context, _: str) -> None:
        await self._switch(update, context, "paused")

    @button("pb", raises_risk=("",))
    async def _press_resume(self, update: Update, context: Context, _: str) -> None:
        await self._switch(update, context, "resumed")

    async def _switch(self, update: Update, context: Context, to: str) -> None:
        query = update.callback_query
        if query is None:
            return
        user_id = query.from_user.id
        accounts = self._session.accounts
        done = (accounts.pause_all if to == "paused" else accounts.resume_all)(user_id)
        key = f"panel.toast.{to}" if done else f"panel.toast.{to}.already"
        reader = self._session.reader(update)
        language = reader.language
        stands = standing_pauses.standing_anywhere(language, accounts.stay_paused() if to == "resumed" else ())
        await answer(query, reader.plain("panel.toast.stands" if stands.text else key))
        if stands.text:
            await self._session.below(query, stands)
        self._let_go_of_another(query)
        await self._keeper.refresh(context.bot, user_id, at_once=True)

    def _let_go_of_another(self, query: CallbackQuery) -> None:
        # A panel of before, or one whose sending seemed to have failed: nobody keeps it up.
        if query.message is not None and not self._keeper.is_panel(query.from_user.id, query.message.message_id):
            self._keeper.take_away(query.from_user.id, query.message.message_id)

    @button("pc")
    async def _press_positions(self, update: Update, context: Context, _: str) -> None:
        session = self._status.session
        await session.reply(update, context, self._status.whole(session.reader(update)), anew=True)
