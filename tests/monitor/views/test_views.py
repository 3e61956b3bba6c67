"""Pairs, accounts, money, events and health in a headless Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.monitor.browsing import DESK, PHONE, opened
from tests.monitor.fake_details import furnished, trouble
from tests.monitor.fake_server import FakeServer
from tests.monitor.made_document import Document, MadeDocument

pytestmark = pytest.mark.asyncio(loop_scope="session")
TRICK = "<img src=x onerror=alert(1)>"


async def said_in_full(page: Page, wrong: list[str]) -> None:
    """Look that nothing went wrong, and that no text shows a key, a place that was not filled, or no number."""
    said = await page.evaluate("document.body.innerText")
    assert re.findall(r"\{\w+\}|NaN|undefined|null|\b[a-z_]+\.[a-z_.]+\b", said) == []
    assert wrong == []


@pytest_asyncio.fixture(loop_scope="session")
async def fake() -> AsyncIterator[FakeServer]:
    fake = FakeServer(lambda language: furnished(MadeDocument(24, language=language)))
    await fake.start()
    yield fake
    await fake.kill()


async def test_a_pair_shows_both_legs_and_what_is_left_open(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "pairs")
    document = fake.made("en").document
    await expect(page.locator("article.pair")).to_have_count(len(document["pairs"]))
    name, pair = next((name, pair) for name, pair in document["pairs"].items() if pair["account"] == "main")
    card = page.locator("article.pair", has_text=pair["instrument"]).first
    await expect(card.locator("tbody tr")).to_have_count(2)
    await expect(card.locator(".rule")).to_have_text(f"Hedge rule: {pair['hedge']}")
    fake.tell(lambda made: made.change({"pairs": {name: {"net_contracts": "0", "hedge": TRICK}}}))
    await expect(card).to_contain_text("none, both sides are equal")
    await expect(card.locator(".rule")).to_have_text(f"Hedge rule: {TRICK}")
    await page.get_by_label("Account").select_option("alpha")
    await expect(page).to_have_url(re.compile(r"#/pairs\?account=alpha$"))
    theirs = [pair for pair in document["pairs"].values() if pair["account"] == "alpha"]
    await expect(page.locator("article.pair")).to_have_count(len(theirs))
    await said_in_full(page, wrong)


async def test_an_account_shows_how_far_its_legs_are_from_their_target(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "accounts", viewport=PHONE)
    card = page.locator("article.account", has=page.get_by_role("heading", name="alpha"))
    rows = card.locator("table tbody tr")
    await expect(rows).to_have_count(len(fake.made("en").document["upkeep"]))
    off = rows.filter(has_text="close 12 contracts").first
    await expect(off).to_contain_text(re.compile(r"\d of 3"))
    await expect(off).to_contain_text("+12.00% (+")
    await expect(off).to_contain_text(re.compile(r"in \d+ (s|min)"))
    main = page.locator("article.account", has=page.get_by_role("heading", name="main"))
    await expect(main.get_by_role("meter", name="Drawdown")).to_have_attribute("aria-valuetext", "12.40% of 20%")
    await expect(main.locator("table")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await said_in_full(page, wrong)


async def test_money_keeps_its_range_in_the_address(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "money?from=2026-11-02&to=2026-11-08")
    await expect(page.locator(".canvas canvas")).to_have_count(3)
    await expect(page.locator("input[type=date]").first).to_have_value("2026-11-02")
    days = page.locator("figure", has_text="Realised per day")
    await days.locator("summary").click()
    await expect(days.locator("tbody tr")).to_have_count(7)
    await expect(days.locator("tbody th").first).to_have_text("2026-11-08")
    # The keys move along the days, and say what each brought.
    await days.locator(".canvas").focus()
    await page.keyboard.press("Home")
    await expect(days.locator("output")).to_contain_text("2026-11-02")
    await page.get_by_role("button", name="This week").click()
    await expect(page).to_have_url(re.compile(r"#/money\?range=week$"))
    await expect(page.get_by_role("button", name="This week")).to_have_attribute("aria-pressed", "true")
    await expect(days.locator("tbody th").first).not_to_have_text("2026-11-08")
    await said_in_full(page, wrong)


async def test_events_are_filtered_and_say_why(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "events?kind=hedge_filled")
    rows = page.locator("ol.events li")
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Why?").click()
    await expect(rows.first.locator(".why")).to_contain_text("ROI 36.2%")
    fake.tell(lambda made: made.change({"events": made._event("hedge_filled", None, TRICK, "hedge")}))
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text(TRICK)
    # One of another kind changes nothing here.
    fake.tell(lambda made: made.change({"events": made._event("paused", None, "paused", "people")}))
    await page.get_by_label("Kind").select_option("")
    await expect(rows.first).to_contain_text("paused")
    assert await rows.count() > 2
    numbers = [int(number) for number in await rows.evaluate_all("rows => rows.map((row) => row.dataset.number)")]
    assert numbers == sorted(set(numbers), reverse=True)
    await said_in_full(page, wrong)


async def test_health_says_first_what_is_wrong(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "health", viewport=DESK)
    findings = page.locator(".findings li")
    await expect(findings).to_have_text(
        ["main: instruments is at 85% of what the exchange allows", re.compile("alpha: instruments")]
    )
    fake.tell(trouble)
    for words in (
        "3 checks in a row have failed",
        "prices come too late",
        "positions is at 90%",
        "31 messages",
        "2 orders",
        "6.2 s away",
    ):
        await expect(findings.filter(has_text=words)).to_have_count(1)
    fullest = page.get_by_role("meter").first
    await expect(fullest).to_have_attribute("aria-valuenow", "90")
    await said_in_full(page, wrong)


async def test_the_price_of_a_leg_has_its_levels_and_fills_as_a_table(browser: Browser, fake: FakeServer) -> None:
    legs = fake.made("en").document["legs"]
    key, leg = next((key, leg) for key, leg in legs.items() if leg["tiers"][0]["status"] == "fired")
    page, wrong = await opened(browser, fake, f"leg?key={quote(key)}", viewport=PHONE)
    chart = page.locator("figure")
    await expect(chart.locator("canvas.swatch")).to_have_count(1)
    await chart.locator("summary").click()
    rows = chart.locator("tbody tr")
    for words in ("Entry", "Liquidation", f"tier 1 closed {leg['tiers'][0]['contracts']}"):
        await expect(rows.filter(has_text=words)).to_have_count(1)
    # A mark that moves leaves what somebody reads where it is.
    await chart.locator("tbody").evaluate("body => { body.dataset.read = 'yes'; }")
    fake.tell(MadeDocument.move)
    await expect(page.locator(".tile", has_text="Mark")).to_contain_text(fake.made("en").document["marks"][leg["instrument"]])
    await expect(chart.locator("tbody")).to_have_attribute("data-read", "yes")
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await said_in_full(page, wrong)


async def test_a_chart_follows_the_theme_and_needs_no_inline_style(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake, "money")
    canvas = page.locator(".canvas canvas").first
    await canvas.wait_for()

    swatch = "document.querySelector('.swatch').toDataURL()"
    light = await page.evaluate(swatch)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(f"light => {swatch} !== light", arg=light)
    await said_in_full(page, wrong)


async def test_a_hedge_that_is_refused_needs_somebody(browser: Browser, fake: FakeServer) -> None:
    def refused(made: MadeDocument) -> Document:
        legs = made.document["legs"]
        key, pair = next(
            (key, pair)
            for key, pair in made.document["pairs"].items()
            if {legs[leg]["code"] for leg in pair["legs"]} <= {"waiting"}
        )
        return made.change({"pairs": {key: {**pair, "code": "backing_off", "hedge": "closing the losing short was refused"}}})

    page, wrong = await opened(browser, fake)
    await page.locator(".eyes").wait_for()
    await expect(page.locator(".eyes")).not_to_contain_text("was refused")
    fake.tell(refused)
    row = page.locator(".eyes li", has_text="hedge rule: closing the losing short was refused")
    await row.get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pairs")
    await said_in_full(page, wrong)


async def test_what_is_paused_is_called_paused_where_the_state_says_something_else(browser: Browser, fake: FakeServer) -> None:
    def out_of_sight(made: MadeDocument) -> Document:
        return made.change(
            {
                "accounts": {
                    made.accounts[0]: {"code": "unseen", "state": "I cannot see the account", "pauses": ["CFX (by Ada)"]}
                }
            }
        )

    page, wrong = await opened(browser, fake)
    fake.tell(out_of_sight)
    await expect(page.locator(".eyes")).to_contain_text("I cannot see the account · paused: CFX (by Ada)")
    await page.get_by_role("link", name="Accounts", exact=True).click()
    await expect(page.locator("article.account").first).to_contain_text("paused: CFX (by Ada)")
    await said_in_full(page, wrong)


async def test_an_account_that_needs_somebody_says_why_also_where_its_state_names_every_pause(
    browser: Browser, fake: FakeServer
) -> None:
    def partly(made: MadeDocument) -> Document:
        state = {"code": "some_paused", "state": "Running, paused: CFX (by Ada)", "pauses": ["CFX (by Ada)"]}
        return made.change({"accounts": {made.accounts[0]: state}})

    page, wrong = await opened(browser, fake)
    fake.tell(partly)
    name = fake.made("en").accounts[0]
    row = page.locator(".eyes li").filter(has=page.get_by_role("link", name=name, exact=True))
    await expect(row.filter(has_text="CFX")).to_have_text(f"{name}paused: CFX (by Ada)")
    await page.get_by_role("link", name="Accounts", exact=True).click()
    card = page.locator("article.account").first
    await expect(card.locator(".pill").first).to_have_text("Partly paused")
    await expect(card.locator(".pauses")).to_have_text("paused: CFX (by Ada)")
    await said_in_full(page, wrong)


async def test_a_check_that_failed_does_not_pass_for_fresh_figures(browser: Browser, fake: FakeServer) -> None:
    def failing(made: MadeDocument) -> Document:
        of = {"failed": 3, "failure": "OKX: 50001", "at": "2026-08-14T06:33:00Z"}
        return made.change({"accounts": {made.accounts[0]: of}})

    page, wrong = await opened(browser, fake, "accounts")
    check = page.locator("article.account").first.get_by_text("took")
    await expect(check).to_be_visible()
    fake.tell(failing)
    await expect(check).to_have_count(0)
    await expect(page.locator("article.account").first).to_contain_text(re.compile("failed; figures of .*14:33"))
    await said_in_full(page, wrong)


async def test_a_limit_of_one_read_is_no_trouble_when_it_is_used(browser: Browser, fake: FakeServer) -> None:
    def once(made: MadeDocument) -> Document:
        return made.change({"health": {f"reads:{made.accounts[0]}:system/status": {"used": 1, "limit": 1, "seconds": 5}}})

    page, wrong = await opened(browser, fake, "health")
    fake.tell(once)
    await expect(page.get_by_text("1 of 1 in 5 s")).to_be_visible()
    await expect(page.get_by_text("system/status is at")).to_have_count(0)
    await said_in_full(page, wrong)


async def test_the_change_of_a_day_says_since_when_where_its_beginning_was_not_seen(browser: Browser, fake: FakeServer) -> None:
    def begun_late(made: MadeDocument) -> Document:
        name = made.accounts[0]
        today = made.document["accounts"][name]["today"] | {"since": "2026-08-14T06:33:00Z"}
        return made.change({"accounts": {name: {"today": today}}})

    page, wrong = await opened(browser, fake)
    equity = page.locator(".tile").first
    await expect(equity).to_contain_text("U today (")
    fake.tell(begun_late)
    await expect(equity).to_contain_text(" U since ")
    await said_in_full(page, wrong)


async def test_a_percentage_is_rounded_as_in_the_chat(browser: Browser, fake: FakeServer) -> None:
    page, wrong = await opened(browser, fake)
    said = await page.evaluate(
        "async () => { const { Words } = await import('/monitor/js/words.js');"
        " return new Words('en', {}).percent((157.78 - 160) / 160 * 10, { signed: true }); }"
    )
    assert said == "-13.88%"
    await said_in_full(page, wrong)


async def test_a_stream_that_is_down_is_down_for_every_account_and_needs_somebody(browser: Browser, fake: FakeServer) -> None:
    def down(made: MadeDocument) -> Document:
        key = f"stream:{made.accounts[0]}"
        return made.change(
            {"health": {key: {**made.document["health"][key], "trouble": "down", "text": "Stream: down: no way to OKX"}}}
        )

    page, wrong = await opened(browser, fake)
    await page.locator(".eyes").wait_for()
    fake.tell(down)
    await page.locator(".eyes li", has_text="Stream: down: no way to OKX").get_by_role("link").click()
    await expect(page.locator(".stream", has_text="Stream: down: no way to OKX")).to_have_count(2)
    await expect(page.get_by_text("Prices come in time")).to_have_count(0)
    await said_in_full(page, wrong)
