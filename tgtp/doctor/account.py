"""One account at OKX: what is read of it, and what is found. Only reading calls are made."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from tgtp.doctor.finding import Finding, Level, attention, good
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.legacy import LegacyState
from tgtp.domain.model import AccountMode, AccountProfile, LegKey, Snapshot
from tgtp.domain.notifications.ahead import Ending, endings
from tgtp.domain.order import Placed, Resting, foreign_orders
from tgtp.domain.plan import Foreseen, GuardReadings, Rules, Situation, Switches
from tgtp.domain.position_changes import changes
from tgtp.domain.upkeep.foreseen import all_foreseen
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.engine.guards.drawdown_notes import DrawdownNotes
from tgtp.engine.guards.leg_readings import BEST, read_best
from tgtp.engine.identity import Hold
from tgtp.engine.monitoring.foreign_orders import known_orders
from tgtp.engine.ports import Exchange, Ledger
from tgtp.engine.upkeep.store import UpkeepStore
from tgtp.errors import ExchangeProblem, Problem

# Seconds for one reading.
PATIENCE = 15
# OKX's clock and ours, seconds; and how far back orders under our names are looked for.
LARGEST_SKEW = 2
LOOKS_BACK = dt.timedelta(days=2)
# Sentences of their own for what OKX answers.
CODES = {
    "50101": "okx_demo",
    "50105": "okx_passphrase",
    "50110": "okx_address",
    "50111": "okx_key",
    "50113": "okx_signature",
    "50119": "okx_region",
}

T = TypeVar("T")


class AccountReading(NamedTuple):
    """What was read. ``problem`` is why it could not be; with it the rest may be missing. ``skew`` seconds ours is ahead.

    ``due`` and ``held_back`` are what the rules would do now, and would but for a pause; ``foreign`` orders under our names
    that this ledger does not know; ``rests`` orders of others. ``disarmed``: the drawdown guard has acted, and not begun anew.
    ``is_first``: the next start is the first one, and will be paused.
    """

    problem: Problem | None = None
    profile: AccountProfile | None = None
    hold: Hold | None = None
    skew: Decimal | None = None
    snapshot: Snapshot | None = None
    endings: Sequence[Ending] = ()
    paused: Sequence[str] = ()
    disarmed: bool = False
    due: Sequence[Foreseen] = ()
    held_back: Sequence[Foreseen] = ()
    under_way: int = 0
    foreign: Sequence[Placed] = ()
    rests: Sequence[Resting] = ()
    is_first: bool = False


async def read_account(exchange: Exchange, now: dt.datetime) -> tuple[AccountReading, tuple[Placed, ...]]:
    """Read an account at the exchange, as far as it lets itself be read, and the orders under our names."""
    found = AccountReading()
    placed: tuple[Placed, ...] = ()
    try:
        found = found._replace(profile=await _soon(exchange.profile()))
        skew = exchange.skew()
        seconds = None if skew is None else Decimal(skew // dt.timedelta(milliseconds=1)) / 1000
        # Orders before positions, and both before the ledger: what is ours is written down before it is sent.
        found = found._replace(skew=seconds)
        rests = await _soon(exchange.resting())
        found = found._replace(rests=[order for order in rests if not order.is_ours])
        placed = await _soon(exchange.orders_since(now - LOOKS_BACK))
        found = found._replace(snapshot=await _soon(exchange.snapshot()))
    except (ExchangeProblem, TimeoutError) as exc:
        found = found._replace(problem=exc.problem if isinstance(exc, ExchangeProblem) else Problem("problem.too_slow"))
    return found, placed


async def _soon(reading: Awaitable[T]) -> T:
    async with asyncio.timeout(PATIENCE):
        return await reading


def with_memory(
    account: AccountReading,
    placed: Sequence[Placed],
    ledger: Ledger,
    rules: Rules,
    switches: Switches,
    hold: Hold | None,
    upkeep: UpkeepRules | None = None,
) -> AccountReading:
    """Add what comes of it with what the ledger remembers: the plan, what is under way, orders of others under our names.

    ``upkeep`` is for a sub-account.
    """
    intents, pauses = ledger.open_intents(), ledger.pauses()
    watch = DrawdownNotes(ledger, DrawdownRules()).watch
    disarmed = watch is not None and watch.firing is not None
    found = account._replace(hold=hold, under_way=len(intents), paused=tuple(sorted(pauses.scopes)), disarmed=disarmed)
    if placed and next(iter(ledger.history(1)), None) is not None:
        oldest = min(order.created_at for order in placed) - LOOKS_BACK
        known = known_orders(intents, (event for _, event in ledger.back_to(oldest, of_all=True)))
        found = found._replace(foreign=foreign_orders(placed, known, None))
    snapshot = account.snapshot
    if snapshot is None:
        return found
    unresolved: frozenset[LegKey] = frozenset(intent.leg for intent in intents)
    legacy = {name: LegacyState(**state) for name, state in (ledger.note("legacy") or {}).items()}
    lives = dict(ledger.lives())
    seen = changes(snapshot, lives, {}, unresolved=unresolved, rules=rules, legacy=legacy, quiet=True, ticks=0)
    lives |= {life.key: life for life in seen.lives}
    situation = Situation(
        account=ledger.first_name,
        rules=rules,
        lives=lives,
        unresolved=unresolved,
        paused=pauses.scopes,
        now=snapshot.taken_at,
        may_trade=True,
        switches=switches,
        maintained=UpkeepStore(ledger).maintenances.keys(),
        regained=seen.regained,
        guards=GuardReadings({key: best.roi for key, best in read_best(ledger.note(BEST)).items() if best.roi is not None}),
    )
    # Where the key is held nothing is done at all.
    rows = all_foreseen(snapshot, situation, upkeep) if hold is None else ()
    held_back = [row for row in rows if situation.is_paused(row.leg, row.pausable)]
    return found._replace(
        due=[row for row in rows if row not in held_back],
        held_back=held_back,
        endings=endings(snapshot.legs, snapshot.taken_at),
    )


def judge_account(account: AccountReading, host: str) -> list[Finding]:
    """Return how it stands; ``host`` is the address that was asked."""
    found: list[Finding] = []
    if account.problem:
        said = set(account.problem.parts)
        key = next((key for code, key in CODES.items() if code in said), "okx_problem")
        found.append(attention(key, why=account.problem, host=host))
    else:
        found.append(good("okx", host=host))
    if account.skew is not None:
        seconds = f"{account.skew:+.1f}"
        found.append(
            good("clock", seconds=seconds) if abs(account.skew) <= LARGEST_SKEW else attention("clock_off", seconds=seconds)
        )
    if account.profile is not None:
        found += _judge_key(account.profile)
    if account.hold is not None:
        found.append(attention(f"held_{account.hold.why}", other=account.hold.other))
    if account.snapshot is not None:
        found += _judge_legs(account, account.snapshot)
    if account.under_way:
        found.append(good("under_way", count=account.under_way))
    if account.foreign:
        first = account.foreign[0]
        found.append(attention("foreign", count=len(account.foreign), order=first.order_id, instrument=first.instrument_id))
    if account.rests:
        rows = ", ".join(f"{order.instrument_id} {order.what}" for order in account.rests[:10])
        found.append(attention("rests", count=len(account.rests), rows=rows))
    return found


def _judge_key(profile: AccountProfile) -> list[Finding]:
    mode = profile.account_mode
    found = [good("uid", uid=profile.uid or "?", label=profile.label or "–")]
    found.append(good("may_trade") if profile.can_trade else attention("may_not_trade"))
    if profile.can_withdraw:
        found.append(attention("may_withdraw"))
    if profile.ip_bound is not None:
        found.append(good("bound") if profile.ip_bound else attention("unbound"))
    if mode in (AccountMode.SPOT, AccountMode.PORTFOLIO_MARGIN):
        found.append(attention(f"mode_{mode.value}"))
    elif mode is not None:
        found.append(good("mode", mode=mode.value))
    found.append(good("position_mode", mode=profile.position_mode.value))
    return found


def _judge_legs(account: AccountReading, snapshot: Snapshot) -> list[Finding]:
    found = [good("legs", legs=[*snapshot.legs])]
    if snapshot.unreadable or snapshot.nameless:
        keys = [key for leg in snapshot.unreadable for key in leg.keys]
        found.append(attention("unreadable", legs_named=keys, nameless=snapshot.nameless))
    if snapshot.unwatched:
        found.append(good("unwatched", names=", ".join(row.name for row in snapshot.unwatched)))
    guarded = [leg for leg in snapshot.legs if leg.closing_orders]
    if guarded:
        found.append(attention("closing_orders", legs_named=[leg.key for leg in guarded]))
    for end in account.endings:
        if end.ends_at is None:
            found.append(attention("suspended", instrument=end.instrument_id))
        else:
            found.append(attention("ends", instrument=end.instrument_id, when=f"{end.ends_at:%Y-%m-%d %H:%M} UTC"))
    if account.paused:
        found.append(good("paused", scopes=account.paused))
    if account.disarmed:
        found.append(attention("disarmed"))
    if account.due:
        due = [*account.due]
        found.append(good("due_first", foreseen=due) if account.is_first else attention("due", foreseen=due))
    if account.held_back:
        found.append(Finding(Level.GOOD, "held_back", {"foreseen": [*account.held_back]}))
    if not account.due and not account.held_back:
        found.append(good("nothing_due"))
    return found
