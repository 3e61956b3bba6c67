"""Builds the monitoring page on the engine of the accounts."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from tgtp.engine.accounts import Accounts
from tgtp.engine.ports import Clock, PushedMark
from tgtp.monitor.details.details import Details
from tgtp.monitor.document.documents import About, Documents
from tgtp.monitor.feed import Feeds
from tgtp.monitor.hourly import Hourly
from tgtp.monitor.listening import Changes
from tgtp.monitor.metrics import Metrics
from tgtp.monitor.routes import MonitorPage


class Built(NamedTuple):
    """The page, and what runs beside it."""

    page: MonitorPage
    hourly: Hourly
    feeds: Feeds


def build_monitor(
    accounts: Accounts,
    clock: Clock,
    zone: dt.tzinfo,
    about: About,
    changes: Changes,
    closing: asyncio.Event,
    pushed: Callable[[str], PushedMark | None] | None,
) -> Built:
    """Build it; ``changes`` tell it what happens from now on, ``pushed`` gives the stream's newest price, None without one."""
    hourly, metrics = Hourly(accounts, clock), Metrics(accounts, clock, about.process)
    documents = Documents(accounts, clock, zone, about, hourly, pushed or (lambda _: None))
    feeds = Feeds(documents)
    documents.found = feeds.moved
    changes.moved, changes.priced, changes.recorded = feeds.moved, feeds.marked, metrics.happened
    details = Details(accounts, clock, zone)
    return Built(MonitorPage(feeds, details, metrics, closing, is_front=not about.has_chat), hourly, feeds)
