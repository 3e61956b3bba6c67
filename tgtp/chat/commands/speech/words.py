"""A text as words of the table: every way in which it can be cut into them, or none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from tgtp.chat.commands import vocabulary
from tgtp.chat.commands.arguments import is_named
from tgtp.chat.formatting.half_width import half_width
from tgtp.domain.model import coin_of_instrument

Kind = Literal[
    "command", "account", "coin", "all", "both", "side", "mode", "share", "rule", "period", "number", "until", "time", "span",
    "polite", "haste", "question",
]  # fmt: skip
LONGEST: Final = 80
# Readings of one text that are looked at; a person's have a handful.
MOST: Final = 400
# Coins that a slip may stand for.
MOST_OFFERED: Final = 3


class Word(NamedTuple):
    """A word as commands know it: ``long`` for 做多, ``50%`` for 一半."""

    kind: Kind
    value: str


class Known(NamedTuple):
    """What names may stand for: instruments (None before any was seen) and accounts."""

    instruments: frozenset[str] | None = None
    accounts: frozenset[str] = frozenset()

    @property
    def coins(self) -> frozenset[str]:
        """Return the coins."""
        return frozenset(map(coin_of_instrument, self.instruments or ()))


# What is written in several ways is written in one, before anything is cut.
REWRITES: Final[Sequence[tuple[re.Pattern[str], str]]] = tuple(
    (re.compile(pattern), become)
    for pattern, become in (
        (r"(?<=\d)\s+%", "%"),
        (r"百分之(\d+(?:\.\d+)?)", r" \1% "),
        (r"(?<![\d.])([1-9])\s*成", r" \g<1>0% "),
        (r"半个?小时", " 30m "),
        (r"(?<![\d.])(\d{1,3})\s*(?:个?小时|hours?\b|hrs?\b)", r" \1h "),
        (r"(?<![\d.])(\d{1,3})\s*(?:分钟|minutes?\b|mins?\b)", r" \1m "),
        (r"(?<![\d.])(\d{1,2})\s*(?:天|days?\b)", r" \1d "),
        (r"[一1]个?小时", " 1h "),
        (r"[两2]个?小时", " 2h "),
        (r"\bfor\s+(?=\d+[hmd]\b)", " "),
        (r"(?<![\d.:])(\d{1,2})\s*[点时]半", r" \1:30 "),
        (r"(?<![\d.:])(\d{1,2})\s*[点时](?!\d)", r" \1:00 "),
    )
)
PIECE: Final = re.compile(r"[$#]?[a-z0-9][a-z0-9./:_%'+-]*|[\u4e00-\u9fff]+|\?|[\s,、;。.!…~:]+|.", re.DOTALL)
SEPARATORS: Final = frozenset(" \t\n\r,、;。.!…~:")
HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%")
SPAN: Final = re.compile(r"[1-9]\d{0,2}[hmd]")
TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
COIN: Final = re.compile(r"(?=[0-9-]*[A-Z])[A-Z0-9]{1,20}(?:-USDT(?:-SWAP)?)?")
GLUED: Final = re.compile(r"([a-z0-9]*?[a-z])(long|short|half|\d+(?:\.\d+)?%)")


def _readings() -> Mapping[str, tuple[Word, ...]]:
    found: dict[str, list[Word]] = {}

    def add(kind: Kind, table: Mapping[str, object]) -> None:
        for word, value in table.items():
            found.setdefault(word, []).append(Word(kind, str(value)))

    add("command", vocabulary.COMMANDS)
    add("all", dict.fromkeys((*(word for word in vocabulary.ALL_WORDS if word.isalpha()), "everything", "全", "都"), "all"))
    add("share", dict.fromkeys(vocabulary.KEEP_WORDS, "keep"))
    add("share", vocabulary.SHARES)
    add("both", dict.fromkeys(vocabulary.BOTH_WORDS, "both"))
    add("side", {word: side.value for word, side in vocabulary.SIDES.items()})
    add("mode", {word: mode.value for word, mode in vocabulary.MODES.items()})
    add("rule", vocabulary.RULES)
    add("period", vocabulary.PERIODS)
    add("until", dict.fromkeys(vocabulary.UNTIL_WORDS, "until"))
    add("coin", vocabulary.COINS)
    add("polite", dict.fromkeys(vocabulary.POLITE, ""))
    add("haste", dict.fromkeys(vocabulary.HASTE, ""))
    add("question", dict.fromkeys(vocabulary.QUESTIONS, "?"))
    return {word: tuple(dict.fromkeys(words)) for word, words in found.items()}


READINGS: Final = _readings()
LONGEST_WORD: Final = max(map(len, READINGS))


def plainly(text: str) -> str:
    """Write a text as the table does: half width, lower case, simplified, without what says nothing.

    >>> plainly("📋 暫停 ＳＴＸ　５０ ％！"), plainly("STX多一半"), plainly("pause for 2 hours"), plainly("暂停到8点")
    ('暂停 stx 50%!', 'stx多一半', 'pause 2h', '暂停到 8:00')
    """
    written = half_width(text).lower().translate(vocabulary.TRADITIONAL)
    written = "".join(sign for sign in written if sign not in vocabulary.ORNAMENTS)
    for pattern, become in REWRITES:
        written = pattern.sub(become, written)
    return " ".join(written.split())


def coin_of(word: str, accounts: Collection[str] = ()) -> str:
    """Write the name of a coin or instrument as the exchange does, for the parsers of commands.

    A coin with the name of a word, or of one of the ``accounts``, keeps what tells it from that.

    >>> {coin_of(word) for word in ("$stx", "#STX", "stx/usdt", "stx_usdt", "STX-USDT-SWAP", "stxusdt", "stx-perp")}
    {'STX'}
    >>> coin_of("allusdt"), coin_of("usdt"), coin_of("crv-usdt-swap", ["crv"])
    ('ALLUSDT', 'USDT', 'CRVUSDT')
    """
    name = re.sub(r"[/_]", "-", word.upper().lstrip("$#")).removesuffix(".P").removesuffix("-PERP").removesuffix(":USDT")
    coin = re.sub(r"(?<=.)-?USDT(-SWAP)?$", "", name)
    is_taken = coin.lower() in READINGS or coin.lower() in accounts
    return f"{coin}USDT" if is_taken and coin != name else coin


def sequences(text: str, known: Known, *, near: bool = False) -> Iterator[tuple[Word, ...]]:
    """Return every way to read a text as words; none where some of it is no word. ``near`` takes coins that are spelled so."""
    written = plainly(text)
    if len(text) > LONGEST or not written:
        return
    pieces = [piece for piece in PIECE.findall(written) if not set(piece) <= SEPARATORS]
    parts = _two_by_two(pieces)
    choices = [_of_piece(piece, known, near=near) for piece in parts]
    yield from (tuple(itertools.chain(*words)) for words in itertools.islice(itertools.product(*choices), MOST))


def command_words(text: str) -> list[str]:
    """Return the commands that a text speaks of, understood or not, in its order.

    >>> command_words("别停"), command_words("don't stop"), command_words("hello")
    (['pause'], ['pause'], [])
    """
    found = []
    for piece in PIECE.findall(plainly(text)):
        spans = [piece]
        if HAN.fullmatch(piece):
            spans = sorted({piece[i:j] for i in range(len(piece)) for j in range(i + 1, len(piece) + 1)}, key=len, reverse=True)
        found += [word.value.split()[0] for span in spans for word in READINGS.get(span, ()) if word.kind == "command"]
    return list(dict.fromkeys(found))


def coins_in(text: str, known: Known) -> list[str]:
    """Return the coins that are held and that a text names."""
    names = [
        coin_of(piece.rstrip("./:_-'+")) for piece in PIECE.findall(plainly(text)) if piece[0] in "$#" or piece[0].isalnum()
    ]
    return [name for name in dict.fromkeys(names) if _is_coin(name, known) and known.instruments is not None]


def _two_by_two(pieces: Sequence[str]) -> list[str]:
    """Join what the table has as one: ``go on``, ``last week``."""
    joined: list[str] = []
    for piece in pieces:
        if joined and f"{joined[-1]} {piece}" in READINGS:
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


def _of_piece(piece: str, known: Known, *, near: bool) -> list[tuple[Word, ...]]:
    if HAN.fullmatch(piece):
        return list(_cut(piece))
    plain = piece.rstrip("./:_-'+")
    words, coin = READINGS.get(plain, ()), coin_of(plain, known.accounts)
    if words and not all(word.kind in ("polite", "haste") for word in words):
        # Also where an account is called so: "stop" is a stop.
        readings: list[tuple[Word, ...]] = [(word,) for word in words]
        if plain in known.accounts:
            # As it was typed: whether the account is meant, too, is seen where commands are.
            readings = [(word._replace(value=plain) if word.kind == "rule" else word,) for word in words]
        if words[0].kind == "share" and known.instruments and _is_coin(coin_of(plain), known):
            # "base" may be either, so that neither is done.
            readings.append((Word("coin", coin_of(plain)),))
        return readings
    if plain in known.accounts:
        # Which one is meant, if it is a coin too, is asked where commands are.
        return [(Word("account", plain),)]
    if words:
        return [(Word("coin", coin),)] if known.instruments and _is_coin(coin, known) else [(word,) for word in words]
    if found := _number(plain):
        return [(found,)]
    if _is_coin(coin, known):
        return [(Word("coin", coin),)]
    if (cut := GLUED.fullmatch(plain)) and _is_coin(coin_of(cut[1]), known):
        behind = _number(cut[2]) or READINGS[cut[2]][0]
        return [(Word("coin", coin_of(cut[1])), behind)]
    if near and plain.isalnum():
        return [(Word("coin", name),) for name in nearest_coins(plain, known)]
    return []


def nearest_coins(word: str, known: Known) -> list[str]:
    """Return the coins that a word may be a slip for: two letters swapped, or one wrong, missing or too many.

    >>> held = Known(frozenset({"STX-USDT-SWAP", "BCH-USDT-SWAP", "AAVE-USDT-SWAP"}))
    >>> [nearest_coins(word, held) for word in ("sxt", "stxx", "ave", "btc", "st", "x")]
    [['STX'], ['STX'], ['AAVE'], [], ['STX'], []]
    """
    name = coin_of(word)
    return [coin for coin in sorted(known.coins) if len(name) > 1 and _is_one_slip(name, coin)][:MOST_OFFERED]


def _is_one_slip(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    at = next((place for place, sign in enumerate(one) if sign != other[place]), len(one))
    if len(one) < len(other):
        return len(one) + 1 == len(other) and one[at:] == other[at + 1 :]
    swapped = one[:at] + one[at : at + 2][::-1] + one[at + 2 :]
    return other == swapped or one[at + 1 :] == other[at + 1 :]


def _number(word: str) -> Word | None:
    if found := PERCENT.fullmatch(word):
        return Word("share", f"{found[1]}%") if 1 <= Decimal(found[1]) <= 100 else None
    if NUMBER.fullmatch(word):
        number = Decimal(word)
        # Below one it is a part of the whole.
        part = Decimal("0.01") <= number < 1
        return Word("share", f"{(number * 100).normalize():f}%") if part else Word("number", word)
    if SPAN.fullmatch(word):
        return Word("span", word)
    return Word("time", f"{int(found[1]):02d}:{found[2]}") if (found := TIME.fullmatch(word)) else None


def _is_coin(name: str, known: Known) -> bool:
    if known.instruments is None:
        return COIN.fullmatch(name) is not None and name.lower() not in vocabulary.NO_COINS
    return any(is_named(name, instrument) for instrument in known.instruments)


@lru_cache(maxsize=1000)
def _cut(text: str) -> tuple[tuple[Word, ...], ...]:
    """Cut Chinese, which has no blanks, into words of the table in every way."""
    if not text:
        return ((),)
    found = []
    for end in range(min(len(text), LONGEST_WORD), 0, -1):
        for word in READINGS.get(text[:end], ()):
            found += [(word, *rest) for rest in _cut(text[end:])]
            if len(found) > MOST:
                return tuple(found[:MOST])
    return tuple(found)
