from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fixtures.chromium import browser, chromium
from tests.monitor.fakes import Monitor
from tests.web.visitor import Visitor

__all__ = ["browser", "chromium"]


@pytest.fixture
async def visitor(monitor: Monitor) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        one = Visitor(session, monitor.server)
        await one.show_the_token()
        yield one
