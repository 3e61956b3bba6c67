"""What is answered to words that nobody can act on: buttons, and how it would have been said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tgtp.chat.commands.help import nearest_command
from tgtp.chat.commands.speech.grammar import ACTS, Phrase
from tgtp.chat.commands.speech.partly import Heard
from tgtp.chat.commands.vocabulary import RULES
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html

SAY: Final = "sy"
# Telegram takes no longer data.
LONGEST_DATA: Final = 64
PER_ROW: Final = 2
# Unknown words that are named, and the signs of one.
MOST_NAMED: Final = 3
MOST_SIGNS: Final = 40
# The commands whose form is shown to who has nearly said it.
FORMS: Final = frozenset({"close", "pause", "resume"})
# A guess at these is shown as a page of the help: one tap on a command would be an order that nobody gave.
GUESSED_AS_HELP: Final = ACTS | {"tiers", "maintain", "correct", "ack", "unpair", "drill", "code", "notify", "quiet", "panel"}


def label(reader: Reader, phrase: Phrase) -> str:
    """Write a phrase as the reader would type it."""
    names: dict[str, str] = {
        **{side: reader.plain(f"side.{side}") for side in ("long", "short")},
        **{mode: reader.plain(f"mode.{mode}") for mode in ("cross", "isolated")},
        **{word: reader.plain(f"speech.{word}") for word in ("all", "keep")},
        **{rule: reader.plain(f"pause.rule.{rule}") for rule in RULES.values()},
    }
    words = " ".join(names.get(word, word) for word in phrase.words)
    return " ".join(filter(None, [reader.plain(f"speech.of.{phrase.command}"), words]))


def not_understood(reader: Reader, said: Heard, offered: Sequence[Phrase]) -> Message:
    """Say that nothing was done, and why, show how it is said, and offer what the text spoke of; no button acts by itself."""
    words = _quoted(reader, said.unknown)
    why = "negated" if said.says_no else "words" if words else "text"
    formed = [name for name in said.commands if name in FORMS]
    how = reader.say(f"speech.form.{formed[0]}") if formed else reader.say("unknown.how")
    usual = [] if offered and said.coins else [Phrase(name) for name in ("status", "close", "pause", "help")]
    text = Html(f"{reader.say(f'unknown.{why}', words=words)}\n{how}")
    return Message(text, _buttons(reader, list(dict.fromkeys([*offered, *usual]))))


def did_you_mean(reader: Reader, phrases: Sequence[Phrase], unknown: Sequence[str]) -> Message:
    """Ask what is meant: ``unknown`` words may be a slip; without any, all are known. Only a button does it."""
    meant = dict.fromkeys(label(reader, phrase) if phrase.command != "status" else " ".join(phrase.words) for phrase in phrases)
    text = reader.say(
        "speech.near" if unknown else "speech.several",
        words=_quoted(reader, unknown),
        meant=reader.plain("list.comma").join(meant),
    )
    return Message(text, _buttons(reader, phrases))


def _quoted(reader: Reader, words: Sequence[str]) -> str:
    return reader.plain("list.comma").join(f"“{word[:MOST_SIGNS]}”" for word in words[:MOST_NAMED])


def unknown_command(reader: Reader, word: str, names: Mapping[str, str]) -> Message:
    """Answer a command that there is not, with the nearest; one that acts is shown as its page of the help."""
    nearest = nearest_command(word, names)
    if nearest not in GUESSED_AS_HELP:
        return Message(reader.say("unknown.command", word=word[:40], nearest=f"/{nearest}"))
    text = reader.say("unknown.command.acts", word=word[:40], nearest=nearest)
    return Message(text, ((Button(reader.plain("speech.help", command=nearest), f"hp:{nearest}"),),))


def _buttons(reader: Reader, phrases: Sequence[Phrase]) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        Button(label(reader, phrase), data)
        for phrase in phrases
        if len((data := f"{SAY}:{phrase.command}:{' '.join(phrase.words)}").encode()) <= LONGEST_DATA
    ]
    return grid(buttons, PER_ROW)
