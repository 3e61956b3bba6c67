"""The panel as a message: how things stand on one screen, and how old that is. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal

from tgtp.chat.commands.overview.account_view_model import is_old
from tgtp.chat.commands.overview.today_totals import SoFar
from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.numbers import age, brief, money, names, percent, side, when
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import none_readable, unguarded_now
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.hedge import pairs
from tgtp.domain.model import Leg, MarginMode, Snapshot
from tgtp.domain.plan import ALL, Note, hedge_plan, ladder_plan

NEAREST = 3
LOSERS = 3
CELLS = 8
LONGEST_COIN = 20
# The words of the hedge rule for a losing leg that should be smaller than it is.
ABOVE_BASE = ("due", "paused", "forbidden", "backing_off")


def panel(reader: Reader, outlook: leg_state.Outlook, old: float, today: SoFar | None) -> Message:
    """Show how things stand; ``old`` is the age of the snapshot in seconds, ``today`` None where it could not be read."""
    language, snapshot = reader.language, outlook.snapshot
    blind = outlook.failed > 0 or is_old(old, reader.interval)
    parts = [_old(language, outlook, old)] if blind else []
    paused = outlook.situation.paused
    if not blind or ALL in paused:
        exchange = reader.plain(f"exchange.{outlook.exchange}")
        parts.append(reader.say("panel.head", state=leg_state.state(language, outlook), exchange=exchange))
    parts += unguarded_now(language, snapshot, outlook.account_mode)
    parts += money_rows(language, snapshot.equity, today)
    parts.append(legs_row(language, [snapshot]))
    parts += nearest(reader, [("", outlook)])
    parts += losers(language, [("", outlook)])
    if not blind:
        parts.append(reader.say("panel.seen", when=ago(snapshot.taken_at)))
    return Message(Html("\n".join(parts)), switches(language, paused))


def unseen(reader: Reader, paused: Collection[str], tried_at: dt.datetime | None, why: object) -> Message:
    """Show that nothing was seen yet; ``tried_at`` is when the last check began, None before the first has ended."""
    language = reader.language
    text = reader.say("panel.starting")
    if tried_at is not None:
        tried = {"when": ago(tried_at), "why": problem(language, why)}
        text = reader.say("panel.unseen", interval=reader.interval, **tried)
    return Message(text, switches(language, paused))


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


def _old(language: Language, outlook: leg_state.Outlook, old: float) -> Html:
    when_ = ago(outlook.snapshot.taken_at)
    return say(language, "panel.old", age=age(language, old), when=when_, why=why_old(language, outlook))


def why_old(language: Language, outlook: leg_state.Outlook) -> str:
    """Say why there is no newer data."""
    if not outlook.failed:
        return plain(language, "panel.old.hanging")
    return plain(language, "panel.old.failed", failed=outlook.failed, why=problem(language, outlook.failure))


def money_rows(language: Language, equity: Decimal | None, today: SoFar | None) -> list[Html]:
    """Show the equity (USD) and what today has brought."""
    rows = []
    before = today.equity_before if today is not None else None
    if equity is not None and before:
        change = equity - before
        values = {"change": money(change, signed=True), "percent": percent(change / before, signed=True)}
        rows.append(say(language, "panel.equity.today", equity=money(equity), **values))
    else:
        shown = f"{money(equity)} U" if equity is not None else plain(language, "unknown")
        rows.append(say(language, "panel.equity", equity=shown))
    if today is not None:
        realised = today.takings.realised - today.takings.fees
        orders = today.takings.orders
        rows.append(say(language, "panel.realised", realised=money(realised, signed=True), orders=orders))
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


def nearest(reader: Reader, of: Sequence[tuple[str, leg_state.Outlook]]) -> list[Html]:
    """Show the legs that are nearest to their next tier, in accounts by name; without a name where there is but one."""
    language = reader.language
    climbing = [
        (note.tier.threshold - note.leg.roi, account, note, note.tier)
        for account, outlook in of
        for note in ladder_plan(outlook.snapshot, outlook.situation).notes
        if note.tier is not None
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
    """Give the panel's buttons."""
    found = []
    if ALL not in paused:
        found.append(Button(plain(language, "panel.button.pause"), "pa:", "danger"))
    if paused:
        found.append(Button(plain(language, "panel.button.resume"), "pb:", "success"))
    views_ = (
        Button(plain(language, "panel.button.positions"), "pc:"),
        Button(plain(language, "panel.button.pairs"), "pp:"),
        Button(plain(language, "panel.button.report"), "rp:day"),
    )
    return (tuple(found), views_)
