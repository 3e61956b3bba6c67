"""What OKX and ccxt raise → what the engine must do about it. Where in doubt, an order's outcome is unknown.

https://www.okx.com/docs-v5/en/#error-code
"""

from __future__ import annotations

import json
import re
from decimal import InvalidOperation

import aiohttp
import ccxt.async_support as ccxt

from tgtp.adapters.okx.client import LedElsewhere, ReplyTooLong
from tgtp.adapters.proxied import SOCKS_PROBLEMS
from tgtp.adapters.refusals import refused
from tgtp.errors import AccessRefused, ExchangeProblem, NotSent, OutcomeUnknown, Problem, TemporarilyDown

# OKX's codes whose ccxt class would mislead: see the table in the tests, one row each.
UNKNOWN_CODES = frozenset({"50004", "50042", "50061", "51016", "51054", "51149"})
UNKNOWN_WORDS = ("timed out", "timeout", "already exist")
REFUSED_CODES = frozenset({"4088", "50027", "50030", "50035"})
# 501xx is about keys, except these two: a clock that is off, and a wrong HTTP method.
NOT_ABOUT_KEYS = frozenset({"50102", "50115"})
# 51065 and 51068: a conditional order of this name exists, waiting or ended; nothing came of this one. 51410: its end was
# asked for before.
DEFINITE_CODES = frozenset({"50011", "50102", "51065", "51068", "51410"})
CLOCK_CODES = frozenset({"50036", "50102"})
# Refused for its size: what is known of lots, or of the largest order, is no longer so.
SIZE_CODES = frozenset({"51007", "51020", "51108", "51120", "51121", "51201", "51202"})
# What ccxt itself raises when a body has a shape that it did not expect.
NO_SENSE = (TypeError, KeyError, ValueError, AttributeError, IndexError, InvalidOperation, RecursionError)
# No connection was made, by the host or by the proxy before it: nothing of a request has left for OKX.
NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, *SOCKS_PROBLEMS)
NOT_OF_OKX = Problem("problem.proxy")
PROXY_WANTS_TO_KNOW = 407
OTHER_REGION, OTHER_MODE = "50119", "50101"
WRONG_ADDRESS = "50110"
ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:]|\.\d)")


def code_of(exc: BaseException) -> tuple[str, str]:
    """Read OKX's own code and words out of what ccxt raised; the real reason of an order is in ``sCode``, not outside."""
    _, brace, rest = str(exc).partition("{")
    try:
        body = json.loads(brace + rest)
    except json.JSONDecodeError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    data = body.get("data")
    if isinstance(data, list) and data and isinstance(data[0], dict) and data[0].get("sCode"):
        return str(data[0]["sCode"]), str(data[0].get("sMsg", ""))
    return str(body.get("code", "")), str(body.get("msg", ""))


def reading_problem(exc: BaseException) -> ExchangeProblem:
    """Class what a reading call raised."""
    code, words = code_of(exc)
    if _is_about_keys(exc, code):
        return AccessRefused(_problem(code, words, exc))
    return TemporarilyDown(_problem(code, words, exc))


def submission_problem(exc: BaseException) -> ExchangeProblem:
    """Class what sending an order raised, most specific first: only what is definite may be taken for a refusal."""
    if isinstance(exc.__cause__, NOT_CONNECTED):
        # Refused, no such host, no TLS, a proxy that would not: nothing was written to any connection.
        return NotSent(_problem("", "", exc))
    code, words = code_of(exc)
    if code in DEFINITE_CODES:
        return refused(code, words or "refused")
    if _leaves_open(code, words):
        return OutcomeUnknown(_problem(code, words, exc))
    # 51xxx is about this order, whatever ccxt makes of it: it must not stop the others. A bare 401 or 403 may be a proxy's,
    # on the way back.
    if code and _is_about_keys(exc, code) and not code.startswith("51"):
        return AccessRefused(_problem(code, words, exc))
    if isinstance(exc, ccxt.ExchangeError) and code.isdigit() and len(code) == 5:
        return refused(code, words or "refused without words")
    return OutcomeUnknown(_problem(code, words, exc))


def answered_problem(code: str, words: str) -> ExchangeProblem:
    """Class what a reply that was taken says of one order in it, refused by this code."""
    if code not in DEFINITE_CODES and (_leaves_open(code, words) or not (code.isdigit() and len(code) == 5)):
        return OutcomeUnknown(Problem("problem.says", code=code, words=words) if words else Problem("problem.code", code=code))
    return refused(code, words or "refused without words")


def _leaves_open(code: str, words: str) -> bool:
    """Return whether a refusal does not say that nothing has come of it."""
    said = words.lower()
    return code in UNKNOWN_CODES or any(sign in said for sign in UNKNOWN_WORDS) or (code == "51000" and "clordid" in said)


def _is_about_keys(exc: BaseException, code: str) -> bool:
    # PermissionDenied and AccountSuspended are AuthenticationErrors to ccxt.
    about_keys = code.startswith("501") and len(code) == 5 and code not in NOT_ABOUT_KEYS
    return isinstance(exc, ccxt.AuthenticationError) or code in REFUSED_CODES or about_keys


def _problem(code: str, words: str, exc: BaseException) -> Problem:
    if code == WRONG_ADDRESS and (seen := ADDRESS.search(words)):
        # Not OKX's own words: they quote the key.
        return Problem("problem.address", code=code, address=seen[0])
    if code not in ("", "0"):
        if code == OTHER_REGION:
            hosts = "https://www.okx.com, https://eea.okx.com or https://us.okx.com"
            return Problem("problem.region", code=code, words=words, hosts=hosts)
        if code == OTHER_MODE:
            return Problem("problem.demo", code=code, words=words)
        return Problem("problem.says", code=code, words=words) if words else Problem("problem.code", code=code)
    if isinstance(exc.__cause__, ReplyTooLong):
        return Problem("problem.huge", megabytes=exc.__cause__.megabytes)
    if isinstance(exc.__cause__, LedElsewhere):
        return NOT_OF_OKX
    if isinstance(exc.__cause__, aiohttp.ClientHttpProxyError):
        status = exc.__cause__.status
        return Problem("problem.proxy_who") if status == PROXY_WANTS_TO_KNOW else Problem("problem.proxy_no", code=status)
    kind = type(exc).__name__
    return {
        "AuthenticationError": Problem("problem.keys"),
        "RequestTimeout": Problem("problem.slow"),
        "ExchangeNotAvailable": Problem("problem.away"),
        "RateLimitExceeded": Problem("problem.flood"),
        "NetworkError": Problem("problem.network"),
    }.get(kind, Problem("problem.nonsense", kind=kind))
