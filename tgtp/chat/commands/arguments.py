"""What stands behind a command: the legs that its words name."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.formatting.leg_state import ordered
from tgtp.chat.formatting.numbers import leg_name, side
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.texts import Html, plain, say
from tgtp.domain.model import Leg, MarginMode, PositionSide, Snapshot

SIDES = {
    "long": PositionSide.LONG,
    "short": PositionSide.SHORT,
    "多": PositionSide.LONG,
    "空": PositionSide.SHORT,
    "多单": PositionSide.LONG,
    "空单": PositionSide.SHORT,
}
ALL_WORDS = ("all", "全部")
MODES = {"cross": MarginMode.CROSS, "全仓": MarginMode.CROSS, "isolated": MarginMode.ISOLATED, "逐仓": MarginMode.ISOLATED}


class Unclear(Exception):
    """The words cannot be understood; ``text`` says so and shows the right form."""

    def __init__(self, text: Html) -> None:
        super().__init__(text)
        self.text = text


def named_legs(setting: Setting, words: Sequence[str], snapshot: Snapshot, command: str) -> tuple[list[Leg], list[str]]:
    """Find the legs that ``STX``, ``STX long`` or ``STX long isolated`` names, and give the words that are left, in lower case.

    Several legs where no side is named, or where a side is held in both margin modes. ``command`` is what the words were said
    to, for the right form in an answer. Raises Unclear.
    """
    language = setting.language
    legs = legs_of(setting, words[0], snapshot)
    if len(words) == 1:
        return legs, []
    coin = legs[0].instrument.coin
    position_side = SIDES.get(words[1].lower())
    if position_side is None:
        raise Unclear(say(language, "no.such.side", word=words[1][:40], coin=coin, command=command))
    name = plain(language, f"side.{position_side.value}")
    sided = [leg for leg in legs if leg.position_side is position_side]
    rest = [word.lower() for word in words[2:]]
    named = [word for word in rest if word in MODES]
    if named:
        rest.remove(named[0])
        held, mode = sided, MODES[named[0]]
        sided = [leg for leg in held if leg.margin_mode is mode]
        if held and not sided:
            other = held[0].margin_mode
            modes = {"mode": plain(language, f"mode.{mode.value}"), "other": plain(language, f"mode.{other.value}")}
            raise Unclear(say(language, "no.such.mode", coin=coin, side=name, **modes))
    if not sided:
        raise Unclear(say(language, "no.such.leg", side=name, coin=coin, known=known_legs(setting, snapshot)))
    return sided, rest


def legs_of(setting: Setting, word: str, snapshot: Snapshot) -> list[Leg]:
    """Find the legs of a coin or instrument, in any case. Raises Unclear."""
    name = word.upper()
    legs = [leg for leg in snapshot.legs if name in (leg.instrument.coin, leg.instrument.instrument_id)]
    if not legs:
        blind = [key for key in snapshot.unreadable if name in (key.instrument_id, key.instrument_id.split("-", 1)[0])]
        if blind:
            known = ", ".join(sorted(leg_name(setting.language, key) for key in blind))
            raise Unclear(say(setting.language, "close.unreadable", legs=known))
        if not snapshot.legs:
            raise Unclear(say(setting.language, "no.legs"))
        raise Unclear(say(setting.language, "no.such.coin", word=word[:40], known=known_legs(setting, snapshot)))
    return legs


def known_legs(setting: Setting, snapshot: Snapshot) -> str:
    """Name what is open, for an answer to a wrong word."""
    names: dict[str, list[str]] = {}
    for leg in ordered(snapshot.legs, setting.rules):
        names.setdefault(leg.instrument.coin, []).append(side(setting.language, leg.position_side))
    listed = [f"{coin} {'/'.join(dict.fromkeys(sides))}" for coin, sides in names.items()]
    more = f" … +{len(listed) - 20}" if len(listed) > 20 else ""
    return ", ".join(listed[:20]) + more
