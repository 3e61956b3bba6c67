"""The settings of the chat page."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, field_validator

from tgtp.errors import Invalid, Problem

# As long as those that the page makes for itself: what is shorter can be guessed by whoever may connect to it.
SHORTEST_TOKEN = 32


class LocalChatSettings(BaseModel):
    """Where the page is, and what opens it."""

    local_chat_port: Annotated[int, Field(ge=0, le=65535)] = 8765
    local_chat_token: SecretStr | None = None

    @field_validator("local_chat_token")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(rf"[A-Za-z0-9_-]{{{SHORTEST_TOKEN},200}}", value.get_secret_value()):
            raise Invalid(Problem("setting.token"))
        return value
