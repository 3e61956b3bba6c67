"""The command line in the reader's language: its help, and the refusal of words that are not understood."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NoReturn

from tgtp import __version__
from tgtp.chat.texts import Language, plain, visible


class HelpLines(argparse.RawTextHelpFormatter):
    """Lays the help out, with the lines as they are in the texts."""

    def __init__(self, language: Language, prog: str) -> None:
        super().__init__(prog)
        self._language = language

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Begin with the usage, by its name in the reader's language."""
        super().add_usage(usage, actions, groups, plain(self._language, "usage.prefix") if prefix is None else prefix)


class CommandLine(argparse.ArgumentParser):
    """Reads the ``words`` of a command line, or of one of its jobs.

    It ends the program with code 2 at the first word that it does not understand.
    """

    def __init__(self, language: Language, words: Sequence[str], *, prog: str, **more: Any) -> None:
        lines: Any = partial(HelpLines, language)
        super().__init__(prog=prog, add_help=False, formatter_class=lines, **more)
        self._language, self._words = language, words
        # Groups of our own: those of the library have English headings.
        self.options = self.add_argument_group(plain(language, "usage.options"))
        self.options.add_argument("-h", "--help", action="help", help=plain(language, "usage.help"))
        self.arguments = self.add_argument_group(plain(language, "usage.arguments"))

    def add_version(self) -> None:
        """Have ``--version`` name the version."""
        words = plain(self._language, "usage.version")
        self.options.add_argument("--version", action="version", version=f"tgtp {__version__}", help=words)

    def add_jobs(self) -> argparse._SubParsersAction[CommandLine]:
        """Take the name of a job, whose own words follow it; ``job`` is None where none is named."""
        name, heading = plain(self._language, "usage.job"), plain(self._language, "usage.jobs")
        of_a_job: Any = partial(CommandLine, self._language, self._words)
        return self.add_subparsers(dest="job", metavar=name, title=heading, parser_class=of_a_job)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read the words. One that begins as a number below 0 does is what the option before it takes, not an option."""
        words: list[str] = []
        for word in sys.argv[1:] if args is None else args:
            if words and words[-1].startswith("--") and "=" not in words[-1] and re.match(r"-[\d.]", word):
                words[-1] = f"{words[-1]}={word}"
            else:
                words.append(word)
        return super().parse_known_args(words, namespace)

    def refuse(self, why: str) -> NoReturn:
        """Print how it is used, and why it was refused; end with code 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{visible(why)}\n")

    def error(self, message: str) -> NoReturn:  # noqa: ARG002 - the library's reason is English
        """Refuse the words that were typed."""
        self.refuse(plain(self._language, "usage.refused", program=self.prog, words=shlex.join(self._words)))


def read_no_words(language: Language, words: Sequence[str], door: str, program: str) -> NoReturn:
    """Answer the words behind ``door``, which takes none: ``--help`` and ``--version`` end with code 0, all others with 2.

    ``program`` is what people type for the other jobs.
    """
    parser = CommandLine(language, words, prog=door, description=plain(language, "usage.door", program=program))
    parser.add_version()
    parser.parse_args(words)
    parser.error("")
