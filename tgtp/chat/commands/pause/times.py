"""The times that people say, in both languages: for how long, and until when. Every time behind a pause is read here."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final

from tgtp.chat.commands.vocabulary import UNTIL_WORDS

LONGEST: Final = dt.timedelta(days=30)
SHORTEST: Final = dt.timedelta(minutes=1)

# Signs that numbers are written with, besides digits.
NUMERALS: Final = "零〇一二两三四五六七八九十"
_DIGITS: Final = {"〇": 0, "两": 2, **{sign: number for number, sign in enumerate("零一二三四五六七八九")}}
_ENGLISH: Final = {
    **{word: Decimal("0.5") for word in ("half", "half a", "half an")},
    **{word: Decimal(1) for word in ("a", "an", "one")},
    **{word: Decimal(count) for count, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight"), 2)},
    "ten": Decimal(10),
    "twelve": Decimal(12),
}
_SECONDS: Final = {"m": 60, "分": 60, "h": 3600, "小": 3600, "钟": 3600, "d": 86400, "天": 86400}
_COUNT: Final = rf"\d{{1,6}}(?:\.\d{{1,3}})?|[{NUMERALS}]{{1,3}}|半|(?:{'|'.join(sorted(_ENGLISH, reverse=True))})(?=\s)"
_UNIT: Final = r"(?:minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])|分(?!之)钟?|小时|钟头|天"


def _span(count: str, more: str, unit: str) -> str:
    return rf"({count}{_COUNT})\s*({more}(?:个半?)?)\s*({unit}{_UNIT})"


_SPAN: Final = re.compile(_span("", "", ""), re.IGNORECASE)
_SPANS: Final = rf"{_span('?:', '?:', '?:')}(?:\s*(?:and\s+)?{_span('?:', '?:', '?:')})*"
_TOMORROW: Final = ("tomorrow", "明天", "明日")
_AFTER_TOMORROW: Final = ("后天",)
_MORNING: Final = ("清晨", "早上", "早晨", "上午", "今早", "明早")
_NIGHT: Final = ("凌晨",)
_NOON: Final = ("中午",)
_AFTERNOON: Final = ("下午",)
_EVENING: Final = ("傍晚", "晚上", "夜里", "今晚", "明晚", "tonight")
_DAY: Final = "|".join((*_TOMORROW, *_AFTER_TOMORROW, "today", "今天", "今日"))
_PART: Final = "|".join((*_MORNING, *_NIGHT, *_NOON, *_AFTERNOON, *_EVENING))
_UNTIL: Final = "|".join(sorted(UNTIL_WORDS, key=len, reverse=True))
# An hour alone is one behind an "until" only.
END: Final = re.compile(
    # Not out of the middle of a word: 100m is no minutes of STX100m.
    rf"(?:(?<![a-z0-9.:$#%+-])|(?=[^\x00-\x7f]))(?:(?P<until>{_UNTIL})\s*|for\s+)?"
    rf"(?:(?P<spans>{_SPANS})"
    rf"|(?P<day>{_DAY})?\s*(?P<part>{_PART})?\s*(?P<hour>\d{{1,2}}|[{NUMERALS}]{{1,3}})\s*"
    rf"(?::(?P<minute>\d{{2}})(?!\d)(?:\s*(?P<half>[ap])\.?m(?![a-z]))?"
    rf"|[点时](?:\s*(?:钟|整|(?P<past>半|一刻|三刻|\d{{1,2}}|[{NUMERALS}]{{1,3}})分?(?!\d)))?"
    r"|(?P<only>[ap])\.?m(?![a-z])|o'?clock(?![a-z])"
    r"|(?(until)(?![\d:%a-z]|\.\d)|(?!)))(?:为止)?)",
    re.IGNORECASE,
)


def is_by_clock(said: re.Match[str]) -> bool:
    """Return whether a time that ``END`` has matched is an hour of the day."""
    return said["spans"] is None


def ends_at(said: re.Match[str], now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return when a pause ends that is said now and so, in UTC; what ``END`` has matched is of the clock of ``zone``.

    Raises ValueError where that is no time.
    """
    if is_by_clock(said):
        return _moment(said, now.astimezone(zone)).astimezone(dt.UTC)
    length = sum(map(_length, _SPAN.finditer(said["spans"])), dt.timedelta())
    # What is too long is refused, and must not break the calendar before.
    return (now + min(length, 2 * LONGEST)).astimezone(dt.UTC)


def _length(span: re.Match[str]) -> dt.timedelta:
    count, unit = _count(span[1]), span[3][0].lower()
    if span[2].endswith("半"):
        count += Decimal("0.5")
    length = dt.timedelta(seconds=int(count * _SECONDS[unit]))
    if length < SHORTEST:
        raise ValueError(span[0])
    return length


def _moment(said: re.Match[str], here: dt.datetime) -> dt.datetime:
    """Return the next moment that is called so; ``here`` is now, on the clock that is meant."""
    day, part = (said["day"] or "").lower(), (said["part"] or "").lower()
    hour = _hour(int(_count(said["hour"])), part, (said["half"] or said["only"] or "").lower(), on_a_day=bool(day))
    moment = here.replace(hour=hour % 24, minute=_minute(said), second=0, microsecond=0)
    days = 2 if day in _AFTER_TOMORROW else 1 if day in _TOMORROW or part in ("明早", "明晚") else 0
    if days:
        return moment.replace(fold=0) + dt.timedelta(days=days + hour // 24)
    if moment <= here:
        moment += dt.timedelta(days=1)
    return moment


def _hour(hour: int, part: str, half: str, *, on_a_day: bool) -> int:
    """Return the hour of 24 that an hour of a part of the day is; 24 and more are of the night that follows."""
    early, late = part in (*_MORNING, *_NIGHT) or half == "a", part in (*_AFTERNOON, *_EVENING, *_NOON) or half == "p"
    if (early and late) or (early and hour > 12) or (half and not 1 <= hour <= 12):
        raise ValueError(hour)
    if hour > 24 or (hour == 24 and (part or on_a_day)):
        raise ValueError(hour)
    if part in _EVENING and not half:
        return hour + 24 if hour < 5 else 24 if hour == 12 else hour + 12 if hour < 12 else hour
    if part in _NOON and not (11 <= hour <= 14 or 1 <= hour <= 2):
        raise ValueError(hour)
    if late:
        return hour + 12 if hour < 12 else hour
    return 0 if hour == 12 and (half == "a" or part in _NIGHT) else hour


def _minute(said: re.Match[str]) -> int:
    past = said["past"]
    quarters = {"半": 30, "一刻": 15, "三刻": 45}
    return quarters.get(past) or int(_count(past)) if past else int(said["minute"] or 0)


def _count(said: str) -> Decimal:
    """Read a number as people write it: ``1.5``, ``两``, ``二十五``, ``半``, ``an``. Raises ValueError."""
    if said[0].isdecimal():
        return Decimal(said)
    if said == "半":
        return Decimal("0.5")
    if said[0].isascii():
        return _ENGLISH[" ".join(said.lower().split())]
    tens, ten, ones = said.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or not {*tens, *ones} <= _DIGITS.keys():
        raise ValueError(said)
    return Decimal((_DIGITS[tens] if tens else 1) * 10 * len(ten) + (_DIGITS[ones] if ones else 0))
