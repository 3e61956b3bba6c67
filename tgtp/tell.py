"""Tells people something while the program does not run: that it could not start, or what a supervisor wants to say."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TextIO

from tgtp.adapters.storage.told_lately import mark, places, unmark
from tgtp.chat.bot.one_call import call_once
from tgtp.chat.console.redaction import Redaction
from tgtp.chat.texts import plain
from tgtp.errors import SettingsInvalid
from tgtp.settings.contact import Contact, read_contact
from tgtp.settings.network import hand_to_requests

# Seconds: for all that is tried, for Telegram before the second way is, and for one step of a call.
PATIENCE = 10.0
TELEGRAM_PATIENCE = 5.0
CALL_PATIENCE = 4.0
# Telegram takes 4096 characters.
LONGEST = 3500


def tell_refusal(why: str, *, is_second: bool = False) -> None:
    """Tell people that the program could not start; once an hour for the same reason. Ends within ten seconds.

    ``is_second``: another one is at work on the same folder, so that its legs are guarded all the same.
    """
    contact = read_contact()
    if (contact.token and contact.owners) or contact.addresses:
        _tell(
            contact,
            plain(contact.language, "refusal.second" if is_second else "refusal", host=platform.node() or "?", why=why),
            sys.stderr,
        )


def tell_by_hand(text: str) -> int:
    """Tell people a text; return the exit code: 0 when somebody has it, or had it within the hour."""
    return 0 if _tell(read_contact(), text, sys.stdout) else 1


def _tell(contact: Contact, text: str, console: TextIO) -> bool:
    """Tell by Telegram, else by the second way, and say on the console what has become of it."""
    # A folder's name may hold bytes that are no text, which nobody takes.
    text = text.encode("utf-8", "backslashreplace").decode()
    text = Redaction(contact.secrets).strike(text)[:LONGEST]

    def say(key: str, **values: object) -> None:
        print(plain(contact.language, key, **values), file=console)

    if not (contact.token and contact.owners) and not contact.addresses:
        say("tell.nobody")
        return False
    try:
        # Noted before it goes out: a crash in between silences one message, rather than sending it at every start.
        note = mark(text, places(contact.data_dir))
    except OSError as exc:
        say("tell.no_memory", why=exc.strerror or exc)
        return False
    if note is None:
        say("tell.lately")
        return True
    found = _by_telegram(contact, text)
    if found:
        say("tell.done", by="Telegram")
        return True
    # One that hangs may have taken it: noted still, it is not sent again at once.
    unclear = found is None
    found = _by_addresses(contact, text)
    if found:
        say("tell.done", by="ALERT_URLS")
        return True
    say("tell.failed")
    if not unclear and found is False:
        unmark(note)
    return False


def _by_telegram(contact: Contact, text: str) -> bool | None:
    """Send to every owner: True when somebody has taken it, False when surely nobody has, else None."""

    def send(owner: int) -> bool | None:
        request = {"chat_id": owner, "text": text, "link_preview_options": {"is_disabled": True}}
        called = call_once(contact, "sendMessage", request, CALL_PATIENCE)
        return called.ok or (None if called.is_unclear else False)

    owners = sorted(contact.owners) if contact.token else []
    return _side_by_side([partial(send, owner) for owner in owners], TELEGRAM_PATIENCE)


def _by_addresses(contact: Contact, text: str) -> bool | None:
    """Send to every address of the second way that makes sense."""
    if not contact.addresses:
        return False
    hand_to_requests(contact.proxies)
    # Imported here: it costs 40 MB.
    from tgtp.adapters.apprise_alerts import AppriseFallback  # noqa: PLC0415

    def send(address: str) -> bool | None:
        try:
            fallback = AppriseFallback([address], Redaction(contact.secrets).strike)
        except SettingsInvalid:
            # That may be the very reason of the refusal; the other addresses are none the worse for it.
            return False
        return asyncio.run(fallback.heard(text))

    return _side_by_side([partial(send, address) for address in contact.addresses], PATIENCE - TELEGRAM_PATIENCE)


def _side_by_side(jobs: Sequence[Callable[[], bool | None]], patience: float) -> bool | None:
    """Do jobs in threads that nobody waits for longer than so many seconds: True when one says so, False when all do."""
    done: queue.Queue[bool | None] = queue.Queue()
    for job in jobs:
        # Nor does the end of the program: a name that resolves for half a minute must not hold it up.
        threading.Thread(target=lambda job=job: done.put(job()), name="tell", daemon=True).start()
    found: list[bool | None] = []
    end = time.monotonic() + patience
    with contextlib.suppress(queue.Empty):
        while len(found) < len(jobs):
            found.append(done.get(timeout=max(0.0, end - time.monotonic())))
    if any(found):
        return True
    return False if found.count(False) == len(jobs) else None
