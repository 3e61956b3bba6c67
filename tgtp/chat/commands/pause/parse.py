"""What follows /pause and /resume: coin, side, rule and time, in both languages, also without blanks between them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import Final, Literal, NamedTuple

from tgtp.chat.commands.arguments import Unclear, held_of, instrument_named, is_named
from tgtp.chat.commands.pause.times import END, LONGEST, ends_at, is_by_clock
from tgtp.chat.commands.vocabulary import (
    ALL_WORDS,
    BESIDE_PAUSE,
    HASTE,
    NO_COINS,
    POLITE,
    RULES,
    SIDES,
    TRADITIONAL,
)
from tgtp.chat.formatting.half_width import half_width
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.model import Snapshot
from tgtp.domain.pauses import Scope

_WORD: Final = re.compile(r"[$A-Za-z0-9][A-Za-z0-9_-]*")
_BETWEEN: Final = re.compile(r"[\s,，、;.。!]+")
_VOCABULARY: Final = frozenset((*ALL_WORDS, *POLITE, *HASTE, *BESIDE_PAUSE, *RULES, *SIDES))
# The longest first: 止盈档位 is one word.
_LONGEST_FIRST: Final = sorted((word for word in _VOCABULARY if not word.isascii()), key=len, reverse=True)


class PauseWish(NamedTuple):
    """What is to be paused or to go on; ``until`` is when the pause ends by itself, None where that was not said.

    ``by_clock``: it was said as an hour of the day.
    """

    scope: Scope
    until: dt.datetime | None = None
    by_clock: bool = False


def read_pause(
    reader: Reader,
    words: Sequence[str],
    snapshot: Snapshot | None,
    now: dt.datetime,
    *,
    command: Literal["pause", "resume"] = "pause",
    also: Collection[str] = (),
) -> PauseWish:
    """Read ``STX``, ``STX long hedge``, ``tiers``, ``1h``, ``STX until 08:00``; no words mean everything.

    ``snapshot`` is what is held, None before anything was seen: then a coin is taken as it is. ``also`` are instruments that
    may be named besides. Raises Unclear where anything is not understood: it is for all words or for none.
    """
    said = half_width(" ".join(words)).translate(TRADITIONAL).strip()
    reading = _Reading(reader.clock_zone, now)
    held = snapshot.instrument_ids if snapshot is not None else frozenset[str]()
    try:
        coins = reading.take(said, {*also, *held})
    except ValueError as exc:
        raise Unclear(reader.say(f"{command}.forms", word=said[:40])) from exc
    if command == "resume" and reading.until is not None:
        raise Unclear(reader.say("resume.forms", word=said[:40]))
    if reading.is_too_long:
        raise Unclear(reader.say("pause.too.long", days=LONGEST.days))
    name = _instrument(reader, coins[0], snapshot, also) if coins else None
    return PauseWish(reading.scope._replace(instrument_id=name), reading.until, by_clock=reading.by_clock)


class _Reading:
    """What the words have said so far. ``take`` raises ValueError for what is no word, or is said twice."""

    def __init__(self, zone: dt.tzinfo, now: dt.datetime) -> None:
        self._zone = zone
        self._now = now
        self.scope = Scope()
        self.until: dt.datetime | None = None
        self.by_clock = False

    @property
    def is_too_long(self) -> bool:
        """Return whether the pause would last longer than one with an end may."""
        return self.until is not None and self.until > self._now + LONGEST

    def take(self, said: str, known: Collection[str]) -> list[str]:
        """Read all of it; return the coin that is named, if any."""
        coins: list[str] = []
        while said := _BETWEEN.sub("", said, count=1) if _BETWEEN.match(said) else said:
            whole = said.split(maxsplit=1)[0]
            if end := END.match(said):
                self._end(end)
                said = said[end.end() :]
            elif whole.lower() not in _VOCABULARY and any(is_named(whole, name) for name in known):
                coins.append(whole)
                said = said[len(whole) :]
            else:
                word = _next_word(said)
                said = said[len(word) :]
                coins += self._named(word)
        if len(coins) > 1:
            raise ValueError(said)
        return coins

    def _named(self, word: str) -> list[str]:
        """Take in a word; return it where it must be a coin."""
        lower = word.lower()
        if lower in SIDES:
            self._narrow(position_side=SIDES[lower])
        elif lower in RULES:
            self._narrow(rule=RULES[lower])
        elif lower not in _VOCABULARY:
            if lower in NO_COINS or not any(sign.isalpha() for sign in word):
                raise ValueError(word)
            return [word.lstrip("$")]
        return []

    def _narrow(self, **part: object) -> None:
        if any(getattr(self.scope, name) is not None for name in part):
            raise ValueError(part)
        self.scope = self.scope._replace(**part)  # type: ignore[arg-type]

    def _end(self, said: re.Match[str]) -> None:
        if self.until is not None:
            raise ValueError(said[0])
        self.until = ends_at(said, self._now, self._zone)
        self.by_clock = is_by_clock(said)


def _next_word(said: str) -> str:
    if found := _WORD.match(said):
        return found[0]
    word = next((word for word in _LONGEST_FIRST if said.startswith(word)), None)
    if word is None and not said.startswith("*"):
        raise ValueError(said)
    return word or "*"


def _instrument(reader: Reader, word: str, snapshot: Snapshot | None, also: Collection[str]) -> str:
    named = next((name for name in sorted(also) if is_named(word, name)), None)
    if named is not None:
        return named
    if snapshot is None:
        # A stop must work before anything was seen: the name is taken as it is.
        return instrument_named(word)
    return held_of(reader, word, snapshot)[0].key.instrument_id
