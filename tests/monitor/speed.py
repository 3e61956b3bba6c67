"""Print how long the page takes in a headless Chromium: its first paint, and the main thread's time of an update.

``python -m tests.monitor.speed --legs 500``; what each update costs is all of it: script, style, layout and paint.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
from typing import Any

from playwright.async_api import CDPSession, async_playwright

from tests.fixtures.chromium import NAMES, QUIET
from tests.monitor.browsing import DESK, PHONE, opened
from tests.monitor.fake_server import FakeServer
from tests.monitor.made_document import MadeDocument

UPDATES = 12
WATCH = """
window.long = [];
new PerformanceObserver((list) => window.long.push(...list.getEntries().map((one) => one.duration)))
  .observe({ type: "longtask", buffered: true });
"""
FIRST = """
() => ({ paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1, shown: performance.now(),
  longest: Math.max(0, ...window.long) })
"""


async def metrics(session: CDPSession) -> dict[str, float]:
    answer: Any = await session.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in answer["metrics"]}


async def measure(legs: int, views: list[str]) -> None:
    fake = FakeServer(lambda language: MadeDocument(legs, language=language))
    await fake.start()
    path = next(found for name in NAMES if (found := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        # The first page of a browser pays for the browser.
        await (await opened(browser, fake))[0].context.close()
        for view in views:
            for name, viewport in (("desk", DESK), ("phone", PHONE)):
                context = await browser.new_context(viewport=viewport)
                page = await context.new_page()
                await page.add_init_script(WATCH)
                session = await context.new_cdp_session(page)
                # The thread's own time: what other programs take of the machine is not the page's.
                await session.send("Performance.enable", {"timeDomain": "threadTicks"})
                await page.goto(f"{fake.address}#/{view}")
                await page.locator("main h1").wait_for()
                first = await page.evaluate(FIRST)
                await page.wait_for_timeout(500)
                spent, scripts = [], []
                for _ in range(UPDATES):
                    before = await metrics(session)
                    fake.tell(MadeDocument.move)
                    await page.wait_for_timeout(300)
                    after = await metrics(session)
                    spent.append((after["TaskDuration"] - before["TaskDuration"]) * 1000)
                    scripts.append((after["ScriptDuration"] - before["ScriptDuration"]) * 1000)
                own = await page.evaluate("() => performance.getEntriesByName('update', 'measure').map((one) => one.duration)")
                print(
                    f"{view} {name}, {legs} legs: first paint {first['paint']:.0f} ms, shown {first['shown']:.0f} ms, longest "
                    f"task {first['longest']:.0f} ms; an update of all marks: {statistics.median(spent):.0f} ms of the main "
                    f"thread (most {max(spent):.0f}), of it script {statistics.median(scripts):.0f}, the view's own "
                    f"{statistics.median(own):.1f}"
                )
                await context.close()
        await browser.close()
    await fake.kill()


if __name__ == "__main__":
    asking = argparse.ArgumentParser()
    asking.add_argument("--legs", type=int, default=500)
    asking.add_argument("--views", nargs="+", default=["overview", "legs"])
    given = asking.parse_args()
    asyncio.run(measure(given.legs, given.views))
