"""Closing by hand: nothing is sold that was not shown and confirmed, once; and the card tells the truth afterwards."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House, occupied
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.snapshots import blind
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.messages import send as send_module
from tgtp.domain.examples import instrument
from tgtp.domain.model import Unwatched
from tgtp.domain.order import Order
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import AccessRefused, OrderRefused, OutcomeUnknown, TemporarilyDown
from tgtp.local_telegram.bot_api.markup import utf16_length

CRV = key()
CRV_SHORT = key(side="short")
STX = key("STX-USDT-SWAP")
OTHER = 22


async def card(phone: Phone, words: str = "/close CRV long") -> str:
    """Ask, and see that this is a card: the first button confirms, the last cancels."""
    answer = await phone.says(words)
    assert "?" in answer.split("\n")[0], answer
    assert phone.buttons()[0][0].startswith("✅ Close")
    assert phone.buttons()[-1] == ["Cancel"]
    assert "Valid for 60 s." in answer
    return answer


def newest(phone: Phone) -> int:
    return int(phone.messages()[-1]["message_id"])


# The conversation


async def test_from_the_list_to_the_order(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), paper_leg("STX-USDT-SWAP"))
    phone.house.set_roi(STX, 12)
    await phone.house.check()
    assert await phone.says("/close") == "Which leg shall I close?"
    assert phone.buttons() == [["CRV long 0.00%", "CRV short 0.00%"], ["STX long +12.00%"], ["Cancel"]]
    assert await phone.press("STX") == "How much of STX long (100 contracts)?"
    assert phone.buttons() == [["✂️ 25%", "✂️ 50%"], ["✂️ to base", "🛑 all"], ["Cancel"]]
    answer = await phone.press("25%")
    assert answer.split("\n") == [
        "✋ Close STX long?",
        "Held now: 100 contracts, 50.60 U margin, ROI +12.00%",
        "Closes: 25 at market, about 5.06",
        "Left: 75",
        "Realises about +1.50 U before fees",
        "Valid for 60 s.",
    ]
    assert phone.buttons() == [["✅ Close 25"], ["Cancel"]]
    assert phone.house.closed() == []
    assert await phone.press("Close 25") == "✋ Done: STX long: 25 closed at 5.06, +1.50 U · #3"
    assert phone.house.closed() == [Decimal(25)]
    assert phone.house.held(STX) == 75
    assert phone.buttons() == []


async def test_a_coin_asks_about_its_legs_only_and_leads_to_each(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), paper_leg("STX-USDT-SWAP"))
    assert (await phone.says("/close crv")).startswith("✋ Close all of CRV? 2 legs at market:")
    assert phone.buttons() == [["✅ Close these 2"], ["CRV long 0.00%", "CRV short 0.00%"], ["Cancel"]]
    assert await phone.press("CRV short") == "How much of CRV short (100 contracts)?"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_cancel_at_every_step(dial: Dial, language: str) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"), language=language)
    word = "Cancelled" if language == "en" else "已取消"
    for steps in ((), ("cl:",), ("cl:", ":50")):
        await phone.says("/close")
        for step in steps:
            await phone.press(next(data for data in phone.data() if step in data))
        assert word in await phone.press(phone.data()[-1])
        assert phone.buttons() == []
    await phone.says("/close all")
    confirm, cancel = phone.data()
    assert word in await phone.press(cancel)
    # The card is dead, even for a press that was on its way.
    assert await phone.press(confirm, on=newest(phone)) == ""
    assert phone.house.exchange.submitted == []


@pytest.mark.parametrize(
    ("words", "closes"),
    [
        ("/close CRV long", 100),
        ("/close crv LONG", 100),
        ("/close CRV-USDT-SWAP long", 100),
        ("/close CRV 多", 100),
        ("/close CRV 多单", 100),
        ("/close CRV long 50%", 50),
        ("/close CRV long 50％", 50),
        ("/close CRV long 50", 50),
        ("/close CRV long 33.5%", 33),
        ("/close CRV long 1%", 1),
        ("/close CRV long 100%", 100),
        ("/close CRV long all", 100),
        ("/close CRV long 全部", 100),
        ("/close CRV long keep", 98),
        ("/close CRV long 底仓", 98),
        ("/close CRV long cross 50%", 50),
        ("/close CRV long 50% cross", 50),
        ("/close CRV long 全仓", 100),
    ],
)
async def test_forms_that_lead_to_a_card(dial: Dial, words: str, closes: int) -> None:
    phone = await dial(paper_leg(), paper_leg(side="short"))
    await card(phone, words)
    assert phone.buttons() == [[f"✅ Close {closes}"], ["Cancel"]]
    await phone.press("✅")
    assert phone.house.closed() == [Decimal(closes)]
    assert phone.house.held(CRV) == 100 - closes
    assert phone.house.held(CRV_SHORT) == 100


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("0%", "0% is not a share"),
        ("150%", "150% is not a share"),
        ("abc", "abc is not a share"),
        ("nan", "nan is not a share"),
        ("inf", "inf is not a share"),
        ("snan", "snan is not a share"),
        ("-50%", "-50% is not a share"),
        ("0.5%", "0.5% is not a share"),
        ("1e999999999", "1e999999999 is not a share"),
        ("50%%", "50%% is not a share"),
        ("50% twice", "Too many words"),
        ("50% 60%", "Too many words"),
        ("a b c d", "Too many words"),
        ("isolated", "CRV long is cross, not isolated."),
    ],
)
async def test_a_wrong_share_is_one_clear_line(dial: Dial, words: str, answer: str) -> None:
    phone = await dial(paper_leg())
    said = await phone.says(f"/close CRV long {words}")
    assert said.startswith(answer)
    assert "\n" not in said
    assert phone.buttons() == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/close XYZ long", "There is no leg of XYZ. Open now: CRV long."),
        ("/close CRV short", "There is no short leg of CRV. Open now: CRV long."),
        ("/close CRV up", "up is not a side; say long or short: /close CRV long"),
        ("/close CRV all 50%", "Too many words. The form is /close STX long 50%."),
        ("/close long short", "Too many words. The form is /close STX long 50%."),
        ("/close CRV both long", "Too many words. The form is /close STX long 50%."),
        ("/close long both", "Too many words. The form is /close STX long 50%."),
        ("/close all XYZ", "There is no leg of XYZ. Open now: CRV long."),
        ("/close all abc%", "There is no leg of abc%. Open now: CRV long."),
        ("/close short", "Nothing is open for: all short legs. Open now: CRV long."),
        ("/close short isolated half", "Nothing is open for: all short legs (isolated). Open now: CRV long."),
        ("/close CRV isolated", "Nothing is open for: all of CRV (isolated). Open now: CRV long."),
        ("/close 50%", "50% of what? /close STX 50%, /close long 50%, /close all 50%"),
        ("/close keep", "keep of what? /close STX keep, /close long keep, /close all keep"),
        ("/close cross", "Which legs, cross? /close STX cross, /close long cross, /close all cross"),
        ("/close long 0%", "0% is not a share; say a percentage from 1 to 100 or keep: /close long 50%"),
        ("/close all 500%", "500% is not a share; say a percentage from 1 to 100 or keep: /close all 50%"),
    ],
)
async def test_a_wrong_leg_is_one_clear_line(dial: Dial, words: str, answer: str) -> None:
    phone = await dial(paper_leg())
    assert await phone.says(words) == answer


async def test_nothing_to_close(dial: Dial) -> None:
    phone = await dial()
    for words in ("/close", "/close all", "/close CRV long"):
        assert await phone.says(words) == "There is no open leg."


async def test_both_margin_modes(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(mode="isolated", contracts=40))
    assert (await phone.says("/close CRV long")).startswith("✋ Close CRV long? 2 legs at market:")
    assert phone.buttons()[1] == ["CRV long 0.00%", "CRV long isolated 0.00%"]
    assert "Close CRV long isolated?" in await card(phone, "/close CRV long isolated 50%")
    await phone.press("✅")
    assert phone.house.held(key(mode="isolated")) == 20
    assert phone.house.held(CRV) == 100
    await card(phone, "/close CRV long cross")
    await phone.press("✅")
    assert phone.house.held(CRV) == 0


async def test_a_share_below_the_smallest_order_is_no_card(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=3))
    assert "25% of it is less than the smallest order (1)" in await phone.says("/close CRV long 25%")
    await phone.says("/close")
    await phone.press("CRV")
    assert "25% of it is less than the smallest order (1)" in await phone.press("25%")
    assert phone.house.exchange.submitted == []


async def test_a_leg_at_its_base_cannot_be_closed_down_to_it(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=2))
    assert "holds 2 contracts; the base of 1 U is 2" in await phone.says("/close CRV long keep")
    await card(phone)


async def test_more_than_a_single_order_takes_goes_out_in_several(dial: Dial, tmp_path: Path) -> None:
    house = House(tmp_path / "own", paper_leg(), instruments=[instrument(max_market_contracts="40")])
    phone = await dial(house=house)
    shown = await card(phone)
    assert "In 3 orders, one after the other: a single market order takes at most 40." in shown
    assert "Closes: 100 at market" in shown
    assert "Left: 0" in shown
    answer = await phone.press("Close 100")
    assert answer == "✋ Done: CRV long: 100 closed in 3 orders at 5, 0.00 U · #5"
    assert house.closed() == [40, 40, 20]


async def test_a_part_that_fails_ends_it_and_is_said(dial: Dial, tmp_path: Path) -> None:
    house = House(tmp_path / "own", paper_leg(), instruments=[instrument(max_market_contracts="40")])
    phone = await dial(house=house)
    await card(phone)
    submits = 0

    def second_is_refused(name: str) -> BaseException | None:
        nonlocal submits
        submits += name == "submit"
        return OrderRefused("51008", "no margin") if name == "submit" and submits == 2 else None

    house.exchange.before = second_is_refused
    answer = await phone.press("Close 100")
    assert answer == (
        "⚠️ 0 of 1 closed as asked:\nCRV long: only 40 of 100 closed at 5, 0.00 U · #4; "
        "the next order was refused (51008 no margin)"
    )
    assert house.closed() == [40]
    assert submits == 2


async def test_a_part_whose_outcome_is_not_known_is_waited_for(dial: Dial, tmp_path: Path) -> None:
    house = House(tmp_path / "own", paper_leg(), instruments=[instrument(max_market_contracts="40")])
    phone = await dial(house=house)
    await card(phone)
    house.exchange.after = fail("submit", OutcomeUnknown("time-out"))
    house.exchange.before = fail("find_order", TemporarilyDown("time-out"), times=-1)
    answer = await phone.press("Close 100")
    assert "not known yet whether it was closed" in answer
    assert len(house.exchange.submitted) == 1
    house.exchange.before = lambda _: None
    await house.check()
    assert house.closed() == [40]


async def test_it_works_while_paused(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    await card(phone)
    assert "Done" in await phone.press("✅")
    assert phone.house.held(CRV) == 0


async def test_the_history_says_who(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(ME, OTHER))
    await card(phone, "/close CRV long 50%")
    await phone.press("✅")
    (asked,) = [event for _, event in phone.house.ledger.history(10) if event.kind == "close_asked"]
    assert (asked.by, asked.legs, asked.contracts) == (ME, (CRV,), (Decimal(50),))
    (filled,) = phone.house.listener.of("hand_filled")
    assert filled.intent.by == ME
    assert filled.order.realised_pnl == 0
    assert f"user {ME} confirmed: close CRV long" in await phone.says("/history")
    number = next(number for number, event in phone.house.listener.events if event.kind == "hand_filled")
    assert f"Asked by user {ME}" in await phone.says(f"/why {number}")


# Once, in time, by the one who was asked


async def test_a_double_tap_sells_once(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone, "/close CRV long 50%")
    confirm, on = phone.data()[0], newest(phone)
    async with occupied(phone.house.checker):
        for _ in range(3):
            await phone.press(confirm, on=on, wait=False)
    await phone.settle()
    assert phone.house.closed() == [Decimal(50)]
    assert phone.texts()[-1].startswith(("✋ Done", "✋ CRV"))
    assert await phone.press(confirm, on=on) == ""
    assert phone.toast == "You have answered this already."
    assert phone.house.closed() == [Decimal(50)]


@pytest.mark.parametrize(("seconds", "done"), [(57, True), (61, False), (3600, False)])
async def test_a_card_lives_for_a_minute(dial: Dial, seconds: int, done: bool) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.clock.forward(seconds)
    answer = await phone.press("✅")
    assert ("Done" in answer) == done
    assert ("over 60 s old" in answer) != done
    assert (phone.house.closed() != []) == done
    assert phone.buttons() == []


async def test_a_double_tap_on_the_button_before_does_not_confirm_the_card(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close CRV")
    await phone.press("CRV")
    await phone.press("all")
    confirm = phone.data()[0]
    assert await phone.press("✅", reads=0.5) == ""
    assert phone.toast == "Too quick to have read it; nothing was sent. Press again if you mean it."
    assert phone.house.closed() == []
    assert phone.data()[0] == confirm
    assert "Done" in await phone.press("✅")
    assert phone.house.held(CRV) == 0


async def test_an_old_card_stays_dead_when_the_clock_is_put_back(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    ahead = phone.house.clock.monotonic() + 3000
    monkeypatch.setattr(phone.house.clock, "monotonic", lambda: ahead)
    assert "over 60 s old" in await phone.press("✅")
    assert phone.house.closed() == []


async def test_another_owner_cannot_confirm_my_card(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(ME, OTHER))
    await card(phone)
    assert await phone.press("✅", user_id=OTHER) == ""
    assert phone.toast == "This confirmation belongs to another user."
    assert phone.house.closed() == []
    assert "Done" in await phone.press("✅")


async def test_a_card_is_dead_after_a_restart(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    on = newest(phone)
    confirm = phone.data()[0]
    await phone.restart()
    assert "no longer valid" in await phone.press(confirm, on=on)
    assert phone.house.closed() == []


async def test_a_list_of_an_earlier_run_says_when_nothing_was_seen_yet(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close")
    phone.house.checker.last_good = None
    assert "first check has not finished" in await phone.press("CRV")


async def test_a_made_up_button_does_nothing(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close")
    for data in ("cf:", "cf:00000000", "cl:", "cl:zzz:50", "cl:zzz:abc", "cx:zzz"):
        await phone.press(data, on=newest(phone))
    assert phone.house.exchange.submitted == []


# Bound to what was shown


async def test_another_size_is_asked_about_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone, "/close CRV long 50%")
    phone.house.paper.put_leg(paper_leg(contracts=80).replaced(adjusted_at=phone.house.clock.now()))
    answer = await phone.press("✅")
    assert answer.startswith("🔁 The leg has changed since; nothing was sent.")
    assert "Held now: 80 contracts" in answer
    assert phone.buttons() == [["✅ Close 40"], ["Cancel"]]
    assert phone.house.exchange.submitted == []
    assert "Done" in await phone.press("✅")
    assert phone.house.closed() == [Decimal(40)]


async def test_a_leg_that_is_gone(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.paper.drop_leg(CRV)
    assert "The leg is gone; nothing was sent." in await phone.press("✅")
    assert phone.house.exchange.submitted == []


async def test_closed_and_opened_again_is_another_leg(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    now = phone.house.clock.now()
    phone.house.paper.put_leg(paper_leg(opened_at=now))
    assert (await phone.press("✅")).startswith("🔁")
    assert phone.house.exchange.submitted == []


async def test_a_list_that_shows_an_earlier_life(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close")
    phone.house.paper.put_leg(paper_leg(opened_at=phone.house.clock.now()))
    await phone.house.check()
    assert "The leg is gone; nothing was sent." in await phone.press("CRV")


async def test_a_leg_that_shrinks_to_dust_meanwhile(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone, "/close CRV long 25%")
    phone.house.paper.put_leg(paper_leg(contracts=2).replaced(adjusted_at=phone.house.clock.now()))
    assert "less than the smallest order" in await phone.press("✅")
    assert phone.house.exchange.submitted == []


async def test_close_all_closes_a_leg_that_became_smaller_as_it_stands(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await card(phone, "/close all")
    # A tier fires while the card is being read.
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    answer = await phone.press("✅")
    assert answer.startswith("✋ Done:")
    assert "CRV long: 70 closed" in answer
    assert sorted(phone.house.closed()) == [30, 70, 100]
    assert phone.buttons() == []


async def test_close_all_asks_about_a_leg_that_grew_after_closing_the_others(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await card(phone, "/close all")
    phone.house.paper.put_leg(paper_leg(contracts=120))
    answer = await phone.press("✅")
    assert answer.startswith("✋ Done: STX long: 100 closed")
    assert "🔁 These have changed or are new since; nothing was sent for them." in answer
    assert "Held now: 120 contracts" in answer
    assert phone.house.closed() == [100]
    await phone.press("✅")
    assert phone.house.closed() == [100, 120]


async def test_close_all_says_what_was_closed_already(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await card(phone, "/close all")
    phone.house.paper.drop_leg(CRV)
    answer = await phone.press("✅")
    assert answer.startswith("✋ Done: STX long: 100 closed")
    assert "⬜ Closed already: CRV long" in answer
    await card_of_nothing(phone)


async def test_close_all_asks_nothing_about_a_leg_that_is_gone_by_then(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await card(phone, "/close all")
    phone.house.paper.put_leg(paper_leg(contracts=120))

    def liquidated(name: str) -> BaseException | None:
        if name != "submit":
            return None
        phone.house.paper.drop_leg(CRV)
        return OrderRefused("51020", "Order amount should be greater than the minimum")

    phone.house.exchange.before = liquidated
    answer = await phone.press("✅")
    assert "STX long" in answer
    assert "The leg is gone" in answer
    assert phone.buttons() == []


async def card_of_nothing(phone: Phone) -> None:
    assert "no open" in (await phone.says("/close all")).lower()


async def test_close_all_asks_about_a_leg_that_was_opened_after_the_card(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    phone.house.paper.drop_leg(STX)
    await phone.house.check(2)
    await phone.until(lambda: "closed by" in phone.alerts()[-1])
    await card(phone, "/close all")
    phone.house.paper.put_leg(paper_leg("STX-USDT-SWAP", opened_at=phone.house.clock.now()))
    answer = await phone.press("✅")
    assert phone.house.held(CRV) == 0
    assert phone.house.held(STX) == 100
    assert "These have changed or are new since" in answer
    await phone.press("✅")
    assert phone.house.held(STX) == 0


async def test_it_waits_for_a_running_check(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 26)
    await card(phone, "/close CRV long 50%")
    inside, go_on = asyncio.Event(), asyncio.Event()
    plain_find = phone.house.exchange.find_order

    async def held_find(intent: Any) -> Order | None:
        inside.set()
        await go_on.wait()
        return await plain_find(intent)

    phone.house.exchange.find_order = held_find  # type: ignore[method-assign]
    check = asyncio.create_task(phone.house.checker.check())
    await inside.wait()
    await phone.press("✅", wait=False)
    await phone.until(lambda: phone.texts()[-1] == "⏳ Closing …")
    # Other commands do not queue behind it. (settle would wait for the close itself.)
    phone.tg.user_text("/help", date=int(phone.house.clock.now().timestamp()))
    await phone.until(lambda: "I guard your USDT swaps" in phone.texts()[-1])
    assert len(phone.house.exchange.submitted) == 1
    go_on.set()
    await check
    phone._spoken += 1
    await phone.settle()
    # The tier was first: 70 are left, which is not what the card showed.
    assert phone.house.closed() == [Decimal(30)]
    assert any(text.startswith("🔁") and "70 contracts" in text for text in phone.texts())


# When it goes wrong


async def test_a_rejected_order(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.exchange.before = fail("submit", OrderRefused("51169", "You don't have <any> positions"))
    answer = await phone.press("✅")
    assert answer == "⚠️ Not closed:\nCRV long: refused (51169 You don't have <any> positions) · #3"
    # The one who asked has read it on the card; nobody else is to be told.
    assert not any("refused to close" in alert for alert in phone.alerts())
    await phone.house.check(3)
    assert len(phone.house.exchange.submitted) == 1


async def test_some_rejected(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await card(phone, "/close all")
    phone.house.exchange.before = fail("submit", OrderRefused("51169", "no"))
    answer = await phone.press("✅")
    assert answer.startswith("⚠️ 1 of 2 closed as asked:\n")
    assert "refused (51169 no)" in answer
    assert "100 closed at 5" in answer


async def test_a_partial_fill_is_not_called_done(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.exchange.order_view = lambda order: order and order.replaced(filled_contracts=40, status="canceled")
    answer = await phone.press("✅")
    assert answer == "⚠️ 0 of 1 closed as asked:\nCRV long: only 40 of 100 closed at 5, 0.00 U · #3"


async def test_an_unknown_outcome_is_said_and_told_later(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone, "/close CRV long 50%")
    house = phone.house
    house.exchange.after = fail("submit", OutcomeUnknown("time-out"))
    house.exchange.before = fail("find_order", TemporarilyDown("time-out"), times=-1)
    answer = await phone.press("✅")
    assert answer == (
        "⏳ 0 of 1 closed so far:\nCRV long: not known yet whether it was closed; I am looking it up and will tell you"
    )
    # Until it is known, the leg is not touched again.
    assert "an order is being looked up" in await phone.says("/status")
    await phone.says("/close CRV long")
    assert "not confirmed yet; nothing was sent" in await phone.press("✅")
    house.exchange.before = lambda _: None
    await house.check()
    await phone.until(lambda: "closed by hand" in phone.alerts()[-1])
    assert len(house.exchange.submitted) == 1
    assert house.held(CRV) == 50


async def test_an_order_that_never_arrived_is_told(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.exchange.before = fail("submit", OutcomeUnknown("time-out"))
    await phone.press("✅")
    await phone.house.check(9)
    await phone.until(lambda: "never reached OKX" in phone.alerts()[-1])
    assert phone.house.held(CRV) == 100


async def test_the_exchange_is_down(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.exchange.before = fail("snapshot", TemporarilyDown("HTTP 502 " + "x" * 9000), times=-1)
    answer = await phone.press("✅")
    assert answer.startswith("⚠️ Nothing was sent: HTTP 502 x")
    assert len(answer) < 600
    assert phone.house.exchange.submitted == []


async def test_keys_refused_at_the_first_order(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.exchange.before = fail("submit", AccessRefused("50120: no permission"))
    answer = await phone.press("✅")
    assert answer.startswith("⚠️ Nothing was sent")
    assert "50120" in answer
    assert phone.house.held(CRV) == 100


async def test_keys_refused_for_one_of_two_does_not_hide_the_other(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await card(phone, "/close all")
    phone.house.exchange.before = fail("submit", AccessRefused("50120: no permission"))
    answer = await phone.press("✅")
    assert "Nothing was sent" not in answer
    assert answer.startswith("⚠️ 1 of 2 closed as asked:\n")
    assert "not sent" in answer
    assert "100 closed at 5" in answer
    assert "50120" in answer


async def test_a_full_disk_before_the_order(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    await card(phone)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        answer = await phone.press("✅")
    assert answer.startswith("⚠️ Nothing was sent: ")
    assert "No space left" in answer
    assert phone.house.exchange.submitted == []


async def test_a_full_disk_after_the_order_does_not_call_it_undone(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    await card(phone)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    def fills_up(name: str) -> None:
        if name == "submit":
            disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)

    with monkeypatch.context() as disk:
        phone.house.exchange.after = fills_up
        answer = await phone.press("✅")
    assert "Not done" not in answer
    assert "not known yet whether it was closed" in answer
    assert "No space left" in answer
    phone.house.exchange.after = lambda _: None
    await phone.house.check()
    await phone.until(lambda: "closed by hand" in phone.alerts()[-1])


@pytest.mark.parametrize("fault", ["old query", "no edit", "flood", "both"])
async def test_telegram_failing_at_the_press_does_not_keep_the_order_back(
    dial: Dial, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that was used up without an order would answer the next press with "answered already": a lie about money."""
    monkeypatch.setattr(send_module, "PAUSES", (0.0, 0.0))
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    await card(phone)
    if fault in ("old query", "both"):
        phone.tg.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old")
    if fault in ("no edit", "both"):
        phone.tg.fail_next("editMessageText", 502, "Bad Gateway", times=2)
    if fault == "flood":
        phone.tg.fail_next("editMessageText", 429, "Too Many Requests", parameters={"retry_after": 0}, times=2)
    answer = await phone.press("✅")
    assert phone.house.closed() == [Decimal(100)]
    assert "Done" in answer


async def test_a_card_that_was_deleted_is_answered_anew(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.tg.fail_next("editMessageText", 400, "Bad Request: message to edit not found", times=2)
    assert "Done" in await phone.press("✅")
    assert phone.house.closed() == [Decimal(100)]


# Many legs


async def test_sixty_legs_fit(dial: Dial) -> None:
    names = [f"1000000BABYCOIN{number:02d}-USDT-SWAP" for number in range(30)]
    phone = await dial(*(paper_leg(name, side, mode="isolated") for name in names for side in ("long", "short")))
    await phone.says("/close")
    assert sum(map(len, phone.buttons())) == 41
    assert "20 more: say e.g. /close STX long." in phone.texts()[-1]
    assert all(len(data.encode()) <= 64 for data in phone.data())
    answer = await card(phone, "/close all")
    assert "Close everything? 60 legs at market" in answer
    assert "… and 30 more" in answer
    assert utf16_length(answer) <= 4096
    answer = await phone.press("Close all 60")
    assert utf16_length(answer) <= 4096
    assert len(phone.house.closed()) == 60
    assert "… and 30 more" in answer
    assert len([name for name, _ in phone.wire.calls if name == "editMessageText"]) == 2
    history = await phone.says("/history 100")
    assert "confirmed: close" in history
    assert "+40" in history
    # Nothing had to be cut: all of it went out with its markup.
    assert all(call.get("parse_mode") == "HTML" for call in phone.wire.of("sendMessage", "editMessageText"))


async def test_closing_all_says_what_it_leaves(dial: Dial, tmp_path: Path) -> None:
    """More than one market order takes, legs that cannot be read, what is not watched: none of it is passed over."""
    capped = [instrument(max_market_contracts="60")]
    legs = paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=10), paper_leg("STX-USDT-SWAP", contracts=10)
    phone = await dial(house=House(tmp_path / "capped", *legs, instruments=capped))
    uni = key("UNI-USDT-SWAP")
    phone.house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(leg for leg in snapshot.legs if leg.key != uni),
        unreadable=(blind(uni),),
        unwatched=(Unwatched(name="BTC-USD-SWAP", reason="not_usdt"),),
    )
    await phone.house.check()
    shown = await phone.says("/close all")
    assert "CRV long: 100 in 2 orders" in shown
    left = "Not included, I cannot close them: UNI long, BTC-USD-SWAP"
    assert left in shown
    answer = await phone.press("✅")
    assert answer.startswith("✋ Done:")
    assert "100 closed in 2 orders" in answer
    assert left in answer
    assert "I cannot close it. Close it at OKX" in await phone.says("/close UNI long")


async def test_an_order_being_looked_up_does_not_hold_up_closing_the_others(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=10))
    phone.house.set_roi(CRV, 26)
    phone.house.exchange.before = fail("submit", OutcomeUnknown("timed out"))
    await phone.house.check()
    phone.house.exchange.before = lambda _: None
    await phone.says("/close all")
    answer = await phone.press("✅")
    assert "UNI long: 10 closed" in answer
    assert "CRV long: the last order is not confirmed yet" in answer
    assert phone.house.held(key("UNI-USDT-SWAP")) == 0
    assert phone.house.held(CRV) == 100


async def test_a_busy_leg_asks_anew_instead_of_giving_up(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=100))
    phone.house.set_roi(CRV, 26)
    phone.house.exchange.before = fail("submit", OutcomeUnknown("timed out"))
    await phone.house.check()
    phone.house.exchange.before = lambda _: None
    await card(phone)
    answer = await phone.press("✅")
    assert "not confirmed yet; nothing was sent" in answer
    assert phone.buttons()[0][0].startswith("✅")
    assert phone.house.closed() == []


async def test_an_outcome_that_does_not_reach_its_card_is_told_when_telegram_is_back(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_module, "PAUSES", (0.0,) * 3)
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    await card(phone)
    phone.house.exchange.after = lambda name: setattr(phone.tg, "offline", True) if name == "submit" else None
    await phone.press("✅")
    assert phone.house.held(CRV) == 0
    assert not any("closed by hand" in text for text in phone.alerts())
    await phone.until(lambda: not phone.cards.is_working(ME))
    phone.tg.offline = False
    phone.house.listener.wake()
    phone.news.set()
    await phone.until(lambda: any("closed by hand" in text for text in phone.alerts()))


async def test_an_outcome_that_a_killed_process_did_not_show_is_told_by_the_next(dial: Dial, tmp_path: Path) -> None:
    house = House(tmp_path / "house", paper_leg())
    phone = await dial(house=house)
    await phone.until(phone.alerts)
    # As after a kill between the fill and the card: written down, and read by nobody.
    phone.tg.offline = True
    await house.actions.close([CloseOrder((await house.paper.snapshot()).legs[0], Decimal(100))], ME, "nonce")
    await phone.stop()
    again = await dial(house=house, checks=0)
    again.news.set()
    await again.until(lambda: any("closed by hand" in text for text in again.alerts()))


async def test_an_outcome_that_was_read_on_its_card_is_not_told_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.until(phone.alerts)
    await card(phone)
    assert "Done" in await phone.press("✅")
    await phone.until(lambda: not phone.house.ledger.outbox())
    await phone.house.check(2)
    assert not any("closed by hand" in text for text in phone.alerts())


# Numbers in doubt


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_card_says_that_numbers_are_in_doubt_and_the_leg_can_be_closed(dial: Dial, language: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"), language=language)

    def doubtful(snapshot: Any) -> Any:
        wrong = {"exchange_notional": Decimal("50.03")}
        return snapshot.replaced(legs=tuple(leg.replaced(**wrong) if leg.key == CRV else leg for leg in snapshot.legs))

    phone.house.exchange.view = doubtful
    await phone.house.check()
    words = "its data is in doubt" if language == "en" else "数据不合常理"
    assert words not in await phone.says("/close STX long")
    answer = await phone.says("/close CRV long")
    assert f"CRV {'long' if language == 'en' else '多单'}" in next(line for line in answer.split("\n") if words in line)
    assert words in await phone.says("/close all")
    await phone.says("/close CRV long")
    await phone.press(phone.data()[0])
    assert phone.house.held(CRV) == 0
    assert phone.house.held(STX) == 100


async def test_a_doubt_that_came_up_since_is_on_the_card_that_asks_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await card(phone)
    phone.house.paper.put_leg(paper_leg(contracts=1000))
    phone.house.exchange.view = lambda snapshot: snapshot.replaced(
        legs=tuple(leg.replaced(exchange_notional=Decimal(500)) for leg in snapshot.legs)
    )
    answer = await phone.press(phone.data()[0])
    assert "has changed since" in answer
    assert "its data is in doubt (OKX values it differently: its contract size is in doubt)" in answer
    assert phone.house.held(CRV) == 1000


async def test_close_all_calls_no_leg_gone_that_cannot_be_read_now(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=100))
    await card(phone, "/close all")
    phone.house.exchange.view = lambda snapshot: snapshot.replaced(legs=(), unreadable=(blind(CRV),))
    answer = await phone.press("✅")
    assert "gone" not in answer
    assert "CRV long" in answer
    assert phone.house.exchange.submitted == []
