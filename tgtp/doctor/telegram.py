"""Telegram and the other ways to people: what is read of them, and what is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tgtp.chat.bot.one_call import Called, call_once
from tgtp.doctor.finding import Finding, attention, good, stop
from tgtp.errors import Problem
from tgtp.settings.contact import Contact

# Seconds.
PATIENCE = 5.0


class Phone(NamedTuple):
    """What was read: whose bot it is, and which of the owners it may write to (with why it may not)."""

    me: Called
    owners: Sequence[tuple[int, Called]] = ()


def read_phone(contact: Contact) -> Phone | None:
    """Ask Telegram; None where there is no bot to ask for. Nothing is sent to anybody."""
    if not contact.token:
        return None
    me = call_once(contact, "getMe", {}, PATIENCE)
    if not me.ok:
        return Phone(me)
    owners = sorted(contact.owners)
    asked = [call_once(contact, "getChat", {"chat_id": owner}, PATIENCE) for owner in owners]
    return Phone(me, tuple(zip(owners, asked, strict=True)))


def judge_phone(phone: Phone) -> list[Finding]:
    """Return how it stands."""
    if not phone.me.ok:
        refused = "nauthorized" in phone.me.why or "Not Found" in phone.me.why
        return [attention("token_refused" if refused else "telegram_down", why=phone.me.why)]
    name = phone.me.result.get("username", "?") if isinstance(phone.me.result, dict) else "?"
    found = [good("bot", name=name)]
    if not phone.owners:
        found.append(attention("no_owner"))
    for owner, called in phone.owners:
        found.append(good("owner", id=owner) if called.ok else attention("owner_deaf", id=owner, why=called.why))
    return found


def judge_second_way(addresses: Sequence[str], refusals: Sequence[Problem], *, has_heartbeat: bool) -> list[Finding]:
    """Return how the second way and the heartbeat stand; ``refusals`` are the addresses that apprise does not take."""
    found = [stop("address_refused", why=why) for why in refusals]
    if not refusals:
        found.append(good("second_way", count=len(addresses)) if addresses else good("second_way_none"))
    return [*found, good("heartbeat" if has_heartbeat else "heartbeat_none")]
