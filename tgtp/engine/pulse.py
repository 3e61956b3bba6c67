"""Shows whoever started the program that checks begin and end, well or badly.

A timer alone would keep a program alive whose checks have stopped. The timer here only bridges what is meant to be long: the
wait between two checks, and a check that takes its time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tgtp.engine.cycle import LONGEST_CHECK
from tgtp.engine.ports import Clock, Supervisor
from tgtp.engine.report import CheckReport

# Seconds from the begin of a check: it may have to wait for a close by hand, and then has its own time.
LONGEST_RUN = 2 * LONGEST_CHECK
# Intervals from the end of one. The bot's own watchdog pulls a late check in after three to four.
LATE_AFTER = 5


class Pulse:
    """Hears of the begin and the end of every check.

    ``watchdog`` is how many seconds of silence the supervisor takes for death, None when it does not count them; ``describe``
    says in one short line how a check went.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        clock: Clock,
        interval: int,
        watchdog: float | None,
        describe: Callable[[CheckReport], str],
    ) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._interval = interval
        self._watchdog = watchdog
        self._describe = describe
        self._checking = False
        # When a check last began or ended, by the clock that never jumps.
        self._turned_at = clock.monotonic()

    def watched(self, check: Callable[[], Awaitable[CheckReport]]) -> Callable[[], Awaitable[CheckReport]]:
        """Give the same check, whose begin is noticed."""

        async def begin() -> CheckReport:
            self._turn(checking=True)
            return await check()

        return begin

    def checked(self, report: CheckReport) -> None:
        """Say that the program is up and alive: it has brought a check to its end, though perhaps to a bad one."""
        self._turn(checking=False)
        self._supervisor.running(self._describe(report))

    def stopping(self) -> None:
        """Say that the program ends in order."""
        self._supervisor.stopping()

    async def run(self) -> None:
        """Keep the watchdog quiet between two checks and during a long one, until cancelled."""
        while self._watchdog is not None:
            await self._clock.sleep(self._watchdog / 2)
            if self._is_on_time():
                self._supervisor.alive()

    def _is_on_time(self) -> bool:
        allowed = LONGEST_RUN if self._checking else LATE_AFTER * self._interval
        return self._clock.monotonic() - self._turned_at < allowed

    def _turn(self, *, checking: bool) -> None:
        self._checking = checking
        self._turned_at = self._clock.monotonic()
