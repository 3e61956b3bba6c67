"""Builds the local chat of the settings: its Telegram, with what the last day has told, and its page."""

from __future__ import annotations

import datetime as dt

from tgtp.chat.commands.session import Session
from tgtp.chat.commands.vocabulary import keys_of
from tgtp.engine.ports import Ledger
from tgtp.errors import Problem, SettingsInvalid
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.page import LocalPage
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
    return LocalTelegram(user_id=LOCAL_USER, language_code=chosen or settings.language or "en", first_id=first_id)


async def open_page(
    telegram: LocalTelegram, settings: Settings, ledger: Ledger, session: Session, now: dt.datetime
) -> LocalPage:
    """Open the page, with what the last day has told in its reader's words.

    Before the first check: a start that fails after all must not have traded. Raises SettingsInvalid.
    """
    if session.people.has_keys(LOCAL_USER):
        telegram.keep_keys([list(row) for row in keys_of(session.setting_of(LOCAL_USER).language)])
    show_past(telegram, ledger, session.setting_of(LOCAL_USER), now)
    token = settings.local_chat_token
    page = LocalPage(telegram, port=settings.local_chat_port, token=token.get_secret_value() if token is not None else None)
    try:
        await page.start()
    except OSError as exc:
        raise SettingsInvalid(Problem("setting.page", port=settings.local_chat_port, why=exc.strerror or exc)) from exc
    return page
