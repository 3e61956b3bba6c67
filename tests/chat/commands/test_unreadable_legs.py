"""What people see of legs that cannot be read: no view and no command says that nothing is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.fixtures.snapshots import NOW, D, filled, snapshot
from tests.simulation.phone.phone import Phone
from tgtp.chat.commands.overview import panel_view
from tgtp.chat.events.alert import alert
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import bare
from tgtp.chat.state.account_overview import AccountOverview
from tgtp.chat.texts import plain
from tgtp.domain import events as ev
from tgtp.domain.examples import leg as a_leg
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import AccountMode, AccountProfile, Leg, LegKey, PositionMode, Snapshot, UnreadableLeg, Unwatched
from tgtp.domain.order import Intent
from tgtp.domain.plan import Rules, Situation, basis_of
from tgtp.domain.upkeep.correction import Stuck, correction_step
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, MaintenanceRefusal, draft
from tgtp.domain.upkeep.rules import UpkeepRules

CRV, CRV_SHORT, STX = key(), key(side="short"), key("STX-USDT-SWAP")
SETTING = Reader("en", Rules(long=Ladder.parse("25:30"), short=Ladder.parse("35:30")), 10)
# Each says that something is not there.
NOTHING = (
    "There is no open leg",
    "There is no leg",
    "no leg of",
    "none is",
    "There is no long leg",
    "not open any more",
    "was closed",
)
Hide = Callable[[Snapshot], Snapshot]


def unread(leg: Leg, **changes: Any) -> UnreadableLeg:
    fields: dict[str, Any] = {
        "keys": (leg.key,),
        "why": "portfolio_margin",
        "position_mode": leg.position_mode,
        "contracts": leg.contracts,
        "opened_at": leg.opened_at,
        "adjusted_at": leg.adjusted_at,
        "instrument": leg.instrument,
        "mark_price": leg.mark_price,
        "unrealised_pnl": leg.unrealised_pnl,
    }
    return UnreadableLeg(**(fields | changes))


def hiding(*keys: LegKey, **changes: Any) -> Hide:
    """Make these legs unreadable; all of them where none is named."""

    def hidden(shot: Snapshot) -> Snapshot:
        gone = [leg for leg in shot.legs if not keys or leg.key in keys]
        return shot.replaced(
            legs=tuple(leg for leg in shot.legs if leg not in gone), unreadable=tuple(unread(leg, **changes) for leg in gone)
        )

    return hidden


async def blinded(dial: Dial, *legs: Any, hide: Hide | None = None) -> Phone:
    phone = await dial(*(legs or (paper_leg(), paper_leg(side="short"), paper_leg("STX-USDT-SWAP"))))
    phone.house.exchange.view = hide or hiding()
    await phone.house.check(2)
    return phone


COMMANDS = [
    *("/status", "/status CRV", "/close", "/close all", "/close CRV", "/close CRV long", "/leg", "/leg CRV", "/leg CRV long"),
    *("/pair CRV", "/pairs", "/tiers", "/tiers CRV", "/rearm", "/rearm CRV long", "/chart CRV", "/health", "/accounts"),
]


@pytest.mark.parametrize("command", COMMANDS)
async def test_no_command_says_that_nothing_is_open(dial: Dial, command: str) -> None:
    phone = await blinded(dial)
    answer = await phone.says(command)
    assert not [words for words in NOTHING if words in answer], answer
    if command != "/accounts":
        assert any(words in answer for words in ("not guarded", "cannot be read", "Not known")), answer
    else:
        assert "🔴 main · 3 legs not guarded\n      legs 3" in answer


@pytest.mark.parametrize("command", ["/status", "/close", "/close all", "/leg", "/pairs", "/health", "/tiers"])
async def test_nor_where_a_row_names_nothing(dial: Dial, command: str) -> None:
    phone = await dial(checks=1)
    phone.house.exchange.view = lambda shot: shot.replaced(nameless=1)
    await phone.house.check(2)
    answer = await phone.says(command)
    assert "There is no open leg" not in answer
    assert "something may be open that I cannot name" in answer


@pytest.mark.parametrize("command", ["/status", "/close", "/close all", "/leg", "/close CRV"])
async def test_other_things_are_none_of_mine(dial: Dial, command: str) -> None:
    phone = await dial(checks=0)
    others = tuple(Unwatched(name=f"{coin}-USD-SWAP", reason="not_usdt") for coin in ("BTC", "ETH", "LTC"))
    phone.house.exchange.view = lambda shot: shot.replaced(unwatched=others)
    await phone.house.check(2)
    assert "No open leg is guarded; 3 not watched: BTC-USD-SWAP" in await phone.says(command)


async def test_the_status_is_red_and_says_why_in_words(dial: Dial) -> None:
    phone = await blinded(dial)
    answer = await phone.says("/status")
    assert answer.startswith("🔴 Nothing is guarded: no open leg can be read")
    assert "portfolio margin: OKX gives no leverage per leg there, so I cannot work out the ROI" in answer
    phone.house.exchange.view = hiding(STX)
    await phone.house.check(2)
    assert (await phone.says("/status")).startswith("🔴 Running, 1 leg not guarded")
    assert "STX long" in await phone.says("/status STX")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("portfolio_margin", "The account is in portfolio margin"),
        ("unknown_instrument", "OKX does not list this instrument"),
        ("nonsense", "invalid data"),
        ("twice", "twice in one reply"),
        ("no_leverage", "neither its leverage nor its ROI"),
    ],
)
async def test_each_cause_has_a_sentence_of_its_own(dial: Dial, why: Any, words: str) -> None:
    phone = await blinded(dial, hide=hiding(why=why))
    assert words in await phone.says("/status")
    assert words in await phone.says("/close CRV long")
    await phone.until(lambda: any("open, not guarded" in text and words in text for text in phone.alerts()))


# -- closing by hand -------------------------------------------------------------------------------------------------------


async def test_a_leg_that_cannot_be_read_is_closed_and_its_card_says_what_is_not_known(dial: Dial) -> None:
    phone = await blinded(dial, hide=hiding(unrealised_pnl=D("2.5")))
    answer = await phone.says("/close CRV long")
    assert answer.split("\n") == [
        "✋ Close CRV long?",
        "Held now: 100 contracts",
        "Closes: 100 at market",
        "Left: 0",
        f"⚠️ Not known: its ROI and margin. {plain('en', 'unreadable.portfolio_margin')}",
        "Realises about +2.50 U before fees",
        "Valid for 60 s.",
    ]
    assert "CRV long: 100 closed" in await phone.press("✅ Close 100")
    assert phone.house.held(CRV) == 0
    assert phone.house.held(CRV_SHORT) == 100
    (number, _) = next(row for row in phone.house.listener.events if row[1].kind == "hand_filled")
    assert "close 100 of 100 long (ROI ?, mark 5, margin ? U)" in await phone.says(f"/why {number}")
    assert "hand" in (await phone.says("/history"))


async def test_from_the_list_a_share_of_it_is_closed(dial: Dial) -> None:
    phone = await blinded(dial)
    assert (await phone.says("/close")).endswith("Which leg shall I close?")
    assert phone.buttons() == [["CRV long ⚠️", "CRV short ⚠️"], ["STX long ⚠️"], ["Cancel"]]
    assert "How much of CRV long (100 contracts)?" in await phone.press("CRV long")
    assert phone.buttons() == [["✂️ 25%", "✂️ 50%"], ["🛑 all"], ["Cancel"]]
    await phone.press("25%")
    assert "25 closed" in await phone.press("✅ Close 25")
    assert phone.house.held(CRV) == 75
    assert "its base is not known" in await phone.says("/close CRV long keep")
    await phone.house.check(2)
    assert "leg_shrank" not in phone.house.listener.kinds()


async def test_everything_is_everything(dial: Dial) -> None:
    phone = await blinded(dial, hide=hiding(STX, unrealised_pnl=None))
    answer = await phone.says("/close all")
    assert "3 legs at market" in answer
    assert "STX long: 100 (what it realises is not known)" in answer
    assert "The sum does not include those that cannot be read." in answer
    assert "Not included" not in answer
    assert (await phone.press("✅ Close all 3")).startswith("✋ Done")
    assert [phone.house.held(one) for one in (CRV, CRV_SHORT, STX)] == [0, 0, 0]


async def test_of_an_instrument_that_is_not_listed_all_or_nothing(dial: Dial) -> None:
    phone = await blinded(dial, hide=hiding(STX, why="unknown_instrument", instrument=None, unrealised_pnl=None))
    assert "its lot is not known" in await phone.says("/close STX long 50%")
    answer = await phone.says("/close STX long")
    assert "Not known: its ROI and margin, contract size and lot, what it realises." in answer
    await phone.press("✅")
    assert phone.house.held(STX) == 0


@pytest.mark.parametrize("missing", [{"contracts": None}, {"position_mode": None}, {"certain": False}])
async def test_what_does_not_say_its_size_or_side_is_named_and_left_out(dial: Dial, missing: Any) -> None:
    phone = await blinded(dial, hide=hiding(STX, **missing))
    assert "I cannot close it. Close it at OKX" in await phone.says("/close STX long")
    answer = await phone.says("/close all")
    assert "2 legs at market" in answer
    assert "Not included, I cannot close them: STX" in answer


async def test_a_leg_that_becomes_unreadable_after_its_card_was_shown_is_asked_about_again(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/close CRV long")
    phone.house.exchange.view = hiding(contracts=D(90))
    answer = await phone.press("✅")
    assert "The leg has changed since; nothing was sent" in answer
    assert "Held now: 90 contracts" in answer
    assert phone.house.closed() == []


@pytest.mark.parametrize("asked", ["/close all", "/close CRV long"])
async def test_a_leg_whose_size_is_not_known_any_more_when_it_is_confirmed_is_not_called_gone(dial: Dial, asked: str) -> None:
    phone = await dial(paper_leg())
    await phone.says(asked)
    phone.house.exchange.view = hiding(contracts=None, why="nonsense")
    answer = await phone.press("✅")
    assert "gone" not in answer
    assert "invalid data" in answer
    assert phone.house.closed() == []


async def test_a_button_of_a_leg_that_cannot_be_read_now_does_not_say_that_it_was_closed(dial: Dial) -> None:
    phone = await dial(paper_leg())
    await phone.says("/leg CRV long")
    phone.house.exchange.view = hiding()
    await phone.house.check()
    answer = await phone.press("🔄 Refresh")
    assert phone.toast == "That leg is open, but cannot be read now."
    assert "CRV long: open, but cannot be read." in answer
    assert phone.buttons() == [["Close all of CRV long"]]
    assert "Closes: 100 at market" in await phone.press("Close all of")


async def test_a_coin_that_cannot_be_read_can_be_paused(dial: Dial) -> None:
    phone = await blinded(dial)
    assert "STX paused" in await phone.says("/pause STX")
    assert phone.house.ledger.paused() == {"STX-USDT-SWAP"}


# -- panel, accounts, messages ---------------------------------------------------------------------------------------------


def outlook(shot: Snapshot, mode: AccountMode | None = None) -> Outlook:
    situation = Situation("main", SETTING.rules, {}, (), (), NOW, may_trade=True)
    return Outlook(shot, situation, "okx", refused=False, failed=0, failure=None, now=NOW, account_mode=mode)


def panel(seen: Outlook) -> str:
    return bare(panel_view.panel(SETTING, [AccountOverview("main", seen, 1, frozenset(), NOW)], "okx").text)


def test_the_panel_shows_it_in_red() -> None:
    shot = snapshot().replaced(unreadable=(unread(a_leg()),))
    text = panel(outlook(shot))
    assert text.startswith("🔴 Nothing is guarded")
    assert "🔴 Open, not guarded: CRV long. The account is in portfolio margin" in text
    assert "There is no open leg" not in text
    assert "No open leg can be read." in text


def test_in_portfolio_margin_the_panel_says_so_before_there_is_a_leg() -> None:
    text = panel(outlook(snapshot(), AccountMode.PORTFOLIO_MARGIN))
    assert "🔴 Cross legs are not guarded here. The account is in portfolio margin" in text
    assert "Cross legs" not in panel(outlook(snapshot(), AccountMode.FUTURES))


def test_the_panel_of_several_accounts_counts_them_and_shows_them_in_red() -> None:
    shot = snapshot().replaced(unreadable=(unread(a_leg()), unread(a_leg(side="short"))))
    seen = [
        AccountOverview("main", outlook(snapshot()), 1, frozenset(), NOW),
        AccountOverview("sub", outlook(shot), 1, frozenset(), NOW),
    ]
    text = bare(panel_view.panel(SETTING, seen, "okx").text)
    assert "🔴 sub legs 2" in text
    assert "sub 🔴 Open, not guarded: CRV long, CRV short" in text
    assert "There is no open leg" not in text
    assert "1 of 2 accounts running" in text


async def test_health_of_several_accounts_names_what_is_not_guarded_in_each(dial: Dial, tmp_path: Any) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "sub": [paper_leg()]})
    phone = await dial(house=street)
    street.exchanges["sub"].view = hiding()
    await street.check(2)
    answer = await phone.says("/health")
    assert answer.index("sub: last check") < answer.index("Open, not guarded: CRV long")


def started(**changes: Any) -> ev.Started:
    profile = AccountProfile(position_mode=PositionMode.NET, can_trade=True, can_withdraw=False, ip_bound=True)
    fields: dict[str, Any] = {
        "at": NOW,
        "version": "1",
        "exchange": "okx",
        "profile": profile,
        "legs": 0,
        "small_legs": 0,
        "min_margin": "1",
        "unwatched": (),
        "paused": (),
        "long_tiers": "25:30",
        "short_tiers": "35:30",
        "interval": 10,
    }
    return ev.Started(**(fields | changes))


def test_the_start_message_names_what_is_not_guarded_and_the_account_mode() -> None:
    event = started(legs=1, unreadable=(unread(a_leg(side="short")),))
    event = event.replaced(profile=event.profile.replaced(account_mode=AccountMode.PORTFOLIO_MARGIN))
    text = bare(alert(SETTING, 1, event).text)
    assert "🔴 Open, not guarded: CRV short. The account is in portfolio margin" in text
    assert "Account mode: portfolio margin" in text
    assert "2 legs: 1 under the rules" in text
    assert "🚀 Started: 2 legs" in bare(line(SETTING, event))


@pytest.mark.parametrize(("count", "words"), [(0, "0 legs: "), (1, "1 leg: "), (2, "2 legs: ")])
def test_one_leg_is_one_leg(count: int, words: str) -> None:
    assert words in bare(alert(SETTING, 1, started(legs=count)).text)


# -- leverage, and the margin mode -----------------------------------------------------------------------------------------


def tier_filled(of: Leg, **changes: Any) -> ev.TierFilled:
    basis = basis_of(of, D(30), threshold=D("0.25"), share=D("0.3"), min_margin=D(1), **changes.pop("basis", {}))
    intent = Intent(
        client_order_id="tg1",
        leg=of.key,
        opened_at=of.opened_at,
        position_mode=of.position_mode,
        rule="tier",
        tag="tier1",
        tier=1,
        contracts=D(30),
        basis=basis,
        meant_at=NOW,
    )
    fields: dict[str, Any] = {
        "at": NOW,
        "intent": intent,
        "order": filled(intent),
        "contracts_left": D(70),
        "finished": True,
        "fired": (1,),
        "next_threshold": None,
    }
    return ev.TierFilled(**(fields | changes))


def test_a_tier_that_fires_because_leverage_was_raised_says_so() -> None:
    event = tier_filled(a_leg(roi=26, leverage=20), basis={"lower_leverage": D(10)})
    text = bare(alert(SETTING, 1, event).text)
    assert "leverage was raised by hand from 10x to 20x: with 10x its ROI would be +13.00%" in text
    assert "raised" not in bare(alert(SETTING, 1, tier_filled(a_leg(roi=26))).text)


@pytest.mark.parametrize(
    ("margin_mode", "both", "words"),
    [
        ("cross", False, "long"),
        ("cross", True, "long cross"),
        ("isolated", False, "long isolated"),
        ("isolated", True, "long isolated"),
    ],
)
def test_tier_and_hedge_alerts_name_the_margin_mode(margin_mode: str, both: bool, words: str) -> None:
    event = tier_filled(a_leg(roi=26, margin_mode=margin_mode), both_modes=both)
    assert f"CRV {words} +" in bare(alert(SETTING, 1, event).text)
    assert f"CRV {words}:" in bare(line(SETTING, event))
    intent = event.intent.replaced(rule="hedge", tag="hedge")
    hedged = ev.HedgeFilled(at=NOW, intent=intent, order=event.order, contracts_left=D(1), both_modes=both)
    assert f"CRV {words} +" in bare(alert(SETTING, 1, hedged).text)


async def test_the_card_of_a_leg_without_leverage_says_who_acts_on_it(dial: Dial) -> None:
    phone = await dial(paper_leg())
    phone.house.exchange.view = lambda shot: shot.replaced(
        legs=tuple(leg.replaced(leverage_known=False, exchange_roi=leg.roi) for leg in shot.legs)
    )
    await phone.house.check()
    assert "Only its tiers act on it; hedge and maintenance leave it alone." in await phone.says("/leg CRV long")


def test_maintenance_and_correction_leave_a_leg_without_leverage_alone() -> None:
    of = a_leg(roi=-12, margin_mode="isolated")
    bare_leg = of.replaced(leverage_known=False, exchange_roi=of.roi)
    refusal = draft(bare_leg, UpkeepRules(), 0, None, D(500), NOW)
    assert isinstance(refusal, MaintenanceRefusal)
    assert refusal.why == "no_leverage"
    step = correction_step(bare_leg, UpkeepRules().target(0), D(500))
    assert isinstance(step, Stuck)
    assert step.why == "no_leverage"
    assert isinstance(draft(of, UpkeepRules(), 0, None, D(500), NOW), MaintenanceDraft)
