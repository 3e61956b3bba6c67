"""By which way each side goes, in words."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.chat.texts import Language, plain
from tgtp.domain.events import Route


def ways(language: Language, routes: Iterable[Route]) -> str:
    """Name the way of each side.

    >>> ways("en", [Route(side="okx"), Route(side="telegram", proxy="socks5h://127.0.0.1:7890", setting="ALL_PROXY")])
    'OKX directly · Telegram by socks5h://127.0.0.1:7890 (ALL_PROXY)'
    >>> ways("zh", [Route(side="okx", setting="OKX_PROXY_URL")])
    'OKX 直连（OKX_PROXY_URL）'
    """
    return " · ".join(
        plain(language, f"route.{route.side}", way=plain(language, _key(route), proxy=route.proxy, setting=route.setting))
        for route in routes
    )


def _key(route: Route) -> str:
    if route.proxy:
        return "way.proxy"
    return "way.direct.said" if route.setting else "way.direct"
