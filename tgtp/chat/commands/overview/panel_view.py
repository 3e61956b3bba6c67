"""The panel as a message: how things stand on one screen, and how old that is. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import partial

from tgtp.chat.commands.resting.rest_rows import rest_count
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.pause_text import At, row_of_all
from tgtp.chat.formatting.pause_text import row as pause_row
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import is_of_account, stream_row
from tgtp.chat.formatting.unguarded import none_readable, unguarded_now
from tgtp.chat.formatting.values import age, side
from tgtp.chat.messages.account_tags import with_account
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.state.account_overview import AccountOverview
from tgtp.chat.state.today_totals import SoFar, day_begins
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.texts.formats.numbers import brief, money, names, percent, when, when_short
from tgtp.domain.event_totals import total
from tgtp.domain.funding.rates import funding_ahead, next_funding
from tgtp.domain.hedge import pairs
from tgtp.domain.ladder_preview import next_order
from tgtp.domain.model import Leg, MarginMode, Snapshot
from tgtp.domain.pauses import Pauses
from tgtp.domain.plan import ALL, Note, hedge_plan, ladder_plan
from tgtp.domain.report import Takings

NEAREST = 3
# Of the way from 0 to its threshold, from which on a leg is near.
NEAR = Decimal("0.5")
LOSERS = 3
CELLS = 8
# Rows of accounts, and accounts whose trouble is told: all must stay on one screen.
MOST_ROWS = 20
MOST_TROUBLES = 3
DOTS = {"running": "🟢", "some": "🟢", "starting": "⏳", "paused": "⏸"}
TROUBLE = "🔴"
LONGEST_COIN = 20
# The words of the hedge rule for a losing leg that should be smaller than it is.
ABOVE_BASE = ("due", "paused", "forbidden", "backing_off")


def panel(reader: Reader, seen: Sequence[AccountOverview], exchange: str) -> Message:
    """Show how things stand in all accounts, at least one; of several their sums, and what is nearest in any of them."""
    language, several = reader.language, len(seen) > 1
    if not several and seen[0].outlook is None:
        return Message(_unseen(reader, seen[0]), switches(language, seen[0].paused))
    shown = [(one.account if several else "", one.outlook) for one in seen if one.outlook is not None]
    # The strip above the chat shows no more than the beginning.
    at = partial(when_short, now=shown[0][1].now, zone=reader.clock_zone) if shown else when
    parts = _head_of_several(reader, seen, exchange) if several else _head(reader, seen[0], exchange, at)
    begins = day_begins(reader, shown[0][1].now) if shown else ""
    parts += money_rows(language, _equity(seen), _today(seen), at, begins)
    parts.append(legs_row(language, [outlook.snapshot for _, outlook in shown]))
    parts += funding_rows(reader, shown)
    if several:
        parts += [Html(""), *pauses_of(language, seen, at), *_rows(reader, seen)]
    parts += nearest(reader, shown)
    parts += losers(language, shown)
    parts += rest_count(reader, shown)
    if shown and (several or not seen[0].is_blind(reader.interval)):
        oldest = min(outlook.snapshot.taken_at for _, outlook in shown)
        parts.append(reader.say("accounts.panel.seen" if several else "panel.seen", when=ago(oldest)))
    return Message(Html("\n".join(parts)), switches(language, _paused(seen)))


def stopped(language: Language, at: dt.datetime) -> Message:
    """Show that the program has ended; its buttons would do nothing."""
    return Message(say(language, "panel.stopped", when=when(at)))


def bar(roi: Decimal, threshold: Decimal) -> str:
    """Draw how far a ROI has come from 0 to a threshold; full only when it is there.

    >>> bar(Decimal("0.125"), Decimal("0.25")), bar(Decimal("-0.1"), Decimal("0.25")), bar(Decimal("0.2499"), Decimal("0.25"))
    ('▮▮▮▮▯▯▯▯', '▯▯▯▯▯▯▯▯', '▮▮▮▮▮▮▮▯')
    """
    full = min(max(int(CELLS * roi / threshold), 0), CELLS)
    return "▮" * full + "▯" * (CELLS - full)


def ago(moment: dt.datetime) -> Html:
    """Write a moment so that Telegram shows how long ago it was, and counts on by itself."""
    utc = moment.astimezone(dt.UTC)
    return Html(f'<tg-time unix="{int(utc.timestamp())}" format="r">{utc:%H:%M:%S} UTC</tg-time>')


def dot_of(state: str) -> str:
    """Return the sign of an account's state; what is wrong is red."""
    return DOTS.get(state, TROUBLE)


def _head(reader: Reader, one: AccountOverview, exchange: str, at: At) -> list[Html]:
    """Say how the only account is; that it was not seen lately stands before all else."""
    if one.outlook is None:
        return []
    language, outlook, blind = reader.language, one.outlook, one.is_blind(reader.interval)
    when_, why = ago(outlook.snapshot.taken_at), why_old(language, outlook)
    parts = [reader.say("panel.old", age=age(language, one.old), when=when_, why=why)] if blind else []
    if not blind or ALL in one.paused:
        name = reader.plain(f"exchange.{exchange}")
        parts.append(reader.say("panel.head", state=leg_state.state(language, outlook, at), exchange=name))
    return [
        *parts,
        *leg_state.drawdown_rows(language, outlook),
        *stream_row(language, outlook.stream, reader.interval),
        *unguarded_now(language, outlook.snapshot, outlook.account_mode),
    ]


def _unseen(reader: Reader, one: AccountOverview) -> Html:
    """Say that nothing was seen of the only account yet."""
    if one.tried_at is None:
        return reader.say("panel.starting")
    tried = {"when": ago(one.tried_at), "why": problem(reader.language, one.why)}
    return reader.say("panel.unseen", interval=reader.interval, **tried)


def _head_of_several(reader: Reader, seen: Sequence[AccountOverview], exchange: str) -> list[Html]:
    """Say how many of the accounts run; what is wrong in one of them stands before it."""
    states = [one.state(reader.interval) for one in seen]
    running = sum(state in ("running", "some") for state in states)
    dot = TROUBLE if any(state not in DOTS for state in states) else "🟢" if running else DOTS[states[0]]
    name = reader.plain(f"exchange.{exchange}")
    head = reader.say("accounts.panel.head", dot=dot, running=running, count=len(seen), exchange=name)
    return [*_troubles(reader, seen), head]


def _troubles(reader: Reader, seen: Sequence[AccountOverview]) -> list[Html]:
    language, rows = reader.language, []
    for one in seen:
        if one.outlook is None and one.tried_at is not None:
            tried = {"when": ago(one.tried_at), "why": problem(language, one.why)}
            rows.append(reader.say("accounts.panel.unseen", account=one.account, **tried))
        elif one.outlook is not None and one.is_blind(reader.interval):
            when, why = ago(one.outlook.snapshot.taken_at), why_old(language, one.outlook)
            old = age(language, one.old)
            rows.append(reader.say("accounts.panel.old", account=one.account, age=old, when=when, why=why))
        if one.outlook is not None:
            lines = unguarded_now(language, one.outlook.snapshot, one.outlook.account_mode)
            lines += fired_guard(language, one, seen)
            stream = stream_row(language, one.outlook.stream, reader.interval)
            if is_of_account(one.outlook.stream):
                lines += stream
            else:
                rows += stream
            rows += [reader.say("accounts.unguarded", account=one.account, line=line) for line in lines]
    if len(rows) > MOST_TROUBLES:
        rows[MOST_TROUBLES:] = [reader.say("accounts.panel.more", more=len(rows) - MOST_TROUBLES)]
    return rows


def fired_guard(language: Language, one: AccountOverview, seen: Sequence[AccountOverview]) -> list[Html]:
    """Say of one of these accounts that its drawdown guard has acted, and what to do; nothing while it has not."""
    if one.outlook is None or not one.outlook.drawdown.is_red:
        return []
    accounts = [other.account for other in seen]
    return [Html(with_account(row, one.account, accounts)) for row in leg_state.drawdown_rows(language, one.outlook)]


def pauses_of(language: Language, seen: Sequence[AccountOverview], at: At | None = None) -> list[Html]:
    """Write what is paused in which account, by whom and since when; where that is all of it, nothing narrower.

    What one command has paused in all of them stands once.
    """
    standing = [(one.account, one.outlook.pauses if one.outlook is not None else Pauses()) for one in seen]
    shown_of = {account: pauses.ordered[:1] if ALL in pauses.scopes else pauses.ordered for account, pauses in standing}
    first, *others = shown_of.values()
    shared = [pause for pause in first if others and all(any(map(pause.is_same_deed, other)) for other in others)]
    rows = [row_of_all(language, pause, at) for pause in shared]
    rows += [
        pause_row(language, pause, account, at)
        for account, pauses in shown_of.items()
        for pause in pauses
        if not any(map(pause.is_same_deed, shared))
    ]
    shown = [say(language, "panel.paused", row=row) for row in rows]
    if len(shown) > MOST_TROUBLES:
        shown[MOST_TROUBLES:] = [say(language, "accounts.panel.more", more=len(shown) - MOST_TROUBLES)]
    return shown


def _rows(reader: Reader, seen: Sequence[AccountOverview]) -> list[Html]:
    rows = [_row(reader.language, one, dot_of(one.state(reader.interval))) for one in seen]
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [reader.say("accounts.panel.more", more=len(rows) - MOST_ROWS)]
    return rows


def _row(language: Language, one: AccountOverview, dot: str) -> Html:
    equity = one.outlook.snapshot.equity if one.outlook is not None else None
    today = ""
    if equity is not None and one.today is not None and one.today.equity_before is not None:
        change = money(equity - one.today.equity_before, signed=True)
        today = plain(language, "accounts.panel.today", change=change)
    shown = f"{money(equity)} U" if equity is not None else plain(language, "unknown")
    return say(
        language, "accounts.panel.row", dot=dot, account=one.account, legs=len(one.legs) + one.blind, equity=shown, today=today
    )


def _equity(seen: Sequence[AccountOverview]) -> Decimal | None:
    """Add the equities up; None where one is not known."""
    found = Decimal(0)
    for one in seen:
        if one.outlook is None or one.outlook.snapshot.equity is None:
            return None
        found += one.outlook.snapshot.equity
    return found


def _today(seen: Sequence[AccountOverview]) -> SoFar | None:
    takings: list[Takings] = []
    before: Decimal | None = Decimal(0)
    for one in seen:
        if one.today is None:
            return None
        takings.append(one.today.takings)
        begun = one.today.equity_before
        before = before + begun if before is not None and begun is not None else None
    # Where one of them was seen all day, so is the sum.
    since = [one.today.seen_since for one in seen if one.today is not None and one.today.seen_since is not None]
    return SoFar(total(takings), before, min(since) if len(since) == len(seen) else None)


def _paused(seen: Sequence[AccountOverview]) -> frozenset[str]:
    """Return what the buttons go by: all is paused where every account is."""
    anything = frozenset().union(*(one.paused for one in seen))
    return anything if all(ALL in one.paused for one in seen) else anything - {ALL} | ({"one"} if ALL in anything else set())


def why_old(language: Language, outlook: leg_state.Outlook) -> str:
    """Say why there is no newer data."""
    if not outlook.failed:
        return plain(language, "panel.old.hanging")
    return plain(language, "panel.old.failed", failed=outlook.failed, why=problem(language, outlook.failure))


def money_rows(language: Language, equity: Decimal | None, today: SoFar | None, at: At, begins: str = "") -> list[Html]:
    """Show what today has brought, and the equity (USD); ``at`` writes since when that was watched.

    ``begins`` says when that day has begun, once, where it is not the reader's.
    """
    rows = []
    before = today.equity_before if today is not None else None
    if equity is not None and before:
        change = equity - before
        values = {"change": money(change, signed=True), "percent": percent(change / before, signed=True)}
        since = today.seen_since if today is not None else None
        key = "panel.equity.today" if since is None else "panel.equity.since"
        values |= {"begins": begins} if since is None else {"since": at(since)}
        rows.append(say(language, key, equity=money(equity), **values))
        begins = begins if since is not None else ""
    else:
        shown = f"{money(equity)} U" if equity is not None else plain(language, "unknown")
        rows.append(say(language, "panel.equity", equity=shown))
    if today is not None:
        realised = today.takings.realised - today.takings.fees
        orders = today.takings.orders
        rows.append(say(language, "panel.realised", realised=money(realised, signed=True), orders=orders, begins=begins))
    return rows


def legs_row(language: Language, snapshots: Sequence[Snapshot]) -> Html:
    """Count the legs of these looks, one for each account, and what they would realise."""
    legs = [leg for snapshot in snapshots for leg in snapshot.legs]
    if not legs and any(snapshot.has_legs for snapshot in snapshots):
        return say(language, "no.legs.readable")
    if not legs:
        unwatched = next((snapshot for snapshot in snapshots if snapshot.unwatched), None)
        return none_readable(language, unwatched) if unwatched is not None else say(language, "no.legs")
    won, lost = sum(leg.roi > 0 for leg in legs), sum(leg.roi < 0 for leg in legs)
    unrealised = sum((leg.unrealised_pnl for leg in legs), Decimal(0))
    return say(language, "panel.legs", legs=len(legs), won=won, lost=lost, pnl=money(unrealised, signed=True))


def funding_rows(reader: Reader, of: Sequence[tuple[str, leg_state.Outlook]]) -> list[Html]:
    """Add up the next settlement of every leg, in accounts by name as below; nothing where no rate is known."""
    found = [
        (account, next_funding(leg, outlook.funding, outlook.now)) for account, outlook in of for leg in outlook.snapshot.legs
    ]
    ahead = funding_ahead(funding for _, funding in found)
    if ahead is None:
        return []
    language, gate = reader.language, reader.rules.min_margin
    legs = [(outlook, leg) for _, outlook in of for leg in outlook.snapshot.legs]
    missing = [(outlook, leg) for (outlook, leg), (_, funding) in zip(legs, found, strict=True) if funding is None]
    untried = sum(leg.instrument.instrument_id not in outlook.funding_tried for outlook, leg in missing)
    failed = ahead.unknown - untried
    unknown = reader.plain("panel.funding.unknown", count=failed) if failed else ""
    reading = reader.plain("panel.funding.reading", count=untried) if untried else ""
    rows = [reader.say("panel.funding", ahead=ahead, unknown=unknown, reading=reading)]
    slipping = [
        plain(language, "panel.funding.leg", **_names(language, funding.leg, account))
        for account, funding in found
        if funding is not None and funding.slips_under(gate)
    ]
    if slipping:
        rows.append(reader.say("panel.funding.slips", gate=gate, names=names(slipping, LOSERS)))
    return rows


def nearest(reader: Reader, of: Sequence[tuple[str, leg_state.Outlook]]) -> list[Html]:
    """Show the legs that are nearest to their next tier, at least half of the way there.

    In accounts by name; without a name where there is but one.
    """
    language = reader.language
    climbing = [
        (tier.threshold - note.leg.roi, account, note, tier)
        for account, outlook in of
        for note in ladder_plan(outlook.snapshot, outlook.situation).notes
        if note.tier is not None
        and note.leg.roi >= note.tier.threshold * NEAR
        and (tier := next_order(note, outlook.situation.rules).tier) is not None
        and note.leg.roi >= tier.threshold * NEAR
    ]
    climbing.sort(key=lambda row: (row[0], row[1], str(row[2].leg.key)))
    rows = []
    for _, account, note, tier in climbing[:NEAREST]:
        row = reader.say(
            "panel.tier",
            bar=bar(note.leg.roi, tier.threshold),
            roi=percent(note.leg.roi, signed=True),
            threshold=percent(tier.threshold),
            why="" if note.why == "waiting" else f" · {leg_state.explain(reader, note)}",
            **_names(language, note.leg, account),
        )
        rows.append(row)
    return [Html(f"\n{reader.say('panel.nearest')}"), *rows, Html("")] if rows else []


def losers(language: Language, of: Sequence[tuple[str, leg_state.Outlook]]) -> list[Html]:
    """Show the losing legs that the hedge rule would have smaller, in accounts by name as above."""
    above = [
        (account, note)
        for account, outlook in of
        for note in hedge_plan(outlook.snapshot, outlook.situation).notes
        if note.why in ABOVE_BASE
    ]
    if above:
        above.sort(key=lambda row: row[1].leg.roi)
        return [say(language, "panel.losers", names=names([_loser(language, *row) for row in above], LOSERS))]
    count = sum(len(pairs(outlook.snapshot.legs)) for _, outlook in of)
    return [say(language, "panel.losers.none", pairs=count)] if count else []


def _loser(language: Language, account: str, note: Note) -> str:
    why = plain(language, f"panel.loser.{note.why}")
    values = _names(language, note.leg, account)
    return plain(language, "panel.loser", roi=percent(note.leg.roi, signed=True), why=why, **values)


def _names(language: Language, leg: Leg, account: str) -> dict[str, str]:
    isolated = leg.margin_mode is MarginMode.ISOLATED
    coin = brief(leg.instrument.coin, LONGEST_COIN)
    return {
        "coin": f"{account} {coin}" if account else coin,
        "side": side(language, leg.position_side),
        "mode": f" {plain(language, 'mode.isolated')}" if isolated else "",
    }


def switches(language: Language, paused: Collection[str]) -> tuple[tuple[Button, ...], ...]:
    """Return the panel's buttons."""
    found = []
    if ALL not in paused:
        found.append(Button(plain(language, "panel.button.pause"), "pa:", "primary"))
    if paused:
        found.append(Button(plain(language, "panel.button.resume"), "pb:", "success"))
    views_ = (
        Button(plain(language, "panel.button.positions"), "pc:"),
        Button(plain(language, "panel.button.pairs"), "pp:"),
        Button(plain(language, "panel.button.report"), "rp:day"),
    )
    return (tuple(found), views_)
