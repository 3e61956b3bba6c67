"""Facts, in the past tense. The history is made of these, and ``/why`` answers from them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from tgtp.domain.events.ahead import DowntimeAhead, FundingHigh, InstrumentEnds
from tgtp.domain.events.drawdown import (
    DrawdownBlind,
    DrawdownChanged,
    DrawdownDone,
    DrawdownFired,
    DrawdownHeldBack,
    DrawdownReset,
    DrawdownUnexplained,
    DrawdownWarned,
)
from tgtp.domain.events.legs import (
    LegDoubted,
    LegForceClosed,
    LegGone,
    LegGrew,
    LegOpened,
    LegReadable,
    LegRedenominated,
    LegShrank,
    LegUnguarded,
    LegUnreadable,
    LeverageChanged,
    LiquidationNear,
    MarginChanged,
)
from tgtp.domain.events.orders import (
    ForeignOrders,
    GuardFilled,
    HandFilled,
    HedgeFilled,
    InAll,
    LegacyClose,
    OrderDecided,
    OrderNotArrived,
    OrderRejected,
    OrderUnresolved,
    TierFilled,
    TierIsDust,
    WouldHaveClosed,
)
from tgtp.domain.events.people import (
    AccountConfirmed,
    CloseAsked,
    GuardChanged,
    KeyRiskAcknowledged,
    LadderChanged,
    LanguageChosen,
    LegRearmed,
    OwnerPaired,
    OwnerReleased,
    Paused,
    PauseStands,
    Resumed,
    WishChanged,
)
from tgtp.domain.events.program import (
    AccountHeld,
    AccountLeftOut,
    AccountRenamed,
    Around,
    Cause,
    ClockSkewed,
    CodeLocked,
    ExchangeFound,
    ExchangeLost,
    FirstStart,
    KeyRisk,
    LeftOut,
    LookedAway,
    NotWatched,
    ReportDue,
    Route,
    Started,
    Stopped,
    StrangersTurnedAway,
    StreamRecovered,
    StreamTroubled,
    TelegramConflict,
    TradingAllowed,
    TradingForbidden,
)
from tgtp.domain.events.resting import (
    RestingChanged,
    RestingCleared,
    RestingFull,
    RestingLeft,
    RestingLifted,
    RestingRefused,
    RestingStands,
)
from tgtp.domain.events.upkeep import (
    Corrected,
    CorrectionStuck,
    LegSinking,
    MaintenanceBegun,
    MaintenanceBroken,
    MaintenanceDone,
    MaintenanceHeldBack,
    MarginMoved,
    MarginNotMoved,
    UpkeepAsked,
    UpkeepFilled,
    WouldHaveKeptUp,
)
from tgtp.domain.events.volatility import DynamicChanged, ThresholdsScaled, ThresholdsUnscaled

__all__ = [
    "EVENT",
    "AccountConfirmed",
    "AccountHeld",
    "AccountLeftOut",
    "AccountRenamed",
    "Around",
    "Cause",
    "ClockSkewed",
    "CloseAsked",
    "CodeLocked",
    "Corrected",
    "CorrectionStuck",
    "DowntimeAhead",
    "DrawdownBlind",
    "DrawdownChanged",
    "DrawdownDone",
    "DrawdownFired",
    "DrawdownHeldBack",
    "DrawdownReset",
    "DrawdownUnexplained",
    "DrawdownWarned",
    "DynamicChanged",
    "Event",
    "ExchangeFound",
    "ExchangeLost",
    "FirstStart",
    "ForeignOrders",
    "FundingHigh",
    "GuardChanged",
    "GuardFilled",
    "HandFilled",
    "HedgeFilled",
    "InAll",
    "InstrumentEnds",
    "KeyRisk",
    "KeyRiskAcknowledged",
    "LadderChanged",
    "LanguageChosen",
    "LeftOut",
    "LegDoubted",
    "LegForceClosed",
    "LegGone",
    "LegGrew",
    "LegOpened",
    "LegReadable",
    "LegRearmed",
    "LegRedenominated",
    "LegShrank",
    "LegSinking",
    "LegUnguarded",
    "LegUnreadable",
    "LegacyClose",
    "LeverageChanged",
    "LiquidationNear",
    "LookedAway",
    "MaintenanceBegun",
    "MaintenanceBroken",
    "MaintenanceDone",
    "MaintenanceHeldBack",
    "MarginChanged",
    "MarginMoved",
    "MarginNotMoved",
    "NotWatched",
    "OrderDecided",
    "OrderNotArrived",
    "OrderRejected",
    "OrderUnresolved",
    "OwnerPaired",
    "OwnerReleased",
    "PauseStands",
    "Paused",
    "ReportDue",
    "RestingChanged",
    "RestingCleared",
    "RestingFull",
    "RestingLeft",
    "RestingLifted",
    "RestingRefused",
    "RestingStands",
    "Resumed",
    "Route",
    "Started",
    "Stopped",
    "StrangersTurnedAway",
    "StreamRecovered",
    "StreamTroubled",
    "TelegramConflict",
    "ThresholdsScaled",
    "ThresholdsUnscaled",
    "TierFilled",
    "TierIsDust",
    "TradingAllowed",
    "TradingForbidden",
    "UpkeepAsked",
    "UpkeepFilled",
    "WishChanged",
    "WouldHaveClosed",
    "WouldHaveKeptUp",
]

Event = Annotated[
    Started
    | Stopped
    | StreamTroubled
    | StreamRecovered
    | ExchangeLost
    | ExchangeFound
    | TradingForbidden
    | TradingAllowed
    | TierFilled
    | HedgeFilled
    | GuardFilled
    | HandFilled
    | DrawdownBlind
    | DrawdownChanged
    | DrawdownDone
    | DrawdownFired
    | DrawdownHeldBack
    | DrawdownReset
    | DrawdownUnexplained
    | DrawdownWarned
    | OrderRejected
    | OrderUnresolved
    | ForeignOrders
    | OrderDecided
    | OrderNotArrived
    | TierIsDust
    | WouldHaveClosed
    | LegOpened
    | LegGrew
    | LegShrank
    | LegRedenominated
    | LegGone
    | LegForceClosed
    | LegUnreadable
    | LegReadable
    | LeverageChanged
    | MarginChanged
    | LegDoubted
    | LegUnguarded
    | ClockSkewed
    | LookedAway
    | NotWatched
    | LegRearmed
    | Paused
    | Resumed
    | LadderChanged
    | GuardChanged
    | WishChanged
    | LiquidationNear
    | ReportDue
    | CloseAsked
    | LanguageChosen
    | OwnerPaired
    | OwnerReleased
    | PauseStands
    | TelegramConflict
    | DowntimeAhead
    | InstrumentEnds
    | FundingHigh
    | ThresholdsScaled
    | ThresholdsUnscaled
    | DynamicChanged
    | RestingChanged
    | RestingCleared
    | RestingFull
    | RestingLeft
    | RestingLifted
    | RestingRefused
    | RestingStands
    | FirstStart
    | CodeLocked
    | AccountLeftOut
    | AccountHeld
    | AccountRenamed
    | AccountConfirmed
    | KeyRisk
    | KeyRiskAcknowledged
    | StrangersTurnedAway
    | LegacyClose
    | CorrectionStuck
    | Corrected
    | LegSinking
    | MaintenanceBegun
    | MaintenanceBroken
    | MaintenanceDone
    | MaintenanceHeldBack
    | MarginMoved
    | MarginNotMoved
    | UpkeepAsked
    | UpkeepFilled
    | WouldHaveKeptUp,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
