"""What is risky about the exchange's key, and what people have been told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Literal, get_args

from tgtp.domain.model import AccountProfile, Moment, Value
from tgtp.domain.retries import has_passed

Risk = Literal["withdraw", "unbound"]
RISKS: tuple[Risk, ...] = get_args(Risk)
TOLD_EVERY = dt.timedelta(hours=24)


def risks_of(profile: AccountProfile) -> tuple[Risk, ...]:
    """Return what is risky: a key that can withdraw, a key that works from anywhere."""
    found: dict[Risk, bool] = {"withdraw": profile.can_withdraw, "unbound": profile.ip_bound is False}
    return tuple(risk for risk in RISKS if found[risk])


class KeyMemory(Value):
    """What people were told of the key of this ``label``, when last, and what of it somebody has acknowledged."""

    label: str = ""
    told: dict[Risk, Moment] = {}
    acknowledged: tuple[Risk, ...] = ()

    @property
    def waiting(self) -> tuple[Risk, ...]:
        """The risks that people were told of and nobody has acknowledged."""
        return tuple(risk for risk in RISKS if risk in self.told and risk not in self.acknowledged)

    def of(self, profile: AccountProfile) -> KeyMemory:
        """Keep what still counts: nothing of another key, and nothing of a risk that is over, as it may come back."""
        if profile.label != self.label:
            return KeyMemory(label=profile.label)
        here = set(risks_of(profile))
        if profile.ip_bound is None:
            # Not said this time; that is no sign of a change.
            here.add("unbound")
        return self.replaced(
            told={risk: at for risk, at in self.told.items() if risk in here},
            acknowledged=tuple(risk for risk in self.acknowledged if risk in here),
        )

    def open_risks(self, profile: AccountProfile) -> tuple[Risk, ...]:
        """Return the risks of a key that nobody has acknowledged."""
        return tuple(risk for risk in risks_of(profile) if risk not in self.acknowledged)

    def is_due(self, risk: Risk, now: dt.datetime) -> bool:
        """Return whether it is time to tell of a risk: at once, then every 24 hours."""
        at = self.told.get(risk)
        return at is None or has_passed(TOLD_EVERY, at, now)

    def after_told(self, risks: Collection[Risk], now: dt.datetime) -> KeyMemory:
        """Take in that people were told."""
        return self.replaced(told={**self.told, **dict.fromkeys(risks, now)})

    def after_acknowledged(self, risks: Collection[Risk]) -> KeyMemory:
        """Take in that somebody knows."""
        return self.replaced(acknowledged=tuple(risk for risk in RISKS if risk in self.acknowledged or risk in risks))
