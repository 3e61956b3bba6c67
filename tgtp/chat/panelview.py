"""The panel as a message: how things stand on one screen, and how old that is. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from tgtp.chat import views
from tgtp.chat.figures import age, brief, money, names, percent, side, when
from tgtp.chat.lines import Setting
from tgtp.chat.message import Button, Message
from tgtp.chat.problems import problem
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.chat.today import SoFar
from tgtp.domain.hedge import pairs
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.plan import ALL, Note, hedge_plan, ladder_plan

# Seconds after which data is called old, and as many checks where those are rarer.
OLD_AFTER = 30
OLD_AFTER_CHECKS = 2
NEAREST = 3
LOSERS = 3
CELLS = 8
LONGEST_COIN = 20
# The words of the hedge rule for a losing leg that should be smaller than it is.
ABOVE_BASE = ("due", "paused", "forbidden", "backing_off")


def panel(setting: Setting, outlook: views.Outlook, old: float, today: SoFar | None) -> Message:
    """Show how things stand; ``old`` is the age of the snapshot in seconds, ``today`` None where it could not be read."""
    language, snapshot = setting.language, outlook.snapshot
    blind = outlook.failed > 0 or old > max(OLD_AFTER, OLD_AFTER_CHECKS * setting.interval)
    parts = [_old(language, outlook, old)] if blind else []
    paused = outlook.situation.paused
    if not blind or ALL in paused:
        exchange = plain(language, f"exchange.{outlook.exchange}")
        parts.append(say(language, "panel.head", state=views.state(language, outlook), exchange=exchange))
    parts += _money(language, outlook, today)
    legs = snapshot.legs
    if legs:
        won, lost = sum(leg.roi > 0 for leg in legs), sum(leg.roi < 0 for leg in legs)
        unrealised = sum((leg.unrealised_pnl for leg in legs), Decimal(0))
        pnl = money(unrealised, signed=True)
        parts.append(say(language, "panel.legs", legs=len(legs), won=won, lost=lost, pnl=pnl))
    else:
        parts.append(say(language, "no.legs"))
    parts += _nearest(setting, outlook)
    parts += _losers(language, outlook)
    if not blind:
        parts.append(say(language, "panel.seen", when=_ago(snapshot.taken_at)))
    return Message(Html("\n".join(parts)), _buttons(language, paused))


def unseen(setting: Setting, paused: Collection[str], tried_at: dt.datetime | None, why: object) -> Message:
    """Show that nothing was seen yet; ``tried_at`` is when the last check began, None before the first has ended."""
    language = setting.language
    text = say(language, "panel.starting")
    if tried_at is not None:
        tried = {"when": _ago(tried_at), "why": problem(language, why)}
        text = say(language, "panel.unseen", interval=setting.interval, **tried)
    return Message(text, _buttons(language, paused))


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


def _ago(moment: dt.datetime) -> Html:
    """Write a moment so that Telegram shows how long ago it was, and counts on by itself."""
    utc = moment.astimezone(dt.UTC)
    return Html(f'<tg-time unix="{int(utc.timestamp())}" format="r">{utc:%H:%M:%S} UTC</tg-time>')


def _old(language: Language, outlook: views.Outlook, old: float) -> Html:
    why = plain(language, "panel.old.hanging")
    if outlook.failed:
        why = plain(language, "panel.old.failed", failed=outlook.failed, why=problem(language, outlook.failure))
    return say(language, "panel.old", age=age(language, old), when=_ago(outlook.snapshot.taken_at), why=why)


def _money(language: Language, outlook: views.Outlook, today: SoFar | None) -> list[Html]:
    rows, equity = [], outlook.snapshot.equity
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


def _nearest(setting: Setting, outlook: views.Outlook) -> list[Html]:
    language = setting.language
    climbing = [
        (note.tier.threshold - note.leg.roi, note, note.tier)
        for note in ladder_plan(outlook.snapshot, outlook.situation).notes
        if note.tier is not None
    ]
    climbing.sort(key=lambda row: (row[0], str(row[1].leg.key)))
    rows = []
    for _, note, tier in climbing[:NEAREST]:
        row = say(
            language,
            "panel.tier",
            bar=bar(note.leg.roi, tier.threshold),
            roi=percent(note.leg.roi, signed=True),
            threshold=percent(tier.threshold),
            why="" if note.why == "waiting" else f" · {views.explain(setting, note)}",
            **_names(language, note.leg),
        )
        rows.append(row)
    return [Html(f"\n{say(language, 'panel.nearest')}"), *rows, Html("")] if rows else []


def _losers(language: Language, outlook: views.Outlook) -> list[Html]:
    above = [note for note in hedge_plan(outlook.snapshot, outlook.situation).notes if note.why in ABOVE_BASE]
    if above:
        above.sort(key=lambda note: note.leg.roi)
        return [say(language, "panel.losers", names=names([_loser(language, note) for note in above], LOSERS))]
    count = len(pairs(outlook.snapshot.legs))
    return [say(language, "panel.losers.none", pairs=count)] if count else []


def _loser(language: Language, note: Note) -> str:
    why = plain(language, f"panel.loser.{note.why}")
    return plain(language, "panel.loser", roi=percent(note.leg.roi, signed=True), why=why, **_names(language, note.leg))


def _names(language: Language, leg: Leg) -> dict[str, str]:
    isolated = leg.margin_mode is MarginMode.ISOLATED
    return {
        "coin": brief(leg.instrument.coin, LONGEST_COIN),
        "side": side(language, leg.position_side),
        "mode": f" {plain(language, 'mode.isolated')}" if isolated else "",
    }


def _buttons(language: Language, paused: Collection[str]) -> tuple[tuple[Button, ...], ...]:
    switches = []
    if ALL not in paused:
        switches.append(Button(plain(language, "panel.button.pause"), "pa:", "danger"))
    if paused:
        switches.append(Button(plain(language, "panel.button.resume"), "pb:", "success"))
    views_ = (
        Button(plain(language, "panel.button.positions"), "pc:"),
        Button(plain(language, "panel.button.pairs"), "pp:"),
        Button(plain(language, "panel.button.report"), "rp:day"),
    )
    return (tuple(switches), views_)
