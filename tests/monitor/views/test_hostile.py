"""Whatever others have named their coins, or refuse with, is text on the page and nothing else."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.async_api import Browser, Route, expect

from tests.fixtures.chromium import browser, chromium
from tests.fixtures.waiting import until
from tests.monitor.browsing import opened
from tests.monitor.fake_details import furnished
from tests.monitor.fake_server import FakeServer
from tests.monitor.made_document import MadeDocument

__all__ = ["browser", "chromium"]

pytestmark = pytest.mark.asyncio(loop_scope="session")
TRICK = "\"'><img src=x onerror=alert(1)><script>alert(2)</script><a href=javascript:alert(3)>{{7*7}}</a>"
VIEWS = ("overview", "legs", "pairs", "accounts", "money", "events", "health")
# Numbers, moments, and the words that the page itself gives a meaning.
MEANT = re.compile(r"-?[0-9].*|[a-z_]*|[A-Za-z]+/[A-Za-z_]+")


def hostile(found: Any) -> Any:
    """Have every text that is not the program's own word end in the trick."""
    if isinstance(found, dict):
        return {name: hostile(value) for name, value in found.items()}
    if isinstance(found, list):
        return [hostile(each) for each in found]
    return found + TRICK if isinstance(found, str) and not MEANT.fullmatch(found) else found


def made(language: str) -> MadeDocument:
    document = furnished(MadeDocument(12, language=language, accounts=("main", "al" + TRICK)))
    named = json.dumps(document.document).replace("-USDT-SWAP", "-USDT-SWAP" + json.dumps(TRICK)[1:-1])
    document.document = {
        section: {key: poisoned(record) for key, record in records.items()} for section, records in json.loads(named).items()
    }
    return document


def poisoned(record: Any) -> Any:
    """Poison a record, but what points to others."""
    if not isinstance(record, dict):
        return record
    return hostile(record) | {name: record[name] for name in ("instrument", "leg", "account", "zone") if name in record}


async def test_whatever_others_call_their_things_is_only_text(browser: Browser) -> None:
    fake = FakeServer(made)
    await fake.start()
    page, wrong = await opened(browser, fake)
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    told: list[str] = []

    async def answered(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json=hostile(await answer.json()))
        told.append(urlsplit(answer.url).path.rpartition("/")[2])

    await page.route(re.compile("/api/monitor/(leg|money|events|why)"), answered)
    leg = quote(next(iter(fake.made("en").document["legs"])), safe="")
    for view in (*VIEWS, f"leg?key={leg}"):
        await page.evaluate("(view) => { location.hash = `#/${view}`; }", view)
        await page.locator("main h1").wait_for()
        if view == "events":
            await page.locator("button.ask").first.click()
            await until(lambda: "why" in told)
        if (asked := view.partition("?")[0]) in ("leg", "money", "events"):
            await until(partial(told.__contains__, asked))
        await expect(page.locator("main")).to_contain_text("onerror=alert(1)" if view != "money" else "U")
        made_of_it = await page.locator("main img, main script, [href^=javascript], [onerror]").count()
        assert (made_of_it, wrong) == (0, [])
    await page.unroute_all(behavior="ignoreErrors")
    await fake.kill()
