"""One gate in front of every handler: who may speak to the bot at all.

A numeric user id, in a private chat, with a fresh message of their own hand: not edited, not forwarded, not sent through
another bot. Everybody else gets silence. ``filters`` do not apply to button presses; a gate does.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from telegram import Bot, Update
from telegram import Message as TelegramMessage
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes, TypeHandler

from tgtp.chat.access.leaked_secrets import LeakedSecrets, take_away
from tgtp.chat.access.owners import ANNOUNCED_EVERY, FORGIVEN_AFTER, Owners, Pairing, Tried
from tgtp.chat.access.rejected_users import RejectedUsers
from tgtp.chat.texts import Language, plain, say
from tgtp.chat.texts.formats.numbers import brief
from tgtp.engine.ports import Clock
from tgtp.errors import TgtpError

log = logging.getLogger(__name__)

FRESH = dt.timedelta(seconds=120)
# What the gate may trip over; whatever it is, it stays shut.
TRIPS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RuntimeError, TelegramError, TgtpError)


class Gate:
    """Stops what must not pass. ``adopt`` is called with the id and name of the person who sent a right pairing code.

    ``is_stop`` says of a text whether it asks for a pause.
    """

    def __init__(
        self,
        owners: Owners,
        clock: Clock,
        *,
        pairing: Pairing | None,
        adopt: Callable[[int, str], None],
        language: Callable[[int, str | None], Language],
        console_language: Language,
        is_stop: Callable[[str], bool],
        rejected: RejectedUsers | None = None,
        pasted: LeakedSecrets | None = None,
    ) -> None:
        self._owners = owners
        self._clock = clock
        self._pairing = pairing
        self._adopt = adopt
        self._language = language
        self._console = console_language
        self._is_stop = is_stop
        # Telegram's dates are whole seconds.
        self._began = clock.now().replace(microsecond=0)
        self._said_at: float | None = None
        self._named: set[int] = set()
        self._pasted = pasted or LeakedSecrets()
        self.rejected = rejected

    def owners(self) -> frozenset[int]:
        """Return the ids of those who may command."""
        return self._owners.ids()

    def handler(self) -> TypeHandler[Update, Any, None]:
        """Return the handler that must stand in a group before all others."""
        return TypeHandler(Update, self.check)

    async def check(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let an update pass, or stop it."""
        # An exception here would not keep the library from calling the handlers behind the gate: whatever fails, it is shut.
        passes = False
        try:
            passes = await self._passes(update, context)
            if not passes:
                self._count(update)
        except TRIPS as exc:
            what = f"{type(exc).__name__}: {brief(str(exc))}"
            log.error(plain(self._console, "log.gate", id=update.update_id, what=what))
        finally:
            if not passes:
                raise ApplicationHandlerStop

    def _count(self, update: Update) -> None:
        user = update.effective_user
        if self.rejected is not None and user is not None and user.id not in self._owners.ids():
            self.rejected.turned_away(user.id)

    async def _passes(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> bool:
        user, chat, message = update.effective_user, update.effective_chat, update.message
        if user is None or chat is None or chat.type != "private" or user.is_bot:
            return False
        if user.id not in self._owners.ids():
            return self._brings_the_code(user.id, user.first_name, message)
        if update.callback_query is not None:
            return update.callback_query.message is not None
        # Whatever else may be wrong with it: late, forwarded from @BotFather.
        kind = self._pasted.kind(message) if message is not None else None
        if message is not None and kind is not None:
            log.warning(plain(self._console, "log.pasted", id=user.id))
            language = self._language(user.id, user.language_code)
            context.application.create_task(take_away(context.bot, chat.id, message.message_id, kind, language), update)
            return False
        if message is None or not _own_words(message):
            return False
        late = self._clock.now() - message.date
        # A stop is never too late, not even where this machine's clock is wrong.
        if late > FRESH and not self._is_stop(message.text or message.caption or ""):
            language = self._language(user.id, user.language_code)
            # Beside: what comes behind it may be a stop.
            context.application.create_task(self._tell_late(context.bot, chat.id, message, late, language), update)
            return False
        return True

    async def _tell_late(
        self, bot: Bot, chat_id: int, message: TelegramMessage, late: dt.timedelta, language: Language
    ) -> None:
        """Say that a command came too late; or that this machine's clock is ahead, which the answer's own date shows."""
        text = (message.text or "")[:60]
        shown = await bot.send_message(chat_id, say(language, "stale", text=text, age=late))
        ahead = self._clock.now() - shown.date
        if ahead > FRESH:
            words = say(language, "stale.clock", text=text, ahead=ahead)
            await bot.edit_message_text(words, chat_id, shown.message_id)

    def _brings_the_code(self, user_id: int, name: str, message: TelegramMessage | None) -> bool:
        """Turn a stranger away, unless they bring a pairing code; the handlers then see an owner."""
        code = _pairing_code(message) if message is not None else None
        if self._pairing is not None and message is not None and code is not None and not self._owners.ids():
            if message.date < self._began:
                self._say_once_a_minute(plain(self._console, "log.pairing.before", id=user_id))
            elif self._pair(self._pairing, user_id, name, code):
                return True
        if user_id not in self._named and len(self._named) < 10_000:
            self._named.add(user_id)
            log.warning(plain(self._console, "log.stranger", id=user_id))
        return False

    def _pair(self, pairing: Pairing, user_id: int, name: str, code: str) -> bool:
        tried = pairing.try_code(user_id, code)
        if tried is Tried.RIGHT:
            self._adopt(user_id, name)
            pairing.close()
            return True
        if tried is not Tried.IGNORED:
            values = {"id": user_id, "minutes": int(FORGIVEN_AFTER // 60)}
            log.warning(plain(self._console, f"log.pairing.{tried.value}", **values))
            pairing.announce_again()
        return False

    def _say_once_a_minute(self, words: str) -> None:
        now = self._clock.monotonic()
        if self._said_at is None or now - self._said_at >= ANNOUNCED_EVERY:
            self._said_at = now
            log.warning(words)


def _own_words(message: TelegramMessage) -> bool:
    return message.forward_origin is None and message.via_bot is None and message.sender_chat is None


def _pairing_code(message: TelegramMessage) -> str | None:
    words = (message.text or "").split()
    if len(words) == 2 and words[0] == "/start" and _own_words(message):
        return words[1]
    return None
