"""What counts as a stop, however it is spelled and however late it comes."""

from __future__ import annotations

import re
from typing import Final

from tgtp.chat.commands import vocabulary
from tgtp.chat.commands.speech.grammar import read
from tgtp.chat.commands.speech.words import Known, plainly
from tgtp.chat.formatting.half_width import half_width

COMMAND: Final = "pause"
# What a keyboard gives for a slash, in half width.
SLASHES: Final = ("/", "、")
SIGNS: Final = "/、,.;:!?。~…"
NOTHING_SEEN: Final = Known()


def is_stop(text: str) -> bool:
    """Return whether a message asks for a pause: behind a slash by its first word, else as a whole.

    >>> [is_stop(text) for text in ("/pause", "/PAUSE CRV", "/Pause@bot alpha", "/pause,CRV", "停止！", "／ｐａｕｓｅ", "停")]
    [True, True, True, True, True, True, True]
    >>> [is_stop(text) for text in ("暂停STX多", "stop stx now", "快停停停！", "/暂停STX", "、停")]
    [True, True, True, True, True]
    >>> [is_stop(text) for text in ("/paused", "unpause", "/resume", "!", "", "不要停", "stop loss STX?", "stop loss", "停？")]
    [False, False, False, False, False, False, False, False, False]
    """
    if (behind := slashed(text)) is not None:
        found = first_command(behind)
        return found is not None and found[0] == COMMAND
    phrase = read(text, NOTHING_SEEN)
    return phrase is not None and phrase.command == COMMAND


def slashed(text: str) -> str | None:
    """Return what stands behind the slash that a text begins with, without the bot's name; None where it begins with none.

    >>> slashed("/暂停@some_bot STX"), slashed("、 平仓"), slashed("暂停")
    ('暂停 STX', '平仓', None)
    """
    typed = half_width(text).strip()
    if not typed.startswith(SLASHES):
        return None
    return re.sub(r"^([^\s@]+)@\w+", r"\1", typed.lstrip("/、 "))


def first_command(behind: str) -> tuple[str, str] | None:
    """Return the command that a text behind a slash begins with, and the rest as it was typed; None where it begins with none.

    >>> first_command("暂停STX 多"), first_command("平仓 上"), first_command("pause,CRV"), first_command("别停")
    (('pause', 'STX 多'), ('close', '上'), ('pause', 'CRV'), None)
    """
    found = re.match(r"[a-zA-Z_]+|[\u4e00-\u9fff]+|\S", behind)
    if found is None:
        return None
    first = found[0]
    # Behind Chinese there need be no blank: 平仓多.
    longest = len(first) if not first.isascii() else 1
    for cut in range(longest):
        word = plainly(first[: len(first) - cut])
        command = vocabulary.ALIASES.get(word) or vocabulary.COMMANDS.get(word)
        if command is not None:
            return command, behind[len(first) - cut :].lstrip(f" {SIGNS}-=")
    return None


def glued(text: str, length: int) -> list[str]:
    """Return the word that stands behind a command of so many characters without a blank, if there is one.

    >>> glued("/resume，CRV long", 7), glued("/resume CRV", 7), glued("/resume！", 7)
    (['CRV'], [], [])
    """
    behind = half_width(text.split(maxsplit=1)[0][length:]).strip(f"{SIGNS}-=")
    return [behind] if behind else []
