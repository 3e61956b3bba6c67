"""Who paused, and since when, stands wherever the state stands; and the giver reads it once, whatever happens to the answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import ME, Phone, is_alert, words_of
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.domain.report import Span
from tgtp.engine.reports.reporter import Accountant


@pytest.mark.parametrize(
    ("language", "words"), [("en", f"Paused by user {ME}, since 01-02 12:00:10 UTC"), ("zh", "01-02 12:00")]
)
async def test_the_status_and_the_panel_say_who_paused(dial: Dial, language: str, words: str) -> None:
    phone = await dial(paper_leg(), language=language)
    await phone.says("/pause")
    assert words in await phone.says("/status")
    # The panel's first words stand in a strip above the chat: no more of the moment than is needed.
    assert words.replace("01-02 12:00:10 UTC", "12:00").replace("01-02 12", "自 12") in await phone.says("/panel")
    phone.house.clock.forward(86400)
    await phone.house.check()
    assert "01-02" in (panel := await phone.says("/panel"))
    assert "12:00:10" not in panel.partition("\n")[0]


async def test_a_coins_pause_is_named_with_who_and_since(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause CRV")
    assert f"paused: CRV (by user {ME}, since 01-02" in await phone.says("/status")


HER = 2


def alerts_of(phone: Phone, user_id: int) -> list[str]:
    texts = [words_of(post) for post in phone.wire.posts.values() if post["chat"]["id"] == user_id]
    return [text for text in texts if is_alert(text)]


@pytest.fixture
async def two_owners(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> Dial:
    """A phone of mine, and a second owner who has started the bot."""
    # Who has not written yet is tried again at once, in place of a minute later.
    monkeypatch.setattr("tgtp.chat.outbox.delivery.DEAF_PAUSE", 0.01)

    async def build(*legs: PaperLeg, **options: Any) -> Phone:
        phone = await dial(*legs, allowed=(ME, HER), **options)
        await phone.says("/help", user_id=HER)
        await phone.until(lambda: not phone.house.ledger.outbox())
        return phone

    return build


async def test_the_answer_is_the_telling_and_the_other_owners_are_alerted(two_owners: Dial) -> None:
    # The answer is in the chat, so a thief's pause leaves its trace there; an alert besides would say it twice.
    phone = await two_owners(paper_leg())
    before = len(phone.alerts())
    assert "Paused" in await phone.says("/pause")
    await phone.until(lambda: f"everything paused by user {ME}" in alerts_of(phone, HER)[-1])
    assert "running again" in (await phone.press("Resume")).lower()
    await phone.until(lambda: f"everything: user {ME} lifted the pause" in alerts_of(phone, HER)[-1])
    await phone.until(lambda: not phone.house.ledger.outbox())
    assert len(phone.alerts()) == before
    history = await phone.says("/history")
    assert f"paused by user {ME}" in history
    assert f"user {ME} lifted the pause" in history


@pytest.mark.parametrize("command", ["/pause", "/pause CRV", "/pause 1h", "暂停"])
async def test_the_only_owner_reads_their_own_pause_once(dial: Dial, command: str) -> None:
    phone = await dial(paper_leg())
    await phone.until(lambda: not phone.house.ledger.outbox())
    before = len(phone.texts())
    await phone.says(command)
    await phone.until(lambda: not phone.house.ledger.outbox())
    assert len(phone.texts()) == before + 1


async def test_a_pause_whose_answer_was_lost_is_told_after_all(dial: Dial) -> None:
    # Else nothing in the chat would show that somebody has paused.
    phone = await dial(paper_leg())
    await phone.until(lambda: not phone.house.ledger.outbox())
    phone.tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    assert "Paused" not in await phone.says("/pause")
    await phone.until(lambda: f"everything paused by user {ME}" in phone.alerts()[-1])


async def test_a_pause_is_told_after_all_where_the_program_ends_before_its_answer(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.until(lambda: not phone.house.ledger.outbox())
    phone.house.actions.pause("*", ME)
    await phone.restart()
    await phone.until(lambda: any(f"everything paused by user {ME}" in text for text in phone.alerts()))


async def test_what_changes_only_what_stands_is_alerted_as_it_leaves_no_message(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/panel")
    await phone.press("Pause")
    await phone.until(lambda: phone.alerts() and f"everything paused by user {ME}" in phone.alerts()[-1])


async def test_the_end_of_a_timed_pause_is_told_to_all(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/pause 1h")
    phone.house.clock.forward(3700)
    await phone.house.check()
    await phone.until(lambda: phone.alerts() and "the time of the pause is over" in phone.alerts()[-1])


@pytest.mark.parametrize("names", [("alpha",), ("alpha", "beta", "gamma", "delta")])
async def test_one_command_for_all_accounts_is_one_alert(two_owners: Dial, tmp_path: Path, names: tuple[str, ...]) -> None:
    house = Street(tmp_path / "street", {"main": [paper_leg()], **{name: [paper_leg()] for name in names}})
    phone = await two_owners(house=house)
    mine, hers = len(phone.alerts()), len(alerts_of(phone, HER))
    await phone.says("/pause")
    await phone.until(lambda: not phone.house.ledger.outbox())
    (told,) = alerts_of(phone, HER)[hers:]
    assert told.startswith(f"{', '.join(['main', *names])} · ⏸ everything paused by user {ME}\n#")
    assert told.count("#") == len(names) + 1
    await phone.says("/resume")
    await phone.until(lambda: not phone.house.ledger.outbox())
    assert len(alerts_of(phone, HER)) == hers + 2
    assert len(phone.alerts()) == mine


async def test_the_report_says_who_paused(dial: Dial) -> None:
    phone = await dial(paper_leg())
    assert "Paused now" not in await phone.says("/report")
    await phone.says("/pause")
    assert f"Paused now: everything (by user {ME}, since 01-02" in await phone.says("/report")
    now = phone.house.clock.now()
    made = await Accountant(phone.house.checker).report("day", Span(now - dt.timedelta(days=1), now), dt.UTC)
    assert [(one.account, one.pause.by) for one in made.report.paused] == [("main", ME)]


async def test_of_several_accounts_each_pause_is_named(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))
    await phone.says("/pause alpha")
    row = f"alpha: everything (by user {ME}, since 01-02"
    assert row in await phone.says("/accounts")
    assert "alpha: everything (by user 1, since 12:00)" in await phone.says("/panel")
    assert row in await phone.says("/report")


async def test_a_pause_that_all_accounts_share_stands_once(dial: Dial, tmp_path: Path) -> None:
    phone = await dial(house=Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]}))
    await phone.says("/pause hedge")
    await phone.says("/pause CRV")
    panel = await phone.says("/panel")
    shared, own = [row for row in panel.splitlines() if "by user" in row]
    assert shared == f"⏸ all accounts: hedge (by user {ME}, since 12:00)"
    assert own == f"⏸ main: CRV (by user {ME}, since 12:00)"
    await phone.says("/pause")
    panel = await phone.says("/panel")
    # The strip above the chat has two lines: the state, and the day's change.
    assert panel.splitlines()[0] == "⏸ 0 of 2 accounts running · a paper account"
    assert panel.splitlines()[1].startswith("0.00 U (0.00%) since 12:00")
    assert f"⏸ all accounts (by user {ME}, since 12:00)" in panel.splitlines()
    assert panel.count("by user") == 1
    # Paused by two commands, they are two pauses.
    await phone.says("/resume")
    await phone.says("/pause main")
    phone.house.clock.forward(60)
    await phone.says("/pause alpha")
    accounts = await phone.says("/accounts")
    assert f"main: everything (by user {ME}" in accounts
    assert f"alpha: everything (by user {ME}" in accounts
