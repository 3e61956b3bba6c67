"""The one way to have a picture drawn: outside the event loop, with matplotlib loaded at the first one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from tgtp.chat.charts.model import Picture

# One thread: what matplotlib keeps for itself is not made for more, and one picture at a time leaves the checks a core.
_STUDIO = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


class CannotDraw(Exception):
    """The picture could not be drawn; whoever asked for it gets the words alone."""


async def drawn(picture: Picture) -> bytes:
    """Draw a picture as PNG. Raises CannotDraw."""
    return await asyncio.get_running_loop().run_in_executor(_STUDIO, _draw, picture)


def _draw(picture: Picture) -> bytes:
    try:
        # Imported here: matplotlib costs half a second and 60 MB, which whoever wants no pictures need not pay.
        from tgtp.chat.charts.draw import draw  # noqa: PLC0415

        return draw(picture)
    except (ImportError, ArithmeticError, LookupError, ValueError, RuntimeError, OSError) as exc:
        raise CannotDraw(f"{type(exc).__name__}: {exc}") from exc
