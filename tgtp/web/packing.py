"""Packs what is streamed, message by message: packed once, one serves all readers."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from aiohttp import web

# The quickest: most of it is the same few words over and over.
_LEVEL: Final = 1
# Of gzip, without a name and a time.
_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


class Packing(NamedTuple):
    """How a stream is written: its headers, what it begins with, and how each message is written."""

    headers: Mapping[str, str]
    begin: bytes
    pack: Callable[[bytes], bytes]


def packed(message: bytes) -> bytes:
    """Return a message as blocks that refer to nothing before them, so that they may follow whatever was sent."""
    packer = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    return packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH)


PLAIN: Final = Packing({}, b"", lambda message: message)
GZIP: Final = Packing({"Content-Encoding": "gzip"}, _HEADER, packed)


def packing_for(request: web.Request) -> Packing:
    """Return how a reader may be written to."""
    taken = [each.strip() for each in request.headers.get("Accept-Encoding", "").split(",")]
    return GZIP if "gzip" in taken else PLAIN
