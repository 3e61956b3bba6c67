"""The way from ccxt to the OKX-shaped server without a socket.

Everything of ccxt above the socket still runs: signing, its reading of JSON, its classing of errors. What a socket would do is
done here: a reply that does not come within the client's timeout, a connection that is refused or that breaks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import ccxt.async_support as ccxt

from tests.simulation.exchange.server import Answer, Caller, Dropped, OkxServer, Record, read_body, without_unknown
from tgtp.adapters.okx.exchange import REQUEST_TIMEOUT, okx_client


class Wire:
    """Stands in for the socket of one ccxt client. ``refusing``: nobody listens at the other end.

    ``on_send`` sees every request as it leaves, before anything can happen to it; ``on_read`` every reply that arrives;
    ``on_end`` that the client waits no longer, for whatever reason.
    """

    def __init__(self, client: Any, server: OkxServer) -> None:
        self.refusing = False
        self.on_send: Callable[[Record], None] = lambda _: None
        self.on_read: Callable[[Record, Answer], None] = lambda *_: None
        self.on_end: Callable[[Record], None] = lambda _: None
        self._client = client
        self._server = server
        self._late: set[asyncio.Task[Answer]] = set()

    async def fetch(self, url: str, method: str = "GET", headers: dict[str, str] | None = None, body: str | None = None) -> Any:
        """Do what ccxt's own ``fetch`` does, on this wire."""
        client = self._client
        request_headers = client.prepare_request_headers(headers)
        what = f"{client.id} {method} {url}"
        record = _record(url, method, request_headers, body)
        self.on_send(record)
        try:
            if self.refusing:
                raise Dropped
            answer = await self._answer(record)
        except TimeoutError as exc:
            raise ccxt.RequestTimeout(what) from exc
        except Dropped as exc:
            raise ccxt.ExchangeNotAvailable(what) from exc
        finally:
            self.on_end(record)
        self.on_read(record, answer)
        reason = HTTPStatus(answer.status).phrase
        reply_headers = {"Content-Type": f"{answer.content_type}; charset=utf-8"}
        text = client.on_rest_response(answer.status, reason, url, method, reply_headers, answer.text, request_headers, body)
        parsed = client.parse_json(text)
        client.handle_errors(answer.status, reason, url, method, reply_headers, text, parsed, request_headers, body)
        client.handle_http_status_code(answer.status, reason, url, method, text)
        return text if parsed is None else parsed

    async def _answer(self, record: Record) -> Answer:
        caller = Caller()
        # A task of its own: what the exchange does with a request does not end when the client stops waiting.
        task = asyncio.ensure_future(self._server.exchange(record, caller))
        self._late.add(task)
        task.add_done_callback(self._ended)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._client.timeout / 1000)
        finally:
            caller.left.set()
        if not done:
            raise TimeoutError
        return task.result()

    def _ended(self, task: asyncio.Task[Answer]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()


def wired(
    server: OkxServer, milliseconds: Callable[[], int], *, demo: bool = False, timeout: float = REQUEST_TIMEOUT, key: str = ""
) -> tuple[Any, Wire]:
    """Build the client that the program builds, on a wire to this server, and give both; ``key`` is another account's."""
    keys = (key or server.key, server.secret, server.passphrase)
    client = okx_client(url="http://okx.test", ws_url="", demo=demo, keys=keys, timeout=timeout)
    wire = Wire(client, server)
    client.fetch = wire.fetch
    client.milliseconds = milliseconds
    return client, wire


def _record(url: str, method: str, headers: dict[str, str], body: str | None) -> Record:
    parts = urlsplit(url)
    return Record(
        at=asyncio.get_running_loop().time(),
        method=method,
        path=parts.path,
        target=f"{parts.path}?{parts.query}" if parts.query else parts.path,
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        raw_body=body or "",
        body=read_body(body or ""),
        headers=without_unknown(headers),
    )
