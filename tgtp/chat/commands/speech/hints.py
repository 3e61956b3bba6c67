"""What is answered to words that nobody can act on: buttons, and how it would have been said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tgtp.chat.commands.help import nearest_command
from tgtp.chat.commands.speech.grammar import ACTS, Phrase
from tgtp.chat.commands.vocabulary import RULES
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html

SAY: Final = "sy"
# Telegram takes no longer data.
LONGEST_DATA: Final = 64
PER_ROW: Final = 2
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


def not_understood(reader: Reader, commands: Sequence[str], coins: Sequence[str]) -> Message:
    """Say that nothing was done, show how it is said, and offer what the text spoke of; no button acts by itself."""
    offered = [Phrase(name, (coin,)) for coin in coins[:2] for name in ("status", "close")]
    if "pause" in commands:
        offered += [Phrase("pause", (coin,)) for coin in coins[:1]]
        offered.append(Phrase("pause"))
    if "resume" in commands:
        offered.append(Phrase("resume"))
    usual = [] if offered and coins else [Phrase(name) for name in ("status", "close", "pause", "help")]
    text = reader.say("unknown.text")
    if formed := [name for name in commands if name in FORMS]:
        text = Html(f"{text}\n{reader.say(f'speech.form.{formed[0]}')}")
    return Message(text, _buttons(reader, list(dict.fromkeys([*offered, *usual]))))


def did_you_mean(reader: Reader, phrases: Sequence[Phrase]) -> Message:
    """Ask whether a word is a slip; what it would then mean is done by its button only."""
    coins = dict.fromkeys(coin for phrase in phrases for coin in phrase.coins)
    text = reader.say("speech.near", coins=reader.plain("list.comma").join(coins))
    return Message(text, _buttons(reader, phrases))


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
