"""Somebody at the monitoring page, of a fake server or of a real one, in a headless Chromium."""

from __future__ import annotations

from typing import Literal, Protocol

from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.fixtures.waiting import DEADLINE

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}
WALL: ViewportSize = {"width": 2560, "height": 1440}
expect.set_options(timeout=DEADLINE * 1000)


class Server(Protocol):
    """Who serves the page: the address to open, token and all, and its port."""

    @property
    def address(self) -> str: ...

    @property
    def port(self) -> int: ...


async def opened(
    browser: Browser,
    server: Server,
    path: str = "overview",
    *,
    viewport: ViewportSize = DESK,
    language: str = "en",
    scheme: Literal["light", "dark"] = "light",
) -> tuple[Page, list[str]]:
    """Open a view in a context of its own; also gives what goes wrong from then on: errors, and what the policy forbids."""
    locale = "zh-CN" if language == "zh" else "en-GB"
    context = await browser.new_context(viewport=viewport, locale=locale, color_scheme=scheme, reduced_motion="reduce")
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda request: None if request.url.startswith(("data:", _root(server))) else wrong.append(request.url))
    await page.goto(f"{server.address}#/{path}")
    await page.locator("main h1").wait_for()
    return page, wrong


def _root(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/"
