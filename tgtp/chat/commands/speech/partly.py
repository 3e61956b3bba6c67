"""What is understood of a text that is not understood as a whole: what it speaks of, and the words that nobody knows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tgtp.chat.commands import vocabulary
from tgtp.chat.commands.pause.times import END, is_by_clock
from tgtp.chat.commands.speech.grammar import TAKES, Phrase, as_phrase, near
from tgtp.chat.commands.speech.words import (
    HAN,
    LONGEST_WORD,
    Kind,
    Known,
    Word,
    is_coin,
    of_piece,
    pieces,
    plainly,
    readings_of,
)
from tgtp.chat.formatting.half_width import half_width

MOST_COINS: Final = 2
# What is kept of a text in the buttons below its answer, in the order in which it is given up where it does not fit.
KEPT: Final[tuple[Kind, ...]] = ("account", "side", "mode", "rule", "share", "number", "all", "end")
# Nobody is told that these are not known: they say nothing by themselves.
PARTICLES: Final = frozenset("了着过得地就还也要会在是和跟再个下有")


class Heard(NamedTuple):
    """What was heard in a text: its commands, the coins that are held, what stands once beside them, and unknown words."""

    commands: tuple[str, ...]
    coins: tuple[str, ...]
    kept: Mapping[Kind, str]
    unknown: tuple[str, ...]

    @property
    def says_no(self) -> bool:
        """Return whether the text wants nothing done."""
        plain = [plainly(word) for word in self.unknown]
        negations = vocabulary.NEGATIONS
        return any(word in negations or any(no in word for no in negations if not no.isascii()) for word in plain)


def heard(text: str, known: Known) -> Heard:
    """Return what is understood of a text.

    >>> known = Known(frozenset({"STX-USDT-SWAP"}))
    >>> heard("close stx lnog half", known)
    Heard(commands=('close',), coins=('STX',), kept={'share': '50%'}, unknown=('lnog',))
    >>> heard("先别停STX多", known).unknown, heard("dont stop", known).commands, heard("dont stop", known).says_no
    (('别',), ('pause',), True)
    """
    commands: list[str] = []
    said: dict[Kind, set[str]] = {}
    unknown: list[str] = []
    for piece, words in _words(plainly(text), known):
        if not words and not set(piece) <= PARTICLES:
            unknown.append(_as_typed(text, piece))
        for word in words:
            if word.kind == "command":
                commands.append(word.value.split()[0])
            if word.value == "close all":
                said.setdefault("all", set()).add("all")
            said.setdefault(word.kind, set()).add(word.value)
    kept = {kind: min(said[kind]) for kind in KEPT if len(said.get(kind, ())) == 1}
    if (end := END.fullmatch(kept.get("end", ""))) and is_by_clock(end) and not end["until"]:
        # Said before the command it may be when to begin: a button says what it does.
        kept["end"] = f"到{end[0]}" if HAN.search(text) else f"until {end[0]}"
    return Heard(tuple(dict.fromkeys(commands)), coins_in(text, known), kept, tuple(dict.fromkeys(unknown)))


def offers(text: str, known: Known) -> list[Phrase]:
    """Return what a text that is not understood may have asked for, with all that it said of it."""
    commands, coins, kept, _ = heard(text, known)
    found: list[Phrase | None] = [*near(text, known)]
    for coin in coins[:MOST_COINS]:
        found += [_fitting("status", coin, {}, known), _fitting("close", coin, kept, known)]
    if "close" in commands and not coins and {"side", "all"} & kept.keys():
        found.append(_fitting("close", None, kept, known))
    if "pause" in commands:
        narrow: dict[Kind, str] = {kind: value for kind, value in kept.items() if kind != "all"}
        found += [_fitting("pause", coin, narrow, known) for coin in coins[:1]]
        found += [_fitting("pause", None, narrow, known), Phrase("pause")]
    if "resume" in commands:
        found.append(Phrase("resume"))
    return list(dict.fromkeys(phrase for phrase in found if phrase is not None))


def coins_in(text: str, known: Known) -> tuple[str, ...]:
    """Return the coins that are held and that a text names."""
    if known.instruments is None:
        return ()
    words = [word.value for _, words in _words(plainly(text), known) for word in words if word.kind == "coin"]
    return tuple(name for name in dict.fromkeys(words) if is_coin(name, known))


def _fitting(command: str, coin: str | None, kept: Mapping[Kind, str], known: Known) -> Phrase | None:
    """Return a command of a coin with as much beside it as makes sense there."""
    head = [Word("command", command), *([Word("coin", coin)] if coin else [])]
    beside = [Word(kind, value) for kind, value in kept.items() if kind in TAKES[command]]
    for count in range(len(beside), -1, -1):
        for some in itertools.combinations(beside, count):
            if (phrase := as_phrase([*head, *some], known)) is not None:
                return phrase
    return None


def _words(written: str, known: Known) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """Return each piece of a text with all that it can mean; Chinese is cut so that as little as can be is left over."""
    for piece in pieces(written):
        if HAN.fullmatch(piece):
            yield from _least_left(piece, known.in_chinese)
        else:
            yield piece, tuple(itertools.chain(*of_piece(piece, known)))


def _least_left(text: str, coins: frozenset[str]) -> list[tuple[str, tuple[Word, ...]]]:
    best: list[tuple[int, int, list[tuple[str, tuple[Word, ...]]]]] = [(0, 0, [])]
    for at in range(len(text) - 1, -1, -1):
        left, count, rest = best[-1]
        follows = rest[0] if rest and not rest[0][1] else None
        alone = (left + 1, count + (not follows), [(text[at] + (follows[0] if follows else ""), ()), *rest[bool(follows) :]])
        found = [alone]
        for end in range(at + 1, min(len(text), at + LONGEST_WORD) + 1):
            if words := readings_of(text[at:end], coins):
                left, count, rest = best[len(text) - end]
                found.append((left, count + 1, [(text[at:end], words), *rest]))
        best.append(min(found, key=lambda each: each[:2]))
    return best[-1][2]


def _as_typed(text: str, piece: str) -> str:
    """Return a piece as it stands in the text, where it does."""
    typed = half_width(text)
    at = typed.lower().find(piece)
    return typed[at : at + len(piece)] if at >= 0 else piece
