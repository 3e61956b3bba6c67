"""Tiers that rest at the exchange on a simulated day: what goes wrong with conditional orders, and who has a hand in them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.exchange.account import Refused
from tests.simulation.exchange.trader import COINS
from tests.simulation.faults.troubles import AMBIGUOUS, Trouble, at_server
from tgtp.domain.resting.rules import RestingMode
from tgtp.errors import TgtpError

if TYPE_CHECKING:
    from tests.simulation.exchange.account import Leg
    from tests.simulation.simulation import World

PLACE, AMEND, CANCEL = "POST /trade/order-algo", "POST /trade/amend-algos", "POST /trade/cancel-algos"
LOOK_UP, LIST, ENDED = "GET /trade/order-algo", "/trade/orders-algo-pending", "/trade/orders-algo-history"
# What is said though nothing was done.
REFUSALS: Final[Mapping[str, tuple[str, ...]]] = {
    PLACE: ("51303", "51300", "51277", "51279", "51261", "51299", "51022", "51000", "50011"),
    AMEND: ("51503", "51503", "51303", "51300", "50011"),
    CANCEL: ("51412", "51416", "51410", "51400", "50011"),
}
SICK: Final = ("http_502", "http_503", "html_200", "cut_json", "wrong_types", "empty_list")
# What the exchange's book is like for a while: lags in seconds, and what becomes of what is triggered.
BOOKS: Final[tuple[Mapping[str, Any], ...]] = (
    {"look_lag": 2.0},
    {"list_lag": 8.0},
    {"ids_lag": 20.0},
    {"look_lag": 15.0, "list_lag": 40.0, "ids_lag": 40.0},
    {"cancel_delay": 3.0},
    {"cancel_delay": 20.0},
    {"ignores_amends": 3},
    {"share": Decimal("0.5")},
    {"share": Decimal("0.1")},
    {"share": Decimal(0)},
    {"pieces": 3},
    {"failing": "51008"},
    {"failing": "51008", "failing_after": 1, "pieces": 3},
    {"past_code": "51279"},
    {"trims_waiting": True},
    {"keeps_ended": False},
    {"most": 2},
    {"refuses_margin_moves": True},
)
# Seconds between two troubles, on average.
EVERY: Final = (3600, 1200, 600, 300)
# Between two checks: how often a price leaps for a moment, and a person places an order of their own or says what is to rest.
WICKS, FOREIGN, WORDS = 0.02, 0.003, 0.003
WICK: Final = 0.05
# How far from the price a person's own order is, as a share of it.
AWAY: Final = ("0.005", "0.02", "0.1")


class RestingDay:
    """The conditional orders of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        # Of its own: days on which nothing rests are what they were.
        self._chance = random.Random(world.chance.getrandbits(64))
        self._every = self._chance.choice(EVERY)
        self._next = self._chance.expovariate(1 / self._every)

    async def between(self) -> None:
        """Let happen what comes between two checks."""
        world, chance = self._world, self._chance
        if world.calm:
            return
        while self._next <= world.loop.time():
            world.trouble(self.draw())
            self._next += chance.expovariate(1 / self._every)
        if chance.random() < WICKS:
            self._wick()
        if chance.random() < FOREIGN:
            self._rest_by_hand()
        if chance.random() < WORDS:
            await self._say()

    def draw(self) -> Trouble:
        """Choose a trouble."""
        return self._chance.choice((self._asked, self._asked, self._read, self._book))()

    def _asked(self) -> Trouble:
        chance, where = self._chance, self._chance.choice((PLACE, AMEND, CANCEL))
        after = chance.random() < 0.5
        kind = chance.choice(("refused", "refused", "code", "drop", "hang", "delay", "sick"))
        if kind == "refused":
            code = chance.choice(REFUSALS[where])
            return self._at_okx(f"rests: {code}", where, "code", code=code)
        if kind == "code":
            code = chance.choice(AMBIGUOUS)
            return self._at_okx("rests: not said whether", where, "code", code=code, after_effect=after)
        if kind == "sick":
            return self._at_okx("rests: not said whether", where, chance.choice(SICK), after_effect=after)
        more: dict[str, Any] = {"seconds": chance.choice((2, 6, 20))} if kind == "delay" else {}
        return self._at_okx(f"rests: {kind} {'after' if after else 'before'}", where, kind, after_effect=after, **more)

    def _read(self) -> Trouble:
        where = self._chance.choice((LOOK_UP, LOOK_UP, LIST, LIST, ENDED))
        kind = self._chance.choice((*SICK, "drop", "hang", *(("half_list",) if where == LIST else ())))
        if kind == "empty_list" and where != LIST:
            # Said of one order it is a no, which the exchange does not say of what there is.
            kind = "cut_json"
        return self._at_okx("rests: read", where, kind)

    def _at_okx(self, label: str, path: str, kind: str, **options: Any) -> Trouble:
        times = self._chance.choice((1, 1, 2, 5, None))
        lasts = self._chance.choice((5, 60, 300)) if times is None else 3600
        return at_server(label, path, kind, times, lasts, **options)

    def _book(self) -> Trouble:
        changes = self._chance.choice(BOOKS)

        def begin(world: World) -> Callable[[], int]:
            books = [holder.account.algo for holder in world.holders]
            before = [{name: getattr(book, name) for name in changes} for book in books]
            for book in books:
                for name, value in changes.items():
                    setattr(book, name, value)

            def end() -> int:
                for book, values in zip(books, before, strict=True):
                    for name, value in values.items():
                        setattr(book, name, value)
                return 1

            return end

        return Trouble("rests: " + " ".join(changes), "okx", self._chance.choice((60, 600, 1800)), begin)

    def _wick(self) -> None:
        world = self._world
        held = sorted({key[0] for holder in world.holders for key in holder.account.legs})
        if held:
            name, up = self._chance.choice(held), self._chance.choice((1 + WICK, 1 - WICK))
            world.prices.push(name, up - 1)
            world.prices.push(name, 1 / up - 1)

    def _rest_by_hand(self) -> None:
        """A person places a take-profit of their own."""
        holder = self._chance.choice(self._world.holders)
        legs = list(holder.account.legs.values())
        if not legs:
            return
        leg: Leg = self._chance.choice(legs)
        instrument, sign = leg.instrument, 1 if leg.side == "long" else -1
        price = instrument.mark * (1 + sign * Decimal(self._chance.choice(AWAY)))
        contracts = max(leg.contracts // 4 // instrument.lot_size * instrument.lot_size, instrument.lot_size)
        trigger = price // instrument.tick_size * instrument.tick_size
        with contextlib.suppress(Refused):
            holder.account.algo.rest(instrument.inst_id, leg.side, contracts, trigger, margin_mode=leg.margin_mode)
            self._world.hands.done["rest an order"] += 1

    async def _say(self) -> None:
        """A person has tiers rest, or not, or lifts those of a leg for ten minutes."""
        process, chance = self._world.process, self._chance
        if process is None or self._world.disk.fault:
            return
        part = chance.choice(process.parts)
        resting = part.checker.resting
        with contextlib.suppress(TgtpError):
            if chance.random() < 0.3 and part.ledger.lives():
                await resting.lift(chance.choice(sorted(part.ledger.lives(), key=str)), 1)
                self._world.hands.done["lift what rests"] += 1
                return
            mode: RestingMode = chance.choice(("all", "all", "off"))
            await part.actions.change_resting(resting.rules, chance.choice(("", *COINS)), mode, 1)
            self._world.hands.done["switch what rests"] += 1
