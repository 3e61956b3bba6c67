"""The cards of legs and pairs on the phone: the words that ask for them, every button, and what becomes of old ones."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.simulation.phone.phone import ME, Phone, words_of
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.domain.events import Paused, Resumed
from tgtp.domain.examples import OPENED_AT
from tgtp.domain.model import Candle, Snapshot
from tgtp.errors import LedgerWriteFailed, TemporarilyDown

STX, STX_SHORT, CRV = key("STX-USDT-SWAP"), key("STX-USDT-SWAP", "short"), key()
OTHER = 22
HAN = re.compile(r"[\u4e00-\u9fff]")


def stx(side: str = "long", **changes: Any) -> PaperLeg:
    return paper_leg("STX-USDT-SWAP", side, **changes)


def with_candles(house: House, name: str = "STX-USDT-SWAP") -> None:
    """Let the exchange have a record of the last day's prices."""
    begin, mark = house.clock.now() - dt.timedelta(days=1), house.prices.marks[name]
    house.prices.candles[name] = tuple(
        Candle(opened_at=begin + hour * dt.timedelta(hours=1), open=mark, high=mark, low=mark, close=mark) for hour in range(24)
    )


def newest(phone: Phone) -> dict[str, Any]:
    return phone.newest()


def stands(phone: Phone, number: int) -> dict[str, Any]:
    """A message as it stands now."""
    return next(message for message in phone.messages() if message["message_id"] == number)


def button_rows(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def find(message: dict[str, Any], label: str) -> str:
    (data,) = [button["callback_data"] for row in button_rows(message) for button in row if label in button["text"]]
    return str(data)


async def card(phone: Phone, words: str = "/leg STX long") -> dict[str, Any]:
    """Ask for a card, and give its message."""
    assert await phone.says(words)
    return newest(phone)


# Words


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("STX long", "STX long · 10x"),
        ("stx LONG", "STX long · 10x"),
        ("STX-USDT-SWAP 多", "STX long · 10x"),
        ("STX 多单 cross", "STX long · 10x"),
        ("STX 空", "STX short · 10x"),
        ("CRV", "CRV long · 10x"),
        ("CRV 多 全仓", "CRV long · 10x"),
        ("UNI short isolated", "UNI short isolated · 10x"),
        ("UNI 空单 逐仓", "UNI short isolated · 10x"),
    ],
)
async def test_words_that_name_a_leg(dial: Dial, words: str, head: str) -> None:
    uni = [paper_leg("UNI-USDT-SWAP", "short", mode=mode) for mode in ("cross", "isolated")]
    phone = await dial(stx(), stx("short"), paper_leg(), *uni)
    assert head in (await phone.says(f"/leg {words}")).split("\n")[0]
    assert phone.buttons()[0] == ["✂️ Close 25%", "✂️ Close 50%"]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/leg XYZ", "There is no leg of XYZ. Open now: CRV long, STX long/short."),
        ("/leg STX up", "up is not a side; say long or short: /leg STX long"),
        ("/leg CRV short", "There is no short leg of CRV. Open now: CRV long, STX long/short."),
        ("/leg CRV long isolated", "CRV long is cross, not isolated."),
        ("/leg STX long 50%", "Too many words. The form is /leg STX long."),
        ("/leg STX long cross again", "Too many words. The form is /leg STX long."),
        ("/pair XYZ", "There is no leg of XYZ. Open now: CRV long, STX long/short."),
        ("/pair STX long", "One coin at a time: /pair STX"),
        ("/pairs STX", "No words are needed: /pairs. One pair: /pair STX"),
    ],
)
async def test_wrong_words_are_answered_with_the_right_form(dial: Dial, words: str, answer: str) -> None:
    phone = await dial(paper_leg(), stx(), stx("short"))
    assert await phone.says(words) == answer
    assert phone.buttons() == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "words", ["/leg", "/leg STX", "/leg STX 多", "/leg STX up", "/pair STX", "/pair", "/pairs", "/pairs x"]
)
async def test_each_is_answered_in_the_reader_s_language(dial: Dial, words: str, language: str) -> None:
    phone = await dial(stx(), stx("short"), language=language)
    answer = await phone.says(words)
    assert bool(HAN.search(answer)) is (language == "zh"), answer


async def test_an_empty_account(dial: Dial) -> None:
    phone = await dial()
    for words in ("/leg", "/leg STX", "/pair STX"):
        assert await phone.says(words) == "There is no open leg."
    assert "There is no pair" in await phone.says("/pairs")


async def test_before_anything_was_seen(dial: Dial) -> None:
    phone = await dial(stx(), checks=0)
    for words in ("/leg STX long", "/leg", "/pair STX", "/pairs"):
        assert "first check has not finished" in await phone.says(words)


async def test_the_picker_leads_to_the_card(dial: Dial) -> None:
    phone = await dial(stx(), stx("short"), paper_leg())
    assert await phone.says("/leg") == "Which leg?"
    assert phone.buttons() == [["CRV long 0.00%", "STX long 0.00%"], ["STX short 0.00%"]]
    assert await phone.says("/leg STX") == "Which leg of STX?"
    assert phone.buttons() == [["STX long 0.00%", "STX short 0.00%"]]
    picker = newest(phone)
    assert "STX short" in await phone.press("STX short")
    # The picker stays: the next leg is one tap away.
    assert stands(phone, picker["message_id"]) == picker
    assert "STX long" in await phone.press("ll:" + find(picker, "long").removeprefix("ll:"), on=picker["message_id"])


# The card and its picture


async def test_a_card_comes_with_its_picture_and_the_words_below(dial: Dial) -> None:
    phone = await dial(stx())
    with_candles(phone.house)
    shown = await card(phone)
    assert shown["photo"]
    assert shown["caption"].startswith("⬜ STX long")
    assert len(button_rows(shown)) == 5
    assert ("sendChatAction", "upload_photo") in [(method, sent.get("action")) for method, sent in phone.tg.calls]


async def test_where_there_are_no_prices_the_words_come_alone(dial: Dial) -> None:
    phone = await dial(stx())
    assert "text" in await card(phone)
    with_candles(phone.house)
    phone.house.exchange.before = fail("mark_candles", TemporarilyDown("away"))
    assert "text" in await card(phone)
    assert "photo" in await card(phone)


async def test_a_card_knows_what_this_life_has_seen(dial: Dial) -> None:
    phone = await dial(stx())
    house = phone.house
    for roi in (12, -8, 26, 3):
        house.set_roi(STX, roi)
        await house.check()
    rows = (await phone.says("/leg STX")).split("\n")
    assert rows[1] == "ROI +3.00% · low -8.00% · high +26.00%"
    assert any(re.fullmatch(r"● 25% at 5\.125: closed 30, 12:00", row) for row in rows), rows
    assert "○ 35% at 5.175: closes 35 of 70" in rows
    assert "My 1 order: tiers +3.90 U before fees" in rows
    # Another life begins with none of it.
    house.paper.put_leg(stx(opened_at=house.clock.now()))
    await house.check()
    answer = await phone.says("/leg STX")
    assert "low +3.00% · high +3.00%" in answer
    assert "closed 30" not in answer
    assert "My 1 order" not in answer
    house.set_roi(STX, 27)
    await house.check()
    assert "My 1 order: tiers +4.05 U before fees" in (await phone.says("/leg STX")).split("\n")


async def test_refresh_renews_the_card_in_its_place(dial: Dial) -> None:
    phone = await dial(stx())
    for pictured in (False, True):
        if pictured:
            with_candles(phone.house)
        shown, count = await card(phone), len(phone.messages())
        phone.house.set_roi(STX, 7 + pictured)
        await phone.house.check()
        await phone.press("🔄")
        assert len(phone.messages()) == count
        now = stands(phone, shown["message_id"])
        assert f"ROI +{7 + pictured}.00%" in words_of(now)
        assert ("photo" in now) is pictured
        assert [row[0]["text"] for row in button_rows(now)] == [row[0]["text"] for row in button_rows(shown)]


# Closing from the card


@pytest.mark.parametrize("pictured", [False, True])
@pytest.mark.parametrize(
    ("label", "closes"), [("✂️ Close 25%", 25), ("✂️ Close 50%", 50), ("✂️ Close to base", 98), ("🛑 Close all", 100)]
)
async def test_closing_from_the_card_asks_below_it(dial: Dial, label: str, closes: int, pictured: bool) -> None:
    phone = await dial(stx())
    if pictured:
        with_candles(phone.house)
    shown = await card(phone)
    answer = await phone.press(label)
    assert answer.startswith("✋ Close STX long?")
    assert phone.house.closed() == []
    assert stands(phone, shown["message_id"]) == shown
    assert newest(phone)["message_id"] != shown["message_id"]
    await phone.press("✅")
    assert phone.house.closed() == [Decimal(closes)]
    assert words_of(newest(phone)).startswith("✋ Done: ")
    # The card is still there with its buttons, and knows what has happened when it is asked.
    assert stands(phone, shown["message_id"]) == shown


async def test_what_is_too_small_is_said_below_the_card(dial: Dial) -> None:
    phone = await dial(stx(contracts=3))
    shown = await card(phone)
    assert "less than the smallest order" in await phone.press("✂️ Close 25%")
    assert stands(phone, shown["message_id"]) == shown


async def test_the_picker_of_close_is_still_replaced_by_its_question(dial: Dial) -> None:
    phone = await dial(stx(contracts=3))
    await phone.says("/close STX long 50%")
    await phone.says("/close")
    await phone.press("STX long")
    count = len(phone.messages())
    assert "less than the smallest order" in await phone.press("25%")
    assert len(phone.messages()) == count


async def test_a_second_close_of_what_has_changed_asks_again(dial: Dial) -> None:
    phone = await dial(stx())
    shown = await card(phone)
    half = find(shown, "✂️ Close 50%")
    await phone.press(half)
    first = newest(phone)["message_id"]
    await phone.press(half, on=shown["message_id"])
    second = newest(phone)["message_id"]
    assert first != second
    await phone.press(find(stands(phone, first), "✅"), on=first)
    answer = await phone.press(find(stands(phone, second), "✅"), on=second)
    assert phone.house.closed() == [Decimal(50)]
    assert "has changed since" in answer
    assert "Closes: 25 at market" in answer


# Old buttons


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("how", ["gone", "reopened"])
async def test_a_card_of_a_life_that_is_over_offers_what_there_is(dial: Dial, how: str, language: str) -> None:
    phone = await dial(stx(), stx("short"), paper_leg(), language=language)
    shown = await card(phone)
    house = phone.house
    if how == "gone":
        house.paper.drop_leg(STX)
    else:
        house.paper.put_leg(stx(opened_at=OPENED_AT + dt.timedelta(hours=1)))
    await house.check(2)
    answer = await phone.press(find(shown, "🔄"), on=shown["message_id"])
    old = {"en": "🕰 That button is old: its leg was closed. Open now:", "zh": "🕰 按钮已失效：对应的仓位已经平掉。当前仓位："}
    assert answer == old[language]
    assert phone.toast == {"en": "An old button: that leg was closed.", "zh": "旧按钮：对应的仓位已经平掉。"}[language]
    # Those of the same coin, and the card as it was.
    offered = [find(newest(phone), word) for row in phone.buttons() for word in row]
    assert len(offered) == (1 if how == "gone" else 2)
    assert stands(phone, shown["message_id"]) == shown
    for label in ("25%", "50%"):
        await phone.press(find(shown, label), on=shown["message_id"])
        assert words_of(newest(phone)).startswith("✋")
        assert button_rows(newest(phone)) == []
    assert house.exchange.submitted == []


async def test_where_no_leg_of_the_coin_is_left_all_are_offered(dial: Dial) -> None:
    phone = await dial(stx(), paper_leg())
    shown = await card(phone)
    pair = shown["message_id"]
    phone.house.paper.drop_leg(STX)
    await phone.house.check()
    await phone.press(find(shown, "🔄"), on=pair)
    assert phone.buttons() == [["CRV long 0.00%"]]
    await phone.press("lp:STX", on=pair)
    assert phone.buttons() == [["CRV long 0.00%"]]
    phone.house.paper.drop_leg(CRV)
    await phone.house.check()
    assert (await phone.press(find(shown, "🔄"), on=pair)).endswith("There is no open leg.")


@pytest.mark.parametrize(
    "data", ["ll:", "ll:zzz", "ll:zzz:STX", "ll:::::", "lp:", "lp::r", "lz:", "lz:p", "lz:x:y:z", "lz:p:x:"]
)
async def test_nonsense_in_a_button_is_an_old_button(dial: Dial, data: str) -> None:
    phone = await dial(stx())
    shown = await card(phone)
    await phone.press(data, on=shown["message_id"])
    assert "old" in (phone.toast or "")
    assert phone.house.ledger.paused() == frozenset()


async def test_a_button_pressed_before_anything_was_seen(dial: Dial) -> None:
    phone = await dial(stx(), stx("short"))
    shown = await card(phone)
    phone.house.checker.last_good = None
    for label in ("🔄", "Pair", "Pause"):
        await phone.press(find(shown, label), on=shown["message_id"])
        assert stands(phone, shown["message_id"]) == shown
    assert phone.house.ledger.paused() == frozenset({"STX-USDT-SWAP"})


# The pause


@pytest.mark.parametrize("pictured", [False, True])
async def test_pause_and_resume_on_the_card(dial: Dial, pictured: bool) -> None:
    phone = await dial(stx(), paper_leg())
    if pictured:
        with_candles(phone.house)
    shown = await card(phone)
    count = len(phone.messages()) - len(phone.alerts())
    answer = await phone.press("⏸ Pause STX")
    assert phone.toast == "⏸ STX: paused. I close nothing of it by myself."
    assert "⏸ STX is paused" in answer
    assert phone.house.ledger.paused() == {"STX-USDT-SWAP"}
    assert phone.buttons()[2] == ["▶️ Resume STX"]
    answer = await phone.press("▶️ Resume STX")
    assert phone.toast == "🟢 STX: running again."
    assert "paused" not in answer
    assert phone.house.ledger.paused() == frozenset()
    assert phone.buttons()[2] == ["⏸ Pause STX"]
    assert len(phone.messages()) - len(phone.alerts()) == count
    assert newest(phone)["message_id"] == shown["message_id"]
    changes = [event for _, event in phone.house.ledger.history(2) if isinstance(event, Paused | Resumed)]
    assert [(event.kind, event.name, event.by) for event in changes] == [
        ("resumed", "STX-USDT-SWAP", ME),
        ("paused", "STX-USDT-SWAP", ME),
    ]


async def test_two_people_press_pause(dial: Dial) -> None:
    phone = await dial(stx(), allowed=(ME, OTHER))
    await phone.says("/start", user_id=OTHER)
    shown = await card(phone)
    pause = find(shown, "Pause")
    await phone.press(pause, on=shown["message_id"])
    first = phone.toast
    await phone.press(pause, on=shown["message_id"], user_id=OTHER)
    assert (first, phone.toast) == ("⏸ STX: paused. I close nothing of it by myself.", "⏸ STX: was paused already.")
    assert [event.kind for _, event in phone.house.ledger.history(20)].count("paused") == 1
    resume = find(stands(phone, shown["message_id"]), "Resume")
    await phone.press(resume, on=shown["message_id"])
    await phone.press(resume, on=shown["message_id"])
    assert phone.toast == "🟢 STX: was running already."
    assert [event.kind for _, event in phone.house.ledger.history(20)].count("resumed") == 1


async def test_while_everything_is_paused(dial: Dial) -> None:
    phone = await dial(stx())
    await card(phone)
    await phone.press("⏸ Pause STX")
    resume = find(newest(phone), "Resume STX")
    await phone.says("/pause")
    await phone.says("/leg STX")
    assert phone.buttons()[2] == ["▶️ Resume everything"]
    # The coin alone cannot run while everything stands still.
    await phone.press(resume, on=newest(phone)["message_id"])
    assert phone.toast == "⏸ STX: no longer paused on its own, but a wider pause holds it."
    assert phone.house.ledger.paused() == {"*"}
    await phone.press("Resume everything")
    assert phone.toast == "🟢 everything: running again."
    assert phone.house.ledger.paused() == frozenset()


async def test_a_pause_works_on_the_card_of_a_leg_that_is_gone(dial: Dial) -> None:
    phone = await dial(stx(), stx("short"))
    shown = await card(phone)
    phone.house.paper.drop_leg(STX)
    await phone.house.check()
    answer = await phone.press(find(shown, "Pause"), on=shown["message_id"])
    assert phone.house.ledger.paused() == {"STX-USDT-SWAP"}
    assert phone.toast == "⏸ STX: paused. I close nothing of it by myself."
    assert "That button is old" in answer


async def test_a_pause_that_could_not_be_written_is_said(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(stx())
    await card(phone)

    def refuse(*_: Any) -> bool:
        raise LedgerWriteFailed("/data/ledger.json could not be written: No space left on device")

    monkeypatch.setattr(phone.house.actions, "pause", refuse)
    assert "Not done: the ledger could not be written" in await phone.press("⏸ Pause STX")
    assert phone.house.ledger.paused() == frozenset()


# What others answer


async def test_the_ladder_is_edited_and_re_armed_below_the_card(dial: Dial) -> None:
    phone = await dial(stx())
    phone.house.set_roi(STX, 26)
    await phone.house.check()
    shown = await card(phone)
    for label in ("Edit tiers", "Re-arm"):
        assert await phone.press(find(shown, label), on=shown["message_id"])
        assert newest(phone)["message_id"] != shown["message_id"]
        assert stands(phone, shown["message_id"]) == shown


# Pairs


async def test_a_pair_opens_its_legs(dial: Dial) -> None:
    phone = await dial(stx(), stx("short", leverage=20), stx("short", mode="isolated"))
    assert "🟩 STX" not in await phone.says("/pair STX")
    assert phone.buttons() == [["STX long 0.00%", "STX short 0.00%"], ["STX short isolated 0.00%"], ["🔄 Refresh"]]
    shown = newest(phone)
    assert "STX short isolated" in await phone.press("STX short isolated")
    assert stands(phone, shown["message_id"]) == shown
    assert (await phone.press("⚖️ Pair")).startswith("⚖️ STX ·")


async def test_a_pair_is_renewed_in_its_place_with_its_picture(dial: Dial) -> None:
    phone = await dial(stx(), stx("short"))
    with_candles(phone.house)
    shown = await card(phone, "/pair stx")
    assert shown["photo"]
    count = len(phone.messages())
    phone.house.set_roi(STX, 5)
    await phone.house.check()
    await phone.press("🔄")
    assert len(phone.messages()) == count + 1  # the alert of what the hedge rule did
    assert "🟩 long 10x · +5.00% · +2.50 U" in words_of(stands(phone, shown["message_id"]))


async def test_a_pair_that_has_lost_a_side_offers_the_other(dial: Dial) -> None:
    phone = await dial(stx(), stx("short"))
    shown = await card(phone, "/pair STX")
    phone.house.paper.drop_leg(STX)
    await phone.house.check()
    answer = await phone.press(find(shown, "🔄"), on=shown["message_id"])
    assert answer == "STX is held on one side only: short. That is no pair; here is its card:"
    assert button_rows(stands(phone, shown["message_id"]))[0][0]["text"] == "STX short 0.00%"
    assert "STX short" in await phone.press("STX short")


@pytest.mark.parametrize("modes", [("cross",), ("cross", "isolated")])
async def test_one_side_is_no_pair(dial: Dial, modes: tuple[str, ...]) -> None:
    phone = await dial(*(stx(mode=mode) for mode in modes))
    assert "on one side only: long" in await phone.says("/pair STX")
    assert len(phone.data()) == len(modes)
    assert "There is no pair" in await phone.says("/pairs")


async def test_pages_of_pairs_turn_in_place(dial: Dial) -> None:
    names = [f"C{number:02d}-USDT-SWAP" for number in range(20)]
    phone = await dial(*(paper_leg(name, side) for name in names for side in ("long", "short")))
    assert "Pairs: 20" in await phone.says("/pairs")
    first = newest(phone)["message_id"]
    assert phone.buttons()[-2] == ["◀", "page 1 of 3", "▶"]
    assert phone.buttons()[0] == ["C00", "C01", "C02", "C03"]
    await phone.press("▶")
    assert phone.buttons()[-2] == ["◀", "page 2 of 3", "▶"]
    await phone.press("◀")
    await phone.press("◀")
    assert phone.buttons()[-2] == ["◀", "page 3 of 3", "▶"]
    assert newest(phone)["message_id"] == first
    assert "⚖️ C17 ·" in await phone.press("C17")
    # From the panel it opens as a message of its own; a page that is no more is the last one.
    count = len(phone.messages())
    await phone.press("pp:", on=first)
    assert len(phone.messages()) == count + 1
    for data, page in (("pp:99", 3), ("pp:0", 1), ("pp:abc", 1), ("pp:²", 1), ("pp:99999999999999999999", 1)):
        await phone.press(data, on=newest(phone)["message_id"])
        assert phone.buttons()[-2][1] == f"page {page} of 3"


async def test_a_coin_whose_name_begins_alike_is_another(dial: Dial) -> None:
    phone = await dial(stx(), stx("short"), paper_leg("STXX-USDT-SWAP"), paper_leg("STXX-USDT-SWAP", "short"))
    assert "STXX" not in await phone.says("/pair STX")
    assert phone.buttons()[0] == ["STX long 0.00%", "STX short 0.00%"]


# Absurd numbers

ABSURD = Decimal("1234567890123456789012345678.51111111")


@pytest.mark.parametrize("number", [ABSURD, Decimal("1E-35")])
@pytest.mark.parametrize(
    "name",
    [
        *("contracts", "entry_price", "mark_price", "leverage", "initial_margin", "unrealised_pnl", "liquidation_price"),
        *("break_even_price", "margin_ratio", "fees", "funding", "exchange_roi"),
    ],
)
async def test_a_card_is_shown_however_many_digits_a_number_has(dial: Dial, name: str, number: Decimal) -> None:
    """It said that the data is invalid; with an absurd price nothing ever came, and no check ran any more."""
    phone = await dial(stx(), stx("short"), checks=0)

    def absurd(snapshot: Snapshot) -> Snapshot:
        return snapshot.replaced(legs=tuple(leg.replaced(**{name: number}) if leg.key == STX else leg for leg in snapshot.legs))

    phone.house.exchange.view = absurd
    await phone.house.check()
    said = await phone.says("/leg STX long")
    assert "STX long" in said
    assert "invalid" not in said
    assert "invalid" not in await phone.says("/pair STX")
