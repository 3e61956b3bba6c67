"""The drill: every way is tried once, what has not arrived is named, and what was never tried is reminded of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.commands.history.drill_commands import NOTE, Channel

SECOND = 22


class Ring:
    """A way besides Telegram; ``takes`` is what becomes of a text."""

    def __init__(self, takes: bool | BaseException | None = True) -> None:
        self.takes = takes
        self.texts: list[str] = []
        self.held: asyncio.Event | None = None

    async def __call__(self, text: str) -> bool | None:
        self.texts.append(text)
        if self.held is not None:
            await self.held.wait()
        if isinstance(self.takes, BaseException):
            raise self.takes
        return self.takes


async def drilled(phone: Phone) -> tuple[str, str]:
    """Send /drill; gives how it begins, and its outcome."""
    before = len(phone.texts())
    await phone.says("/drill")
    await phone.until(lambda: len(phone.texts()) >= before + 2)
    return phone.texts()[before], phone.texts()[-1]


async def test_every_way_is_rung_once_and_each_outcome_named(dial: Dial) -> None:
    ways = {"ALERT_URLS 1 (ntfys://)": Ring(), "ALERT_URLS 2 (schan://)": Ring(False), "HEARTBEAT_URL": Ring(None)}
    phone = await dial(paper_leg(), channels=[Channel(name, ring) for name, ring in ways.items()])
    begins, outcome = await drilled(phone)
    assert all(name in begins for name in ("Telegram", *ways))
    assert "🟢 Telegram: accepted" in outcome
    assert "🟢 ALERT_URLS 1" in outcome
    assert "🔴 ALERT_URLS 2 (schan://): not accepted" in outcome
    assert "⚠️ HEARTBEAT_URL: no answer" in outcome
    assert "Fix what was not accepted" in outcome
    assert [len(ring.texts) for ring in ways.values()] == [1, 1, 1]
    assert all("drill" in ring.texts[0] for ring in ways.values())


async def test_a_way_that_breaks_shows_no_address(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone = await dial(paper_leg(), channels=[Channel("ALERT_URLS 1 (json://)", Ring(OSError("json://s3cret")))])
    _, outcome = await drilled(phone)
    assert "🔴 ALERT_URLS 1" in outcome
    assert "s3cret" not in outcome + caplog.text


async def test_every_owner_hears_and_one_who_does_not_is_named(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(ME, SECOND))
    # Nobody who has never written to the bot can be written to.
    _, outcome = await drilled(phone)
    assert f"🟢 Telegram {ME}" in outcome
    assert f"🔴 Telegram {SECOND}" in outcome
    phone.tg.user_text("hello", user_id=SECOND)
    _, outcome = await drilled(phone)
    assert f"🟢 Telegram {SECOND}" in outcome
    theirs = [post["text"] for post in phone.wire.posts.values() if post["chat"]["id"] == SECOND]
    assert any("This is a drill" in text for text in theirs)


async def test_health_reminds_of_what_was_never_tried_or_did_not_arrive(dial: Dial, tmp_path: Path) -> None:
    ring = Ring(False)
    phone = await dial(paper_leg(), channels=[Channel("HEARTBEAT_URL", ring)])
    assert "Never tried whether an alarm arrives by Telegram, HEARTBEAT_URL: /drill" in await phone.says("/health")
    await drilled(phone)
    assert "may not have arrived by HEARTBEAT_URL" in await phone.says("/health")
    ring.takes = True
    await drilled(phone)
    assert "every way accepted it" in await phone.says("/health")
    # On disk; and a way that is new since then was never tried.
    note = phone.house.ledger.note(NOTE)
    assert set(note["arrived"]) == {"Telegram", "HEARTBEAT_URL"}
    with phone.house.ledger.step():
        phone.house.ledger.keep_note(NOTE, {**note, "arrived": {"Telegram": True}})
    assert "Never tried whether an alarm arrives by HEARTBEAT_URL" in await phone.says("/health")
