"""What a request says: where it comes from, which word it carries, what is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, Final, NamedTuple

from aiohttp import HttpVersion11, web

from tgtp.settings.urls import address_of, is_this_machine

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# What a reverse proxy adds: who asked it is not known then.
_OF_PROXIES: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


class Who(Enum):
    """Who may ask for something.

    ``OWNER``: with the token's word, from this machine; to all others there is nothing here. ``READER``: with that, or with the
    word of a password. ``SCRAPER``: with the token or the password themselves. ``ANYBODY``: it holds nothing.
    """

    ANYBODY = "anybody"
    READER = "reader"
    OWNER = "owner"
    SCRAPER = "scraper"


class Route(NamedTuple):
    """What answers to a path. ``only_here``: on this machine alone; what is the owner's is that anyway."""

    method: str
    path: str
    handler: Handler
    who: Who
    only_here: bool = False


def names_of_here(port: int) -> set[str]:
    """Return how a browser on this machine may name this server."""
    return {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}


def peer_of(request: web.Request) -> str:
    """Return the address of whoever asks, "" where that is not known any more: by it wrong passwords are counted, no more.

    Of a reverse proxy on this machine it is the last that the proxy names. Where it hands on what it was sent, anybody may
    name any: that is why a password must be hard to guess.
    """
    peer = _address(request, "peername")
    named = ",".join(request.headers.getall("X-Forwarded-For", ())).rpartition(",")[2].strip()
    return named if is_this_machine(peer) and address_of(named) is not None else peer


def is_from_here(request: web.Request, port: int) -> bool:
    """Return whether somebody on this machine asks, without a proxy between that names itself, and under a name of it."""
    ends = (_address(request, "peername"), _address(request, "sockname"))
    # Old proxies name themselves by nothing but the version; no browser speaks that one.
    is_passed_on = any(name in request.headers for name in _OF_PROXIES) or request.version < HttpVersion11
    return all(map(is_this_machine, ends)) and not is_passed_on and request.headers.get("Host", "") in names_of_here(port)


def word_of(request: web.Request) -> str:
    """Return the word in the header that is made for it; "" without one."""
    kind, _, word = request.headers.get("Authorization", "").partition(" ")
    return word if kind == "Bearer" else ""


async def body_of(request: web.Request) -> dict[str, Any]:
    """Return the JSON object that was sent. Raises HTTPBadRequest."""
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):
        raise web.HTTPBadRequest(reason="This is not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(reason="A JSON object is needed")
    return body


def _address(request: web.Request, which: str) -> str:
    found = request.transport.get_extra_info(which) if request.transport is not None else None
    return str(found[0]) if found else ""
