"""Asking on the console: a person at a terminal is asked again, a pipe is not."""

from __future__ import annotations

import getpass
import sys
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tgtp.chat.texts import Language, plain, visible
from tgtp.errors import Problem, TgtpError
from tgtp.typed import typed


class Ended(TgtpError):
    """No answer comes any more: the input is at its end, or it was wrong and nobody is there to be asked again."""

    @classmethod
    def wrong(cls) -> Ended:
        """Return that an answer was wrong, which has been said."""
        return cls(Problem("setup.wrong_answer"))


class Lines(NamedTuple):
    """Where answers come from and words go: ``hidden`` reads without an echo; both take the prompt, and raise EOFError."""

    read: Callable[[str], str]
    hidden: Callable[[str], str]
    write: Callable[[str], None]
    is_terminal: bool


def lines_of_this_process() -> Lines:
    """Return the terminal that this process has, or the pipe."""
    if sys.stdin is not None and sys.stdin.isatty():
        return Lines(input, getpass.getpass, _write, is_terminal=True)
    return Lines(_piped, _piped, _write, is_terminal=False)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _piped(prompt: str) -> str:
    # What was read stands nowhere: the next words begin on a line of their own.
    _write(prompt)
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return line


class Console:
    """Asks in a language, which the first answer may change."""

    def __init__(self, language: Language, lines: Lines) -> None:
        self.language = language
        self._lines = lines

    @property
    def is_terminal(self) -> bool:
        """Return whether somebody is there to be asked again."""
        return self._lines.is_terminal

    def say(self, key: str, **values: object) -> None:
        """Write a sentence."""
        self.tell(plain(self.language, key, **values))

    def tell(self, text: str) -> None:
        """Write a text."""
        self._lines.write(visible(text))

    def ask(self, key: str, shown: str = "", *, is_hidden: bool = False, **values: object) -> str:
        """Ask; return the answer, "" where Enter alone was pressed. ``shown`` is what that keeps. Raises Ended."""
        kept = f" [{shown}]" if shown else ""
        prompt = f"{plain(self.language, key, **values)}{kept}: "
        try:
            return (self._lines.hidden if is_hidden else self._lines.read)(prompt).strip()
        except EOFError:
            raise Ended(Problem("setup.no_answer", command=typed("setup"))) from None

    def choose(self, key: str, words: Mapping[str, str], default: str) -> str:
        """Ask for one of these words, by its number or itself; the values are keys of their texts. Raises Ended."""
        self.say(key)
        names = [*words]
        for number, text in enumerate(words.values(), 1):
            self.tell(f"  {number}  {plain(self.language, text)}")
        while True:
            # Full-width digits, as a Chinese keyboard writes them.
            answer = unicodedata.normalize("NFKC", self.ask("setup.number", str(names.index(default) + 1))).lower()
            if not answer:
                return default
            if answer in names:
                return answer
            if answer.isascii() and answer.isdigit() and 0 < int(answer) <= len(names):
                return names[int(answer) - 1]
            self.wrong(plain(self.language, "setup.number.wrong", count=len(names)))

    def wrong(self, why: str) -> None:
        """Say that an answer is wrong. Raises Ended where nobody is there to be asked again."""
        self.tell(f"✗ {why}")
        if not self.is_terminal:
            raise Ended.wrong()
