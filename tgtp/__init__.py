"""tgtp guards perpetual-swap positions on OKX and talks about it on Telegram."""

__version__ = "0.2.0"
