"""What people write after /tiers: to see ladders, to edit one, to give one, or to put some back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from tgtp.chat.commands.arguments import Unclear, is_named, known_legs
from tgtp.chat.commands.vocabulary import ALL_WORDS, DEFAULT_WORDS, SIDES
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import side
from tgtp.chat.texts.formats.numbers import brief
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import PositionSide, Snapshot, coin_of_instrument
from tgtp.engine.rulebook import Wanted, Whose
from tgtp.errors import Invalid

EXAMPLE = "25:30 35:50 50:50"
# Ten tiers fit, unless somebody counts in millionths of a percent.
LONGEST_LADDER = 160
# No tier is so long; what is wrong with it must still be seen behind it.
LONGEST_RUNG = 40


class Show(NamedTuple):
    """Show the ladders of an instrument, or all of them ("")."""

    instrument_id: str = ""


class Edit(NamedTuple):
    """Open the editor of a ladder."""

    whose: Whose


class Give(NamedTuple):
    """Return ladders, None to put one back; ``name`` says whose they are. Empty where nothing is there to be put back."""

    wanted: Wanted
    name: str


def read_ladder_words(
    reader: Reader, words: Sequence[str], snapshot: Snapshot, changed: Collection[Whose]
) -> Show | Edit | Give:
    """Read ``STX long 20:30 40:50``, ``long default``, ``STX`` and the like; ``changed`` are ladders that people have given.

    Raises Unclear, with nothing changed.
    """
    rest = list(words)
    if rest and rest[0].lower() in ALL_WORDS:
        del rest[0]
    if not rest:
        return Show()
    if _is_default(rest):
        return Give(dict.fromkeys(sorted(changed), None), reader.plain("all"))
    side = _side(rest[0])
    if side is not None:
        return _of(reader, Whose("", side), rest[1:], changed)
    if ":" in rest[0] or "：" in rest[0]:
        # A ladder that is not said to be anybody's; it is judged all the same.
        raise Unclear(reader.say("ladders.side.first", ladder=shown(_read(reader, rest, f"long {EXAMPLE}"))))
    instrument_id = _instrument(reader, rest[0], snapshot, changed)
    coin = coin_of_instrument(instrument_id)
    if len(rest) == 1:
        return Show(instrument_id)
    if _is_default(rest[1:]):
        return Give({whose: None for whose in sorted(changed) if whose.instrument_id == instrument_id}, coin)
    side = _side(rest[1])
    if side is None:
        raise Unclear(reader.say("ladders.side", coin=coin, word=rest[1][:40]))
    found = _of(reader, Whose(instrument_id, side), rest[2:], changed)
    gives = isinstance(found, Edit) or any(found.wanted.values())
    if gives and instrument_id not in _open(snapshot):
        raise Unclear(reader.say("ladders.not.open", coin=coin))
    return found


def whose_name(reader: Reader, whose: Whose) -> str:
    """Name whose ladder it is: ``all long legs``, or ``STX long``."""
    side = reader.plain(f"side.{whose.position_side.value}")
    if not whose.instrument_id:
        return reader.plain("ladders.whose.all", side=side)
    return reader.plain("ladders.whose.one", coin=coin_of_instrument(whose.instrument_id), side=side)


def shown(ladder: Ladder) -> str:
    """Write a ladder as people type it.

    >>> shown(Ladder.parse("25:30,35:50"))
    '25:30 35:50'
    """
    return brief(str(ladder).replace(",", " "), LONGEST_LADDER)


def _of(reader: Reader, whose: Whose, rest: Sequence[str], changed: Collection[Whose]) -> Edit | Give:
    if not rest:
        return Edit(whose)
    if _is_default(rest):
        return Give({whose: None} if whose in changed else {}, whose_name(reader, whose))
    coin = f"{whose.instrument_id.split('-', 1)[0]} " if whose.instrument_id else ""
    ladder = _read(reader, rest, f"{coin}{side(reader.language, whose.position_side)} {EXAMPLE}")
    return Give({whose: ladder}, whose_name(reader, whose))


def _read(reader: Reader, words: Sequence[str], example: str) -> Ladder:
    """Read a ladder as people type it: blanks or commas between the tiers, percent signs or none. Raises Unclear."""
    text = re.sub(r"\s*[:：]\s*", ":", re.sub(r"[%％]", "", " ".join(words)))
    rungs = [brief(rung, LONGEST_RUNG) for rung in re.split(r"[\s,，、;；]+", text) if rung]
    try:
        return Ladder.parse(",".join(rungs))
    except Invalid as exc:
        raise Unclear(reader.say("ladders.wrong", why=problem(reader.language, exc.problem, 160), example=example)) from exc


def _instrument(reader: Reader, word: str, snapshot: Snapshot, changed: Collection[Whose]) -> str:
    for instrument_id in sorted(_open(snapshot)) + sorted({whose.instrument_id for whose in changed}):
        if instrument_id and is_named(word, instrument_id):
            return instrument_id
    known = known_legs(reader, snapshot)
    key = "ladders.unknown" if known else "ladders.unknown.none"
    raise Unclear(reader.say(key, word=word[:40], known=known))


def _open(snapshot: Snapshot) -> set[str]:
    return {leg.instrument.instrument_id for leg in snapshot.legs} | {key.instrument_id for key in snapshot.unreadable_keys}


def _is_default(words: Sequence[str]) -> bool:
    return len(words) == 1 and words[0].lower() in DEFAULT_WORDS


def _side(word: str) -> PositionSide | None:
    return SIDES.get(word.lower().rstrip(":："))
