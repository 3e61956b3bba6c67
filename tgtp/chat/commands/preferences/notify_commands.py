"""/notify and /quiet: how loud each kind of message is, and when nothing rings."""

from __future__ import annotations

import datetime as dt

from telegram import Update

from tgtp.chat.access.users import zone_named
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.preferences.notify_parse import read_hours, read_levels
from tgtp.chat.commands.preferences.notify_view import OFF, hours_text, notices, quiet_hours
from tgtp.chat.commands.preferences.zone_question import NEW, ZONE, ZoneQuestion
from tgtp.chat.commands.reaction import receipt
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.formatting.notification_levels import levels_note, quiet_note, wish_of
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer
from tgtp.domain.notifications.levels import GROUPS, LEVELS, Group, Level, NotificationPreferences, QuietHours
from tgtp.engine.manual.actions import ManualActions


class NotifyCommands(HandlerGroup):
    """Each person sets their own."""

    def __init__(self, session: Session, actions: ManualActions) -> None:
        self._session = session
        self._ledger = session.checker.journal.ledger
        self._actions = actions
        self._zones = ZoneQuestion(self._ledger, actions, session.clock.now)

    @command("notify", topic="notify", place=1)
    async def notify(self, update: Update, context: Context) -> None:
        """Show how loud everything is, or change some of it."""
        reader, words = self._session.reader(update), context.args or []
        if not words:
            await self._session.reply(update, context, notices(reader, self._wish(update)))
            return
        groups, level = read_levels(reader, words)
        self._set_levels(update, groups, level)
        named = reader.plain("list.comma").join(reader.plain(f"noise.group.{group}") for group in groups)
        named = reader.plain("all") if groups == GROUPS else named
        louder = reader.plain(f"noise.level.{level}")
        await receipt(update, context, Message(reader.say("noise.notify.done", groups=named, level=louder)))

    @command("quiet", topic="notify", place=2)
    async def quiet(self, update: Update, context: Context) -> None:
        """Show the quiet hours, or change them."""
        reader, words = self._session.reader(update), context.args or []
        if not words:
            await self._session.reply(update, context, quiet_hours(reader, self._wish(update), self._now(reader)))
            return
        if len(words) == 1 and "/" in words[0] and zone_named(words[0]) is not None:
            await self._set_zone(words[0], update, context)
            return
        hours = read_hours(reader, " ".join(words))
        self._set_hours(update, hours)
        if hours is None:
            await receipt(update, context, Message(reader.say("noise.quiet.ended")))
            return
        # In words: a sign would not tell by whose clock.
        now = f"{self._now(reader):%H:%M}"
        done = Message(reader.say("noise.quiet.done", hours=hours_text(hours), zone=reader.clock_zone, now=now))
        await self._session.reply(update, context, self._zones.below(reader, user_id(update), done))

    @button("nt")
    async def press_notify(self, update: Update, context: Context, rest: str) -> None:
        """Set a group to what the button says; without one, show how loud everything is."""
        reader = self._session.reader(update)
        if rest:
            name, _, wanted = rest.partition(":")
            group = next((group for group in GROUPS if group == name), None)
            level = next((level for level in LEVELS if level == wanted), None)
            if group is None or level is None:
                await self._is_old(update, reader, "notify")
                return
            self._set_levels(update, (group,), level)
        await self._session.reply(update, context, notices(reader, self._wish(update)))

    @button("nq")
    async def press_quiet(self, update: Update, context: Context, rest: str) -> None:
        """Set the quiet hours to what the button says; without any, show them."""
        reader = self._session.reader(update)
        if rest:
            try:
                hours = None if rest == OFF else QuietHours.parse(rest)
            except ValueError:
                await self._is_old(update, reader, "quiet")
                return
            self._set_hours(update, hours)
        message = quiet_hours(reader, self._wish(update), self._now(reader))
        await self._session.reply(update, context, self._zones.below(reader, user_id(update), message) if rest else message)

    @button(ZONE)
    async def press_zone(self, update: Update, context: Context, rest: str) -> None:
        """Take what the person says of their clock."""
        name = rest.removesuffix(NEW)
        if zone_named(name) is None:
            await self._is_old(update, self._session.reader(update), "quiet")
            return
        await self._set_zone(name, update, context, anew=name != rest)

    async def _set_zone(self, name: str, update: Update, context: Context, *, anew: bool = False) -> None:
        self._zones.keep(name, user_id(update))
        told = self._zones.told(self._session.reader(update), self._wish(update).quiet)
        await self._session.reply(update, context, told, anew=anew)

    def _wish(self, update: Update) -> NotificationPreferences:
        return wish_of(self._ledger, user_id(update))

    def _now(self, reader: Reader) -> dt.time:
        return self._session.clock.now().astimezone(reader.clock_zone).time()

    def _set_levels(self, update: Update, groups: tuple[Group, ...], level: Level) -> None:
        by, wish = user_id(update), self._wish(update)
        changed = wish.changed(groups, level)
        # Pressed or said twice, it is one change.
        if changed != wish:
            self._actions.keep_wish("notify", levels_note(by), changed.levels_text, by)

    def _set_hours(self, update: Update, hours: QuietHours | None) -> None:
        by = user_id(update)
        if hours != self._wish(update).quiet:
            self._actions.keep_wish("quiet", quiet_note(by), str(hours or OFF), by)

    async def _is_old(self, update: Update, reader: Reader, command: str) -> None:
        await _toast(update, reader.plain("button.old", command=command))


async def _toast(update: Update, text: str) -> None:
    if update.callback_query is not None:
        await answer(update.callback_query, text)
