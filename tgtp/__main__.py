"""``tgtp``, or ``python -m tgtp``, with a job after it: ``run`` runs the bot, the others are smaller."""

from __future__ import annotations

from tgtp.interrupt import end_in_one_line

end_in_one_line()

# They take a second, in which people press Ctrl-C; the language's own a tenth of one.
# ruff: noqa: E402
import asyncio
import datetime as dt
import io
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.legacy_import import ImportedLeg, import_legacy
from tgtp.adapters.storage.pairing_file import PairingFile
from tgtp.app import main as run_bot
from tgtp.backtest import Replay, print_replay
from tgtp.chat.access.owners import CODE_VALID, new_code
from tgtp.chat.console.refusal_text import refusal_text, why_not
from tgtp.chat.console.usage import CommandLine
from tgtp.chat.texts import Language, plain
from tgtp.doctor.run import run_doctor
from tgtp.engine.rulebook import RuleBook
from tgtp.errors import CannotStart, Problem, SettingsInvalid
from tgtp.settings.contact import read_contact, reader_language
from tgtp.settings.environment import read_settings
from tgtp.settings.reading.home import explained_in, named_home, work_in
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.settings.reading.service import read_service
from tgtp.tell import tell_by_hand, tell_refusal
from tgtp.typed import note_start, program, typed


def start() -> int:
    """Begin as a command; return the exit code."""
    note_start(named_home())
    return main()


def main(words: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that is not UTF-8 lacks signs that are written here.
        sys.stdout.reconfigure(errors="backslashreplace")
    language = reader_language()
    parser = _command_line(language, sys.argv[1:] if words is None else words)
    given = parser.parse_args(words)
    if given.home:
        work_in(given.home)
        note_start(given.home)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if given.job == "import-legacy":
            return _import_legacy(language, given.state, given.records)
        if given.job == "doctor":
            return run_doctor(as_a_program=given.json)
        if given.job == "tell":
            return tell_by_hand(given.text)
        if given.job == "pair":
            return _pair()
        if given.job == "replay":
            return asyncio.run(print_replay(Replay.of(given), read_settings().rules))
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
        return _without_a_job(parser, language)
    return run_bot(new_ledger=given.new_ledger)


def _command_line(language: Language, words: Sequence[str]) -> CommandLine:
    """Return what reads these words: the jobs, each with its own."""

    def say(key: str, **values: object) -> str:
        return plain(language, f"usage.{key}", **values)

    example = explained_in()
    parser = CommandLine(
        language,
        words,
        prog=program(),
        description=say("what", command=typed("run")),
        epilog=say("example", example=example) if example is not None else None,
    )
    parser.add_version()
    parser.options.add_argument("--home", metavar=say("folder"), help=say("home"))
    jobs = parser.add_jobs()
    run = jobs.add_parser("run", help=say("run"))
    run.options.add_argument("--new-ledger", action="store_true", help=say("run.new_ledger"))
    legacy = jobs.add_parser("import-legacy", help=say("legacy"))
    legacy.arguments.add_argument("state", type=Path, help=say("legacy.state"))
    legacy.arguments.add_argument("records", type=Path, nargs="?", help=say("legacy.records"))
    jobs.add_parser("pair", help=say("pair"))
    replay = jobs.add_parser("replay", help=say("replay"))
    replay.arguments.add_argument("candles", type=Path, help=say("replay.candles"))
    replay.options.add_argument("--instrument", help=say("replay.instrument"))
    replay.options.add_argument("--long-entry", default="", help=say("replay.long"))
    replay.options.add_argument("--short-entry", default="", help=say("replay.short"))
    replay.options.add_argument("--contracts", default="100", help=say("replay.contracts"))
    replay.options.add_argument("--contract-size", default="0.1", help=say("replay.contract_size"))
    replay.options.add_argument("--lot", default="0.01", help=say("replay.lot"))
    replay.options.add_argument("--leverage", default="10", help=say("replay.leverage"))
    replay.options.add_argument("--start", type=partial(_day, language, replay), help=say("replay.start"))
    replay.options.add_argument("--days", type=int, default=7, help=say("replay.days"))
    tell = jobs.add_parser("tell", help=say("tell"))
    tell.arguments.add_argument("text", help=say("tell.text"))
    doctor = jobs.add_parser("doctor", help=say("doctor"))
    doctor.options.add_argument("--json", action="store_true", help=say("doctor.json"))
    return parser


def _day(language: Language, replay: CommandLine, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        replay.refuse(plain(language, "usage.refused.day", program=replay.prog, text=text))


def _without_a_job(parser: CommandLine, language: Language) -> int:
    """Print the help, start nothing, and give exit code 2, which no supervisor tries again; where nobody looks, tell the phone.

    Under a systemd that waits for word the bot runs: a service that began so with an older version goes on guarding.
    """
    if read_service() is not None:
        print(plain(language, "usage.service", command=typed("run")), file=sys.stderr)
        return run_bot()
    parser.print_help()
    why = plain(language, "usage.no_job", command=typed("run"))
    print(f"\n{why}", file=sys.stderr)
    if sys.stdin is None or not sys.stdin.isatty():
        tell_refusal(why)
    return 2


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
    print(plain(settings.language or "en", "log.pairing.prepared", code=code, minutes=int(CODE_VALID // 60)))
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


if __name__ == "__main__":
    sys.exit(start())
