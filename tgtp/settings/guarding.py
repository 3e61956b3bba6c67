"""The settings of who may begin: the first start of an account, and whether anything is sent at all."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator
from pydantic_settings import BaseSettings


class GuardingSettings(BaseSettings):
    """``first_start``: what an account with real money does that was never noted here. ``guard_mode``: watch sends nothing."""

    first_start: Literal["pause", "run"] = "pause"
    guard_mode: Literal["guard", "watch"] = "guard"

    @field_validator("first_start", "guard_mode", mode="before")
    @classmethod
    def _read_word(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value
