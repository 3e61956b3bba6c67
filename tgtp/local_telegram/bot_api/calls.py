"""One Bot API call: what its parameters mean, how Telegram refuses it, and faults to order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Uploads = Mapping[str, tuple[str, bytes, str]]

_JSON_PARAMETERS = {
    *("allowed_updates", "commands", "link_preview_options", "media", "reaction", "reply_markup", "reply_parameters", "scope")
}
_NUMBERS = {"chat_id", "limit", "message_id", "offset", "timeout"}
_FLAGS = {"disable_notification", "drop_pending_updates", "is_big", "show_alert"}
_ANY_METHOD = "*"


class ApiError(Exception):
    """What Telegram would answer instead of a result."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(f"Bad Request: {description}" if status == 400 else description)
        self.status = status


def decoded(parameter: str, value: Any) -> Any:
    """Make a native value of what may have come as a string; a number that is none stays a string.

    >>> decoded("chat_id", "7"), decoded("show_alert", "true"), decoded("scope", '{"type": "default"}')
    (7, True, {'type': 'default'})
    """
    if not isinstance(value, str):
        return value
    if parameter in _NUMBERS:
        return int(value) if re.fullmatch(r"-?\d{1,18}", value) else value
    if parameter in _FLAGS:
        return value.lower() in ("true", "1", "yes")
    if parameter in _JSON_PARAMETERS:
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(f"can't parse {parameter.replace('_', ' ')} JSON object") from None
    return value


def refused(status: int, description: str, parameters: Json | None = None) -> tuple[int, Json]:
    """Return the HTTP status and Telegram's envelope of a refusal."""
    envelope: Json = {"ok": False, "error_code": status, "description": description}
    return status, envelope | ({"parameters": parameters} if parameters else {})


@dataclass
class Fault:
    """A refusal to order; ``after_effect`` carries the call out first."""

    status: int
    description: str
    parameters: Json | None
    after_effect: bool
    times: int

    @property
    def answer(self) -> tuple[int, Json]:
        """What the caller gets."""
        return refused(self.status, self.description, self.parameters)


class Faults:
    """The faults that still wait for their call, in order."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}

    def add(self, method: str, fault: Fault) -> None:
        """Let the next calls of a method fail; ``*`` means of any method."""
        self._waiting.setdefault(method.lower(), []).append(fault)

    def take(self, method: str) -> Fault | None:
        """Return what this call must fail with."""
        for key in (method.lower(), _ANY_METHOD):
            if faults := self._waiting.get(key):
                faults[0].times -= 1
                return faults.pop(0) if faults[0].times <= 0 else faults[0]
        return None
