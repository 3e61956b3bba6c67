"""How long Telegram wants to be left alone, as its replies say it, in bounds that the library can take.

https://core.telegram.org/bots/api#responseparameters
"""

from __future__ import annotations

import json
from typing import NamedTuple

# Seconds: what fetches commands is asked again after five minutes at the latest, the library's own half second included.
LONGEST_SILENCE = 299
# What is sent obeys; but no number may be larger than a clock can add to now.
LONGEST_FLOOD = 30 * 86_400
# Where what it says is no time: nobody is left alone for a month because of that.
UNSAID = 60
# Calls that connect and fetch, rather than send.
FETCHING = frozenset({"getUpdates", "getMe", "deleteWebhook"})


class Flood(NamedTuple):
    """A reply that asks to be left alone for ``seconds``; ``payload`` says so in bounds."""

    seconds: float
    payload: bytes


def flood_of(call: str, payload: bytes) -> Flood | None:
    """Read a 429's reply; None where it names no time, or one that may stay as it is."""
    try:
        reply = json.loads(payload)
        asked = reply["parameters"]["retry_after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    bound = LONGEST_SILENCE if call in FETCHING else LONGEST_FLOOD
    if isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked <= bound:
        return None
    # Neither a fraction, nor a text, nor less than nothing is a time that Telegram gives.
    is_time = isinstance(asked, int | float) and not isinstance(asked, bool) and 0 < asked < float("inf")
    seconds = float(min(asked, LONGEST_FLOOD)) if is_time else float(UNSAID)
    reply["parameters"]["retry_after"] = max(1, int(min(seconds, bound)))
    return Flood(seconds, json.dumps(reply).encode())
