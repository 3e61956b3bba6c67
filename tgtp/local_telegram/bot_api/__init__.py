"""Telegram's Bot API in memory: chats, messages, files, updates, and the errors that it answers with."""
