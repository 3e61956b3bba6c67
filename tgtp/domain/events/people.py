"""What people did and chose."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.api_key_risks import Risk
from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, Moment, PositionSide, Positive
from tgtp.domain.order import GuardRule
from tgtp.domain.pauses import Cause, Pause


class LegRearmed(Fact):
    """All tiers of a leg may fire again."""

    kind: Literal["leg_rearmed"] = "leg_rearmed"
    leg: LegKey
    by: int


class Paused(Fact):
    """A scope was paused, by its name: by somebody, or for another ``cause``; ``until`` is when it ends by itself."""

    kind: Literal["paused"] = "paused"
    name: str
    by: int | None
    cause: Cause = "person"
    until: Moment | None = None


class Resumed(Fact):
    """A pause of a scope was lifted by somebody, or (``by`` None) its time has run out, at ``until``.

    ``stays``: all of it is paused still, by another one.
    """

    kind: Literal["resumed"] = "resumed"
    name: str
    by: int | None
    cause: Cause = "person"
    until: Moment | None = None
    stays: bool = False


class PauseStands(Fact):
    """These pauses are older than a day; reminded of once a day."""

    kind: Literal["pause_stands"] = "pause_stands"
    pauses: tuple[Pause, ...]


class GuardChanged(Fact):
    """Somebody set a guard of legs: of an instrument, or (else "") of all others. Both texts as settings have them.

    ``default``: it was put back to what holds without a change of its own.
    """

    kind: Literal["guard_changed"] = "guard_changed"
    rule: GuardRule
    instrument_id: str = ""
    before: str
    after: str
    default: bool = False
    by: int


class LadderChanged(Fact):
    """Somebody changed a ladder: of a side, or of that side of one instrument (else "").

    ``before`` and ``after`` are ladders as text. ``default``: it was put back to what holds without a change of its own.
    """

    kind: Literal["ladder_changed"] = "ladder_changed"
    instrument_id: str
    position_side: PositionSide
    before: str
    after: str
    default: bool
    by: int


class WishChanged(Fact):
    """Somebody changed how they want to be told: ``name`` says what (``notify``, ``quiet``, ``theme``, ``panel``, ``zone``)."""

    kind: Literal["wish_changed"] = "wish_changed"
    name: Literal["notify", "quiet", "theme", "panel", "zone"]
    value: str
    by: int


class CloseAsked(Fact):
    """Somebody confirmed a close by hand."""

    kind: Literal["close_asked"] = "close_asked"
    legs: tuple[LegKey, ...]
    contracts: tuple[Positive, ...]
    by: int


class LanguageChosen(Fact):
    """Somebody chose a language."""

    kind: Literal["language_chosen"] = "language_chosen"
    language: str
    by: int


class OwnerPaired(Fact):
    """The first person with the pairing code became the owner."""

    kind: Literal["owner_paired"] = "owner_paired"
    by: int
    name: str


class OwnerReleased(Fact):
    """The owner who had paired gave the bot up."""

    kind: Literal["owner_released"] = "owner_released"
    by: int


class AccountConfirmed(Fact):
    """Somebody said that the key of another account (``uid``) is what this name stands for from now on."""

    kind: Literal["account_confirmed"] = "account_confirmed"
    uid: str
    by: int


class KeyRiskAcknowledged(Fact):
    """Somebody knows of the risks of a key; they are not repeated."""

    kind: Literal["key_risk_acknowledged"] = "key_risk_acknowledged"
    label: str
    risks: tuple[Risk, ...]
    by: int
