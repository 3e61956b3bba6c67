"""tgtp guards perpetual-swap positions on OKX and talks about it on Telegram."""

__version__ = "1.0.0"
