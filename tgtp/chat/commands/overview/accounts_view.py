"""The list of /accounts. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from tgtp.chat.commands.overview.panel_view import TROUBLE, dot_of, fired_guard, pauses_of
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import age
from tgtp.chat.messages.keyboard import grid
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.state.account_overview import AccountOverview
from tgtp.chat.texts import Html, Language, plain
from tgtp.chat.texts.formats.numbers import money, percent
from tgtp.domain.plan import ALL
from tgtp.domain.sizing import entry_margin

PER_ROW = 4


def accounts(reader: Reader, seen: Sequence[AccountOverview], exchange: str, now: dt.datetime) -> Message:
    """List the accounts, one line of numbers each; a button leads to the status of each."""
    language = reader.language
    rows: list[Html] = [reader.say("accounts.title", exchange=reader.plain(f"exchange.{exchange}")), Html("")]
    for one in seen:
        state = one.state(reader.interval)
        fired = fired_guard(language, one, seen)
        values = {
            "dot": TROUBLE if fired else dot_of(state),
            "account": one.account,
            "state": _state(language, one, state),
            "age": age(language, (now - one.tried_at).total_seconds()) if one.tried_at is not None else "",
        }
        key = "accounts.row" if one.outlook is not None else "accounts.row.unseen"
        rows.append(reader.say("accounts.row.never" if one.tried_at is None else key, **values, **_sums([one])))
        rows += fired
    rows += pauses_of(language, seen)
    if len(seen) > 1:
        rows += [Html(""), reader.say("accounts.sum", **_sums(seen))]
        rows.append(reader.say("accounts.how", account=seen[-1].account))
    buttons = [Button(one.account, f"@{one.account}:st:1:{ALL}") for one in seen]
    return Message(
        Html("\n".join(rows)),
        (*grid(buttons, PER_ROW), (Button(reader.plain("button.refresh"), "ac:"),)),
    )


def _state(language: Language, one: AccountOverview, state: str) -> str:
    why = problem(language, one.why) if one.why else plain(language, "panel.old.hanging")
    legs = one.blind
    return plain(language, f"accounts.state.{state}", count=len(one.paused), why=why, legs=legs)


def _sums(seen: Sequence[AccountOverview]) -> dict[str, str | int]:
    """Return legs, margin used, and the ROI of all together: what is unrealised on the sum of the entry margins.

    Legs that cannot be read are counted, and have no numbers.
    """
    legs = [leg for one in seen for leg in one.legs]
    entry = sum((entry_margin(leg) for leg in legs), Decimal(0))
    unrealised = sum((leg.unrealised_pnl for leg in legs), Decimal(0))
    used = sum((leg.initial_margin for leg in legs), Decimal(0))
    count = len(legs) + sum(one.blind for one in seen)
    return {"legs": count, "margin": money(used), "roi": percent(unrealised / entry, signed=True) if entry else "–"}
