"""The page over a document that changes: what it shows, what its address keeps, and that data stays text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.fixtures.thoroughness import FULL
from tests.monitor import axe
from tests.monitor.browsing import DESK, PHONE, opened
from tests.monitor.fake_server import STATIC, FakeServer
from tests.monitor.made_document import MadeDocument

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>"


@pytest_asyncio.fixture(loop_scope="session")
async def fake() -> AsyncIterator[FakeServer]:
    started = FakeServer(lambda language: MadeDocument(60, language=language))
    await started.start()
    yield started
    await started.kill()


def coming(fake: FakeServer) -> str:
    """Return a leg that has a next tier, with another behind it."""
    legs = fake.made("en").document["legs"]
    return next(key for key, leg in legs.items() if [tier["status"] for tier in leg["tiers"]] == ["next", "waiting", "waiting"])


def row(page: Page, key: str) -> Any:
    account, _, name = key.partition("|")
    return page.locator(f'.row:has(a[href*="{account}%7C{name}"])').filter(has_text=account).first


async def test_a_tier_fires_and_a_leg_closes_before_ones_eyes(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "legs?sort=name")
    key = coming(fake)
    ladder = row(page, key).get_by_role("img").filter(has_text="%")
    await expect(ladder).to_have_attribute("aria-label", re.compile(r"tier 1 at \d+%: next; tier 2 at \d+%: waiting"))
    fake.tell(lambda made: made.fire(key))
    await expect(ladder).to_have_attribute("aria-label", re.compile(r"tier 1 at \d+%: fired; tier 2 at \d+%: next"))
    await expect(page.get_by_role("row")).to_have_count(61)
    fake.tell(lambda made: made.close(key))
    await expect(page.get_by_role("row")).to_have_count(60)
    await expect(page.get_by_text("59 legs")).to_be_visible()
    assert wrong == []


async def test_what_is_due_and_not_ordered_stands_first_with_its_reason(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake)
    first = page.locator(".nearest li").first
    key = coming(fake)
    account, _, name = key.partition("|")

    def change(**fields: Any) -> None:
        fake.tell(lambda made: made.change({"legs": {key: fields}}))

    def reach(made: MadeDocument) -> Any:
        leg = made.document["legs"][key]
        way = 1.5 if leg["side"] == "long" else 0.5
        return made.change({"marks": {leg["instrument"]: str(float(leg["tiers"][0]["price"]) * way)}})

    fake.tell(reach)
    await expect(first.get_by_role("link")).to_have_attribute("href", re.compile(name))
    await expect(first).to_contain_text("due now: waits for the next check · at ")
    for code, words in (
        ("paused", "paused"),
        ("backing_off", "refused, tried again"),
        ("unresolved", "outcome is not known"),
    ):
        change(code=code)
        await expect(first).to_contain_text(words)
    fake.tell(lambda made: made.change({"accounts": {account: {"failed": 2}}}))
    await expect(first).to_contain_text("due now: the account cannot be read")
    assert wrong == []


async def test_refusals_of_one_order_are_one_row(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake)

    def refused(made: MadeDocument, line: str = "⚠️ refused, 51008", **more: str) -> Any:
        return made.change({"events": made.refused(line, **more)})

    for _ in range(3):
        fake.tell(refused)
    fake.tell(lambda made: refused(made, "bare", group="another"))
    rows = page.locator(".happened li")
    await expect(rows.nth(1)).to_contain_text(re.compile(r"main · ⚠️ refused, 51008 · 3 times since \d\d:\d\d$"))
    await expect(rows.first).to_contain_text("main · ⚠ bare")
    await page.evaluate("() => { location.hash = '#/events'; }")
    shown = page.locator("ol.events > li")
    await expect(shown.nth(1)).to_contain_text("3 times since")
    fake.tell(refused)
    await expect(shown.first).to_contain_text("4 times since")
    await shown.first.locator("summary").click()
    await expect(shown.first.locator(".repeats .ask")).to_have_count(3)
    await expect(shown.first.get_by_text("refused, 51008")).to_have_count(4)
    assert wrong == []


async def test_a_drawdown_reads_alike_everywhere_and_no_table_hides_beside_a_phone(browser: Browser, fake: FakeServer) -> None:
    page, _ = await opened(browser, fake, viewport=PHONE)
    await expect(page.locator(".fall b").first).to_have_text("3.40% / 20%")
    await page.evaluate("() => { location.hash = '#/accounts'; }")
    await expect(page.locator(".gauge .words").first).to_have_text("3.40% of 20%")
    await page.evaluate("() => { location.hash = '#/health'; }")
    await page.locator(".scroller td").first.wait_for()
    wide = "() => [...document.querySelectorAll('.scroller')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert await page.evaluate(wide) == 0


async def test_what_is_not_known_yet_is_no_nought(browser: Browser, fake: FakeServer) -> None:
    page, _ = await opened(browser, fake)
    fake.tell(lambda made: made.change({"accounts": {"alpha": {"today": None}}}))
    tile = page.locator(".tile").filter(has_text="Realised today")
    await expect(tile).to_have_text("Realised today–")


async def test_filters_and_order_stand_in_the_address(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "legs?side=short&account=alpha")
    shorts = [leg for leg in fake.made("en").document["legs"].values() if leg["side"] == "short" and leg["account"] == "alpha"]
    rows = page.locator(".body .row")
    await expect(rows).to_have_count(len(shorts))
    await page.get_by_role("button", name="Unrealised").click()
    await expect(page).to_have_url(re.compile(r"#/legs\?side=short&account=alpha&sort=unrealised&down=1$"))
    await expect(page.locator("[aria-sort=descending]")).to_contain_text("Unrealised")
    shown = await page.locator(".body .pnl .over").all_inner_texts()
    figures = [float(text.replace(",", "")) for text in shown]
    assert figures == sorted(figures, reverse=True)
    await page.get_by_label("Coin", exact=True).fill(shorts[0]["coin"].lower())
    await expect(rows).to_have_count(sum(shorts[0]["coin"] in leg["instrument"] for leg in shorts))
    await expect(page).to_have_url(re.compile(f"coin={shorts[0]['coin'].lower()}"))
    await page.get_by_label("Coin", exact=True).fill("nothing")
    await expect(page.get_by_text("No leg is like that.")).to_be_visible()
    # A step back is the view before, not each letter that was typed.
    await page.get_by_role("link", name="Overview", exact=True).click()
    await page.go_back()
    await expect(page.get_by_text("No leg is like that.")).to_be_visible()
    assert wrong == []


async def test_what_the_data_says_is_never_html(browser: Browser, fake: FakeServer) -> None:
    made = fake.made("en")
    key = coming(fake)
    fake.tell(lambda made: made.change({"legs": {key: {"state": EVIL, "coin": EVIL, "guards": EVIL, "code": "doubted"}}}))
    fake.tell(
        lambda made: made.change({"accounts": {EVIL: {**made.document["accounts"]["main"], "state": EVIL, "failure": EVIL}}})
    )
    for event in made.document["events"].values():
        event["line"] = EVIL
    page, wrong = await opened(browser, fake)
    for view in ("legs", f"leg?key={key}", "pairs", "accounts", "money", "events", "health"):
        await expect(page.get_by_text("<img").first).to_be_attached() if view in ("legs", f"leg?key={key}") else None
        assert await page.locator("main img, main b b, #notices img").count() == 0
        await page.evaluate("to => { location.hash = to; }", f"#/{view}")
        await page.locator("main h1").wait_for()
    assert "taken" not in await page.title()
    assert wrong == []


async def test_no_script_of_the_page_makes_html_or_code_of_a_text() -> None:
    for path in (STATIC / "js").rglob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\b|new Function", script
        ), path


async def test_everything_is_reached_by_keys_and_by_thumb(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, viewport=PHONE)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
    health = page.get_by_role("link", name="Health")
    await expect(health).to_be_hidden()
    await page.get_by_role("button", name="More").press("Enter")
    await health.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Health")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(health).to_be_hidden()
    await page.get_by_role("link", name="Legs", exact=True).press("Enter")
    await page.locator(".opener").first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".opener").nth(1)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Tiers")).to_be_visible()
    wide = await page.evaluate("() => document.documentElement.scrollWidth")
    assert wide == PHONE["width"]
    assert wrong == []


async def test_an_empty_book_is_no_error(browser: Browser) -> None:
    fake = FakeServer(lambda language: MadeDocument(0, language=language, accounts=("main",)))
    await fake.start()
    page, wrong = await opened(browser, fake, "legs")
    await expect(page.get_by_text("No legs are open.")).to_be_visible()
    await page.get_by_role("link", name="Overview", exact=True).click()
    await expect(page.get_by_text("Nothing needs you.")).to_be_visible()
    await page.evaluate("() => { location.hash = '#/leg?key=main|STX-USDT-SWAP_long'; }")
    await expect(page.get_by_text("This leg is not open.")).to_be_visible()
    await fake.kill()
    assert wrong == []


VIEWS = ("overview", "legs", "leg", "pairs", "accounts", "money", "events", "health")
MATRIX: list[Any] = [
    (scheme, size, language) for scheme in ("light", "dark") for size in (PHONE, DESK) for language in ("en", "zh")
]


@pytest.mark.parametrize(("scheme", "size", "language"), MATRIX if FULL else [MATRIX[0], MATRIX[-1]])
async def test_axe_finds_nothing_serious(browser: Browser, fake: FakeServer, scheme: Any, size: Any, language: str) -> None:
    axe.source()
    page, _ = await opened(browser, fake, viewport=size, language=language, scheme=scheme)
    found = {}
    for view in VIEWS if FULL else VIEWS[:3]:
        key = coming(fake) if view == "leg" else ""
        await page.evaluate("to => { location.hash = to; }", f"#/{view}?key={key}")
        await page.locator(f"section.view.{view}").wait_for()
        found[view] = await axe.complaints(page)
    assert {view: list_ for view, list_ in found.items() if list_} == {}
