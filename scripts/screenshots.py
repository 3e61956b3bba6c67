"""Takes the pictures of the README: ``.venv/bin/python scripts/screenshots.py``. Needs a Chromium."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.async_api import Page, async_playwright  # noqa: E402

from tests.e2e.process import Program  # noqa: E402

IMAGES = ROOT / "docs" / "img"
PHONE = {"width": 390, "height": 844}


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")
    await page.wait_for_timeout(700)


async def take(language: str, scheme: str) -> None:
    path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            async_playwright() as playwright,
            Program(Path(folder), CHECK_INTERVAL=2, LANGUAGE=language) as program,
        ):
            address = (await program.said("http://127.0.0.1:")).rsplit(" ", 1)[-1]
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            context = await browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(address)
            await page.wait_for_timeout(1500)
            await say(page, "/status")
            await page.screenshot(path=IMAGES / f"status-{language}.png")
            await say(page, "/close STX short 50%")
            await page.screenshot(path=IMAGES / f"close-{language}.png")
            words = {"en": "tier 1 (25%)", "zh": "触发第 1 档"}[language]
            await page.get_by_text(words).first.wait_for(timeout=60_000)
            await page.wait_for_timeout(500)
            await page.screenshot(path=IMAGES / f"alert-{language}.png")
            await browser.close()


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    await take("en", "light")
    await take("zh", "dark")


if __name__ == "__main__":
    asyncio.run(main())
