"""The settings of who is guarded, and when that begins."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, field_validator

from tgtp.errors import Problem
from tgtp.settings.accounts import AccountSettings


class GuardingSettings(BaseModel):
    """The accounts; what one with real money does that was never noted here; and whether anything is sent at all."""

    # Read from the names that ACCOUNTS lists, before all else.
    accounts: tuple[AccountSettings, ...] = (AccountSettings(),)
    first_start: Literal["pause", "run"] = "pause"
    guard_mode: Literal["guard", "watch"] = "guard"

    @field_validator("first_start", "guard_mode", mode="before")
    @classmethod
    def _read_word(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @property
    def startable(self) -> tuple[AccountSettings, ...]:
        """The accounts whose settings make sense."""
        return tuple(account for account in self.accounts if not account.problems)

    @property
    def left_out(self) -> dict[str, tuple[Problem, ...]]:
        """Why the other accounts are not started, by name."""
        return {account.name: account.problems for account in self.accounts if account.problems}
