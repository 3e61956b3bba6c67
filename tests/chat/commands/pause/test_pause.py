"""/pause and /resume of a leg, a side, a rule, and until a time, as people use them on the phone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.resting import RestingHouse
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import ME, Phone
from tgtp.domain.pauses import Pause
from tgtp.errors import OutcomeUnknown

STX, STX_SHORT = key("STX-USDT-SWAP"), key("STX-USDT-SWAP", "short")
HOUR = 3600


async def pair(dial: Dial, **options: object) -> Phone:
    """STX on both sides, and CRV beside it."""
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP"), paper_leg("STX-USDT-SWAP", "short"), **options)
    await phone.house.check()
    return phone


def scopes(phone: Phone) -> set[str]:
    return set(phone.house.ledger.paused())


@pytest.mark.parametrize(
    ("words", "scope", "said"),
    [
        ("/pause STX long", "STX-USDT-SWAP long", "STX long paused. /resume STX long ends the pause."),
        ("/pause hedge", "* hedge", "hedge paused. /resume hedge ends the pause."),
        ("/pause STX hedge", "STX-USDT-SWAP hedge", "STX hedge paused."),
        ("暂停 STX 多 止盈", "STX-USDT-SWAP long tier", "STX long tiers paused."),
        ("/暂停 STX多止盈", "STX-USDT-SWAP long tier", "STX long tiers paused."),
        ("/pause all long", "* long", "all long paused."),
    ],
)
async def test_what_is_meant_is_paused_and_its_own_words_lift_it(dial: Dial, words: str, scope: str, said: str) -> None:
    phone = await pair(dial)
    answer = await phone.says(words)
    assert said in answer
    assert "Only that stops; everything else goes on." in answer
    assert scopes(phone) == {scope}
    await phone.says("/pause CRV")
    name = said.partition(" paused")[0]
    assert name in await phone.says("/status")
    assert f"🟢 {name}: running again." in await phone.says(f"/resume {name}")
    assert scopes(phone) == {"CRV-USDT-SWAP"}


@pytest.mark.parametrize(("language", "between"), [("en", "); "), ("zh", "）；")])
async def test_pauses_in_a_row_are_parted_as_the_language_does(dial: Dial, language: str, between: str) -> None:
    phone = await dial(paper_leg(), language=language)
    await phone.says("/pause CRV long")
    await phone.says("/pause CRV hedge")
    assert between in await phone.says("/status")


async def test_nothing_else_goes_on_while_another_pause_stands(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause")
    answer = await phone.says("/pause STX hedge")
    assert "everything else goes on" not in answer
    assert "It is held by this too, for as long as that stands: everything" in answer


async def test_the_hedge_is_stopped_and_nothing_else(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause STX hedge")
    phone.house.set_roi(STX_SHORT, 36)
    await phone.house.check(2)
    assert phone.house.held(STX) == 100
    assert phone.house.held(STX_SHORT) == 70
    await phone.until(lambda: any("would have closed" in text for text in phone.alerts()))
    assert "STX hedge is paused" in await phone.says("/leg STX long")
    await phone.says("/resume STX hedge")
    await phone.house.check()
    assert phone.house.held(STX) < 100


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "⏸ STX paused until 01-03 08:00 (UTC); then it goes on by itself. /resume STX ends the pause earlier."),
        ("zh", "⏸ 已暂停：STX，至 01-03 08:00（UTC），到时自动恢复。/resume STX 可提前恢复。"),
    ],
)
async def test_a_pause_until_a_time_names_moment_and_zone(dial: Dial, language: str, said: str) -> None:
    phone = await pair(dial, language=language)
    assert said in await phone.says("/pause STX until 08:00")
    (pause,) = phone.house.ledger.pauses().entries
    assert (pause.cause, pause.until) == ("time", dt.datetime(2026, 1, 3, 8, tzinfo=dt.UTC))


async def test_it_goes_by_the_persons_own_clock(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/quiet Asia/Shanghai")
    # 12:00 UTC is 20:00 there.
    assert "paused until 22:30 (Asia/Shanghai)" in await phone.says("/pause STX 到晚上10点半")
    (pause,) = phone.house.ledger.pauses().entries
    assert pause.until == dt.datetime(2026, 1, 2, 14, 30, tzinfo=dt.UTC)


async def test_an_hour_of_everything_ends_by_itself_and_is_told(dial: Dial) -> None:
    phone = await pair(dial)
    answer = await phone.says("/pause 1h")
    assert "⏸ Paused until 13:00 (UTC): I close nothing by myself; checks go on. Then I go on by myself" in answer
    assert (await phone.says("/status")).startswith("⏸ Paused: until 01-02 13:00")
    assert "Paused: until 01-02 13:00" in await phone.says("/panel")
    phone.house.clock.forward(HOUR)
    await phone.house.check()
    await phone.until(lambda: "everything: running again, the time of the pause is over" in phone.alerts()[-1])
    assert scopes(phone) == set()


async def test_what_ran_out_while_the_program_was_down_is_said_first(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause STX 30m")
    await phone.says("/pause CRV")
    phone.house.clock.forward(HOUR)
    phone.house.listener.events.clear()
    await phone.restart()
    await phone.house.check()
    await phone.until(lambda: any("tgtp" in text and "Still paused: CRV" in text for text in phone.alerts()))
    said = [text for text in phone.alerts() if "the time of the pause is over" in text or "Still paused: CRV" in text]
    assert "STX: running again, the time of the pause is over" in said[0]
    assert scopes(phone) == {"CRV-USDT-SWAP"}


async def test_a_timed_pause_beside_one_without_an_end_says_that_this_stands(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause STX")
    assert f"It is held by this too, for as long as that stands: STX (by user {ME}" in await phone.says("/pause STX 1h")
    phone.house.clock.forward(2 * HOUR)
    await phone.house.check()
    await phone.until(lambda: "but another one holds it still" in phone.alerts()[-1])
    assert scopes(phone) == {"STX-USDT-SWAP"}


async def test_resume_alone_lifts_persons_and_timed_ones_and_says_which(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause STX hedge")
    await phone.says("/pause CRV 1h")
    with phone.house.ledger.step():
        guard = Pause(scope="*", cause="guard", since=phone.house.clock.now())
        phone.house.ledger.keep_pauses(phone.house.ledger.pauses().with_pause(guard))
    answer = await phone.says("/resume")
    assert "What people had paused is lifted (everything)." in answer
    assert f"Lifted: STX hedge (by user {ME}" in answer
    assert "CRV (until 01-02 13:00:" in answer
    assert "Still paused, everything: a guard has acted." in answer
    assert [(pause.scope, pause.cause) for pause in phone.house.ledger.pauses().entries] == [("*", "guard")]


async def test_resuming_a_coin_leaves_what_is_narrower_and_wider_and_names_it(dial: Dial) -> None:
    phone = await pair(dial)
    for words in ("STX", "STX hedge", "hedge"):
        await phone.says(f"/pause {words}")
    answer = await phone.says("/resume STX")
    assert "🟢 STX: running again." in answer
    assert f"Paused still: STX hedge (by user {ME}" in answer
    answer = await phone.says("/resume STX hedge")
    assert f"This holds it still: hedge (by user {ME}" in answer
    assert scopes(phone) == {"* hedge"}
    assert "This holds it still: hedge" in await phone.says("/resume STX hedge")
    assert "🟢 CRV: was not paused." in await phone.says("/resume CRV")


@pytest.mark.parametrize(
    "words", ["/pause STX sideways", "/pause 不要", "/pause STX until", "/pause BTC hedge", "/pause STX long isolated"]
)
async def test_what_is_not_understood_pauses_nothing(dial: Dial, words: str) -> None:
    phone = await pair(dial)
    answer = await phone.says(words)
    assert "nothing was paused" in answer or "no leg of BTC" in answer
    assert scopes(phone) == set()


@pytest.mark.parametrize("words", ["/pause", "暂停", "/暂停", "/pause now", "stop", "/pause all"])
async def test_the_bare_word_pauses_everything_at_once(dial: Dial, words: str) -> None:
    phone = await pair(dial)
    assert (await phone.says(words)).startswith("⏸ Paused: I close nothing by myself")
    assert scopes(phone) == {"*"}


async def test_a_leg_that_is_not_open_is_paused_all_the_same_and_that_is_said(dial: Dial) -> None:
    phone = await pair(dial)
    assert "No such leg is open now." in await phone.says("/pause CRV short")
    assert scopes(phone) == {"CRV-USDT-SWAP short"}


async def test_the_card_of_the_leg_shows_and_lifts_its_pause(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause STX long 2h")
    assert "⏸ STX long is paused until 01-02 14:00" in await phone.says("/leg STX long")
    assert "is paused" not in await phone.says("/leg STX short")
    await phone.says("/leg STX long")
    await phone.press("▶️ Resume STX long")
    assert scopes(phone) == set()


async def test_closing_by_hand_works_in_a_pause_of_its_leg(dial: Dial) -> None:
    phone = await pair(dial)
    await phone.says("/pause STX long")
    await phone.says("/close STX long 50%")
    await phone.press(next(data for data in phone.data() if "cf:" in data))
    assert phone.house.held(STX) == 50


# Several accounts


@pytest.fixture
async def street(dial: Dial, tmp_path: Path) -> Phone:
    legs = {"main": [paper_leg(), paper_leg("STX-USDT-SWAP")], "alpha": [paper_leg()], "crv": [paper_leg()]}
    return await dial(house=Street(tmp_path / "street", legs))


def paused_in(phone: Phone) -> dict[str, set[str]]:
    assert isinstance(phone.house, Street)
    return {name: set(found) for name, found in phone.house.paused_in().items()}


async def test_an_accounts_rule(street: Phone) -> None:
    assert "tiers paused. /resume alpha tiers ends the pause." in await street.says("/pause alpha tiers")
    assert paused_in(street) == {"main": set(), "alpha": {"* tier"}, "crv": set()}
    assert "alpha: tiers (by user" in await street.says("/accounts")
    assert "🟢 tiers: running again." in await street.says("/resume alpha tiers")
    assert paused_in(street) == {"main": set(), "alpha": set(), "crv": set()}


async def test_a_rule_without_an_account_is_of_all_and_a_coin_of_main(street: Phone) -> None:
    answer = await street.says("/pause hedge 1h")
    assert "⏸ all accounts (main, alpha, crv): hedge paused until 13:00 (UTC)" in answer
    assert paused_in(street) == {"main": {"* hedge"}, "alpha": {"* hedge"}, "crv": {"* hedge"}}
    answer = await street.says("/resume hedge")
    assert "🟢 all accounts (main, alpha, crv): hedge: running again." in answer
    assert "Lifted: main: hedge (until 01-02 13:00" in answer
    assert paused_in(street) == {"main": set(), "alpha": set(), "crv": set()}
    assert "STX hedge paused. /resume main STX hedge" in await street.says("/pause STX hedge")
    assert paused_in(street) == {"main": {"STX-USDT-SWAP hedge"}, "alpha": set(), "crv": set()}
    assert "Lifted: main: STX hedge" in await street.says("/resume")
    assert paused_in(street) == {"main": set(), "alpha": set(), "crv": set()}


async def test_a_name_that_is_account_and_coin_is_paused_as_both_and_no_wider(street: Phone) -> None:
    answer = await street.says("/pause crv tiers 1h")
    assert "both are paused" in answer
    assert paused_in(street) == {"main": {"CRV-USDT-SWAP tier"}, "alpha": set(), "crv": {"* tier"}}
    assert "Which one do you mean?" in await street.says("/resume crv tiers")
    await street.press("👤 Account crv")
    assert paused_in(street) == {"main": {"CRV-USDT-SWAP tier"}, "alpha": set(), "crv": set()}
    await street.says("/resume crv tiers")
    await street.press("🪙 Coin CRV of main")
    assert paused_in(street) == {"main": set(), "alpha": set(), "crv": set()}
    assert "There is no leg of sideways" in await street.says("/pause crv sideways")
    assert paused_in(street) == {"main": set(), "alpha": set(), "crv": set()}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "⏸ Paused until 13:00 (UTC), all accounts (main, alpha): I close nothing by myself"),
        ("zh", "⏸ 全部账户（main、alpha）已暂停至 13:00（UTC）：期间不会自动平仓"),
    ],
)
async def test_a_timed_pause_of_all_accounts_says_what_still_works(
    dial: Dial, tmp_path: Path, language: str, said: str
) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]})
    phone = await dial(house=street, language=language)
    assert said in await phone.says("/pause 1h")


@pytest.mark.parametrize("reachable", [True, False])
async def test_a_pause_says_what_still_rests_at_the_exchange(dial: Dial, tmp_path: Path, reachable: bool) -> None:
    house = RestingHouse(tmp_path / "resting", paper_leg())
    phone = await dial(house=house)
    assert len(house.rests.live_rows()) == 3
    house.rests.before = lambda name: OutcomeUnknown("slow") if name == "cancel" and not reachable else None
    assert "exchange" not in await phone.says("/pause hedge")
    words = (
        "Nothing rests at the exchange any more." if reachable else "but 3 orders still rest at the exchange until I reach it"
    )
    assert words in await phone.says("/pause")
    house.rests.before = lambda _: None
    await house.check()
    assert house.rests.resting() == {}
    assert "OKX" not in await phone.says("/pause CRV")
