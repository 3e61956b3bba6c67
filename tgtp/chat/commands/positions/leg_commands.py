"""The cards of legs and pairs: asked for by words, opened and renewed by buttons, and the pause that can be pressed on them."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.close.close_view import blind_card
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.positions.leg_card import LegFigures, leg_card, leg_picker
from tgtp.chat.commands.positions.pair_card import one_sided, pair_card, pairs_page
from tgtp.chat.commands.positions.price_chart import gather
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.events import standing_pauses
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.callback_ids import marked
from tgtp.chat.formatting.pause_text import scope_name
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import none_readable, unguarded_now
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.state.past_prices import read_fills
from tgtp.chat.texts import Html
from tgtp.domain.event_totals import FilledEvent, with_fill
from tgtp.domain.model import Leg, Snapshot, UnreadableLeg, coin_of_instrument
from tgtp.domain.pair import two_sided
from tgtp.domain.pauses import Scope
from tgtp.domain.plan import ALL, CANNOT_WORK
from tgtp.domain.report import Takings
from tgtp.engine.manual.actions import ManualActions
from tgtp.errors import LedgerWriteFailed

# At the end of a button's data: the message that was pressed is renewed in its place.
AGAIN = "r"
# In place of one leg: all of an account, or of a coin.
EVERY = "*"


class LegCommands(HandlerGroup):
    """Answers /leg, /pair and /pairs."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._actions = actions

    @command("leg", topic="look", place=4)
    async def leg(self, update: Update, context: Context) -> None:
        """Show the card of one leg, or let the person choose among those that were named. Raises Unclear."""
        reader = self._session.reader(update)
        outlook = self._session.seen(reader)
        words = context.args or []
        if not words:
            await self._session.reply(update, context, self._all_legs(reader, outlook))
            return
        if elsewhere := self._elsewhere(reader, outlook, words[0], f"ll:{EVERY}:"):
            await self._session.reply(update, context, elsewhere)
            return
        held, rest = arguments.named_held(reader, words, outlook.snapshot, "leg")
        if rest:
            raise arguments.Unclear(reader.say("card.form"))
        legs = [leg for leg in held if isinstance(leg, Leg)]
        if not legs:
            blind = [leg for leg in held if isinstance(leg, UnreadableLeg)]
            await self._session.reply(update, context, blind_card(reader, blind))
            return
        if len(legs) > 1:
            await self._session.reply(update, context, self._pick(reader, legs))
            return
        await self._show_leg(update, context, outlook, legs[0])

    @command("pair", topic="look", place=5)
    async def pair(self, update: Update, context: Context) -> None:
        """Show the card of a pair; without a coin, all of them. Raises Unclear."""
        reader = self._session.reader(update)
        outlook = self._session.seen(reader)
        words = context.args or []
        if len(words) > 1:
            raise arguments.Unclear(reader.say("pair.form"))
        if not words:
            await self._session.reply(update, context, self._pairs(reader, outlook))
            return
        if elsewhere := self._elsewhere(reader, outlook, words[0], "lp:"):
            await self._session.reply(update, context, elsewhere)
            return
        await self._show_pair(update, context, outlook, arguments.legs_of(reader, words[0], outlook.snapshot))

    @command("pairs", topic="look", place=6)
    async def pairs(self, update: Update, context: Context) -> None:
        """List all pairs. Raises Unclear."""
        reader = self._session.reader(update)
        if context.args:
            raise arguments.Unclear(reader.say("pairs.form"))
        await self._session.reply(update, context, self._pairs(reader, self._session.seen(reader)))

    @button("ll")
    async def _press_leg(self, update: Update, context: Context, rest: str) -> None:
        mark, _, more = rest.partition(":")
        coin, _, again = more.partition(":")
        reader = self._session.reader(update)
        outlook = self._session.seen(reader, anew=True)
        if mark == EVERY:
            # From another account: all legs of this one, or those of a coin.
            legs = [leg for leg in outlook.snapshot.legs if leg.instrument.coin == coin]
            await self._session.reply(update, context, self._pick(reader, legs) if legs else self._all_legs(reader, outlook))
            return
        leg = _living(outlook, mark)
        if leg is None:
            await answer(query_of(update), _toast(reader, outlook, coin))
            await self._session.below(query_of(update), _old(reader, outlook, coin))
            return
        await self._show_leg(update, context, outlook, leg, anew=again != AGAIN)

    @button("lp")
    async def _press_pair(self, update: Update, context: Context, rest: str) -> None:
        coin, _, again = rest.partition(":")
        reader = self._session.reader(update)
        outlook = self._session.seen(reader, anew=True)
        legs = [leg for leg in outlook.snapshot.legs if leg.instrument.coin == coin]
        if not legs:
            await answer(query_of(update), _toast(reader, outlook, coin))
            await self._session.below(query_of(update), _old(reader, outlook, coin))
            return
        await self._show_pair(update, context, outlook, legs, anew=again != AGAIN)

    @button("pp")
    async def _press_pairs(self, update: Update, context: Context, rest: str) -> None:
        reader = self._session.reader(update)
        page = int(rest) if rest.isdecimal() and len(rest) < 6 else 1
        outlook = self._session.seen(reader, anew=not rest)
        await self._session.reply(update, context, self._pairs(reader, outlook, page), anew=not rest)

    @button("lz", raises_risk=("r:",))
    async def _press_switch(self, update: Update, __: Context, rest: str) -> None:
        """Pause or resume, tell by a toast which it was, and renew the card. Raises NoAnswer."""
        verb, _, more = rest.partition(":")
        mark, _, name = more.partition(":")
        reader, query, left = self._session.reader(update), query_of(update), 0
        if verb not in ("p", "r") or not Scope.is_name(name):
            await answer(query, reader.plain("button.old", command="leg"))
            return
        coin = coin_of_instrument(name)
        # Also for a leg that is gone: it is the coin that is paused.
        if verb == "p":
            done = self._actions.pause(name, query.from_user.id)
            key = "card.toast.paused" if done else "card.toast.paused.already"
            left = (await self._session.checker.resting.lift_paused()).left
            key = "card.toast.paused.resting" if left else key
        else:
            done = bool(self._actions.resume(name, query.from_user.id))
            key = "card.toast.resumed" if done else "card.toast.resumed.already"
            if name != ALL and self._ledger.pauses().around(Scope.of(name)):
                key = "card.toast.resumed.but"
        if verb == "r" and (stands := standing_pauses.standing(reader.language, self._ledger.pauses().asked_for_by(name))).text:
            await answer(query, reader.plain("panel.toast.stands"))
            await self._session.below(query, stands)
            return
        what = scope_name(reader.language, name)
        await answer(query, reader.plain(key, what=what, left=left))
        outlook = self._session.seen(reader, anew=True)
        leg = _living(outlook, mark)
        if leg is None:
            await self._session.below(query, _old(reader, outlook, coin))
            return
        message = await self._leg_message(reader, outlook, leg)
        await self._session.change(query, message)

    @button("lu")
    async def _press_lift(self, update: Update, __: Context, rest: str) -> None:
        """Lift what rests of a leg for a while, tell by a toast what came of it, and renew the card. Raises NoAnswer."""
        mark, _, coin = rest.partition(":")
        reader, query = self._session.reader(update), query_of(update)
        outlook = self._session.seen(reader, anew=True)
        leg = _living(outlook, mark)
        if leg is None:
            await answer(query, _toast(reader, outlook, coin))
            await self._session.below(query, _old(reader, outlook, coin))
            return
        try:
            left = (await self._session.checker.resting.lift(leg.key, query.from_user.id)).left
        except LedgerWriteFailed as exc:
            await answer(query, reader.plain("not_written", what=exc.problem))
            return
        await answer(query, reader.plain("card.toast.lifted.left" if left else "card.toast.lifted", left=left))
        await self._session.change(query, await self._leg_message(reader, self._session.seen(reader, anew=True), leg))

    def _all_legs(self, reader: Reader, outlook: leg_state.Outlook) -> Message:
        return self._session.with_others(_offer(reader, outlook.snapshot), f"ll:{EVERY}")

    def _pick(self, reader: Reader, legs: Sequence[Leg]) -> Message:
        coin = legs[0].instrument.coin
        message = leg_picker(reader, legs, reader.say("card.pick.coin", coin=coin))
        return self._session.with_others(message, f"ll:{EVERY}:{coin}", self._session.holding(coin))

    def _pairs(self, reader: Reader, outlook: leg_state.Outlook, page: int = 1) -> Message:
        return self._session.with_others(pairs_page(reader, outlook, page), "pp:1")

    def _elsewhere(self, reader: Reader, outlook: leg_state.Outlook, word: str, data: str) -> Message | None:
        """Lead to the accounts that hold a coin; None where this one does, or none of them."""
        if any(arguments.is_named(word, name) for name in outlook.snapshot.instrument_ids):
            return None
        coin = coin_of_instrument(arguments.instrument_named(word))
        others = self._session.holding(coin)
        if not others:
            return None
        return self._session.with_others(Message(reader.say("card.elsewhere", coin=coin)), f"{data}{coin}", others)

    async def _show_leg(
        self, update: Update, context: Context, outlook: leg_state.Outlook, leg: Leg, *, anew: bool = True
    ) -> None:
        await self._session.work(update, context)
        message = await self._leg_message(self._session.reader(update), outlook, leg)
        await self._session.reply(update, context, message, anew=anew)

    async def _leg_message(self, reader: Reader, outlook: leg_state.Outlook, leg: Leg) -> Message:
        fills = await self._fills(leg)
        told = LegFigures(self._session.checker.books.extremes(leg), _taken(leg, fills or ()))
        picture = await gather(self._session, reader, [leg], fills)
        try:
            message = leg_card(reader, outlook, leg, told, picture)
        except CANNOT_WORK:
            message = Message(reader.say("card.broken", coin=leg.instrument.coin))
        return self._session.with_others(
            message, f"ll:{EVERY}:{leg.instrument.coin}", self._session.holding(leg.instrument.coin)
        )

    async def _show_pair(
        self, update: Update, context: Context, outlook: leg_state.Outlook, legs: Sequence[Leg], *, anew: bool = True
    ) -> None:
        reader, coin = self._session.reader(update), legs[0].instrument.coin
        others = self._session.holding(coin)
        if not two_sided(legs):
            message = self._session.with_others(one_sided(reader, outlook, legs), f"lp:{coin}", others)
            await self._session.reply(update, context, message, anew=anew)
            return
        await self._session.work(update, context)
        picture = await gather(self._session, reader, leg_state.ordered(legs, reader.rules))
        try:
            message = pair_card(reader, outlook, legs, picture)
        except CANNOT_WORK:
            message = Message(reader.say("card.broken", coin=coin))
        message = self._session.with_others(message, f"lp:{coin}", others)
        await self._session.reply(update, context, message, anew=anew)

    async def _fills(self, leg: Leg) -> Sequence[FilledEvent] | None:
        """Read the orders that have filled in this life of a leg; None where the ledger remembers none."""
        life = self._ledger.lives().get(leg.key)
        if life is None or not life.is_of(leg) or life.filled_at is None:
            return None
        return await read_fills(self._session.checker, [leg], self._session.clock.now())


def _taken(leg: Leg, fills: Sequence[FilledEvent]) -> Takings:
    """Sum up what our own orders have taken out of a leg in this life."""
    takings = Takings()
    for event in fills:
        if (event.intent.leg, event.intent.opened_at) == (leg.key, leg.opened_at):
            takings = with_fill(takings, event)
    return takings


def _offer(reader: Reader, snapshot: Snapshot) -> Message:
    if not snapshot.legs and snapshot.unreadable:
        return blind_card(reader, snapshot.unreadable)
    if not snapshot.legs:
        return Message(none_readable(reader.language, snapshot))
    lines = [*unguarded_now(reader.language, snapshot), reader.say("card.pick")]
    return leg_picker(reader, snapshot.legs, Html("\n".join(lines)))


def _old(reader: Reader, outlook: leg_state.Outlook, coin: str) -> Message:
    """Say that a button is of a leg that is gone, and offer what there is: of the same coin, if there is any."""
    language = reader.language
    blind = [leg for leg in outlook.snapshot.unreadable if leg.key.coin == coin]
    if blind:
        return blind_card(reader, blind)
    old = reader.say("card.old")
    legs = [leg for leg in outlook.snapshot.legs if leg.instrument.coin == coin] or outlook.snapshot.legs
    if not legs:
        return Message(Html(f"{old} {none_readable(language, outlook.snapshot)}"))
    return leg_picker(reader, legs, reader.say("card.old.offer", old=old))


def _toast(reader: Reader, outlook: leg_state.Outlook, coin: str) -> str:
    blind = any(key.coin == coin for key in outlook.snapshot.unreadable_keys)
    return reader.plain("card.toast.blind" if blind else "card.toast.old")


def _living(outlook: leg_state.Outlook, mark: str) -> Leg | None:
    return marked(outlook.snapshot.legs, mark)
