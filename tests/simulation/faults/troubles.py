"""What may go wrong, as data: each trouble begins, is in force for a while, and ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from tests.simulation.faults.disk import DiskFault
from tests.simulation.oracle.audit import STALEST
from tests.simulation.phone.deliveries import PhoneFault
from tgtp.domain.order import LOOK_UP_LAG

if TYPE_CHECKING:
    from tests.simulation.simulation import World

ORDER, LOOK_UP, POSITIONS = "POST /trade/order", "GET /trade/order", "/account/positions"
MARGIN = "/account/position/margin-balance"
# The key of the sub-account, whose orders and moves of margin have troubles of their own.
SUB_KEY = "key of alpha"
BUY_CODES = ("51008", "51008", "50001", "50004", "51149", "51202", "50011", "51000")
MOVE_CODES = ("59301", "59301", "59300", "51008", "50001", "50004", "50013", "50011", "51000")
READS = (POSITIONS, POSITIONS, POSITIONS, LOOK_UP, LOOK_UP, "/account/balance", "/account/config", "/public/instruments")
SICK = ("http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429", "html_200", "cut_json")
# Whether an order was carried out before one of these is not said.
AMBIGUOUS = ("50001", "50004", "50013", "50026", "50061", "51016", "51149")
READ_CODES = ("50001", "50004", "50005", "50011", "50013", "50026", "50061", "50102", "51000")
KEY_CODES = ("50027", "50103", "50105", "50110", "50111", "50113", "50120")
REFUSALS = (
    "50011", "50017", "50100", "50102", "51000", "51001", "51004", "51005", "51007", "51008", "51020", "51022", "51023",
    "51027", "51028", "51108", "51112", "51113", "51115", "51119", "51120", "51121", "51127", "51131", "51148", "51169",
    "51170", "51201", "51202", "51205", "51603", "54084", "54085", "59300",
)  # fmt: skip
FIELDS = ("imr", "margin", "markPx", "avgPx", "lever", "cTime", "uTime", "pos", "uplRatio", "mgnMode", "posSide", "instId")
NONSENSE: tuple[Any, ...] = ("", "?", None, 7, "NaN", "1e999", [])
PRICES = ("markPx", "last", "idxPx", "upl", "uplRatio", "uplLastPx", "uplRatioLastPx", "imr", "notionalUsd", "mmr", "mgnRatio")


class Trouble(NamedTuple):
    """``begin`` starts it and gives what ends it; that one gives how often it struck. ``seconds`` is how long it lasts.

    ``where`` says whose trouble it is.
    """

    kind: str
    where: str
    seconds: float
    begin: Callable[[World], Callable[[], int]]


def draw(chance: random.Random) -> Trouble:
    """Choose one."""
    (maker,) = chance.choices(MAKERS, WEIGHTS)
    return maker(chance)


def at_okx(chance: random.Random, label: str, path: str, kind: str, *, always: bool = False, **options: Any) -> Trouble:
    """Make a trouble of one of the server's own faults; it strikes some requests, or with ``always`` all while it lasts."""
    lasts = chance.choice((1, 5, 20, 60, 300))
    times = None if always else chance.choice((1, 1, 2, 5, None, None))
    if path in (ORDER, LOOK_UP, MARGIN) and times is not None:
        # Orders are rare: such a trouble lies in wait for them.
        lasts = chance.choice((600, 3600))

    return at_server(label, path, kind, times, lasts, **options)


def at_server(label: str, path: str, kind: str, times: int | None, lasts: float, **options: Any) -> Trouble:
    """A fault of the exchange's server that strikes ``times`` times, None for always, within so many seconds."""

    def begin(world: World) -> Callable[[], int]:
        fault = world.server.fault(path, kind, times=times, **options)

        def end() -> int:
            world.server.lift(fault)
            return fault.used

        return end

    return Trouble(label, "okx", lasts, begin)


def sick(chance: random.Random) -> Trouble:
    kind, path = chance.choice(SICK), chance.choice((*READS, "", "", ORDER, ORDER, ORDER))
    return at_okx(chance, kind, path, kind, after_effect=chance.random() < 0.5)


def codes(chance: random.Random) -> Trouble:
    code = chance.choice(READ_CODES)
    return at_okx(chance, f"code {code}", chance.choice((*READS, "GET ")), "code", code=code)


def storm(chance: random.Random) -> Trouble:
    return at_okx(chance, "50011 storm", "", "code", code="50011", outer=True, always=True)


def keys(chance: random.Random) -> Trouble:
    code = chance.choice(KEY_CODES)
    return at_okx(chance, "keys refused", chance.choice(("", "GET ", ORDER)), "code", code=code, outer=True)


def refusal(chance: random.Random) -> Trouble:
    code = chance.choice(REFUSALS)
    outer = chance.random() < 0.2 and code != "51603"
    return at_okx(chance, f"order {code}", ORDER, "code", code=code, outer=outer)


def ambiguous(chance: random.Random) -> Trouble:
    code = chance.choice(AMBIGUOUS)
    return at_okx(chance, f"order {code}", ORDER, "code", code=code, after_effect=chance.random() < 0.5)


def broken(chance: random.Random) -> Trouble:
    after = chance.random() < 0.5
    kind = f"drop {'after' if after else 'before'}"
    return at_okx(chance, kind, chance.choice((*READS, "", ORDER, ORDER, ORDER, ORDER)), "drop", after_effect=after)


def hang(chance: random.Random) -> Trouble:
    after = chance.random() < 0.5
    kind = f"hang {'after' if after else 'before'}"
    return at_okx(chance, kind, chance.choice((*READS, "", ORDER, ORDER, ORDER)), "hang", after_effect=after)


def slow(chance: random.Random) -> Trouble:
    seconds, path = chance.choice((0.5, 2, 4, 6, 12, 20, 25, 45, 90)), chance.choice((*READS, "", ORDER, ORDER, ORDER))
    return at_okx(chance, "slow", path, "delay", always=True, seconds=seconds, after_effect=chance.random() < 0.5)


def partly(chance: random.Random) -> Trouble:
    return at_okx(chance, "partial fill", ORDER, "partial_fill", share=chance.choice(("0", "0.1", "0.5", "0.9")))


def later(chance: random.Random) -> Trouble:
    """Orders rest: filled later by themselves, or when the trouble ends filled in part, wholly, or canceled."""
    seconds, ending = chance.choice((None, 1, 5, 30)), chance.choice(("fill", "cancel", "part"))
    lasts = chance.choice((60, 300, 900))

    def begin(world: World) -> Callable[[], int]:
        options: dict[str, Any] = {} if seconds is None else {"seconds": seconds}
        fault = world.server.fault(ORDER, "fill_later", times=None, **options)

        def end() -> int:
            world.server.lift(fault)
            for holder in world.holders:
                if ending == "part":
                    holder.account.fill_live(share="0.5")
                if ending in ("part", "cancel"):
                    holder.account.cancel_live()
                else:
                    holder.account.fill_live()
                holder.audit.look_at_fills(world.loop.time())
            return fault.used

        return end

    return Trouble("fill later", "okx", lasts, begin)


def spoiled(chance: random.Random) -> Trouble:
    path, field = chance.choice((POSITIONS, POSITIONS, "/account/balance", LOOK_UP)), chance.choice(FIELDS)
    if chance.random() < 0.3:
        return at_okx(chance, "wrong types", path, "wrong_types")
    if chance.random() < 0.3:
        return at_okx(chance, "empty strings", POSITIONS, "empty_row_field", field=field)
    return at_okx(chance, "wrong types", POSITIONS, "wrong_types", field=field, value=chance.choice(NONSENSE))


def missing(chance: random.Random) -> Trouble:
    kind = chance.choice(("empty_list", "half_list"))
    return at_okx(chance, kind.replace("_", " "), chance.choice((POSITIONS, POSITIONS, *READS)), kind)


def stale(chance: random.Random) -> Trouble:
    if chance.random() < 0.5:
        return at_okx(chance, "stale prices", POSITIONS, "stale", seconds=STALEST, fields=PRICES)

    def begin(world: World) -> Callable[[], int]:
        """Show the rows from before an order when it is done."""
        world.stale_at_order = True

        def end() -> int:
            world.stale_at_order = False
            return world.take_stale()

        return end

    return Trouble("stale rows", "okx", chance.choice((300, 1800)), begin)


def refused(chance: random.Random) -> Trouble:
    def begin(world: World) -> Callable[[], int]:
        world.refusing = True

        def end() -> int:
            world.refusing = False
            return world.take_refused()

        return end

    return Trouble("connection refused", "okx", chance.choice((1, 20, 120, 600)), begin)


def shown_late(chance: random.Random) -> Trouble:
    """Orders, and by themselves their trades and the legs, are shown only a while after they were acknowledged."""
    lags = 0.0, 4.0, 15.0, float(LOOK_UP_LAG)
    order, fill, row = chance.choice(lags), chance.choice(lags), chance.choice(lags)

    def begin(world: World) -> Callable[[], int]:
        accounts = [holder.account for holder in world.holders]
        before = sum(len(account.orders) for account in accounts)
        for account in accounts:
            account.order_lag, account.fill_lag, account.row_lag = order, fill, row

        def end() -> int:
            for account in accounts:
                account.order_lag = account.fill_lag = account.row_lag = 0.0
            return sum(len(account.orders) for account in accounts) - before

        return end

    return Trouble("order shown late", "okx", chance.choice((300, 1800)), begin)


def clock(chance: random.Random) -> Trouble:
    """The exchange's clock and ours drift apart, by what OKX takes and by what it refuses (50102)."""
    seconds = chance.choice((-45.0, -20.0, -3.0, 3.0, 20.0, 45.0))

    def begin(world: World) -> Callable[[], int]:
        world.clock.jumped += seconds
        return lambda: 1

    return Trouble("clock jump", "okx", 60, begin)


def disk(chance: random.Random) -> Trouble:
    kind: DiskFault = chance.choice(get_args(DiskFault))

    def begin(world: World) -> Callable[[], int]:
        world.disk.fault, world.disk.spoiled = kind, 0

        def end() -> int:
            world.disk.fault = None
            world.after_disk()
            return world.disk.spoiled

        return end

    return Trouble(f"disk {kind.replace('_', ' ')}", "disk", chance.choice((1, 10, 60, 300)), begin)


def kill(chance: random.Random) -> Trouble:
    """Kill at a place not far from now, or lie in wait for the next order."""
    places, waits = chance.choice((0, 1, 2, 3, 5, 8, 13, 21, 34)), chance.random() < 0.6

    def begin(world: World) -> Callable[[], int]:
        before = world.killer.kills
        if waits:
            world.kills_at_order = places // 3
        else:
            world.killer.in_places(places)

        def end() -> int:
            world.kills_at_order = None
            return world.killer.kills - before

        return end

    return Trouble("SIGKILL", "process", 1800 if waits else 300, begin)


def phone(chance: random.Random) -> Trouble:
    kind: PhoneFault = chance.choice(get_args(PhoneFault))
    seconds = chance.choice((1, 5, 30, 120, 900))

    def begin(world: World) -> Callable[[], int]:
        before = world.phone.struck[kind]
        world.phone.fault = kind
        world.phone.flood_ends = world.loop.time() + seconds

        def end() -> int:
            world.phone.fault = None
            return world.phone.struck[kind] - before

        return end

    return Trouble(f"Telegram {kind.replace('_', ' ')}", "phone", seconds, begin)


def sub_order(chance: random.Random) -> Trouble:
    """An order of the sub-account is refused, or what became of it is not said."""
    if chance.random() < 0.4:
        kind = chance.choice(("drop", "hang"))
        return at_okx(chance, f"sub-account: order {kind} after", ORDER, kind, key=SUB_KEY, after_effect=True)
    code = chance.choice(BUY_CODES)
    after = code in AMBIGUOUS and chance.random() < 0.5
    return at_okx(chance, f"sub-account: order {code}", ORDER, "code", code=code, key=SUB_KEY, after_effect=after)


def margin(chance: random.Random) -> Trouble:
    """Margin cannot be moved, or it is not said whether it was."""
    kind, after = chance.choice(("code", "code", "drop", "hang", "delay")), chance.random() < 0.5
    if kind == "code":
        code = chance.choice(MOVE_CODES)
        return at_okx(chance, f"margin {code}", MARGIN, "code", code=code, after_effect=code in AMBIGUOUS and after)
    more: dict[str, Any] = {"seconds": chance.choice((2, 6, 20))} if kind == "delay" else {}
    return at_okx(chance, f"margin {kind}", MARGIN, kind, after_effect=after, **more)


def equity(chance: random.Random) -> Trouble:
    """Replies that say nothing of the USDT equity, or something else than it is."""
    told = chance.choice((None, Decimal(0), Decimal("0.5"), Decimal(2)))

    def begin(world: World) -> Callable[[], int]:
        account = chance.choice(world.holders).account
        account.shows_usdt = told

        def end() -> int:
            account.shows_usdt = Decimal(1)
            return 1

        return end

    return Trouble("equity wrong", "okx", chance.choice((1, 20, 60, 300)), begin)


def transfer(chance: random.Random) -> Trouble:
    """Money is moved in or out; the book shows lines only a while later."""
    share, late = Decimal(chance.choice((-50, -20, 20, 100))) / 100, chance.choice((0.0, 20.0, 60.0, 240.0))

    def begin(world: World) -> Callable[[], int]:
        if world.setup.guards is None:
            return lambda: 0
        holder = chance.choice(world.holders)
        account = holder.account
        account.bill_lag = late
        most = max(account.available, Decimal(0))
        holder.transfer(round(share * (most if share < 0 else min(account.cash, Decimal(10_000))), 2) or Decimal(1))

        def end() -> int:
            account.bill_lag = 0.0
            return 1

        return end

    return Trouble("transfer", "okx", 600, begin)


def funding(chance: random.Random) -> Trouble:
    """All legs are funded at once."""

    def begin(world: World) -> Callable[[], int]:
        for holder in world.holders:
            for instrument in {leg.instrument.inst_id: leg.instrument for leg in holder.account.legs.values()}.values():
                holder.fund(instrument)
        return lambda: 1

    return Trouble("funding of all legs", "okx", 20, begin)


MAKERS: tuple[Callable[[random.Random], Trouble], ...] = (
    sick, codes, storm, keys, refusal, ambiguous, broken, hang, slow, partly, later, spoiled, missing, stale, refused,
    shown_late, clock, disk, kill, phone, sub_order, margin, equity, transfer, funding,
)  # fmt: skip
WEIGHTS = (5, 3, 1, 1, 5, 5, 5, 5, 4, 3, 3, 4, 4, 3, 2, 2, 1, 2, 4, 6, 5, 3, 4, 3, 1)
