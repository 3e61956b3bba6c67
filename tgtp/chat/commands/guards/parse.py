"""What people write after /guards: to see them, or to set one, for one coin or for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from tgtp.chat.commands.arguments import Unclear, is_named
from tgtp.chat.commands.vocabulary import (
    ALL_WORDS,
    DEFAULT_WORDS,
    DRAWDOWN_ACTIONS,
    DRAWDOWN_WORDS,
    GUARD_WORDS,
    OFF_WORDS,
    RESET_WORDS,
    WARN_WORDS,
)
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.guards.drawdown import DrawdownRules, parsed_fall, rules_of
from tgtp.domain.guards.rules import OFF, parsed
from tgtp.domain.model import coin_of_instrument
from tgtp.engine.guards.guard_notes import GuardName
from tgtp.errors import Invalid


class GiveGuard(NamedTuple):
    """Set a guard to a text as settings have it; None puts it back to what holds without a change."""

    of: GuardName
    text: str | None


def read_guard_words(reader: Reader, words: Sequence[str], known: Collection[str]) -> GiveGuard | None:
    """Read ``giveback 40``, ``STX breakeven 1``, ``回吐 关闭`` and the like; None where nothing is to be set.

    ``known`` are the instruments that may have their own. Raises Unclear, with nothing changed.
    """
    rest = [word.lower() for word in words]
    if not rest or rest == ["all"]:
        return None
    rule = next((GUARD_WORDS[word] for word in rest if word in GUARD_WORDS), None)
    if rule is None:
        raise _unclear(reader, words)
    rest.remove(next(word for word in rest if word in GUARD_WORDS))
    rest = [word for word in rest if word not in ALL_WORDS]
    instrument_id = ""
    if len(rest) == 2:
        named = [(word, one) for word in rest for one in sorted(known) if is_named(word, one)]
        if not named:
            raise _unclear(reader, words)
        word, instrument_id = named[0]
        rest.remove(word)
    if len(rest) != 1:
        raise _unclear(reader, words)
    of, value = GuardName(rule, instrument_id), rest[0].replace("％", "%")
    if value in DEFAULT_WORDS:
        return GiveGuard(of, None)
    text = OFF if value in OFF_WORDS else value
    try:
        parsed(rule, text)
    except Invalid as exc:
        why = problem(reader.language, exc.problem)
        raise Unclear(reader.say("guards.wrong", what=guard_name(reader, of), why=why)) from exc
    return GiveGuard(of, text)


def is_reset(reader: Reader, words: Sequence[str]) -> bool:
    """Return whether words ask to begin the guard of an account anew. Raises Unclear where they say more than that."""
    known = (*DRAWDOWN_WORDS, *RESET_WORDS)
    if not any(word.lower() in RESET_WORDS for word in words):
        return False
    if not all(word.lower() in known for word in words):
        raise _unclear(reader, words)
    return True


def read_drawdown_words(reader: Reader, words: Sequence[str], before: DrawdownRules) -> DrawdownRules:
    """Read ``drawdown 20 pause``, ``drawdown warn 10``, ``账户回撤 关闭`` and the like, what is not named being as ``before``.

    Raises Unclear, with nothing changed.
    """
    rest = [word.lower().replace("％", "%") for word in words if word.lower() not in DRAWDOWN_WORDS]
    warn, limit, action = before.warn, before.limit, before.action
    try:
        if len(rest) == 1 and rest[0] in OFF_WORDS:
            return DrawdownRules()
        if rest and rest[-1] in DRAWDOWN_ACTIONS:
            action = DRAWDOWN_ACTIONS[rest.pop()]
        is_warning = bool(rest) and rest[0] in WARN_WORDS
        numbers = rest[1:] if is_warning else rest
        falls = [parsed_fall(OFF if word in OFF_WORDS else word) for word in numbers]
        if len(falls) > 1 or (not falls and (is_warning or action == before.action)):
            raise _unclear(reader, words)
        if is_warning:
            warn = falls[0]
        elif falls:
            limit = falls[0]
            # A warning that would come after the limit goes with the old one.
            warn = warn if warn is None or limit is None or warn < limit else None
        return rules_of(warn, limit, action)
    except Invalid as exc:
        why = problem(reader.language, exc.problem)
        raise Unclear(reader.say("guards.wrong", what=reader.plain("what.drawdown"), why=why)) from exc


def guard_name(reader: Reader, of: GuardName) -> str:
    """Name a guard, with its coin where it is of one."""
    what = reader.plain(f"what.{of.rule}")
    if not of.instrument_id:
        return what
    return reader.plain("guards.of", what=what, coin=coin_of_instrument(of.instrument_id))


def _unclear(reader: Reader, words: Sequence[str]) -> Unclear:
    return Unclear(reader.say("guards.words", words=" ".join(words)[:60]))
