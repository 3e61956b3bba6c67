"""Answers to /pause and /resume. Pure."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Collection, Sequence
from typing import NamedTuple

from tgtp.chat.commands.pause.parse import PauseWish
from tgtp.chat.formatting.pause_text import rows_of, scope_name, until_text
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html, Names
from tgtp.domain.model import LegKey
from tgtp.domain.pauses import Pause, Pauses, Scope
from tgtp.engine.resting.phase import Lifted


class Standing(NamedTuple):
    """The pauses of an account as they are now, and what of them was ``lifted``; its name is "" where there is but one."""

    account: str
    pauses: Pauses
    lifted: tuple[Pause, ...] = ()


def paused(
    reader: Reader,
    wish: PauseWish,
    now: dt.datetime,
    accounts: Sequence[Standing],
    *,
    done: bool = True,
    of: Names | None = None,
    account: str | None = None,
    held: Collection[LegKey] | None = None,
    lifted: Lifted | None = None,
) -> Html:
    """Write what is paused now, until when, and how it ends; ``done``: it was not before.

    Where there are several, ``of`` names the accounts that it is for, or ``account`` the only one. ``held`` are the legs that
    are open, None where that is not known. ``lifted`` is what has become of the orders that rested at the exchange.
    """
    scope, name = wish.scope, wish.scope.name
    what, when = "one" if of or not scope.is_whole else "account" if account else "all", Html("")
    named = account if what == "account" else _named(reader, scope, of)
    if wish.until is not None:
        key = "accounts.paused.until" if scope.is_whole and of else f"pause.{what}.until"
        when = until_text(reader, wish.until, now)
    elif scope.is_whole and of:
        key = "accounts.paused" if done else "accounts.paused.already"
    else:
        key = f"pause.{what}" if done else "pause.already"
    text = [reader.say(key, name=named, how=_how(reader, scope), until=when, names=of)]
    is_only = all(pause.scope == name for one in accounts for pause in one.pauses.ordered)
    if is_only and (scope.rule or scope.position_side):
        text.append(reader.say("pause.only"))
    if scope.position_side and held is not None and not any(scope.touches(leg) for leg in held):
        text.append(reader.say("pause.not.held"))
    if lifted is not None and lifted.orders:
        text.append(reader.say("pause.resting" if lifted.left else "pause.resting.none", **lifted._asdict()))
    cause = "person" if wish.until is None else "time"
    beside = [
        (one.account, other)
        for one in accounts
        for other in one.pauses.ordered
        if other.reach.includes(scope) and (other.scope, other.cause) != (name, cause)
    ]
    if beside:
        text.append(reader.say("pause.beside", rows=rows_of(reader.language, beside)))
    return Html("\n".join(text))


def resumed(
    reader: Reader, scope: Scope, accounts: Sequence[Standing], *, of: Names | None = None, account: str | None = None
) -> Html:
    """Write what was lifted, and what else people have paused of it; ``of`` and ``account`` as of a pause.

    What is paused for another cause, in just this scope or in any of all, is not said here: it has buttons of its own.
    """
    name = scope.name
    lifted = [(one.account, pause) for one in accounts for pause in one.lifted]
    covering = [(one.account, pause) for one in accounts for pause in one.pauses.ordered if pause.reach.includes(scope)]
    around = [(account, pause) for account, pause in covering if pause.is_lifted_at_once or pause.scope != name]
    within = [(one.account, pause) for one in accounts for pause in one.pauses.within(scope) if pause.is_lifted_at_once]
    text = []
    if lifted and covering:
        text.append(reader.say("resume.but", name=_named(reader, scope, of)))
    elif lifted:
        whole = "accounts.resumed" if of else "resume.account" if account else "resume.all"
        name_ = account if scope.is_whole and account else _named(reader, scope, of)
        text.append(reader.say(whole if scope.is_whole else "resume.one", name=name_, names=of))
    elif not covering:
        key = "accounts.resumed.already" if scope.is_whole and of else "resume.already"
        text.append(reader.say(key, name=_named(reader, scope, of), names=of))
    if [pause for _, pause in lifted if pause.scope != name or pause.cause != "person"]:
        text.append(reader.say("resume.which", rows=rows_of(reader.language, lifted)))
    if around:
        text.append(reader.say("resume.around", rows=rows_of(reader.language, around)))
    if within:
        text.append(reader.say("resume.within", rows=rows_of(reader.language, within)))
    return Html("\n".join(text))


def _named(reader: Reader, scope: Scope, of: Names | None) -> str:
    everywhere = reader.plain("pause.of", account=reader.plain("accounts.all", names=of)) if of else ""
    return everywhere + scope_name(reader.language, scope.name)


def _how(reader: Reader, scope: Scope) -> Html:
    """Write how a pause is ended."""
    if scope.is_whole:
        return Html("/resume")
    return Html(f"<code>/resume {html.escape(scope_name(reader.language, scope.name))}</code>")
