"""OKX's stream: whether it connects, logs in and brings a mark price, and what is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from tgtp.adapters.okx.stream.address import stream_address
from tgtp.doctor.finding import Finding, attention, good
from tgtp.engine.ports import Clock, Exchange, PushedMark, PushedOrder, PushedPosition, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.errors import Problem
from tgtp.exchanges import build_streams
from tgtp.settings.environment import Settings
from tgtp.settings.network import Network

# Seconds for all of it.
PATIENCE = 10
# What everybody can listen to, where nothing is held.
ANY_INSTRUMENT = "BTC-USDT-SWAP"
# The login's time is too far from OKX's.
CLOCK = "60006"
REFUSALS = ("problem.code", "problem.says", "problem.keys")


class StreamReading(NamedTuple):
    """What was heard. ``prices`` is why no mark price of ``instrument`` came, ``accounts`` why one is not heard; None: it is.

    ``connected``: the prices' connection was made, whatever came on it.
    """

    instrument: str = ANY_INSTRUMENT
    connected: bool = False
    prices: Problem | None = None
    accounts: Mapping[str, Problem | None] = {}


class _Hearing(StreamListener):
    """Waits for the first word on a connection: that it works, or why not."""

    def __init__(self) -> None:
        self.connected = False
        self.why: Problem | None = Problem("problem.too_slow")
        self.heard = asyncio.Event()

    def _hear(self, why: Problem | None) -> None:
        if not self.heard.is_set():
            self.why = why
            self.heard.set()

    def mark(self, push: PushedMark) -> None:  # noqa: ARG002
        """Take that prices come."""
        self._hear(None)

    def lost(self, connection: Connection, why: Problem) -> None:  # noqa: ARG002
        """Take why nothing comes."""
        self._hear(why)

    def regained(self, connection: Connection) -> None:
        """Take that it is logged in, or subscribed: an account need not say anything of itself."""
        self.connected = True
        if connection == "private":
            self._hear(None)

    def position(self, push: PushedPosition) -> None:
        """Nothing is said of it."""

    def order(self, push: PushedOrder) -> None:
        """Nothing is said of it."""

    def account_changed(self) -> None:
        """Nothing is said of it."""


async def examine_stream(
    settings: Settings, exchanges: Mapping[str, Exchange], held: Iterable[str], clock: Clock, network: Network
) -> list[Finding]:
    """Return how the stream of these accounts stands; ``held`` are the instruments of legs."""
    if not settings.is_streamed:
        return [good("stream_off")]
    if not exchanges:
        return []
    address = stream_address("public", url=settings.okx_api_url, ws_url=settings.okx_ws_url, demo=settings.okx_demo)
    return judge_stream(await _read_stream(settings, exchanges, held, clock, network), address)


async def _read_stream(
    settings: Settings, exchanges: Mapping[str, Exchange], held: Iterable[str], clock: Clock, network: Network
) -> StreamReading:
    """Listen until each connection has said something."""
    prices, accounts = _Hearing(), {name: _Hearing() for name in exchanges}
    instrument = next(iter(sorted(held)), ANY_INSTRUMENT)
    marks, streams = build_streams(settings, exchanges, prices, accounts, clock, network)
    marks.follow({instrument})
    running = [asyncio.create_task(marks.run()), *(asyncio.create_task(stream.run()) for stream in streams.values())]
    waiting = [asyncio.create_task(each.heard.wait()) for each in (prices, *accounts.values())]
    await asyncio.wait(waiting, timeout=PATIENCE)
    for task in (*running, *waiting):
        task.cancel()
    await asyncio.gather(*running, *waiting, return_exceptions=True)
    return StreamReading(instrument, prices.connected, prices.why, {name: each.why for name, each in accounts.items()})


def judge_stream(stream: StreamReading, address: str) -> list[Finding]:
    """Return how it stands; ``address`` is where it is. Nothing of it keeps the program from starting."""
    host = urlsplit(address).netloc
    shut = [why for why in (stream.prices, *stream.accounts.values()) if why is not None and why.key not in REFUSALS]
    if stream.prices is not None and stream.connected:
        return [attention("stream_silent", instrument=stream.instrument, why=stream.prices)]
    if shut:
        return [attention("stream_shut", host=host, why=shut[0])]
    found = [
        attention("stream_clock" if CLOCK in why.parts else "stream_login", why=why)._replace(account=name)
        for name, why in stream.accounts.items()
        if why is not None
    ]
    return found or [good("stream", host=host, accounts=len(stream.accounts))]
