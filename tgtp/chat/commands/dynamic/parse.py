"""What people write behind /dynamic: to see what is in force, or to switch it, of all coins or of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from tgtp.chat.commands.arguments import Unclear, is_named, known_legs
from tgtp.chat.commands.vocabulary import ALL_WORDS, OFF_WORDS, ON_WORDS
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.model import Snapshot


class Turn(NamedTuple):
    """Switch it ``on`` or off, of one instrument or of all of them ("")."""

    instrument_id: str
    on: bool


def read_dynamic_words(reader: Reader, words: Sequence[str], snapshot: Snapshot, own: Collection[str]) -> Turn | None:
    """Read ``on``, ``STX off``, ``off STX`` and the like; None where nothing is to be switched.

    ``own`` are the instruments that have a word of their own already. Raises Unclear, with nothing changed.
    """
    turns = [word.lower() in ON_WORDS for word in words if word.lower() in (*ON_WORDS, *OFF_WORDS)]
    rest = [word for word in words if word.lower() not in (*ON_WORDS, *OFF_WORDS, *ALL_WORDS)]
    if len(turns) > 1 or len(rest) > 1 or (words and not turns):
        raise Unclear(reader.say("dynamic.form"))
    if not words:
        return None
    return Turn(_instrument(reader, rest[0], snapshot, own) if rest else "", turns[0])


def _instrument(reader: Reader, word: str, snapshot: Snapshot, own: Collection[str]) -> str:
    for instrument_id in sorted({*snapshot.instrument_ids, *own}):
        if is_named(word, instrument_id):
            return instrument_id
    raise Unclear(reader.say("dynamic.unknown", word=word[:40], known=known_legs(reader, snapshot)))
