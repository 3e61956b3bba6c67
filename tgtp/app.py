"""Composes and runs the program: settings → adapters → engine → chat; signals; an ordered end."""

from __future__ import annotations

import os

# Before aiohttp is imported: it takes effect by being imported.
import tgtp.settings.key_log  # noqa: F401

# Before telegram is imported: reading how long to wait after a flood would warn otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "1")

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tgtp import __version__
from tgtp.accounts import build_accounts
from tgtp.adapters.clock import SystemClock
from tgtp.adapters.heartbeat import Heartbeat
from tgtp.adapters.process_info import resident_bytes, versions
from tgtp.adapters.storage.data_folder import DataFolder
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.pairing_file import PairingFile
from tgtp.adapters.systemd import Systemd
from tgtp.channels import build_channels, build_siren
from tgtp.chat.access.gate import Gate
from tgtp.chat.access.leaked_secrets import Pasted
from tgtp.chat.access.owners import Owners, Pairing, Prepared
from tgtp.chat.access.rejected_users import Strangers
from tgtp.chat.access.totp import Codes
from tgtp.chat.access.users import People
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.check_jobs import tell_death
from tgtp.chat.bot.connection import Contact
from tgtp.chat.bot.polling import Polls
from tgtp.chat.bot.router import Commands
from tgtp.chat.bot.runner import TelegramSide
from tgtp.chat.commands.history.drill_commands import Channels
from tgtp.chat.commands.history.health_view import Running
from tgtp.chat.console.log_setup import Printer, set_up_log
from tgtp.chat.console.redaction import catch_the_uncaught
from tgtp.chat.console.refusal_text import interrupted, why_not
from tgtp.chat.console.story import Herald, status_line, tell_rules
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.formatting.routes import ways
from tgtp.chat.outbox.both_ways import BothWays
from tgtp.chat.outbox.delivery import Outbox
from tgtp.chat.outbox.shown_elsewhere import Cards
from tgtp.chat.outbox.urgent import Once
from tgtp.chat.texts import Language, plain
from tgtp.domain.events import Around, LeftOut
from tgtp.domain.model import MAIN
from tgtp.domain.plan import Rules
from tgtp.engine.accounts import Accounts
from tgtp.engine.ahead.watch import AheadWatch
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import Desk
from tgtp.engine.manual.pause_reminder import PauseReminder
from tgtp.engine.monitoring.fan_out import Relay
from tgtp.engine.ports import Clock, Ledger, Notifier, Siren
from tgtp.engine.reporter import Reporter
from tgtp.engine.watchdog import Pulse
from tgtp.errors import CannotStart, DataInUse, LedgerUnreadable, LedgerWriteFailed, SettingsInvalid
from tgtp.exchanges import build_exchanges
from tgtp.interrupt import end_in_one_line
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.opening import LOCAL_USER, build_telegram, open_page
from tgtp.local_telegram.transport import LocalRequest
from tgtp.settings.accounts import is_of_an_account
from tgtp.settings.environment import Settings, read_service, read_settings, readable_secrets, unknown_names
from tgtp.settings.network import Network, read_network
from tgtp.tell import tell_refusal

log = logging.getLogger("tgtp")

# Seconds; with those for Telegram and for the exchange's connections it stays below five.
LAST_ORDER_GRACE = 1.8


def main(*, new_ledger: bool = False) -> int:
    """Run until told to stop; gives the exit code: 0 after an ordered end, 2 when it refuses to start.

    ``new_ledger``: a ledger that cannot be read is set aside and a new one begun, with everything paused.
    """
    printer: Printer | None = None
    settings: Settings | None = None
    try:
        # From here on a signal finds something to end in order.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        settings = read_settings()
        network = read_network(settings)
        printer = set_up_log(settings.log_level, settings.secrets)
        catch_the_uncaught()
        try:
            asyncio.run(run(settings, network))
        except LedgerUnreadable as exc:
            if not new_ledger:
                raise
            log.warning(plain(settings.language or "en", "log.new.ledger", why=str(exc).split(". ", maxsplit=1)[0]))
            DataFolder(settings.folder).set_aside(SystemClock().now())
            asyncio.run(run(settings, network))
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
    return 0


async def run(settings: Settings, network: Network) -> None:
    """Run the program in this loop until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    language: Language = settings.language or "en"
    siren = build_siren(settings)
    ledger = TinyLedger(settings.folder)
    try:
        await _run(settings, network, ledger, language, siren, stop)
    finally:
        ledger.close()
    log.info(plain(language, "log.stopped"))


async def _run(
    settings: Settings, network: Network, ledger: TinyLedger, language: Language, siren: Siren | None, stop: asyncio.Event
) -> None:
    clock, news = SystemClock(), asyncio.Event()
    exchanges = build_exchanges(settings, clock, network)
    people = People(ledger, settings.language, settings.zone)
    chat = _choose_chat(settings, ledger, clock)

    pulse = _build_pulse(settings, clock, language)
    heartbeat = Heartbeat(settings.heartbeat_url.get_secret_value(), network=network) if settings.heartbeat_url else None
    outward = [part for part in (pulse, heartbeat) if part is not None]
    ears = _Ears(settings, language, clock, news.set, pulse, heartbeat, siren)
    around = _around(settings, network)
    accounts = build_accounts(settings, exchanges, ledger, ears.of, clock, around)
    checker, desk = accounts.main.checker, accounts.main.desk
    _tell_start(settings, network, around, language, checker.rules)
    cards, polls = Cards(), Polls(clock, language, ears.bells)
    running = Running(resident_bytes, versions(), around.routes, around.left_out, lambda: polls.unreadable)
    channels = Channels(chat.owners.ids, build_channels(settings, heartbeat))
    codes = Codes(settings.totp, checker.journal)
    commands = Commands(accounts, people, clock, running, cards, codes, channels, polls.waited, chat.announce)
    outbox = Outbox(
        checker.journal,
        chat.owners.ids,
        commands.reception.setting_of,
        news,
        siren=siren,
        cards=cards,
        beside=[account.checker.journal.ledger for account in accounts],
    )
    gate = Gate(
        chat.owners,
        clock,
        pairing=chat.pairing,
        adopt=lambda user_id, name: _adopt(desk, settings, user_id, name),
        language=people.language,
        console_language=language,
        strangers=Strangers(checker.journal, chat.owners.ids),
        pasted=Pasted(chat.token if chat.telegram is None else "", settings.exchange_keys, settings.totp or ""),
    )
    contact = Contact(language, lambda: len(ledger.outbox()), way=network.telegram)
    request = LocalRequest(chat.telegram) if chat.telegram else None
    app = build_application(chat.token, settings.telegram_api_url, request, contact, network, polls)
    side = TelegramSide(app, gate, commands, outbox, checker.journal, language, contact)
    _ring(side, contact, network)
    ears.bells.append(side.ring)
    page = await open_page(chat.telegram, settings, ledger, commands.reception, clock.now()) if chat.telegram else None
    checkers = [account.checker for account in accounts]
    tasks = _run_beside(
        *outward,
        Reporter(checker, clock, settings.zone, settings.report_at, checkers[1:]),
        PauseReminder([each.journal for each in checkers], clock),
        AheadWatch(checkers, exchanges[MAIN], clock),
    )
    try:
        await _start_checks(accounts, side, pulse, settings.check_interval)
        if page is not None:
            # Without this line nobody gets in: it is printed whatever the level.
            key = "log.address" if settings.local_chat_token is None else "log.address.fixed"
            log.critical(plain(language, key, address=page.address))
        elif chat.pairing is not None and not chat.owners.ids():
            chat.pairing.announce()
        side.start()
        await stop.wait()
    finally:
        log.info(plain(language, "log.stopping"))
        if pulse is not None:
            pulse.stopping()
        for task in tasks:
            task.cancel()
        await _end(accounts, side)
        if page is not None:
            await page.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                for exc in await asyncio.gather(*(each.close() for each in exchanges.values()), return_exceptions=True):
                    if exc is not None:
                        log.warning("the connections of an account could not be closed: %s", exc)


def _ring(side: TelegramSide, contact: Contact, network: Network) -> None:
    """Let what is wrong with the network ring, now and later: by Telegram if that works, else by the second way."""
    contact.ring = side.ring
    for trouble in network.troubles:
        side.ring("alarm.network", partial(plain, key=f"trouble.{trouble.kind}", what=trouble.what))


class _Ears:
    """Builds what hears of each account: the console, and what shows the world outside that its checks go on."""

    def __init__(
        self,
        settings: Settings,
        language: Language,
        clock: Clock,
        wake: Callable[[], None],
        pulse: Pulse | None,
        heartbeat: Heartbeat | None,
        siren: Siren | None,
    ) -> None:
        self._setting = Setting(language, settings.rules, settings.check_interval, rounds=len(settings.upkeep.plan.rounds))
        self._several = len(settings.startable) > 1
        self._wake = wake
        self._pulse = pulse
        self._heartbeat = heartbeat
        self._once = Once(clock)
        self._both_ways = BothWays(siren, self._setting._replace(tagged=self._several), clock)
        # The Telegram side is built on the engine, and the engine's alarms ring through the Telegram side.
        self.bells: list[Callable[[str, str], None]] = []

    def of(self, account: str) -> Notifier:
        """Build what hears of one account."""

        def ring(key: str, what: str) -> None:
            # All accounts share one ledger: what is wrong with it need not ring for each of them.
            if self._once.is_new(account, key, what):
                for bell in self.bells:
                    bell(key, what)

        herald = Herald(self._setting, self._wake, ring, account if self._several else "", self._both_ways.heard)
        pulses = [self._pulse.of(account)] if self._pulse is not None else []
        # A watcher elsewhere hears of the main account: of trouble in another one people are told here.
        beats = [self._heartbeat.checked] if self._heartbeat is not None and account == MAIN else []
        return Relay(herald, *pulses, *beats)


async def _start_checks(accounts: Accounts, side: TelegramSide, pulse: Pulse | None, interval: int) -> None:
    for account in accounts:
        check = account.checker.check
        watched = pulse.watched(check, account.name) if pulse is not None else check
        await side.start_checks(watched, interval, account.name if accounts.several else "")


def _run_beside(*parts: Pulse | Heartbeat | Reporter | AheadWatch | PauseReminder) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(part.run(), name=type(part).__name__) for part in parts]
    for task in tasks:
        task.add_done_callback(tell_death)
    return tasks


def _build_pulse(settings: Settings, clock: Clock, language: Language) -> Pulse | None:
    service = read_service()
    if service is None:
        return None
    supervisor = Systemd(service.socket)
    names = [account.name for account in settings.startable]

    def describe(report: CheckReport) -> str:
        return status_line(language, report)

    return Pulse(supervisor, clock, settings.check_interval, service.watchdog, describe, names)


async def _end(accounts: Accounts, side: TelegramSide) -> None:
    """Finish the orders in hand, in all accounts at once, write the end down, let go of Telegram; five seconds in all."""
    await asyncio.gather(*(_finish(account.checker) for account in accounts))
    try:
        # The main account last: its goodbye is that of the program.
        for account in reversed(list(accounts)):
            account.checker.say_goodbye(tell=account is accounts.main)
    except LedgerWriteFailed as exc:
        log.error("%s", exc)
    await side.stop()


async def _finish(checker: Checker) -> None:
    try:
        async with asyncio.timeout(LAST_ORDER_GRACE):
            await checker.finish()
    except TimeoutError:
        log.warning(
            "account %s: the last order's outcome is not known; it is on disk and is looked up at the next start",
            checker.account,
        )


class _Chat(NamedTuple):
    token: str
    owners: Owners
    pairing: Pairing | None
    telegram: LocalTelegram | None

    @property
    def announce(self) -> Callable[[], object] | None:
        """What shows a pairing code, where one makes an owner."""
        return self.pairing.announce if self.pairing is not None else None


def _choose_chat(settings: Settings, ledger: Ledger, clock: Clock) -> _Chat:
    if settings.chat == "local":
        telegram = build_telegram(settings, ledger, clock.now())
        return _Chat("1:local", Owners(frozenset({LOCAL_USER}), ledger), None, telegram)
    if settings.telegram_bot_token is None:
        raise SettingsInvalid("TELEGRAM_BOT_TOKEN is empty, but CHAT=telegram needs it; put it into .env")
    owners = Owners(settings.telegram_allowed_users, ledger)
    prepared = partial(_prepared, PairingFile(settings.folder), clock)
    pairing = None if settings.telegram_allowed_users else Pairing(clock, settings.language or "en", prepared)
    return _Chat(settings.telegram_bot_token.get_secret_value(), owners, pairing, None)


def _prepared(file: PairingFile, clock: Clock) -> Prepared | None:
    found = file.read()
    return Prepared(found[0], (clock.now() - found[1]).total_seconds()) if found is not None else None


def _adopt(desk: Desk, settings: Settings, user_id: int, name: str) -> None:
    desk.adopt_owner(user_id, name)
    PairingFile(settings.folder).drop()


def _around(settings: Settings, network: Network) -> Around:
    return Around(
        readable_secrets=readable_secrets(),
        routes=network.routes,
        left_out=tuple(LeftOut(name=name, why=why) for name, why in settings.left_out.items()),
        strays=tuple(filter(is_of_an_account, unknown_names())),
    )


def _tell_start(settings: Settings, network: Network, around: Around, language: Language, rules: Rules) -> None:
    exchange = plain(language, f"exchange.{settings.exchange_name}")
    log.info(
        plain(language, "log.start", version=__version__, exchange=exchange, chat=settings.chat, data=settings.folder.resolve())
    )
    if network.routes:
        log.info(plain(language, "log.routes", ways=ways(language, network.routes)))
    tell_rules(language, rules, settings.check_interval)
    for trouble in network.troubles:
        what = plain(language, f"trouble.{trouble.kind}", what=trouble.what)
        log.warning(plain(language, "alarm.network", what=what))
    if network.in_clear and settings.chat == "telegram":
        log.warning(plain(language, "log.in.clear", host=network.in_clear))
    if around.strays:
        log.warning(plain(language, "account.strays", names=", ".join(around.strays)))
    for name in unknown_names():
        if name not in around.strays:
            log.warning(plain(language, "log.unknown.setting", name=name))
    if around.readable_secrets:
        log.warning(plain(language, "log.readable", file=around.readable_secrets))
