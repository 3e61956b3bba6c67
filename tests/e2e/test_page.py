"""The chat page in a headless Chromium, over the real process on a paper account."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.e2e.process import Program
from tests.patience import DEADLINE
from tgtp.chat.confirm import TOO_SOON

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=DEADLINE * 1000)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("TGTP_REQUIRE_CHROMIUM"):
            pytest.fail("no Chromium here, but this run must not skip the page")
        pytest.skip("no Chromium is installed; the package chromium brings one")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        await chromium.close()


async def opened(browser: Browser, program: Program, *, dark: bool = False) -> Page:
    address = (await program.said("http://127.0.0.1:")).rsplit(" ", 1)[-1]
    context = await browser.new_context(viewport=PHONE, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(address)
    return page


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


async def test_a_new_user_sees_status_presses_a_button_and_hears_of_a_tier(tmp_path: Path, browser: Browser) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1) as program:
        page = await opened(browser, program)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await expect(page.get_by_text("tgtp 0.1.0 watches a paper account")).to_be_visible()
        await say(page, "/status")
        await expect(page.get_by_text("APT-USDT-SWAP").first).to_be_visible()
        await expect(page.get_by_text("Running").first).to_be_visible()

        await page.get_by_role("button", name="Refresh").first.click()
        # Nobody asks for this one: it arrives by itself when the market gets there.
        await expect(page.get_by_text("tier 1 (25%)").first).to_be_visible()
        await expect(page.get_by_text("Closed").first).to_be_visible()

        await say(page, "/close STX short 50%")
        await expect(page.get_by_text("Close STX-USDT-SWAP short?")).to_be_visible()
        confirm = page.get_by_role("button", name="Close", exact=False).filter(has_text="✅").last
        await confirm.click()
        # As fast as no person reads: that was no answer yet.
        await expect(page.get_by_text("Too quick to have read it")).to_be_visible()
        await page.wait_for_timeout(TOO_SOON * 1000)
        await confirm.click()
        await expect(page.get_by_text("Done: STX-USDT-SWAP short")).to_be_visible()
        assert errors == []


async def test_the_page_speaks_chinese(tmp_path: Path, browser: Browser) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1, LANGUAGE="zh") as program:
        page = await opened(browser, program, dark=True)
        await expect(page.get_by_text("开始看护")).to_be_visible()
        await say(page, "/status")
        await expect(page.get_by_text("运行中").first).to_be_visible()
        await say(page, "/close STX 空单")
        await expect(page.get_by_text("平仓 STX-USDT-SWAP 空单？")).to_be_visible()
        await page.get_by_role("button", name="取消").last.click()
        await expect(page.get_by_text("已取消，未下单。")).to_be_visible()

        # The page's switch and the bot's /lang are one choice.
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_text("I speak English with you now.")).to_be_visible()
        await expect(page.get_by_text("only on this computer")).to_be_visible()
        await say(page, "/lang zh")
        await expect(page.get_by_text("已切换为中文。")).to_be_visible()
        await expect(page.get_by_text("仅在本机运行")).to_be_visible()
