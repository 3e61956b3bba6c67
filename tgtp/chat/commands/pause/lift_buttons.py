"""The buttons below a pause: one lifts it, one lets it stand."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.handlers import Context, HandlerGroup, button
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.commands.tiers.at_once import rules_close
from tgtp.chat.commands.upkeep.totp_command import ask_code_below
from tgtp.chat.events import first_start_lines, standing_pauses
from tgtp.chat.formatting import pause_text
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import Html, plain
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.model import LegKey
from tgtp.domain.pauses import GUARDED_BY_CODE
from tgtp.domain.plan import ALL
from tgtp.engine.manual.actions import ManualActions


class LiftButtons(HandlerGroup):
    """Answers the buttons that lift what /resume alone does not, in one account."""

    def __init__(self, session: Session, actions: ManualActions, codes: TotpQuestions) -> None:
        self._session = session
        self._checker = session.checker
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._codes = codes

    @button(standing_pauses.LIFT, raises_risk=("",))
    async def _press_lift(self, update: Update, _: Context, rest: str) -> None:
        """Lift the one pause that the button names; where an authenticator guards that, with its code."""
        reader = self._session.reader(update)
        query, language = query_of(update), reader.language
        pause = standing_pauses.pressed(self._ledger.pauses(), rest)
        if pause is None or pause.is_by_settings:
            await answer(query, reader.plain("lift.old"))
            return

        async def lift() -> None:
            if pause.cause == "first_start" and (came := self._unlisted()):
                self._checker.first_start.show_anew()
                legs = names([leg_name(language, leg) for leg in came])
                await self._session.below(query, Message(reader.say("lift.unlisted", legs=legs)))
                return
            by = query.from_user.id
            await self._session.do_and_answer(by, lambda: self._actions.lift(pause, by), answered)

        async def answered(done: bool) -> bool:
            told = {"name": pause_text.scope(language, pause), "cause": pause_text.cause(language, pause)}
            key = f"lift.done.{pause.cause}" if pause.cause in ("first_start", "guard") else "lift.done"
            parts = [reader.say(key if done else "lift.old", **told)]
            if still := [other for other in self._ledger.pauses().entries if other.scope == ALL]:
                parts.append(reader.say("lift.done.still", rows=pause_text.rows(language, still)))
            await self._session.below(query, Message(Html("\n".join(parts))))
            return True

        guarded = pause.cause in GUARDED_BY_CODE or rules_close(self._session)
        if self._codes.is_needed and guarded:
            await ask_code_below(self._session, self._codes, query, language, lift, "lift.code")
            return
        await answer(query)
        await lift()

    @button(first_start_lines.STAY)
    async def _press_stay(self, update: Update, _: Context, __: str) -> None:
        await answer(query_of(update), plain(self._session.reader(update).language, "stay.done"))

    def _unlisted(self) -> tuple[LegKey, ...]:
        snapshot = self._checker.last_good
        return self._checker.first_start.came_since(snapshot) if snapshot is not None else ()
