"""What happened to tiers that rest at the exchange."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, Moment
from tgtp.domain.resting.rules import RestingMode
from tgtp.errors import Problem


class RestingChanged(Fact):
    """Whether tiers rest was changed: of one instrument, or of all (""), ``by`` a person, or by the program itself.

    That it does for a ``cause``: the exchange refused (``code``) what ends an order with its leg, or the account's
    mode, or its position mode, is another one.
    """

    kind: Literal["resting_changed"] = "resting_changed"
    instrument_id: str = ""
    mode: RestingMode
    by: int | None = None
    cause: Literal["person", "refused", "position_mode", "account_mode"] = "person"
    code: str = ""


class RestingStands(Fact):
    """Orders still rest that should not, or that nothing is known of: told at once, and again while it stands.

    ``paused``: within the scope of a pause; ``off``: they were found while no tier is to rest; ``strange``: their names
    are like ours, and nobody here remembers them; ``unseen``: the exchange has not shown them for a while;
    ``stuck``: it does not cancel them; ``unanswered``: it has not said whether they rest.
    """

    kind: Literal["resting_stands"] = "resting_stands"
    cause: Literal["paused", "off", "strange", "unseen", "stuck", "unanswered"]
    orders: int


class RestingCleared(Fact):
    """What was told to rest still does not any more."""

    kind: Literal["resting_cleared"] = "resting_cleared"
    cause: Literal["paused", "off", "strange", "unseen", "stuck", "unanswered"]


class RestingRefused(Fact):
    """A tier's order could not rest, so many ``tries`` in a row, or it was triggered and then failed (``fired``).

    Its tier is left to the checks meanwhile; it is placed again at ``again_at``.
    """

    kind: Literal["resting_refused"] = "resting_refused"
    leg: LegKey
    tier: int
    code: str
    reason: Problem
    tries: int
    again_at: Moment
    fired: bool = False


class RestingLeft(Fact):
    """An account, by its ``name``, is not here any more, and so many ``orders`` rest there by what was written down."""

    kind: Literal["resting_left"] = "resting_left"
    name: str
    orders: int
    legs: tuple[LegKey, ...]


class RestingLifted(Fact):
    """``by`` has lifted what rests of a leg, so that its leverage can be changed; it is put back at ``until``."""

    kind: Literal["resting_lifted"] = "resting_lifted"
    leg: LegKey
    until: Moment
    by: int


class RestingFull(Fact):
    """The exchange takes no more: so many tiers ``rest``, the nearest ones, and so many are ``left_out``."""

    kind: Literal["resting_full"] = "resting_full"
    rest: int
    left_out: int
