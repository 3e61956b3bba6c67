"""What can be done about an alert from where it stands, by real presses through the router; and how many it takes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import reader
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone
from tgtp.chat.events.alert import alert
from tgtp.chat.events.alert_buttons import with_buttons
from tgtp.chat.outbox.batching import batches
from tgtp.chat.texts import Language
from tgtp.domain.events import Event, GuardFilled, PauseStands, TierFilled
from tgtp.domain.pauses import Pause

CRV = key()


async def with_alert(phone: Phone) -> int:
    """Let the first tier fire; gives the message that tells of it."""
    phone.house.set_roi(CRV, 26)
    await phone.house.check()
    await phone.until(lambda: not phone.house.ledger.outbox())
    return int(next(post["message_id"] for post in phone.messages()[::-1] if "tier 1" in post.get("text", "")))


def labels(phone: Phone, message_id: int) -> list[list[str]]:
    post = next(post for post in phone.messages() if post["message_id"] == message_id)
    return [[button["text"] for button in row] for row in post.get("reply_markup", {}).get("inline_keyboard", [])]


def data(phone: Phone, message_id: int, label: str) -> str:
    post = next(post for post in phone.messages() if post["message_id"] == message_id)
    rows = post["reply_markup"]["inline_keyboard"]
    return str(next(button["callback_data"] for row in rows for button in row if button["text"] == label))


async def test_two_taps_lead_from_an_alert_to_half_closed(dial: Dial) -> None:
    phone = await dial(paper_leg())
    told = await with_alert(phone)
    assert labels(phone, told) == [["📋 Copy order id"], ["✂️ Close half", "CRV long"], ["⏸ Pause CRV", "❓ Why"]]
    held = phone.house.held(CRV)
    card = await phone.press(data(phone, told, "✂️ Close half"), on=told)
    assert card.startswith("✋ Close CRV long?")
    assert phone.house.held(CRV) == held
    phone.house.clock.forward(2)
    assert "35 closed" in await phone.press("✅ Close 35")
    assert phone.house.held(CRV) == held / 2
    # What was told is still there.
    assert "tier 1" in next(post["text"] for post in phone.messages() if post["message_id"] == told)


async def test_three_taps_lead_from_the_status_to_half_closed(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    await phone.says("/status")
    taps = 0
    for label in ("CRV long", "✂️ Close 50%", "✅ Close 50"):
        await phone.press(label)
        phone.house.clock.forward(2)
        taps += 1
    assert taps == 3
    assert phone.house.held(CRV) == 50
    assert phone.house.held(key("STX-USDT-SWAP")) == 100


async def test_the_leg_and_the_reason_come_below(dial: Dial) -> None:
    phone = await dial(paper_leg())
    told = await with_alert(phone)
    assert "CRV long · 10x" in await phone.press(data(phone, told, "CRV long"), on=told)
    assert "Rule: tier 1, ROI ≥ 25%" in await phone.press(data(phone, told, "❓ Why"), on=told)
    assert labels(phone, told)


async def test_a_coin_is_paused_from_its_alert_and_goes_on_by_the_button_below(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"))
    told = await with_alert(phone)
    answer = await phone.press(data(phone, told, "⏸ Pause CRV"), on=told)
    assert "CRV" in answer
    assert "paused" in answer
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP"}
    assert phone.buttons() == [["▶️ Resume CRV"]]
    assert "CRV: running again" in await phone.press("▶️ Resume CRV")
    assert phone.house.ledger.paused() == frozenset()
    # The alert stands as it was.
    assert labels(phone, told)


async def test_a_leg_that_is_gone_is_told_below(dial: Dial) -> None:
    phone = await dial(paper_leg())
    told = await with_alert(phone)
    pause, half = (data(phone, told, label) for label in ("⏸ Pause CRV", "✂️ Close half"))
    phone.house.paper.drop_leg(CRV)
    await phone.house.check(2)
    await phone.until(lambda: not phone.house.ledger.outbox())
    for pressed in (pause, half):
        assert await phone.press(pressed, on=told)
    assert "tier 1" in next(post["text"] for post in phone.messages() if post["message_id"] == told)
    assert phone.house.closed() == [30]


@pytest.mark.parametrize("beside", [True, False])
async def test_a_coin_is_paused_from_the_alert_that_its_leg_was_closed(dial: Dial, beside: bool) -> None:
    """The button was there, and answered that there is no such leg."""
    phone = await dial(paper_leg(), *([paper_leg("STX-USDT-SWAP")] if beside else []))
    await phone.says("/close CRV long")
    phone.house.clock.forward(2)
    await phone.press("✅ Close 100")
    # What was asked for by this phone is read on its card; another one gets the alert.
    number = next(number for number, event in phone.house.ledger.history(9) if event.kind == "hand_filled")
    event = phone.house.ledger.event(number)
    assert event is not None
    below = with_buttons(reader("en"), number, event[1], alert(reader("en"), *event)).buttons
    pause = next(button.data for row in below for button in row if "Pause CRV" in button.label)
    await phone.house.check(3)
    assert "⏸ CRV paused" in await phone.press(pause, on=phone.messages()[-1]["message_id"])
    assert phone.house.ledger.paused() == {"CRV-USDT-SWAP"}
    # The same leg, opened anew.
    phone.house.paper.put_leg(paper_leg())
    phone.house.set_roi(CRV, 26)
    await phone.house.check(2)
    assert phone.house.held(CRV) == 100
    assert "CRV: running again" in await phone.press("▶️ Resume CRV")


async def test_what_was_closed_whole_offers_no_half(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close CRV long")
    phone.house.clock.forward(2)
    await phone.press("✅ Close 100")
    await phone.until(lambda: not phone.house.ledger.outbox())
    assert not any("✂️" in str(post.get("reply_markup")) for post in phone.messages()[-1:])


async def test_the_answer_to_a_pause_has_the_way_back(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause")
    assert phone.buttons() == [["▶️ Resume everything"]]
    assert "Running again" in await phone.press("▶️ Resume everything")
    assert phone.house.ledger.paused() == frozenset()


@pytest.fixture
async def street(dial: Dial, tmp_path: Path) -> Phone:
    return await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))


async def test_with_several_accounts_a_pause_of_all_ends_in_all(street: Phone) -> None:
    await street.says("/pause")
    assert street.data() == ["au:h:*"]
    await street.press("▶️ Resume everything")
    assert isinstance(street.house, Street)
    assert all(account.checker.journal.ledger.paused() == frozenset() for account in street.house.accounts)


async def test_with_several_accounts_an_alert_acts_in_its_own(street: Phone) -> None:
    told = await with_alert(street)
    assert all(data(street, told, label).startswith("@main:") for row in labels(street, told)[1:] for label in row)
    await street.press(data(street, told, "⏸ Pause CRV"), on=told)
    assert isinstance(street.house, Street)
    paused = {account.name: account.checker.journal.ledger.paused() for account in street.house.accounts}
    assert paused == {"main": {"CRV-USDT-SWAP"}, "alpha": frozenset()}


@pytest.mark.parametrize(
    "made_up", ["au:h:", "au:n:NOPE-USDT-SWAP", "au:", "ap:", "ap:NOPE-USDT-SWAP", "wy:", "wy:x", "wy:999"]
)
async def test_made_up_buttons_are_harmless(dial: Dial, made_up: str) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause CRV")
    await phone.press(made_up, on=phone.messages()[-1]["message_id"])
    assert phone.house.ledger.paused() >= {"CRV-USDT-SWAP"}


@pytest.mark.parametrize(("tagged", "data_"), [(False, "au:n:CRV-USDT-SWAP"), (True, "@main:au:n:CRV-USDT-SWAP")])
def test_the_reminder_of_a_pause_has_the_way_back(tagged: bool, data_: str) -> None:
    at = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
    pauses = (Pause(scope="CRV-USDT-SWAP", cause="person"), Pause(scope="*", cause="guard"), Pause(scope="*", cause="watch"))
    event = PauseStands(at=at, pauses=pauses)
    message = with_buttons(reader("en")._replace(tagged=tagged), 7, event, alert(reader("en"), 7, event))
    resume, lift = (row[0] for row in message.buttons)
    assert (resume.label, resume.data, resume.style) == ("▶️ Resume CRV", data_, "success")
    # What is to be looked at first has its own, and what the settings say has none.
    assert ":pl:" in f":{lift.data}"


@pytest.mark.parametrize("count", [2, 5])
def test_buttons_keep_no_burst_from_being_one_message(count: int) -> None:
    tier = next(event for event in EVENTS if event.kind == "tier_filled")
    made = batches(reader("en"), list(enumerate([tier] * count, 1)), tier.at)
    assert len(made) == (count if count == 2 else 1)
    assert all(batch.message.buttons for batch in made)


# Lists


@pytest.mark.gathering
async def test_a_list_leads_to_its_legs_and_pauses_everything(dial: Dial) -> None:
    names = [f"C{number}-USDT-SWAP" for number in range(5)]
    phone = await dial(*(paper_leg(name) for name in names))
    await phone.until(phone.alerts)
    for name in names:
        phone.house.set_roi(key(name), 26)
    await phone.house.check()
    await phone.until(lambda: not phone.house.ledger.outbox())
    told = next(post["message_id"] for post in phone.messages() if "5 messages in one" in post.get("text", ""))
    assert labels(phone, told) == [["C0 long", "C1 long"], ["C2 long", "C3 long"], ["C4 long"], ["⏸ Pause everything"]]
    assert "C3" in await phone.press(data(phone, told, "C3 long"), on=told)
    assert "Paused" in await phone.press(data(phone, told, "⏸ Pause everything"), on=told)
    assert phone.house.ledger.paused() == {"*"}
    # The list is still there.
    assert "5 messages in one" in next(post["text"] for post in phone.messages() if post["message_id"] == told)


@pytest.mark.parametrize(
    ("language", "status", "pause"), [("en", "Positions", "⏸ Pause everything"), ("zh", "仓位", "⏸ 全部暂停")]
)
def test_a_long_list_leads_to_six_legs_and_all_positions(language: Language, status: str, pause: str) -> None:
    (fill,) = [event for event in EVENTS if event.kind == "tier_filled"][:1]
    assert isinstance(fill, TierFilled)
    legs = [key(f"C{number}-USDT-SWAP") for number in range(9)]
    entries: list[tuple[int, Event]] = [
        (number, fill.replaced(intent=fill.intent.replaced(leg=leg))) for number, leg in enumerate(legs, 1)
    ]
    # Of one leg that is told of twice there is one button, and none of one that is no more.
    entries += [(10, entries[1][1]), (11, entries[0][1].replaced(contracts_left=0))]
    (batch,) = batches(reader(language), entries, fill.at)
    assert "-USDT-SWAP" not in batch.message.text
    assert [[button.label.split()[0] for button in row] for row in batch.message.buttons[:3]] == [
        ["C1", "C2"],
        ["C3", "C4"],
        ["C5", "C6"],
    ]
    assert [button.label for button in batch.message.buttons[3]] == [status, pause]
    assert len(batch.message.buttons) == 4


def test_the_legs_of_a_list_are_those_of_their_accounts() -> None:
    (fill,) = [event for event in EVENTS if event.kind == "tier_filled"][:1]
    entries = [(number, fill.replaced(account=f"sub{number}")) for number in range(1, 5)]
    (batch,) = batches(reader("en")._replace(tagged=True), entries, fill.at)
    (first, _), *_, (pause,) = batch.message.buttons
    assert first.label == "sub1 CRV long"
    assert first.data.startswith("@sub1:ll:")
    assert pause.data == "ap:*"


@pytest.mark.parametrize("left", [0, 2])
def test_what_the_drawdown_guard_has_closed_is_paused_already(left: int) -> None:
    fired, done = (next(event for event in EVENTS if event.kind == kind) for kind in ("drawdown_fired", "drawdown_done"))
    closed = next(event for event in EVENTS if isinstance(event, GuardFilled) and event.intent.rule == "drawdown")
    closed = closed.replaced(contracts_left=left)
    (batch,) = batches(reader("en"), list(enumerate([fired, closed, closed, closed, done], 1)), fired.at)
    alone = with_buttons(reader("en"), 7, closed, alert(reader("en"), 7, closed))
    for message in (batch.message, alone):
        data_ = [button.data for row in message.buttons for button in row if not button.copies]
        assert not any(one.startswith(("ap:", "cl:")) for one in data_)
        assert sum(one.startswith("ll:") for one in data_) == (left > 0)


def test_a_list_of_no_legs_has_no_buttons() -> None:
    (event,) = [event for event in EVENTS if event.kind == "clock_skewed"][:1]
    (batch,) = batches(reader("en"), [(number, event) for number in range(1, 6)], event.at)
    assert batch.message.buttons == ()
