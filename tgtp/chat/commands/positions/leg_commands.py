"""The cards of legs and pairs: asked for by words, opened and renewed by buttons, and the pause that can be pressed on them."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.close.close_view import blind_card
from tgtp.chat.commands.context import Reception, query_of
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.positions.leg_card import Told, leg_card, leg_picker
from tgtp.chat.commands.positions.pair_card import one_sided, pair_card, pairs_page
from tgtp.chat.commands.positions.price_chart import gather, read_fills
from tgtp.chat.events import pause_lines
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.callback_ids import marked
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.formatting.unguarded import none_readable, unguarded_now
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import Html, plain, say
from tgtp.domain.event_totals import FilledEvent, with_fill
from tgtp.domain.model import Leg, Snapshot, UnreadableLeg
from tgtp.domain.pair import two_sided
from tgtp.domain.plan import ALL, CANNOT_WORK
from tgtp.domain.report import Takings
from tgtp.engine.manual.actions import Desk

# At the end of a button's data: the message that was pressed is renewed in its place.
AGAIN = "r"


class Legs(HandlerGroup):
    """Answers /leg, /pair and /pairs."""

    def __init__(self, reception: Reception, desk: Desk) -> None:
        self._reception = reception
        self._ledger = reception.checker.journal.ledger
        self._desk = desk

    @command("leg", topic="look", place=4)
    async def leg(self, update: Update, context: Context) -> None:
        """Show the card of one leg, or let the person choose among those that were named. Raises Unclear."""
        setting, outlook = self._reception.setting(update), self._reception.outlook()
        if outlook is None:
            await self._reception.reply(update, context, self._reception.unseen(setting))
            return
        words = context.args or []
        if not words:
            await self._reception.reply(update, context, _offer(setting, outlook.snapshot))
            return
        held, rest = arguments.named_held(setting, words, outlook.snapshot, "leg")
        if rest:
            raise arguments.Unclear(say(setting.language, "card.form"))
        legs = [leg for leg in held if isinstance(leg, Leg)]
        if not legs:
            blind = [leg for leg in held if isinstance(leg, UnreadableLeg)]
            await self._reception.reply(update, context, blind_card(setting, blind))
            return
        if len(legs) > 1:
            text = say(setting.language, "card.pick.coin", coin=legs[0].instrument.coin)
            await self._reception.reply(update, context, leg_picker(setting, legs, text))
            return
        await self._show_leg(update, context, outlook, legs[0])

    @command("pair", topic="look", place=5)
    async def pair(self, update: Update, context: Context) -> None:
        """Show the card of a pair; without a coin, all of them. Raises Unclear."""
        setting, outlook = self._reception.setting(update), self._reception.outlook()
        if outlook is None:
            await self._reception.reply(update, context, self._reception.unseen(setting))
            return
        words = context.args or []
        if len(words) > 1:
            raise arguments.Unclear(say(setting.language, "pair.form"))
        if not words:
            await self._reception.reply(update, context, pairs_page(setting, outlook))
            return
        await self._show_pair(update, context, outlook, arguments.legs_of(setting, words[0], outlook.snapshot))

    @command("pairs", topic="look", place=6)
    async def pairs(self, update: Update, context: Context) -> None:
        """List all pairs. Raises Unclear."""
        setting, outlook = self._reception.setting(update), self._reception.outlook()
        if context.args:
            raise arguments.Unclear(say(setting.language, "pairs.form"))
        message = pairs_page(setting, outlook) if outlook else self._reception.unseen(setting)
        await self._reception.reply(update, context, message)

    @button("ll")
    async def _press_leg(self, update: Update, context: Context, rest: str) -> None:
        mark, _, more = rest.partition(":")
        coin, _, again = more.partition(":")
        setting, outlook = self._reception.setting(update), self._reception.outlook()
        if outlook is None:
            await self._reception.reply(update, context, self._reception.unseen(setting), anew=True)
            return
        leg = _living(outlook, mark)
        if leg is None:
            await answer(query_of(update), _toast(setting, outlook, coin))
            await self._reception.below(query_of(update), _old(setting, outlook, coin))
            return
        await self._show_leg(update, context, outlook, leg, anew=again != AGAIN)

    @button("lp")
    async def _press_pair(self, update: Update, context: Context, rest: str) -> None:
        coin, _, again = rest.partition(":")
        setting, outlook = self._reception.setting(update), self._reception.outlook()
        if outlook is None:
            await self._reception.reply(update, context, self._reception.unseen(setting), anew=True)
            return
        legs = [leg for leg in outlook.snapshot.legs if leg.instrument.coin == coin]
        if not legs:
            await answer(query_of(update), _toast(setting, outlook, coin))
            await self._reception.below(query_of(update), _old(setting, outlook, coin))
            return
        await self._show_pair(update, context, outlook, legs, anew=again != AGAIN)

    @button("pp")
    async def _press_pairs(self, update: Update, context: Context, rest: str) -> None:
        setting, outlook = self._reception.setting(update), self._reception.outlook()
        page = int(rest) if rest.isdecimal() and len(rest) < 6 else 1
        message = pairs_page(setting, outlook, page) if outlook else self._reception.unseen(setting)
        await self._reception.reply(update, context, message, anew=not rest)

    @button("lz", raises_risk=("r:",))
    async def _press_switch(self, update: Update, context: Context, rest: str) -> None:
        """Pause or resume, tell by a toast which it was, and renew the card."""
        verb, _, more = rest.partition(":")
        mark, _, name = more.partition(":")
        setting, query = self._reception.setting(update), query_of(update)
        coin = name.split("-", maxsplit=1)[0]
        if verb not in ("p", "r") or not name:
            await answer(query, plain(setting.language, "button.old", command="leg"))
            return
        # Also for a leg that is gone: it is the coin that is paused.
        if verb == "p":
            done = self._desk.pause(name, query.from_user.id)
            key = "card.toast.paused" if done else "card.toast.paused.already"
        else:
            done = self._desk.resume(name, query.from_user.id)
            key = "card.toast.resumed" if done else "card.toast.resumed.already"
            if name != ALL and ALL in self._ledger.paused():
                key = "card.toast.resumed.but"
        if verb == "r" and (stands := pause_lines.standing(setting.language, self._ledger.pauses().asked_for_by(name))).text:
            await answer(query, plain(setting.language, "panel.toast.stands"))
            await self._reception.below(query, stands)
            return
        what = plain(setting.language, "all") if name == ALL else coin
        await answer(query, plain(setting.language, key, what=what))
        outlook = self._reception.outlook()
        if outlook is None:
            await self._reception.reply(update, context, self._reception.unseen(setting), anew=True)
            return
        leg = _living(outlook, mark)
        if leg is None:
            await self._reception.below(query, _old(setting, outlook, coin))
            return
        message = await self._leg_message(setting, outlook, leg)
        await self._reception.change(query, message)

    async def _show_leg(
        self, update: Update, context: Context, outlook: leg_state.Outlook, leg: Leg, *, anew: bool = True
    ) -> None:
        await self._reception.work(update, context)
        message = await self._leg_message(self._reception.setting(update), outlook, leg)
        await self._reception.reply(update, context, message, anew=anew)

    async def _leg_message(self, setting: Setting, outlook: leg_state.Outlook, leg: Leg) -> Message:
        fills = await self._fills(leg)
        told = Told(self._reception.checker.books.extremes(leg), _taken(leg, fills or ()))
        picture = await gather(self._reception, setting, [leg], fills)
        try:
            return leg_card(setting, outlook, leg, told, picture)
        except CANNOT_WORK:
            return Message(say(setting.language, "card.broken", coin=leg.instrument.coin))

    async def _show_pair(
        self, update: Update, context: Context, outlook: leg_state.Outlook, legs: Sequence[Leg], *, anew: bool = True
    ) -> None:
        setting = self._reception.setting(update)
        if not two_sided(legs):
            await self._reception.reply(update, context, one_sided(setting, outlook, legs), anew=anew)
            return
        await self._reception.work(update, context)
        picture = await gather(self._reception, setting, leg_state.ordered(legs, setting.rules))
        try:
            message = pair_card(setting, outlook, legs, picture)
        except CANNOT_WORK:
            message = Message(say(setting.language, "card.broken", coin=legs[0].instrument.coin))
        await self._reception.reply(update, context, message, anew=anew)

    async def _fills(self, leg: Leg) -> Sequence[FilledEvent] | None:
        """Read the orders that have filled in this life of a leg; None where the ledger remembers none."""
        life = self._ledger.lives().get(leg.key)
        if life is None or not life.is_of(leg) or life.filled_at is None:
            return None
        return await read_fills(self._reception, [leg])


def _taken(leg: Leg, fills: Sequence[FilledEvent]) -> Takings:
    """Sum up what our own orders have taken out of a leg in this life."""
    takings = Takings()
    for event in fills:
        if (event.intent.leg, event.intent.opened_at) == (leg.key, leg.opened_at):
            takings = with_fill(takings, event)
    return takings


def _offer(setting: Setting, snapshot: Snapshot) -> Message:
    if not snapshot.legs and snapshot.unreadable:
        return blind_card(setting, snapshot.unreadable)
    if not snapshot.legs:
        return Message(none_readable(setting.language, snapshot))
    lines = [*unguarded_now(setting.language, snapshot), say(setting.language, "card.pick")]
    return leg_picker(setting, snapshot.legs, Html("\n".join(lines)))


def _old(setting: Setting, outlook: leg_state.Outlook, coin: str) -> Message:
    """Say that a button is of a leg that is gone, and offer what there is: of the same coin, if there is any."""
    language = setting.language
    blind = [leg for leg in outlook.snapshot.unreadable if leg.key.coin == coin]
    if blind:
        return blind_card(setting, blind)
    old = say(language, "card.old")
    legs = [leg for leg in outlook.snapshot.legs if leg.instrument.coin == coin] or outlook.snapshot.legs
    if not legs:
        return Message(Html(f"{old} {none_readable(language, outlook.snapshot)}"))
    return leg_picker(setting, legs, say(language, "card.old.offer", old=old))


def _toast(setting: Setting, outlook: leg_state.Outlook, coin: str) -> str:
    blind = any(key.coin == coin for key in outlook.snapshot.unreadable_keys)
    return plain(setting.language, "card.toast.blind" if blind else "card.toast.old")


def _living(outlook: leg_state.Outlook, mark: str) -> Leg | None:
    return marked(outlook.snapshot.legs, mark)
