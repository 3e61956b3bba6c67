"""Why settings are refused: a value for each, so that all are told at once, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tgtp.errors import Problem, SettingsInvalid

# What a Chinese keyboard writes for the signs of ASCII.
FULL_WIDTH: Final = re.compile("[\uff01-\uff5e\u3000]")


class Refusal(NamedTuple):
    """One thing that is wrong.

    ``why`` is a whole sentence; with ``got`` (what was written, or that it is hidden) it goes on from ``name``; None for none.
    ``file`` and ``line`` say where it stands; line 0 for what stands in the environment. ``of`` names the accounts that alone
    are concerned; empty where it is the whole program.
    """

    name: str
    why: Problem | None = None
    got: str = ""
    wants: Problem | None = None
    file: str = ""
    line: int = 0
    of: tuple[str, ...] = ()

    @property
    def problem(self) -> Problem:
        """All of it, put together."""
        said = self.why or Problem("start.invalid", name=self.name, got=self.got)
        if self.got and self.why:
            said = Problem("start.wrong", name=self.name, got=self.got, why=self.why)
        if self.wants:
            said = Problem("start.wants", said=said, wants=self.wants)
        if FULL_WIDTH.search(self.got):
            said = Problem("start.full_width", said=said)
        return Problem("start.place", said=said, file=self.file, line=self.line) if self.line else said


def missing(name: str, why: str) -> Refusal:
    """Refuse that a setting is empty which another one needs."""
    return Refusal(name.upper(), Problem("setting.empty", name=name.upper(), why=why))


class SettingsRefused(SettingsInvalid):
    """Settings are wrong: ``refusals`` are all that were found; ``language`` is what LANGUAGE asks for, if anything."""

    def __init__(self, refusals: Iterable[Refusal], language: str = "") -> None:
        self.refusals: Sequence[Refusal] = tuple(refusals)
        self.language = language
        super().__init__("\n".join(str(each.problem) for each in self.refusals))
