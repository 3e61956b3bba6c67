"""/close: asks what to close, and hands the presses of its cards on."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands.close import close_view, parse
from tgtp.chat.commands.close.dialog import CloseDialog
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.formatting.callback_ids import marked
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import gone_or_blind
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.domain.model import Snapshot
from tgtp.engine.manual.actions import ManualActions


class CloseCommands(HandlerGroup):
    """Answers /close and its buttons in one account."""

    def __init__(self, session: Session, actions: ManualActions, pending: PendingResults) -> None:
        self._session = session
        self._dialog = CloseDialog(session, actions, pending)

    @command("close", topic="close", place=1)
    async def close(self, update: Update, context: Context) -> None:
        """List the legs, or show the card of what was asked for. Raises Unclear."""
        reader = self._session.reader(update)
        snapshot = self._session.seen(reader).snapshot
        words = " ".join(context.args or ()).replace(" %", "%").split()
        if not words:
            await self._session.reply(update, context, self._picker(reader, snapshot))
            return
        wish = parse.read_wish(reader, words, snapshot)
        await self._session.reply(update, context, self._dialog.card(reader, wish, snapshot, user_id(update)))

    @button("cl", "cf", "cx")
    async def _press_close(self, update: Update, context: Context, rest: str) -> None:
        kind = (query_of(update).data or "").partition(":")[0]
        if kind == "cl" and not rest:
            # Of another account's list of legs.
            reader = self._session.reader(update)
            await self._session.reply(update, context, self._picker(reader, self._session.seen(reader).snapshot))
            return
        await self._dialog.press(update, context, kind, rest)

    @button("nl")
    async def _press_near(self, update: Update, context: Context, rest: str) -> None:
        """Ask how much of a leg to close, below the alert that told of its danger. Raises NoAnswer."""
        reader = self._session.reader(update)
        snapshot = self._session.seen(reader, anew=True).snapshot
        leg = marked(snapshot.closable, rest)
        if leg is None and snapshot.unreadable:
            await self._session.reply(
                update, context, Message(gone_or_blind(reader.language, snapshot, "near.gone")), anew=True
            )
            return
        if leg is None:
            await answer(query_of(update), reader.plain("near.gone"))
            return
        await self._session.reply(update, context, close_view.how_much(reader, leg, rest), anew=True)

    def _picker(self, reader: Reader, snapshot: Snapshot) -> Message:
        return self._session.with_others(close_view.picker(reader, snapshot, self._dialog.marks(snapshot)), "cl:")
