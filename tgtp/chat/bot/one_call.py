"""One call of the Bot API without the program around it: for what must be said, or looked up, while nothing runs."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx

from tgtp.settings.contact import Contact


class Called(NamedTuple):
    """What became of a call: its ``result``, or ``why`` it failed, in words without the token.

    ``is_unclear``: it went out, and no answer came.
    """

    ok: bool
    result: Any = None
    why: str = ""
    is_unclear: bool = False


def call_once(contact: Contact, method: str, request: dict[str, Any], patience: float) -> Called:
    """Call a method and wait at most some ``patience`` seconds for each step of it. Raises nothing for what fails out there."""
    try:
        proxy = contact.way.proxy or None
        with httpx.Client(timeout=patience, proxy=proxy, verify=contact.trust, trust_env=False) as client:
            reply = client.post(f"{contact.api_url}/bot{contact.token}/{method}", json=request)
            said = reply.json()
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, OSError, ValueError, RuntimeError) as exc:
        # Only what kind of failure it was: its text may quote the address, which has the token in it.
        return Called(ok=False, why=type(exc).__name__, is_unclear=isinstance(exc, httpx.ReadTimeout))
    if not isinstance(said, dict):
        return Called(ok=False, why=f"HTTP {reply.status_code}")
    if said.get("ok") is not True:
        return Called(ok=False, why=str(said.get("description") or f"HTTP {reply.status_code}")[:200])
    return Called(ok=True, result=said.get("result"))
