"""Builds the Application of python-telegram-bot: job queue, rate limiter, connection pool."""

from __future__ import annotations

from typing import Any

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, Defaults
from telegram.request import BaseRequest

from tgtp.chat.bot.connection import ConnectionMonitor, PollRequest, WatchedRequest
from tgtp.chat.bot.polling import Polls, UpdatesRequest
from tgtp.settings.network import Network

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
# Requests at once, as the library has it by default.
POOL = 256


def build_application(
    token: str,
    api_url: str,
    request: BaseRequest | None = None,
    contact: ConnectionMonitor | None = None,
    network: Network | None = None,
    polls: Polls | None = None,
) -> AnyApplication:
    """Build the Application, over HTTP (``contact`` hears how that goes) or over a given in-process request.

    Nothing of the environment is read: by which way it goes, and what it trusts, is the ``network``'s. ``polls`` reads what the
    polls bring.
    """
    builder = (
        ApplicationBuilder()
        .token(token)
        .rate_limiter(AIORateLimiter(max_retries=0))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
    )
    if request is not None:
        return builder.request(request).get_updates_request(_read_by(polls, request)).build()
    builder = builder.base_url(f"{api_url}/bot").base_file_url(f"{api_url}/file/bot")
    contact = contact or ConnectionMonitor("en", lambda: 0)
    network = network or Network()
    builder = builder.request(WatchedRequest(contact, network, POOL))
    return builder.get_updates_request(_read_by(polls, PollRequest(contact, network, 1))).build()


def _read_by(polls: Polls | None, request: BaseRequest) -> BaseRequest:
    return request if polls is None else UpdatesRequest(request, polls)
