"""Builds the engine of each account."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tgtp.adapters.storage.bar_files import BarFiles
from tgtp.adapters.storage.equity_samples import FileDiary
from tgtp.adapters.storage.ledger import TinyLedger, follow_guard_mode, pause_a_new_ledger
from tgtp.domain.events import Around
from tgtp.domain.model import MAIN
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.cycle import Checker
from tgtp.engine.first_start import tell_left_out
from tgtp.engine.identity import Identities
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.ports import Clock, Exchange, Listener
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.engine.volatility.scaled_rules import VolatilityBook
from tgtp.settings.environment import Settings


def pauses_first(settings: Settings) -> bool:
    """Return whether the first start of an account is paused: play money need not wait."""
    return settings.first_start == "pause" and settings.exchange_name == "okx"


def bar_files(settings: Settings) -> BarFiles:
    """Return where the bars are kept that thresholds follow."""
    return BarFiles(settings.folder / "volatility")


def build_accounts(
    settings: Settings,
    exchanges: Mapping[str, Exchange],
    ledger: TinyLedger,
    listener_of: Callable[[str], Listener],
    clock: Clock,
    around: Around | None = None,
) -> Accounts:
    """Build the engine of each account, on one ledger, with the same ladders."""
    rulebook = RuleBook(ledger, settings.rules)
    ledgers = {account.name: ledger if account.name == MAIN else ledger.of(account.name) for account in settings.startable}
    pause_a_new_ledger(list(ledgers.values()), clock.now())
    volatility = VolatilityBook(bar_files(settings).volatilities())
    identities = Identities(list(ledgers.values()), clock)
    found = []
    for account in settings.startable:
        is_main = account.name == MAIN
        checker = Checker(
            exchanges[account.name],
            ledgers[account.name],
            listener_of(account.name),
            clock,
            settings.rules,
            exchange_name=settings.exchange_name,
            interval=settings.check_interval,
            around=around if is_main else None,
            equity_history=FileDiary(settings.folder / ("equity" if is_main else f"equity-{account.name}")),
            liquidation_warn=settings.liquidation_warn / 100,
            rulebook=rulebook,
            upkeep=Upkeep(settings.upkeep, account.switches, is_sub=account.role == "sub"),
            identities=identities,
            volatility=volatility,
            dynamic=settings.scales(account),
            resting=settings.resting_of(account),
            # Play money may be lost.
            drawdown=settings.drawdown if is_main else account.drawdown,
            pauses_first=pauses_first(settings),
        )
        beside = [ledgers[name] for name in ledgers if name != account.name] if is_main else []
        found.append(Account(account.name, account.role, checker, ManualActions(checker, beside)))
    # After the checkers have seen what an earlier process wrote last.
    follow_guard_mode(list(ledgers.values()), settings.guard_mode, clock.now())
    tell_left_out(found[0].checker.journal, settings.left_out)
    return Accounts(found)
