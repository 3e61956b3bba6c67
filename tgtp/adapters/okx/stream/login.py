"""Logging in to the private stream, by OKX's clock."""

from __future__ import annotations

import base64
import hmac
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from tgtp.adapters.okx.public import OkxPublic
from tgtp.engine.ports import Clock


class Keys(NamedTuple):
    """The keys of an account. They are never written anywhere."""

    key: str
    secret: str
    passphrase: str

    def __repr__(self) -> str:
        return "Keys(...)"


class ExchangeTime(ABC):
    """What the time is at the exchange: a login is refused when its own is 30 s off."""

    @abstractmethod
    async def measure(self) -> None:
        """Compare the clocks where that is due. Never raises for the network."""

    @abstractmethod
    def seconds(self) -> int:
        """Return the seconds since 1970 by the exchange's clock, as far as that is known."""

    @abstractmethod
    def doubt(self) -> None:
        """Have the clocks compared again: a login was refused for its time."""


class OkxTime(ExchangeTime):
    """OKX's time, as the REST client of an account knows it."""

    def __init__(self, public: OkxPublic, client: Any, clock: Clock) -> None:
        self._public = public
        self._client = client
        self._clock = clock

    async def measure(self) -> None:
        """Compare the clocks where that is due."""
        await self._public.keep_time(self._client)

    def seconds(self) -> int:
        """Return OKX's time; ours, where it was never measured."""
        known = self._public.milliseconds()
        return int(self._clock.now().timestamp()) if known is None else known // 1000

    def doubt(self) -> None:
        """Have the clocks compared again."""
        self._public.doubt_time(self._client)


def login_arguments(keys: Keys, seconds: int) -> dict[str, str]:
    """Return what a login at this time says.

    >>> login_arguments(Keys("key", "secret", "pass"), 1704876947)["sign"]
    'QR8IYXSz8YsO8ec0umZAawJDAM1GgDAkZvjJkRiUTxk='
    """
    signed = hmac.digest(keys.secret.encode(), f"{seconds}GET/users/self/verify".encode(), "sha256")
    return {
        "apiKey": keys.key,
        "passphrase": keys.passphrase,
        "timestamp": str(seconds),
        "sign": base64.b64encode(signed).decode(),
    }
