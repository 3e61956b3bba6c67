"""What lets rules act at once, whatever button it stands behind: that is what an authenticator guards."""

from __future__ import annotations

from collections.abc import Mapping

from tgtp.chat.commands.context import Reception
from tgtp.chat.commands.tiers.rows import due_legs
from tgtp.chat.formatting.reader import Setting
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey
from tgtp.domain.plan import foreseen


def ladders_close(reception: Reception, setting: Setting, lives: Mapping[LegKey, Life]) -> bool:
    """Say whether the ladders would close something of these legs at once, or may, if their lives were these.

    What is paused counts: a pause of one's own is lifted without a code.
    """
    outlook = reception.outlook()
    if outlook is None:
        return True
    legs = [leg for leg in outlook.snapshot.legs if leg.key in lives]
    return bool(due_legs(outlook, setting.rules, lives, legs))


def rules_close(reception: Reception, *, anew: bool = False) -> bool:
    """Say whether the rules would close something at once, or may, if nothing were paused; ``anew``: if no tier had fired."""
    outlook = reception.outlook()
    if outlook is None:
        return True
    snapshot, situation = outlook.snapshot, outlook.situation
    if anew:
        situation = situation._replace(lives={leg.key: Life.begun(leg) for leg in snapshot.legs}, unresolved=())
    return bool(foreseen(snapshot, situation))
