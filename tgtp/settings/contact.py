"""Whom a program reaches that cannot start: each setting is read for itself, so that another one may be wrong."""

from __future__ import annotations

import contextlib
import json
import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from tgtp.settings import environment as settings
from tgtp.settings.network import trusted
from tgtp.settings.proxies import (
    PROXIES,
    Proxies,
    ProxySettings,
    Way,
    proxy_address,
    secrets_of,
    secrets_of_api,
    shared_secrets,
)
from tgtp.settings.reading.env_file import EnvFile, given_by, read_env_file
from tgtp.settings.reading.home import env_file as home_file
from tgtp.settings.reading.home import home
from tgtp.settings.reading.locale import machine_language
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.settings.reading.secret_shapes import KEYS
from tgtp.settings.urls import addresses_in, is_address, may_be_told_the_token, secrets_within

# The folder of each exchange below DATA_DIR; a paired owner is noted in its ledger.
LEDGERS = "*/ledger.json"


class Contact(NamedTuple):
    """How people are reached: by a bot (``token`` "" for none) with its ``owners``, and by ``addresses`` of other services.

    ``secrets`` are all values that must never be printed. ``data_dir`` may not exist.
    """

    language: Literal["en", "zh"] = "en"
    token: str = ""
    owners: frozenset[int] = frozenset()
    api_url: str = settings.TELEGRAM_API
    addresses: tuple[str, ...] = ()
    proxies: ProxySettings = ProxySettings()
    data_dir: Path = Path("data")
    secrets: tuple[str, ...] = ()

    @property
    def way(self) -> Way:
        """The way to Telegram."""
        return _way(self.proxies, self.api_url)

    @property
    def trust(self) -> ssl.SSLContext:
        """The certificates that are trusted there."""
        return trusted(os.environ)


def read_contact(env_file: Path | None = None) -> Contact:
    """Read what there is. What makes no sense counts as not set; raises nothing."""
    return _contact(_given(env_file or home_file()))


def contact_of(file: EnvFile) -> Contact:
    """Return what a file says, the environment winning over it; raises nothing."""
    return _contact(_set(given_by(file)))


def _contact(given: Mapping[str, str]) -> Contact:
    token = given.get("telegram_bot_token", "")
    data_dir = Path(given.get("data_dir") or "data")
    with contextlib.suppress(RuntimeError):
        data_dir = home() / data_dir.expanduser()
    words = re.split(r"[,\s]+", given.get("telegram_allowed_users", ""))
    owners = frozenset(int(word) for word in words if re.fullmatch(r"0*[1-9]\d{0,18}", word, re.ASCII))
    url = given.get("telegram_api_url", settings.TELEGRAM_API).rstrip("/")
    proxies = _proxies(given)
    # Whoever talks to it on a page of this machine has not asked for messages elsewhere.
    uses_bot = given.get("chat", "local").lower() != "local" and is_address(url, ("https", "http"))
    if token and uses_bot:
        parts, way = urlsplit(url), _way(proxies, url)
        uses_bot = may_be_told_the_token(parts.scheme, parts.hostname or "", proxied=bool(way.proxy))
    return Contact(
        language="zh" if given.get("language", "").lower().startswith("zh") and ":" not in given["language"] else "en",
        token=token if uses_bot else "",
        owners=owners or _paired(data_dir),
        api_url=url,
        addresses=addresses_in(given.get("alert_urls", "")),
        proxies=proxies,
        data_dir=data_dir,
        secrets=_secrets(given),
    )


def reader_language(env_file: Path | None = None) -> Literal["en", "zh"]:
    """Return the language of whoever reads the terminal: LANGUAGE, else the machine's locale. Raises nothing."""
    word = _given(env_file or home_file()).get("language", "").lower()
    return ("zh" if word.startswith("zh") else "en") if word else machine_language()


def _given(env_file: Path) -> Mapping[str, str]:
    """Return what is set by names in lower case; the environment wins over the file."""
    file = EnvFile(env_file, {}, [])
    with contextlib.suppress(SettingsRefused):
        file = read_env_file(env_file)
    return _set(given_by(file))


def _set(given: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value.strip() for name, value in given.items() if value.strip()}


def _way(proxies: ProxySettings, url: str) -> Way:
    return Proxies(proxies, os.environ).way_to(url, "TELEGRAM_PROXY_URL")


def _proxies(given: Mapping[str, str]) -> ProxySettings:
    found: dict[str, Any] = dict.fromkeys(PROXIES)
    for name in PROXIES:
        with contextlib.suppress(KeyError, ValueError):
            found[name] = SecretStr(proxy_address(given[name]))
    return ProxySettings(**found)


def _paired(data_dir: Path) -> frozenset[int]:
    """Return the owners that have paired, whatever exchange they did that on: which one is set may be what is wrong."""
    found = set()
    with contextlib.suppress(OSError, ValueError):
        for path in data_dir.glob(LEDGERS):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
                found.add(int(json.loads(path.read_bytes())["notes"]["owner"]["value"]))
    return frozenset(found)


def _secrets(given: Mapping[str, str]) -> tuple[str, ...]:
    secret = [value for name, value in given.items() if name in settings.SECRETS or name.upper().endswith(KEYS)]
    within = [word for value in secret for address in addresses_in(value) for word in secrets_within(address)]
    proxies = [word for name in PROXIES for word in secrets_of(given.get(name, ""))]
    proxies += [word for name in settings.INTERFACES for word in secrets_of_api(given.get(name, ""))]
    return tuple(dict.fromkeys([*secret, *within, *proxies, *shared_secrets(os.environ)]))
