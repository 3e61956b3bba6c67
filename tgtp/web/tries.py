"""How often a password may be tried."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable
from typing import Final

from tgtp.bounded_dict import BoundedDict
from tgtp.settings.urls import address_of

MINUTE: Final = 60.0
MOST_TRIES: Final = 5
# From all addresses together: guessing from many of them gains nothing.
MOST_IN_ALL: Final = 30
# Networks that have known the password: guesses from elsewhere do not keep them out.
MOST_REMEMBERED: Final = 64
# Any program on this machine can come from sixteen million addresses.
_HERE: Final = "this machine"


class Tries:
    """Counts wrong passwords: five a minute from one address, thirty from all. ``now`` gives seconds that never jump."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._wrong: deque[tuple[float, str]] = deque()
        self._have_known = BoundedDict[str, None](MOST_REMEMBERED)

    def wait(self, peer: str) -> float:
        """Return for how many seconds an address may not try; 0 where it may now."""
        now = self._now()
        while self._wrong and now - self._wrong[0][0] >= MINUTE:
            self._wrong.popleft()
        network = network_of(peer)
        limits = [([at for at, who in self._wrong if who == network], MOST_TRIES)]
        if network not in self._have_known:
            limits.append(([at for at, _ in self._wrong], MOST_IN_ALL))
        return max((times[-most] + MINUTE - now for times, most in limits if len(times) >= most), default=0)

    def right(self, peer: str) -> None:
        """Take down that an address knows the password."""
        self._have_known[network_of(peer)] = None

    def wrong(self, peer: str) -> None:
        """Take down a wrong one."""
        self._wrong.append((self._now(), network_of(peer)))


def network_of(peer: str) -> str:
    """Return whom an address stands for: of IPv6 everybody has a whole network, and this machine is one.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7"), network_of("2001:db8::1:2"), network_of("")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64', '')
    >>> {network_of("127.0.0.1"), network_of("127.9.9.9"), network_of("::1"), network_of("::ffff:127.0.0.2")}
    {'this machine'}
    """
    address = address_of(peer)
    if address is None:
        return peer
    if address.is_loopback:
        return _HERE
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
