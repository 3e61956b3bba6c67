"""A fixed account of 0, 1, 2 or 60 legs: the same numbers at every run, and something of everything that a view can show."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.every_event import EVENTS
from tgtp.chat.charts.model import PriceChart
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Language
from tgtp.domain.events import Event
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.life import Life
from tgtp.domain.model import Candle, EquitySample, Leg, LegKey, Snapshot, Unwatched
from tgtp.domain.plan import Situation
from tgtp.domain.report import DayTakings
from tgtp.errors import Problem

COUNTS = (0, 1, 2, 60)
NOW = dt.datetime(2026, 11, 24, 8, 30, tzinfo=dt.UTC)
COINS = ("CRV", "STX", "UNI", "APT", "SOL", "DOGE", "1000000BABYDOGE")
# What each leg shows, in percent: the losers stand against winners of the same coin.
ROIS = ("26.01", "-18.4", "12.5", "-3.25", "60", "-71.9", "0", "34.99", "51.2", "-0.004")

# Of some coins only, at whole hours.
FUNDING = {
    f"{coin}-USDT-SWAP": FundingRate(
        instrument_id=f"{coin}-USDT-SWAP",
        rate=rate,
        settles_at=NOW.replace(hour=at, minute=0),
        interval=dt.timedelta(hours=every) if every else None,
    )
    for coin, rate, at, every in (("CRV", "0.0001", 16, 8), ("STX", "-0.00125", 9, 1), ("UNI", "0.0045", 12, 0))
}


class World:
    """Everything that views are made of, with so many legs, days and events."""

    def __init__(self, language: Language, count: int) -> None:
        self.count = count
        self.reader = Reader(language, SEED_RULES, 10)
        self.legs = tuple(_leg(number) for number in range(count))
        self.lives = {leg.key: _life(number, leg) for number, leg in enumerate(self.legs)}
        unwatched = (Unwatched(name="BTC-USD-SWAP", reason="not_usdt"),) if count > 2 else ()
        self.snapshot = Snapshot(
            taken_at=NOW - dt.timedelta(seconds=4), legs=self.legs, equity=Decimal("12345.678"), unwatched=unwatched
        )
        paused = frozenset({"UNI-USDT-SWAP"} if count > 2 else set())
        self.situation = Situation("main", SEED_RULES, self.lives, frozenset(), paused, NOW, may_trade=True)
        tried = self.snapshot.instrument_ids
        self.outlook = Outlook(self.snapshot, self.situation, "okx", False, 0, None, NOW, funding=FUNDING, funding_tried=tried)

    @property
    def blind(self) -> Outlook:
        """The same account, not seen for a while."""
        return self.outlook._replace(failed=3, failure=Problem("problem.network"), now=NOW + dt.timedelta(seconds=38))

    @property
    def marks(self) -> dict[LegKey, str]:
        return {leg.key: life_mark(leg.key, leg.opened_at, 0) for leg in self.legs}

    @property
    def events(self) -> list[tuple[int, Event]]:
        """As many events as legs, newest first; of every kind where there are many."""
        chosen = EVENTS if self.count > 2 else [event for event in EVENTS if event.kind in ("tier_filled", "paused")]
        found = [(number, event) for number, event in enumerate(chosen[: self.count], start=101)]
        return found[::-1]

    @property
    def days(self) -> tuple[DayTakings, ...]:
        """As many days as legs, some without an order."""
        return tuple(_day(number) for number in range(self.count))

    @property
    def samples(self) -> list[EquitySample]:
        """The equity of as many five minutes as there are legs; it goes up, and down in between."""
        wave = (0, 3, 8, 5, 2, 9, 12, 11)
        return [
            EquitySample(
                at=NOW + (number - self.count) * dt.timedelta(minutes=5), equity=12000 + 10 * wave[number % 8] + number
            )
            for number in range(self.count)
        ]

    def picture(self, *legs: Leg) -> PriceChart:
        """A picture of these legs; what is drawn is tested elsewhere."""
        mark = legs[0].mark_price
        candle = Candle(opened_at=NOW, open=mark, high=mark, low=mark, close=mark)
        return PriceChart(legs[0].instrument.coin, (candle,), (), (), self.reader.look)


def _leg(number: int) -> Leg:
    pair, is_short = divmod(number, 2)
    coin = COINS[pair] if pair < len(COINS) else f"COIN{pair:02d}"
    roi = Decimal(ROIS[pair % len(ROIS)])
    more: dict[str, Any] = {"margin_mode": "isolated"} if pair == 2 else {}
    if pair % 3 == 0:
        more |= {
            "liquidation_price": "2.91" if not is_short else "9.05",
            "margin_ratio": "7.31",
            "break_even_price": "4.8801",
            "fees": "0.4312",
            "funding": "-0.0521",
            "unrealised_pnl": "12.345" if roi > 0 else "-8.5",
            "realised_pnl": "3.21",
        }
    return leg(
        f"{coin}-USDT-SWAP",
        side="short" if is_short else "long",
        contracts=("100", "37", "1234.5", "2", "1")[number % 5],
        mark_price=("5", "0.2551", "0.00000731", "61234.5", "1.1")[pair % 5],
        leverage=(10, 10, 20, 50)[pair % 4],
        roi=-roi if is_short else roi,
        lot_size=("1", "1", "0.1")[pair % 3],
        contract_size=("1", "10", "1000000", "0.001", "1")[pair % 5],
        opened_at=NOW - dt.timedelta(hours=5 + number),
        adjusted_at=NOW - dt.timedelta(hours=5 + number),
        **more,
    )


def _life(number: int, leg: Leg) -> Life:
    if number % 4:
        return Life.begun(leg)
    at = leg.opened_at + dt.timedelta(hours=1)
    return Life.begun(leg, (FiredTier(tier=1, threshold="0.25", contracts="30", fired_at=at),))


def _day(number: int) -> DayTakings:
    day = dt.date(2026, 9, 26) + dt.timedelta(days=number)
    if number % 4 == 3:
        return DayTakings(day=day)
    return DayTakings(day=day, tier=10 + number, hedge=-number, hand="1.5", fees="0.25", orders=3, tiers=1, hedges=number % 2)
