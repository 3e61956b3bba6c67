"""The settings of who is guarded, and when that begins."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, field_validator, model_validator

from tgtp.domain.guards.drawdown import Action, DrawdownRules, parsed_action, parsed_fall, rules_of
from tgtp.domain.guards.rules import OFF, GuardRules, parsed_break_even, parsed_give_back, written_break_even
from tgtp.errors import Invalid, Problem
from tgtp.settings.accounts import AccountSettings
from tgtp.settings.reading.refusals import Refusal, SettingsRefused


class GuardingSettings(BaseModel):
    """The accounts; what one with real money does that was never noted here; whether anything is sent at all; the guards.

    ``give_back`` is a fraction, None for off.
    """

    # Read from the names that ACCOUNTS lists, before all else.
    accounts: tuple[AccountSettings, ...] = (AccountSettings(),)
    first_start: Literal["pause", "run"] = "pause"
    guard_mode: Literal["guard", "watch"] = "guard"
    # Of the main account alone, fractions: the others' are among their own settings.
    drawdown_warn: Decimal | None = None
    drawdown_limit: Decimal | None = None
    drawdown_action: Action = "pause"

    @field_validator("first_start", "guard_mode", mode="before")
    @classmethod
    def _read_word(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    give_back: Decimal | None = None
    break_even: str = OFF

    @field_validator("give_back", mode="before")
    @classmethod
    def _read_give_back(cls, value: Any) -> Any:
        return parsed_give_back(value) or None if isinstance(value, str) else value

    @field_validator("break_even", mode="before")
    @classmethod
    def _read_break_even(cls, value: Any) -> Any:
        return written_break_even(parsed_break_even(value)) if isinstance(value, str) else value

    @property
    def guards(self) -> GuardRules:
        """The dials of the guards of single legs."""
        return GuardRules(give_back=self.give_back or Decimal(0), break_even=parsed_break_even(self.break_even))

    @field_validator("drawdown_warn", "drawdown_limit", mode="before")
    @classmethod
    def _read_fall(cls, value: Any) -> Any:
        return parsed_fall(value) if isinstance(value, str) else value

    @field_validator("drawdown_action", mode="before")
    @classmethod
    def _read_action(cls, value: Any) -> Any:
        return parsed_action(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _warns_before_it_acts(self) -> Self:
        try:
            self.drawdown  # noqa: B018 - where it makes no sense, it is refused here
        except Invalid as exc:
            raise SettingsRefused([Refusal("DRAWDOWN_WARN", exc.problem)]) from exc
        return self

    @property
    def drawdown(self) -> DrawdownRules:
        """The drawdown guard of the main account."""
        return rules_of(self.drawdown_warn, self.drawdown_limit, self.drawdown_action)

    @property
    def startable(self) -> tuple[AccountSettings, ...]:
        """The accounts whose settings make sense."""
        return tuple(account for account in self.accounts if not account.problems)

    @property
    def left_out(self) -> dict[str, tuple[Problem, ...]]:
        """Why the other accounts are not started, by name."""
        return {account.name: account.problems for account in self.accounts if account.problems}
