"""Facts, in the past tense. The history is made of these, and ``/why`` answers from them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tgtp.domain.doubt import Doubt
from tgtp.domain.keys import Risk
from tgtp.domain.model import (
    Basis,
    Intent,
    LegKey,
    Moment,
    NotNegative,
    Number,
    Order,
    Positive,
    Profile,
    Unwatched,
    Value,
)

Cause = Literal["down", "refused", "broken"]


class _Fact(Value):
    at: Moment


class Started(_Fact):
    """The first clean look at the account since the program started.

    ``key_risks`` are those that nobody has acknowledged; ``readable_secrets`` names the file with secrets in it that other
    users of the machine can read.
    """

    kind: Literal["started"] = "started"
    version: str
    exchange: str
    profile: Profile
    legs: int
    small_legs: int
    min_margin: NotNegative
    unwatched: tuple[Unwatched, ...]
    paused: tuple[str, ...]
    long_tiers: str
    short_tiers: str
    interval: int
    missed_seconds: int | None = None
    key_risks: tuple[Risk, ...] = ()
    readable_secrets: str = ""


class Stopped(_Fact):
    """The program ended in order."""

    kind: Literal["stopped"] = "stopped"


class ExchangeLost(_Fact):
    """Checks fail: the exchange cannot be reached, refuses the keys, or something here is broken."""

    kind: Literal["exchange_lost"] = "exchange_lost"
    cause: Cause
    detail: str


class ExchangeFound(_Fact):
    """Checks succeed again."""

    kind: Literal["exchange_found"] = "exchange_found"
    cause: Cause
    lost_at: Moment


class TradingForbidden(_Fact):
    """The key may look but not trade: nothing is sent until that changes."""

    kind: Literal["trading_forbidden"] = "trading_forbidden"


class TradingAllowed(_Fact):
    """The key may trade again."""

    kind: Literal["trading_allowed"] = "trading_allowed"


class TierFilled(_Fact):
    """An order of a tier has filled. ``finished`` is False while part of the tier's own size is still open."""

    kind: Literal["tier_filled"] = "tier_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    finished: bool
    fired: tuple[int, ...]
    next_threshold: Number | None


class HedgeFilled(_Fact):
    """The losing leg of a pair was closed down towards its base."""

    kind: Literal["hedge_filled"] = "hedge_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative


class HandFilled(_Fact):
    """A close that a person asked for has filled."""

    kind: Literal["hand_filled"] = "hand_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative


class OrderRejected(_Fact):
    """The exchange refused an order, definitely. Told once per cause; tried again at ``again_at``."""

    kind: Literal["order_rejected"] = "order_rejected"
    intent: Intent
    code: str
    reason: str
    again_at: Moment | None


class OrderUnresolved(_Fact):
    """It is not known whether an order happened; it is being looked up and the leg is left alone."""

    kind: Literal["order_unresolved"] = "order_unresolved"
    intent: Intent


class OrderNotArrived(_Fact):
    """An order of unknown outcome was looked up twice: the exchange never got it."""

    kind: Literal["order_not_arrived"] = "order_not_arrived"
    intent: Intent


class TierIsDust(_Fact):
    """A tier was reached, but rounds to less than the smallest order."""

    kind: Literal["tier_is_dust"] = "tier_is_dust"
    leg: LegKey
    tier: int
    threshold: Number
    share: Number
    basis: Basis


class WouldHaveClosed(_Fact):
    """A rule would have fired, but is paused."""

    kind: Literal["would_have_closed"] = "would_have_closed"
    intent: Intent


class LegOpened(_Fact):
    """A leg appeared that was not opened by tgtp.

    ``reopened``: the very same life that was taken for gone. ``anew``: in place of one that was closed between two looks.
    """

    kind: Literal["leg_opened"] = "leg_opened"
    leg: LegKey
    contracts: Positive
    entry_price: Positive
    initial_margin: NotNegative
    reopened: bool = False
    anew: bool = False


class LegGrew(_Fact):
    """Somebody added to a leg. With fired tiers the person is asked: re-arm, or keep."""

    kind: Literal["leg_grew"] = "leg_grew"
    leg: LegKey
    opened_at: Moment
    generation: int
    before: NotNegative
    contracts: Positive
    fired: tuple[int, ...]
    rearmed: bool = False


class LegShrank(_Fact):
    """Somebody, or the exchange, made a leg smaller."""

    kind: Literal["leg_shrank"] = "leg_shrank"
    leg: LegKey
    before: NotNegative
    contracts: Positive


class LegGone(_Fact):
    """A leg is closed: missing from two whole replies in a row. ``by_us`` when our own orders closed it."""

    kind: Literal["leg_gone"] = "leg_gone"
    leg: LegKey
    contracts: NotNegative
    by_us: bool


class NotWatched(_Fact):
    """Something in the account that tgtp does not watch turned up; listed once, never touched."""

    kind: Literal["not_watched"] = "not_watched"
    rows: tuple[Unwatched, ...]


class LegUnreadable(_Fact):
    """The row of a leg makes no sense; it is left alone until it does."""

    kind: Literal["leg_unreadable"] = "leg_unreadable"
    leg: LegKey
    detail: str


class LegDoubted(_Fact):
    """A leg was left alone for a check, because its numbers do not go together."""

    kind: Literal["leg_doubted"] = "leg_doubted"
    leg: LegKey
    doubt: Doubt


class LookedAway(_Fact):
    """By the clock on the wall, nobody looked for so many ``seconds``: the machine slept, or its clock was set forward."""

    kind: Literal["looked_away"] = "looked_away"
    seconds: int


class ClockSkewed(_Fact):
    """The exchange's clock and ours differ; ``ahead`` is how many seconds ours is ahead, negative when behind."""

    kind: Literal["clock_skewed"] = "clock_skewed"
    ahead: Number


class LegRearmed(_Fact):
    """All tiers of a leg may fire again."""

    kind: Literal["leg_rearmed"] = "leg_rearmed"
    leg: LegKey
    by: int


class Paused(_Fact):
    """Somebody paused all (``*``) or one instrument."""

    kind: Literal["paused"] = "paused"
    name: str
    by: int


class Resumed(_Fact):
    """Somebody resumed all (``*``) or one instrument."""

    kind: Literal["resumed"] = "resumed"
    name: str
    by: int


class CloseAsked(_Fact):
    """Somebody confirmed a close by hand."""

    kind: Literal["close_asked"] = "close_asked"
    legs: tuple[LegKey, ...]
    contracts: tuple[Positive, ...]
    by: int


class LanguageChosen(_Fact):
    """Somebody chose a language."""

    kind: Literal["language_chosen"] = "language_chosen"
    language: str
    by: int


class OwnerPaired(_Fact):
    """The first person with the pairing code became the owner."""

    kind: Literal["owner_paired"] = "owner_paired"
    by: int
    name: str


class TelegramConflict(_Fact):
    """Another program fetches this bot's messages."""

    kind: Literal["telegram_conflict"] = "telegram_conflict"


class KeyRisk(_Fact):
    """The exchange's key allows more than it should, and nobody has acknowledged that yet."""

    kind: Literal["key_risk"] = "key_risk"
    label: str
    risks: tuple[Risk, ...]


class KeyRiskAcknowledged(_Fact):
    """Somebody knows of the risks of a key; they are not repeated."""

    kind: Literal["key_risk_acknowledged"] = "key_risk_acknowledged"
    label: str
    risks: tuple[Risk, ...]
    by: int


class StrangersTurnedAway(_Fact):
    """So many people who are no owners tried to command, so often, since the last such note.

    ``crowd``: there were more people than are counted by name.
    """

    kind: Literal["strangers_turned_away"] = "strangers_turned_away"
    since: Moment
    people: int
    crowd: bool
    tries: int
    ids: tuple[int, ...]


class LegacyClose(_Fact):
    """A close that an older daemon had recorded, at ``closed_at``; ``at`` is when it was taken over.

    ``profit`` and ``share`` are fractions; ``fingerprint`` keeps the same record from being taken over twice.
    """

    kind: Literal["legacy_close"] = "legacy_close"
    closed_at: Moment
    instrument_id: str
    side: str
    profit: Number
    share: Number
    reason: str
    fingerprint: str


Event = Annotated[
    Started
    | Stopped
    | ExchangeLost
    | ExchangeFound
    | TradingForbidden
    | TradingAllowed
    | TierFilled
    | HedgeFilled
    | HandFilled
    | OrderRejected
    | OrderUnresolved
    | OrderNotArrived
    | TierIsDust
    | WouldHaveClosed
    | LegOpened
    | LegGrew
    | LegShrank
    | LegGone
    | LegUnreadable
    | LegDoubted
    | ClockSkewed
    | LookedAway
    | NotWatched
    | LegRearmed
    | Paused
    | Resumed
    | CloseAsked
    | LanguageChosen
    | OwnerPaired
    | TelegramConflict
    | KeyRisk
    | KeyRiskAcknowledged
    | StrangersTurnedAway
    | LegacyClose,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
