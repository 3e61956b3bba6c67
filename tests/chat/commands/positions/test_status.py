"""What the status shows at a glance: legs under the rules, the anchors as one block, all of it in one message."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.chat.commands.positions.test_cards import outlook
from tests.chat.conftest import Dial
from tests.chat.texts.test_texts import is_fine, languages, reader
from tests.fixtures.fakes import paper_leg
from tests.fixtures.snapshots import DESCRIBED, NOW
from tgtp.chat.commands.positions.status_view import MOST_LEGS, Place, status
from tgtp.chat.formatting.leg_state import explain
from tgtp.chat.messages.account_tags import addressed, headed
from tgtp.chat.messages.message import Button, Message, bare
from tgtp.chat.state import upkeep_row
from tgtp.chat.texts import Html, Language
from tgtp.domain.examples import instrument, leg
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.plan import ladder_plan
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.engine.upkeep.scheduler import UpkeepStatus

D = Decimal
# Coins of OKX's swaps with long names, and the longest that one could have.
LONG_COINS = (
    *("1000000BABYDOGE", "1000000MOG", "1000CHEEMS", "1000SATS", "FARTCOIN", "GRIFFAIN", "MOODENG", "VIRTUAL"),
    *("PEOPLE", "TURBO", "SWARMS"),
)


def seed_leg(coin: str, side: str, margin: str, roi: str) -> Leg:
    pnl = round(D(margin) * D(roi) / 100, 4)
    return leg(
        f"{coin}-USDT-SWAP", side=side, roi=roi, contracts="1", lot_size="0.01", initial_margin=margin, unrealised_pnl=pnl
    )


def many(mode: str, *, margin: str = "7559.4012") -> tuple[Leg, ...]:
    """Twenty-two legs, long and short of long names, that each have much to say."""
    return tuple(
        leg(
            side=side,
            roi=roi,
            instrument=instrument(f"{coin}-USDT-SWAP", tick_size="0.0000000001"),
            mark_price="0.0000073123",
            contracts="1234567",
            margin_mode=mode,
            initial_margin=margin,
            unrealised_pnl="-12345.67",
        )
        for coin in LONG_COINS
        for side, roi in (("long", "12.34"), ("short", "-12.34"))
    )


def told(legs: tuple[Leg, ...], **how: Any) -> Any:
    lives = {
        each.key: Life.begun(each, (FiredTier(tier=1, threshold="0.25", contracts="30", fired_at=each.opened_at),))
        for each in legs
    }
    return outlook(*legs, lives=lives, **how)


def lines(message: Message) -> list[str]:
    return bare(message.text).split("\n")


def pages_of(message: Message) -> int:
    return 2 if any(button.label == "▶" for row in message.buttons for button in row) else 1


@languages
@pytest.mark.parametrize("mode", ["cross", "isolated"])
@pytest.mark.parametrize("paused", [frozenset(), frozenset({"*"})])
def test_twenty_two_legs_are_one_message(language: Language, mode: str, paused: frozenset[str]) -> None:
    legs = many(mode)
    message = status(reader(language), told(legs, paused=paused))
    message = headed(addressed(message, "maintenance1"), "maintenance1", ("main", "maintenance1"))
    is_fine(message)
    assert pages_of(message) == 1
    assert sum(each.instrument.coin in message.text for each in legs) == 22
    assert len([button for row in message.buttons for button in row if ":ll:" in button.data]) == 22


@languages
def test_twenty_two_legs_of_a_sub_account_are_one_message(language: Language) -> None:
    legs = many("isolated", margin="10")
    target = UpkeepRules().target(0)
    rows: dict[LegKey, Any] = {
        each.key: upkeep_row.row(
            reader(language), each.replaced(initial_margin=target.margin), UpkeepStatus(0, target), D(900), None
        )
        for each in legs
    }
    message = status(reader(language), told(legs), beneath=rows)
    is_fine(message)
    assert pages_of(message) == 1


@languages
@pytest.mark.parametrize("count", [23, MOST_LEGS, MOST_LEGS + 1, 100])
def test_more_are_pages_with_every_leg_once(language: Language, count: int) -> None:
    legs = tuple(leg(f"COIN{number}-USDT-SWAP") for number in range(count))
    found: list[str] = []
    for page in range(1, 2 + count // MOST_LEGS):
        message = status(reader(language), outlook(*legs), Place(page))
        is_fine(message)
        found += [button.data for row in message.buttons for button in row if button.data.startswith("ll:")]
    assert len(set(found)) == count
    assert len(found) == count or count % MOST_LEGS == 0


def test_the_users_own_table_at_a_glance() -> None:
    legs = tuple(seed_leg(*row) for row in DESCRIBED)
    shown = lines(status(reader("zh"), outlook(*legs)))
    assert shown[2] == "8 个仓位 · 未实现盈亏 +1.69 U"
    assert shown[4:] == [
        "🟥 AAVE 多单 -0.26% · -0.0039 U",
        "　 1.50 U · ○○○ 下一档 25% @ 5.1264",
        "",
        "⚓ 锚定单 7 个，保证金 ≤ 1 U，规则不处理",
        "　 合计 5.28 U · 盈亏 +1.69 U",
        "　 最好 CRV 空单 +75.09% · +0.49 U",
        "　 最差 UNI 多单 +3.82% · +0.02 U",
    ]


def test_the_anchors_are_opened_and_folded_by_a_button() -> None:
    legs = tuple(seed_leg(*row) for row in DESCRIBED)
    folded = status(reader("en"), outlook(*legs))
    (way,) = [button for row in folded.buttons for button in row if button.label == "⚓ Show the 7 anchors"]
    opened = status(reader("en"), outlook(*legs), Place.parse(way.data.removeprefix("st:")))
    assert "🟩 CRV short +75.09% · +0.49 U · 0.65 U" in lines(opened)
    assert sum(button.data.startswith("ll:") for row in opened.buttons for button in row) == 8
    (back,) = [button for row in opened.buttons for button in row if button.label == "⚓ Fold the anchors"]
    assert status(reader("en"), outlook(*legs), Place.parse(back.data.removeprefix("st:"))) == folded


def test_opened_anchors_are_shown_where_they_begin() -> None:
    large = tuple(leg(f"COIN{number}-USDT-SWAP") for number in range(MOST_LEGS))
    small = tuple(seed_leg(*row) for row in DESCRIBED[:3])
    opened = status(reader("en"), outlook(*large, *small), Place.parse("0:*:o"))
    assert "🟩 STX long +11.05% · +0.08 U · 0.72 U" in lines(opened)


def test_what_is_asked_for_by_name_is_not_folded() -> None:
    legs = tuple(seed_leg(*row) for row in DESCRIBED)
    shown = lines(status(reader("en"), outlook(*legs), Place(coin="CRV")))
    assert [line for line in shown if "CRV" in line] == ["🟩 CRV long +5.51% · +0.05 U", "🟩 CRV short +75.09% · +0.49 U"]
    assert not any("⚓" in line for line in shown)


def test_a_single_anchor_has_a_row() -> None:
    shown = lines(status(reader("en"), outlook(seed_leg(*DESCRIBED[0]))))
    assert shown[-2:] == ["🟩 STX long +11.05% · +0.08 U", "　 0.72 U · ○○○ skipped: margin ≤\u00a01\u00a0U"]


def test_an_anchor_with_something_under_way_has_a_row() -> None:
    legs = tuple(seed_leg(*row) for row in DESCRIBED)
    shown = lines(status(reader("en"), outlook(*legs, unresolved=frozenset({legs[0].key}))))
    assert "🟩 STX long +11.05% · +0.08 U" in shown
    assert any("an order is being looked up" in line for line in shown)
    assert any(line.startswith("⚓ 6 anchors") for line in shown)


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("entry", ["0.25", "0.3333", "61234.5", "1.0001"])
def test_the_price_of_the_next_tier_is_the_first_tick_that_reaches_it(side: str, entry: str) -> None:
    held = leg(side=side, entry_price=entry, mark_price=entry, initial_margin="50")
    (note,) = ladder_plan(outlook(held).snapshot, outlook(held).situation).notes
    words = explain(reader("en"), note)
    price, tick = D(words.rpartition(" ")[2]), held.instrument.tick_size
    assert note.tier is not None
    assert price % tick == 0
    assert held.replaced(mark_price=price).roi >= note.tier.threshold
    assert held.replaced(mark_price=price - held.position_side.sign * tick).roi < note.tier.threshold


def test_the_next_tier_is_one_that_comes_to_an_order() -> None:
    assert "next 35% at 5.175, too small for tier 1" in lines(status(reader("en"), outlook(leg(contracts=3))))[-1]
    assert lines(status(reader("en"), outlook(leg(contracts=1, contract_size=9))))[-1].endswith("too small for tier 1, 2, 3")
    # 1.02 U of margin are less than 1 at the price of a short's first tier.
    held = leg(side="short", contracts=17, mark_price="0.6")
    assert lines(status(reader("en"), outlook(held)))[-1].endswith("next 35% at 0.579, margin ≤\u00a01\u00a0U there")


def test_what_the_exchange_refuses_again_and_again_is_flagged() -> None:
    losing, winning = leg(roi=-10), leg(side="short", roi=40)
    lives = {held.key: Life.begun(held) for held in (losing, winning)}
    for tag, key in (("hedge", losing.key), ("tier1", winning.key), ("tier2", losing.key)):
        for _ in range(3):
            lives[key] = lives[key].after_refusal(tag, "51008", NOW)
    shown = lines(status(reader("en"), outlook(losing, winning, lives=lives)))
    assert (
        "after the hedge: next 35% at 5.2273, too small for tier 1 · ⚖️ loses against its pair · 🚨 hedge refused 3 times"
        in "".join(shown)
    )
    assert "tier 1 was refused, trying again soon · 🚨 tier 1 refused 3 times" in "".join(shown)
    later = outlook(losing, winning, lives=lives, now=NOW + dt.timedelta(hours=1))
    assert "".join(lines(status(reader("zh"), later))).count("被拒绝 3 次") == 2


def test_cross_and_isolated_of_one_coin_are_told_apart() -> None:
    legs = [leg("CRV-USDT-SWAP", margin_mode=mode) for mode in ("cross", "isolated")]
    message = status(reader("zh"), outlook(*legs))
    assert [line for line in lines(message) if "CRV" in line] == [
        "⬜ CRV 多单 0.00% · 0.00 U",
        "⬜ CRV 多单 逐仓 0.00% · 0.00 U",
    ]
    assert [button.label for button in message.buttons[0]] == ["CRV 多单", "CRV 多单 逐仓"]


async def test_the_legs_below_the_status_open_their_cards(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg("STX-USDT-SWAP", "short"))
    await phone.says("/status")
    assert phone.buttons()[0] == ["CRV long", "STX short"]
    assert "STX short" in await phone.press("STX short")


@pytest.mark.parametrize(("language", "label"), [("en", "📊 Open page"), ("zh", "📊 打开页面")])
async def test_the_status_leads_to_the_monitoring_page_where_its_address_is_known(
    dial: Dial, language: str, label: str
) -> None:
    phone = await dial(paper_leg(), page="https://tgtp.example/monitor", language=language)
    await phone.says("/status")
    rows = phone.messages()[-1]["reply_markup"]["inline_keyboard"]
    assert rows[-1] == [{"text": label, "url": "https://tgtp.example/monitor"}]
    link = Button(label, "https://tgtp.example/monitor", opens=True)
    assert addressed(Message(Html("x"), ((link,),)), "alpha").buttons == ((link,),)
    assert not Message(Html("x"), ((link,),)).asks


async def test_cross_and_isolated_of_one_coin_are_told_apart_where_they_are_closed(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(mode="isolated"), language="zh")
    await phone.says("/close")
    assert phone.buttons()[0] == ["CRV 多单 0.00%", "CRV 多单 逐仓 0.00%"]
    await phone.says("/leg CRV")
    assert phone.buttons()[0] == ["CRV 多单 0.00%", "CRV 多单 逐仓 0.00%"]


async def test_a_part_is_confirmed_by_another_colour_than_all(dial: Dial) -> None:
    phone = await dial(paper_leg())
    styles = []
    for share in ("50%", "100%"):
        await phone.says(f"/close CRV long {share}")
        styles.append(phone.messages()[-1]["reply_markup"]["inline_keyboard"][0][0]["style"])
    assert styles == ["primary", "danger"]
