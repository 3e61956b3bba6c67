"""aiohttp through a proxy: HTTP proxies it knows by itself, SOCKS proxies by a connector of aiohttp_socks."""

from __future__ import annotations

import ssl

import aiohttp
import aiohttp_socks
import python_socks

from tgtp.settings.proxies import Way

# None of these is an error of aiohttp's, nor of the system's; all are raised before anything is sent to the host itself.
SOCKS_PROBLEMS = (aiohttp_socks.ProxyError, aiohttp_socks.ProxyConnectionError, aiohttp_socks.ProxyTimeoutError)


def connector(way: Way, trust: ssl.SSLContext | bool) -> aiohttp.TCPConnector:
    """Build what makes the connections of a session; for an HTTP proxy, each request names it as well (``http_proxy``)."""
    if not way.is_socks:
        return aiohttp.TCPConnector(ssl=trust, happy_eyeballs_delay=0)
    name, password = way.credentials or (None, None)
    return aiohttp_socks.ProxyConnector(way.host, way.port, python_socks.ProxyType.SOCKS5, name, password, rdns=True, ssl=trust)


def http_proxy(way: Way) -> str | None:
    """Return the HTTP proxy that each request must name, if there is one."""
    return None if way.is_socks else way.proxy or None
