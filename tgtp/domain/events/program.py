"""How the program, the exchange and the key are doing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from tgtp.domain.api_key_risks import Risk
from tgtp.domain.events.fact import Fact
from tgtp.domain.model import AccountProfile, Moment, NotNegative, Number, UnreadableLeg, Unwatched, Value
from tgtp.domain.pauses import Pause, Pauses
from tgtp.domain.plan import Foreseen
from tgtp.domain.report import Report
from tgtp.domain.stream.state import StreamCause, StreamTrouble
from tgtp.errors import Problem

Cause = Literal["down", "refused", "broken"]


def _lines(kept: Any) -> Any:
    """Part what older ledgers hold: a line for each reason."""
    return kept.splitlines() if isinstance(kept, str) else kept


Reasons = Annotated[tuple[Problem, ...], BeforeValidator(_lines)]


class Route(Value):
    """How a side is reached: ``proxy`` is an address without credentials, "" for the direct way.

    ``setting`` names the variable that says so, "" where none does.
    """

    side: Literal["okx", "telegram"]
    proxy: str = ""
    setting: str = ""


class LeftOut(Value):
    """An account that is not started, because its settings make no sense; ``why`` are the reasons."""

    name: str
    why: Reasons


class Around(Value):
    """What is known of the program before anything was seen.

    ``readable_secrets`` names the file with secrets in it that other users of the machine can read. ``routes`` say how each
    side is reached; empty in older events, and where there is no network. ``left_out`` are accounts that are not started;
    ``strays`` settings of accounts that nothing names. ``unused_keys``: keys of the exchange are set, but it is a paper one.
    """

    readable_secrets: str = ""
    routes: tuple[Route, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    strays: tuple[str, ...] = ()
    unused_keys: bool = False


class Started(Fact, Around):
    """The first clean look at the account since the program started.

    ``key_risks`` are those that nobody has acknowledged. ``pauses`` are those in force (``paused`` their scopes). ``legs`` are
    those that can be read; ``unreadable`` and ``nameless`` as in the snapshot. ``was_cut_short``: the run before had no ordered
    end, and nobody knows when it looked last. ``yields_to_hedge``: maintenances begin by themselves and the hedge rule is on,
    which goes first.
    """

    kind: Literal["started"] = "started"
    version: str
    exchange: str
    profile: AccountProfile
    legs: int
    small_legs: int
    min_margin: NotNegative
    unwatched: tuple[Unwatched, ...]
    paused: tuple[str, ...]
    pauses: Pauses = Pauses()
    long_tiers: str
    short_tiers: str
    interval: int
    missed_seconds: int | None = None
    was_cut_short: bool = False
    key_risks: tuple[Risk, ...] = ()
    unreadable: tuple[UnreadableLeg, ...] = ()
    nameless: int = 0
    yields_to_hedge: bool = False


class FirstStart(Fact):
    """An account with real money was never noted here before: it is paused (``pause``) until somebody starts it.

    ``rows`` is what the rules would do now, in the account ``uid`` of so many ``legs`` besides those ``unreadable``. It was
    told so many ``times`` before.
    """

    kind: Literal["first_start"] = "first_start"
    pause: Pause
    uid: str
    legs: int
    unreadable: int = 0
    rows: tuple[Foreseen, ...] = ()
    times: int = 0


class AccountLeftOut(Fact):
    """An account was not started, because its settings make no sense; the others were. ``name`` is that in ACCOUNTS."""

    kind: Literal["account_left_out"] = "account_left_out"
    name: str
    why: Reasons


class CodeLocked(Fact):
    """So many wrong codes of the authenticator in a row: none is taken before ``until``. ``by`` sent the last of them."""

    kind: Literal["code_locked"] = "code_locked"
    wrong: int
    until: Moment
    by: int


class Stopped(Fact):
    """The program ended in order; so many tiers ``rest`` at the exchange meanwhile, in all accounts."""

    kind: Literal["stopped"] = "stopped"
    rest: int = 0


class ExchangeLost(Fact):
    """Checks fail: the exchange cannot be reached, refuses the keys, or something here is broken."""

    kind: Literal["exchange_lost"] = "exchange_lost"
    cause: Cause
    detail: Problem


class ExchangeFound(Fact):
    """Checks succeed again."""

    kind: Literal["exchange_found"] = "exchange_found"
    cause: Cause
    lost_at: Moment


class StreamTroubled(Fact):
    """The stream decides nothing for a while: checks alone do. What costs time is all that it costs."""

    kind: Literal["stream_troubled"] = "stream_troubled"
    trouble: StreamTrouble


class StreamRecovered(Fact):
    """The stream decides again."""

    kind: Literal["stream_recovered"] = "stream_recovered"
    cause: StreamCause
    lost_at: Moment


class TradingForbidden(Fact):
    """The key may look but not trade: nothing is sent until that changes."""

    kind: Literal["trading_forbidden"] = "trading_forbidden"


class TradingAllowed(Fact):
    """The key may trade again."""

    kind: Literal["trading_allowed"] = "trading_allowed"


class LookedAway(Fact):
    """By the clock on the wall, nobody looked for so many ``seconds``: the machine slept, or its clock was set forward."""

    kind: Literal["looked_away"] = "looked_away"
    seconds: int


class ClockSkewed(Fact):
    """The exchange's clock and ours differ; ``ahead`` is how many seconds ours is ahead, negative when behind."""

    kind: Literal["clock_skewed"] = "clock_skewed"
    ahead: Number


class NotWatched(Fact):
    """Something in the account that tgtp does not watch turned up; listed once, never touched."""

    kind: Literal["not_watched"] = "not_watched"
    rows: tuple[Unwatched, ...]


class TelegramConflict(Fact):
    """Another program fetches this bot's messages."""

    kind: Literal["telegram_conflict"] = "telegram_conflict"


class KeyRisk(Fact):
    """The exchange's key allows more than it should, and nobody has acknowledged that yet."""

    kind: Literal["key_risk"] = "key_risk"
    label: str
    risks: tuple[Risk, ...]


class AccountRenamed(Fact):
    """The exchange's id shows that this account was called otherwise ``before``: what is remembered of it has followed."""

    kind: Literal["account_renamed"] = "account_renamed"
    before: str


class AccountHeld(Fact):
    """Nothing is done in this account: whose its key is does not fit what is remembered.

    ``shared``: the key is of the same account as that of ``other``. ``changed``: it is of an account that was never seen.
    ``waits``: it may be of the one of ``other``, whose own key cannot be read. ``uid`` is the exchange's id.
    """

    kind: Literal["account_held"] = "account_held"
    why: Literal["shared", "changed", "waits"]
    other: str = ""
    uid: str


class StrangersTurnedAway(Fact):
    """So many people who are no owners tried to command, so often, since the last such note.

    ``crowd``: there were more people than are counted by name.
    """

    kind: Literal["strangers_turned_away"] = "strangers_turned_away"
    since: Moment
    people: int
    crowd: bool
    tries: int
    ids: tuple[int, ...]


class ReportDue(Fact):
    """A day, or a week, is over and its report is made from ``report``."""

    kind: Literal["report_due"] = "report_due"
    report: Report
