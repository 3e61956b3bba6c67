"""What the code of an authenticator guards besides maintenance, and how wrong codes are counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.chat.commands.test_pauses import pause, scopes
from tests.chat.commands.tiers.test_forgotten_orders import asked as forgotten
from tests.chat.commands.tiers.test_tiers import confirm
from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.access.totp import Taken, TotpQuestions

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CRV = key()
OTHER = 2
HOUR = 3600


def code(phone: Phone, halves: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(phone.house.clock.now() + dt.timedelta(seconds=30 * halves))


async def asked(phone: Phone) -> str:
    """Have a code asked for."""
    await phone.says("/resume")
    return await phone.press("▶️ Start guarding")


async def paused(dial: Dial, **how: Any) -> Phone:
    phone = await dial(paper_leg(), totp=SECRET, **how)
    pause(phone.house, "first_start")
    return phone


# What it guards


@pytest.mark.parametrize("cause", ["first_start", "guard"])
async def test_a_resume_after_a_guard_or_a_first_start_needs_the_code(dial: Dial, cause: Any) -> None:
    phone = await dial(paper_leg(), totp=SECRET)
    pause(phone.house, cause)
    await phone.says("/resume")
    answer = await phone.press("pl:" + next(data for data in phone.data() if data.startswith("pl:")).partition(":")[2])
    assert answer == "Still paused. Now send the 6 digits of your authenticator within 60 s."
    assert scopes(phone) == [("*", cause)]
    await phone.says(code(phone))
    assert scopes(phone) == []
    lifted = {
        "first_start": "Started: the pause of the first start is over.",
        "guard": "is no longer paused, and the drawdown guard is armed again",
    }.get(cause, "is no longer paused for that")
    assert any(lifted in text for text in phone.texts())


async def test_a_stop_a_close_and_a_persons_resume_need_none(dial: Dial) -> None:
    phone = await dial(paper_leg(), totp=SECRET)
    await phone.says("/pause")
    assert scopes(phone) == [("*", "person")]
    await phone.says("/resume")
    assert scopes(phone) == []
    await phone.says("/close CRV long 50%")
    await phone.press("cf:" + next(data for data in phone.data() if data.startswith("cf:")).partition(":")[2])
    assert phone.house.held(CRV) == 50


async def test_a_ladder_that_closes_at_once_needs_it_and_says_so_first(dial: Dial) -> None:
    """``/tiers long 0.0001:100`` and one press sold everything six seconds later."""
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"), totp=SECRET)
    phone.house.set_roi(CRV, 10)
    phone.house.set_roi(key("STX-USDT-SWAP"), 20)
    await phone.house.check()
    card = await phone.says("/tiers long 0.0001:100")
    first = card.splitlines()[0]
    assert first.startswith("🚨 Closes at once: CRV long 100 contracts (505.00 U), STX long 100 contracts (")
    assert "in all 1,015.00 U, about +15.00 U realised" in first
    assert phone.buttons()[0] == ["🚨 Change, and close 2 at once: 1,015.00 U"]
    phone.house.clock.forward(2)
    answer = await phone.press("🚨 Change, and close")
    assert answer.startswith("Nothing is changed yet")
    await phone.house.check(2)
    assert phone.house.closed() == []
    await phone.says("000000")
    await phone.house.check(2)
    assert phone.house.closed() == []
    await phone.says(code(phone))
    await phone.house.check(2)
    assert sorted(phone.house.closed()) == [100, 100]


async def test_a_ladder_that_closes_nothing_needs_none(dial: Dial) -> None:
    phone = await dial(paper_leg(), totp=SECRET)
    await phone.says("/tiers long 20:30")
    phone.house.clock.forward(2)
    await phone.press("✅ Change")
    assert str(phone.house.checker.rules.long) == "20:30"


async def test_a_leg_that_is_paused_counts_as_closed_at_once(dial: Dial) -> None:
    """A pause of one's own is lifted without a code."""
    phone = await dial(paper_leg(), totp=SECRET)
    phone.house.set_roi(CRV, 10)
    await phone.house.check()
    await phone.says("/pause")
    await phone.says("/tiers long 0.0001:100")
    phone.house.clock.forward(2)
    assert (await phone.press("✅ Change")).startswith("Nothing is changed yet")


async def test_what_has_come_to_close_meanwhile_is_asked_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers long 20:30")
    phone.house.set_roi(CRV, 22)
    await phone.house.check()
    answer = await phone.press("✅ Change")
    assert answer.startswith("🚨 The market has moved: this change would now close something at once.")
    assert "🚨 Closes at once: CRV long 30 contracts" in answer
    assert str(phone.house.checker.rules.long) == "25:30,35:50,50:50"
    phone.house.clock.forward(2)
    await phone.press("🚨 Change, and close")
    assert str(phone.house.checker.rules.long) == "20:30"


ASKED = "Nothing is changed yet: it would close something at once"


async def fired(dial: Dial, *, roi: int = 26) -> Phone:
    """A leg whose first tier has fired; at so much ROI by now."""
    phone = await dial(paper_leg(), totp=SECRET)
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    assert phone.house.fired(CRV) == [1]
    phone.house.set_roi(CRV, roi)
    await phone.house.check()
    return phone


async def still_fired_until_the_code(phone: Phone) -> None:
    await phone.house.check(2)
    assert phone.house.fired(CRV) == [1]
    await phone.says("000000")
    assert phone.house.fired(CRV) == [1]
    await phone.says(code(phone))
    assert phone.house.fired(CRV) == []


async def test_a_rearming_that_closes_at_once_needs_it(dial: Dial) -> None:
    phone = await fired(dial)
    await phone.says("/rearm CRV long")
    assert (await confirm(phone)).startswith(ASKED)
    await still_fired_until_the_code(phone)


async def test_a_rearming_that_closes_nothing_needs_none(dial: Dial) -> None:
    phone = await fired(dial, roi=5)
    await phone.says("/rearm CRV long")
    assert "all tiers may fire again" in await confirm(phone)
    assert phone.house.fired(CRV) == []


async def test_a_rearming_that_has_come_to_close_meanwhile_is_asked_again(dial: Dial) -> None:
    phone = await fired(dial, roi=5)
    await phone.says("/rearm CRV long")
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    again = await confirm(phone)
    assert again.startswith("🚨 The market has moved: this change would now close something at once.")
    assert "tier 1 closes 21 of 70" in again
    assert phone.house.fired(CRV) == [1]
    assert (await confirm(phone)).startswith(ASKED)
    await still_fired_until_the_code(phone)


@pytest.mark.parametrize("roi", [26, 5])
async def test_the_button_below_a_leg_that_grew_follows_the_same_rule(dial: Dial, roi: int) -> None:
    phone = await fired(dial, roi=roi)
    leg = phone.house.leg(CRV)
    phone.house.paper.put_leg(leg.replaced(contracts=200, adjusted_at=phone.house.clock.now()))
    phone.house.set_roi(CRV, roi)
    await phone.house.check()
    await phone.until(lambda: len(phone.alerts()) == 3)
    question = phone.messages()[-1]["message_id"]
    answer = await phone.press(next(data for data in phone.data() if data.startswith("ra:")), on=question)
    if roi == 5:
        assert "all tiers may fire again" in answer
        assert phone.house.fired(CRV) == []
        return
    assert phone.texts()[-1].startswith(ASKED)
    await still_fired_until_the_code(phone)
    # The alert shows what became of it.
    shown = next(message["text"] for message in phone.messages() if message["message_id"] == question)
    assert "all tiers may fire again" in shown


async def test_an_order_said_not_to_have_filled_needs_it_where_its_tier_fires_at_once(dial: Dial) -> None:
    phone = await forgotten(dial, totp=SECRET)
    await phone.house.check()
    data = next(data for data in phone.data() if data.startswith("on:"))
    question = phone.messages()[-1]["message_id"]
    await phone.press(data, on=question)
    assert phone.texts()[-1].startswith(ASKED)
    assert len(phone.house.ledger.open_intents()) == 1
    await phone.says(code(phone))
    assert phone.house.ledger.open_intents() == []


async def test_that_it_has_filled_needs_none(dial: Dial) -> None:
    phone = await forgotten(dial, totp=SECRET)
    await phone.house.check()
    data = next(data for data in phone.data() if data.startswith("oy:"))
    await phone.press(data, on=phone.messages()[-1]["message_id"])
    assert phone.house.ledger.open_intents() == []


@pytest.mark.parametrize("cause", ["new_ledger", "restored_backup", "foreign_order"])
@pytest.mark.parametrize("roi", [26, 5])
async def test_a_pause_whose_end_closes_at_once_needs_it_to_end(dial: Dial, cause: Any, roi: int) -> None:
    """After a lost ledger tiers that have fired fire again."""
    phone = await dial(paper_leg(), totp=SECRET)
    pause(phone.house, cause)
    phone.house.set_roi(CRV, roi)
    await phone.house.check()
    await phone.says("/resume")
    answer = await phone.press("▶️ I have looked")
    if roi == 26:
        assert answer.startswith("Still paused")
        assert scopes(phone) == [("*", cause)]
        await phone.says(code(phone))
    assert scopes(phone) == []


# How codes are counted


async def test_five_wrong_codes_over_all_questions_lock_it_for_an_hour_and_all_hear(dial: Dial) -> None:
    phone = await paused(dial, allowed=(ME, OTHER))
    for number in range(5):
        if number in (0, 3):
            # The third wrong one has ended the first question.
            await asked(phone)
        answer = await phone.says("000000")
    assert answer.startswith("🔒 Too many wrong codes")
    (event,) = phone.house.listener.of("code_locked")
    assert (event.wrong, event.by) == (5, ME)
    # Whoever has guessed is told as well: it may be a thief with that phone.
    await phone.until(lambda: any("5 wrong authenticator codes" in text for text in phone.alerts()))
    assert any(each.kind == "code_locked" for _, each in phone.house.ledger.history(5))
    assert (await asked(phone)).startswith("🔒 Too many wrong codes")
    await phone.says(f"/code {code(phone)}")
    assert scopes(phone) == [("*", "first_start")]
    # Stops go on.
    await phone.says("/pause")
    assert ("*", "person") in scopes(phone)
    phone.house.clock.forward(HOUR)
    await asked(phone)
    await phone.says(code(phone))
    assert scopes(phone) == []


async def test_wrong_codes_are_counted_over_a_restart(dial: Dial) -> None:
    phone = await paused(dial)
    await asked(phone)
    for _ in range(2):
        await phone.says("000000")
    await phone.restart()
    await asked(phone)
    assert await phone.says("000000") == "Wrong code; 2 tries left."
    await phone.says("000000")
    assert (await phone.says("000000")).startswith("🔒")
    await phone.restart()
    assert (await asked(phone)).startswith("🔒")


async def test_a_used_code_stays_used_over_a_restart(dial: Dial) -> None:
    phone = await paused(dial)
    await asked(phone)
    used = code(phone)
    await phone.says(used)
    assert scopes(phone) == []
    await phone.restart()
    pause(phone.house, "guard")
    await phone.says("/resume")
    await phone.press("▶️ I have looked")
    assert "Wrong code" in await phone.says(used)
    assert scopes(phone) == [("*", "guard")]


async def test_the_typed_code_is_deleted_from_the_chat(dial: Dial) -> None:
    phone = await paused(dial)
    # As Telegram does, the one here lets nobody delete what is older than two days.
    phone.house.clock._now = dt.datetime.now(dt.UTC)
    await asked(phone)
    for words in ("000000", f"/code {code(phone)}"):
        await phone.says(words)
        assert not any(words == message.get("text") for message in phone.tg.messages())
    assert len(phone.wire.of("deleteMessage")) == 2


async def test_a_code_that_comes_too_late_is_deleted_too(dial: Dial) -> None:
    phone = await paused(dial)
    phone.house.clock._now = dt.datetime.now(dt.UTC)
    await asked(phone)
    phone.house.clock.forward(61)
    late = code(phone)
    assert "No code is expected now; a question waits for 60 s." in await phone.says(late)
    assert len(phone.wire.of("deleteMessage")) == 1
    assert scopes(phone) == [("*", "first_start")]


@pytest.mark.parametrize("written", ["{0}{1}", " {0} {1}\n", "{0}\u3000{1}"])
@pytest.mark.parametrize("first_digit", ["0", "０"], ids=["ascii", "full width"])
async def test_a_code_is_taken_as_it_is_typed(dial: Dial, written: str, first_digit: str) -> None:
    """A Chinese keyboard's digits counted as wrong, and five of them locked it."""
    phone = await paused(dial)
    await asked(phone)
    typed = code(phone).translate({ord("0") + digit: ord(first_digit) + digit for digit in range(10)})
    await phone.says(written.format(typed[:3], typed[3:]))
    assert scopes(phone) == []


async def test_a_clock_that_was_ahead_locks_nobody_out_once_it_is_right(dial: Dial) -> None:
    """The codes were wrong because of that clock, and none was taken until the year that it had shown."""
    phone = await paused(dial)
    right = phone.house.clock._now
    phone.house.clock._now = right + dt.timedelta(days=400)
    for number in range(5):
        if number in (0, 3):
            await asked(phone)
        await phone.says("000000")
    assert (await asked(phone)).startswith("🔒")
    phone.house.clock._now = right + dt.timedelta(minutes=5)
    await asked(phone)
    await phone.says(code(phone))
    assert scopes(phone) == []


def test_a_right_code_begins_the_count_anew(tmp_path: Path) -> None:
    house = House(tmp_path)
    codes = TotpQuestions(SECRET, house.checker.journal)

    async def go() -> None: ...

    def taken(text: str) -> Taken:
        codes.ask(1, go)
        return codes.take(1, text)[0]

    for _ in range(4):
        assert taken("1") is Taken.WRONG
    assert taken(pyotp.TOTP(SECRET).at(house.clock.now())) is Taken.RIGHT
    for _ in range(4):
        assert taken("1") is Taken.WRONG
    assert taken("1") is Taken.LOCKED
    assert taken(pyotp.TOTP(SECRET).at(house.clock.now() + dt.timedelta(seconds=30))) is Taken.LOCKED
    house.ledger.close()
