"""Server-sent events: written as they come, with a sign of life in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from tgtp.web.packing import PLAIN, Packing


async def send_events(
    request: web.Request,
    closing: asyncio.Event,
    following: Callable[[], Awaitable[bytes | None]],
    *,
    sign_of_life: float,
    packing: Packing = PLAIN,
) -> web.StreamResponse:
    """Send what ``following`` gives, message by message, until it gives None, the reader leaves or ``closing`` is set.

    ``sign_of_life``: seconds without a message after which a comment is sent. What ``following`` gives is packed already, where
    anything is.
    """
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", **packing.headers})
    await stream.prepare(request)
    begin = packing.begin
    ends = asyncio.ensure_future(closing.wait())
    message = asyncio.ensure_future(following())
    try:
        while not ends.done():
            await asyncio.wait({message, ends}, timeout=sign_of_life, return_when=asyncio.FIRST_COMPLETED)
            if not message.done():
                await stream.write(begin + packing.pack(b": still here\n\n"))
                begin = b""
                continue
            if (text := message.result()) is None:
                break
            message = asyncio.ensure_future(following())
            await stream.write(begin + text)
            begin = b""
    except ConnectionResetError:
        # The browser left; there is nobody to tell.
        pass
    finally:
        ends.cancel()
        message.cancel()
    return stream
