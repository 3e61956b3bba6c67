"""The local Telegram with what people and networks do besides: strangers, groups, doubtful messages, refusals to order."""

from __future__ import annotations

import contextlib
import copy
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram.error import NetworkError

from tgtp.local_telegram.bot_api.calls import ApiError, Json, Uploads, decoded, refused
from tgtp.local_telegram.bot_api.chats import Chat, private_chat
from tgtp.local_telegram.bot_api.server import LocalTelegram

MAX_CALLS = 1000
MAX_CHATS = 50
ANY_METHOD = "*"


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
        status, envelope = refused(self.status, self.description)
        return status, envelope | ({"parameters": self.parameters} if self.parameters else {})


class SimulatedTelegram(LocalTelegram):
    """A Telegram that strangers write to too, and that fails when it is told to. ``calls`` are the newest, decoded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls: deque[tuple[str, Json]] = deque(maxlen=MAX_CALLS)
        self._faults: dict[str, list[Fault]] = {}
        self._offline = False

    async def call(self, method: str, params: Mapping[str, Any], files: Uploads) -> tuple[int, Json]:
        """Answer one call, or refuse it as was ordered. Raises NetworkError while ``offline``."""
        self._reach()
        fault = self._take(method.lower())
        # One that cannot be read is refused below.
        with contextlib.suppress(ApiError):
            self.calls.append((method, copy.deepcopy({key: decoded(key, value) for key, value in params.items()})))
        if fault and not fault.after_effect:
            return fault.answer
        status, envelope = await super().call(method, params, files)
        return fault.answer if fault and status == 200 else (status, envelope)

    def file(self, path: str) -> bytes | None:
        """Return the bytes of a sent photo or document. Raises NetworkError while ``offline``."""
        self._reach()
        return super().file(path)

    @property
    def offline(self) -> bool:
        """Whether every call fails as a refused connection; a waiting poll breaks too."""
        return self._offline

    @offline.setter
    def offline(self, value: bool) -> None:
        self._offline = value
        if value:
            self._updates.end(NetworkError("local Telegram: connection reset by peer"))

    def fail_next(
        self,
        method: str,
        status: int,
        description: str,
        *,
        times: int = 1,
        parameters: Json | None = None,
        after_effect: bool = False,
    ) -> None:
        """Refuse the next calls of a method (``*``: of any); ``after_effect`` carries them out first."""
        fault = Fault(status, description, parameters, after_effect, times)
        self._faults.setdefault(method.lower(), []).append(fault)

    def user_text(
        self,
        text: str,
        *,
        user_id: int | None = None,
        edited: bool = False,
        forwarded: bool = False,
        via_bot: bool = False,
        chat_type: str = "private",
        date: int | None = None,
    ) -> int:
        """Say something to the bot and return the message id; another ``user_id`` is a stranger.

        ``edited``, ``forwarded``, ``via_bot``, a group as ``chat_type`` and an old ``date`` are what a gate must stop.
        """
        person = self._person(user_id)
        chat = private_chat(person)
        if chat_type != "private":
            chat = {"id": -1_000_000 - person["id"], "type": chat_type, "title": f"Room of {person['first_name']}"}
        now = int(time.time()) if date is None else date
        message: Json = {"from": person, "chat": chat, "date": now}
        if edited:
            message["edit_date"] = now
        if forwarded:
            message["forward_origin"] = {"type": "user", "sender_user": self._person(77), "date": now - 60}
        if via_bot:
            message["via_bot"] = {"id": 78, "is_bot": True, "first_name": "Inline", "username": "inline_bot"}
        self._meet(chat)
        return self._say(text, message, "edited_message" if edited else "message")

    def user_press(self, message_id: int, data: str, *, user_id: int | None = None) -> str:
        """Press an inline button and return the query id; ``LookupError`` when the message is gone."""
        return self._press(message_id, data, self._person(user_id))

    def _person(self, user_id: int | None) -> Json:
        if user_id in (None, self.owner):
            return dict(self.user)
        return {"id": user_id, "is_bot": False, "first_name": f"Stranger {user_id}", "language_code": "en"}

    def _meet(self, about: Json) -> None:
        """Know a chat from now on; of many strangers the first are forgotten."""
        chats = self._chats.by_id
        chats.setdefault(about["id"], Chat(about)).about = about
        for chat_id in [known for known, chat in chats.items() if chat is not self._chats.owner][:-MAX_CHATS]:
            del chats[chat_id]

    def _take(self, method: str) -> Fault | None:
        """Return what this call must fail with."""
        for key in (method, ANY_METHOD):
            if faults := self._faults.get(key):
                faults[0].times -= 1
                return faults.pop(0) if faults[0].times <= 0 else faults[0]
        return None

    def _reach(self) -> None:
        if self._offline:
            raise NetworkError("local Telegram: connection refused")
