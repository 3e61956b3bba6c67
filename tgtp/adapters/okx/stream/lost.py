"""Why a connection is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from tgtp.adapters.okx.client import LedElsewhere
from tgtp.adapters.okx.errors import NOT_OF_OKX, PROXY_WANTS_TO_KNOW
from tgtp.adapters.proxied import SOCKS_PROBLEMS
from tgtp.errors import ExchangeProblem, Problem

NOT_CONNECTED: Final = (aiohttp.ClientError, OSError, ValueError, *SOCKS_PROBLEMS)
TOO_MANY = 429
# These quote what was sent, a login among it.
QUOTING: Final = frozenset({"60012", "60013"})
LONGEST_WORDS = 200
# Codes that OKX closes connections with: the login failed, the key was changed or deleted; too many subscriptions.
ABOUT_KEYS: Final = frozenset({4001, 4007})
TOO_MUCH: Final = frozenset({4003, 4008, 4009})
# Seconds between two tries of what OKX refuses: it is not the network that will change its mind.
REFUSED_PAUSE = 15.0


class Lost(ExchangeProblem):
    """A connection is over; ``pause`` is the least time, in seconds, before the next one."""

    def __init__(self, problem: Problem, pause: float = 0.0) -> None:
        super().__init__(problem)
        self.pause = pause


class Ended(Exception):
    """A connection is not needed any more."""


def not_connected(exc: BaseException) -> Lost:
    """Class what kept a connection from being made. Its own words may hold a proxy's password: none of them are passed on."""
    if isinstance(exc, aiohttp.ClientHttpProxyError):
        is_asked = exc.status == PROXY_WANTS_TO_KNOW
        return Lost(Problem("problem.proxy_who") if is_asked else Problem("problem.proxy_no", code=exc.status))
    if isinstance(exc, aiohttp.WSServerHandshakeError):
        if exc.status == TOO_MANY:
            return Lost(Problem("problem.flood"), REFUSED_PAUSE)
        return Lost(Problem("problem.away") if exc.status >= 500 else NOT_OF_OKX)
    if isinstance(exc, LedElsewhere):
        return Lost(NOT_OF_OKX)
    return Lost(Problem("problem.slow") if isinstance(exc, TimeoutError) else Problem("problem.network"))


def hung_up(code: int | None) -> Lost:
    """Say with which code OKX has closed a connection; None where it was cut."""
    if code in ABOUT_KEYS:
        return Lost(Problem("problem.keys"), REFUSED_PAUSE)
    why = Problem("problem.stream.closed", code="-" if code is None else code)
    return Lost(why, REFUSED_PAUSE if code in TOO_MUCH else 0.0)


def refusal(frame: Mapping[str, Any], secrets: tuple[str, ...] = (), pause: float = REFUSED_PAUSE) -> Lost:
    """Say what OKX refuses, in its words, unless one of ``secrets`` may be among them."""
    code, words = str(frame.get("code", "")), str(frame.get("msg", ""))[:LONGEST_WORDS]
    if not words or code in QUOTING or any(secret in words for secret in secrets if secret):
        return Lost(Problem("problem.code", code=code), pause)
    return Lost(Problem("problem.says", code=code, words=words), pause)
