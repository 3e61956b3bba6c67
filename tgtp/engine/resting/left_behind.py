"""Tells of accounts that are not here any more, while orders of them rest at the exchange by what was written down."""

from __future__ import annotations

from tgtp.domain.events import RestingLeft
from tgtp.domain.model import MAIN
from tgtp.domain.resting.audit import Rested
from tgtp.engine.identity import Identities
from tgtp.engine.journal import Journal
from tgtp.engine.resting.book import NOTE as RESTING

# The accounts that were told of, all accounts' alike.
NOTE = "resting_left"


def tell_left_behind(journal: Journal, identities: Identities) -> None:
    """Tell of each such account, once, in the main account: nobody there records what fires. Raises LedgerWriteFailed."""
    if journal.ledger.account != MAIN or (left := identities.abandoned(RESTING)) is None:
        return
    left = {name: rows for name, rows in left.items() if rows}
    told = journal.ledger.note(NOTE) or []
    if sorted(left) == told:
        return
    with journal.step():
        # One that comes back, and goes again, is told again.
        journal.ledger.keep_note(NOTE, sorted(left) or None)
        for name in sorted(left.keys() - set(told)):
            rested = [Rested(**row) for row in left[name]]
            legs = tuple(dict.fromkeys(one.order.leg for one in rested))
            journal.record(RestingLeft(at=journal.now(), name=name, orders=len(rested), legs=legs))
