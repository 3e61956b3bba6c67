"""Takes pictures of every view of the monitoring page: both themes, three sizes, both languages.

``python scripts/monitor_screenshots.py FOLDER [view …]`` writes ``view-size-language-theme.png`` there. The page is the real
one, its document is made up (``tests/monitor``). Needs a Chromium.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.async_api import Page, async_playwright  # noqa: E402

from scripts.screenshots import lend_font  # noqa: E402
from tests.fixtures.chromium import NAMES, QUIET  # noqa: E402
from tests.monitor.browsing import DESK, PHONE, WALL, opened  # noqa: E402
from tests.monitor.fake_details import furnished, trouble  # noqa: E402
from tests.monitor.fake_server import FakeServer  # noqa: E402
from tests.monitor.made_document import MadeDocument  # noqa: E402

VIEWS = ("overview", "legs", "leg", "pairs", "accounts", "money", "events", "health")
SIZES = {"phone": PHONE, "desk": DESK, "wall": WALL}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LEGS = 60


async def shown(page: Page, view: str) -> None:
    """Wait until a view has drawn what it asks for by itself, and open what stands folded."""
    if view in ("leg", "money"):
        await page.locator(".canvas canvas").first.wait_for()
    if view == "events":
        await page.locator(".ask").first.click()
        await page.locator(".why").first.wait_for()
    await page.wait_for_timeout(300)


async def main(folder: Path, views: list[str]) -> None:
    lend_font()
    fake = FakeServer(lambda language: furnished(MadeDocument(LEGS, language=language)))
    await fake.start()
    path = next(found for name in NAMES if (found := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        for view, size, language, scheme in itertools.product(views, SIZES, ("en", "zh"), SCHEMES):
            if view == "trouble":
                fake.made(language)
                fake.tell(trouble)
            key = next(iter(fake.made(language).document["legs"]))
            address = {"leg": f"leg?key={key}", "trouble": "health"}.get(view, view)
            fake.made(language)
            fake.tell(MadeDocument.move)
            page, wrong = await opened(browser, fake, address, viewport=SIZES[size], language=language, scheme=scheme)
            await shown(page, view)
            picture = folder / f"{view}-{size}-{language}-{scheme}.png"
            await page.screenshot(path=picture, animations="disabled", full_page=size == "phone")
            print(picture, *wrong)
            await page.context.close()
        await browser.close()
    await fake.kill()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:] or [*VIEWS, "trouble"]))
