"""How often a password may be tried."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable
from typing import Final

MINUTE: Final = 60.0
MOST_TRIES: Final = 5
# From all addresses together: guessing from many of them gains nothing.
MOST_IN_ALL: Final = 30


class Tries:
    """Counts wrong passwords: five a minute from one address, thirty from all. ``now`` gives seconds that never jump."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._wrong: deque[tuple[float, str]] = deque()

    def wait(self, peer: str) -> float:
        """Return for how many seconds an address may not try; 0 where it may now."""
        now = self._now()
        while self._wrong and now - self._wrong[0][0] >= MINUTE:
            self._wrong.popleft()
        of_it = [at for at, who in self._wrong if who == network_of(peer)]
        ends = [times[-most] for times, most in ((of_it, MOST_TRIES), (self._times, MOST_IN_ALL)) if len(times) >= most]
        return max((at + MINUTE - now for at in ends), default=0)

    def wrong(self, peer: str) -> None:
        """Take down a wrong one."""
        self._wrong.append((self._now(), network_of(peer)))

    @property
    def _times(self) -> list[float]:
        return [at for at, _ in self._wrong]


def network_of(peer: str) -> str:
    """Return whom an address stands for: of IPv6 everybody has a whole network.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7"), network_of("2001:db8::1:2"), network_of("")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64', '')
    """
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
