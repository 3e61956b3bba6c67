"""Pressed buttons that wait for the bot's answer."""

from __future__ import annotations

import itertools

from tgtp.bounded_dict import BoundedDict
from tgtp.local_telegram.bot_api.calls import ApiError, Json
from tgtp.local_telegram.bot_api.events import Events
from tgtp.local_telegram.bot_api.markup import clean, utf16_length

MAX_QUERIES = 200

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Queries:
    """The open callback queries; each can be answered once, and the oldest go first."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._open: BoundedDict[str, int] = BoundedDict(MAX_QUERIES)
        self._numbers = itertools.count(4_000_000_001)

    def open(self, person_id: int) -> str:
        """Return the id of a new query."""
        query_id = str(next(self._numbers))
        self._open[query_id] = person_id
        return query_id

    def answer(self, p: Json) -> bool:
        """Answer ``answerCallbackQuery``: show the text, if any, to the one who pressed."""
        text = str(p.get("text", ""))
        if utf16_length(text) > 200:
            raise ApiError("MESSAGE_TOO_LONG")
        query_id = str(p.get("callback_query_id", ""))
        person_id = self._open.pop(query_id, None)
        if person_id is None:
            raise ApiError(_TOO_OLD)
        toast = {"kind": "toast", "text": clean(text), "alert": bool(p.get("show_alert")), "query_id": query_id}
        self._events.emit(toast, person_id)
        return True
