"""/notify and /quiet: how loud each kind of message is, and when nothing rings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from telegram import Update

from tgtp.chat.commands.close.close_view import ALL_WORDS, Unclear
from tgtp.chat.commands.context import Context, Handler, Press, Reception, user_id
from tgtp.chat.commands.reaction import receipt
from tgtp.chat.events.one_line import Setting
from tgtp.chat.formatting.notification_levels import levels_note, quiet_note, wish_of
from tgtp.chat.messages.message import Button, Message, answer
from tgtp.chat.texts import LANGUAGES, Html, plain, say
from tgtp.domain.notification_levels import GROUPS, LEVELS, Group, Level, QuietHours, Wish, span_of_hours
from tgtp.engine.manual.actions import Desk

GROUP_WORDS: Final[Mapping[str, Group]] = {
    **{group: group for group in GROUPS},
    **{plain(language, f"noise.group.{group}"): group for group in GROUPS for language in LANGUAGES},
    "tiers": "tier",
    "hedges": "hedge",
    "position": "positions",
    "dust": "skipped",
    "report": "reports",
    "others": "people",
    "止盈": "tier",
    "持仓": "positions",
    "日报": "reports",
}
LEVEL_WORDS: Final[Mapping[str, Level]] = {
    **{level: level for level in LEVELS},
    **{plain(language, f"noise.level.{level}"): level for level in LEVELS for language in LANGUAGES},
    "mute": "silent",
    "开启": "on",
    "打开": "on",
    "关闭": "off",
}
DANGER_WORDS: Final = frozenset({"danger", "liquidation", "exchange", "okx", "key", "危险", "强平", "密钥"})
OFF: Final = "off"
OFF_WORDS: Final = frozenset(word for word, level in LEVEL_WORDS.items() if level == "off")
# Nights that many have; any other is written.
NIGHTS: Final = ("22:00-07:00", "23:00-08:00", "00:00-09:00")
PER_ROW = 2


class Noise:
    """Each person sets their own."""

    slow: frozenset[str] = frozenset()

    def __init__(self, reception: Reception, desk: Desk) -> None:
        self._reception = reception
        self._ledger = reception.checker.journal.ledger
        self._desk = desk

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {"notify": self.notify, "quiet": self.quiet}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {"nt": self.press_notify, "nq": self.press_quiet}

    async def notify(self, update: Update, context: Context) -> None:
        """Show how loud everything is, or change some of it."""
        setting, words = self._reception.setting(update), context.args or []
        if not words:
            await self._reception.reply(update, context, notices(setting, self._wish(update)))
            return
        groups, level = read_levels(setting, words)
        self._set_levels(update, groups, level)
        named = ", ".join(plain(setting.language, f"noise.group.{group}") for group in groups)
        named = plain(setting.language, "all") if groups == GROUPS else named
        louder = plain(setting.language, f"noise.level.{level}")
        await receipt(update, context, Message(say(setting.language, "noise.notify.done", groups=named, level=louder)))

    async def quiet(self, update: Update, context: Context) -> None:
        """Show the quiet hours, or change them."""
        setting, words = self._reception.setting(update), context.args or []
        if not words:
            await self._reception.reply(update, context, quiet_hours(setting, self._wish(update), self._now(setting)))
            return
        hours = read_hours(setting, " ".join(words))
        self._set_hours(update, hours)
        key = "noise.quiet.done" if hours is not None else "noise.quiet.ended"
        words_ = say(setting.language, key, hours=_shown(hours), zone=setting.zone)
        await receipt(update, context, Message(words_))

    async def press_notify(self, update: Update, context: Context, rest: str) -> None:
        """Set a group to what the button says; without one, show how loud everything is."""
        setting = self._reception.setting(update)
        if rest:
            name, _, wanted = rest.partition(":")
            group = next((group for group in GROUPS if group == name), None)
            level = next((level for level in LEVELS if level == wanted), None)
            if group is None or level is None:
                await self._is_old(update, setting, "notify")
                return
            self._set_levels(update, (group,), level)
        await self._reception.reply(update, context, notices(setting, self._wish(update)))

    async def press_quiet(self, update: Update, context: Context, rest: str) -> None:
        """Set the quiet hours to what the button says; without any, show them."""
        setting = self._reception.setting(update)
        if rest:
            try:
                hours = None if rest == OFF else QuietHours.parse(rest)
            except ValueError:
                await self._is_old(update, setting, "quiet")
                return
            self._set_hours(update, hours)
        await self._reception.reply(update, context, quiet_hours(setting, self._wish(update), self._now(setting)))

    def _wish(self, update: Update) -> Wish:
        return wish_of(self._ledger, user_id(update))

    def _now(self, setting: Setting) -> dt.time:
        return self._reception.clock.now().astimezone(setting.zone).time()

    def _set_levels(self, update: Update, groups: tuple[Group, ...], level: Level) -> None:
        by, wish = user_id(update), self._wish(update)
        changed = wish.changed(groups, level)
        # Pressed or said twice, it is one change.
        if changed != wish:
            self._desk.keep_wish("notify", levels_note(by), changed.levels_text, by)

    def _set_hours(self, update: Update, hours: QuietHours | None) -> None:
        by = user_id(update)
        if hours != self._wish(update).quiet:
            self._desk.keep_wish("quiet", quiet_note(by), str(hours or OFF), by)

    async def _is_old(self, update: Update, setting: Setting, command: str) -> None:
        await _toast(update, plain(setting.language, "button.old", command=command))


def notices(setting: Setting, wish: Wish) -> Message:
    """Show every group and how loud it is; a button sets the next level."""
    language = setting.language
    rows, buttons = [], []
    for group in GROUPS:
        name, what = plain(language, f"noise.group.{group}"), plain(language, f"noise.what.{group}")
        level = plain(language, f"noise.level.{wish.level(group)}")
        following = LEVELS[(LEVELS.index(wish.level(group)) + 1) % len(LEVELS)]
        rows.append(say(language, "noise.row", group=name, level=level, what=what))
        buttons.append(Button(plain(language, "noise.button", group=name, level=level), f"nt:{group}:{following}"))
    quiet = say(language, "noise.quiet.line.none")
    if wish.quiet is not None:
        quiet = say(language, "noise.quiet.line", hours=_shown(wish.quiet), zone=setting.zone)
    text = say(language, "noise.notify", rows=Html("\n".join(rows)), danger=plain(language, "noise.danger"), quiet=quiet)
    return Message(text, (*_in_rows(buttons), (Button(plain(language, "noise.button.quiet"), "nq:"),)))


def quiet_hours(setting: Setting, wish: Wish, now: dt.time) -> Message:
    """Show the quiet hours; buttons set those that many have, or none."""
    language = setting.language
    values = {"zone": setting.zone, "now": f"{now:%H:%M}"}
    if wish.quiet is None:
        text = say(language, "noise.quiet.none", **values)
    else:
        text = say(language, "noise.quiet", hours=_shown(wish.quiet), **values)
    nights = [Button(_shown(QuietHours.parse(night)), f"nq:{night}") for night in NIGHTS if night != str(wish.quiet)]
    if wish.quiet is not None:
        nights.append(Button(plain(language, "noise.button.none"), f"nq:{OFF}"))
    return Message(text, (*_in_rows(nights), (Button(plain(language, "noise.button.notify"), "nt:"),)))


def read_levels(setting: Setting, words: Sequence[str]) -> tuple[tuple[Group, ...], Level]:
    """Read ``tier silent``, ``tier hedge off``, ``all on``. Raises Unclear."""
    *named, last = (word.lower().strip(",，:：") for word in words)
    if named and all(word in DANGER_WORDS for word in named):
        raise Unclear(say(setting.language, "noise.notify.danger"))
    level = LEVEL_WORDS.get(last)
    groups = GROUPS if len(named) == 1 and named[0] in ALL_WORDS else tuple(map(GROUP_WORDS.get, named))
    known = tuple(group for group in GROUPS if group in groups)
    if level is None or not known or None in groups:
        listed = ", ".join(plain(setting.language, f"noise.group.{group}") for group in GROUPS)
        raise Unclear(say(setting.language, "noise.notify.bad", word=" ".join(words)[:40], groups=listed))
    return known, level


def read_hours(setting: Setting, text: str) -> QuietHours | None:
    """Read ``23:00-08:00``, or ``off`` as None. Raises Unclear."""
    if text.lower() in OFF_WORDS:
        return None
    try:
        begin, end = span_of_hours(text)
    except ValueError as exc:
        raise Unclear(say(setting.language, "noise.quiet.bad", word=text[:40])) from exc
    if begin == end:
        raise Unclear(say(setting.language, "noise.quiet.same"))
    return QuietHours(begin=begin, end=end)


def _shown(hours: QuietHours | None) -> str:
    return f"{hours.begin:%H:%M}–{hours.end:%H:%M}" if hours is not None else ""


def _in_rows(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    return [tuple(buttons[start : start + PER_ROW]) for start in range(0, len(buttons), PER_ROW)]


async def _toast(update: Update, text: str) -> None:
    if update.callback_query is not None:
        await answer(update.callback_query, text)
