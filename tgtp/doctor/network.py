"""The way of each side out of this machine."""

from __future__ import annotations

from tgtp.doctor.finding import Finding, attention, good
from tgtp.settings.network import Network

SIDES = {"okx": "OKX", "telegram": "Telegram"}


def judge_network(network: Network) -> list[Finding]:
    """Return by which way each side goes, and what of the environment cannot be used."""
    found = [attention(f"trouble_{trouble.kind}", what=trouble.what) for trouble in network.troubles]
    if network.in_clear:
        found.append(attention("token_in_clear", host=network.in_clear))
    for route in network.routes:
        side = SIDES[route.side]
        found.append(good("way", side=side, way=route.proxy) if route.proxy else good("way_direct", side=side))
    return found
