"""Ladders on the phone: /tiers shows them, and changes them by words or step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from telegram import CallbackQuery, Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.arguments import is_named
from tgtp.chat.commands.change_step import SHOW_ALL, Asked, ChangeStep, headed, yes_no
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.commands.tiers.change_view import Beside, change_card, change_rows, effects_of
from tgtp.chat.commands.tiers.editor import LadderDraft, LadderDrafts, Open, Stop, editor, pressed
from tgtp.chat.commands.tiers.parse import Edit, Give, Show, read_ladder_words, shown, whose_name
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.commands.tiers.rules_view import Seen, coin_card, rules_card
from tgtp.chat.formatting.callback_ids import marked
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.chat.state.account_overview import outlook_of
from tgtp.chat.texts import Html
from tgtp.domain.model import Snapshot
from tgtp.domain.plan import Rules
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.rulebook import LadderChange, Wanted, Whose


class Question(NamedTuple):
    """What a card asked: a change as it was shown, and the draft that it came from ("" for words)."""

    give: Give
    change: LadderChange
    draft: str


class TiersCommands(HandlerGroup):
    """Keeps drafts and open questions in memory: after a restart they are gone, and say so."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._checker = session.checker
        self._rulebook = session.checker.rulebook
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._confirm = ChangeStep(session, codes, self)
        self._drafts = LadderDrafts()

    @command("tiers", topic="tiers", place=1)
    async def tiers(self, update: Update, context: Context) -> None:
        """Show the ladders, or ask before some are changed. Raises Unclear."""
        reader, outlook = self._session.reader(update), self._session.outlook()
        words = context.args or []
        if self._is_account(words, outlook):
            # One ladder is for all of them: the rules stand there with the legs of each.
            words = []
        if outlook is None and not words:
            await self._session.reply(update, context, self._shown(reader, None))
            return
        outlook = self._session.seen(reader)
        asked = read_ladder_words(reader, words, self._everywhere(outlook), self._changed())
        if isinstance(asked, Show):
            message = self._shown(reader, outlook, asked.instrument_id)
        elif isinstance(asked, Edit):
            message = self._begun(reader, outlook, asked.whose, user_id(update))
        else:
            message = self._asking(reader, outlook, asked, user_id(update))
        await self._session.reply(update, context, message)

    @button("ls")
    async def _press_show(self, update: Update, context: Context, rest: str) -> None:
        page, _, instrument_id = rest.partition(":")
        reader, outlook = self._session.reader(update), self._session.outlook()
        number = int(page) if page.isdecimal() else 1
        await self._session.reply(update, context, self._shown(reader, outlook, instrument_id, number))

    @button("le")
    async def _press_edit(self, update: Update, context: Context, rest: str) -> None:
        """Open the editor: in the place of the rules, or below the card of a leg."""
        reader, outlook = self._session.reader(update), self._session.outlook()
        # The card may be of a leg of any account.
        legs = [leg for seen in (outlook, *self._beside().values()) if seen is not None for leg in seen.snapshot.legs]
        leg = marked(legs, rest)
        whose = Whose(leg.instrument.instrument_id, leg.position_side) if leg is not None else _whose(rest)
        if outlook is None or whose is None or not self._may_have(outlook, whose):
            await answer(query_of(update), reader.plain("button.old", command="tiers"))
            return
        message = self._begun(reader, outlook, whose, user_id(update))
        await self._session.reply(update, context, message, anew=leg is not None)

    @button("ld")
    async def _press_draft(self, update: Update, context: Context, rest: str) -> None:
        """Follow a button of the editor: ``NONCE:ACT:WHOSE``."""
        nonce, _, more = rest.partition(":")
        act, _, name = more.partition(":")
        query, reader, outlook = query_of(update), self._session.reader(update), self._session.outlook()
        found, whose = self._drafts.get(nonce), _whose(name)
        if outlook is None or whose is None or not (self._may_have(outlook, whose) or (found is not None and act == "x")):
            await answer(query, reader.plain("button.old", command="tiers"))
        elif found is None:
            fresh = self._begun(reader, outlook, whose, query.from_user.id, was_gone=True)
            await self._session.reply(update, context, fresh)
        elif found.draft.user_id != query.from_user.id:
            await answer(query, reader.plain("confirm.foreign"))
        elif act == "x":
            self._drafts.drop(nonce)
            kept = Message(reader.say("ladders.cancelled"), _view_button(reader, whose))
            await self._session.reply(update, context, kept)
        elif act in ("w", "z"):
            await self._save(update, context, nonce, found.draft, puts_back=act == "z")
        else:
            await self._follow(query, reader, outlook, nonce, found, act)

    async def _save(self, update: Update, context: Context, nonce: str, draft: LadderDraft, *, puts_back: bool) -> None:
        """Ask before a draft is put in force, or its ladder put back."""
        reader, outlook, whose = self._session.reader(update), self._session.outlook(), draft.whose
        in_force = whose.ladder(reader.rules)
        if not puts_back and draft.ladder == in_force:
            await answer(query_of(update), reader.plain("ladders.stop.same"))
        elif outlook is not None:
            wanted = {whose: None if puts_back else draft.ladder}
            give = Give(wanted if not puts_back or whose in self._changed() else {}, whose_name(reader, whose))
            card = self._asking(reader, outlook, give, user_id(update), draft=nonce)
            if draft.begun != in_force:
                card = headed(reader.say("ladders.meanwhile"), card)
            await self._session.reply(update, context, card)

    async def _follow(self, query: CallbackQuery, reader: Reader, outlook: Outlook, nonce: str, found: Open, act: str) -> None:
        after = found.draft if act == "n" else pressed(found.draft, act)
        if isinstance(after, Stop) or after is None:
            await answer(query, after.said(reader) if after else reader.plain("button.old", command="tiers"))
            return
        found.draft = after
        await answer(query)
        # Of many quick presses the last is shown last.
        async with found.lock:
            await self._session.change(query, self._editor(reader, outlook, nonce, found.draft))

    @button("lc")
    async def _press_answer(self, update: Update, context: Context, rest: str) -> None:
        """Confirm or cancel what a card asked."""
        await self._confirm.press(update, context, rest)

    def closes(self, update: Update, question: Question) -> bool:
        """Return whether a change would close something at once, or may: of what is paused it does when that ends."""
        return self._closes(self._session.reader(update), question.give)

    def card(self, update: Update, question: Question) -> Message | None:
        """Ask again, as it is now."""
        reader, outlook, give = self._session.reader(update), self._session.outlook(), question.give
        if outlook is None:
            return None
        # Some of what was to be put back may have been put back by now.
        changed = self._changed()
        wanted = {whose: ladder for whose, ladder in give.wanted.items() if ladder is not None or whose in changed}
        return self._asking(reader, outlook, give._replace(wanted=wanted), user_id(update), draft=question.draft)

    async def carry_out(self, update: Update, question: Question) -> Message | Html:
        """Change ladders, unless they are not as they were shown. Raises LedgerWriteFailed."""
        done = await self._actions.change_ladder(question.change, user_id(update))
        reader = self._session.reader(update)
        if not done:
            return reader.say("ladders.meanwhile")
        self._drafts.drop(question.draft)
        rows = Html("\n".join(change_rows(reader, question.change)))
        return Message(reader.say("ladders.done", rows=rows), _view_button(reader, *question.give.wanted))

    def _closes(self, reader: Reader, give: Give) -> bool:
        outlook, beside = self._session.outlook(), self._beside()
        if outlook is None or None in beside.values():
            return True
        return bool(effects_of(reader, outlook, self._as_if(give.wanted), beside)[0])

    def _shown(self, reader: Reader, outlook: Outlook | None, instrument_id: str = "", page: int = 1) -> Message:
        main, *others = self._session.accounts
        beside = self._beside()
        seen = [
            Seen(main.name, outlook, self._ledger.lives()),
            *(Seen(one.name, beside[one.name], one.checker.journal.ledger.lives()) for one in others),
        ]
        if outlook is None or not instrument_id:
            return rules_card(reader, self._changed(), seen, page)
        return coin_card(reader, instrument_id, self._changed(), seen)

    def _begun(self, reader: Reader, outlook: Outlook, whose: Whose, by: int, *, was_gone: bool = False) -> Message:
        """Begin a draft of the ladder that is in force."""
        draft = LadderDraft.of(whose, by, whose.ladder(reader.rules))
        return self._editor(reader, outlook, self._drafts.begin(draft), draft, was_gone=was_gone)

    def _editor(self, reader: Reader, outlook: Outlook, nonce: str, draft: LadderDraft, *, was_gone: bool = False) -> Message:
        after = self._as_if({draft.whose: draft.ladder})
        is_changed = draft.whose in self._changed()
        beside = self._beside()
        return editor(reader, draft, nonce, outlook, after, is_changed=is_changed, was_gone=was_gone, beside=beside)

    def _asking(self, reader: Reader, outlook: Outlook, give: Give, by: int, *, draft: str = "") -> Message:
        """Ask before ladders are changed; that there is nothing to change is said at once."""
        if not give.wanted:
            return Message(reader.say("ladders.default.already", whose=give.name))
        change = self._rulebook.proposal(give.wanted)
        (whose, ladder), *others = give.wanted.items()
        # The same as all others have, but its own, is a change.
        is_pinned = bool(whose.instrument_id) and whose not in self._changed()
        if ladder is not None and not is_pinned and change.before == change.after:
            return Message(reader.say("ladders.same", whose=give.name, ladder=shown(ladder)))
        nonce = self._confirm.ask(Asked(Question(give, change, draft), self._closes(reader, give)), by)
        data = yes_no("lc", nonce, SHOW_ALL if others else f"le:{whose.name}")
        asked = CardFrame(*data, VALID, f"ld:{draft}:n:{whose.name}" if draft else "")
        return change_card(reader, give, change, self._as_if(give.wanted), outlook, asked, self._beside())

    def _beside(self) -> Beside:
        """Return what was seen of the other accounts: one ladder is for all of them."""
        now = self._session.clock.now()
        _, *others = self._session.accounts
        return {account.name: outlook_of(account.checker, now) for account in others}

    def _everywhere(self, outlook: Outlook) -> Snapshot:
        """Return the legs of all accounts as if they were of one; those of the main account where several hold the same."""
        looks = [seen.snapshot for seen in (*self._beside().values(), outlook) if seen is not None]
        legs = {leg.key: leg for look in looks for leg in look.legs}
        return outlook.snapshot.replaced(
            legs=tuple(legs.values()),
            unreadable=tuple(leg for look in looks for leg in look.unreadable),
            nameless=sum(look.nameless for look in looks),
        )

    def _is_account(self, words: Sequence[str], outlook: Outlook | None) -> bool:
        """Return whether a single word is the name of an account, and of no coin that is open."""
        if len(words) != 1 or self._session.accounts.of(words[0]) is None:
            return False
        held = self._everywhere(outlook) if outlook is not None else None
        return held is None or not any(is_named(words[0], key.instrument_id) for key in held.by_key)

    def _as_if(self, wanted: Wanted) -> Rules:
        """Return the rules with these ladders as they would act: times the factors of now."""
        return self._session.checker.scaling.of(self._rulebook.as_if(wanted))

    def _changed(self) -> frozenset[Whose]:
        return frozenset(map(Whose.parse, self._rulebook.changed))

    def _may_have(self, outlook: Outlook, whose: Whose) -> bool:
        """Return whether a ladder may be edited: of a side always, of an instrument while it is open or has one of its own."""
        seen = self._everywhere(outlook)
        is_open = whose.instrument_id in seen.instrument_ids
        return not whose.instrument_id or is_open or whose in self._changed()


def _view_button(reader: Reader, *whose: Whose) -> tuple[tuple[Button, ...], ...]:
    """Offer the view of what was changed: of one instrument, or of all."""
    instruments = {one.instrument_id for one in whose}
    instrument_id = instruments.pop() if len(instruments) == 1 else ""
    return ((Button(reader.plain("button.tiers"), f"ls:1:{instrument_id}"),),)


def _whose(name: str) -> Whose | None:
    try:
        return Whose.parse(name)
    except ValueError:
        return None
