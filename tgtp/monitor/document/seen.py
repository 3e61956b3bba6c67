"""What the sections of one account are made of: what was seen of it last, and what the rules say of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.state.account_overview import outlook_of
from tgtp.chat.texts import Language
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.plan import Note, hedge_plan, ladder_plan
from tgtp.engine.accounts import Account
from tgtp.engine.cycle import Checker


class Seen(NamedTuple):
    """An account as it was seen last, told to ``reader``.

    ``ladder`` and ``hedge`` are what these rules say of each leg; ``beside`` are the legs of each instrument.
    """

    account: str
    checker: Checker
    outlook: Outlook
    reader: Reader
    ladder: Mapping[LegKey, Note]
    hedge: Mapping[LegKey, Note]
    beside: Mapping[str, tuple[Leg, ...]]

    def name(self, key: LegKey) -> str:
        """Return the key of a leg's record."""
        return leg_name(self.account, key)


def leg_name(account: str, key: LegKey) -> str:
    """Name a leg of an account.

    >>> leg_name("alpha", LegKey.parse("STX-USDT-SWAP_long"))
    'alpha|STX-USDT-SWAP_long'
    """
    return f"{account}|{key}"


def reader_of(checker: Checker, language: Language, zone: dt.tzinfo) -> Reader:
    """Return how the page is told of an account: in its own zone, without the account's name in each sentence."""
    rounds = len(checker.upkeep_scheduler.rules.plan.rounds)
    return Reader(language, checker.rules, checker.interval, zone, rounds=rounds)


def seen_of(account: Account, language: Language, zone: dt.tzinfo, now: dt.datetime) -> Seen | None:
    """Return an account as it was seen last; None before it was."""
    outlook = outlook_of(account.checker, now)
    if outlook is None:
        return None
    beside: dict[str, tuple[Leg, ...]] = {}
    for leg in outlook.snapshot.legs:
        beside[leg.instrument.instrument_id] = (*beside.get(leg.instrument.instrument_id, ()), leg)
    return Seen(
        account=account.name,
        checker=account.checker,
        outlook=outlook,
        reader=reader_of(account.checker, language, zone),
        ladder={note.leg.key: note for note in ladder_plan(outlook.snapshot, outlook.situation).notes},
        hedge={note.leg.key: note for note in hedge_plan(outlook.snapshot, outlook.situation).notes},
        beside=beside,
    )
