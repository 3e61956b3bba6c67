"""What happens to an account's conditional orders: each time it is worth a look, and no more is said of it.

OKX pushes them on a connection of their own, and none of them at the beginning.
https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-ws-algo-orders-channel
"""

from __future__ import annotations

from typing import ClassVar, Final

from tgtp.adapters.okx.stream.account import OkxAccountStream
from tgtp.adapters.okx.stream.link import Frame, Line, Link, channel_of
from tgtp.adapters.okx.stream.lost import Lost
from tgtp.adapters.okx.stream.rows import pushed_order
from tgtp.engine.ports import PushedOrder
from tgtp.engine.ports.stream import Connection

CHANNEL: Final = "orders-algo"


class OkxAlgoStream(OkxAccountStream):
    """Wakes whoever listens. Nothing is decided by it: that it is lost is no news, what was missed a check finds."""

    connection: ClassVar[Connection] = "business"
    subscribed: ClassVar[list[dict[str, str]]] = [{"channel": CHANNEL, "instType": "SWAP"}]

    def _is_ready(self, line: Line) -> None:
        self._take_ready(line)
        self._wake()

    def _tell_lost(self, lost: Lost) -> None:
        self._log_lost(lost)

    def _pushed(self, frame: Frame, at: float) -> None:
        rows = frame.get("data")
        if channel_of(frame) != CHANNEL or not isinstance(rows, list):
            self._unreadable()
            return
        for row in rows:
            order = pushed_order(row, at)
            if order is not None:
                self._listener.order(order)

    def _unreadable(self) -> None:
        Link._unreadable(self)
        self._wake()

    def _wake(self) -> None:
        """Have every leg looked at."""
        self._listener.order(PushedOrder("", self._clock.monotonic()))
