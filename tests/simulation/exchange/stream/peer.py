"""One client of the stand-in's stream, as the exchange sees it: what it has sent, subscribed and been pushed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from tests.simulation.exchange.account import Account

Frame = dict[str, Any]


@dataclass(frozen=True)
class Ending:
    """The connection ends: with a close frame of this ``code``, or, where it is None, without one."""

    code: int | None = None
    # Bytes that leave before it, whole frames or not.
    before: bytes = b""


@dataclass
class LastMark:
    """The mark price that an instrument's subscriber has been pushed last."""

    price: Decimal | None = None
    at: float = 0.0


@dataclass
class Peer:
    """A connection. ``outbox`` is what leaves for the client, in order; ``muted`` nothing does, though it stays open."""

    kind: str
    remote: str
    connection_id: str
    opened_at: float
    heard_at: float
    pushed_at: float
    outbox: asyncio.Queue[str | bytes | Ending] = field(default_factory=asyncio.Queue)
    account: Account | None = None
    marks: dict[str, LastMark] = field(default_factory=dict)
    # Arguments of the private channels it is subscribed to, by name, and when each was pushed last.
    channels: dict[str, Frame] = field(default_factory=dict)
    pushed: dict[str, float] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    requests: deque[float] = field(default_factory=deque)
    frames: list[Frame] = field(default_factory=list)
    pings: int = 0
    muted: bool = False
    is_open: bool = True
    # Ends the connection as a cut cable would; and lets bytes leave as they are.
    abort: Callable[[], None] = lambda: None
    write: Callable[[bytes], None] = lambda _: None

    def say(self, frame: Frame | str | bytes) -> None:
        """Let a frame leave, as JSON unless it is text already; bytes go as a binary frame."""
        if self.muted or not self.is_open:
            return
        self.outbox.put_nowait(orjson.dumps(frame).decode() if isinstance(frame, dict) else frame)

    def end(self, code: int | None = None, before: bytes = b"") -> None:
        """End the connection, with a close frame of this code or with none."""
        if self.is_open:
            self.is_open = False
            self.outbox.put_nowait(Ending(code, before))

    def refuse(self, code: str, message: str) -> None:
        """Say no."""
        self.say({"event": "error", "code": code, "msg": message, "connId": self.connection_id})
