"""Shows whoever started the program that checks begin and end, well or badly, in every account.

A timer alone would keep a program alive whose checks have stopped. The timer here only bridges what is meant to be long: the
wait between two checks, and a check that takes its time. One account whose checks have stopped is enough to fall silent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from tgtp.domain.model import MAIN
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import LONGEST_CHECK
from tgtp.engine.ports import Clock, Listener, Supervisor

# Seconds from the begin of a check: it may have to wait for a close by hand, and then has its own time.
LONGEST_RUN = 2 * LONGEST_CHECK
# Intervals from the end of one. The bot's own watchdog pulls a late check in after three to four.
LATE_AFTER = 5


class Watchdog:
    """Hears of the begin and the end of every check of these accounts.

    ``watchdog`` is how many seconds of silence the supervisor takes for death, None when it does not count them; ``describe``
    says in one short line how a check of the main account went.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        clock: Clock,
        interval: int,
        watchdog: float | None,
        describe: Callable[[CheckReport], str],
        accounts: Collection[str] = (MAIN,),
    ) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._interval = interval
        self._watchdog = watchdog
        self._describe = describe
        # By account: whether a check is under way, and when one last began or ended, by the clock that never jumps.
        self._turns: dict[str, tuple[bool, float]] = {}
        for account in accounts:
            self._turn(account, checking=False)

    def watched(self, check: Callable[[], Awaitable[CheckReport]], account: str = MAIN) -> Callable[[], Awaitable[CheckReport]]:
        """Return the same check, whose begin is noticed."""

        async def begin() -> CheckReport:
            # One whose end was not heard of has not gone on: the time since its begin counts.
            if not self._turns[account][0]:
                self._turn(account, checking=True)
            return await check()

        return begin

    def of(self, account: str) -> Listener:
        """Return what hears of the end of an account's checks."""
        return _AccountWatchdog(self, account)

    def checked(self, report: CheckReport, account: str = MAIN) -> None:
        """Say that the program is up and alive: it has brought a check to its end, though perhaps to a bad one."""
        self._turn(account, checking=False)
        # The others are heard of by the timer, which asks for all of them.
        if account == MAIN and self._is_on_time():
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
        now = self._clock.monotonic()
        return all(
            now - turned_at < (LONGEST_RUN if checking else LATE_AFTER * self._interval)
            for checking, turned_at in self._turns.values()
        )

    def _turn(self, account: str, *, checking: bool) -> None:
        self._turns[account] = checking, self._clock.monotonic()


class _AccountWatchdog(Listener):
    def __init__(self, watchdog: Watchdog, account: str) -> None:
        self._watchdog = watchdog
        self._account = account

    def checked(self, report: CheckReport) -> None:
        self._watchdog.checked(report, self._account)
