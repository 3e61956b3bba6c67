"""Sends, edits and answers messages, with the repetitions that a call to Telegram may need."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, CallbackQuery, InputMediaPhoto, ReplyParameters
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from tgtp.chat.charts.model import Picture
from tgtp.chat.charts.render import CannotDraw, drawn
from tgtp.chat.messages.message import LONGEST_CAPTION, LONGEST_TEXT, Message, bare, utf16

log = logging.getLogger(__name__)
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 20.0)
LONGEST_FLOOD = 60.0


async def answer(query: CallbackQuery, text: str | None = None) -> None:
    """End the waiting of a button, with a toast or without; a button that waits no longer is no error.

    Telegram forgets a press after a while, and takes one answer only. Neither must keep back what the press asked for.
    """
    try:
        await query.answer(text)
    except TelegramError as exc:
        log.debug("a press could not be answered: %s", exc)


async def edit(query: CallbackQuery, message: Message) -> None:
    """Change a message in place, or send it anew where that cannot be; that nothing changed is no error.

    Raises TelegramError.
    """
    bot, chat_id = query.get_bot(), query.from_user.id
    if not isinstance(query.message, TelegramMessage):
        await send(bot, chat_id, message)
        return
    # A picture stays as it is where words come after it: they get a message of their own.
    if bool(query.message.photo) != (message.picture is not None) or message.document is not None:
        await send(bot, chat_id, message)
        return
    try:
        if message.picture is None:
            await change(bot, query.message.chat_id, query.message.message_id, message)
        else:
            photo = InputMediaPhoto(await drawn(message.picture), message.text, parse_mode=ParseMode.HTML)
            await query.edit_message_media(photo, reply_markup=message.markup)
    except (BadRequest, CannotDraw) as exc:
        if not _is_unmodified(exc):
            await send(bot, chat_id, message)


async def change(bot: Bot, chat_id: int, message_id: int, message: Message) -> None:
    """Change words and buttons of a message that stands in the chat; that they are so already is no error.

    Raises TelegramError.
    """
    try:
        await bot.edit_message_text(message.text, chat_id, message_id, parse_mode=ParseMode.HTML, reply_markup=message.markup)
    except BadRequest as exc:
        if not _is_unmodified(exc):
            raise


def _is_unmodified(exc: Exception) -> bool:
    return "not modified" in str(exc).lower()


async def take_buttons(query: CallbackQuery) -> None:
    """Take the buttons off a message that may stay as it is; that this fails is no error."""
    if isinstance(query.message, TelegramMessage):
        with contextlib.suppress(TelegramError):
            await query.edit_message_reply_markup(None)


async def surely(attempt: Callable[[], Awaitable[object]]) -> None:
    """Try for a minute to do something that a person waits for.

    Raises TelegramError; at once a BadRequest, and a flood that lasts longer: to ask within it would make it longer still.
    """
    for pause in PAUSES:
        try:
            await attempt()
            return
        except BadRequest:
            raise
        except RetryAfter as exc:
            if flood_wait(exc) > LONGEST_FLOOD:
                raise
            await asyncio.sleep(flood_wait(exc))
        except NetworkError:
            await asyncio.sleep(pause)
    await attempt()


async def promptly(app: Application[Any, Any, Any, Any, Any, Any], attempt: Callable[[], Awaitable[object]]) -> bool:
    """Send or edit something now; False while Telegram is away or flooded: it is tried on beside whatever else is asked.

    Raises BadRequest, Forbidden.
    """
    try:
        await attempt()
    except BadRequest:
        raise
    except (RetryAfter, NetworkError) as exc:
        log.debug("an answer is tried again: %s", exc)
        app.create_task(surely(attempt))
        return False
    return True


def flood_wait(exc: RetryAfter) -> float:
    """Read how many seconds Telegram wants to be left alone."""
    wait = exc.retry_after
    return (wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)) + 0.1


async def send(
    bot: Bot, chat_id: int, message: Message, *, silent: bool = False, reply_to: int | None = None
) -> TelegramMessage:
    """Send a message and give what stands in the chat now.

    Where Telegram does not take its picture, markup or buttons, it comes as plain text rather than not at all. ``silent``: the
    phone does not ring. ``reply_to`` is the message that it answers, if that is still there.

    Raises TelegramError.
    """
    how: dict[str, Any] = {"disable_notification": silent}
    if reply_to is not None:
        how["reply_parameters"] = ReplyParameters(reply_to, allow_sending_without_reply=True)
    if message.document is not None:
        return await bot.send_document(
            chat_id,
            message.document.content,
            caption=message.text,
            parse_mode=ParseMode.HTML,
            filename=message.document.name,
            reply_markup=message.sent_markup,
            **how,
        )
    if message.picture is not None:
        shown = await _send_picture(bot, chat_id, message, message.picture, how)
        if shown is not None:
            return shown
    return await _send_text(bot, chat_id, message, how)


async def _send_picture(
    bot: Bot, chat_id: int, message: Message, picture: Picture, how: dict[str, Any]
) -> TelegramMessage | None:
    """Send a picture with the text below it; None when that cannot be, and the text must go without.

    A text that is too long for a caption follows as a message of its own, with the buttons.
    """
    fits = utf16(bare(message.text)) <= LONGEST_CAPTION
    below: dict[str, Any] = (
        {"caption": message.text, "parse_mode": ParseMode.HTML, "reply_markup": message.sent_markup} if fits else {}
    )
    try:
        shown = await bot.send_photo(chat_id, await drawn(picture), **below, **how)
    except CannotDraw as exc:
        log.error("a picture could not be drawn (%s); its text goes without", exc)
        return None
    except BadRequest as exc:
        if "chat not found" in exc.message.lower():
            raise
        log.warning("Telegram did not take a picture (%s); its text goes without", exc)
        return None
    return shown if fits else await _send_text(bot, chat_id, message, how)


async def _send_text(bot: Bot, chat_id: int, message: Message, how: dict[str, Any]) -> TelegramMessage:
    try:
        return await bot.send_message(chat_id, message.text, parse_mode=ParseMode.HTML, reply_markup=message.sent_markup, **how)
    except BadRequest as exc:
        if "chat not found" in exc.message.lower():
            raise
        log.warning("Telegram did not take the markup of a message (%s); sent as plain text", exc)
    text = bare(message.text)
    while utf16(text) > LONGEST_TEXT:
        text = text[: len(text) - 100] + "…"
    try:
        return await bot.send_message(chat_id, text, parse_mode=None, reply_markup=message.sent_markup, **how)
    except BadRequest:
        if message.sent_markup is None:
            raise
        return await bot.send_message(chat_id, text, parse_mode=None, **how)
