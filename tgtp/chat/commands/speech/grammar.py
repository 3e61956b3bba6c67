"""The one grammar of what people ask for in their own words: the whole text is understood, or nothing of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tgtp.chat.commands import vocabulary
from tgtp.chat.commands.speech.words import Kind, Known, Word, plainly, sequences

# Which words may stand beside a command.
TAKES: Final[Mapping[str, frozenset[Kind]]] = {
    "pause": frozenset({"account", "coin", "all", "side", "rule", "end", "haste"}),
    "resume": frozenset({"account", "coin", "all", "side", "rule"}),
    "close": frozenset({"account", "coin", "all", "both", "side", "mode", "share", "number"}),
    "rearm": frozenset({"account", "coin", "side", "mode"}),
    "status": frozenset({"account", "coin"}),
    "leg": frozenset({"account", "coin", "side", "mode"}),
    "pair": frozenset({"account", "coin"}),
    "pairs": frozenset({"account"}),
    "chart": frozenset({"account", "coin", "side"}),
    "tiers": frozenset({"coin"}),
    "dynamic": frozenset({"account", "coin"}),
    "pnl": frozenset({"account", "number"}),
    "equity": frozenset({"account", "number"}),
    "whatif": frozenset({"account", "number"}),
    "report": frozenset({"account", "period"}),
    "logs": frozenset({"number"}),
    "history": frozenset({"account", "number"}),
    "why": frozenset({"number"}),
    "health": frozenset({"account"}),
}
# What does something, or asks whether it shall: a question is none of these.
ACTS: Final = frozenset({"pause", "resume", "close", "rearm", "dynamic", "lang"})
# The order in which the parsers of commands want them.
ORDER: Final[Sequence[Kind]] = (
    "account",
    "all",
    "coin",
    "side",
    "mode",
    "share",
    "rule",
    "period",
    "number",
    "end",
)
DAYS: Final = re.compile(r"([1-9]\d{0,2})\s*(?:d|days?|天)")
# Of these a second one says the same; of all others nobody knows which is meant.
REPEATABLE: Final = frozenset({"polite", "haste", "question"})


class Phrase(NamedTuple):
    """A command and the words behind it, as a person would type them there."""

    command: str
    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Write it as one text, with the command first."""
        return " ".join((self.command, *self.words))

    @property
    def coins(self) -> tuple[str, ...]:
        """The coins in it: the words in capitals."""
        return tuple(word for word in self.words if word.isupper())


def read(text: str, known: Known) -> Phrase | None:
    """Read a whole text as one command; None where any of it is not understood, or where it can mean two things.

    >>> stx = Known(frozenset({"STX-USDT-SWAP"}))
    >>> read("平 STX 空 一半", stx), read("stx多 平三成", stx), read("STX?", stx)
    (Phrase(command='close', words=('STX', 'short', '50%')), Phrase(command='close', words=('STX', 'long', '30%')), \
Phrase(command='status', words=('STX',)))
    >>> [read(words, stx) for words in ("别停", "不要暂停", "don't stop", "stop loss STX?", "close sxt long", "平仓吗")]
    [None, None, None, None, None, None]
    """
    found = {phrase for words in sequences(text, known) if (phrase := as_phrase(words, known))}
    return found.pop() if len(found) == 1 else None


def near(text: str, known: Known) -> list[Phrase]:
    """Return what a text would ask for if a coin in it were spelled like one that is held.

    >>> near("sxt", Known(frozenset({"STX-USDT-SWAP"})))
    [Phrase(command='status', words=('STX',))]
    """
    if known.instruments is None:
        return []
    found = (as_phrase(words, known) for words in sequences(text, known, near=True))
    return list(dict.fromkeys(phrase for phrase in found if phrase is not None))


def coin_not_held(text: str, known: Known) -> str | None:
    """Return the coin of a text that would be understood if it were held; None where that is not all that is wrong.

    >>> known = Known(frozenset({"STX-USDT-SWAP"}))
    >>> coin_not_held("close btc long", known), coin_not_held("close stx long", known), coin_not_held("stop loss", known)
    ('BTC', None, None)
    """
    phrase = read(text, known._replace(instruments=None)) if read(text, known) is None else None
    return next(iter(phrase.coins), None) if phrase is not None else None


def asks_of_entries(text: str) -> bool:
    """Return whether a text is the wish that nothing be opened, as users of other bots put it."""
    return plainly(text).strip(" !。.") in vocabulary.ENTRY_WORDS


def as_phrase(words: Sequence[Word], known: Known) -> Phrase | None:
    """Return the one command that these words ask for; None where they do not go together."""
    kinds = Counter(word.kind for word in words)
    values = {word.kind: word.value for word in words}
    commands = {word.value for word in words if word.kind == "command"}
    if any(count > 1 for kind, count in kinds.items() if kind not in REPEATABLE and kind != "command"):
        return None
    if len(commands) > 1 or (kinds["command"] > 1 and commands != {"pause"}):
        return None
    if not commands and kinds["coin"] + kinds["account"] == 0:
        return None
    command, *fixed = commands.pop().split() if commands else ["status"]
    if command == "pnl" and "period" in values:
        command = "report"
    if command == "status" and "side" in values:
        command = "leg"
    if command == "pnl" and (days := DAYS.fullmatch(values.get("end", ""))) and "number" not in values:
        del values["end"]
        values["number"] = days[1]
    if fixed and command == "close":
        values.setdefault("all", "all")
        fixed = []
    takes = TAKES.get(command, frozenset())
    said = values.keys() - {"command", "polite", "question"}
    if not said <= takes or (fixed and said and command != "dynamic") or (command in ACTS and "question" in values):
        return None
    if known.instruments is None and "coin" in values and command not in ("pause", "resume", "close"):
        return None
    if "end" in values and [word.kind for word in words].index("command") > [word.kind for word in words].index("end"):
        # "At eight, stop" is no stop until eight.
        return None
    return _ordered(command, fixed, values) if _fits(command, values) else None


def _fits(command: str, values: Mapping[Kind, str]) -> bool:
    """Return whether words that a command takes make sense together."""
    coin, side = "coin" in values, "side" in values
    if "mode" in values and not (coin and side) and command != "close":
        return False
    if command in ("leg", "rearm", "chart") and side and not coin:
        return False
    if command in ("pause", "resume"):
        return not ("all" in values and (coin or side))
    if command != "close":
        return True
    share = "share" in values or "number" in values
    if "number" in values and not ("share" not in values and _is_percentage(values["number"])):
        return False
    if "all" in values and share and coin:
        return False
    # Of what a share or a mode is, must be said.
    return not ("both" in values and (side or not coin)) and (
        not (share or "mode" in values) or coin or side or "all" in values
    )


def _is_percentage(number: str) -> bool:
    # "1" may be one percent, or all of it.
    return number.isdecimal() and 2 <= int(number) <= 100


def _ordered(command: str, fixed: Sequence[str], values: Mapping[Kind, str]) -> Phrase:
    given = dict(values)
    if command == "close":
        if "number" in given:
            given["share"] = f"{given.pop('number')}%"
        if "all" in given and "coin" in given:
            given["share"] = given.pop("all")
        if "all" in given and "side" in given:
            del given["all"]
    listed = [given[kind] for kind in ORDER if kind in given]
    words = " ".join(listed).split()
    return Phrase(command, (*words, *fixed))
