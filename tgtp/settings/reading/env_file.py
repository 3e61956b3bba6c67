"""The lines of ``.env``, as they were typed; and what is refused because it would arrive otherwise than it was typed."""

from __future__ import annotations

import difflib
import io
import os
import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from dotenv.parser import parse_stream

from tgtp.domain.model import MAIN
from tgtp.errors import Problem
from tgtp.settings.reading.refusals import Refusal, SettingsRefused
from tgtp.settings.reading.secret_shapes import HIDDEN, KEYS, is_a_name

# utf-8-sig: some editors on Windows put a mark before the first name, which would hide it.
ENCODING = "utf-8-sig"
QUOTES = "“”‘’＂＇"


class Line(NamedTuple):
    """One NAME=VALUE; ``typed`` is what stands behind the sign, quotes and comment included.

    ``before`` is the number of an earlier line that says otherwise; 0 where none does.
    """

    name: str
    value: str
    typed: str
    number: int
    before: int = 0


class EnvFile(NamedTuple):
    """A file of settings; ``lines`` by name in upper case; ``broken`` are the numbers of lines that say nothing."""

    path: Path
    lines: dict[str, Line]
    broken: list[int]

    @property
    def values(self) -> dict[str, str]:
        """What is set, by name in upper case; an empty value counts as not set."""
        return {name: line.value for name, line in self.lines.items() if line.value}

    def refuse(self, name: str, why: Problem, of: tuple[str, ...] = ()) -> Refusal:
        """Refuse a setting in a whole sentence, with the place where it stands."""
        line = self.lines.get(name)
        return Refusal(name, why, file=str(self.path), line=line.number if line is not None else 0, of=of)


def read_env_file(path: Path) -> EnvFile:
    """Read the file; nothing where there is none. Raises SettingsRefused when it is no text, or cannot be read."""
    try:
        # Docker makes a folder where the file to mount is missing, and a link may lead nowhere: taken for nothing, each would
        # start a paper account in place of the one that somebody wants to have guarded.
        if not os.path.lexists(path):
            return EnvFile(path, {}, [])
        if path.is_fifo():
            # It can be read once, and whoever writes into it may never come.
            raise SettingsRefused([Refusal("", Problem("setting.unreadable", path=path, why=Problem("setting.no_file")))])
        with path.open(encoding=ENCODING) as file:
            text = file.read()
    except UnicodeDecodeError as exc:
        # LANGUAGE itself can be read: it is written in signs that most encodings share.
        language = "zh" if re.search(rb"(?im)^\s*LANGUAGE\s*=\s*['\"]?zh", exc.object) else ""
        raise SettingsRefused([Refusal("", Problem("setting.text", path=path))], language) from None
    except OSError as exc:
        raise SettingsRefused([Refusal("", Problem("setting.unreadable", path=path, why=exc.strerror or exc))]) from None
    return env_file_of(path, text)


def env_file_of(path: Path, text: str) -> EnvFile:
    """Return what a file of this text says, whether it is written yet or not."""
    found = EnvFile(path, {}, [])
    for binding in parse_stream(io.StringIO(text)):
        text = binding.original.string
        # Empty lines before it count as its own there.
        number = binding.original.line + len(re.findall(r"\r\n|\n|\r", text[: len(text) - len(text.lstrip())]))
        if binding.error or (binding.key is not None and binding.value is None):
            found.broken.append(number)
        elif binding.key is not None:
            typed = text.strip().partition("=")[2].strip()
            value, other = binding.value or "", found.lines.get(binding.key.upper())
            before = other.before or other.number if other is not None and other.value and other.value != value else 0
            found.lines[binding.key.upper()] = Line(binding.key, value, typed, number, before)
    return found


def given_by(file: EnvFile) -> dict[str, str]:
    """Return what is set, names in upper case; the environment wins over the file."""
    return file.values | {name.upper(): value for name, value in os.environ.items() if value}


def wrong_lines(
    file: EnvFile, known: Collection[str], secret: Collection[str], owners: Mapping[str, str] | None = None
) -> list[Refusal]:
    """Find what must neither be guessed nor ignored: lines that say nothing, names that are nearly settings, lost characters.

    ``known`` are the names of all settings, ``secret`` those whose values are secrets; ``owners`` names the account of each
    that is of one alone.
    """
    owners = owners or {}
    # Not quoted: it may be the second half of a secret that was wrapped.
    found = [Refusal("", Problem("setting.line", path=file.path, line=number)) for number in file.broken]
    for name, line in file.lines.items():
        of = (owners[name],) if name in owners else ()
        if name not in known:
            found += _unknown(file, name, line, known, owners)
        elif line.before:
            # The last one would win, and who reads the file from above believes the first.
            found.append(file.refuse(name, Problem("setting.twice", name=name, other=line.before), of))
        elif how := _lost(line, is_secret=name in secret):
            found.append(file.refuse(name, Problem("setting.typed", name=name, how=how), of))
    return found


def _unknown(file: EnvFile, name: str, line: Line, known: Collection[str], owners: Mapping[str, str]) -> list[Refusal]:
    # A secret that has = in it, on a line of its own, would pass for a name.
    said = line.name if is_a_name(line.name) else HIDDEN
    # A name in full-width letters, or with marks between that nobody sees.
    plain = re.sub(r"[^A-Z0-9_]", "", unicodedata.normalize("NFKC", name).upper()) or name
    account, mark, _ = plain.partition("_")
    of = tuple(sorted({each for each in owners.values() if mark and each.upper() == account}))
    near = _nearest(plain, known)
    if account == MAIN.upper() and plain.endswith(KEYS):
        near = [f"OKX_{plain.partition('_')[2]}"]
    if any(each not in owners for each in near):
        of = ()
    elif of:
        # Of this account, whatever else is called like it.
        near = _nearest(plain, [each for each in owners if owners[each] in of])
    elif any(each in file.values for each in near) or any(f"{account}_{key}" in file.lines for key in KEYS):
        # Another account's, of which nothing else is known either.
        near = []
    else:
        of = tuple(sorted({owners[each] for each in near}))
    if near:
        return [file.refuse(name, Problem("setting.name.near", name=said, near=near[0]), of)]
    if of:
        return [file.refuse(name, Problem("setting.name.account", name=said, account=of[0]), of)]
    return []


def _nearest(name: str, known: Collection[str]) -> list[str]:
    """Return the settings that a name is nearest to, if it is near to any."""
    near = difflib.get_close_matches(name, known, 10, 0.8)
    best = [difflib.SequenceMatcher(None, name, each).ratio() for each in near]
    return [each for each, ratio in zip(near, best, strict=True) if ratio == best[0]]


def _lost(line: Line, *, is_secret: bool) -> Problem | None:
    """Return what of a value is lost on its way; None when it arrives whole."""
    quote = line.typed[:1]
    if line.value and quote in ("'", '"'):
        if "\n" in line.typed or "\r" in line.typed:
            return Problem("setting.typed.open")
        if is_secret and line.value not in line.typed:
            return Problem("setting.typed.backslash")
        return None
    if "${" in line.typed:
        return None if is_secret else Problem("setting.typed.variable")
    if is_secret and line.value and line.value != line.typed:
        return Problem("setting.typed.comment")
    if is_secret and quote and quote in QUOTES:
        return Problem("setting.typed.quotes")
    return None
