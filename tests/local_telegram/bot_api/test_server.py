"""python-telegram-bot itself over the Telegram in this process."""

from __future__ import annotations

import io
from typing import Any

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    Update,
)
from telegram.error import BadRequest
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes

from tests.fixtures.waiting import until
from tests.local_telegram.bot_api.test_calls import ME
from tests.local_telegram.bot_api.test_files import png
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.transport import LocalRequest

Bot = Application[Any, Any, Any, Any, Any, Any]


def build(tg: LocalTelegram) -> Bot:
    app: Bot = ApplicationBuilder().token("1:local").request(LocalRequest(tg)).get_updates_request(LocalRequest(tg)).build()

    async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        assert update.effective_user
        word = "平仓" if (update.effective_user.language_code or "").startswith("zh") else "Close"
        button = InlineKeyboardButton(word, callback_data="close", style="danger")
        await update.message.reply_html("<b>BTC</b> 🔥 <i>+2 %</i>", reply_markup=InlineKeyboardMarkup([[button]]))

    async def press(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer("Closed")
        await update.callback_query.edit_message_text("<b>Closed</b>", parse_mode="HTML")

    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(press))
    return app


async def test_a_real_application_runs_over_it() -> None:
    tg = LocalTelegram(first_name="Ann")
    app = build(tg)
    events = tg.subscribe()
    async with app:
        assert app.updater
        await app.updater.start_polling(timeout=20)
        await app.start()
        tg.user_text("/start")
        await until(lambda: len(tg.messages()) == 2)
        sent = tg.messages()[-1]
        assert sent["reply_markup"]["inline_keyboard"] == [[{"text": "Close", "callback_data": "close", "style": "danger"}]]
        tg.user_press(sent["message_id"], "close")
        await until(lambda: tg.messages()[-1]["text"] == "Closed")
        assert "reply_markup" not in tg.messages()[-1]
        seen = [events.get_nowait() for _ in range(events.qsize())]
        assert [event["text"] for event in seen if event["kind"] == "toast"] == ["Closed"]
        tg.set_language("zh-hans")
        tg.user_text("/start")
        await until(lambda: len(tg.messages()) == 4)
        assert tg.messages()[-1]["reply_markup"]["inline_keyboard"][0][0]["text"] == "平仓"
        await app.updater.stop()
        await app.stop()


async def test_the_library_understands_every_answer() -> None:
    tg = LocalTelegram()
    app = build(tg)
    async with app:
        bot, everywhere = app.bot, BotCommandScopeAllPrivateChats()
        await bot.set_my_commands([BotCommand("status", "Positions")], scope=everywhere)
        await bot.set_my_commands([BotCommand("status", "持仓")], scope=everywhere, language_code="zh")
        await bot.set_my_commands([BotCommand("mine", "x")], scope=BotCommandScopeChat(ME), language_code="de")
        assert tg.menu() == [{"command": "status", "description": "Positions"}]
        tg.set_language("zh-hans")
        assert tg.menu() == [{"command": "status", "description": "持仓"}]
        await bot.set_my_description("守护者", language_code="zh")
        await bot.set_my_short_description("short")
        assert (await bot.get_my_short_description()).short_description == "short"
        assert (tg.state()["bot"]["name"], tg.state()["description"]) == ("tgtp", "守护者")
        photo = await bot.send_photo(ME, png(), caption="<i>chart</i>", parse_mode="HTML")
        document = await bot.send_document(
            ME, InputFile(io.BytesIO(b"a,b"), filename="fills.csv", read_file_handle=False), disable_notification=True
        )
        assert document.document
        assert document.document.file_name == "fills.csv"
        changed = await bot.edit_message_media(InputMediaPhoto(png(5, 5)), ME, photo.message_id)
        assert not isinstance(changed, bool)
        assert changed.photo[0].width == 5
        assert await bot.edit_message_caption(ME, photo.message_id, caption="new")
        media = [InputMediaDocument(b"1", filename="a.txt"), InputMediaDocument(b"2", filename="b.txt", caption="two")]
        group = await bot.send_media_group(ME, media)
        assert [message.document.file_name for message in group if message.document] == ["a.txt", "b.txt"]
        assert await bot.pin_chat_message(ME, photo.message_id, disable_notification=True)
        full = await bot.get_chat(ME)
        assert full.pinned_message
        assert full.pinned_message.message_id == photo.message_id
        sent = await bot.send_message(ME, 'at <tg-time unix="1700000000" format="r">then</tg-time>', "HTML")
        assert sent.entities[0].date_time_format == "r"
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_reply_markup(ME, sent.message_id)
        assert await bot.unpin_chat_message(ME, photo.message_id)
        assert await bot.delete_message(ME, tg.user_text("thanks"))
