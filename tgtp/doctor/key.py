"""The key of the main account alone: whether OKX takes it, and what it may do."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from tgtp.adapters.clock import SystemClock
from tgtp.doctor.account import judge_account, read_account
from tgtp.doctor.finding import Finding
from tgtp.domain.model import MAIN
from tgtp.exchanges import build_exchanges
from tgtp.settings.environment import Settings
from tgtp.settings.network import OKX_URL, tried_network

# The key itself is wrong, or is not for this place: no waiting helps.
WRONG_KEY = frozenset({"okx_demo", "okx_passphrase", "okx_key", "okx_signature", "okx_region"})


async def examine_key(settings: Settings) -> list[Finding]:
    """Return how OKX takes the key of the main account; only reading calls are made."""
    clock = SystemClock()
    exchanges = build_exchanges(settings, clock, tried_network(settings))
    try:
        account, _ = await read_account(exchanges[MAIN], clock.now())
    finally:
        await asyncio.gather(*(each.close() for each in exchanges.values()), return_exceptions=True)
    # What the rules would do with its legs hangs on a memory, which the doctor reads.
    return judge_account(account._replace(snapshot=None, rests=()), urlsplit(settings.okx_api_url or OKX_URL).hostname or "")
