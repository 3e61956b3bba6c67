"""What people write behind /resting: to see what rests, or to have tiers rest or not, of all coins or of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from tgtp.chat.commands.arguments import Unclear, is_named, known_legs
from tgtp.chat.commands.vocabulary import ALL_WORDS, OFF_WORDS, ON_WORDS
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.model import Snapshot
from tgtp.domain.resting.rules import RestingMode


class Turn(NamedTuple):
    """Have tiers rest (``all``) or not, of one instrument or of all of them ("")."""

    instrument_id: str
    mode: RestingMode


def read_resting_words(reader: Reader, words: Sequence[str], snapshot: Snapshot, own: Collection[str]) -> Turn | None:
    """Read ``all``, ``off``, ``all STX``, ``STX off`` and the like; None where nothing is to be changed.

    ``own`` are the instruments that have a mode of their own already. Raises Unclear, with nothing changed.
    """
    if not words:
        return None
    said = [word.lower() for word in words]
    offs, ons = (sum(word in turn for word in said) for turn in (OFF_WORDS, ON_WORDS))
    everything = sum(word in ALL_WORDS for word in said)
    coins = [word for word in words if word.lower() not in (*OFF_WORDS, *ON_WORDS, *ALL_WORDS)]
    if offs + ons > 1 or everything > 1 or len(coins) > 1 or offs + ons + everything == 0 or (offs and everything and coins):
        raise Unclear(reader.say("resting.form"))
    return Turn(_instrument(reader, coins[0], snapshot, own) if coins else "", "off" if offs else "all")


def _instrument(reader: Reader, word: str, snapshot: Snapshot, own: Collection[str]) -> str:
    for instrument_id in sorted({*snapshot.instrument_ids, *own}):
        if is_named(word, instrument_id):
            return instrument_id
    raise Unclear(reader.say("dynamic.unknown", word=word[:40], known=known_legs(reader, snapshot)))
