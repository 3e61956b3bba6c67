"""Misfortunes of the stream and of conditional orders, by chance and by seed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from random import Random
from typing import Any, Final

from tests.simulation.exchange.server import Fault, OkxServer
from tests.simulation.exchange.stream.server import half_of
from tests.simulation.faults.random_faults import AMBIGUOUS, READING, Choice
from tests.simulation.oracle.resting.witness import RestingWitness
from tests.simulation.people import HOLDINGS

PLACE, AMEND, CANCEL = "POST /trade/order-algo", "POST /trade/amend-algos", "POST /trade/cancel-algos"
LOOK_UP, LIST, ENDED = "GET /trade/order-algo", "/trade/orders-algo-pending", "/trade/orders-algo-history"


def _refused(*codes: str, **more: Any) -> list[Choice]:
    return [("code", {"code": code, **more}) for code in codes]


# A pushed price that is further from the one before is only a cause to look.
LEAP: Final = Decimal("0.2")
# What each request may be answered with though nothing was done.
REFUSALS: Final[dict[str, list[Choice]]] = {
    PLACE: [
        *_refused("51303", "51300", "51277", "51279", "51261", "51299", "51022", "51000"),
        *_refused("50011", "50102", outer=True),
        ("unauthorized", {}),
    ],
    AMEND: [*_refused("51503", "51303", "51300"), *_refused("50011", "50102", outer=True), ("unauthorized", {})],
    CANCEL: [*_refused("51412", "51416", "51410", "51400"), *_refused("50011", "50102", outer=True), ("unauthorized", {})],
}
# What the book is like for a while: lags in seconds, and what becomes of what is triggered.
BOOK: Final[tuple[dict[str, Any], ...]] = (
    {"look_lag": 1.5},
    {"list_lag": 6.0},
    {"ids_lag": 4.0},
    {"look_lag": 2.0, "list_lag": 8.0, "ids_lag": 5.0},
    {"cancel_delay": 3.0},
    {"ignores_amends": 2},
    {"share": Decimal("0.5")},
    {"share": Decimal("0.1")},
    {"pieces": 3},
    {"failing": "51008"},
    {"failing": "51008", "failing_after": 1, "pieces": 3},
    {"past_code": "51279"},
    {"trims_waiting": True},
    {"keeps_ended": False},
)
GOOD: Final[dict[str, Any]] = {
    "look_lag": 0.0,
    "list_lag": 0.0,
    "ids_lag": 0.0,
    "cancel_delay": 0.0,
    "ignores_amends": 0,
    "share": Decimal(1),
    "pieces": 1,
    "failing": "",
    "failing_after": 0,
    "past_code": "",
    "trims_waiting": False,
    "keeps_ended": True,
}


class AlgoWeather:
    """Strikes what is asked of conditional orders, and what becomes of them, until cancelled."""

    def __init__(self, server: OkxServer, rng: Random) -> None:
        self._server = server
        self._rng = rng
        self.faults: list[Fault] = []
        self.kinds: Counter[str] = Counter()

    async def run(self) -> None:
        """Never a quiet minute."""
        while True:
            await asyncio.sleep(self._rng.uniform(1, 8))
            await self._rng.choices((self._request, self._read, self._book), weights=(5, 3, 3))[0]()

    def clear(self) -> None:
        """Be well again; the server's faults are cleared by others."""
        for name, value in GOOD.items():
            setattr(self._server.account.algo, name, value)

    def struck(self) -> Counter[str]:
        """Count what has befallen requests, and how often the book was of another kind."""
        found = Counter(self.kinds)
        for fault in self.faults:
            name = f"code {fault.options['code']}" if fault.kind == "code" else fault.kind
            found[f"algo {name} after" if fault.after_effect else f"algo {name}"] += fault.used
        return found

    async def _request(self) -> None:
        where = self._rng.choices((PLACE, AMEND, CANCEL), weights=(4, 3, 3))[0]
        if self._rng.random() < 0.4:
            await self._strike(where, self._rng.choice(REFUSALS[where]))
        else:
            await self._strike(where, self._rng.choice(AMBIGUOUS), after_effect=self._rng.random() < 0.6)

    async def _read(self) -> None:
        where = self._rng.choices((LOOK_UP, LIST, ENDED), weights=(4, 4, 1))[0]
        choices = [*READING, ("half_list", {})] if where == LIST else READING
        if where == LOOK_UP and self._rng.random() < 0.2:
            choices = _refused("51603")
        await self._strike(where, self._rng.choice(choices))

    async def _strike(self, where: str, choice: Choice, *, after_effect: bool = False) -> None:
        kind, options = choice
        is_lasting = self._rng.random() < 0.2 and options.get("code") != "51603"
        times = None if is_lasting else self._rng.choice((1, 1, 1, 2, 3))
        fault = self._server.fault(where, kind, times=times, after_effect=after_effect, **options)
        self.faults.append(fault)
        if is_lasting:
            await asyncio.sleep(self._rng.uniform(2, 12))
            self._server.lift(fault)
        elif kind == "hang":
            asyncio.get_running_loop().call_later(self._rng.uniform(1, 8), fault.release)

    async def _book(self) -> None:
        book, changes = self._server.account.algo, self._rng.choice(BOOK)
        self.kinds["algo " + " ".join(changes)] += 1
        for name, value in changes.items():
            setattr(book, name, value)
        await asyncio.sleep(self._rng.uniform(5, 25))
        for name in changes:
            setattr(book, name, GOOD[name])


class StreamWeather:
    """Strikes the stream until cancelled."""

    def __init__(self, server: OkxServer, account: RestingWitness, rng: Random) -> None:
        self._stream, self._account, self._rng = server.stream, account, rng
        self.struck: Counter[str] = Counter()
        self._kinds: tuple[tuple[str, Callable[[str], Awaitable[None]]], ...] = (
            ("cut", self._cut),
            ("cut in a frame", self._half),
            ("closed with a code", self._closed),
            ("away", self._away),
            ("silent", self._silent),
            ("takes connections and is silent", self._mute_new),
            ("rubbish", self._rubbish),
            ("login refused", self._login),
            ("error said", self._error),
            ("too many connections", self._too_many),
            ("upgrade", self._upgrade),
            ("late", self._late),
            ("old rows", self._old),
            ("a wrong price", self._wrong),
            ("a price that makes no sense", self._absurd),
            ("a thousand at once", self._burst),
            ("nothing acknowledged", self._unacknowledged),
        )

    async def run(self) -> None:
        """Trouble, then a pause, again and again."""
        while True:
            await asyncio.sleep(self._rng.uniform(4, 20))
            name, strike = self._rng.choice(self._kinds)
            self.struck[f"stream {name}"] += 1
            try:
                await strike(self._rng.choice(("", "public", "private", "business")))
            finally:
                self.clear()

    def clear(self) -> None:
        """Be well again; who was silenced is cut."""
        stream = self._stream
        stream.refuses_with, stream.login_code, stream.too_many = None, "", ""
        stream.mutes_new, stream.acknowledges, stream.marks_late_ms = False, True, 0
        for peer in stream.peers:
            if peer.muted:
                peer.end()

    async def _wait(self, shortest: float, longest: float) -> None:
        await asyncio.sleep(self._rng.uniform(shortest, longest))

    def _name(self) -> str:
        return self._rng.choice(sorted({holding.inst_id for holding in HOLDINGS}))

    async def _cut(self, kind: str) -> None:
        self._stream.cut(kind)

    async def _half(self, kind: str) -> None:
        name = self._name()
        frame = self._stream.mark_frame(name, str(self._account.instruments[name].mark))
        self._stream.cut(kind, before=half_of(str(frame)))

    async def _closed(self, kind: str) -> None:
        self._stream.cut(kind, code=self._rng.choice((1000, 1001, 1003, 4004, 4001)))

    async def _away(self, kind: str) -> None:
        self._stream.refuses_with = self._rng.choice((403, 429, 502, 503))
        self._stream.cut(kind)
        await self._wait(3, 30)

    async def _silent(self, kind: str) -> None:
        self._stream.mute(kind)
        # It is left to the program to notice it.
        await self._wait(5, 40)

    async def _mute_new(self, kind: str) -> None:
        self._stream.mutes_new = True
        self._stream.cut(kind)
        await self._wait(3, 20)

    async def _rubbish(self, kind: str) -> None:
        self._stream.rubbish(kind or "public", self._rng.randbytes(self._rng.choice((1, 7, 300))))

    async def _login(self, __: str) -> None:
        self._stream.login_code = self._rng.choice(("60005", "60006", "60007", "60009", "60024", "63999"))
        self._stream.cut("private")
        self._stream.cut("business")
        await self._wait(2, 15)

    async def _error(self, kind: str) -> None:
        code = self._rng.choice(("60012", "60018", "60014", "60011", "63999"))
        self._stream.say(kind or "private", {"event": "error", "code": code, "msg": "no", "connId": "conn0"})

    async def _too_many(self, kind: str) -> None:
        self._stream.too_many = self._rng.choice(("mark-price", "positions", "orders", "account", "orders-algo"))
        self._stream.cut(kind)
        await self._wait(2, 15)

    async def _upgrade(self, kind: str) -> None:
        self._stream.announce_upgrade(kind or "public")
        await self._wait(0.5, 5)
        self._stream.cut(kind or "public", code=1001)

    async def _late(self, __: str) -> None:
        self._stream.marks_late_ms = self._rng.choice((300, 600, 1500, 5000))
        await self._wait(5, 40)

    async def _old(self, __: str) -> None:
        self._stream.cut("public")
        await self._wait(0.2, 1.5)
        for name in {holding.inst_id for holding in HOLDINGS}:
            self._push(name, self._account.instruments[name].mark * Decimal("1.04"), late_ms=30_000)

    async def _wrong(self, __: str) -> None:
        name = self._name()
        factor = Decimal(self._rng.choice(("1.006", "0.994", "1.5", "0.5")))
        for _ in range(self._rng.choice((1, 5))):
            price = self._push(name, self._account.instruments[name].mark * factor)
            if abs(factor - 1) < LEAP:
                # That it is wrong cannot be known between two looks.
                self._account.pushed(name, price)
            await self._wait(0.1, 0.4)

    async def _absurd(self, __: str) -> None:
        for words in ("0", "-1", "", "NaN", "1e999", "x"):
            self._stream.push_mark(self._name(), words)

    async def _burst(self, __: str) -> None:
        name = self._name()
        for _ in range(1000):
            self._push(name, self._account.instruments[name].mark)

    async def _unacknowledged(self, kind: str) -> None:
        self._stream.acknowledges = False
        self._stream.cut(kind)
        await self._wait(3, 15)

    def _push(self, name: str, price: Decimal, *, late_ms: int = 0) -> Decimal:
        """Push a price that need not be the account's, in whole ticks; return it."""
        price = price // self._account.instruments[name].tick_size * self._account.instruments[name].tick_size
        self._stream.push_mark(name, f"{price:f}", at_ms=self._account.clock_ms() - late_ms if late_ms else None)
        return price
