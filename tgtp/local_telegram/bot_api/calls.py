"""One Bot API call: what its parameters mean, and how Telegram refuses it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Uploads = Mapping[str, tuple[str, bytes, str]]

_JSON_PARAMETERS = {
    *("allowed_updates", "commands", "link_preview_options", "media", "reaction", "reply_markup", "reply_parameters", "scope")
}
_NUMBERS = {"chat_id", "limit", "message_id", "offset", "timeout"}
_FLAGS = {"disable_notification", "drop_pending_updates", "is_big", "show_alert"}


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


def refused(status: int, description: str) -> tuple[int, Json]:
    """Return the HTTP status and Telegram's envelope of a refusal."""
    return status, {"ok": False, "error_code": status, "description": description}
