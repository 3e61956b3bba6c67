"""Where python-telegram-bot is wired: application, connection, router, and the runner that starts and stops it."""
