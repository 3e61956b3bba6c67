"""The text of ``.env`` with other values in it: whatever else stands there stays as it is."""

from __future__ import annotations

import io
import re
from pathlib import Path

from dotenv.parser import parse_stream

from tgtp.settings.reading.env_file import env_file_of, wrong_lines

# What every reader of such files (also of systemd, Docker and shells) takes as it is.
PLAIN = re.compile(r"[^\s'\"$#\\`]*")
LINE_END = re.compile(r"(\r\n|\n|\r)\Z")
EXPORT = re.compile(r"export\s+")
COMMENT = re.compile(r"=[^'\"\n]*?\s(#[^\r\n]*)")


def with_value(text: str, name: str, typed: str) -> str:
    r"""Return the text with a setting in it, ``typed`` as it stands behind the sign; where it stood, else at the end.

    A comment behind the old value goes on a line of its own: behind a secret it would be taken for a part of it.

    >>> with_value("# mine\nCHAT=local  # for now\nX=1", "CHAT", "telegram")
    '# mine\n# for now\nCHAT=telegram\nX=1'
    >>> with_value("X=1", "CHAT", "telegram")
    'X=1\nCHAT=telegram\n'
    """
    pieces, is_there = [], False
    for binding in parse_stream(io.StringIO(text)):
        piece = binding.original.string
        if not binding.error and binding.key is not None and binding.key.upper() == name:
            is_there, line = True, piece.lstrip()
            before, ending = piece[: len(piece) - len(line)], LINE_END.search(piece)
            export, comment = EXPORT.match(line), COMMENT.search(line)
            said = f"{comment[1]}{ending[0] if ending else chr(10)}" if comment else ""
            piece = f"{before}{said}{export[0] if export else ''}{binding.key}={typed}{ending[0] if ending else ''}"
        pieces.append(piece)
    found = "".join(pieces)
    if is_there:
        return found
    return found + ("\n" if found and not LINE_END.search(found) else "") + f"{name}={typed}\n"


def typed_as(name: str, value: str, *, is_secret: bool) -> str | None:
    """Return how a value is typed so that it is read as it is; None where no quotes can do that.

    >>> print(*(typed_as("X", value, is_secret=True) for value in ("a b", "p'w #1", "AbC=")))
    'a b' "p'w #1" AbC=
    """
    quoted = [f"'{value}'", f'"{value}"']
    for typed in [value, *quoted] if PLAIN.fullmatch(value) else [*quoted, value]:
        file = env_file_of(Path(), f"{name}={typed}\n")
        line = file.lines.get(name)
        if line is not None and line.value == value and not wrong_lines(file, [name], [name] if is_secret else []):
            return typed
    return None
