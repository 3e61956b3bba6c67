"""Who may come in, and what the page makes of a stream that breaks, of a server that dies, of figures that grow old."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.fixtures.waiting import until
from tests.monitor.browsing import PHONE, opened
from tests.monitor.fake_server import FakeServer
from tests.monitor.made_document import Document, MadeDocument, iso

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "a long password"
EVERYWHERE = """
async () => JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage },
  document.documentElement.outerHTML, performance.getEntriesByType("resource").map((one) => one.name)])
"""


@pytest_asyncio.fixture(loop_scope="session")
async def fake() -> AsyncIterator[FakeServer]:
    started = FakeServer(lambda language: MadeDocument(3, language=language), password=PASSWORD)
    await started.start()
    yield started
    await started.kill()


def happened(line: str) -> Callable[[MadeDocument], Document]:
    def happen(made: MadeDocument) -> Document:
        made.events += 1
        event = {
            "at": iso(made.now),
            "account": "main",
            "kind": "tier_filled",
            "leg": None,
            "coin": None,
            "line": line,
            "level": "tier",
        }
        return made.change({"events": {str(made.events): event}})

    return happen


def streams(fake: FakeServer) -> list[str]:
    return [line for line in fake.asked if "/stream" in line]


async def test_a_broken_stream_neither_doubles_nor_drops_an_event(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake)
    lines = page.locator(".happened li")
    fake.tell(happened("before it broke"))
    await expect(lines.filter(has_text="before it broke")).to_have_count(1)
    for turn in range(3):
        fake.cut()
        await until(lambda: fake.readers == 0)
        # Told while nobody listens.
        fake.tell(happened(f"meanwhile {turn}"))
        await expect(lines.filter(has_text=f"meanwhile {turn}")).to_have_count(1)
    await expect(lines.filter(has_text="before it broke")).to_have_count(1)
    whole, *again = streams(fake)
    assert whole.endswith("language=en")
    assert [re.search(r"-(\d+)$", line)[1] for line in again] == ["1", "2", "3"]  # type: ignore[index]
    assert wrong == []


async def test_a_killed_server_is_said_and_heals_by_itself(browser: Browser, fake: FakeServer) -> None:
    page, _ = await opened(browser, fake)
    fake.tell(happened("in the first run"))
    await expect(page.get_by_text("in the first run")).to_have_count(1)
    await fake.kill()
    await expect(page.locator("#notices")).to_contain_text("Connection lost")
    assert (await page.title()).startswith("⚠")
    await expect(page.locator("#fresh")).to_have_text("Connection lost")
    await fake.start()
    await expect(page.locator("#notices")).to_be_empty()
    await expect(page.locator("#said")).to_have_text("Connected again.")
    # Another run has another story: what it does not tell is gone.
    await expect(page.get_by_text("in the first run")).to_have_count(0)
    fake.tell(happened("in the second run"))
    await expect(page.get_by_text("in the second run")).to_have_count(1)
    assert "⚠" not in await page.title()


async def test_what_opens_the_page_is_nowhere_but_in_its_memory(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "legs?sort=next")
    word = fake.signed("tab", fake.run)
    found = await page.evaluate(EVERYWHERE)
    assert fake.token not in found
    assert word not in found
    assert page.url == f"http://127.0.0.1:{fake.port}/monitor#/legs?sort=next"
    assert await page.context.cookies() == []
    assert not any(fake.token in line or word in line for line in fake.asked[1:])
    await page.reload()
    # Memory is all there was: a page that is loaded anew asks who it is.
    await expect(page.get_by_role("heading")).to_have_text("Who is there?")
    field = page.get_by_label("Password")
    await field.fill("a wrong password")
    await field.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    await field.fill(PASSWORD)
    await field.press("Enter")
    await expect(page.get_by_role("heading", name="Legs")).to_be_visible()
    assert PASSWORD not in await page.evaluate(EVERYWHERE)
    # The password's word dies with the run, and nobody keeps the password.
    await fake.kill()
    await fake.start()
    await expect(page.get_by_text("the program was started anew, or it has been long")).to_be_visible()
    for _ in range(6):
        await field.fill("a wrong password")
        await field.press("Enter")
        await expect(page.get_by_role("button", name="Open")).to_be_enabled()
    await expect(page.get_by_role("alert")).to_have_text("Too many tries. Try again in 60 s.")
    assert [line for line in wrong if "40" not in line and "429" not in line] == []


async def test_a_server_that_does_not_know_the_token_is_told_nothing(browser: Browser, fake: FakeServer) -> None:
    page, _ = await opened(browser, fake)
    fake.token, token = "another", fake.token
    fake.cut()
    await expect(page.get_by_text("This address no longer opens the page")).to_be_visible()
    before = len(fake.asked)
    fake.token = token
    # It asks again by itself, at once where the browser has news of the network, and comes in when the right one answers.
    await page.evaluate("() => dispatchEvent(new Event('online'))")
    await expect(page.get_by_role("heading", name="Overview")).to_be_attached()
    assert all("hello" in line or "stream" in line or ".js" in line for line in fake.asked[before:])


async def test_old_figures_are_said_across_the_page(browser: Browser, fake: FakeServer) -> None:
    page, _ = await opened(browser, fake, viewport=PHONE, language="zh")

    def aged(seconds: int, account: str) -> Callable[[MadeDocument], Document]:
        at = iso(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds))
        meta: dict[str, Any] = {"meta": {"one": {"at": at}}} if account == "all" else {}
        return lambda made: made.change({**meta, "accounts": {"alpha": {"at": at}}})

    await expect(page.locator("#notices")).to_be_empty()
    fake.tell(aged(75, "alpha"))
    await expect(page.locator("#notices")).to_contain_text("alpha：数据是 75 秒前的")
    fake.tell(aged(190, "all"))
    await expect(page.locator("#notices")).to_contain_text("以下是 3 分钟前的数据")
    await expect(page.locator("#fresh")).to_contain_text("非实时")
    fake.tell(MadeDocument.move)
    await expect(page.locator("#notices")).to_be_empty()


async def test_it_is_not_called_live_while_an_account_is_not_read(browser: Browser, fake: FakeServer) -> None:
    page, _ = await opened(browser, fake)
    fresh = page.locator("#fresh")
    fake.tell(MadeDocument.move)
    await expect(fresh).to_have_text(re.compile(r"^Live · \d s ago$"))
    at = iso(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=8))
    told = [re.compile(r"^Not live: alpha from \d\d:\d\d:\d\d$"), re.compile(r"^Not live: data from \d\d:\d\d:\d\d$")]
    fails = {"failed": 1, "code": "unseen", "at": at}
    fake.tell(lambda made: made.change({"accounts": {"alpha": fails}}))
    await expect(fresh).to_have_text(told[0])
    fake.tell(lambda made: made.change({"accounts": {"main": fails}}))
    await expect(fresh).to_have_text(told[1])
    await expect(page.locator("#notices")).to_be_empty()
    # A look that hangs has not failed yet.
    at = iso(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=20))
    fake.tell(
        lambda made: made.change({"accounts": {name: {"failed": 0, "code": "running", "at": at} for name in made.accounts}})
    )
    await expect(fresh).to_have_text(told[1])
    fake.tell(MadeDocument.move)
    await expect(fresh).to_contain_text("Live")


async def said(page: Page) -> str:
    return " ".join((await page.locator("body").inner_text()).split())


async def test_another_language_is_spoken_at_once_and_kept(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "legs")
    await page.get_by_role("button", name="中").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("仓位")
    await expect(page.locator(".row").first).to_contain_text(re.compile("等待|触发"))
    assert await page.get_attribute("html", "lang") == "zh-Hans"
    assert [line.partition("language=")[2] for line in streams(fake)] == ["en", "zh"]
    assert "waits for" not in await said(page)
    assert wrong == []
