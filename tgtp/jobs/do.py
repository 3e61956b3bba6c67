"""What is done for the words of the command line."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
from pathlib import Path

from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.legacy_import import ImportedLeg, import_legacy
from tgtp.adapters.storage.pairing_file import PairingFile
from tgtp.app import main as run_bot
from tgtp.chat.access.owners import CODE_VALID, new_code
from tgtp.chat.console.refusal_text import refusal_text, why_not
from tgtp.chat.texts import Language, plain
from tgtp.doctor.memory import copied_ledger
from tgtp.doctor.run import run_doctor
from tgtp.domain.plan import Rules
from tgtp.engine.rulebook import RuleBook
from tgtp.errors import CannotStart, Problem, SettingsInvalid
from tgtp.settings.contact import read_contact
from tgtp.settings.environment import read_settings
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.tell import tell_by_hand
from tgtp.typed import typed


def do(given: argparse.Namespace, language: Language) -> int:
    """Do the job that was given; return the exit code.

    Without one the bot runs: a service that began so with an older version goes on guarding.
    """
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if given.job == "import-legacy":
            return _import_legacy(language, given.state, given.records)
        if given.job == "doctor":
            return run_doctor(as_a_program=given.json)
        if given.job == "setup":
            # Only here, as the next ones.
            from tgtp.setup.command import run_setup  # noqa: PLC0415

            return run_setup(language)
        if given.job == "tell":
            return tell_by_hand(given.text)
        if given.job == "pair":
            return _pair()
        if given.job == "backtest":
            # Only here: the bot has no use for what it brings with it.
            from tgtp.backtest.command import backtest  # noqa: PLC0415

            return backtest(given, _rules_in_force(), language)
        if given.job == "fetch-history":
            from tgtp.backtest.history.fetch_command import fetch_history  # noqa: PLC0415

            return fetch_history(given, language)
        if given.job == "export":
            from tgtp.export.command import export  # noqa: PLC0415

            return export(given, language)
        if given.job == "restore":
            from tgtp.export.command import restore_backup  # noqa: PLC0415

            return restore_backup(given, language)
        if given.job == "sweep":
            from tgtp.backtest.sweep.command import sweep  # noqa: PLC0415

            return sweep(given, _rules_in_force(), language)
    except SettingsRefused as exc:
        print(why_not(exc, None), file=sys.stderr)
        return 2
    except CannotStart as exc:
        contact = read_contact()
        why = refusal_text(contact.language, exc, contact.secrets, headed=False)
        print(plain(contact.language, "job.refused", why=why), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ntgtp: stopped", file=sys.stderr)
        return 130
    if given.job is None:
        print(plain(language, "usage.service", command=typed("run")), file=sys.stderr)
        return run_bot()
    return run_bot(new_ledger=given.new_ledger)


def _rules_in_force() -> Rules:
    """Return the rules with what people have changed since; the ledger may be in use, and is only read."""
    settings = read_settings()
    with copied_ledger(settings.folder) as ledger:
        return RuleBook(ledger, settings.rules).in_force


def _pair() -> int:
    settings = read_settings()
    if settings.chat != "telegram":
        raise SettingsInvalid(Problem("setting.pair.local"))
    if settings.telegram_allowed_users:
        raise SettingsInvalid(Problem("setting.pair.named"))
    code = new_code()
    try:
        PairingFile(settings.folder).keep(code, dt.datetime.now(dt.UTC))
    except OSError as exc:
        raise CannotStart(Problem("problem.unwritten", path=settings.folder, why=exc.strerror or exc)) from exc
    print(plain(settings.console_language, "log.pairing.prepared", code=code, minutes=int(CODE_VALID // 60)))
    return 0


def _import_legacy(language: Language, state: Path, records: Path | None) -> int:
    settings = read_settings()
    ledger = TinyLedger(settings.folder)
    try:
        rules = RuleBook(ledger, settings.rules).in_force
        done = import_legacy(ledger, state, records, rules, dt.datetime.now(dt.UTC))
    finally:
        ledger.close()
    print(plain(language, "legacy.head", folder=settings.folder))
    for leg in done.legs:
        print(_imported(language, leg))
    print(plain(language, "legacy.sum", legs=len(done.legs), tiers=done.tiers_marked))
    if records is None:
        print(plain(language, "legacy.records.none"))
    else:
        print(plain(language, "legacy.records", new=done.records, known=done.records_known))
    return 0


def _imported(language: Language, leg: ImportedLeg) -> str:
    """Return the line of one leg: which tier each of its levels is, and what was done with it."""
    tiers = [
        plain(language, "legacy.tier", level=level, number=tier.number)
        if tier is not None
        else plain(language, "legacy.tier.none", level=level, first=leg.first)
        for level, tier in leg.tiers
    ]
    words = plain(language, "legacy.tier.and").join(tiers) or plain(language, "legacy.none_fired")
    what = plain(language, f"legacy.what.{leg.what}", count=leg.marked, until=f"{leg.until:%Y-%m-%d %H:%M} UTC")
    return plain(language, "legacy.row", instrument=leg.instrument_id, side=leg.side, tiers=words, what=what)
