"""What the engine needs from the outside, in its own words."""

from tgtp.engine.ports.backtests import BacktestOutcome, BacktestRequest, Backtests, Progress, Walked
from tgtp.engine.ports.bar_store import BarStore
from tgtp.engine.ports.clock import Clock
from tgtp.engine.ports.conditional import ConditionalOrders
from tgtp.engine.ports.equity_history import EquityHistory
from tgtp.engine.ports.exchange import Exchange, Prices
from tgtp.engine.ports.ledger import DROPPED, AccountState, EventHistory, Ledger, Notes, WaitingMessages
from tgtp.engine.ports.listener import Listener
from tgtp.engine.ports.neighbours import FallbackNotifier, Supervisor
from tgtp.engine.ports.requests import RequestCount
from tgtp.engine.ports.stream import AccountStream, MarkStream, PushedMark, PushedOrder, PushedPosition, StreamListener
from tgtp.engine.ports.what_if import LegSums, MissedTouches, OneLeg, PastLeg, WhatIfOutcome, WhatIfRequest, WhyLeftOut

__all__ = [
    "DROPPED",
    "AccountState",
    "AccountStream",
    "BacktestOutcome",
    "BacktestRequest",
    "Backtests",
    "BarStore",
    "Clock",
    "ConditionalOrders",
    "EquityHistory",
    "EventHistory",
    "Exchange",
    "FallbackNotifier",
    "Ledger",
    "LegSums",
    "Listener",
    "MarkStream",
    "MissedTouches",
    "Notes",
    "OneLeg",
    "PastLeg",
    "Prices",
    "Progress",
    "PushedMark",
    "PushedOrder",
    "PushedPosition",
    "RequestCount",
    "StreamListener",
    "Supervisor",
    "WaitingMessages",
    "Walked",
    "WhatIfOutcome",
    "WhatIfRequest",
    "WhyLeftOut",
]
