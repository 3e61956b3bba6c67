"""One account's positions, orders and money."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from tgtp.adapters.okx.pace import Pace
from tgtp.adapters.okx.stream.dial import Dialer
from tgtp.adapters.okx.stream.link import ANSWER_WITHIN, Frame, Line, Link, channel_of
from tgtp.adapters.okx.stream.login import ExchangeTime, Keys, login_arguments
from tgtp.adapters.okx.stream.lost import REFUSED_PAUSE, Lost, refusal
from tgtp.adapters.okx.stream.pacing import Pauses
from tgtp.adapters.okx.stream.rows import pushed_order, pushed_position, unknown_position
from tgtp.engine.ports import AccountStream, Clock, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.errors import Problem

# Without an interval of 0 rows come every five seconds by themselves, though nothing has happened.
EVENTS_ONLY: Final = '{"updateInterval": "0"}'
# Says what has happened, another leverage among it: of the channel of positions nobody promises that.
# https://www.okx.com/docs-v5/en/#trading-account-websocket-balance-and-position-channel
EVENTS: Final = "balance_and_position"
LEVERAGE: Final = "set_leverage"
SUBSCRIBED: Final[list[dict[str, str]]] = [
    {"channel": "positions", "instType": "SWAP", "extraParams": EVENTS_ONLY},
    {"channel": "orders", "instType": "SWAP"},
    {"channel": "account", "extraParams": EVENTS_ONLY},
    {"channel": EVENTS},
]
# The login's time is too far from OKX's.
LATE_LOGIN = "60006"


class OkxAccountStream(Link, AccountStream):
    """What happens to one account, on one connection that is logged in; ``beside`` is another one that is held with it."""

    connection: ClassVar[Connection] = "private"
    subscribed: ClassVar[list[dict[str, str]]] = SUBSCRIBED

    def __init__(
        self,
        dialer: Dialer,
        clock: Clock,
        connects: Pace,
        listener: StreamListener,
        keys: Keys,
        time: ExchangeTime,
        pauses: Pauses | None = None,
        *,
        beside: Link | None = None,
    ) -> None:
        super().__init__(dialer, clock, connects, listener, pauses)
        self._channels = frozenset(argument["channel"] for argument in self.subscribed)
        self._beside = beside
        self._keys = keys
        self._time = time
        self._logged_in = asyncio.Event()
        self._granted: set[str] = set()
        self._line: Line | None = None

    async def run(self) -> None:
        """Hold the connection, and the one beside it, until cancelled."""
        async with asyncio.TaskGroup() as links:
            links.create_task(super().run())
            if self._beside is not None:
                links.create_task(self._beside.run())

    async def _prepare(self) -> None:
        self._logged_in.clear()
        self._granted.clear()
        await self._time.measure()

    async def _greet(self, line: Line) -> None:
        self._line = line
        await line.ask("login", [login_arguments(self._keys, self._time.seconds())])
        await self._logged_in.wait()
        await line.ask("subscribe", self.subscribed)

    async def _tend(self, line: Line) -> None:
        if not line.is_ready and self._clock.monotonic() - line.opened_at >= ANSWER_WITHIN:
            raise Lost(Problem("problem.slow"))

    def _answered(self, frame: Frame) -> None:
        event, channel = frame["event"], channel_of(frame)
        if event == "login" and frame.get("code") == "0":
            self._logged_in.set()
        elif event in ("error", "login"):
            is_late = frame.get("code") == LATE_LOGIN
            if is_late:
                self._time.doubt()
            raise refusal(frame, self._keys, 0.0 if is_late else REFUSED_PAUSE)
        elif event == "subscribe" and channel in self._channels:
            self._granted.add(channel)
            if self._granted == self._channels and self._line is not None and not self._line.is_ready:
                self._is_ready(self._line)
        elif event == "unsubscribe":
            # Nobody here has asked for it.
            raise Lost(Problem("problem.stream.crowded", channel=channel[:40]), REFUSED_PAUSE)

    def _pushed(self, frame: Frame, at: float) -> None:
        channel, rows = channel_of(frame), frame.get("data")
        if channel not in self._channels or not isinstance(rows, list):
            self._unreadable()
        elif channel == "account":
            self._listener.account_changed()
        elif channel == EVENTS:
            if any(not isinstance(row, dict) or row.get("eventType") == LEVERAGE for row in rows):
                self._listener.position(unknown_position(at))
        elif channel == "orders":
            for row in rows:
                order = pushed_order(row, at)
                if order is not None:
                    self._listener.order(order)
        else:
            for row in rows:
                position = pushed_position(row, at)
                if position is not None:
                    self._listener.position(position)

    def _unreadable(self) -> None:
        super()._unreadable()
        # It may have been about any position.
        self._listener.position(unknown_position(self._clock.monotonic()))
