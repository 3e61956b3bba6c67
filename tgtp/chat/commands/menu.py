"""The menu of commands that Telegram shows, in both languages."""

from __future__ import annotations

from typing import Any, Final

from telegram import BotCommandScopeAllPrivateChats, BotCommandScopeChat

from tgtp.chat.texts import plain

# What the menu shows: the ten of every day, the dangerous one last. /help has the others.
MENU: Final = ("panel", "status", "pairs", "pnl", "report", "tiers", "pause", "resume", "help", "close")
# With several accounts: the pairs are one tap away from each account's status.
MENU_OF_SEVERAL: Final = tuple("accounts" if name == "pairs" else name for name in MENU)


async def publish_menu(bot: Any, language: str, chat_id: int | None = None, *, several: bool = False) -> None:
    """Publish the command menu: for everybody in both languages, or for one chat in the chosen one."""

    def menu(code: str) -> list[tuple[str, str]]:
        return [
            (name, plain("zh" if code == "zh" else "en", f"menu.{name}")) for name in (MENU_OF_SEVERAL if several else MENU)
        ]

    if chat_id is not None:
        await bot.set_my_commands(menu(language), scope=BotCommandScopeChat(chat_id))
        return
    everybody = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(menu("en"), scope=everybody)
    await bot.set_my_commands(menu("zh"), scope=everybody, language_code="zh")
