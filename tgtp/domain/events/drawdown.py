"""What the drawdown guard of an account has seen and done."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.guards.drawdown import Action, DrawdownRules, Fall, Firing
from tgtp.domain.model import LegKey, Number, Positive
from tgtp.domain.pauses import Pause

# No USDT equity that makes sense; a leg whose P&L is not told; one whose numbers are not believed; a book that cannot be read;
# an equity that P&L and bills do not explain; a balance that changes at every look, so that the guard cannot begin.
Blindness = Literal["equity", "legs", "doubted", "bills", "unexplained", "moving"]


class DrawdownWarned(Fact):
    """The P&L has fallen by ``level`` (a fraction) or more; at ``limit`` the guard would act, never where that is None."""

    kind: Literal["drawdown_warned"] = "drawdown_warned"
    fall: Fall
    level: Positive
    limit: Positive | None
    action: Action


class DrawdownFired(Fact):
    """The guard has acted: the account is paused, and the legs among its targets are being closed."""

    kind: Literal["drawdown_fired"] = "drawdown_fired"
    firing: Firing


class DrawdownDone(Fact):
    """All that the guard had to close is at its target, or gone."""

    kind: Literal["drawdown_done"] = "drawdown_done"
    firing: Firing


class DrawdownHeldBack(Fact):
    """The limit is reached, but ``pauses`` hold the guard back, or the key may not trade (none of them): it stays armed.

    ``acting``: it has fired before, and the closes of these ``legs`` wait until the pauses are lifted; ``unreadable``: until
    OKX tells enough of them.
    """

    kind: Literal["drawdown_held_back"] = "drawdown_held_back"
    fall: Fall
    limit: Positive
    action: Action
    pauses: tuple[Pause, ...] = ()
    acting: bool = False
    unreadable: bool = False
    legs: tuple[LegKey, ...] = ()


class DrawdownUnexplained(Fact):
    """The USDT equity has changed by ``amount`` that no P&L and no known bill explains: the guard waits until one does."""

    kind: Literal["drawdown_unexplained"] = "drawdown_unexplained"
    amount: Number
    peak_equity: Positive


class DrawdownBlind(Fact):
    """The guard has had no reading that counts for so many ``seconds``, the last time because of ``why``."""

    kind: Literal["drawdown_blind"] = "drawdown_blind"
    why: Blindness
    seconds: int


class DrawdownReset(Fact):
    """The guard begins anew, with a peak of now: somebody said so, or (``by`` None) what was before cannot be known."""

    kind: Literal["drawdown_reset"] = "drawdown_reset"
    by: int | None


class DrawdownChanged(Fact):
    """Somebody has set the guard, from ``before`` to ``after``."""

    kind: Literal["drawdown_changed"] = "drawdown_changed"
    before: DrawdownRules
    after: DrawdownRules
    by: int
