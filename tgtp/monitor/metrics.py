"""What Prometheus reads: collected when it asks, so that it costs a check nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tgtp import __version__
from tgtp.domain.event_totals import FilledEvent
from tgtp.domain.events import Event
from tgtp.domain.model import PositionSide
from tgtp.domain.plan import ALL
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ports import Clock
from tgtp.monitor.document.health_rows import ProcessFacts

if TYPE_CHECKING:
    from prometheus_client.core import Metric

log = logging.getLogger(__name__)

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
PREFIX: Final = "tgtp_"
# What becomes of an order that does not fill, by the kind of the event that says so.
OUTCOMES: Final = {
    "order_rejected": "rejected",
    "order_unresolved": "unresolved",
    "order_not_arrived": "not_arrived",
    "would_have_closed": "held_back",
}

# A value, and what it is told apart by; one that is not known is left out.
Sample = tuple[tuple[str, ...], Decimal | float | None]


class Series(NamedTuple):
    """One metric: its name, what it says, what its values are told apart by, and where they come from."""

    name: str
    says: str
    labels: tuple[str, ...]
    read: Callable[[Metrics], Iterable[Sample]]
    kind: Literal["gauge", "counter"] = "gauge"


class Metrics:
    """The metrics of all accounts, of a registry of their own. It counts orders as it hears of them."""

    content_type = CONTENT_TYPE

    def __init__(self, accounts: Accounts, clock: Clock, process: ProcessFacts | None = None) -> None:
        self.accounts = accounts
        self.clock = clock
        self.process = process or ProcessFacts()
        # By account, rule and outcome; and the tiers that were finished, by account.
        self.orders: Counter[tuple[str, str, str]] = Counter()
        self.tiers: Counter[tuple[str]] = Counter({(account.name,): 0 for account in accounts})

    def happened(self, account: str, _: int, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, FilledEvent):
            self.orders[account, event.intent.rule, "filled"] += 1
            self.tiers[(account,)] += event.kind == "tier_filled" and event.finished
        elif event.kind in OUTCOMES and (intent := getattr(event, "intent", None)) is not None:
            self.orders[account, intent.rule, OUTCOMES[event.kind]] += 1

    def prepare(self) -> None:
        """Load what ``expose`` needs, beside the event loop: most never ask, and need not pay for it."""
        import prometheus_client  # noqa: F401, PLC0415

    def expose(self) -> bytes:
        """Return all of it, as Prometheus reads it."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Give each metric with its values, as the registry wants them."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415

        for series in SERIES:
            make = CounterMetricFamily if series.kind == "counter" else GaugeMetricFamily
            family = make(f"{PREFIX}{series.name}", series.says, labels=series.labels)
            try:
                for labels, value in series.read(self):
                    if value is not None:
                        family.add_metric(labels, float(value))
            except ArithmeticError:
                # One leg's numbers make no sense: that must not hide all else.
                log.warning("%s%s cannot be worked out now", PREFIX, series.name)
            yield family


def _of_each(read: Callable[[Account, Clock], Decimal | float | None]) -> Callable[[Metrics], Iterator[Sample]]:
    """Read one value of each account."""

    def samples(metrics: Metrics) -> Iterator[Sample]:
        for account in metrics.accounts:
            yield (account.name,), read(account, metrics.clock)

    return samples


def _age(account: Account, clock: Clock) -> float | None:
    report = account.checker.last_report
    return None if report is None else max(0.0, (clock.now() - report.started_at).total_seconds())


def _margin(account: Account, _: Clock) -> Decimal | None:
    seen = account.checker.last_good
    return None if seen is None else sum((leg.initial_margin for leg in seen.legs), Decimal(0))


def _unrealised(account: Account, _: Clock) -> Decimal | None:
    seen = account.checker.last_good
    return None if seen is None else sum((leg.unrealised_pnl for leg in seen.legs), Decimal(0))


def _drawdown(account: Account, _: Clock) -> Decimal | None:
    fall = account.checker.drawdown.fall
    return None if fall is None else fall.fraction


def _stream_age(account: Account, _: Clock) -> float | None:
    state = account.checker.stream_state()
    return None if state is None else state.median_age


def _streams(account: Account, _: Clock) -> int | None:
    state = account.checker.stream_state()
    return None if state is None else state.trouble is None


def _legs(metrics: Metrics) -> Iterator[Sample]:
    for account in metrics.accounts:
        seen = account.checker.last_good
        for side in PositionSide:
            yield (account.name, side.value), None if seen is None else sum(leg.position_side is side for leg in seen.legs)


def _requests(metrics: Metrics) -> Iterator[Sample]:
    for account in metrics.accounts:
        for one in account.checker.records.requests():
            yield (account.name, one.endpoint), one.total


def _busiest(metrics: Metrics) -> Iterator[Sample]:
    for account in metrics.accounts:
        for one in account.checker.records.requests():
            if one.limit is not None:
                yield (account.name, one.endpoint), Decimal(one.most) / one.limit


def _clock_skew(metrics: Metrics) -> Iterator[Sample]:
    skew = metrics.accounts.main.checker.observer.skew()
    yield (), None if skew is None else skew.total_seconds()


def _outbox(metrics: Metrics) -> Iterator[Sample]:
    yield (), len(metrics.accounts.main.checker.journal.ledger.outbox())


def _look(name: str) -> Callable[[Account, Clock], Decimal | float | None]:
    """Read one field of what was seen last."""
    return lambda account, _: getattr(account.checker.last_good, name, None)


OF: Final = ("account",)
SERIES: Final = (
    Series("build_info", "The version that runs.", ("version",), lambda _: [((__version__,), 1)]),
    Series("last_check_age_seconds", "How long ago the last check began.", OF, _of_each(_age)),
    Series(
        "last_check_duration_seconds",
        "How long the last check took.",
        OF,
        _of_each(lambda account, _: report.duration if (report := account.checker.last_report) is not None else None),
    ),
    Series("checks", "Checks since the start.", OF, _of_each(lambda account, _: account.checker.health.total), "counter"),
    Series(
        "failed_checks",
        "Checks since the start that could not see the account.",
        OF,
        _of_each(lambda account, _: account.checker.health.failed_total),
        "counter",
    ),
    Series(
        "failed_checks_in_a_row",
        "Checks that have failed since the last good one.",
        OF,
        _of_each(lambda account, _: account.checker.outage.failed_in_a_row),
    ),
    Series("requests", "Requests to the exchange since the start.", ("account", "endpoint"), _requests, "counter"),
    Series(
        "request_limit_used_ratio",
        "The most requests of the last minute within the time that the exchange's limit counts, as a part of that limit.",
        ("account", "endpoint"),
        _busiest,
    ),
    Series(
        "orders",
        "Orders since the start, by the rule behind them and by what became of them.",
        ("account", "rule", "outcome"),
        lambda metrics: metrics.orders.items(),
        "counter",
    ),
    Series("tiers_fired", "Tiers that have fired since the start.", OF, lambda metrics: metrics.tiers.items(), "counter"),
    Series(
        "open_orders",
        "Orders whose outcome is not known yet.",
        OF,
        _of_each(lambda account, _: len(account.checker.journal.ledger.open_intents())),
    ),
    Series("outbox_messages", "Messages that wait to be delivered.", (), _outbox),
    Series("stream_up", "Whether the stream's prices may decide (1) or checks alone do (0).", OF, _of_each(_streams)),
    Series(
        "stream_age_seconds", "How old the stream's prices come, in the median of the last minute.", OF, _of_each(_stream_age)
    ),
    Series("equity_usd", "What the account is worth.", OF, _of_each(_look("equity"))),
    Series("available_usdt", "What new orders can be paid from.", OF, _of_each(_look("available"))),
    Series("margin_usdt", "The initial margin of all legs.", OF, _of_each(_margin)),
    Series("unrealised_usdt", "The unrealised P&L of all legs.", OF, _of_each(_unrealised)),
    Series("drawdown_ratio", "The fall from the peak by the drawdown guard, where that is on.", OF, _of_each(_drawdown)),
    Series("legs", "Legs that are open and can be read.", ("account", "side"), _legs),
    Series("unreadable_legs", "Legs that are open and cannot be read.", OF, _of_each(_look("blind_count"))),
    Series(
        "paused",
        "Whether all rules of the account are paused.",
        OF,
        _of_each(lambda account, _: ALL in account.checker.journal.ledger.paused()),
    ),
    Series("clock_skew_seconds", "How far this clock is ahead of the exchange's.", (), _clock_skew),
    Series("resident_memory_bytes", "Memory of this process.", (), lambda metrics: [((), metrics.process.resident())]),
)
