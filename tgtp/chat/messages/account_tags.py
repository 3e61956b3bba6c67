"""Which account a message and its buttons belong to, where there are several: written on going out, taken off coming in."""

from __future__ import annotations

import re
from collections.abc import Collection

from telegram import CallbackQuery, Update

from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html
from tgtp.domain.model import MAIN

# In front of a button's data: ``@alpha:cl:0123456789``. Of the 64 bytes that Telegram allows a name takes 14 at most.
# https://core.telegram.org/bots/api#inlinekeyboardbutton
MARK = "@"
# Commands that, without a name, mean all accounts, and those that mean the main one.
COMMANDS_OF_ALL = ("pause", "resume", "report", "pnl", "export", "history", "health")
COMMANDS_OF_MAIN = (
    "status",
    "close",
    "leg",
    "pairs",
    "pair",
    "chart",
    "equity",
    "rearm",
    "dynamic",
    "resting",
    "maintain",
    "correct",
    "ack",
    # Guards of legs are one for all accounts.
    r"guards(?= (?:reset|drawdown)\b)",
)


def headed(message: Message, account: str, names: Collection[str]) -> Message:
    """Name the account in the first line, and in every command below that would else be another's; ``names`` are all there are.

    >>> headed(Message(Html("CRV paused. <code>/resume CRV</code>")), "alpha", ("main", "alpha")).text
    '<b>alpha</b>\\nCRV paused. <code>/resume alpha CRV</code>'
    >>> headed(Message(Html("<code>/guards reset</code>, /guards")), "alpha", ("main", "alpha")).text
    '<b>alpha</b>\\n<code>/guards alpha reset</code>, /guards'
    """
    return message._replace(text=Html(f"<b>{account}</b>\n{with_account(message.text, account, names)}"))


def with_account(text: str, account: str, names: Collection[str]) -> str:
    """Name the account in every command of a text that would else be another's; ``names`` are all there are."""
    commands = COMMANDS_OF_ALL if account == MAIN else (*COMMANDS_OF_ALL, *COMMANDS_OF_MAIN)
    bare = rf"(?<![\w/])/({'|'.join(commands)})\b(?! (?:{'|'.join(names)})\b)"
    return re.sub(bare, rf"/\1 {account}", text)


def addressed(message: Message, account: str) -> Message:
    """Bind every button to an account; one that is bound already stays as it is."""
    rows = tuple(
        tuple(
            button._replace(data=f"{MARK}{account}:{button.data}")
            if button.comes_back and not button.data.startswith(MARK)
            else button
            for button in row
        )
        for row in message.buttons
    )
    return message._replace(buttons=rows)


def parted(data: str) -> tuple[str, str]:
    """Return the account that a button is bound to ("" where it is not) and what it says.

    >>> parted("@alpha:st:1:*"), parted("st:1:*")
    (('alpha', 'st:1:*'), ('', 'st:1:*'))
    """
    if not data.startswith(MARK):
        return "", data
    account, _, rest = data[len(MARK) :].partition(":")
    return account, rest


def without_address(update: Update, query: CallbackQuery, data: str) -> Update:
    """Return the same press as it would be if its button said ``data`` alone: handlers know nothing of addresses."""
    pressed = CallbackQuery(query.id, query.from_user, query.chat_instance, message=query.message, data=data)
    pressed.set_bot(query.get_bot())
    return Update(update.update_id, callback_query=pressed)
