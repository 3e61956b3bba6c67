"""What lets rules act at once, whatever button it stands behind: that is what an authenticator guards."""

from __future__ import annotations

from collections.abc import Mapping

from tgtp.chat.commands.session import Session
from tgtp.chat.commands.tiers.rows import due_legs
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey
from tgtp.domain.plan import foreseen


def ladders_close(session: Session, reader: Reader, lives: Mapping[LegKey, Life]) -> bool:
    """Return whether the ladders would close something of these legs at once, or may, if their lives were these.

    What is paused counts: a pause of one's own is lifted without a code.
    """
    outlook = session.outlook()
    if outlook is None:
        return True
    legs = [leg for leg in outlook.snapshot.legs if leg.key in lives]
    return bool(due_legs(outlook, reader.rules, lives, legs))


def rules_close(session: Session, *, anew: bool = False) -> bool:
    """Return whether rules would close something at once, or may, if nothing were paused; ``anew``: if no tier had fired."""
    outlook = session.outlook()
    if outlook is None:
        return True
    snapshot, situation = outlook.snapshot, outlook.situation
    if anew:
        situation = situation._replace(lives={leg.key: Life.begun(leg) for leg in snapshot.legs}, unresolved=())
    return bool(foreseen(snapshot, situation))
