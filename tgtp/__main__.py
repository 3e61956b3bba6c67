"""``tgtp``, or ``python -m tgtp``, runs the bot; with a word after it, one of the smaller jobs."""

from __future__ import annotations

from tgtp.interrupt import end_in_one_line

end_in_one_line()

# They take a second, in which people press Ctrl-C; the language's own a tenth of one.
# ruff: noqa: E402
import argparse
import asyncio
import datetime as dt
import io
import signal
import sys
from pathlib import Path

from tgtp import __version__
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.legacy_import import import_legacy
from tgtp.adapters.storage.pairing_file import PairingFile
from tgtp.app import main as run_bot
from tgtp.backtest import Replay, print_replay
from tgtp.chat.access.owners import CODE_VALID, new_code
from tgtp.chat.console.refusal_text import refusal_text, why_not
from tgtp.chat.texts import plain
from tgtp.doctor.run import run_doctor
from tgtp.errors import CannotStart, Problem, SettingsInvalid
from tgtp.settings.contact import read_contact
from tgtp.settings.environment import read_settings
from tgtp.settings.reading.home import explained_in, named_home, work_in
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.tell import tell_by_hand
from tgtp.typed import note_start, program


def start() -> int:
    """Begin as a command; gives the exit code."""
    note_start(named_home())
    return main()


def main(words: list[str] | None = None) -> int:
    """Do what the command line says; gives the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that is not UTF-8 lacks signs that are written here.
        sys.stdout.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog=program(),
        description="Guards perpetual-swap positions on OKX. Without a JOB it runs the bot.",
        epilog=f"Every setting is explained in {example}" if (example := explained_in()) is not None else None,
        # A long path stays in one piece.
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tgtp {__version__}")
    parser.add_argument(
        "--home",
        metavar="FOLDER",
        help="where .env and the data lie (or TGTP_HOME): by default the current folder in a checkout, ~/.tgtp when installed",
    )
    jobs = parser.add_subparsers(dest="job", metavar="JOB")
    run = jobs.add_parser("run", help="run the bot")
    run.add_argument(
        "--new-ledger",
        action="store_true",
        help="where the ledger is lost or cannot be read: set it aside and begin a new one, with everything paused",
    )
    legacy = jobs.add_parser("import-legacy", help="take over an older daemon's files, so that no fired tier fires again")
    legacy.add_argument("state", type=Path, help="main_account_position_state.json")
    legacy.add_argument("records", type=Path, help="main_account_take_profit_records.json")
    jobs.add_parser("pair", help="make a code by which somebody becomes the bot's owner, whether it runs or not")
    replay = jobs.add_parser("replay", help="run the rules over a file of candles and print every tier and hedge")
    replay.add_argument("candles", type=Path, help="CSV or CSV.GZ: timestamp_ms,open,high,low,close[,volume]")
    replay.add_argument("--instrument", help="its name; taken from the file's name when left out, as ETH-USDT-SWAP-5m.csv.gz")
    replay.add_argument("--long-entry", default="", help="entry price of the long (default: the first price; none: no long)")
    replay.add_argument("--short-entry", default="", help="entry price of the short (default: the first price; none: no short)")
    replay.add_argument("--contracts", default="100", help="contracts of each leg (default 100)")
    replay.add_argument("--contract-size", default="0.1", help="coins per contract (default 0.1)")
    replay.add_argument("--lot", default="0.01", help="lot size in contracts (default 0.01)")
    replay.add_argument("--leverage", default="10", help="leverage of each leg (default 10)")
    replay.add_argument("--start", type=_day, help="first day (UTC), as 2022-05-01")
    replay.add_argument("--days", type=int, default=7, help="how many days (default 7)")
    tell = jobs.add_parser("tell", help="tell the owners a text by Telegram, else by ALERT_URLS; the same text once an hour")
    tell.add_argument("text")
    doctor = jobs.add_parser("doctor", help="look at everything that a start needs; sends no order. Ends with 0, 1 or 2")
    doctor.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(words)
    if given.home:
        work_in(given.home)
        note_start(given.home)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if given.job == "import-legacy":
            return _import_legacy(given.state, given.records)
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
    return run_bot(new_ledger=given.job == "run" and given.new_ledger)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write one as 2022-05-01") from None


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


def _import_legacy(state: Path, records: Path) -> int:
    settings = read_settings()
    ledger = TinyLedger(settings.folder)
    try:
        done = import_legacy(ledger, state, records, settings.rules, dt.datetime.now(dt.UTC))
    finally:
        ledger.close()
    print(
        f"Taken over into {settings.folder}: the fired levels of {done.legs} legs "
        f"({done.tiers_marked} tiers of legs that are watched already were marked now), "
        f"{done.records} records ({done.records_known} were there before)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(start())
