"""What is answered to whom nothing is given: a sentence of this program's, with its headers, and no word of the request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

# Every answer has these; the name without a version.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "tgtp",
}
# Those that say nothing of their own have these.
CLOSED: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}


def refuse(status: int, sentence: str, **headers: str) -> web.Response:
    """Return a refusal after which the connection is closed."""
    response = web.Response(
        status=status, text=sentence, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    response.force_close()
    return response


def harden(response: web.StreamResponse) -> None:
    """Give an answer the headers that all have."""
    response.headers.update(HEADERS)
    for name, text in CLOSED.items():
        response.headers.setdefault(name, text)
    if isinstance(response, web.HTTPException):
        # It was raised before this program was asked, and may repeat what was sent.
        response.text = f"{HTTPStatus(response.status).phrase}.\n"
        response.force_close()


class Protocol(web.RequestHandler):
    """One connection's HTTP. What is no HTTP, and what breaks, is answered as all else is."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Return the answer to what could not be read (400, 431), or what went wrong here (500); the fault goes to the log."""
        super().handle_error(request, status, exc, message)
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if isinstance(exc, LineTooLong) else HTTPStatus(status)
        response = refuse(status, f"{status.phrase}.\n")
        harden(response)
        return response
