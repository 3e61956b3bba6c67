"""What follows /notify and /quiet: groups, levels, hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.vocabulary import ALL_WORDS, OFF_WORDS, ON_WORDS
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import LANGUAGES, plain
from tgtp.domain.notifications.levels import GROUPS, LEVELS, Group, Level, QuietHours, span_of_hours

GROUP_WORDS: Final[Mapping[str, Group]] = {
    **{group: group for group in GROUPS},
    **{plain(language, f"noise.group.{group}"): group for group in GROUPS for language in LANGUAGES},
    "tiers": "tier",
    "hedges": "hedge",
    "guards": "guard",
    "position": "positions",
    "dust": "skipped",
    "report": "reports",
    "others": "people",
    "止盈": "tier",
    "持仓": "positions",
    "日报": "reports",
}
LEVEL_WORDS: Final[Mapping[str, Level]] = {
    **{level: level for level in LEVELS},
    **{plain(language, f"noise.level.{level}"): level for level in LEVELS for language in LANGUAGES},
    "mute": "silent",
    **dict.fromkeys(ON_WORDS, "on"),
    **dict.fromkeys(OFF_WORDS, "off"),
}
DANGER_WORDS: Final = frozenset({"danger", "liquidation", "exchange", "okx", "key", "危险", "强平", "密钥"})


def read_levels(reader: Reader, words: Sequence[str]) -> tuple[tuple[Group, ...], Level]:
    """Read ``tier silent``, ``tier hedge off``, ``all on``. Raises Unclear."""
    *named, last = (word.lower().strip(",，:：") for word in words)
    if named and all(word in DANGER_WORDS for word in named):
        raise Unclear(reader.say("noise.notify.danger"))
    level = LEVEL_WORDS.get(last)
    groups = GROUPS if len(named) == 1 and named[0] in ALL_WORDS else tuple(map(GROUP_WORDS.get, named))
    known = tuple(group for group in GROUPS if group in groups)
    if level is None or not known or None in groups:
        listed = reader.plain("list.comma").join(reader.plain(f"noise.group.{group}") for group in GROUPS)
        raise Unclear(reader.say("noise.notify.bad", word=" ".join(words)[:40], groups=listed))
    return known, level


def read_hours(reader: Reader, text: str) -> QuietHours | None:
    """Read ``23:00-08:00``, or ``off`` as None. Raises Unclear."""
    if text.lower() in OFF_WORDS:
        return None
    try:
        begin, end = span_of_hours(text)
    except ValueError as exc:
        raise Unclear(reader.say("noise.quiet.bad", word=text[:40])) from exc
    if begin == end:
        raise Unclear(reader.say("noise.quiet.same"))
    return QuietHours(begin=begin, end=end)
