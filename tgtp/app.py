"""Composes and runs the program: settings → adapters → engine → chat; signals; an ordered end."""

from __future__ import annotations

import os
import sys

# Before aiohttp is imported: it takes effect by being imported.
import tgtp.settings.key_log  # noqa: F401

# Before telegram is imported: reading how long to wait after a flood would warn otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "1")
# Before httpx is imported: where rich is installed it brings its own command line along, and rich with it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

# ruff: noqa: E402 - it must stand before them

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Callable, Sequence

from tgtp import __version__
from tgtp.accounts import bar_files, build_accounts
from tgtp.adapters.alive_file import TOO_OLD, AliveFile
from tgtp.adapters.clock import SystemClock
from tgtp.adapters.heartbeat import Heartbeat
from tgtp.adapters.storage.data_folder import DataFolder
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.systemd import Systemd
from tgtp.channels import build_fallback
from tgtp.chat.bot.runner import TelegramSide
from tgtp.chat.bot.side_tasks import begin_beside
from tgtp.chat.console.log_setup import Printer, set_up_log
from tgtp.chat.console.redaction import catch_the_uncaught
from tgtp.chat.console.refusal_text import interrupted, why_not
from tgtp.chat.console.story import ConsoleListener, status_line, tell_rules
from tgtp.chat.formatting.error_text import sentence
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import ways
from tgtp.chat.outbox.both_ways import BothWays
from tgtp.chat.outbox.delivery import Waker
from tgtp.chat.outbox.urgent import AlarmDeduplicator, Alarms, What
from tgtp.chat.texts import Language, plain
from tgtp.chat_builder import build_chat, choose_endpoint
from tgtp.domain.events import Around, LeftOut
from tgtp.domain.model import MAIN
from tgtp.domain.plan import Rules
from tgtp.engine.accounts import Accounts
from tgtp.engine.ahead.funding import FundingWatch
from tgtp.engine.ahead.volatility import VolatilityWatch
from tgtp.engine.ahead.watch import AheadWatch
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.pause_reminder import PauseReminder
from tgtp.engine.monitoring.fan_out import FanOut
from tgtp.engine.ports import Clock, FallbackNotifier, Listener, Supervisor
from tgtp.engine.reports.reporter import Reporter
from tgtp.engine.stream.streaming import Streaming
from tgtp.engine.watchdog import Watchdog
from tgtp.errors import CannotStart, DataInUse, LedgerUnreadable, TgtpError
from tgtp.exchanges import build_exchanges, build_streaming
from tgtp.interrupt import end_in_one_line
from tgtp.monitor.hourly import Hourly
from tgtp.monitor.listening import Changes
from tgtp.settings.accounts import is_of_an_account
from tgtp.settings.environment import Settings, read_settings, readable_secrets, unknown_names
from tgtp.settings.network import Network, read_network
from tgtp.settings.reading.service import read_alive_file, read_service
from tgtp.tell import tell_refusal

log = logging.getLogger("tgtp")

# Seconds; with those for Telegram and for the exchange's connections it stays below five.
LAST_ORDER_GRACE = 1.8
# Seconds for the connections and the pages to be closed.
CLOSING = 0.5
# Seconds that the way in waits for the first check, whose lines would push it out of a terminal.
FIRST_CHECK = 3

Part = Watchdog | Heartbeat | Reporter | AheadWatch | FundingWatch | PauseReminder | VolatilityWatch | Hourly | Streaming


def main(*, new_ledger: bool = False) -> int:
    """Run until told to stop, and end the process with 0 after an ordered end; return 2 when it refuses to start.

    ``new_ledger``: a ledger that cannot be read is set aside and a new one begun, with everything paused.
    """
    printer: Printer | None = None
    settings: Settings | None = None
    try:
        # From here on a signal finds something to end in order.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        settings = read_settings()
        network = read_network(settings)
        printer = set_up_log(settings.log_level, settings.secrets, settings.zone)
        catch_the_uncaught()
        try:
            _run_to_the_end(settings, network)
        except LedgerUnreadable as exc:
            if not new_ledger:
                raise
            log.warning(plain(settings.console_language, "log.new.ledger", why=sentence(settings.console_language, exc.found)))
            DataFolder(settings.folder).set_aside(SystemClock().now())
            _run_to_the_end(settings, network)
        printer.finish()
        # To return would be to wait for every thread, and one that looks a name up takes half a minute.
        os._exit(0)
    except CannotStart as exc:
        # Telling people takes seconds, in which a person presses Ctrl-C.
        end_in_one_line()
        if printer is not None:
            # The log is printed by a thread of its own: the reason must stand below it, where people look.
            printer.finish()
        print(why_not(exc, settings), file=sys.stderr)  # noqa: T201 - the one sentence for a person
        tell_refusal(why_not(exc, settings, headed=False), is_second=isinstance(exc, DataInUse))
        return 2
    except KeyboardInterrupt:
        print(interrupted(settings), file=sys.stderr)  # noqa: T201 - instead of a traceback
        return 130


def _run_to_the_end(settings: Settings, network: Network) -> None:
    """Run; after an ordered end the loop stays open, for to close it would be to wait for its threads."""
    runner = asyncio.Runner()
    try:
        runner.run(run(settings, network))
    except BaseException:
        runner.close()
        raise


async def run(settings: Settings, network: Network) -> None:
    """Run the program in this loop until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    language: Language = settings.console_language
    fallback = build_fallback(settings)
    ledger = TinyLedger(settings.folder)
    try:
        await _run(settings, network, ledger, language, fallback, stop)
    finally:
        ledger.close()
    log.info(plain(language, "log.stopped"))


async def _run(
    settings: Settings,
    network: Network,
    ledger: TinyLedger,
    language: Language,
    fallback: FallbackNotifier | None,
    stop: asyncio.Event,
) -> None:
    clock, news = SystemClock(), asyncio.Event()
    exchanges = build_exchanges(settings, clock, network)
    endpoint = choose_endpoint(settings, ledger, clock)
    watchdog = _build_watchdog(settings, clock, language)
    heartbeat = _build_heartbeat(settings, network)
    outward = [part for part in (watchdog, heartbeat) if part is not None]
    # The Telegram side is built on the engine, and the engine's alarms go out through the Telegram side.
    on_alarm: list[Callable[[str, What], None]] = []
    around = _around(settings, network)
    several = len(settings.startable) > 1
    reader = Reader(language, settings.rules, settings.check_interval, rounds=len(settings.upkeep.plan.rounds))
    changes, first = Changes(), FirstCheck()
    both_ways, once = BothWays(fallback, reader._replace(tagged=several), clock), AlarmDeduplicator(clock)

    def listener_of(account: str) -> Listener:
        # The console last: its story takes the longest of all.
        return FanOut(
            *([watchdog.of(account)] if watchdog is not None else []),
            # A watcher elsewhere hears of the main account: of trouble in another one people are told here.
            *([heartbeat] if heartbeat is not None and account == MAIN else []),
            Waker(news),
            Alarms(account, once, on_alarm),
            both_ways,
            *([changes.of(account)] if settings.is_monitored else []),
            ConsoleListener(reader._replace(zone=settings.zone), account if several else "", settings.legs_every),
            first,
        )

    accounts = build_accounts(settings, exchanges, ledger, listener_of, clock, around)
    checkers = [account.checker for account in accounts]
    streaming = build_streaming(settings, exchanges, checkers, clock, network)
    if streaming is not None and settings.is_monitored:
        streaming.book.tell(changes)
    _tell_start(settings, network, around, language, checkers[0].rules)
    chat = await build_chat(
        settings,
        network,
        accounts,
        ledger,
        clock,
        endpoint,
        around=around,
        news=news,
        on_alarm=on_alarm,
        fallback=fallback,
        heartbeat=heartbeat,
        changes=changes,
        pushed=streaming.book.newest if streaming is not None else None,
    )
    tasks = _run_beside(
        chat.side,
        *outward,
        Reporter(checkers[0], clock, settings.zone, settings.report_at, checkers[1:]),
        PauseReminder([each.journal for each in checkers], clock),
        AheadWatch(checkers, exchanges[MAIN], clock),
        FundingWatch(checkers, exchanges[MAIN], clock, settings.funding_warn / 100),
        VolatilityWatch(checkers, exchanges[MAIN], clock, bar_files(settings)),
        *([chat.hourly] if chat.hourly is not None else []),
    )
    streams = _run_beside(chat.side, streaming) if streaming is not None else []
    set_apart()
    try:
        await _start_checks(accounts, chat.side, watchdog, settings.check_interval)
        chat.side.start()
        await first.or_else(stop, FIRST_CHECK)
        chat.say_how_to_get_in(language, fixed=settings.local_chat_token is not None)
        await stop.wait()
    finally:
        log.info(plain(language, "log.stopping"))
        if watchdog is not None:
            watchdog.stopping()
        for task in tasks:
            task.cancel()
        await end(accounts, chat.side, streams)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                closing = (*tasks, *streams, chat.stop(), *(each.close() for each in exchanges.values()))
                for exc in await asyncio.gather(*closing, return_exceptions=True):
                    if isinstance(exc, Exception):
                        log.warning("a connection could not be closed: %s", exc)


class FirstCheck(Listener):
    """Hears of the end of a check, of whatever account."""

    def __init__(self) -> None:
        self._ended = asyncio.Event()

    def checked(self, _: CheckReport) -> None:
        """Note that a check has ended."""
        self._ended.set()

    async def or_else(self, stop: asyncio.Event, seconds: float) -> None:
        """Wait until a check has ended, ``stop`` is set or ``seconds`` have passed."""
        waits = [asyncio.create_task(event.wait()) for event in (self._ended, stop)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def set_apart() -> None:
    """Have the garbage collector pass over what the start has made: an order would wait for it, a quarter of a second."""
    gc.collect()
    gc.freeze()


async def _start_checks(accounts: Accounts, side: TelegramSide, watchdog: Watchdog | None, interval: int) -> None:
    for account in accounts:
        check = account.checker.check
        watched = watchdog.watched(check, account.name) if watchdog is not None else check
        account.checker.wake = await side.start_checks(watched, interval, account.name if accounts.several else "")


def _run_beside(side: TelegramSide, *parts: Part) -> list[asyncio.Task[None]]:
    return [begin_beside(type(part).__name__, part.run, side.send_urgent) for part in parts]


def _build_heartbeat(settings: Settings, network: Network) -> Heartbeat | None:
    url = settings.heartbeat_url
    return Heartbeat(url.get_secret_value(), every=settings.check_interval, network=network) if url is not None else None


def _build_watchdog(settings: Settings, clock: Clock, language: Language) -> Watchdog | None:
    service, file = read_service(), read_alive_file()
    supervisor: Supervisor
    watchdog: float | None
    if service is not None:
        supervisor, watchdog = Systemd(service.socket), service.watchdog
    elif file is not None:
        supervisor, watchdog = AliveFile(file), TOO_OLD
    else:
        return None
    names = [account.name for account in settings.startable]

    def describe(report: CheckReport) -> str:
        return status_line(language, report)

    return Watchdog(supervisor, clock, settings.check_interval, watchdog, describe, names)


async def end(accounts: Accounts, side: TelegramSide, streams: Sequence[asyncio.Task[None]] = ()) -> None:
    """Finish the orders in hand, in all accounts at once, write the end down, let go of Telegram; five seconds in all."""
    for outcome in await asyncio.gather(*(_finish(account.checker) for account in accounts), return_exceptions=True):
        if isinstance(outcome, Exception):
            # What was in hand is on disk; the rest of the end must not stay undone because of it.
            log.error("the last check of an account broke", exc_info=outcome)
    for task in streams:
        # Not before: an order that the stream has decided is finished as any other.
        task.cancel()
    rest = sum(len(account.checker.resting.at_rest) for account in accounts)
    # The main account last: its goodbye is that of the program.
    goodbyes = (_say_goodbye(each.checker, rest, tell=each is accounts.main) for each in reversed(list(accounts)))
    for outcome in await asyncio.gather(*goodbyes, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("the end was not written down: %s", outcome, exc_info=None if isinstance(outcome, TgtpError) else outcome)
    await side.stop()


async def _say_goodbye(checker: Checker, rest: int, *, tell: bool) -> None:
    checker.say_goodbye(tell=tell, rest=rest)


async def _finish(checker: Checker) -> None:
    try:
        async with asyncio.timeout(LAST_ORDER_GRACE):
            await checker.finish()
    except TimeoutError:
        log.warning(
            "account %s: the last order's outcome is not known; it is on disk and is looked up at the next start",
            checker.account,
        )


def _around(settings: Settings, network: Network) -> Around:
    return Around(
        readable_secrets=readable_secrets(),
        routes=network.routes,
        left_out=tuple(LeftOut(name=name, why=why) for name, why in settings.left_out.items()),
        strays=tuple(filter(is_of_an_account, unknown_names())),
        unused_keys=settings.exchange == "paper" and bool(settings.exchange_keys),
    )


def _tell_start(settings: Settings, network: Network, around: Around, language: Language, rules: Rules) -> None:
    exchange = plain(language, f"exchange.{settings.exchange_name}")
    log.info(
        plain(language, "log.start", version=__version__, exchange=exchange, chat=settings.chat, data=settings.folder.resolve())
    )
    if network.routes:
        log.info(plain(language, "log.routes", ways=ways(language, network.routes)))
    if settings.is_streamed:
        log.info(plain(language, "log.stream", milliseconds=settings.stream_max_age))
    if settings.is_monitored and settings.is_seen_from_elsewhere:
        log.warning(plain(language, "log.monitor.clear", host=settings.monitor_host))
    log.info(plain(language, "log.zone", zone=settings.timezone))
    tell_rules(language, rules, settings.check_interval)
    for trouble in network.troubles:
        what = plain(language, f"trouble.{trouble.kind}", what=trouble.what)
        log.warning(plain(language, "alarm.network", what=what))
    if network.in_clear and settings.chat == "telegram":
        log.warning(plain(language, "log.in.clear", host=network.in_clear))
    if around.unused_keys:
        log.warning(plain(language, "started.unused_keys"))
    if around.strays:
        log.warning(plain(language, "account.strays", names=", ".join(around.strays)))
    for name in unknown_names():
        if name not in around.strays:
            log.warning(plain(language, "log.unknown.setting", name=name))
    if around.readable_secrets:
        log.warning(plain(language, "log.readable", file=around.readable_secrets))
