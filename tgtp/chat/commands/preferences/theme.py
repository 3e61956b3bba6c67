"""/theme: pictures light or dark, for each person."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session
from tgtp.chat.commands.vocabulary import THEMES
from tgtp.chat.formatting.reader import Reader, Theme
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import plain, say
from tgtp.engine.manual.actions import ManualActions


def theme_view(reader: Reader) -> Message:
    """Say how pictures are drawn, and offer both ways."""
    buttons = tuple(Button(reader.plain(f"theme.button.{theme}"), f"th:{theme}") for theme in ("light", "dark"))
    return Message(reader.say(f"theme.is.{reader.theme}"), (buttons,))


class ThemeCommand(HandlerGroup):
    """Answers /theme: each person has their own, in all accounts."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._actions = actions

    @command("theme", topic="pictures", place=4)
    async def theme(self, update: Update, context: Context) -> None:
        """Choose how pictures are drawn."""
        words = context.args or []
        if not words:
            await self._session.reply(update, context, theme_view(self._session.reader(update)))
            return
        chosen = THEMES.get(" ".join(words).lower())
        if chosen is None:
            raise arguments.Unclear(say(self._session.reader(update).language, "theme.form"))
        await self._choose(update, context, chosen)

    @button("th")
    async def _press_theme(self, update: Update, context: Context, rest: str) -> None:
        if rest in THEMES:
            await self._choose(update, context, THEMES[rest])
        elif update.callback_query is not None:
            words = plain(self._session.reader(update).language, "button.old", command="theme")
            await answer(update.callback_query, words)

    async def _choose(self, update: Update, context: Context, theme: Theme) -> None:
        user = update.effective_user
        if user is not None and self._session.reader(update).theme != theme:
            self._actions.keep_wish("theme", f"theme:{user.id}", theme, user.id)
        await self._session.reply(update, context, theme_view(self._session.reader(update)))
