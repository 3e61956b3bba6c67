"""Where OKX's streams are."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from tgtp.settings.network import OKX_URL

# The host of an account's region, by that of its REST interface: for real trading, and for demo trading.
HOSTS: Final = {
    "www.okx.com": ("ws.okx.com", "wspap.okx.com"),
    "okx.com": ("ws.okx.com", "wspap.okx.com"),
    "eea.okx.com": ("wseea.okx.com", "wseeapap.okx.com"),
    "my.okx.com": ("wseea.okx.com", "wseeapap.okx.com"),
    "us.okx.com": ("wsus.okx.com", "wsuspap.okx.com"),
    "app.okx.com": ("wsus.okx.com", "wsuspap.okx.com"),
}
DEMO = "?brokerId=9999"


def stream_address(kind: str, *, url: str = "", ws_url: str = "", demo: bool = False) -> str:
    """Return the address of a ``kind`` of streams: ``ws_url`` where it is given, else what belongs to the REST one.

    A host that is none of OKX's own has its streams at the same place: whoever stands there has the key already.

    >>> stream_address("public"), stream_address("private", url="https://eea.okx.com", demo=True)
    ('wss://ws.okx.com:8443/ws/v5/public', 'wss://wseeapap.okx.com:8443/ws/v5/private?brokerId=9999')
    >>> stream_address("public", url="http://127.0.0.1:8090"), stream_address("public", ws_url="wss://my.example/ws/v5/")
    ('ws://127.0.0.1:8090/ws/v5/public', 'wss://my.example/ws/v5/public')
    """
    base = ws_url.rstrip("/") or _base(url.rstrip("/") or OKX_URL, demo=demo)
    return f"{base}/{kind}{DEMO if demo else ''}"


def _base(url: str, *, demo: bool) -> str:
    parts = urlsplit(url)
    if parts.hostname in HOSTS:
        return f"wss://{HOSTS[parts.hostname][demo]}:8443/ws/v5"
    scheme = "ws" if parts.scheme == "http" else "wss"
    return f"{scheme}://{parts.netloc}{parts.path}/ws/v5"
