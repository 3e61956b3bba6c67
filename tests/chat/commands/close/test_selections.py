"""Closing several legs at once: just those that the words take, each by just its share, and the total is said."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.fixtures.snapshots import blind
from tests.simulation.phone.phone import Phone
from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.domain.examples import instrument
from tgtp.domain.model import LegKey, MarginMode, PositionSide, Snapshot
from tgtp.domain.order import Intent
from tgtp.errors import AccessRefused, ExchangeProblem, OrderRefused, OutcomeUnknown, Problem, TemporarilyDown

D = Decimal
STX_NAME = "STX-USDT-SWAP"
CRV, CRV_SHORT, CRV_OWN = key(), key(side="short"), key(mode="isolated")
STX, STX_SHORT = key(STX_NAME), key(STX_NAME, side="short")
# At 5 U and 10x two contracts are an anchor of 1 U; one lot is one contract.
BOOK = (
    paper_leg(),
    paper_leg(side="short", contracts=60),
    paper_leg(mode="isolated", contracts=40),
    paper_leg(STX_NAME, contracts=30),
    paper_leg(STX_NAME, side="short", contracts=2),
)
HELD = {CRV: 100, CRV_SHORT: 60, CRV_OWN: 40, STX: 30, STX_SHORT: 2}


def held(phone: Phone) -> dict[LegKey, int]:
    return {one: int(phone.house.held(one)) for one in HELD}


def resize(phone: Phone, one: LegKey, contracts: int) -> None:
    leg = phone.house.leg(one)
    phone.house.paper.put_leg(leg.replaced(contracts=D(contracts), adjusted_at=phone.house.clock.now()))


# What the words take


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("多", {CRV: 0, CRV_OWN: 0, STX: 0}),
        ("long", {CRV: 0, CRV_OWN: 0, STX: 0}),
        ("all long", {CRV: 0, CRV_OWN: 0, STX: 0}),
        ("空 一半", {CRV_SHORT: 30, STX_SHORT: 1}),
        ("一半 空", {CRV_SHORT: 30, STX_SHORT: 1}),
        ("short 三成", {CRV_SHORT: 42}),
        ("all 50%", {CRV: 50, CRV_SHORT: 30, CRV_OWN: 20, STX: 15, STX_SHORT: 1}),
        ("全部 0.5", {CRV: 50, CRV_SHORT: 30, CRV_OWN: 20, STX: 15, STX_SHORT: 1}),
        ("all 底仓", {CRV: 2, CRV_SHORT: 2, CRV_OWN: 2, STX: 2}),
        ("all keep long", {CRV: 2, CRV_OWN: 2, STX: 2}),
        ("STX", {STX: 0, STX_SHORT: 0}),
        ("stx both", {STX: 0, STX_SHORT: 0}),
        ("STX 全部", {STX: 0, STX_SHORT: 0}),
        ("crv", {CRV: 0, CRV_SHORT: 0, CRV_OWN: 0}),
        ("crv half", {CRV: 50, CRV_SHORT: 30, CRV_OWN: 20}),
        ("CRV 多 25 %", {CRV: 75, CRV_OWN: 30}),
        ("crv 全仓", {CRV: 0, CRV_SHORT: 0}),
        ("all isolated", {CRV_OWN: 0}),
        ("多 逐仓 50", {CRV_OWN: 20}),
        ("all", dict.fromkeys(HELD, 0)),
    ],
)
async def test_just_those_that_the_words_take_are_closed(
    dial: Dial, words: str, left: dict[LegKey, int], language: str
) -> None:
    phone = await dial(*BOOK, language=language)
    await phone.says(f"/close {words}")
    assert held(phone) == HELD
    assert phone.house.exchange.submitted == []
    await phone.press(phone.data()[0])
    assert held(phone) == {**HELD, **left}
    # Each of them once.
    assert len(phone.house.exchange.submitted) == len(left)


@pytest.mark.parametrize("words", ["/close alpha long half", "/close alpha 多 一半", "平仓 alpha 多 一半"])
async def test_a_selection_is_of_the_account_that_is_named(dial: Dial, tmp_path: Path, words: str) -> None:
    street = Street(tmp_path / "street", {"main": BOOK, "alpha": BOOK})
    phone = await dial(house=street)
    answer = await phone.says(words)
    assert answer.startswith("alpha\n✋ Close 50% of each: all long legs? 3 legs at market:")
    assert "This is the account alpha alone. For another one: /close main long 50%" in answer
    await phone.press("✅")
    assert {one: street.held_in("main", one) for one in HELD} == HELD
    assert {one: street.held_in("alpha", one) for one in HELD} == {**HELD, CRV: 50, CRV_OWN: 20, STX: 15}


async def test_the_card_and_the_result_have_a_total_and_name_the_anchors(dial: Dial) -> None:
    phone = await dial(*BOOK)
    phone.house.set_roi(STX, 12)
    await phone.house.check()
    assert await phone.says("/close STX") == (
        "✋ Close all of STX? 2 legs at market:\n"
        "STX long: 30 (about +1.80 U)\n"
        "STX short: 2 (about -0.12 U)\n"
        "Together worth 161.92 U, margin 16.19 U\n"
        "Realises about +1.68 U before fees\n"
        "Valid for 60 s."
    )
    await phone.says("/pause")
    phone.house.set_roi(STX, 0)
    await phone.house.check()
    assert await phone.says("/close short half") == (
        "✋ Close 50% of each: all short legs? 2 legs at market:\n"
        "CRV short: 30 of 60 (about 0.00 U)\n"
        "STX short: 1 of 2 (about 0.00 U)\n"
        "Together worth 155.00 U, margin 15.50 U\n"
        "Realises about 0.00 U before fees\n"
        "1 of them is an anchor: 1 U of margin or less, which the rules leave alone.\n"
        "Valid for 60 s."
    )
    assert phone.buttons() == [["✅ Close 50% of 2"], ["Cancel"]]
    answer = (await phone.press("✅")).split("\n")
    assert [line.partition(" ·")[0] for line in answer] == [
        "✋ Done: 2 legs",
        "CRV short: 30 closed at 5, 0.00 U",
        "STX short: 1 closed at 5, 0.00 U",
        "Together: worth 155.00 U, margin 15.50 U, 0.00 U",
        "1 of them is an anchor: 1 U of margin or less, which the rules leave alone.",
    ]


async def test_a_chinese_card_reads_so(dial: Dial) -> None:
    phone = await dial(*BOOK, language="zh")
    answer = (await phone.says("/close 空 一半")).split("\n")
    assert answer[0] == "✋ 各平 50%：全部空单？共 2 个仓位，市价："
    assert answer[3] == "合计平仓：价值 155.00 U，保证金 15.50 U"
    assert answer[5] == "其中 1 个是锚定单：保证金不超过 1 U，规则不处理。"
    assert phone.buttons() == [["✅ 平 50%（2 个）"], ["取消"]]
    assert (await phone.says("/close all 底仓")).startswith("✋ 平到底仓：全部仓位？共 4 个仓位，市价：\n")
    assert (await phone.says("/close STX")).startswith("✋ 平仓：STX 全部仓位？")
    assert (await phone.says("/close 多 逐仓")).startswith("✋ 平仓 CRV 多单 逐仓？")


async def test_a_single_anchor_is_called_one(dial: Dial) -> None:
    phone = await dial(*BOOK)
    line = "It is an anchor: 1 U of margin or less, which the rules leave alone."
    assert line in await phone.says("/close STX short")
    assert line not in await phone.says("/close STX long")


# What is too small, unreadable, or not there


async def test_what_a_share_rounds_to_nothing_is_said_on_the_card_and_on_the_result(dial: Dial) -> None:
    phone = await dial(*BOOK)
    line = "🔸 30% is less than the smallest order, left as they are: STX short"
    assert line in await phone.says("/close all 30%")
    assert line in await phone.press("✅")
    assert held(phone)[STX_SHORT] == 2
    line = "🔸 At the base of 1 U already, left as they are: STX short"
    assert line in await phone.says("/close STX keep")
    assert line in await phone.press("✅")


async def test_nothing_but_dust_is_no_card(dial: Dial) -> None:
    phone = await dial(paper_leg(contracts=2), paper_leg(side="short", contracts=3))
    names = "CRV long, CRV short"
    assert await phone.says("/close all 20%") == f"🔸 20% is less than the smallest order, left as they are: {names}"
    assert phone.buttons() == []
    assert phone.house.exchange.submitted == []


async def test_an_unreadable_leg_of_the_selection_is_closed_or_said(dial: Dial) -> None:
    def hide(shot: Snapshot) -> Snapshot:
        # The first is closed as a whole, the second does not say how large it is.
        stx = [blind(STX, leg.contracts, opened_at=leg.opened_at) for leg in shot.legs if leg.key == STX]
        legs = tuple(leg for leg in shot.legs if leg.key in (CRV, CRV_SHORT))
        return shot.replaced(legs=legs, unreadable=(*stx, blind(STX_SHORT), blind(CRV_OWN)))

    phone = await dial(*BOOK, checks=0)
    phone.house.exchange.view = hide
    await phone.house.check()
    answer = await phone.says("/close long half")
    assert "CRV long: 50 of 100" not in answer
    assert "Closes: 50 at market" in answer
    assert "⚠️ Cannot be read, so only all of it can be closed; left as they are: STX long" in answer
    assert "Not included, I cannot close them: CRV long isolated" in answer
    assert "STX short" not in answer
    assert "so the base is not known; left as they are: STX long" in await phone.says("/close all keep")
    answer = await phone.says("/close long")
    assert "✋ Close all long legs? 2 legs" in answer
    assert "The sum does not include those that cannot be read." in answer
    answer = await phone.press("✅")
    assert "The sum does not include those that cannot be read." in answer
    assert held(phone) == {**HELD, CRV: 0, STX: 0}
    phone.house.exchange.view = lambda shot: shot.replaced(legs=(shot.by_key[CRV_SHORT],), unreadable=(blind(STX_SHORT),))
    await phone.house.check(3)
    assert "STX short: open, but its size" in await phone.says("/close STX")
    assert phone.buttons() == []


@pytest.mark.parametrize("name", ["HALF-USDT-SWAP", "BASE-USDT-SWAP"])
async def test_a_coin_with_the_name_of_a_word_is_asked_about(dial: Dial, name: str) -> None:
    phone = await dial(paper_leg(name), paper_leg(side="short"))
    coin = name.partition("-")[0]
    answer = await phone.says(f"/close {coin.lower()} long")
    assert answer.startswith("This can mean several things")
    assert coin in answer
    much = "50%" if coin == "HALF" else "keep"
    assert phone.buttons() == [[f"Close long {much}", f"Close {coin} long"]]
    await phone.says(f"/close {coin}USDT long")
    await phone.press("✅")
    assert phone.house.held(key(name)) == 0
    assert phone.house.held(CRV_SHORT) == 100


async def test_a_coin_that_is_a_number_is_a_coin(dial: Dial) -> None:
    phone = await dial(paper_leg("4-USDT-SWAP"), paper_leg())
    assert "Close 4 long?" in await phone.says("/close 4")
    assert "Closes: 4 at market" in await phone.says("/close CRV long 4")


# What changed while the card was read


async def test_what_became_smaller_is_not_closed_by_its_share_again_unasked(dial: Dial) -> None:
    """Half of what was shown may be closed by somebody else already."""
    phone = await dial(*BOOK)
    await phone.says("/close long half")
    resize(phone, STX, 20)
    phone.house.paper.drop_leg(CRV_OWN)
    answer = await phone.press("✅")
    assert "CRV long: 50 closed" in answer
    assert "⬜ Closed already: CRV long isolated" in answer
    assert "🔁 These have changed or are new since; nothing was sent for them." in answer
    assert "Close STX long?" in answer
    assert held(phone) == {**HELD, CRV: 50, CRV_OWN: 0, STX: 20}
    await phone.press("✅")
    assert held(phone) == {**HELD, CRV: 50, CRV_OWN: 0, STX: 10}


async def test_what_became_so_small_that_its_share_is_no_order_is_said(dial: Dial) -> None:
    phone = await dial(*BOOK)
    await phone.says("/close long half")
    resize(phone, STX, 1)
    answer = await phone.press("✅")
    assert "🔸 50% is less than the smallest order, left as they are: STX long" in answer
    assert held(phone) == {**HELD, CRV: 50, CRV_OWN: 20, STX: 1}
    assert phone.buttons() == []


async def test_what_became_smaller_is_closed_down_to_the_base_all_the_same(dial: Dial) -> None:
    phone = await dial(*BOOK)
    await phone.says("/close long keep")
    resize(phone, CRV, 60)
    resize(phone, STX, 2)
    answer = await phone.press("✅")
    assert "🔸 At the base of 1 U already, left as they are: STX long" in answer
    assert held(phone) == {**HELD, CRV: 2, CRV_OWN: 2, STX: 2}
    assert phone.buttons() == []


async def test_what_grew_or_is_new_is_asked_about_after_the_others_and_only_if_it_is_meant(dial: Dial) -> None:
    phone = await dial(*BOOK)
    phone.house.paper.drop_leg(STX)
    await phone.house.check(3)
    await phone.says("/close long half")
    resize(phone, CRV, 120)
    resize(phone, CRV_SHORT, 200)
    phone.house.paper.put_leg(paper_leg(STX_NAME, contracts=10, opened_at=phone.house.clock.now()))
    phone.house.paper.put_leg(paper_leg(STX_NAME, "short", mode="isolated", contracts=10, opened_at=phone.house.clock.now()))
    answer = await phone.press("✅")
    assert "CRV long isolated: 20 closed" in answer
    assert "🔁 These have changed or are new since; nothing was sent for them." in answer
    assert "CRV long: 60 of 120" in answer
    assert "STX long: 5 of 10" in answer
    assert "2 legs at market" in answer
    assert held(phone) == {CRV: 120, CRV_SHORT: 200, CRV_OWN: 20, STX: 10, STX_SHORT: 2}
    await phone.press("✅")
    assert held(phone) == {CRV: 60, CRV_SHORT: 200, CRV_OWN: 20, STX: 5, STX_SHORT: 2}
    assert phone.buttons() == []


async def test_a_new_leg_that_is_not_meant_is_none_of_its_business(dial: Dial) -> None:
    phone = await dial(*BOOK)
    phone.house.paper.drop_leg(STX_SHORT)
    await phone.house.check(3)
    await phone.says("/close long half")
    phone.house.paper.put_leg(paper_leg(STX_NAME, "short", contracts=10, opened_at=phone.house.clock.now()))
    answer = await phone.press("✅")
    assert answer.startswith("✋ Done: ")
    assert "STX short" not in answer
    assert "🔁" not in answer
    assert "gone" not in answer
    assert phone.house.held(STX_SHORT) == 10


async def test_a_new_leg_of_which_the_share_is_nothing_is_said_too(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(mode="isolated", contracts=40), paper_leg(STX_NAME, "short"))
    await phone.says("/close long half")
    phone.house.paper.put_leg(paper_leg(STX_NAME, contracts=1, opened_at=phone.house.clock.now()))
    answer = await phone.press("✅")
    assert "🔸 50% is less than the smallest order, left as they are: STX long" in answer
    assert phone.buttons() == []
    assert phone.house.held(STX) == 1


async def test_what_was_too_small_for_its_share_and_grew_is_asked_about_too(dial: Dial) -> None:
    """It was said to be too small, and stayed."""
    phone = await dial(paper_leg(), paper_leg(STX_NAME, contracts=1))
    assert "STX" in await phone.says("/close all 50%")
    resize(phone, STX, 40)
    phone.house.clock.forward(2)
    said = await phone.press(phone.data()[0])
    assert phone.house.closed() == [50]
    assert phone.house.held(STX) == 40
    assert "too small" not in said
    assert "Closes: 20 at market" in said
    phone.house.clock.forward(2)
    await phone.press(phone.data()[0])
    assert phone.house.held(STX) == 20


@pytest.mark.parametrize("contracts", [1, 0])
async def test_what_was_too_small_and_still_is_or_is_gone_is_not_asked_about(dial: Dial, contracts: int) -> None:
    phone = await dial(paper_leg(), paper_leg(STX_NAME, contracts=1))
    await phone.says("/close all 50%")
    if not contracts:
        phone.house.paper.drop_leg(STX)
    phone.house.clock.forward(2)
    await phone.press(phone.data()[0])
    assert phone.house.closed() == [50]
    assert phone.buttons() == []


async def test_two_presses_close_once(dial: Dial) -> None:
    phone = await dial(*BOOK)
    await phone.says("/close all half")
    confirm, on = phone.data()[0], int(phone.messages()[-1]["message_id"])
    await phone.press(confirm, on=on)
    await phone.press(confirm, on=on)
    assert len(phone.house.exchange.submitted) == len(HELD)


async def test_each_outcome_is_said_and_the_total_is_of_what_was_closed(dial: Dial) -> None:
    phone = await dial(*BOOK)
    await phone.says("/close crv half")
    phone.house.exchange.before = fail("submit", OrderRefused("51169", "no"))
    answer = await phone.press("✅")
    assert answer.startswith("⚠️ 2 of 3 closed as asked:\n")
    assert "refused (51169 no)" in answer
    closed = sum(phone.house.closed())
    assert f"Together: worth {closed * 5}.00 U" in answer


async def test_an_outcome_that_is_not_known_is_said(dial: Dial) -> None:
    phone = await dial(*BOOK)
    await phone.says("/close STX half")
    phone.house.exchange.after = fail("submit", OutcomeUnknown("time-out"))
    phone.house.exchange.before = fail("find_order", TemporarilyDown("time-out"), times=-1)
    answer = await phone.press("✅")
    unknown = "not known yet whether it was closed; I am looking it up and will tell you"
    names = "STX long", "STX short"
    assert answer == "\n".join(["⏳ 0 of 2 closed so far:", *(f"{name}: {unknown}" for name in names)])
    phone.house.exchange.before = phone.house.exchange.after = lambda _: None
    await phone.house.check()
    assert held(phone) == {**HELD, STX: 15, STX_SHORT: 1}
    assert len(phone.house.exchange.submitted) == 2


async def test_of_many_what_went_wrong_is_never_left_out(dial: Dial) -> None:
    names = [f"COIN{number:02d}-USDT-SWAP" for number in range(40)]
    phone = await dial(*(paper_leg(name) for name in names))
    await phone.says("/close long")
    submits = 0

    def last_is_refused(name: str) -> BaseException | None:
        nonlocal submits
        submits += name == "submit"
        return OrderRefused("51169", "no") if name == "submit" and submits == 40 else None

    phone.house.exchange.before = last_is_refused
    answer = await phone.press("✅")
    assert answer.startswith("⚠️ 39 of 40 closed as asked:\n")
    assert "refused (51169 no)" in answer
    assert "… and 10 more" in answer


# Over random books


SIDES = {"long": PositionSide.LONG, "short": PositionSide.SHORT, "多": PositionSide.LONG, "空": PositionSide.SHORT}
MODES = {"cross": MarginMode.CROSS, "逐仓": MarginMode.ISOLATED}
SHARES = {"": D(1), "50%": D("0.5"), "一半": D("0.5"), "33.3%": D("0.333"), "三成": D("0.3"), "1%": D("0.01"), "底仓": None}
COINS = ("CRV", "STX", "UNI", "DOGE")
LOTS = {"CRV": D(1), "STX": D("0.1"), "UNI": D(10), "DOGE": D("0.01")}


def book(chance: random.Random) -> list[PaperLeg]:
    legs = [
        paper_leg(
            f"{coin}-USDT-SWAP",
            side.value,
            mode=mode.value,
            contracts=LOTS[coin] * chance.choice([1, 2, 3, 7, 40, 1000, chance.randrange(1, 5000)]),
            entry_price=chance.choice(["0.5", "5"]),
            leverage=chance.choice([3, 10]),
        )
        for coin in COINS
        for side in PositionSide
        for mode in MarginMode
    ]
    # One price for each coin.
    priced = [leg.replaced(entry_price=D(5)) for leg in legs]
    return chance.sample(priced, chance.randrange(2, len(priced)))


def expected(leg: PaperLeg, share: Decimal | None) -> Decimal:
    """What is left of a leg, worked out anew from what rules.md says."""
    lot = LOTS[leg.instrument_id.partition("-")[0]]
    if share is None:
        lots = D(1) * leg.leverage / (leg.entry_price * lot)
        base = lot * (int(lots) if lots == int(lots) else int(lots) + 1)
        return min(leg.contracts, base)
    if share == 1:
        return D(0)
    return leg.contracts - lot * int(leg.contracts * share / lot)


@pytest.mark.parametrize("seed", range(24))
async def test_over_random_books_just_the_selection_is_closed_by_just_its_share(dial: Dial, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    legs = book(chance)
    specs = [instrument(f"{coin}-USDT-SWAP", lot_size=LOTS[coin], min_contracts=LOTS[coin]) for coin in COINS]
    phone = await dial(house=House(tmp_path / "random", *legs, instruments=specs))
    before = {leg.key: leg for leg in legs}
    for _ in range(3):
        coin = chance.choice(["", "", *COINS])
        side, mode = chance.choice(["", *SIDES]), chance.choice(["", "", *MODES])
        scope = [coin, side, mode] if coin or side else ["all", mode]
        much = chance.choice(list(SHARES))
        words = [word for word in [*scope, much] if word]
        chance.shuffle(words)
        share = SHARES[much]
        taken = [
            one
            for one in before
            if (not coin or one.coin == coin)
            and (not side or one.position_side is SIDES[side])
            and (not mode or one.margin_mode is MODES[mode])
        ]
        left = {one: expected(before[one], share) if one in taken else before[one].contracts for one in before}
        sent = len(phone.house.exchange.submitted)
        await phone.says(f"/close {' '.join(words)}")
        assert {one: phone.house.held(one) for one in before} == {one: leg.contracts for one, leg in before.items()}
        if phone.buttons():
            await phone.press(phone.data()[0])
        assert {one: phone.house.held(one) for one in before} == left, words
        assert len(phone.house.exchange.submitted) - sent == sum(left[one] != before[one].contracts for one in before), words
        before = {one: leg.replaced(contracts=left[one]) for one, leg in before.items() if left[one]}
        if not before:
            return
        await phone.house.check(3)


@pytest.mark.parametrize("kind", [AccessRefused, TemporarilyDown, OutcomeUnknown])
async def test_what_fails_between_two_orders_is_never_told_as_nothing_sent(dial: Dial, kind: type[ExchangeProblem]) -> None:
    phone = await dial(paper_leg(), paper_leg(STX_NAME), paper_leg(STX_NAME, side="short"))
    submit, sent = phone.house.exchange.submit, 0

    async def second_fails(intent: Intent) -> str:
        nonlocal sent
        sent += 1
        if sent == 2:
            raise kind(Problem.of_words("planted"))
        return await submit(intent)

    phone.house.exchange.submit = second_fails  # type: ignore[method-assign]
    await phone.says("close all half")
    told = await phone.press("Close 50%")
    assert phone.house.closed() == [50, 50]
    assert "Nothing was sent" not in told
    assert "2 of 3" in told


# What nobody foresaw


@pytest.mark.parametrize("call", ["submit", "find_order", "snapshot"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_card_says_what_was_done_and_what_was_not_where_something_unforeseen_stops_it(
    dial: Dial, call: str, when: str
) -> None:
    """It said “Closing …” for ever."""
    phone = await dial(paper_leg(), paper_leg(STX_NAME, contracts=30))
    exchange = phone.house.exchange
    await phone.says("/close all")
    calls = 0

    def broken(name: str) -> BaseException | None:
        nonlocal calls
        calls += name == call
        # The first look of a close is before its orders; the second order, and all that follows it, breaks.
        return ValueError("a bug") if name == call and calls == 2 else None

    setattr(exchange, when, broken)
    phone.house.clock.forward(2)
    said = await phone.press("Close all")
    exchange.before = exchange.after = lambda _: None
    assert "unforeseen ValueError" in said
    assert "Closing" not in said
    assert "Nothing was sent" not in said
    assert "CRV" in said
    assert "STX" in said
    if call == "snapshot":
        assert said.count("closed at") == 2
    else:
        assert "not known yet" in said or said.count("closed at") == 1


async def test_a_card_whose_look_breaks_says_that_nothing_was_sent(dial: Dial) -> None:
    phone = await dial(paper_leg(), paper_leg(STX_NAME, contracts=30))
    await phone.says("/close all")
    phone.house.exchange.before = fail("snapshot", ValueError("a bug"))
    phone.house.clock.forward(2)
    assert "Nothing was sent: unforeseen ValueError" in await phone.press("Close all")
    assert phone.house.exchange.submitted == []


async def test_a_card_whose_outcome_cannot_be_written_says_so_and_the_fills_are_told(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await dial(paper_leg(), paper_leg(STX_NAME, contracts=30))
    await phone.says("/close all")

    def broken(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("tgtp.chat.commands.close.close_view.outcome", broken)
    phone.house.clock.forward(2)
    on = int(phone.newest()["message_id"])
    await phone.press("Close all")
    assert "Broken off: unforeseen ValueError" in phone.wire.posts[on]["text"]
    assert phone.house.held(CRV) == phone.house.held(STX) == 0
    await phone.until(lambda: all(any(coin in text for text in phone.alerts()) for coin in ("CRV", "STX")))
