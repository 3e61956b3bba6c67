"""Addresses in the settings: what is one, whether it is this machine, and what in it is secret."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

# What is shorter within an address is a topic or a port rather than a token.
SHORTEST_SECRET = 8


def is_address(text: str, schemes: tuple[str, ...]) -> bool:
    """Say whether a text is an address with one of these schemes."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half of an IPv6 address, a port that is no number
        return False


def addresses_in(text: str) -> tuple[str, ...]:
    """Part a list of addresses.

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
    """Say whether a host is the machine that this runs on."""
    return host in ("localhost", "::1") or (host or "").startswith("127.")
