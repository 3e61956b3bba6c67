"""Takes pictures of every view of the monitoring page: both themes, three sizes, both languages.

``python scripts/monitor_screenshots.py FOLDER [view …]`` writes ``view-size-language-theme.png`` there; without words, those of
``docs/img``. The page is the real one, its document is made up (``tests/monitor``). Needs a Chromium.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from pathlib import Path
from typing import Literal, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.async_api import Page, async_playwright  # noqa: E402

from scripts.screenshots import IMAGES, keep, lend_font  # noqa: E402
from tests.fixtures.chromium import NAMES, QUIET  # noqa: E402
from tests.monitor.browsing import DESK, PHONE, WALL, opened  # noqa: E402
from tests.monitor.fake_details import furnished, trouble  # noqa: E402
from tests.monitor.fake_server import FakeServer  # noqa: E402
from tests.monitor.made_document import MadeDocument  # noqa: E402

VIEWS = ("overview", "legs", "leg", "pairs", "accounts", "money", "events", "health")
SIZES = {"phone": PHONE, "desk": DESK, "wall": WALL}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LEGS = 60


class Shot(NamedTuple):
    """A view as somebody sees it."""

    view: str
    size: str
    language: str
    scheme: Literal["light", "dark"]

    @property
    def name(self) -> str:
        return "-".join(self)


# Those that the documents show.
SHOWN = (
    Shot("overview", "desk", "en", "light"),
    Shot("overview", "desk", "zh", "light"),
    Shot("leg", "desk", "en", "dark"),
)


async def shown(page: Page, view: str) -> None:
    """Wait until a view has drawn what it asks for by itself, and open what stands folded."""
    if view in ("leg", "money"):
        await page.locator(".canvas canvas").first.wait_for()
    if view == "events":
        await page.locator(".ask").first.click()
        await page.locator(".why").first.wait_for()
    await page.wait_for_timeout(300)


async def main(folder: Path, shots: list[Shot]) -> None:
    lend_font()
    fake = FakeServer(lambda language: furnished(MadeDocument(LEGS, language=language)))
    await fake.start()
    path = next(found for name in NAMES if (found := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        for shot in shots:
            made = fake.made(shot.language)
            # Else its figures would be old.
            fake.tell(trouble if shot.view == "trouble" else MadeDocument.move)
            key = next(key for key, leg in made.document["legs"].items() if leg["tiers"][0]["status"] == "fired")
            address = {"leg": f"leg?key={key}", "trouble": "health"}.get(shot.view, shot.view)
            page, wrong = await opened(
                browser, fake, address, viewport=SIZES[shot.size], language=shot.language, scheme=shot.scheme
            )
            await shown(page, shot.view)
            picture = await page.screenshot(animations="disabled", full_page=shot.size == "phone" and folder != IMAGES)
            keep(picture, f"{'monitor-' if folder == IMAGES else ''}{shot.name}", folder)
            print(*wrong, end="")
            await page.context.close()
        await browser.close()
    await fake.kill()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        asyncio.run(main(IMAGES, list(SHOWN)))
    else:
        chosen = sys.argv[2:] or [*VIEWS, "trouble"]
        every = [Shot(*of) for of in itertools.product(chosen, SIZES, ("en", "zh"), SCHEMES)]
        asyncio.run(main(Path(sys.argv[1]).resolve(), every))
