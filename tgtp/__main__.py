"""``tgtp``, or ``python -m tgtp``, with a job after it: ``run`` runs the bot, the others are smaller."""

from __future__ import annotations

from tgtp.interrupt import end_in_one_line

end_in_one_line()

# They take a moment, in which people press Ctrl-C.
# ruff: noqa: E402
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from tgtp.backtest.history.words import add_history_words
from tgtp.backtest.sweep.words import add_sweep_words
from tgtp.backtest.words import add_words
from tgtp.chat.console.usage import CommandLine
from tgtp.chat.texts import Language, plain
from tgtp.export.words import add_export_words, add_restore_words
from tgtp.settings.contact import reader_language
from tgtp.settings.reading.home import explained_in, named_home, work_in
from tgtp.settings.reading.service import read_service
from tgtp.typed import note_start, program, typed

# A job of earlier versions.
GONE = "replay"


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
    given, rest = parser.parse_known_args(words)
    if given.job == GONE:
        print(plain(language, "usage.replay.gone", program=program(), command=typed("backtest --help")), file=sys.stderr)
        return 2
    if rest:
        parser.error("")
    if given.home:
        work_in(given.home)
        note_start(given.home)
        language = reader_language()
    if given.job is None and read_service() is None:
        return _without_a_job(parser, language)
    from tgtp.jobs.do import do  # noqa: PLC0415 - it takes a second, which help and refusals need not wait for

    return do(given, language)


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
    jobs.add_parser("setup", help=say("setup"))
    legacy = jobs.add_parser("import-legacy", help=say("legacy"))
    legacy.arguments.add_argument("state", type=Path, help=say("legacy.state"))
    legacy.arguments.add_argument("records", type=Path, nargs="?", help=say("legacy.records"))
    jobs.add_parser("pair", help=say("pair"))
    add_words(jobs.add_parser("backtest", help=say("backtest")), say)
    add_history_words(jobs.add_parser("fetch-history", help=say("history")), say)
    add_sweep_words(jobs.add_parser("sweep", help=say("sweep")), say)
    add_export_words(jobs.add_parser("export", help=say("export")), say)
    add_restore_words(jobs.add_parser("restore", help=say("restore")), say)
    # It is named nowhere any more; whoever still types it is told what took its place.
    jobs.add_parser(GONE)
    tell = jobs.add_parser("tell", help=say("tell"))
    tell.arguments.add_argument("text", help=say("tell.text"))
    doctor = jobs.add_parser("doctor", help=say("doctor"))
    doctor.options.add_argument("--json", action="store_true", help=say("doctor.json"))
    return parser


def _without_a_job(parser: CommandLine, language: Language) -> int:
    """Print the help, start nothing, and give exit code 2, which no supervisor tries again; where nobody looks, tell it."""
    parser.print_help()
    why = plain(language, "usage.no_job", command=typed("run"))
    print(f"\n{why}", file=sys.stderr)
    if sys.stdin is None or not sys.stdin.isatty():
        from tgtp.tell import tell_refusal  # noqa: PLC0415 - as above

        tell_refusal(why)
    return 2


if __name__ == "__main__":
    sys.exit(start())
