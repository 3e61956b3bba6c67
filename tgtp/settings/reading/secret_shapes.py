"""What secrets look like, and what may be shown of a value that a person has written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# How the names end whose values are keys of an account.
KEYS: Final = ("API_KEY", "API_SECRET", "API_PASSPHRASE")
HIDDEN: Final = "(hidden)"
# What a bot token looks like, wherever it turns up.
TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{30,}")
# A key of OKX, and its secret.
OKX_KEY = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
OKX_SECRET = re.compile(r"\b[0-9A-F]{32}\b")
# What may stand in front of the host of an address: name and password.
PERSON = re.compile(r"(?<=://)[^/\s@]{1,2000}@")
SHAPES = (TOKEN, OKX_KEY, OKX_SECRET, PERSON)

# A shorter secret may be part of a common word.
SHORTEST_WITHIN = 4
LONGEST_SHOWN = 60
# The secret of an authenticator app, in groups or not.
BASE32 = re.compile(r"[A-Z2-7]{16,}=*", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
HARMLESS = re.compile(r"[^\W\d_]{1,20}|\d{1,10}|\w{1,4}")
NAME = re.compile(r"(?:[A-Z]{1,20}[0-9]{0,3}_?)+")
AT = re.compile(r"(?:^|[\s,])@[A-Za-z_]+\b")


def is_harmless(text: str, secrets: Iterable[str] = ()) -> bool:
    """Return whether a value shows nothing that could be a secret: it is plain words and short numbers, as settings are.

    >>> [is_harmless(text) for text in ("binance", "Asia/Shanghai", "35:50,25:30", "@alice", "on_\\nclose", "1.5e3")]
    [True, True, True, True, True, True]
    >>> [is_harmless(text) for text in ("Tr4ding!Pass", "http://a:pw@proxy", "JBSW Y3DP EHPK 3PXP", "4174216298:AbC")]
    [False, False, False, False]
    >>> is_harmless("hunter", secrets=["hunter"])
    False
    """
    if len(text) > LONGEST_SHOWN or any(secret in text for secret in secrets if len(secret) >= SHORTEST_WITHIN):
        return False
    if text in secrets or BASE32.search(re.sub(r"[\s-]", "", text)) or any(shape.search(text) for shape in SHAPES):
        return False
    if "@" in AT.sub("", text) or re.search(r"\d{5,}:\w", text):
        return False
    return all(HARMLESS.fullmatch(word) for word in WORD.findall(text))


def is_a_name(text: str) -> bool:
    """Return whether this is the name of a setting, and no secret that has a = in it and would pass for one.

    >>> is_a_name("ALPHA1_API_KEY"), is_a_name("path"), is_a_name("JBSWY3DPEHPK3PXP"), is_a_name("c2VjcmV0OnBhc3M")
    (True, True, False, False)
    """
    return bool(NAME.fullmatch(text) and not BASE32.fullmatch(text)) or is_harmless(text)


def shown(text: str, secrets: Iterable[str] = ()) -> str:
    """Quote a value, or say that it is hidden."""
    return repr(text) if is_harmless(text, secrets) else HIDDEN


def veiled(text: str) -> str:
    """Strike out of a sentence whatever has the shape of a secret.

    >>> veiled("https://ann:pw@example.com cannot be reached")
    'https://•••example.com cannot be reached'
    """
    for shape in SHAPES:
        text = shape.sub("•••", text)
    return text
