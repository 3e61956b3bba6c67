"""/status: the legs of one account."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.positions import status_view
from tgtp.chat.commands.positions.status_view import FIRST, Place
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.left_out import left_out_rows
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.state import upkeep_row
from tgtp.chat.texts import Html
from tgtp.domain.events import LeftOut
from tgtp.domain.model import LegKey


class StatusCommand(HandlerGroup):
    """Answers /status and its pages in one account."""

    def __init__(self, session: Session, left_out: Sequence[LeftOut] = (), page: str = "") -> None:
        """``left_out`` are the accounts that were not started; ``page`` is the address of the monitoring page, if known."""
        self.session = session
        self._upkeep_scheduler = session.checker.upkeep_scheduler
        self._left_out = left_out
        self._page = page

    @command("status", topic="look", place=2)
    async def status(self, update: Update, context: Context) -> None:
        """Show the legs, of one coin if it is named; below them the way to other accounts."""
        reader, words, coin = self.session.reader(update), context.args or [], None
        arguments.at_most_one(reader, words, "status")
        if words and (outlook := self.session.outlook()):
            coin = arguments.held_of(reader, words[0], outlook.snapshot)[0].key.coin
        await self.session.reply(update, context, self._status(reader, Place(coin=coin)))

    @button("st")
    async def _press_status(self, update: Update, context: Context, rest: str) -> None:
        await self.session.reply(update, context, self._status(self.session.reader(update), Place.parse(rest)))

    def whole(self, reader: Reader) -> Message:
        """Show the status of all legs, its first page."""
        return self._status(reader, FIRST)

    def _status(self, reader: Reader, place: Place) -> Message:
        outlook, above = self.session.outlook(), left_out_rows(reader.language, self._left_out)
        if outlook is not None:
            message = status_view.status(reader, outlook, place, self._kept_up(reader, outlook), above)
        else:
            unseen = self.session.unseen(reader)
            message = unseen._replace(text=Html("\n".join([*above, unseen.text])))
        if self._page:
            link = Button(reader.plain("status.button.page"), self._page, opens=True)
            message = message._replace(buttons=(*message.buttons, (link,)))
        return self.session.with_others(message, f"st:{FIRST}")

    def _kept_up(self, reader: Reader, outlook: Outlook) -> dict[LegKey, Html]:
        """Say of each leg of a sub-account what it should hold, and what is done about it."""
        if not self._upkeep_scheduler.is_sub:
            return {}
        waits, now = self._upkeep_scheduler.next_correction(self.session.clock.monotonic()), outlook.snapshot
        return {
            leg.key: upkeep_row.row(reader, leg, self._upkeep_scheduler.status(leg, now.legs), now.available, waits)
            for leg in now.legs
        }
