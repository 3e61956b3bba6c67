"""Proxies: three settings of ours, and the variables that many programs share (HTTPS_PROXY, ALL_PROXY, NO_PROXY)."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, SecretStr, field_validator

from tgtp.errors import Invalid, Problem
from tgtp.settings.urls import is_this_machine, secrets_within

DIRECT = "direct"
PROXIES = ("proxy_url", "okx_proxy_url", "telegram_proxy_url")
PORTS = {"http": 80, "https": 443, "socks": 1080, "socks5": 1080, "socks5h": 1080}
# SOCKS has one byte for the length of each.
LONGEST_CREDENTIAL = 255
# What is shorter stands in any text by chance.
SHORTEST_SECRET = 3


class ProxySettings(BaseModel):
    """The ways out: ``proxy_url`` of everything, the other two of one side. Each is ``direct`` or an address, or not set."""

    proxy_url: SecretStr | None = None
    okx_proxy_url: SecretStr | None = None
    telegram_proxy_url: SecretStr | None = None

    @field_validator(*PROXIES, mode="before")
    @classmethod
    def _none_of_blanks(cls, value: Any) -> Any:
        return value.strip() or None if isinstance(value, str) else value

    @field_validator(*PROXIES)
    @classmethod
    def _is_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(proxy_address(value.get_secret_value()))

    @property
    def proxies(self) -> dict[str, str]:
        """Return the address of each that is set, or ``direct``, by the name of its setting in upper case."""
        found = {name.upper(): getattr(self, name) for name in PROXIES}
        return {name: value.get_secret_value() for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Way:
    """How a host is reached: ``proxy`` is an address, with credentials if it has some, or "" for the direct way.

    ``setting`` names the variable that says so, "" where none does.

    >>> Way("socks5h://ann:p%40ss@127.0.0.1:7890", "ALL_PROXY").shown, Way().shown
    ('socks5h://127.0.0.1:7890', '')
    """

    proxy: str = field(default="", repr=False)
    setting: str = ""

    @property
    def is_socks(self) -> bool:
        """Return whether it leads through a SOCKS proxy."""
        return self.proxy.startswith("socks")

    @property
    def host(self) -> str:
        """Return the proxy's host, an IPv6 address without brackets."""
        return urlsplit(self.proxy).hostname or ""

    @property
    def port(self) -> int:
        """Return the proxy's port; 0 for the direct way."""
        return urlsplit(self.proxy).port or 0

    @property
    def credentials(self) -> tuple[str, str] | None:
        """Return user name and password for the proxy, None where it wants none."""
        parts = urlsplit(self.proxy)
        return (unquote(parts.username or ""), unquote(parts.password or "")) if "@" in parts.netloc else None

    @property
    def shown(self) -> str:
        """Return the proxy's address without credentials, "" for the direct way."""
        scheme, _, rest = self.proxy.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}" if self.proxy else ""


DIRECTLY: Final = Way()


class Proxies:
    """What settings and environment say about proxies. What the environment says and cannot be used counts as not said."""

    def __init__(self, settings: ProxySettings, environment: Mapping[str, str]) -> None:
        self._set = settings.proxies
        self._shared: dict[str, Way] = {}
        # Variables of the environment whose value is no address of a proxy.
        self.unusable: list[str] = []
        for kind in ("https", "http", "all"):
            name, text = shared_variable(f"{kind}_proxy", environment)
            if not text:
                continue
            try:
                address = proxy_address(text)
            except ValueError:
                self.unusable.append(name)
                continue
            self._shared[kind] = Way("" if address == DIRECT else address, name)
        self._spared = shared_variable("no_proxy", environment)[1]

    def way_to(self, address: str, own: str = "") -> Way:
        """Return how an address is reached; ``own`` names the setting of its side alone, which counts for every host.

        ``PROXY_URL`` leaves out what NO_PROXY names. The shared variables leave out this machine as well.
        """
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
        for name in (own, "PROXY_URL"):
            if name not in self._set:
                continue
            if self._set[name] == DIRECT:
                return Way("", name)
            if name != own and is_spared(host, port, self._spared):
                return Way("", "NO_PROXY")
            return Way(self._set[name], name)
        found = self._shared.get("http" if parts.scheme == "http" else "https") or self._shared.get("all")
        if found is None or not found.proxy or is_this_machine(host):
            return DIRECTLY
        return Way("", "NO_PROXY") if is_spared(host, port, self._spared) else found


def shared_variable(name: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the name by which a shared variable is set, and its text; as usual the small letters win, even where empty."""
    name = name if name in environment else name.upper()
    return name, environment.get(name, "").strip()


def proxy_address(text: str) -> str:
    """Write a proxy's address as every library takes it; ``direct`` stays. Raises ValueError.

    SOCKS proxies resolve the names, always: where a proxy is needed, answers to local look-ups may be forged.

    >>> proxy_address("127.0.0.1:7890"), proxy_address("socks://ann:p@ss@[::1]"), proxy_address("Direct")
    ('http://127.0.0.1:7890', 'socks5h://ann:p%40ss@[::1]:1080', 'direct')
    """
    text = text.strip()
    if text.lower() == DIRECT:
        return DIRECT
    parts = urlsplit(text if "://" in text else f"http://{text}")
    scheme = "socks5h" if parts.scheme in ("socks", "socks5") else parts.scheme
    if scheme not in PORTS:
        raise Invalid(Problem("setting.proxy.kind"))
    try:
        port = parts.port or PORTS[scheme]
    except ValueError:
        # Not in its own words: they quote what may be a password.
        raise Invalid(Problem("setting.proxy.port")) from None
    if not parts.hostname or parts.port == 0:
        raise Invalid(Problem("setting.proxy.host"))
    if "@" in text.partition(parts.netloc)[2]:
        # Its first half would be taken for the host, and be shown as that.
        raise Invalid(Problem("setting.proxy.split"))
    person, at, _ = parts.netloc.rpartition("@")
    name, _, password = (unquote(word) for word in person.partition(":"))
    for word in (name, password):
        if not word.isascii() or not word.isprintable() or len(word) > LONGEST_CREDENTIAL:
            raise Invalid(Problem("setting.proxy.ascii"))
    if ":" in name:
        raise Invalid(Problem("setting.proxy.colon"))
    who = f"{quote(name, safe='')}:{quote(password, safe='')}@" if at and (name or password) else ""
    return f"{scheme}://{who}{_host(parts.hostname)}:{port}"


def is_spared(host: str, port: int, spared: str) -> bool:
    """Return whether NO_PROXY's text leaves a host out: names and what ends with them, addresses, networks, ``*``, ports.

    >>> spared = "localhost, .okx.com,10.0.0.0/8,fd07:b51a::/32,[::1]:8080,api.example:8443"
    >>> [is_spared(host, 443, spared) for host in ("www.okx.com", "okx.com", "notokx.com", "10.2.3.4", "fd07:b51a::9", "::1")]
    [True, True, False, True, True, False]
    >>> is_spared("api.example", 8443, spared), is_spared("api.example", 443, spared), is_spared("any", 1, "*")
    (True, False, True)
    """
    host = host.lower().rstrip(".").strip("[]")
    return any(_is_meant(host, port, entry.lower()) for entry in re.split(r"[,\s]+", spared) if entry)


def secrets_of(address: str) -> list[str]:
    """Find what is secret in a proxy's address, in the forms in which it travels and is written.

    >>> secrets_of("http://ann:p%40ss@127.0.0.1:7890"), secrets_of("socks5h://127.0.0.1:1080"), secrets_of("no://[proxy")
    (['ann:p%40ss', 'p%40ss', 'p@ss', 'YW5uOnBAc3M='], [], [])
    """
    person, at, _ = address.partition("://")[2].rpartition("@")
    if not at:
        return []
    name, _, password = person.partition(":")
    travels = base64.b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    forms = [person, password, unquote(password), travels]
    return [form for form in dict.fromkeys(forms) if len(form) >= SHORTEST_SECRET]


def secrets_of_api(address: str) -> list[str]:
    """Find what is secret in the address of an interface: a name and password, a token in its path or behind it.

    >>> secrets_of_api("https://bot:p%40ssword@api.example:8443/t0kenOfMine"), secrets_of_api("https://tgtp-proxy:8443")
    (['bot:p%40ssword', 'p%40ssword', 'p@ssword', 'Ym90OnBAc3N3b3Jk', 't0kenOfMine'], [])
    """
    host = address.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    within = [word for word in secrets_within(address) if word not in (host, *host.split(":"))]
    return list(dict.fromkeys([*secrets_of(address), *within]))


def shared_secrets(environment: Mapping[str, str]) -> list[str]:
    """Find what is secret in the proxies that the environment names."""
    names = [f"{kind}_proxy" for kind in ("https", "http", "all")]
    texts = [environment.get(name, "") for name in (*names, *map(str.upper, names))]
    return [secret for text in texts for secret in secrets_of(text if "://" in text else f"http://{text}")]


def _host(host: str) -> str:
    if ":" in host:
        # Without a zone: no library takes one here.
        return f"[{ipaddress.IPv6Address(host.partition('%')[0])}]"
    name = host.encode("idna").decode()
    if not re.fullmatch(r"[a-z0-9._-]+", name, re.IGNORECASE):
        raise Invalid(Problem("setting.proxy.no_host"))
    return name


def _is_meant(host: str, port: int, entry: str) -> bool:
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:  # one of the two is a name, or has a port
        pass
    name, colon, only = entry.rpartition(":")
    if colon and only.isdecimal() and (":" not in name or name.endswith("]")):
        return str(port) == only and _is_meant(host, port, name)
    name = entry.removeprefix("*").strip("[]").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))
