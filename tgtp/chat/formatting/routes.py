"""By which way each side goes, and what comes by OKX's stream, in words."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html, Language, Names, plain, say
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.events import Route
from tgtp.domain.model import coin_of_instrument
from tgtp.domain.stream.state import OBSTACLES, StreamState, StreamTrouble


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


def troubled_coins(trouble: StreamTrouble, most: int = 5) -> Names:
    """Name the coins that something is wrong with."""
    return names([coin_of_instrument(name) for name in trouble.instruments], most)


def is_of_account(state: StreamState | None) -> bool:
    """Return whether what is wrong is so of one account; prices come to all of them."""
    return state is not None and state.trouble is not None and state.trouble.cause in ("account", "broken")


def stream_row(language: Language, state: StreamState | None, interval: int) -> list[Html]:
    """Say in one row that checks alone decide; nothing where all is well, or for as long as it may pass by itself."""
    if state is None or state.told is None or state.trouble is None:
        return []
    return [say(language, "panel.stream", state=_state(language, state.trouble), interval=interval)]


def stream_rows(reader: Reader, state: StreamState | None) -> list[Html]:
    """Say how the stream is and what it has done; nothing where there is none."""
    if state is None:
        return []
    shown = reader.plain("health.stream.order")
    if state.trouble is not None:
        shown = stream_trouble(reader, state.trouble)
    age, limit = f"{state.age or 0:.2f} s", f"{state.limit:.2f} s"
    prices = reader.plain("health.stream.mute" if state.age is None else "health.stream.prices", age=age, limit=limit)
    rows = [reader.say("health.stream", state=shown, prices=prices, fired=state.fired)]
    if state.missed:
        ages = names([f"{seconds:.2f} s" for seconds in state.missed_ages])
        late = reader.plain("health.stream.missed.late", ages=ages) if ages else ""
        rows.append(reader.say("health.stream.missed", missed=state.missed, late=late))
    left = [
        reader.plain(f"health.stream.obstacle.{why}", count=count) for why in OBSTACLES if (count := state.obstacles.get(why))
    ]
    if left:
        rows.append(reader.say("health.stream.left", obstacles=names(left)))
    return rows


def stream_trouble(reader: Reader, trouble: StreamTrouble) -> str:
    """Say what is wrong with the stream, and why where that is known."""
    shown = _state(reader.language, trouble)
    return shown if trouble.why is None else reader.plain("health.stream.why", state=shown, why=trouble.why)


def _state(language: Language, trouble: StreamTrouble) -> str:
    return plain(language, f"stream.state.{trouble.cause}", names=troubled_coins(trouble, 3))


def _key(route: Route) -> str:
    if route.proxy:
        return "way.proxy"
    return "way.direct.said" if route.setting else "way.direct"
