"""Order names read backwards: which decision an order that reached the exchange stands for.

The exchange sees only a name. It is a pure function of the life of a leg, the re-arm count, the rule and the attempt; so it is
worked out anew here for everything that may be meant, and no ledger needs to be believed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from tests.simulation.exchange.account import Account, Leg
from tests.simulation.exchange.account import LegKey as Where
from tgtp.domain.model import MAIN, LegKey, MarginMode, PositionSide
from tgtp.domain.order import client_order_id

TAGS = ("tier1", "tier2", "tier3", "hedge", "guard_back", "guard_even")
RESTING_TAGS = ("resting1", "resting2", "resting3")
UPKEEP_TAGS = ("m1buy", "m1cut", "m2buy", "m2cut", "m3buy", "m3cut", "c0trim", "c1trim", "c2trim", "c3trim")
HAND = "hand"
MOST_PARTS = 50
_ATTEMPTS = (12, 100, 600)
_LIVES = 6


class Meaning(NamedTuple):
    """What an order's name says."""

    leg: Leg
    generation: int
    tag: str
    attempt: int


def key_of(where: Where) -> LegKey:
    """Name a leg as the program does."""
    inst_id, side, mode = where
    return LegKey(instrument_id=inst_id, position_side=PositionSide(side), margin_mode=MarginMode(mode))


def where_of(key: LegKey) -> Where:
    """Name a leg as the stand-in's account does."""
    return key.instrument_id, key.position_side.value, key.margin_mode.value


def moment_of(milliseconds: int) -> dt.datetime:
    """Give a time as the program has it."""
    return dt.datetime.fromtimestamp(milliseconds // 1000, dt.UTC) + dt.timedelta(milliseconds=milliseconds % 1000)


class Names:
    """Every name that an order of this account may carry, worked out as far as needed."""

    def __init__(self, account: Account, name: str = MAIN) -> None:
        """``name`` is what the program calls the account; only one besides the main one has upkeep."""
        self._account = account
        self._name = name
        self._tags = TAGS if name == MAIN else TAGS + UPKEEP_TAGS
        self._known: dict[str, Meaning] = {}
        self._done: dict[tuple[int, int], int] = {}

    def expect(self, where: Where, opened_at_ms: int, nonce: str) -> None:
        """Take note that a person closes a leg by hand, under a name that only they can know."""
        for leg in self._newest(where):
            if leg.opened_at_ms == opened_at_ms:
                # What is more than one order may be goes in parts.
                for part in range(MOST_PARTS):
                    name = client_order_id(self._name, key_of(where), moment_of(opened_at_ms), 0, f"{HAND}{nonce}", part)
                    self._known[name] = Meaning(leg, 0, HAND, part)

    def expect_tag(self, *tags: str) -> None:
        """Take note that orders carry tags of their own from now on: one act of a guard's, or tiers that rest."""
        self._tags = (*self._tags, *tags)
        self._done.clear()

    def is_by_hand(self, name: str) -> bool:
        """Say whether a person asked for this order."""
        return name in self._known and self._known[name].tag == HAND

    def meaning(self, where: Where, name: str, generations: int) -> Meaning | None:
        """Say what a name stands for among the newest lives of a leg, with up to so many re-arms; None for nothing."""
        for attempts in _ATTEMPTS:
            if name in self._known:
                return self._known[name]
            for leg in self._newest(where):
                for generation in range(generations + 1):
                    self._work_out(where, leg, generation, attempts)
        return self._known.get(name)

    def _newest(self, where: Where) -> Iterator[Leg]:
        left = _LIVES
        for leg in reversed(self._account.lives):
            if (leg.instrument.inst_id, leg.side, leg.margin_mode) == where:
                yield leg
                left -= 1
                if not left:
                    return

    def _work_out(self, where: Where, leg: Leg, generation: int, attempts: int) -> None:
        begun = self._done.get((id(leg), generation), 0)
        if begun >= attempts:
            return
        self._done[id(leg), generation] = attempts
        opened_at = moment_of(leg.opened_at_ms)
        key = key_of(where)
        for tag in self._tags:
            for attempt in range(begun, attempts):
                name = client_order_id(self._name, key, opened_at, generation, tag, attempt)
                self._known[name] = Meaning(leg, generation, tag, attempt)
