"""Reports and realised money as people read them: a picture of the days, and the sums below it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_interval, format_skeleton

from tgtp.chat.charts.model import TakingsChart
from tgtp.chat.formatting.pause_text import MOST_NAMED, row
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import money, names, when
from tgtp.domain.event_totals import total
from tgtp.domain.report import (
    AccountTakings,
    DayTakings,
    GuardAct,
    GuardedLeg,
    LegTakings,
    Period,
    Report,
    Takings,
    span_of,
)
from tgtp.domain.sizing import CENT

PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month")
PNL_DAYS: Final = (7, 30, 90, 365)
# Rows of what guards have done: the rest is in the total.
MOST_ACTS: Final = 6
# What a pause holds back is named as the sums are.
SOURCES: Final = {"give_back": "guard", "break_even": "guard", "drawdown": "guard", "buy": "upkeep", "trim": "upkeep"}


class ReportRequest(NamedTuple):
    """A period that is asked for: the running one, or the one before it (``last``)."""

    period: Period
    last: bool = False

    @property
    def data(self) -> str:
        """What its button says."""
        return f"{self.period}-1" if self.last else self.period


def report(reader: Reader, made: Report, asked: ReportRequest | None = None) -> Message:
    """Show what a period came to; the buttons of all periods where it was ``asked`` for."""
    language, zone = reader.language, _zone(reader, made.zone)
    first = made.since.astimezone(zone).date()
    last = (made.until - dt.timedelta(microseconds=1)).astimezone(zone).date()
    dates = _dates(language, made.period, first, last)
    running = made.until < span_of(made.period, first, zone).until
    title = plain(language, f"report.title.{made.period}.running" if running else f"report.title.{made.period}")
    parts: list[str] = [_head(language, title, made), _equity(language, made, _of_zone(reader, dates, zone, made.since))]
    if made.takings.orders or made.funding:
        parts += ["", *_sums(language, made.takings, made.funding)]
    if made.accounts:
        parts += ["", *(_part(language, part) for part in made.accounts)]
    if made.best is not None:
        key = "report.best" if made.best.realised >= 0 or made.worst is None else "report.best.lost"
        parts += ["", reader.say(key, leg=_leg(reader, made, made.best), best=made.best)]
    if made.worst is not None:
        key = "report.worst" if made.worst.realised <= 0 else "report.worst.won"
        parts.append(reader.say(key, leg=_leg(reader, made, made.worst), worst=made.worst))
    parts += [*_worth(reader, made), *_guards(reader, made)]
    # Rounded down: whoever reads 100 % need not ask what was missed.
    uptime = made.uptime.quantize(Decimal("0.001"), ROUND_DOWN)
    key, since = ("report.end", "") if made.watched_since is None else ("report.end.since", when(made.watched_since))
    end = reader.say(key, takings=made.takings, failures=int(made.failures), uptime=uptime, since=since)
    parts += ["", end, *_paused(language, made)]
    buttons = _report_buttons(language, asked) if asked is not None else ()
    return Message(Html("\n".join(parts)), buttons, _picture(reader, made.days))


def pnl(
    reader: Reader,
    days: Sequence[DayTakings],
    accounts: Mapping[str, Takings | None] | None = None,
    *,
    begins: dt.datetime | None = None,
) -> Message:
    """Show what was realised on each of these days, at least one, and in all of them; ``accounts`` are the parts of it.

    ``begins`` is when the records begin.
    """
    language, count = reader.language, len(days)
    begin = dt.datetime.combine(days[0].day, dt.time(), reader.zone)
    span = _of_zone(reader, _dates(language, "week", days[0].day, days[-1].day), reader.zone, begin)
    busy = [day for day in days if day.orders]
    parts: list[str] = [reader.say("pnl.head", days=count, date=span), ""]
    parts += _sums(language, total(days), None, with_funding=False)
    if accounts and busy:
        parts += [
            "",
            *(_part(language, AccountTakings(account=name, **dict(of or Takings()))) for name, of in accounts.items()),
        ]
    if busy:
        parts += ["", *_extreme_days(reader, busy)]
        parts += ["", reader.say("pnl.end", orders=total(days).orders, busy=len(busy), days=count)]
    if begins is not None and (first := begins.astimezone(reader.zone).date()) > days[0].day:
        parts.append(reader.say("pnl.since", date=_date(language, first)))
    spans = tuple(
        Button(_marked(language, reader.plain("button.pnl.days", days=number), number == count), f"rp:=pnl{number}")
        for number in PNL_DAYS
    )
    table = (Button(reader.plain("button.export"), f"rp:csv{count}"),)
    return Message(Html("\n".join(parts)), (spans, table), _picture(reader, tuple(days)))


def _extreme_days(reader: Reader, busy: Sequence[DayTakings]) -> list[Html]:
    """Name the days with most and least, as what they are: the best of days that all lost is no best day."""
    best, worst = max(busy, key=_net), min(busy, key=_net)

    def row(key: str, day: DayTakings) -> Html:
        return reader.say(key, date=_date(reader.language, day.day), realised=_after_fees(day))

    if best.day == worst.day:
        return [row("pnl.only", best)] if len(busy) == 1 else []
    return [
        row("pnl.best" if _net(best) >= 0 else "pnl.best.lost", best),
        row("pnl.worst" if _net(worst) <= 0 else "pnl.worst.won", worst),
    ]


def _net(day: DayTakings) -> Decimal:
    return day.realised - day.fees


def span_words(language: Language, first: dt.date, last: dt.date) -> str:
    """Write the first and the last day of a span.

    >>> span_words("zh", dt.date(2026, 11, 16), dt.date(2026, 11, 22))
    '2026年11月16日至22日'
    """
    if first == last:
        return _date(language, first)
    return str(format_interval(first, last, "yMMMd", locale=language))


def _sums(language: Language, takings: Takings, funding: Decimal | None, *, with_funding: bool = True) -> list[str]:
    """Return the sums in rows, the numbers one below the other; they add up to the last one."""
    if not takings.orders and not funding:
        return [say(language, "report.nothing")]
    # Most accounts have neither of the last two.
    more = tuple(rule for rule in ("guard", "upkeep") if getattr(takings, rule))
    rules = ("tier", "hedge", "hand", *more)
    rows = [(getattr(takings, rule), plain(language, f"report.row.{rule}")) for rule in rules]
    rows.append((-takings.fees, plain(language, "report.row.fees")))
    if with_funding:
        rows.append((funding, plain(language, "report.row.funding" if funding is not None else "report.row.funding.unknown")))
    net = takings.realised - takings.fees + (funding or 0)
    numbers = [money(number, signed=True) if number is not None else "–" for number, _ in rows]
    numbers.append(money(net, signed=True))
    width = max(map(len, numbers))
    labels: list[str] = [*(label for _, label in rows), say(language, "report.row.net")]
    table = [
        say(language, "report.row", number=number.rjust(width), what=label)
        for number, label in zip(numbers, labels, strict=True)
    ]
    head = say(language, "report.realised", realised=takings.realised)
    presumed = [say(language, "report.presumed", count=takings.presumed)] if takings.presumed else []
    return [head, *table, *presumed]


def _part(language: Language, part: AccountTakings) -> Html:
    """Show in one line what an account's part of a sum is."""
    row = say(language, "accounts.report.row", part=part, net=part.realised - part.fees)
    if part.equity is None:
        return row
    change = ""
    if part.equity_before is not None:
        change = plain(language, "accounts.report.change", change=part.equity - part.equity_before)
    return Html(f"{row}{say(language, 'accounts.report.equity', equity=part.equity, change=change)}")


def _worth(reader: Reader, made: Report) -> list[Html]:
    """Write what tiers and hedges were worth against nothing sold, and which legs are not in it."""
    worth = made.worth
    if worth is None:
        return []
    rows = [Html(""), reader.say("report.worth", worth=worth, net=worth.tier + worth.hedge)]
    return [*rows, reader.say("report.worth.unknown", count=worth.unknown)] if worth.unknown else rows


def _guards(reader: Reader, made: Report) -> list[Html]:
    """Write what each guard did, and what it cost or saved against holding until now; the total where there are several."""
    acts = made.guard_acts
    if not acts:
        return []
    known = [act.forgone for act in acts if act.legs]
    total = Html("")
    if len(known) > 1:
        total = reader.say("report.guards.total", came=_came(reader, _sum_of(known)))
    rows = [row for act in acts for row in _act(reader, made, act)]
    more = len(rows) - MOST_ACTS
    rest = [reader.say("report.guards.more", more=more)] if more > 0 else []
    return [Html(""), reader.say("report.guards.head", total=total), *rows[:MOST_ACTS], *rest]


def _act(reader: Reader, made: Report, act: GuardAct) -> list[Html]:
    if act.rule != "drawdown":
        return [_guarded(reader, made, act, leg) for leg in act.legs]
    what = reader.plain("what.drawdown")
    if made.accounts:
        what = reader.plain("guards.drawdown.of", account=act.account, what=what)
    key = "report.guards.fired.pause"
    if act.legs:
        key = "report.guards.fired.base" if act.action == "base" else "report.guards.fired"
    came = _came(reader, act.forgone)
    row = reader.say(key, what=what, fall=act.fall, legs=len(act.legs), came=came)
    if not act.held_back:
        return [row]
    counted: Counter[str] = Counter()
    for rule, count in act.held_back.items():
        counted[SOURCES.get(rule, rule)] += count
    held = [reader.plain(f"report.guards.held.{source}", count=count) for source, count in counted.items()]
    return [Html(f"{row}{reader.say('report.guards.held', what=names(held))}")]


def _guarded(reader: Reader, made: Report, act: GuardAct, leg: GuardedLeg) -> Html:
    key = "report.guards.leg" if leg.ended_at is None else "report.guards.leg.ended"
    name = leg_name(reader.language, leg.leg)
    name = f"{act.account} {name}" if made.accounts else name
    return reader.say(key, leg=name, what=reader.plain(f"what.{act.rule}"), row=leg, came=_came(reader, leg.forgone))


def _came(reader: Reader, forgone: Decimal | None) -> Html:
    """Say what a guard has cost or saved; below a cent nobody asks."""
    if forgone is None:
        return reader.say("report.guards.unknown")
    if abs(forgone) < CENT:
        return reader.say("report.guards.even")
    return reader.say("report.guards.cost" if forgone > 0 else "report.guards.saved", amount=abs(forgone))


def _sum_of(numbers: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in numbers if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(numbers) else None


def _paused(language: Language, made: Report) -> list[Html]:
    """Write what is paused, by whom and since when."""
    named = [row(language, one.pause, one.account if made.accounts else "") for one in made.paused]
    rows = [say(language, "report.paused", row=each) for each in named[:MOST_NAMED]]
    more = len(named) - MOST_NAMED
    return [*rows, say(language, "report.paused.more", more=more)] if more > 0 else rows


def _leg(reader: Reader, made: Report, of: LegTakings) -> str:
    """Name a leg, with its account where there are several."""
    name = leg_name(reader.language, of.leg)
    return f"{of.account} {name}" if made.accounts else name


def _head(language: Language, title: str, made: Report) -> Html:
    """Return the answer to how it was: the net, of what, and how the equity changed."""
    takings, funding = made.takings, made.funding
    if takings.orders:
        net = plain(language, "report.net.whole", net=takings.realised - takings.fees + (funding or 0))
        more = [plain(language, "report.after.fees" if funding is None else "report.after.all")]
    else:
        net = plain(language, "report.net.none")
        more = [plain(language, "report.only.funding", funding=funding)] if funding else []
    more += [plain(language, "report.tiers", count=takings.tiers)] if takings.tiers else []
    more += [plain(language, "report.hedges", count=takings.hedges)] if takings.hedges else []
    # One firing closes many legs, or none. In reports of before that was counted there are only the closes.
    guards = len(made.guard_acts) or takings.guards
    more += [plain(language, "report.guards", count=guards)] if guards else []
    if made.equity is not None and made.equity_before:
        change = made.equity - made.equity_before
        key = "report.change" if change else "report.change.none"
        more.append(plain(language, key, change=change, percent=change / abs(made.equity_before)))
    return say(language, "report.head", title=title, net=net, more="".join(more))


def _equity(language: Language, made: Report, date: str) -> Html:
    if made.equity is None:
        return say(language, "report.date.unseen", date=date)
    if made.watched_since is None or not made.equity_before:
        return say(language, "report.date", date=date, equity=made.equity)
    return say(language, "report.date.since", date=date, equity=made.equity, since=when(made.watched_since))


def _report_buttons(language: Language, shown: ReportRequest) -> tuple[tuple[Button, ...], ...]:
    rows = []
    for last in (False, True):
        row = []
        for period in PERIODS:
            asked = ReportRequest(period, last)
            label = plain(language, f"button.report.{period}.last" if last else f"button.report.{period}")
            row.append(Button(_marked(language, label, asked == shown), f"rp:={asked.data}"))
        rows.append(tuple(row))
    more = (
        Button(plain(language, "button.pnl", days=30), "rp:pnl30"),
        Button(plain(language, "button.export"), "rp:csv30"),
    )
    return (*rows, more)


def _marked(language: Language, label: str, shown: bool) -> str:
    return plain(language, "button.report.shown", label=label) if shown else label


def _picture(reader: Reader, days: tuple[DayTakings, ...]) -> TakingsChart | None:
    """Draw the days, unless there is nothing on any of them."""
    title = reader.plain("pnl.title", days=len(days))
    return TakingsChart(title, days, reader.look) if any(day.orders for day in days) else None


def _dates(language: Language, period: Period, first: dt.date, last: dt.date) -> str:
    if period == "day":
        return str(format_skeleton("yMMMEd", first, locale=language))
    if period == "month":
        return str(format_skeleton("yMMMM", first, locale=language))
    return span_words(language, first, last)


def _of_zone(reader: Reader, dates: str, zone: dt.tzinfo, begin: dt.datetime) -> str:
    """Write of which zone days are, where the reader's own begin at another moment."""
    if begin.astimezone(zone).utcoffset() == begin.astimezone(reader.clock_zone).utcoffset():
        return dates
    return reader.plain("report.of_zone", dates=dates, zone=zone)


def _date(language: Language, day: dt.date) -> str:
    return str(format_skeleton("yMMMd", day, locale=language))


def _after_fees(day: DayTakings) -> str:
    return money(_net(day), signed=True)


def _zone(reader: Reader, name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        # Another machine may know other zones.
        return reader.zone
