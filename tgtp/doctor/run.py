"""``python -m tgtp doctor``: reads everything, judges it, and says it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from tgtp.accounts import bar_files, pauses_first
from tgtp.adapters.clock import SystemClock
from tgtp.chat.console.redaction import Redaction
from tgtp.chat.console.refusal_text import why_not
from tgtp.doctor.account import AccountReading, judge_account, read_account, with_memory
from tgtp.doctor.finding import Finding, attention, exit_code, good, stop
from tgtp.doctor.machine import judge_machine, read_machine
from tgtp.doctor.memory import copied_ledger
from tgtp.doctor.network import judge_network
from tgtp.doctor.report import as_json, in_words
from tgtp.doctor.stream import examine_stream
from tgtp.doctor.telegram import judge_phone, judge_second_way, read_phone
from tgtp.domain.model import MAIN
from tgtp.domain.notifications.ahead import Downtime
from tgtp.domain.order import Placed
from tgtp.engine.identity import ACCOUNTS, first_name, is_unseen, judge, read_records
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.volatility.scaled_rules import ScaledRules, VolatilityBook
from tgtp.errors import CannotStart, ExchangeProblem, Problem, SettingsInvalid
from tgtp.exchanges import build_exchanges
from tgtp.settings.accounts import is_of_an_account
from tgtp.settings.contact import Contact, read_contact
from tgtp.settings.environment import Settings, read_settings, readable_secrets, unknown_names
from tgtp.settings.network import Network, read_network

OKX_HOST = "www.okx.com"


def run_doctor(*, as_a_program: bool) -> int:
    """Look at everything and print it; return the exit code: 0 all good, 1 something wants attention, 2 it cannot start."""
    # What the libraries say of what is wrong is said here.
    logging.disable(logging.CRITICAL)
    contact = read_contact()
    findings = asyncio.run(_examine(contact))
    words = as_json(contact.language, findings) if as_a_program else in_words(contact.language, findings)
    print(Redaction(contact.secrets).strike(words))
    return exit_code(findings)


async def _examine(contact: Contact) -> list[Finding]:
    settings: Settings | None = None
    try:
        settings = read_settings()
        findings = [good("settings")]
        for name in unknown_names():
            findings.append(attention("stray_setting" if is_of_an_account(name) else "unknown_setting", name=name))
        for name, why in settings.left_out.items():
            findings.append(attention("left_out", reasons=why)._replace(account=name))
    except SettingsInvalid as exc:
        findings = [stop("settings_wrong", why=why_not(exc, None, headed=False))]
    secret_file = ""
    with contextlib.suppress(CannotStart, OSError, ValueError):
        secret_file = readable_secrets()
    findings += judge_machine(read_machine(settings.folder if settings is not None else contact.data_dir, secret_file))
    network = read_network(settings) if settings is not None else Network()
    findings += judge_network(network)
    phone = await asyncio.to_thread(read_phone, contact)
    findings += judge_phone(phone) if phone is not None else [good("no_bot")]
    findings += judge_second_way(contact.addresses, _refused(contact), has_heartbeat=bool(settings and settings.heartbeat_url))
    if settings is not None:
        findings += await _examine_accounts(settings, network)
    return findings


def _refused(contact: Contact) -> list[Problem]:
    """Return what apprise says of the addresses that it does not take."""
    if not contact.addresses:
        return []
    # Imported here: it costs 40 MB.
    from tgtp.adapters.apprise_alerts import AppriseFallback  # noqa: PLC0415

    try:
        AppriseFallback(contact.addresses, str)
    except SettingsInvalid as exc:
        return [exc.problem]
    return []


async def _examine_accounts(settings: Settings, network: Network) -> list[Finding]:
    read: dict[str, tuple[AccountReading, Sequence[Placed]]] = {}
    downtimes: tuple[Downtime, ...] = ()
    streamed: list[Finding] = []
    clock = SystemClock()
    findings: list[Finding] = []
    if settings.exchange == "okx":
        exchanges = build_exchanges(settings, clock, network)
        try:
            for name, exchange in exchanges.items():
                read[name] = await read_account(exchange, clock.now())
            with contextlib.suppress(ExchangeProblem, TimeoutError):
                async with asyncio.timeout(5):
                    downtimes = await exchanges[MAIN].downtimes()
            # Where the key is refused, so is the login.
            readable = {name: exchanges[name] for name, (account, _) in read.items() if account.problem is None}
            held = {name for account, _ in read.values() if account.snapshot for name in account.snapshot.instrument_ids}
            streamed = await examine_stream(settings, readable, held, clock, network)
        finally:
            await asyncio.gather(*(each.close() for each in exchanges.values()), return_exceptions=True)
    else:
        findings.append(good("paper"))
    try:
        with copied_ledger(settings.folder) as ledger:
            records = read_records(ledger.note(ACCOUNTS))
            seen = {name: account.profile.uid for name, (account, _) in read.items() if account.profile is not None}
            judged = judge(tuple(read), seen, records)
            rulebook, book = RuleBook(ledger, settings.rules), VolatilityBook(bar_files(settings).volatilities())
            findings.append(good("ledger", folder=settings.folder, lives=len(ledger.lives())))
            for each in settings.accounts:
                if each.name not in read:
                    continue
                own = ledger if each.name == MAIN else ledger.of(each.name)
                own.belong_to(first_name(each.name, judged.records))
                scaling = ScaledRules(rulebook, own, book, on=settings.scales(each))
                scaling.hold(clock.now())
                rules = scaling.in_force
                account, placed = read[each.name]
                upkeep, hold = settings.upkeep if each.role == "sub" else None, judged.holds.get(each.name)
                account = account._replace(is_first=pauses_first(settings) and is_unseen(each.name, own, records))
                read[each.name] = with_memory(account, placed, own, rules, each.switches, hold, upkeep), placed
    except CannotStart as exc:
        findings.append(stop("ledger_wrong", why=exc.problem))
    except OSError as exc:
        findings.append(stop("ledger_shut", why=exc.strerror or str(exc)))
    host = urlsplit(settings.okx_api_url).hostname or OKX_HOST
    for name, (account, _) in read.items():
        findings += [finding._replace(account=name) for finding in judge_account(account, host)]
    findings += streamed
    now = clock.now()
    findings += [
        attention("downtime", title=each.title, when=f"{each.begins_at:%Y-%m-%d %H:%M} UTC")
        for each in downtimes
        if each.is_due(now)
    ]
    return findings
