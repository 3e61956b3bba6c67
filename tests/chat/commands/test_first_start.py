"""What people see of a first start and of GUARD_MODE=watch, and what their presses do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import FakeClock, FakeSiren, key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.fixtures.waiting import until
from tests.simulation.phone.phone import Phone
from tgtp.adapters.storage.ledger import follow_guard_mode
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.outbox.both_ways import BothWays
from tgtp.domain import events as ev
from tgtp.domain.events import Event
from tgtp.domain.pauses import Pause
from tgtp.engine.first_start import FirstStartGate

CRV, STX_SHORT = key(), key("STX-USDT-SWAP", "short")


async def new(dial: Dial, **how: object) -> Phone:
    """A phone beside an account of real money that is new: a long that has reached a tier, and a pair."""
    legs = (paper_leg(), paper_leg("STX-USDT-SWAP"), paper_leg("STX-USDT-SWAP", "short"))
    phone = await dial(*legs, checks=0, **how)
    begin_paused(phone)
    phone.house.set_roi(CRV, 26)
    phone.house.set_roi(STX_SHORT, -10)
    return phone


def begin_paused(phone: Phone) -> None:
    house, checker = phone.house, phone.house.checker
    house.exchange.profile_view = lambda profile: profile.replaced(uid="77")
    checker.first_start = FirstStartGate(checker.journal, checker.identities, pauses=True)


async def test_the_first_start_is_shown_leg_by_leg_and_begun_by_a_press(dial: Dial) -> None:
    phone = await new(dial)
    await phone.house.check(2)
    await phone.until(lambda: any("First start with this account" in text for text in phone.alerts()))
    text = next(text for text in phone.alerts() if "First start" in text)
    assert "(uid 77, real money): I am paused." in text
    assert "What the rules would do now, 2 of 3 legs:" in text
    assert "🎯 CRV long +26.00%: tier 1 would close 30 of 100, about +3.90 U" in text
    assert "🟥 STX short -10.00%: the losing side; the hedge rule would close" in text
    assert "In all about " in text
    assert "FIRST_START=run" in text
    assert phone.house.closed() == []
    await phone.press("⏸ Stay paused")
    assert phone.toast == "It stays paused. /resume shows the button again."
    assert phone.house.ledger.pauses().has("*", "first_start")
    assert "Started: the pause of the first start is over." in await phone.press("▶️ Start guarding")
    await phone.house.check(2)
    assert phone.house.held(CRV) == 70


async def test_a_leg_that_came_after_the_list_is_asked_about_anew(dial: Dial) -> None:
    phone = await new(dial)
    await phone.house.check(2)
    await phone.until(lambda: any("First start with this account" in text for text in phone.alerts()))
    phone.house.paper.put_leg(paper_leg("CRV-USDT-SWAP", "short"))
    await phone.house.check()
    answer = await phone.press("▶️ Start guarding")
    assert answer == "⏸ Not started: CRV short came after that list. The next check shows a new one; press its button."
    assert phone.house.ledger.pauses().has("*", "first_start")
    await phone.house.check()
    await phone.until(lambda: any("Still paused since" in text and "of 4 legs" in text for text in phone.alerts()))
    assert phone.house.closed() == []
    assert "Started: the pause of the first start is over." in await phone.press("▶️ Start guarding")


async def test_of_several_accounts_the_button_starts_its_own(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]})
    phone = await dial(house=street, checks=0)
    for uid, name in enumerate(("main", "alpha"), start=1):
        street.exchanges[name].profile_view = lambda profile, uid=uid: profile.replaced(uid=str(uid))  # type: ignore[misc]
        checker = street.of(name).checker
        checker.first_start = FirstStartGate(checker.journal, checker.identities, pauses=True)
    await street.check(2)
    assert street.paused_in() == {"main": {"*"}, "alpha": {"*"}}
    await phone.until(lambda: sum("First start with" in text for text in phone.alerts()) == 2)
    mine = [row for message in phone.messages() for row in message.get("reply_markup", {}).get("inline_keyboard", [])]
    start = next(button["callback_data"] for row in mine for button in row if button["callback_data"].startswith("@alpha:pl:"))
    await phone.press(start)
    assert street.paused_in() == {"main": {"*"}, "alpha": frozenset()}


async def test_only_watching_is_said_everywhere_and_no_press_ends_it(dial: Dial) -> None:
    phone = await dial(paper_leg())
    follow_guard_mode([phone.house.ledger], "watch", phone.house.clock.now())
    await phone.house.check()
    assert "GUARD_MODE=watch in .env" in (await phone.says("/status")).splitlines()[0]
    await phone.says("/pause")
    answer = await phone.says("/resume")
    assert "I only watch" in answer
    assert "write GUARD_MODE=guard and start me again" in answer
    assert "▶️" not in str(phone.buttons() if phone.data() else "")
    assert "GUARD_MODE=watch" in await phone.says("/panel")
    await phone.press("pb:")
    phone.house.set_roi(CRV, 26)
    await phone.house.check(3)
    assert phone.house.closed() == []
    await phone.until(lambda: any("I would have closed 30" in text for text in phone.alerts()))
    await phone.says("/close CRV long 10%")
    await phone.press(next(data for data in phone.data() if "cf:" in data))
    assert phone.house.closed() == [10]


async def test_the_start_says_that_it_only_watches(dial: Dial) -> None:
    phone = await dial(paper_leg(), checks=0)
    follow_guard_mode([phone.house.ledger], "watch", phone.house.clock.now())
    await phone.house.check()
    await phone.until(lambda: any("I only watch, everything: GUARD_MODE=watch" in text for text in phone.alerts()))


# By the second way at once


def events() -> list[Event]:
    now = FakeClock().now()
    pause = Pause(scope="*", cause="first_start", since=now)
    return [
        ev.FirstStart(at=now, pause=pause, uid="77", legs=3),
        ev.CodeLocked(at=now, wrong=5, until=now, by=7),
    ]


@pytest.mark.parametrize("event", events(), ids=lambda event: event.kind)
async def test_the_second_way_hears_of_it_though_telegram_works(event: Event) -> None:
    fallback, clock = HeardLate(), FakeClock()
    both = BothWays(fallback, Reader("en", SEED_RULES, 10), clock)
    both.happened(1, event)
    both.happened(2, ev.Stopped(at=clock.now()))
    await until(lambda: fallback.texts)
    assert fallback.tried == 2
    assert "#1" in fallback.texts[0]


class HeardLate(FakeSiren):
    """Takes nothing at first."""

    async def sound(self, text: str) -> bool:
        self.broken = self.tried == 0
        return await super().sound(text)
