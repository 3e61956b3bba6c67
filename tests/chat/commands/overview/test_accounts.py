"""Several accounts on one phone: each command and button finds its account, and none acts on another."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.chat.conftest import Dial
from tests.chat.golden.example_account import World
from tests.chat.golden.pages import NAMES, shown
from tests.chat.texts.test_texts import is_fine
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.fixtures.waiting import until
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.commands.menu import MENU_OF_SEVERAL
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.account_tags import addressed, headed, parted
from tgtp.chat.messages.message import LONGEST_TEXT, Button, Message, bare, utf16
from tgtp.chat.texts import LANGUAGES, Html, Language
from tgtp.domain.model import PositionSide
from tgtp.domain.plan import ALL
from tgtp.engine.reports.reporter import Reporter
from tgtp.errors import AccessRefused, TemporarilyDown

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CRV, UNI = key(), key("UNI-USDT-SWAP")
LONGEST = "abcdefghijkl"


def street(folder: Path) -> Street:
    """Three accounts; two of them hold the same leg, opened at the same moment."""
    return Street(folder, {"main": [paper_leg()], "alpha": [paper_leg(), paper_leg("UNI-USDT-SWAP")], "beta": []})


@pytest.fixture
async def phone(dial: Dial, tmp_path: Path) -> Phone:
    return await dial(house=street(tmp_path / "street"))


def of(phone: Phone) -> Street:
    assert isinstance(phone.house, Street)
    return phone.house


def buttons(phone: Phone) -> list[tuple[str, str]]:
    rows: list[list[dict[str, Any]]] = phone.messages()[-1].get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button["callback_data"]) for row in rows for button in row]


# Finding the account


async def test_a_name_behind_a_command_means_that_account(phone: Phone) -> None:
    text = await phone.says("/status")
    assert text.startswith("main\n")
    assert "UNI long" not in text
    text = await phone.says("/status alpha")
    assert text.startswith("alpha\n")
    assert "UNI long" in text
    assert (await phone.says("/status ALPHA uni")).startswith("alpha\n")
    assert "There is no open leg" in await phone.says("/status beta")
    # What is no account is a coin, as ever.
    assert (await phone.says("/status crv")).startswith("main\n")
    assert "There is no leg of gamma" in await phone.says("/status gamma")


async def test_the_status_leads_to_the_other_accounts_and_back(phone: Phone) -> None:
    await phone.says("/status")
    assert [row for row in buttons(phone) if row[0] in ("alpha", "beta", "main")] == [
        ("alpha", f"@alpha:st:1:{ALL}"),
        ("beta", f"@beta:st:1:{ALL}"),
    ]
    assert (await phone.press("alpha")).startswith("alpha\n")
    assert [label for label, _ in buttons(phone)][-2:] == ["main", "beta"]
    assert (await phone.press("main")).startswith("main\n")


async def test_a_leg_and_a_coin_are_those_of_the_account(phone: Phone) -> None:
    card = await phone.says("/leg alpha uni long")
    assert card.startswith("alpha\n")
    assert all(data.startswith("@alpha:") for _, data in buttons(phone))
    assert "There is no leg of gamma" in await phone.says("/leg gamma long")
    assert (await phone.says("/pairs beta")).startswith("beta\n")


async def test_a_list_of_legs_or_pairs_leads_to_the_other_accounts(phone: Phone) -> None:
    await phone.says("/leg")
    assert [row for row in buttons(phone) if row[0] in ("main", "alpha", "beta")] == [
        ("alpha", "@alpha:ll:*"),
        ("beta", "@beta:ll:*"),
    ]
    assert (await phone.press("alpha")).startswith("alpha\n")
    assert [label for label, _ in buttons(phone)] == ["CRV long 0.00%", "UNI long 0.00%", "main", "beta"]
    assert (await phone.press("UNI long")).startswith("alpha\n⬜ UNI long")
    for words in ("/pairs", "/pair"):
        await phone.says(words)
        assert [row for row in buttons(phone) if row[0] in ("alpha", "beta")] == [
            ("alpha", "@alpha:pp:1"),
            ("beta", "@beta:pp:1"),
        ]
    assert (await phone.press("beta")).startswith("beta\n")


async def test_a_coin_that_another_account_holds_is_found_there(phone: Phone) -> None:
    assert await phone.says("/leg uni long") == "main\nHere is no UNI leg; there is one in:"
    assert buttons(phone) == [("alpha", "@alpha:ll:*:UNI")]
    assert (await phone.press("alpha")).startswith("alpha\n")
    assert [label for label, _ in buttons(phone)] == ["UNI long 0.00%"]
    assert await phone.says("/pair uni") == "main\nHere is no UNI leg; there is one in:"
    assert (await phone.press("alpha")).startswith("alpha\n")
    # Both hold it: the card leads from the one to the other, and not to the account that has none.
    assert (await phone.says("/leg crv")).startswith("main\n⬜ CRV long")
    assert buttons(phone)[-1] == ("alpha", "@alpha:ll:*:CRV")
    assert "beta" not in [label for label, _ in buttons(phone)]


async def test_accounts_are_listed_in_one_line_each(phone: Phone) -> None:
    house = of(phone)
    house.set_roi_in("alpha", UNI, 20)
    house.exchanges["beta"].before = lambda name: AccessRefused("50111") if name in ("profile", "snapshot") else None
    await house.check()
    await phone.says("/pause main")
    text = await phone.says("/accounts")
    rows = text.split("\n")
    assert any(row.startswith("⏸ main · paused") for row in rows)
    assert any(row.startswith("🟢 alpha · running") for row in rows)
    assert any(row.startswith("🔴 beta · stopped: the keys are refused") for row in rows)
    # 10 U on two legs of 50 U of entry margin.
    assert "legs 2 · margin 101.00 U · ROI +10.00% · checked 10 s ago" in text
    assert "Together: legs 3" in text
    assert (await phone.press("@alpha:st:1:*")).startswith("alpha\n")
    assert "There is no account gamma. There are: main, alpha, beta." in await phone.says("/accounts gamma")


async def test_one_account_alone_is_not_named(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/status")
    assert buttons(phone)[1:] == [("🔄 Refresh", f"st:1:{ALL}")]
    assert "main" not in await phone.says("/pause")
    text = await phone.says("/accounts")
    assert "⏸ main · paused" in text
    assert "Together" not in text
    # Its name may be said all the same.
    assert "Running again" in await phone.says("/resume main")


async def test_the_menu_offers_the_accounts_where_there_are_several(phone: Phone) -> None:
    assert [row["command"] for row in phone.tg.menu()] == list(MENU_OF_SEVERAL)
    assert "accounts" in MENU_OF_SEVERAL


# Pausing


async def test_a_bare_pause_stops_everything(phone: Phone) -> None:
    house = of(phone)
    assert "all accounts (main, alpha, beta)" in await phone.says("/pause")
    assert house.paused_in() == dict.fromkeys(house.names, frozenset({ALL}))
    assert "paused already" in await phone.says("/pause all")
    assert sorted(event.account for event in house.listener.of("paused")) == ["alpha", "beta", "main"]
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 30)
    await house.check()
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [100, 100]
    assert "Running again" in await phone.says("/resume")
    await house.check()
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [70, 70]


async def test_a_pause_of_one_account_is_of_that_one(phone: Phone) -> None:
    house = of(phone)
    text = await phone.says("/pause alpha")
    assert text.startswith("alpha\n⏸ Paused")
    # What it says to go on with is of the account too.
    assert "/resume alpha ends the pause" in text
    assert house.paused_in() == {"main": frozenset(), "alpha": frozenset({ALL}), "beta": frozenset()}
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 30)
    await house.check()
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [70, 100]
    assert "alpha alone" in await phone.says("/resume alpha")
    assert not any(house.paused_in().values())


async def test_a_pause_of_a_coin_is_of_one_account(phone: Phone) -> None:
    house = of(phone)
    assert "/resume alpha CRV" in await phone.says("/pause alpha crv")
    assert house.paused_in() == {"main": frozenset(), "alpha": frozenset({"CRV-USDT-SWAP"}), "beta": frozenset()}
    await phone.says("/pause crv")
    assert house.paused_in()["main"] == {"CRV-USDT-SWAP"}
    await phone.says("/resume")
    assert not any(house.paused_in().values())


async def test_a_pause_that_cannot_be_written_is_in_force_everywhere(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    house = of(phone)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
    assert "cannot be written down" in await phone.says("/pause")
    assert all(house.paused_in().values())
    monkeypatch.undo()
    assert "Paused" in await phone.says("/pause")


async def test_the_panels_stop_stops_every_account(phone: Phone) -> None:
    house = of(phone)
    await phone.says("/panel")
    await phone.press("⏸")
    assert house.paused_in() == dict.fromkeys(house.names, frozenset({ALL}))
    await phone.press("🟢 Resume")
    assert not any(house.paused_in().values())


# Closing


async def test_a_close_is_of_the_account_that_was_named(phone: Phone) -> None:
    house = of(phone)
    card = await phone.says("/close alpha crv long")
    assert card.startswith("alpha\n")
    outcome = await phone.press("✅")
    assert outcome.startswith("alpha\n")
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [100, 0]
    (event,) = house.listener.of("hand_filled")
    assert event.account == "alpha"


async def test_closing_everything_says_whose(phone: Phone) -> None:
    house = of(phone)
    card = await phone.says("/close all")
    assert card.startswith("main\n")
    assert "This is the account main alone. For another one: /close alpha all" in card
    await phone.press("✅")
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [0, 100]
    assert "This is the account alpha alone. For another one: /close main all" in await phone.says("/close alpha all")


async def test_the_buttons_of_one_account_never_act_on_another(phone: Phone) -> None:
    house = of(phone)
    await phone.says("/close crv long")
    ((_, ours), *_) = buttons(phone)
    await phone.says("/close alpha crv long")
    message = phone.messages()[-1]["message_id"]
    ((_, theirs), *_) = buttons(phone)
    assert parted(ours)[0] == "main"
    assert parted(theirs)[0] == "alpha"
    # Nobody can send this by hand; were it to come all the same, the question is not known there.
    house.clock.forward(5)
    await phone.press(f"@alpha:{parted(ours)[1]}", on=message)
    await phone.press(f"@main:{parted(theirs)[1]}", on=message)
    await phone.press(parted(theirs)[1], on=message)
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [100, 100]


async def test_the_list_of_legs_leads_to_those_of_the_other_accounts(phone: Phone) -> None:
    await phone.says("/close")
    assert ("alpha", "@alpha:cl:") in buttons(phone)
    await phone.press("@alpha:cl:")
    labels = [label for label, _ in buttons(phone)]
    assert any(label.startswith("UNI") for label in labels)
    assert (await phone.press("UNI")).startswith("alpha\n")


async def test_a_button_of_an_account_that_is_gone_does_nothing(phone: Phone) -> None:
    house = of(phone)
    await phone.says("/close alpha crv long")
    message, data = phone.messages()[-1]["message_id"], buttons(phone)[0][1]
    house.names = ("main", "beta")
    await phone.restart()
    before = phone.said()
    await phone.press(data, on=message)
    assert phone.said() == before + 1
    assert phone.toast
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [100, 100]


# Alerts


async def test_alerts_name_their_account_and_answer_in_its_thread(phone: Phone) -> None:
    house = of(phone)
    await phone.until(lambda: len(phone.alerts()) == 3)
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 30)
    await house.check()
    await phone.until(lambda: len(phone.alerts()) == 5)
    first = {text.split(" · ", 1)[0] for text in phone.alerts()[-2:]}
    assert first == {"main", "alpha"}
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 36)
    await house.check()
    await phone.until(lambda: len(phone.alerts()) == 7)
    replies = {}
    for post in phone.messages()[-2:]:
        (before,) = [other for other in phone.messages() if other["message_id"] == post["reply_to_message"]["message_id"]]
        replies[post["text"].split(" · ", 1)[0]] = before["text"].split(" · ", 1)[0]
    assert replies == {"main": "main", "alpha": "alpha"}


async def test_an_alerts_button_acts_in_its_account(phone: Phone) -> None:
    house = of(phone)
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 30)
    await house.check()
    for name in ("main", "alpha"):
        leg = house.papers[name].leg(CRV)
        assert leg is not None
        house.papers[name].put_leg(leg.larger(Decimal(30), Decimal(5), house.clock.now(), Decimal(0)))
    await house.check()
    await phone.until(lambda: len(house.listener.of("leg_grew")) == 2 and not house.ledger.outbox())
    data = [
        button["callback_data"]
        for post in phone.messages()
        for row in post.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
        if parted(button.get("callback_data", ""))[1].startswith("ra:")
    ]
    assert {parted(each)[0] for each in data} == {"", "alpha"}
    await phone.press(next(each for each in data if parted(each)[0] == "alpha"))
    assert house.fired_in("alpha", CRV) == []
    assert house.fired_in("main", CRV) == [1]


async def test_many_starts_come_as_one_message(dial: Dial, tmp_path: Path) -> None:
    names = ["main", *(f"sub{number}" for number in range(6))]
    phone = await dial(house=Street(tmp_path / "many", {name: [] for name in names}))
    await phone.until(lambda: len(phone.alerts()) == 2)
    assert all(f"sub{number} · " in phone.alerts()[1] for number in range(6))


def test_marks_of_two_accounts_differ() -> None:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert life_mark(CRV, at, 0) != life_mark(CRV, at, 0, "alpha") != life_mark(CRV, at, 0, "beta")


# Everything that goes out


def views(language: Language) -> Iterator[Message]:
    for name in NAMES:
        for _, together in shown(name, language):
            yield from together


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_and_text_fits_with_the_longest_name(language: Language) -> None:
    found = 0
    for message in views(language):
        out = headed(addressed(message, LONGEST), LONGEST, ("main", LONGEST))
        is_fine(out)
        found += sum(map(len, out.buttons))
    assert found > 200


def test_the_longest_coin_fits_too() -> None:
    longest = "1000000BABYDOGE-USDT-SWAP"
    for data in (
        f"lz:p:0123456789:{longest}",
        "ll:0123456789:1000000BABYDOGE:r",
        "lp:1000000BABYDOGE:r",
        "lr:01234567:y:lr:0123456789",
    ):
        (row,) = addressed(Message(Html("x"), ((Button("x", data),),)), LONGEST).buttons
        assert len(row[0].data.encode()) <= 64


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_of_another_account_carries_it(language: Language) -> None:
    world, tagged = World(language, 60), Reader(language, World(language, 1).reader.rules, 10, tagged=True)
    for number, event in world.events:
        message = alert(tagged, number, event.replaced(account=LONGEST))
        is_fine(message)
        assert utf16(bare(message.text)) <= LONGEST_TEXT
        assert all(parted(button.data)[0] == LONGEST for row in message.buttons for button in row if not button.copies)


# The panel


async def test_the_panel_sums_up_and_splits(phone: Phone) -> None:
    house = of(phone)
    house.set_roi_in("alpha", UNI, 20)
    await house.check()
    text = await phone.says("/panel")
    assert text.startswith("🟢 3 of 3 accounts running · a paper account\n+10.00 U (+0.33%) since 12:00 · equity 3,010.00 U\n")
    assert "Legs 3: 1 up, 0 down" in text
    assert "🟢 main legs 1 · 1,000.00 U" in text
    assert "🟢 alpha legs 2 · 1,010.00 U · today +10.00" in text
    assert "🟢 beta legs 0 · 1,000.00 U" in text
    # The nearest of all, with its account.
    assert "alpha UNI long +20.00% → 25%" in text


async def test_the_panel_tells_of_each_account_that_cannot_be_seen(phone: Phone) -> None:
    house = of(phone)
    house.exchanges["alpha"].before = lambda name: TemporarilyDown("OKX could not be reached") if name == "snapshot" else None
    await house.check()
    text = await phone.says("/panel")
    assert text.startswith("🔴 alpha: data is ")
    assert "OKX could not be reached" in text
    assert "🔴 2 of 3 accounts running" in text
    assert "🔴 alpha legs 2" in text


async def test_what_another_account_took_is_not_counted_twice(phone: Phone) -> None:
    house = of(phone)
    await phone.says("/panel")
    house.set_roi_in("alpha", CRV, 30)
    await house.check()
    house.clock.forward(20)
    await phone.commands.panels.tick(phone.app.bot, [ME])
    (event,) = house.listener.of("tier_filled")
    net = event.order.realised_pnl - event.order.fee
    text = next(text for text in reversed(phone.texts()) if "accounts running" in text)
    assert f"Realised today, net +{net:.2f} U · orders 1" in text


# Ladders, which are the same for all


async def test_a_changed_ladder_says_what_it_closes_in_every_account(phone: Phone) -> None:
    house = of(phone)
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 22)
    await house.check()
    card = await phone.says("/tiers long 20:30 40:50")
    assert "main CRV long" in card.replace(" · ", " ")
    assert card.count("main · CRV") == card.count("alpha · CRV") == 1
    await phone.says("/pause")
    house.clock.forward(2)
    await phone.press("🚨 Change")
    assert str(house.of("alpha").checker.rules.ladder(PositionSide.LONG)) == "20:30,40:50"
    await phone.says("/resume")
    await house.check()
    assert [house.held_in(name, CRV) for name in ("main", "alpha")] == [70, 70]


async def test_a_coin_that_only_another_account_holds_has_its_ladder(phone: Phone) -> None:
    card = await phone.says("/tiers uni long 20:30 40:50")
    assert "alpha UNI long" in card
    await phone.says("/leg alpha uni long")
    (edit,) = [data for _, data in buttons(phone) if parted(data)[1].startswith("le:")]
    assert "UNI long" in await phone.press(edit)


# Reports


async def busy(phone: Phone) -> Street:
    house = of(phone)
    for name in ("main", "alpha"):
        house.set_roi_in(name, CRV, 30)
    await house.check()
    house.set_roi_in("alpha", CRV, 36)
    await house.check()
    return house


async def test_a_report_sums_up_and_splits(phone: Phone) -> None:
    house = await busy(phone)
    fills = house.listener.of("tier_filled")
    assert sorted(event.account for event in fills) == ["alpha", "alpha", "main"]
    realised = sum((event.order.realised_pnl for event in fills), Decimal(0))
    text = await phone.says("/report")
    assert f"Realised +{realised:.2f} U" in text
    assert "alpha: net +" in text
    assert "beta: net 0.00 U, 0 orders" in text
    assert "Best: alpha CRV long" in text
    alone = await phone.says("/report alpha")
    assert alone.startswith("alpha\n")
    of_alpha = sum((event.order.realised_pnl for event in fills if event.account == "alpha"), Decimal(0))
    assert f"Realised +{of_alpha:.2f} U" in alone
    assert "beta" not in alone
    # The buttons below turn the same report over.
    assert (await phone.press("This week")).startswith("alpha\n")
    assert "alpha: net +" in await phone.says("/pnl 7")


async def test_the_equity_is_told_only_where_every_account_has_one(phone: Phone) -> None:
    house = of(phone)
    assert "equity 3,000.00 U" in await phone.says("/report")
    house.exchanges["beta"].view = lambda snapshot: snapshot.replaced(equity=None)
    await house.check()
    assert "beta legs 0 · unknown" in await phone.says("/panel")


async def test_the_daily_report_is_one(phone: Phone) -> None:
    house = await busy(phone)
    main, *others = house.accounts
    house.clock.forward(24 * 3600)
    await house.check()
    reporter = Reporter(main.checker, house.clock, dt.UTC, dt.time(8), [account.checker for account in others])
    for _ in range(2):
        await reporter.tick()
    (event,) = [event for event in house.listener.of("report_due") if event.report.period == "day"]
    assert event.account == "main"
    assert [part.account for part in event.report.accounts] == ["main", "alpha", "beta"]
    assert sum((part.realised for part in event.report.accounts), Decimal(0)) == event.report.takings.realised
    await phone.until(lambda: any("Daily report" in text and "alpha: net" in text for text in phone.texts()))


async def test_the_table_names_the_account(phone: Phone) -> None:
    await busy(phone)

    async def rows(words: str) -> list[dict[str, str]]:
        await phone.says(words)
        content = phone.tg.file(phone.tg.messages()[-1]["file"]["path"])
        assert content is not None
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    assert {row["Account"] for row in await rows("/export")} == {"main", "alpha", "beta"}
    assert {row["Account"] for row in await rows("/export alpha 7")} == {"alpha"}


# Records


async def test_the_history_is_of_all_and_can_be_of_one(phone: Phone) -> None:
    await busy(phone)
    text = await phone.says("/history 50")
    assert {"main ·", "alpha ·", "beta ·"} <= {f"{name} ·" for name in ("main", "alpha", "beta") if f"\n{name} · " in text}
    alone = await phone.says("/history alpha 50")
    assert alone.startswith("alpha\n")
    assert "beta" not in alone
    number = max(number for number, event in of(phone).listener.events if event.account == "alpha")
    assert f"#{number}" in await phone.says(f"/why {number}")


async def test_health_has_a_line_for_each(phone: Phone) -> None:
    text = await phone.says("/health")
    assert "alpha: last check 10 s ago · last hour 1, 0 failed" in text
    assert "beta: last check" in text
    assert (await phone.says("/health alpha")).startswith("alpha\n")


# Wishes are a person's, in all accounts


async def test_a_wish_is_the_main_accounts_whatever_is_looked_at(phone: Phone) -> None:
    house = of(phone)
    await phone.says("/theme dark")
    await phone.says("/notify tier silent")
    assert house.ledger.note(f"theme:{ME}") == "dark"
    assert house.ledger.note(f"alpha theme:{ME}") is None
    await until(lambda: phone.reader(ME).theme == "dark")


# Whose account a key belongs to

WRONG_KEY = "alpha · 🚨 Its API key is of another OKX account than before (uid 9)"


async def with_the_wrong_key(phone: Phone) -> None:
    """Alpha's key is of another account than before."""
    street = of(phone)
    for name, uid in (("main", "1"), ("alpha", "2"), ("beta", "3")):
        street.exchanges[name].profile_view = lambda profile, uid=uid: profile.replaced(uid=uid)  # type: ignore[misc]
    street.restart()
    await street.check(2)
    street.exchanges["alpha"].profile_view = lambda profile: profile.replaced(uid="9")
    await phone.restart()
    await street.check(2)
    await phone.until(lambda: any(alert.startswith(WRONG_KEY) for alert in phone.alerts()))


async def test_an_account_with_the_wrong_key_says_so_everywhere_and_is_confirmed_by_a_button(phone: Phone) -> None:
    street = of(phone)
    await with_the_wrong_key(phone)
    assert "⚠️ Stopped: the API key is of another account" in await phone.says("/status alpha")
    assert "stopped: its key is of another account" in await phone.says("/accounts")
    assert "Running" in await phone.says("/status")
    await phone.press("✅ This key is right: start afresh")
    assert phone.toast is not None
    assert phone.toast.startswith("🔑 Its key is accepted")
    await street.check(2)
    assert "Running" in await phone.says("/status alpha")


@pytest.mark.parametrize("roi", [26, 5])
async def test_a_key_whose_legs_would_be_closed_at_once_is_taken_by_code(dial: Dial, tmp_path: Path, roi: int) -> None:
    phone = await dial(house=street(tmp_path / "street"), totp=SECRET)
    house = of(phone)
    await with_the_wrong_key(phone)
    house.set_roi_in("alpha", CRV, roi)
    await house.check()
    await phone.press("✅ This key is right: start afresh")
    held = house.of("alpha").checker.held
    if roi == 5:
        assert phone.toast is not None
        assert phone.toast.startswith("🔑 Its key is accepted")
        return
    assert "Its key is not accepted yet" in phone.texts()[-1]
    assert held is not None
    await phone.says(pyotp.TOTP(SECRET).at(house.clock.now()))
    assert "Its key is accepted" in phone.texts()[-1]
    await house.check(2)
    assert house.of("alpha").checker.held is None
