"""The server of the program's pages, on this machine unless told otherwise.

Any web page the person visits could try to talk to a port on their own computer, and so could any other user of it. So all
that holds anything needs a word in a header, which no browser sends by itself: cookies of 127.0.0.1 go to every port of it, and
addresses are remembered. Every request needs a ``Host`` that is this server (else DNS rebinding could read) while no password
is set, and every POST a matching ``Origin`` and the JSON content type (which a foreign page cannot send without a preflight
that is never granted).
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from tgtp.web.access import Access, TooManyTries
from tgtp.web.connections import MOST_AT_ONCE, REQUEST_SECONDS, Door, Standing, log
from tgtp.web.refusals import Protocol, harden, refuse
from tgtp.web.requests import Handler, Route, Who, body_of, is_from_here, names_of_here, peer_of, word_of

LOOPBACK: Final = "127.0.0.1"
_EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - bound where it was asked for
_MAX_BODY: Final = 64 * 1024
# Seconds that a connection may stand idle between two requests.
_IDLE: Final = 15.0
_NONCE: Final = re.compile(r"[0-9a-zA-Z-]{16,64}")
_NO_WORD: Final = "This page needs the address that the program printed when it started, token and all.\n"


class HostUnusable(OSError):
    """The address that was asked for beside this machine's own cannot be bound."""


class WebServer:
    """Serves the routes that it is given. It has two of its own: ``/api/hello``, and ``/api/enter`` for a password.

    ``port`` 0 takes any free one. ``host`` is bound beside 127.0.0.1. ``origin``: where a reverse proxy shows it, if anywhere.
    """

    def __init__(self, access: Access, *, port: int, host: str = LOOPBACK, origin: str = "") -> None:
        self.access = access
        # Set when the server ends: streams end with it.
        self.closing = asyncio.Event()
        self._host = host
        self._port = port
        self._origin = origin
        self._routes = [
            Route("GET", "/api/hello", self._hello, Who.ANYBODY),
            Route("POST", "/api/enter", self._enter, Who.ANYBODY),
        ]
        self._served: dict[web.AbstractRoute, Route] = {}
        self._options: dict[str, Any] = {}
        self._runner: web.AppRunner | None = None
        self._servers: list[asyncio.Server] = []
        self._door = Door()

    def add(self, routes: Iterable[Route]) -> None:
        """Serve these too, from the start on."""
        self._routes += routes

    @property
    def routes(self) -> tuple[Route, ...]:
        """Everything that is served."""
        return tuple(self._routes)

    @property
    def port(self) -> int:
        """The port, once it is open."""
        return self._port

    def address(self, path: str = "/") -> str:
        """Return the address to open on this machine, token included: show it to the owner only."""
        return f"http://{LOOPBACK}:{self._port}{path}?token={self.access.token}"

    async def start(self) -> None:
        """Open the port; ``OSError`` when it is taken, ``HostUnusable`` when the other address cannot be bound."""
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[self._guard])
        app.on_response_prepare.append(self._harden)
        for route in self._routes:
            self._served[app.router.add_route(route.method, route.path, route.handler)] = route
        self.closing.clear()
        # No access log: it would print the token. No page packs what it sends, and packed nonsense would end in a traceback.
        self._options = {"keepalive_timeout": _IDLE, "auto_decompress": False, "logger": log, "access_log": None}
        runner = web.AppRunner(app, shutdown_timeout=0.3, **self._options)
        await runner.setup()
        self._runner = runner
        try:
            await self._bind(runner, self._host if self._host == _EVERYWHERE else LOOPBACK)
            if self._host not in (LOOPBACK, "localhost", _EVERYWHERE):
                try:
                    await self._bind(runner, self._host)
                except OSError as exc:
                    raise HostUnusable(exc.errno, exc.strerror or str(exc)) from exc
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the open event streams and close the port; harmless when not started."""
        self.closing.set()
        for server in self._servers:
            server.close()
        self._servers.clear()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _bind(self, runner: web.AppRunner, host: str) -> None:
        manager, loop = runner.server, asyncio.get_running_loop()
        if manager is None:
            raise OSError("the server was not made")
        factory = self._door.factory(lambda: Protocol(manager, loop=loop, **self._options))
        server = await loop.create_server(factory, host, self._port, backlog=MOST_AT_ONCE)
        self._servers.append(server)
        self._port = server.sockets[0].getsockname()[1]

    # Who may come in

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        route = self._served.get(request.match_info.route)
        # Where nothing is, a stranger is not told so.
        who = route.who if route is not None else Who.READER
        is_here = is_from_here(request, self._port)
        if request.headers.get("Host", "") not in names_of_here(self._port) and not self.access.has_password:
            return refuse(403, "This page answers on this computer only.\n")
        if not is_here and (who is Who.OWNER or (route is not None and route.only_here)):
            return refuse(404, "Not Found.\n")
        try:
            standing = self._standing(request, who, is_here=is_here)
            if request.method != "POST":
                self._door.asked(request.transport, standing)
            if standing is Standing.STRANGER and who is not Who.ANYBODY:
                return refuse(401, _NO_WORD, WWW_Authenticate="Bearer")
            if (answer := self._of_another_page(request)) is not None:
                return answer
            if request.method == "POST":
                async with asyncio.timeout(REQUEST_SECONDS):
                    await request.read()
                self._door.asked(request.transport, standing)
            with self.access.in_use(word_of(request)):
                return await handler(request)
        except TimeoutError:
            return refuse(408, "The request took too long.\n")
        except TooManyTries as exc:
            return refuse(429, "Too many wrong passwords: wait.\n", Retry_After=str(math.ceil(exc.seconds)))
        except web.HTTPException as exc:
            return refuse(exc.status, f"{exc.reason}.\n")

    def _standing(self, request: web.Request, who: Who, *, is_here: bool) -> Standing:
        word = word_of(request)
        if not word:
            return Standing.STRANGER
        if who is Who.SCRAPER:
            may = self.access.may_scrape(word, peer_of(request), is_here=is_here)
            return Standing.READER if may else Standing.STRANGER
        if is_here and self.access.is_of_the_token(word):
            return Standing.OWNER
        # What a password opens shows, and does nothing.
        return Standing.READER if who is not Who.OWNER and self.access.is_of_a_session(word) else Standing.STRANGER

    def _of_another_page(self, request: web.Request) -> web.Response | None:
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        ours = {f"http://{host}"}
        if self.access.has_password:
            # Before it there may be a proxy that speaks TLS.
            ours |= {f"https://{host}", self._origin}
        if (origin or request.method == "POST") and origin not in ours:
            return refuse(403, "This request came from another page.\n")
        if request.method == "POST" and request.content_type != "application/json":
            return refuse(415, "Only application/json is understood here.\n")
        return None

    async def _harden(self, _: web.Request, response: web.StreamResponse) -> None:
        harden(response)

    # What it serves itself

    async def _hello(self, request: web.Request) -> web.Response:
        """Prove to a page on this machine that this server knows the token; elsewhere a password opens it alone."""
        if not is_from_here(request, self._port):
            # A proof for another name could be passed on by whoever asks for it.
            return web.json_response({"password": self.access.has_password})
        nonce = request.query.get("nonce", "")
        if not _NONCE.fullmatch(nonce):
            raise web.HTTPBadRequest(reason="A nonce is needed")
        proof = self.access.proof(nonce, request.headers["Host"])
        return web.json_response({"run": self.access.run, "proof": proof, "password": self.access.has_password})

    async def _enter(self, request: web.Request) -> web.Response:
        """Give a word for the password."""
        if not self.access.has_password:
            raise web.HTTPNotFound
        password = (await body_of(request)).get("password")
        if not isinstance(password, str):
            raise web.HTTPBadRequest(reason="A password is needed")
        word = self.access.enter(password, peer_of(request))
        if word is None:
            return refuse(401, "Wrong password.\n", WWW_Authenticate="Bearer")
        return web.json_response({"word": word})
