"""Builds the local chat of the settings: its Telegram, with what the last day has told, and its page."""

from __future__ import annotations

import asyncio
import datetime as dt

from tgtp.chat.commands.session import Session
from tgtp.chat.commands.vocabulary import keys_of
from tgtp.engine.ports import Ledger
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.page import ChatPage
from tgtp.local_telegram.past import show_past
from tgtp.settings.environment import Settings

LOCAL_USER = 1
# 2025 begins.
FIRST_SECOND = 1_735_689_600


def build_telegram(settings: Settings, ledger: Ledger, now: dt.datetime) -> LocalTelegram:
    """Build a Telegram in this process, with one user."""
    chosen = ledger.note(f"language:{LOCAL_USER}")
    # Higher in every run: what the ledger remembers of messages must not be found in those of this one.
    first_id = max(1, int(now.timestamp()) - FIRST_SECOND)
    return LocalTelegram(user_id=LOCAL_USER, language_code=chosen or settings.console_language, first_id=first_id)


def build_page(telegram: LocalTelegram, ledger: Ledger, session: Session, now: dt.datetime, closing: asyncio.Event) -> ChatPage:
    """Build the page, with what the last day has told in its reader's words; ``closing`` is set when its server ends."""
    if session.people.has_keys(LOCAL_USER):
        telegram.keep_keys([list(row) for row in keys_of(session.setting_of(LOCAL_USER).language)])
    show_past(telegram, ledger, session.setting_of(LOCAL_USER), now)
    return ChatPage(telegram, closing)
