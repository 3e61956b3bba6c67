"""Help by topic: an overview of all commands, a page for each topic, and each command's forms with examples."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final, NamedTuple

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session
from tgtp.chat.commands.vocabulary import COMMANDS
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import names as list_of
from tgtp.typed import typed


class Topic(NamedTuple):
    """A page of the guide: the entries of the commands that are declared for it; ``words`` are what else people call it."""

    name: str
    words: tuple[str, ...]


TOPICS: Final = (
    Topic("look", ("positions", "legs", "仓位", "持仓", "看盘")),
    Topic("close", ("closing", "平仓")),
    Topic("rules", ("rule", "hedge", "base", "规则", "对冲", "底仓", "自动")),
    Topic(
        "upkeep",
        ("maintenance", "correction", "margin", "subaccount", "sub", "子账户", "子账号", "保证金"),
    ),
    Topic("tiers", ("tier", "ladder", "ladders", "档位", "止盈", "阶梯", "volatility", "波动", "动态")),
    Topic("pictures", ("picture", "charts", "图片", "图表", "图")),
    Topic("reports", ("报告", "报表", "记录")),
    Topic("notify", ("notices", "notifications", "noise", "alerts", "通知", "消息")),
    Topic("signs", ("sign", "symbols", "emoji", "符号", "图标")),
    Topic("bot", ("other", "其他", "机器人")),
)
# Other names of a command that nobody gives as an order; the others are in the table of words.
WORDS: Final[Mapping[str, str]] = {
    "go": "resume",
    "sell": "close",
    "维护": "maintain",
    "纠错": "correct",
    "验证码": "code",
    "账号": "accounts",
    "主题": "theme",
    "导出": "export",
    "免打扰": "quiet",
    "演练": "drill",
    "alarm": "drill",
    "语言": "lang",
    "language": "lang",
}
PER_ROW = 3


class WhatItDoes(NamedTuple):
    """What is sent: nothing where it ``only_watches``; buys only in the accounts that can be ``maintained``."""

    only_watches: bool = False
    maintained: tuple[str, ...] = ()
    maintained_by_itself: tuple[str, ...] = ()


class HelpCommand(HandlerGroup):
    """Answers /help; ``names`` are the commands that there are, and the topic of each."""

    def __init__(self, session: Session, names: Mapping[str, str]) -> None:
        self._session = session
        self._names = names

    @command("help", topic="bot", place=5)
    async def help(self, update: Update, context: Context) -> None:
        """Show the overview, a topic, or a command's forms."""
        reader = self._session.reader(update)
        word = context.args[0] if context.args else ""
        page = page_named(reader, self._names, word)
        await self._session.reply(update, context, help_command(reader, self._names, page, self._does()))

    @button("hp")
    async def press(self, update: Update, context: Context, rest: str) -> None:
        """Turn to a page."""
        reader = self._session.reader(update)
        if rest and rest not in pages_of(self._names):
            if update.callback_query is not None:
                await answer(update.callback_query, reader.plain("button.old", command="help"))
            return
        await self._session.reply(update, context, help_command(reader, self._names, rest, self._does()))

    def _does(self) -> WhatItDoes:
        """Return what is sent in these accounts as they are set."""
        accounts = self._session.accounts
        subs = {of.name: of.checker.upkeep_scheduler for of in accounts if of.checker.upkeep_scheduler.is_sub}
        pauses = accounts.main.checker.journal.ledger.pauses()
        return WhatItDoes(
            only_watches=any(pause.cause == "watch" for pause in pauses.entries),
            maintained=tuple(subs),
            maintained_by_itself=tuple(name for name, scheduler in subs.items() if scheduler.switches.maintenance),
        )


def pages_of(names: Mapping[str, str]) -> list[str]:
    """List the pages that there are: topics, then commands."""
    return [topic.name for topic in TOPICS] + [name for topic in TOPICS for name in _commands_of(topic.name, names)]


def _commands_of(topic: str, names: Mapping[str, str]) -> list[str]:
    return [name for name, of in names.items() if of == topic]


def meant(word: str) -> str:
    """Return the topic or command that a word stands for, or the word.

    >>> meant("/Close"), meant("平仓"), meant("charts"), meant("xyz")
    ('close', 'close', 'pictures', 'xyz')
    """
    plainly = word.strip().lstrip("/").split("@")[0].lower()
    named = {other: topic.name for topic in TOPICS for other in topic.words}
    command, *_ = COMMANDS.get(plainly, plainly).split() or [""]
    return named.get(plainly) or WORDS.get(plainly) or command


def nearest_command(word: str, names: Mapping[str, str]) -> str:
    """Return the command that a word most likely stands for; ``help`` where none is near.

    >>> names = {"status": "look", "close": "close", "pause": "rules", "help": "bot"}
    >>> [nearest_command(word, names) for word in ("/statsu", "/平仓", "/stop@some_bot", "/zzzzzz")]
    ['status', 'close', 'pause', 'help']
    """
    page = meant(word)
    topic = next((topic for topic in TOPICS if topic.name == page and page not in names), None)
    near = _commands_of(topic.name, names) if topic else difflib.get_close_matches(page, names, 1, 0.6)
    return near[0] if near else "help"


def page_named(reader: Reader, names: Mapping[str, str], word: str) -> str:
    """Return the page that a person asks for; nothing is the overview. Raises Unclear."""
    page, known = meant(word), pages_of(names)
    if page and page not in known:
        nearest = difflib.get_close_matches(page, known, 1, 0.4)
        words = reader.say("help.unknown", word=word[:40], nearest=nearest[0] if nearest else "close")
        raise Unclear(words)
    return page


def help_command(reader: Reader, names: Mapping[str, str], page: str = "", does: WhatItDoes | None = None) -> Message:
    """Show a page of the guide: the overview, a topic, or one command."""
    if not page:
        return _overview(reader, names, does or WhatItDoes())
    topic = next((topic for topic in TOPICS if topic.name == page), None)
    back = [Button(reader.plain("button.help"), "hp:")]
    if topic is None:
        back.insert(0, Button(f"◀ {reader.plain(f'help.topic.{names[page]}')}", f"hp:{names[page]}"))
        return Message(_entry(reader, page), (tuple(back),))
    entries = [_entry(reader, name) for name in _commands_of(topic.name, names)]
    if topic.name == "rules":
        entries.insert(0, _rules(reader))
    if topic.name == "signs":
        entries.append(reader.say("help.signs"))
    return Message(Html("\n\n".join(entries)), (tuple(back),))


def _overview(reader: Reader, names: Mapping[str, str], does: WhatItDoes) -> Message:
    rows = [
        reader.say("help.row", topic=reader.plain(f"help.topic.{topic.name}"), commands=" ".join(commands))
        for topic in TOPICS
        if (commands := [f"/{name}" for name in _commands_of(topic.name, names)])
    ]
    buttons = [Button(reader.plain(f"help.topic.{topic.name}"), f"hp:{topic.name}") for topic in TOPICS]
    head = reader.say("help.head.watch" if does.only_watches else "help.head", interval=reader.interval)
    return Message(
        Html("\n".join([head, _grows(reader, does), "", *rows, "", reader.say("help.foot")])),
        grid(buttons, PER_ROW),
    )


def _grows(reader: Reader, does: WhatItDoes) -> Html:
    """Say what may make a position larger."""
    if does.maintained_by_itself and not does.only_watches:
        return reader.say("help.grows.itself", names=list_of(does.maintained_by_itself))
    if does.maintained:
        return reader.say("help.grows.asked", names=list_of(does.maintained))
    return reader.say("help.grows.never")


def _entry(reader: Reader, name: str) -> Html:
    return reader.say(f"help.{name}", pair=typed("pair"))


def _rules(reader: Reader) -> Html:
    rules = reader.rules
    return reader.say("help.rules", interval=reader.interval, rules=rules)
