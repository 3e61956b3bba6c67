"""Take pictures of every view in both themes, sizes and languages: ``python -m tests.monitor.screenshots FOLDER``."""

from __future__ import annotations

import argparse
import asyncio
import shutil
from pathlib import Path
from typing import Literal

from playwright.async_api import async_playwright

from tests.fixtures.chromium import NAMES, QUIET
from tests.monitor.browsing import DESK, PHONE, WALL, opened
from tests.monitor.fake_server import FakeServer
from tests.monitor.made_document import MadeDocument

VIEWS = ("overview", "legs", "leg", "pairs", "accounts", "money", "events", "health")
SIZES = {"phone": PHONE, "desk": DESK, "wall": WALL}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def take(folder: Path, legs: int, views: list[str], sizes: list[str], languages: list[str], schemes: list[str]) -> None:
    fake = FakeServer(lambda language: MadeDocument(legs, language=language))
    await fake.start()
    path = next(found for name in NAMES if (found := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        for language in languages:
            for scheme in SCHEMES:
                for size in sizes if scheme in schemes else ():
                    page, wrong = await opened(browser, fake, viewport=SIZES[size], language=language, scheme=scheme)
                    key = next(iter(fake.made(language).document["legs"]), "")
                    for view in views:
                        await page.evaluate(
                            "to => { location.hash = to; }", f"#/{view}" + (f"?key={key}" if view == "leg" else "")
                        )
                        await page.wait_for_timeout(400)
                        await page.screenshot(path=folder / f"{view}-{size}-{scheme}-{language}.png")
                    await page.context.close()
                    print("\n".join(wrong), end="")
        await browser.close()
    await fake.kill()


if __name__ == "__main__":
    asking = argparse.ArgumentParser()
    asking.add_argument("folder", type=Path)
    asking.add_argument("--legs", type=int, default=60)
    asking.add_argument("--views", nargs="+", default=list(VIEWS))
    asking.add_argument("--sizes", nargs="+", default=list(SIZES))
    asking.add_argument("--languages", nargs="+", default=["en", "zh"])
    asking.add_argument("--schemes", nargs="+", default=list(SCHEMES))
    given = asking.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(given.folder, given.legs, given.views, given.sizes, given.languages, given.schemes))
