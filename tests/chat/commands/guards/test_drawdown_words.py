"""The drawdown guard on the phone: seen, set by words, confirmed, begun anew."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.chat.commands.tiers.test_tiers import confirm, data_of
from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL

D = Decimal


def rules(phone: Phone) -> DrawdownRules:
    return phone.house.checker.drawdown.rules


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("drawdown 20", DrawdownRules(limit="0.2")),
        ("drawdown 20 pause", DrawdownRules(limit="0.2")),
        ("drawdown 12.5% base", DrawdownRules(limit="0.125", action="base")),
        ("Drawdown 20 close", DrawdownRules(limit="0.2", action="close")),
        ("drawdown warn 10", DrawdownRules(warn="0.1")),
        ("账户回撤 20 暂停", DrawdownRules(limit="0.2")),
        ("账户回撤 20％ 底仓", DrawdownRules(limit="0.2", action="base")),
        ("回撤 提醒 10", DrawdownRules(warn="0.1")),
    ],
)
async def test_it_is_set_after_a_card(dial: Dial, words: str, after: DrawdownRules) -> None:
    phone = await dial(paper_leg())
    card = await phone.says(f"/guards {words}")
    assert "Its peak begins now" in card
    assert not rules(phone).is_on
    assert "Done" in await confirm(phone)
    assert rules(phone) == after
    phone.house.restart()
    assert rules(phone) == after
    assert "drawdown guard: off" not in await phone.says("/guards")


async def test_the_card_says_what_it_is_measured_on(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.house.check()
    assert "the USDT equity, 1,000.00 U now" in await phone.says("/guards drawdown 20 close")
    await phone.says("/lang zh")
    assert "按 USDT 权益计算，现为 1,000.00 U" in await phone.says("/guards 账户回撤 20 平仓")


async def test_what_is_not_named_stays(dial: Dial) -> None:
    phone = await dial(paper_leg())
    for words in ("drawdown 20 close", "drawdown warn 10"):
        await phone.says(f"/guards {words}")
        await confirm(phone)
    assert rules(phone) == DrawdownRules(warn="0.1", limit="0.2", action="close")
    await phone.says("/guards drawdown base")
    await confirm(phone)
    assert rules(phone) == DrawdownRules(warn="0.1", limit="0.2", action="base")
    # A warning that would come after the limit goes.
    await phone.says("/guards drawdown 8")
    await confirm(phone)
    assert rules(phone) == DrawdownRules(limit="0.08", action="base")
    await phone.says("/guards drawdown off")
    await confirm(phone)
    assert not rules(phone).is_on


@pytest.mark.parametrize(
    "words",
    [
        *("drawdown", "drawdown 0", "drawdown 100", "drawdown pause", "drawdown 20 30", "drawdown warn", "drawdown warn 10 20"),
        *("drawdown not 20", "STX drawdown 20", "drawdown 20 sell", "reset", "drawdown off now", "账户回撤 别 20"),
    ],
)
async def test_what_is_not_understood_changes_nothing(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    answer = await phone.says(f"/guards {words}")
    assert "Nothing was changed" in answer or "nothing to begin anew" in answer
    assert not rules(phone).is_on
    assert data_of(phone) == []


@pytest.mark.parametrize(
    "words",
    ["STX reset", "reset giveback", "drawdown 20 reset", "drawdown reset now", "别 重置", "reset 平仓", "stranger reset"],
)
async def test_a_reset_is_understood_to_its_last_word(dial: Dial, words: str) -> None:
    phone = await dial(paper_leg())
    await phone.says("/guards drawdown 20")
    await confirm(phone)
    assert "Nothing was changed" in await phone.says(f"/guards {words}")
    assert data_of(phone) == []


async def test_each_account_has_its_own(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]})
    phone = await dial(house=street)
    assert "drawdown guard of alpha" in await phone.says("/guards alpha drawdown 20 close")
    await confirm(phone)
    alpha = street.accounts.of("alpha")
    assert alpha is not None
    assert alpha.checker.drawdown.rules == DrawdownRules(limit="0.2", action="close")
    assert not street.accounts.main.checker.drawdown.rules.is_on
    answer = await phone.says("/guards")
    assert "drawdown guard of main: off" in answer
    assert "drawdown guard of alpha: at 20%" in answer


async def test_it_is_begun_anew_and_its_pause_ends(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/guards drawdown 20")
    await confirm(phone)
    house = phone.house
    # Nothing of it has ended, and nothing is left.
    assert await phone.says("/guards reset") == "🛡 Begin the drawdown guard anew?\nIts peak begins now.\nValid for 60 s."
    with house.checker.journal.step():
        house.ledger.keep_pauses(house.ledger.pauses().with_pause(Pause(scope=ALL, cause="guard", since=house.clock.now())))
    assert "The pause that it has set ends." in await phone.says("/guards reset")
    assert house.ledger.paused()
    assert "armed" in await confirm(phone)
    assert house.ledger.paused() == frozenset()


async def fallen(phone: Phone) -> None:
    """Let it act: ten of the paper account's USDT are more than a twentieth of a percent."""
    house = phone.house
    house.set_roi(key(), -20)
    await house.check(4)
    assert house.ledger.pauses().has(ALL, "guard")


async def test_a_reset_that_was_asked_before_it_acted_is_asked_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/guards drawdown 0.05")
    await confirm(phone)
    await phone.house.check(3)
    await phone.says("/guards reset")
    asked = data_of(phone)[0]
    await fallen(phone)
    assert "meanwhile" in await phone.press(asked)
    assert phone.house.ledger.pauses().has(ALL, "guard")
    assert "armed" in await confirm(phone)
    assert not phone.house.ledger.pauses()


async def test_who_sets_it_after_it_has_acted_hears_that_it_stays_off(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/guards drawdown 0.05")
    await confirm(phone)
    await phone.house.check(3)
    await fallen(phone)
    card = await phone.says("/guards drawdown 30")
    assert "stays off" in card
    assert "peak begins now" not in card


async def test_what_it_does_is_explained_from_its_alert_to_the_next_peak(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=100, entry_price="5"))
    house = phone.house
    await phone.says("/guards drawdown 0.5 close")
    await confirm(phone)
    await house.check(3)
    house.set_roi(key(), -20)
    # Sent, but not seen gone twice.
    await house.check(2)
    await phone.until(lambda: not house.ledger.outbox())
    assert "has closed it all, and waits for a second look" in await phone.says("/status")
    assert "What it has not closed yet stays open." in await phone.says("/guards reset")
    await house.check(3)
    assert "has acted" in await phone.says("/status")
    (fired,) = [number for number, event in house.listener.events if event.kind == "drawdown_fired"]
    told = next(post for post in phone.messages() if "reached the limit of 0.5%" in post.get("text", ""))
    assert [button["text"] for row in told["reply_markup"]["inline_keyboard"] for button in row] == ["❓ Why"]
    assert "CRV long: 100 → 0" in await phone.says(f"/why {fired}")
    stands = await phone.says("/resume")
    assert "Going on arms the drawdown guard again, with a peak of now" in stands
    assert "the drawdown guard is armed again, with a peak of now" in await phone.press("▶️ I have looked: go on (everything)")
    assert house.ledger.paused() == frozenset()
    assert house.checker.drawdown.watch is None


async def test_an_account_whose_guard_has_acted_is_red_and_named_in_what_to_do(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg(contracts=100, entry_price="5")]})
    phone = await dial(house=street)
    await phone.says("/guards alpha drawdown 0.5")
    await confirm(phone)
    await street.check(3)
    assert "🔴" not in await phone.says("/accounts")
    street.set_roi_in("alpha", key(), -20)
    await street.check(3)
    shown = await phone.says("/accounts")
    assert "🔴 alpha" in shown
    assert "has acted (" in shown
    assert "is off until /guards alpha reset" in shown
    assert "🟢 main" in shown
    assert "/guards alpha reset" in await phone.says("/guards")
    assert "/guards alpha reset" in await phone.says("/status alpha")
    # The one that it names is the one that begins anew.
    assert "drawdown guard of alpha" in await phone.says("/guards alpha reset")
    await phone.says("/lang zh")
    shown = await phone.says("/accounts")
    assert "🔴 alpha" in shown
    assert "/guards alpha reset 之前不再起作用" in shown
