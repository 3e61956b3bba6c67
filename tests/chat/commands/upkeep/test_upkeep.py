"""Upkeep by hand on the phone: a card first, once, by the person who asked; and an authenticator's code where one is set."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House, occupied
from tests.fixtures.fakes import fail, key, paper_leg
from tests.simulation.phone.phone import Phone
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.chat.access.totp import Taken, TotpQuestions
from tgtp.domain.model import LegKey
from tgtp.domain.order import Intent
from tgtp.domain.plan import ALL, Switches
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import AccessRefused, OrderRefused, OutcomeUnknown, TemporarilyDown

CRV, STX = key(mode="isolated"), key("STX-USDT-SWAP", mode="isolated")
SUB = Upkeep(is_sub=True)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER = 22


def isolated(name: str = "CRV-USDT-SWAP", **changes: Any) -> PaperLeg:
    return paper_leg(name, **{"contracts": 20, "mode": "isolated", **changes})


@pytest.fixture
def sub(dial: Dial, tmp_path: Path) -> Any:
    """A phone beside a sub-account whose first leg loses 12 %."""

    async def build(*legs: PaperLeg, upkeep: Upkeep = SUB, losing: LegKey = CRV, **options: Any) -> Phone:
        house = House(tmp_path / "data", *(legs or (isolated(),)), upkeep=upkeep)
        phone = await dial(house=house, **options)
        submit = house.paper.submit

        async def takes_its_time(intent: Intent) -> str:
            # No two orders of one leg fill in the same moment.
            house.clock.forward(0.05)
            return await submit(intent)

        house.paper.submit = takes_its_time  # type: ignore[method-assign]
        house.set_roi(losing, -12)
        await house.check()
        return phone

    return build


def count(phone: Phone, leg: LegKey = CRV) -> int:
    return phone.house.ledger.lives()[leg].maintenances


def code(phone: Phone) -> str:
    return pyotp.TOTP(SECRET).at(phone.house.clock.now())


async def yes(phone: Phone) -> str:
    """Press the first button of the newest card; gives what stands there then."""
    asked = [post for post in phone.messages() if "uy:" in str(post.get("reply_markup"))][-1]
    label = asked["reply_markup"]["inline_keyboard"][0][0]["text"]
    shown = await phone.press(label)
    return shown or next(text for text in reversed(phone.texts()) if text)


# /maintain


async def test_from_the_words_to_the_outcome(sub: Any) -> None:
    phone = await sub()
    card = (await phone.says("/maintain CRV long")).split("\n")
    assert card[0] == "🛠 Maintain CRV long isolated? 1 of 3"
    assert card[1] == "Now: 20 contracts, entry 5, mark 4.94, 10x, ROI -12.00%, margin 10.00 U"
    assert card[2] == "1. Buy 202 at market: 997.88 U on 100 U of margin"
    assert card[3] == "2. Close 201, which leaves 21: 103.74 U"
    assert card[4] == "Entry after: 4.94541"
    assert card[5] == "Costs about 2.08 U: 1.09 U realised loss, 1.00 U fees"
    assert card[-1] == "Valid for 60 s."
    assert phone.buttons() == [["Buy 202, close 201"], ["Cancel"]]
    assert phone.house.closed() == []
    done = await yes(phone)
    assert "maintenance 1 of 3 done" in done
    assert phone.house.closed() == [202, 201]
    assert (count(phone), phone.house.held(CRV)) == (1, 21)
    # The card has told it; the phone is not told twice.
    await phone.house.check()
    assert phone.house.ledger.outbox() == []


async def test_it_asks_which_leg_the_worst_first(sub: Any) -> None:
    phone = await sub(isolated(), isolated("STX-USDT-SWAP"), isolated("UNI-USDT-SWAP", side="short"))
    phone.house.set_roi(STX, -20)
    await phone.house.check()
    answer = await phone.says("/maintain")
    assert "Losing legs: STX long isolated, CRV long isolated" in answer
    assert phone.buttons() == [["STX long -20.00%"], ["CRV long -12.00%"]]
    assert "Maintain STX long" in await phone.press("STX long -20.00%")


async def test_what_cannot_be_done_is_said_and_offers_no_button(sub: Any) -> None:
    phone = await sub()
    phone.house.paper.deposit(-950)
    await phone.house.check()
    answer = await phone.says("/maintain CRV long")
    assert "the account lacks" in answer
    assert "Nothing was sent" in answer
    assert phone.buttons() == []
    phone.house.set_roi(CRV, 5)
    await phone.house.check()
    assert "it is not losing: ROI +5.00%" in await phone.says("/maintain CRV long")


async def test_a_second_one_has_to_wait(sub: Any) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")
    await yes(phone)
    phone.house.set_roi(CRV, -12)
    await phone.house.check()
    assert "less than 15 minutes ago" in await phone.says("/maintain CRV long")


@pytest.mark.parametrize(
    "words", ["/maintain DOGE long", "/maintain CRV sideways", "/maintain CRV long 100", "/maintain CRV short"]
)
async def test_words_that_mean_no_leg_are_answered_and_send_nothing(sub: Any, words: str) -> None:
    phone = await sub()
    assert await phone.says(words)
    assert phone.house.closed() == []


async def test_an_account_that_is_none_says_so(sub: Any) -> None:
    phone = await sub(upkeep=Upkeep())
    for command in ("/maintain CRV long", "/correct"):
        assert "main is not a sub-account" in await phone.says(command)


async def test_a_card_works_once_for_one_person_for_a_minute(sub: Any) -> None:
    phone = await sub(allowed=(1, OTHER))
    await phone.says("/maintain CRV long")
    card = phone.messages()[-1]["message_id"]
    data = phone.messages()[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await phone.press(data, user_id=OTHER, on=card)
    assert phone.house.closed() == []
    phone.house.clock.forward(61)
    assert await phone.press(data, on=card)
    assert phone.house.closed() == []
    await phone.says("/maintain CRV long")
    data = phone.messages()[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    card = phone.messages()[-1]["message_id"]
    await phone.press(data, on=card)
    await phone.press(data, on=card)
    assert len(phone.house.closed()) == 2
    await phone.says("/maintain CRV long")


async def test_cancelled_nothing_is_sent(sub: Any) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")
    assert await phone.press("Cancel") == "↩️ Nothing was sent."
    assert phone.house.closed() == []


async def test_a_leg_that_has_changed_is_shown_anew(sub: Any) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")
    phone.house.paper.put_leg(phone.house.leg(CRV).replaced(contracts=30))
    again = await yes(phone)
    assert "has changed since; nothing was sent" in again
    assert "Now: 30 contracts" in again
    assert phone.house.closed() == []
    await yes(phone)
    assert len(phone.house.closed()) == 2


async def test_a_leg_that_is_gone_is_said_to_be(sub: Any) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")
    phone.house.paper.drop_leg(CRV)
    assert "not open any more" in await yes(phone)


async def test_a_refused_buy_is_told_on_the_card(sub: Any) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")
    phone.house.exchange.before = fail("submit", OrderRefused("51008", "Insufficient USDT margin"))
    answer = await yes(phone)
    assert "OKX says 51008: Insufficient USDT margin" in answer
    assert "it does not count" in answer
    assert count(phone) == 0


async def test_what_is_not_finished_goes_on_and_is_told_when_it_is(sub: Any) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")

    def cut_hangs(name: str) -> BaseException | None:
        last = phone.house.exchange.submitted[-1:]
        return OutcomeUnknown("no reply") if name == "submit" and last and last[0].rule == "cut" else None

    phone.house.exchange.before = cut_hangs
    assert "not yet at its target" in await yes(phone)
    phone.house.exchange.before = lambda _: None
    await phone.house.check(9)
    await phone.until(lambda: any("maintenance 1 of 3 done" in text for text in phone.texts()))
    assert count(phone) == 1


@pytest.mark.parametrize("exc", [TemporarilyDown("no answer"), AccessRefused("401")])
async def test_an_account_that_cannot_be_seen_sends_nothing(sub: Any, exc: BaseException) -> None:
    phone = await sub()
    await phone.says("/maintain CRV long")
    phone.house.exchange.before = fail("snapshot", exc, times=10)
    assert "Nothing was sent" in await yes(phone)
    assert phone.house.closed() == []


# The code


async def test_with_an_authenticator_the_press_is_not_enough(sub: Any) -> None:
    phone = await sub(totp=SECRET)
    await phone.says("/maintain CRV long")
    assert await yes(phone) == "Now send the 6 digits of your authenticator within 60 s."
    assert phone.house.closed() == []
    assert await phone.says("000000") == "Wrong code; 2 tries left."
    assert phone.house.closed() == []
    assert "The code is right" in await phone.says(code(phone))
    assert any("maintenance 1 of 3 done" in text for text in phone.texts())
    assert len(phone.house.closed()) == 2


async def test_a_pause_does_not_queue_behind_what_a_code_has_begun(sub: Any) -> None:
    phone = await sub(totp=SECRET)
    await phone.says("/maintain CRV long")
    await yes(phone)
    async with occupied(phone.house.checker):
        # As long as a check runs, the maintenance waits.
        phone.tg.user_text(code(phone), date=int(phone.house.clock.now().timestamp()))
        phone.tg.user_text("/pause", date=int(phone.house.clock.now().timestamp()))
        phone._spoken += 2
        await phone.until(phone.house.ledger.paused)
        assert phone.house.closed() == []
    await phone.settle()
    assert len(phone.house.closed()) == 2


async def test_the_code_may_come_with_its_command(sub: Any) -> None:
    phone = await sub(totp=SECRET)
    await phone.says("/maintain CRV long")
    await yes(phone)
    await phone.says(f"/code {code(phone)}")
    assert len(phone.house.closed()) == 2


async def test_three_wrong_codes_end_it(sub: Any) -> None:
    phone = await sub(totp=SECRET)
    await phone.says("/maintain CRV long")
    await yes(phone)
    for _ in range(2):
        await phone.says("000000")
    assert "Three wrong codes" in await phone.says("000000")
    assert "No code is expected" in await phone.says(f"/code {code(phone)}")
    assert phone.house.closed() == []


async def test_a_code_that_comes_too_late_or_from_another_does_nothing(sub: Any) -> None:
    phone = await sub(totp=SECRET, allowed=(1, OTHER))
    await phone.says("/maintain CRV long")
    await yes(phone)
    await phone.says(f"/code {code(phone)}", user_id=OTHER)
    assert phone.house.closed() == []
    phone.house.clock.forward(61)
    assert "No code is expected" in await phone.says(f"/code {code(phone)}")
    assert phone.house.closed() == []


async def test_a_correction_needs_no_code(sub: Any) -> None:
    phone = await sub(isolated(contracts=30), totp=SECRET)
    phone.house.set_roi(CRV, 1)
    await phone.house.check()
    await phone.says("/correct")
    await yes(phone)
    assert len(phone.house.closed()) == 1


def test_a_code_is_taken_once_and_a_neighbouring_half_minute_too(tmp_path: Path) -> None:
    house = House(tmp_path)
    codes, totp = TotpQuestions(SECRET, house.checker.journal), pyotp.TOTP(SECRET)
    now = house.clock.now()

    async def go() -> None: ...

    def taken(text: str) -> Taken:
        codes.ask(1, go)
        return codes.take(1, text)[0]

    def at(halves: int) -> str:
        return totp.at(now + dt.timedelta(seconds=30 * halves))

    assert taken(at(-1)) is Taken.RIGHT
    assert taken(at(-1)) is Taken.WRONG
    assert taken(at(0)) is Taken.RIGHT
    # One that is older than the last is as good as used.
    assert taken(at(-1)) is Taken.WRONG
    assert taken(at(2)) is Taken.WRONG
    assert taken(at(1)) is Taken.RIGHT
    for text in ("12345", "1234567", "abcdef", "１２３４５６"):
        assert taken(text) is Taken.WRONG
    house.ledger.close()


def test_without_a_secret_none_is_needed(tmp_path: Path) -> None:
    house = House(tmp_path)
    codes = TotpQuestions(None, house.checker.journal)
    assert not codes.is_needed
    assert codes.take(1, "123456") == (Taken.NOBODY, None)
    house.ledger.close()


# /correct


async def test_a_correction_shows_its_steps_and_takes_them_one_by_one(sub: Any) -> None:
    legs = isolated().replaced(added_margin="10.29"), isolated("STX-USDT-SWAP", contracts=30), isolated("UNI-USDT-SWAP")
    phone = await sub(*legs)
    phone.house.set_roi(CRV, 0)
    await phone.house.check()
    card = await phone.says("/correct")
    assert "⚙️ Correct? Legs: 2" in card
    assert "CRV long isolated: margin 20.29 → 10.29 U, steps: 2" in card
    assert "STX long isolated: close 10 of 30" in card
    assert "1 in band" in card
    assert "at most 5 U in each check, every 10 s" in card
    assert phone.house.exchange.moves == []
    answer = await yes(phone)
    assert "Started: " in answer
    assert phone.house.held(STX) == 20
    await phone.house.check(3)
    assert [move.amount for move in phone.house.exchange.moves] == [-5, -5]
    await phone.until(lambda: any("margin 20.29 → 10.29 U, steps: 2" in text for text in phone.texts()))


async def test_a_correction_closes_nothing_that_its_card_did_not_show(sub: Any) -> None:
    phone = await sub(isolated(contracts=30), isolated("STX-USDT-SWAP", contracts=30), losing=STX)
    assert "CRV long isolated: close 10 of 30" in await phone.says("/correct CRV long")
    phone.house.paper.put_leg(isolated(contracts=130))
    answer = await yes(phone)
    assert "The leg has changed since; nothing was sent" in answer
    assert "CRV long isolated: close 110 of 130" in answer
    assert phone.house.held(CRV) == 130
    await yes(phone)
    assert (phone.house.held(CRV), phone.house.held(STX)) == (20, 30)


async def test_a_correction_of_a_leg_that_is_gone_says_so(sub: Any) -> None:
    phone = await sub(isolated(contracts=30), isolated("STX-USDT-SWAP", contracts=30), losing=STX)
    await phone.says("/correct CRV long")
    phone.house.paper.drop_leg(CRV)
    assert "not open any more; nothing was sent" in await yes(phone)
    assert phone.buttons() == []


async def test_one_leg_may_be_named(sub: Any) -> None:
    phone = await sub(isolated(contracts=30), isolated("STX-USDT-SWAP", contracts=30), losing=STX)
    await phone.says("/correct CRV long")
    await yes(phone)
    assert (phone.house.held(CRV), phone.house.held(STX)) == (20, 30)


async def test_an_obstacle_is_explained_and_offers_nothing_to_confirm(sub: Any) -> None:
    phone = await sub(isolated(leverage=5).replaced(added_margin="1"), isolated("STX-USDT-SWAP"), losing=STX)
    card = await phone.says("/correct CRV long")
    assert "Nothing to correct" in card
    assert "100.00 U at 5x need 20.00 U of margin. Raise the leverage or make the leg smaller first" in card
    assert phone.buttons() == []


async def test_it_works_while_paused(sub: Any) -> None:
    phone = await sub(isolated(contracts=30))
    phone.house.actions.pause(ALL, 1)
    await phone.says("/correct")
    await yes(phone)
    assert len(phone.house.closed()) == 1


# /status


async def test_the_status_says_what_each_leg_should_hold_and_what_comes_next(dial: Dial, tmp_path: Path) -> None:
    corrects = Upkeep(switches=Switches(correction=True), is_sub=True)
    phone = await dial(house=House(tmp_path, isolated().replaced(added_margin="10.29"), upkeep=corrects))
    status = await phone.says("/status")
    assert "🛠 0/3 · target 100 U on 10 U · 0.00 U, +5.29 U · next: -5.00 U of margin, now" in status
    await phone.house.check(2)
    assert "in band · nothing to do" in await phone.says("/status")
    phone.house.set_roi(CRV, 6)
    await phone.house.check()
    phone.house.paper.put_leg(phone.house.leg(CRV).replaced(contracts=25))
    await phone.house.check()
    assert "next: close 5, in 4 min" in await phone.says("/status")


async def test_where_it_does_not_begin_by_itself_the_status_names_the_command(sub: Any) -> None:
    phone = await sub(isolated(contracts=30))
    assert "next: close 9, with /correct" in await phone.says("/status")
    phone.house.set_roi(CRV, -30)
    await phone.house.check()
    assert "with /correct" in await phone.says("/status")


async def test_a_leg_that_is_left_to_the_hedge_rule_says_so_on_its_card_and_in_the_status(sub: Any) -> None:
    phone = await sub(isolated(), isolated(side="short", entry_price="5"))
    phone.house.actions.pause(ALL, OTHER)
    phone.house.paper.put_leg(isolated())
    await phone.house.check()
    assert "its other side wins and the hedge rule is on here" in await phone.says("/maintain CRV long")
    status = await phone.says("/status")
    assert status.count("no maintenance: left to the hedge rule") == 1
