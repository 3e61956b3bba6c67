"""The chat page in a headless Chromium: over the real process on a paper account, and over a Telegram that shows everything."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, FloatRect, Page, expect

from tests.e2e.process import Program, sooner
from tests.fixtures.local_web import served
from tests.fixtures.pages import chat_server
from tests.fixtures.waiting import DEADLINE, until
from tests.local_telegram.bot_api.test_calls import ask, keys
from tests.local_telegram.test_page import PNG
from tgtp import __version__
from tgtp.adapters.paper.account_file import PaperAccount
from tgtp.adapters.paper.drama import FALLS, LEGS
from tgtp.adapters.paper.simulated_market import COINS, SIMULATED_INSTRUMENTS
from tgtp.adapters.paper.simulated_market import opened as legs_of
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.access.confirmation import TOO_SOON
from tgtp.local_telegram.bot_api.server import LocalTelegram

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE = {"width": 390, "height": 844}
# One black point.
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
expect.set_options(timeout=DEADLINE * 1000)


# They share one browser, and its loop.
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def opened(browser: Browser, program: Program, *, dark: bool = False) -> Page:
    address = (await program.said("/?token=")).rsplit(" ", 1)[-1]
    context = await browser.new_context(viewport=PHONE, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(address)
    return page


def stage(folder: Path, *, just_before_its_fall: float) -> None:
    """Leave an account with the leg that is to fall, so many seconds before it does."""
    TinyLedger(folder).close()
    begun = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=FALLS[1].seconds - just_before_its_fall)
    marks = {"ETH-USDT-SWAP": Decimal(COINS["ETH-USDT-SWAP"].price)}
    legs = tuple(legs_of(LEGS, marks, SIMULATED_INSTRUMENTS, begun))
    # The trader's first visit lies behind.
    PaperAccount(genesis=begun, cash=Decimal(400), legs=legs, visits=1).write(folder / "paper.json")


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


async def test_a_new_user_sees_status_presses_a_button_and_hears_of_a_tier(tmp_path: Path, browser: Browser) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1) as program:
        page = await opened(browser, program)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await expect(page.get_by_text(f"tgtp {__version__} watches a paper account")).to_be_visible()
        await say(page, "/status")
        await expect(page.get_by_text("APT-USDT-SWAP").first).to_be_visible()
        await expect(page.get_by_text("Running").first).to_be_visible()

        await page.get_by_role("button", name="Refresh").first.click()
        # Nobody asks for this one: it arrives by itself when the market gets there.
        await expect(page.get_by_text("tier 1 (25%)").first).to_be_visible()
        await expect(page.get_by_text("Closed").first).to_be_visible()

        await say(page, "/close STX short 50%")
        await expect(page.get_by_text("Close STX short?")).to_be_visible()
        confirm = page.get_by_role("button", name="Close", exact=False).filter(has_text="✅").last
        await confirm.click()
        # As fast as no person reads is no answer yet; on a busy machine the first press comes late enough.
        too_quick, done = page.get_by_text("Too quick to have read it"), page.get_by_text("Done: STX short")
        await expect(too_quick.or_(done).first).to_be_visible()
        if await too_quick.is_visible():
            await page.wait_for_timeout(TOO_SOON * 1000)
            await confirm.click()
        await expect(done).to_be_visible()
        assert errors == []


async def test_the_page_speaks_chinese(tmp_path: Path, browser: Browser) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1, LANGUAGE="zh") as program:
        page = await opened(browser, program, dark=True)
        await expect(page.get_by_text("已启动")).to_be_visible()
        await say(page, "/status")
        await expect(page.get_by_text("运行中").first).to_be_visible()
        await say(page, "/close STX 空单")
        await expect(page.get_by_text("平仓 STX 空单？")).to_be_visible()
        await page.get_by_role("button", name="取消").last.click()
        await expect(page.get_by_text("已取消，未下单。")).to_be_visible()

        # The page's switch and the bot's /lang are one choice.
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_text("I speak English with you now.")).to_be_visible()
        await expect(page.get_by_text("only on this computer")).to_be_visible()
        await say(page, "/lang zh")
        await expect(page.get_by_text("已切换为中文。")).to_be_visible()
        await expect(page.get_by_text("仅在本机运行")).to_be_visible()


async def test_the_drawdown_drill_from_its_warning_to_the_next_peak(tmp_path: Path, browser: Browser) -> None:
    """The fall of the plot begins soon after the start; whatever takes long, it goes on for a minute and a half."""
    stage(tmp_path / "data" / "paper", just_before_its_fall=3)
    settings = {"PAPER_DRAMA": "on", "DRAWDOWN_WARN": 1, "DRAWDOWN_LIMIT": 2, "DRAWDOWN_ACTION": "close", "TOTP_SECRET": TOTP}
    async with Program(tmp_path, sooner(AGREE_AFTER=2), CHECK_INTERVAL=1, **settings) as program:
        page = await opened(browser, program)
        posts = page.locator(".post.bot")
        await expect(posts.filter(has_text="At 2% the guard acts")).to_have_count(1)
        fired = posts.filter(has_text="reached the limit of 2%")
        await expect(fired).to_have_count(1)
        await say(page, "/panel")
        await expect(page.locator("#pinned")).to_contain_text("Drawdown guard has")
        await say(page, "/resume")
        await expect(posts.filter(has_text="Going on arms the drawdown guard again")).to_be_visible()
        number = re.search(r"#(\d+)", await fired.inner_text())
        assert number is not None
        await say(page, f"/why {number[1]}")
        await expect(posts.filter(has_text="ETH long: 5 → 0")).to_be_visible()
        await say(page, "/report")
        await expect(
            posts.filter(has_text=re.compile("drawdown guard at .*1 leg closed → (saved|cost|no difference)"))
        ).to_be_visible()
        await say(page, "/guards reset")
        yes = posts.filter(has_text="Begin the drawdown guard anew?").locator(".key.success")
        await page.wait_for_timeout(TOO_SOON * 1000)
        await yes.click()
        await expect(page.get_by_text("authenticator").last).to_be_visible()
        await say(page, pyotp.TOTP(TOTP).now())
        await expect(posts.filter(has_text="is armed, with a peak of now")).to_be_visible()
        await say(page, "/panel")
        await expect(page.locator("#pinned")).to_contain_text(re.compile(r"Drawdown (0%|guard: no reading)"))
        assert sum("drawdown guard, ROI" in line for line in program.lines) == 1


TOKEN = "Xk3vQ9-zR7mT2_wL8pB4nC6sD1fG5hJ0"


async def test_an_open_page_finds_back_after_a_restart_and_shows_what_was_told(tmp_path: Path, browser: Browser) -> None:
    settings: dict[str, Any] = {"CHECK_INTERVAL": 1, "LOCAL_CHAT_TOKEN": TOKEN}
    async with Program(tmp_path, **settings) as program:
        told = await program.said("/?token=")
        assert TOKEN not in told
        port = told.partition("127.0.0.1:")[2].partition("/")[0]
        page = await (await browser.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
        await page.goto(f"http://127.0.0.1:{port}/?token={TOKEN}")
        await expect(page.get_by_text("tier 1 (25%)").first).to_be_visible()
        alert = await page.locator(".post.bot", has_text="tier 1 (25%)").first.locator(".words i").last.text_content()
        program.terminate()
        await program.ended()
        await expect(page.get_by_text("Connection lost")).to_be_visible()
    async with Program(tmp_path, **settings, LOCAL_CHAT_PORT=port) as again:
        await again.said("LOCAL_CHAT_TOKEN")
        await expect(page.get_by_text("Connection lost")).to_be_hidden()
        assert alert is not None
        await expect(page.locator(".post.bot", has_text=alert)).to_have_count(1)
        await say(page, "/status")
        await expect(page.get_by_text("Running").first).to_be_visible()
        # Loaded anew, too: the address bar holds no token by now.
        await page.reload()
        await expect(page.locator(".post.bot", has_text=alert)).to_have_count(1)
        assert TOKEN not in page.url


async def test_an_open_page_tells_nothing_to_whoever_takes_the_port_meanwhile(tmp_path: Path, browser: Browser) -> None:
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(f"{request.path_qs} {dict(request.headers)} {await request.text()}")
        if request.path == "/api/hello":
            return web.json_response({"run": "x", "proof": "0" * 64})
        return web.json_response({})

    settings = {"CHECK_INTERVAL": 1, "LOCAL_CHAT_TOKEN": TOKEN}
    async with Program(tmp_path, **settings) as program:
        port = (await program.said("/?token=")).partition("127.0.0.1:")[2].partition("/")[0]
        page = await (await browser.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
        await page.goto(f"http://127.0.0.1:{port}/?token={TOKEN}")
        await expect(page.get_by_text("tier 1 (25%)").first).to_be_visible()
        program.terminate()
        await program.ended()
    async with served(answer, port=int(port)):
        await until(lambda: len(heard) >= 2)
        await say(page, "/status")
        await page.wait_for_timeout(500)
    assert all(line.startswith("/api/hello?nonce=") for line in heard)
    assert TOKEN not in "".join(heard)
    assert "uthorization" not in "".join(heard)
    async with Program(tmp_path, **settings, LOCAL_CHAT_PORT=port) as again:
        await again.said("LOCAL_CHAT_TOKEN")
        await expect(page.locator("#lost")).to_be_hidden(timeout=10_000)
        await say(page, "/health")
        await expect(page.get_by_text("Last check").first).to_be_visible()


async def test_with_a_token_of_one_run_an_open_page_says_that_it_is_over(tmp_path: Path, browser: Browser) -> None:
    async with Program(tmp_path, LANGUAGE="zh") as program:
        page = await opened(browser, program)
        await expect(page.locator("#status")).to_have_text("机器人 · 仅在本机运行")
        port = page.url.rpartition(":")[2].strip("/")
    async with Program(tmp_path, LANGUAGE="zh", LOCAL_CHAT_PORT=port) as again:
        await again.said("/?token=")
        await expect(page.get_by_text("程序已重新启动")).to_be_visible()


# What a message may look like


@pytest.fixture
def tg() -> LocalTelegram:
    return LocalTelegram()


@pytest_asyncio.fixture(loop_scope="session")
async def chat(browser: Browser, tg: LocalTelegram) -> AsyncIterator[Page]:
    """A page over a Telegram that the test fills; it believes to be in the background, and must not complain."""
    local = chat_server(tg)
    await local.start()
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    await page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true })")
    await page.goto(local.address())
    # Whatever is sent before the first state has arrived is part of it, and news to nobody.
    await expect(page.locator("#status")).to_have_text("bot · only on this computer")
    yield page
    await context.close()
    await local.stop()
    assert complaints == []


async def box(page: Page, selector: str) -> FloatRect:
    found = await page.locator(selector).last.bounding_box()
    assert found is not None
    return found


async def test_a_picture_its_words_and_its_buttons_are_one_thing(chat: Page, tg: LocalTelegram) -> None:
    await ask(
        tg, "sendPhoto", {"photo": ("a.png", PNG, "image/png")}, caption="<b>STX</b>", parse_mode="HTML", reply_markup=keys("a")
    )
    await expect(chat.locator(".bubble .photo + .words b")).to_have_text("STX")
    photo, words, keyboard = [await box(chat, part) for part in (".photo", ".words", ".keyboard")]
    assert photo["y"] + photo["height"] <= words["y"]
    assert words["y"] + words["height"] <= keyboard["y"]
    assert photo["width"] == keyboard["width"] == (await box(chat, ".bubble"))["width"]


async def test_nothing_that_a_browser_sends_by_itself_is_worth_anything(browser: Browser, tg: LocalTelegram) -> None:
    local = chat_server(tg)
    await local.start()
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    sent: list[Any] = []

    def take(request: Any) -> None:
        # A method of a builtin is no handler to the library.
        sent.append(request)

    page.on("request", take)
    await page.goto(local.address())
    token = local.address().partition("token=")[2]
    await ask(tg, "sendPhoto", {"photo": ("a.png", PICTURE, "image/png")}, caption="a picture")
    image = page.locator(".photo img")
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("image => image.naturalWidth") == 1
    await say(page, "hello")
    await expect(page.get_by_text("hello")).to_be_visible()
    assert await context.cookies() == []
    for request in sent:
        headers = await request.all_headers()
        if request.resource_type != "fetch":
            assert "authorization" not in headers
        assert "cookie" not in headers
        assert token not in headers.get("referer", "")
        assert token not in request.url or request.url == local.address()
    assert {request.resource_type for request in sent if "/api/" in request.url} == {"fetch"}
    await context.close()
    await local.stop()


async def test_seven_buttons_fit_beside_each_other(chat: Page, tg: LocalTelegram) -> None:
    labels = ["−", "≥35%", "+", "−", "平100%", "+", "✕"]
    row = [{"text": label, "callback_data": str(number)} for number, label in enumerate(labels)]
    await ask(tg, "sendMessage", text="x", reply_markup={"inline_keyboard": [row]})
    await expect(chat.locator(".key")).to_have_count(7)
    heights = await chat.locator(".key").evaluate_all("(keys) => keys.map((key) => key.getBoundingClientRect().height)")
    assert set(heights) == {44}, "no label takes two lines"
    assert await chat.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_an_answer_quotes_what_it_answers_and_leads_to_it(chat: Page, tg: LocalTelegram) -> None:
    first = await ask(tg, "sendMessage", text="🎯 <b>STX</b> long\nmore", parse_mode="HTML")
    for number in range(40):
        await ask(tg, "sendMessage", text=f"{number}\n\n")
    await ask(tg, "sendMessage", text="again", reply_parameters={"message_id": first["message_id"]})
    await expect(chat.locator(".quote")).to_have_text("tgtp🎯 STX long")
    await expect(chat.get_by_text("more")).not_to_be_in_viewport()
    await chat.locator(".quote").click()
    await expect(chat.get_by_text("more")).to_be_in_viewport()


async def test_a_reaction_stands_under_what_was_said(chat: Page, tg: LocalTelegram) -> None:
    said = tg.user_text("/quiet off")
    await ask(tg, "setMessageReaction", message_id=said, reaction=[{"type": "emoji", "emoji": "👌"}])
    await expect(chat.locator(f".post[data-id='{said}'] .reaction")).to_have_text("👌")
    await chat.reload()
    await expect(chat.get_by_label("Reaction: 👌")).to_be_visible()
    await ask(tg, "setMessageReaction", message_id=said, reaction=[])
    await expect(chat.locator(".reaction")).to_have_count(0)


async def test_a_table_is_a_file_that_can_be_kept(chat: Page, tg: LocalTelegram) -> None:
    content = "when,what\n2026,好\n".encode("utf-8-sig")
    await ask(tg, "sendDocument", {"document": ("tgtp.csv", content, "text/csv")}, caption="2 events")
    await expect(chat.locator(".document")).to_have_text(f"tgtp.csv{len(content)} B")
    async with chat.expect_download() as download:
        await chat.locator(".document").click()
    kept = await download.value
    assert kept.suggested_filename == "tgtp.csv"
    assert await asyncio.to_thread((await kept.path()).read_bytes) == content


async def test_the_pinned_bar_shows_two_lines_and_follows_the_message(chat: Page, tg: LocalTelegram) -> None:
    panel: dict[str, Any] = await ask(tg, "sendMessage", text="🟢 Running\n\nEquity 1,000\nthird")
    await ask(tg, "pinChatMessage", message_id=panel["message_id"])
    lines = chat.locator("#pinned i")
    await expect(lines).to_have_text(["🟢 Running", "Equity 1,000"])
    await ask(tg, "editMessageText", message_id=panel["message_id"], text="⏸ Paused")
    await expect(lines).to_have_text(["⏸ Paused", ""])
    await ask(tg, "deleteMessage", message_id=panel["message_id"])
    await expect(chat.locator("#pinned")).to_be_hidden()


async def test_a_relative_time_ticks(chat: Page, tg: LocalTelegram) -> None:
    now = int(await chat.evaluate("Math.floor(Date.now() / 1000)"))
    text = f'seen <tg-time unix="{now - 8}" format="r">just now</tg-time>'
    await ask(tg, "sendMessage", text=text, parse_mode="HTML")
    shown = chat.locator("time")
    await expect(shown).to_have_text(r := re.compile(r"^\d+s ago$"))
    before = await shown.text_content()
    await expect(shown).not_to_have_text(before or "")
    await expect(shown).to_have_text(r)


async def test_what_is_silent_does_not_call_from_the_background(chat: Page, tg: LocalTelegram) -> None:
    await ask(tg, "sendMessage", text="rings")
    await expect(chat).to_have_title("(1) tgtp")
    await ask(tg, "sendMessage", text="whispers", disable_notification=True)
    await expect(chat.get_by_text("whispers")).to_be_visible()
    await ask(tg, "sendMessage", text="rings again")
    await expect(chat).to_have_title("(2) tgtp")
