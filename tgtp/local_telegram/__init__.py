"""A Bot API and a chat page of our own, for people without a bot token."""
