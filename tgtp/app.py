"""Composes and runs the program: settings → adapters → engine → chat; signals; an ordered end."""

from __future__ import annotations

import os

# Before telegram is imported: reading how long to wait after a flood would warn otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "1")

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from typing import NamedTuple

from tgtp import __version__
from tgtp.adapters.clock import SystemClock
from tgtp.adapters.diary import FileDiary
from tgtp.adapters.heartbeat import Heartbeat
from tgtp.adapters.ledger import TinyLedger
from tgtp.adapters.market import REOPEN_EVERY, SimulatedMarket, seed_legs
from tgtp.adapters.paper import PaperExchange, read_paper_account
from tgtp.adapters.process import resident_bytes, versions
from tgtp.adapters.systemd import Systemd
from tgtp.chat.bot import TelegramSide, build_application, tell_death
from tgtp.chat.cards import Cards
from tgtp.chat.commands import Commands
from tgtp.chat.console import Herald, Printer, set_up_log, status_line, tell_rules
from tgtp.chat.contact import Contact
from tgtp.chat.gate import Gate, Owners, Pairing
from tgtp.chat.health import Running
from tgtp.chat.lines import Setting
from tgtp.chat.local.page import LocalPage
from tgtp.chat.local.request import LocalRequest
from tgtp.chat.local.telegram import LocalTelegram
from tgtp.chat.outbox import Outbox
from tgtp.chat.pasted import Pasted
from tgtp.chat.people import People
from tgtp.chat.redaction import Redaction, catch_the_uncaught
from tgtp.chat.strangers import Strangers
from tgtp.chat.texts import Language, plain
from tgtp.domain.plan import Rules
from tgtp.engine.cycle import Checker
from tgtp.engine.desk import Desk
from tgtp.engine.ports import Clock, Exchange, Ledger, Notifier, Siren
from tgtp.engine.pulse import Pulse
from tgtp.engine.relay import Relay
from tgtp.engine.reporter import Reporter
from tgtp.errors import CannotStart, LedgerWriteFailed, SettingsInvalid
from tgtp.settings import Settings, read_service, read_settings, readable_secrets, unknown_names

log = logging.getLogger("tgtp")

LOCAL_USER = 1
# Seconds; with those for Telegram and for the exchange's connections it stays below five.
LAST_ORDER_GRACE = 1.8


def main() -> int:
    """Run until told to stop; gives the exit code: 0 after an ordered end, 2 when it refuses to start."""
    printer: Printer | None = None
    try:
        settings = read_settings()
        printer = set_up_log(settings.log_level, settings.secrets)
        catch_the_uncaught()
        asyncio.run(run(settings))
    except CannotStart as exc:
        if printer is not None:
            # The log is printed by a thread of its own: the reason must stand below it, where people look.
            printer.finish()
        print(f"tgtp cannot start: {exc}", file=sys.stderr)  # noqa: T201 - the one sentence for a person
        return 2
    return 0


async def run(settings: Settings) -> None:
    """Run the program in this loop until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    language: Language = settings.language or "en"
    siren = build_siren(settings)
    ledger = TinyLedger(settings.folder)
    try:
        await _run(settings, ledger, language, siren, stop)
    finally:
        ledger.close()
    log.info(plain(language, "log.stopped"))


async def _run(settings: Settings, ledger: TinyLedger, language: Language, siren: Siren | None, stop: asyncio.Event) -> None:
    clock = SystemClock()
    exchange = build_exchange(settings, clock)
    people = People(ledger, settings.language, settings.zone)
    chat = _choose_chat(settings, ledger)

    news = asyncio.Event()
    # The Telegram side is built on the engine, and the engine's alarms ring through the Telegram side.
    bells: list[Callable[[str, str], None]] = []

    def ring(key: str, what: str) -> None:
        for bell in bells:
            bell(key, what)

    herald = Herald(Setting(language, settings.rules, settings.check_interval), news.set, ring)
    pulse = _build_pulse(settings, clock, language)
    heartbeat = Heartbeat(settings.heartbeat_url.get_secret_value()) if settings.heartbeat_url else None
    outward = [part for part in (pulse, heartbeat) if part is not None]
    notifier = Relay(herald, *(part.checked for part in outward))
    checker = build_checker(settings, exchange, ledger, notifier, clock)
    _tell_start(settings, language, checker.rules)
    desk = Desk(checker)
    cards = Cards()
    running = Running(resident_bytes, versions())
    commands = Commands(checker, desk, people, clock, running, cards)
    outbox = Outbox(checker.journal, chat.owners.ids, commands.reception.setting_of, news, siren=siren, cards=cards)
    gate = Gate(
        chat.owners,
        clock,
        pairing=chat.pairing,
        adopt=desk.adopt_owner,
        language=people.language,
        console_language=language,
        strangers=Strangers(checker.journal, chat.owners.ids),
        pasted=Pasted(chat.token if chat.telegram is None else "", settings.okx_keys),
    )
    contact = Contact(language, lambda: len(ledger.outbox()))
    request = LocalRequest(chat.telegram) if chat.telegram else None
    app = build_application(chat.token, settings.telegram_api_url, request, contact)
    side = TelegramSide(app, gate, commands, outbox, checker.journal, language)
    bells.append(side.ring)
    page = LocalPage(chat.telegram, port=settings.local_chat_port) if chat.telegram else None
    if page is not None:
        # Before the first check: a start that fails after all must not have traded.
        await _open_page(page, settings)
    beside = _run_beside(*outward, Reporter(checker, clock, settings.zone, settings.report_time))
    try:
        await side.start_checks(pulse.watched(checker.check) if pulse else checker.check, settings.check_interval)
        if page is not None:
            # Without this line nobody gets in: it is printed whatever the level.
            log.critical(plain(language, "log.address", address=page.address))
        elif chat.pairing is not None:
            log.critical(plain(language, "log.pairing", code=chat.pairing.code))
        side.start()
        await stop.wait()
    finally:
        log.info(plain(language, "log.stopping"))
        if pulse is not None:
            pulse.stopping()
        for task in beside:
            task.cancel()
        await _end(checker, side)
        if page is not None:
            await page.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(exchange.close(), 0.5)


def _run_beside(*parts: Pulse | Heartbeat | Reporter) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(part.run(), name=type(part).__name__) for part in parts]
    for task in tasks:
        task.add_done_callback(tell_death)
    return tasks


def _build_pulse(settings: Settings, clock: Clock, language: Language) -> Pulse | None:
    service = read_service()
    if service is None:
        return None
    supervisor = Systemd(service.socket)
    return Pulse(supervisor, clock, settings.check_interval, service.watchdog, lambda report: status_line(language, report))


async def _end(checker: Checker, side: TelegramSide) -> None:
    """Finish the order in hand, write the end down, let go of Telegram; five seconds in all."""
    checker.stopping = True
    try:
        async with asyncio.timeout(LAST_ORDER_GRACE):
            async with checker.lock:
                pass
    except TimeoutError:
        log.warning("the last order's outcome is not known; it is on disk and is looked up at the next start")
    try:
        checker.say_goodbye()
    except LedgerWriteFailed as exc:
        log.error("%s", exc)
    await side.stop()


class _Chat(NamedTuple):
    token: str
    owners: Owners
    pairing: Pairing | None
    telegram: LocalTelegram | None


def _choose_chat(settings: Settings, ledger: Ledger) -> _Chat:
    if settings.chat == "local":
        chosen = ledger.note(f"language:{LOCAL_USER}")
        telegram = LocalTelegram(user_id=LOCAL_USER, language_code=chosen or settings.language or "en")
        return _Chat("1:local", Owners(frozenset({LOCAL_USER}), ledger), None, telegram)
    if settings.telegram_bot_token is None:
        raise SettingsInvalid("TELEGRAM_BOT_TOKEN is empty, but CHAT=telegram needs it; put it into .env")
    owners = Owners(settings.telegram_allowed_users, ledger)
    pairing = None if owners.ids() else Pairing()
    return _Chat(settings.telegram_bot_token.get_secret_value(), owners, pairing, None)


def build_exchange(settings: Settings, clock: Clock) -> Exchange:
    """Build the exchange that the settings name."""
    if settings.exchange == "okx":
        # Imported here: ccxt costs half a second and 90 MB, which a paper account need not pay.
        from tgtp.adapters.okx import Okx, okx_client  # noqa: PLC0415

        keys = settings.okx_keys
        if len(keys) != 3:
            raise SettingsInvalid("OKX_API_KEY, OKX_API_SECRET and OKX_API_PASSPHRASE are needed for EXCHANGE=okx")
        client = okx_client(
            url=settings.okx_api_url,
            ws_url=settings.okx_ws_url,
            demo=settings.okx_demo,
            keys=(keys[0], keys[1], keys[2]),
        )
        return Okx(client, clock)
    live = settings.paper_prices == "live"
    path = settings.folder / "paper.json"
    account = read_paper_account(path, clock.now())
    if live:
        from tgtp.adapters.okx import okx_client  # noqa: PLC0415
        from tgtp.adapters.okx_market import OkxPrices  # noqa: PLC0415

        prices = OkxPrices(okx_client(url=settings.okx_api_url, ws_url=settings.okx_ws_url, demo=False), clock)
        return PaperExchange(prices, clock, account, path=path, seed=seed_legs)
    market = SimulatedMarket(clock, account.genesis)
    return PaperExchange(market, clock, account, path=path, seed=seed_legs, reopen_every=REOPEN_EVERY)


def build_siren(settings: Settings) -> Siren | None:
    """Build the second way out, if there is one."""
    if not settings.alert_addresses:
        return None
    # Imported here: whoever has no such address need not pay 40 MB for it.
    from tgtp.adapters.siren import AppriseSiren  # noqa: PLC0415

    return AppriseSiren(settings.alert_addresses, Redaction(settings.secrets).strike)


def build_checker(settings: Settings, exchange: Exchange, ledger: Ledger, notifier: Notifier, clock: Clock) -> Checker:
    """Build the engine of one account."""
    return Checker(
        exchange,
        ledger,
        notifier,
        clock,
        settings.rules,
        exchange_name=settings.exchange_name,
        interval=settings.check_interval,
        readable_secrets=readable_secrets(),
        diary=FileDiary(settings.folder / "equity"),
        liquidation_warn=settings.liquidation_warn / 100,
    )


async def _open_page(page: LocalPage, settings: Settings) -> None:
    try:
        await page.start()
    except OSError as exc:
        raise SettingsInvalid(
            f"LOCAL_CHAT_PORT={settings.local_chat_port} cannot be used ({exc.strerror or exc}); "
            "choose another port, or 0 for any"
        ) from exc


def _tell_start(settings: Settings, language: Language, rules: Rules) -> None:
    exchange = plain(language, f"exchange.{settings.exchange_name}")
    log.info(
        plain(language, "log.start", version=__version__, exchange=exchange, chat=settings.chat, data=settings.folder.resolve())
    )
    tell_rules(language, rules, settings.check_interval)
    for name in unknown_names():
        log.warning(plain(language, "log.unknown.setting", name=name))
    if file := readable_secrets():
        log.warning(plain(language, "log.readable", file=file))
