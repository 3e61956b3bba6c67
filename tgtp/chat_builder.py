"""Builds the chat: who may speak, what answers, and what is delivered; over Telegram, or over a page on this machine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from tgtp import __version__
from tgtp.adapters.backtest_process import BacktestProcess
from tgtp.adapters.heartbeat import Heartbeat
from tgtp.adapters.process_info import resident_bytes, versions
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.pairing_file import PairingFile
from tgtp.channels import build_channels
from tgtp.chat.access.gate import Gate
from tgtp.chat.access.leaked_secrets import LeakedSecrets
from tgtp.chat.access.owners import Owners, Pairing, Prepared
from tgtp.chat.access.rejected_users import RejectedUsers
from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.access.users import UserPreferences
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.connection import ConnectionMonitor
from tgtp.chat.bot.polling import Polls
from tgtp.chat.bot.router import Router
from tgtp.chat.bot.runner import TelegramSide
from tgtp.chat.commands.history.drill_commands import Channels
from tgtp.chat.commands.history.health_view import Running
from tgtp.chat.commands.history.in_force import in_force
from tgtp.chat.commands.speech.stops import is_stop
from tgtp.chat.outbox.delivery import Outbox
from tgtp.chat.outbox.shown_elsewhere import PendingResults
from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import Language, plain
from tgtp.domain.events import Around
from tgtp.engine.accounts import Accounts
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.ports import Clock, FallbackNotifier, Ledger, PushedMark
from tgtp.errors import Problem, SettingsInvalid
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.opening import LOCAL_USER, build_page, build_telegram
from tgtp.local_telegram.transport import LocalRequest
from tgtp.monitor.building import build_monitor
from tgtp.monitor.document.documents import About
from tgtp.monitor.document.health_rows import ProcessFacts
from tgtp.monitor.hourly import Hourly
from tgtp.monitor.listening import Changes
from tgtp.settings.environment import Settings
from tgtp.settings.network import Network, Trouble
from tgtp.web.access import Access
from tgtp.web.server import LOOPBACK, HostUnusable, WebServer

log = logging.getLogger("tgtp")


class Endpoint(NamedTuple):
    """Where the chat is held, and with whom. ``pairing``: a code makes an owner. ``telegram``: it is a page on this machine."""

    token: str
    owners: Owners
    pairing: Pairing | None
    telegram: LocalTelegram | None


class Chat(NamedTuple):
    """The chat, built. ``server`` is that of the pages, open; ``hourly`` runs beside a monitoring page. None: there is none."""

    side: TelegramSide
    endpoint: Endpoint
    server: WebServer | None
    hourly: Hourly | None

    def say_how_to_get_in(self, language: Language, *, fixed: bool) -> None:
        """Write the pages' addresses into the log (``fixed``: they are the same after every start), and a pairing code."""
        pairing = self.endpoint.pairing
        if self.server is not None and self.endpoint.telegram is not None:
            # Without this line nobody gets in: it is printed whatever the level.
            log.critical(plain(language, "log.address.fixed" if fixed else "log.address", address=self.server.address()))
        if self.server is not None and self.hourly is not None:
            address = self.server.address("/monitor")
            log.critical(plain(language, "log.monitor.fixed" if fixed else "log.monitor", address=address))
        if pairing is not None and not self.endpoint.owners.ids():
            pairing.announce()

    async def stop(self) -> None:
        """Close the pages."""
        if self.server is not None:
            await self.server.stop()


def choose_endpoint(settings: Settings, ledger: Ledger, clock: Clock) -> Endpoint:
    """Choose between Telegram and the page. Raises SettingsInvalid."""
    if settings.chat == "local":
        telegram = build_telegram(settings, ledger, clock.now())
        return Endpoint("1:local", Owners(frozenset({LOCAL_USER}), ledger), None, telegram)
    if settings.telegram_bot_token is None:
        raise SettingsInvalid(Problem("setting.empty", name="TELEGRAM_BOT_TOKEN", why="CHAT=telegram"))
    owners = Owners(settings.telegram_allowed_users, ledger)
    prepared = partial(_prepared, PairingFile(settings.folder), clock)
    pairing = None if settings.telegram_allowed_users else Pairing(clock, settings.console_language, prepared)
    return Endpoint(settings.telegram_bot_token.get_secret_value(), owners, pairing, None)


async def build_chat(
    settings: Settings,
    network: Network,
    accounts: Accounts,
    ledger: TinyLedger,
    clock: Clock,
    endpoint: Endpoint,
    *,
    around: Around,
    news: asyncio.Event,
    on_alarm: list[Callable[[str, What], None]],
    fallback: FallbackNotifier | None,
    heartbeat: Heartbeat | None,
    changes: Changes,
    pushed: Callable[[str], PushedMark | None] | None,
) -> Chat:
    """Build the chat on the engine of the accounts, and open the pages, where there are any. Raises SettingsInvalid.

    ``news`` is set when the outbox holds something new; ``on_alarm`` hear of an alarm of the engine, this chat from now on too.
    ``fallback`` and ``heartbeat`` are the other ways to people. ``changes`` is what the monitoring page hears of the engine by;
    ``pushed`` gives the newest price of the stream, None where there is none.
    """
    token, owners, pairing, telegram = endpoint
    language: Language = settings.console_language
    journal, actions = accounts.main.checker.journal, accounts.main.actions
    people = UserPreferences(ledger, settings.language, settings.zone, settings.console_language)
    pending, polls = PendingResults(), Polls(clock, language, on_alarm)
    commands = Router(
        accounts,
        people,
        clock,
        Running(
            resident_bytes,
            versions(),
            around.routes,
            around.left_out,
            lambda: polls.unreadable,
            in_force(settings),
            settings.monitor_url if settings.is_monitored else "",
        ),
        pending,
        TotpQuestions(settings.totp, journal),
        Channels(owners.ids, build_channels(settings, heartbeat)),
        polls.waited,
        pairing.announce if pairing is not None else None,
        BacktestProcess() if settings.knows_the_past else None,
    )
    outbox = Outbox(
        journal,
        owners.ids,
        commands.session.setting_of,
        news,
        fallback=fallback,
        pending=pending,
        beside=[account.checker.journal.ledger for account in accounts],
    )
    gate = Gate(
        owners,
        clock,
        pairing=pairing,
        adopt=partial(_adopt, actions, settings),
        language=people.language,
        console_language=language,
        is_stop=is_stop,
        rejected=RejectedUsers(journal, owners.ids),
        pasted=LeakedSecrets(token if telegram is None else "", settings.exchange_keys, settings.totp or ""),
    )
    contact = ConnectionMonitor(language, lambda: len(ledger.outbox()), way=network.telegram)
    request = LocalRequest(telegram) if telegram is not None else None
    app = build_application(token, settings.telegram_api_url, request, contact, network, polls)
    side = TelegramSide(app, gate, commands, outbox, journal, language, contact)
    # What is wrong with the network is told too, now and later: by Telegram if that works, else by the second way.
    contact.send_urgent = side.send_urgent
    for trouble in network.troubles:
        side.send_urgent("alarm.network", partial(_in_words, trouble))
    on_alarm.append(side.send_urgent)
    if telegram is None and not settings.is_monitored:
        return Chat(side, endpoint, None, None)
    server, hourly = _build_server(settings), None
    if telegram is not None:
        server.add(build_page(telegram, ledger, commands.session, clock.now(), server.closing).routes)
    if settings.is_monitored:
        about = _about(settings, clock, server, telegram)
        built = build_monitor(accounts, clock, settings.zone, about, changes, server.closing, pushed)
        hourly = built.hourly
        server.add(built.page.routes)
    await _open(server, settings)
    return Chat(side, endpoint, server, hourly)


def _about(settings: Settings, clock: Clock, server: WebServer, telegram: LocalTelegram | None) -> About:
    return About(
        run=server.access.run[:8],
        version=__version__,
        exchange=settings.exchange_name,
        interval=settings.check_interval,
        timezone=settings.timezone,
        has_chat=telegram is not None,
        started_at=clock.now(),
        process=ProcessFacts(resident_bytes, versions()),
    )


def _build_server(settings: Settings) -> WebServer:
    """Build the server of the pages. Where none is for other machines, nothing of it is either."""
    token = settings.local_chat_token
    password = settings.monitor_password if settings.is_monitored else None
    access = Access(
        token.get_secret_value() if token is not None else None,
        password.get_secret_value() if password is not None else None,
    )
    place = urlsplit(settings.monitor_url)
    return WebServer(
        access,
        port=settings.local_chat_port,
        host=settings.monitor_host if settings.is_monitored else LOOPBACK,
        origin=f"{place.scheme}://{place.netloc}" if place.netloc else "",
    )


async def _open(server: WebServer, settings: Settings) -> None:
    """Open the pages, before the first check: a start that fails after all must not have traded. Raises SettingsInvalid."""
    try:
        await server.start()
    except HostUnusable as exc:
        host, port = settings.monitor_host, server.port
        raise SettingsInvalid(Problem("setting.monitor.host", host=host, port=port, why=exc.strerror or exc)) from exc
    except OSError as exc:
        raise SettingsInvalid(Problem("setting.page", port=settings.local_chat_port, why=exc.strerror or exc)) from exc


def _in_words(trouble: Trouble, language: Language) -> str:
    return plain(language, f"trouble.{trouble.kind}", what=trouble.what)


def _prepared(file: PairingFile, clock: Clock) -> Prepared | None:
    found = file.read()
    return Prepared(found[0], (clock.now() - found[1]).total_seconds()) if found is not None else None


def _adopt(actions: ManualActions, settings: Settings, user_id: int, name: str) -> None:
    actions.adopt_owner(user_id, name)
    PairingFile(settings.folder).drop()
