"""Bugs that somebody thought of, as exact replacements of text: ``planted.txt`` → values."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("planted.txt")
# What a line begins with, and the field that it belongs to.
_FIELDS = {"- ": "old", "+ ": "new", "? ": "tests"}


class Planted(NamedTuple):
    """A bug: in ``module`` the text ``old`` becomes ``new``; one of ``tests`` must notice."""

    name: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]

    def spoil(self, source: str) -> str:
        """Put the bug into a module's text. Raises ValueError where its place is not found exactly once."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.module}: {source.count(self.old)} places for {self.name!r}; re-word it in {LIST.name}")
        return source.replace(self.old, self.new)


def planted(text: str | None = None) -> list[Planted]:
    """Read the list. Raises ValueError for a line that is none of its kinds."""
    found: list[Planted] = []
    module, name, parts = "", "", _empty()

    def end() -> None:
        if name:
            found.append(Planted(name, module, "\n".join(parts["old"]), "\n".join(parts["new"]), tuple(parts["tests"])))

    lines = (LIST.read_text() if text is None else text).splitlines()
    # What stands above the first module is for people.
    for line in lines[next(index for index, line in enumerate(lines) if line.startswith("== ")) :]:
        if line.startswith(("== ", "* ")):
            end()
            name, parts = "", _empty()
        if line.startswith("== "):
            module = line[3:]
        elif line.startswith("* "):
            name = line[2:]
        elif line[:2] in _FIELDS and name:
            parts[_FIELDS[line[:2]]].append(line[2:])
        elif line.strip():
            raise ValueError(f"{LIST.name}: {line!r} is no line of a bug")
    end()
    return found


def _empty() -> dict[str, list[str]]:
    return {"old": [], "new": [], "tests": []}
