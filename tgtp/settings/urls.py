"""Addresses in the settings: what is one, whether it is this machine, and what in it is secret."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from urllib.parse import SplitResult, unquote, urlsplit

from tgtp.errors import Invalid, Problem

# What is shorter within an address is a topic or a port rather than a token.
SHORTEST_SECRET = 8
# Networks that are nobody's but one's own. Not 198.18.0.0/15, though it is private too: proxies in "fake IP" mode answer with
# its addresses for every name there is.
AT_HOME = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10")
)
# Seconds for a look-up at the start.
LONGEST_LOOK_UP = 3.0
HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){0,20}\.?")


def is_address(text: str, schemes: tuple[str, ...]) -> bool:
    """Return whether a text is an address with one of these schemes, which a library will take as well."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        is_host = bool(HOST.fullmatch(host)) if "[" not in parts.netloc else bool(ipaddress.IPv6Address(host))
        return parts.scheme in schemes and is_host and parts.port != 0 and text.isascii() and text.isprintable()
    except ValueError:  # half of an IPv6 address, a port that is no number
        return False


def addresses_in(text: str) -> tuple[str, ...]:
    """Split a list of addresses.

    >>> addresses_in("ntfys://my-topic, mailto://me:p,w@example.com?to=a,b")
    ('ntfys://my-topic', 'mailto://me:p,w@example.com?to=a,b')
    """
    # A comma within an address separates nothing.
    return tuple(word for word in re.split(r"\s*,\s*(?=[\w+.-]+://)|[\s,]*\s[\s,]*|,+$", text) if word)


def secrets_within(address: str) -> list[str]:
    """Find what is secret in an address: its service puts it together anew, so that the whole would not be recognised.

    >>> secrets_within("mailto://ann:pass@mail.example.com?to=x"), secrets_within("tgram://1234567:AbCdEfGh/42/")
    (['pass'], ['1234567:AbCdEfGh', 'AbCdEfGh'])
    >>> secrets_within("json://127.0.0.1:8080/up"), secrets_within("slack://TokenOne/Token%2FTwo/#room?key=0123456789")
    ([], ['TokenOne', 'Token%2FTwo', 'Token/Two', '0123456789'])
    """
    place, _, query = address.partition("://")[2].partition("?")
    person, _, rest = place.rpartition("@")
    host, *words = rest.split("/")
    if "." not in host and not host.startswith(("localhost", "[")):
        # Many services have a token where others have a host.
        words = [host, *host.split(":"), *words]
    name, _, password = person.partition(":")
    words = [name, *words, *(pair.partition("=")[2] for pair in query.split("&"))]
    found = [password] * bool(password) + [word for word in words if len(word) >= SHORTEST_SECRET]
    return list(dict.fromkeys(form for word in found for form in (word, unquote(word))))


def is_this_machine(host: str | None) -> bool:
    """Return whether a host is the machine that this runs on.

    >>> is_this_machine("127.0.0.2"), is_this_machine("::1"), is_this_machine("127.example.com")
    (True, True, False)
    """
    if host == "localhost":
        return True
    address = address_of(host or "")
    return address is not None and address.is_loopback


def keep_token_at_home(api: SplitResult) -> None:
    """Refuse an address of the Bot API that takes the token out of one's own network in clear. Raises Invalid.

    A name that is not known yet passes: no check waits for it, and the token is not sent before the name leads home.
    """
    if api.scheme == "http" and not is_at_home(api.hostname or "", if_unknown=True):
        raise Invalid(Problem("setting.clear.token"))


def may_be_told_the_token(scheme: str, host: str, *, proxied: bool) -> bool:
    """Return whether the bot's token may go there now: over TLS, or in clear to this machine or a network of one's own.

    Behind a proxy only the proxy may know the name: of a container, if it has no dot.
    """
    return scheme == "https" or is_at_home(host, if_unknown=proxied and "." not in host)


def is_at_home(host: str, *, if_unknown: bool) -> bool:
    """Return whether a host is this machine or in a network of one's own, so that what is sent in clear stays there.

    A name is looked up, for three seconds at most; ``if_unknown`` where it cannot be found now.

    >>> [is_at_home(host, if_unknown=False) for host in ("localhost", "172.18.0.3", "203.0.113.9", "198.18.0.7")]
    [True, True, False, False]
    """
    if is_this_machine(host):
        return True
    if (address := address_of(host)) is not None:
        return _is_own(address)
    found = _looked_up(host)
    if not found:
        return if_unknown
    return all(address.is_loopback or _is_own(address) for address in found)


def _is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in AT_HOME)


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read a numeric address, one of IPv4 within IPv6 as that of IPv4; None where it is none."""
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _looked_up(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Look a name up, for three seconds at most; nothing where that cannot be done."""
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(address for row in rows if (address := address_of(str(row[4][0]))) is not None)

    # A thread that nobody waits for: a broken resolver takes half a minute, and nothing is guarded meanwhile.
    thread = threading.Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(LONGEST_LOOK_UP)
    return list(found)
