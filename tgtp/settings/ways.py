"""By which way each side goes out of this machine."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies


class Ways(NamedTuple):
    """The host and port of the proxy of each side, without its password; "" where it goes directly."""

    okx: str = ""
    telegram: str = ""


def read_ways() -> Ways:
    """Read them as the libraries do: that of Telegram follows the environment, that of OKX does not."""
    proxies = getproxies()
    address = proxies.get("https") or proxies.get("all") or ""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        return Ways(telegram=f"{parts.hostname}:{parts.port}" if address and parts.hostname else "")
    except ValueError:
        return Ways(telegram="?")
