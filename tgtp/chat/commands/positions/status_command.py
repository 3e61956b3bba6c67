"""One account at hand: its status, its pauses, closing its legs, and the questions that its alerts ask."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import CallbackQuery, Update

from tgtp.bounded_dict import BoundedDict
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands import arguments
from tgtp.chat.commands.close import close_view, parse
from tgtp.chat.commands.close.dialog import CloseDialog
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.positions import status_view, upkeep_row
from tgtp.chat.commands.session import Session, query_of, user_id, whole_number
from tgtp.chat.commands.tiers.at_once import ladders_close, rules_close
from tgtp.chat.commands.upkeep.totp_command import ask_code_below
from tgtp.chat.commands.vocabulary import ALL_WORDS
from tgtp.chat.events import account_lines, first_start_lines, pause_lines
from tgtp.chat.formatting import leg_state, pauses
from tgtp.chat.formatting.callback_ids import marked, rearm_mark
from tgtp.chat.formatting.left_out import below_left_out
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import gone_or_blind
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.texts import Html, plain, say
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.events import LeftOut
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Snapshot, UnreadableLeg
from tgtp.domain.pauses import GUARDED_BY_CODE
from tgtp.domain.plan import ALL
from tgtp.engine.manual.actions import ManualActions
from tgtp.errors import LedgerWriteFailed

MOST_ANSWERED = 1000
PER_ROW = 4


class PositionCommands(HandlerGroup):
    """Answers /status, /pause, /resume and /close in one account."""

    def __init__(
        self,
        session: Session,
        actions: ManualActions,
        pending: PendingResults,
        codes: TotpQuestions,
        left_out: Sequence[LeftOut] = (),
    ) -> None:
        """``left_out`` are the accounts that were not started."""
        self.session = session
        self._checker = session.checker
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._codes = codes
        self._left_out = left_out
        self._close_dialog = CloseDialog(session, actions, pending)
        # Questions of re-arming that a person has answered, by user and message.
        self._answered: BoundedDict[tuple[int, int], None] = BoundedDict(MOST_ANSWERED)

    @command("status", topic="look", place=2)
    async def status(self, update: Update, context: Context) -> None:
        """Show the legs, of one coin if it is named; below them the way to other accounts."""
        self._one_word(update, context, "status")
        coin = None
        if context.args and (outlook := self.session.outlook()):
            coin = arguments.held_of(self.session.reader(update), context.args[0], outlook.snapshot)[0].key.coin
        await self._reply(update, context, self._status(self.session.reader(update), 1, coin))

    @command("pause", topic="rules", place=1)
    async def pause(self, update: Update, context: Context) -> None:
        """Stop closing: everything, or one coin."""
        self._one_word(update, context, "pause")
        reader, name = self.session.reader(update), self._instrument(update, context)
        coin = _coin(reader, name)
        done = self._actions.pause(name, user_id(update))
        key = "pause.already" if not done else "pause.all" if name == ALL else "pause.one"
        await self._reply(update, context, Message(reader.say(key, coin=coin)))

    @command("resume", topic="rules", place=2)
    async def resume(self, update: Update, context: Context) -> None:
        """Go on: everything, or one coin."""
        self._one_word(update, context, "resume")
        reader, name = self.session.reader(update), self._instrument(update, context, paused_too=True)
        done, language = self._actions.resume(name, user_id(update)), reader.language
        stands = pause_lines.standing(language, self._ledger.pauses().asked_for_by(name))
        key = "resume.already" if not done else "resume.all" if name == ALL else "resume.one"
        if stands.text:
            key = "resume.but" if done else ""
        elif name != ALL and ALL in self._ledger.paused():
            key = "resume.one.but" if done else "resume.all.only"
        head = reader.say(key, coin=_coin(reader, name)) if key else Html("")
        await self._reply(update, context, pause_lines.below(Message(head), stands))

    @command("close", topic="close", place=1)
    async def close(self, update: Update, context: Context) -> None:
        """Ask what to close, or show the card of what was asked for. Raises Unclear."""
        reader = self.session.reader(update)
        snapshot = self.session.seen(reader).snapshot
        words = " ".join(context.args or ()).replace(" %", "%").split()
        if not words or (len(words) == 1 and words[0].lower() not in ALL_WORDS):
            if words:
                snapshot = _only(snapshot, arguments.held_of(reader, words[0], snapshot))
            await self._reply(update, context, self._picker(reader, snapshot))
            return
        wish = parse.read_wish(reader, words, snapshot)
        await self._reply(update, context, self._close_dialog.card(reader, wish, snapshot, user_id(update)))

    @button("cl", "cf", "cx")
    async def _press_close(self, update: Update, context: Context, rest: str) -> None:
        kind = (query_of(update).data or "").partition(":")[0]
        if kind == "cl" and not rest:
            # Of another account's list of legs.
            reader = self.session.reader(update)
            await self._reply(update, context, self._picker(reader, self.session.seen(reader).snapshot))
            return
        await self._close_dialog.press(update, context, kind, rest)

    @button("st")
    async def _press_status(self, update: Update, context: Context, rest: str) -> None:
        page, _, where = rest.partition(":")
        coin = None if where in (ALL, "") else where
        await self._reply(update, context, self._status(self.session.reader(update), whole_number(page) or 1, coin))

    @button(pause_lines.LIFT, raises_risk=("",))
    async def _press_lift(self, update: Update, _: Context, rest: str) -> None:
        """Lift the one pause that the button names; where an authenticator guards that, with its code."""
        reader = self.session.reader(update)
        query, language = query_of(update), reader.language
        pause = pause_lines.pressed(self._ledger.pauses(), rest)
        if pause is None or pause.is_by_settings:
            await answer(query, reader.plain("lift.old"))
            return

        async def lift() -> None:
            if pause.cause == "first_start" and (came := self._unlisted()):
                self._checker.first_start.show_anew()
                legs = names([leg_name(language, leg) for leg in came])
                await self.session.below(query, Message(reader.say("lift.unlisted", legs=legs)))
                return
            done, told = self._actions.lift(pause, query.from_user.id), {"name": pauses.scope(language, pause)}
            told["cause"] = pauses.cause(language, pause)
            key = "lift.done.first_start" if pause.cause == "first_start" else "lift.done"
            parts = [reader.say(key if done else "lift.old", **told)]
            if still := [pauses.row(language, other) for other in self._ledger.pauses().entries if other.scope == ALL]:
                parts.append(reader.say("lift.done.still", rows=Html("; ".join(still))))
            await self.session.below(query, Message(Html("\n".join(parts))))

        guarded = pause.cause in GUARDED_BY_CODE or rules_close(self.session)
        if self._codes.is_needed and guarded:
            await ask_code_below(self.session, self._codes, query, language, lift, "lift.code")
            return
        await answer(query)
        await lift()

    def _unlisted(self) -> tuple[LegKey, ...]:
        snapshot = self._checker.last_good
        return self._checker.first_start.came_since(snapshot) if snapshot is not None else ()

    @button(first_start_lines.STAY)
    async def _press_stay(self, update: Update, _: Context, __: str) -> None:
        await answer(query_of(update), plain(self.session.reader(update).language, "stay.done"))

    @button(account_lines.CONFIRM, raises_risk=("",))
    async def _press_confirm(self, update: Update, _: Context, rest: str) -> None:
        """Take another account's key for what is wanted here, if it is the key that was asked about."""
        reader = self.session.reader(update)
        query, language, profile = query_of(update), reader.language, self._checker.profile
        asked = profile is not None and account_lines.mark(profile.uid) == rest
        if asked and self._codes.is_needed and rules_close(self.session, anew=True):

            async def go() -> None:
                now = self._checker.profile
                same = now is not None and account_lines.mark(now.uid) == rest
                done = same and self._actions.confirm_account(query.from_user.id)
                words = reader.say("confirm.account.done" if done else "confirm.account.old")
                await self.session.below(query, Message(words))

            await ask_code_below(self.session, self._codes, query, language, go, "confirm.account.code")
            return
        done = asked and self._actions.confirm_account(query.from_user.id)
        await answer(query, reader.plain("confirm.account.done" if done else "confirm.account.old"))

    @button("rk")
    @button("ra", raises_risk=("",))
    async def _press_rearm(self, update: Update, _: Context, rest: str) -> None:
        query = query_of(update)
        await self._rearm(query, self.session.reader(update), (query.data or "").partition(":")[0], rest)

    async def _rearm(self, query: CallbackQuery, reader: Reader, kind: str, mark: str, *, has_code: bool = False) -> None:
        life, asked = self._life(mark), query.message.message_id if query.message is not None else 0
        if life is None or (query.from_user.id, asked) in self._answered:
            # A second tap crosses the first one's answer; the message shows that one and must keep it.
            await answer(query, reader.plain("rearm.old"))
            return
        closes = kind == "ra" and ladders_close(self.session, reader, {life.key: life.rearmed()})
        if closes and self._codes.is_needed and not has_code:

            async def go() -> None:
                await self._rearm(query, reader, kind, mark, has_code=True)

            await ask_code_below(self.session, self._codes, query, reader.language, go, "ladders.code")
            return
        self._answered[query.from_user.id, asked] = None
        await answer(query)
        key = "rearm.kept"
        if kind == "ra":
            try:
                key = "rearm.done" if await self._actions.rearm(life, query.from_user.id) else "rearm.late"
            except LedgerWriteFailed:
                # Not done: the buttons must work again.
                del self._answered[query.from_user.id, asked]
                raise
        words = reader.say(key, leg=leg_name(reader.language, life.key))
        await self.session.change(query, Message(words))

    @button("nl")
    async def _press_near(self, update: Update, context: Context, rest: str) -> None:
        """Ask how much of a leg to close, below the alert that told of its danger. Raises NoAnswer."""
        reader = self.session.reader(update)
        snapshot = self.session.seen(reader, anew=True).snapshot
        leg = marked(snapshot.closable, rest)
        if leg is None and snapshot.unreadable:
            await self._reply(update, context, Message(gone_or_blind(reader.language, snapshot, "near.gone")), anew=True)
            return
        if leg is None:
            await answer(query_of(update), reader.plain("near.gone"))
            return
        await self._reply(update, context, close_view.how_much(reader, leg, rest), anew=True)

    def _picker(self, reader: Reader, snapshot: Snapshot) -> Message:
        return self._with_others(close_view.picker(reader, snapshot, self._close_dialog.marks(snapshot)), "cl:")

    def _with_others(self, message: Message, data: str) -> Message:
        """Put buttons below that show the same of the other accounts."""
        others = [Button(name, f"@{name}:{data}") for name in self.session.beside]
        return message._replace(buttons=(*message.buttons, *grid(others, PER_ROW)))

    def _life(self, mark: str) -> Life | None:
        # Bound to what had fired when the question was asked: more has fired since, and it is another question.
        lives = self._ledger.lives().values()
        return next(
            (life for life in lives if rearm_mark(life.key, life.opened_at, life.generation, life.fired_numbers) == mark), None
        )

    def _instrument(self, update: Update, context: Context, *, paused_too: bool = False) -> str:
        """Read the instrument of /pause and /resume; all when none is named. Raises Unclear."""
        words = context.args or []
        if not words or words[0].lower() in ALL_WORDS:
            return ALL
        for paused in sorted(self._ledger.paused()) if paused_too else ():
            if paused != ALL and arguments.is_named(words[0], paused):
                return paused
        outlook = self.session.outlook()
        if outlook is None:
            # A stop must work before anything was seen: the name is taken as it is.
            return arguments.instrument_named(words[0])
        return arguments.held_of(self.session.reader(update), words[0], outlook.snapshot)[0].key.instrument_id

    def _one_word(self, update: Update, context: Context, command: str) -> None:
        if len(context.args or ()) > 1:
            raise arguments.Unclear(say(self.session.reader(update).language, "one.coin", command=command))

    def _status(self, reader: Reader, page: int, coin: str | None) -> Message:
        outlook = self.session.outlook()
        message = self.session.unseen(reader)
        if outlook is not None:
            message = status_view.status(reader, outlook, page, coin, self._kept_up(reader, outlook))
        if page == 1:
            message = message._replace(text=below_left_out(reader.language, message.text, self._left_out))
        return self._with_others(message, f"st:1:{ALL}")

    def _kept_up(self, reader: Reader, outlook: leg_state.Outlook) -> dict[LegKey, Html]:
        """Say of each leg of a sub-account what it should hold, and what is done about it."""
        upkeep_scheduler = self._checker.upkeep_scheduler
        if not upkeep_scheduler.is_sub:
            return {}
        waits, now = upkeep_scheduler.next_correction(self.session.clock.monotonic()), outlook.snapshot
        return {
            leg.key: upkeep_row.row(reader, leg, upkeep_scheduler.status(leg, now.legs), now.available, waits)
            for leg in now.legs
        }

    def whole(self, reader: Reader) -> Message:
        """Show the status of all legs, its first page."""
        return self._status(reader, 1, None)

    async def _reply(self, update: Update, context: Context, message: Message, *, anew: bool = False) -> None:
        await self.session.reply(update, context, message, anew=anew)


def _only(snapshot: Snapshot, held: Sequence[Leg | UnreadableLeg]) -> Snapshot:
    """Give the snapshot with these legs alone."""
    legs = tuple(leg for leg in held if isinstance(leg, Leg))
    return snapshot.replaced(legs=legs, unreadable=tuple(leg for leg in held if isinstance(leg, UnreadableLeg)))


def _coin(reader: Reader, name: str) -> Html | str:
    return reader.plain("all") if name == ALL else name.split("-", maxsplit=1)[0]
