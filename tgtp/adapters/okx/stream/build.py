"""Builds the streams, of the same things as the REST clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.okx.stream.account import OkxAccountStream
from tgtp.adapters.okx.stream.algo import OkxAlgoStream
from tgtp.adapters.okx.stream.dial import OkxDialer
from tgtp.adapters.okx.stream.login import Keys, OkxTime
from tgtp.adapters.okx.stream.marks import OkxMarkStream
from tgtp.adapters.okx.stream.pacing import connect_pace
from tgtp.engine.ports import Clock, StreamListener
from tgtp.settings.network import Network


class Listening(NamedTuple):
    """An account: its REST ``client``, which has its keys, ``public``, which knows OKX's clock, and who hears of it."""

    client: Any
    public: OkxPublic
    listener: StreamListener


class Streams(NamedTuple):
    """The mark prices, and each account by its name."""

    marks: OkxMarkStream
    accounts: Mapping[str, OkxAccountStream]


def build_streams(
    marks: StreamListener,
    accounts: Mapping[str, Listening],
    clock: Clock,
    *,
    url: str,
    ws_url: str,
    demo: bool,
    network: Network,
) -> Streams:
    """Build the streams of a process; ``marks`` hears of the mark prices, which need no account."""
    dialer, connects = OkxDialer(network, url=url, ws_url=ws_url, demo=demo), connect_pace(clock)
    found = {}
    for name, (client, public, listener) in accounts.items():
        keys = Keys(client.apiKey, client.secret, client.password)
        time = OkxTime(public, client, clock)
        algo = OkxAlgoStream(dialer, clock, connects, listener, keys, time)
        found[name] = OkxAccountStream(dialer, clock, connects, listener, keys, time, beside=algo)
    return Streams(OkxMarkStream(dialer, clock, connects, marks), found)
