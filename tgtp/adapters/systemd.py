"""Talks to systemd, as its manual of sd_notify says: lines of NAME=VALUE in a datagram to a socket that it names."""

from __future__ import annotations

import logging
import socket

from tgtp.engine.ports import Supervisor

log = logging.getLogger(__name__)


class Systemd(Supervisor):
    """Reaches systemd by the socket at ``address``, the value of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        # With an @ in front the name is not that of a file, but one in Linux's abstract namespace.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def running(self, status: str) -> None:
        """Say that the start is over and the service alive."""
        # Said once, READY could be lost when systemd is busy, and the start would be taken for failed; again, it means nothing.
        self._tell("READY=1", "WATCHDOG=1", f"STATUS={' '.join(status.split())}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the service ends by itself."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
                # A check must not wait for systemd.
                wire.setblocking(False)
                wire.sendto("\n".join(lines).encode(), self._address)
        except OSError as exc:
            log.debug("systemd could not be told: %s", exc)
