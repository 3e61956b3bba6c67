"""How often a password may be tried."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final

from tgtp.bounded_dict import BoundedDict
from tgtp.settings.urls import address_of

MINUTE: Final = 60.0
MOST_TRIES: Final = 5
# Networks that are remembered. Whoever has more of them guesses more often, and still keeps nobody else out.
MOST_NETWORKS: Final = 1024
# Any program on this machine can come from sixteen million addresses.
_HERE: Final = "this machine"


class Tries:
    """Counts wrong passwords, five a minute from one network. ``now`` gives seconds that never jump.

    There is no limit for all networks together: a stranger would reach it, and keep the owner out.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._wrong = BoundedDict[str, list[float]](MOST_NETWORKS)

    def wait(self, peer: str) -> float:
        """Return for how many seconds an address may not try; 0 where it may now."""
        times = self._recent(peer)
        return times[-MOST_TRIES] + MINUTE - self._now() if len(times) >= MOST_TRIES else 0

    def wrong(self, peer: str) -> None:
        """Take down a wrong one."""
        times = self._recent(peer)
        self._wrong.pop(network_of(peer), None)
        self._wrong[network_of(peer)] = [*times, self._now()]

    def _recent(self, peer: str) -> list[float]:
        now = self._now()
        return [at for at in self._wrong.get(network_of(peer), ()) if now - at < MINUTE]


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
