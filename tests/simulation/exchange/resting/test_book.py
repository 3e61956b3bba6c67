"""The stand-in's conditional orders: when they fire, what they close, and when they end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.account import Account, MarginMode, Refused
from tests.simulation.exchange.resting import rows as algo
from tests.simulation.exchange.resting.book import AlgoOrder

STX = "STX-USDT-SWAP"
HELD = Decimal(20)


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(clock: Clock) -> Account:
    account = Account(time=clock)
    account.open_leg(STX, "long", HELD, "0.3")
    return account


def tier(name: str = "tgone", contracts: str = "6", trigger: str = "0.31", **more: Any) -> dict[str, Any]:
    """Return what tgtp sends for a tier of the long leg."""
    return {
        "instId": STX,
        "tdMode": "cross",
        "side": "sell",
        "posSide": "long",
        "ordType": "conditional",
        "sz": contracts,
        "tpTriggerPx": trigger,
        "tpTriggerPxType": "mark",
        "tpOrdPx": "-1",
        "algoClOrdId": name,
        "reduceOnly": True,
        "cxlOnClosePos": True,
    } | more


def held(account: Account) -> str:
    leg = account.legs.get((STX, "long", "cross"))
    return "0" if leg is None else shown.text(leg.contracts)


def code(account: Account, body: dict[str, Any]) -> str:
    try:
        account.algo.place(body)
    except Refused as refused:
        return refused.code
    return "0"


def waiting(account: Account) -> list[str]:
    return [row["algoClOrdId"] for row in algo.waiting_rows(account.algo, {"ordType": "conditional,oco"})]


def state(account: Account, name: str) -> tuple[str, list[str]]:
    (row,) = algo.order_of_name(account.algo, {"algoClOrdId": name})
    return row["state"], row["ordIdList"]


def test_the_mark_price_fires_it(account: Account) -> None:
    order = account.algo.place(tier())
    account.instruments[STX].last = Decimal("0.4")
    account.set_mark(STX, "0.3099")
    assert (order.state, held(account)) == ("live", "20")
    account.set_mark(STX, "0.31")
    assert (order.state, held(account)) == ("effective", "14")
    (made,) = account.orders
    row = shown.order_row(account, made)
    named = ("ordId", "source", "clOrdId", "algoId", "algoClOrdId", "reduceOnly", "accFillSz", "avgPx", "state")
    expected = [made.order_id, "7", "", order.algo_id, "tgone", "true", "6", "0.31", "filled"]
    assert [row[name] for name in named] == expected
    assert state(account, "tgone") == ("effective", [made.order_id])


def test_all_that_are_due_fire_the_nearest_first(account: Account) -> None:
    for name, contracts, trigger in (("tgthree", "3.5", "0.315"), ("tgone", "6", "0.308"), ("tgtwo", "7", "0.31")):
        account.algo.place(tier(name, contracts, trigger))
    account.set_mark(STX, "0.32")
    assert [made.algo.name for made in account.orders if made.algo is not None] == ["tgone", "tgtwo", "tgthree"]
    assert held(account) == "3.5"


@pytest.mark.parametrize(("contracts", "trims"), [("20", True), ("12", False)])
def test_never_more_than_is_held(account: Account, contracts: str, *, trims: bool) -> None:
    account.algo.trims_waiting = trims
    order = account.algo.place(tier(contracts=contracts))
    account.shrink_leg(STX, "long", "15")
    assert order.contracts == (5 if trims else 12)
    account.set_mark(STX, "0.31")
    assert held(account) == "0"
    assert account.orders[0].filled == 5


def test_it_ends_with_its_leg_where_that_was_asked_for(account: Account) -> None:
    ours = account.algo.place(tier())
    theirs = account.algo.rest(STX, "long", "6", "0.31")
    account.reopen(STX, "long", entry_price="0.3")
    assert (ours.state, theirs.state) == ("canceled", "live")
    # A person's survives, and fires on the next life.
    account.set_mark(STX, "0.31")
    assert (theirs.state, held(account)) == ("effective", "14")


def test_without_a_leg_a_surviving_one_fails(account: Account) -> None:
    theirs = account.algo.rest(STX, "long", "6", "0.31")
    account.close_leg(STX, "long")
    account.set_mark(STX, "0.31")
    assert (theirs.state, theirs.fail_code, theirs.orders) == ("order_failed", "51169", ())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tpTriggerPx": "0.29"}, "51303"),
        ({"tpTriggerPx": "0.29", "tpTriggerPxType": "last"}, "51279"),
        ({"side": "buy", "posSide": "short"}, "51300"),
        ({"side": "buy", "posSide": "short", "tpTriggerPxType": "last"}, "51277"),
        ({"algoClOrdId": "tgused"}, "51065"),
        ({"tpTriggerPx": "0.31005"}, "51000"),
        ({"tpTriggerPx": None}, "50014"),
        ({"sz": "0.05"}, "51121"),
        ({"reduceOnly": None}, "51000"),
        ({"instId": "NOWHERE-USDT-SWAP"}, "51001"),
        ({"posSide": None}, "51000"),
        ({"tdMode": "isolated"}, "51169"),
        ({}, "0"),
    ],
)
def test_what_is_refused(account: Account, change: dict[str, Any], expected: str) -> None:
    account.open_leg(STX, "short", HELD, "0.3")
    account.algo.end(account.algo.place(tier("tgused")))
    body = {name: value for name, value in (tier() | change).items() if value is not None}
    assert code(account, body) == expected


def test_refusals_that_a_test_asks_for(account: Account) -> None:
    account.algo.refuses_end_with_leg = "51000"
    assert code(account, tier()) == "51000"
    account.algo.refuses_end_with_leg = ""
    account.algo.most = 0
    assert code(account, tier()) == "51261"


def test_a_trigger_is_refused_in_net_mode() -> None:
    account = Account(position_mode="net_mode")
    account.open_leg(STX, "long", HELD, "0.3")
    assert code(account, tier(ordType="trigger", posSide="net")) == "51298"
    assert code(account, tier(posSide="net")) == "0"
    order = {"instId": STX, "tdMode": "cross", "side": "sell", "ordType": "market", "sz": "21"}
    with pytest.raises(Refused, match="51206"):
        account.place(order)
    account.place(order | {"sz": "20"})
    assert waiting(account) == []


def test_a_trigger_that_is_met_already_fires_at_once(account: Account) -> None:
    order = account.algo.place(tier(trigger="0.3"))
    assert (order.state, held(account)) == ("effective", "14")


def test_an_amend_without_a_type_turns_to_the_last_price(account: Account) -> None:
    order = account.algo.place(tier())
    asked = {"instId": STX, "algoId": order.algo_id, "newSz": "7", "newTpTriggerPx": "0.32", "newTpOrdPx": "-1"}
    account.algo.amend(asked | {"newTpTriggerPxType": "mark"})
    assert (order.contracts, order.take_profit, order.take_profit_type) == (Decimal(7), Decimal("0.32"), "mark")
    account.algo.amend(asked)
    assert order.take_profit_type == "last"
    account.algo.ignores_amends = 1
    account.algo.amend(asked | {"newSz": "9"})
    assert order.contracts == 7
    with pytest.raises(Refused, match="51279"):
        account.algo.amend(asked | {"newTpTriggerPx": "0.29"})
    account.set_mark(STX, "0.32")
    with pytest.raises(Refused, match="51503"):
        account.algo.amend(asked)


def refusal_of_cancel(account: Account, order: AlgoOrder) -> str:
    with pytest.raises(Refused) as caught:
        account.algo.cancel({"instId": STX, "algoId": order.algo_id})
    return caught.value.code


def test_a_cancel_comes_too_late(account: Account, clock: Clock) -> None:
    account.algo.cancel_delay = 2
    slow, fired = account.algo.place(tier("tgslow", trigger="0.33")), account.algo.place(tier("tgfired"))
    account.set_mark(STX, "0.31")
    assert refusal_of_cancel(account, fired) in {"51412", "51416"}
    account.algo.cancel({"instId": STX, "algoId": slow.algo_id})
    assert refusal_of_cancel(account, slow) == "51410"
    clock.now += 2
    account.algo.look()
    assert slow.state == "canceled"
    assert refusal_of_cancel(account, slow) == "51400"


def test_what_is_being_cancelled_can_still_fire(account: Account) -> None:
    account.algo.cancel_delay = 2
    order = account.algo.place(tier())
    account.algo.cancel({"instId": STX, "algoId": order.algo_id})
    account.set_mark(STX, "0.31")
    assert (order.state, held(account)) == ("effective", "14")


@pytest.mark.parametrize("mode", ["cross", "isolated"])
def test_leverage_and_margin_stand_still_while_one_waits(account: Account, mode: MarginMode) -> None:
    account.open_leg(STX, "short", HELD, "0.3", margin_mode=mode, added_margin=5)
    order = account.algo.place(tier(side="buy", posSide="short", tdMode=mode, tpTriggerPx="0.29"))
    with pytest.raises(Refused, match="59668" if mode == "cross" else "59669"):
        account.set_leverage(STX, mode, 5)
    account.algo.refuses_margin_moves = True
    if mode == "isolated":
        with pytest.raises(Refused, match="59302"):
            account.move_margin(STX, "short", 1)
    account.algo.end(order)
    account.set_leverage(STX, mode, 5)


def test_each_view_lags_for_itself(account: Account, clock: Clock) -> None:
    book = account.algo
    book.look_lag, book.list_lag, book.ids_lag, account.order_lag, account.row_lag = 0.9, 1.9, 2.9, 3.9, 4.9
    book.place(tier())
    assert waiting(account) == []
    with pytest.raises(Refused, match="51603"):
        state(account, "tgone")
    clock.now += 10
    account.set_mark(STX, "0.31")
    assert (state(account, "tgone"), waiting(account)) == (("live", []), ["tgone"])
    seen = []
    for _ in range(5):
        clock.now += 1
        (row,) = shown.position_rows(account)
        ids = [order.order_id for order in account.known_orders()]
        seen.append((*state(account, "tgone"), waiting(account), bool(ids), row["pos"]))
    ids = [account.orders[0].order_id]
    assert seen == [
        ("effective", [], ["tgone"], False, "20"),
        ("effective", [], [], False, "20"),
        ("effective", ids, [], False, "20"),
        ("effective", ids, [], True, "20"),
        ("effective", ids, [], True, "14"),
    ]


@pytest.mark.parametrize(
    ("failing", "after", "pieces", "expected"),
    [
        ("51008", 0, 1, ("order_failed", "51008", 0, "20")),
        ("51008", 1, 2, ("partially_failed", "51008", 1, "17")),
        ("", 0, 3, ("effective", "0", 3, "14")),
    ],
)
def test_what_becomes_of_it(
    account: Account, failing: str, after: int, pieces: int, expected: tuple[str, str, int, str]
) -> None:
    book = account.algo
    book.failing, book.failing_after, book.pieces = failing, after, pieces
    order = book.place(tier())
    account.set_mark(STX, "0.31")
    assert (order.state, order.fail_code, len(order.orders), held(account)) == expected


def test_a_part_is_filled(account: Account) -> None:
    account.algo.share = Decimal("0.5")
    account.algo.place(tier())
    account.set_mark(STX, "0.31")
    assert (held(account), account.orders[0].state) == ("17", "canceled")


def test_a_person_s_own_closes_make_way(account: Account) -> None:
    body = {"instId": STX, "tdMode": "cross", "side": "sell", "posSide": "long", "ordType": "limit", "px": "0.4", "sz": "8"}
    account.place(body)
    account.place(body)
    account.algo.place(tier())
    account.set_mark(STX, "0.31")
    assert [order.state for order in account.orders] == ["live", "canceled", "filled"]


def test_the_history_has_three_states_and_pages(account: Account) -> None:
    for number in range(5):
        account.algo.end(account.algo.place(tier(f"tg{number}")))
    asked = {"ordType": "conditional,oco", "state": "canceled", "limit": "3"}
    first = algo.ended_rows(account.algo, asked)
    rest = algo.ended_rows(account.algo, asked | {"after": first[-1]["algoId"]})
    assert [row["algoClOrdId"] for row in (*first, *rest)] == ["tg4", "tg3", "tg2", "tg1", "tg0"]
    assert algo.ended_rows(account.algo, asked | {"state": "effective"}) == []
    with pytest.raises(Refused, match="50015"):
        algo.ended_rows(account.algo, {"ordType": "conditional"})


def test_another_contract_size_ends_what_waits(account: Account) -> None:
    order = account.algo.place(tier())
    account.redenominate(STX, "1")
    assert order.state == "canceled"
