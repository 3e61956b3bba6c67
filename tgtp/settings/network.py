"""How this process reaches the world: the way of each side, and the certificates it trusts, whatever the environment holds.

Libraries read proxies and certificate files from the environment by themselves, and some of them break while a client is
built when they find what they do not understand. So all of it is read here, once; each client is handed its way; and what
cannot be used is taken out of this process's environment, with one sentence about it.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import certifi

from tgtp.domain.events import Route
from tgtp.settings import key_log
from tgtp.settings.environment import Settings
from tgtp.settings.proxies import DIRECT, DIRECTLY, Proxies, ProxySettings, Way, shared_variable
from tgtp.settings.urls import is_this_machine

OKX_URL = "https://www.okx.com"
# Files and folders of certificates: the first two for every TLS connection, the others for the services of ALERT_URLS.
TRUSTED = ("SSL_CERT_FILE", "SSL_CERT_DIR")
OF_REQUESTS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
HERE = "localhost,127.0.0.0/8,::1"


class Trouble(NamedTuple):
    """What is wrong with the way out, though nothing stops for it; ``what`` is a variable."""

    kind: Literal["proxy", "certificates", "key_log"]
    what: str


@dataclass(frozen=True, slots=True)
class Network:
    """The way of each side, and what is trusted on it (None: what certifi brings)."""

    okx: Way = DIRECTLY
    telegram: Way = DIRECTLY
    heartbeat: Way = DIRECTLY
    trust: ssl.SSLContext | None = None
    troubles: tuple[Trouble, ...] = ()
    # Where the bot's token travels in clear, though within a private network.
    in_clear: str = ""
    routes: tuple[Route, ...] = ()


def read_network(settings: Settings, environment: MutableMapping[str, str] | None = None) -> Network:
    """Read and put right what the environment says about the network; never raises for it."""
    environment = os.environ if environment is None else environment
    # Also where it cannot be used: what aiohttp trusts by itself was read while it was imported.
    is_named = any(environment.get(name) for name in TRUSTED)
    troubles = _unreadable(environment)
    proxies = Proxies(settings, environment)
    for name in proxies.unusable:
        del environment[name]
    troubles += [Trouble("proxy", name) for name in proxies.unusable]
    okx = proxies.way_to(settings.okx_api_url or OKX_URL, "OKX_PROXY_URL")
    telegram = proxies.way_to(settings.telegram_api_url, "TELEGRAM_PROXY_URL")
    heartbeat = proxies.way_to(settings.heartbeat_url.get_secret_value()) if settings.heartbeat_url else DIRECTLY
    hand_to_requests(settings, environment)
    api = urlsplit(settings.telegram_api_url)
    return Network(
        okx,
        telegram,
        heartbeat,
        trusted(environment) if is_named else None,
        tuple(troubles),
        in_clear=api.hostname or "" if api.scheme == "http" and not is_this_machine(api.hostname) else "",
        routes=_routes(settings, okx, telegram),
    )


def tried_network(settings: Settings) -> Network:
    """Return how the world would be reached with these settings; the environment of this process stays as it is."""
    return read_network(settings, dict(os.environ))


def hand_to_requests(settings: ProxySettings, environment: MutableMapping[str, str] | None = None) -> None:
    """Write the way of the services of ALERT_URLS where ``requests`` looks for it: it has no other ear."""
    environment = os.environ if environment is None else environment
    way = settings.proxies.get("PROXY_URL")
    spared = shared_variable("no_proxy", environment)[1]
    if way is None:
        # As for the other sides, this machine is never behind a proxy that the environment names.
        spared = ",".join(filter(None, (spared, HERE)))
    else:
        for kind in ("https", "http", "all"):
            for name in (f"{kind}_proxy", f"{kind}_proxy".upper()):
                environment.pop(name, None)
            if way != DIRECT:
                environment[f"{kind}_proxy"] = way
    if way == DIRECT:
        spared = "*"
    # SOCKS names are resolved by the proxy; and ``requests`` knows neither socks:// nor a word for the direct way.
    for kind in ("https", "http", "all"):
        name, text = shared_variable(f"{kind}_proxy", environment)
        if text.lower() == DIRECT:
            environment[name] = ""
        for scheme in ("socks://", "socks5://"):
            if text.lower().startswith(scheme):
                environment[name] = f"socks5h://{text[len(scheme) :]}"
    environment.pop("NO_PROXY", None)
    environment["no_proxy"] = spared


def _routes(settings: Settings, okx: Way, telegram: Way) -> tuple[Route, ...]:
    found = []
    if settings.exchange_name in ("okx", "okx_demo", "paper_live"):
        found.append(Route(side="okx", proxy=okx.shown, setting=okx.setting))
    if settings.chat == "telegram":
        found.append(Route(side="telegram", proxy=telegram.shown, setting=telegram.setting))
    return tuple(found)


def _unreadable(environment: MutableMapping[str, str]) -> list[Trouble]:
    troubles: list[Trouble] = []
    for name in (*TRUSTED, *OF_REQUESTS):
        if environment.get(name) and not _holds_certificates(environment[name]):
            del environment[name]
            troubles.append(Trouble("certificates", name))
    if key_log.IS_UNUSABLE:
        troubles.append(Trouble("key_log", key_log.KEY_LOG))
    return troubles


def _holds_certificates(path: str) -> bool:
    return _added(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)


def _added(context: ssl.SSLContext, paths: str) -> bool:
    """Trust the certificates of a file, or of folders, too; False where it has none that can be read."""
    # As OpenSSL takes them: folders stand in a list. ``Path.is_dir`` would raise for what may not be looked at.
    folders = [path for path in paths.split(os.pathsep) if os.path.isdir(path)]  # noqa: PTH112
    try:
        for folder in folders:
            context.load_verify_locations(capath=folder)
        if not folders:
            context.load_verify_locations(cafile=paths)
    except (OSError, ValueError):  # an SSLError is an OSError
        return False
    return True


def trusted(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Trust what certifi brings, and besides it what the environment names: behind a firm's proxy it takes both."""
    context = ssl.create_default_context(cafile=certifi.where())
    for name in TRUSTED:
        if environment.get(name):
            _added(context, environment[name])
    return context
