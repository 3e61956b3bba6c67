"""Why settings are refused: a value for each, so that all are told at once, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tgtp.errors import SettingsInvalid


class Refusal(NamedTuple):
    """One thing that is wrong.

    ``why`` is a sentence. With ``got`` (what was written, or that it is hidden) it goes on from ``name``, and may be empty.
    ``file`` and ``line`` say where it stands; line 0 for what stands in the environment. ``of`` names the accounts that alone
    are concerned; empty where it is the whole program.
    """

    name: str
    why: str
    got: str = ""
    wants: str = ""
    file: str = ""
    line: int = 0
    of: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in English.

        >>> str(Refusal("REARM", "", got="'never'", wants="on_close or on_add", file=".env", line=3))
        "REARM='never' is not valid; it wants on_close or on_add (.env, line 3)"
        """
        sentence = self.why
        if self.got:
            sentence = f"{self.name}={self.got}: {self.why}" if self.why else f"{self.name}={self.got} is not valid"
        wants = f"; it wants {self.wants}" if self.wants else ""
        return f"{sentence}{wants}" + (f" ({self.file}, line {self.line})" if self.line else "")


def missing(name: str, why: str) -> Refusal:
    """Refuse that a setting is empty which another one needs."""
    return Refusal(name.upper(), f"{name.upper()} is empty, but {why} needs it; put it into .env")


class SettingsRefused(SettingsInvalid):
    """Settings are wrong: ``refusals`` are all that were found; ``language`` is what LANGUAGE asks for, if anything."""

    def __init__(self, refusals: Iterable[Refusal], language: str = "") -> None:
        self.refusals: Sequence[Refusal] = tuple(refusals)
        self.language = language
        super().__init__("\n".join(map(str, self.refusals)))
