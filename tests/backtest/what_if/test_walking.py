"""Legs that open and end one by one, walked by what may decide something, and by every look: nothing differs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest

from tests.backtest.made import MIDNIGHT, bars_of, instrument
from tests.backtest.plain import Bar
from tests.fixtures.engine import SEED_RULES
from tgtp.backtest.what_if.walking import Coin, Held, Variant, walked
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH, LegKey
from tgtp.engine.ports import PastLeg

D = Decimal
MINUTE = 60_000
LADDER = Ladder.parse("4:30,8:50,15:50")


def coin(random: Random) -> Coin:
    """Up to five legs of forty minutes around 1000, in any of the four places that there are, each place with one at a time."""
    found, price = list[Bar](), 1000
    for minute in range(40):
        prices = [price, price + random.randint(-9, 9), price + random.randint(-9, 9), price + random.randint(-9, 9)]
        found.append((MIDNIGHT + minute * MINUTE, D(price), D(max(prices)), D(min(prices)), D(prices[3])))
        price = prices[3]
    bars = bars_of(found, MINUTE)
    rates = ((MIDNIGHT, D("0.0002")), (MIDNIGHT + 20 * MINUTE, D("-0.0003")))
    held, taken = list[Held](), dict[LegKey, int]()
    for _ in range(random.randint(2, 5)):
        mode, side = random.choice(["isolated", "cross"]), random.choice(["long", "short"])
        name = LegKey(instrument_id="ETH-USDT-SWAP", position_side=side, margin_mode=mode)
        first = random.randint(taken.get(name, 0), 38) if taken.get(name, 0) < 38 else None
        if first is None:
            continue
        end = taken[name] = random.randint(first + 1, 40)
        own = bars.between(MIDNIGHT + first * MINUTE, MIDNIGHT + end * MINUTE)
        leg = PastLeg(
            leg=name,
            opened_at=EPOCH + dt.timedelta(milliseconds=MIDNIGHT + first * MINUTE),
            until=EPOCH + dt.timedelta(milliseconds=MIDNIGHT + end * MINUTE),
            is_open=end == 40,
            contracts=random.choice(["100", "7.77", "0.2"]),
            entry_price=own.exact(0)[0] + random.randint(-3, 3),
            leverage=random.choice([3, 10, 50]),
            net=0,
            fees=0,
            funding=0,
        )
        mine = tuple(one for one in rates if first <= (one[0] - MIDNIGHT) // MINUTE < end)
        held.append(Held(leg, instrument(), own, D(random.choice(["0.004", "0.02"])), mine))
    return Coin(tuple(held), bars, rates)


@pytest.mark.parametrize("execution", ["polled", "resting"])
def test_skipping_holds_while_legs_come_and_go(execution: str) -> None:
    random, fills, hedges = Random(17), 0, 0
    for number in range(20):
        rules = SEED_RULES.replaced(long=LADDER, short=LADDER)
        if number % 2:
            rules = rules.replaced(guards=GuardRules(give_back=D("0.3"), break_even=1))
        variant = Variant("ladder", rules, execution="resting" if execution == "resting" else "polled")
        for group in coin(random).groups():
            found = walked(group, variant, 10)
            assert found == walked(group, variant, 10, skips=False)
            fills += sum(len(one.fills) for one in found)
            hedges += sum(one.count("hedge") for one in found)
    assert fills > 50
    assert hedges > 5
