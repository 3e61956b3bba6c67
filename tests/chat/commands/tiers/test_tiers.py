"""Ladders on the phone: seen, changed by words and step by step, put back, emptied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import is_fine
from tests.fixtures.engine import SEED_RULES, occupied
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import ME, Phone, is_alert, words_of
from tgtp.chat.commands.tiers.change_view import change_card
from tgtp.chat.commands.tiers.editor import HIGHEST, LadderDraft, Stop, editor, pressed
from tgtp.chat.commands.tiers.parse import Give, read_ladder_words
from tgtp.chat.commands.tiers.rearm_view import rearm_card, rearm_picker
from tgtp.chat.commands.tiers.rows import CardFrame
from tgtp.chat.commands.tiers.rules_view import Seen, coin_card, rules_card
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.examples import OPENED_AT, leg
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.ladder import MOST_TIERS, Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import PositionSide, Snapshot
from tgtp.domain.plan import Situation
from tgtp.engine.rulebook import LadderChange, Whose

CRV, STX = key(), key("STX-USDT-SWAP")
OTHER = 2
LONG = Whose("", PositionSide.LONG)
HAN = re.compile(r"[\u4e00-\u9fff]")


def rules(phone: Phone) -> Any:
    return phone.house.checker.rules


def data_of(phone: Phone) -> list[str]:
    """The callback data under the newest message that is no alert, in order."""
    message = next(message for message in reversed(phone.messages()) if not is_alert(words_of(message)))
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]


async def confirm(phone: Phone) -> str:
    """Read the newest card, and press its first button."""
    phone.house.clock.forward(2)
    return await phone.press(data_of(phone)[0])


async def test_tiers_shows_the_rules_and_what_is_ahead_the_nearest_first(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"), paper_leg("UNI-USDT-SWAP", contracts=1))
    phone.house.set_roi(CRV, 26)
    phone.house.set_roi(STX, 20)
    await phone.house.check()
    answer = await phone.says("/tiers")
    assert "1. ROI ≥ 25%: close 30% → 30, 70 left" in answer
    assert "3. ROI ≥ 50%: close 50% → 17.5, 17.5 left" in answer
    assert answer.endswith(
        "○○○ STX long +20.00% · next 25% at 5.125\n●○○ CRV long +26.00% · next 35% at 5.175\n"
        "1 at 1 U of margin or less: skipped"
    )
    assert phone.buttons() == [["Edit long", "Edit short"], ["🔄 Refresh"]]
    phone.house.set_roi(STX, 10)
    await phone.house.check()
    assert "STX long +10.00%" in await phone.press("Refresh")


async def test_tiers_works_before_the_first_check_but_changes_nothing_then(dial: Dial) -> None:
    phone = await dial(paper_leg(), checks=0)
    assert "1. ROI ≥ 25%" in await phone.says("/tiers")
    assert "first check has not finished yet" in await phone.says("/tiers long 20:30")
    assert "first check has not finished yet" in await phone.says("/rearm CRV long")


async def test_tiers_of_one_coin(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says("/tiers STX long 20:30 40:50")
    await confirm(phone)
    answer = await phone.says("/tiers stx")
    assert "STX long, its own: of 100 contracts\n  1. ROI ≥ 20%" in answer
    assert "STX short, as all: of 100 contracts\n  1. ROI ≥ 35%" in answer
    assert "○○ STX long 0.00% · next 20% at 5.1" in answer
    assert "CRV" not in answer
    assert "Of their own\nSTX long: 20:30 40:50" in await phone.says("/tiers")
    assert "STX long, its own" in await phone.press("ls:1:STX-USDT-SWAP", on=phone.messages()[-1]["message_id"])


@pytest.mark.parametrize(
    "words",
    [
        "STX long 20:30 40:50",
        "stx LONG 20:30,40:50",
        "STX-USDT-SWAP 多 20:30，40:50",
        "STX 多单 20：30%、40 : 50%",
        "STX long: 20:30.0, 40.00:50",
    ],
)
async def test_a_ladder_by_words_asks_and_holds(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    phone.house.set_roi(STX, 22)
    await phone.house.check()
    answer = await phone.says(f"/tiers {words}")
    assert answer == (
        "🚨 Closes at once: STX long 30 contracts (153.30 U); in all 153.30 U, about +3.30 U realised\n"
        "🪜 Change the tiers of STX long?\n"
        "25:30 35:50 50:50 → 20:30 40:50\n"
        "Of 100: 30, 35 — 35 left\n"
        "Open legs that it touches, 1: STX long\n"
        "⚠️ Reached already: closes from the next check on, while the price stays\n"
        "STX long +22.00%: tier 1 closes 30 of 100, about +3.30 U\n"
        "Valid for 60 s."
    )
    assert rules(phone) == SEED_RULES
    assert "Done" in await confirm(phone)
    assert rules(phone).own == {"STX-USDT-SWAP long": Ladder.parse("20:30,40:50")}
    await phone.house.check()
    assert phone.house.fired(STX) == [1]
    assert phone.house.fired(CRV) == []
    assert "user 1 changed the tiers of STX long: 25:30,35:50,50:50 → 20:30,40:50" in await phone.says("/history")
    await phone.restart()
    assert "STX long: 20:30 40:50" in await phone.says("/tiers")


async def test_the_card_names_every_tier_that_is_reached_and_what_stays_fired(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    phone.house.set_roi(CRV, 26)
    phone.house.set_roi(STX, 24)
    await phone.house.check()
    answer = await phone.says("/tiers long 5:30 10:50 90:100")
    assert "STX long +24.00%: tier 1, 2 closes 65 of 100" in answer
    assert "CRV long +26.00%: tier 2 closes 35 of 70" in answer
    assert "stay fired, by number:\n●○○ CRV long: next is tier 2, 10% at 5.05" in answer
    await phone.says("/pause STX")
    answer = await phone.says("/tiers long 5:30 10:50 90:100")
    assert "STX long +24.00%: tier 1, 2 would close 65 of 100, but is paused" in answer
    assert "no tier left" in await phone.says("/tiers CRV long 5:30")


async def test_back_to_the_default(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    for words in ("STX long 20:30", "STX short 21:30", "long 22:30", "short 23:30", "CRV long 24:30"):
        await phone.says(f"/tiers {words}")
        await confirm(phone)
    assert len(rules(phone).own) == 3
    answer = await phone.says("/tiers STX default")
    assert "Put the tiers of STX back to the default?\nSTX long: 20:30 → 22:30\nSTX short: 21:30 → 23:30" in answer
    await confirm(phone)
    assert rules(phone).own.keys() == {"CRV-USDT-SWAP long"}
    assert "already" in await phone.says("/tiers STX 默认")
    assert "22:30 → 25:30 35:50 50:50" in await phone.says("/tiers long default")
    await confirm(phone)
    assert rules(phone).long == SEED_RULES.long
    answer = await phone.says("/tiers default")
    assert "Put all changed tiers back" in answer
    assert "all short legs: 23:30 → 35:30 45:50 55:50" in answer
    await confirm(phone)
    assert rules(phone) == SEED_RULES
    assert "already" in await phone.says("/tiers default")
    assert [event.default for event in phone.house.listener.of("ladder_changed")] == [False] * 5 + [True] * 5


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("long 35:50 25:30", "thresholds must rise, but 25 follows 35"),
        ("long 25:30 25:30", "thresholds must rise, but 25 follows 25"),
        ("long 25:0", "1 to 100 percent of what is held, not 0"),
        ("long 25:100.5", "1 to 100 percent of what is held, not 100.5"),
        ("long 25:-5", "1 to 100 percent of what is held, not -5"),
        ("long " + " ".join(f"{n}:5" for n in range(1, 12)), "1 to 10 tiers, not 11"),
        ("long 0:5", "above 0 and up to 100000, not at 0"),
        ("long 100001:5", "above 0 and up to 100000, not at 100001"),
        ("long 25", "'25' is not a tier"),
        ("long nan:5", "is not a tier"),
        ("long 1e99999999999:5", "is not a tier"),
        ("long 25:30 isolated", "'isolated' is not a tier"),
        ("STX long x", "/tiers STX long 25:30 35:50 50:50"),
        ("STX", "only a coin that is open gets its own tiers. Open now: CRV long"),
        ("CRV up 25:30", "up is not a side"),
        ("CRV 25:30", "/tiers CRV long 25:30"),
        ("25:30 35:50", "/tiers long 25:30 35:50"),
        ("<b>x</b> long 25:30", "no leg of <b>x</b>"),
        ("long " + "9" * 3000, "is not a tier"),
    ],
)
async def test_wrong_words_say_which_and_why_and_change_nothing(dial: Dial, words: str, why: str) -> None:
    legs = [paper_leg(), *([paper_leg("STX-USDT-SWAP")] if words.startswith("STX long") else [])]
    phone = await dial(*legs)
    answer = await phone.says(f"/tiers {words}")
    if "is not a tier" not in why and not words.startswith("STX"):
        assert why in answer
    else:
        assert why.split(" ", 1)[-1] in answer
    assert "\n" not in answer
    assert len(answer) < 500
    assert (phone.buttons(), rules(phone)) == ([], SEED_RULES)
    await phone.says("/lang zh")
    assert HAN.search(told := await phone.says(f"/tiers {words}"))
    assert not re.search("must rise|percent|has 1 to|is not a|above 0", told)
    assert phone.house.listener.of("ladder_changed") == []


async def test_only_a_coin_that_is_open_gets_a_ladder_and_any_may_be_put_back(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says("/tiers STX long 20:30")
    await confirm(phone)
    phone.house.paper.drop_leg(STX)
    await phone.house.check(2)
    assert "STX is not open" in await phone.says("/tiers STX long 21:30")
    assert "STX is not open" in await phone.says("/tiers STX long")
    assert "STX long, its own: of 100 contracts\n  1. ROI ≥ 20%" in await phone.says("/tiers STX")
    await phone.says("/tiers STX default")
    await confirm(phone)
    assert rules(phone) == SEED_RULES
    assert "only a coin that is open" in await phone.says("/tiers STX default")


async def test_its_own_ladder_may_be_that_of_all(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Already in force for all long legs" in (await phone.says("/tiers long 25:30 35:50 50:50")).replace(
        "In", "Already in", 1
    )
    assert "its own from now on" in await phone.says("/tiers CRV long 25:30 35:50 50:50")
    await confirm(phone)
    assert rules(phone).own == {"CRV-USDT-SWAP long": SEED_RULES.long}
    assert "Already in force for CRV long" in await phone.says("/tiers CRV long 25:30 35:50 50:50")


# The card


async def test_cancelled_too_late_too_quick_or_twice(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers long 20:30")
    card, data = phone.messages()[-1]["message_id"], phone.data()
    await phone.press(data[0])
    assert "Too quick" in (phone.toast or "")
    assert "Nothing was changed" in await phone.press("Cancel")
    await phone.press(data[0], on=card)
    assert "answered this already" in (phone.toast or "")
    await phone.says("/tiers long 20:30")
    phone.house.clock.forward(61)
    assert "no longer valid. Nothing was changed" in await phone.press(phone.data()[0])
    assert rules(phone) == SEED_RULES
    # It offers to ask anew.
    assert "Tiers of all long legs" in await phone.press("Ask again")


async def test_a_card_of_before_a_restart_is_dead_and_offers_the_new_one(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers CRV long 20:30")
    await phone.restart()
    assert "no longer valid" in await phone.press("Change")
    assert rules(phone) == SEED_RULES
    assert "Tiers of CRV long" in await phone.press("Ask again")


async def test_a_double_press_changes_once(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers long 20:30")
    card, (yes, *_) = phone.messages()[-1]["message_id"], phone.data()
    phone.house.clock.forward(2)
    async with occupied(phone.house.checker):
        await phone.press(yes, on=card, wait=False)
        await phone.press(yes, on=card, wait=False)
        await phone.until(lambda: "Waiting for the check" in phone.texts()[-1])
    await phone.settle()
    assert "Done" in phone.texts()[-1]
    assert len(phone.house.listener.of("ladder_changed")) == 1


async def test_two_people_one_effect_each_told(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(ME, OTHER))
    await phone.says("/tiers long 20:30")
    mine, my_card = phone.data()[0], phone.messages()[-1]["message_id"]
    await phone.says("/tiers long 21:30", user_id=OTHER)
    phone.house.clock.forward(2)
    theirs = phone.wire.of("sendMessage")[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    their_card = max(phone.wire.posts)
    assert "Done" in await phone.press(theirs, on=their_card, user_id=OTHER)
    await phone.until(lambda: any("user 2 changed the tiers of long" in text for text in phone.alerts()))
    # Mine was shown over a ladder that is no more: it asks again, over the new one.
    answer = await phone.press(mine, on=my_card)
    assert "Changed by someone meanwhile" in answer
    assert "21:30 → 20:30" in answer
    assert rules(phone).long == Ladder.parse("21:30")
    phone.house.clock.forward(2)
    yes = phone.wire.posts[my_card]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert "Done" in await phone.press(yes, on=my_card)
    assert rules(phone).long == Ladder.parse("20:30")
    await phone.press(yes, on=my_card)
    assert "answered this already" in (phone.toast or "")
    assert len(phone.house.listener.of("ladder_changed")) == 2


async def test_a_full_disk_says_so_and_asks_again(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    await phone.says("/tiers long 20:30")
    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        assert "Not done: the ledger could not be written" in await confirm(phone)
    assert rules(phone) == SEED_RULES
    assert "Done" in await confirm(phone)


# The editor


async def press_act(phone: Phone, act: str, **how: Any) -> str:
    return await phone.press(next(data for data in data_of(phone) if data.split(":")[2:3] == [act]), **how)


async def test_the_editor_step_by_step(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    phone.house.set_roi(CRV, 22)
    await phone.house.check()
    await phone.says("/tiers")
    await phone.press("Edit long")
    assert phone.buttons()[0] == ["−", "≥25%", "+", "−", "30%", "+", "✕"]
    assert len(phone.buttons()) == 5
    answer = await press_act(phone, "t1-")
    assert "1. ROI ≥ 20%" in answer
    assert "CRV long +22.00%: tier 1 closes 30 of 100" in answer
    assert "1. ROI ≥ 20%: close 35%" in await press_act(phone, "s1+")
    assert "Steps of 1%" in str([await press_act(phone, "p"), phone.buttons()])
    assert "1. ROI ≥ 20%: close 36%" in await press_act(phone, "s1+")
    await press_act(phone, "r2")
    assert "3. ROI ≥ 60%: close 50%" in await press_act(phone, "a")
    assert rules(phone) == SEED_RULES
    card = await press_act(phone, "w")
    assert "25:30 35:50 50:50 → 20:36 50:50 60:50" in card
    assert phone.buttons() == [["🚨 Change, and close 1 at once: 183.96 U"], ["Back to editing", "Cancel"]]
    assert "3. ROI ≥ 60%" in await phone.press("Back to editing")
    await press_act(phone, "w")
    assert "Done" in await confirm(phone)
    assert str(rules(phone).long) == "20:36,50:50,60:50"
    # Now there is a default to go back to.
    await phone.says("/tiers long")
    await phone.press("Default")
    assert "Done" in await confirm(phone)
    assert rules(phone) == SEED_RULES


async def test_the_editor_stops_at_the_neighbour_and_says_so(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers long 25:98 28:2")
    await confirm(phone)
    await phone.says("/tiers long")
    assert "1. ROI ≥ 27%" in await press_act(phone, "t1+")
    assert await press_act(phone, "t1+") == ""
    assert phone.toast == "Tier 2 stands at 28%: move that one first."
    await press_act(phone, "t2-")
    assert phone.toast == "Tier 1 stands at 27%: move that one first."
    assert "close 100%" in await press_act(phone, "s1+")
    await press_act(phone, "s1+")
    assert phone.toast == "A share is from 1 % to 100 %."
    assert "close 1%" in await press_act(phone, "s2-")
    await press_act(phone, "r1")
    await press_act(phone, "r1")
    assert phone.toast == "At least one tier is needed."
    for _ in range(9):
        await press_act(phone, "a")
    await press_act(phone, "a")
    assert phone.toast == "At most 10 tiers are possible."
    assert all(len(data.encode()) <= 64 for data in phone.data())


async def test_saving_nothing_and_cancelling(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers CRV long")
    assert await press_act(phone, "w") == ""
    assert "not changed anything" in (phone.toast or "")
    await press_act(phone, "n")
    assert "Nothing was changed" in await press_act(phone, "x")
    assert "CRV long, as all" in await phone.press("Show the tiers")


async def test_a_draft_of_before_a_restart_gives_the_fresh_one(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers CRV long")
    await press_act(phone, "t1-")
    await phone.restart()
    answer = await press_act(phone, "t1-")
    assert "The earlier edit is gone" in answer
    assert "1. ROI ≥ 25%" in answer
    assert "1. ROI ≥ 20%" in await press_act(phone, "t1-")


async def test_a_ladder_that_was_changed_while_it_was_edited_is_named_and_asked_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers long")
    edited = phone.messages()[-1]["message_id"]
    await press_act(phone, "t1-")
    acts = {data.split(":")[2]: data for data in phone.data()}
    await phone.says("/tiers long 10:10")
    await confirm(phone)
    assert "in force now: 10:10" in await phone.press(acts["t1-"], on=edited)
    answer = await phone.press(acts["w"], on=edited)
    assert "Changed by someone meanwhile" in answer
    assert "10:10 → 15:30 35:50 50:50" in answer


async def test_two_people_edit_each_their_own(dial: Dial) -> None:
    phone = await dial(paper_leg(), allowed=(ME, OTHER))
    await phone.says("/tiers long")
    await phone.press(
        next(data for data in phone.data() if ":t1-:" in data), user_id=OTHER, on=phone.messages()[-1]["message_id"]
    )
    assert phone.toast == "This confirmation belongs to another user."
    assert "1. ROI ≥ 20%" in await press_act(phone, "t1-")


@pytest.mark.parametrize(
    "data", ["ld:", "ld:x", "ld:00000000:t1+:up", "ld:00000000:t1+:XYZ-USDT-SWAP long", "le:", "le:x", "lr:", "lr:x"]
)
async def test_made_up_buttons_are_harmless(dial: Dial, data: str) -> None:
    phone = await dial(paper_leg())
    await phone.says("/tiers")
    assert await phone.press(data, on=phone.messages()[-1]["message_id"]) == ""
    assert "older message" in (phone.toast or "")
    for more in ("lc:", "lc:x:y", "ls:", "ls:²:", "ls:99:XYZ-USDT-SWAP"):
        await phone.press(more, on=phone.messages()[-1]["message_id"])
    assert rules(phone) == SEED_RULES


async def test_the_card_of_a_leg_opens_the_editor_below_itself(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/status")
    status, count = phone.messages()[-1], len(phone.texts())
    mark = life_mark(CRV, OPENED_AT, 0)
    assert "Tiers of CRV long" in await phone.press(f"le:{mark}", on=status["message_id"])
    assert len(phone.texts()) == count + 1
    phone.house.paper.drop_leg(CRV)
    await phone.house.check(2)
    assert await phone.press(f"le:{mark}", on=status["message_id"]) == ""
    assert "/tiers" in (phone.toast or "")


@given(st.lists(st.sampled_from(["t", "s", "r", "a", "p"]), max_size=60), st.data())
@settings(deadline=None, max_examples=60)
def test_no_press_makes_a_draft_that_is_no_ladder(acts: list[str], data: st.DataObject) -> None:
    draft = LadderDraft.of(
        LONG, ME, data.draw(st.sampled_from([SEED_RULES.long, Ladder.parse("0.5:1.5,0.75:99.5,999:1,1000:100")]))
    )
    for act in acts:
        number = data.draw(st.integers(1, 10))
        word = {"a": "a", "p": "p", "r": f"r{number}"}.get(act) or f"{act}{number}{data.draw(st.sampled_from('+-'))}"
        after = pressed(draft, word)
        if isinstance(after, LadderDraft):
            # Building the ladder is what judges it.
            assert 1 <= len(after.ladder.tiers) <= MOST_TIERS
            assert after.rungs[-1].threshold <= HIGHEST
            draft = after
        else:
            assert after is None or isinstance(after, Stop)


# Re-arming


async def test_rearm_asks_and_empties(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    answer = await phone.says("/rearm CRV long")
    assert answer == (
        "🔁 Re-arm CRV long?\n"
        "●○○ Fired: 1. All of its tiers may fire again: 25:30 35:50 50:50\n"
        "⚠️ Reached already: closes from the next check on, while the price stays\n"
        "CRV long +26.00%: tier 1 closes 21 of 70, about +2.73 U\n"
        "Valid for 60 s."
    )
    assert phone.house.fired(CRV) == [1]
    assert "all tiers may fire again" in await confirm(phone)
    assert phone.house.fired(CRV) == []
    assert phone.house.listener.of("leg_rearmed")[0].by == ME
    await phone.house.check()
    assert phone.house.closed() == [30, 21]


async def test_rearm_picks_among_legs_with_fired_tiers(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    assert "nothing to re-arm" in await phone.says("/rearm")
    assert "No tier of CRV long has fired" in await phone.says("/rearm CRV long")
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await phone.says("/rearm")
    assert phone.buttons() == [["Re-arm CRV long"]]
    count = len(phone.texts())
    assert "Fired: 1" in await phone.press("Re-arm CRV")
    assert len(phone.texts()) == count + 1
    assert "nothing to re-arm" in await phone.says("/rearm STX")
    assert "not a side" in await phone.says("/rearm CRV up")
    assert "Too many words" in await phone.says("/rearm CRV long twice")


async def test_what_has_fired_since_is_another_question(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await phone.says("/rearm CRV long")
    phone.house.set_roi(CRV, 36)
    await phone.house.check()
    answer = await confirm(phone)
    assert "has changed since" in answer
    assert "Fired: 1, 2" in answer
    assert phone.house.fired(CRV) == [1, 2]
    assert "all tiers may fire again" in await confirm(phone)


async def test_rearm_of_a_leg_that_was_opened_anew_does_nothing(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await phone.says("/rearm CRV long")
    phone.house.paper.drop_leg(CRV)
    phone.house.paper.put_leg(paper_leg(opened_at=phone.house.clock.now()))
    await phone.house.check()
    assert "has changed since" in await confirm(phone)
    assert phone.house.listener.of("leg_rearmed") == []


# Whatever there is, Telegram takes it


@pytest.mark.parametrize("count", [0, 1, 2, 60, 400])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_fits(language: Language, count: int) -> None:
    name = "1000000BABYDOGE-USDT-SWAP"
    legs = tuple(
        leg(
            f"{number // 2}{name}",
            side=("long", "short")[number % 2],
            contracts="123456.123",
            roi="71.2345",
            margin_mode="isolated",
        )
        for number in range(count)
    )
    fired = (FiredTier(tier=1, threshold="0.25", fired_at=OPENED_AT),)
    lives = {one.key: Life.begun(one, fired) for one in legs}
    long_one = Ladder.parse(",".join(f"{n}.{'123456789' * 2}:9{n}.123456789123" for n in range(10, 20)).replace(":91", ":9"))
    own = {f"{number}{name} {side}": long_one for number in range(count // 2) for side in ("long", "short")}
    changed = frozenset(map(Whose.parse, own))
    rules_ = SEED_RULES.replaced(own=own)
    outlook = Outlook(
        Snapshot(taken_at=OPENED_AT, legs=legs),
        Situation("main", rules_, lives, (), (), OPENED_AT, may_trade=True),
        "paper",
        False,
        0,
        None,
        OPENED_AT,
    )
    reader = Reader(language, rules_, 10)
    seen = [Seen("main", outlook, lives)]
    for page in (1, 2, 99):
        is_fine(rules_card(reader, changed, seen, page))
    is_fine(coin_card(reader, f"0{name}", changed, seen))
    is_fine(rearm_picker(reader, outlook.snapshot, legs, lives))
    whose = Whose(f"0{name}", PositionSide.LONG)
    asked = CardFrame("lc:00000000:y:ls:1:", "lc:00000000:n:ls:1:", 60, f"ld:00000000:n:{whose.name}")
    wanted = dict.fromkeys(sorted(changed) or [whose], None)
    change = LadderChange(wanted, dict.fromkeys(wanted, long_one), dict.fromkeys(wanted, SEED_RULES.long))
    is_fine(change_card(reader, Give(wanted, "x" * 40), change, SEED_RULES, outlook, asked))
    ten = LadderDraft.of(whose, ME, long_one)
    is_fine(editor(reader, ten, "00000000", outlook, SEED_RULES, is_changed=True, was_gone=True))
    if legs:
        is_fine(rearm_card(reader, legs[0], lives[legs[0].key], outlook, asked))


def test_absurd_numbers_of_one_leg_hide_nothing_of_the_others() -> None:
    absurd = leg(contracts="9" * 40, lot_size="0." + "0" * 90 + "1", roi=30, initial_margin="5")
    sound = leg("STX-USDT-SWAP", roi=30)
    lives = {one.key: Life.begun(one) for one in (absurd, sound)}
    outlook = Outlook(
        Snapshot(taken_at=OPENED_AT, legs=(absurd, sound)),
        Situation("main", SEED_RULES, lives, (), (), OPENED_AT, may_trade=True),
        "paper",
        False,
        0,
        None,
        OPENED_AT,
    )
    card = rules_card(Reader("en", SEED_RULES, 10), (), [Seen("main", outlook, lives)])
    assert "STX long</b> +30.00% · tier 1 is due" in card.text
    assert "its data is invalid" in card.text
    after = SEED_RULES.replaced(long=Ladder.parse("20:30"))
    change = LadderChange({LONG: after.long}, {LONG: SEED_RULES.long}, {LONG: after.long})
    text = change_card(
        Reader("en", SEED_RULES, 10), Give({LONG: after.long}, "x"), change, after, outlook, CardFrame("a", "b", 60)
    ).text
    assert "STX long +30.00%: tier 1 closes 30 of 100" in text


def test_words_read_as_what_they_mean() -> None:
    snapshot = Snapshot(taken_at=OPENED_AT, legs=(leg(),))
    reader = Reader("en", SEED_RULES, 10)

    def read(text: str) -> str:
        return type(read_ladder_words(reader, text.split(), snapshot, frozenset({LONG}))).__name__

    assert [read(text) for text in ("", "all", "CRV", "long", "CRV 空", "long default", "default", "long 5:5")] == [
        *("Show", "Show", "Show", "Edit", "Edit", "Give", "Give", "Give")
    ]


@pytest.mark.parametrize("words", ["/tiers", "/tiers alpha", "/tiers STX"])
async def test_the_legs_of_every_account_stand_below_the_rules(dial: Dial, tmp_path: Path, words: str) -> None:
    legs = {"main": [paper_leg()], "alpha": [paper_leg("STX-USDT-SWAP")]}
    phone = await dial(house=Street(tmp_path / "street", legs))
    text = await phone.says(words)
    assert "alpha\n○○○ STX long" in text
    assert ("main\n○○○ CRV long" in text) == (words != "/tiers STX")
