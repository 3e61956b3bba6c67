"""What stands behind a command: the legs that its words name."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.commands.vocabulary import MODES, SIDES
from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name, none_readable, reason
from tgtp.chat.formatting.values import side
from tgtp.chat.texts import Html, Language, say
from tgtp.domain.model import Leg, LegKey, Snapshot, UnreadableLeg


def is_named(word: str, instrument_id: str) -> bool:
    """Return whether a word names an instrument: by its coin or, where that is a word of its own here, by a longer name.

    >>> [is_named(word, "ALL-USDT-SWAP") for word in ("all", "ALLUSDT", "all-usdt", "all-usdt-swap", "al")]
    [True, True, True, True, False]
    """
    coin, _, rest = instrument_id.partition("-")
    quote = rest.split("-", maxsplit=1)[0]
    return word.upper() in (coin, instrument_id, f"{coin}{quote}", f"{coin}-{quote}")


def instrument_named(word: str) -> str:
    """Return the instrument that a word names, where none is known to go by.

    >>> instrument_named("crv"), instrument_named("CRVUSDT"), instrument_named("crv-usdt"), instrument_named("CRV-USDT-SWAP")
    ('CRV-USDT-SWAP', 'CRV-USDT-SWAP', 'CRV-USDT-SWAP', 'CRV-USDT-SWAP')
    """
    coin = word.upper().removesuffix("-SWAP").removesuffix("-USDT")
    return f"{coin.removesuffix('USDT') or coin}-USDT-SWAP"


class NoAnswer(Exception):
    """What was asked cannot be answered now; ``text`` says why. ``anew``: below what was pressed, not in its place."""

    anew = False

    def __init__(self, text: Html, *, anew: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.anew = anew


class Unclear(NoAnswer):
    """The words cannot be understood; ``text`` says so and shows the right form."""

    def __init__(self, text: Html) -> None:
        super().__init__(text)


def at_most_one(reader: Reader, words: Sequence[str], command: str) -> None:
    """Check that no more than one coin is named. Raises Unclear."""
    if len(words) > 1:
        raise Unclear(reader.say("one.coin", command=command))


def named_legs(reader: Reader, words: Sequence[str], snapshot: Snapshot, command: str) -> tuple[list[Leg], list[str]]:
    """Find the legs that ``STX``, ``STX long`` or ``STX long isolated`` names, and give the words that are left, in lower case.

    Several legs where no side is named, or where a side is held in both margin modes. ``command`` is what the words were said
    to, for the right form in an answer. Raises Unclear, also where none of them can be read.
    """
    held, rest = named_held(reader, words, snapshot, command)
    return _readable(reader, held), rest


def named_held(
    reader: Reader, words: Sequence[str], snapshot: Snapshot, command: str
) -> tuple[list[Leg | UnreadableLeg], list[str]]:
    """Find legs as ``named_legs`` does, those that cannot be read among them. Raises Unclear."""
    legs = held_of(reader, words[0], snapshot)
    if len(words) == 1:
        return legs, []
    coin = legs[0].key.coin
    position_side = SIDES.get(words[1].lower())
    if position_side is None:
        raise Unclear(reader.say("no.such.side", word=words[1][:40], coin=coin, command=command))
    name = reader.plain(f"side.{position_side.value}")
    sided = [leg for leg in legs if any(key.position_side is position_side for key in _keys(leg))]
    rest = [word.lower() for word in words[2:]]
    named = [word for word in rest if word in MODES]
    if named:
        rest.remove(named[0])
        held, mode = sided, MODES[named[0]]
        sided = [leg for leg in held if any(key.margin_mode is mode for key in _keys(leg))]
        if held and not sided:
            other = held[0].key.margin_mode
            modes = {"mode": reader.plain(f"mode.{mode.value}"), "other": reader.plain(f"mode.{other.value}")}
            raise Unclear(reader.say("no.such.mode", coin=coin, side=name, **modes))
    if not sided:
        known = known_legs(reader, snapshot)
        raise Unclear(_with_nameless(reader, snapshot, reader.say("no.such.leg", side=name, coin=coin, known=known)))
    return sided, rest


def legs_of(reader: Reader, word: str, snapshot: Snapshot) -> list[Leg]:
    """Find the legs of a coin or instrument, in any case. Raises Unclear, also where none of them can be read."""
    return _readable(reader, held_of(reader, word, snapshot))


def held_of(reader: Reader, word: str, snapshot: Snapshot) -> list[Leg | UnreadableLeg]:
    """Find the legs of a coin or instrument, those that cannot be read among them. Raises Unclear."""
    held: tuple[Leg | UnreadableLeg, ...] = (*snapshot.legs, *snapshot.unreadable)
    legs = [leg for leg in held if is_named(word, leg.key.instrument_id)]
    if not legs and not held:
        raise Unclear(none_readable(reader.language, snapshot))
    if not legs:
        text = reader.say("no.such.coin", word=word[:40], known=known_legs(reader, snapshot))
        raise Unclear(_with_nameless(reader, snapshot, text))
    return legs


def unreadable_words(language: Language, legs: Sequence[UnreadableLeg]) -> Html:
    """Say of legs, at least one, that they are open, but cannot be read, and why."""
    names = ", ".join(sorted(blind_name(language, leg) for leg in legs))
    return say(language, "leg.unreadable", legs=names, why=Html(" ".join(dict.fromkeys(reason(language, leg) for leg in legs))))


def known_legs(reader: Reader, snapshot: Snapshot) -> str:
    """Name what is open, for an answer to a wrong word."""
    names: dict[str, list[str]] = {}
    for leg in ordered(snapshot.legs, reader.rules):
        names.setdefault(leg.instrument.coin, []).append(side(reader.language, leg.position_side))
    for key in sorted(snapshot.unreadable_keys, key=str):
        names.setdefault(key.coin, []).append(side(reader.language, key.position_side))
    listed = [f"{coin} {'/'.join(dict.fromkeys(sides))}" for coin, sides in names.items()]
    more = f" … +{len(listed) - 20}" if len(listed) > 20 else ""
    return reader.plain("list.comma").join(listed[:20]) + more


def _keys(leg: Leg | UnreadableLeg) -> tuple[LegKey, ...]:
    return leg.keys if isinstance(leg, UnreadableLeg) else (leg.key,)


def _readable(reader: Reader, held: Sequence[Leg | UnreadableLeg]) -> list[Leg]:
    legs = [leg for leg in held if isinstance(leg, Leg)]
    if not legs:
        raise Unclear(unreadable_words(reader.language, [leg for leg in held if isinstance(leg, UnreadableLeg)]))
    return legs


def _with_nameless(reader: Reader, snapshot: Snapshot, text: Html) -> Html:
    """Add that there may be more than is known, where the exchange sends rows that name nothing."""
    if not snapshot.nameless:
        return text
    return Html(f"{text}\n{reader.say('unguarded.nameless', count=snapshot.nameless)}")
