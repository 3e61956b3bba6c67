"""A message as a value: text, buttons, picture, document; long ones in pages."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Literal, NamedTuple

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from tgtp.chat.charts.model import Picture
from tgtp.chat.texts import Html

log = logging.getLogger(__name__)

Style = Literal["danger", "success", "primary"]

# Telegram counts UTF-16 units after the markup is taken off; staying below with the markup on is always safe.
# https://core.telegram.org/bots/api#sendmessage
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_COPY = 256
# Room is left for what is put above or below.
MOST_TOGETHER = LONGEST_TEXT - 400


class Button(NamedTuple):
    """A button under a message; ``data`` comes back when it is pressed, at most 64 bytes.

    With ``copies`` nothing comes back: the phone puts ``data`` on its clipboard, 256 characters at most. Nor with ``opens``:
    ``data`` is an address, of a host with a dot, that the browser opens.
    """

    label: str
    data: str
    style: Style | None = None
    copies: bool = False
    opens: bool = False

    @property
    def comes_back(self) -> bool:
        """Return whether the bot hears of a press."""
        return not (self.copies or self.opens)

    @property
    def made(self) -> InlineKeyboardButton:
        """The button as Telegram takes it."""
        if self.copies:
            return InlineKeyboardButton(self.label, copy_text=CopyTextButton(self.data[:LONGEST_COPY]), style=self.style)
        if self.opens:
            return InlineKeyboardButton(self.label, url=self.data, style=self.style)
        return InlineKeyboardButton(self.label, callback_data=self.data, style=self.style)


class Document(NamedTuple):
    """A file to be sent with a message."""

    name: str
    content: bytes


class Message(NamedTuple):
    """Text in Telegram's HTML and rows of buttons; a ``picture`` above the text, or a ``document``, where there is one.

    ``keys`` are the words on the keys that stand below the chat from now on, row by row: none to take them away, None to leave
    them as they are. A message that has buttons cannot change them.
    """

    text: Html
    buttons: tuple[tuple[Button, ...], ...] = ()
    picture: Picture | None = None
    document: Document | None = None
    keys: tuple[tuple[str, ...], ...] | None = None

    @property
    def sent_markup(self) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
        """What goes out with a new message: its buttons, or what becomes of the keys below the chat."""
        if self.keys is None:
            return self.markup
        return ReplyKeyboardMarkup(self.keys, resize_keyboard=True, is_persistent=True) if self.keys else ReplyKeyboardRemove()

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        """The buttons as Telegram takes them."""
        if not self.buttons:
            return None
        return InlineKeyboardMarkup([[button.made for button in row] for row in self.buttons])

    @property
    def asks(self) -> bool:
        """Return whether a button waits for an answer."""
        return any(button.comes_back for row in self.buttons for button in row)


def utf16(text: str) -> int:
    """Count as Telegram does."""
    return len(text.encode("utf-16-le")) // 2


def pages(blocks: Sequence[Html], *, most: int = MOST_TOGETHER, between: str = "\n") -> list[Html]:
    """Put whole blocks together into texts that fit; a block is never cut."""
    return [Html(between.join(pack)) for pack in packs(blocks, most=most, between=between)]


def packs(blocks: Sequence[Html], *, most: int = MOST_TOGETHER, between: str = "\n") -> list[Sequence[Html]]:
    """Divide blocks, in order, into packs that fit one text each."""
    found: list[Sequence[Html]] = []
    begin = length = 0
    for number, block in enumerate(blocks):
        longer = length + utf16(f"{between}{block}")
        if number > begin and longer > most:
            found.append(blocks[begin:number])
            begin, longer = number, utf16(block)
        length = longer
    return [*found, blocks[begin:]] if blocks else found


def bare(text: str) -> str:
    """Take the markup off.

    >>> bare("<b>1 &lt; 2</b>")
    '1 < 2'
    """
    parts: list[str] = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = parts.append  # type: ignore[method-assign,assignment]
    parser.feed(text)
    parser.close()
    return "".join(parts)
