"""Several accounts on one screen: the list of /accounts, and the panel that sums them up. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from tgtp.chat.commands.overview import panel_view
from tgtp.chat.commands.overview.account_view_model import AccountOverview
from tgtp.chat.commands.overview.today_totals import SoFar
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.numbers import age, count_of_legs, money, percent
from tgtp.chat.formatting.pauses import row as pause_row
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import unguarded_now
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.event_totals import total
from tgtp.domain.plan import ALL
from tgtp.domain.report import Takings
from tgtp.domain.sizing import entry_margin

PER_ROW = 4
# Rows of accounts, and accounts whose trouble is told, on a panel that must stay on one screen.
MOST_ROWS = 20
MOST_TROUBLES = 3
DOTS = {"running": "🟢", "some": "🟢", "starting": "⏳", "paused": "⏸"}
TROUBLE = "🔴"


def accounts(reader: Reader, seen: Sequence[AccountOverview], exchange: str, now: dt.datetime) -> Message:
    """List the accounts, one line of numbers each; a button leads to the status of each."""
    language = reader.language
    rows: list[Html] = [reader.say("accounts.title", exchange=reader.plain(f"exchange.{exchange}")), Html("")]
    for one in seen:
        state = one.state(reader.interval)
        values = {
            "dot": DOTS.get(state, TROUBLE),
            "account": one.account,
            "state": _state(language, one, state),
            "age": age(language, (now - one.tried_at).total_seconds()) if one.tried_at is not None else "",
        }
        key = "accounts.row" if one.outlook is not None else "accounts.row.unseen"
        rows.append(reader.say("accounts.row.never" if one.tried_at is None else key, **values, **_sums([one])))
    rows += _pauses(language, seen)
    if len(seen) > 1:
        rows += [Html(""), reader.say("accounts.sum", **_sums(seen))]
        rows.append(reader.say("accounts.how", account=seen[-1].account))
    buttons = [Button(one.account, f"@{one.account}:st:1:{ALL}") for one in seen]
    return Message(
        Html("\n".join(rows)),
        (*grid(buttons, PER_ROW), (Button(reader.plain("button.refresh"), "ac:"),)),
    )


def panel(reader: Reader, seen: Sequence[AccountOverview], exchange: str) -> Message:
    """Show how things stand in all accounts: the sums, a line for each, and what is nearest in any of them."""
    language = reader.language
    states = [one.state(reader.interval) for one in seen]
    parts = [*_troubles(reader, seen), *_pauses(language, seen)]
    running = sum(state in ("running", "some") for state in states)
    dot = TROUBLE if any(state not in DOTS for state in states) else "🟢" if running else DOTS[states[0]]
    name = reader.plain(f"exchange.{exchange}")
    parts.append(reader.say("accounts.panel.head", dot=dot, running=running, count=len(seen), exchange=name))
    parts += panel_view.money_rows(language, _equity(seen), _today(seen))
    parts.append(panel_view.legs_row(language, [one.outlook.snapshot for one in seen if one.outlook is not None]))
    rows = [_row(language, one, DOTS.get(state, TROUBLE)) for one, state in zip(seen, states, strict=True)]
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [reader.say("accounts.panel.more", more=len(rows) - MOST_ROWS)]
    parts += [Html(""), *rows]
    shown = [(one.account, one.outlook) for one in seen if one.outlook is not None]
    parts += panel_view.nearest(reader, shown)
    parts += panel_view.losers(language, shown)
    if shown:
        oldest = min(outlook.snapshot.taken_at for _, outlook in shown)
        parts.append(reader.say("accounts.panel.seen", when=panel_view.ago(oldest)))
    return Message(Html("\n".join(parts)), panel_view.switches(language, _paused(seen)))


def _troubles(reader: Reader, seen: Sequence[AccountOverview]) -> list[Html]:
    language, rows = reader.language, []
    for one in seen:
        if one.outlook is None and one.tried_at is not None:
            tried = {"when": panel_view.ago(one.tried_at), "why": problem(language, one.why)}
            rows.append(reader.say("accounts.panel.unseen", account=one.account, **tried))
        elif one.outlook is not None and one.is_blind(reader.interval):
            when, why = panel_view.ago(one.outlook.snapshot.taken_at), panel_view.why_old(language, one.outlook)
            old = age(language, one.old)
            rows.append(reader.say("accounts.panel.old", account=one.account, age=old, when=when, why=why))
        if one.outlook is not None:
            lines = unguarded_now(language, one.outlook.snapshot, one.outlook.account_mode)
            rows += [reader.say("accounts.unguarded", account=one.account, line=line) for line in lines]
    if len(rows) > MOST_TROUBLES:
        rows[MOST_TROUBLES:] = [reader.say("accounts.panel.more", more=len(rows) - MOST_TROUBLES)]
    return rows


def _pauses(language: Language, seen: Sequence[AccountOverview]) -> list[Html]:
    """Say who paused which account, and since when."""
    standing = ((one.account, one.outlook.pauses.strictest) for one in seen if one.outlook is not None)
    rows = [pause_row(language, pause, account) for account, pause in standing if pause is not None]
    shown = [say(language, "accounts.panel.paused", row=row) for row in rows]
    if len(shown) > MOST_TROUBLES:
        shown[MOST_TROUBLES:] = [say(language, "accounts.panel.more", more=len(shown) - MOST_TROUBLES)]
    return shown


def _state(language: Language, one: AccountOverview, state: str) -> str:
    why = problem(language, one.why) if one.why else plain(language, "panel.old.hanging")
    legs = count_of_legs(language, one.blind)
    return plain(language, f"accounts.state.{state}", count=len(one.paused), why=why, legs=legs)


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


def _sums(seen: Sequence[AccountOverview]) -> dict[str, str | int]:
    """Give legs, margin used, and the ROI of all together: what is unrealised on the sum of the entry margins.

    Legs that cannot be read are counted, and have no numbers.
    """
    legs = [leg for one in seen for leg in one.legs]
    entry = sum((entry_margin(leg) for leg in legs), Decimal(0))
    unrealised = sum((leg.unrealised_pnl for leg in legs), Decimal(0))
    used = sum((leg.initial_margin for leg in legs), Decimal(0))
    count = len(legs) + sum(one.blind for one in seen)
    return {"legs": count, "margin": money(used), "roi": percent(unrealised / entry, signed=True) if entry else "–"}


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
    return SoFar(total(takings), before)


def _paused(seen: Sequence[AccountOverview]) -> frozenset[str]:
    """Give what the buttons go by: all is paused where every account is."""
    anything = frozenset().union(*(one.paused for one in seen))
    return anything if all(ALL in one.paused for one in seen) else anything - {ALL} | ({"one"} if ALL in anything else set())
