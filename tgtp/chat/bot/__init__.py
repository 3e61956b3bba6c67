"""Where python-telegram-bot is wired: application, connection, router, check jobs."""
