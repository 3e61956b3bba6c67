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
from tgtp.chat.commands.pause.times import END
from tgtp.chat.formatting.half_width import half_width
from tgtp.domain.model import coin_of_instrument

Kind = Literal[
    "command", "account", "coin", "all", "both", "side", "mode", "share", "rule", "period", "number", "end",
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

    @property
    def in_chinese(self) -> frozenset[str]:
        """Return the coins that are called in Chinese."""
        return frozenset(coin for coin in self.coins if HAN.fullmatch(coin))


# What is written in several ways is written in one, before anything is cut.
REWRITES: Final[Sequence[tuple[re.Pattern[str], str]]] = tuple(
    (re.compile(pattern), become)
    for pattern, become in (
        # As a phone writes them.
        (r"[‘’ʼ`´]", "'"),
        (r"(?<=\d)\s*(?:percent|pct)\b|(?<=\d)\s*趴|(?<=\d)\s+%", "%"),
        (r"百分之(\d+(?:\.\d+)?)", r" \1% "),
        (r"(?<![\d.])([1-9])\s*成", r" \g<1>0% "),
    )
)
PIECE: Final = re.compile(r"[$#]?[a-z0-9][a-z0-9./:_%'+-]*|[\u4e00-\u9fff]+|\?|[\s,、;。.!…~:]+|.", re.DOTALL)
SEPARATORS: Final = frozenset(" \t\n\r,、;。.!…~:")
HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%")
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
    for behind in (" rule", " rules", "规则"):
        add("rule", {f"{word}{behind}": rule for word, rule in vocabulary.RULES.items() if word.isascii() == behind.isascii()})
    add("period", vocabulary.PERIODS)
    add("coin", vocabulary.COINS)
    add("polite", dict.fromkeys(vocabulary.POLITE, ""))
    add("haste", dict.fromkeys(vocabulary.HASTE, ""))
    add("question", dict.fromkeys(vocabulary.QUESTIONS, "?"))
    return {word: tuple(dict.fromkeys(words)) for word, words in found.items()}


READINGS: Final = _readings()
LONGEST_WORD: Final = max(map(len, READINGS))
MOST_JOINED: Final = max(word.count(" ") for word in READINGS) + 1
# A slip in these is offered as what it stands for.
NEAR_WORDS: Final = ("long", "short", "half", "quarter", "cross", "isolated")


def plainly(text: str) -> str:
    """Write a text as the table does: half width, lower case, simplified, without what says nothing.

    >>> plainly("📋 暫停 ＳＴＸ　５０ ％！"), plainly("STX多一半"), plainly("don’t stop"), plainly("平 STX 5成")
    ('暂停 stx 50%!', 'stx多一半', "don't stop", '平 stx 50%')
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
    is_taken = coin.lower() in READINGS or coin.lower() in accounts or coin.lower() in vocabulary.NO_COINS
    return f"{coin}USDT" if is_taken and (coin != name or word.startswith(("$", "#"))) else coin


def sequences(text: str, known: Known, *, near: bool = False) -> Iterator[tuple[Word, ...]]:
    """Return every way to read a text as words; none where some of it is no word. ``near`` takes coins that are spelled so."""
    written = plainly(text)
    if len(text) > LONGEST or not written:
        return
    choices = [of_piece(piece, known, near=near) for piece in pieces(written)]
    yield from (tuple(itertools.chain(*words)) for words in itertools.islice(itertools.product(*choices), MOST))


def pieces(written: str) -> list[str]:
    """Return what stands between blanks and signs, Chinese as it stands, and a time as one piece.

    >>> pieces(plainly("停STX到明天 8 点！")), pieces("close all to the base")
    (['停', 'stx', '到明天 8 点'], ['close all', 'to the base'])
    """
    found, at = [], 0
    for end in END.finditer(written):
        found += [*_joined(written[at : end.start()]), " ".join(end[0].split())]
        at = end.end()
    return [*found, *_joined(written[at:])]


def _joined(written: str) -> list[str]:
    """Return pieces, and as one what the table has as one: ``go on``, ``last week``."""
    each = [piece for piece in PIECE.findall(written) if not set(piece) <= SEPARATORS]
    joined, at = [], 0
    while at < len(each):
        phrases = [" ".join(each[at : at + count]) for count in range(MOST_JOINED, 1, -1) if at + count <= len(each)]
        piece = next((phrase for phrase in phrases if phrase in READINGS), each[at])
        joined.append(piece)
        at += piece.count(" ") + 1
    return joined


def of_piece(piece: str, known: Known, *, near: bool = False) -> list[tuple[Word, ...]]:
    """Return every way to read a piece as words."""
    if END.fullmatch(piece):
        return [(Word("end", piece),)]
    if HAN.fullmatch(piece):
        return list(_cut(piece, known.in_chinese))
    plain = piece.rstrip("./:_-'+")
    words, coin = READINGS.get(plain, ()), coin_of(plain, known.accounts)
    if words and not all(word.kind in ("polite", "haste") for word in words):
        # Also where an account is called so: "stop" is a stop.
        readings: list[tuple[Word, ...]] = [(word,) for word in words]
        if plain in known.accounts:
            # As it was typed: whether the account is meant, too, is seen where commands are.
            readings = [(word._replace(value=plain) if word.kind == "rule" else word,) for word in words]
        if words[0].kind == "share" and known.instruments and is_coin(coin_of(plain), known):
            # "base" may be either, so that neither is done.
            readings.append((Word("coin", coin_of(plain)),))
        return readings
    if plain in known.accounts:
        # Which one is meant, if it is a coin too, is asked where commands are.
        return [(Word("account", plain),)]
    if words:
        return [(Word("coin", coin),)] if known.instruments and is_coin(coin, known) else [(word,) for word in words]
    if found := _number(plain):
        return [(found,)]
    if is_coin(coin, known) and (known.instruments is not None or plain not in vocabulary.NO_COINS):
        return [(Word("coin", coin),)]
    if (cut := GLUED.fullmatch(plain)) and is_coin(coin_of(cut[1]), known):
        behind = _number(cut[2]) or READINGS[cut[2]][0]
        return [(Word("coin", coin_of(cut[1])), behind)]
    if near and plain.isalnum() and plain not in vocabulary.NO_COINS:
        slips = [word for word in NEAR_WORDS if _is_one_slip(plain, word)]
        return [*((Word("coin", name),) for name in nearest_coins(plain, known)), *((READINGS[word][0],) for word in slips)]
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
    return None


def is_coin(name: str, known: Known) -> bool:
    """Return whether a coin goes by this name: one that is held, or any where nothing was seen."""
    if known.instruments is None:
        return COIN.fullmatch(name) is not None
    return any(is_named(name, instrument) for instrument in known.instruments)


@lru_cache(maxsize=1000)
def _cut(text: str, coins: frozenset[str]) -> tuple[tuple[Word, ...], ...]:
    """Cut Chinese, which has no blanks, into words of the table and coins in every way."""
    if not text:
        return ((),)
    found = []
    for end in range(min(len(text), LONGEST_WORD), 0, -1):
        for word in readings_of(text[:end], coins):
            found += [(word, *rest) for rest in _cut(text[end:], coins)]
            if len(found) > MOST:
                return tuple(found[:MOST])
    return tuple(found)


def readings_of(word: str, coins: Collection[str]) -> tuple[Word, ...]:
    """Return what a word of Chinese can be: a word of the table, or one of the coins."""
    return (*READINGS.get(word, ()), *([Word("coin", word)] if word in coins else []))
