"""Rows and buttons that several cards of ladders share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import threshold_of_tier
from tgtp.chat.messages.message import Button, packs
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import percent
from tgtp.domain.ladder import Ladder, Tier, reached
from tgtp.domain.ladder_preview import first_price
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.plan import CANNOT_WORK, Rules
from tgtp.domain.sizing import realised_estimate, whole_lots

# UTF-16 units that each part of a card may take.
ROOM_FOR_ROWS = 800


def worked(language: Language, ladder: Ladder, leg: LegKey | None = None, rules: Rules | None = None) -> list[Html]:
    """Work a ladder on 100 contracts, a row for each tier; that of a ``leg`` as it acts under ``rules``."""
    rows = []
    for tier, closes, left in of_hundred(ladder):
        at = percent(tier.threshold)
        if leg is not None and rules is not None:
            at = threshold_of_tier(language, rules, leg, tier.number, tier.threshold)
        rows.append(say(language, "tiers.row", tier=tier, threshold=at, closes=closes, left=left))
    return rows


class CardFrame(NamedTuple):
    """What stands around a card: what its buttons carry, for how many seconds, and what goes back to where it came from."""

    yes: str
    no: str
    seconds: int
    back: str = ""


def fitting(language: Language, rows: Sequence[Html], room: int = ROOM_FOR_ROWS) -> list[Html]:
    """Return as many rows as there is room for, and how many more there are."""
    shown_ = list(packs(rows, most=room)[0]) if rows else []
    if len(shown_) == len(rows):
        return shown_
    return [*shown_, say(language, "close.rows.more", more=len(rows) - len(shown_))]


def answer_buttons(
    language: Language, confirm: str, asked: CardFrame, *, danger: bool, **values: Any
) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of a card that asks: the first confirms, the last cancels. ``values`` fill the text of the first."""
    yes = Button(plain(language, confirm, **values), asked.yes, "danger" if danger else "success")
    no = Button(plain(language, "button.cancel"), asked.no)
    return ((yes,), (Button(plain(language, "button.back"), asked.back), no)) if asked.back else ((yes,), (no,))


class Due(NamedTuple):
    """A leg of which rules would close ``contracts`` at once, by these tiers; ``is_held``: it is paused.

    ``notional`` is the value of that at the mark price, ``realised`` its P&L before fees; both in USDT.
    """

    leg: Leg
    tiers: tuple[int, ...]
    contracts: Decimal
    is_held: bool

    @property
    def notional(self) -> Decimal:
        """USDT value at the mark price."""
        return self.contracts * self.leg.instrument.contract_size * self.leg.mark_price

    @property
    def realised(self) -> Decimal:
        """USDT that closing it at the mark price would realise, before fees."""
        return realised_estimate(self.leg, self.contracts)


def due_legs(outlook: Outlook, rules: Rules, lives: Mapping[LegKey, Life], legs: Sequence[Leg]) -> list[Due]:
    """Return each of these legs of which rules would close something at once."""
    found: list[Due] = []
    for leg in legs if outlook.situation.switches.ladder else ():
        try:
            steps = reached(leg, lives[leg.key], rules.ladder_of(leg.key), rules.min_margin)
        except CANNOT_WORK:
            # Its numbers make no sense: nothing is closed of it either.
            continue
        if steps:
            closes = sum((step.contracts for step in steps), Decimal(0))
            is_held = outlook.situation.is_paused(leg.key, "tier")
            found.append(Due(leg, tuple(step.tier.number for step in steps), closes, is_held))
    return found


def due_row(reader: Reader, due: Due) -> Html:
    """Say what would be closed of a leg at once."""
    return reader.say("ladders.at.once.held" if due.is_held else "ladders.at.once.row", due=due, tiers=due.tiers)


def threshold_at_price(language: Language, rules: Rules, leg: Leg, tier: Tier) -> str:
    """Name a threshold under rules and the price of it, where there is one."""
    threshold = threshold_of_tier(language, rules, leg.key, tier.number, tier.threshold)
    try:
        at = first_price(leg, tier.threshold)
    except CANNOT_WORK:
        at = None
    if at is None:
        return threshold
    return plain(language, "tiers.next", threshold=threshold, price=at)


def of_hundred(ladder: Ladder) -> list[tuple[Tier, Decimal, Decimal]]:
    """Return what each tier closes of 100 contracts, and what is left then."""
    rows = []
    left = Decimal(100)
    for tier in ladder.tiers:
        closes = whole_lots(left * tier.share, Decimal("0.1"))
        left -= closes
        rows.append((tier, closes, left))
    return rows
