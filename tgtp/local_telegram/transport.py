"""The wire between python-telegram-bot and the local Telegram: a request object without a socket."""

from __future__ import annotations

import json
from typing import Any

from telegram.request import BaseRequest, RequestData

from tgtp.local_telegram.bot_api.server import LocalTelegram


class LocalRequest(BaseRequest):
    """Carry Bot API calls to a ``LocalTelegram`` in the same process.

    Everything above HTTP stays python-telegram-bot's own: serialisation, polling, error classes.
    """

    __slots__ = ("_telegram",)

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram

    @property
    def read_timeout(self) -> float | None:
        """Nothing here can hang, so there is no time limit."""
        return None

    async def initialize(self) -> None:
        """Do nothing: there is no connection to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is no connection to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's signature
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Answer one call with a status and a body."""
        if method == "GET" and "/file/" in url:
            return self._download(url)
        params: dict[str, Any] = dict(request_data.json_parameters) if request_data else {}
        files = _files(request_data) if request_data and request_data.contains_files else {}
        status, envelope = await self._telegram.call(url.rsplit("/", 1)[-1], params, files)
        return status, json.dumps(envelope).encode()

    def _download(self, url: str) -> tuple[int, bytes]:
        # …/file/bot<token>/<path>
        content = self._telegram.file(url.split("/file/", 1)[1].partition("/")[2])
        if content is None:
            return 404, json.dumps({"ok": False, "error_code": 404, "description": "Not Found"}).encode()
        return 200, content


def _files(request_data: RequestData) -> dict[str, tuple[str, bytes, str]]:
    files: dict[str, tuple[str, bytes, str]] = {}
    for part, (name, content, mime) in request_data.multipart_data.items():
        # InputFile(read_file_handle=False) leaves the reading to the network layer: us.
        files[part] = (name, content if isinstance(content, bytes) else content.read(), mime)
    return files
