"""The rules of one account as they act: with thresholds times a coin's factor, where that is switched on and known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.plan import Rules
from tgtp.domain.volatility.factor import Missing, Volatility
from tgtp.engine.ports import Notes
from tgtp.engine.rulebook import RuleBook
from tgtp.errors import LedgerUnreadable, Problem

NOTE = "dynamic"
WORDS = {"on": True, "off": False}


class VolatilityBook:
    """How wild each coin is, as last read, or why that cannot be said. Shared by all accounts: prices are everybody's."""

    def __init__(self, known: Mapping[str, Volatility] | None = None) -> None:
        self.known: dict[str, Volatility | Missing] = dict(known or {})

    def fresh(self, instrument_id: str, now: dt.datetime) -> Volatility | None:
        """Return how wild a coin is; None where that is not known, or of hours ago."""
        found = self.known.get(instrument_id)
        return found if isinstance(found, Volatility) and found.is_fresh(now) else None


class Switches(NamedTuple):
    """Where thresholds follow the volatility: in the ``account``, but in coins with a word of their ``own`` by that."""

    account: bool
    own: Mapping[str, bool] = {}

    def is_on(self, instrument_id: str) -> bool:
        """Return whether the thresholds of a coin follow it."""
        return self.own.get(instrument_id, self.account)

    @property
    def any_on(self) -> bool:
        """Return whether those of any coin may."""
        return self.account or any(self.own.values())

    def changed(self, instrument_id: str, on: bool) -> Switches:
        """Return them with one changed; that of the account (``instrument_id`` "") ends what coins have of their own.

        >>> switches = Switches(False).changed("STX-USDT-SWAP", True)
        >>> switches.own, switches.changed("STX-USDT-SWAP", False).own, switches.changed("", True)
        ({'STX-USDT-SWAP': True}, {}, Switches(account=True, own={}))
        """
        if not instrument_id:
            return Switches(on)
        own = {name: word for name, word in self.own.items() if name != instrument_id}
        return self._replace(own=own if on == self.account else {**own, instrument_id: on})


class ScaledRules:
    """Gives the rules that act. Factors are taken over by ``hold`` alone: within a check they stay what they are."""

    def __init__(self, rulebook: RuleBook, notes: Notes, book: VolatilityBook, *, on: bool = False) -> None:
        self.book = book
        self._rulebook = rulebook
        self._notes = notes
        self._on = on
        self._factors: dict[str, Decimal] = {}
        self._made_of: tuple[Rules, dict[str, Decimal]] | None = None
        self._in_force = rulebook.in_force
        self.switches  # noqa: B018 - one that cannot be read must refuse the start, not a check

    @property
    def switches(self) -> Switches:
        """Where thresholds follow the volatility: as the settings say, unless people have said otherwise."""
        note = self._notes.note(NOTE)
        if note is None:
            return Switches(self._on)
        if not isinstance(note, dict) or not all(word in WORDS for word in note.values()):
            raise LedgerUnreadable(Problem("setting.note.dynamic", note=NOTE, found=" ".join(str(note).split())[:80]))
        own = {name: WORDS[word] for name, word in note.items() if name}
        return Switches(WORDS[note[""]] if "" in note else self._on, own)

    def change(self, switches: Switches) -> None:
        """Keep these switches, inside a step."""
        # What is as the settings have it follows them.
        words = dict(switches.own) if switches.account == self._on else {"": switches.account, **switches.own}
        self._notes.keep_note(NOTE, {name: "on" if on else "off" for name, on in words.items()} or None)

    def factors(self, switches: Switches, now: dt.datetime) -> dict[str, Decimal]:
        """Return the factors that are known well enough at ``now``, by the exchange's clock, where these switches want them."""
        if not switches.any_on:
            return {}
        wanted = {name: self.book.fresh(name, now) for name in self.book.known if switches.is_on(name)}
        return {name: found.factor for name, found in sorted(wanted.items()) if found is not None}

    def hold(self, now: dt.datetime) -> None:
        """Let what is known at ``now``, by the exchange's clock, act until the next time."""
        factors = self.factors(self.switches, now)
        if factors != self._factors:
            self._factors = factors

    @property
    def in_force(self) -> Rules:
        """The rules that hold now."""
        rules = self._rulebook.in_force
        made_of = self._made_of
        if made_of is None or made_of[0] is not rules or made_of[1] is not self._factors:
            self._in_force = self.of(rules)
            self._made_of = (rules, self._factors)
        return self._in_force

    def of(self, rules: Rules) -> Rules:
        """Return other rules with the factors that act now."""
        return rules.scaled_by(self._factors) if self._factors else rules

    def as_if(self, switches: Switches, now: dt.datetime, supposed: Mapping[str, Decimal] | None = None) -> Rules:
        """Return the rules as they would act with these switches, and with factors ``supposed`` of coins that have none yet."""
        return self._rulebook.in_force.scaled_by({**(supposed or {}), **self.factors(switches, now)})
