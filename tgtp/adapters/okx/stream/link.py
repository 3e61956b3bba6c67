"""A connection that is made again whenever it is lost."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any, ClassVar

import orjson

from tgtp.adapters.okx.pace import Pace
from tgtp.adapters.okx.stream.dial import Dialer, Socket
from tgtp.adapters.okx.stream.lost import Ended, Lost
from tgtp.adapters.okx.stream.pacing import Budget, Pauses
from tgtp.engine.ports import Clock, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.errors import Problem

log = logging.getLogger(__name__)

# Seconds. OKX hangs up after 30 without data.
TICK = 0.25
PING_AFTER = 20.0
PONG_WITHIN = 5.0
ANSWER_WITHIN = 10.0
CROWDED_PAUSE = 30.0
PONG = b"pong"
UPGRADE = "64008"

Frame = Mapping[str, Any]


class Line:
    """One connection, for as long as it is open."""

    def __init__(self, socket: Socket, clock: Clock) -> None:
        self.opened_at = clock.monotonic()
        self.is_ready = False
        self._socket = socket
        self._clock = clock
        self._budget = Budget()

    def may_ask(self) -> bool:
        """Return whether OKX takes one more request on it now."""
        return self._budget.allows(self._clock.monotonic())

    async def ask(self, operation: str, arguments: list[dict[str, str]]) -> None:
        """Log in, subscribe or unsubscribe. Raises Lost."""
        self._budget.spend(self._clock.monotonic())
        await self._socket.send(orjson.dumps({"op": operation, "args": arguments}).decode())

    async def ping(self) -> None:
        """Ask whether anybody is there, in OKX's own words. Raises Lost."""
        await self._socket.send("ping")


class Link(ABC):
    """Holds one connection to OKX's streams; what is said on it is told by who inherits.

    No row, and no frame, is a reason to give up: what makes no sense is counted in ``dropped``.
    """

    connection: ClassVar[Connection]
    heard_at: float | None = None

    def __init__(
        self, dialer: Dialer, clock: Clock, connects: Pace, listener: StreamListener, pauses: Pauses | None = None
    ) -> None:
        self.dropped = 0
        self._dialer = dialer
        self._clock = clock
        self._connects = connects
        self._listener = listener
        self._pauses = pauses or Pauses()
        self._doubted = asyncio.Event()
        self._ready_at: float | None = None
        # What the listener was told last: None where that is that all is well, or nothing.
        self._told: Problem | None = None

    async def run(self) -> None:
        """Hold the connection until cancelled."""
        while True:
            self._ready_at = None
            try:
                await self._prepare()
                await self._hold()
            except Lost as lost:
                held = 0.0 if self._ready_at is None else self._clock.monotonic() - self._ready_at
                self._tell_lost(lost)
                await self._clock.sleep(self._pauses.after(lost, held))
            except Ended:
                log.debug("OKX's %s stream is not needed now", self.connection)

    def rebuild(self) -> bool:
        """Connect anew: what comes is not believed."""
        self._doubted.set()
        return True

    @abstractmethod
    async def _prepare(self) -> None:
        """Wait until there is something to connect for, and forget the connection before."""

    @abstractmethod
    async def _greet(self, line: Line) -> None:
        """Say what is to be said first. Raises Lost."""

    @abstractmethod
    async def _tend(self, line: Line) -> None:
        """Do what has become due, some four times a second. Raises Lost, Ended."""

    @abstractmethod
    def _answered(self, frame: Frame) -> None:
        """Take an answer to what was asked. Raises Lost."""

    @abstractmethod
    def _pushed(self, frame: Frame, at: float) -> None:
        """Take rows."""

    def _unreadable(self) -> None:
        """Count what makes no sense."""
        self.dropped += 1
        # The first, and then ever fewer.
        if self.dropped & (self.dropped - 1) == 0:
            log.warning("OKX's %s stream has sent what makes no sense, %d in all", self.connection, self.dropped)

    def _is_ready(self, line: Line) -> None:
        """Say that all that was asked for has been granted."""
        self._take_ready(line)
        self._listener.regained(self.connection)

    def _take_ready(self, line: Line) -> None:
        line.is_ready = True
        self._ready_at, self._told = self._clock.monotonic(), None

    async def _hold(self) -> None:
        """Hold one connection until it is over. Raises Lost, Ended."""
        async with AsyncExitStack() as stack:
            async with self._connects.turn():
                socket = await stack.enter_async_context(self._dialer.open(self.connection))
            line = Line(socket, self._clock)
            self.heard_at = line.opened_at
            self._doubted.clear()
            over = await _first_end(self._read(socket), self._greet(line), self._keep(line), self._until_doubted())
            # Before goodbyes, which a dead peer does not answer.
            if isinstance(over, Lost):
                self._tell_lost(over)
        raise over

    async def _read(self, socket: Socket) -> None:
        while True:
            data = await socket.receive()
            at = self.heard_at = self._clock.monotonic()
            if data != PONG:
                self._take(data, at)

    def _take(self, data: bytes, at: float) -> None:
        try:
            frame = orjson.loads(data)
        except orjson.JSONDecodeError:
            frame = None
        if not isinstance(frame, dict):
            self._unreadable()
        elif "event" in frame:
            self._noticed(frame)
        else:
            self._pushed(frame, at)

    def _noticed(self, frame: Frame) -> None:
        event = frame["event"]
        if event == "notice":
            if frame.get("code") == UPGRADE:
                raise Lost(Problem("problem.stream.upgrade"))
        elif event == "channel-conn-count-error":
            # After a normal acknowledgement: the subscription is not there.
            channel = str(frame.get("channel", ""))[:40]
            raise Lost(Problem("problem.stream.crowded", channel=channel), CROWDED_PAUSE)
        elif event != "channel-conn-count":
            self._answered(frame)

    async def _keep(self, line: Line) -> None:
        """Have whatever is due done, and notice when nothing comes any more."""
        # When it was asked whether anybody is there, and what had been heard last by then.
        pinged_at, before = 0.0, None
        while True:
            now, heard_at = self._clock.monotonic(), self.heard_at or line.opened_at
            if before != heard_at and now - heard_at >= PING_AFTER:
                pinged_at, before = now, heard_at
                await line.ping()
            elif before == heard_at and now - pinged_at >= PONG_WITHIN:
                raise Lost(Problem("problem.stream.silent", seconds=int(now - heard_at)))
            await self._tend(line)
            await self._clock.sleep(TICK)

    async def _until_doubted(self) -> None:
        await self._doubted.wait()
        raise Lost(Problem("problem.stream.doubted"))

    def _tell_lost(self, lost: Lost) -> None:
        if self._log_lost(lost):
            self._listener.lost(self.connection, lost.problem)

    def _log_lost(self, lost: Lost) -> bool:
        """Take down why it is over; return whether that is news."""
        if lost.problem == self._told:
            return False
        self._told = lost.problem
        log.info("OKX's %s stream is lost: %s", self.connection, lost)
        return True


def channel_of(frame: Frame) -> str:
    """Return the channel that a frame is about, "" where it does not say."""
    argument = frame.get("arg")
    channel = argument.get("channel") if isinstance(argument, dict) else None
    return channel if isinstance(channel, str) else ""


async def _first_end(*parts: Coroutine[Any, Any, None]) -> Lost | Ended:
    """Run the parts of a connection beside each other until one says that it is over, and end the others.

    No TaskGroup: before Python 3.13 it forgets that it was cancelled when a part fails at that moment, and the program
    would connect anew instead of ending.
    """
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    ends = [exc for task in tasks if not task.cancelled() and (exc := task.exception()) is not None]
    for exc in ends:
        if not isinstance(exc, Lost | Ended):
            raise exc
    return next(exc for exc in ends if isinstance(exc, Lost | Ended))
